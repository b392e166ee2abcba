"""The catalogue is whole: every service in both languages, every topic of the city covered, menus that fit a phone."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import pytest

from bot.channels.messages import Channel
from bot.channels.twilio.gsm7 import is_gsm7, to_gsm7
from bot.city.catalogue import (
    LANGUAGES,
    Catalogue,
    Choice,
    Question,
    QuestionKind,
    Reading,
    load_catalogue,
)
from bot.city.errors import PackError
from bot.city.facts import load_city
from bot.conversation.reserved import reserved_word
from bot.settings import PACKS, ROOT
from bot.text.fold import fold_in_place
from tests.service_texts import texts_of

PACK = PACKS / "santa_monica"
CITY_FIGURES = ROOT.parent / "shared" / "city"

TWO_SEGMENTS = 306
HEADING = 60  # what a menu says above and below its lines
LEAD_IN = 62  # what is said in front of a follow-up question ("I will text you ...", "One thing that helps:")
SKIP = "Saltar"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(PACK)


def all_texts(catalogue: Catalogue) -> Iterator[tuple[str, str, str]]:
    for group in catalogue.groups:
        for language, text in group.names.items():
            yield group.code, language, text
    for service in catalogue.services.values():
        for language, text in texts_of(service):
            yield service.code, language, text


def holds(text: str, phrase: str) -> bool:
    """Whether the phrase stands in the text as whole words; case, accents and a plural s aside."""
    return (
        re.search(rf"(?<!\w){re.escape(fold_in_place(phrase))}(?:e?s)?(?!\w)", fold_in_place(text))
        is not None
    )


def phrases(choice: Choice) -> list[str]:
    return [phrase for language in LANGUAGES for phrase in choice.words[language]]


def said(question: Question, report: str) -> set[str]:
    """The choices, or the words of a text question, that a report names."""
    if question.kind is QuestionKind.CHOICE:
        return {c.code for c in question.choices if any(holds(report, phrase) for phrase in phrases(c))}
    words = question.words or {}
    return {word for language in LANGUAGES for word in words.get(language, ()) if holds(report, word)}


def test_all_42_services_are_there_and_each_is_in_exactly_one_group(catalogue: Catalogue) -> None:
    listed = [code for group in catalogue.groups for code in group.services]
    assert sorted(listed) == sorted(catalogue.services)
    assert len(catalogue.services) == 42


def test_every_service_is_complete_in_both_languages(catalogue: Catalogue) -> None:
    for service in catalogue.services.values():
        for texts in (service.names, service.short, service.noun, service.description):
            assert set(texts) == set(LANGUAGES), service.code
            assert all(text.strip() for text in texts.values()), service.code
        for language in LANGUAGES:
            assert len(service.keywords[language]) >= 5, service.code


def test_every_text_fits_the_gsm_alphabet_once_its_accents_are_folded(catalogue: Catalogue) -> None:
    for code, _, text in all_texts(catalogue):
        assert is_gsm7(to_gsm7(text, fold_accents=True)), (code, text)


def test_nothing_to_choose_is_a_word_that_carriers_keep(catalogue: Catalogue) -> None:
    for code, _, text in all_texts(catalogue):
        assert reserved_word(Channel.SMS, text) is None, (code, text)


def test_names_inside_a_sentence_read_as_part_of_it(catalogue: Catalogue) -> None:
    for service in catalogue.services.values():
        for language, noun in service.noun.items():
            assert len(noun) <= 30, (service.code, noun)
            assert noun[0].islower(), (service.code, noun)
            assert noun.split()[0] not in {"a", "an", "the", "un", "una", "el", "la", "los", "las"}, noun
            assert noun[-1].isalpha(), (service.code, language, noun)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_follow_up_question_with_its_choices_and_skip_fits_two_segments(
    catalogue: Catalogue, language: str
) -> None:
    for service in catalogue.services.values():
        for question in service.questions:
            lines = [choice.labels[language] for choice in question.choices] + [SKIP]
            size = LEAD_IN + len(question.ask[language])
            size += sum(len(f"\n{number}. {line}") for number, line in enumerate(lines, 1))
            assert size <= TWO_SEGMENTS, (service.code, question.code, size)


def test_words_that_answer_are_there_in_both_languages(catalogue: Catalogue) -> None:
    for service in catalogue.services.values():
        for question in service.questions:
            lists = [choice.words for choice in question.choices if any(choice.words.values())]
            lists += [question.words] if question.words else []
            for words in lists:
                assert all(words[language] for language in LANGUAGES), (service.code, question.code)


def test_a_choice_that_names_nothing_has_no_words(catalogue: Catalogue) -> None:
    for service in catalogue.services.values():
        for question in service.questions:
            for choice in question.choices:
                named = choice.code not in ("other", "unsure")
                assert bool(phrases(choice)) == named, (service.code, question.code, choice.code)


def test_what_means_one_choice_means_no_other(catalogue: Catalogue) -> None:
    """Nor does it hold the words or the label of another. "Not blocking" does, and then the question is asked."""
    for service in catalogue.services.values():
        for question in service.questions:
            for one, other in permutations(question.choices, 2):
                for phrase in phrases(one):
                    for label in other.labels.values():
                        assert not holds(phrase, label), (service.code, question.code, phrase, label)
                    if (one.code, other.code) != ("no", "yes"):
                        held = [word for word in phrases(other) if holds(phrase, word)]
                        assert not held, (service.code, question.code, phrase, held)


def test_words_of_a_text_question_are_not_the_label_of_a_choice(catalogue: Catalogue) -> None:
    for service in catalogue.services.values():
        labels = [label for q in service.questions for c in q.choices for label in c.labels.values()]
        for question in service.questions:
            for words in (question.words or {}).values():
                for word in words:
                    assert len(word) >= 2
                    assert not [
                        label
                        for label in labels
                        if fold_in_place(label) in ("si", "no") and holds(word, label)
                    ], word


def test_what_cannot_be_read_from_words_alone_has_a_reader(catalogue: Catalogue) -> None:
    readers = {
        ("abandoned_vehicle", "plate"): Reading.PLATE,
        ("abandoned_vehicle", "vehicle"): Reading.VEHICLE,
        ("abandoned_vehicle", "days"): Reading.DAYS,
        ("parking_violation", "plate"): Reading.PLATE,
        ("leaf_blower", "when"): Reading.TIME,
        ("noise", "when"): Reading.TIME,
        ("bus_service", "line"): Reading.LINE,
        ("bus_lost_found", "when"): Reading.TIME,
        ("missed_collection", "day"): Reading.TIME,
        ("bike_scooter", "count"): Reading.COUNT,
    }
    for (service, code), reading in readers.items():
        question = next(q for q in catalogue.services[service].questions if q.code == code)
        assert question.reads is reading, (service, code)


def test_what_only_the_resident_and_an_office_share_has_no_duplicates(catalogue: Catalogue) -> None:
    private = {
        *("bulky_item", "parking_services", "bus_service", "bus_lost_found", "water_service", "housing"),
        *("police_non_emergency", "public_records", "business", "general"),
    }
    alone = {service.code for service in catalogue.services.values() if not service.duplicate_radius_m}
    assert alone == private
    for service in catalogue.services.values():
        assert service.duplicate_radius_m <= 80, service.code


# What residents write, and what it answers; an empty set must still be asked.
SAID: list[tuple[str, str, str, set[str]]] = [
    ("missed_collection", "bin", "blue can was left behind", {"recycling"}),
    ("missed_collection", "bin", "no recogieron el reciclaje", {"recycling"}),
    ("missed_collection", "bin", "our Green Bins were skipped", {"green"}),
    ("missed_collection", "bin", "se llevaron todo menos el bote negro", {"trash"}),
    ("missed_collection", "bin", "pick up was missed on our street", set()),
    ("missed_collection", "bin", "they refuse to come back", set()),
    ("graffiti", "offensive", "there is a swastika on the wall", {"yes"}),
    ("graffiti", "offensive", "pintaron GROSERIAS en la barda", {"yes"}),
    ("graffiti", "offensive", "I hate this graffiti", set()),
    ("graffiti", "offensive", "odio ver tanto grafiti", set()),
    ("graffiti", "surface", "tagging on the walls and a dumpster", {"wall", "dumpster"}),
    ("graffiti", "surface", "grafiti cerca de pico y van tres veces", set()),
    ("graffiti", "property", "alguien rayo mi garaje", {"private"}),
    ("streetlight", "count", "the whole block is dark", {"block"}),
    ("streetlight", "count", "two street lights are out", {"several"}),
    ("streetlight", "count", "reported multiple times, two weeks", set()),
    ("streetlight", "fault", "el poste no prende", {"out"}),
    ("streetlight", "fault", "light keeps blinking", {"flickers"}),
    ("streetlight", "fault", "broken streetlight", set()),
    ("traffic_signal", "fault", "stuck on red forever", {"timing"}),
    ("traffic_signal", "fault", "the walk button is stuck", {"button"}),
    ("pothole", "size", "huge hole, popped my car tire", {"larger"}),
    ("pothole", "lane", "hole in the alley behind 1234", {"alley"}),
    ("pothole", "lane", "4th street near the alley", set()),
    ("sidewalk", "hurt", "me caí en la banqueta", {"yes"}),
    ("tree", "problem", "needs to be pruned", {"trim"}),
    ("tree", "problem", "se cayó una rama", {"branch"}),
    ("tree", "problem", "the roots broke my driveway", {"roots"}),
    ("tree", "problem", "branch about to fall", {"branch"}),
    ("bin_request", "need", "the lid broke off", {"broken"}),
    ("bin_request", "need", "se robaron mi bote", {"stolen"}),
    ("bin_request", "need", "need a new recycling bin", {"new"}),
    ("bin_request", "need", "need a new bin, mine was stolen", {"new", "stolen"}),
    ("bulky_item", "items", "two couches and a fridge by my door", {"couches", "couch", "fridge"}),
    ("bulky_item", "items", "recojan cosas en 123 La Mesa", set()),
    ("illegal_dumping", "blocks", "no se puede pasar por el callejón", {"yes"}),
    ("illegal_dumping", "blocks", "it is not blocking anything", {"yes", "no"}),
    ("noise", "kind", "leaf... no, a jackhammer at 6 am", {"construction"}),
    ("noise", "kind", "bocinas con música toda la noche", {"music"}),
    ("animal", "problem", "my neighbor's dog won't stop barking", {"barking"}),
    ("animal", "problem", "a dog bit me", {"bites"}),
    ("animal", "problem", "a bit worried about a cat", set()),
    ("street_cleaning", "what", "hay jeringas en la acera", {"needles"}),
    ("street_cleaning", "what", "the neighbor leaves it dirty", set()),
    ("bus_lost_found", "item", "left my Black Backpack and keys", {"backpack", "keys", "key"}),
    ("bus_lost_found", "item", "se me quedo el telefono", {"teléfono"}),
    ("bike_scooter", "company", "veo muchos scooters tirados", set()),
    ("water_waste", "source", "the neighbor's sprinklers run all night", {"sprinkler"}),
    ("housing", "about", "el casero me quiere sacar", {"eviction"}),
    ("construction", "problem", "work on Sunday", {"hours"}),
]  # fmt: skip


@pytest.mark.parametrize(("service", "question", "report", "answer"), SAID)
def test_nobody_is_asked_what_they_have_said(
    catalogue: Catalogue, service: str, question: str, report: str, answer: set[str]
) -> None:
    asked = next(q for q in catalogue.services[service].questions if q.code == question)
    assert said(asked, report) == answer


@pytest.mark.parametrize("language", LANGUAGES)
def test_menus_fit_two_sms_segments(catalogue: Catalogue, language: str) -> None:
    groups = [group.names[language] for group in catalogue.groups]
    menus = [groups] + [[s.short[language] for s in catalogue.in_group(g.code)] for g in catalogue.groups]
    for service in catalogue.services.values():
        menus += [[c.labels[language] for c in q.choices] for q in service.questions]
    for menu in menus:
        assert len(menu) <= 9
        assert len(set(menu)) == len(menu)
        assert sum(len(f"{n}. {line}\n") for n, line in enumerate(menu, 1)) + HEADING <= TWO_SEGMENTS, menu


@pytest.mark.parametrize("language", LANGUAGES)
def test_questions_guidance_and_handover_leave_room_in_two_segments(
    catalogue: Catalogue, language: str
) -> None:
    for service in catalogue.services.values():
        assert len(service.description[language]) <= 110, service.code
        assert all(len(question.ask[language]) <= 60 for question in service.questions), service.code
        assert service.guidance is None or len(service.guidance[language]) <= 100, service.code
        assert service.handover is None or len(service.handover.text[language]) <= 110, service.code


def test_choice_questions_have_choices_and_no_others_do(catalogue: Catalogue) -> None:
    for service in catalogue.services.values():
        for question in service.questions:
            assert bool(question.choices) == (question.kind is QuestionKind.CHOICE)


def test_every_department_of_the_catalogue_is_one_of_the_citys(catalogue: Catalogue) -> None:
    city = load_city(PACK)
    assert {service.department for service in catalogue.services.values()} <= set(city.departments)


def test_the_174_topics_of_the_city_are_covered_each_once(catalogue: Catalogue) -> None:
    topics = [topic for service in catalogue.services.values() for topic in service.topics]
    assert len(topics) == len(set(topics)) == 174


def test_topics_departments_and_days_are_those_of_the_citys_figures(catalogue: Catalogue) -> None:
    if not CITY_FIGURES.is_dir():
        pytest.skip(f"NOT COMPARED with the city's own figures: there is no {CITY_FIGURES}")
    with (CITY_FIGURES / "topics.csv").open(encoding="utf-8") as file:
        topics = {row["topic"] for row in csv.DictReader(file)}
    assert {topic for service in catalogue.services.values() for topic in service.topics} == topics
    with (CITY_FIGURES / "services.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            service = catalogue.services[row["code"]]
            assert service.department == row["usual_department"] or not row["usual_department"]
            assert str(service.median_days or "") == row["median_days"].removesuffix(".0")
            assert str(service.p80_days or "") == row["p80_days"].removesuffix(".0")


MISTAKES = [
    ('    noun: {en: "pothole", es: "bache"}\n', "", "services.yml: services.pothole.noun"),
    (
        "usual_days: {median: 6, p80: 12}",
        "usual_days: {median: six, p80: 12}",
        "services.pothole.usual_days.median",
    ),
    ("usual_days: {median: 6, p80: 12}", "usual_days: {median: 6, p80: 2}", "p80 should not be below median"),
    ("[pothole, sidewalk,", "[pothole, pothole, sidewalk,", "names the service pothole a second time"),
    (
        "en: [stop sign, stop signs]\n      es: [señal de alto, letrero de alto, alto, stop]",
        "en: [stop sign, stop signs]",
        "services.street_sign.guidance_for.es",
    ),
    ("[pothole, sidewalk,", "[sidewalk,", "services.pothole: is in no group"),
    ("[pothole, sidewalk,", "[pothole, volcano, sidewalk,", "names the service volcano, which is not there"),
    ("kind: choice", "kind: choise", "should be one of text, number, choice, date"),
    (
        "reads: time",
        "reads: clock",
        "should be one of time, plate, line, count, days, vehicle, number, email, words",
    ),
    (
        "[small pothole, small hole,",
        "[12, small hole,",
        "services.pothole.questions[size].choices[plate].words.en",
    ),
    (
        'short: {en: "Pothole or road damage"',
        'short: {en: "A pothole or any other damage of the road"',
        "a menu line has 30",
    ),
]


def test_guidance_may_be_for_some_of_a_service_only(catalogue: Catalogue) -> None:
    assert "eviction" in catalogue.services["housing"].guidance_for["en"]
    assert not catalogue.services["pothole"].guidance_for
    for service in catalogue.services.values():
        assert not service.guidance_for or service.guidance, service.code


@pytest.mark.parametrize(("right", "wrong", "message"), MISTAKES)
def test_a_mistake_is_told_with_file_and_code(tmp_path: Path, right: str, wrong: str, message: str) -> None:
    text = (PACK / "services.yml").read_text("utf-8")
    assert right in text
    (tmp_path / "services.yml").write_text(text.replace(right, wrong, 1), "utf-8")
    with pytest.raises(PackError) as caught:
        load_catalogue(tmp_path)
    assert "services.yml: " in str(caught.value)
    assert message in str(caught.value)


def test_broken_and_missing_files_are_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"services\.yml: there is no such file"):
        load_catalogue(tmp_path)
    (tmp_path / "services.yml").write_text("groups: [", "utf-8")
    with pytest.raises(PackError, match=r"services\.yml: not readable as YAML"):
        load_catalogue(tmp_path)


def test_the_city_knows_its_name_prefix_zone_and_neighbors() -> None:
    city = load_city(PACK)
    assert (city.name, city.reference_prefix, city.time_zone.key) == (
        "Santa Monica",
        "SM",
        "America/Los_Angeles",
    )
    assert {"los_angeles", "culver_city", "beverly_hills", "malibu", "la_county"} <= {
        n.code for n in city.neighbors
    }


def test_a_wrong_time_zone_is_told(tmp_path: Path) -> None:
    shutil.copy(PACK / "city.yml", tmp_path)
    path = tmp_path / "city.yml"
    path.write_text(path.read_text("utf-8").replace("America/Los_Angeles", "Mars/Olympus"), "utf-8")
    with pytest.raises(PackError, match=r"city\.yml: time_zone"):
        load_city(tmp_path)
