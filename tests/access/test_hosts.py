"""Hosts and URLs: one spelling for each, and what is malformed."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentguard.access import hosts
from agentguard.access.model import UNKNOWN


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        # names
        ("example.com", "example.com"),
        ("EXAMPLE.com", "example.com"),
        ("example.com.", "example.com"),
        ("localhost", "localhost"),
        ("a_b.example.com", "a_b.example.com"),
        ("1e100.net", "1e100.net"),
        ("0x7f.example", "0x7f.example"),
        ("build-01", "build-01"),
        ("ex%61mple.com", "example.com"),
        ("%65xample%2ecom", "example.com"),
        ("b\u00fccher.example", "xn--bcher-kva.example"),
        ("B\u00dcCHER.example", "xn--bcher-kva.example"),
        ("bu\u0308cher.example", "xn--bcher-kva.example"),
        ("b%C3%BCcher.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("XN--BCHER-KVA.example", "xn--bcher-kva.example"),
        ("stra\u00dfe.example", "xn--strae-oqa.example"),
        ("\u4f8b\u3048.\u30c6\u30b9\u30c8", "xn--r8jz45g.xn--zckzah"),
        ("example\u3002com", "example.com"),
        ("example\uff0ecom", "example.com"),
        ("example\uff61com", "example.com"),
        ("\uff45\uff58\uff41\uff4d\uff50\uff4c\uff45.com", "example.com"),
        ("\u24d6ithub.com", "github.com"),
        # one IPv4 address in all its spellings
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("127.0.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("0X7F000001", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0x7f.0x0.0x0.0x1", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("017700000001", "127.0.0.1"),
        ("0177.0x1", "127.0.0.1"),
        ("\uff11\uff12\uff17.0.0.1", "127.0.0.1"),
        ("127\u3002\uff10\u30020\u30021", "127.0.0.1"),
        ("%31%32%37.0.0.1", "127.0.0.1"),
        ("0", "0.0.0.0"),
        ("0xA9FEA9FE", "169.254.169.254"),
        ("2852039166", "169.254.169.254"),
        ("169.254.43518", "169.254.169.254"),
        ("0251.0376.0251.0376", "169.254.169.254"),
        ("4294967295", "255.255.255.255"),
        # IPv6
        ("::1", "::1"),
        ("[::1]", "::1"),
        ("0:0:0:0:0:0:0:1", "::1"),
        ("0000:0000:0000:0000:0000:0000:0000:0001", "::1"),
        ("[fd00:ec2::254]", "fd00:ec2::254"),
        ("FD00:EC2:0:0:0:0:0:254", "fd00:ec2::254"),
        ("fe80::1%eth0", "fe80::1"),
        ("[fe80::1%25eth0]", "fe80::1"),
        ("::", "::"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("1::", "1::"),
        ("::ffff:127.0.0.1", "127.0.0.1"),
        ("[::ffff:7f00:1]", "127.0.0.1"),
        ("::ffff:a9fe:a9fe", "169.254.169.254"),
        ("0:0:0:0:0:ffff:169.254.169.254", "169.254.169.254"),
        # what leads to an IPv4 address by way of a translator, a tunnel or a name
        ("64:ff9b::192.0.2.33", "192.0.2.33"),
        ("64:ff9b::a9fe:a9fe", "169.254.169.254"),
        ("[64:ff9b:1::a9fe:a9fe]", "169.254.169.254"),
        ("64:ff9b:2::a9fe:a9fe", "64:ff9b:2::a9fe:a9fe"),
        ("2002:a9fe:a9fe::", "169.254.169.254"),
        ("2002:a9fe:a9fe::1", "169.254.169.254"),
        ("2003:a9fe:a9fe::1", "2003:a9fe:a9fe::1"),
        ("::169.254.169.254", "169.254.169.254"),
        ("::a9fe:a9fe", "169.254.169.254"),
        ("::ffff:0:a9fe:a9fe", "169.254.169.254"),
        ("fe80::5efe:a9fe:a9fe", "169.254.169.254"),
        ("fe80::200:5efe:169.254.169.254", "169.254.169.254"),
        ("fe80::5efd:a9fe:a9fe", "fe80::5efd:a9fe:a9fe"),
        ("169.254.169.254.nip.io", "169.254.169.254"),
        ("x.169.254.169.254.NIP.io.", "169.254.169.254"),
        ("app-169-254-169-254.nip.io", "169.254.169.254"),
        ("a9fea9fe.nip.io", "169.254.169.254"),
        ("www.169-254-169-254.sslip.io", "169.254.169.254"),
        ("--1.sslip.io", "::1"),
        ("--ffff-a9fe-a9fe.sslip.io", "169.254.169.254"),
        ("www.nip.io", "www.nip.io"),
        ("169.254.169.254.nip.io.example", "169.254.169.254.nip.io.example"),
        ("1.2.3.nip.io", "1.2.3.nip.io"),
        ("localtest.me", "localtest.me"),
    ],
)
def test_a_host_has_one_spelling(host: str, expected: str) -> None:
    """Case, a trailing dot, IDNA, escapes, and every way to write an address come to the same text."""
    assert expected == hosts.normal(host)


@pytest.mark.parametrize(
    "host",
    [
        "", ".", "..", "example..com", ".example.com", "example.com..", "exa mple.com", "exa\tmple.com",
        "exam\0ple.com",
        "example.com\n", "a/b", "a\\b", "a@b", "a:b", "a?b", "a#b", "*.example.com", "exa{m}ple.com", "$HOST", "a,b",
        "a%", "a%4", "a%zz", "a%2fb", "a%00b", "%ff.com", "a%2525",
        "1.2.3.4.5", "256.1.1.1", "1.2.3.256", "1.16777216", "4294967296", "0x100000000", "08.0.0.1", "1.2.3.08", "0x",
        "1..2", "example.1", "1.2.3.4a.5",
        ":::", "::1::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "g::", "[::1", "::1]", "[]", "[127.0.0.1]",
        "::ffff:127.1", "::ffff:0177.0.0.1", "::127.0.0.1.2", "1.2.3.4::", "fe80::1%", "fe80::1%a/b",
        "exam\u200bple.com", "exam\u00adple.com", "a\u200db.com", "\u202eexample.com", "exam\ud800ple.com",
        "exa\u2100mple.com", "a\uff0fb.com", "a\uff20b.com", "a\uff1a80", "\ue000.com",
        "a" * 64 + ".com", ".".join(["a" * 50] * 6), "\u00fc" * 80 + ".com",
    ],
)  # fmt: skip
def test_what_is_no_host_is_unknown(host: str) -> None:
    """What parsers could read differently, or not at all, is not guessed at."""
    assert hosts.normal(host) is UNKNOWN


_any_host = st.text(max_size=12) | st.text("0123456789abcdefx.:[]%-", max_size=20) | st.ip_addresses().map(str)


@given(host=_any_host)
def test_normal_is_idempotent(host: str) -> None:
    """The one spelling of a host is its own spelling."""
    once = hosts.normal(host)
    if isinstance(once, str):
        assert once == hosts.normal(once)


_LEADING = [  # networks whose addresses lead to an IPv4 address, and by how many bits it stands from the right
    ("::/96", 0), ("::ffff:0:0/96", 0), ("::ffff:0:0:0/96", 0), ("64:ff9b::/96", 0), ("64:ff9b:1::/48", 0), ("2002::/16", 80),
]  # fmt: skip


def leads_to(address: ipaddress.IPv6Address) -> str:
    """Return the IPv4 address to which an IPv6 one leads, else itself."""
    number = int(address)
    for network, shift in _LEADING:
        if address in ipaddress.IPv6Network(network) and number > 1:
            return str(ipaddress.IPv4Address(number >> shift & 0xFFFFFFFF))
    isatap = number >> 32 & 0xFDFFFFFF == 0x5EFE
    return str(ipaddress.IPv4Address(number & 0xFFFFFFFF)) if isatap else str(address)


_embedding = st.builds(
    lambda network, number: ipaddress.IPv6Address(
        int(ipaddress.IPv6Network(network[0]).network_address) | number << network[1]
    ),
    st.sampled_from(_LEADING),
    st.integers(0, 2**32 - 1),
)


@given(address=st.ip_addresses(v=6) | _embedding)
def test_ipv6_is_written_as_rfc_5952_says(address: ipaddress.IPv6Address) -> None:
    """Every address, written in full or short, comes to the standard library's text or the IPv4 address it leads to."""
    expected = leads_to(address)
    assert [expected] * 3 == [hosts.normal(text) for text in (str(address), address.exploded, f"[{address}]")]


