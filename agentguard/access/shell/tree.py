"""From a scanned text to its commands as a small tree of plain values.

A text without compound commands is only commands and operators in a row and needs no parser, which costs as much as
starting the interpreter. Everything else goes through tree-sitter, and each node type that it may give is handled here
by name. Whatever is not, and every error, raises `Unreadable`.

Nodes, all of them tuples that start with their kind:

    (SIMPLE, Simple)
    (CHAIN, [(operator, node), …])             `&&` and `||`; the first operator is ""
    (PIPE, [node, …])
    (SEQUENCE, [(node, in_background), …])
    (SUBSHELL | GROUP, sequence)
    (IF, [(condition, body), …], otherwise)    sequences; `otherwise` may be empty
    (WHILE, condition, body, until)
    (FOR, variable, [word, …] | None, body)    words as (start, end); None stands for "$@"
    (COUNT, (start, end), body)                `for ((…))`
    (CASE, word, [(patterns, body, falls_through), …])
    (FUNCTION, word, body)
    (REDIRECTED, node, [Redirection, …])
"""

from __future__ import annotations

from agentguard.access.shell.limits import MAX_DEPTH
from agentguard.access.shell.pieces import Simple, TooMuch, Unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    from agentguard.access.shell.pieces import Scan

    Node: TypeAlias = tuple[Any, ...]

SIMPLE, CHAIN, PIPE, SEQUENCE, SUBSHELL, GROUP = "simple", "chain", "pipe", "sequence", "subshell", "group"
IF, WHILE, FOR, COUNT, CASE, FUNCTION, REDIRECTED = "if", "while", "for", "count", "case", "function", "redirected"


def build(scanned: Scan) -> Node:
    """Return the sequence of commands of a text. Raises `Unreadable`."""
    if not scanned.compound:
        return _flat(scanned.flat)
    from agentguard.access.shell.loader import parse  # noqa: PLC0415 - see above

    root = parse(bytes(scanned.skeleton))
    if root.has_error:
        raise Unreadable("its syntax is not understood")
    return _sequence(root.children, scanned, 0)


def _flat(tokens: list[Simple | str]) -> Node:
    """Return the sequence of simple commands and operators in a row."""
    sequence: list[tuple[Node, bool]] = []
    chain: list[tuple[str, Node]] = []
    pipe: list[Node] = []
    link = before = ""  # the operator before this pipeline; the last token if it was an operator
    for token in [*tokens, "\n"]:
        if isinstance(token, Simple):
            pipe.append((SIMPLE, token))
            before = ""
        elif token == "\n" and before:
            pass  # a line may end behind any operator
        elif before or not pipe:
            if token != "\n" or pipe:
                raise Unreadable("its syntax is not understood")
        elif token in ("|", "|&"):
            before = token
        else:
            chain.append((link, _pipe(pipe)))
            pipe = []
            if token in ("&&", "||"):
                link = before = token
            else:
                sequence.append((_chain(chain), token == "&"))
                chain = []
                link = before = ""
    if before or chain:
        raise Unreadable("its syntax is not understood")
    return SEQUENCE, sequence


