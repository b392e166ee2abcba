"""How people word that they want no more texts: a verb of stopping or refusing, and what of ours it is about.

Each pattern names texts, or that somebody writes to them. What happens in the street is named by neither. Folded words.
"""

from __future__ import annotations

import re

# What is said around a wish without changing it.
COURTESY = (
    r"please|pls|plz|plss|plis|now|ok|okay|hey|hi|hello|and thank you|thanks|thank you|thx|ty|just|already|asap|immediately|right now|"
    r"i said|i say|sir|maam|guys|everyone|bot|sorry|wrong (?:number|person)|numero equivocado|the|city of \w+(?: \w+)?|for good|forever|anymore|any more|"
    r"por favor|porfa|porfavor|x favor|xfa|gracias|ya|oigan|oye|hola|ahora|ahorita|de una vez|les pido|te pido|quiero"
)

TEXTS = r"(?:texts?|txts?|text messages?|messages?|msgs?|mssgs?|sms|smses|updates?|alerts?|notifications?|notices|spam|reminders)"
THESE = r"(?:(?:me|us|my (?:phone|number|cell)|this (?:phone|number)|all|any|more|any more|anymore|no|the|these|those|this|your|my|of|further|additional|other|stupid|annoying|damn|so many|automated) )*"
ME = r"(?:me|us|my (?:phone|number|cell)|this (?:phone|number))"
_TO_WRITE = (
    r"(?:text|txt|message|msg|messege|contact|bother|spam|notify|write(?: to)?|bug|harass|ping|update)"
)
WRITING = (
    r"(?:texting|txting|txtng|texing|testing|messaging|messageing|msging|massaging|contacting|bothering|spamming|notifying|"
    r"writing(?: to)?|bugging|harassing|pinging|updating|blowing up|hitting(?: up)?)"
)
_STOP = r"(?:stop|stopp|sotp|stpo|quit|cease and desist|cease|halt|discontinue|end|cancel|knock off|enough with|enough of|done with|refrain from)"
_NOT = r"(?:do not|don t|dont|dnt|do nt|never|not|no longer)"
_WANT = r"(?:want|wanna|need|wish|care|like)(?: to)?(?: (?:get|receive|have|see|hear))?"
# What makes texts those of something else: "the messages on the sign".
_ELSEWHERE = (
    r"(?! (?:to|at|on|for|from(?! (?:you|u|the city|city hall)\b)|board|boards|sign|signs|that say|saying)\b)"
)

_MENSAJES = r"(?:mensajes?|mensajitos?|textos?|msj\w*|msg\w*|sms|notificacion\w*|alertas?|actualizacion\w*)"
# A notice may also be of paper, on a pole.
_AVISOS = rf"(?:{_MENSAJES}|avisos?(?! (?:de|del|en|pegad\w*|sobre)\b))"
_ESTOS = r"(?:(?:mas|ya|tantos|sus|tus|esos|estos|este|los|las|la|mis|mi|nada de|otro|otros|ningun|ninguna|ni un|todos|todas) )*"
# Said to us. "No me mandan avisos" and "no me mandaron" complain that nothing comes.
_MANDEN = r"(?:mand(?:e|es|en|eis)|envi(?:e|es|en)|llegue|lleguen)"
_ESCRIBAN = r"(?:escrib(?:a|as|an)|(?:text(?:e|ee|ees|een|es|en)|contact(?:e|es|en)|molest(?:e|es|en)|avis(?:e|es|en)|notifi(?:que|ques|quen)|mensaj(?:ee|ees|een)))"
_MANDANDO = (
    r"(?:(?:sigan?|sigas|esten?|estes) (?:mand|envi|escrib|text|contact|molest|avis|notific)\w*ndo|"
    r"(?:vuelvan?|vuelvas) a (?:mand|envi|escrib|text|contact|molest|avis|notific)\w*r)"
)
_MANDARME = r"(?:mandar|enviar|escribir|textear|mensajear|contactar|molestar|avisar|notificar)"
_PAREN = (
    r"(?:paren(?:le)?|pare|para|parar|parale|parenle|detener|detengan?|suspend(?:er|an?|e)|cancel(?:ar|en?|a|o)|desactiv(?:ar|en?|a)|"
    r"basta|basta ya|alto|no mas|ya no mas|ni un|cero|ya estuvo|apag(?:ar|uen?|a))"
)

