"""What calls in other languages do where a table cannot say it: the kinds that other_calls adds to those of sinks.

Each takes the reader, the function's name, its arguments, and the place and name of the argument that it is about.
"""

from __future__ import annotations

from agentguard.access.code import held as h
from agentguard.access.code.held import FETCHED, NOTHING, Contents, Items, Named, Table
from agentguard.access.code.sinks import EVERYWHERE, Args, is_address
from agentguard.access.model import UNKNOWN, Pattern
from agentguard.access.shell.values import parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from agentguard.access.code.meanings import Meanings

    Act = Callable[[Meanings, str, Args, int, str], None]

_MAX_NESTED = 4


def sys(m: Meanings, name: str, args: Args, number: int, param: str) -> None:
    """One text goes to a shell, a list of words to a program."""
    words = [
        given for given in args.placed[number:] if not isinstance(given[0], (Table, Named)) or m.language != "ruby"
    ]
    if not words:
        if args.placed:
            m.found.shell(UNKNOWN)
        return
    first = words[0][0]
    if isinstance(first, Items):
        m.found.argv(first, args)
    elif len(words) == 1 or m.language == "php":
        for one in words[0]:
            m.found.shell(one)
    else:
        flat = [item for given in words for item in (given[0].items if isinstance(given[0], Items) else [given])]
        m.found.command([h.text(item[0]) if len(item) == 1 else UNKNOWN for item in flat])


def spawn(m: Meanings, name: str, args: Args, number: int, param: str) -> None:
    """A program, a list of arguments, and options that may ask for a shell."""
    shell = any(isinstance(one, Table) and "shell" in one.items for given in args.placed for one in given)
    rest = next((one for given in args.placed[1:2] for one in given if isinstance(one, Items)), None)
    others = args.placed[1:2] and rest is None and not isinstance(args.placed[1][0], Table)
    folder = next(
        (
            one.items["cwd"][0]
            for given in args.placed
            for one in given
            if isinstance(one, Table) and "cwd" in one.items
        ),
        None,
    )
    more = Args([], {"cwd": (folder,)} if folder is not None and not isinstance(folder, Named) else {})
    for program in args.get(0, "command"):
        words = [h.text(program), *([h.text(item[0]) for item in rest.items] if rest else [])]
        if program is FETCHED or (shell and not isinstance(program, str)):
            m.found.shell(program, more)
        elif shell:
            m.found.shell(
                h.joined([piece for k, word in enumerate(words) for piece in ((" ", word) if k else (word,))]), more
            )
        else:
            m.found.command([*words, UNKNOWN] if others and not isinstance(args.placed[1][0], Named) else words, more)


def evaluate(m: Meanings, name: str, args: Args, number: int, param: str) -> None:
    """Code of this text is read, a file's is run, everything else is opaque."""
    for one in args.get(number, param):
        if isinstance(one, str) and m.nested < _MAX_NESTED:
            m.nested += 1
            m.take(one)
            m.nested -= 1
        elif isinstance(one, Contents):
            m.found.run(one.path, m.language)
        elif one is FETCHED:
            m.found.add("fetched", f"the code runs what came over the network ({name})")
        elif isinstance(one, (Table, Items)) or (isinstance(one, Named) and name in ("instance_eval", "class_eval")):
            continue  # a block
        elif not (isinstance(one, int) or name == "assert"):  # of what is no text, `assert` makes no code
            m.found.add("opaque", f"the code runs other code ({name})")


def function(m: Meanings, name: str, args: Args, number: int, param: str) -> None:
    """`Function(parameter…, code)`."""
    evaluate(m, name, Args(args.placed[-1:]), 0, "")


def timer(m: Meanings, name: str, args: Args, number: int, param: str) -> None:
    """`setTimeout("code", …)` runs code; of a function nothing is said here."""
    if isinstance(args.first(0), str):
        evaluate(m, name, args, 0, "")


def fetch(m: Meanings, name: str, args: Args, number: int, param: str) -> None:
    """The options of `fetch` say whether anything is sent."""
    for one in args.get(number, param):
        method = one.items.get("method", NOTHING)[0] if isinstance(one, Table) else "GET"
        quiet = isinstance(method, str) and method.upper() in ("GET", "HEAD", "OPTIONS")
        if isinstance(one, Table) and ("body" in one.items or ("method" in one.items and not quiet)):
            deletes = isinstance(method, str) and method.upper() == "DELETE"
            sends: bool | str = "DELETE" if deletes else "POST" if h.gives(one) else True
            m.found.discloses = m.found.discloses or h.everything(one)
            for address in args.get(0):
                m.found.add("connect", (h.text(address), None, sends))


