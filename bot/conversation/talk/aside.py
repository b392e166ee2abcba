"""A question of the resident's that was said in one breath with something else: answered before what the rest does."""

from __future__ import annotations

from dataclasses import replace

from bot.cases.status import ACTIVE
from bot.conversation.intake import digressions
from bot.conversation.intake.belonging import asks_to_note
from bot.conversation.intake.draft import Draft
from bot.conversation.intake.effects import AddToRequest, TellStatus
from bot.conversation.intake.memory import Memory
from bot.conversation.intake.naming import named_by_matter
from bot.conversation.intake.question import End
from bot.conversation.intake.setting import Setting
from bot.conversation.intake.status import (
    asked_about,
    asks_contents,
    asks_whose,
    contents_of,
    status_effect,
    talked_of,
)
from bot.conversation.intake.telling import described
from bot.conversation.intake.turn import Say, Turn
from bot.conversation.talk.progress import Progress
from bot.text.clauses import clauses_in
from bot.text.fold import fold


def with_aside(progress: Progress, setting: Setting) -> Progress:
    """The progress of the rest with the question answered; as it is where none was asked."""
    asked = setting.turn.aside
    if asked is None:
        return progress
    memory, alone = progress.memory, replace(setting, turn=asked)
    if asks_to_note(asked.text) and (noted := _with_note(progress, asked)) is not None:
        return noted
    contents = asks_contents(alone)
    if contents and progress.draft is not None:
        draft = _without_what_is_asked(progress.draft, asked.text)
        said = replace(contents_of(draft, asked.channel), alone=True)
        return replace(progress, draft=draft, says=(said, *progress.says))
    if asks_whose(alone) and progress.draft is None and (whose := talked_of(memory, setting)) is not None:
        return replace(progress, effects=(*progress.effects, TellStatus(whose, whose=True)))
    if any(isinstance(one, TellStatus) for one in progress.effects) and asked.intent == "ask_status":
        return progress  # told already
    about = asked_about(memory, alone)
    if about is not None:
        told = TellStatus(about[0].reference, contents=contents)
        # Which one is meant the question says, so that how all of them stand is not told as well.
        others = tuple(one for one in progress.effects if not isinstance(one, TellStatus))
        return replace(progress, effects=(*others, told))
    if (contents or asked.intent == "ask_status") and memory.filed is not None and progress.draft is None:
        return replace(progress, effects=(*progress.effects, status_effect(alone)))
    if (
        asked.intent == "ask_status"
    ):  # of a report in the making nothing can be told but how long such a thing takes
        asked = replace(asked, intent="ask_how_long")
    if asked.intent == "ask_how_long" and progress.draft is None and (held := _on_hold(memory, setting)):
        # How long a thing takes that waits only staff know.
        return _passed_on(held, setting.turn, asked.text, progress)
    service = progress.draft.service if progress.draft else None
    if service is None and memory.filed is not None:
        service = memory.filed.service
    answer = digressions.answer(service, replace(alone, turn=asked))
    filed = memory.filed_lately(asked.at)
    # Where there is a report, staff answer better than the office of what it may be about.
    unknown = all(say.response in digressions.NO_ANSWER for say in answer)
    # Nobody is left with "I can't": staff read it with the report, the one that it names where it names another.
    named = named_by_matter(asked.text, setting)
    of_another = named is not None and progress.draft is not None and named.service != progress.draft.service
    if unknown and named is not None and of_another and named.status in ACTIVE:
        progress = _passed_on(named.reference, setting.turn, asked.text, progress)
        answer = ()
    elif unknown and progress.draft is None and filed is not None:
        progress = _passed_on(filed.reference, setting.turn, asked.text, progress)
        answer = ()
    elif progress.draft is not None and progress.end is not End.DROPPED and _nobody_knows(answer):
        whole = replace(asked, text=_all_that_is_asked(setting.turn, asked.text))
        progress = replace(progress, draft=described(progress.draft, whole))
        answer = tuple(replace(say, response="utter_unknown_noted") for say in answer)
    # The summary tells by itself how long it takes; what the city answers is long, and a message of its own.
    fresh = tuple(
        replace(say, alone=asked.intent in digressions.QUESTIONS)
        for say in answer
        if say not in progress.says
    )
    return replace(
        progress,
        says=(*fresh, *progress.says),
        wants_person=progress.wants_person or asked.intent == "ask_person",
    )


def _with_note(progress: Progress, asked: Turn) -> Progress | None:
    """The progress with what was asked to be noted in its report; None where there is none to note it in."""
    if progress.draft is not None and progress.end is not End.DROPPED:
        return replace(progress, draft=described(progress.draft, asked))
    filed = progress.memory.filed_lately(asked.at)
    if filed is None:
        return None
    return replace(progress, effects=(*progress.effects, AddToRequest(filed.reference, (), asked.text)))


def _without_what_is_asked(draft: Draft, asked: str) -> Draft:
    """The draft without the question what is in it, which staff need not read."""
    told = (line for line in draft.description.splitlines() if fold(asked) not in fold(line))
    return replace(draft, description="\n".join(told))


def _nobody_knows(answer: tuple[Say, ...]) -> bool:
    """Whether not even an office could be named: then the question goes along with the report."""
    return bool(answer) and all(say.response == digressions.UNKNOWN for say in answer)


def _on_hold(memory: Memory, setting: Setting) -> str | None:
    """The request that is talked of, where it waits for something."""
    request = setting.own_request(talked_of(memory, setting) or "")
    return request.reference if request is not None and request.status == "on_hold" else None


LEAST_ASKED = 3  # words of another question


def _all_that_is_asked(turn: Turn, asked: str) -> str:
    """The question with those before it in the same text: of several the last one is answered, and staff read them all."""
    rest = fold(turn.text)
    # What stands neither in the rest nor in the question is one that came before it.
    parts = [part for part in clauses_in(turn.whole) if fold(part) and fold(part) not in rest]
    together = "".join(parts).strip()
    more = len(together.split()) - len(asked.split()) >= LEAST_ASKED
    return together if more and fold(together).endswith(fold(asked)) else asked


def _passed_on(reference: str, turn: Turn, asked: str, progress: Progress) -> Progress:
    """The question is for staff, in one entry with what was added beside it, in the order in which it was written."""
    added = [one for one in progress.effects if isinstance(one, AddToRequest) and one.words]
    together = next((one for one in added if one.reference == reference and not one.for_staff), None)
    words = _all_that_is_asked(turn, asked)
    if together is not None and asked in together.words:
        words = together.words
    elif together is not None:
        words = turn.whole if together.words == turn.text and turn.whole else f"{together.words} {asked}"
    question = AddToRequest(reference, together.photos if together else (), words, asks=True)
    others = tuple(one for one in progress.effects if one is not together)
    return replace(progress, effects=(*others, question), wants_person=True)
