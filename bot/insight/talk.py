"""What is counted of conversations, by day, channel and language: each a kind, and of a kind several keys.

A report that was given up belongs to the day of its last turn, with the question that was open then. It is given up when
its resident said so, or said nothing for as long as a draft is kept; one that is joined with an open request is not.
"""

from __future__ import annotations

from enum import StrEnum

from bot.conversation.intake.draft import KEPT_FOR


class Kind(StrEnum):
    TEXTS_IN = "texts_in"
    TEXTS_OUT = "texts_out"  # key: bot, staff
    STATE = "state"  # of what went out; key: bot.conversation.states.OutboundState
    REFUSED = "refused"  # of what failed; key: the carrier's code, "" where there is none
    SEGMENTS = "segments"
    PICTURES = "pictures"
    HOUR_IN = "hour_in"  # key: hours since Monday 0:00, as 0 to 167
    HOUR_FILED = "hour_filed"
    ASKED = "asked"  # key: the question, as all below
    IN_VAIN = "in_vain"
    GIVEN_UP = "given_up"
    JOINED = "joined"  # no key: with a request that is open
    PERSON = "person"  # a turn in which a resident asked for one


class Stage(StrEnum):
    """How far a report had come when its question was asked."""

    BEGUN = "begun"
    WHAT = "what"  # it was said what it is
    WHERE = "where"  # and where


# What is known while a question is open. A test holds that each question of a report is here.
STAGE_OF = {
    **dict.fromkeys(("what", "group", "in_group", "which_service", "resume"), Stage.BEGUN),
    **dict.fromkeys(("where", "which_place", "cross_street", "photo_place", "same_matter"), Stage.WHAT),
    **dict.fromkeys(("detail", "summary", "change"), Stage.WHERE),
}


_HOURS = f"interval '{KEPT_FOR.total_seconds() / 3600:.0f} hours'"
_OUTCOME = "split_part(open_question, ':', 1)"


def _in_turn_after(table: str, condition: str = "true") -> str:
    """Whether there is such a row of the conversation, written while the next turn was taken."""
    return f"""EXISTS (SELECT FROM {table} x WHERE x.conversation_id = l.conversation_id AND {condition}
            AND x.created_at >= l.next_at AND x.created_at <= l.next_end)"""


# From :start to :end, by days of the time zone :zone; :now is when it is counted.
COUNT_TALK = f"""
WITH said AS MATERIALIZED (
    SELECT m.created_at AS at, (m.created_at AT TIME ZONE :zone) AS local, m.channel,
        coalesce(k.language, '') AS language, m.direction, m.author, m.state, m.error_code, m.segments, m.pictures
    FROM messages m
    JOIN conversations c ON c.id = m.conversation_id JOIN contacts k ON k.id = c.contact_id
    WHERE m.created_at >= :start AND m.created_at < :end
), told AS MATERIALIZED (
    SELECT t.id, t.conversation_id, t.created_at, t.open_question, t.update_id,
        lag(t.open_question) OVER talk AS question_before, lag(t.created_at) OVER talk AS before_at,
        lead(t.open_question) OVER talk AS next_question, lead(t.created_at) OVER talk AS next_at,
        lead(t.finished_at) OVER talk AS next_end
    FROM turns t
    WHERE t.open_question IS NOT NULL
        AND t.created_at >= CAST(:start AS timestamptz) - {_HOURS} AND t.created_at < CAST(:end AS timestamptz) + {_HOURS}
    WINDOW talk AS (PARTITION BY t.conversation_id ORDER BY t.id)
), open AS (
    SELECT t.*, k.channel, coalesce(k.language, '') AS language
    FROM told t JOIN conversations c ON c.id = t.conversation_id JOIN contacts k ON k.id = c.contact_id
    WHERE t.created_at >= :start AND t.created_at < :end AND t.open_question <> ''
), last AS (
    SELECT l.*, {_OUTCOME} AS question FROM open l
    WHERE (next_at IS NULL OR next_at > l.created_at + {_HOURS}) AND l.created_at + {_HOURS} <= :now
        OR next_at <= l.created_at + {_HOURS} AND next_question = ''
), ended AS (
    SELECT l.*, next_at IS NULL OR next_at > l.created_at + {_HOURS} AS silent,
        {_in_turn_after("service_requests")} AS filed,
        {_in_turn_after("subscribers", "x.origin = 'followed'")} OR {_in_turn_after("additions")} AS joined
    FROM last l
), counted(at, channel, language, kind, key, n) AS (
    SELECT at, channel, language, '{Kind.TEXTS_IN}', '', 1 FROM said WHERE direction = 'in'
    UNION ALL SELECT at, channel, language, '{Kind.TEXTS_OUT}',
        CASE WHEN author LIKE 'staff:%' THEN 'staff' ELSE 'bot' END, 1 FROM said WHERE direction = 'out'
    UNION ALL SELECT at, channel, language, '{Kind.STATE}', state, 1 FROM said WHERE direction = 'out'
    UNION ALL SELECT at, channel, language, '{Kind.REFUSED}', coalesce(error_code, ''), 1 FROM said
        WHERE direction = 'out' AND state = 'failed'
    UNION ALL SELECT at, channel, language, '{Kind.SEGMENTS}', '', segments FROM said WHERE segments > 0
    UNION ALL SELECT at, channel, language, '{Kind.PICTURES}', '', pictures FROM said WHERE pictures > 0
    UNION ALL SELECT at, channel, language, '{Kind.HOUR_IN}',
        ((extract(isodow FROM local) - 1) * 24 + extract(hour FROM local))::integer::text, 1 FROM said WHERE direction = 'in'
    UNION ALL SELECT created_at, channel, language, '{Kind.HOUR_FILED}',
        ((extract(isodow FROM created_at AT TIME ZONE :zone) - 1) * 24
            + extract(hour FROM created_at AT TIME ZONE :zone))::integer::text, 1
        FROM service_requests WHERE created_at >= :start AND created_at < :end
    UNION ALL SELECT created_at, channel, language, '{Kind.ASKED}', {_OUTCOME}, 1 FROM open WHERE update_id IS NULL
    UNION ALL SELECT created_at, channel, language, '{Kind.IN_VAIN}', {_OUTCOME}, 1 FROM open
        WHERE update_id IS NULL AND question_before = open_question AND before_at > created_at - {_HOURS}
    UNION ALL SELECT created_at, channel, language, '{Kind.GIVEN_UP}', question, 1 FROM ended
        WHERE silent OR NOT filed AND NOT joined
    UNION ALL SELECT created_at, channel, language, '{Kind.JOINED}', '', 1 FROM ended
        WHERE NOT silent AND joined AND NOT filed
    UNION ALL SELECT a.at, k.channel, coalesce(k.language, ''), '{Kind.PERSON}', '', 1
        FROM audit a JOIN conversations c ON c.id = a.subject_id::bigint JOIN contacts k ON k.id = c.contact_id
        WHERE a.action = 'conversation.person_asked' AND a.at >= :start AND a.at < :end
)
SELECT (at AT TIME ZONE :zone)::date AS day, kind, key, channel, language, sum(n)::integer AS count
FROM counted
GROUP BY 1, 2, 3, 4, 5
"""