def _pipe(nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else (PIPE, nodes)


def _chain(links: list[tuple[str, Node]]) -> Node:
    return links[0][1] if len(links) == 1 else (CHAIN, links)


# -- from the parser's nodes


def _sequence(nodes: list[Any], scanned: Scan, depth: int) -> Node:
    """Return the statements among `nodes`, which come with their separators."""
    if depth > MAX_DEPTH:
        raise TooMuch("it is nested too deeply")
    sequence: list[tuple[Node, bool]] = []
    for node in nodes:
        if node.is_named:
            sequence.append((_node(node, scanned, depth + 1), False))
        elif node.type == "&" and sequence:
            sequence[-1] = (sequence[-1][0], True)
        elif node.type not in (";", "\n"):
            raise Unreadable(f"a {node.type} stands where none may")
    return SEQUENCE, sequence


def _node(node: Any, scanned: Scan, depth: int) -> Node:
    handler = _HANDLERS.get(node.type)
    if handler is None:
        raise Unreadable(f"a {node.type} is not understood")
    built = handler(node, scanned, depth)
    redirections = scanned.redirections.get(node.end_byte) if node.type in _COMPOUND else None
    return built if redirections is None else (REDIRECTED, built, redirections)


def _command(node: Any, scanned: Scan, _depth: int) -> Node:
    simple = scanned.commands.get(node.start_byte)
    if simple is None or simple.end != node.end_byte or node.child_count != 1:
        raise Unreadable("the parser finds its commands elsewhere")
    return SIMPLE, simple


def _word(node: Any, scanned: Scan) -> tuple[int, int]:
    if scanned.words.get(node.start_byte) != node.end_byte:
        raise Unreadable("the parser finds its words elsewhere")
    return node.start_byte, node.end_byte


def _list(node: Any, scanned: Scan, depth: int) -> Node:
    """Return a chain; the parser nests it to the left."""
    links: list[tuple[str, Node]] = []
    while node.type == "list":
        left, operator, right = node.children
        links.append((operator.type, _node(right, scanned, depth)))
        node = left
    links.append(("", _node(node, scanned, depth)))
    return CHAIN, links[::-1]


def _pipeline(node: Any, scanned: Scan, depth: int) -> Node:
    return PIPE, [_node(child, scanned, depth) for child in node.children if child.is_named]


def _inside(kind: str) -> Callable[[Any, Scan, int], Node]:
    """Return the handler of a pair of brackets around statements."""
    return lambda node, scanned, depth: (kind, _sequence(node.children[1:-1], scanned, depth))


def _parts(node: Any, keywords: tuple[str, ...]) -> dict[str, list[Any]]:
    """Return the children of a node behind each of its keywords; clauses of their own stand under their type."""
    parts: dict[str, list[Any]] = {}
    current = ""
    for child in node.children:
        if not child.is_named and child.type in keywords:
            current = child.type
            parts[current] = []
        elif child.type in ("elif_clause", "else_clause", "do_group", "case_item"):
            parts.setdefault(child.type, []).append(child)
        else:
            parts.setdefault(current, []).append(child)
    return parts


def _if(node: Any, scanned: Scan, depth: int) -> Node:
    parts = _parts(node, ("if", "then", "fi"))
    branches = [(_sequence(parts["if"], scanned, depth), _sequence(parts["then"], scanned, depth))]
    for clause in parts.get("elif_clause", ()):
        inner = _parts(clause, ("elif", "then"))
        branches.append((_sequence(inner["elif"], scanned, depth), _sequence(inner["then"], scanned, depth)))
    otherwise: list[Any] = []
    for clause in parts.get("else_clause", ()):
        otherwise = clause.children[1:]
    return IF, branches, _sequence(otherwise, scanned, depth)


def _while(node: Any, scanned: Scan, depth: int) -> Node:
    parts = _parts(node, ("while", "until"))
    until = "until" in parts
    condition = _sequence(parts["until" if until else "while"], scanned, depth)
    return WHILE, condition, _do(parts["do_group"][0], scanned, depth), until


def _do(node: Any, scanned: Scan, depth: int) -> Node:
    return _sequence(node.children[1:-1], scanned, depth)


def _for(node: Any, scanned: Scan, depth: int) -> Node:
    parts = _parts(node, ("for", "select", "in"))
    body = parts["do_group"][0] if "do_group" in parts else node.child_by_field_name("body")
    name = (parts.get("for") or parts["select"])[0]
    start, end = _word(name, scanned)
    if start in scanned.loops:
        return COUNT, (start, scanned.loops[start]), _do(body, scanned, depth)
    words = [_word(child, scanned) for child in parts["in"] if child.is_named] if "in" in parts else None
    return FOR, scanned.text[start:end], words, _do(body, scanned, depth)


def _case(node: Any, scanned: Scan, depth: int) -> Node:
    items = []
    for item in node.children_by_field_name("value")[:1]:
        subject = _word(item, scanned)
    for item in node.children:
        if item.type == "case_item":
            close = next(number for number, child in enumerate(item.children) if child.type == ")")
            patterns = [_word(child, scanned) for child in item.children[:close] if child.is_named]
            body = item.children[close + 1 :]
            ending = body[-1].type if body and not body[-1].is_named else ""
            if ending in (";;", ";&", ";;&"):
                body = body[:-1]
            items.append((patterns, _sequence(body, scanned, depth), ending in (";&", ";;&")))
    return CASE, subject, items


def _function(node: Any, scanned: Scan, depth: int) -> Node:
    body = node.child_by_field_name("body")
    return FUNCTION, _word(node.child_by_field_name("name"), scanned), _node(body, scanned, depth)


_HANDLERS: dict[str, Callable[[Any, Scan, int], Node]] = {
    "command": _command,
    "list": _list,
    "pipeline": _pipeline,
    "subshell": _inside(SUBSHELL),
    "compound_statement": _inside(GROUP),
    "if_statement": _if,
    "while_statement": _while,
    "for_statement": _for,
    "case_statement": _case,
    "function_definition": _function,
}
_COMPOUND = frozenset(_HANDLERS) - {"command", "list", "pipeline", "function_definition"}
