"""Programs that read, search, compare and change text. Manual pages of section 1; rg(1), ag(1), jq(1)."""

from __future__ import annotations

from agentguard.access.model import READ, TREE
from agentguard.access.programs import walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

_READS: dict[str, Any] = {"operands": "read*", "traits": "read-only"}
_SUMS: dict[str, Any] = {"options": "-c,--check -a,--algorithm=text -b,--binary -t,--text --tag --status", **_READS}
_GREP = (
    "-e,--regexp=text -f,--file=read -E,--extended-regexp -F,--fixed-strings -G,--basic-regexp -P,--perl-regexp "
    "-i,--ignore-case -v,--invert-match -w,--word-regexp -x,--line-regexp -c,--count -l,--files-with-matches "
    "-L,--files-without-match -m,--max-count=text -o,--only-matching -q,--quiet -s,--no-messages -b -H,--with-filename "
    "-h,--no-filename -n,--line-number -A,--after-context=text -B,--before-context=text -C,--context=text "
    "--color=text? --colour=text? -a,--text --binary-files=text -d,--directories=text --exclude=text "
    "--exclude-from=read --exclude-dir=text --include=text --label=text -r,--recursive -R,--dereference-recursive "
    "-y -z,--null-data -T,--initial-tab -U,--binary -Z,--null"
)

