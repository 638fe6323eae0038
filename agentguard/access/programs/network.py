"""Network clients. curl(1), wget(1), ssh(1), scp(1), rsync(1), nc(1), dig(1), openssl(1)."""

from __future__ import annotations

from agentguard.access.model import LISTEN, READ, TREE, UNKNOWN, WRITE
from agentguard.access.programs import net, walk
from agentguard.access.shell.flow import Feed
from agentguard.access.shell.values import concat, parts_of, plain, unglobbed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

_SSH_OPTIONS = (
    "-4 -6 -A -a -B=text -b=text -C -c=text -D=text -E=write -e=text -F=read -f -G -g -I=run -i=read -J=host -K -k "
    "-L=text -l=text -M -m=text -N -n -O=text -o=text -p=text -P=text -q -Q=text -R=text -S=text -s -T -t -V -v -W=text "
    "-w=text -X -x -Y -y"
)
_PING: dict[str, Any] = {"options": "-c=text -i=text -s=text -t=text -w=text -W=text -I=text -p=text", "operands": "host*"}

TABLE: dict[str, Any] = {
    "curl": {
        "options": "-a,--append -A,--user-agent=header -b,--cookie=header -B -c,--cookie-jar=write -C,--continue-at=text "
        "-d,--data=send --data-ascii=send --data-binary=send --data-raw=sent --data-urlencode=send --json=send -D,--dump-header=write "
        "-e,--referer=header -E,--cert=read --cacert=read --capath=read --key=read -f,--fail -F,--form=form --form-string=sent "
        "-g,--globoff -G,--get -h,--help -H,--header=header -i,--include -I,--head -j -J,--remote-header-name -k,--insecure "
        "-K,--config=read -l -L,--location -m,--max-time=text -M -n,--netrc --netrc-file=read -N,--no-buffer -o,--output=write "
        "-O,--remote-name --remote-name-all --output-dir=enter -p -P,--ftp-port=text -q -Q,--quote=text -r,--range=text "
        "-s,--silent -S,--show-error -t,--telnet-option=text -T,--upload-file=upload -u,--user=header -U,--proxy-user=text "
        "-v,--verbose -V,--version -w,--write-out=text -x,--proxy=url -X,--request=text -y=text -Y=text -z,--time-cond=text -# "
        "--url=url --retry=text --retry-delay=text --retry-max-time=text --connect-timeout=text --resolve=text --connect-to=text "
        "--interface=text --limit-rate=text --max-redirs=text --unix-socket=edit --trace=write --trace-ascii=write --stderr=write "
        "--doh-url=url --dns-servers=text --socks5=text --socks5-hostname=text --preproxy=url --noproxy=text --oauth2-bearer=header "
        "--cert-type=text --key-type=text --pass=text --ciphers=text --tls-max=text --max-filesize=text --proto=text "
        "--create-dirs --compressed --fail-with-body --http1.1 --http2 --etag-save=write --etag-compare=read --aws-sigv4=text "
        "--abstract-unix-socket=text --libcurl=write --hsts=edit --alt-svc=edit --url-query=sent --variable=text",
        "run": "network.curl",
        "fetches": True,
    },
    "wget": {
        "options": "-a,--append-output=write -A,--accept=text -b,--background -B,--base=url -c,--continue -D,--domains=text "
        "-e,--execute=text -F -h,--help -H -i,--input-file=read -I=text -k -l,--level=text -m,--mirror -N -nc,--no-clobber -nd -np "
        "-o,--output-file=write -O,--output-document=write -p -P,--directory-prefix=enter -q,--quiet -Q,--quota=text "
        "-r,--recursive -R,--reject=text -S,--server-response -t,--tries=text -T,--timeout=text -U,--user-agent=header -v -V "
        "-w,--wait=text -x -X=text --header=header --post-data=sent --post-file=upload --body-data=sent --body-file=upload "
        "--method=text --user=text --password=text --ca-certificate=read --certificate=read --private-key=read "
        "--load-cookies=read --save-cookies=write --no-check-certificate --spider --use-askpass=shell --referer=header "
        "--content-disposition --show-progress --no-verbose -nv",
        "run": "network.wget",
        "fetches": True,
    },
    "http": {"options": "-a,--auth=text -A=text -b -d,--download -f,--form -h -j,--json -o,--output=write --verify=text "
             "--timeout=text --proxy=text -p,--print=text -v --session=text --body --headers --follow", "run": "network.httpie",
             "fetches": True},
    "https": "http", "xh": "http", "xhs": "http",
    "aria2c": {"options": "-o,--out=write -d,--dir=enter -x=text -s=text -j=text -i,--input-file=read -k=text -c --header=text "
               "--on-download-complete=shell", "operands": "url*", "fetches": True},
    "lynx": {"options": "-dump -source -width=text", "single": True, "operands": "url*", "fetches": True},
    "w3m": {"options": "-dump -T=text", "single": True, "operands": "url*", "fetches": True}, "links": "lynx", "elinks": "lynx",
    "ssh": {"options": _SSH_OPTIONS, "stop": True, "run": "network.ssh", "fetches": True}, "autossh": "ssh", "mosh": "ssh",
    "sshpass": {"options": "-p=text -f=read -e -d=text -P=text -v", "stop": True, "operands": "command"},
    "ssh-copy-id": {"options": "-i=read -p=text -o=text -f -n -s -x", "operands": "host", "traits": "sends"},
    "ssh-keygen": {"options": "-t=text -b=text -f=write -C=text -N=text -P=text -q -y -l -p -R=text -F=text -i -e -m=text -E=text "
                   "-s=read -I=text -n=text -V=text", "operands": "text*", "instead": {"-y": "text*"}},
    "ssh-add": {"options": "-l -L -d -D -t=text -K -k -x -X -s=text -e=text", "operands": "read*"},
    "ssh-keyscan": {"options": "-t=text -p=text -H -T=text -f=read", "operands": "host*"},
    "ssh-agent": {"options": "-s -c -k -a=text -t=text -d -D", "stop": True, "operands": "command"},
    "scp": {"options": "-3 -4 -6 -A -B -C -c=text -D=text -F=read -i=read -J=host -l=text -O -o=text -P=text -p -q -R "
            "-r,--recursive -S=shell -s -T -v -X=text", "tree": "--recursive", "run": "network.copies"},
    "sftp": {"options": "-b=read -B=text -c=text -D=text -F=read -i=read -J=host -l=text -o=text -P=text -R=text -S=shell -s=text "
             "-r -q -v", "operands": "place-read text*", "traits": "sends"},
    "rsync": {
        "options": "-a,--archive -b,--backup -B=text -c,--checksum -C -d,--dirs -e,--rsh=shell -E -f,--filter=text -g -h -H -i "
        "-I -k -K -l -L -m -M=text -n,--dry-run -N -o -O -p -P -q,--quiet -r,--recursive -R,--relative -s -S -t -T,--temp-dir=text "
        "-u,--update -U -v,--verbose -W -x -X -y -z,--compress -0 --backup-dir=write --bwlimit=text --compare-dest=text "
        "--copy-dest=text --delete --delete-after --delete-excluded --exclude=text --exclude-from=read --files-from=read "
        "--include=text --include-from=read --link-dest=text --log-file=write --max-size=text --min-size=text --chmod=text "
        "--chown=text --out-format=text --partial-dir=text --password-file=read --port=text --progress --rsync-path=text "
        "--remove-source-files --suffix=text --timeout=text --stats --info=text --partial --inplace",
        "tree": "--recursive --archive",
        "run": "network.copies",
    },
    "rclone": {"sub": {
        name: {"operands": "place-read place-write", "tree": "always", "run": "network.clouds"}
        for name in ("copy", "sync", "move", "copyto", "moveto")
    }, "other": {"operands": "text*"}},
    "nc": {
        "options": "-4 -6 -b -C -c=shell -D -d -e,--exec=shell -F -g=text -G=text -h -I=text -i=text -k -l,--listen -M=text -m=text "
        "-N -n -O=text -p=text -P=text -q=text -r -S -s=text -T=text -t -U -u -V=text -v -W=text -w=text -X=text -x=text -Z=text -z "
        "--sh-exec=shell --lua-exec=run --ssl",
        "run": "network.netcat", "fetches": True,
    },
    "ncat": "nc", "netcat": "nc",
    "socat": {"options": "-d -v -x -t=text -T=text -u -U -b=text -L=text", "run": "network.socat", "fetches": True},
    "telnet": {"options": "-a -l=text -n=text -b=text -8 -E", "operands": "host text", "traits": "sends", "fetches": True},
    "ftp": {"options": "-n -i -v -p -u", "operands": "host text", "traits": "sends"}, "lftp": {
        "options": "-e=text -u=text -p=text -c=text -f=read", "operands": "host", "traits": "sends"},
    "tftp": "ftp",
    "dig": {"options": "-b=text -c=text -f=read -k=read -p=text -q=host -t=text -x=host -y=text -4 -6 -m -u", "run": "network.asks"},
    "nslookup": {"run": "network.asks", "options": "-type=text -query=text -port=text", "single": True},
    "host": {"options": "-a -c=text -C -d -l -N=text -r -R=text -t=text -T -v -w -W=text -4 -6", "run": "network.asks"},
    "drill": "dig", "kdig": "dig", "delv": "dig", "dog": "dig", "resolvectl": "dig",
    "whois": {"options": "-h=host -p=text", "operands": "text*"},
    "ping": _PING, "ping6": _PING, "fping": _PING, "mtr": _PING, "traceroute": _PING, "tracepath": _PING, "arping": _PING,
    "nmap": {"options": "-p=text -o=text -oN=write -oX=write -oG=write -iL=read --script=text -T=text", "operands": "host*"},
    "openssl": {"run": "network.openssl"},
    "ifconfig": {"operands": "text*"}, "ip": {"operands": "text*"}, "netstat": {"operands": "text*", "traits": "read-only"},
    "ss": {"options": "-t -u -l -p -n -a", "operands": "text*", "traits": "read-only"},
    "route": {"operands": "text*"}, "arp": {"operands": "text*"}, "iptables": {"operands": "text*", "traits": "privileged"},
    "ngrok": {"operands": "text*", "traits": "publishes"}, "cloudflared": {"operands": "text*", "traits": "publishes"},
    "localtunnel": {"operands": "text*", "traits": "publishes"}, "lt": "localtunnel",
    "mail": {"options": "-s=text -a=read -A=read -c=text -b=text -r=text", "operands": "text*", "traits": "sends"},
    "mailx": "mail", "mutt": "mail", "sendmail": "mail", "msmtp": "mail", "swaks": "mail",
    "http-server": {"options": "-p=text -a=text", "operands": "read", "run": "network.serves"},
    "serve": {"options": "-l,--listen=text -s,--single -p=text", "operands": "read", "run": "network.serves"},
}  # fmt: skip

