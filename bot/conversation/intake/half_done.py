"""What is said of finished work beside fixed and not fixed: a part that was left, a flaw one can live with, a half yes."""

from __future__ import annotations

import re

from bot.text.fold import fold

# Words of a yes that is not a whole one, as `fold` writes them.
_HALF = re.compile(
    r"\b(?:but|tho|though|however|half\w*|mostly|almost|kind of|kinda|sort of|partly|except|still|pero|mas o menos|medio|a medias|casi|todavia|aun|excepto|nomas (?:que|qe|q|k)|"
    r"solo (?:que|qe|q|k)|lo malo|falta|falto)\b"
)
# What a "but" speaks of that is no flaw of the work: how long it took, and who was told what.
_THE_WAIT = re.compile(
    r"\b(?:took|taken|taking|tard\w+|forever|how long|so long|too long|wait\w*|weeks?|days?|months?|told|tell|called?|answer\w*|respond\w*|reply|replied|just say\w*|whatever|finally|anyways?|"
    r"next time|late|tarde|avis\w+|dij\w+|contest\w+|semanas?|dias?|meses|ni modo|bueno)\b"
)
_CLAUSES = re.compile(r"[.!?;\n]+")
# That it came back, or was done badly: said of work that has ended.
_CAME_BACK = re.compile(
    r"\b(?:volvio|volvieron|vuelve|vuelven) a \w+|\b(?:did|doing|does|do) it again\b|\b(?:it s|its|it is|they re|theyre|they are|he s|she s|is|are) (?:back|at it|doing it|happening|dumping|leaking|chirping|clogged|broken|out|barking|blinking)(?: \w+){0,2} again\b|"
    r"\b(?:happened|started|broke|failed|stopped|leaks|leaked|died|came back|went out) again\b|\b(?:it|they) (?:came|is|are|s|re) back\b(?! (?:on|to normal|up)\b)|"
    r"\b(?:otra vez|de nuevo) (?:esta|estan|sigue|siguen|lo mismo|hay|tiran|tiraron|echan|echaron)\b|\b(?:esta|estan|lo hicieron|paso|pasa|empezo|empezaron|se \w+) (?:\w+ )?(?:otra vez|de nuevo)\b|"
    r"\bno (?:quedo|quedaron) (?:\w+ )?(?:bien|arreglad[oa]s?|limpi[oa]s?|list[oa]s?)\b|\bno (?:lo |la |los |las )?(?:arreglaron|hicieron|dejaron) bien\b|\bnot (?:really )?(?:fixed|done right|fixed right)\b"
)
_DID = r"(?:take|touch|get|do|finish|clean|pick|remove|fix|fill|haul|move|sweep|grab|cut|paint|replace)"
_DONE = r"(?:took|taken|touched|did|done|finished|cleaned|picked|removed|fixed|filled|hauled|moved|swept|grabbed|cut|painted|replaced)"
# A part of it that is not done: left behind, forgotten, not touched, still there.
_LEFT = re.compile(
    r"(?<!the )(?<!to )(?<!my )(?<!your )(?<!on )\bleft (?!side\b|lane\b|turn\b|hand\b|corner\b)"
    r"(?:the|all|a|an|some|most|half|part|their|his|her|my|our|that|this|these|those|it|them|one|two|behind|everything|stuff|so much|(?!is\b|was\b|has\b|does\b)\w+s)\b|"
    r"\b(?<!not )still (?:some|one|two|three|1|2|3|a few|a bit|a little|parts?|half|there|here|out|off|on|open|broken|dark|leaking|blocked|hanging|lying|missing)\b|"
    r"\b(?<!not )still (?!working|doing|waiting|hoping|going|looking|running|living|thinking|wondering)\w{3,}ing\b|\bsiguen? (?!funcion|trabaj|esper|and|vin)\w+(?:ando|iendo)\b|"
    r"\b(?:ahi|alli|aqui) siguen?\b|\bsiguen? (?:ahi|alli|aqui|igual|apagad\w+|prendid\w+|tirad\w+|rot[oa]s?|tapad\w+|abiert\w+|sin)\b|"
    rf"\b(?:forgot|(?<!i )(?<!we )missed)\b|\b(?:didn t|didnt|did not|never|hasn t|haven t) (?:even |really )?(?:{_DID}|{_DONE})\b|"
    rf"\b(?:nobody|no one|noone) (?:even |ever )?{_DONE}\b|\bonly (?:half|part|one|some|{_DONE})\b|\bnot all of (?:it|them)\b|"
    r"\b(?:went|goes|died|quit|stopped|broke|failed|out|off|dark|dead) (?:again|once more)\b|\bse (?:apago|rompio|tapo|descompuso|volvio a \w+)\b|"
    r"\b(?:but|just|only) not (?:the|that|this|all|mine|ours|his|her|their|my|our)\b|\bpero (?:no|nomas no) (?:el|la|los|las|lo|todo)\b|"
    r"\b(?:todavia|aun) (?:hay|quedan?|faltan?)\b|\b(?:dejaron|botaron|abandonaron)\b|\bdejo (?:el|la|los|las|un|una|todo|toda)\b|\b(?:se les )?olvid(?:o|aron)\b|"
    r"\b(?:no|nadie) (?:se |lo |la |los |las |me |le )*(?:recogi|levant|llev|quit|termin|limpi|toc|movi|barri|pint|arregl|cambi)(?:o|eron|aron)\b|"
    r"\b(?:nomas|solo|solamente) (?:se )?(?:recogi|levant|llev|quit|limpi|arregl|pint|tap)(?:o|eron|aron)\b|\bfalt(?:a|an|o|aron) (?:el|la|los|las|uno|una|mas)\b"
)
# Of two the one is done and the other is told of apart, which nobody does who has nothing to say of it.
_ONE_OF_TWO = re.compile(
    r"\b(?:one|1)\b.{1,60}\bthe other(?:s|\b(?! (?:day|night|week|morning|time|hand)\b))|"
    r"\b(?:un[oa]|1) (?:si|ya|quedo|de (?:ell|l)[oa]s)\b.{1,60}\b(?:el|la|l[oa]s) otr[oa]s?\b(?! (?:dia|noche|vez)\b)"
)
_BOTH = re.compile(r"\b(?:both|too|also|as well|amb[oa]s|las dos|los dos|tambien)\b")
# A flaw that need not be mended.
_CONTENT = re.compile(
    r"\b(?<!not )(?:(?:i|we|one|you) can (?:live|deal) with|i ll take it|good enough|no big deal|not a big deal|no biggie|"
    r"(?:i m|im|we re|i am|we are) (?:ok|okay|fine|happy|good|cool) with|(?:fine|ok|okay|good) (?:by|with|for) (?:me|us)|works for (?:me|us)|"
    r"(?:don t|dont|do not) mind|(?:doesn t|doesnt|does not) (?:bother|matter)|not complaining|can t complain|happy with (?:it|that)|(?:i m|im|we re|i am|we are) (?:so |very |really |quite |just )?(?:happy|satisfied|content|pleased)|"
    r"nothing major|(?:so )?i (?:swept|cleaned|picked|took|threw|moved|put) (?:it|them|that) (?:up|away|out|myself|in)|i took care of (?:it|that|them)|not worth (?:another|a)|(?:so |much |way |a lot )+better|mucho mejor|bastante mejor|"
    r"me conformo|no (?:me )?importa|no pasa nada|no me molesta|no es (?:para tanto|nada grave|gran cosa)|no me quejo|con eso (?:basta|me basta|tengo|esta bien)|"
    r"(?:asi )?(?:esta|queda) bien asi|por mi esta bien|me doy por (?:servid|bien servid)\w*|se aguanta|(?:pero )?ya l[oa]s? (?:recogi|barri|limpie|levante|tire|quite) yo|yo l[oa]s? (?:recogi|barri|limpie|levante|tire|quite)|(?:ya )?es ganancia)\b"
)

