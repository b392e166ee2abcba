"""Which processes one machine runs, from the settings."""

from __future__ import annotations

import sys
from urllib.parse import urlsplit

from bot.settings import ROOT, Settings, engine_token, load_settings
from bot.supervisor.engine_environment import engine_environment, ready_url, serve_command
from bot.supervisor.ports import check_port_is_free
from bot.supervisor.process import ProcessPlan

# A provider waits for the web process, a resident for the rest: when the processor is short, webhooks are
# acknowledged first and the turns follow.
BEHIND_THE_WEB = 5

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def simulator_is_wanted(config: Settings) -> bool:
    """The simulator stands in when there is no real provider."""
    return not config.sms_configured and not config.telegram_configured


def simulator_port(config: Settings) -> int:
    return config.port + 1


def simulator_url(config: Settings) -> str:
    return f"http://127.0.0.1:{simulator_port(config)}"


def shared_environment(config: Settings, database_url: str) -> dict[str, str]:
    """What every child gets besides the environment of the supervisor."""
    environment = {
        "DATABASE_URL": database_url,
        "CITYLINE_DATA": str(config.data.absolute()),
        "ACTIONS_URL": config.actions_url,  # the engine does not read .env
        "CITYLINE_DEBUG": "frames",  # where a process ended unexpectedly is wanted in its log; values are not
        # Two cores are shared by all of them: libraries that start a thread per core only get in each
        # other's way.
        "OMP_NUM_THREADS": "1",
    }
    if simulator_is_wanted(config):
        from bot.simulator.config import SIMULATOR_CREDENTIALS

        # Updates are posted to us unless polling is asked for by name: here every address can be reached.
        mode = config.telegram_mode if "telegram_mode" in config.model_fields_set else "webhook"
        environment |= SIMULATOR_CREDENTIALS.environment(simulator_url(config), mode)
    if config.servicenow_is_played:
        environment |= _played_instance(config)
    return environment


def _played_instance(config: Settings) -> dict[str, str]:
    """The instance of ServiceNow that the simulator plays; a secret of one's own for its calls stays."""
    from bot.simulator.config import SIMULATOR_INSTANCE

    environment = SIMULATOR_INSTANCE.environment(simulator_url(config))
    if config.sync_secret is not None:
        environment["CITYLINE_SYNC_SECRET"] = config.sync_secret.get_secret_value()
    return environment


def with_played_instance(config: Settings) -> Settings:
    """The settings as the processes have them that `up` starts, for a command beside them that speaks to the instance."""
    return load_settings(**_played_instance(config)) if config.servicenow_is_played else config


def plan_processes(config: Settings, database_url: str) -> list[ProcessPlan]:
    """The processes of this machine, in the order they are started.

    Engines and the action server are started where `ENGINE_URLS` and `ACTIONS_URL` name this machine; others
    run elsewhere. Raises `EngineEnvironmentError`.
    """
    environment = shared_environment(config, database_url)
    plans = []
    for number, (host, port) in enumerate(_local(config.engine_urls), start=1):
        name = "engine" if number == 1 else f"engine-{number}"
        plans.append(
            ProcessPlan(
                name,
                serve_command(ROOT, config.data.absolute() / "models", host, port),
                {
                    **environment,
                    **engine_environment(ROOT),
                    "CITYLINE_ENGINE_TOKEN": engine_token(config),
                },
                ready_url=ready_url(f"http://{host}:{port}"),
                port=port,
                niceness=BEHIND_THE_WEB,
            )
        )
    for _, port in _local([config.actions_url]):
        plans.append(_ours("actions", environment, ready_url=f"{config.actions_url}/health", port=port))
    plans.append(_ours("worker", environment, ready_word="worker.ready"))
    plans.append(
        _ours(
            "web",
            environment,
            ready_url=f"http://{_reachable(config.host)}:{config.port}/health",
            port=config.port,
        )
    )
    if simulator_is_wanted(config):
        plans.append(
            _ours(
                "simulator",
                environment,
                ready_url=f"{simulator_url(config)}/simulator/health",
                port=simulator_port(config),
            )
        )
    return plans


def check_ports(config: Settings, plans: list[ProcessPlan]) -> None:
    """Raise `PortTakenError` for the first port that is in use."""
    settings_of = {"web": "CITYLINE_PORT", "simulator": "CITYLINE_PORT", "actions": "ACTIONS_URL"}
    for plan in plans:
        if plan.port is not None:
            host = config.host if plan.name == "web" else "127.0.0.1"
            check_port_is_free(host, plan.port, plan.name, settings_of.get(plan.name, "ENGINE_URLS"))


def _ours(
    name: str,
    environment: dict[str, str],
    *,
    ready_url: str | None = None,
    ready_word: str | None = None,
    port: int | None = None,
) -> ProcessPlan:
    command = (sys.executable, "-m", "bot.cli", name)
    niceness = 0 if name == "web" else BEHIND_THE_WEB
    return ProcessPlan(name, command, environment, ready_url, ready_word, port, niceness)


def _local(urls: list[str]) -> list[tuple[str, int]]:
    """Host and port of the addresses that are on this machine's loopback."""
    found = []
    for url in urls:
        parts = urlsplit(url)
        if parts.hostname in LOOPBACK:
            found.append((parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)))
    return found


def _reachable(host: str) -> str:
    """Where to ask a process that listens on `host`."""
    if host in ("0.0.0.0", ""):  # noqa: S104 - only compared
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