_EVERYWHERE = "0.0.0.0"  # noqa: S104 - what these programs listen on unless told otherwise


def _number(value: Value | None) -> int | None:
    text = plain(value) if value is not None else None
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else None


def _begin(call: Call, work: Work, traits: set[str], operands: str = "text*") -> None:
    """Make the standard rows with other operands and more traits."""
    work.line.traits |= traits
    work.entry = {**work.entry, "operands": operands}
    walk.standard(call, work)


def _has_secret(value: Value) -> bool:
    """Return whether a header or its kin holds what only the running command knows."""
    return not isinstance(unglobbed(value), str)


def curl(call: Call, work: Work) -> None:
    """What is sent, read from files, written, and to where."""
    line = work.line
    urls = [*line.operands, *line.values("--url")]
    sends = [(flag, value) for flag, value in line.flags if value is not None and line.kinds.get(flag) in _SENDING]
    headers = [value for flag, value in line.flags if value is not None and line.kinds.get(flag) == "header"]
    method = plain(line.value("--request") or "") or ""
    traits: set[str] = set()
    if sends or any(map(_has_secret, headers)) or method.upper() in ("POST", "PUT", "PATCH"):
        traits.add("sends")
    if any(map(net.computed, urls)):
        traits.add("computed-address")
    _begin(call, work, traits)
    for flag, value in sends:
        _sent_file(call, flag, value, line.kinds[flag])
    for value in headers:
        first = parts_of(value)[0]
        if isinstance(first, str) and first[:1] == "@":
            call.path(READ, concat([first[1:], *parts_of(value)[1:]]), "a header from a file")
    if not method:
        method = "HEAD" if line.has("--head") else "GET" if not sends or line.has("--get") else "POST"
        method = "PUT" if line.has("--upload-file") else method
    for value in urls:
        net.url(call, value, "operand", method=method.upper())
        if line.has("--remote-name --remote-name-all"):
            _lands(call, value)
    for value in line.values("--output"):
        _remember(call, value)


