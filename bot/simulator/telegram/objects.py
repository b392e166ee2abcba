"""Objects of the Bot API as JSON: https://core.telegram.org/bots/api#available-types"""

from __future__ import annotations

from typing import Any

from bot.simulator.phones import Phone

Json = dict[str, Any]

BOT_NAME = "Cityline"
BOT_USERNAME = "cityline_simulator_bot"


def bot_user(token: str) -> Json:
    return {
        "id": int(token.partition(":")[0]),
        "is_bot": True,
        "first_name": BOT_NAME,
        "username": BOT_USERNAME,
    }


def resident_user(phone: Phone) -> Json:
    return {
        "id": int(phone.address),
        "is_bot": False,
        "first_name": phone.name,
        "language_code": phone.language,
    }


def private_chat(phone: Phone) -> Json:
    return {"id": int(phone.address), "first_name": phone.name, "type": "private"}


def group_chat(group_id: int) -> Json:
    return {"id": group_id, "title": "Neighbours", "type": "supergroup"}


def text_entities(text: str) -> list[Json]:
    """A leading command is marked, as Telegram's servers do."""
    if not text.startswith("/"):
        return []
    length = len(text.split(maxsplit=1)[0])
    return [{"type": "bot_command", "offset": 0, "length": length}] if length > 1 else []


def location(lat: float, lon: float) -> Json:
    return {"latitude": lat, "longitude": lon}


def venue(lat: float, lon: float, title: str, address: str) -> Json:
    return {"location": location(lat, lon), "title": title, "address": address}


def membership(phone: Phone, chat: Json, token: str, at: int, old: str, new: str) -> Json:
    """ChatMemberUpdated for the bot itself."""
    bot = bot_user(token)

    def member(status: str) -> Json:
        return {"status": status, "user": bot, **({"until_date": 0} if status == "kicked" else {})}

    return {
        "chat": chat,
        "from": resident_user(phone),
        "date": at,
        "old_chat_member": member(old),
        "new_chat_member": member(new),
    }


def special(kind: str, file: Json) -> Json | None:
    """The kinds a bot cannot read, each with its required fields; None for an unknown kind."""
    kinds: dict[str, Json] = {
        "sticker": {
            **file,
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
            "emoji": "👍",
            "set_name": "CityAnimals",
        },
        "voice": {**file, "duration": 4, "mime_type": "audio/ogg"},
        "video": {**file, "width": 640, "height": 360, "duration": 6, "mime_type": "video/mp4"},
        "video_note": {**file, "length": 240, "duration": 5},
        "audio": {**file, "duration": 60, "mime_type": "audio/mpeg"},
        "animation": {**file, "width": 320, "height": 240, "duration": 3, "mime_type": "video/mp4"},
        "contact": {"phone_number": "+13105550199", "first_name": "Sam"},
        "dice": {"emoji": "🎲", "value": 4},
    }
    return kinds.get(kind)
