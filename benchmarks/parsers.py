"""Read 1 M lines of GAF and 1 M of STRING, beside the parsers that PyPI has and bare readers.

The GAF holds the real annotations of SARS-CoV-2's human targets, repeated under new accessions;
the STRING table is made up in the shape of protein.links.detailed. Rivals run where they are
installed (``pip install goatools biopython networkx pandas``); none reads STRING for its own
sake, so networkx's edge list stands in. They hold rows as Python objects; kgp ends with checked
Arrow batches of nodes, cross-references and edges, one edge per gene and term with all its
evidence. The bare readers are the limit: they split columns and check nothing. All run in
processes of their own, in turn; the figures are medians.

    python -m benchmarks.parsers [--json FILE] [--repeats 3] [--lines 1000000]
"""

from __future__ import annotations

import gzip
import importlib.util
import tempfile
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from statistics import median, stdev
from typing import TYPE_CHECKING

from benchmarks.harness import Row, parser, publish, real_data, run_program

if TYPE_CHECKING:
    from collections.abc import Iterator

_OURS = "from kgp.kg_schema.tally import Tally\nfrom kgp.loaders.registry import build_loader"
_READ = """
tally = Tally()
for batch in build_loader("{source}", {{"{role}": path}}).batches(tally): pass
n = tally.rows_in
"""

GAF: dict[str, tuple[str, str]] = {
    "kgp": (_OURS, _READ.format(source="gaf", role="gaf")),
    "goatools": (
        "from goatools.anno.gaf_reader import GafReader",
        "n = len(GafReader(str(path), prt=None).associations)",
    ),
    "Bio": (
        "from Bio.UniProt.GOA import gafiterator",
        "n = sum(1 for _ in gafiterator(path.open()))",
    ),
    "polars": (
        "import polars as pl",
        "n = pl.read_csv(path, separator='\\t', has_header=False, comment_prefix='!', "
        "quote_char=None, infer_schema=False).height",
    ),
    "pandas": (
        "import pandas as pd",
        "n = len(pd.read_csv(path, sep='\\t', header=None, comment='!', quoting=3, dtype=str))",
    ),
}
STRING: dict[str, tuple[str, str]] = {
    "kgp": (_OURS, _READ.format(source="string", role="links")),
    "networkx": (
        "import networkx as nx\nlines = path.open()\nnames = next(lines).split()[2:]",
        "n = 2 * nx.parse_edgelist(lines, data=[(x, int) for x in names]).number_of_edges()",
    ),
    "polars": ("import polars as pl", "n = pl.read_csv(path, separator=' ').height"),
    "pandas": ("import pandas as pd", "n = len(pd.read_csv(path, sep=' '))"),
}
"""Module that must be there → its imports, and the body that sets ``n``, for each format."""

_CHANNELS = "neighborhood fusion cooccurence coexpression experimental database textmining"
_PROTEINS = 19_000


def write_gaf(path: Path, lines: int) -> None:
    """Repeat the real annotations under new accessions."""
    with gzip.open(real_data("go/sars-cov-2_targets.gaf.gz"), "rt") as file:
        rows = [line.rstrip("\n").split("\t", 2) for line in file if not line.startswith("!")]

    def copies() -> Iterator[str]:
        for copy in range(1 + lines // len(rows)):
            for db, accession, rest in rows:
                yield f"{db}\t{accession}X{copy}\t{rest}\n"

    with path.open("w") as file:
        file.write("!gaf-version: 2.1\n")
        file.writelines(islice(copies(), lines))


def write_string(path: Path, lines: int) -> None:
    """Write random pairs of human-like proteins in both directions, sorted as STRING sorts."""
    import numpy as np

    random = np.random.default_rng(0)
    half = lines // 2
    chosen = random.choice(_PROTEINS * (_PROTEINS - 1) // 2, half, replace=False)
    x = ((1 + np.sqrt(1 + 8 * chosen.astype(float))) / 2).astype(int)
    y = chosen - x * (x - 1) // 2
    scores = random.integers(0, 1000, (half, len(_CHANNELS.split()) + 1))
    pairs = np.concatenate([np.column_stack([x, y, scores]), np.column_stack([y, x, scores])])
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    with path.open("w") as file:
        file.write(f"protein1 protein2 {_CHANNELS} combined_score\n")
        for a, b, *rest in pairs.tolist():
            file.write(f"9606.ENSP{a:011d} 9606.ENSP{b:011d} {' '.join(map(str, rest))}\n")


def compare(name: str, programs: dict[str, tuple[str, str]], path: Path, repeats: int) -> list[Row]:
    """Measure all programs in turn; one row per other program, and kgp's memory."""
    there = [p for p in programs if importlib.util.find_spec(p)]
    for missing in sorted(set(programs) - set(there)):
        package = {"Bio": "biopython"}.get(missing, missing.lower())
        print(f"{name}: {missing} is not installed and left out (pip install {package})")
    rates: dict[str, list[float]] = {program: [] for program in there}
    memory: dict[str, list[float]] = {program: [] for program in there}
    for _ in range(repeats):
        for program in there:
            lines, seconds, peak = run_program(*programs[program], path)
            rates[program].append(lines / seconds)
            memory[program].append(peak)
    ours, spread = rates["kgp"], stdev(rates["kgp"]) if repeats > 1 else None
    others = [program for program in there if program != "kgp"]
    rows = [
        Row(f"{name}, speed", median(ours), "lines/s", other, median(rates[other]), repeats, spread)
        for other in others
    ]
    return rows + [
        Row(f"{name}, peak memory", median(memory["kgp"]), "MB", other, median(memory[other]))
        for other in others
    ]


def main() -> None:
    """Measure and publish."""
    options = parser(__doc__ or "")
    options.add_argument("--repeats", type=int, default=3, help="runs of each program, in turn")
    options.add_argument("--lines", type=int, default=1_000_000, help="lines of each file")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        gaf, string = Path(folder) / "x.gaf", Path(folder) / "9606.protein.links.detailed.txt"
        # Apart, because a child's peak memory is at least that of the process that started it.
        for write, path in ((write_gaf, gaf), (write_string, string)):
            writer = get_context("spawn").Process(target=write, args=(path, given.lines))
            writer.start()
            writer.join()
        rows = compare("GAF", GAF, gaf, given.repeats)
        rows += compare("STRING", STRING, string, given.repeats)
    packages = ("kgp", "polars", "pandas", "goatools", "biopython", "networkx")
    publish("parsers", rows, given.json, packages)


if __name__ == "__main__":
    main()
