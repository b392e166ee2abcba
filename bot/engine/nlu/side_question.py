"""Where a question stands that is said in one breath with something else: "yes send it. who sees my number?"."""

import re
from dataclasses import dataclass

# Longer ones are stories, in which a question is asked of nobody.
MOST_CHARACTERS = 600
LEAST_WORDS = 2  # of a question
# Fewer words without one that asks only throw ours back: "7 days??", "really?".
A_SENTENCE = 4

_ASKS = (
    r"(?:what|whats|what's|who|whos|who's|whom|whose|when|whens|where|wheres|why|which|how|hows|how's)\b|"
    r"(?:can|could|do|does|did|will|would|should|may|am|is|are) (?:i|you|u|ya|we|they|it|its|this|that|there|he|she|anyone|anybody|someone|somebody|my|the)\b|"
    r"(?:a |de |con |para |por |en )?(?:que|qué|quien|quién|cual|cuál|cuales|cuáles|cuant\w+|cuánt\w+) |(?:cuando|cuándo|quien|quién|donde|dónde|adonde|como|cómo|xq|por que|por qué|porque no)\b|"
    r"(?:no )?(?:me|nos) (?:dijo|dijeron|ha dicho|han dicho|contest\w+|dice|dicen) (?:si|que|qué|cuando|cuándo|quien|quién|a que|lo de)\b|"
    r"(?:nobody|no one|you never|you didn'?t|u never|u didnt|they never) (?:\w+ ){0,2}?(?:told|tell|said|says?|answer\w*) (?:me |us )?(?:if|whether|who|what|when|where|how|about)\b|"
    r"(?:pa|para) (?:cuando|cuándo)\b|is there (?:another|any)\b|"
    r"(?:i |we )?(?:just |only )?(?:want|wanted|need|like|wondering|curious)(?: to)? (?:know |ask )?(?:if|whether|when|where|how|what)\b|"
    r"(?:nomas |solo |nada mas )?(?:queria|quería|quiero|quisiera) (?:saber|preguntar) |"
    r"(?:puedo|puede|pueden|podemos|podria|podría|me pueden|se puede|tengo que|hay que|van a|va a|ocupo|necesito) \w+"
)
_LEAD = (
    r"(?:(?:and|but|also|so|y|i(?= otra| una| tambien| también)|e|pero|tambien|también|oye|oiga|btw|ps|hey|then|entonces|solo|just|tell me|"
    r"(?:one )?(?:more|last|other|another) (?:thing|question)(?: is)?|quick question|question|q:|una (?:pregunta|duda|ultima|última)|otra (?:cosa|pregunta|duda)|por cierto|"
    r"(?:me )?(?:dime|dígame|digame|díganme|diganme|dice|dicen|puede decir|pueden decir))\b[\s,]*)*"
)
# What may stand in front of a verb that asks: "y oiga ahí puedo barrer".
_THERE = r"(?:ah[ií]|all[ií]|aqu[ií]|mientras|entonces|de casualidad|tambien|también|then|meanwhile|maybe)\s+"
_ASKING = re.compile(rf"\b(?:{_ASKS})", re.IGNORECASE)
_BEGINS = re.compile(rf"[\s¿(]*{_LEAD}(?:{_THERE})?(?:¿|{_ASKS})", re.IGNORECASE)
_YES = (
    r"yes|yeah|yea|yep|yup|sure|ok|okay|k|no|nope|nah|thanks|thank you|thx|please|pls|plz|great|good|perfect|fine|cool|send it|"
    r"si|sí|simon|claro|dale|va|sale|no|gracias|grax|por favor|porfavor|porfa|bueno|esta bien|está bien|orale|órale|perfecto|mandelo|mándelo"
)
_VOCATIVES = "mijo|mija|joven|senor|señor|senora|señora|amigo|amiga|jefe|sir|maam|ma'am|dear|hon|honey|bro|bud|dude|man"
# Where a question may begin: after a sign, after "and" or "but", or right after a word that answers.
_JOINT = re.compile(
    rf"(?:\s*(?:[!?;\n]|(?<!\d)[.,]|[.,](?!\d))+\s*|\s+-+\s+|\s+(?=(?:and|but|also|so|y|e|pero|oye|oiga|btw)\s+{_LEAD}(?:{_THERE})?(?:{_ASKS}))|"
    rf"(?:(?<=\s)|^)(?:(?:{_YES})\b\s*)+(?=\s(?:{_ASKS}))|"
    rf"^(?:(?:{_YES})\b\s*)+(?:(?:{_VOCATIVES})\b)?(?=\s(?:and|but|y|pero)\s[^.!?]*\?\s*$))",
    re.IGNORECASE,
)


