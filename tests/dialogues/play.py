"""Playing a dialogue: what the resident does goes to the engine as the worker would send it.

A dialogue is data (see the YAML files beside this one):

    - name: Everything in one text
      channel: sms                # or telegram; without, on one of them that its name draws (`make explore`: on both)
      hint: es                    # language of the resident's app, optional
      others: [{service: pothole, at: [34.0096, -118.4873], address: Pico Blvd & 4th St, hours: 30, status: open}]
                                  # what another resident reported so many hours ago; the city is empty otherwise
      turns:
        - says: huge pothole at Pico and 4th       # words; an option on offer is chosen by number or words
          photos: 2               # that many photos
          captions: [hole, paint] # the words that came with each of them
          unseen: [video]         # files beside it that we cannot see
          taken_at: [34.01, -118.49]    # where their EXIF says they were taken
          refused: [too_large]    # photos that were not taken
          pin: [34.01, -118.49]   # a position
          update: {status: resolved, text: "Filled.", photos: 1}    # staff change the request filed last
          update: {remind: report}      # the clock has something asked again: report, feedback, question
          edited: true            # an earlier message changed; `before` are its words until then
          below: 1                # a reply to what we said of their first request (of the second: 2)
          later: 5                # hours that passed since the turn before
          hears: [fragments]      # all of them in what we answer; a fragment in /slashes/ is a pattern
          messages: 3             # how many messages our answer may be, where that is more than two
          not: [fragments]        # none of them
          options: [labels]       # exactly these
          custom: {handover: true}
      slots: {feedback_open: false}   # at the end, as far as given
      filed: [{service: pothole, address: Pico Blvd & 4th St, photos: 2}]   # requests of it at the end, oldest first; `additions`
                                  # are the words that were added to one after it was filed
      known: {at: [34.0096, -118.4873], en: words, es: palabras}    # works that staff have told of, within 300 m
      follows: 1                  # how many requests of others it follows at the end
"""

from __future__ import annotations

import itertools
import re
import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import yaml
from psycopg.rows import dict_row

from bot.certificates import believed
from bot.channels.messages import Option, Outbound
from bot.channels.twilio.render import render
from bot.city.current import city
from bot.conversation.choices import chosen_option
from bot.conversation.turns import safe_words
from tests.exploring import EXPLORING

HERE = Path(__file__).parent
MOST_SEGMENTS = 2
_turn_ids = itertools.count(int(time.time()) % 1_000_000_000)


@dataclass(frozen=True)
class Dialogue:
    """One written-down dialogue on one channel."""

    id: str
    channel: str
    turns: Sequence[Mapping[str, Any]]
    hint: str | None = None
    others: Sequence[Mapping[str, Any]] = ()
    known: Mapping[str, Any] | None = None
    follows: int | None = None
    slots: Mapping[str, Any] = field(default_factory=dict)
    filed: Sequence[Mapping[str, Any]] | None = None


@dataclass
class Heard:
    """What the engine answered to one turn."""

    texts: list[str] = field(default_factory=list)
    options: tuple[Option, ...] = ()
    custom: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return "\n".join(self.texts)


