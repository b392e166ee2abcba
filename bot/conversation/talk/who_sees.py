"""Who worries about being seen is told who sees what, asked or not: "don't tell them it was me", "will ICE see this?", "my kid is in the
picture".

Much hangs on it for who asks, and it is put in more ways than the engine is taught: these words alone tell.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.conversation.intake.digressions import ASKED, LIKELY, NO_ANSWER, QUESTIONS, city_answer
from bot.conversation.intake.services import PLAINLY
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.turn import Guess, Turn
from bot.conversation.talk.progress import Progress
from bot.text.fold import fold

# The questions of a pack that are answered with it; a pack without one says nothing.
UNNAMED, PAPERS, PHOTOS = "anonymous_report", "papers_asked", "photos_seen"
_WISHES = re.compile(
    r"\b(?:don t|dont|do not|never|not|without) (?:ever )?(?:tell|tells|telling|say|saying|show|give|giving|share|use|put|mention|let)(?: \w+){0,4}? "
    r"(?:it was me|it s me|that i (?:told|said|called|reported|complained|wrote)|who (?:told|said|called|reported|complained|wrote)|my (?:name|number|phone|info|to))\b|"
    r"\b(?:don t|dont|do not) want (?:it (?:getting|to get) back to|(?:them|him|her|anyone|anybody|my \w+|the \w+) (?:to (?:know|find out|see)|knowing|finding out))|"
    r"\b(?:don t|dont|do not) (?:want|need) (?:my|me) (?:name|number|phone|face|on it|in it)\b|\bmy (?:name|number|phone)(?: \w+){0,3} public\b|"
    r"\bno (?:quiero|quisiera) (?:que|q) (?:se |me )?(?:salga|salgan|aparezca|vea|vean|quede|ponga|pongan)(?: \w+){0,2}? mi (?:nombre|numero|telefono|cara)\b|"
    r"\bmi (?:nombre|numero|telefono)(?: \w+){0,4} public[oa]\b|\bquien(?:es)? (?:lo |la )?ven? mi (?:nombre|numero|telefono)\b|"
    r"\b(?:keep|leave) (?:me|my name) (?:out|anonymous|off)|\b(?:stay|remain|be) anonymous\b|"
    r"\bno (?:se |le |les |me )*(?:vaya[ns]? a )?(?:vea|ver|sepa|saber|salga|salir|aparezca|aparecer|ponga|poner|diga|digan|decir|de|den|dar|muestre|muestren)(?: \w+){0,3}? "
    r"(?:mi (?:nombre|numero|telefono)|(?:que )?fui yo|quien (?:fue|dijo|llamo|reporto|se quejo|soy))\b|"
    r"\bno (?:se |le |les )*(?:vaya[ns]? a )?(?:decir|diga|digan|contar|cuente|cuenten)(?: \w+){0,2} (?:que|q) (?:yo|fui)\b|\b(?:va|van) a (?:enterar|saber)(?: de)? (?:que|q) fui yo\b|"
    r"\b(?:sin|no (?:le |les )?(?:pongan?|ponga|pongas|den|digan|usen|saquen|publiquen)) (?:mi|el) (?:nombre|numero|telefono)\b|\bno (?:le |les )?(?:pongan?|digan?|mencionen?) (?:que |q )(?:fue|fui|soy|era|es) \w+|"
    r"\bmi (?:nombre|numero|telefono|telegram)(?: \w+){0,2} (?:no )?(?:sale|salga|aparece|aparezca|se ve|se vea|sale en)\b|\b(?:sale|aparece|se ve|ven|ve|vera) (?:\w+ )?mi (?:nombre|numero|telefono|telegram)\b|"
    r"\b(?:does|is|will|would|can|do) (?:\w+ ){0,3}?my (?:name|number|phone|info)(?: \w+){0,3}? (?:show|shown|appear|visible|seen|on (?:it|there|the))\b|\b(?:without|leave out|not with) my (?:name|number)\b|"
    r"\b(?:don t|dont|do not|please no|no) (?:put|show|post|list|write)(?: \w+){1,4}? (?:on|in) (?:anything |the |any )?public\b|"
    r"\bno (?:quiero|quisiera|vaya a ser) que(?: \w+){0,3} (?:sepan?|enteren?|entere)\b|\bsin (?:dar|poner|decir) mi nombre\b|\b(?:quedar|ser|reporte) anonim[oa]\b"
)


# What only who worries says: who told, and not who owns or mends a thing ("do you know who fixes that?").
_WHO_TOLD = r"(?:who (?:told|said|reported|called|complained|wrote|sent|texted)|it was me|it s me|it came from me|i was the one|that i (?:was|am|m) the one|which tenant|my name)"
_QUIEN_FUE = r"(?:quien (?:se quejo|(?:lo |la |le |los )?(?:reporto|denuncio|llamo|aviso|acuso|delato|mando|escribio))|(?:que |q )(?:fui yo|yo fui|yo (?:hice|puse|avise|escribi|reporte|llame|los \w+)))"
_ANONYMOUS = re.compile(
    rf"\b(?:don t|dont|do not) (?:tell|let) (?:em|them|him|her|anyone|anybody|my \w+|the \w+)(?: know)? (?:it s|its|it was|it is|that it|{_WHO_TOLD}|i (?:called|reported|told|wrote))\b|"
    rf"\b(?:do|does|will|would|can|could|is|are|if)(?: \w+){{1,5}} (?:see|know|told|tell|find out|learn|hear)(?: \w+){{0,3}} {_WHO_TOLD}\b|\bthat i (?:was|m|am) the one\b|"
    r"\b(?:nobody|no one)(?: \w+){1,6} (?:hear|know|find out) (?:that i was|it was me|i was)\b|"
    rf"\b(?:dicen?|digan?|diran?|decir|ver|ve|saber|sepan?|sabra|sabran|enterarse|enterar|enteran?|se dan cuenta(?: de)?|adivinar)(?: \w+){{0,3}} {_QUIEN_FUE}\b|\bque (?:fui yo|no digan de que (?:casa|apartamento|unidad))\b|"
    r"\b(?:anonymous(?:ly)?|anon|anonimamente|confidential\w*|confidencial\w*|sin (?:mi )?nombre|without (?:my|giving my) (?:name|info\w*)|(?:es|ser|quedar|reporte|queda) anonim[oa]|anonim[oa] (?:pls|porfa|por favor|ok))\b(?! (?:art|artist|donor|street|calle))|"
    r"\b(?:leave|keep) (?:me|my (?:name|number|phone|info)) (?:off|out|private)\b|\b(?:take|get) my (?:name|info) (?:off|out)\b|\b(?:quit|borr|sa[cq]u)\w* mi nombre\b|"
    r"\b(?:w o|without|sin) (?:giving|dar|poner|decir) (?:my|mis?) (?:name|info\w*|datos|nombre|numero)\b|"
    r"\b(?:tied to me|trace it to me|identify myself|does it say who (?:told|reported|sent)|say my name|(?:gets?|has|have|show|give) my name|my name (?:attached|on (?:it|this|that|the (?:page|report|website)))|googles? my|save my (?:number|name))\b|"
    r"\b(?:tengo|hay) (?:que|q) dar mi nombre\b|\b(?:que|q) no salga mi\b|\bmi numero se lo\b|\b(?:tiene|lleva|sale|guardan) mi (?:nombre|numero)\b|"
    r"\b(?:remain|stay|be|keep me|left) (?:unnamed|nameless|out of (?:it|this))\b|\bprefiero (?:no (?:dar|poner|decir) mi|quedar(?:me)? (?:fuera|en el anonimato)|que no (?:se )?sep\w+)|\b(?:sin que|que no) (?:se )?(?:sepan?|mencionen?) (?:mi|quien)\b|"
    r"\ba mi no me metan\b|\bno (?:pongan?|den|digan?|usen) mis datos\b|\bnot be named\b|\brather not (?:be named|give my|say my)\b"
)


def wishes_unnamed(text: str) -> bool:
    """Whether words wish, or ask, that nobody learns who reported. Reads any text, never raises."""
    words = fold(text)
    return _WISHES.search(words) is not None or _ANONYMOUS.search(words) is not None


# In capitals, or behind a word that sees or takes: ice lies on paths as well.
_AUTHORITY = re.compile(r"\b(?:ICE|DHS)\b")
_PAPERS = re.compile(
    r"\b(?:la migra|migra|inmigracion|migracion|immigration|deport(?:ed|ing|ation|ar|arl\w+|an|en|aron|ad[oa]s?|acion)?|undocumented|indocumentad\w+|asylum|(?:mi|el|pedi|caso de|tengo) asilo(?: en tramite| politico)|"
    r"sanctuary|santuario|homeland|status questions?|estatus migratorio|daca|tps|matricula consular|consular id|redadas)\b|"
    r"\b(?:no|sin|dont have|don t have|have no|without(?: a)?|tengo|tiene|tienen) (?:any |a )?(?:papeles|papers|estatus|green card|identificacion|identification)\b|"
    r"\b(?:need|needs|ask(?:ed|ing)?(?: \w+){0,2} for|show|have to (?:show|give)|require|pid[ea]n?|pedir\w*|pregunt\w+|necesito|ocupo|ensenar|mostrar|tengo que dar) (?:\w+ ){0,2}?"
    r"(?:id|i d|papers|papeles|estatus|immigration status|driver s license|licencia de (?:manejar|conducir)|social security|seguro social|ssn|passport|pasaporte)\b|"
    r"\b(?:have to|need to|tengo que|hay que) (?:be a citizen|prove (?:that )?i live|comprobar (?:que|q) vivo)\b|\bno soy (?:ciudadan[oa]|legal|residente)\b|\bnot (?:a citizen|legal)\b|"
    r"\b(?:visa|residencia)\b(?=.*\b(?:affect|afecta|perjudica|problem)\w*)|\bcuenta (?:de la app |de telegram )?es de mi (?:prim|herman|espos|amig|ti|hij|sobrin)\w+\b|"
    r"\bmy (?:cousin|brother|sister|friend|nephew)s? (?:s )?account\b(?=.*\b(?:problem|ok|okay|bad|trouble)\b)"
)
_PICTURE = re.compile(
    r"\b(?:photos?|pics?|pix|pictures?|images?|video|fotos?|fotito|fotografia|imagen|imagenes|videos?)\b"
)
# Where a picture may go, and what can be done with it: of the picture itself, whoever is in it.
_SHOWN = re.compile(
    r"\b(?:(?<!the )public\w*|private|privad\w|publiqu\w+|online|internet|google|website|web site|on (?:the|a|that) (?:page|map)|la pagina|posted?|posting|published|optional|obligatori[oa]|"
    r"blur|crop|black it|black out|hidden|hide|difumin\w+|tachar|recort\w+|escondida|a la vista)\b|"
    r"\b(?:delete|erase|remove|take (?:it|that|this) (?:down|off)|get (?:it|my \w+) off|swap) (?:\w+ ){0,3}(?:photos?|pics?|pictures?|images?|it|pls|please)\b|"
    r"\b(?:pls|please) (?:delete|erase|remove)\b|\b(?:borr|quit|elimin)\w+ (?:esa |la |mi |las |primera |una )*(?:foto|imagen|video)\w*\b|"
    r"\b(?:do|does|will|how long)(?: \w+){0,3} (?:keep|save|store)\b|\b(?:guardan|stays? up|sigue ahi)\b"
)
_SEEN = re.compile(
    r"\b(?:who|anyone|anybody|everyone|everybody|people|ppl|the (?:neighbor|owner|driver|police)|my neighbor|only city staff|quien(?:es)?|alguien|cualquiera|todos|la gente|el (?:vecino|dueno)|la policia|los de la ciudad) "
    r"(?:\w+ ){0,3}?(?:see|sees|look|looks|view|views|has access|gets?|ven?|vera|vean|miran?|mirar|tiene acceso|ensenan?|muestran?)\b|"
    r"\b(?:shown?|showed|ensenan?|muestran?|ven|(?<!i )(?<!we )(?<!you )(?<!they )ve|shared?|pasan) (?:\w+ ){0,4}?(?:to|with|al?|todos|quien) ?(?:the |a |el |la )?(?:owner|driver|neighbor|police|people|anyone|dueno|vecino|todos|alguien|quien)?\b|"
    r"\b(?:ven|ve|see|sees) (?:todos|alguien|everyone|anyone|those)\b|\bmake sure nobody sees\b"
)
# Somebody, or something of theirs, in the picture.
_IN_IT = re.compile(
    r"\b(?:my|his|her|their|the|a|two|mi|mis|su|sus|se (?:me |les )?ven?|sale|salen|salgo|aparece|atras salen)(?: \w+){0,2} (?:face|faces|kids?|child|children|daughter|son|baby|wife|mother|plates?|house|front door|bedroom|living room|reflection|voice|"
    r"caras?|nin[oa]s?|nen[ea]|hij[oa]|bebe|espos[oa]|placas?|casa|puerta|cuarto|patio|gente|trabajadores|voz|direccion)\b|\breflejad[oa]\b"
)
# The same without a word for the picture: "blur my plate please", "can you cover the faces".
_BLUR = re.compile(
    r"\b(?:blur|cover|crop|hide|black out|difumin\w+|tap\w+|tach\w+|poner(?:le|les)? borros\w)(?: \w+){0,2} (?:my|the|their|his|her|mi|la|las|a las|a la) (?:license )?(?:plates?|faces?|placas?|caras?|kids?|address|direccion)\b"
)
_WISHES_IT_GONE = re.compile(
    r"\b(?:can|could|please|pls|dont|don t|want|quit\w+|borr\w+|elimin\w+|no (?:la|las|quiero|kiero)|public\w*|suban?|not happy|porfa\w*|xfa|por favor|podrian?|pueden?|que pena|q pena)\b"
)
# "No tengo papeles de la corte, es por el humo": papers of another kind.
_OTHER_PAPERS = re.compile(
    r"\b(?:papeles|papers|documentos|documents) (?:de |del |of |from |for )(?:la |el |the |my |mi )?(?:corte|court|juez|juzgado|renta|rent|contrato|lease|carro|car|auto|coche|casa|house|bano|toilet)\b|"
    r"\b(?:court|toilet|legal|lease|rent) papers\b"
)
# Of themselves: "people are yelling about immigration" worries about nobody.
_OF_THEMSELVES = re.compile(
    r"\b(?:i|im|i m|i ve|my|me|mine|we|us|our|u|you guys|they (?:ask|need|want)|yo|mi|mis|me|nos|soy|somos|tengo|tenemos|puedo|podemos|piden?|pedir|necesito|ustedes|les|esto|this|se puede|immigrants|estatus|status)\b"
)


def worry_in(text: str) -> str | None:
    """The question of a pack that a worry about being seen comes to; None for words without one. Reads any text, never raises."""
    words = fold(text)
    papers = _AUTHORITY.search(text) or _PAPERS.search(_OTHER_PAPERS.sub(" ", words))
    if papers and ("?" in text or _OF_THEMSELVES.search(words)):
        return PAPERS
    gone = _IN_IT.search(words) and _WISHES_IT_GONE.search(words)
    of_it = _SHOWN.search(words) or _SEEN.search(words) or gone
    if _BLUR.search(words) or (_PICTURE.search(words) and of_it):
        return PHOTOS
    return UNNAMED if wishes_unnamed(text) else None


def as_a_question(setting: Setting) -> Setting:
    """The setting with a worry about being seen heard as the question that it is, where the engine heard none that is sure."""
    turn = setting.turn
    if turn.choice is not None or turn.edited or not turn.text:
        return setting
    if turn.side is not None and (asked := _asked(turn.side.asked, setting)) is not None:
        return replace(setting, turn=replace(turn, side=replace(turn.side, asked=asked)))
    asked = _asked(turn, setting) if len(turn.text.split()) <= A_QUESTION else None
    return replace(setting, turn=asked) if asked is not None else setting


A_QUESTION = 16  # words: longer ones tell something besides, and the answer stands beside what that does
# Intents of words that may be a question put as anything else.
_MAY_ASK = frozenset(
    {
        *QUESTIONS,
        "ask_about_bot",
        "out_of_scope",
        "ask_status",
        "ask_hours",
        "deny",
        "affirm",
        "complain_service",
    }
)


def _asked(turn: Turn, setting: Setting) -> Turn | None:
    """The turn as the question that its worry comes to; None where it has none, or tells surely of a matter."""
    code = worry_in(turn.text)
    if code is None or code not in setting.questions:
        return None
    best = max((guess.confidence for guess in turn.guesses), default=0.0)
    asks = turn.intent in _MAY_ASK or (
        turn.intent == "report" and (turn.vague or best < LIKELY) and "?" in turn.text
    )
    if not asks or any(one.confidence >= LIKELY for one in turn.questions):
        return None
    return replace(turn, intent="ask_city", questions=(Guess(code, 1.0), *turn.questions))


def with_who_sees_it(progress: Progress, said: Turn, setting: Setting) -> Progress:
    """The progress with who sees what, where the turn worries about it and that was not told."""
    code = worry_in(said.text) if said.choice is None and not said.edited and not said.taken_over else None
    if code is None or code not in setting.questions:
        return progress
    best = max((guess.confidence for guess in said.guesses), default=0.0)
    if (
        code == PAPERS
        and said.intent == "report"
        and best >= PLAINLY
        and not _OF_THEMSELVES.search(fold(said.text))
    ):
        return progress  # "fake ICE flyers on every pole": it is the matter
    if any(say.custom.get(ASKED) in _TELL_WHO for say in progress.says):
        return progress
    asked = replace(setting.turn, questions=(Guess(code, 1.0),))
    answer = replace(city_answer(replace(setting, turn=asked)), alone=True)
    says = tuple(say for say in progress.says if say.response not in NO_ANSWER)  # it is known
    return replace(progress, says=(answer, *says))


# Any of them tells who sees what; two of them in one answer are one too many.
_TELL_WHO = frozenset({UNNAMED, PAPERS, PHOTOS, "who_reads"})