_SENDING = frozenset({"send", "sent", "form", "upload"})


def _sent_file(call: Call, flag: str, value: Value, kind: str) -> None:
    """`-d @FILE`, `-F name=@FILE`, `-T FILE`, `--data-urlencode name@FILE`."""
    first, *others = parts_of(value)
    if kind == "upload":
        if value not in ("-", "."):
            call.path(READ, value, f"option {flag}")
        return
    if not isinstance(first, str) or kind == "sent":
        return
    mark = -1
    if kind == "form":
        at = first.find("=")
        mark = at + 1 if first[at + 1 : at + 2] in ("@", "<") else -1
    elif first[:1] == "@":
        mark = 0
    elif flag == "--data-urlencode" and "=" not in first.partition("@")[0]:
        mark = first.find("@")
    if mark >= 0:
        path = first[mark + 1 :].partition(";")[0] if kind == "form" else first[mark + 1 :]
        if path != "-" or others:
            call.path(READ, concat([path, *others]), f"option {flag}")


def _lands(call: Call, value: Value) -> None:
    """A download under its own name, in the folder at hand."""
    last = parts_of(unglobbed(value))[-1]
    name = last.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2] if isinstance(last, str) else ""
    call.path(WRITE, name or "index.html", "the download")
    _remember(call, name or "index.html")