def request(m: Meanings, name: str, args: Args, number: int, param: str) -> None:
    """`http.request(url | options, options)`, `axios({url, method, data})`."""
    for one in args.get(number, param):
        if not isinstance(one, Table):
            if number == 0:
                tells = any(map(h.gives, args.get(1)))
                m.found.add("connect", (h.text(one), None, "request" in name or ("GET" if tells else False)))
            continue
        method = one.items.get("method", ("GET",))[0]
        sends = "data" in one.items or not (isinstance(method, str) and method.upper() in ("GET", "HEAD"))
        asked = (held for key in ("path", "headers", "params", "auth") for held in one.items.get(key, ()))
        how: bool | str = sends or ("GET" if any(map(h.gives, asked)) else False)  # data may go out in these as well
        url = one.items.get("url") or one.items.get("uri")
        host = one.items.get("hostname") or one.items.get("host")
        if url or host:
            how = "DELETE" if isinstance(method, str) and method.upper() == "DELETE" else how
            m.found.add("connect", (h.text((url or host or NOTHING)[0]), None if url else 0, how))


def js_connect(m: Meanings, name: str, args: Args, number: int, param: str) -> None:
    """`net.connect(port, host)`, `net.connect({port, host})`."""
    for one in args.get(0):
        if isinstance(one, Table):
            host = one.items.get("host", ("localhost",))[0]
            port = one.items.get("port", NOTHING)[0]
            m.found.add("connect", (h.text(host), port if isinstance(port, int) else 0, True))
        elif isinstance(one, int) or (isinstance(one, str) and one.isdigit()):
            host = args.first(1)
            known = isinstance(host, (str, Pattern)) or host is UNKNOWN
            m.found.add("connect", (h.text(host) if known else "localhost", int(one), True))
        elif isinstance(one, str) and is_address(one):
            m.found.add("connect", (one, None, True))


def nothing(m: Meanings, name: str, args: Args, number: int, param: str) -> None:
    """An argument that another one's reading takes."""


def js_listen(m: Meanings, name: str, args: Args, number: int, param: str) -> None:
    """`listen(port, host)`, `Deno.serve({port, hostname})`."""
    one, host = args.first(0), args.first(1)
    if isinstance(one, Table):
        host = one.items.get("hostname", one.items.get("host", (EVERYWHERE,)))[0]
        one = one.items.get("port", NOTHING)[0]
    if isinstance(one, int) or (name.startswith(("Deno", "Bun"))):
        known = isinstance(host, (str, Pattern)) or host is UNKNOWN
        m.found.add("listen", (h.text(host) if known else EVERYWHERE, one if isinstance(one, int) else None))


def deno(m: Meanings, name: str, args: Args, number: int, param: str) -> None:
    """`new Deno.Command("rm", {args: […]})`, `Deno.run({cmd: […]})`."""
    for one in args.get(0):
        options = args.first(1)
        if isinstance(one, Table):
            m.found.argv(one.items.get("cmd", NOTHING)[0], Args([]))
        else:
            listed = options.items.get("args", NOTHING)[0] if isinstance(options, Table) else None
            words = [h.text(item[0]) for item in listed.items] if isinstance(listed, Items) else []
            m.found.command([h.text(one), *words])


def kill(m: Meanings, name: str, args: Args, number: int, param: str) -> None:
    """A signal is sent; signal 0 only asks."""
    if args.first(0) != 0 and args.first(1) != 0:
        m.found.add("trait", ("signals", "the code sends a signal"))


def foreign(m: Meanings, name: str, args: Args, number: int, param: str) -> None:
    """Code that is no longer of this language."""
    m.found.add("opaque", f"the code calls compiled code ({name})")


def foreign_data(m: Meanings, name: str, args: Args, number: int, param: str) -> None:
    """Objects that bring code with them."""
    if not isinstance(args.first(0), (Contents, Named)):
        m.found.add("opaque", f"the code runs other code ({name})")


def environment(m: Meanings, name: str, args: Args, number: int, param: str) -> None:
    """Every variable is shown."""
    m.found.add("environment")


