"""What is counted of requests, by day, service, neighborhood, department, channel and language.

What a request was filed with belongs to the day it was filed, its end to the day it ended, a rating to the day it was
given. All are counted with the service, place and department that the request has now.
"""

from __future__ import annotations

from bot.db.tables import REQUEST_COUNTS

DIMENSIONS = ("service_code", "neighborhood", "department", "channel", "language")
FIRST_WORD_LOOKED_FOR = 30  # days after the filing; later words count as none within that time

# A request filed by text has the key of its draft: the conversation, the message that began it (or, below zero, the file that
# did), and the part of that message where it held several matters. See `actions.filing`.
_OF_A_DRAFT = "^draft:[0-9]+:-?[0-9]{1,18}(:[0-9]+)?$"


def _within(name: str, amount: str) -> str:
    """The count of the smallest limit, in the column's name, that an amount does not pass."""
    limits = [
        one.removeprefix(f"{name}_")
        for one in REQUEST_COUNTS
        if one.startswith(f"{name}_") and one != f"{name}_later"
    ]
    cases = " ".join(f"WHEN {amount} <= {limit} THEN '{name}_{limit}'" for limit in limits)
    return f"CASE {cases} ELSE '{name}_later' END"


def _is_last_word(said: str) -> str:
    """Of answers by one resident on one day those that were not taken back, or given once more, before the work ended again: see
    `bot.cases.feedback.is_last_word`. Of one day, so that a day that was counted stays as it is."""
    return f"""NOT EXISTS (
            SELECT FROM feedback l
            WHERE l.request_id = f.request_id AND l.conversation_id = f.conversation_id AND l.id > f.id
                AND l.{said} IS NOT NULL
                AND (l.created_at AT TIME ZONE :zone)::date = (f.created_at AT TIME ZONE :zone)::date
                AND NOT EXISTS (
                    SELECT FROM updates e
                    WHERE e.request_id = f.request_id AND e.to_status IN ('resolved', 'closed') AND e.author <> 'resident'
                        AND e.created_at > f.created_at AND e.created_at <= l.created_at))"""


_SUMS = ",\n    ".join(
    f"coalesce(sum(n) FILTER (WHERE what = '{name}'), 0)::integer AS {name}" for name in REQUEST_COUNTS
)

