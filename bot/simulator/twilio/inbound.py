"""The form fields of Twilio's incoming-message webhook.

Source: https://www.twilio.com/docs/messaging/guides/webhook-request
"""

from __future__ import annotations

from bot.simulator.twilio.resources import API, Message
from bot.simulator.twilio.segments import count_segments
from bot.simulator.twilio.signature import Parameters


def inbound_parameters(message: Message, account: str, base_url: str) -> Parameters:
    """All usual parameters; those Twilio often leaves blank are blank here too."""
    parameters: Parameters = [
        ("ToCountry", "US"),
        ("ToState", "CA"),
        ("SmsMessageSid", message.sid),
        ("NumMedia", str(len(message.media))),
        ("ToCity", "SANTA MONICA"),
        ("FromZip", ""),
        ("SmsSid", message.sid),
        ("FromState", "CA"),
        ("SmsStatus", "received"),
        ("FromCity", ""),
        ("Body", message.body),
        ("FromCountry", "US"),
        ("To", message.to),
        ("ToZip", "90401"),
        ("NumSegments", str(max(1, len(message.media)) if message.media else count_segments(message.body))),
        ("MessageSid", message.sid),
        ("AccountSid", account),
        ("From", message.from_),
        ("ApiVersion", API[1:]),
    ]
    for index, media in enumerate(message.media):
        url = f"{base_url}{API}/Accounts/{account}/Messages/{message.sid}/Media/{media.sid}"
        parameters.append((f"MediaContentType{index}", media.content_type))
        parameters.append((f"MediaUrl{index}", url))
    return parameters
