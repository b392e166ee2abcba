"""How long the pages of insight take on a large city's past, and how long counting it takes.

    .venv/bin/python -m tests.bench.bench_insight [--reports 341000] [--days 1095] [--keep FOLDER]

A report is three turns and seven messages; seven of eight are filed, worked on and half of them rated. 341,000 of them make
300,000 requests and 2.4 million messages. Every page is asked for by HTTP, its database and templates included, with
the periods and filters that managers choose. `--keep` leaves the database in a folder, to be looked at with `cityline web`.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

PAGES = ("", "/reports", "/work", "/places", "/texts", "/ratings")
ALLOWED = 0.2  # seconds at p95


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reports", type=int, default=341_000)
    parser.add_argument("--days", type=int, default=1_095)
    parser.add_argument("--contacts", type=int, default=60_000)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--keep", help="a folder for the database, which stays")
    options = parser.parse_args()
    with _folder(options.keep) as folder:
        os.environ["CITYLINE_DATA"] = str(folder)
        from bot.db.embedded import start_embedded
        from bot.db.migrate import migrate

        server = start_embedded(folder / "postgres")
        try:
            migrate(server.url())
            if not is_filled(server.url()):
                fill(server.url(), options.reports, options.days, options.contacts)
            asyncio.run(measure(options.rounds))
        finally:
            server.stop()


@contextmanager
def _folder(kept: str | None) -> Iterator[Path]:
    if kept:
        yield Path(kept)
        return
    with tempfile.TemporaryDirectory(prefix="cityline-bench-") as folder:
        yield Path(folder)


# Seven messages of a report `g` (from 0): what is said, asked, said, asked, sent, answered, and told later.
_SEED = """
CREATE TEMP TABLE report AS
SELECT g, 1 + (g * 7919::bigint) %% %(contacts)s AS conversation, %(first)s + g * %(apart)s::interval AS at,
    g %% 8 <> 3 AS filed, (g * 31) %% 100 AS chance, (%(codes)s::text[])[1 + (g * g / 7) %% %(services)s] AS service,
    (%(areas)s::text[])[1 + (g * 13) %% %(many_areas)s] AS area,
    34.0 + ((g * 37) %% 400) / 8000.0 AS lat, -118.515 + ((g * g / 3) %% 500) / 8000.0 AS lon
FROM generate_series(0::bigint, %(reports)s - 1) AS g;

INSERT INTO contacts (channel, address, language)
SELECT CASE WHEN n %% 4 = 0 THEN 'telegram' ELSE 'sms' END, '+1310' || 5000000 + n, CASE WHEN n %% 3 = 0 THEN 'es' ELSE 'en' END
FROM generate_series(1, %(contacts)s) AS n;
INSERT INTO conversations (contact_id) SELECT id FROM contacts ORDER BY id;

INSERT INTO turns (conversation_id, engine_message, created_at, posted_at, finished_at, open_question)
SELECT conversation, '{}', at + step * interval '50 s', at + step * interval '50 s', at + step * interval '50 s' + interval '2 s',
    CASE step WHEN 0 THEN CASE WHEN chance < 55 THEN 'where' WHEN chance < 70 THEN 'what' ELSE 'summary' END
        WHEN 1 THEN CASE WHEN chance %% 9 = 0 THEN 'where' WHEN chance %% 5 = 0 THEN 'which_place' ELSE 'summary' END
        ELSE CASE WHEN NOT filed AND chance %% 2 = 0 THEN NULL ELSE '' END END
FROM report, generate_series(0, 2) AS step ORDER BY g, step;

