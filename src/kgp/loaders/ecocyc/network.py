"""The regulatory network that Pathway Tools exports as text: regulators above their targets.

The export names genes, not frames. It holds regulation of transcription and of translation without
telling which edge is which, so all are transcriptional but those of sigma factors. A regulator of
several subunits (IHF of ihfA and ihfB) stands there once for each of their genes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from kgp.errors import BadInputError
from kgp.kg_schema.batches import Kind
from kgp.loaders.base import FileLoader
from kgp.loaders.ecocyc.edges import EFFECT_OF_MODE, Statement, merged
from kgp.loaders.files import look, stream_lines
from kgp.loaders.frames import emit, node_rows
from kgp.loaders.pathway_tools.values import header_value, plain_text, read_comments
from kgp.loaders.signed import CURATED, regulation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

SIGMA_FACTORS = ("rpoD", "rpoE", "rpoH", "rpoN", "rpoS", "fliA", "fecI")
"""Genes of the seven sigma factors of Escherichia coli K-12."""

_REGULATOR = re.compile(r"^(\S.*)\*$")
_TARGET = re.compile(r"^(\+/-|\+|-|)(.*?)\*?$")
_STATED = re.compile(r"\b(\d+) regulatory genes")
_INDENT = "  "


class EcoCycNetwork(FileLoader):
    """Reads the export: ``regulator*``, below it ``+target  -target*  +/-target  target``.

    Args:
        inputs: the file of role ``network``.
        name: name of the network.
        sigma: names of the sigma factors, separated by commas.
        version: the release, where the user states it.
    """

    source = "ecocyc-network"

    def __init__(
        self,
        inputs: Mapping[str, Path],
        *,
        name: str = "ecocyc-network",
        sigma: str | Sequence[str] = SIGMA_FACTORS,
        version: str | None = None,
    ) -> None:
        self._comments = read_comments(inputs["network"])
        super().__init__(inputs, version=version)
        self.name = name
        names = sigma.split(",") if isinstance(sigma, str) else sigma
        self.sigma = frozenset(text.strip() for text in names)

    def stated_version(self) -> str | None:
        """Return the release that the comment header states."""
        return header_value(self._comments, "Version") or None

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield the genes by name, then the regulation between them."""
        path = self.inputs["network"]
        blocks = list(_blocks(path))
        self._check_whole(len(blocks))
        statements = [s for regulator, lists in blocks for s in self._read(regulator, lists, tally)]
        if not statements:
            raise BadInputError(
                f"{path} holds no regulation.",
                hint="Expected is the regulatory network of a Pathway Tools database: regulators "
                "with their targets indented below.",
                command=look(path),
            )
        edges = merged(statements)
        tally.merge(len(statements) - edges.height)
        ends = pl.concat([edges["src"], edges["dst"]])
        yield from emit(Kind.NODES, node_rows(ends, "Gene", ends.str.strip_prefix("symbol:")))
        yield from regulation(edges, self.name, CURATED, evidence=pl.col("evidence"))

    def _read(
        self, regulator: str, lists: Sequence[tuple[int, str]], tally: Tally
    ) -> Iterator[Statement]:
        """Yield what stands below one regulator, given as number and text of each line."""
        layer = "sigma" if regulator in self.sigma else "transcriptional"
        for line, text in lists:
            for token in re.split(r"\s{2,}", text.strip()):
                tally.read()
                mode, name = _mode_and_name(token)
                nested = text.startswith((_INDENT + " ", _INDENT + "\t"))
                if nested or not name:
                    reason = "indented more than once" if nested else "no gene name"
                    tally.drop(reason, example=f"{regulator} {token} (line {line})")
                    continue
                src, dst = f"symbol:{regulator}", f"symbol:{name}"
                yield Statement(src, dst, layer, EFFECT_OF_MODE[mode])

    def _check_whole(self, regulators: int) -> None:
        """Refuse a file that is cut off: the header says how many regulators it has."""
        stated = next((m[1] for m in map(_STATED.search, self._comments) if m), None)
        if stated is not None and regulators < int(stated):
            raise BadInputError(
                f"{self.inputs['network']} has {regulators} regulators; its header says {stated}.",
                hint="Expected is the whole export; the download was probably cut off.",
                command="kgp sources",
            )


def _blocks(path: Path) -> Iterator[tuple[str, list[tuple[int, str]]]]:
    """Yield each regulator with the lines below it.

    Raises:
        BadInputError: for a line that is neither a regulator nor indented below one.
    """
    regulator, lists = "", list[tuple[int, str]]()
    for block in stream_lines(path, "#"):
        for line, text in block.iter_rows():
            match = _REGULATOR.match(text)
            if regulator and text.startswith((_INDENT, "\t")):
                lists.append((line, text))
            elif match:
                if regulator:
                    yield regulator, lists
                regulator, lists = plain_text(match[1]), []
            elif text.strip():
                raise BadInputError(
                    f"{path}, line {line}: {text[:80]!r} is not a regulator.",
                    hint="Expected is a gene's name with a star, and its targets indented below.",
                    command=look(path),
                )
    if regulator:
        yield regulator, lists


def _mode_and_name(token: str) -> tuple[str, str]:
    match = _TARGET.match(token)
    return (match[1], plain_text(match[2]).strip()) if match else ("", "")
