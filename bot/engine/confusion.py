"""The confusion of a measurement as one HTML page without scripts: labelled downwards, answered across."""

from html import escape

from bot.engine.scores import Scores

_STYLE = """
body{font:14px system-ui,sans-serif;margin:2rem;color:#1d2733}
table{border-collapse:collapse}
th{font-weight:500;text-align:right;padding:2px 6px;white-space:nowrap}
thead th{height:9rem;vertical-align:bottom}
thead th span{writing-mode:vertical-rl;transform:rotate(180deg);text-align:left}
td{width:1.6rem;height:1.6rem;text-align:center;border:1px solid #e6eaee}
"""
_RIGHT, _WRONG = "34,139,84", "200,60,40"


def confusion_page(scores: Scores, title: str) -> str:
    """A complete HTML document; the darker a cell, the larger its share of the row."""
    counts = {(labelled, answered): count for labelled, answered, count in scores.confusion}
    codes = sorted({code for pair in counts for code in pair})
    head = "".join(f"<th><span>{escape(code)}</span></th>" for code in codes)
    rows = "".join(_row(code, codes, counts) for code in codes)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
        f"<h1>{escape(title)}</h1><p>{scores.texts} texts. Rows: what a person said. Columns: what the bot said."
        f" Answers that a reasonable person could have given count as right.</p>"
        f"<table><thead><tr><th></th>{head}</tr></thead><tbody>{rows}</tbody></table></html>\n"
    )


def _row(labelled: str, codes: list[str], counts: dict[tuple[str, str], int]) -> str:
    total = sum(counts.get((labelled, code), 0) for code in codes) or 1
    cells = "".join(_cell(labelled, code, counts.get((labelled, code), 0), total) for code in codes)
    return f"<tr><th>{escape(labelled)}</th>{cells}</tr>"


def _cell(labelled: str, answered: str, count: int, total: int) -> str:
    if not count:
        return "<td></td>"
    colour = _RIGHT if labelled == answered else _WRONG
    return (
        f'<td style="background:rgba({colour},{0.15 + 0.7 * count / total:.2f})"'
        f' title="{escape(labelled)} answered as {escape(answered)}: {count} of {total}">{count}</td>'
    )
