"""Wishes to join one's conversations, or to part them, are read in any clear words, and reports never are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.automatic import reads_automatic
from bot.text.erase_wishes import erase_wish
from bot.text.link_wishes import MAX_LENGTH, LinkWish, link_wish
from bot.text.stop_wishes import wish_in as stop_wish
from bot.text.strangers import stranger_in

LINK = """
link my phone|Link my phone please|connect my telegram|I also text you from another number|link my other phone|how do i link my phones?
can you connect my two phones|Hi, I want to link my telegram account. Thanks!|join my chats|connect this chat with my phone number
i also text you from a different phone|I also write to you on Telegram|merge my conversations|pair my phone|link telegram
link my number to telegram|sync my phone and telegram|connect both phones|i have two phones|show me my reports from my other phone
link code|send me a new link code|i have reports on my other phone|LINK MY PHONE!!|please link this number with my other number
i also text you from another number. can you link my phone?|could you link both my numbers together|connect me to telegram
vincular mi teléfono|Vincule mi teléfono por favor|conectar mi telegram|quiero vincular mi otro teléfono|¿cómo puedo conectar mis dos teléfonos?
también les escribo desde otro número|También le mando mensajes por Telegram|enlazar mi celular con telegram|unir mis conversaciones
tengo dos teléfonos|necesito un código para vincular|quiero ver mis reportes de mi otro celular|hola, vincula mi número de teléfono, gracias
vincular teléfono|tengo reportes en mi otro teléfono|junten mis dos números
"""
UNLINK = """
unlink|Unlink.|unlink my phone|please unlink my phones|disconnect my telegram|separate my conversations|unlink this number from my telegram
remove the link between my phones|unlink it|undo the link|I want to unlink my telegram account|unlink us
desvincular|desvincular mi teléfono|Desvincule mi telegram|separar mis conversaciones|quiero desvincular mis teléfonos|desconecten mi número
quiten el vínculo|desvincúlenme
"""
NEITHER = """
the link fence is broken|connect the sprinklers|the chain link fence at the park is down|link|fence|the phone line is down|my phone line is disconnected
connect my sprinklers to the reclaimed water|reconnect my water|disconnect the hydrant|the power line to my house is disconnected|the link does not work
your link is broken|the map link is dead|send me the link|unlink the chain on the gate|separate the trash|separate the recycling from the trash
they cut my phone cable|there is a phone on the sidewalk|my phone was stolen|i lost my phone at the park|someone connected a hose to the hydrant|text me
this is my number 3105550123|call my other number|connect me to a person|connect me with someone|link to the report|merge my reports|join the two reports
the bike path doesn't connect|connect my street light to power|pair of shoes on the wire|two phones were stolen at pico and 4th|please text my other phone
my neighbor also texted you|i also texted you yesterday|i also text you about the pothole|also there is graffiti on the phone box
la cerca de enlace está rota|conecten los aspersores|conecten mi agua|vincular|el vínculo no sirve|la línea de teléfono está en el suelo|junten mi basura
desconectaron mi agua|separar la basura|mi teléfono es 3105550123|perdí mi celular en el parque|también les escribo por el bache|unan los postes
mándeme el enlace|el enlace no abre|una mi calle|también hay un poste caído|conécteme con una persona|tengo dos botes de basura|quiten el poste de teléfono
link my phone. also there's a pothole at Pico and 4th
"""


def rows(block: str) -> list[str]:
    return [text for line in block.strip().splitlines() for text in line.split("|")]


@pytest.mark.parametrize("text", rows(LINK))
def test_a_wish_to_link_is_read(text: str) -> None:
    assert link_wish(text) is LinkWish.LINK


@pytest.mark.parametrize("text", rows(UNLINK))
def test_a_wish_to_unlink_is_read(text: str) -> None:
    assert link_wish(text) is LinkWish.UNLINK


@pytest.mark.parametrize("text", rows(NEITHER))
def test_a_report_is_no_such_wish(text: str) -> None:
    assert link_wish(text) is None


@given(st.text(max_size=MAX_LENGTH + 5))
def test_any_text_is_read(text: str) -> None:
    link_wish(text)


@pytest.mark.parametrize("words", ["link my ", "also i ", "my other ", "vincular mi otro ", "y tambien "])
def test_a_text_of_one_word_over_and_over_is_read_at_once(words: str) -> None:
    link_wish((words * MAX_LENGTH)[:MAX_LENGTH])


@pytest.mark.parametrize("text", rows(LINK) + rows(UNLINK))
def test_such_a_wish_is_none_that_is_settled_before(text: str) -> None:
    """Neither a stop, nor a wish to be forgotten, nor a wrong number, nor a machine's words."""
    assert stop_wish(text) is None
    assert erase_wish(text) is None
    assert stranger_in(text) is None
    assert not reads_automatic(text)
