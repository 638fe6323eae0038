"""Every counted limit of the access layer.

Work is bounded by counts and never by time, so a verdict cannot depend on how busy a machine is. Past a limit the
answer is "this cannot be known", never "there is nothing".
"""

from __future__ import annotations

# Paths.
MAX_PATH_BYTES = 4096  # PATH_MAX of Linux (limits.h); macOS has 1024, so nothing longer can be opened on either
MAX_LINK_HOPS = 40  # MAXSYMLINKS of Linux (path_resolution(7)); the kernel refuses more with ELOOP
MAX_PATH_STEPS = 4096  # components looked at to follow one path, those of link targets included

# Globs and trees.
MAX_GLOB_ENTRIES = 10_000  # folder entries looked at to expand one pattern
MAX_GLOB_MATCHES = 256  # paths that one pattern may expand to
MAX_GLOB_CHARS = 4096  # length of a glob
MAX_ALTERNATIVES = 64  # globs that the braces of one glob stand for
MAX_WALK_ENTRIES = 20_000  # folder entries looked at to search one tree
MAX_CALL_ENTRIES = 40_000  # folder entries looked at in one tool call to expand patterns; and again to search trees
MAX_WALK_FOUND = 16  # matches after which a search of a tree may stop

# Ignore files (.gitignore and its relatives).
MAX_IGNORE_BYTES = 128 * 1024  # of one file
MAX_IGNORE_RULES = 2048  # of one file

# Hosts and URLs.
MAX_URL_CHARS = 16 * 1024
MAX_HOST_CHARS = 253  # RFC 1035 section 2.3.4, as text without the last dot
MAX_LABEL_CHARS = 63

# Repositories.
MAX_PARENTS = 128  # folders looked at on the way up
MAX_GIT_FILE_BYTES = 8192  # .git as a file, HEAD, commondir, gitdir
MAX_GIT_CONFIG_BYTES = 256 * 1024
MAX_GIT_CONFIG_LINES = 8192
MAX_BRANCH_CHARS = 255

# Files that programs take their orders from: lists of addresses, configuration of curl and wget.
MAX_ORDERS_BYTES = 64 * 1024  # of one file
MAX_ADDRESSES = 256  # that one pattern of curl, or one such file, may stand for

# Tool calls and prompts.
MAX_INPUT_NODES = 20_000  # values looked at in the arguments of an MCP tool
MAX_INPUT_ROWS = 128  # rows that those may give
MAX_MENTIONS = 200  # of files in one prompt; the client itself reads at most 100
MAX_MENTION_SIGNS = 10_000  # "@" characters looked at in one prompt
MAX_NAME_CHARS = 256  # of a tool, server, skill or kind of subagent

# Files that are about to run. What lies past these is out of scope, and counted.
MAX_SCRIPTS = 24  # files read in one call
MAX_SCRIPT_BYTES = 64 * 1024  # of one file; a longer one is not read at all
MAX_SCRIPT_NESTING = 5  # files that run one another