# That nothing more is wanted of it: "nobody has to come back", "no abran nada", "déjelo cerrado".
_WANTS_NOTHING = re.compile(
    r"\b(?:nobody|no one|noone) (?:has|have|needs?) to (?:come|go|look|do|return)\b|\b(?:no need|you don t (?:need|have)|u don t (?:need|have)|they don t (?:need|have)) to (?:come|go|send|re ?open|open|do anything|look)\b|"
    r"\b(?:leave|keep) it (?:closed|as (?:it )?is|like (?:that|this)|alone|be)\b|(?<!they )(?<!still )\b(?:don t|dont|do not|please don t) (?:re ?open|open it (?:again|back|up again)|send (?:anyone|anybody|them|somebody|people))\b|"
    r"\bnadie (?:tiene|necesita) (?:que )?(?:venir|volver|ir|regresar)\b|\bno (?:tienen?|necesitan?) (?:que )?(?:venir|volver|mandar|regresar|hacer nada)\b|"
    r"\bno (?:l[oa] )?(?:re)?abra[ns]?(?:l[oa])? (?:nada|otra vez|de nuevo)\b|\bno l[oa] (?:re)?abra[ns]?\b|\bno (?:manden?|vengan?)(?: a)? nadie\b|\bya no (?:manden?|vengan?)\b|"
    r"\b(?:ya )?(?:dejel[oa]|dejenl[oa]) (?:asi|cerrad[oa]|como esta)\b|\bcierr[ea]n?lo\b"
)


