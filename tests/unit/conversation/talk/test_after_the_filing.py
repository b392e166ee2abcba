"""What is said once a request is filed, told of, or opened again: to which request it belongs, and what it does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.conversation.intake import danger
from bot.conversation.intake.belonging import filed_before
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.effects import AddToRequest, AnswerQuestion, GiveFeedback, PutRight, TellStatus
from bot.conversation.intake.memory import Filed, Memory
from bot.conversation.intake.question import End
from bot.conversation.intake.setting import OwnRequest
from bot.conversation.intake.turn import Say, Turn
from bot.conversation.questions.helpful_detail import HelpfulDetail
from bot.conversation.questions.reopened import Reopened
from bot.conversation.questions.updates_wanted import UpdatesWanted
from bot.conversation.questions.verdict import Verdict
from bot.conversation.talk import Progress, converse
from bot.conversation.talk.updates import announce

from ..conftest import NOON, a_setting, a_turn, choosing, said

HOLE = OwnRequest("SM-7K3R9P", "pothole", "Broadway & Lincoln Blvd", "giant pothole, the bike lane side")
TAGS = OwnRequest("SM-2F4H6K", "graffiti", "Main St & Hill St", "graffiti on the wall")
FILED = Memory(met=True, filed=Filed("SM-7K3R9P", "pothole", NOON))
REOPENED = FILED.with_question(Reopened("SM-7K3R9P", "pothole", NOON))
ASKED = FILED.with_question(Verdict("SM-7K3R9P", "pothole", NOON))
OFFERED = FILED.with_question(UpdatesWanted("SM-7K3R9P", "pothole", NOON))


def take(turn: Turn, memory: Memory) -> Progress:
    return converse(None, memory, replace(a_setting(turn), own=(TAGS, HOLE)))


class TestOpenedAgain:
    @pytest.mark.parametrize(
        "turn",
        [
            a_turn("this one, by the storm drain", "another", "sewer_storm", photos=(4,)),
            a_turn("like that", "again", photos=(4,)),
            a_turn("its on 17th between pearl and ocean park", "give_place"),
            a_turn("bro its the same pothole", "report", "pothole", vague=True),
            a_turn("come on, seriously", "out_of_scope"),
            a_turn("i cannot send any photo", "deny"),
        ],
    )
    def test_whatever_comes_belongs_to_it(self, turn: Turn) -> None:
        progress = take(turn, REOPENED)
        assert progress.draft is None
        assert progress.effects == (AddToRequest("SM-7K3R9P", turn.photos, turn.text),)

    @pytest.mark.parametrize(
        "turn",
        [
            a_turn("graffiti at Main and Hill", "report", "graffiti"),
            a_turn("also graffiti on the bench at Main and Hill", "another", "graffiti", photos=(4,)),
            a_turn("theres a dead raccoon in my yard", "report", "animal"),
        ],
    )
    def test_another_matter_by_its_name_is_a_report(self, turn: Turn) -> None:
        progress = take(turn, REOPENED)
        assert progress.draft is not None
        assert progress.effects == ()

    @pytest.mark.parametrize("intent", ["fixed", "cancel"])
    def test_that_it_is_fixed_after_all_closes_it_again(self, intent: str) -> None:
        words = "no no it is fixed, nobody has to come"
        progress = take(a_turn(words, intent), REOPENED)
        assert progress.effects == (GiveFeedback("SM-7K3R9P", verdict="fixed", comment=words),)
        assert said(progress) == ["utter_fixed_after_all"]
        assert progress.memory.agenda == ()

    def test_hours_later_words_that_take_it_up_belong_to_it(self) -> None:
        late = a_turn("its on 17th between pearl and ocean park", "give_place", minutes=8 * 60)
        assert take(late, REOPENED).effects == (AddToRequest("SM-7K3R9P", (), late.text),)

    def test_days_later_a_place_is_another_matter(self) -> None:
        late = a_turn("pothole at Pico and 4th", "report", "pothole", minutes=3 * 24 * 60)
        assert take(late, REOPENED).draft is not None


class TestTheVerdict:
    @pytest.mark.parametrize("intent", ["affirm", "thanks", "report", "add_to_request", "correct"])
    def test_a_part_that_was_left_opens_it_again_with_the_words(self, intent: str) -> None:
        words = "better, but they left all the gravel on the sidewalk"
        progress = take(a_turn(words, intent), ASKED)
        assert progress.effects == (GiveFeedback("SM-7K3R9P", verdict="not_fixed", comment=words),)
        assert [(say.response, say.values.get("quote")) for say in progress.says] == [
            ("utter_reopened_with", words)
        ]

    @pytest.mark.parametrize("intent", ["add_to_request", "out_of_scope", "not_fixed"])
    def test_a_flaw_one_can_live_with_is_passed_on(self, intent: str) -> None:
        words = "so smooth! a bit bumpy but I can live with it"
        progress = take(a_turn(words, intent), ASKED)
        assert progress.effects == (GiveFeedback("SM-7K3R9P", verdict="fixed", comment=words),)
        assert said(progress) == ["utter_passed_on", "utter_ask_rating_plainly"]

    def test_words_that_may_be_either_are_kept_and_asked_about(self) -> None:
        words = "the new asphalt is a bit darker"
        progress = take(a_turn(words, "add_to_request"), ASKED)
        assert progress.effects == (AddToRequest("SM-7K3R9P", (), words),)
        assert said(progress) == ["utter_ask_fixed"]

    def test_a_bare_no_asks_for_a_photo_or_a_few_words(self) -> None:
        assert said(take(a_turn("no", "deny"), ASKED)) == ["utter_reopened"]

    def test_another_request_that_is_asked_about_beside_it_is_told(self) -> None:
        words = "Filled one. Left the other one open though. And whats going on with the graffiti"
        progress = take(a_turn(words, "ask_status"), ASKED)
        kept = "Filled one. Left the other one open though."
        assert progress.effects == (
            GiveFeedback("SM-7K3R9P", verdict="not_fixed", comment=kept),
            TellStatus("SM-2F4H6K"),
        )


class TestJustFiled:
    @pytest.mark.parametrize(
        "turn",
        [
            a_turn("the hole is getting bigger", "report", "pothole"),
            a_turn("its on the right, by the bus stop", "give_place"),
            a_turn("same pothole as before, Broadway and Lincoln", "report", "pothole"),
        ],
    )
    def test_words_that_name_nothing_else_are_added(self, turn: Turn) -> None:
        progress = take(turn, FILED)
        assert progress.draft is None
        assert progress.effects == (AddToRequest("SM-7K3R9P", (), turn.text),)

    @pytest.mark.parametrize(
        "turn",
        [
            a_turn("another pothole at Pico and 4th", "report", "pothole"),
            a_turn("there is trash everywhere here", "report"),
            a_turn("the drinking fountain by the same corner", "another"),
            a_turn("el columpio de al lado tambien", "another"),
            a_turn("loud music every night", "report", "noise"),
            a_turn("1437 11th St", "give_place"),
        ],
    )
    def test_another_matter_or_place_is_a_report(self, turn: Turn) -> None:
        assert take(turn, FILED).draft is not None

    def test_the_offer_of_texts_comes_again_below_what_was_added(self) -> None:
        progress = take(a_turn("the hole is getting bigger", "report", "pothole"), OFFERED)
        assert progress.effects == (AddToRequest("SM-7K3R9P", (), "the hole is getting bigger"),)
        assert said(progress) == ["utter_offer_updates"]
        assert take(a_turn("yes", "affirm"), progress.memory).memory.updates is True

    @pytest.mark.parametrize(
        ("words", "intent", "wants", "kept"),
        [
            (
                "finally. no thanks. do you need to know its every thursday",
                "affirm",
                False,
                "finally. no thanks. do you need to know its every thursday",
            ),
            (
                "TEXT ME. MY WIFE SAYS IT IS GETTING BIGGER ALSO",
                "out_of_scope",
                True,
                "MY WIFE SAYS IT IS GETTING BIGGER ALSO",
            ),
        ],
    )
    def test_a_plain_answer_to_the_offer_counts_and_the_rest_is_kept(
        self, words: str, intent: str, wants: bool, kept: str
    ) -> None:
        progress = take(a_turn(words, intent), OFFERED)
        assert progress.memory.updates is wants
        assert progress.effects == (AddToRequest("SM-7K3R9P", (), kept),)

    def test_a_no_to_texts_before_another_matter_does_not_swallow_it(self) -> None:
        words = "no thanks. there is graffiti at Main and Hill"
        progress = take(a_turn(words, "report", "graffiti"), OFFERED)
        assert progress.draft is not None
        assert progress.draft.service == "graffiti"

    @pytest.mark.parametrize(
        ("words", "intent"), [("i said NO thanks to the texts", "deny"), ("never again", "stop_texts")]
    )
    def test_a_wish_about_texts_answers_no_detail(self, words: str, intent: str) -> None:
        asked = FILED.with_question(HelpfulDetail("SM-7K3R9P", "pothole", NOON, ("lane",), asked=True))
        progress = take(a_turn(words, intent), asked)
        assert progress.memory.updates is False
        assert not [one for one in progress.effects if isinstance(one, AnswerQuestion)]
        assert said(progress) == ["utter_updates_off"]

    def test_the_danger_that_guidance_speaks_of_gets_it_again(self) -> None:
        tree = Memory(met=True, filed=Filed("SM-9C2D4F", "tree", NOON))
        progress = take(a_turn("the branch is touching a wire", "report", "tree"), tree)
        assert progress.effects == (AddToRequest("SM-9C2D4F", (), "the branch is touching a wire"),)
        assert said(progress) == ["utter_guidance"]
        calm = take(a_turn("the branch is really big", "report", "tree"), tree)
        assert said(calm) == []

    def test_danger_is_answered_before_what_was_done_is_said(self) -> None:
        says = (Say("utter_words_added"), Say("utter_emergency", alone=True), Say("utter_offer_updates"))
        assert [say.response for say in danger.in_front(says)] == [
            "utter_emergency", "utter_words_added", "utter_offer_updates",
        ]  # fmt: skip


class TestAnUpdateThatWaits:
    @pytest.fixture
    def waiting(self) -> Memory:
        event = {
            "reference": "SM-2F4H6K",
            "service_code": "graffiti",
            "status": "on_hold",
            "public_text": "Which wall?",
        }
        return announce(event, Memory(met=True), a_setting(a_turn())).memory

    @pytest.mark.parametrize(
        "turn",
        [
            a_turn("the one facing the parking lot", "report", "parking_violation"),
            a_turn("Main and Hill, next to the dumpster", "give_place"),
        ],
    )
    def test_words_about_it_are_wanted(self, turn: Turn, waiting: Memory) -> None:
        assert take(turn, waiting).effects == (AddToRequest("SM-2F4H6K", (), turn.text),)

    def test_for_as_long_as_an_answer_is_likely(self, waiting: Memory) -> None:
        late = a_turn("loud music every night", "report", "noise")
        assert take(replace(late, at=NOON + timedelta(hours=5)), waiting).draft is not None


class TestPutRight:
    def test_a_place_put_right_changes_the_request(self) -> None:
        (effect,) = take(a_turn("sorry its on broadway and 7th, not lincoln", "correct"), FILED).effects
        assert isinstance(effect, PutRight)
        assert (effect.reference, effect.location.name) == ("SM-7K3R9P", "Broadway & 7th St")

    @pytest.mark.parametrize(
        "words", ["its a honda not a toyota", "its at broadway and lincoln i mean", "wrong"]
    )
    def test_what_names_no_other_place_is_for_staff(self, words: str) -> None:
        (effect,) = take(a_turn(words, "correct"), FILED).effects
        assert isinstance(effect, AddToRequest)


class TestAnEarlierOne:
    @pytest.mark.parametrize(
        "words",
        [
            "add it to the report i made yesterday",
            "put that in my other report",
            "add it to the one i already sent",
            "agréguela al reporte que hice ayer",
            "póngalo en el mismo reporte",
        ],
    )
    def test_words_that_go_to_a_report_made_before(self, words: str) -> None:
        progress = take(a_turn(words, "report"), replace(FILED, filed=None, met=True))
        assert progress.draft is None
        assert [type(effect) for effect in progress.effects] == [AddToRequest]

    @pytest.mark.parametrize(
        "words", ["add to my report that it is big", "report a pothole", "put it in the trash"]
    )
    def test_others_do_not(self, words: str) -> None:
        assert filed_before(replace(a_setting(a_turn(words)), own=(TAGS, HOLE))) is None

    def test_a_report_in_the_making_goes_there_with_its_photos(self) -> None:
        draft = Draft(
            id=2, touched=NOON, service="pothole", description="and one more at the corner", photos=(4,)
        )
        setting = replace(
            a_setting(a_turn("add it to the report i made yesterday", "add_to_request")), own=(HOLE,)
        )
        progress = converse(draft, FILED, setting)
        assert progress.end is End.DROPPED
        (added,) = progress.effects
        assert isinstance(added, AddToRequest)
        assert (added.reference, added.photos) == ("SM-7K3R9P", (4,))
        assert "one more at the corner" in added.words


class TestWithoutAPlace:
    def test_a_report_of_what_they_told_before_is_asked_about(self) -> None:
        own = replace(HOLE, reported=NOON)
        setting = replace(
            a_setting(a_turn("that pothole got my tire again", "report", "pothole")), own=(own,)
        )
        progress = converse(None, replace(FILED, filed=None), setting)
        assert said(progress) == ["utter_similar_own"]
        new = replace(a_setting(choosing("similar:own")), own=(own,))
        assert progress.draft is not None
        assert said(converse(progress.draft, FILED, new)) == ["utter_ask_where"]

    @pytest.mark.parametrize("words", ["another pothole got my tire", "tambien hay otro bache"])
    def test_one_more_is_not_what_they_told_before(self, words: str) -> None:
        setting = replace(a_setting(a_turn(words, "report", "pothole")), own=(replace(HOLE, reported=NOON),))
        assert said(converse(None, replace(FILED, filed=None), setting)) == ["utter_ask_where"]


class TestNotRight:
    """What is answered to "Not right? Tell us here.": a no alone is asked about, and one that tells more goes to staff."""

    CORRECTED = replace(FILED, filed=Filed("SM-7K3R9P", "pothole", NOON, waits=True))

    def test_a_bare_no_is_asked_what_is_right(self) -> None:
        progress = take(a_turn("no", "deny"), self.CORRECTED)
        assert said(progress) == ["utter_what_is_right"]
        assert progress.effects == ()

    def test_a_no_that_tells_more_is_kept(self) -> None:
        words = "no that is not the right corner"
        progress = take(a_turn(words, "deny"), self.CORRECTED)
        assert progress.effects == (AddToRequest("SM-7K3R9P", (), words),)
