"""Somebody who got a text that is not theirs is told apart from a resident who corrects something."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.strangers import Stranger, stranger_in

DENIALS = """
wrong number
Wrong number!
sorry wrong number
You have the wrong number
u got the wrong number bro
i think you have the wrong number
wrong person
wrong nunber
I never reported anything
i didn't report anything
I did not file a report
never reported this
didnt submit any request
that wasn't me
not me
not my report
this is not mine
it was someone else
Hi, sorry, wrong number
número equivocado
numero equivocado, disculpe
Se equivocó de número
está equivocado de número
equivocado
yo no reporté nada
Yo nunca reporté nada
no reporté nada
no hice ningún reporte
no fui yo
no soy yo
no es mi reporte
who is this? I never reported anything
¿Quién es? Yo no reporté nada
Wrong #
I don't know what this is about
I have no idea what this is
no idea who this is
I never texted you
I never called the city
you texted the wrong person
this number belongs to someone else now
he doesn't have this number anymore
este no es mi reporte
eso no es mío
ese reporte no es mío
este número ya es de otra persona
esta persona ya no tiene este número
""".strip().splitlines()

QUESTIONS = """
who is this
Who is this?
who's this
whos this
who are you
who dis
new phone who dis
who is texting me
how did you get my number
quién es
¿Quién es?
quien habla
¿quién eres?
de quien es este numero
no sé quién es
no conozco este número
quién sos
""".strip().splitlines()

NEITHER = """
you fixed the wrong number, it is 1540
wrong number on the sign
the wrong address
wrong house number, it's 1540 not 1450
not fixed
no
it was not fixed
I never got an answer
i reported it last week
the number is 1540
who fixes this
who is responsible for this light
quien arregla esto
no está arreglado
nunca arreglaron el bache
el número es 1540
no es ahi
not here
it is not the same
that is not mine, it is the neighbor's trash
wrong # on the house, it's 1540
equivocado de calle, es la 5
this number is on the pole
""".strip().splitlines()


@pytest.mark.parametrize("text", DENIALS)
def test_who_says_it_is_not_theirs_is_heard(text: str) -> None:
    assert stranger_in(text) is Stranger.DENIES


@pytest.mark.parametrize("text", QUESTIONS)
def test_who_asks_who_writes_is_heard(text: str) -> None:
    assert stranger_in(text) is Stranger.ASKS


@pytest.mark.parametrize("text", NEITHER)
def test_a_correction_or_a_complaint_is_neither(text: str) -> None:
    assert stranger_in(text) is None


@given(st.text())
def test_no_text_raises(text: str) -> None:
    stranger_in(text)
