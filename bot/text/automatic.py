"""Texts that no person wrote: out of office, driving, "we are closed", another bot. By their wording, in both languages.

Each pattern wants what only such a text says, a promise to read or to answer later, or that it is automatic. A resident
who drives, or tells that an office is closed, says no such thing beside it.
"""

from __future__ import annotations

import re

from bot.text.fold import fold

MAX_LENGTH = 1_000  # characters read

_LATER_EN = (
    r"(?:reply|respond|answer|call|text|write|contact|message) (?:to )?(?:you|your|back)|get back to|get back with|be in touch|"
    r"(?:reply|respond|answer) (?:as soon|shortly|soon|later|tomorrow|within|in the|on the|when|during|to all|to messages)|"
    r"return your|see your|read your|as soon as (?:possible|we can|i can)|business (?:day|hour)|(?:next|regular|office|opening) (?:business )?hours?|"
    r"our hours|be with you|will (?:reply|respond|assist|reach out|follow up)|ll (?:reply|respond|follow up)|leave a message|one of our|a member of|"
    r"someone (?:will|from)|for (?:emergencies|urgent|immediate)"
)
_LATER_ES = (
    r"(?:te|le|les|los|lo|la) (?:respond|contest|llam|escrib|atend|devolv|contact)\w*|nos (?:comunicaremos|pondremos)|me (?:comunicare|pondre)|"
    r"(?:responder|contestar|atender|llamar|comunicar|escribir)(?:e|emos|an|a)\b|en breve|a la brevedad|lo antes posible|tan pronto|horario|"
    r"vere tu|vere su|leere|cuando llegue|cuando pueda|dia habil|(?:urgente|emergencia)s? (?:llam|marc)\w*"
)
_PATTERNS = (
    # It says so itself.
    r"\b(?:automatic|automated|auto(?:matically)?)(?: (?:sms|text|email|generated))? (?:reply|response|message|answer|text|notification)\b",
    r"\bauto ?(?:reply|response|responder)\b|\bthis is an auto\w*\b.*\b(?:message|reply|response)\b|\bautomatically generated\b",
    r"\b(?:respuesta|mensaje|contestacion|texto|contestador|correo) automatic[oa]\b|\bautorespuesta\b|\bgenerado automaticamente\b",
    r"\bout of (?:the )?office\b.*\b(?:until|till|reply|return|back|message|contact|respond|through|from|limited|no access)\b|^out of (?:the )?office\b",
    r"\bfuera de (?:la |mi )?oficina\b.*\b(?:hasta|regres\w*|volver\w*|vuelv\w*|respond\w*|contest\w*)\b|^fuera de (?:la )?oficina\b",
    r"\bdriving focus\b|\bdo not disturb while driving\b|\b(?:modo|enfoque) (?:de )?(?:conduccion|conducir|manejo|al conducir)\b",
    r"\bnot receiving notifications\b|\bnotifications (?:are )?silenced\b|\bno recib\w+ notificaciones\b.*\burgente\b|\bnotificaciones silenciadas\b",
    # A code, a date to confirm, a text that the network did not take.
    r"\b(?:your|su|tu) (?:\w+ ){0,3}(?:code|pin|passcode|codigo|clave)(?: de \w+| for \w+)? (?:is|es) (?:\w )?\d{4,8}\b|\b\d{4,8} (?:is your|es (?:tu|su)) (?:\w+ ){0,3}(?:code|pin|passcode|codigo|clave)\b",
    r"\b(?:reply|text|respond[ae]?) (?:y|yes|c|1|si) (?:to|para) confirm\w*\b|\bmailer daemon\b|\bunable to send message\b|\bmessage blocking is active\b|"
    r"\byour (?:message|text) (?:was not|wasn t|could not be|couldn t be|has not been) delivered\b|\b(?:su|tu) mensaje no (?:fue|ha sido|pudo ser) (?:entregado|enviado)\b|\bth(?:is|e) mailbox is full\b",
    # Away, driving, busy, closed: with a promise.
    rf"\b(?:missed your call|can t (?:answer|pick up|take your call)|cannot (?:answer|take your call))\b.*(?:{_LATER_EN}|(?:call|text|message) you (?:back|later|soon|when)|what s up)|\byou(?: have| ve) reached (?:the|our|us)\b.*(?:{_LATER_EN}|call back|hours)",
    rf"\b(?:no puedo|no pude) (?:contestar|atender|responder)\w*\b.*(?:{_LATER_ES}|l[ea] (?:llamo|marco|escribo))|\b(?:usuario|abonado|contacto) no (?:esta|se encuentra) disponible\b",
    r"^(?:(?:estoy )?en (?:una )?(?:reunion|junta|clase)) (?:te|le) (?:llamo|marco|escribo|contesto|respondo)\b",
    rf"\b(?:i m|i am|im) (?:currently |now |still )?driving\b.*(?:{_LATER_EN}|when i (?:get|arrive|stop|park|can))",
    rf"\b(?:estoy|voy|ando) (?:conduciendo|manejando|al volante)\b.*(?:{_LATER_ES})",
    rf"\b(?:i m|i am|im|we re|we are|currently) (?:currently |now |temporarily )?(?:away|unavailable|not available|on (?:vacation|holiday|leave)|"
    rf"in a meeting|busy|asleep|sleeping|offline|out)\b.*(?:{_LATER_EN})",
    rf"\b(?:estoy|estamos|me encuentro|nos encontramos) (?:ocupad\w*|de vacaciones|en (?:una )?(?:reunion|junta)|ausente\w*|fuera)\b.*(?:{_LATER_ES})",
    rf"\bno (?:estoy|estamos|me encuentro|nos encontramos) disponibles?\b.*(?:{_LATER_ES})",
    rf"\b(?:we re|we are|our (?:office|store|shop|business|team|offices) (?:is|are)|the office is) (?:currently |now )?(?:closed|out of the office)\b.*(?:{_LATER_EN}|open)",
    rf"\b(?:estamos cerrados|nuestr[oa] (?:oficina|negocio|tienda|local) (?:esta|se encuentra) cerrad[oa]|nos encontramos cerrados)\b.*(?:{_LATER_ES}|abrimos|abriremos|manana)",
    # What a desk writes to everybody who writes.
    rf"\b(?:thanks|thank you|thx)(?: so much| very much)? for (?:your (?:message|text|inquiry|email|call|note|interest|patience)|contacting|texting|"
    rf"reaching(?: out)?|messaging|calling|writing|getting in touch)\b.*(?:{_LATER_EN}|closed|received|not monitored|unmonitored)",
    rf"\bgracias por (?:(?:tu|su) (?:mensaje|texto|correo|llamada|consulta|interes)|contactar\w*|comunicar\w*|escribir\w*|llamar\w*|mandar\w*)\b.*"
    rf"(?:{_LATER_ES}|cerrad|recibi)",
    rf"\bwe (?:have |ve )?(?:received|got) your (?:message|text|inquiry|request)\b.*(?:{_LATER_EN})|\byour (?:message|text|inquiry) (?:has been|was) received\b",
    rf"\b(?:hemos recibido|recibimos) (?:tu|su) (?:mensaje|texto|solicitud)\b.*(?:{_LATER_ES})|\b(?:tu|su) mensaje (?:ha sido|fue) recibido\b",
    r"\bthis (?:number|mailbox|inbox|line|phone(?: number)?|account|service) (?:is (?:not|no longer) (?:monitored|in service|in use|active)|is unmonitored|"
    r"(?:does not|doesn t|cannot|can t) (?:accept|receive|take|read))\b",
    r"\beste (?:numero|buzon|telefono|servicio) no (?:recibe|acepta|esta (?:monitoread|supervisad|en servicio|activ)|se monitorea)\w*",
    r"\bdo not (?:reply|respond) to this (?:message|text|number|email)\b|^(?:please )?do not reply\b|\bno (?:responda|respondas|conteste|contestes) (?:a )?este (?:mensaje|numero|texto)\b",
    r"\b(?:msg|message|messages)(?: and| y)? data rates may apply\b|\b(?:reply|text|txt) stop (?:to|2|for) (?:opt ?out|unsubscribe|end|cancel|quit|stop)\b",
    r"\bresponda? stop para (?:cancelar|salir|darse|dejar)\b|\bpueden aplicarse tarifas\b",
    # Quick answers that a phone offers for a call that was not taken.
    r"^(?:sorry )?(?:i )?can t talk (?:right )?now(?: (?:i ll call (?:you )?(?:later|back|right back)|can i call you (?:later|back)|what s up|text me))?$",
    r"^(?:ahora|ahorita) no puedo hablar(?: (?:te|le) (?:llamo|marco) (?:luego|despues|mas tarde))?$",
)  # fmt: skip
_AUTOMATIC = re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS))
# Those that leave no room for other words within.
_TIGHT = re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS if ".*" not in pattern))
# What a desk tells everybody: nobody who calls for help says so.
_SENDS_ELSEWHERE = re.compile(
    r"\b(?:if|for|in case of|in an|si|en caso de|para)\b(?: \w+){0,5}? (?:emergenc|urgen)\w+(?: \w+){0,4}? "
    r"(?:call|dial|text|contact|llam\w+|mar[cq]\w+)(?: (?:al|a))? (?:9 ?1 ?1|9 ?8 ?8)\b"
)


def reads_automatic(text: str) -> bool:
    """Whether the wording is that of an automatic answer."""
    return _AUTOMATIC.search(fold(text[:MAX_LENGTH])) is not None


def says_more(text: str) -> bool:
    """Whether an automatic wording has words in it that may be a person's own, danger among them."""
    words = fold(text)
    return _TIGHT.fullmatch(words) is None and _SENDS_ELSEWHERE.search(words) is None


def near_identical(one: str, other: str) -> bool:
    """Whether two texts differ in numbers, case, marks, or hardly a word: what a machine says again."""
    first, second = _tokens(one), _tokens(other)
    if len(first) < 4 or len(second) < 4:
        return fold(one) == fold(other)
    return len(first & second) >= 0.8 * len(first | second)


def _tokens(text: str) -> frozenset[str]:
    return frozenset(word for word in fold(text[:MAX_LENGTH]).split() if not any(map(str.isdigit, word)))
