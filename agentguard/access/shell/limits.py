"""Every counted limit of the shell interpreter.

Work is bounded by counts, never by time. Past a limit one opaque row stands for what was not looked at, and the access
is not complete.
"""

from __future__ import annotations

MAX_TEXT = 256 * 1024  # characters of one piece of shell text; Linux takes 128 KiB as one argument (MAX_ARG_STRLEN)
MAX_OPERATORS = 4_000  # commands, operators and line ends in one text: the parser is quadratic in them after an error
MAX_NESTING = 32  # substitutions, subshells, `sh -c`, functions and carriers inside one another
MAX_DEPTH = 60  # compound commands inside one another
MAX_WORDS = 50_000  # words looked at in one tool call
MAX_COMMANDS = 4_000  # simple commands run in one tool call, each turn of a loop counted
MAX_ROWS = 4_000  # different rows of one tool call
MAX_FIELDS = 2_000  # words that one word may expand to
MAX_VALUE = 64 * 1024  # characters of one computed value; longer ones are unknown
MAX_ALTERNATIVES = 16  # values that one variable may have where branches meet
MAX_COMBINATIONS = 64  # of the values of several variables, for which one command is run
MAX_PATTERN_WORK = 100_000  # characters compared to take a pattern off a value
MAX_PROCESSED = (
    4_000_000  # characters gone through in one tool call: texts that run, expansions, what filters read and write
)
MAX_OPERANDS = 3_000  # operands of one command that are looked at one by one
MAX_MADE = 2_000  # places of the file system that one tool call changes and that are remembered
MAX_READ_COMMANDS = 1_000  # simple commands looked at in files that are about to run, in one tool call
MAX_READ_WORDS = 10_000  # and their words
