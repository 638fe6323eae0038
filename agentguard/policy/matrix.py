"""The matrices of a policy's tests as tables: who may do what, as expected and as it came out; for a review.

The page needs nothing beside itself: no script, no font, nothing from the network. It follows the reader's light or dark
setting. Every text of the policy is escaped.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from agentguard.policy.explain import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from agentguard.policy.suite import Result


class Cell(NamedTuple):
    """What happens to one call by one person. `rule` is "" where a default decides."""

    role: str
    expected: str
    got: str
    rule: str
    passed: bool

    @property
    def text(self) -> str:
        """The cell in a few words: `deny`, or `deny, not allow`."""
        return self.got if self.passed else f"{self.got}, not {self.expected}"


class Row(NamedTuple):
    """One call, and what happens to it for each role."""

    call: str
    cells: tuple[Cell, ...]


class Matrix(NamedTuple):
    """One matrix as it came out. `line` counts from 1."""

    name: str
    file: str
    line: int
    roles: tuple[str, ...]
    rows: tuple[Row, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the matrix as plain values."""
        rows = [{"call": row.call, "cells": [cell._asdict() for cell in row.cells]} for row in self.rows]
        return {"name": self.name, "file": self.file, "line": self.line, "roles": list(self.roles), "rows": rows}


def of_results(results: Iterable[Result]) -> list[Matrix]:
    """Return the matrices among the results of a policy's tests, in the order of the files."""
    found: dict[tuple[str, int], dict[int, list[Result]]] = {}
    for result in results:
        steps = result.trial.steps
        if steps[0] == "matrix":
            rows = found.setdefault((result.trial.document.file, int(steps[1])), {})
            rows.setdefault(int(steps[3]), []).append(result)
    return [_matrix(number, rows) for (_file, number), rows in found.items()]


def _matrix(number: int, rows: dict[int, list[Result]]) -> Matrix:
    trial = next(iter(rows.values()))[0].trial
    table = trial.document.values["matrix"][number]
    listed = table["roles"]
    roles = tuple([listed] if isinstance(listed, str) else listed)
    made = [
        Row(
            results[0].trial.shown,
            tuple(
                Cell(role, result.trial.expected, result.got, result.rule, result.passed)
                for role, result in zip(roles, results, strict=True)
            ),
        )
        for results in rows.values()
    ]
    line = trial.document.place(("matrix", number), key=True)[0]
    return Matrix(table.get("name", f"matrix {number + 1}"), trial.document.file, line, roles, tuple(made))


def as_text(matrices: Iterable[Matrix], table: Callable[..., str]) -> str:
    """Return the matrices for a terminal. `table(headings, rows)` aligns columns."""
    parts = []
    for matrix in matrices:
        head = f"{printable(matrix.name)}  ({matrix.file}:{matrix.line})"
        rows = [[_one_line(row.call), *(cell.text for cell in row.cells)] for row in matrix.rows]
        parts.append(f"{head}\n{table(['', *map(printable, matrix.roles)], rows)}")
    return "\n\n".join(parts)


def _one_line(call: str) -> str:
    return printable(call).replace("\n", "\\n")


_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --text: #1b1f24; --back: #fff; --faint: #59636e; --line: #d1d9e0;
  --allow: #116329; --ask: #7d4e00; --deny: #a40e26; --allow-back: #dafbe1; --ask-back: #fff3c4; --deny-back: #ffe3e3 }}
@media (prefers-color-scheme: dark) {{ :root {{ --text: #e6edf3; --back: #0d1117; --faint: #9198a1; --line: #3d444d;
  --allow: #6fdd8b; --ask: #f0c45c; --deny: #ff9492; --allow-back: #12261e; --ask-back: #2e2511; --deny-back: #301b1e }} }}
body {{ font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); max-width: 72rem;
  margin: 2rem auto; padding: 0 1rem }}
.wide {{ overflow-x: auto }}
table {{ border-collapse: collapse; margin: .5rem 0 2.5rem }}
caption {{ text-align: left; font-weight: 600; font-size: 1.1rem; padding-bottom: .5rem }}
caption small, .rule {{ color: var(--faint); font-weight: 400; font-size: .8rem }}
th, td {{ border: 1px solid var(--line); padding: .35rem .7rem; text-align: left; vertical-align: top }}
th code {{ font: .9rem/1.4 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; font-weight: 400 }}
.rule {{ display: block }}
.allow {{ color: var(--allow); background: var(--allow-back) }}
.ask {{ color: var(--ask); background: var(--ask-back) }}
.deny {{ color: var(--deny); background: var(--deny-back) }}
.wrong {{ outline: 3px solid var(--deny); outline-offset: -3px; font-weight: 600 }}
</style>
<h1>{title}</h1>
<p>{summary}</p>
{tables}
</html>
"""


def as_html(matrices: Sequence[Matrix], name: str) -> str:
    """Return the matrices of the policy `name` as one page."""
    cells = [cell for matrix in matrices for row in matrix.rows for cell in row.cells]
    wrong = sum(not cell.passed for cell in cells)
    summary = f"{len(cells)} cells, " + (f"{wrong} not as expected (marked)." if wrong else "all as expected.")
    title = escape(f"Who may do what: {name}")
    return _PAGE.format(title=title, summary=summary, tables="\n".join(map(_html_table, matrices)))


def _html_table(matrix: Matrix) -> str:
    head = "".join(f'<th scope="col">{escape(printable(role))}</th>' for role in matrix.roles)
    body = "\n".join(
        f'<tr><th scope="row"><code>{escape(printable(row.call))}</code></th>{"".join(map(_html_cell, row.cells))}</tr>'
        for row in matrix.rows
    )
    where = escape(f"{matrix.file}:{matrix.line}")
    return (
        f'<div class="wide"><table>\n<caption>{escape(printable(matrix.name))} <small>{where}</small></caption>\n'
        f"<thead><tr><td></td>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table></div>"
    )


def _html_cell(cell: Cell) -> str:
    wrong = "" if cell.passed else " wrong"
    rule = f'<span class="rule">{escape(cell.rule)}</span>' if cell.rule else ""
    return f'<td class="{cell.got}{wrong}">{escape(cell.text)}{rule}</td>'
