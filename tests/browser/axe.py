"""What axe-core finds on a page: where it keeps somebody out who hears it, uses keys, or sees little.

axe is for the tests alone (`vendor/`); the product never serves it.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from playwright.async_api import Page

AXE = Path(__file__).with_name("vendor") / "axe.min.js"
# WCAG 2.1 A and AA, the size of targets of 2.2, and what axe calls good practice: one h1, names of regions told apart.
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

_RUN = """(only) => axe.run(document, {runOnly: only, resultTypes: ["violations"]}).then(
  (result) => result.violations.map((found) => ({
    rule: found.id, help: found.help, impact: found.impact,
    where: found.nodes.map((node) => node.target.join(" ") + " | " + node.html.slice(0, 120)
      + (node.any[0] ? " | " + node.any[0].message.slice(0, 160) : "")),
  })))"""

# What slides or fades in is half seen through on its way, and its colors are those of no state of the page.
_AT_REST = """() => Promise.all(document.getAnimations()
  .filter((one) => one.effect?.getComputedTiming().endTime !== Infinity)
  .map((one) => one.finished.catch(() => null))).then(() => null)"""


# What is half under the bar that stays in sight is so for as long as nobody scrolls: its size is that of the whole.
_AT_THE_TOP = "() => window.scrollTo({top: 0, behavior: 'instant'})"


@lru_cache(maxsize=1)
def _source() -> str:
    return AXE.read_text(encoding="utf-8")


async def violations(page: Page, *, colors_only: bool = False) -> list[str]:
    """Each rule that the page breaks once nothing moves any more, with every place; [] for a page open to all.

    With `colors_only` the contrast alone, which is all that changes from light to dark.
    """
    await page.evaluate(_AT_THE_TOP)
    await page.evaluate(_AT_REST)
    await page.evaluate(_source())  # by the debugger: our own policy lets no page run foreign scripts
    only = {"type": "rule", "values": ["color-contrast"]} if colors_only else {"type": "tag", "values": TAGS}
    found: list[dict[str, Any]] = await page.evaluate(_RUN, only)
    return [f"{one['rule']}: {one['help']}\n  " + "\n  ".join(one["where"]) for one in found]