def _number(draw: st.DrawFn, value: int) -> str:
    form = draw(st.sampled_from(["{0}", "0x{0:x}", "0X{0:X}", "0{0:o}", "0x0{0:x}", "00{0:o}"]))
    return "0" if not value and form == "{0}" else form.format(value)


@st.composite
def _spelled(draw: st.DrawFn) -> tuple[str, str]:
    """Draw an IPv4 address and one of the ways to write it that some parser takes for it."""
    address = draw(st.ip_addresses(v=4))
    value = int(address)
    parts = draw(st.integers(1, 4))
    numbers = [value >> 8 * (3 - place) & 255 for place in range(parts - 1)]
    numbers.append(value & (1 << 8 * (5 - parts)) - 1)
    text = ".".join(_number(draw, number) for number in numbers)
    way = draw(st.integers(0, 7))
    if way == 1:
        text = "".join(f"%{ord(char):02x}" if draw(st.booleans()) else char for char in text)
    elif way == 2:
        text = "".join(chr(ord(char) + 0xFEE0) if char.isdigit() and draw(st.booleans()) else char for char in text)
    elif way == 3:
        text += "."
    elif way == 4:
        text = draw(st.sampled_from(["::ffff:{}", "[::ffff:{}]", "64:ff9b::{}", "0:0:0:0:0:ffff:{}"])).format(address)
    elif way == 5:
        text = f"2002:{value >> 16:x}:{value & 0xFFFF:x}::{draw(st.integers(0, 65535)):x}"
    elif way == 6:
        text = draw(st.sampled_from(["{}.nip.io", "a.{}.nip.io", "{}.sslip.io"])).format(address)
    elif way == 7:
        text = "a-" + str(address).replace(".", "-") + ".nip.io"
    return str(address), text


