"""Which permission each page and form of the console needs: one table, asked before any of them runs.

A route that is not in the table is refused to everybody, so that whoever adds one has to say who it is for
(`tests/integration/web/test_permissions.py` walks them all). What a role may do is in `bot.cases.roles`; whose records
somebody sees, in `bot.cases.sight`.
"""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.cases.roles import Permission
from bot.cases.sight import Subject
from bot.cases.staff import StaffMember

log = structlog.get_logger(__name__)

OPEN = None  # nobody needs to be logged in

ROUTES: Mapping[str, Permission | None] = {
    # The door.
    "GET /console": OPEN,
    "GET /console/login": OPEN,
    "POST /console/login": OPEN,
    "POST /console/login/code": OPEN,
    "GET /console/oidc": OPEN,
    "GET /console/oidc/callback": OPEN,
    "GET /console/password/{token}": OPEN,  # the link is the key
    "POST /console/password/{token}": OPEN,
    "POST /console/logout": Permission.OWN,
    # What open pages hear.
    "GET /console/live": Permission.OWN,
    "GET /console/live/changed": Permission.OWN,
    "GET /console/live/here/{subject}": Permission.OWN,  # looks by itself whose records somebody sees
    # One's own account.
    "GET /console/account": Permission.OWN,
    "POST /console/account": Permission.OWN,
    "POST /console/account/alarms": Permission.OWN,
    "GET /console/account/second-step": Permission.OWN,
    "POST /console/account/second-step": Permission.OWN,
    "POST /console/account/second-step/codes": Permission.OWN,
    "POST /console/account/second-step/off": Permission.OWN,
    "POST /console/account/logins/end": Permission.OWN,
    "POST /console/account/logins/{login_id}/end": Permission.OWN,
    # Requests.
    "GET /console/requests": Permission.REQUESTS,
    "GET /console/requests-fresh": Permission.REQUESTS,
    "GET /console/requests-export/{form}": Permission.ARRANGE,
    "GET /console/many": Permission.ARRANGE,
    "POST /console/many": Permission.ARRANGE,
    "POST /console/many/do": Permission.ARRANGE,
    "GET /console/many/{batch_id}": Permission.ARRANGE,
    "POST /console/many/{batch_id}/undo": Permission.ARRANGE,
    "POST /console/views": Permission.REQUESTS,
    "POST /console/list-shape": Permission.REQUESTS,
    "POST /console/views/remove": Permission.REQUESTS,
    "GET /console/requests/{reference}": Permission.REQUESTS,
    "GET /console/requests/{reference}/fresh": Permission.REQUESTS,
    "GET /console/photos/{photo_id}/{variant}": Permission.REQUESTS,
    "GET /console/pin/map": Permission.REQUESTS,
    "GET /console/pin/place": Permission.REQUESTS,
    "POST /console/requests/{reference}": Permission.WORK,
    "POST /console/requests/{reference}/sms-length": Permission.REQUESTS,
    "POST /console/sms-length": Permission.OWN,
    "GET /console/requests/{reference}/join": Permission.ARRANGE,
    "POST /console/requests/{reference}/join": Permission.ARRANGE,
    "POST /console/requests/{reference}/undo-join": Permission.ARRANGE,
    "POST /console/requests/{reference}/take-out": Permission.ARRANGE,
    "GET /console/requests/{reference}/correct": Permission.ARRANGE,
    "POST /console/requests/{reference}/correct": Permission.ARRANGE,
    "POST /console/requests/{reference}/show-photo": Permission.ARRANGE,
    "POST /console/requests/{reference}/summary": Permission.ARRANGE,
    "POST /console/requests/{reference}/listed": Permission.ARRANGE,
    "POST /console/requests/{reference}/send-again": Permission.ARRANGE,
    "POST /console/requests/{reference}/mail-again": Permission.ARRANGE,
    "GET /console/requests/{reference}/photos/{photo_id}": Permission.ARRANGE,
    "POST /console/requests/{reference}/photos/{photo_id}": Permission.ARRANGE,
    "GET /console/new-request": Permission.ARRANGE,
    "POST /console/new-request": Permission.ARRANGE,
    "GET /console/mentions": Permission.OWN,
    "POST /console/mentions/seen": Permission.OWN,
    "GET /console/today": Permission.REQUESTS,
    "POST /console/today/{reference}": Permission.WORK,
    # Conversations.
    "GET /console/conversations": Permission.CONVERSATIONS,
    "GET /console/conversations-fresh": Permission.CONVERSATIONS,
    "GET /console/attention": Permission.OWN,
    "POST /console/dangers/{danger_id}/acknowledge": Permission.ANSWER,  # looks by itself whose conversations somebody sees
    "GET /console/conversations/{conversation_id}": Permission.CONVERSATIONS,
    "GET /console/conversations/{conversation_id}/fresh": Permission.CONVERSATIONS,
    "GET /console/messages/{message_id}/map.png": Permission.CONVERSATIONS,
    "GET /console/conversations/{conversation_id}/file": Permission.ARRANGE,
    "POST /console/conversations/{conversation_id}/take-over": Permission.ANSWER,
    "POST /console/conversations/{conversation_id}/hand-back": Permission.ANSWER,
    "POST /console/conversations/{conversation_id}/still-theirs": Permission.ANSWER,
    "POST /console/conversations/{conversation_id}/retry": Permission.ANSWER,
    "POST /console/conversations/{conversation_id}/reply": Permission.ANSWER,
    "POST /console/conversations/{conversation_id}/messages/{message_id}/resend": Permission.ANSWER,
    # A resident's own record, and the city's.
    "GET /console/conversations/{conversation_id}/record": Permission.RECORDS,
    "POST /console/conversations/{conversation_id}/record": Permission.RECORDS,
    "POST /console/conversations/{conversation_id}/erase": Permission.ERASE,
    "GET /console/requests/{reference}/record": Permission.RECORDS,
    "POST /console/requests/{reference}/record": Permission.RECORDS,
    # Reviewing.
    "GET /console/messages/{message_id}": Permission.CONVERSATIONS,
    "GET /console/review": Permission.REVIEW,
    "GET /console/review/sample": Permission.REVIEW,
    "GET /console/review/find": Permission.REVIEW,
    "POST /console/conversations/{conversation_id}/reviewed": Permission.REVIEW,
    "POST /console/conversations/{conversation_id}/unread": Permission.REVIEW,
    "POST /console/conversations/{conversation_id}/flag": Permission.REVIEW,
    "POST /console/conversations/{conversation_id}/tags": Permission.REVIEW,
    "POST /console/conversations/{conversation_id}/review-notes": Permission.REVIEW,
    "GET /console/conversations/{conversation_id}/dialogue.yml": Permission.REVIEW,
    "GET /console/messages/{message_id}/teach": Permission.REVIEW,
    "POST /console/messages/{message_id}/teach": Permission.REVIEW,
    "GET /console/review/teach": Permission.REVIEW,
    "POST /console/review/teach/{example_id}": Permission.TEACH,
    "GET /console/review/trainings": Permission.REVIEW,
    "POST /console/review/trainings": Permission.TEACH,
    # The city as a whole.
    "GET /console/alerts": Permission.REQUESTS,
    "POST /console/alerts": Permission.ANNOUNCE,
    "POST /console/alerts/{alert_id}/end": Permission.ANNOUNCE,
    "GET /console/week": Permission.FIGURES,
    "GET /console/insight": Permission.FIGURES,
    "GET /console/insight/{name}": Permission.FIGURES,  # the comments on it: whoever may see conversations
    "GET /console/insight/{name}/{chart}.csv": Permission.FIGURES,
    "GET /console/words": Permission.WORDS,
    "GET /console/words/{key}": Permission.WORDS,
    "POST /console/words/{key}": Permission.WORDS,
    "POST /console/words/{key}/told": Permission.WORDS,
    "POST /console/words/{key}/preview/{language}": Permission.WORDS,
    # Looking after the console.
    "GET /console/running": Permission.ADMINISTER,
    "GET /console/audit": Permission.ADMINISTER,
    "GET /console/city": Permission.ADMINISTER,
    "GET /console/city/{code}": Permission.ADMINISTER,
    "GET /console/city/{code}/entry": Permission.ADMINISTER,
    "POST /console/city/{code}/entry": Permission.ADMINISTER,
    "POST /console/city/{code}/put-back": Permission.ADMINISTER,
    "GET /console/city/{code}/new": Permission.ADMINISTER,
    "POST /console/city/{code}/new": Permission.ADMINISTER,
    "POST /console/city/{code}/preview": Permission.ADMINISTER,
    "GET /console/accounts": Permission.ADMINISTER,
    "POST /console/accounts": Permission.ADMINISTER,
    "GET /console/accounts/{username}": Permission.ADMINISTER,
    "POST /console/accounts/{username}": Permission.ADMINISTER,
    "POST /console/accounts/{username}/link": Permission.ADMINISTER,
    "POST /console/accounts/{username}/disable": Permission.ADMINISTER,
    "POST /console/accounts/{username}/enable": Permission.ADMINISTER,
    "POST /console/accounts/{username}/unlock": Permission.ADMINISTER,
    "POST /console/accounts/{username}/reset-second-step": Permission.ADMINISTER,
}

# A part of an address that names a record with somebody's data in it: whoever asks must have it in sight.
SUBJECTS: Mapping[str, Subject] = {
    "reference": Subject.REQUEST,
    "conversation_id": Subject.CONVERSATION,
    "message_id": Subject.MESSAGE,
    "photo_id": Subject.PHOTO,
}


def check_permission(request: Request, staff: StaffMember) -> None:
    """Raise 403 where this member of staff may not have what the request asks for."""
    needed = ROUTES.get(route_of(request))
    if needed is None or not staff.may(needed):
        log.warning("console.refused", staff_id=staff.id, route=route_of(request))
        raise HTTPException(403)


def subjects_of(request: Request) -> list[tuple[Subject, str]]:
    """The records that the address names, as they stand in it."""
    return [(SUBJECTS[name], str(value)) for name, value in request.path_params.items() if name in SUBJECTS]


def route_of(request: Request) -> str:
    """The route that answers, as the table names it: `GET /console/requests/{reference}`."""
    method = "GET" if request.method == "HEAD" else request.method
    return f"{method} {getattr(request.scope.get('route'), 'path', '')}"
