"""How a text is worded, whatever it is about: "how do i _ the _" asks, "can someone _ the _ at 0 and _" wants somebody to come.

Words that the examples use in all sorts of matters stay, every run of other words becomes one ``_``; counted are runs of up to
four such words, beginning and end of the text among them.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from bot.engine.nlu.ngrams import Floats, Integers, words

# A word that is said of so many matters says nothing about the matter.
COMMON_TO = 60
KEPT_SIGNS = frozenset("?!0")
LONGEST = 4
MINIMUM_EXAMPLES = 3
_BEGIN, _END, _GAP = "^", "$", "_"
_LETTERS = re.compile(r"[a-z']+")


class Forms:
    """Which runs of common words a text has, as a unit vector."""

    def __init__(self, common: frozenset[str], runs: list[str]) -> None:
        self._common = common
        self._columns = {run: column for column, run in enumerate(runs)}

    @classmethod
    def fit(cls, texts: list[str], matters: list[str]) -> "Forms":
        """Learn the common words and their runs from texts and what each is about."""
        said_of: defaultdict[str, set[str]] = defaultdict(set)
        for text, matter in zip(texts, matters, strict=True):
            for word in words(text):
                said_of[word].add(matter)
        common = frozenset(
            word for word, said in said_of.items() if len(said) >= COMMON_TO and _LETTERS.fullmatch(word)
        )
        forms = cls(common, [])
        counts = Counter(run for text in texts for run in set(forms.runs(text)))
        return cls(common, sorted(run for run, count in counts.items() if count >= MINIMUM_EXAMPLES))

    def runs(self, text: str) -> Iterator[str]:
        """Every run of a text."""
        worded = [_BEGIN]
        for word in words(text):
            if word in self._common or word in KEPT_SIGNS:
                worded.append(word)
            elif _LETTERS.fullmatch(word) and worded[-1] != _GAP:
                worded.append(_GAP)
        worded.append(_END)
        for length in range(1, LONGEST + 1):
            for start in range(len(worded) - length + 1):
                yield " ".join(worded[start : start + length])

    def weigh(self, text: str) -> tuple[Integers, Floats]:
        """The known runs of a text: their columns and weights."""
        known = sorted({self._columns[run] for run in self.runs(text) if run in self._columns})
        weight = 1 / np.sqrt(max(1, len(known)))
        return np.array(known, dtype=np.int32), np.full(len(known), weight, dtype=np.float32)

    def matrix(self, texts: list[str]) -> csr_matrix:
        """The texts as rows of a sparse matrix with one column per run."""
        rows = [self.weigh(text) for text in texts]
        starts = np.cumsum([0] + [len(columns) for columns, _ in rows])
        columns = np.concatenate([columns for columns, _ in rows])
        weights = np.concatenate([weights for _, weights in rows])
        return csr_matrix((weights, columns, starts), shape=(len(texts), len(self._columns)))

    def save(self, file: Path) -> None:
        """Write words and runs as JSON."""
        stored = {"common": sorted(self._common), "runs": list(self._columns)}
        file.write_text(json.dumps(stored), encoding="utf-8")

    @classmethod
    def load(cls, file: Path) -> "Forms":
        """Read what ``save`` wrote."""
        stored = json.loads(file.read_text(encoding="utf-8"))
        return cls(frozenset(stored["common"]), stored["runs"])
