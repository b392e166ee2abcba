"""Where photos are kept, and the links to them."""

from __future__ import annotations

import errno
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.photos.intake import TakenPhoto, take_in
from bot.photos.signed import (
    PHOTO_PATH,
    LinkError,
    LinkExpiredError,
    photo_token,
    sign_photo_url,
    verify_photo_token,
)
from bot.photos.store import PhotoMissingError, PhotoStore, PhotoStoreAwayError, Variant
from tests import photos

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECRET = "a secret of at least thirty-two characters"


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> PhotoStore:
    return PhotoStore(
        f"file://{tmp_path}/photos" if request.param == "file" else f"memory://{uuid.uuid4().hex}"
    )


@pytest.fixture(scope="module")
def photo() -> TakenPhoto:
    return take_in(photos.jpeg())


def test_what_is_put_is_got_in_both_sizes(store: PhotoStore, photo: TakenPhoto) -> None:
    store.put(photo)
    assert store.get(photo.sha256) == photo.full
    assert store.get(photo.sha256, "thumb") == photo.thumbnail
    assert store.exists(photo.sha256, Variant.THUMBNAIL)


def test_a_photo_that_was_never_put_is_missing(store: PhotoStore, photo: TakenPhoto) -> None:
    assert not store.exists(photo.sha256)
    with pytest.raises(PhotoMissingError):
        store.get(photo.sha256)


def test_deleting_removes_both_sizes_and_may_be_repeated(store: PhotoStore, photo: TakenPhoto) -> None:
    store.put(photo)
    store.delete(photo.sha256)
    store.delete(photo.sha256)
    assert not store.exists(photo.sha256)
    assert not store.exists(photo.sha256, "thumb")


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "ab" * 31, "0" * 64 + "\n"])
def test_only_a_hash_names_a_photo(store: PhotoStore, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        store.path(name)


def test_putting_the_same_photo_from_many_threads_leaves_one_whole_file(
    tmp_path: Path, photo: TakenPhoto
) -> None:
    store = PhotoStore(f"file://{tmp_path}")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(store.put, [photo] * 32))
    files = sorted(path.name for path in tmp_path.rglob("*") if path.is_file())
    assert files == [f"{photo.sha256}.full.jpg", f"{photo.sha256}.thumb.jpg"]
    assert store.get(photo.sha256) == photo.full


def test_a_link_says_which_photo_in_which_size_and_until_when() -> None:
    url = sign_photo_url(17, "full", base_url="https://311.example.gov/", secret=SECRET, ttl=600, now=NOW)
    assert url.startswith(f"https://311.example.gov{PHOTO_PATH}17-full-")
    found = verify_photo_token(url.rsplit("/", 1)[1], secret=SECRET, now=NOW)
    assert (found.photo_id, found.variant) == (17, Variant.FULL)
    assert found.expires_at == NOW + timedelta(seconds=600)


def test_a_link_ends_when_its_time_is_over() -> None:
    token = photo_token(17, "full", secret=SECRET, ttl=600, now=NOW)
    verify_photo_token(token, secret=SECRET, now=NOW + timedelta(seconds=599))
    with pytest.raises(LinkExpiredError):
        verify_photo_token(token, secret=SECRET, now=NOW + timedelta(seconds=600))


@pytest.mark.parametrize(
    "forge",
    [
        lambda token: token.replace("17-", "18-", 1),
        lambda token: token.replace("-thumb-", "-full-"),
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: token.split(".")[0],
        lambda token: "",
        lambda token: "é" + token,
        lambda token: "\udcff",
    ],
)
def test_a_forged_link_is_refused(forge: object) -> None:
    token = photo_token(17, "thumb", secret=SECRET, ttl=600, now=NOW)
    with pytest.raises(LinkError):
        verify_photo_token(forge(token), secret=SECRET, now=NOW)  # type: ignore[operator]


def test_a_link_signed_with_another_key_is_refused() -> None:
    token = photo_token(17, "full", secret="another secret of thirty-two characters", ttl=600, now=NOW)
    with pytest.raises(LinkError):
        verify_photo_token(token, secret=SECRET, now=NOW)


def test_a_full_disk_says_try_again_and_leaves_nothing_half_written(
    tmp_path: Path, photo: TakenPhoto, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = PhotoStore(f"file://{tmp_path}/photos")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("bot.photos.store.os.fsync", full)
        with pytest.raises(PhotoStoreAwayError) as away:
            store.put(photo)
    assert str(tmp_path) not in str(away.value)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    store.put(photo)
    assert store.get(photo.sha256) == photo.full


def test_a_store_that_is_away_says_try_again(tmp_path: Path, photo: TakenPhoto) -> None:
    (tmp_path / "photos").write_text("the folder was not mounted")
    with pytest.raises(PhotoStoreAwayError):
        PhotoStore(f"file://{tmp_path}/photos").put(photo)