# The whole of what is said, courtesy aside.
BARE = (
    # English
    r"(?:stop|stopp|sotp|stpo|s t o p|stopall|stop all|stop everything|all stop)(?: stop| stopp| all)*|"
    r"unsubscribe(?: me| all)?|(?:i (?:want|would like|wish|d like) to |let me |i m |im |i am )?opt(?:ing)? ?(?:me )?out(?: me)?|"
    rf"(?:end|cancel|no|stop|discontinue|disable|mute)(?: all)? {TEXTS}|no (?:more|further)|leave me alone|"
    rf"(?:stop|stopp|quit|cease|no more) (?:texting|txting|messaging|msging|contacting|the texting|the messaging)|(?:do not|don t|dont|dnt) (?:text|txt|message|msg|contact)|"
    r"(?:end|cancel|stop)(?: my| the| this)? subscription|opt me out of (?:this|these|it|all|all this|everything)|cease and desist|(?:discontinue|unenroll|unregister|deregister)(?: me| this)?|"
    # Spanish
    r"alto|alto a (?:los |sus )?(?:mensajes|textos)|no (?:mensajes|textos)|no (?:texting|messaging)|(?:texts|messages|notifications|alerts) off|(?:quiten|saquen|borren)me|parar|paren|parenle|para|pare|detener|detenganse|detengase|basta|no mas|baja|desuscribir(?:me|se)?|desuscribeme|"
    r"darse de baja|darme de baja|dar de baja|denme de baja|deme de baja|dame de baja|cancelar (?:la |mi )?suscripcion|"
    r"(?:dejen?|deja) de (?:escribir|textear|mandar|mensajear)|(?:ya )?no (?:escriban?|textee?n?)(?: mas)?|ya no manden?(?: mas)?|no manden? (?:mas|nada)|dejar de recibir|"
    r"dejen?me en paz|dejen de molestar(?:me)?|deja de molestar(?:me)?|no molesten?|no molestar"
)

