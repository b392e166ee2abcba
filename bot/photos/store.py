"""Where photos are kept: named by their content, in a folder or an object store."""

from __future__ import annotations

import os
import re
import uuid
from enum import StrEnum
from pathlib import Path

import fsspec

from bot.photos.intake import TakenPhoto

_SHA256 = re.compile(r"[0-9a-f]{64}")


class Variant(StrEnum):
    """Which size of a photo."""

    FULL = "full"
    THUMBNAIL = "thumb"


class PhotoMissingError(LookupError):
    """The store does not have the photo."""


class PhotoStore:
    """Photos behind an fsspec URL: file:///srv/photos, s3://bucket/photos, memory://photos, …

    A photo has the same name wherever and whenever it is put, so putting is idempotent and a photo sent
    twice takes up room once. Plain and blocking.
    """

    def __init__(self, url: str) -> None:
        self._fs, root = fsspec.url_to_fs(url)
        self._root = root.rstrip("/")

    def put(self, photo: TakenPhoto) -> None:
        """Keep both variants; a reader never sees half a file. The thumbnail first: the full photo marks both."""
        for variant, content in ((Variant.THUMBNAIL, photo.thumbnail), (Variant.FULL, photo.full)):
            path = self.path(photo.sha256, variant)
            if not self._fs.exists(path):
                self._write(path, content)

    def get(self, sha256: str, variant: str = Variant.FULL) -> bytes:
        """The JPEG; raises PhotoMissingError."""
        try:
            content: bytes = self._fs.cat_file(self.path(sha256, variant))
        except FileNotFoundError:
            raise PhotoMissingError("the photo is not in the store") from None
        return content

    def exists(self, sha256: str, variant: str = Variant.FULL) -> bool:
        return bool(self._fs.exists(self.path(sha256, variant)))

    def delete(self, sha256: str) -> None:
        """Remove both variants; nothing happens when they are not there."""
        for variant in Variant:
            try:
                self._fs.rm_file(self.path(sha256, variant))
            except FileNotFoundError:
                continue

    def path(self, sha256: str, variant: str = Variant.FULL) -> str:
        """Where it is kept, in the store's own terms: <root>/ab/cd/abcd….full.jpg; raises ValueError."""
        if not _SHA256.fullmatch(sha256):  # never a path of somebody's making
            raise ValueError("not a SHA-256 in hexadecimal")
        name = f"{sha256}.{Variant(variant).value}.jpg"
        return f"{self._root}/{sha256[:2]}/{sha256[2:4]}/{name}"

    def _write(self, path: str, content: bytes) -> None:
        if "file" not in _protocols(self._fs):
            self._fs.pipe_file(path, content)  # object stores show an object when it is whole
            return
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
        try:
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())  # the database will say that we have it
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)


def _protocols(fs: fsspec.AbstractFileSystem) -> tuple[str, ...]:
    return (fs.protocol,) if isinstance(fs.protocol, str) else tuple(fs.protocol)
