"""Which servers are too old."""

from __future__ import annotations

import pytest

from kgp.errors import StoreError
from kgp.platform.store.neo4j.versions import check_version


@pytest.mark.parametrize("version", ["5.15.0", "5.26.30", "5.27-aura", "6.0", "2025.06.0"])
def test_the_oldest_and_later_servers_are_taken(version: str) -> None:
    check_version("neo4j://host:7687", version)


@pytest.mark.parametrize("version", ["3.5.35", "4.4.40", "5.2.0", "5.14.9", "", "dev"])
def test_an_older_server_is_refused_with_both_versions(version: str) -> None:
    with pytest.raises(StoreError, match=r"kgp needs 5\.15 or later") as caught:
        check_version("neo4j://host:7687", version)
    assert f"neo4j://host:7687 is Neo4j {version}" in str(caught.value)