INSERT INTO messages (conversation_id, direction, channel, author, body, state, turn_id, error_code, segments, pictures, created_at)
SELECT conversation, CASE WHEN step %% 2 = 0 AND step < 6 THEN 'in' ELSE 'out' END,
    CASE WHEN conversation %% 4 = 0 THEN 'telegram' ELSE 'sms' END,
    CASE WHEN step = 6 THEN CASE WHEN chance < 30 THEN 'staff:ana' ELSE 'bot' END WHEN step %% 2 = 0 THEN 'resident' ELSE 'bot' END, 'words',
    CASE WHEN step %% 2 = 0 AND step < 6 THEN 'handled' WHEN chance = 7 THEN 'failed' ELSE 'delivered' END,
    3 * g + 1 + least(step / 2, 2), CASE WHEN chance = 7 AND step %% 2 = 1 THEN '30003' END,
    CASE WHEN step %% 2 = 1 AND conversation %% 4 <> 0 THEN 1 + chance %% 2 END,
    CASE WHEN step = 5 AND chance %% 20 = 0 AND conversation %% 4 <> 0 THEN 1 END,
    at + step * interval '25 s'
FROM report, generate_series(0, 6) AS step ORDER BY g, step;

INSERT INTO service_requests (reference, idempotency_key, conversation_id, service_code, description, place_text, address, lat,
    lon, neighborhood, department, status, resolution, ended_at, due_on, channel, language, created_at, updated_at)
SELECT 'B-' || g, 'draft:' || conversation || ':' || 7 * g + 1, conversation, service, 'words', 'words', 'somewhere', lat, lon, area,
    %(departments)s::jsonb ->> service, CASE WHEN ended THEN CASE WHEN chance < 85 THEN 'resolved' ELSE 'closed' END ELSE 'open' END,
    CASE WHEN ended THEN CASE WHEN chance < 85 THEN 'fixed' ELSE 'not_ours' END END, CASE WHEN ended THEN done END,
    (filed_at + interval '6 days')::date, CASE WHEN conversation %% 4 = 0 THEN 'telegram' ELSE 'sms' END,
    CASE WHEN conversation %% 3 = 0 THEN 'es' ELSE 'en' END, filed_at, filed_at
FROM (SELECT *, at + interval '101 s' AS filed_at, at + interval '101 s' + chance * chance * interval '7 minutes' + interval '1 hour' AS done,
        at + chance * chance * interval '7 minutes' + interval '2 hours' < now() AND chance < 96 AS ended
    FROM report WHERE filed ORDER BY g) r;

INSERT INTO updates (request_id, from_status, to_status, resolution, author, public_text, corrected, created_at)
SELECT id, CASE step WHEN 1 THEN 'open' END, CASE step WHEN 0 THEN 'open' ELSE status END, CASE step WHEN 1 THEN resolution END,
    CASE step WHEN 0 THEN 'resident' ELSE 'staff:ana' END, '', CASE WHEN step = 1 AND id %% 17 = 0 THEN '{"service": {}}'::jsonb END,
    CASE step WHEN 0 THEN created_at ELSE ended_at END
FROM service_requests, generate_series(0, 1) AS step WHERE step = 0 OR ended_at IS NOT NULL ORDER BY id, step;
INSERT INTO feedback (request_id, conversation_id, idempotency_key, verdict, rating, comment, created_at)
SELECT id, conversation_id, 'b:' || id, CASE WHEN id %% 7 = 0 THEN 'not_fixed' ELSE 'fixed' END, 5 - (id * 7 %% 11) / 3,
    CASE WHEN id %% 6 = 0 THEN (%(comments)s::text[])[1 + id %% 4] END, ended_at + interval '3 hours'
