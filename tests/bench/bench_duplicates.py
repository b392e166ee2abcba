"""How long the search for duplicates takes among a million requests, beside the same search without its index.

    .venv/bin/python -m tests.bench.bench_duplicates [--requests 1000000] [--open 1.0]

Requests lie at random in the city's rectangle, spread over the services as evenly as it gets; by default all of them
are open, which is worse than any city has it. Every search asks for a point at random.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--open", type=float, default=1.0, help="share of them that is open")
    parser.add_argument("--searches", type=int, default=400)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cityline-bench-") as folder:
        os.environ["CITYLINE_DATA"] = folder
        from bot.db.embedded import start_embedded
        from bot.db.migrate import migrate

        server = start_embedded(Path(folder) / "postgres")
        try:
            migrate(server.url())
            fill(server.url(), options.requests, options.open)
            asyncio.run(measure(options.searches))
        finally:
            server.stop()


def fill(url: str, requests: int, share: float) -> None:
    from bot.city.current import catalogue, gazetteer

    southwest, northeast = gazetteer().corners
    codes = [code for code, service in catalogue().services.items() if service.duplicate_radius_m]
    started = time.perf_counter()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            """
            INSERT INTO service_requests
                (reference, idempotency_key, service_code, description, place_text, address, lat, lon, location_kind,
                 status, channel, language, created_at)
            SELECT 'B-' || n, 'bench:' || n, (%s::text[])[1 + n %% %s], 'words', 'words', 'somewhere',
                   %s + random() * %s, %s + random() * %s, 'pin',
                   CASE WHEN random() < %s THEN 'open' ELSE 'resolved' END, 'sms', 'en', now() - random() * interval '30 days'
            FROM generate_series(1, %s) AS n
            """,
            (
                codes, len(codes), southwest.lat, northeast.lat - southwest.lat, southwest.lon,
                northeast.lon - southwest.lon, share, requests,
            ),
        )  # fmt: skip
        connection.execute("VACUUM ANALYZE service_requests")
    print(f"{requests:,} requests written in {time.perf_counter() - started:.0f} s")


async def measure(searches: int) -> None:
    from sqlalchemy import text

    from bot.cases.duplicates import nearest_open_duplicates
    from bot.city.current import catalogue, gazetteer
    from bot.city.location import Point
    from bot.db.session import dispose, transaction

    southwest, northeast = gazetteer().corners
    draw = random.Random(311)
    services = [service for service in catalogue().services.values() if service.duplicate_radius_m]

    async def search(how_often: int, *, index: bool) -> tuple[list[float], int]:
        seconds, found = [], 0
        async with transaction() as session:
            if not index:
                # A prepared plan would outlive the setting.
                await session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
                for path in ("indexscan", "bitmapscan"):
                    await session.execute(text(f"SET LOCAL enable_{path} = off"))
            for _ in range(how_often):
                point = Point(
                    draw.uniform(southwest.lat, northeast.lat), draw.uniform(southwest.lon, northeast.lon)
                )
                began = time.perf_counter()
                near = await nearest_open_duplicates(
                    session, draw.choice(services), point, 1, datetime.now(UTC)
                )
                seconds.append(time.perf_counter() - began)
                found += len(near)
        return sorted(seconds), found

    await search(20, index=True)
    with_index, found = await search(searches, index=True)
    without, _ = await search(8, index=False)
    await dispose()
    median = statistics.median(with_index)
    print(
        f"with the index:    median {1000 * median:.2f} ms, p99 {1000 * with_index[int(len(with_index) * 0.99)]:.2f} ms "
        f"({found / searches:.1f} found a search)"
    )
    print(f"without the index: median {1000 * statistics.median(without):.0f} ms")
    print(f"ratio: {statistics.median(without) / median:.0f}")


if __name__ == "__main__":
    main()
