"""Reads what a webhook may answer: nothing, or TwiML with messages."""

from __future__ import annotations

from xml.etree import ElementTree

Reply = tuple[str, tuple[str, ...]]


class TwimlError(ValueError):
    """The answer is no TwiML that Twilio would take."""


def read_twiml(content_type: str, body: bytes) -> list[Reply]:
    """Text and media URLs of each `<Message>`; an empty body or plain text means no reply."""
    if not body.strip():
        return []
    if content_type not in ("text/xml", "application/xml", "text/html"):
        if content_type in ("text/plain", ""):
            return [(body.decode("utf-8", "replace"), ())]  # Twilio sends plain text as the reply
        raise TwimlError(f"12300: content type {content_type}")
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - our own web process answers
    except ElementTree.ParseError as error:
        raise TwimlError("12100: document parse failure") from error
    if root.tag != "Response":
        raise TwimlError("12200: the root element is not Response")
    return [_reply(element) for element in root.iter("Message")]


def _reply(element: ElementTree.Element) -> Reply:
    inner = element.find("Body")
    text = (inner.text if inner is not None else element.text) or ""
    return text.strip(), tuple((media.text or "").strip() for media in element.findall("Media"))