FROM service_requests WHERE resolution = 'fixed' AND id %% 2 = 0 AND ended_at < now() - interval '4 hours' ORDER BY ended_at;
INSERT INTO photos (sha256, width, height, size) SELECT repeat('0', 64), 1, 1, 1;
INSERT INTO request_photos (request_id, photo_id, kind, created_at)
SELECT id, 1, 'report', created_at FROM service_requests WHERE id %% 3 = 0;
INSERT INTO audit (actor, action, subject_kind, subject_id, at)
SELECT 'resident', 'conversation.person_asked', 'conversation', conversation::text, at FROM report WHERE chance = 11;
"""
_COMMENTS = [
    "quick work, thank you",
    "Ya era hora. Tres semanas con el bache enfrente de la escuela y nadie hacía nada; gracias de todos modos a los muchachos que vinieron.",
    "They filled the small one and left the big one.",
    "ok",
]


def is_filled(url: str) -> bool:
    """Whether a folder that was kept holds a past already."""
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT FROM service_requests LIMIT 1").fetchone() is not None


def fill(url: str, reports: int, days: int, contacts: int) -> None:
    """A past of so many days up to now."""
    import json

    from bot.city.current import catalogue

    services = catalogue().services
    # What is reported most stands several times among them.
    codes = [code for rank, code in enumerate(services) for _ in range(1 + max(0, 6 - rank // 3))]
    areas = ["Downtown", "Mid City", "Northeast", "Ocean Park", "Pico", "Sunset Park", "Wilmont", None]
    first = datetime.now(UTC) - timedelta(days=days)
    values = {
        "reports": reports,
        "contacts": contacts,
        "first": first,
        "apart": timedelta(days=days) / reports,
        "codes": codes,
        "services": len(codes),
        "areas": areas,
        "many_areas": len(areas),
        "departments": json.dumps({code: service.department for code, service in services.items()}),
        "comments": _COMMENTS,
    }
    started = time.perf_counter()
    with psycopg.ClientCursor(psycopg.connect(url, autocommit=True)) as cursor:
        for statement in _SEED.split(";\n"):
            if statement.strip():
                cursor.execute(statement, values)
        cursor.execute("VACUUM ANALYZE")
        for table in ("service_requests", "messages"):
            found = cursor.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - ours
            print(f"{found[0] if found else 0:,} {table}")
        cursor.connection.close()
    print(f"filled in {time.perf_counter() - started:.0f} s")


async def measure(rounds: int) -> None:
    from sqlalchemy import select

    from bot.cases.staff import create_staff
    from bot.db.session import dispose, transaction
    from bot.db.tables import Staff
    from bot.insight.counting import count_figures
    from tests.console import PASSWORD, Browser, fresh_client

    now, started = datetime.now(UTC), time.perf_counter()
    await count_figures(now)
    print(f"counted for the first time in {time.perf_counter() - started:.1f} s")
    async with transaction() as session:
        if not await session.scalar(select(Staff.id)):
            await create_staff(session, "ada", PASSWORD)
    async with fresh_client() as client:
        browser = Browser(client)
        await browser.log_in("ada")
        times: dict[str, list[float]] = {page: [] for page in PAGES}
        worked: dict[str, list[float]] = {page: [] for page in PAGES}
        draw = random.Random(1)
        for number in range(rounds + 1):
            for page in PAGES:
                begun, work = time.perf_counter(), time.process_time()
                answer = await browser.open(f"/console/insight{page}?{_query(draw, now)}")
                assert answer.status_code == 200, answer.status_code
                if number:  # the first reads the city pack
                    times[page].append(time.perf_counter() - begun)
                    worked[page].append(time.process_time() - work)
    await dispose()
    print("| page | p50 | p95 | worst | processor time of web, p50 |\n|---|---|---|---|---|")
    for page, took in times.items():
        p95 = statistics.quantiles(took, n=20)[-1] if len(took) > 1 else took[0]
        late = " **too slow**" if p95 > ALLOWED else ""
        print(
            f"| insight{page} | {statistics.median(took) * 1000:.0f} ms | {p95 * 1000:.0f} ms{late} | {max(took) * 1000:.0f} ms | {statistics.median(worked[page]) * 1000:.0f} ms |"
        )


def _query(draw: random.Random, now: datetime) -> str:
    """A period and a filter, as managers choose them: up to today, of a week to a year."""
    days = draw.choice((7, 30, 90, 365, 365))
    last = now.date() - timedelta(days=draw.choice((0, 1, 40)))
    chosen = draw.choice(("", "", "&channel=sms", "&language=es", "&service=pothole", "&neighborhood=Pico"))
    return f"from={last - timedelta(days=days)}&to={last}{chosen}"


if __name__ == "__main__":
    main()
