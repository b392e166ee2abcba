"""Wrong settings stop the start with a sentence that names the variable and what it should look like."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.settings import Settings, SettingsError, load_settings

TWILIO = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "secret",
    "TWILIO_FROM": "+13105550100",
}


def _load(**values: Any) -> Settings:
    return load_settings(_env_file=None, **values)


def test_nothing_needs_to_be_set() -> None:
    config = _load()
    assert config.base_url == "http://127.0.0.1:8311"
    assert config.engine_urls == ["http://127.0.0.1:8315"]
    assert not config.sms_configured
    assert not config.telegram_configured
    assert config.city_pack.is_dir()


@pytest.mark.parametrize(
    ("values", "number", "bot"),
    [
        (TWILIO, "+13105550100", ""),
        (TWILIO | {"TWILIO_FROM": "MG" + "0" * 32}, "", ""),
        (TWILIO | {"CITYLINE_PUBLIC_NUMBER": "+13105550111"}, "+13105550111", ""),
        # Nobody would answer there.
        ({"CITYLINE_PUBLIC_NUMBER": "+13105550111", "TELEGRAM_BOT_NAME": "CityHallBot"}, "", ""),
        ({"TELEGRAM_BOT_TOKEN": "1:a", "TELEGRAM_BOT_NAME": "https://t.me/CityHallBot"}, "", "CityHallBot"),
    ],
)
def test_pages_offer_only_what_somebody_answers(values: dict[str, str], number: str, bot: str) -> None:
    config = _load(**values)
    assert (config.texted_number, config.shown_bot) == (number, bot)


@pytest.mark.parametrize(
    ("values", "variable", "sentence"),
    [
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL", "postgresql://user:password@host:5432/name"),
        ({"CITYLINE_PORT": "http"}, "CITYLINE_PORT", "valid integer"),
        ({"CITYLINE_PORT": "70000"}, "CITYLINE_PORT", "65535"),
        ({"PUBLIC_URL": "311.example.gov"}, "PUBLIC_URL", "https://311.example.gov"),
        ({"CITYLINE_SECRET": "short"}, "CITYLINE_SECRET", "at least 32 characters"),
        ({"ENGINE_URLS": "10.0.0.2:8315"}, "ENGINE_URLS", "http://127.0.0.1:8315"),
        ({"CITYLINE_CITY": "atlantis"}, "CITYLINE_CITY", "no city pack 'atlantis'"),
        ({**TWILIO, "TWILIO_FROM": "3105550100"}, "TWILIO_FROM", "+13105550100"),
        ({"CITYLINE_PUBLIC_NUMBER": "3105550100"}, "CITYLINE_PUBLIC_NUMBER", "+13105550100"),
        ({"CITYLINE_PUBLIC_NUMBER": "+1310555010²"}, "CITYLINE_PUBLIC_NUMBER", "+13105550100"),
        ({"CITYLINE_PUBLIC_NUMBER": "+9990"}, "CITYLINE_PUBLIC_NUMBER", "+13105550100"),
        ({"TELEGRAM_BOT_NAME": "City Hall"}, "TELEGRAM_BOT_NAME", "CityHallBot"),
        ({"TWILIO_ACCOUNT_SID": "AC" + "0" * 32}, "TWILIO_AUTH_TOKEN, TWILIO_FROM", "Set all three or none"),
        ({"TELEGRAM_MODE": "pigeon"}, "TELEGRAM_MODE", "'webhook' or 'polling'"),
        (
            {"TELEGRAM_BOT_TOKEN": "1:a", "TELEGRAM_MODE": "webhook"},
            "TELEGRAM_WEBHOOK_SECRET",
            "so that nobody else can post updates",
        ),
        ({"TELEGRAM_WEBHOOK_SECRET": "with space"}, "TELEGRAM_WEBHOOK_SECRET", "letters, digits, _ or -"),
        ({"CITYLINE_SMTP_URL": "mail.example.gov"}, "CITYLINE_SMTP_URL", "smtp+starttls://user:password@"),
        ({"CITYLINE_SMTP_URL": "smtps://mail.example.gov"}, "CITYLINE_MAIL_FROM", "Set both or none"),
        ({"CITYLINE_MAIL_FROM": "no-reply@example.gov"}, "CITYLINE_SMTP_URL", "Set both or none"),
        ({"CITYLINE_MAIL_FROM": "City 311"}, "CITYLINE_MAIL_FROM", "no-reply@example.gov"),
    ],
)
def test_a_wrong_value_is_named_with_what_it_should_look_like(
    values: dict[str, str], variable: str, sentence: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        _load(**values)
    assert str(caught.value).startswith(variable)
    assert sentence in str(caught.value)


def test_all_mistakes_are_told_at_once_a_line_each() -> None:
    with pytest.raises(SettingsError) as caught:
        _load(CITYLINE_PORT="http", PUBLIC_URL="x", CITYLINE_SECRET="short")
    assert len(str(caught.value).splitlines()) == 3


def test_a_secret_that_is_wrong_is_not_repeated() -> None:
    with pytest.raises(SettingsError) as caught:
        _load(
            CITYLINE_SECRET="hunter2",
            TELEGRAM_WEBHOOK_SECRET="p@ss word",
            CITYLINE_SMTP_URL="smtps://u:hunter2@mail.example.gov:x",
        )
    assert "hunter2" not in str(caught.value)
    assert "p@ss" not in str(caught.value)


def test_a_blank_value_is_an_unset_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "PUBLIC_URL", "CITYLINE_PORT", "TWILIO_FROM", "ENGINE_URLS"):
        monkeypatch.setenv(name, "  ")
    assert _load() == _load()
    assert _load().port == 8311
    assert _load().database_url is None


def test_a_variable_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env = tmp_path / ".env"
    env.write_text("CITYLINE_PORT=9001\nPUBLIC_URL=https://file.example/\n")
    monkeypatch.setenv("CITYLINE_PORT", "9002")
    config = load_settings(_env_file=env)
    assert (config.port, config.base_url) == (9002, "https://file.example")


def test_several_engines_are_separated_by_commas() -> None:
    config = _load(ENGINE_URLS="http://127.0.0.1:8315/, http://10.0.0.2:8315")
    assert config.engine_urls == ["http://127.0.0.1:8315", "http://10.0.0.2:8315"]


def test_a_city_pack_may_be_any_folder(tmp_path: Path) -> None:
    assert _load(CITYLINE_CITY=str(tmp_path)).city_pack == tmp_path


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    config = _load(**TWILIO, TELEGRAM_BOT_TOKEN="123:very-secret")
    assert "very-secret" not in repr(config)
    assert "'secret'" not in repr(config)


SYNC = {"CITYLINE_SYNC": "servicenow"}


def test_in_a_first_try_an_instance_is_played_and_needs_no_setting() -> None:
    assert _load(**SYNC).servicenow_is_played
    assert not _load().servicenow_is_played


@pytest.mark.parametrize("more", ["/now/nav/ui/home", "/api", "?sysparm=1"])
def test_the_address_of_an_instance_is_no_address_of_a_page(more: str) -> None:
    with pytest.raises(SettingsError, match="SERVICENOW_URL: should be the address of the instance alone"):
        load_settings(servicenow_url=f"https://example.service-now.com{more}")


@pytest.mark.parametrize(
    "values",
    [TWILIO, {"TELEGRAM_BOT_TOKEN": "1:a"}, {"SERVICENOW_USERNAME": "me", "SERVICENOW_PASSWORD": "mine"}],
)
def test_a_city_that_forgot_the_address_of_its_instance_is_told_so(values: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="SERVICENOW_URL: missing"):
        _load(**SYNC, **values)


def test_a_process_that_was_not_told_where_the_played_instance_is_says_so() -> None:
    from bot.sync.systems import open_system

    with pytest.raises(SettingsError, match="`cityline up` plays an instance"):
        open_system(_load(**SYNC))
