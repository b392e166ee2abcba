"""A message that speaks of several matters does for each of them what it would by itself, and says so of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.cases.status import ACTIVE
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.effects import AddToRequest, Effect, Withdraw
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.question import End
from bot.conversation.intake.setting import OwnRequest, Setting
from bot.conversation.intake.shares import DRAFT, Share, shares_of
from bot.conversation.intake.status import talked_of
from bot.conversation.intake.turn import Say
from bot.conversation.talk.asking import asked_again
from bot.conversation.talk.both_judged import both_judged
from bot.conversation.talk.older_message import back_then
from bot.conversation.talk.progress import Progress
from bot.conversation.talk.wishes import means_the_other, takes_back

Take = Callable[[Draft | None, Memory, Setting], Progress]


def each_its_own(draft: Draft | None, memory: Memory, setting: Setting, take: Take) -> Progress | None:
    """What comes of a message that speaks of several matters they have told of; None for any other. `take` takes one share."""
    if draft is None and (both_judged(memory, setting) is not None or means_the_other(setting) is not None):
        return None  # a verdict on each, or words that were meant for another one: read as a whole
    shares = shares_of(draft, _at_hand(draft, memory, setting), setting)
    if not shares or (len(shares) == 1 and not (draft is not None and takes_back(shares[0].turn))):
        return None  # all of it about another one, and no wish to take that back: weighed with what is asked
    says: tuple[Say, ...] = ()
    effects: tuple[Effect, ...] = ()
    wants_person = False
    for share in shares:
        request = setting.own_request(share.of) if share.of != DRAFT else None
        if request is None:
            continue
        after = _told_of(request, share, memory, setting, take)
        memory, says, effects = after.memory, (*says, *after.says), (*effects, *after.effects)
        wants_person = wants_person or after.wants_person
    if draft is None:
        return Progress(None, memory, says, effects, End.DROPPED, wants_person)
    own = next((share for share in shares if share.of == DRAFT), None)
    if own is None:
        return Progress(draft, memory, (*says, asked_again(draft, setting)), effects, None, wants_person)
    last = take(draft, memory, replace(setting, turn=own.turn))
    return replace(
        last,
        says=(*says, *last.says),
        effects=(*effects, *last.effects),
        wants_person=wants_person or last.wants_person,
    )


def _at_hand(draft: Draft | None, memory: Memory, setting: Setting) -> str | None:
    """What words are about that name nothing: what was asked last, else the report in the making, else the request talked of."""
    open_ones = [one for one in memory.open_questions(setting.turn.at) if one.settles]
    if draft is not None:
        return open_ones[0].reference if open_ones and open_ones[0].at > draft.touched else DRAFT
    return talked_of(memory, setting) or (setting.own[0].reference if setting.own else None)


def _told_of(request: OwnRequest, share: Share, memory: Memory, setting: Setting, take: Take) -> Progress:
    """What comes of a share that is about one of their requests. Named in so many words it is taken back without asking: beside other
    things a question of ours would be one too many."""
    alone = replace(setting, turn=share.turn)
    words = share.turn.text
    if takes_back(share.turn) and request.status in ACTIVE:
        staff_decide = AddToRequest(request.reference, words=words, for_staff=True)
        wish = Withdraw(request.reference, words) if request.theirs else staff_decide
        return Progress(None, memory, effects=(wish,))
    progress = take(None, *back_then(request, memory, alone))
    if progress.draft is not None:  # read like a report, and of what is filed
        added = AddToRequest(request.reference, words=words)
        progress = Progress(None, memory, effects=(added,))
    return replace(progress, memory=_with_the_others(progress.memory, request, memory))


def _with_the_others(after: Memory, request: OwnRequest, before: Memory) -> Memory:
    """The memory after a share with what was asked about other requests, and with what was talked of before it."""
    now = tuple(one for one in after.agenda if one.reference == request.reference or one not in before.agenda)
    topics = {one.topic for one in now}
    others = tuple(
        one for one in before.agenda if one.reference != request.reference and one.topic not in topics
    )
    return replace(after, agenda=(*others, *now), filed=before.filed or after.filed)
