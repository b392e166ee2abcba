"""A wish to get no more texts is heard in any clear words; a stop sign is a stop sign."""

from __future__ import annotations

import pytest
from hypothesis import given

from bot.text.stop_wishes import Wish, says_more, wish_in
from tests.texts import any_text

STOPS = """
STOP
Stop.
stop!!!
STOP ALL
stopall
Stop please
please stop
pls stop
STOP STOP STOP
ok stop now
stop texting me
Stop texting me.
please stop texting me!!
stop txting me
plz stop texing me
sotp texting me
stpo
stop messaging me
quit messaging me
quit texting me
Stop sending me texts
stop sending me messages
stop sending these text messages
stop sending texts
stop with the texts
can you stop sending me messages please
please stop the messages
STOP ALL MESSAGES
stop these texts
cease texting me
opt out
Opt-out
OPT ME OUT
optout please
i want to opt out
I'd like to opt out of these messages
opting out
how do i opt out
unsubscribe
Unsubscribe me
unsuscribe
please unsubscribe me from this
unsubscribe me from these texts
how do I unsubscribe
no more texts
no more texts please
No more messages!
no more of these texts
no more
don't text me
Don't text me anymore
dont text me again
do not text me
do not contact me
do not contact me again please
never text me again
don't send me any more texts
dont send me updates
i don't want any more texts
I do not want to receive these messages
i dont want your updates anymore
i no longer want texts
I don't want to hear from you
take me off this list
take me off your list please
take my number off your list
Remove me from your list
remove my number
delete my number
please remove this number from your system
lose my number
leave me alone
end texts
cancel texts
I revoke my consent
enough with the texts
I got what I needed, thank you so much for fixing the pothole on Pico. Please stop texting me.
how do i stop these texts
make these texts stop, stop texting me
stop blowing up my phone
ya no me manden mensajes
ya no me manden mensajes por favor
Ya no me manden más mensajes
no me manden mensajes
no me manden mas textos
no me mande más mensajes
no me mandes mensajes
ya no me mandes mas msjs
ya no me escriban
no me escriban mas
no me escribas
no me texteen
no me contacten
ya no quiero mensajes
ya no quiero recibir mensajes
no quiero mas mensajes
no quiero que me manden mensajes
no quiero recibir sus avisos
dejen de mandarme mensajes
deje de mandarme mensajes
dejen de escribirme
deja de escribirme
paren de mandar mensajes
paren los mensajes
no más mensajes
no mas mensajes por favor
basta de mensajes
basta
alto
ALTO
parar
PARAR
baja
BAJA
dar de baja
Darme de baja
quiero darme de baja
denme de baja por favor
darse de baja
dar de baja de los mensajes
quítenme de la lista
quitenme de su lista por favor
borren mi número
saquen mi numero de su lista
cancelar suscripción
dejenme en paz
quiero dejar de recibir mensajes
ya no me molesten
ya no me manden mensages
no me sigan mandando mensajes
no me vuelvan a escribir
STOP|Sent from my iPhone
STOP||Sent from my iPhone
Stop|--|Maria Lopez
STOP|Maria Lopez
stop||John
STOP - Maria
Stop. Sent from my iPhone
STOP|Enviado desde mi iPhone
ALTO|Sr. Gómez
stop please|Sent via Galaxy
""".strip().splitlines()