def perl_do(m: Meanings, name: str, args: Args, number: int, param: str) -> None:
    """`do FILE` and `require FILE` run a file; names of modules are the interpreter's."""
    for one in args.get(0):
        if isinstance(one, str) and ("/" in one or one.endswith((".pl", ".pm", ".ph"))):
            m.found.run(one, "perl")


def perl_socket(m: Meanings, name: str, args: Args, number: int, param: str) -> None:
    """`IO::Socket::INET->new(PeerAddr => "h:1", PeerPort => 1)`, or `->new("h:1")`."""
    named = {key.lower(): value for key, value in args.named.items()}
    if "localport" in named or ("localaddr" in named and "peeraddr" not in named):
        host = named.get("localaddr", (EVERYWHERE,))[0]
        port = named.get("localport", NOTHING)[0]
        m.found.add("listen", (h.text(host), port if isinstance(port, int) else None))
        return
    host = (named.get("peeraddr") or named.get("peerhost") or args.get(0) or NOTHING)[0]
    port = named.get("peerport", NOTHING)[0]
    text = h.text(host)
    if isinstance(text, str):
        text, _, behind = text.partition(":")
        port = int(behind) if behind.isdigit() and len(behind) < 6 else port
    m.found.add("connect", (text, port if isinstance(port, int) else 0, True))


def php_option(m: Meanings, name: str, args: Args, number: int, param: str) -> None:
    """`curl_setopt($c, CURLOPT_URL, …)`."""
    option = getattr(args.first(1), "name", "")
    for one in args.get(2):
        if option == "CURLOPT_URL":
            m.curl = str(h.text(one)) if isinstance(h.text(one), str) else ""
            m.found.add("connect", (h.text(one), None, False))
        elif option in ("CURLOPT_POSTFIELDS", "CURLOPT_UPLOAD"):
            m.found.add("connect", (m.curl or UNKNOWN, None, True))


def mail(m: Meanings, name: str, args: Args, number: int, param: str) -> None:
    """A message is sent."""
    m.found.add("connect", (UNKNOWN, 0, True))


def php_apply(m: Meanings, name: str, args: Args, number: int, param: str) -> None:
    """`call_user_func("system", …)`, `array_map("system", […])`."""
    rest = args.placed[1:]
    if name in ("array_map", "call_user_func_array", "array_filter", "array_walk"):
        rest = [h.elements(one) for given in rest for one in given]
    for one in args.get(0):
        if isinstance(one, str):
            m.call((one,), Args(rest))
    if name in ("array_filter", "array_walk", "usort") and len(args.placed) > 1 and isinstance(args.first(1), str):
        m.call(args.get(1), Args([h.elements(one) for one in args.get(0)]))


def r_eval(m: Meanings, name: str, args: Args, number: int, param: str) -> None:
    """`eval(parse(text = …))`."""
    for one in args.get(0):
        if one is UNKNOWN or one is FETCHED or isinstance(one, str):
            evaluate(m, name, args, 0, "")


def ruby_listen(m: Meanings, name: str, args: Args, number: int, param: str) -> None:
    """`WEBrick::HTTPServer.new(Port: …, BindAddress: …)`."""
    host = args.first(-1, "BindAddress")
    port = args.first(-1, "Port")
    m.found.add("listen", (EVERYWHERE if host is None else h.text(host), port if isinstance(port, int) else None))


def elixir_port(m: Meanings, name: str, args: Args, number: int, param: str) -> None:
    """`Port.open({:spawn, "command"}, …)`."""
    one = args.first(0)
    if isinstance(one, Items) and len(one.items) > 1:
        m.found.shell(one.items[1][0])


def raw_socket(m: Meanings, name: str, args: Args, number: int, param: str) -> None:
    """A socket of the system: where it leads cannot be seen, but a shell beside it gets what comes over it."""
    m.found.networked = True


def find_block(m: Meanings, name: str, args: Args, number: int, param: str) -> None:
    """`finddepth(sub { unlink }, FOLDER)` of File::Find: what the block does, it does to everything beneath."""
    deletes = m.deleting and "find" in name
    for given in args.placed[1:]:
        for one in given:
            if isinstance(one, (str, Pattern)):
                if deletes:
                    m.found.path("delete", one, "tree")
                else:
                    m.found.add("look", one)


