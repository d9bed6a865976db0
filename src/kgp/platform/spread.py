"""Staging on a Dask cluster: workers parse and write blocks that the client reads in order.

A block travels inside its task, compressed, so that the scheduler can give it to another worker
when one dies; its parts and its mark are renamed into place, so that two workers that stage one
block do no harm.
"""

from __future__ import annotations

import io
import logging
import platform
import re
import time
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from threading import Event
from typing import TYPE_CHECKING, Any

import polars as pl

from kgp.errors import (
    KgpError,
    MissingExtraError,
    StoreError,
    StoreUnavailableError,
    UsageError,
)
from kgp.platform.staging_folder import is_begun

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.kg_schema.tally import Tally
    from kgp.platform.staging_blocks import Work
    from kgp.platform.staging_workers import Workers

LOCAL = "local"
PATIENCE = 30.0
"""Seconds to wait for a scheduler that does not answer, or has no workers."""

_GLANCE = 1.0
_ENDED_BADLY = ("error", "cancelled")
_ADDRESS = re.compile(r"(tcp|tls|ucx|ws|wss)://[^\s/]+:\d+/?")


@contextmanager
def cluster(address: str, patience: float | None = None) -> Iterator[Workers]:
    """Work on a cluster.

    Args:
        address: of its scheduler, such as ``tcp://host:8786``; ``local`` starts one process per
            core here, and stops them in the end.
        patience: seconds to wait for workers; default :data:`PATIENCE`.

    Raises:
        MissingExtraError: if Dask is not installed.
        StoreUnavailableError: if the scheduler does not answer, or has no workers.
        UsageError: if it is not an address.
    """
    if address != LOCAL and not _ADDRESS.fullmatch(address):
        raise UsageError(
            f"{address!r} is not the address of a Dask scheduler.",
            hint="Valid is tcp://HOST:PORT, or local for the cores of this machine.",
            command="kgp load … --dask local",
        )
    distributed = _library()
    patience = PATIENCE if patience is None else patience
    # Blocks are meant to travel inside their tasks.
    settings = {"distributed.admin.large-graph-warning-threshold": "1GB"}
    with import_module("dask.config").set(settings), _quiet(), _scheduler(address) as scheduler:
        try:
            client = distributed.Client(scheduler, timeout=patience, set_as_default=False)
            client.wait_for_workers(1, timeout=patience)
        except OSError as error:
            raise _unavailable(address, f"does not answer, or has no workers: {error}") from error
        with client:
            yield _Cluster(client, address, patience, 2 * sum(client.nthreads().values()))


def _library() -> Any:
    """The library ``distributed``, whose calls are not annotated."""
    try:
        return import_module("distributed")
    except ImportError as error:
        raise MissingExtraError(
            "Spreading a load needs Dask, which is not installed.",
            hint="Without --dask the load runs in this process, with the same result.",
            command="pip install 'kgp[dask]'",
        ) from error


@contextmanager
def _scheduler(address: str) -> Iterator[str]:
    """The address to connect to; that of a cluster of this machine's own, while it is needed."""
    if address != LOCAL:
        yield address
        return
    own = _library().LocalCluster(
        threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=logging.CRITICAL
    )
    with own:
        yield own.scheduler_address


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what the library logs about workers that come and go off the user's terminal."""
    logger = logging.getLogger("distributed")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


@dataclass(frozen=True, slots=True)
class _Cluster:
    """The workers of one scheduler."""

    client: Any
    address: str
    patience: float
    width: int

    def submit(self, work: Work, number: int, block: pl.DataFrame) -> _Task:
        # Not pure: the same block may have to be staged again.
        future = self.client.submit(
            stage_on_worker, work, number, pack(block), program(), pure=False
        )
        ended = Event()
        future.add_done_callback(lambda _: ended.set())
        return _Task(self, work, number, future, ended)


@dataclass(frozen=True, slots=True)
class _Task:
    cluster: _Cluster
    work: Work
    number: int
    future: Any
    ended: Event

    def result(self) -> Tally:
        """Wait for the block, and find it where this process will read it."""
        try:
            while not self.ended.wait(_GLANCE) and self.work.done(self.number) is None:
                self._check_workers()
            # The value of a task that ended well is not fetched: it says nothing that the mark does
            # not say, and the worker that holds it may have died since.
            if self.future.status in _ENDED_BADLY:
                self.future.result(timeout=self.cluster.patience)
        except KgpError:
            raise
        except Exception as error:  # whatever a worker dies of
            what = f"lost block {self.number}: {type(error).__name__} {error}"
            raise _unavailable(self.cluster.address, what) from error
        tally = self.work.done(self.number)
        if tally is None:
            raise _unseen(f"What a Dask worker wrote is not to be seen in {self.work.folder}.")
        return tally

    def _check_workers(self) -> None:
        """Wait in vain only so long: a cluster may have lost all its workers."""
        client, address = self.cluster.client, self.cluster.address
        end = time.monotonic() + self.cluster.patience
        while not client.nthreads():
            if time.monotonic() > end:
                raise _unavailable(address, "has no workers any more")
            time.sleep(_GLANCE)


def pack(block: pl.DataFrame) -> bytes:
    """A block as it travels."""
    data = io.BytesIO()
    block.write_ipc(data, compression="lz4")
    return data.getvalue()


def program() -> str:
    """The version of kgp, whose parser decides what a part holds."""
    return version("kgp")


def stage_on_worker(work: Work, number: int, block: bytes, wanted: str) -> None:
    """Stage one block on a worker.

    Args:
        work: how.
        number: of the block.
        block: from :func:`pack`.
        wanted: version of kgp of the process that asks.

    Raises:
        StoreError: if the worker has another version.
        StoreUnavailableError: if the worker does not see the staging folder.
    """
    where = platform.node()
    if program() != wanted:
        raise StoreError(
            f"The Dask worker on {where} has kgp {program()}; this is kgp {wanted}.",
            hint="Another version may read the same block in another way.",
            command=f"pip install kgp=={wanted}, on every worker",
        )
    if not is_begun(work.folder):
        raise _unseen(f"The Dask worker on {where} does not see the staging folder {work.folder}.")
    work.stage(number, pl.read_ipc(block))


def _unseen(message: str) -> StoreUnavailableError:
    return StoreUnavailableError(
        message,
        hint="Staging on a cluster needs a store on a disk that all its machines share.",
        command="kgp load … --store duckdb:/shared/kgp.duckdb --dask tcp://HOST:PORT",
    )


def _unavailable(address: str, what: str) -> StoreUnavailableError:
    return StoreUnavailableError(
        f"The Dask scheduler {address} {what}.",
        hint="What was read so far is kept; the graph is as it was before.",
        command="the same command, which continues; without --dask it needs no cluster",
    )
