"""The form of a department's crew: what they choose, type and photograph, and the change of the request that it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from starlette.datastructures import FormData, UploadFile

from bot.cases.assignment import Assignment
from bot.cases.status import ACTIVE, Resolution, Status, UnexplainedError
from bot.cases.updates import MAX_PUBLIC_TEXT, Change
from bot.cases.work_links import WorkLink, photo_proof, proved_photo
from bot.cases.work_view import WorkView
from bot.city.current import city
from bot.web.uploads import RefusedFile

MOST_PHOTOS = 4  # of one answer: as many as a resident's phone shows at once
MOST_WHOSE = 120  # characters of whose it is


class Step(StrEnum):
    """What the crew can choose."""

    TAKEN = "taken"
    DONE = "done"
    QUESTION = "question"
    CANNOT = "cannot"
    NOT_OURS = "not_ours"  # somebody else's, outside of the city
    HAND_OVER = "hand_over"  # another department's
    NOTE = "note"  # a line or a photo, and it stays where it is


class Problem(StrEnum):
    """What keeps an answer from being saved; the texts have a kind sentence for each."""

    CHOOSE = "choose"
    NOTHING = "nothing"
    CHANGED_MEANWHILE = "changed_meanwhile"
    TOO_LONG = "too_long"
    REASON_NEEDED = "reason_needed"
    QUESTION_NEEDED = "question_needed"
    WHOSE_NEEDED = "whose_needed"
    DEPARTMENT_NEEDED = "department_needed"
    PHOTO_NEEDED = "photo_needed"
    PHOTOS_REFUSED = "photos_refused"
    TOO_MANY_PHOTOS = "too_many_photos"


_MOVES = {
    Step.TAKEN: (Status.IN_PROGRESS, None),
    Step.DONE: (Status.RESOLVED, None),
    Step.QUESTION: (Status.WAITING, None),
    Step.CANNOT: (Status.CLOSED, Resolution.WILL_NOT_DO),
    Step.NOT_OURS: (Status.CLOSED, Resolution.NOT_OURS),
}


@dataclass(frozen=True, slots=True)
class WorkForm:
    """What was entered. Files cannot be put back into a form: those kept already are named by proofs."""

    step: Step | None = None
    words: str = ""  # for the resident
    whose: str = ""
    department: str = ""
    kept: tuple[int, ...] = ()
    seen: int = 0  # the newest entry of the history when the form was opened
    refused: tuple[RefusedFile, ...] = ()
    problem: Problem | None = None

    def proofs(self, link: WorkLink) -> list[tuple[int, str]]:
        """Photos kept already, each with what the form names it by."""
        return [(photo_id, photo_proof(link, photo_id)) for photo_id in self.kept]

    def change(self, view: WorkView, author: str) -> Change:
        """The change that a form without a problem stands for."""
        status, resolution = _MOVES.get(self.step or Step.NOTE, (view.status, None))
        given = Assignment(department=self.department) if self.step is Step.HAND_OVER else None
        return Change(
            view.reference,
            status,
            author,
            self.words,
            photo_ids=self.kept,
            resolution=resolution,
            referred_to=self.whose if self.step is Step.NOT_OURS else "",
            assignment=given,
        )

    def missing(self, error: UnexplainedError) -> WorkForm:
        """The form, with what the change still needs."""
        named = {"photos": Problem.PHOTO_NEEDED, "referred_to": Problem.WHOSE_NEEDED}
        words = Problem.QUESTION_NEEDED if self.step is Step.QUESTION else Problem.REASON_NEEDED
        return replace(self, problem=named.get(error.missing, words))


def steps_for(view: WorkView) -> tuple[Step, ...]:
    """What can be chosen as it stands: of what has ended a line or a photo more, of one that goes on elsewhere nothing."""
    if view.joined:
        return ()
    if view.status not in ACTIVE:
        return (Step.NOTE,)
    taken = () if view.status is Status.IN_PROGRESS else (Step.TAKEN,)
    return (*taken, Step.DONE, Step.NOTE, Step.QUESTION, Step.CANNOT, Step.NOT_OURS, Step.HAND_OVER)


def other_departments(view: WorkView) -> list[str]:
    """To which it can be handed over."""
    return [name for name in city().departments if name != view.department]


def read_fields(fields: FormData, link: WorkLink, view: WorkView) -> WorkForm:
    """What was sent, but for new files, with the first thing that is wrong with it."""
    try:
        step = Step(_text(fields, "step"))
    except ValueError:
        step = None
    proofs = (proved_photo(link, proof) for proof in fields.getlist("kept") if isinstance(proof, str))
    seen = _text(fields, "seen")
    form = WorkForm(
        step,
        _text(fields, "words"),
        _text(fields, "whose")[:MOST_WHOSE],
        _text(fields, "department"),
        tuple(dict.fromkeys(one for one in proofs if one is not None))[:MOST_PHOTOS],
        int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 19 else 0,
    )
    return replace(form, problem=_problem(form, view))


def files_of(fields: FormData) -> list[UploadFile]:
    """The photos that came with it, from the camera and from the phone's album."""
    found = [*fields.getlist("camera"), *fields.getlist("photos")]
    return [one for one in found if isinstance(one, UploadFile) and one.filename]


def _problem(form: WorkForm, view: WorkView) -> Problem | None:
    if form.step is None:
        return Problem.CHOOSE
    if len(form.words) > MAX_PUBLIC_TEXT:
        return Problem.TOO_LONG
    if form.step is Step.HAND_OVER and form.department not in other_departments(view):
        return Problem.DEPARTMENT_NEEDED
    # That whose it is may be said in the words, too, is for staff who see the whole form.
    if form.step is Step.NOT_OURS and not form.whose:
        return Problem.WHOSE_NEEDED
    return None


def _text(fields: FormData, name: str) -> str:
    value = fields.get(name)
    # PostgreSQL keeps no NUL, and no keyboard has one.
    return value.replace("\r\n", "\n").replace("\x00", "").strip() if isinstance(value, str) else ""