# Where the packages of R come from that everybody uses (cran.r-project.org/mirrors.html).
_REGISTRIES = (
    ".r-project.org",
    ".rstudio.com",
    ".posit.co",
    "bioconductor.org",
    ".bioconductor.org",
    ".r-universe.dev",
)


def source(m: Meanings, name: str, args: Args, number: int, param: str) -> None:
    """`install.packages("x", repos = URL)`, `Pkg.add(url = URL)`: a package from an address."""
    for one in args.get(number, param):
        value = h.text(one)
        host = str(parts_of(value)[0]).partition("://")[2].partition("/")[0]
        if is_address(value) and not ("." + host).endswith(_REGISTRIES):
            m.found.add("trait", ("foreign-package", "the code"))


def dial(m: Meanings, name: str, args: Args, number: int, param: str) -> None:
    """`net.Dial("tcp", "host:port")`, `TcpStream::connect("host:port")`, and with them what comes as (host, port)."""
    for one in args.get(number, param):
        if isinstance(one, Items):
            m.found.place(one)
            continue
        value = h.text(one)
        host, _, port = value.rpartition(":") if isinstance(value, str) else ("", "", "")
        number_ = int(port) if port.isascii() and port.isdigit() and len(port) < 6 else 0
        m.found.add("connect", (host.strip("[]") or value, number_, True))


def go_listen(m: Meanings, name: str, args: Args, number: int, param: str) -> None:
    """`net.Listen("tcp", ":8080")`, `http.ListenAndServe("host:port", …)`."""
    value = args.first(number, param)
    if isinstance(value, str):
        host, _, port = value.rpartition(":")
        m.found.add("listen", (host or EVERYWHERE, int(port) if port.isdigit() and len(port) < 6 else None))


def program(m: Meanings, name: str, args: Args, number: int, param: str) -> None:
    """`execl("/bin/sh", "sh", "-c", "…", NULL)`: the second word is what the program is called."""
    words = [h.text(given[0]) for given in args.placed if not isinstance(given[0], (Named, int))]
    m.found.command([*words[:1], *words[2:]])


def program_list(m: Meanings, name: str, args: Args, number: int, param: str) -> None:
    """`execve("/bin/sh", argv, environ)`."""
    listed = args.first(1)
    items = listed.items if isinstance(listed, Items) else []
    m.found.command([h.text(args.first(0)), *(h.text(item[0]) for item in items[1:] if not isinstance(item[0], Named))])


def words_or_text(m: Meanings, name: str, args: Args, number: int, param: str) -> None:
    """`Runtime.exec` cuts one text at its blanks, or takes a list of words."""
    for one in args.get(number, param):
        if isinstance(one, str):
            m.found.command(list(one.split()))
        elif isinstance(one, Items):
            m.found.argv(one, Args([]))
        else:
            m.found.command([h.text(one)])


def program_and_text(m: Meanings, name: str, args: Args, number: int, param: str) -> None:
    """`Process.Start("sh", "-c …")` of .NET: a text that is cut into words; Dart's gives a list of them."""
    one, rest = args.first(0), args.first(1)
    if isinstance(rest, Items):
        m.found.command([h.text(one), *(h.text(item[0]) for item in rest.items)])
    elif isinstance(one, str):
        m.found.shell(one + (" " + rest if isinstance(rest, str) else ""))


# What each kind of a table is.
KINDS: dict[str, Act] = {
    "sys": sys,
    "source": source,
    "dial": dial,
    "raw-socket": raw_socket,
    "find-block": find_block,
    "go-listen": go_listen,
    "exec": program,
    "exec-list": program_list,
    "words": nothing,
    "words-or-text": words_or_text,
    "program-and-text": program_and_text,
    "rust": nothing,
    "spawn": spawn,
    "eval": evaluate,
    "function": function,
    "timer": timer,
    "fetch": fetch,
    "request": request,
    "js-connect": js_connect,
    "js-host": nothing,
    "js-listen": js_listen,
    "deno": deno,
    "kill": kill,
    "foreign": foreign,
    "foreign-data": foreign_data,
    "environment": environment,
    "perl-do": perl_do,
    "perl-socket": perl_socket,
    "php-option": php_option,
    "php-value": nothing,
    "mail": mail,
    "php-apply": php_apply,
    "r-eval": r_eval,
    "ruby-listen": ruby_listen,
    "elixir-port": elixir_port,
}
