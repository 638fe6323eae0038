"""Batches are checked by processes of their own: to the same end, also when such a process is lost."""

import concurrent.futures
import json
import os
import signal
import time

LONG = "x" * 600  # a text that makes some dozen records more than a batch that is checked on the spot


def processes(server):
    """Return the number of the server's process, those of the ones that check, and of the indexer."""
    with open(server.ready) as file:
        own = json.load(file)["pid"]
    with open(f"/proc/{own}/task/{own}/children") as file:
        *checkers, indexer = sorted(map(int, file.read().split()))
    return own, checkers, indexer


def stored(server):
    return sorted(one["body"]["seq"] for one in server.get("/v1/search", q="long", limit=1000)["records"])


def test_a_long_batch_is_taken_and_refused_as_a_short_one(server, device):
    """What is good is stored once and signed for; what is not is named by its line."""
    assert processes(server)[1]
    laptop, token = device("d1").record(80, note=f"long {LONG}"), server.enrol("d1")
    good = laptop.raw()
    rows = good.splitlines(keepends=True)
    for bad, line in (
        (b"".join([*rows[:40], rows[40][:-9] + b"\n", *rows[41:]]), 41),
        (b"".join([*rows[:50], *rows[51:]]), 51),
        (good.replace(b"\n", b"\n{}\n", 1), 2),
    ):
        reply = server.post(token, bad, encoding="identity")
        assert (400, "bad-records", line) == (reply.status_code, reply.json()["error"], reply.json()["line"])
    for _ in range(2):
        reply = server.post(token, good, encoding="identity").json()
        assert (80, []) == (reply["receipt"]["last"], reply["alerts"])
    assert list(range(1, 81)) == stored(server)
    other = device("d2").record(80, note=f"long {LONG}").raw()
    changed = other.replace(b'"kind":"decision"', b'"kind":"decisioN"', 30)
    assert ["broken"] == server.post(server.enrol("d2"), changed, encoding="identity").json()["alerts"]


def test_lost_processes_cost_no_record(server, device):
    """One that is killed takes nothing with it, and when all are lost the server checks alone."""
    laptops = [device(f"d{number}").record(40, note=f"long {LONG}") for number in range(6)]
    tokens = [server.enrol(laptop.name) for laptop in laptops]

    def send(number):
        return server.post(tokens[number], laptops[number].raw(), encoding="identity").status_code

    _own, checkers, _indexer = processes(server)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        for number, checker in enumerate(checkers):
            os.kill(checker, signal.SIGKILL)
            assert 200 == send(number)
        assert [200] * 6 == list(pool.map(send, range(6)))
    assert sorted([*range(1, 41)] * 6) == stored(server)
    code, said = server.stop()
    assert 0 == code
    assert len(checkers) == said.count("a process that checks records was lost")


def test_no_process_outlives_the_server(server):
    """Neither those that check nor the indexer: also when the server is killed."""
    _own, checkers, indexer = processes(server)
    server.kill()
    waited = 0
    while any(alive(process) for process in (*checkers, indexer)):
        waited += 1
        assert waited < 3000
        time.sleep(0.01)


def alive(process):
    """Whether a process is there and no zombie."""
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
