"""Only Twilio's own requests come in."""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from bot.channels.messages import ChannelError, SignatureError
from bot.channels.twilio.verify import FormFields, read_form, verify

TOKEN = "12345"
# The example of twilio-python's own tests.
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FIELDS = {
    "CallSid": "CA1234567890ABCDE",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
    "Caller": "+14158675309",
}
SIGNATURE = "RSOYDt4T1cUTdK1PDd93/VVr8B8="
RAW = urlencode(FIELDS).encode()


def signed(raw: bytes, url: str = URL) -> str:
    return str(RequestValidator(TOKEN).compute_signature(url, read_form(raw)))


def test_twilio_s_own_example_is_accepted() -> None:
    verify(url=URL, raw=RAW, signature=SIGNATURE, token=TOKEN)


@pytest.mark.parametrize(
    ("url", "raw", "signature", "token"),
    [
        (URL, RAW, None, TOKEN),
        (URL, RAW, "", TOKEN),
        (URL, RAW, SIGNATURE[:-2] + "9=", TOKEN),
        (URL, RAW, SIGNATURE.lower(), TOKEN),
        (URL, RAW, "é" * 28, TOKEN),
        (URL, RAW, SIGNATURE, "54321"),
        (URL, RAW + b"&Extra=1", SIGNATURE, TOKEN),
        (URL, RAW.replace(b"1234", b"1235", 1), SIGNATURE, TOKEN),
        (URL, b"", SIGNATURE, TOKEN),
        (URL + "&baz=3", RAW, SIGNATURE, TOKEN),
        (URL.replace("mycompany.com", "elsewhere.com"), RAW, SIGNATURE, TOKEN),
        (URL.replace("https", "http"), RAW, SIGNATURE, TOKEN),
    ],
)
def test_anything_changed_is_refused(url: str, raw: bytes, signature: str | None, token: str) -> None:
    with pytest.raises(SignatureError):
        verify(url=url, raw=raw, signature=signature, token=token)


def test_blank_fields_are_part_of_the_signature() -> None:
    raw = b"Body=&From=%2B13105550123&NumMedia=0&FromCity="
    verify(url=URL, raw=raw, signature=signed(raw), token=TOKEN)
    with pytest.raises(SignatureError):
        verify(url=URL, raw=b"From=%2B13105550123&NumMedia=0", signature=signed(raw), token=TOKEN)


def test_repeated_names_are_all_part_of_the_signature() -> None:
    raw = b"Body=a&Tag=one&Tag=two"
    verify(url=URL, raw=raw, signature=signed(raw), token=TOKEN)
    with pytest.raises(SignatureError):
        verify(url=URL, raw=b"Body=a&Tag=one", signature=signed(raw), token=TOKEN)
    assert read_form(raw)["Tag"] == ["one", "two"]


@pytest.mark.parametrize("signed_url", ["https://311.example.gov:443/sms", "https://311.example.gov/sms"])
def test_twilio_signs_with_or_without_the_port(signed_url: str) -> None:
    signature = RequestValidator(TOKEN).compute_signature(signed_url, FormFields({"A": ["b"]}))
    verify(url="https://311.example.gov/sms", raw=b"A=b", signature=signature, token=TOKEN)


def test_plus_percent_and_unicode_are_decoded_before_signing() -> None:
    raw = b"Body=hueco+en+la+calle+%C3%B1+%F0%9F%98%80%2B1"
    signature = RequestValidator(TOKEN).compute_signature(URL, {"Body": "hueco en la calle ñ 😀+1"})
    verify(url=URL, raw=raw, signature=signature, token=TOKEN)


def test_the_signature_is_over_the_bytes_even_where_they_are_no_text() -> None:
    raw = b"Body=caf%FF&From=%2B13105550123"
    whole = URL.encode() + b"Bodycaf\xffFrom+13105550123"
    digest = hmac.new(TOKEN.encode(), whole, hashlib.sha1).digest()
    verify(url=URL, raw=raw, signature=base64.b64encode(digest).decode(), token=TOKEN)


@pytest.mark.parametrize("raw", [b"&".join(b"a=%d" % n for n in range(2000))])
def test_a_form_that_cannot_be_read_is_a_channel_error_without_its_content(raw: bytes) -> None:
    with pytest.raises(ChannelError) as error:
        read_form(raw)
    assert "Body" not in str(error.value)
