"""Files by their file_id, and the paths at which a bot may download them."""

from __future__ import annotations

import mimetypes
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from bot.simulator.media import StoredMedia
from bot.simulator.telegram.photos import Size
from bot.simulator.world import World

DOWNLOAD_LIMIT = 20 * 1024 * 1024
KEPT = 50_000


@dataclass(frozen=True, slots=True)
class TelegramFile:
    """One file: its ids, where its bytes are kept, where a bot finds it."""

    file_id: str
    unique_id: str
    media: StoredMedia
    path: str

    def as_json(self) -> dict[str, Any]:
        return {
            "file_id": self.file_id,
            "file_unique_id": self.unique_id,
            "file_size": len(self.media.content),
        }


class Files:
    """All files of the bot; a photo is several files, one for each size."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._by_id: OrderedDict[str, TelegramFile] = OrderedDict()
        self._by_path: dict[str, TelegramFile] = {}
        self._count = 0

    def add(self, content: bytes, content_type: str, folder: str, name: str | None = None) -> TelegramFile:
        self._count += 1
        suffix = PurePosixPath(name or "").suffix or mimetypes.guess_extension(content_type) or ".bin"
        file = TelegramFile(
            file_id="AgACAgEAAx" + self._world.mint.opaque(36),
            unique_id="AQAD" + self._world.mint.opaque(9),
            media=self._world.keep(content, content_type, name),
            path=f"{folder}/file_{self._count}{suffix}",
        )
        self._by_id[file.file_id] = file
        self._by_path[file.path] = file
        while len(self._by_id) > KEPT:
            _, old = self._by_id.popitem(last=False)
            self._by_path.pop(old.path, None)
        return file

    def add_photo(self, sizes: list[Size]) -> list[dict[str, Any]]:
        """The `photo` list of a message: PhotoSize objects, smallest first."""
        shown = []
        for size in sizes:
            file = self.add(size.content, "image/jpeg", "photos")
            shown.append({**file.as_json(), "width": size.width, "height": size.height})
        return shown

    def get(self, file_id: str) -> TelegramFile | None:
        return self._by_id.get(file_id)

    def at(self, path: str) -> TelegramFile | None:
        return self._by_path.get(path)

    def url_of(self, file_id: str) -> str | None:
        """Where the phone page shows it."""
        file = self._by_id.get(file_id)
        return f"/simulator/media/{file.media.key}" if file else None
