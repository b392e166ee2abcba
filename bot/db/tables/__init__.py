"""All tables, one class each, grouped as the subject groups them. Times are aware UTC.

`messages` is inbox, outbox and transcript in one: what staff read, what is retried and what
is de-duplicated is the same row, so they cannot disagree.

A module for each idea; all of them are imported from here.
"""

from __future__ import annotations

from bot.db.tables.base import Table
from bot.db.tables.conversations import (
    Contact,
    Conversation,
    Danger,
    LinkCode,
    LinkTry,
    MapLink,
    Media,
    Message,
    MessageStems,
    Person,
    ReceiptRow,
    SetAside,
    TakenTurn,
    Turn,
)
from bot.db.tables.figures import REQUEST_COUNTS, FiguresCounted, PlaceFigures, RequestFigures, TalkFigures
from bot.db.tables.installation import ClockRow, Installation, NumberList
from bot.db.tables.mails import DangerMail, MailboxMail, OneMail, StaffMail
from bot.db.tables.photos import Photo
from bot.db.tables.requests import (
    Addition,
    Alert,
    Batch,
    BatchStep,
    Feedback,
    Join,
    RequestPhoto,
    ServiceRequest,
    Subscriber,
    Update,
)
from bot.db.tables.reviewing import ConversationFacts, Example, Review, ReviewNote, Training
from bot.db.tables.staff import LoginThrottle, Mention, RecoveryCode, SavedView, SentForm, Staff, StaffSession
from bot.db.tables.systems import ApiKey, Open311Photo, Open311Report, SyncLink, SyncSystem
from bot.db.tables.telling import CityEdit, Notice, Reminder, TellingRule, Wording
from bot.db.tables.trail import Audit, Change, Look, Viewer

__all__ = [
    "REQUEST_COUNTS",
    "Addition",
    "Alert",
    "ApiKey",
    "Audit",
    "Batch",
    "BatchStep",
    "Change",
    "CityEdit",
    "ClockRow",
    "Contact",
    "Conversation",
    "ConversationFacts",
    "Danger",
    "DangerMail",
    "Example",
    "Feedback",
    "FiguresCounted",
    "Installation",
    "Join",
    "LinkCode",
    "LinkTry",
    "LoginThrottle",
    "Look",
    "MailboxMail",
    "MapLink",
    "Media",
    "Mention",
    "Message",
    "MessageStems",
    "Notice",
    "NumberList",
    "OneMail",
    "Open311Photo",
    "Open311Report",
    "Person",
    "Photo",
    "PlaceFigures",
    "ReceiptRow",
    "RecoveryCode",
    "Reminder",
    "RequestFigures",
    "RequestPhoto",
    "Review",
    "ReviewNote",
    "SavedView",
    "SentForm",
    "ServiceRequest",
    "SetAside",
    "Staff",
    "StaffMail",
    "StaffSession",
    "Subscriber",
    "SyncLink",
    "SyncSystem",
    "Table",
    "TakenTurn",
    "TalkFigures",
    "TellingRule",
    "Training",
    "Turn",
    "Update",
    "Viewer",
    "Wording",
]
