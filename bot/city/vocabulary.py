"""The words of place language in English and Spanish: kinds of streets, numbers, connectors, relations.

None of it belongs to one city. Words are lower case and without accents, as `fold_in_place` leaves them.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.text.numbers import ORDINALS_EN, ORDINALS_ES, SMALL_EN, SMALL_ES
from bot.text.tables import word_set


def _spread(groups: Mapping[str, str]) -> dict[str, str]:
    return {word: name for name, words in groups.items() for word in words.split()}


# How street types are written, misspellings of the field included, to the form that names use.
TYPES = _spread(
    {
        "st": "st str street streets stret streat steet sreet strt stree strret",
        "ave": "ave av aven avenue avenues avenu avanue avenida aveneu avenune avn",
        "blvd": "blvd bl blv bvd blvrd boulevard boulvard bulevar boulevar boul bulevard bld blvds",
        "dr": "dr drive drv",
        "ct": "ct court crt",
        "pl": "pl place plc",
        "way": "way wy",
        "ter": "ter terr terrace terace",
        "rd": "rd road",
        "lane": "ln lane",
        "walk": "walk",
        "pkwy": "pkwy parkway pky",
        "hwy": "hwy highway",
        "fwy": "fwy freeway frwy autopista",
        "promenade": "promenade prom",
        "incline": "incline",
        "loop": "loop",
        "cir": "cir circle",
        "sq": "sq square",
    }
)
# Types that make a street's name certain; the others are also plain words ("on my way", "the whole place").
SURE_TYPES = word_set("st ave blvd dr ct pl ter rd lane pkwy hwy")
SPANISH_TYPES = {
    "calle": "st",
    "avenida": "ave",
    "bulevar": "blvd",
    "ave": "ave",
    "av": "ave",
    "boulevard": "blvd",
}

# Streets are named after states and then written like them in addresses: "22nd & AZ". Codes that are words or directions
# as well ("de", "or", "va", "ne") are left out.
STATE_CODES: Mapping[str, str] = {
    "arizona": "az", "california": "ca", "connecticut": "ct", "florida": "fl", "georgia": "ga", "illinois": "il",
    "kansas": "ks", "kentucky": "ky", "minnesota": "mn", "missouri": "mo", "montana": "mt", "nevada": "nv",
    "tennessee": "tn", "texas": "tx", "utah": "ut", "vermont": "vt", "washington": "wa", "wisconsin": "wi",
    "wyoming": "wy",
}  # fmt: skip

# Words that are written short with a full stop after them, which then ends no sentence.
ABBREVIATIONS = word_set("esq apt ste bldg no num nro bet btw btwn cor int av bulv")

DIRECTIONS = _spread(
    {"north": "north n norte", "south": "south s sur", "east": "east e este", "west": "west w oeste"}
)

# Streets that are numbered: "fourth", "la cuarta".
ORDINAL_WORDS: Mapping[str, int] = {**ORDINALS_EN, **ORDINALS_ES}
# Cardinal words are streets only after an article or "calle": "la once", "calle catorce".
CARDINALS_ES = {word: number for word, number in SMALL_ES.items() if 1 <= number <= 30}
CARDINALS = CARDINALS_ES | {word: number for word, number in SMALL_EN.items() if 1 <= number <= 20}

# Between two streets that cross.
CORNER_WORDS = word_set(
    "& and at @ / + x n y e con with by near nearby off close to the corner of cross crossing crosses intersection street northbound southbound eastbound westbound "
    "intersects meets meet hits esq cruza just before after past right de del la el en esquina cerca a casi junto interseccion around "
    "north south east west norte sur above below on over towards toward lado calle avenida ave boulevard "
    "llegando pasando antes despues altura cerquita pegado a ya , -"
)
CORNER_JOINTS = word_set(
    "after past before & and at @ / + x n y e con with by near off corner cross crossing crosses esquina esq meets meet hits cruza intersects "
    "llegando pasando antes despues altura"
)
CORNER_HINTS = word_set(
    "corner corners intersection esquina interseccion cruce crossing crosswalk esq where meets"
)

BETWEEN_WORDS = word_set(
    "b/w b/t betw bewteen betweeen between btw btwn betwen betwn beetween entre from bet"
)
TO_WORDS = word_set("to and & y n a hasta through thru - and/or")

# What joins two streets and little else: "Delaware and 20th", "pico n 4th", "Arizona y 14".
SAID_JOINTS = word_set("and & y e n x con / @ + at")

# A place begins after these, as it does after a full stop, and ends before those.
BEFORE_PLACES = word_set(
    "on at en near its it's is es era was corner corners of intersection esquina entre cerca por in from sobre and y la the @"
)
AFTER_PLACES = word_set(
    "hay esta estan tiene hace desde no se un una que por para gracias favor is are was has have there there's theres the a an "
    "please thanks thx for since where donde needs keeps like just again by near with"
)
# After a street's name these go on with the story, as a noun of the same name would not: "on lincoln almost blew my tire",
# "en la lincoln casi me caigo". Pronouns, adverbs, conjunctions, the verbs of being: the small words that are a closed list.
CLAUSE_WORDS = AFTER_PLACES | word_set(
    "i my me we our us you your he his she her they their it its it's someone somebody everyone everybody nobody anyone anybody people who which that this "
    "almost nearly just really already still also now today yesterday right again always never so very super all every full "
    "because cuz bc coz but or if when while since before after until were been being am im i'm had do does did got gets gonna can could "
    "will would should must might "
    "casi ya me mi mis te tu su sus le les lo los las nos nosotros yo ella ellos ustedes alguien todos todas todo nadie "
    "muy bien bastante mucho mucha muchos muchas ahorita ahora hoy ayer siempre nunca otra tambien todavia aun apenas "
    "pero porque pq xq cuando mientras aunque si son fue era van va anda andan hay ay ahi alli aqui han ha pues nomas"
)
# Names of streets that are plain words, yet no things and no people: states and schools.
NO_THINGS = word_set(
    "colorado arizona delaware idaho nebraska montana pennsylvania michigan california kansas harvard yale stanford princeton "
    "berkeley oxford cambridge ohio iowa texas washington broadway"
)

# A street may follow these.
PLACE_PREPOSITIONS = word_set(
    "on at near off along behind by in around across between from of down up to outside above past over & @ "
    "northbound southbound eastbound westbound nb sb eb wb after sobre en cerca por entre de la calle avenida esquina frente detras onto"
)

ALLEY_WORDS = word_set("alley alleyway ally alleys callejon callejones alee")
BLOCK_WORDS = word_set("block blk blocks cuadra bloque")
NUMBER_WORDS = word_set("# no num number numero nro nº")
BETWEEN_NUMBER_AND_STREET = word_set(
    "de la el en calle del on avenida ave of n s e w north south east west , block blk"
)
UNIT_WORDS = word_set("apt apartment unit suite ste room rm")

# Relations, longest first; the key names a phrase of texts/places.yml.
RELATIONS: tuple[tuple[str, tuple[str, ...]], ...] = tuple(
    sorted(
        (
            (key, tuple(words.split()))
            for key, listed in {
                "behind": "behind|in back of|in the back of|at the back of|at the rear of|rear of|back of|atras de|atras del|detras de|detras del",
                "across": "across from|across the street from|across street from|opposite|opposite of|opposite to|directly across from|al otro lado de|al otro lado del|al otro lado de la calle de|cruzando la calle de",
                "front": "in front of|infront of|outside of|outside|frente a|frente al|enfrente de|enfrente del|afuera de|afuera del|delante de|delante del",
                "next": "next to|beside|next door to|adjacent to|alongside|al lado de|al lado del|a lado de|a lado del|a un lado de|a un lado del|junto a|junto al|pegado a|pegado al",
                "doors": "door down from|doors down from|doors from|door from|houses down from|house down from|houses from|puertas de|puertas del|casas de|casas del",
                "near": "near|nearby|close to|by|around|cerca de|cerca del|por|casi llegando a",
            }.items()
            for words in listed.split("|")
        ),
        key=lambda pair: -len(pair[1]),
    )
)

# Street names that are also plain words: alone they are no place unless the sentence says so.
PLAIN_WORDS = word_set(
    "main ocean park hill pine oak maple cedar bay beach high franklin grant frank pearl pier navy marine pacific "
    "village stewart washington virginia california kansas prospect "
    "wilson clover broadway sunset church school mill water spring lake river center central "
    "college union market state court first second third forest garden green meadow mountain orchard pond ridge "
    "rose short south north east west summit valley view walnut winter summer court liberty front cherry elm ash "
    "birch willow spruce chestnut railroad railway hospital bridge bank commerce commercial industrial harbor island "
    "jackson jefferson madison lincoln adams monroe jay king queen prince duke bell bull fox deer eagle swan bear "
    "ranch vista highland olympic santa harvard yale stanford princeton clover colorado arizona delaware idaho nebraska "
    "montana pennsylvania michigan exposition airport berkeley oxford cambridge "
    "texas ohio iowa bristol civic"
)
# Of these, common enough in reports that even "on" or "at" before them proves little.
VERY_PLAIN_WORDS = word_set(
    "main park beach high front center central school water first second third church bay hill pier bridge bank market view "
    "green short court state spring bell rose king summer winter union college hospital airport"
)

# Words that, after an ordinal, make it no street: "4th of July", "3rd time", "2nd floor".
NOT_STREET_AFTER_ORDINAL = word_set(
    "of time times day days floor week weeks month year grade party one place person report request call attempt night "
    "morning story level bus stop vez veces piso semana dia bin house car complaint text message degree generation row "
    "de hand notice try unit quarter half class light pole century "
    "driveway building door tree hydrant pothole cuadra puerta edificio arbol poste"
)
# Words that, after a bare number, make it a count.
COUNTED = word_set(
    "day days week weeks month months year years hour hours minute minutes min mins car cars truck trucks people person "
    "men women guys kids dogs cats am pm a.m p.m times feet foot ft inches inch miles mile mph percent dollars bucks "
    "bags bins cans trees lights poles blocks doors houses dias semanas meses anos horas minutos carros personas veces "
    "de pm bolsas arboles perros metros pies gallons lanes tickets mattresses couches chairs signs bus lanes lots"
)
