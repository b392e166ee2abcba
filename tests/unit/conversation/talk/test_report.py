"""What one turn does to a report."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.intake.draft import Draft
from bot.conversation.intake.question import End
from bot.conversation.intake.turn import Guess, PhotoSpot, PinSent, Problem, Turn
from bot.conversation.questions.summary import Summary
from bot.conversation.questions.what import What
from bot.conversation.talk.report import later_report

from ..conftest import NOON, Talk, a_setting, a_turn, choosing, said


def several(*texts: str, services: tuple[str, ...] = ("pothole", "graffiti")) -> Turn:
    """A turn with several problems, as the engine splits it."""
    problems = tuple(Problem(text, service, 0.9) for text, service in zip(texts, services, strict=True))
    return a_turn(" ".join(texts), service=services[0], problems=problems)


POTHOLE_AT_PICO = a_turn("huge pothole at Pico and 4th", service="pothole")
SEND = a_turn(intent="file")


def test_one_text_with_everything_goes_straight_to_the_summary(talk: Talk) -> None:
    step = talk(a_turn("huge pothole at Pico and 4th", service="pothole", photos=(7,)))
    assert step.draft is not None
    assert step.draft.open == Summary()
    assert said(step) == ["utter_summary_photos", "utter_usual_days", "utter_map"]
    assert step.says[0].values == {
        "what": "Pothole or road damage",
        "where": "Pico Blvd & 4th St",
        "photos": "1",
    }


def test_sending_it_confirms_the_draft_with_all_its_parts(talk: Talk) -> None:
    step = talk(a_turn("huge pothole at Pico and 4th", service="pothole", photos=(7, 8), message_id=41), SEND)
    assert step.end is End.CONFIRMED
    assert step.draft is not None
    assert (step.draft.id, step.draft.service, step.draft.photos) == (41, "pothole", (7, 8))
    assert step.draft.description == "huge pothole at Pico and 4th"
    assert step.draft.place_text


def test_a_missing_place_is_asked_for_and_taken(talk: Talk) -> None:
    asked = talk(a_turn("there is graffiti", service="graffiti"))
    assert said(asked) == ["utter_ask_where"]
    assert asked.says[-1].custom == {"ask_location": True}
    step = talk(a_turn("1437 11th St", "give_place"), draft=asked.draft)
    assert said(step)[0] == "utter_summary"
    assert step.says[0].values["where"] == "1437 11th St"


def test_a_street_alone_asks_for_the_cross_street_with_a_real_example(talk: Talk) -> None:
    asked = talk(a_turn("pothole on Main", service="pothole"))
    assert said(asked) == ["utter_ask_cross_street"]
    assert asked.says[0].values["example"]
    step = talk(a_turn("Pico", "give_place"), draft=asked.draft)
    assert step.says[0].values["where"] == "Main St & Pico Blvd"


def test_ambiguous_places_are_offered_and_chosen(talk: Talk) -> None:
    asked = talk(a_turn("pothole at Ocean and Pico", service="pothole"))
    assert said(asked) == ["utter_which_place"]
    assert len(asked.says[0].options) >= 2
    step = talk(choosing("place:1"), draft=asked.draft)
    assert step.draft is not None
    assert step.draft.location is not None
    assert step.draft.location.name == asked.says[0].options[1].label


def test_none_of_the_places_asks_again_differently(talk: Talk) -> None:
    step = talk(a_turn("pothole at Ocean and Pico", service="pothole"), choosing("elsewhere"))
    assert said(step) == ["utter_where_again", "utter_map_where"]


def test_a_place_outside_names_whom_to_contact_and_keeps_the_draft(talk: Talk) -> None:
    step = talk(a_turn("pothole at Venice Beach", service="pothole", photos=(3,)))
    assert said(step) == ["utter_outside_contact", "utter_where_inside"]
    assert step.draft is not None
    assert (step.draft.service, step.draft.photos) == ("pothole", (3,))


def test_a_pin_outside_is_told_so(talk: Talk) -> None:
    step = talk(a_turn("pothole", service="pothole", pin=PinSent(34.15, -118.2)))
    assert said(step) == ["utter_outside", "utter_where_inside"]


def test_unknown_places_climb_the_ladder(talk: Talk) -> None:
    step = talk(a_turn("there is a pothole", service="pothole"))
    asked = said(step)
    for _ in range(4):
        step = talk(a_turn("over there by my friend", "give_place"), draft=step.draft)
        assert said(step)[-1] == "utter_map_where"
        asked.append(said(step)[-2])
    assert asked == [
        "utter_ask_where",
        "utter_where_again",
        "utter_where_landmark",
        "utter_where_last",
        "utter_where_last",
    ]


def test_whoever_cannot_say_where_can_go_on_without(talk: Talk) -> None:
    step = talk(a_turn("there is a pothole", service="pothole"))
    for turn in (a_turn("no", "deny"), a_turn("skip", "skip"), a_turn("idk", "deny")):
        step = talk(turn, draft=step.draft)
    assert said(step)[0] == "utter_where_last"
    step = talk(choosing("placeless"), draft=step.draft)
    assert said(step)[0] == "utter_summary_placeless"
    assert talk(SEND, draft=step.draft).end is End.CONFIRMED


def test_vague_words_that_narrow_it_down_show_what_they_may_mean(talk: Talk) -> None:
    guesses = (Guess("missed_collection", 0.3), Guess("illegal_dumping", 0.2), Guess("street_cleaning", 0.1))
    step = talk(a_turn("trash", guesses=guesses, vague=True))
    assert said(step) == ["utter_which_service"]
    assert len(step.says[0].options) == 3


def test_a_likely_guess_about_vague_words_is_offered_not_taken(talk: Talk) -> None:
    step = talk(a_turn("white camry here for weeks", guesses=(Guess("abandoned_vehicle", 0.9),), vague=True))
    assert said(step) == ["utter_which_service"]
    assert [option.payload for option in step.says[0].options] == [
        '/choose{"choice": "service:abandoned_vehicle"}'
    ]


def test_doubtful_words_that_name_the_service_are_believed(talk: Talk) -> None:
    words = "abandoned car, white camry, for weeks"
    step = talk(a_turn(words, guesses=(Guess("abandoned_vehicle", 0.9),), vague=True))
    assert step.draft is not None
    assert step.draft.service == "abandoned_vehicle"


def test_two_doubtful_descriptions_of_one_thing_make_a_clear_one(talk: Talk) -> None:
    step = talk(a_turn("its dark", guesses=(Guess("streetlight", 0.6),), vague=True))
    assert said(step) == ["utter_which_service"]
    again = a_turn("all the lamps here", guesses=(Guess("streetlight", 0.7),), vague=True)
    assert said(talk(again, draft=step.draft)) == ["utter_ask_where"]


def test_an_emergency_is_never_told_to_take_days(talk: Talk) -> None:
    step = talk(
        a_turn(
            "man with a gun at Pico and 4th", service="police_non_emergency", danger=frozenset({"emergency"})
        )
    )
    assert not any(response.startswith("utter_usual") for response in said(step))


def test_photos_first_start_a_report(talk: Talk) -> None:
    step = talk(a_turn(intent="send_photos", photos=(1, 2)))
    assert said(step) == ["utter_thanks_photos", "utter_ask_what"]
    assert step.draft is not None
    assert step.draft.photos == (1, 2)


def test_a_pin_first_starts_a_report(talk: Talk) -> None:
    step = talk(a_turn(intent="share_location", pin=PinSent(34.0195, -118.4912)))
    assert said(step) == ["utter_got_place", "utter_ask_what"]


def test_photos_are_taken_at_any_question_and_the_question_stays(talk: Talk) -> None:
    step = talk(a_turn("pothole", service="pothole"), a_turn(intent="send_photos", photos=(5,)))
    assert said(step) == ["utter_got_photos", "utter_where_short"]
    step = talk(
        a_turn("Pico and 4th", "give_place"), a_turn(intent="send_photos", photos=(6,)), draft=step.draft
    )
    assert step.says[0].values["photos"] == "2"


def test_at_most_ten_photos_each_once(talk: Talk) -> None:
    step = talk(
        a_turn("pothole at Pico and 4th", service="pothole", photos=tuple(range(1, 9))),
        a_turn(intent="send_photos", photos=(8, 9, 10, 11, 12)),
    )
    assert step.draft is not None
    assert step.draft.photos == tuple(range(1, 11))
    assert "utter_photo_too_many" in said(step)


@pytest.mark.parametrize(
    ("reason", "word"),
    [
        ("too_large", "utter_photo_too_large"),
        ("too_many_pixels", "utter_photo_too_large"),
        ("not_an_image", "utter_photo_not_image"),
        ("unsupported_format", "utter_photo_not_image"),
        ("broken", "utter_photo_broken"),
        ("a reason of tomorrow", "utter_photo_broken"),
    ],
)
def test_a_refused_photo_gets_a_kind_word_and_loses_nothing_else(talk: Talk, reason: str, word: str) -> None:
    step = talk(a_turn("pothole at Pico and 4th", service="pothole", photos=(4,), refused=(reason, reason)))
    assert said(step)[:2] == [word, "utter_summary_photos"]


def test_a_refused_photo_is_told_once_also_when_words_begin_the_report_anew(talk: Talk) -> None:
    step = talk(
        a_turn(intent="send_photos", photos=(1,)), a_turn("pothole", service="pothole", refused=("broken",))
    )
    assert said(step) == ["utter_photo_broken", "utter_ask_where"]


def test_photos_beside_an_option_of_the_list_begin_the_report_with_it(talk: Talk) -> None:
    step = talk(choosing("service:pothole", photos=(7,)))
    assert said(step) == ["utter_ask_where"]
    assert step.draft is not None
    assert step.draft.photos == (7,)


class TestWhat:
    def test_an_unsure_engine_offers_the_best_three(self, talk: Talk) -> None:
        guesses = (Guess("tree", 0.4), Guess("park", 0.35), Guess("sidewalk", 0.15))
        step = talk(a_turn("big thing fell down at Pico and 4th", guesses=guesses))
        assert said(step)[-1] == "utter_which_service"
        assert step.says[-1].options[0].payload == '/choose{"choice": "service:tree"}'
        chosen = talk(choosing("service:park"), draft=step.draft)
        assert chosen.draft is not None
        assert chosen.draft.open == Summary()

    def test_vague_words_lead_to_a_question_then_to_the_menu(self, talk: Talk) -> None:
        vague = a_turn("it is broken", vague=True, guesses=(Guess("general", 0.1),))
        step = talk(vague)
        assert said(step) == ["utter_what_again"]
        step = talk(a_turn("just broken", vague=True), draft=step.draft)
        assert said(step) == ["utter_which_group"]

    def test_the_menu_goes_down_and_back(self, talk: Talk) -> None:
        step = talk(choosing("menu"))
        assert said(step) == ["utter_which_group"]
        assert len(step.says[0].options) == 9
        step = talk(choosing("group:streets"), draft=step.draft)
        assert said(step) == ["utter_which_in_group"]
        step = talk(a_turn("back", "go_back"), draft=step.draft)
        assert said(step) == ["utter_which_group"]

    def test_words_that_fit_none_of_a_group_leave_its_menu_open(self, talk: Talk) -> None:
        step = talk(choosing("menu"), choosing("group:streets"), a_turn("hmm", vague=True))
        assert said(step) == ["utter_which_in_group"]

    @pytest.mark.parametrize(
        ("before", "again"),
        [((), "utter_confirm_again"), ((a_turn(intent="change"),), "utter_ask_change")],
    )
    def test_an_option_long_past_repeats_the_question(
        self, talk: Talk, before: tuple[Turn, ...], again: str
    ) -> None:
        step = talk(POTHOLE_AT_PICO, *before, choosing("place:2"))
        assert said(step) == [again]

    def test_two_problems_become_two_reports(self, talk: Talk) -> None:
        step = talk(several("pothole at Pico and 4th", "graffiti at Main and Hill"))
        assert said(step)[0] == "utter_two_things"
        assert step.draft is not None
        assert step.draft.service == "pothole"
        assert [later.text for later in step.draft.later] == ["graffiti at Main and Hill"]

    def test_a_problem_without_a_place_is_where_the_message_says(self, talk: Talk) -> None:
        step = talk(
            several(
                "graffiti", "and a dumped couch at Main and Hill", services=("graffiti", "illegal_dumping")
            )
        )
        assert step.draft is not None
        assert step.draft.location is not None
        assert step.draft.location.name == "Main St & Hill St"

    def test_three_problems_are_reported_one_after_the_other_each_once(self, talk: Talk) -> None:
        turn = several(
            "pothole at Pico and 4th",
            "graffiti on the wall",
            "tree down",
            services=("pothole", "graffiti", "tree"),
        )
        step = talk(turn)
        assert said(step)[0] == "utter_three_things"
        drafts = [step.draft]
        while (later := later_report(drafts[-1] or Draft(0, NOON), a_setting(SEND))) is not None:
            drafts.append(later.draft)
        assert [draft and (draft.service, draft.part) for draft in drafts] == [
            ("pothole", 0),
            ("graffiti", 1),
            ("tree", 2),
        ]
        assert (
            len({draft and draft.location for draft in drafts}) == 1
        )  # no place of their own: the first one's

    def test_the_same_matter_twice_stays_one(self, talk: Talk) -> None:
        step = talk(
            several(
                "couch at Pico and 4th", "and a mattress", services=("illegal_dumping", "illegal_dumping")
            )
        )
        assert step.draft is not None
        assert step.draft.later == ()


class TestSeveralProblems:
    def test_a_pin_first_then_two_problems(self, talk: Talk) -> None:
        pin = a_turn(intent="share_location", pin=PinSent(34.0195, -118.4912))
        step = talk(pin, several("big pothole", "and graffiti on the wall"))
        assert step.draft is not None
        assert len(step.draft.later) == 1
        assert step.draft.location is not None

    def test_a_part_with_parts_of_its_own_loses_none(self) -> None:
        inner = several("graffiti on the wall", "a broken streetlight", services=("graffiti", "streetlight"))
        tree = a_turn("tree down", service="tree")
        later = later_report(Draft(1, NOON, service="pothole", later=(inner, tree)), a_setting(SEND))
        assert later is not None
        assert later.draft is not None
        assert [turn.text for turn in later.draft.later] == ["a broken streetlight", "tree down"]

    def test_a_part_that_is_elsewhere_is_told_so(self, talk: Talk) -> None:
        first = talk(POTHOLE_AT_PICO).draft
        assert first is not None
        told = a_turn("graffiti on Washington Blvd in Culver City", service="graffiti")
        later = later_report(replace(first, later=(told,)), a_setting(SEND))
        assert later is not None
        assert later.draft is not None
        assert later.draft.location is None
        assert any(say.response.startswith("utter_outside") for say in later.says)

    def test_giving_up_the_first_goes_on_with_the_second(self, talk: Talk) -> None:
        step = talk(several("pothole at Pico and 4th", "graffiti at Main and Hill"), a_turn(intent="change"))
        step = talk(choosing("change:drop"), draft=step.draft)
        assert step.end is None
        assert step.draft is not None
        assert step.draft.service == "graffiti"


def test_words_beside_a_pin_say_what_it_is(talk: Talk) -> None:
    photo = a_turn(intent="send_photos", photos=(1,))
    burst = a_turn("huge pothole here", service="pothole", pin=PinSent(34.0195, -118.4912))
    step = talk(photo, burst)
    assert step.draft is not None
    assert (step.draft.service, step.draft.description) == ("pothole", "huge pothole here")
    assert step.draft.open == Summary()


class TestCorrections:
    @pytest.mark.parametrize(
        ("words", "where"),
        [
            ("no, 1437 11th St", "1437 11th St"),
            ("no, Lincoln not 4th", "Lincoln"),
            ("not 4th, Lincoln", "Lincoln"),
            ("sorry, it's at Pico and Main", "Main St"),
            ("no 4th, es Lincoln", "Lincoln"),
        ],
    )
    def test_another_place(self, talk: Talk, words: str, where: str) -> None:
        step = talk(POTHOLE_AT_PICO, a_turn(words, "correct"))
        assert step.draft is not None
        assert step.draft.location is not None
        assert where in step.draft.location.name
        assert step.draft.open == Summary()

    def test_the_other_street_of_a_corner_is_kept(self, talk: Talk) -> None:
        step = talk(POTHOLE_AT_PICO, a_turn("no, Lincoln not 4th", "correct"))
        assert step.draft is not None
        assert step.draft.location is not None
        assert "Pico" in step.draft.location.name

    def test_another_service(self, talk: Talk) -> None:
        step = talk(POTHOLE_AT_PICO, a_turn("it's actually graffiti", "correct", "graffiti"))
        assert step.draft is not None
        assert step.draft.service == "graffiti"
        assert step.draft.location is not None

    def test_more_words_are_added_and_the_rest_stays(self, talk: Talk) -> None:
        step = talk(POTHOLE_AT_PICO, a_turn("it's getting bigger", "add_to_request"))
        assert said(step) == ["utter_noted", "utter_confirm_again"]
        assert step.draft is not None
        assert step.draft.description.endswith("it's getting bigger")

    def test_change_something_offers_the_parts(self, talk: Talk) -> None:
        step = talk(POTHOLE_AT_PICO, a_turn(intent="change"))
        assert said(step) == ["utter_ask_change"]
        step = talk(choosing("change:where"), draft=step.draft)
        assert said(step) == ["utter_ask_where"]
        step = talk(a_turn("Main and Hill", "give_place"), draft=step.draft)
        assert step.says[0].values["where"] == "Main St & Hill St"

    def test_a_report_can_be_given_up(self, talk: Talk) -> None:
        step = talk(POTHOLE_AT_PICO, a_turn("no", "deny"), choosing("change:drop"))
        assert step.end is End.DROPPED
        assert said(step) == ["utter_dropped"]

    def test_a_thing_lost_on_a_bus_stays_lost(self, talk: Talk) -> None:
        step = talk(
            a_turn("lost my umbrella on the bus", service="bus_lost_found"),
            a_turn("line 7", "report", "bus_service"),
        )
        assert step.draft is not None
        assert step.draft.service == "bus_lost_found"


class TestAnotherProblem:
    @pytest.mark.parametrize(
        "words",
        [
            "also there is graffiti on the wall",
            "graffiti at Main and Hill",
            "and graffiti too",
            "somebody put graffiti on my fence",
        ],
    )
    def test_told_at_the_summary_comes_next(self, talk: Talk, words: str) -> None:
        step = talk(POTHOLE_AT_PICO, a_turn(words, service="graffiti"))
        assert said(step) == ["utter_second_later", "utter_confirm_again"]
        assert step.draft is not None
        assert step.draft.service == "pothole"
        assert [later.text for later in step.draft.later] == [words]

    def test_a_correction_is_none(self, talk: Talk) -> None:
        step = talk(POTHOLE_AT_PICO, a_turn("no, graffiti at Main and Hill", "report", "graffiti"))
        assert step.draft is not None
        assert (step.draft.service, step.draft.later) == ("graffiti", ())


class TestDigressions:
    @pytest.mark.parametrize(
        ("intent", "answer"),
        [
            ("ask_how_long", "utter_usual_days"),
            ("ask_about_bot", "utter_about_bot"),
            ("ask_hours", "utter_hours"),
            ("thanks", "utter_welcome"),
            ("complain_service", "utter_sorry"),
            ("change_language", "utter_language_changed"),
            ("ask_person", "utter_person"),
            ("abuse", "utter_calm"),
        ],
    )
    def test_are_answered_and_the_question_comes_again_in_short(
        self, talk: Talk, intent: str, answer: str
    ) -> None:
        step = talk(a_turn("there is a pothole", service="pothole"), a_turn("words", intent))
        assert said(step) == [answer, "utter_where_short"]

    def test_a_goodbye_is_let_go(self, talk: Talk) -> None:
        step = talk(a_turn("there is a pothole", service="pothole"), a_turn("bye", "goodbye"))
        assert said(step) == ["utter_goodbye_draft"]
        assert step.draft is not None

    def test_start_over_forgets_the_report(self, talk: Talk) -> None:
        step = talk(POTHOLE_AT_PICO, a_turn("start over", "start_over", message_id=9))
        assert said(step) == ["utter_started_over", "utter_ask_what"]
        assert step.draft == Draft(id=9, touched=NOON, open=What())


class TestPauses:
    def test_after_hours_a_new_report_asks_whether_to_go_on(self, talk: Talk) -> None:
        step = talk(POTHOLE_AT_PICO, a_turn("graffiti at Main and Hill", service="graffiti", minutes=300))
        assert said(step) == ["utter_resume_where"]
        new = talk(choosing("resume:new", minutes=301), draft=step.draft)
        assert new.draft is not None
        assert new.draft.service == "graffiti"
        old = talk(choosing("resume:yes", minutes=301), draft=step.draft)
        assert old.draft is not None
        assert old.draft.service == "pothole"

    def test_what_was_written_after_the_pause_is_used(self, talk: Talk) -> None:
        begun = a_turn("there is graffiti", service="graffiti")
        again = a_turn("the graffiti is at Pico and 4th", service="graffiti", minutes=300, photos=(9,))
        step = talk(begun, again, choosing("resume:yes", minutes=301))
        assert step.draft is not None
        assert step.draft.location is not None
        assert (step.draft.location.name, step.draft.photos) == ("Pico Blvd & 4th St", (9,))

    def test_an_answer_after_hours_is_still_an_answer(self, talk: Talk) -> None:
        step = talk(a_turn("a pothole", service="pothole"), a_turn("Pico and 4th", "give_place", minutes=900))
        assert said(step)[0] == "utter_summary"

    def test_after_two_days_a_report_begins_anew(self, talk: Talk) -> None:
        step = talk(POTHOLE_AT_PICO, a_turn("graffiti", service="graffiti", minutes=49 * 60, message_id=2))
        assert step.draft is not None
        assert (step.draft.id, step.draft.service, step.draft.location) == (2, "graffiti", None)


def test_matters_without_a_place_are_not_asked_for_one(talk: Talk) -> None:
    step = talk(a_turn("I need a copy of the council minutes of May 2026 please", service="public_records"))
    assert said(step)[:2] == ["utter_office", "utter_summary_placeless"]


def test_an_optional_place_can_be_skipped(talk: Talk) -> None:
    step = talk(a_turn("the driver was so rude to me", service="bus_service"))
    assert said(step) == ["utter_ask_where_optional"]
    step = talk(a_turn(intent="skip"), draft=step.draft)
    assert said(step)[-1] == "utter_detail"
    step = talk(a_turn("7 to Rimpau", "report", "bus_service"), draft=step.draft)
    assert said(step)[0] == "utter_summary_placeless"


def test_an_optional_place_of_which_several_were_offered_can_be_skipped(talk: Talk) -> None:
    step = talk(
        a_turn("the driver was so rude to me at Ocean and Pico", service="bus_service"), a_turn(intent="skip")
    )
    assert step.draft is not None
    assert step.draft.placeless
    assert said(step)[-1] == "utter_detail"


@pytest.mark.parametrize("words", ["pothole on Main", "pothole at Ocean and Pico"])
def test_back_from_half_a_place_asks_where_also_when_a_photo_lies_elsewhere(talk: Talk, words: str) -> None:
    spot = PhotoSpot(7, 34.0195, -118.4912, NOON)
    asked = talk(a_turn(words, service="pothole", photos=(7,), photo_spots=(spot,)))
    assert said(asked)[-1] in ("utter_ask_cross_street", "utter_which_place")
    assert said(talk(a_turn("back", "go_back"), draft=asked.draft)) == ["utter_ask_where"]


def test_words_at_the_summary_of_a_matter_without_a_place_are_no_cross_street(talk: Talk) -> None:
    step = talk(a_turn("copy of the permits of all houses on Pico please", service="public_records"))
    assert step.draft is not None
    assert step.draft.half_place is not None
    assert step.draft.open == Summary()
    step = talk(a_turn("and those of 4th too", "add_to_request"), draft=step.draft)
    assert step.draft is not None
    assert step.draft.location is None
    assert step.draft.description.endswith("and those of 4th too")
