"""Which side's value goes to the other, and that it always comes to rest with both equal."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.sync.reconcile import Agreed, Decision, reconcile, settled
from tests.exploring import examples

EQUAL = Agreed(ours={"standing": "open"}, theirs={"standing": "1"})


def decided(ours: str, theirs: str, agreed: Agreed = EQUAL) -> Decision:
    return reconcile(agreed, {"standing": ours}, {"standing": theirs})


def test_what_changed_on_one_side_goes_to_the_other() -> None:
    assert decided("open", "1").take == decided("open", "1").give == frozenset()
    assert decided("open", "10").take == {"standing"}
    assert decided("in_progress", "1").give == {"standing"}


def test_what_changed_on_both_is_theirs() -> None:
    both = decided("on_hold", "6")
    assert (both.take, both.give) == ({"standing"}, frozenset())


def test_two_words_of_theirs_for_one_of_ours_are_no_change_of_ours() -> None:
    # They move it on to a state of theirs that means the same to us: taken, and nothing is written over it.
    agreed = settled(EQUAL, {"standing": "open"}, {"standing": "1b"}, frozenset({"standing"}))
    assert reconcile(agreed, {"standing": "open"}, {"standing": "1b"}) == Decision(
        frozenset(), frozenset(), agreed
    )


def test_a_write_whose_answer_was_lost_is_known_as_ours() -> None:
    writing = Agreed({"standing": "open"}, {"standing": "1"}, {"standing": "in_progress"}, {"standing": "10"})
    # Since then it was put on hold here: that is what goes there next, and nothing is taken back.
    after = reconcile(writing, {"standing": "on_hold"}, {"standing": "10"})
    assert (after.take, after.give) == (frozenset(), {"standing"})


def test_a_fact_that_cannot_be_told_there_goes_nowhere() -> None:
    decision = reconcile(Agreed(), {"standing": "open", "due": "2026-12-08"}, {"standing": "1"})
    assert decision.give == {"standing"}


def test_it_survives_storage() -> None:
    agreed = Agreed({"a": "1"}, {"a": "2"}, {"b": "3"}, {"b": "4"})
    assert Agreed.from_json(agreed.as_json()) == agreed
    assert Agreed.from_json({}) == Agreed()


# Their words for ours: two of theirs mean one of ours, two of ours are one of theirs, one of theirs means nothing.
OUT = {"open": "1", "in_progress": "10", "on_hold": "10", "resolved": "6", "closed": "3"}
IN = {"1": "open", "2": "open", "10": "in_progress", "6": "resolved", "3": "closed"}
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("ours"), st.sampled_from(sorted(OUT))),
        st.tuples(st.just("theirs"), st.sampled_from([*sorted(IN), "99"])),
        st.tuples(st.just("exchange"), st.sampled_from(["whole", "answer lost", "dies before"])),
    ),
    max_size=12,
)


class Pair:
    """Both sides of one fact, and what is written each way."""

    def __init__(self) -> None:
        self.ours, self.theirs, self.agreed = "open", "1", EQUAL
        self.writes = 0

    def exchange(self, how: str = "whole") -> None:
        facts, there = {"standing": self.ours}, {"standing": self.theirs}
        decision = reconcile(self.agreed, facts, there)
        agreed = decision.agreed
        if decision.take:
            self.ours = IN.get(self.theirs, self.ours)
            agreed = settled(agreed, {"standing": self.ours}, there, decision.take)
        if decision.give:
            wanted = {"standing": OUT[self.ours]}
            agreed = replace(agreed, writing_ours={"standing": self.ours}, writing_theirs=wanted)
        self.agreed = Agreed.from_json(agreed.as_json())
        if not decision.give or how == "dies before":
            return
        self.theirs = OUT[self.ours]
        self.writes += 1
        if how == "answer lost":
            return
        self.agreed = settled(self.agreed, self.agreed.writing_ours, {"standing": self.theirs}, decision.give)


@given(STEPS)
@examples(200)
def test_whatever_happens_on_both_sides_it_comes_to_rest_equal(steps: list[tuple[str, str]]) -> None:
    pair = Pair()
    for who, what in steps:
        if who == "ours":
            pair.ours = what
        elif who == "theirs":
            pair.theirs = what
        else:
            pair.exchange(what)
    for _ in range(3):
        pair.exchange()
    at_rest = (pair.ours, pair.theirs, pair.writes)
    pair.exchange()
    assert (pair.ours, pair.theirs, pair.writes) == at_rest, "no echo"
    if pair.theirs in IN:
        assert OUT[pair.ours] == OUT[IN[pair.theirs]]
