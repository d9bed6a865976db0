"""What every store refuses, in the same words: each check raises the error that a user meets."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from kgp.errors import BadInputError, HeadMovedError, StoreError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from kgp.platform.store.records import GrnVersion


def check_process(owner: int) -> None:
    """Raise StoreError in any process but ``owner``, which opened the store."""
    if os.getpid() != owner:
        raise StoreError(
            "A store object cannot be used in a forked process.",
            hint="Give workers the path of a snapshot instead.",
            command="kgp snapshot OUT",
        )


def check_none_missing(url: str, missing: Collection[str]) -> None:
    """Raise BadInputError for the first of the identifiers that mean no node, if there are any."""
    if missing:
        first = min(missing)
        raise BadInputError(
            f"No node {first!r} in {url}.",
            hint="Valid is an identifier of a loaded node, such as ncbigene:7157.",
            command=f"kgp find {first.partition(':')[2] or first}",
        )


def check_free(what: str, taken: Sequence[str], source: str) -> None:
    """Raise BadInputError if names that a load of ``source`` brings are taken already."""
    if taken:
        raise BadInputError(
            f"There is a {what} called {taken[0]!r} already, from other files.",
            hint="Names are unique within a store; give this one another.",
            command=f"kgp load {source} … --name {taken[0]}-2",
        )


def check_free_fork(fork: str, networks: Collection[str], name: str, context: str) -> None:
    """Raise BadInputError if there is a network of the name that a fork of ``name`` shall have."""
    if fork in networks:
        raise BadInputError(
            f"There is a network called {fork!r} already.",
            hint="A fork needs a name of its own.",
            command=f"kgp grn fork {name} {fork}-2 --context {context}",
        )


def meant_version(name: str, version: int | None, head: int) -> int:
    """The version of a network that is meant: by default the head.

    Raises:
        BadInputError: for a version that is not there.
    """
    if version is not None and not 1 <= version <= head:
        raise BadInputError(
            f"Network {name!r} has no version {version}.",
            hint=f"Valid are 1 to {head}.",
            command=f"kgp grn log {name}",
        )
    return version or head


def check_head(version: GrnVersion, head: int) -> None:
    """Raise HeadMovedError if ``version`` was not computed from the head."""
    if head != version.parent:
        raise HeadMovedError(
            f"Network {version.grn!r} is at version {head} now; the change was computed "
            f"from version {version.parent}.",
            hint="Nothing was written; the result is still with you.",
            command=f"kgp refine {version.grn} … --write, which starts from the new head",
        )


def check_not_built_on(name: str, head: int, fork: str | None) -> None:
    """Raise BadInputError if versions or a fork stand on a network's first version."""
    if head > 1 or fork:
        what = f"a fork, {fork!r}" if fork else f"{head} versions"
        raise BadInputError(
            f"Network {name!r} has {what}; its first version cannot be removed.",
            hint="History is never rewritten.",
            command=f"kgp grn log {name}",
        )
