from __future__ import annotations

import pytest

from bot.cli.env_example import env_example
from bot.settings import ROOT, Settings, load_settings


def test_the_file_in_the_repository_is_what_the_settings_say() -> None:
    """When this fails: make docs"""
    assert (ROOT / ".env.example").read_text() == env_example()


def test_every_setting_is_described_and_has_a_variable() -> None:
    for name, field in Settings.model_fields.items():
        assert field.alias, name
        assert field.description, name


def test_every_line_taken_as_it_stands_is_a_valid_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [line[1:] for line in env_example().splitlines() if line.startswith("#") and "=" in line]
    values = dict(line.split("=", 1) for line in lines if " " not in line.split("=")[0])
    assert len(values) == len(Settings.model_fields)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    config = load_settings(_env_file=None)
    assert config.port == 8311
    assert config.database_url is None
