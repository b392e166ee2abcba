"""A city's sync.yml: read whole, or every mistake told."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cases.status import Resolution, Status
from bot.settings import PACKS
from bot.sync.map_file import SyncMapError
from bot.sync.servicenow.naming import read_naming

SHIPPED = PACKS / "santa_monica" / "sync.yml"
EXAMPLE = PACKS / "santa_monica" / "sync-incidents.yml"


@pytest.mark.parametrize("path", [SHIPPED, EXAMPLE])
def test_the_shipped_files_name_every_status_and_ending(path: Path) -> None:
    naming = read_naming(path)
    for status in Status:
        assert naming.state_of(status)
    for resolution in Resolution:
        assert naming.code_of(resolution)
    assert naming.status_of(naming.state_of(Status.RESOLVED)) is Status.RESOLVED
    assert naming.resolution_of(naming.code_of(Resolution.FIXED)) is Resolution.FIXED


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("servicenow: {table: incident}", "states: Field required."),
        (
            "servicenow: {table: incident, states: [{theirs: 1, ours: open}]}",
            "none of theirs is named for closed",
        ),
        ("servicenow: {table: incident, colour: red}", "colour: Extra inputs are not permitted."),
        ("open311: {}", "it should have a part `servicenow`."),
        ("[", "this is no YAML."),
        (
            "servicenow: {table: incident, states: [{theirs: 1, ours: opened}]}",
            "states.0.ours: Input should be",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(words: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "sync.yml"
    path.write_text(words, encoding="utf-8")
    with pytest.raises(SyncMapError) as error:
        read_naming(path)
    assert told in str(error.value)
    assert str(path) in str(error.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SyncMapError, match=r"there is no such file"):
        read_naming(tmp_path / "none.yml")


def test_every_line_but_states_may_be_left_out(tmp_path: Path) -> None:
    states = "".join(f"    - {{theirs: {number}, ours: {status}}}\n" for number, status in enumerate(Status))
    path = tmp_path / "sync.yml"
    path.write_text(f"servicenow:\n  table: u_311\n  states:\n{states}", encoding="utf-8")
    assert read_naming(path).fields.reference == "correlation_id"