def all_dialogues(folder: Path = HERE) -> list[Dialogue]:
    """Every dialogue of every file, on the channel it names, else on one of the two that its name draws; with `EXPLORE=1` on both."""
    found = []
    for path in sorted(folder.glob("*.yml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
            for channel in _channels(entry):
                found.append(
                    Dialogue(
                        id=f"{path.stem}: {entry['name']} ({channel})",
                        channel=channel,
                        turns=entry["turns"],
                        hint=entry.get("hint"),
                        others=entry.get("others") or (),
                        known=entry.get("known"),
                        follows=entry.get("follows"),
                        slots=entry.get("slots") or {},
                        filed=entry.get("filed"),
                    )
                )
    return found


def _channels(entry: Mapping[str, Any]) -> Sequence[str]:
    named = entry.get("channel")
    if isinstance(named, str):
        return (named,)
    channels = tuple(named or ("sms", "telegram"))
    # What is understood does not hang on the channel, and how each shows it is tested by itself: the second time repeats.
    return channels if EXPLORING else (channels[zlib.crc32(entry["name"].encode()) % len(channels)],)


class Resident:
    """One end of a conversation; the other is the engine."""

    def __init__(self, dialogue: Dialogue, engine_url: str, database_url: str) -> None:
        self._dialogue = dialogue
        self._engine = httpx.Client(base_url=engine_url, timeout=30, trust_env=False, verify=believed())
        self._database = psycopg.connect(database_url, autocommit=True, row_factory=dict_row)
        self._clock = _last_noon()
        # Dialogues meet at the same few corners: whatever the ones before left open is no longer there.
        self._database.execute(
            "UPDATE service_requests SET status = 'closed', resolution = 'withdrawn' WHERE status <> 'closed'"
        )
        self._database.execute("UPDATE alerts SET until = 'epoch'")
        if dialogue.known:
            self._works(dialogue.known)
        for other in dialogue.others:
            self._report_of_another(other)
        self._conversation_id = self._new_conversation()
        self._options: tuple[Option, ...] = ()
        self.resident_turns = 0

    def close(self) -> None:
        self._engine.close()
        self._database.close()

    @property
    def sender(self) -> str:
        return f"conversation-{self._conversation_id}"

    def take(self, turn: Mapping[str, Any]) -> Heard:
        """Do one turn and give what comes back."""
        self._clock += 5 + 3600 * float(turn.get("later", 0))
        metadata = {
            "message_id": next(_turn_ids),
            "turn_id": next(_turn_ids),
            "photos": [self._new_photo() for _ in range(turn.get("photos", 0))],
            "photos_refused": turn.get("refused", []),
            "unseen": turn.get("unseen", []),
            "pin": None,
            "edited": bool(turn.get("edited")),
            "before": turn.get("before"),
            "about": self.filed()[turn["below"] - 1]["reference"] if "below" in turn else None,
            "language_hint": self._dialogue.hint,
            "at": self._clock,
        }
        metadata["captions"] = [
            {"photo": photo, "text": words}
            for photo, words in zip(metadata["photos"], turn.get("captions", ()), strict=False)
        ]
        if taken_at := turn.get("taken_at"):
            metadata["photo_spots"] = [
                {"photo": photo, "lat": taken_at[0], "lon": taken_at[1], "taken_at": self._clock}
                for photo in metadata["photos"]
            ]
        if pin := turn.get("pin"):
            metadata["pin"] = {"lat": pin[0], "lon": pin[1], "name": None, "address": None}
        if "update" in turn:
            metadata["update"] = self._update(turn["update"])
            return self._post("/EXTERNAL_request_update", metadata)
        self.resident_turns += 1
        return self._post(self._message(turn), metadata)

    def slots(self) -> dict[str, Any]:
        """The tracker's slots, as the engine stored them last."""
        rows = self._database.execute(
            "SELECT DISTINCT ON (name) data::jsonb ->> 'name' AS name, data::jsonb -> 'value' AS value FROM events "
            "WHERE sender_id = %s AND type_name = 'slot' ORDER BY name, id DESC",
            (self.sender,),
        ).fetchall()
        return {row["name"]: row["value"] for row in rows}

    def filed(self) -> list[dict[str, Any]]:
        """The requests of this conversation, oldest first."""
        return self._database.execute(
            "SELECT r.id, service_code AS service, address, status, description, reference, language, answers, "
            "(SELECT count(*) FROM request_photos p WHERE p.request_id = r.id) AS photos, "
            "ARRAY(SELECT a.words FROM additions a WHERE a.request_id = r.id ORDER BY a.id) AS additions "
            "FROM service_requests r WHERE conversation_id = %s ORDER BY id",
            (self._conversation_id,),
        ).fetchall()

    def follows(self) -> int:
        """How many requests of others this conversation follows."""
        row = self._database.execute(
            "SELECT count(*) AS n FROM subscribers WHERE conversation_id = %s AND origin <> 'filed'",
            (self._conversation_id,),
        ).fetchone()
        assert row is not None
        return int(row["n"])

    def _report_of_another(self, other: Mapping[str, Any]) -> None:
        conversation_id = self._new_conversation()
        number = next(_turn_ids)
        self._database.execute(
            "WITH request AS (INSERT INTO service_requests (reference, idempotency_key, conversation_id, service_code, "
            "description, place_text, address, lat, lon, location_kind, status, channel, language, created_at) "
            "VALUES (%s, %s, %s, %s, 'their own words', 'there', %s, %s, %s, 'pin', %s, 'sms', 'en', "
            "to_timestamp(%s)) RETURNING id) INSERT INTO subscribers (request_id, conversation_id) "
            "SELECT id, %s FROM request",
            (
                f"SM-{number % 1_000_000:06d}",
                f"other:{number}",
                conversation_id,
                other["service"],
                other.get("address", "Pico Blvd & 4th St"),
                *other["at"],
                other.get("status", "open"),
                self._clock - 3600 * float(other.get("hours", 24)),
                conversation_id,
            ),
        )

    def _works(self, known: Mapping[str, Any]) -> None:
        self._database.execute(
            "INSERT INTO alerts (words, lat, lon, radius, until, author) "
            "VALUES (jsonb_build_object('en', %s::text, 'es', %s::text), %s, %s, 300, now() + interval '30 days', 'staff:ana')",
            (known["en"], known["es"], *known["at"]),
        )

    def _newest_reference(self) -> str:
        """Of whoever's request was filed last; "" where there is none."""
        row = self._database.execute(
            "SELECT reference FROM service_requests ORDER BY id DESC LIMIT 1"
        ).fetchone()
        return str(row["reference"]) if row else ""

    def _message(self, turn: Mapping[str, Any]) -> str:
        words = str(turn.get("says", "")).replace("{reference}", self._newest_reference())
        if not turn.get("photos") and not turn.get("pin"):
            option = chosen_option(words, self._options)
            if option is not None:
                return option.payload
        if words:
            return safe_words(words)
        return "/share_location" if turn.get("pin") else "/send_photos"

    def _update(self, update: Mapping[str, Any]) -> dict[str, Any]:
        if "remind" in update:
            return self._reminder(update)
        newest = self.filed()[-1]
        event = {
            "reference": newest["reference"],
            "request_id": newest["id"],
            "service_code": newest["service"],
            "place": newest["address"],
            "status": update["status"],
            "public_text": update.get("text", ""),
            "update_id": next(_turn_ids),
            "photos": [self._new_photo() for _ in range(update.get("photos", 0))],
            "resolving": update["status"] == "resolved",
            **{name: value for name, value in update.items() if name not in ("status", "text", "photos")},
        }
        ended = {"resolved": "fixed", "closed": update.get("resolution", "will_not_do")}
        self._database.execute(
            "INSERT INTO updates (request_id, from_status, to_status, resolution, public_text, author) "
            "SELECT id, status, %s, %s, %s, 'system' FROM service_requests WHERE reference = %s",
            (
                update["status"],
                ended.get(update["status"]),
                update.get("text", ""),
                newest["reference"],
            ),
        )
        self._database.execute(
            "UPDATE service_requests SET status = %s, resolution = %s, ended_at = CASE WHEN %s THEN to_timestamp(%s) END "
            "WHERE reference = %s",
            (
                update["status"],
                ended.get(update["status"]),
                update["status"] in ended,
                self._clock,
                newest["reference"],
            ),
        )
        return event

    def _reminder(self, update: Mapping[str, Any]) -> dict[str, Any]:
        """What the clock has the dialogue ask again; see `bot.delivery.reminders`."""
        filed = self.filed()
        about = {"reference": filed[-1]["reference"], "place": filed[-1]["address"]} if filed else {}
        return {**about, **update}

    def _post(self, message: str, metadata: Mapping[str, Any]) -> Heard:
        body = {
            "sender": self.sender,
            "message": message,
            "input_channel": self._dialogue.channel,
            "metadata": metadata,
        }
        response = self._engine.post("/webhooks/rest/webhook", json=body)
        assert response.status_code == 200, response.text
        heard = Heard()
        for item in response.json():
            if "text" in item:
                heard.texts.append(item["text"])
                heard.options = tuple(Option(b["title"], b["payload"]) for b in item.get("buttons", ()))
                outbound = Outbound(item["text"], heard.options)
                if self._dialogue.channel == "sms" and "update" not in message:
                    segments = render(outbound, to="+13105550100", message_id=1).segments
                    assert segments <= MOST_SEGMENTS, f"{segments} segments: {item['text']}"
            heard.custom |= item.get("custom") or {}
        if heard.texts:
            self._options = heard.options
        return heard

    def _new_conversation(self) -> int:
        contact = self._database.execute(
            "INSERT INTO contacts (channel, address) VALUES (%s, gen_random_uuid()::text) RETURNING id",
            (self._dialogue.channel,),
        ).fetchone()
        assert contact is not None
        row = self._database.execute(
            "INSERT INTO conversations (contact_id) VALUES (%s) RETURNING id", (contact["id"],)
        ).fetchone()
        assert row is not None
        return int(row["id"])

    def _new_photo(self) -> int:
        row = self._database.execute(
            "INSERT INTO photos (sha256, width, height, size) VALUES (md5(random()::text), 4, 3, 12) RETURNING id"
        ).fetchone()
        assert row is not None
        return int(row["id"])


def _last_noon() -> float:
    """Noon in the city, the last that has passed, in seconds since 1970: where every dialogue begins.

    Thirty hours later is then the next day, at whatever hour of the night the tests run.
    """
    now = datetime.now(city().time_zone)
    noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
    return (noon if noon <= now else noon - timedelta(days=1)).timestamp()


def contains(text: str, fragment: str) -> bool:
    """Whether `text` holds `fragment`; one in /slashes/ is a regular expression."""
    if len(fragment) > 2 and fragment.startswith("/") and fragment.endswith("/"):
        return re.search(fragment[1:-1], text) is not None
    return fragment.casefold() in text.casefold()