# From :start to :end, by days of the time zone :zone.
COUNT_REQUESTS = f"""
WITH filed AS MATERIALIZED (
    SELECT r.id, r.created_at, r.conversation_id, r.idempotency_key ~ '{_OF_A_DRAFT}' AS by_text,
        CASE WHEN r.idempotency_key ~ '{_OF_A_DRAFT}'
            THEN split_part(r.idempotency_key, ':', 3)::bigint END AS began_with
    FROM service_requests r
    WHERE r.created_at >= :start AND r.created_at < :end
), begun AS MATERIALIZED (
    SELECT f.id, f.created_at,
        extract(epoch FROM f.created_at - m.created_at) / 60.0 AS minutes,
        (SELECT count(DISTINCT said.turn_id) FROM messages said
         WHERE said.conversation_id = f.conversation_id AND said.id >= m.id AND said.direction = 'in'
             -- Not by the index of times: the conversation's own finds them, and both together take a hundred times as long.
             AND (said.created_at <= f.created_at) IS TRUE) AS turns
    FROM filed f
    LEFT JOIN media file ON file.id = -f.began_with
    JOIN messages m ON m.id = coalesce(file.message_id, f.began_with) AND m.conversation_id = f.conversation_id
    WHERE f.by_text
), changed AS MATERIALIZED (
    SELECT f.id, bool_or(u.corrected ? 'service') AS service, bool_or(u.corrected ? 'place') AS place,
        min(u.created_at) FILTER (WHERE u.author LIKE 'staff:%' AND u.created_at > f.created_at
            AND (u.public_text <> '' OR u.from_status IS DISTINCT FROM u.to_status)
            AND u.undoes_id IS NULL AND u.id <> ALL (array(
                SELECT x.undoes_id FROM updates x WHERE x.request_id = f.id AND x.undoes_id IS NOT NULL))) AS word_at
    FROM filed f JOIN updates u ON u.request_id = f.id
    GROUP BY f.id
), answered AS MATERIALIZED (
    SELECT f.id, f.created_at, extract(epoch FROM least(c.word_at,
        (SELECT min(m.created_at) FROM messages m
         WHERE m.conversation_id = f.conversation_id AND m.author LIKE 'staff:%' AND m.direction = 'out'
             AND (m.created_at > f.created_at
                 AND m.created_at < f.created_at + interval '{FIRST_WORD_LOOKED_FOR} days') IS TRUE)
        ) - f.created_at) / 3600.0 AS hours
    FROM filed f LEFT JOIN changed c ON c.id = f.id
), ended AS MATERIALIZED (
    SELECT r.id, r.ended_at, r.resolution, r.due_on, r.late_told_at,
        extract(epoch FROM r.ended_at - r.created_at) / 3600.0 AS hours
    FROM service_requests r
    WHERE r.ended_at >= :start AND r.ended_at < :end
), counted(id, at, what) AS (
    SELECT id, created_at, 'filed' FROM filed
    UNION ALL SELECT id, created_at, 'by_text' FROM filed WHERE by_text
    UNION ALL SELECT id, created_at, 'with_photo' FROM filed f WHERE EXISTS (
        SELECT FROM request_photos p WHERE p.request_id = f.id AND p.kind = 'report'
            AND p.created_at <= f.created_at + interval '1 hour')
    UNION ALL SELECT id, f.created_at, 'service_corrected' FROM filed f JOIN changed c USING (id) WHERE c.service
    UNION ALL SELECT id, f.created_at, 'place_corrected' FROM filed f JOIN changed c USING (id) WHERE c.place
    UNION ALL SELECT id, created_at, {_within("turns", "turns")} FROM begun
    UNION ALL SELECT id, created_at, {_within("minutes", "minutes")} FROM begun
    UNION ALL SELECT id, created_at, {_within("word", "hours")} FROM answered WHERE hours IS NOT NULL
    UNION ALL SELECT id, ended_at, CASE WHEN resolution = 'fixed' THEN 'done' ELSE 'ended_otherwise' END FROM ended
    UNION ALL SELECT id, ended_at, {_within("end", "hours")} FROM ended WHERE resolution = 'fixed'
    UNION ALL SELECT id, ended_at, 'promised' FROM ended WHERE resolution = 'fixed' AND due_on IS NOT NULL
    UNION ALL SELECT id, ended_at, 'kept' FROM ended WHERE resolution = 'fixed' AND late_told_at IS NULL
        AND due_on >= (ended_at AT TIME ZONE :zone)::date
    UNION ALL SELECT request_id, created_at, 'reopened' FROM updates
        WHERE created_at >= :start AND created_at < :end
            AND from_status IN ('resolved', 'closed') AND to_status = 'open' AND undoes_id IS NULL
    UNION ALL SELECT request_id, created_at, verdict FROM feedback f
        WHERE created_at >= :start AND created_at < :end AND verdict IS NOT NULL AND {_is_last_word("verdict")}
    UNION ALL SELECT request_id, created_at, 'rating_' || rating FROM feedback f
        WHERE created_at >= :start AND created_at < :end AND rating IS NOT NULL AND {_is_last_word("rating")}
), by_day AS (
    SELECT (c.at AT TIME ZONE :zone)::date AS day, r.service_code, coalesce(r.neighborhood, '') AS neighborhood,
        coalesce(r.department, '') AS department, r.channel, r.language, c.what, count(*) AS n
    FROM counted c JOIN service_requests r ON r.id = c.id
    GROUP BY 1, 2, 3, 4, 5, 6, 7
)
SELECT day, {", ".join(DIMENSIONS)},
    {_SUMS}
FROM by_day
GROUP BY day, {", ".join(DIMENSIONS)}
"""