NONE = """
stop sign missing
Stop sign down at Pico and 4th
the stop sign was knocked over
stop
sign
the bus stop is broken
bus stop bench on Lincoln
stop the leaf blowers
please stop the leaf blowers
Make them stop
they won't stop
they wont stop texting while driving
it won't stop
the noise doesn't stop
cars don't stop at the crosswalk
drivers never stop here
nobody stops at the stop sign
the bus did not stop for me
bus 8 didn't stop
stop light is out
stop line is faded
stop cutting the trees
stop sending the trucks at 5am
stop towing cars
stop the construction noise
please stop the music
quit
my neighbor won't quit
the alarm won't stop
stop by 4th and Pico
it stopped
no more parking
no more trash cans
no more leaf blowers please
don't send me to voicemail
don't send a crew yet
don't stop texting me
please don't stop the updates
why did you stop texting me
you stopped texting me
don't text me at night
please don't text me before 8am
people texting and driving
drivers texting
my ex won't stop texting me
tell my landlord to stop texting me
text me when it is done
don't want a new bin
i dont want to opt out of the compost program
opt out of the organics bin
take me off hold
remove the tree
remove my trash can
remove me from the bin program
delete my report
cancel my report
cancel
end of 4th street
never mind
no
no thanks
no gracias
update please
any updates
i want updates
the message board is broken
no more messages on the bus sign
notification sign for street sweeping
spam posters on the pole
leave the bin alone
señal de alto caída
falta el alto en la esquina
no respetan el alto
se pasan el alto
se pasan los altos
el volumen está muy alto
pasto alto
la parada del bus
parar el ruido
paren el ruido por favor
dejen de podar los árboles
dejen de hacer ruido
dejen de mandar camiones
ya no quiero esperar
ya no quiero vivir
ya no me manden a otra oficina
no me manden multas
no me mandaron el bote
la calle baja
agua con presión baja
quiero dar de baja mi contenedor
dar de baja el servicio de basura
no más basura
no quiero otro bote
basta de ruido
no dejen de avisarme
no me escriban por la noche
no me avisaron
no me ha llegado nada
mandenme una foto
borren el grafiti
quiten el grafiti de la lista
quiten la basura
quiero cancelar mi reporte
1
sí
""".strip().splitlines()

STARTS = """
START
start
UNSTOP
comenzar
COMENZAR
iniciar
EMPEZAR
start texting me again
resume texts
please start sending me messages again
text me again
i want the texts again
yes start
turn updates back on
opt me back in
subscribe
sign me up
sí quiero mensajes
si quiero recibir mensajes
quiero mensajes
quiero volver a recibir los avisos
vuelvan a mandarme mensajes
mandenme los avisos otra vez
""".strip().splitlines()


@pytest.mark.parametrize("text", [line.replace("|", "\n") for line in STOPS])
def test_a_wish_to_stop_is_heard(text: str) -> None:
    assert wish_in(text) is Wish.STOP


@pytest.mark.parametrize("text", [line for line in NONE if line not in ("stop", "quit")])
def test_what_only_sounds_like_it_is_none(text: str) -> None:
    assert wish_in(text) is not Wish.STOP


@pytest.mark.parametrize(
    "text", ["stop\nsign", "Stop\nSign down", "Stop\nPico and 4th", "Alto\nen la calle 4"]
)
def test_a_stop_word_whose_next_line_goes_on_is_no_wish(text: str) -> None:
    assert wish_in(text) is None


@pytest.mark.parametrize("text", STARTS)
def test_a_wish_to_hear_again_is_heard(text: str) -> None:
    assert wish_in(text) is Wish.START


@pytest.mark.parametrize(
    "text",
    ["don't start texting me", "no quiero mensajes", "start over", "start of 4th st", "empezar de nuevo"],
)
def test_a_denied_or_different_start_is_none(text: str) -> None:
    assert wish_in(text) is not Wish.START


def test_a_page_about_a_street_is_no_wish_whatever_it_quotes() -> None:
    assert wish_in("there is a hole in the street " * 6 + "stop texting me") is None


@pytest.mark.parametrize(
    "text",
    [
        "leave me alone i want to die",
        "dejenme en paz ya no quiero vivir",
        "stop texting me or i will kill myself",
        "no more messages. goodbye, i took all the pills",
        "STOP - i want to die",
        "ya no me manden mensajes, me voy a matar",
    ],
)
def test_a_wish_beside_which_something_is_said_says_more(text: str) -> None:
    assert wish_in(text) is Wish.STOP
    assert says_more(text)


@pytest.mark.parametrize(
    "text",
    [
        "stop texting me",
        "Please stop texting me, thank you!",
        "ya no me manden mensajes",
        "déjenme en paz por favor",
        "leave me alone. stop texting me",
        "STOP\n--\nMaria Lopez",
        "UNSUBSCRIBE",
    ],
)
def test_a_bare_wish_says_no_more(text: str) -> None:
    assert wish_in(text) is Wish.STOP
    assert not says_more(text)


@given(any_text())
def test_no_text_raises(text: str) -> None:
    wish_in(text), says_more(text)