@given(spelled=_spelled())
def test_every_spelling_of_an_address_is_one_text(spelled: tuple[str, str]) -> None:
    """One to four numbers in any base, escapes, wide digits, IPv6 forms and names: all come to the dotted text."""
    address, text = spelled
    assert address == hosts.normal(text)


@given(address=st.ip_addresses(v=4), form=st.sampled_from(["{0}", "0x{0:x}", "0{0:o}"]))
def test_ipv4_numbers_come_to_dotted_text(address: ipaddress.IPv4Address, form: str) -> None:
    """One number in any base is the address that inet_aton reads."""
    assert str(address) == hosts.normal(form.format(int(address)))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://docs.python.org/3/", ("docs.python.org", 443)),
        ("http://127.0.0.1:38551/x", ("127.0.0.1", 38551)),
        ("HTTP://EXAMPLE.com", ("example.com", 80)),
        ("https://example.com:/x", ("example.com", 443)),
        ("https://example.com:8443", ("example.com", 8443)),
        ("https://example.com?q=1", ("example.com", 443)),
        ("https://example.com#x", ("example.com", 443)),
        ("https://example.com/@scope/package", ("example.com", 443)),
        ("https://example.com/?mail=a@b.c", ("example.com", 443)),
        ("https://user:secret@example.com/", ("example.com", 443)),
        ("https://github.com@evil.example/", ("evil.example", 443)),
        ("https://github.com:443@evil.example:444/", ("evil.example", 444)),
        ("http://[::1]:3000/", ("::1", 3000)),
        ("http://[fd00:ec2::254]/", ("fd00:ec2::254", 80)),
        ("http://[::ffff:169.254.169.254]/", ("169.254.169.254", 80)),
        ("http://0xA9FEA9FE/latest", ("169.254.169.254", 80)),
        ("ws://example.com/socket", ("example.com", 80)),
        ("wss://example.com/socket", ("example.com", 443)),
        ("ftp://example.com/x", ("example.com", 21)),
        ("ssh://git@github.com/acme/app.git", ("github.com", 22)),
        ("ssh://git@github.com:2222/acme/app.git", ("github.com", 2222)),
        ("git+ssh://git@github.com/acme/app.git", ("github.com", 22)),
        ("redis://cache.example:6380/0", ("cache.example", 6380)),
        ("postgresql://u:p@db.example/app", ("db.example", 5432)),
        ("s3://bucket/key", ("bucket", None)),
        ("http://b\u00fccher.example/\u00fc", ("xn--bcher-kva.example", 80)),
        ("http://example.com/%00", ("example.com", 80)),
        ("file:///etc/passwd", None),
        ("file://server/share", ("server", None)),
        ("mailto:a@b.c", None),
        ("example.com/x", None),
        ("//example.com/x", None),
        ("", None),
    ],
)
def test_host_and_port_of_a_url(url: str, expected: tuple[str, int | None] | None) -> None:
    """Userinfo is no host, the port is the written one or the scheme's, and not every URL has a host."""
    assert expected == hosts.url_host(url)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("example.com", ("example.com", 80)),
        ("example.com/x?u=https://other.example", ("example.com", 80)),
        ("localhost:3000/health", ("localhost", 3000)),
        ("//example.com/x", ("example.com", 80)),
        ("https://example.com", ("example.com", 443)),
        ("user@example.com:8080", ("example.com", 8080)),
    ],
)
def test_a_url_without_a_scheme_takes_the_one_given(text: str, expected: tuple[str, int]) -> None:
    """What curl and its like do: they put http before what has no scheme."""
    assert expected == hosts.url_host(text, "http")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://attacker.example\0.github.com/x", "it holds a NUL character"),
        ("https://evil.example\\@github.com/", "it holds a backslash"),
        ("https:\\\\evil.example/", "it holds a backslash"),
        ("https://github.com\\.evil.example/", "it holds a backslash"),
        ("https://evil.example\t.github.com", "it holds white space"),
        ("https://evil.example\n.github.com", "it holds white space"),
        ("https://evil.example/\r\nHost: x", "it holds white space"),
        ("https://evil.example /x", "it holds white space"),
        (" https://example.com", "it holds white space"),
        ("https://example.com/a b", "it holds white space"),
        ("https://example.com/\u3000", "it holds white space"),
        ("https://example.com/\x07", "it holds a control character"),
        ("https://example.com/\x9f", "it holds a control character"),
        ("https://example.com/\ud800", "it holds half a surrogate pair"),
        ("https://a@b@c.example/", "it holds more than one @"),
        ("https://[a]@c.example/", "it holds a bracket before the @"),
        ("https://evil.example#@github.com/", "what stands before its @ may or may not be a host"),
        ("https://evil.example?@github.com/", "what stands before its @ may or may not be a host"),
        ("http:evil.example", "two slashes must follow its scheme"),
        ("http:/evil.example", "two slashes must follow its scheme"),
        ("http:///evil.example", "it has no host"),
        ("http://:80/", "it has no host"),
        ("https://user@/x", "it has no host"),
        ("https://example.com:port/", "its port is no number from 0 to 65535"),
        ("https://example.com:65536/", "its port is no number from 0 to 65535"),
        ("https://example.com:+80/", "its port is no number from 0 to 65535"),
        ("https://example.com:\u0668\u0660/", "its port is no number from 0 to 65535"),
        ("https://example.com:000080/", "its port is no number from 0 to 65535"),
        ("http://1:2:3:4:5:6:7:8:9/", "its host is an address without brackets"),
        ("http://::1/", "its host is an address without brackets"),
        ("http://[::1/", "its host is no address"),
        ("http://exa{m}ple.com/", "its host is no name and no address"),
        ("http://256.256.256.256/", "its host is no address"),
        ("http://%zz/", "it holds a stray percent sign"),
        ("http://%ff/", "what its percent signs stand for is not UTF-8"),
        ("http://exam\u200bple.com/", "its host holds a character that no name has"),
        ("http://" + "a." * 127 + "example/", "its host is too long"),
        ("https://example.com/" + "a" * 20_000, "it is too long"),
        ("example.com", "it has no scheme"),
        ("1http://x", "it has no scheme"),
        ("", "it is empty"),
        ("https://example.com/~user/%20?q=%5c#frag@ment", ""),
    ],
)
def test_a_malformed_url_says_why(url: str, why: str) -> None:
    """Whatever two parsers could read differently is malformed, and nothing of it is quoted."""
    assert why == hosts.fault(url)


@given(url=st.text(max_size=40) | st.text("htps:/@[]?#.%\\ a1", max_size=24).map("http://".__add__))
def test_any_text_is_a_url_or_is_not(url: str) -> None:
    """No text ends in an exception, and only a well-formed URL has a host."""
    found = hosts.url_host(url)
    assert found is None or (hosts.fault(url) == "" and found[0] == hosts.normal(found[0]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("git@github.com:acme/app.git", ("github.com", "acme/app.git")),
        ("GitHub.com:acme/app", ("github.com", "acme/app")),
        ("user@[::1]:path", ("::1", "path")),
        ("evil.example:", ("evil.example", "")),
        ("./a:b", None),
        ("/a:b", None),
        ("a/b:c", None),
        ("https://example.com", None),
        ("plain", None),
        (":x", None),
        ("@host:x", None),
        ("a@b@c:x", None),
        ("ho st:x", None),
    ],
)
def test_the_short_form_of_ssh_is_read(text: str, expected: tuple[str, str] | None) -> None:
    """`[user@]host:path`, without a slash before the colon."""
    assert expected == hosts.scp_like(text)
