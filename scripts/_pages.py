"""The pages of the bundles that ship, in docs/bundles: what a person wrote, and behind a mark what the bundle itself says.

The rules come from `rules/*.toml`, the examples from the bundle's own tests, which are run; so no page says what is not so.
"""

import os
import tomllib

MARK = "<!-- What follows is written by scripts/generate-packs from bundles/{name}; do not edit it. -->"
VERBS = {"deny": "Denied", "ask": "Asked about", "allow": "Let through", "stop": "Stopped"}
SHOWN = 8  # calls of one rule


def page(root, name):
    """Return the whole page of a bundle: the text before the mark as it stands, then what is generated."""
    mark = MARK.format(name=name)
    with open(os.path.join(root, "docs", "bundles", f"{name}.md"), encoding="utf-8") as file:
        head = file.read().partition(mark)[0].rstrip("\n")
    folder = os.path.join(root, "bundles", name)
    bundle = _toml(os.path.join(folder, "bundle.toml"))
    tests = {file: _toml(os.path.join(folder, "tests", file)) for file in _files(folder, "tests")}
    cases = [case for test in tests.values() for case in test.get("case", [])]
    parts = [head, mark, *_adjusted(bundle)]
    told = set()
    for file in _files(folder, "rules"):
        rules = _toml(os.path.join(folder, "rules", file)).get("rule", [])
        parts.append(f"## {_title(os.path.join(folder, 'rules', file))}")
        parts += [_rule(rule, cases) for rule in rules]
        parts += _through(tests.get(file, {}))
        told.add(file)
    for file, test in tests.items():
        if file not in told:
            parts += [
                f"## {_title(os.path.join(folder, 'tests', file))}",
                *_cases(test),
                *_matrices(test),
            ]
    return "\n\n".join(parts) + "\n"


def pin(root, name, digest_of):
    """Return the bundle.toml of a bundle with the digests of the shipped packs that it includes as they are now."""
    path = os.path.join(root, "bundles", name, "bundle.toml")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for include in tomllib.loads(text).get("include", []):
        text = text.replace(include["digest"], digest_of(os.path.join(root, "bundles", include["pack"])))
    return path, text.encode()


def _toml(path):
    with open(path, "rb") as file:
        return tomllib.load(file)


def _files(folder, part):
    place = os.path.join(folder, part)
    return sorted(name for name in os.listdir(place) if name.endswith(".toml")) if os.path.isdir(place) else []


def _title(path):
    """Return the first line of a file, which says in a comment what it is about."""
    with open(path, encoding="utf-8") as file:
        return file.readline().removeprefix("#").strip().partition(". ")[0].rstrip(".")


def _calls(case):
    """Return the calls of a case, as one would type them."""
    if "bash" in case:
        return [case["bash"], *case.get("also", [])]
    first = case.get("prompt") or " ".join([case["tool"], *map(str, case.get("input", {}).values())])
    return [first, *case.get("also", [])]


def _code(text):
    line = " ⏎ ".join(part.strip() for part in text.strip().splitlines())
    line = "".join(char if char.isprintable() else "�" for char in line)
    fence = "``" if "`" in line else "`"
    return f"{fence}{line}{fence}" if fence == "`" else f"{fence} {line} {fence}"


def _rule(rule, cases):
    """Return the section of one rule."""
    calls = [call for case in cases if case.get("rule") == rule["id"] for call in _calls(case)]
    severity = f", severity {rule['severity']}" if "severity" in rule else ""
    lines = [f"### {rule['id']}", "", f"{VERBS[rule['effect']]}{severity}. {rule.get('reason', '')}"]
    if rule.get("possible") == rule["effect"]:
        lines[-1] += f" Where it only may be so, it is {VERBS[rule['effect']].lower()} too."
    if "remedy" in rule:
        lines.append(f"Instead: {rule['remedy']}")
    if calls:
        lines += ["", *(f"- {_code(call)}" for call in calls[:SHOWN])]
        if len(calls) > SHOWN:
            lines.append(f"- and {len(calls) - SHOWN} more in the bundle's tests")
    return "\n".join(lines)


def _through(test):
    cases = [case for case in test.get("case", []) if case["expect"] == "allow"]
    return ["### Let through", *_cases({"case": cases})] if cases else []


def _cases(test):
    for case in test.get("case", []):
        end = "" if case["expect"] == "allow" else f" ({VERBS[case['expect']].lower()})"
        yield "\n".join([f"{case['name'].capitalize()}{end}:", "", *(f"- {_code(call)}" for call in _calls(case))])


def _matrices(test):
    for matrix in test.get("matrix", []):
        head = ["call", *matrix["roles"]]
        rows = [[_code(row[0]).replace("|", "\\|"), *row[1:]] for row in matrix["rows"]]
        lines = [head, ["---"] * len(head), *rows]
        name = matrix.get("name", "")
        yield "\n".join(
            [*([f"{name.capitalize()}:", ""] if name else []), *(f"| {' | '.join(line)} |" for line in lines)]
        )


def _adjusted(bundle):
    """Return what a bundle changes about the rules of others."""
    found = bundle.get("adjust", [])
    if not found:
        return []
    lines = [
        "## What it changes about the rules that it includes",
        "",
        "| rule | now | because |",
        "| --- | --- | --- |",
    ]
    for adjust in found:
        now = VERBS.get(adjust.get("effect", ""), "changed").lower()
        lines.append(f"| `{adjust['rule']}` | {now} | {adjust['because']} |")
    return ["\n".join(lines)]