def wants_nothing_more(text: str) -> bool:
    """Whether words say that nobody need do more about it, whatever else they find. Reads any text, never raises."""
    return _WANTS_NOTHING.search(fold(text)) is not None and "?" not in text


# Who has not seen it yet, and will.
_NOT_SEEN = re.compile(
    r"\b(?:haven t|havent|have not|didn t|didnt|not) (?:\w+ ){0,2}?(?:been|checked|check|looked|look|seen|see|gone|home|there)\b.*\b(?:yet|later|tomorrow|tonight|will|ll|ill|tell|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b|"
    r"\b(?:i ll|ill|i will|let me|gonna|going to) (?:go )?(?:check|look|see|tell (?:u|you)|let (?:u|you) know|swing by|walk by|drive by)\b|"
    r"\b(?:todavia|aun) no (?:he |lo |la |voy|paso|reviso|veo|puedo)|\b(?:luego|manana|al rato|mas tarde|despues) (?:le |les |lo |la |voy a )?(?:digo|aviso|cuento|reviso|checo|veo|ver|checar|revisar|paso)\b|"
    r"\b(?:dejeme|deje|voy a|voy) (?:ver|revisar|checar|a ver|a checar|a revisar)\b"
)
# A yes that is not a whole one, before anything else.
_BEGINS_HALF = re.compile(
    r"^(?:(?:well|yeah|yes|eh|um|pues|si) )?(?:mostly|almost|kinda|kind of|sort of|partly|partially|half|not all|not completely|casi|mas o menos|a medias|en parte|no todo)\b"
)


# Of something else that nobody has done: "but nobody answers who pays for my awning".
_NOBODY = re.compile(
    r"\b(?:nobody|no one|noone|no answer|never|still (?:no|not|waiting)|(?:didn|haven|hasn) t|nadie|nunca|todavia no|sin respuesta|no me (?:han|contest\w+|dij\w+|respond\w+))\b"
)


def complains(text: str) -> bool:
    """Whether words complain of what nobody has done. Reads any text, never raises."""
    return _NOBODY.search(fold(text)) is not None


def begins_half(text: str) -> bool:
    """Whether the first words of an answer are half a yes: "mostly, still some by the curb". Reads any text, never raises."""
    return _BEGINS_HALF.search(fold(text)) is not None


