"""Who asks for a way to die is heard although no wish is named; who asks for a shortcut, a tree or a dog is not."""

from __future__ import annotations

import pytest
from hypothesis import given

from bot.conversation.intake.ways_to_die import asks_for_a_way_to_die
from tests.texts import any_text

ASKED = """
whats the least painful way to go
what is the fastest way to die
easiest way to end it
how tall does a building have to be to die
how many pills do i need to take
is it painful to drown
does it hurt to die?
where can i jump from
what happens if i drink bleach
writing my last note
¿Cuál es la forma más rápida de morir?
cual es la manera menos dolorosa de irse
como me mato
cómo puedo morirme
duele ahogarse
de donde me puedo aventar
que pasa si me tomo el cloro
estaría mejor muerta
nadie me va a extrañar mañana
dejé mi carta de despedida
""".strip().splitlines()

OTHERS = """
what is the fastest way to city hall
easiest way to end it with the gas company
best way to kill weeds
how many trees are dying
how long until the tree dies
how tall can a fence be
how high does the grass have to be to get cut
is it painful to get a ticket
where can i jump rope
what happens if i take the bus
what happens if my dog drinks bleach
a goodbye party in the park
como mato la hierba
cómo me muero de calor en la parada
como me mato trabajando y no arreglan nada
forma más rápida de llegar
la mejor manera de reportar
que pasa si me tomo una foto
de donde me puedo estacionar
nadie me va a escuchar
""".strip().splitlines()


@pytest.mark.parametrize("text", ASKED)
def test_who_asks_for_a_way_to_die_is_heard(text: str) -> None:
    assert asks_for_a_way_to_die(text)


@pytest.mark.parametrize("text", OTHERS)
def test_what_is_asked_of_something_else_is_none(text: str) -> None:
    assert not asks_for_a_way_to_die(text)


@given(any_text())
def test_no_text_raises(text: str) -> None:
    asks_for_a_way_to_die(text)
