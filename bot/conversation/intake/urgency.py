"""That something cannot wait as long as such things usually do: "the water is at my steps", "before Friday, my mother uses a walker".

No danger to life, which is answered with 911: what is read here goes to staff as a mark on the request.
"""

from __future__ import annotations

import re

from bot.text.fold import fold

_DAY = (
    r"(?:tonight|tomorrow|today|dark|the (?:rain|storm|weekend|holidays?|party|wedding|funeral|race|game|surgery|school|fair|market)|(?:next |this |the )?(?:mon|tues|wednes|thurs|fri|satur|sun)day|it (?:rains|gets dark|falls)|"
    r"(?:some|any)(?:one|body) (?:gets|is|falls)|(?:a|my|the) (?:kid|child|baby)\b)"
)
_DIA = (
    r"(?:de )?(?:hoy|manana|que (?:llueva|anochezca|se caiga|alguien|un|una|mi|pase)|la (?:lluvia|tormenta|noche|fiesta|boda|escuela|operacion)|el (?:lunes|martes|miercoles|jueves|viernes|sabado|domingo|fin de semana)|"
    r"l(?:lunes|os)|(?:este )?(?:lunes|martes|miercoles|jueves|viernes|sabado|domingo))"
)
_WHO = (
    r"(?:some(?:one|body)|any(?:one|body)|people|kids|a (?:kid|child|cyclist|biker|person|car|baby)|(?:the |my |our )?(?:\w+ )?(?:kid|kids|children|baby|mother|mom|father|dad|wife|husband|"
    r"son|daughter|grandma|grandmother|neighbor|students)|he|she|they|i|we|it)"
)
_WORSE = (
    r"(?:is |it s |its |s |getting |gets |keeps? (?:getting )?)(?:a lot |much |way |even )?(?:worse|bigger|deeper|wider|higher)(?: (?:so |really |very )?(?:fast|quick\w*)| by the (?:hour|minute)| every (?:hour|minute))|getting (?:a lot |much |way )worse|"
    r"(?:water|sewage|it|mud) (?:is |s )?(?:almost |already |now )?(?:rising|reaching|getting (?:into|in|under|to)|coming (?:into|in|under|through)|at|in|up to|seeping into|going into) (?:\w+ )?(?:my|our|the|his|her) (?:front |back )?"
    r"(?:door|steps?|stairs|porch|house|garage|basement|home|apartment|store|shop|room|kitchen|building)"
)
_URGENT = re.compile(
    r"\b(?:urgent(?:ly)?|asap|a s a p|as soon as (?:possible|you can|u can|they can)|right away|immediately|can(?:not|t| t) wait|please hurry|pls hurry|hurry(?: up)? (?:please|pls)|this is (?:serious|an emergency situation)|"
    r"(?:come|be here|fix it|look|somebody|someone|anything|anyone) (?:\w+ ){0,3}?(?:sooner|faster|quicker|today|tonight|right now)|(?:sooner|faster|quicker) than (?:that|\w+ days)|too long (?:to wait|for)|kind of long for|"
    rf"before (?:the )?{_DAY}|by (?:tonight|tomorrow|this weekend)|need (?:it|this|them|the \w+) (?:\w+ )?(?:done |fixed )?by|"
    rf"{_WHO} (?:is |are |s |re )?(?:really |just )?(?:gonna|going to|will|could|can|might|is bound to|may) (?:\w+ ){{0,2}}?(?:get (?:hurt|hit|killed)|fall (?:in|off|on|and|down|over)|trip|be killed|be hurt|get run over|drown|break (?:a|his|her|their) \w+)|"
    r"(?:about|ready|going|gonna) to (?:fall|come down|collapse|break off|snap|give way|tip over)|hanging by (?:a|one|its)|could (?:fall|come down|collapse|tip) (?:on|any|at)|"
    r"(?:two|three|four|\d|several|a|my|the|an) (?:\w+ )?(?:people|cyclists?|bikers?|kids?|boy|girl|man|woman|lady|mother|mom|father|son|daughter|neighbor|grandma) (?:already |just |almost |nearly )?(?:fell|tripped|got hurt|slipped|was hit|got hit)|"
    rf"{_WORSE}|(?:wheelchair|walker|crutches|stroller|scooter user)(?: \w+){{0,6}}? (?:can t|cant|cannot|has no way|have no way|no way|stuck)|(?:can t|cant|cannot) (?:get (?:out|in|by|past|through|around)|pass|leave)(?: \w+){{0,8}}? (?:wheelchair|walker|crutches|stroller)|"
    r"(?:uses?|in|on|with) (?:a |an |her |his )?(?:walker|wheelchair|crutches|oxygen|cane)|no (?:heat|water|power) (?:\w+ ){0,4}?(?:baby|newborn|elderly|sick|infant)|"
    r"urgente(?:mente)?|urge|lo antes posible|cuanto antes|lo mas pronto|en cuanto puedan|no puede esperar|no aguanta|(?:manden|vengan|que vengan|vengan ya|manden a alguien) (?:\w+ ){0,3}?(?:hoy|ya|ahorita|pronto|rapido)|apurense|apurele|"
    rf"antes (?:de|del) {_DIA}|"
    r"(?:alguien|un nino|una nina|mi \w+|la gente|los ninos|una persona|un carro|ya) (?:se )?(?:puede|podria|va a|van a|vaya a) (?:caer|lastimar|matar|tropezar|accidentar|chocar|quemar|electrocutar)\w*|"
    r"(?:se )?(?:va a|ya mero|a punto de|por|esta por) (?:se )?(?:ca[ei]\w*|venir\w* abajo|romper\w*|derrumb\w*)|"
    r"(?:ya )?se (?:cayo|lastimo|tropezo|resbalo|cayeron|lastimaron) (?:\w+ ){0,2}?(?:una?|dos|tres|mi|el|la|un senor|varias|varios)|(?:una?|mi|dos|tres) (?:\w+ )?(?:metio el pie|se cayo|se cayeron|se lastimo|se tropezo|se resbalo)|"
    r"cada (?:hora|rato|minuto) (?:esta |hay |sale |sube |crece |va )?(?:peor|mas)|cada vez (?:sale |hay |esta )?(?:mas agua|mas alto|mas suelt\w)|(?:se esta|esta) (?:empeorando|poniendo peor|rajando|metiendo|subiendo)|se (?:esta |nos )?met(?:e|io|iendo) (?:el |la )?(?:agua )?(?:a|en|al|por) (?:mi|la|el|nuestra)|"
    r"(?:agua|aguas negras) (?:ya )?(?:casi )?(?:llega|esta llegando|entra|esta entrando|sube) (?:a|al|en|hasta|por)|"
    r"(?:silla de ruedas|andador|muletas|carriola|baston)(?: \w+){0,6}? no (?:pued\w+|pas\w+|hay)|no (?:puede|puedo|pueden|podemos) (?:pasar|salir|entrar|cruzar)(?: \w+){0,8}? (?:silla de ruedas|andador|muletas|carriola)|"
    r"(?:usa|anda (?:en|con)|en|con) (?:un |una |su )?(?:silla de ruedas|andador|muletas|oxigeno|baston)|(?:es )?(?:muy |bien |super )?peligros[oa]|(?:very |really |super |so |extremely )(?:dangerous|unsafe|hazardous))\b"
)
# Who says so wants no haste.
_NO_HASTE = re.compile(
    r"\b(?:not (?:that |so |very )?(?:urgent|an emergency|dangerous)|isn t (?:urgent|dangerous)|no (?:rush|hurry|big deal)|whenever you (?:can|get)|take your time|nothing urgent|"
    r"no (?:es|esta) (?:\w+ )?(?:urgente|peligros[oa])|no (?:hay|corre) prisa|sin prisa|cuando puedan|no urge)\b"
)


def is_urgent(text: str) -> bool:
    """Whether words say that it cannot wait: somebody may be hurt, it grows, or a day is near. Reads any text, never raises."""
    words = fold(text)
    return _URGENT.search(words) is not None and _NO_HASTE.search(words) is None
