"""What each role of staff may do: the one table of it.

Which page or form needs what is the other half, `bot.web.permissions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    REVIEWER = "reviewer"  # reads, and marks what was read
    AGENT = "agent"  # works requests and writes to residents
    CREW = "crew"  # does the work outside; sees requests and no conversation
    MANAGER = "manager"  # an agent who also answers for words, teaching and records
    ADMIN = "admin"  # everything, accounts included


class Permission(StrEnum):
    OWN = "own"  # their own account, and that they are logged in
    REQUESTS = "requests"  # see requests, their photos and places
    CONVERSATIONS = "conversations"  # see what residents wrote, their names and numbers
    FIGURES = "figures"  # see how the city does, without anybody in it
    WORK = "work"  # change a request: status, words, note, photos, who has it
    ARRANGE = "arrange"  # join, correct and publish requests, tell other systems
    ANSWER = "answer"  # take conversations over and write to residents
    ANNOUNCE = "announce"  # give out known problems
    REVIEW = "review"  # mark, tag and label what was read
    TEACH = "teach"  # accept labels, train, switch a model in
    WORDS = "words"  # what residents are told, in which words
    RECORDS = "records"  # hand out everything of a resident or a request
    ERASE = "erase"  # delete a resident
    ADMINISTER = "administer"  # accounts, the audit trail, how it runs


_READS = frozenset({Permission.OWN, Permission.REQUESTS, Permission.CONVERSATIONS, Permission.FIGURES})
_REVIEWER = _READS | {Permission.REVIEW}
_AGENT = _REVIEWER | {Permission.WORK, Permission.ARRANGE, Permission.ANSWER, Permission.ANNOUNCE}
_MANAGER = _AGENT | {Permission.TEACH, Permission.WORDS, Permission.RECORDS}

MAY: Mapping[Role, frozenset[Permission]] = {
    Role.REVIEWER: _REVIEWER,
    Role.AGENT: _AGENT,
    Role.CREW: frozenset({Permission.OWN, Permission.REQUESTS, Permission.WORK}),
    Role.MANAGER: _MANAGER,
    Role.ADMIN: frozenset(Permission),
}
