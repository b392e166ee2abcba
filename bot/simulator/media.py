"""Photos and files in memory, with a bound on their sum: the oldest go first."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class File:
    """A file a resident sends."""

    content: bytes
    content_type: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class StoredMedia:
    """One file and what it claims to be."""

    key: str
    content: bytes
    content_type: str
    name: str | None = None


class MediaStore:
    """Keeps up to `limit` bytes; reading does not refresh a file's age."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: OrderedDict[str, StoredMedia] = OrderedDict()
        self.size = 0

    def put(self, media: StoredMedia) -> StoredMedia:
        self.drop(media.key)
        self._kept[media.key] = media
        self.size += len(media.content)
        while self.size > self._limit and len(self._kept) > 1:
            self.drop(next(iter(self._kept)))
        return media

    def get(self, key: str) -> StoredMedia | None:
        return self._kept.get(key)

    def drop(self, key: str) -> bool:
        media = self._kept.pop(key, None)
        if media is not None:
            self.size -= len(media.content)
        return media is not None

    def __len__(self) -> int:
        return len(self._kept)
