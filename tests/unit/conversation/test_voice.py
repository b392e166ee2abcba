"""One voice in Spanish: every text a resident reads says "usted", in Spanish words with their accents (docs/voice.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.channels.messages import Outbound
from bot.channels.twilio.gsm7 import is_gsm7, to_gsm7
from bot.channels.twilio.render import render
from bot.city.catalogue import LANGUAGES, load_catalogue
from bot.city.facts import load_city
from bot.city.gazetteer import Gazetteer
from bot.settings import PACKS, ROOT
from bot.text.fold import fold_in_place
from tests.domain import responses
from tests.service_texts import texts_of

SPANISH_PACKS = (PACKS / "santa_monica", ROOT / "bot" / "city" / "starter")
# A first text may be misread.
BOTH_LANGUAGES = {"utter_emergency", "utter_emergency_besides", "utter_crisis", "utter_crisis_emergency"}
LONGEST_CITY = "South San Francisco"

# What only "tú" has, without accents: its words, its verbs, and its commands. Left out is what is another word too
# ("para", "cuenta", "regresa") unless what stands around it tells.
TU = re.compile(
    r"\b(?:tu|tus|ti|te|contigo|tuy[oa]s?"
    r"|quieres|puedes|podrias|ves|tienes|debes|necesitas|sabes|eres|estas seguro|haces|dices|dejas|mandas|escribes|vives|prefieres"
    r"|conoces|recibes|sigues|sientes|hablas|ibas|tomas|oyes|crees|gustas|has|hayas|veas|seas|tengas|puedas|quieras"
    r"|llama|deja|manda|di|dime|dinos|toca (?:el|la|aqui|para)|elige|mira|saca|anota|paga|apela|pulsa|oprime|envia|adjunta|abre|vuelve|ponte"
    r"|(?<!le )escribe|(?<!en )espera|prueba con|pregunta cuando|responde con|responde [A-Z]\w+|marca \d|mueve el|busca ayuda"
    r"|para como|(?:borra|sigue|revisa|cambia|agrega|pide) (?:el|la|los|las|tu|mis|un|una)"
    r"|no (?:abras|muevas|toques|uses|dejes|mandes|escribas|llames|te \w+)"
    r"|(?:di|manda|escribe|envia|muestra|marca|toca|agrega|avisa|sigue|llama|cuenta|ayuda|deja|aleja|acerca|regresa|pregunta|borra|quita|usa|"
    r"mueve|pon|haz|lee|abre|busca)(?:me|nos|lo|la|los|las|te|melo|noslo)"
    r"|(?!existe|triste|consiste|insiste|asiste|baste|contraste|desgaste)\w+(?:aste|iste))\b"
)
TU_FUTURE = re.compile(r"\b\w+[aei]rás\b")  # with its accent: "aceras" and "detrás" are none

# Words of English that no name brings along.
ENGLISH = re.compile(
    r"\b(?:and|or|of|in|on|at|by|to|the|with|near|behind|between|across|front|next|alley|block|dial|call|text|send|your|you|is|are|"
    r"what|where|who|department|office|clerk|manager|attorney|works|rent|control of|police|finance|library|billing|services|"
    r"street|app|sticker|stickers|bin|link|today|yesterday|mon|fri|sat|sun|ft)\b|&",
)

WITHOUT_ACCENT = re.compile(
    r"\b(?:accion|ahi|alejese|algun|aqui|arbol|asi|basico|callejon|camion|colchon|construccion|contaminacion|cuant[oa]s?|dias?|digame|"
    r"direccion|electric[oa]|enviarselo|escribame|grafitti|inundacion|jardin|lineas?|maquinas?|mas|muestrenos|musica|numeros?|"
    r"parquimetros?|perdon|planificacion|policia|public[oa]s?|quien|quimicos?|raices|rapido|razon|recibira|rio|seccion|secretaria|"
    r"semaforos?|sofa|tambien|telefonos?|todavia|toquelo|ubicacion|util|vehiculos?|vera)\b"
)


def yaml_of(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def _domain() -> Iterator[tuple[str, str]]:
    for name, variants in responses().items():
        for variant in variants:
            if variant["condition"][0]["value"] == "es":
                yield f"domain.yml {name}", variant["text"]
                for button in variant.get("buttons", ()):
                    yield f"domain.yml {name}, button", button["title"]


def _gateway() -> Iterator[tuple[str, str]]:
    texts = ROOT / "bot" / "conversation" / "texts"
    for name, text in yaml_of(texts / "es.yml").items():
        yield f"texts/es.yml {name}", text
    days = yaml_of(texts / "days.yml")["es"]
    told = [days["today"], days["yesterday"], days["date"], *days["weekdays"]]
    for text in (*told, *days["months"], *days["whole_months"]):
        yield "days.yml", text


def _channels_and_pages() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "bot" / "channels" / "texts").glob("*.yml")):
        for name, texts in yaml_of(path).items():
            yield f"{path.name} {name}", texts["es"]
    for page, texts in yaml_of(ROOT / "bot" / "web" / "texts" / "es.yml").items():
        for name, text in texts.items():
            yield f"web {page}.{name}", text
    for name, text in yaml_of(ROOT / "bot" / "city" / "texts" / "places.yml")["es"].items():
        yield f"places.yml {name}", text


def _pack(pack: Path) -> Iterator[tuple[str, str]]:
    catalogue, city = load_catalogue(pack), load_city(pack)
    for group in catalogue.groups:
        yield f"{pack.name} {group.code}", group.names["es"]
    for service in catalogue.services.values():
        for language, text in texts_of(service):
            if language == "es":
                yield f"{pack.name} {service.code}", text
    for name in city.departments:
        yield f"{pack.name} department {name}", city.department_called(name, "es")
    for texts in (city.names, city.human_help.office, city.human_help.phone, city.human_help.hours):
        yield f"{pack.name} city.yml", texts["es"]
    for neighbor in city.neighbors:
        yield f"{pack.name} {neighbor.code}", neighbor.name["es"]
        yield f"{pack.name} {neighbor.code}", neighbor.contact["es"]


@lru_cache(maxsize=1)
def spanish() -> tuple[tuple[str, str], ...]:
    """Every Spanish text that a resident reads, and where it stands."""
    packs = [found for pack in SPANISH_PACKS for found in _pack(pack)]
    return (*_domain(), *_gateway(), *_channels_and_pages(), *packs)


def says_tu(text: str) -> str | None:
    """The first word of a text that addresses somebody as "tú"."""
    found = TU.search(fold_in_place(text)) or TU_FUTURE.search(text.casefold())
    return found.group() if found else None


def english_in(text: str) -> str | None:
    """The first English word of a Spanish text, placeholders and quoted names aside."""
    found = ENGLISH.search(re.sub(r"\{\w+\}", "", text).casefold())
    return found.group() if found else None


def test_the_texts_are_all_there() -> None:
    files = {where.split()[0] for where, _ in spanish()}
    assert files >= {
        *("domain.yml", "texts/es.yml", "days.yml", "telegram.yml", "twilio.yml", "web", "places.yml"),
        *(pack.name for pack in SPANISH_PACKS),
    }
    assert len(spanish()) > 700


def test_spanish_says_usted_and_never_tu() -> None:
    assert not [(where, word, text) for where, text in spanish() if (word := says_tu(text))]


def test_spanish_holds_no_english() -> None:
    found = [(where, word, text) for where, text in spanish() if (word := english_in(text))]
    assert {where.split()[1] for where, _, _ in found} == BOTH_LANGUAGES, found


def test_spanish_is_written_with_its_accents_and_both_marks() -> None:
    for where, text in spanish():
        assert not WITHOUT_ACCENT.search(text.casefold()), (where, text)
        if where.partition(" ")[2] in BOTH_LANGUAGES:
            continue
        for opening, closing in ("¿?", "¡!"):
            assert text.count(opening) == text.count(closing), (where, text)


def test_spanish_fits_the_gsm_alphabet_once_its_accents_are_folded() -> None:
    for where, text in spanish():
        if not where.startswith(("telegram.yml", "web")):
            assert is_gsm7(to_gsm7(text, fold_accents=True)), (where, text)


# What we said once, and what a hurried hand would write again.
TU_TEXTS = [
    "¿Cuál es el problema? Dime en pocas palabras.", "Manda una dirección.", "Recibí tu foto, gracias.", "Te aviso aquí cuando cambie.",
    "Escribe cuando quieras.", "Puedes mandarla otra vez.", "Ya nos lo dijiste ({when})", "Escribiste: {words}", "sigo con el tuyo",
    "O márcalo en un mapa", "El mismo, agrégalo", "Sí, avísame", "si hay peligro, llama al 911", "llama al 988 y marca 2",
    "No abras ni muevas bolsas", "No te acerques.", "¿Hacia dónde ibas?", "Deja el bote afuera", "Saca las cosas", "¿Qué se te quedó?",
    "aléjate y llama", "Toca el mapa o mueve el punto.", "Tócalo para poner el punto ahí.", "Muéstranos el lugar", "si lo viste?",
    "Ya no recibirás textos", "lo que guarda de ti", "¿Qué documentos necesitas?", "Dime qué pasa, o mira la lista.", "Paga o apela la multa",
    "O escribe \"saltar\".", "Di qué pasa.", "Elige una opción.", "Lo hablamos contigo.", "¿Quieres avisos?", "No tienes reportes.",
]  # fmt: skip
USTED_TEXTS = [
    "Le escribe el 311 de la Ciudad de {city}.", "Dígame qué pasa y dónde.", "{reference} {about}: en espera.", "Escriba cuando quiera.",
    "Aceras y maneras, detrás de las obras de estos días.", "¿Le aviso cuando cambie?", "Si está apagado, pare como en un alto.",
    "Lo que reportó se sigue atendiendo.", "Queja, elogio o pregunta", "Máquina que marca mal el tiempo", "Una foto ayuda.", "Usted dejó algo.",
    "Algo triste existe.", "El camión regresa.", "Su reporte ya lo tiene Obras Públicas.",
]  # fmt: skip


@pytest.mark.parametrize("text", TU_TEXTS)
def test_the_pattern_finds_tu(text: str) -> None:
    assert says_tu(text)


@pytest.mark.parametrize("text", USTED_TEXTS)
def test_the_pattern_leaves_usted_alone(text: str) -> None:
    assert says_tu(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "tel. 311 or (866) 311-7266",
        "LA 311: dial 311",
        "Pico Blvd & 4th St",
        "ya lo tiene Public Works",
        "in front of Tongva Park",
    ],
)
def test_the_pattern_finds_english(text: str) -> None:
    assert english_in(text)


def test_we_say_who_we_are_in_a_whole_sentence() -> None:
    texts = dict(spanish())
    assert texts["domain.yml utter_city"] == "Le escribe el 311 de la Ciudad de {city}."
    for where in ("domain.yml utter_not_yours", "texts/es.yml welcome", "texts/es.yml welcome_back"):
        assert "le escribe el 311 de" in texts[where].casefold(), where


def test_what_the_gateway_says_fits_two_segments() -> None:
    for language in LANGUAGES:
        texts = yaml_of(ROOT / "bot" / "conversation" / "texts" / f"{language}.yml")
        for name, text in texts.items():
            rendered = render(Outbound(text.format(city=LONGEST_CITY)), to="+13105550100", message_id=1)
            assert rendered.segments <= 2, (name, rendered.segments)


def test_every_department_has_a_name_in_spanish() -> None:
    city = load_city(SPANISH_PACKS[0])
    assert all("es" in city.department_names[name] for name in city.departments)
    assert city.department_called("Public Works", "es") == "Obras Públicas"
    assert city.department_called("Public Works", "en") == "Public Works"


RETOLD = [
    ("Pico Blvd & 4th St", "Pico Blvd y 4th St"),
    ("in front of Tongva Park", "enfrente de Tongva Park"),
    ("alley behind 1437 11th St", "callejón atrás de 1437 11th St"),
    ("near 1437 11th St", "cerca de 1437 11th St"),
    ("1400 block of 11th St", "cuadra 1400 de 11th St"),
    ("a place that nobody knows", "a place that nobody knows"),
]


@pytest.mark.parametrize(("kept", "told"), RETOLD)
def test_a_place_kept_in_english_is_told_in_spanish(gazetteer: Gazetteer, kept: str, told: str) -> None:
    assert gazetteer.retold(kept, "es") == told
    assert gazetteer.retold(kept, "en") == kept


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    from bot.city.gazetteer import load_gazetteer

    return load_gazetteer(PACKS / "santa_monica")
