"""Signatures that apps put under a text: "Sent from my iPhone", "Enviado desde mi iPhone", "-- " and a name."""

from __future__ import annotations

import re

from bot.text.numbers import number_said

_MOST_LINES = 4  # of a signature after its dashes
_MOST_SIGNED = 160  # characters of one

_DEVICE = (
    r"(?:iphone|ipad|ipod|phone|mobile|cell|smart ?phone|android|galaxy|samsung|pixel|motorola|moto|oneplus|xiaomi|redmi|huawei|"
    r"blackberry|nokia|lg|htc|sony|t-mobile|verizon|at&t|tablet|watch|device|outlook|mail|gmail|yahoo|aol|hotmail|"
    r"icloud|proton|tel[eé]fono|celular|m[oó]vil|cel|dispositivo|correo)"
)
_SENT = r"(?:sent|written|enviado|enviada|mandado|escrito)\s+(?:from|via|using|with|on|by|desde|de|do|con|por|a\s+trav[eé]s\s+de)"
_FROM_APP = re.compile(
    rf"(?:^|[\r\n])[ \t>*_(–—-]*(?:{_SENT}\s|via\s+(?:my\s+)?{_DEVICE}\b|get\s+outlook\s+for\s|(?:obtener|obt[eé]n|descarga(?:r)?)\s+outlook\s+para\s|"
    rf"(?:download|get)\s+the\s+\w+\s+app\b|yahoo\s+mail\s?:)[^\r\n]{{0,120}}\s*$"
    r"|\s\((?:sent|enviado) (?:via|with|using|con|por)\s[^()\r\n]{1,60}\)\s*$"
    rf"|\s[(*_–—-]{{0,2}}\s?(?:{_SENT}\s+(?:my|mi|your|tu|an?|un|the|el|la)?\s*(?:[\w’'&.-]+\s+){{0,4}}?{_DEVICE}\b|"
    r"get\s+outlook\s+for\s+(?:ios|android)|(?:obtener|obt[eé]n)\s+outlook\s+para\s+(?:ios|android))[^\r\n]{0,80}\s*$",
    re.I,
)
_DASHES = re.compile(r"[\r\n][ \t]*(?:--+|—+|–+|__+|~~+|\*\*\*+)[ \t]*[\r\n]+")
_NAME_LINE = re.compile(
    r"\s*(?:[A-ZÁÉÍÓÚÑ][\w.'’-]*\s*,?\s*){1,4}\s*|\s*[+(]?[\d().\s-]{7,}\s*|\s*\S+@\S+\s*"
)
_CLOSING = re.compile(
    r"[\r\n]\s*(?:many\s+thanks|thanks|thank\s+you|thx|regards|best(?:\s+regards)?|sincerely|cheers|(?:muchas\s+)?gracias|"
    r"saludos|atte|atentamente|cordialmente)(?:[\s,.!-]*[\r\n]+\s*|[,.!]?[ \t]+[-–—]?[ \t]?)(?P<name>[^\W\d_][\w.'’-]*(?:\s+[^\W\d_][\w.'’-]*){0,2})\s*$",
    re.I,
)
_NAME_ALONE = re.compile(r"[\r\n]\s*(?P<name>[A-ZÁÉÍÓÚÑ][\w.'’-]*(?:\s+[A-ZÁÉÍÓÚÑ][\w.'’-]*){0,2})\s*$")

# "1 - Maria", "1\n~Maria": a name behind a dash, under or beside a bare answer.
_NAME_BEHIND_A_DASH = re.compile(
    r"(?:[\r\n]\s*|[ \t]+)[-–—~/][ \t]?(?P<name>[A-ZÁÉÍÓÚÑ][^\W\d_]+(?:[ \t]+[A-ZÁÉÍÓÚÑ][\w.'’-]*){0,2})\s*$"
)
# What apps quote of ours: lines behind ">", and under "On Mon, Nov 30, City wrote:" everything.
_QUOTED = re.compile(
    r"(?:^|[\r\n]+)[ \t]*(?:On|El)\s(?=[^\r\n]*\d)[^\r\n]{4,120}(?:wrote|escribi[oó]):[\s\S]*$|(?:^|(?<=[\r\n]))[ \t]*>[^\r\n]*(?:[\r\n]+|$)",
    re.I,
)


def without_signature(text: str) -> str:
    """The text without the signature at its end; a text that is nothing but one is empty.

    Names are taken off only where they can hardly be the place of a report: after dashes, and under a bare answer.
    """
    answer = _QUOTED.sub("", text)
    # A text of quoted lines alone is somebody's own way of writing.
    unsigned = _FROM_APP.sub("", answer if answer.strip() else text)
    kept = _cut_at_dashes(unsigned)
    if unsigned != text:
        kept = _unnamed(kept, _NAME_ALONE)
    kept = _unnamed(_unnamed(kept, _CLOSING), _NAME_BEHIND_A_DASH)
    return text if kept == text else kept.rstrip()


def _cut_at_dashes(text: str) -> str:
    for dashes in _DASHES.finditer(text):
        before, signed = text[: dashes.start()], text[dashes.end() :]
        lines = [line for line in signed.splitlines() if line.strip()]
        if not before.strip() or len(signed) > _MOST_SIGNED or not 1 <= len(lines) <= _MOST_LINES:
            continue
        if number_said(before) is not None or all(_NAME_LINE.fullmatch(line) for line in lines):
            return before.rstrip()
    return text


def _unnamed(text: str, name: re.Pattern[str]) -> str:
    """Without the name under a bare answer: under a number any, under one word ("STOP", "sí") one word."""
    found = name.search(text)
    if found is None:
        return text
    before = text[: found.start()].strip()
    bare = number_said(before) is not None or (len(before.split()) == 1 and len(found["name"].split()) == 1)
    return before if bare else text
