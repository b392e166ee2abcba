"""Start the engine: `python -m bot.engine.serve --model FOLDER`, from the project's root, in the engine's environment.

Environment: DATABASE_URL (postgresql://…), ACTIONS_URL (http://127.0.0.1:8316), CITYLINE_ENGINE_TOKEN (what workers have to
send with each turn; only on loopback it may be left out). Ready when `GET /webhooks/rest/` answers 200. Rasa's own HTTP API
(trackers, events, models) is not served at all.
"""

import argparse
import json
import logging
import os
import sys
import time
import warnings
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_PORT = 8315
LOOPBACK = ("127.0.0.1", "localhost", "::1")
RESPONSE_SECONDS = 60  # a turn that takes longer is answered with an error; workers wait 30 s

# Before TensorFlow or numpy is imported by anything: one thread, and no words about it.
for _name, _value in {
    "OMP_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "SQLALCHEMY_WARN_20": "0",
    "POSTGRESQL_POOL_SIZE": "5",
}.items():
    os.environ.setdefault(_name, _value)

log = logging.getLogger("bot.engine")


def tracker_settings(database_url: str) -> dict[str, str]:
    """The variables of endpoints.yml for a `postgresql://` URL, read as libpq reads it.

    TRACKER_QUERY is JSON: everything libpq is told beside user, password and database, TLS included. Raises ValueError.
    """
    from psycopg2 import ProgrammingError
    from psycopg2.extensions import parse_dsn

    try:
        parameters = parse_dsn(database_url)
    except ProgrammingError:
        raise ValueError("DATABASE_URL cannot be read by libpq.") from None
    settings = {
        "TRACKER_USER": parameters.pop("user", "postgres"),
        "TRACKER_PASSWORD": parameters.pop("password", ""),
        "TRACKER_DB": parameters.pop("dbname", "") or "cityline",
    }
    return settings | {"TRACKER_QUERY": json.dumps({"host": "localhost", "port": "5432"} | parameters)}


def main() -> None:
    arguments = _arguments()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    log.setLevel(logging.INFO)
    warnings.simplefilter("ignore")
    os.environ.update(
        tracker_settings(os.environ.get("DATABASE_URL", "postgresql://postgres@localhost/cityline"))
    )
    os.environ.setdefault("ACTIONS_URL", "http://127.0.0.1:8316")
    os.environ["ACTIONS_WEBHOOK"] = os.environ["ACTIONS_URL"].rstrip("/") + "/webhook"
    sys.path.insert(0, str(ROOT))
    token = os.environ.get("CITYLINE_ENGINE_TOKEN") or None
    if token is None and arguments.host not in LOOPBACK:
        raise SystemExit(
            f"The engine would listen on {arguments.host} without a token, and anybody who reaches the port could speak "
            "for any resident. Start it with `cityline engine`, or set CITYLINE_ENGINE_TOKEN."
        )
    began = time.monotonic()
    model = newest_model(arguments.model)
    app = build_app(model=model, endpoints=ROOT / "endpoints.yml", token=token)
    if arguments.model.is_dir():
        from bot.engine.switching import follow_switch

        app.add_task(follow_switch(app, arguments.model, model))
    log.info("engine.imported seconds=%.1f", time.monotonic() - began)
    app.run(host=arguments.host, port=arguments.port, workers=1, access_log=False, debug=False)


def build_app(model: Path, endpoints: Path, token: str | None) -> Any:
    """The Sanic application; the model is loaded before it accepts connections."""
    from bot.engine.lean import suit

    suit(ROOT / "config.yml")
    import rasa.core.agent
    import rasa.core.run
    from rasa.core.utils import AvailableEndpoints

    from bot.engine import speed
    from bot.engine.channel import TurnInput
    from bot.engine.turns import TurnProcessor

    quiet_rasa()
    speed.apply()
    rasa.core.agent.MessageProcessor = TurnProcessor
    # The fail-safe store would answer from memory while the database is away, and forget it all afterwards.
    rasa.core.agent.FailSafeTrackerStore = lambda store: store
    read = AvailableEndpoints.read_endpoints(str(endpoints))
    app = rasa.core.run.configure_app([TurnInput(token)], enable_api=False, endpoints=read)
    app.config.RESPONSE_TIMEOUT = RESPONSE_SECONDS
    app.ctx.agent = None
    app.register_listener(
        partial(rasa.core.run.load_agent_on_start, str(model), read, None), "before_server_start"
    )
    app.register_listener(_say_ready, "after_server_start")
    app.register_listener(rasa.core.run.close_resources, "after_server_stop")
    return app


async def _say_ready(app: Any, _: Any) -> None:
    from bot.engine.channel import is_ready

    log.info("engine.ready" if is_ready(app) else "engine.without_model")


def quiet_rasa() -> None:
    """No debug lines are even built: Rasa formats whole messages for them, and they would hold residents' words."""
    import structlog

    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING), cache_logger_on_first_use=True
    )
    for name in ("rasa", "sanic.root", "sanic.access", "apscheduler", "matplotlib"):
        logging.getLogger(name).setLevel(logging.WARNING)


def newest_model(where: Path) -> Path:
    """The model itself, or the newest in a folder. SystemExit with a sentence when there is none."""
    if where.is_file():
        return where
    models = sorted(where.glob("*.tar.gz"), key=lambda model: model.stat().st_mtime)
    if not models:
        raise SystemExit(f"There is no model in {where}. Train one: python -m bot.engine.train --out {where}")
    return models[-1]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Serve the dialogue engine on loopback.")
    parser.add_argument(
        "--model", type=Path, required=True, help="model, or folder whose newest model is served"
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    return parser.parse_args()


if __name__ == "__main__":
    main()