_HAS_COME = re.compile(
    r"\b(?:finally|por fin)\b|\b(?:they|you guys|someone|somebody|the \w+) (?:just |already |finally )?(?:came|did it|fixed|took|cleaned|picked|patched|removed|replaced)\b|"
    r"\bya (?:la |lo |las |los |me la |me lo )?(?:vinieron|pasaron|arreglaron|quedo|limpiaron|recogieron|quitaron|taparon|esta (?:listo|lista|bien|arreglad[oa]))\b"
)


_PRAISES = re.compile(
    r"\b(?:beautiful\w*|perfect\w*|wonderful\w*|excellent\w*|lovely|(?:looks?|looking) (?:so |really |very |super )?(?:clean|good|great|nice|amazing|better)|works? (?:great|perfect\w*|well|now)|quedo (?:bien |muy )?(?:chid\w|padre|suave|super|excelente|perfecto)|great (?:work|job)|good (?:work|job)|nice (?:work|job)|smooth|grateful|excelente|hermos\w+|precios\w+|bonit\w+|"
    r"buen trabajo|muy bien hecho|agradecid\w+|(?:give|tell|thank) (?:them|whoever|the (?:crew|guys|person|man|woman|workers?))(?: \w+){0,4}? (?:a (?:gold star|raise|medal|hug|big thank)|thanks?|thank you|for me)|kudos|hats off|bravo|"
    r"(?:que belleza|una maravilla|de lujo|un diez|felicit\w+|los felicito))\b"
)
# "Nobody is in danger. It is fixed, thank you": said outright, whatever no stands before it.
_SAYS_FIXED = re.compile(
    r"(?<!if )(?<!when )(?<!say )(?<!says )(?<!said )(?<!think )(?<!until )\b(?:it s|its|it is|everything is|all is|consider it|call it|mark it(?: as)?) (?:all |now |already )?(?:fixed|repaired|solved|done)\b(?! (?:yet|when|if))|"
    r"(?<!no )(?<!no me )(?<!no nos )(?<!se si )(?<!cuando )(?<!hasta que )(?<!dicen que )(?<!dijeron que )(?<!dicen que ya )(?<!dijeron que ya )\b(?:quedo|quedaron) (?:muy |todo |super |bien )?(?:bien|perfect[oa]s?|excelentes?|list[oa]s?|arreglad[oa]s?|limpi[oa]s?|de maravilla|como nuev[oa]s?)\b"
)


# "Very good, thank you, bravo. Only nobody answered ...": what stands first is the verdict.
_BEGINS_WELL = re.compile(
    r"^(?:(?:ok|okay|oh|well|ya|ah|si|yes|pues|bueno) )*(?:very good|so good|great|perfect|bravo|excellent|wonderful|awesome|beautiful|lovely|good (?:job|work)|"
    r"muy bien|que bien|excelente|perfecto|buen trabajo|buenisimo|de lujo|chido|padrisimo|barbaro|genial)\b"
)


def begins_well(text: str) -> bool:
    """Whether the first words of an answer praise: "very good, bravo. Only ...". Reads any text, never raises."""
    return _BEGINS_WELL.search(fold(text)) is not None


def praises(text: str) -> bool:
    """Whether words praise the work. It may be meant the other way round, too. Reads any text, never raises."""
    return _PRAISES.search(fold(text)) is not None


# "God bless them it's gone", "por fin se lo llevaron": thanks tell that it is meant well.
_GONE = re.compile(
    r"\b(?:it s|its|it is|they re|theyre|they are|all(?: of it)?(?: is)?|everything is|stuff is) (?:all |finally |now )?gone\b(?! (?:again|bad|dark|out|up))|\b(?:se|ya se|por fin se) (?:lo|la|los|las) llevaron\b"
)
_GLAD = re.compile(
    r"\b(?:thank\w*|thx|bless\w*|finally|yay|great|hallelujah|at last|took long enough|graci\w*|dios|por fin|al fin|bendi\w*)\b"
)


