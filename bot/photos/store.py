"""Where photos are kept: named by their content, in a folder or an object store."""

from __future__ import annotations

import contextlib
import os
import re
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import fsspec

from bot.failures import FailureKind
from bot.photos.intake import TakenPhoto

_SHA256 = re.compile(r"[0-9a-f]{64}")
_SHARD = re.compile(r"[0-9a-f]{2}")
_PHOTO_FILE = re.compile(r"/([0-9a-f]{64})\.[a-z]+\.jpg$")
MARK = "cityline-store-id"  # no dot in front: whoever copies a store with a plain `cp dir/*` takes it along


class Variant(StrEnum):
    """Which size of a photo."""

    FULL = "full"
    THUMBNAIL = "thumb"


class PhotoMissingError(LookupError):
    """The store does not have the photo."""


class PhotoStoreAwayError(RuntimeError):
    """The store cannot take a photo now: its disk is full, or it is away. Nothing is wrong with the photo; try again."""

    failure = FailureKind.TRANSIENT


class PhotoStore:
    """Photos behind an fsspec URL: file:///srv/photos, s3://bucket/photos, memory://photos, …

    A photo has the same name wherever and whenever it is put, so putting is idempotent and a photo sent
    twice takes up room once. Plain and blocking.
    """

    def __init__(self, url: str) -> None:
        self._fs, root = fsspec.url_to_fs(url)
        self._root = root.rstrip("/")

    def put(self, photo: TakenPhoto) -> None:
        """Keep both variants; a reader never sees half a file. The thumbnail first: the full photo marks both.

        Raises PhotoStoreAwayError, after which nothing half written is left and it may be tried again.
        """
        try:
            for variant, content in ((Variant.THUMBNAIL, photo.thumbnail), (Variant.FULL, photo.full)):
                path = self.path(photo.sha256, variant)
                if not self._fs.exists(path):
                    self._write(path, content)
        except OSError as error:  # fsspec gives the errors of object stores this kind, too
            raise PhotoStoreAwayError(type(error).__name__) from None

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

    # What is there, for whoever looks for files that belong to nobody: a two-letter folder at a time.

    def shards(self) -> list[str]:
        """The folders there are."""
        try:
            found = self._fs.ls(self._root, detail=False)
        except FileNotFoundError:
            return []
        names = {str(path).rstrip("/").rsplit("/", 1)[-1] for path in found}
        return sorted(name for name in names if _SHARD.fullmatch(name))

    def names(self, shard: str) -> list[str]:
        """The SHA-256 of every photo in a folder."""
        return sorted({match[1] for path in self._files(shard) if (match := _PHOTO_FILE.search(path))})

    def older_than(self, names: Iterable[str], moment: datetime) -> list[str]:
        """Those of which no file was written since `moment`."""
        return [name for name in names if all(self._is_older(self.path(name, v), moment) for v in Variant)]

    def delete_fragments(self, shard: str, moment: datetime) -> None:
        """Remove what writes that were cut off before `moment` have left behind."""
        for path in self._files(shard):
            if path.rsplit("/", 1)[-1].startswith(".") and self._is_older(path, moment):
                with contextlib.suppress(FileNotFoundError):
                    self._fs.rm_file(path)

    def _files(self, shard: str) -> list[str]:
        return [str(path) for path in self._fs.find(f"{self._root}/{shard}")]

    def _is_older(self, path: str, moment: datetime) -> bool:
        try:
            written: datetime = self._fs.modified(path)
        except FileNotFoundError:
            return True
        return (written if written.tzinfo else written.replace(tzinfo=UTC)) < moment

    # A mark that tells this store from another.

    def read_mark(self) -> str | None:
        """The id that was written into this store; None when there is none yet. Raises what the store raises."""
        try:
            content: bytes = self._fs.cat_file(f"{self._root}/{MARK}")
        except FileNotFoundError:
            return None
        return content.decode("ascii", "replace").strip()

    def write_mark(self, mark: str) -> None:
        self._write(f"{self._root}/{MARK}", f"{mark}\n".encode("ascii"))

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
