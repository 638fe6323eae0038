"""Host conditions: names, suffixes, addresses, networks, classes."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agentguard.access.model import ANY, UNKNOWN, Pattern
from agentguard.policy.hostset import HostSet, network
from agentguard.policy.model import MAYBE, NO, YES
from agentguard.policy.pathset import HITS, INSIDE, Spellings


@pytest.fixture
def asked(make_world):
    return lambda patterns, host, mode=HITS, **facts: HostSet(patterns, Spellings(make_world(**facts))).match(
        host, mode
    )


@pytest.mark.parametrize(
    ("pattern", "hosts", "others"),
    [
        ("example.org", ["example.org"], ["www.example.org", "example.org.evil.com", "xexample.org"]),
        ("*.example.org", ["a.example.org", "a.b.example.org"], ["example.org", "xexample.org", ".example.org"]),
        ("10.0.0.0/8", ["10.1.2.3"], ["11.0.0.1", "10.example.org"]),
        ("0.0.0.0/0", ["8.8.8.8"], ["::1", "example.org"]),
        ("169.254.169.254", ["169.254.169.254"], ["169.254.169.253"]),
        ("fd00:ec2::254", ["fd00:ec2::254", "fd00:ec2:0:0:0:0:0:254"], ["fd00:ec2::255"]),
        ("fc00::/7", ["fd12::1"], ["fe80::1", "10.0.0.1"]),
        (
            "loopback",
            ["localhost", "app.localhost", "127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"],
            ["0.0.0.0", "::", "10.0.0.1"],
        ),
        ("private", ["10.0.0.1", "172.31.0.1", "192.168.1.1", "fd00::1"], ["172.32.0.1", "8.8.8.8", "fe80::1"]),
        ("link-local", ["169.254.1.1", "fe80::1"], ["169.253.1.1"]),
        ("{hostname}", ["laptop"], ["laptop2"]),
        ("*.{hostname}", ["a.laptop"], ["laptop"]),
    ],
)
def test_hosts(asked, pattern, hosts, others):
    """A suffix is one or more labels and not the name itself; addresses are compared as numbers."""
    assert [YES] * len(hosts) == [asked([pattern], host) for host in hosts]
    assert [NO] * len(others) == [asked([pattern], host) for host in others]


def test_a_machine_without_a_name(asked):
    """A variable without a value matches nothing."""
    assert NO == asked(["{hostname}"], "", hostname="")


@pytest.mark.parametrize(
    ("pattern", "parts", "hits", "inside"),
    [
        ("*.example.org", (ANY, ".example.org"), MAYBE, MAYBE),
        ("*.example.org", ("a", ANY, ".example.org"), YES, YES),
        ("*.example.org", ("api.", ANY), NO, MAYBE),
        ("example.org", (ANY, ".evil.example"), NO, NO),
        ("10.0.0.0/8", ("10.0.", ANY), MAYBE, MAYBE),
        ("10.0.0.0/8", ("11.0.", ANY), NO, NO),
        ("fd00:ec2::254", ("fd00:", ANY), MAYBE, MAYBE),
        ("loopback", (ANY, ".evil.example"), NO, NO),
        ("10.0.0.0/8", (ANY, ".5"), NO, NO),
    ],
)
def test_partly_known_hosts(asked, pattern, parts, hits, inside):
    """A host put together at run time is a maybe where its known parts fit."""
    assert [hits, inside] == [asked([pattern], Pattern(parts), mode) for mode in (HITS, INSIDE)]


def test_nothing_known_is_a_maybe(asked):
    """A host of which nothing is known may be any host."""
    assert MAYBE == asked(["example.org"], UNKNOWN)


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_addresses_are_read_as_the_standard_library_reads_them(address):
    """Every spelling of an address is the same number; one that stands for an IPv4 address is that."""
    meant = getattr(address, "ipv4_mapped", None) or address
    expected = (meant.max_prefixlen, int(meant), int(meant))
    assert [expected, expected] == [network(str(address)), network(address.exploded)]


@given(st.ip_addresses(), st.integers(0, 32))
@example(ipaddress.ip_address("::ffff:0:0"), 0)
def test_networks_hold_what_the_standard_library_says(address, prefix):
    """A network is its first to its last address."""
    expected = ipaddress.ip_network(f"{address}/{prefix}", strict=False)
    assert (expected.max_prefixlen, int(expected[0]), int(expected[-1])) == network(f"{address}/{prefix}")


def test_a_network_of_mapped_addresses_is_one_of_ipv4():
    """`::ffff:0:0/96` is all of IPv4, as its single addresses are."""
    assert network("10.0.0.0/8") == network("::ffff:10.0.0.0/104")


@given(st.text("0123456789abcdef.:/x", max_size=20))
@example("1.2.3.4/x")
@example("1.2.3.4/33")
@example("::1.2.3.400")
def test_what_is_no_address_is_no_number(text):
    """Nothing but an address or a network becomes a number."""
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        assert network(text) is None
