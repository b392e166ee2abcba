"""Whatever residents do: no exception, no circle without a way out, and who cooperates comes to an end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.intake.draft import Draft
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.question import End
from bot.conversation.intake.turn import PinSent, Turn
from bot.conversation.talk import Progress, converse
from tests.exploring import examples

from ..conftest import NOON, a_setting, a_turn, choosing

WORDS = (
    "pothole at Pico and 4th", "no wait, 5th", "the second one", "", "ok", "never", "graffiti on the wall", "1437 11th St", "it stinks",
    "tuesdays around 6", "esta en la Pico", "2", "9", "Main", "what do you mean?", "not fixed", "my neighbor's dog barks all night",
)  # fmt: skip
ACTS = (
    "report", "another", "give_place", "answer", "affirm", "deny", "skip", "correct", "add_to_request", "cancel", "again", "ask", "thanks",
    "greet", "goodbye", "ask_status", "ask_person", "fixed", "not_fixed", "rate", "go_back", "start_over", "change", "file", "abuse",
    "out_of_scope", "stop_texts", "start_texts", "ask_services", "complain_service",
)  # fmt: skip
SERVICES = (None, "pothole", "graffiti", "noise", "lost_item", "general", "streetlight")
CHOICES = (
    "menu",
    "service:tree",
    "group:streets",
    "place:0",
    "elsewhere",
    "placeless",
    "change:what",
    "change:drop",
    "updates:no",
    "spot:no",
)


@st.composite
def turns(draw: st.DrawFn) -> Turn:
    kind = draw(st.integers(0, 9))
    if kind == 0:
        return choosing(draw(st.sampled_from(CHOICES)))
    if kind == 1:
        return a_turn(intent="send_photos", photos=(draw(st.integers(1, 12)),))
    if kind == 2:
        return a_turn(intent="share_location", pin=PinSent(34.01 + draw(st.integers(0, 9)) / 1000, -118.48))
    text = draw(st.sampled_from(WORDS))
    return a_turn(text, draw(st.sampled_from(ACTS)), draw(st.sampled_from(SERVICES)))


def said(progress: Progress) -> tuple[object, ...]:
    return tuple((say.response, tuple(say.values.items()), say.options) for say in progress.says)


def after(draft: Draft | None, memory: Memory, turn: Turn) -> Progress:
    return converse(draft, memory, a_setting(turn))


@given(st.lists(turns(), min_size=3, max_size=12))
@examples(80)
def test_no_resident_is_told_the_same_three_times_running_without_a_way_out(told: list[Turn]) -> None:
    draft, memory, heard = None, Memory(), []
    for turn in told:
        progress = after(draft, memory, turn)
        draft = progress.draft if progress.end is None else None
        memory = progress.memory
        heard.append(said(progress))
        if len(heard) > 2 and heard[-1] and heard[-1] == heard[-2] == heard[-3]:
            raise AssertionError(f"three times running: {heard[-1]}")


HELPFUL = {
    "what": a_turn("pothole", "report", "pothole"), "which_service": choosing("service:pothole"), "group": choosing("service:pothole"),
    "in_group": choosing("service:pothole"), "where": a_turn("1437 11th St", "give_place"), "which_place": a_turn("1437 11th St", "give_place"),
    "cross_street": a_turn("1437 11th St", "give_place"), "photo_place": a_turn("1437 11th St", "give_place"), "detail": a_turn("skip", "skip"),
    "summary": a_turn("", "file"), "change": choosing("change:nothing"), "resume": a_turn("yes", "affirm"),
}  # fmt: skip
ENOUGH = 8  # turns of somebody who answers what is asked


@given(st.lists(turns(), min_size=1, max_size=8))
@examples(60)
def test_who_answers_what_is_asked_files_within_eight_turns_wherever_they_are(told: list[Turn]) -> None:
    memory = Memory(met=True, filed=Filed("SM-7K3R9P", "graffiti", NOON), updates=True)
    draft: Draft | None = None
    for turn in told:
        progress = after(draft, memory, turn)
        draft, memory = (progress.draft if progress.end is None else None), progress.memory
    if draft is None:
        draft = after(None, Memory(met=True), a_turn("there is a pothole", "report", "pothole")).draft
    for _ in range(ENOUGH):
        assert draft is not None
        question = draft.open.name if draft.open else "what"
        progress = after(draft, memory, HELPFUL[question])
        draft, memory = progress.draft, progress.memory
        if progress.end is End.CONFIRMED:
            return
    raise AssertionError(f"still asked: {draft}")
