"""Settings: memory shared out from one figure, rendered for a process and for a container."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgp.errors import UsageError
from kgp.platform.neo4j_server.settings import (
    LARGEST_HEAP,
    LEAST_MEMORY,
    as_conf,
    as_environment,
    local_settings,
    parse_memory,
)


def test_four_gigabytes_are_shared_out() -> None:
    memory = parse_memory("4g")
    assert (memory.total, memory.heap, memory.page_cache) == (4096, 2048, 1228)
    assert memory.transactions == 1433


@pytest.mark.parametrize("text", ["4096m", "4G", " 4 gb", "4GiB"])
def test_amount_may_be_written_in_several_ways(text: str) -> None:
    assert parse_memory(text) == parse_memory("4g")


@given(st.integers(LEAST_MEMORY, 4_000_000))
def test_shares_never_exceed_the_whole(total: int) -> None:
    memory = parse_memory(f"{total}m")
    assert memory.heap + memory.page_cache < total
    assert memory.transactions < memory.heap <= LARGEST_HEAP


@pytest.mark.parametrize("text", ["", "4", "4t", "-4g", "767m", "0g", "four"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no amount of memory") as refused:
        parse_memory(text)
    assert "--memory 4g" in refused.value.command


def test_local_server_listens_on_this_machine_alone() -> None:
    settings = local_settings(parse_memory("4g"), 7691)
    listening = {value for name, value in settings.items() if "listen_address" in name}
    assert listening == {"127.0.0.1", "127.0.0.1:7691"}


def test_local_server_sends_nothing_and_speaks_bolt_alone() -> None:
    settings = local_settings(parse_memory("4g"), 7691)
    names = ("dbms.usage_report.enabled", "server.http.enabled", "server.https.enabled")
    assert {settings[name] for name in names} == {"false"}


def test_conf_has_one_setting_per_line() -> None:
    assert as_conf({"b.c": "2", "a": "1"}).splitlines()[1:] == ["a=1", "b.c=2"]


def test_environment_is_written_as_the_image_reads_it() -> None:
    assert as_environment({"server.memory.heap.max_size": "1g"}) == {
        "NEO4J_server_memory_heap_max__size": "1g"
    }
