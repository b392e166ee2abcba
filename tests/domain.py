"""The texts of `domain.yml`, read once for all tests that look at them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import yaml

from bot.settings import ROOT

# A fifteenth of the time; some builds of PyYAML lack it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@lru_cache(maxsize=1)
def responses() -> dict[str, list[dict[str, Any]]]:
    """The variants of every response, by its name."""
    read = yaml.load((ROOT / "domain.yml").read_text("utf-8"), Loader=_LOADER)  # noqa: S506 - a safe loader
    found: dict[str, list[dict[str, Any]]] = read["responses"]
    return found
