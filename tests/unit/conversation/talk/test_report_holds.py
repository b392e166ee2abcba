"""No turn, in whatever order, makes a report raise, lose what it has, or go silent."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.intake.draft import Draft
from bot.conversation.intake.turn import Guess, PinSent, Turn
from bot.conversation.questions.resume import Resume
from bot.conversation.stored import as_json, from_json
from bot.conversation.talk.report import advance
from tests.exploring import examples

from ..conftest import NOON, a_setting, the_catalogue

INTENTS = (
    "report", "give_place", "greet", "thanks", "goodbye", "affirm", "deny", "correct", "ask_status", "add_to_request",
    "start_over", "go_back", "skip", "ask_person", "change_language", "rate", "fixed", "not_fixed", "complain_service",
    "abuse", "out_of_scope", "ask_services", "ask_about_bot", "ask_how_long", "ask_hours", "send_photos",
    "share_location", "choose", "change", "file", "another", "cancel", "EXTERNAL_request_update", "an_intent_of_tomorrow", "",
)  # fmt: skip
WORDS = (
    "", "1", "Pico and 4th", "pothole at Pico and 4th and graffiti on Main", "Main St", "no, Ocean not Main", "Venice Beach",
    "{}", "/slash", "%s", "a" * 3000, "🔥🔥", "ñandú", "it's getting bigger", "not Main", "no", "\n\n", "12 14th st",
)  # fmt: skip
CHOICES = (
    None, "menu", "group:streets", "group:none", "service:tree", "service:none", "place:0", "place:9", "place:x",
    "elsewhere", "placeless", "spot:yes", "spot:no", "similar:own", "detail:skip", "change:drop", "change:what", "change:where", "change:photos", "change:?", "resume:yes", "resume:new", "", ":", "x:y:z",
)  # fmt: skip

guesses = st.lists(
    st.builds(Guess, st.sampled_from([*the_catalogue().services, "gone"]), st.floats(0, 1)), max_size=3
).map(tuple)


@st.composite
def turns(draw: st.DrawFn) -> Turn:
    intent = draw(st.sampled_from(INTENTS))
    return Turn(
        message_id=draw(st.integers(0, 9)),
        text=draw(st.one_of(st.sampled_from(WORDS), st.text(max_size=40))),
        intent=intent,
        at=NOON,
        language=draw(st.sampled_from(("en", "es"))),
        guesses=draw(guesses),
        danger=frozenset(draw(st.sets(st.sampled_from(["crisis", "emergency"])))),
        vague=draw(st.booleans()),
        photos=tuple(draw(st.lists(st.integers(1, 30), max_size=12))),
        refused=tuple(draw(st.lists(st.sampled_from(("too_large", "?")), max_size=2))),
        pin=draw(st.one_of(st.none(), st.builds(PinSent, st.floats(33.9, 34.2), st.floats(-118.6, -118.3)))),
        choice=draw(st.sampled_from(CHOICES)) if intent == "choose" else None,
    )


@examples(60)
@given(st.lists(st.tuples(turns(), st.integers(0, 400)), min_size=1, max_size=7))
def test_any_conversation_is_answered_and_its_draft_survives_storage(said: list[tuple[Turn, int]]) -> None:
    draft: Draft | None = None
    clock = NOON
    for turn, minutes in said:
        clock += timedelta(minutes=minutes)
        step = advance(draft, a_setting(replace(turn, at=clock)))
        assert step.says or step.end is not None
        assert step.draft is not None
        assert from_json(Draft, json.loads(json.dumps(as_json(step.draft)))) == step.draft
        assert len(step.draft.photos) <= 10
        draft = None if step.end is not None else step.draft


# What may take a part of the draft away: its own correction, and giving up.
TAKES_AWAY = {"start_over", "go_back", "correct", "deny", "change", "choose", "skip"}


@examples(60)
@given(st.lists(turns(), min_size=2, max_size=6))
def test_nothing_is_lost_unless_the_resident_takes_it_back(said: list[Turn]) -> None:
    drafts: list[tuple[Turn, Draft]] = []
    draft: Draft | None = None
    for turn in said:
        step = advance(draft, a_setting(turn))
        if step.end is not None or step.draft is None:
            break
        draft = step.draft
        drafts.append((turn, draft))
    for (_, before), (turn, after) in pairwise(drafts):
        if turn.intent in TAKES_AWAY or isinstance(before.open, Resume):
            continue
        assert set(before.photos) <= set(after.photos)
        assert before.service is None or after.service is not None
        assert after.description.startswith(before.description)
