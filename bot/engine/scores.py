"""How well texts were understood: the figures of `cityline nlu eval`, computed from labels and answers alone.

A label file has one JSON object a line: ``text``, ``best`` (a service code or "none"), ``also`` (other codes a reasonable
operator could have chosen; they count as right), ``vague`` (even a person would have to ask) and ``emergency``. Each line holds one problem. A line whose
``intent`` is given and is not "report" is chatter: right is not to take it for a report.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.engine.classify import Understood

REPORT = "report"
NO_SERVICE = "none"
BINS = 10


@dataclass(frozen=True)
class Labelled:
    """A text and what a careful person says it is about."""

    text: str
    best: str
    also: frozenset[str]
    vague: bool
    emergency: bool
    intent: str = REPORT

    def accepts(self, code: str) -> bool:
        """Whether the code counts as right."""
        return code == self.best or code in self.also


@dataclass(frozen=True)
class CodeScore:
    """Precision and recall of one service code; ``asked`` is how often it was the best label."""

    code: str
    precision: float
    recall: float
    asked: int


@dataclass(frozen=True)
class CalibrationBin:
    """Of the answers with about this confidence, how many were right."""

    lowest: float
    answers: int
    confidence: float
    right: float


@dataclass(frozen=True)
class Scores:
    """Everything measured on one file; shares are 0 to 1, and None where there was nothing to measure."""

    texts: int
    top1: float | None
    top3: float | None
    asks_vague: float | None  # of the reports that are vague or that no service is meant for
    asks_nothing: float | None  # of those and of chatter
    asks_clear: float | None
    chatter_as_report: float | None
    split: float | None  # taken for two problems or more, though each text holds one
    emergencies_found: float | None
    false_alarms: float | None
    calibration_error: float | None
    calibration: tuple[CalibrationBin, ...]
    codes: tuple[CodeScore, ...]
    confusion: tuple[tuple[str, str, int], ...]
    milliseconds_median: float
    milliseconds_p95: float


def score(labels: Sequence[Labelled], answers: Sequence[Understood]) -> Scores:
    """Compare answers with labels, in the same order."""
    pairs = list(zip(labels, answers, strict=True))
    clear = [(label, answer) for label, answer in pairs if label.intent == REPORT and not label.vague]
    doubtful = [
        answer
        for label, answer in pairs
        if label.intent == REPORT and (label.vague or label.best == NO_SERVICE)
    ]
    plain = [answer for label, answer in clear if label.best != NO_SERVICE]
    chatter = [answer for label, answer in pairs if label.intent != REPORT]
    bins = _calibration(clear)
    times = sorted(answer.milliseconds for answer in answers)
    return Scores(
        texts=len(pairs),
        top1=_share([label.accepts(_first(answer)) for label, answer in clear]),
        top3=_share([any(label.accepts(code) for code, _ in answer.services[:3]) for label, answer in clear]),
        asks_vague=_share([_asks(answer) for answer in doubtful]),
        asks_nothing=_share([_asks(answer) for answer in doubtful + chatter]),
        asks_clear=_share([_asks(answer) for answer in plain]),
        split=_share([bool(answer.parts) for _, answer in pairs]),
        chatter_as_report=_share([answer.intent == REPORT for answer in chatter]),
        emergencies_found=_share([answer.emergency for label, answer in pairs if label.emergency]),
        false_alarms=_share([answer.emergency for label, answer in pairs if not label.emergency]),
        calibration_error=sum(abs(each.confidence - each.right) * each.answers for each in bins) / len(clear)
        if clear
        else None,
        calibration=bins,
        codes=_codes(clear),
        confusion=_confusion(clear),
        milliseconds_median=times[len(times) // 2] if times else 0.0,
        milliseconds_p95=times[int(len(times) * 0.95)] if times else 0.0,
    )


def _asks(answer: Understood) -> bool:
    """Whether the bot asks instead of guessing: it is unsure, or sees no report."""
    return answer.vague or answer.intent != REPORT


def _first(answer: Understood) -> str:
    return answer.services[0][0] if answer.services else NO_SERVICE


def _share(results: list[bool]) -> float | None:
    return sum(results) / len(results) if results else None


def _calibration(clear: list[tuple[Labelled, Understood]]) -> tuple[CalibrationBin, ...]:
    answers = [
        (answer.services[0][1], label.accepts(answer.services[0][0]))
        for label, answer in clear
        if answer.services
    ]
    bins = []
    for number in range(BINS):
        inside = [(share, right) for share, right in answers if min(int(share * BINS), BINS - 1) == number]
        if inside:
            mean = sum(share for share, _ in inside) / len(inside)
            right = sum(right for _, right in inside) / len(inside)
            bins.append(CalibrationBin(number / BINS, len(inside), mean, right))
    return tuple(bins)


def _codes(clear: list[tuple[Labelled, Understood]]) -> tuple[CodeScore, ...]:
    given: Counter[str] = Counter()
    given_right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for label, answer in clear:
        code = _first(answer)
        given[code] += 1
        asked[label.best] += 1
        given_right[code] += label.accepts(code)
        found[label.best] += label.accepts(code)
    codes = sorted((given | asked).keys() - {NO_SERVICE})
    return tuple(
        CodeScore(code, given_right[code] / (given[code] or 1), found[code] / (asked[code] or 1), asked[code])
        for code in codes
    )


def _confusion(clear: list[tuple[Labelled, Understood]]) -> tuple[tuple[str, str, int], ...]:
    """(labelled, answered, how often), the right ones on the diagonal of the labelled code, most frequent first."""
    counts = Counter(
        (label.best, label.best if label.accepts(_first(answer)) else _first(answer))
        for label, answer in clear
    )
    return tuple((labelled, answered, count) for (labelled, answered), count in counts.most_common())
