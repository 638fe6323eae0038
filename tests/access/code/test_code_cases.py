r"""Code and its findings: for each language one file of cases.

A line is `CODE => FINDINGS`, the findings as the fixture `found` writes them, in any order; `\n` is the end of a line.
"""

from pathlib import Path

import pytest

HERE = Path(__file__).parent / "cases"
CASES = [
    (path.stem, *line.rsplit(" =>", 1)) for path in sorted(HERE.glob("*.txt")) for line in path.read_text().splitlines()
]
LANGUAGES = sorted({language for language, _, _ in CASES})


@pytest.mark.parametrize("language", LANGUAGES)
def test_code_gives_its_findings(found, language):
    """Files, processes, connections and the environment; text that is only text gives nothing."""
    wrong = []
    for of, code, expected in CASES:
        if of == language:
            wanted = sorted(text for text in expected.strip().split(" | ") if text)
            got = sorted(found(language, code.replace("\\n", "\n")))
            wrong += [f"{code} => {' | '.join(got)}, not {' | '.join(wanted)}"] if wanted != got else []
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_cases_and_near_misses(language):
    """A language is known by what it does and by what it does not do."""
    mine = [expected for name, _, expected in CASES if name == language]
    assert len(mine) >= 25
    assert sum(not expected.strip() for expected in mine) >= 5
