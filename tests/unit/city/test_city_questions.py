"""What the city answers: every answer fits two texts in both languages, is sourced and dated, and mistakes are told by entry."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from bot.channels.messages import Channel
from bot.channels.twilio.gsm7 import segments, to_gsm7
from bot.city.catalogue import LANGUAGES
from bot.city.current import city_questions
from bot.city.errors import PackError
from bot.city.questions import CityQuestion, load_questions
from bot.conversation.reserved import reserved_word
from bot.settings import ROOT
from bot.text.fold import fold_in_place

QUESTIONS = city_questions()

GOOD = """
questions:
- code: trash_day
  topic: trash
  about: {en: trash day, es: el día de la basura}
  answer: {en: It is on your lid., es: Está en la tapa.}
  office: {en: Trash office, es: la oficina de basura}
  phone: "(310) 555-0100"
  source: https://example.gov
  checked: 2026-11-28
  variants:
    en: [a one, a two, a three, a four, a five, a six]
    es: [el uno, el dos, el tres, el cuatro, el cinco, el seis]
"""


def read(tmp_path: Path, text: str) -> dict[str, CityQuestion]:
    (tmp_path / "questions.yml").write_text(text, encoding="utf-8")
    return dict(load_questions(tmp_path))


def test_there_is_an_answer_to_what_people_ask_most() -> None:
    assert len(QUESTIONS) >= 120


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=lambda question: question.code)
def test_an_answer_fits_two_texts_and_tells_its_source(question: CityQuestion) -> None:
    for language in LANGUAGES:
        answer = question.answer[language]
        assert segments(to_gsm7(answer, fold_accents=True)) <= 2, answer
        assert not any(reserved_word(Channel.SMS, line) for line in answer.splitlines())
    if question.source.startswith("docs/"):
        assert (ROOT / question.source).exists()
    else:
        assert question.source.startswith("https://")
    assert date(2026, 11, 1) <= question.checked


# Of the pattern in tests/unit/conversation/test_voice.py what no third person has: answers speak of owners and drivers, too.
TU = re.compile(
    r"\b(?:tu|tus|ti|te|contigo|tienes|puedes|quieres|debes|necesitas|sabes|vives|eres|dime|avisame|llama al|llamanos|preguntale|tuy[oa]s?)\b"
)


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=lambda question: question.code)
def test_an_answer_in_spanish_says_usted(question: CityQuestion) -> None:
    for texts in (question.about, question.answer, question.office):
        assert not TU.search(fold_in_place(texts["es"])), texts["es"]


def test_a_question_is_read(tmp_path: Path) -> None:
    question = read(tmp_path, GOOD)["trash_day"]
    assert (question.answer["es"], question.checked) == ("Está en la tapa.", date(2026, 11, 28))


@pytest.mark.parametrize(
    ("text", "whose"),
    [
        ("a wire is hanging down over the playground", "power_company"),
        ("the transformer on the pole blew up", "power_company"),
        ("se cayeron los cables de luz", "power_company"),
        ("strong smell of gas by the laundry", "gas_smell"),
        ("huele mucho a gas", "gas_smell"),
        ("a man with a knife at the bus stop", None),
        ("the gas station was robbed", None),
        ("tengo gastritis", None),
    ],
)
def test_a_danger_may_be_somebody_elses_to_mend(text: str, whose: str | None) -> None:
    found = [one.code for one in QUESTIONS.values() if one.in_danger and one.in_danger.speaks_of_it(text)]
    assert found == ([whose] if whose else [])


def test_what_is_said_in_danger_fits_two_texts() -> None:
    told = [one.in_danger.answer for one in QUESTIONS.values() if one.in_danger and one.in_danger.answer]
    assert told
    for answer in told:
        for language in LANGUAGES:
            assert segments(to_gsm7(answer[language], fold_accents=True)) <= 2


def test_danger_that_is_of_nothing_is_a_mistake(tmp_path: Path) -> None:
    wrong = GOOD.replace("  variants:", "  in_danger: {en: [], es: [gas]}\n  variants:")
    with pytest.raises(PackError, match=r"in_danger\.en: should name what the danger is of"):
        read(tmp_path, wrong)


def test_a_pack_without_questions_has_none(tmp_path: Path) -> None:
    assert load_questions(tmp_path) == {}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (
            GOOD.replace("It is on your lid.", "x" * 301),
            "questions[trash_day].answer.en: should have at most 300",
        ),
        (GOOD.replace("2026-11-28", "lately"), "questions[trash_day].checked: should be a day"),
        (GOOD.replace("a five, a six", "a five"), "questions[trash_day].variants.en: should have 6 wordings"),
        (GOOD.replace("source: https://example.gov", "source: ''"), "questions[trash_day].source"),
        (GOOD + GOOD.removeprefix("\nquestions:\n"), "has trash_day 2 times"),
        (
            GOOD + GOOD.removeprefix("\nquestions:\n").replace("trash_day", "other_day"),
            "has 'a one', which trash_day has as well",
        ),
    ],
)
def test_mistakes_are_told_by_entry(tmp_path: Path, wrong: str, told: str) -> None:
    with pytest.raises(PackError) as refused:
        read(tmp_path, wrong)
    assert told in str(refused.value)