def wget(call: Call, work: Work) -> None:
    """`wget URL` writes a file of the URL's name."""
    line = work.line
    traits: set[str] = set()
    kinds = [line.kinds.get(flag) for flag, value in line.flags if value is not None]
    headers = [value for flag, value in line.flags if value is not None and line.kinds.get(flag) == "header"]
    if "sent" in kinds or "upload" in kinds or any(map(_has_secret, headers)):
        traits.add("sends")
    if any(map(net.computed, line.operands)):
        traits.add("computed-address")
    _begin(call, work, traits)
    for flag, value in line.flags:
        if value is not None and line.kinds.get(flag) == "upload":
            call.path(READ, value, f"option {flag}")
    method = "POST" if "sends" in traits else "GET"
    for value in line.operands:
        net.url(call, value, "operand", method=method)
        if not line.has("--output-document --spider"):
            _lands(call, value)
    _remember(call, line.value("--output-document"))


def _remember(call: Call, path: Value | None) -> None:
    """Note that a file of this call came over the network."""
    if path is not None and path != "-":
        call.remember(path, Feed(UNKNOWN, fetched=True))


def httpie(call: Call, work: Work) -> None:
    """`http [METHOD] URL [ITEM…]`."""
    line = work.line
    operands = list(line.operands)
    method = ""
    if operands and (text := plain(operands[0])) and text.isalpha() and text.isupper():
        method = text
        operands.pop(0)
    items = operands[1:]
    sends = bool(items) or method in ("POST", "PUT", "PATCH")
    traits = {"sends"} if sends else set[str]()
    if operands and net.computed(operands[0]):
        traits.add("computed-address")
    _begin(call, work, traits)
    for item in items:
        text = plain(item)
        if text and "@" in text:
            call.path(READ, text.partition("@")[2], "an item")
    if operands:
        value = operands[0]
        if isinstance(value, str) and value[:1] == ":":
            value = "localhost" + value
        net.url(call, value, "operand", method=method or ("POST" if sends else "GET"))