TABLE: dict[str, Any] = {
    "cat": {
        "options": "-A,--show-all -b,--number-nonblank -e -E,--show-ends -n,--number -s,--squeeze-blank -t -u -v",
        **_READS,
        "output": "cat",
    },
    "tac": {"options": "-b,--before -r,--regex -s,--separator=text", **_READS},
    "nl": {"options": "-b=text -d=text -f=text -h=text -i=text -l=text -n=text -s=text -v=text -w=text", **_READS},
    "head": {"options": "-c,--bytes=text -n,--lines=text -q,--quiet -v,--verbose -z", **_READS},
    "tail": {
        "options": "-c,--bytes=text -f,--follow=text? -F -n,--lines=text --pid=text -q,--quiet -s,--sleep-interval=text "
        "--max-unchanged-stats=text --retry -v,--verbose",
        **_READS,
    },
    "less": {"options": "-b=text -h=text -j=text -k=read -o=write -O=write -p=text -P=text -t=text -T=read -x=text "
             "-y=text -z=text", **_READS},
    "more": {"options": "-n=text", **_READS},
    "most": "more",
    "bat": {
        "options": "-l,--language=text -r,--line-range=text -H,--highlight-line=text --theme=text --style=text "
        "--color=text --paging=text -p,--plain -n,--number -A,--show-all --file-name=text --wrap=text --tabs=text",
        **_READS,
    },
    "batcat": "bat",
    "wc": {"options": "-c,--bytes -m,--chars -l,--lines -w,--words --files0-from=read", **_READS, "output": "word"},
    "sort": {
        "options": "-b -d -f -g -i -M -h -n -R -r,--reverse -V -c,--check=text? -k,--key=text -m,--merge -o,--output=write "
        "-s -S,--buffer-size=text -t,--field-separator=text -T,--temporary-directory=text -u,--unique -z "
        "--compress-program=shell --files0-from=read --parallel=text --random-source=read --batch-size=text --sort=text",
        **_READS,
    },
    "uniq": {"options": "-c,--count -d -D -f,--skip-fields=text -i -s,--skip-chars=text -u,--unique -w,--check-chars=text",
             "operands": "read write"},
    "cut": {"options": "-b,--bytes=text -c,--characters=text -d,--delimiter=text -f,--fields=text -n --complement "
            "-s,--only-delimited --output-delimiter=text -z", **_READS},
    "tr": {"options": "-c,-C,--complement -d,--delete -s,--squeeze-repeats -t,--truncate-set1", "operands": "text*",
           "traits": "read-only", "output": "tr"},
    "rev": {**_READS, "output": "rev"},
    "paste": {"options": "-d,--delimiters=text -s,--serial", **_READS},
    "join": {"options": "-a=text -e=text -i -j=text -o=text -t=text -v=text -1=text -2=text", **_READS},
    "comm": {"options": "-1 -2 -3 --output-delimiter=text", **_READS},
    "fold": {"options": "-b -s -w,--width=text", **_READS},
    "fmt": {"options": "-c -p,--prefix=text -s -u -w,--width=text", **_READS},
    "column": {"options": "-t,--table -s,--separator=text -c,--columns=text -o,--output-separator=text -N=text", **_READS},
    "expand": {"options": "-i -t,--tabs=text", **_READS},
    "unexpand": "expand",
    "shuf": {"options": "-e,--echo -i,--input-range=text -n,--head-count=text -o,--output=write -r --random-source=read",
             **_READS},
    "tsort": _READS,
    "iconv": {"options": "-f,--from-code=text -t,--to-code=text -o,--output=write -c -l,--list", **_READS},
    "strings": {"options": "-a -f -n,--bytes=text -t,--radix=text -e,--encoding=text", **_READS},
    "base64": {"options": "-d,-D,--decode -i,--input=read -o,--output=write -w,--wrap=text -b,--break=text", **_READS,
               "output": "base64"},
    "base32": {"options": "-d,--decode -w,--wrap=text", **_READS},
    "xxd": {"options": "-a -b -c=text -e -E -g=text -h -i -l=text -n=text -o=text -p,-ps,-plain -r -s=text -u -v",
            "operands": "read write", "output": "xxd"},
    "od": {"options": "-A=text -j=text -N=text -S=text -t=text -v -w=text?", **_READS},
    "hexdump": {"options": "-b -c -C -d -e=text -f=read -n=text -o -s=text -v -x", **_READS},
    "hd": "hexdump",
    "diff": {
        "options": "-q,--brief -s -c -C,--context=text -u -U,--unified=text -e -n -y,--side-by-side -W,--width=text -p "
        "-F=text --label=text -r,--recursive -N,--new-file -x,--exclude=text -X,--exclude-from=read -I=text -i -E -b -w -B "
        "-a,--text --color=text? --from-file=read --to-file=read -D=text -S=text --line-format=text",
        **_READS,
        "tree": "--recursive",
    },
    "colordiff": "diff",
    "diff3": {"options": "-m --label=text", **_READS},
    "sdiff": {"options": "-o,--output=write -w=text", **_READS},
    "cmp": {"options": "-b -i=text -l -n,--bytes=text -s", "operands": "read read text*", "traits": "read-only"},
    "patch": {
        "options": "-p,--strip=text -i,--input=read -o,--output=write -d,--directory=enter -R,--reverse -N -r=write "
        "--dry-run -b -B=text -z=text -D=text -F=text -g=text -V=text",
        "operands": "edit read",
    },
    "md5sum": _SUMS, "sha1sum": _SUMS, "sha224sum": _SUMS, "sha256sum": _SUMS, "sha384sum": _SUMS, "sha512sum": _SUMS,
    "b2sum": _SUMS, "shasum": _SUMS, "cksum": _SUMS, "sum": _SUMS, "md5": _SUMS,
    "grep": {"options": _GREP, "run": "text.search"},
    "egrep": "grep", "fgrep": "grep", "ggrep": "grep", "rgrep": "grep",
    "zgrep": {"options": _GREP, "operands": "text^--regexp,--file read*", "traits": "read-only"},
    "rg": {
        "options": "-e,--regexp=text -f,--file=read -F,--fixed-strings -i,--ignore-case -S,--smart-case -s,--case-sensitive "
        "-v,--invert-match -w,--word-regexp -x,--line-regexp -c,--count -l,--files-with-matches --files-without-match "
        "-m,--max-count=text -o,--only-matching -q,--quiet -n,--line-number -N,--no-line-number -H -I,--no-filename "
        "-A,--after-context=text -B,--before-context=text -C,--context=text --color=text --colors=text -a,--text "
        "-g,--glob=text --iglob=text -t,--type=text -T,--type-not=text --type-add=text -d,--max-depth=text "
        "-j,--threads=text -M,--max-columns=text -r,--replace=text -U,--multiline -u,--unrestricted -.,--hidden "
        "--no-ignore --no-ignore-vcs --ignore-file=read --pre=shell --pre-glob=text --sort=text --sortr=text "
        "-E,--encoding=text --engine=text -P,--pcre2 -z,--search-zip --files --type-list --max-filesize=text "
        "--context-separator=text --path-separator=text --json --stats --vimgrep -p,--pretty -L,--follow "
        "--hostname-bin=shell -0,--null",
        "run": "text.search",
    },
    "ag": {
        "options": "-A,--after=text -B,--before=text -C,--context=text -G,--file-search-regex=text --ignore=text "
        "--ignore-dir=text -m,--max-count=text -p,--path-to-ignore=read -g=text --depth=text --hidden -U,--skip-vcs-ignores "
        "-u,--unrestricted -a,--all-types -i -l -c -Q -w -s -S -n,--norecurse -W,--width=text --pager=shell",
        "run": "text.search",
    },
    "ack": {"options": "-A=text -B=text -C=text -g=text -m=text --type=text --pager=shell -f -i -l -c -w -v -n",
            "run": "text.search"},
    "sed": {
        "options": "-n,--quiet,--silent -e,--expression=text -f,--file=read -E,-r,--regexp-extended -i,--in-place=text? "
        "-l,--line-length=text -s,--separate -u,--unbuffered -z,--null-data --posix --sandbox --debug",
        "run": "editors.sed",
    },
    "gsed": "sed",
    "awk": {
        "options": "-F,--field-separator=text -v,--assign=text -f,--file=run -i,--include=run -e,--source=text "
        "-E,--exec=run -o,--pretty-print=write? -p,--profile=write? -d,--dump-variables=write? -b -c -C -g -h -M -n -N -O "
        "-P -r -s -S,--sandbox -t -V -l,--load=text",
        "run": "editors.awk",
    },
    "gawk": "awk", "mawk": "awk", "nawk": "awk",
    "jq": {
        "options": "-n,--null-input -r,--raw-output -j,--join-output -a -s,--slurp -c,--compact-output -C -M -S,--sort-keys "
        "-e,--exit-status -R,--raw-input -f,--from-file=read -L=text --arg=text --argjson=text --slurpfile=text "
        "--rawfile=text --indent=text --tab --args --jsonargs --stream --seq",
        "run": "text.jq",
    },
    "gojq": "jq", "jaq": "jq",
    "yq": {
        "options": "-i,--inplace -r,--raw-output -o,--output-format=text -p,--input-format=text -P,--prettyPrint "
        "-n,--null-input -e,--exit-status -N -I,--indent=text -s,--split-exp=text -f,--from-file=read -C -M -y -Y -x -t",
        "operands": "text^--from-file read*",
        "instead": {"--inplace": "text edit*"},
        "sub": None,
    },
    "xmllint": {"options": "-o,--output=write --xpath=text --schema=read --format --noout", **_READS},
    "vim": {"options": "-c=text -S=run -u=run -o -O -p -R -d -w=write --cmd=text -s=run -t=text -T=text -i=text -n -e -E "
            "--servername=text --remote", "run": "editors.vim", "single": False},
    "vi": "vim", "nvim": "vim", "view": "vim", "ex": "vim", "gvim": "vim", "vimdiff": "vim",
    "nano": {"options": "-r=text -T=text -Q=text -o=text -s=text -X=text -Y=text", "operands": "edit*"},
    "emacs": {"options": "-l,--load=run --eval=text -f,--funcall=text --batch -Q -q -nw", "operands": "edit*"},
    "ed": {"operands": "edit", "options": "-p=text -s"},
    "code": {"options": "-r -n -w,--wait -g,--goto -d,--diff --install-extension=package!foreign-package "
             "--uninstall-extension=text --user-data-dir=text", "operands": "guess*"},
    "pbcopy": {"traits": "read-only"},
    "pbpaste": {"traits": "read-only"},
    "pr": {"options": "-h=text -l=text -w=text -o=text -s=text? -n=text?", **_READS},
    "zcat": {"options": "-f,--force", **_READS}, "bzcat": "zcat", "xzcat": "zcat", "zstdcat": "zcat", "zless": "zcat",
    "gzcat": "zcat", "zmore": "zcat",
    "plutil": {"options": "-p -convert=text -lint -extract=text -o=write", "operands": "read*", "single": True},
    "defaults": {
        "sub": {
            "read": {"operands": "text*", "traits": "read-only"}, "write": {"operands": "text*"},
            "delete": {"operands": "text*"},
        },
    },
}  # fmt: skip


