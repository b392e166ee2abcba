from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import Settings, load_settings
from bot.supervisor import engine_environment
from bot.supervisor.plan import plan_processes, shared_environment, with_played_instance

URL = "postgresql://postgres@/cityline?host=/srv/pg"
TWILIO = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "secret",
    "TWILIO_FROM": "+13105550100",
}


@pytest.fixture(autouse=True)
def _engine_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_environment, "engine_python", lambda _: Path("/engine/python"))


def _config(**values: object) -> Settings:
    return load_settings(_env_file=None, **values)


def _names(config: Settings) -> list[str]:
    return [plan.name for plan in plan_processes(config, URL)]


def test_without_credentials_the_simulator_stands_in() -> None:
    config = _config(CITYLINE_PORT=9000)
    assert _names(config) == ["engine", "actions", "worker", "web", "simulator"]
    environment = shared_environment(config, URL)
    assert (
        environment["TWILIO_API_BASE_URL"] == environment["TELEGRAM_API_BASE_URL"] == "http://127.0.0.1:9001"
    )
    # What the children are given is a whole, well-formed set of settings.
    assert load_settings(_env_file=None, **environment).sms_configured


@pytest.mark.parametrize(("asked_for", "mode"), [({}, "webhook"), ({"TELEGRAM_MODE": "polling"}, "polling")])
def test_the_simulator_posts_updates_unless_polling_is_asked_for(
    asked_for: dict[str, str], mode: str
) -> None:
    assert shared_environment(_config(**asked_for), URL)["TELEGRAM_MODE"] == mode


def test_the_instance_that_is_played_is_named_to_all_children() -> None:
    config = _config(CITYLINE_SYNC="servicenow", CITYLINE_PORT=9000)
    assert {plan.environment["SERVICENOW_URL"] for plan in plan_processes(config, URL)} == {
        "http://127.0.0.1:9001"
    }
    environment = {**shared_environment(config, URL), "CITYLINE_SYNC": "servicenow"}
    child = load_settings(_env_file=None, **environment)
    assert not child.servicenow_is_played  # it is one like any other
    assert child.servicenow_client_id is not None
    assert child.sync_secret is not None


def test_a_secret_of_ones_own_signs_the_calls_of_the_played_instance() -> None:
    secret = "a secret of more than thirty-two signs"
    config = _config(CITYLINE_SYNC="servicenow", CITYLINE_SYNC_SECRET=secret)
    assert shared_environment(config, URL)["CITYLINE_SYNC_SECRET"] == secret


def test_an_instance_of_ones_own_stays_beside_the_simulator() -> None:
    config = _config(
        CITYLINE_SYNC="servicenow",
        SERVICENOW_URL="https://example.service-now.com",
        SERVICENOW_USERNAME="me",
        SERVICENOW_PASSWORD="mine",
    )
    assert "simulator" in _names(config)
    assert "SERVICENOW_URL" not in shared_environment(config, URL)
    assert with_played_instance(config) is config


def test_a_command_beside_them_finds_the_played_instance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYLINE_SYNC", "servicenow")
    monkeypatch.setenv("CITYLINE_PORT", "9000")
    found = with_played_instance(_config())
    assert (found.servicenow_url, found.port) == ("http://127.0.0.1:9001", 9000)


def test_with_a_real_provider_there_is_no_simulator() -> None:
    config = _config(**TWILIO)
    assert _names(config) == ["engine", "actions", "worker", "web"]
    assert "TWILIO_API_BASE_URL" not in shared_environment(config, URL)


def test_engines_and_actions_elsewhere_are_not_started_here() -> None:
    config = _config(
        ENGINE_URLS="http://10.0.0.2:8315,http://10.0.0.3:8315", ACTIONS_URL="http://10.0.0.2:8316"
    )
    assert _names(config) == ["worker", "web", "simulator"]


def test_every_engine_of_this_machine_is_started() -> None:
    config = _config(ENGINE_URLS="http://127.0.0.1:8315,http://localhost:8325,http://10.0.0.3:8315")
    assert _names(config)[:2] == ["engine", "engine-2"]


def test_all_children_use_the_one_database_of_the_supervisor() -> None:
    plans = plan_processes(_config(), URL)
    assert {plan.environment["DATABASE_URL"] for plan in plans} == {URL}