def ssh(call: Call, work: Work) -> None:
    """`ssh [user@]HOST [COMMAND…]`: the words of the command are joined and run by a shell there."""
    line = work.line
    operands = list(line.operands)
    place = operands[0] if operands else None
    port = _number(line.value("-p")) or 22
    if operands[1:2] and len(operands) > 1:  # options may also follow the host
        from agentguard.access.programs import options  # noqa: PLC0415 - rare

        rest = options.read(options.table(_SSH_OPTIONS), operands[1:], stop=True)
        line.flags += rest.flags
        line.kinds.update(rest.kinds)
        operands = [operands[0], *rest.rest]
    traits: set[str] = set()
    if call.stdin is not None:
        traits.add("sends")
    if place is not None and net.computed(place):
        traits.add("computed-address")
    _begin(call, work, traits)
    _ssh_options(call, work)
    if place is None:
        return
    text = plain(place)
    if text is not None and text.startswith("ssh://"):
        net.url(call, text, "the host")
    else:
        first, *others = parts_of(place)
        call.connect(
            concat([first.rpartition("@")[2] if isinstance(first, str) else first, *others]), port, "the host"
        )
    words = operands[1:]
    if words:
        text_value = concat([p for n, word in enumerate(words) for p in ((" ",) if n else ()) + parts_of(word)])
        work.feed = call.shell(text_value, "ssh", stdin=call.stdin)
        work.feed.fetched = True


def _ssh_options(call: Call, work: Work) -> None:
    """Options that start programs on this machine (ssh_config(5))."""
    for value in work.line.values("-o"):
        text = plain(value)
        if text is None:
            call.opaque("an option of ssh is not known")
            continue
        name, _, command = text.replace("=", " ", 1).strip().partition(" ")
        if name.lower() in ("proxycommand", "localcommand", "knownhostscommand", "permitlocalcommand") and command.strip():
            if command.strip().lower() not in ("none", "yes", "no"):
                call.shell(command.strip(), f"ssh {name}")


def copies(call: Call, work: Work) -> None:
    """`scp` and `rsync`: sources, then one target, here or on other machines."""
    line = work.line
    if call.name == "rsync" and line.has("--remove-source-files"):
        line.traits.add("destroys-data")
    operands = "place-read* place-write" if len(line.operands) > 1 else "place-read*"
    remote = [net.split(value) for value in line.operands]
    work.entry = {**work.entry, "operands": operands}
    walk.standard(call, work)
    _ssh_options(call, work)
    if call.name == "rsync" and line.has("--delete --delete-after --delete-excluded") and len(remote) > 1:
        if remote[-1] is None:
            last = line.operands[-1]
            text = plain(last)
            call.path("delete", text.rstrip("/") if text and text != "/" else last, "--delete", TREE)


def clouds(call: Call, work: Work) -> None:
    """`rclone copy SOURCE TARGET`: a remote is `name:path`."""
    walk.standard(call, work)