# Behind which comes something else than what stands in front: "te mando foto, y ya que estamos, la biblioteca abre el domingo?".
_BY_THE_WAY = re.compile(
    r"[\s¿(]*(?:(?:and|but|oh|y|pero|ah)\s+)?(?:ya que est\w+|de paso|por cierto|by the way|btw|while (?:i'?m|we'?re) at it)\b",
    re.IGNORECASE,
)


# What goes on after a comma and asks nothing: "ten seconds altogether, which I counted aloud", "mi hijo, quien vive ahí".
_RELATES = re.compile(
    r"[\s(]*(?:which (?:i|we|he|she|it|they|you|u|the|my|is|was|are|were|has|have|had|makes?|means?)|who (?:was|were|has|had|is|lives?|works?|came|told|said|saw)|"
    r"(?:where|when|while) (?:i|we|he|she|they|you|u|the|my|it|people|kids)|(?:quien|donde|cuando|como) (?:yo|el|ella|la|los|las|mi|mis|est[aá]n?|viv\w+|trabaj\w+|siempre))\b[^?]*$",
    re.IGNORECASE,
)
# What is asked of us that is only to be written down: "can u put the number pls".
_TO_BE_WRITTEN = re.compile(
    rf"[\s¿(]*{_LEAD}(?:(?:can|could|would|will) (?:you|u|ya|yall) (?:please |pls |just )?(?:put|change|add|correct|update|write|note|include|remove|fix) (?:the|that|it|this|in|my|to|down)|"
    r"(?:me |lo |la )?(?:puede[ns]?|podr[ií]an?) (?:por favor )?(?:poner|cambiar|agregar|corregir|anotar|apuntar|incluir|quitar)\w*)\b[^?]*$",
    re.IGNORECASE,
)
_TO_A_QUESTION = re.compile(r"[^.!?;\n]*\?")


@dataclass(frozen=True)
class Halves:
    """A message cut in two."""

    asked: str  # the question
    rest: str  # everything else


def halves(text: str) -> Halves | None:
    """The question that stands beside something else in a text; None where there is none, or nothing else."""
    if len(text) > MOST_CHARACTERS:
        return None
    pieces = _pieces(text)
    asking = [number for number, piece in enumerate(pieces) if _asks(piece)]
    if not asking or len(pieces) < 2:
        return None
    # Of several the last is the one that waits for an answer; those before it are no part of the rest unless nothing else is.
    last = asking[-1]
    others = [piece for number, piece in enumerate(pieces) if number not in asking] or pieces[:last]
    rest = " ".join(piece.strip() for piece in others).strip(" ,;-\n")
    asked = pieces[last].strip(" ,;-\n")
    if not re.search(r"\w", rest) or len(asked.split()) < LEAST_WORDS:
        return None
    return Halves(asked, rest)


def _pieces(text: str) -> list[str]:
    """The text at its joints, each piece with the sign that ends it."""
    pieces, start = [], 0
    for joint in _JOINT.finditer(text):
        # A comma only matters where a question begins after it or before: "on pico, 4th and main" is one piece.
        weak = joint.group().strip() in (",", "")
        begins = _BEGINS.match(text, joint.end()) or _BY_THE_WAY.match(text, joint.end())
        if weak and begins and _RELATES.match(text, joint.end()):
            continue
        # "Is there a market on December 26, after Christmas?": the question goes on.
        goes_on = not begins and _TO_A_QUESTION.match(text, joint.end())
        if weak and (goes_on or not (begins or _BEGINS.match(text, start))):
            continue
        if joint.end() < len(text):
            pieces.append(text[start : joint.end()])
            start = joint.end()
    return [piece for piece in (*pieces, text[start:]) if piece.strip()]


def _asks(piece: str) -> bool:
    if _TO_BE_WRITTEN.match(piece):
        return False
    if _BEGINS.match(piece):
        return True
    return piece.rstrip().endswith("?") and (
        len(piece.split()) >= A_SENTENCE or _ASKING.search(piece) is not None
    )