_ENGLISH = (
    rf"{_STOP} {WRITING} {ME}|(?:stop|stopp|quit|cease) (?:texting|txting|messaging|msging|contacting)$|make {THESE}{TEXTS} stop|{_NOT} (?:bother|keep|be) {WRITING} {ME}",
    rf"{_STOP} (?:sending|send|with|w|getting|receiving|seeing) {THESE}{TEXTS}{_ELSEWHERE}",
    rf"{_STOP} sending (?:me|us)(?: (?:stuff|things|these|those|this|that|anything|this stuff|more))?$",
    rf"{_STOP} (?:all |these |those |your |the |my |any ){{1,2}}(?:text messages|texts|txts|messages|msgs|sms)(?! (?:at|on|board|sign)\b)",
    rf"{_STOP} (?:all |these |those |your |the |my |any ){{1,2}}(?:updates|notifications|alerts)$",
    rf"(?:stop|quit|enough|done|knock)(?: it| this| off| already)? with {THESE}(?:{TEXTS}|texting)",
    rf"(?:turn|switch) off {THESE}{TEXTS}{_ELSEWHERE}|(?:turn|switch) {THESE}{TEXTS} off|(?:disable|mute|silence|deactivate|block) (?:all |these |those |your |the |my |any )+{TEXTS}{_ELSEWHERE}",
    r"(?:cease|stop|end|no (?:more|further)) (?:all |any |your |further )*(?:communications?|contact|correspondence)(?: with me)?$",
    rf"(?:{_NOT}) (?:ever )?{_TO_WRITE} {ME}(?: (?:about|with) (?:this|it|that))?(?: (?:anymore|any more|again|ever|ever again|back|no more|please|pls|plz|ok|thanks|at all))*$",
    rf"(?:{_NOT}) (?:ever )?send (?:me |us )?(?:any |any more |more |no more |these |anymore |no |your |any further |further |other ){{0,3}}{TEXTS}{_ELSEWHERE}|(?:{_NOT}) (?:ever )?send me (?:anything|nothing)(?: else| more| again| anymore)*$",
    rf"(?:{_NOT}) {_WANT} (?:any |any more |more |no more |these |your |the |to get |anymore |further |another |one more |a single )*{TEXTS}(?! (?:to|at|board|sign)\b)",
    rf"(?:not|no longer) interested in (?:getting |receiving |having )?{THESE}{TEXTS}|(?:rather|prefer)(?: to)? not (?:to )?(?:get|receive|have|be sent|see) (?:{THESE}{TEXTS}|these|this|those|anything)|(?:rather|prefer)(?: to)? not (?:to )?be (?:texted|contacted|messaged)",
    rf"(?:{_NOT}|never) (?:(?:consent|agree|agreed|consented) to|authorize|authorise) (?:be |being |get |getting |receive |receiving )?(?:{THESE}{TEXTS}|texted|contacted|messaged)|(?:revoke|withdraw) (?:my )?(?:consent|permission|authorization)|no permission to {_TO_WRITE} {ME}",
    rf"(?:{_NOT}) {_WANT} hear from you(?: guys)?|(?:{_NOT}) want to hear from (?:you|the city)|(?:{_NOT}) (?:want|wish|like|care) to be (?:texted|contacted|messaged|notified|updated|alerted)",
    rf"no (?:more|further|additional) (?:of )?(?:these |those |your |the )?{TEXTS}(?! (?:board|sign|on|at)\b)|no (?:texts|messages) (?:please|pls|anymore|any more)|enough (?:with the |of the |of these )?(?:texts|messages|texting|spam)",
    r"(?:take|get|remove|delete|drop|erase) (?:me|my (?:name|(?:phone |cell )?number|phone)|this (?:phone )?number|us)(?: off| out| from)*(?: of| from)? (?:this|the|your|ur|any|all|these|ur)(?: \w+)? ?(?:lists?|texts?|messages|thread|chat|database|system|txt|notifications|alerts|sms|distribution)",
    r"(?:take|get) me off(?: (?:this|of this|here|please))*$|remove me(?: please)?$|(?:remove|delete|lose|erase|forget) (?:my|this) (?:phone |cell )?number|take my (?:phone |cell )?number off|remove my name",
    r"unsubscribe(?! (?:from|to) (?:the |your |this |my )?(?:\w+ )?(?:newsletter|e ?mails?|magazine|mail))|unsuscribe|unsubcribe|unsubscrib",
    rf"opt(?:ing|ed)? (?:me )?out(?: of| from)? (?:these|this|the|your|all|any|getting|receiving)? ?(?:more )?(?:{TEXTS}|service|list|program$)|(?:want|like|wish|need|how do i|how to|please|pls) (?:to )?opt (?:me )?out$|how (?:do|can) i opt out",
    rf"leave me alone|(?:lose|get rid of) my number|(?:want|like)(?: to (?:be|get))? (?:off|out of|removed from|taken off)(?: of)? (?:this|the|your|these|all) (?:\w+ )?(?:list|thread|texts?|messages|chat)|let me out of (?:the|these|this|your) {TEXTS}|knock (?:it )?off (?:with )?{THESE}{TEXTS}|(?:spamming|harassing|bothering|bugging|texting) me (?:please )?(?:stop|quit)$",
)
_SPANISH = (
    rf"(?:ya )?no (?:me|nos) {_MANDEN} (?:mas|ya|nada|nada mas)$|(?:ya )?no (?:me|nos) (?:{_MANDEN}|{_MANDANDO}) {_ESTOS}{_AVISOS}|ya no (?:me|nos) {_MANDEN}$",
    rf"(?:ya )?(?:no|nunca|jamas) (?:me|nos) (?:{_ESCRIBAN}|{_MANDANDO})(?: (?:mas|por favor|porfa|gracias|a este numero|aqui|nada|ya|nunca|mensajes))*$",
    rf"(?:ya )?no (?:quiero|quisiera|deseo|necesito|ocupo|me interesan?|me gustaria|acepto|autorizo|permito) (?:seguir )?(?:recibir |recibiendo |que me {_MANDEN} |ver |tener )?{_ESTOS}{_AVISOS}",
    rf"(?:ya )?no (?:quiero|deseo|autorizo|acepto) que me (?:{_ESCRIBAN}|{_MANDEN})(?: (?:mas|nada|por favor))*$|(?:ya )?no (?:quiero|deseo) (?:seguir )?(?:recibir|recibiendo) (?:nada|nada mas|mas)$",
    rf"(?:favor de|les pido|le pido|pido|solicito|quiero) (?:que )?(?:ya )?no {_MANDARME}(?:me|nos)?(?: {_ESTOS}{_AVISOS}| mas| nada)+$|favor de (?:ya )?no (?:escribir|textear|contactar|molestar)(?:me|nos)?$|"
    rf"(?:ya )?no (?:manden?|envien?|(?:esten?|sigan?) (?:mand|envi)\w*ndo) {_ESTOS}{_MENSAJES}",
    rf"(?:dejen?|deje|deja|dejar|paren?|para|parar) (?:ya )?de (?:estar )?(?:mandarme|enviarme|escribirme|textearme|mensajearme|contactarme|molestarme|mandar\w*|enviar\w*|recibir) ?{_ESTOS}{_AVISOS}",
    r"(?:dejen?|deje|deja|dejar|paren?|pare|para) (?:ya )?de (?:escribirme|textearme|mensajearme|contactarme|molestarme|mandarme cosas|(?:llenarme|bombardearme) (?:de|con) (?:sus |tantos )*(?:mensajes|textos|avisos)|estarme molestando)",
    rf"(?:^|ya |por favor |quiero |deseo |como |puedo |necesito )(?:me )?(?:{_PAREN} (?:con |de |a )?{_ESTOS}{_AVISOS}|(?:quiten|quitar|quito|eliminar|elimino) {_ESTOS}{_MENSAJES})(?! (?:de|del|en|que|sobre)\b)",
    r"(?:paren|pare|para|basta|alto|no mas|ya no mas|ni un|cero|basta ya) (?:con |de |a )?(?:los |sus |estos |esos |tantos |mas )*(?:mensajes?|textos|msjs?|sms|mensajitos)",
    r"(?:quiten|quite|quita|quitar|saquen|saque|saca|sacar|borren|borre|borra|borrar|eliminen|elimine|elimina|eliminar)(?:me|nme)?(?: a)?(?: mi)?(?: \w+)? ?(?:de (?:la|su|tu|esta|esa) lista|mi numero|mi telefono|mi celular|este numero|de los mensajes)",
    r"(?:dar|dar[ms]e|denme|deme|dame|darnos|den|me doy|me dan|me den) de baja(?: (?:de|a) (?:los |la |sus |estos |mi |este |esta )?(?:mensajes|lista|textos|avisos|numero|servicio|servicio de mensajes|esto|aqui|notificaciones|alertas))?(?: (?:por favor|porfa|gracias|ya))*$",
    rf"(?:quiero|deseo|como|puedo|necesito) (?:me )?(?:cancelo|cancelar|dejar de recibir|dejo de recibir|parar|paro) (?:la |mi |estos |los |sus )*(?:suscripcion|mensajes|textos|avisos)|"
    rf"(?:dejar|dejo) de recibir {_ESTOS}{_AVISOS}|desuscrib\w+",
    r"dejen?me en paz|deja(?:me)? en paz|no (?:quiero|deseo) (?:seguir |estar )+en (?:la|su|esta|esa|tu) lista|(?:no|nunca|jamas) vuelv(?:an?|as) a (?:mandar|enviar|escribir|textear|contactar|molestar|notificar)(?:me|nos)|(?:salir(?:me)?|sacar(?:me)?|saquenme|quitenme|quitar(?:me)?) de (?:los|la|sus|su|estos|esta) (?:mensajes|textos|lista|avisos)",
)
STOPS = tuple(re.compile(rf"(?:^|\b)(?:{pattern})(?!\w)") for pattern in (*_ENGLISH, *_SPANISH))

