"""What residents ask beside the point; answered in one line, then the open question again."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.city.catalogue import Service
from bot.conversation.intake.reading import phrases_in
from bot.conversation.intake.services import names_service, sure_service
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Say, Turn
from bot.text.fold import fold, fold_in_place

# Answered by one response with nothing to fill in.
_PLAIN = {
    "greet": "utter_hello_again",
    "thanks": "utter_welcome",
    "goodbye": "utter_goodbye_draft",
    "ask_about_bot": "utter_about_bot",
    "ask_hours": "utter_hours",
    "ask_services": "utter_services",
    "complain_service": "utter_sorry",
    "abuse": "utter_calm",
    "out_of_scope": "utter_out_of_scope",
    "change_language": "utter_language_changed",
    "ask_person": "utter_person",
}
# Words that need the city's records: the action answers them before the question is repeated.
LOOKED_UP = frozenset({"ask_status"})

# Never an answer to an open question, whatever it is.
COMMANDS = frozenset({"start_over", "cancel", "ask_person", "change_language", "abuse", "ask_status"})
# A question of the city as the engine hears one, and any other question that the conversation makes clear.
QUESTIONS = ("ask_city", "ask")
DIGRESSIONS = frozenset(_PLAIN) | {"ask_how_long", *QUESTIONS} | LOOKED_UP


def answer(service: str | None, setting: Setting) -> tuple[Say, ...]:
    """The answer to a digression; nothing for one that is looked up. `service`: what is talked about, if anything."""
    intent = setting.turn.intent
    if intent == "ask_how_long":
        return how_long(service, setting)
    if intent in QUESTIONS:
        said = city_answer(setting)
        if said.response == UNKNOWN:
            return (
                whom_to_call(_spoken_of(setting) or service, setting)
                or of_the_matter(service, setting)
                or _told_here(setting)
                or (said,)
            )
        return (said,)
    if intent == "ask_hours" and _OF_OTHERS.search(fold(setting.turn.text)):
        return (city_answer(setting),)  # "what hours is that front desk open": not ours
    if intent == "ask_hours" and _ALLOWED.search(fold(setting.turn.text)):
        # "A qué horas tienen que apagarla por ley?": not when we are in.
        return of_the_matter(service, setting) or (Say(UNKNOWN, custom={ASKED: ""}),)
    name = _PLAIN.get(intent)
    called = whom_to_call(service, setting) if intent == "ask_person" else ()
    # Who we are is long, and a message of its own.
    return (*called, Say(name, alone=intent == "ask_about_bot")) if name else ()


# Somebody else's doors than those of who answers here.
_OF_OTHERS = re.compile(
    r"\b(?:that|the|this|el|la|los|las|ese|esa|esos|esas|del|al) (?:\w+ )?(?:desk|yards?|pools?|library|libraries|restrooms?|bathrooms?|toilets?|parks?|gates?|lots?|garages?|museum|market|beach|"
    r"courts?|gym|playground|dump|shelter|banos?|sanitarios?|piscina|alberca|biblioteca|parque|estacionamiento|mercado|playa|canchas?|puerta|museo|albergue|basurero)\b"
)


def _spoken_of(setting: Setting) -> str | None:
    """Another matter than the one talked about, where a question surely names one: "who do I call about the dog?"."""
    code = sure_service(setting.turn, setting)
    return code if code is not None and names_service(setting.turn.text, code, setting) else None


# "Who do I call tonight?", "a que numero hablo": the number that the guidance of the matter tells.
_CALLS = re.compile(
    r"\b(?:(?:who|whom|what number|which number|anyone|somebody|someone) (?:\w+ ){0,4}?(?:call|phone|reach|contact)|number (?:to call|i can call|for)|"
    r"(?:do|should|can|could|shall|must) i (?:\w+ )?(?:call|phone)|emergency (?:number|line|phone)|"
    r"(?:a quien|a que numero|quien|que numero|con quien) (?:\w+ ){0,3}?(?:llam\w+|habl\w+|marc\w+)|numero de emergencias?|telefono (?:de|para)|llamo)\b"
)
EMERGENCY = "911"
_URGENT = re.compile(
    r"\b(?:emergency|tonight|right now|urgent\w*|at night|emergencias?|ahorita|ahora mismo|urgente|esta noche)\b"
)
_PHONE = re.compile(r"\d{3}\W{1,2}\d{4}|\b911\b")


# "Is that even legal here?", said of what the report is about.
_ALLOWED = re.compile(
    r"\b(?:is|are|isn t|aren t|isnt|arent) (?:\w+ ){1,4}?(?:even |really |still |not )?(?:legal|illegal|allowed|permitted|banned|against)\b|"
    r"\b(?:by law|legally|until what time|what time (?:do|should|must) (?:they|people|he|she|it) (?:have to|stop|end)|por ley|legalmente|"
    r"(?:a|hasta) que horas? (?:\w+ )?(?:tienen|tiene|deben|debe|hay|pueden|puede|se puede|se permite)(?: que)?)\b|"
    r"\b(?:es|son|esta|estan) (?:legal|ilegal|permitid[oa]s?|prohibid[oa]s?|legales|ilegales)\b|\b(?:eso )?se (?:puede|permite) eso\b|\beso se (?:puede|permite)\b"
)


# Guidance that tells what is allowed, and not whom to call.
_RULE = re.compile(r"\b(?:allowed|legal(?! help)|illegal|permitted|banned|prohibited|law)\b")


def of_the_matter(service: str | None, setting: Setting) -> tuple[Say, ...]:
    """What the city answers about the matter itself, where it is asked whether such a thing is allowed."""
    if not _ALLOWED.search(fold(setting.turn.text)):
        return ()
    question, known = setting.questions.get(service or ""), setting.service(service)
    if question is None:
        rule = known.guidance if known is not None else None
        says_so = rule is not None and any(_RULE.search(fold(text)) for text in rule.values())
        return (Say("utter_guidance", {"guidance": setting.words(rule)}),) if rule and says_so else ()
    return (
        Say("utter_city_answer", {"answer": setting.words(question.answer)}, custom={ASKED: question.code}),
    )


# "Can I report a broken swing here?", "¿aquí se reporta lo de los parques?".
_HERE = re.compile(
    r"\b(?:can|could|do|may|should) (?:i|we|people) (?:report|text|send|tell|complain)\b.*\b(?:here|you|u|this number)\b|"
    r"\bis (?:this|here) (?:the )?(?:right |correct )?(?:place|number|where|line)\b.*\b(?:report|for|complain|complaints?)\b|\bdo (?:you|u)(?: guys)? (?:handle|take|do|deal with) (?:\w+ )*(?:reports?|complaints?|things like)\b|"
    r"\b(?:aqui|con (?:usted|ustedes|uds)|a este numero) (?:se |lo |puedo |es donde (?:se |uno )?|uno )*(?:report|avis|mand|quej)\w*|\b(?:puedo|se puede|se) report\w+\b.*\b(?:aqui|con (?:usted|ustedes|uds)|por aqui)\b"
)


def _told_here(setting: Setting) -> tuple[Say, ...]:
    """That such a matter is told right here, where that is what is asked."""
    return (Say("utter_report_here"),) if _HERE.search(fold(setting.turn.text)) else ()


def whom_to_call(service: str | None, setting: Setting) -> tuple[Say, ...]:
    """The guidance of the matter, where whom to call is asked and it tells a number."""
    known = setting.service(service)
    if known is None or known.guidance is None or not _CALLS.search(fold(setting.turn.text)):
        return ()
    words = " ".join(one.told for one in setting.own if one.service == known.code)
    if known.guidance_for and not phrases_in(
        known.guidance_for, fold_in_place(f"{setting.turn.text} {words}")
    ):
        return ()
    guidance = setting.words(known.guidance)
    # 911 alone is the number of an emergency: "who do I call at Edison" asks for none.
    numbers = [number for number in _PHONE.findall(guidance) if number != EMERGENCY]
    wanted = numbers or (_PHONE.search(guidance) and _URGENT.search(fold(setting.turn.text)))
    return (Say("utter_guidance", {"guidance": guidance}),) if wanted else ()


# What a resident may ask beside something else.
_ASKED_BESIDE = frozenset(
    {"ask_how_long", "ask_hours", "ask_about_bot", "ask_status", "ask_person", *QUESTIONS}
)


def is_asked(turn: Turn, setting: Setting) -> bool:
    """Whether words taken by themselves ask something that we answer or know who does."""
    return turn.intent in _ASKED_BESIDE and _QUESTION.search(fold_in_place(turn.text.strip())) is not None


# "Can I just leave a couch in the alley", "are we allowed to sell", "¿necesito permiso?": what its resident may do. A wish to
# report, or to get something, is none.
_DO = r"(?:put|leave|bring|park|use|burn|fly|swim|smoke|drink|sleep|camp|sell|play|throw|walk|give|keep|build|have|serve|ride|feed|fish|grill)"
_MAY_I = re.compile(
    rf"\b(?:can|may|could|should) (?:i|we|he|she|they|people|my \w+)(?: \w+)? {_DO}\b(?! (?:someone|somebody|it (?:fixed|removed|picked)))|"
    r"\b(?:am i|are we|are (?:people|dogs|kids|visitors|residents)) (?:even |still )?allowed\b|\b(?:do|would) (?:i|we) (?:need|have) (?:to (?:get |have |pay|apply)|a (?:permit|license|licence)|permission)|"
    r"\b(?:necesito|ocupo|se necesita|se ocupa|hace falta|requiere) (?:un |una |algun |sacar )?(?:permiso|licencia)\b|\b(?<!no )se (?:puede|vale|permite) (?!(?:que|mandar|enviar|reportar|arreglar|quitar|caer))\w+|"
    r"\b(?:puedo|podemos|puede uno) (?!(?:reportar|mandar|enviar|pasar|caminar|dormir|entrar|salir))\w+(?:ar|er|ir)\b|\bo hay (?:que|q) llamar\b"
)


def asks_permission(text: str) -> bool:
    """Whether words ask what somebody may do, or needs for it, and tell of nothing besides. Reads any text, never raises."""
    told = [part for part in _SENTENCES.split(text) if len(part.split()) >= A_CLAUSE]
    return bool(told) and all(_MAY_I.search(fold(part)) for part in told)


# "Can u guys pick up a couch", "¿pueden recoger un sillón?": work that is asked for, and not something to be told.
_ASKS_FOR_WORK = re.compile(
    r"^(?:(?:hi|hello|hey|hola|buen[oa]s|dias|tardes|noches|good|morning|afternoon|evening|yo|so|um|please|pls|oiga|oye|disculpe|por favor) )*"
    r"(?:(?:can|could|will|would) (?:you|u|ya|yall|y all|someone|somebody|anyone|anybody|the city)(?: (?:guys|all|please|pls|maybe|kindly|just))*"
    r"(?: (?:come|send (?:someone|somebody|a crew|a truck|people)|go|get (?:someone|somebody)))?(?: (?:to|and|out|over|out to|out and))? "
    r"(?!(?:please|pls|maybe|kindly|just|guys|all|to|tell|say|explain|answer|confirm|let|give me|show|remind|text|call|email|help me (?:know|understand|find|figure)|check (?:if|whether|on)|see if|do anything|believe)\b)\w+|"
    r"(?:me |nos )?(?:pueden?|podrian?|podria usted|pudieran?)(?: (?:por favor|porfa|venir a|mandar a alguien a|mandar a|ayudarme a))* "
    r"(?!(?:decir|explicar|contestar|avisar|confirmar|informar|dar|llamar|hablar|mandar informacion|ayudar)\w*\b)\w+(?:ar|er|ir)\w*)"
)


def asks_for_work(text: str) -> bool:
    """Whether words ask that something be done, in the form of a question. Reads any text, never raises."""
    return _ASKS_FOR_WORK.match(fold(text)) is not None


_SENTENCES = re.compile(r"[.!?,;\n]+")
A_CLAUSE = 4  # words


def asks_by_its_form(turn: Turn) -> bool:
    """Whether words are put as a question, whatever they are about."""
    return "?" in turn.text and _QUESTION.search(fold_in_place(turn.text.strip())) is not None


def can_answer(turn: Turn, setting: Setting, service: str | None = None) -> bool:
    """Whether more than "I can't answer that" comes of a question. `service`: what is talked about, if anything."""
    said = answer(service, replace(setting, turn=turn))
    return all(say.response != UNKNOWN for say in said)


# How sure an answer must be; from where on it is given with what it is about ("Is it about ...? ..."), while it is likelier than
# the next by so much; and from where on at least its office can be named.
SURE, SUPPOSED, REFERRED = 0.4, 0.15, 0.25
LIKELY = 0.25  # of a question about their own report or themselves, where an answer costs nothing
_AHEAD = 2.0
UNKNOWN = "utter_city_unknown"
NO_ANSWER = frozenset({UNKNOWN, "utter_city_refer"})
ASKED = "asked"  # in `Say.custom`: the question's code, "" for one without an answer


def city_answer(setting: Setting) -> Say:
    """The answer to a question of the city; where it is not clear which one is asked, who knows."""
    known = [
        (guess.confidence, setting.questions[guess.code])
        for guess in setting.turn.questions
        if guess.code in setting.questions
    ]
    if not known:
        return Say(UNKNOWN, custom={ASKED: ""})
    confidence, question = known[0]
    if confidence >= SURE:
        answer = setting.words(question.answer)
        return Say("utter_city_answer", {"answer": answer}, custom={ASKED: question.code})
    second = known[1][0] if len(known) > 1 else 0.0
    if confidence >= max(SUPPOSED, _AHEAD * second):
        values = {"subject": setting.words(question.about), "answer": setting.words(question.answer)}
        return Say("utter_city_supposed", values, custom={ASKED: question.code})
    # Two that are alike share the chance: the office is right whichever is meant.
    of_topic = sum(chance for chance, other in known if other.topic == question.topic)
    if of_topic < REFERRED or question.phone is None:
        return Say(UNKNOWN, custom={ASKED: ""})
    about, office = setting.words(question.about), setting.words(question.office)
    values = {"subject": about, "office": office, "number": question.phone}
    return Say("utter_city_refer", values, custom={ASKED: ""})


def how_long(code: str | None, setting: Setting) -> tuple[Say, ...]:
    service = setting.service(code)
    if service is None:
        return (Say("utter_how_long"),)
    return usual_days(service) or (Say("utter_how_long_unknown"),)


def usual_days(service: Service | None) -> tuple[Say, ...]:
    """How long such a thing usually takes; nothing where the city has no figures. One day has words of its own."""
    if service is None or not service.median_days:
        return ()
    if service.median_days == 1:
        return (Say("utter_usual_day"),)
    return (Say("utter_usual_days", {"days": str(service.median_days)}),)


_QUESTION = re.compile(
    r"\?|^\W*(?:(?:and|but|so|also|then|ok|hey|btw|y|i|e|pero|oye|oiga|entonces|tambien|bueno|(?:otra|una|another|one more|quick) (?:pregunta|duda|question))\b\W*)*(?:(?:a|de|con|en|para) (?=que|quien|cual|cuan))?"
    r"(?:what|who|whom|whose|when|where|why|which|how|can|could|would|will|do|does|did|is|are|am|tell|play|set|call|"
    r"que|quien(?:es)?|cuando|cuant[oa]s?|donde|por que|cual(?:es)?|como(?! (?:(?:ya )?(?:le|les|te|se|lo|la) (?:dec|dij|dig|coment|mencion|indiq|cont)\w*|\d|un|una|unos|unas|dos|tres|cuatro|cinco|seis|a|de|desde|hace|el|la)\b)|"
    r"pued[eo]s?|pueden|podemos|podrias?|se puede|tengo que|hay que|dime|pon)\b"
)


# What short answers are mistaken for: those to "where?" ("by my cousin's house"), and those to a detail ("tuesdays around 6").
_LIKE_PLACES = frozenset({"out_of_scope", "ask_city"})
_LIKE_DETAILS = _LIKE_PLACES | {"ask_hours", "ask_how_long"}


def is_beside(setting: Setting, *, detail: bool = False) -> bool:
    """Whether words that were to say where, or to answer a detail, are about something else: those that ask nothing are not."""
    intent = setting.turn.intent
    if intent in (_LIKE_DETAILS if detail else _LIKE_PLACES):
        return bool(_QUESTION.search(fold_in_place(setting.turn.text.strip())))
    return intent in DIGRESSIONS
