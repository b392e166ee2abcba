"""A wish to get no more texts is heard in any clear words; a stop sign is a stop sign."""

from __future__ import annotations

import pytest
from hypothesis import given

from bot.text.stop_wishes import Wish, complains_of_silence, says_more, wish_in
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
STOP TEXTING
stop sending me stuff
stop sending me these
S T O P
stop!!!!
I don't want these texts anymore
pls no more messages
take me off your list
please remove me from this list
cease and desist texting me
unsubscribe please
don't text me anymore
do not contact me again
stop contacting me
no more notifications please
I'd like to stop receiving texts
i would like to stop getting these messages
how do I stop these texts
how do i stop getting texts from you
turn off notifications
turn off texts
cancel my updates
stop notifying me
stop the updates
I no longer wish to receive messages
don't ever text this number again
please cease all communication
delete me from your list
stop 🛑
stop msgs
opt-out
OPTOUT
i am opting out
stop stop stop
stop please and thank you
quit it with the texts
no texts
do not message
shut up and stop texting me
enough already with the messages
I'm done with these texts
I do not consent to these messages
stop sms
stop all messages
discontinue messages
please discontinue
i dont want any more updates
dont send updates
no further messages
no further texts please
do not send me any further messages
please stop messages
stop updates
unsubscribe me from this
STOP‼️
"STOP"
'stop'
stopp
stop texting
stop messaging
stop bugging me with this
get me off this list
take my number off
please dont text
no longer want updates
cancel all notifications
no me manden mas mensajes
me quiero dar de baja
deme de baja por favor
no mas mensajes
no más mensajes por favor
parar mensajes
alto a los mensajes
ya basta
no me molesten mas
dejen de molestar
quitenme de la lista
borren mi numero
saquenme de su lista
ya no deseo recibir mensajes
no deseo recibir mas notificaciones
no quiero recibir nada mas
ya no me textees
no me manden nada
cancelar mensajes
cancelar suscripcion
desactivar notificaciones
como dejo de recibir estos mensajes
como le hago para que no me manden mensajes
ya no manden
ya no manden mensajes
no manden mas
ya parenle con los mensajes
parenle
ya estuvo con los mensajes
eliminar mi numero de la lista
PARAR por favor
ALTO.
Baja
favor de no mandar mas mensajes
favor de no enviar mas textos
les pido que ya no me escriban
por favor ya no me envien textos
que ya no me lleguen mensajes
no me interesa recibir mensajes
ya no me avisen
no quiero avisos
no necesito mas avisos
dejen de escribir
dejen de mandar
suspender mensajes
detener
detener mensajes
deténganse
no autorizo que me manden mensajes
quitame de tu lista
dejar de recibir
stop por favor
no escriban
desuscribirme
ya no me envíe mensajes
darme de baja de este servicio
quit sending me alerts
stop it with the notifications already
I don't want to be notified anymore
please don't notify me
take this number off your texting list
no more notifications
pls no updates
stop hitting my phone up
im not interested in updates
I'd rather not receive these
don't message this number
never contact me again
stop all updates please
cancel notifications
halt all messages
please remove my phone number
stop spamming me
you're spamming me, stop
enough texts
I want to unsubscribe from the city texts
end messages
end subscription
cancel subscription
cancel my subscription
opt me out of this
stop messages now
STOP.... please
no mas textos
no más avisos por favor
ya no quiero que me avisen
no quiero que me escriban
no me escriba por favor
deje de escribirme
ya déjenme en paz
cancelen los mensajes
quiero cancelar los avisos
paren de escribirme
no me manden alertas
no me envien mas notificaciones
elimineme de la lista
quiten mi numero por favor
ya no me interesa recibir sus mensajes
quiero que dejen de mandarme mensajes
pueden dejar de mandarme textos
cómo cancelo los mensajes
como me doy de baja
quiero salirme de los mensajes
no quiero mas sms
suspendan las notificaciones
apaguen los avisos
ya no me estén mandando mensajes
no estén mandando mensajes
nunca me vuelvan a escribir
basta con los textos
kindly stop messaging me
knock it off with the texts
stop sending me notifications about this
please take me off of this list
I do not wish to be contacted
no thank you, please stop texting
how can i make these texts stop
just stop
STOP STOP
can you not text me anymore
would you please not text me
don't bother texting me again
I never want another text
i'm blocking you, stop texting
get rid of my number
please delete my phone number from your system
unsubscribe from all
end all messages
please unsubscribe my number
i want off this list
take me off
no texting
I don't want text messages
texts off please
por favor dejen de enviarme mensajes de texto
no deseo que me contacten
no me interesan sus mensajes
ya no quiero nada de mensajes
quítenme por favor
quitenme de sus mensajes
paren ya
ya no me mensajeen
no mas por favor
no me envie nada
eliminen mi número de su sistema
ya no quiero estar en la lista
deseo cancelar las notificaciones
ya no más textos
no vuelvan a mandarme mensajes
no vuelvan a escribirme
dejen de enviar textos
basta de textos por favor
cancelar notificaciones
ya no me estén molestando
que no me escriban
no quiero recibir textos de ustedes
deja de mandar mensajes
ya no me notifiquen
stop all texts to this phone
please quit sending me messages
i asked you to stop texting me
I said stop
you need to stop texting me
this is spam, unsubscribe me
cancel my texts please
no more msgs
please end these messages
do not send me texts
let me out of these texts
I do not authorize texts
turn the notifications off
I wish to opt out
stop w the texts
stop txts
stop. wrong number
plz unsubscribe
no mas sms
no manden mensajes por favor
ya no quiero que me manden textos
cancelen mis avisos
deje de molestarme
favor de quitarme de la lista
bórrenme de su lista
dejen de llenarme de mensajes
no quiero mensajes
como quito los mensajes
ya no me envien nada por favor
quiero parar los mensajes
ya no deseo sus avisos
basta ya
me pueden quitar de la lista
ya párenle
no necesito mensajes
que dejen de escribirme
""".strip().splitlines()

NONE = """
the unsubscribe link in your email is broken
the opt out page for the water meter does not load
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
stop sign texted to you earlier
I want to stop the noise
text the crew to stop
stop by my house
they said no more parking notices
the notices on the pole say no parking
end of the updates? is it fixed
no updates yet?
still no updates
any more updates
why no updates
haven't gotten any messages
didn't get your text
you havent sent me any updates
cancel the bulky pickup
cancel my appointment
i dont need the bin
don't send a truck
please don't send the same guy
do not contact the landlord
don't contact my neighbor
do not message the owner
remove the sign with bad words message
disable the alarm at 4th
silence the alarm
block the alley
please mute the speakers at the park
turn off the sprinklers
turn off the street light
no aviso de barrido en mi calle
quiten los avisos pegados en el poste
no hay avisos de barrido
cancelen la multa
suspendan la poda
apaguen la sirena
detener el ruido
detengan a los camiones
no me han mandado nada
nunca me contestan
no me han avisado
todavia no me mandan el bote
ya no me mandan la basura
el letrero no tiene mensaje
no quiero el arbol
no autorizo que corten mi arbol
no me interesa eso
no necesito bote
dejen de recibir basura
alto, eso no es
no mandes a nadie, ya lo arreglaron
no manden la grua
no mandes grua por favor
i stopped getting texts from you
i no longer get texts
i don't get texts from you
didn't stop
they quit
no puedo dejar de recibir multas
no es necesario mandar a nadie
ya no recibo mensajes
no he recibido mensajes
no recibi avisos
no me mandaron mensajes
no me mandaron ningun aviso
ya no me mandan mensajes
no me mandan avisos del barrido
nunca me mandaron un aviso
no me enviaron el aviso de corte
ya no me avisan
ya no me llegan los mensajes
no me contactaron
no me molestan los mensajes
no me avisan nada
no me escriben
you never send me updates
you never text me back
nobody texts me back
they never contact me
you don't text me anymore
they don't send me updates
u never messaged me back
the city does not contact me anymore
nobody ever sends me updates
i never get texts
they no longer text us
why dont you send me updates
you guys dont send me any updates
this app does not send me messages anymore
I do not get updates any more
i get no more texts
no more texts since monday, what happened
i dont get any more messages why
stop sign is bent at 11th
the bus won't stop for wheelchairs
please stop the street racing on Main
stop the homeless from sleeping there
make these trucks stop
just stop by the park and look
they keep sending parking tickets, stop it
no texting sign is missing
can you not cut the tree
take me off guard
I want off street parking
the service stopped
trash service stopped last week
end of the pier
cancel the request for the couch
i got no text when it was done
nobody told me, no message no nothing
send no more trucks
no me mandaron a nadie
no me interesa, quiero que lo arreglen
dejen de tirar basura ahí
ya no quiero ver basura
quiero cancelar el recibo
paren el agua
no vuelvan a podar el árbol
no vuelvan a cerrar la calle
eliminen los baches
que no me multen
no recibo los avisos de la calle
el aviso no dice nada
ya no pasa el camión
deja de funcionar el semáforo
no quiero que corten el árbol
me dejaron un mensaje pero no contestan
stop at the corner is hard to see
they put a stop work order on the wall
will this stop soon?
when will the noise stop
stop means stop, put a camera
I can't stop here
end it
quit my job
it needs to stop
this has to stop
please make it stop
someone texted me a fake ticket
I got a text about a fake toll
scam texts claim I owe a ticket
your text said it was fixed but no
the alert siren is too loud
send me the updates
no need for a message
eso tiene que parar
ya basta con los cohetes
ya párenle con el ruido
basta con la basura
me llegó un mensaje falso de una multa
no dejan de tocar música
no manden al mismo
cancelen la cita
ya no quiero el bote azul
quiten el alto de ahí
quítenme la multa
quítenme el árbol
bórrenlo
apaguen las luces
no me den largas
no me ignoren
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
activar mensajes
activar
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


@pytest.mark.parametrize(
    "text",
    [
        "you never text me back",
        "the city does not contact me anymore",
        "no me mandaron ningún aviso",
        "nadie me avisó",
        "ya no me han escrito",
    ],
)
def test_who_says_that_nobody_texts_complains(text: str) -> None:
    assert complains_of_silence(text)
    assert wish_in(text) is None


@pytest.mark.parametrize(
    "text",
    ["you should not text me", "don't text me", "no me manden mensajes", "ya no me avisen", "no me escriba"],
)
def test_who_is_told_not_to_text_is_no_complaint(text: str) -> None:
    assert not complains_of_silence(text)


@given(any_text())
def test_no_text_raises(text: str) -> None:
    wish_in(text), says_more(text)
