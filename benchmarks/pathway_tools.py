"""Read 200,000 records of a Pathway Tools file, beside the parsers that PyPI has and a bare loop.

The file is made up, in the shape of EcoCyc's genes.dat: 23 lines a record, seven of them DBLINKS.
Rivals run where they are installed: ``pip install --no-deps cycparser padmet docopt lxml grandalf
python-libsbml``. They keep two and eight attributes of a gene; kgp keeps all attributes and their
annotations, or with ``keep`` the nine that its EcoCyc loader asks for. The bare loop is the limit
of pure Python: it splits lines at their separator and checks nothing. All read from the first byte
to the last record in processes of their own, in turn.

    python -m benchmarks.pathway_tools [--json FILE] [--repeats 5] [--records 200000]
"""

from __future__ import annotations

import importlib.util
import tempfile
from pathlib import Path
from statistics import median, stdev

from benchmarks.harness import Row, parser, publish, run_program

_OURS = "from kgp.loaders.pathway_tools.values import read_records"
_BARE = """
n, record = 0, {}
with path.open(encoding="latin-1") as lines:
    for line in lines:
        line = line.rstrip("\\n")
        if line == "//":
            n, record = n + 1, {}
        else:
            attribute, _, value = line.partition(" - ")
            record.setdefault(attribute, []).append(value)
"""

PROGRAMS: dict[str, tuple[str, str]] = {
    "kgp": (_OURS, "n = sum(1 for _ in read_records(path))"),
    "kgp, keep": (
        _OURS + "\nfrom kgp.loaders.ecocyc.world import FILES",
        "n = sum(1 for _ in read_records(path, FILES['genes']))",
    ),
    "bare loop": ("", _BARE),
    "cycparser": (
        "from cycparser.parsing import parse_monomer_annotation, read_file_and_remove_comments",
        "n = len(parse_monomer_annotation(read_file_and_remove_comments(path)))",
    ),
    "padmet": (
        "import re\n"
        "from types import SimpleNamespace\n"
        "from padmet.utils.connection import pgdb_to_padmet as padmet\n"
        # padmet sets these two when it reads a whole folder.
        "padmet.regex_purge, padmet.list_of_relation = re.compile('<.*?>'), []",
        "n = len(padmet.genes_parser(str(path), SimpleNamespace(dicOfNode={})))",
    ),
}
"""What is measured → imports and the statements that leave the number of records in ``n``."""

_RECORD = """\
UNIQUE-ID - EG{i}
TYPES - BC-{j}.1
TYPES - BC-{j}.2
COMMON-NAME - gen{i}
ACCESSION-1 - b{i}
ACCESSION-2 - ECK{i}
CENTISOME-POSITION - 46.13985
COMMENT - The product of gen{i} binds DNA - it was found
/in strain {j}, and in no other.
COMPONENT-OF - COLI-K12
{links}LEFT-END-POSITION - {i}00
PRODUCT - EG{i}-MONOMER
RIGHT-END-POSITION - {i}99
SYNONYMS - syn{i}
TRANSCRIPTION-DIRECTION - +
//
"""
_DATABASES = ("ECHOBASE", "STRING", "REGULONDB", "UNIPROT", "ASAP", "ECOCYC", "ECOGENE")


def write(path: Path, records: int) -> Path:
    """Write a file of made-up genes."""
    link = 'DBLINKS - ({} "X{}" NIL |kothari| 3652459944 NIL NIL)\n'
    with path.open("w") as file:
        file.write("# Version: made up\n")
        for i in range(records):
            links = "".join(link.format(database, i) for database in _DATABASES)
            file.write(_RECORD.format(i=i, j=i % 97, links=links))
    return path


def measure(name: str, path: Path, records: int) -> tuple[float, float]:
    """Run one program; return seconds and megabytes at the peak."""
    found, seconds, peak = run_program(*PROGRAMS[name], path)
    assert found == records, f"{name} found {found} of {records} records"
    return seconds, peak


def main() -> None:
    """Measure in turn and publish medians; the first round warms the file cache."""
    options = parser(__doc__ or "")
    options.add_argument("--repeats", type=int, default=5, help="runs of each program, in turn")
    options.add_argument("--records", type=int, default=200_000, help="records of the file")
    given = options.parse_args()
    rivals = [name for name in ("cycparser", "padmet") if importlib.util.find_spec(name)]
    names = ["kgp", "kgp, keep", "bare loop", *rivals]
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "genes.dat", given.records)
        for repeat in range(given.repeats + 1):
            for name in names:
                used = measure(name, path, given.records)
                if repeat:
                    runs[name].append(used)
    found = []
    for ours in names[:2]:
        for other in names[2:]:
            found.append(_row(f"{ours}: read", "s", 0, runs[ours], other, runs[other]))
    found += [
        _row("kgp: peak memory", "MB", 1, runs["kgp"], other, runs[other]) for other in names[2:]
    ]
    publish("pathway_tools", found, given.json, ("kgp", *rivals))


def _row(
    what: str,
    unit: str,
    position: int,
    ours: list[tuple[float, float]],
    other: str,
    theirs: list[tuple[float, float]],
) -> Row:
    values, against = ([run[position] for run in runs] for runs in (ours, theirs))
    spread = stdev(values) if len(values) > 1 else None
    return Row(what, median(values), unit, other, median(against), len(values), spread)


if __name__ == "__main__":
    main()