def netcat(call: Call, work: Work) -> None:
    """`nc HOST PORT`, `nc -l PORT`."""
    line = work.line
    listens = line.has("--listen")
    operands = line.operands
    traits = set[str]()
    if not listens and not line.has("-z"):
        traits.add("sends")
    if operands and not listens and net.computed(operands[0]):
        traits.add("computed-address")
    _begin(call, work, traits)
    if listens:
        port = _number(operands[-1]) if operands else _number(line.value("-p"))
        host: Value = operands[0] if len(operands) > 1 else line.value("-s") or _EVERYWHERE
        call.connect(host, port, "it listens", action=LISTEN)
    elif line.has("-U") and operands:
        call.path(WRITE, operands[0], "a socket")
    elif operands:
        call.connect(unglobbed(operands[0]), _number(operands[1]) if len(operands) > 1 else None, "operand")


def socat(call: Call, work: Work) -> None:
    """`socat ADDRESS ADDRESS`: addresses are `KIND:values,options`."""
    traits = {"sends"} if any("tcp" in str(word).lower() or "udp" in str(word).lower() for word in call.words) else set[str]()
    _begin(call, work, traits)
    for operand in work.line.operands:
        text = plain(operand)
        if text is None:
            call.opaque("an address of socat is not known")
            continue
        kind, _, rest = text.partition(":")
        kind = kind.lower().partition(",")[0]
        head = rest.partition(",")[0]
        if kind in ("exec", "system", "shell"):
            call.shell(head, "socat")
        elif "listen" in kind or kind.endswith("-l"):
            call.connect(_EVERYWHERE, _number(head), "it listens", action=LISTEN)
        elif kind.startswith(("tcp", "udp", "openssl", "ssl", "sctp", "socks")):
            host, _, port = head.rpartition(":")
            call.connect(host or head, _number(port), "operand")
        elif kind in ("open", "file", "create", "gopen"):
            call.path(READ, head, "operand")
            call.path(WRITE, head, "operand")
        elif kind.startswith("unix"):
            call.path(WRITE, head, "a socket")


def asks(call: Call, work: Work) -> None:
    """Name look-ups: the name goes out to whoever answers for it, so a computed one can carry data."""
    line = work.line
    names = [word for word in line.operands if not (isinstance(word, str) and (word[:1] in "@+" or word.isupper()))]
    servers = [word[1:] for word in line.operands if isinstance(word, str) and word[:1] == "@"]
    computed = [name for name in names if net.computed(name)]
    _begin(call, work, {"computed-address", "sends"} if computed else set())
    for name in names[:1] if call.name in ("nslookup", "host") else names:
        call.connect(unglobbed(name), None, "the name")
    for server in servers:
        call.connect(server, 53, "the server")


def openssl(call: Call, work: Work) -> None:
    """`openssl s_client -connect HOST:PORT`, `-in FILE`, `-out FILE`."""
    words = call.words
    pairs = list(zip(words, [*words[1:], ""], strict=True))
    connects = [value for word, value in pairs if word in ("-connect", "-proxy")]
    name = plain(words[0]) if words else ""
    work.command = (call.name, name) if name else (call.name,)
    _begin(call, work, {"sends"} if connects else set())
    for word, value in pairs:
        if word in ("-in", "-inkey", "-CAfile", "-key", "-cert", "-kfile", "-certfile", "-config", "-signkey"):
            call.path(READ, value, f"option {word}")
        elif word in ("-out", "-keyout", "-writerand"):
            call.path(WRITE, value, f"option {word}")
    for value in connects:
        net.url(call, value, "option -connect")
    if name in ("dgst", "md5", "sha256") and len(words) > 1:
        walk.guess(call, words[-1], "operand")


def serves(call: Call, work: Work) -> None:
    """A static file server."""
    walk.standard(call, work)
    host = plain(work.line.value("-a") or "") or _EVERYWHERE
    call.connect(host, _number(work.line.value("-p")), "it serves files", action=LISTEN)