def says_fixed(text: str) -> bool:
    """Whether words say outright that it is fixed. Reads any text, never raises."""
    words = fold(text)
    gone = _GONE.search(words) is not None and _GLAD.search(words) is not None
    return (
        "?" not in text
        and (gone or _SAYS_FIXED.search(words) is not None)
        and not is_half(text)
        and not leaves_a_part(text)
    )


# "Claro que no", "hell no", "of course it's not": a no whatever else it reads like.
_NO = re.compile(
    r"^(?:\w+ )?(?:(?:of course|hell|heck|obviously|absolutely|definitely|clearly|certainly) (?:(?:it s|its|it is|they are) )?(?:no|not)\b|no way\b|not (?:at all|even close|really)\b|"
    r"(?:claro|obvio|obviamente|por supuesto) (?:que |q |k )?no\b|para nada\b|ni de broma\b|que va\b|como cre[es]\w*\b)"
)


def is_a_no(text: str) -> bool:
    """Whether the first words are a no in other words: "claro q no, el inspector vino a las 10". Reads any text, never raises."""
    return _NO.search(fold(text)) is not None


def has_come(text: str) -> bool:
    """Whether words say that somebody was there at last: "oye por fin ya vinieron, gracias". Reads any text, never raises."""
    return _HAS_COME.search(fold(text)) is not None


def has_not_seen(text: str) -> bool:
    """Whether words say that somebody has yet to look: "havent been back, going saturday". Reads any text, never raises."""
    return _NOT_SEEN.search(fold(text)) is not None


def leaves_a_part(text: str) -> bool:
    """Whether a part of the work is said not to be done: "they took the fridge and left the door"."""
    words = fold(text)
    one_of_two = _ONE_OF_TWO.search(words) is not None and _BOTH.search(words) is None
    return (one_of_two or _LEFT.search(words) is not None) and not is_content(text)


def is_content(text: str) -> bool:
    """Whether what is still wrong is said not to matter: "it flickers a little, I can live with it"."""
    return _CONTENT.search(fold(text)) is not None


def is_half(text: str) -> bool:
    """Whether a yes is not a whole one. "But nobody told me how long" speaks of the wait, not of the work."""
    clauses = (fold(part) for part in _CLAUSES.split(text))
    return any(_HALF.search(part) and not _THE_WAIT.search(part) for part in clauses)


# "The couch is gone now but the paint is still there", "se llevaron la basura pero el sillón sigue".
_ONE_GONE = re.compile(
    r"\b(?:gone|took|taken|picked up|removed|cleaned|fixed|llevaron|quitaron|recogieron|limpiaron|arreglaron|ya no esta)\b.*\b(?:but|pero|except|menos|not the)\b.*"
    r"\b(?:still|left|there|remains?|sigue|siguen|quedo|dejaron|todavia|ahi|not)\b"
)


def one_is_gone(text: str) -> bool:
    """Whether words say that one part is done and another is not. Reads any text, never raises."""
    return "?" not in text and _ONE_GONE.search(fold(text)) is not None


def came_back(text: str) -> bool:
    """Whether words say that it is as it was, or was not done well: "anoche volvieron a tirar", "it's leaking again"."""
    asks = "?" in text and len(text.split()) < A_TALE  # "volvió a pasar?"
    return not asks and _CAME_BACK.search(fold(text)) is not None and not is_content(text)


A_TALE = 8  # words: who writes so many tells, whatever is asked at the end


def thanks_and_asks(text: str) -> bool:
    """Whether words begin with thanks and end with a question: what is left is asked about, not complained of."""
    return _THANKS.search(fold(text)) is not None and text.rstrip(" )!.jaJAloL").endswith("?")


_THANKS = re.compile(
    r"^(?:\w+ ){0,2}(?:thanks|thank you|thank u|thx|ty|gracias|muchas gracias|mil gracias)\b"
)
