"""Wishes about one's own data are read in any clear words, and reports never are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.erase_wishes import MAX_LENGTH, EraseAnswer, EraseWish, erase_answer, erase_wish

DELETE = """
delete my data|Delete all my data please|erase everything you have about me|erase everything you have on me
please delete all my personal information|can you delete my number and messages?|forget me|clear my history
I want my data deleted|I'd like to have my data erased|delete me from your system|wipe everything u have on me
Under the CCPA I request deletion of my personal information|how do i delete my data?|Delete all my texts
remove my phone number from your database|I want to exercise my right to be forgotten|get rid of my info
delete everything you know about me|DELETE MY DATA!!!|hi, please erase my conversation|remove all information you keep about me
delete my data and my photos|destroy my records|forget everything you know about me
borra mis datos|Borren todos mis datos por favor|elimina toda mi información|quiero que borren mis datos personales
quiero borrar todo lo que tienen de mí|Olvídense de mí|elimina mi número|borra mi historial|borren mi conversación
¿pueden borrar mis mensajes?|necesito que eliminen mis datos|solicito la eliminación de mis datos|BORRA MIS DATOS
cómo puedo eliminar mis datos|elimina mi número de teléfono|quiero ejercer mi derecho al olvido|borra todo sobre mí
borren todo lo que saben de mí|borra mi nombre y mi número
"""
KNOW = """
what do you know about me|What do you know about me?|what data do you have about me|do you keep my phone number?
Do you keep my number|do you store my texts|what information do you have on me?|is my number private?
what happens to my data|who can see my number?|show me everything you have about me|what info do you keep about me
what personal data do you collect|do you sell my information?
¿Qué saben de mí?|que sabes de mi|¿Qué datos tienen de mí?|¿guardan mi número?|qué información guardan sobre mí
que pasa con mis datos|¿Quién puede ver mi número?|guardan mis mensajes|dime qué saben de mí
"""
NEITHER = """
delete my report|delete my request|cancel my report|delete the last one|erase the graffiti on my wall|remove my trash
remove my car from the tow list|the app deleted my data|someone erased my number on the curb|don't delete my data
please do not delete my data|no borres mis datos|no borren mi reporte|borra mi reporte|quita mi basura|elimina el grafiti
remove the phone box at pico and 4th|remove my name from the sign|what do you know about potholes
what do you know about my report|do you keep the park open|do you have my report|delete|erase|borrar|forget it|forget about it
my data is wrong|my number is 3105550123|what is my number|the data center is loud|they removed my tree|clear my driveway
que saben de los baches|que sabes del parque|borra eso|elimina la basura|mi numero es 3105550123|olvidalo
remove my number from your list|information about my trash bin|delete the photo|remove my old couch|quiten mi carro de aqui
who can see the park|what happens to my trash|wipe the bench near my house|destroy the wasp nest|get rid of my old fridge
"""


def rows(block: str) -> list[str]:
    return [text for line in block.strip().splitlines() for text in line.split("|")]


@pytest.mark.parametrize("text", rows(DELETE))
def test_a_wish_to_have_ones_data_deleted_is_read(text: str) -> None:
    read = erase_wish(text)
    assert read is not None
    assert (read.wish, read.alone) == (EraseWish.DELETE, True)


@pytest.mark.parametrize("text", rows(KNOW))
def test_a_question_about_ones_data_is_read(text: str) -> None:
    read = erase_wish(text)
    assert read is not None
    assert read.wish is EraseWish.KNOW


@pytest.mark.parametrize("text", rows(NEITHER))
def test_a_report_or_a_wish_about_a_report_is_neither(text: str) -> None:
    assert erase_wish(text) is None


def test_a_report_beside_the_wish_is_not_lost() -> None:
    for text in (
        "Pothole at Pico and 4th. Also delete my data.",
        "borra mis datos\nhay un bache en pico y la 4",
    ):
        read = erase_wish(text)
        assert read is not None
        assert not read.alone
    for text in ("Hi. Delete my data. Thanks!", "delete my data\nSent from my iPhone"):
        read = erase_wish(text)
        assert read is not None
        assert read.alone


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("ERASE", EraseAnswer.ERASE),
        ("erase.", EraseAnswer.ERASE),
        ("Borrar", EraseAnswer.ERASE),
        ("ERASE\n\nSent from my iPhone", EraseAnswer.ERASE),
        ("“Erase”", EraseAnswer.ERASE),
        ("no", EraseAnswer.KEEP),
        ("Keep it", EraseAnswer.KEEP),
        ("no gracias", EraseAnswer.KEEP),
        ("yes", EraseAnswer.UNCLEAR),
        ("sí", EraseAnswer.UNCLEAR),
        ("1", None),
        ("erase the graffiti", None),
        ("don't erase", None),
        ("", None),
    ],
)
def test_only_the_word_erases(text: str, answer: EraseAnswer | None) -> None:
    assert erase_answer(text) is answer


@given(st.text(alphabet=st.characters(), max_size=200))
def test_no_text_raises(text: str) -> None:
    erase_wish(text)
    erase_answer(text)


def test_a_long_text_of_lead_ins_is_read_at_once() -> None:
    # Nested repetition would take longer than the age of the world here; the time-out of the tests would tell.
    for lead in ("please ", "i want to ", "can i can you ", "quiero que "):
        assert erase_wish(lead * (MAX_LENGTH // len(lead) - 2) + "x") is None
