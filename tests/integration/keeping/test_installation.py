"""A machine that would not fit the others does not start, and says which setting to copy."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.db.embedded import EmbeddedDatabase
from bot.db.session import transaction
from bot.db.tables import Audit, Installation
from bot.keeping.installation import (
    OtherPhotoStoreError,
    OtherSecretError,
    Shared,
    adopt,
    confirm_installation,
    fingerprint,
    look,
)
from bot.photos.store import MARK
from bot.settings import Settings, load_settings

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("database")]

SECRET, OTHER = "s" * 40, "o" * 40


def machine(tmp_path: Path, name: str = "one", secret: str = SECRET) -> Settings:
    return load_settings(CITYLINE_SECRET=secret, CITYLINE_PHOTO_STORE=f"file://{tmp_path / name}")


async def test_the_first_start_records_and_every_later_one_with_the_same_agrees(tmp_path: Path) -> None:
    first = machine(tmp_path)
    for _ in range(2):
        await confirm_installation(first)
    async with transaction() as session:
        row = (await session.scalars(select(Installation))).one()
        for what in Shared:
            assert (await look(session, first, what)).agrees
    assert row.photo_store_id == (tmp_path / "one" / MARK).read_text().strip()
    assert row.secret_fingerprint == fingerprint(SECRET)
    assert SECRET not in (row.secret_fingerprint or "")


async def test_another_secret_is_refused_and_the_sentence_names_the_setting(tmp_path: Path) -> None:
    await confirm_installation(machine(tmp_path))
    with pytest.raises(OtherSecretError, match="Copy CITYLINE_SECRET"):
        await confirm_installation(machine(tmp_path, secret=OTHER))


async def test_a_photo_folder_of_its_own_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    await confirm_installation(machine(tmp_path))
    with pytest.raises(OtherPhotoStoreError, match="Copy CITYLINE_PHOTO_STORE"):
        await confirm_installation(machine(tmp_path, "two"))
    assert not (tmp_path / "two").exists()


async def test_a_copied_or_mounted_store_is_the_same_store(tmp_path: Path) -> None:
    await confirm_installation(machine(tmp_path))
    (tmp_path / "one").rename(tmp_path / "moved")
    await confirm_installation(machine(tmp_path, "moved"))


async def test_a_store_that_cannot_be_reached_keeps_nobody_from_starting(tmp_path: Path) -> None:
    await confirm_installation(machine(tmp_path))
    (tmp_path / "one" / MARK).unlink()
    (tmp_path / "one" / MARK).mkdir()  # reading it raises, as a store that is away does
    await confirm_installation(machine(tmp_path))


async def test_what_was_changed_on_purpose_can_be_adopted_and_is_noted(tmp_path: Path) -> None:
    await confirm_installation(machine(tmp_path))
    new = machine(tmp_path, "two", OTHER)
    for what in Shared:
        async with transaction() as session:
            await adopt(session, new, what, actor="staff:it")
    await confirm_installation(new)
    with pytest.raises(OtherSecretError):
        await confirm_installation(machine(tmp_path))
    async with transaction() as session:
        notes = await session.scalars(select(Audit.subject_id).where(Audit.action == "installation.adopted"))
    assert sorted(notes) == ["photos", "secret"]


@pytest.mark.parametrize("process", ["web", "worker"])
async def test_the_processes_refuse_to_start_with_a_sentence(
    process: str, tmp_path: Path, database: EmbeddedDatabase
) -> None:
    await confirm_installation(machine(tmp_path))

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "DATABASE_URL": database.url(),
            "CITYLINE_SECRET": OTHER,
            "CITYLINE_PHOTO_STORE": f"file://{tmp_path / 'one'}",
        }
        return subprocess.run(
            [sys.executable, "-m", "bot.cli", *arguments],
            capture_output=True, text=True, env=environment, timeout=60, check=False,
        )  # fmt: skip

    refused = run(process)
    assert refused.returncode == 1
    assert "Copy CITYLINE_SECRET" in refused.stderr
    assert OTHER not in refused.stderr
    if process == "web":
        assert "Copy CITYLINE_SECRET" in run("doctor").stdout
        assert run("installation", "adopt", "secret", "--yes").returncode == 0
        async with transaction() as session:
            assert await session.scalar(select(Installation.secret_fingerprint)) == fingerprint(OTHER)