# That nobody writes is a complaint: "you never text me back", "they don't send me updates", "no more texts since monday".
COMPLAINS = re.compile(
    r"\b(?:no|nunca|jamas|nadie) (?:me|nos) (?:(?:han|ha) (?:(?:mand|envi|avis|text|contact|notific|lleg)ado|escrito)|"
    r"(?:mand|envi|avis|text|contact|notific|lleg)(?:an|a|aron|aban|o)|escrib(?:en|e|ieron|io))\b|"
    r"\b(?:(?<!if )you|u|ya ll|they|he|she|it|nobody|no one|the city|city hall|(?:this|the|your) (?:app|bot|system|line|service)) (?:guys |all |just |still |really |also |even |people |simply )*"
    r"(?:never|ever|don t|dont|do not|does not|doesn t|doesnt|no longer) (?:ever |even )?(?:text|txt|message|msg|contact|send|notify|update|write|bother)\w*\b|"
    r"\bi (?:get|got|am getting|m getting|have|ve had|had|see|receive|received) no (?:more )?(?:texts?|messages?|updates?|alerts?|notifications?)\b|\bno (?:more )?(?:texts|messages|updates|alerts|notifications) (?:since|for (?:days|weeks|a)|yet|came|are coming|have come)\b"
)

# Who does the stopping or texting in these is somebody else, or it is asked for rather than refused.
NOT_OURS = re.compile(
    r"\b(?:they|he|she|it|drivers?|people|neighbors?|kids|someone|somebody|ex|landlord|scammers?)(?<!quit it)(?! off)(?: \w+){0,3} (?:stop|quit|texting|messaging|texts|sending)\b|"
    r"\b(?:tell|ask|get|make|order|force|want) (?:him|her|them|it|my \w+|the \w+|someone|people|drivers)(?: \w+)? to (?:stop|quit|cease)\b|"
    r"\b(?:dont|don t|do not|never|didnt|didn t|not|no need to|wont|won t|why did you|why d you|did you|why have you|if you|when you) (?:stop|stopped|quit|unsubscribe|opt)\b|\byou stopped\b|"
    r"\b(?:why|when) (?:did|do|don t|dont|have|are) (?:you|they)\b|\b(?:while|texting and) driving\b|"
    # a limit is no stop
    r"\b(?:texts?|texting|messages?|messaging|me) (?:so (?:early|late|much)|at night|at \d|after \d|before \d|during|until|till|before|after|on (?:sundays?|weekends?)|in the (?:middle|morning|evening)|while|when i)\b|"
    r"\b(?:en espanol|in english|en ingles|in spanish)\b|\b(?:no|nunca) (?:dejen|dejes|deje|paren|pares) de\b|"
    r"\b(?:digan?le|dile|diganles|que (?:el|ella|ellos|mi \w+|los \w+)) (?:que )?(?:deje|dejen|pare|paren)\b|\b(?:por la noche|de noche|tan tarde|tan temprano|de madrugada|los domingos)\b|"
    r"\b(?:newsletter|boletin|correos?|e ?mails?)\b|"
    # a thing on a page, which may be broken
    r"\b(?:unsubscribe|opt out) (?:form|link|button|page|option|box)\b"
)