def search(call: Call, work: Work) -> None:
    """`grep` and its kin: a pattern, then files; folders are searched when recursive, or always (rg, ag, ack)."""
    line = work.line
    always = call.name in ("rg", "ag", "ack")
    recursive = always or call.name == "rgrep" or line.has("--recursive --dereference-recursive")
    recursive = recursive or line.value("--directories") == "recurse"
    names_only = line.has("--files --type-list") and always
    pattern = "" if line.has("--regexp --file") or names_only or (call.name == "ag" and line.has("-g")) else "text "
    work.entry = {**work.entry, "operands": f"{pattern}text*", "traits": "read-only"}
    walk.standard(call, work)
    files = line.operands[1:] if pattern else line.operands
    if names_only:
        for value in files:
            call.path(READ, value, "operand")
        return
    if not files and recursive and (always is False or call.stdin is None):
        files = ["."]
    for value in files:
        if value != "-":
            tree = recursive and not walk.is_file(call, value)
            call.path(READ, value, "operand", TREE if tree else "exact")


def jq(call: Call, work: Work) -> None:
    """`jq`: some options take two words, so the operands are counted here."""
    two = {"--arg": "text", "--argjson": "text", "--slurpfile": READ, "--rawfile": READ}
    words: list[Any] = []
    pending = list(call.words)
    while pending:
        word = pending.pop(0)
        if word in ("--args", "--jsonargs"):
            break
        if word in two:
            value = pending[1] if len(pending) > 1 else ""
            if two[word] == READ:
                call.path(READ, value, f"option {word}")
            pending = pending[2:]
        else:
            words.append(word)
    work.line = walk.read({**work.entry, "run": None}, call.name, words).line
    work.entry = {**work.entry, "operands": "text^--from-file read*", "traits": "read-only"}
    walk.standard(call, work)
