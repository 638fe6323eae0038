"""The shape of a call: what is left when paths, hosts and numbers are taken out; and the program that it starts with.

Both read the text plainly, without the shell's grammar: they are here to count and compare, not to judge.
"""

import json
import re

# What stands before the first command and is none itself.
_OPENERS = {"{", "(", "!", "time", "if", "while", "until", "do", "then", "else", ";", "&&", "\n"}
_HEADS = {"for": "do", "select": "do", "case": "in"}
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*(?:\[[^]]*\])?\+?=")
_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^\s'\"|;)>]+")
_HOST = re.compile(
    r"\b(?:localhost|(?:\d{1,3}\.){3}\d{1,3}|(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|example|local))(?::\d+)?\b"
)
_PATH = re.compile(
    r"(?:~|\.{1,2}|[\w.@+-]+)?(?:/[\w.@+*?-]+)+/?|\b[\w-]+\.(?:py|[jt]sx?|json|ya?ml|toml|md|txt|sh|csv|log)\b"
)
_NUMBER = re.compile(r"\d+(?:\.\d+)*")


def text(call):
    """Return what a line of the corpus asks for, as text: the command, or the tool and its input."""
    if "bash" in call:
        return call["bash"]
    payload = call["payload"]
    if payload.get("tool_name") in ("Bash", "Monitor"):
        return payload["tool_input"]["command"]
    return (
        payload.get("tool_name", payload["hook_event_name"])
        + " "
        + json.dumps(payload.get("tool_input", payload.get("prompt")))
    )


def _tool(payload):
    return payload.get("tool_name") or payload["hook_event_name"]


def shape(call_text):
    """Return the text with every address, path and number replaced by a mark, and white space evened out."""
    for pattern, mark in ((_URL, "URL"), (_HOST, "HOST"), (_PATH, "PATH"), (_NUMBER, "N")):
        call_text = pattern.sub(mark, call_text)
    return " ".join(call_text.split())


def program(call):
    """Return the name of the first command's program, or the name of the tool.

    Comments, leading assignments and the shell's own words are skipped: `for x in …; do cmd` is `cmd`.
    """
    if "payload" in call and call["payload"].get("tool_name") not in ("Bash", "Monitor"):
        return _tool(call["payload"])
    lines = [line for line in text(call).split("\n") if not line.lstrip().startswith("#")]
    words = _words("\n".join(lines))
    end = ""
    for word in words:
        if end:  # inside the head of a loop or of a case
            end = "" if word == end else end
        elif word in _HEADS:
            end = _HEADS[word]
        elif not _passed_over(word):
            return word.lstrip("(").rsplit("/", 1)[-1]
    return ""


def _passed_over(word):
    """Return whether a word stands before a command: an opening, a separator, an assignment, a function's or case's head."""
    head = word.endswith(")") and "(" not in word[:-2]
    return word in _OPENERS or head or not word.lstrip("(") or _ASSIGNMENT.match(word)


def _words(call_text):
    """Return words and the separators between commands; quoted text and `$(…)` stay inside their word."""
    words, word, depth, quote = [], "", 0, ""
    for char in call_text:
        if quote:
            quote = "" if char == quote else quote
            word += char
        elif char in "'\"" and not depth:
            quote, word = char, word + char
        elif depth or (char == "(" and word.endswith(("$", "=", "<"))):
            depth += {"(": 1, ")": -1}.get(char, 0)
            word += char
        elif char in " \t;\n&|":
            if word:
                words.append(word)
            word = ""
            if char in ";\n":
                words.append(char)
            if char == "&" and words and words[-1] != "&&":
                words.append("&&")
        else:
            word += char
    return [*words, word] if word else words
