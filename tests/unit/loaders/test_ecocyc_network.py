"""The regulatory network that EcoCyc exports as text."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from kgp.errors import BadInputError
from kgp.kg_schema.batches import Kind
from kgp.loaders.ecocyc.network import SIGMA_FACTORS
from kgp.loaders.registry import assign_roles
from tests.shared_data import shared
from tests.unit.loaders.drained import drain, write

EXPORT = "ecocyc/ECOLI-regulatory-network.txt"
HEADER = ("# Organism: Escherichia coli", "# Version: 28.5", "#")


def network(tmp_path, *lines, **options):
    path = write(tmp_path / "ECOLI-regulatory-network.txt", *HEADER, *lines)
    return drain("ecocyc-network", {"network": path}, **options)


@pytest.fixture(scope="module")
def export():
    return drain("ecocyc-network", assign_roles("ecocyc-network", [str(shared("ecocyc"))]))


def test_targets_belong_to_the_regulator_above_them(tmp_path):
    result = network(tmp_path, "crp*", "  +lacZ  -crp*", "  fis*", "lacI*", "  -lacZ")
    assert result.signs == {
        ("symbol:crp", "symbol:lacZ"): (1, "activation"),
        ("symbol:crp", "symbol:crp"): (-1, "repression"),
        ("symbol:crp", "symbol:fis"): (0, "unknown"),
        ("symbol:lacI", "symbol:lacZ"): (-1, "repression"),
    }
    assert result.nodes["symbol:crp"] == {"id": "symbol:crp", "type": "Gene", "name": "crp"}
    assert {r["sign_source"] for r in result.rows(Kind.REGULATION)} == {"curated", None}
    assert {r["grn"] for r in result.rows(Kind.REGULATION)} == {"ecocyc-network"}
    assert result.info.version == "28.5"


def test_sigma_factors_have_a_layer_of_their_own(tmp_path):
    lines = ("rpoD*", "  +lacZ", "sigA*", "  +lacZ")
    layers = {r["src"]: r["layer"] for r in network(tmp_path, *lines).rows(Kind.REGULATION)}
    assert layers == {"symbol:rpoD": "sigma", "symbol:sigA": "transcriptional"}
    other = network(tmp_path, *lines, sigma="sigA, sigB", name="bsub").rows(Kind.REGULATION)
    assert {r["src"]: r["layer"] for r in other} == {
        "symbol:rpoD": "transcriptional",
        "symbol:sigA": "sigma",
    }
    assert {r["grn"] for r in other} == {"bsub"}


def test_the_subunits_of_a_regulator_stand_apart_as_the_export_writes_them(tmp_path):
    result = network(tmp_path, "ihfA*", "  +ompR*", "ihfB*", "  +ompR*")
    assert set(result.signs) == {
        ("symbol:ihfA", "symbol:ompR"),
        ("symbol:ihfB", "symbol:ompR"),
    }


def test_repeats_and_conflicts_are_merged_and_counted(tmp_path):
    result = network(tmp_path, "a*", "  +/-b  +/-b  +c  -c  +c  +d")
    assert result.tally.rows_merged == 3
    evidence = {r["dst"]: json.loads(r["evidence"]) for r in result.rows(Kind.REGULATION)}
    assert evidence == {
        "symbol:b": {"dual": 2},
        "symbol:c": {"activation": 2, "repression": 1},
        "symbol:d": {},
    }
    assert result.signs["symbol:a", "symbol:c"] == (0, "dual")


def test_names_lose_their_markup(tmp_path):
    result = network(tmp_path, "rpoD*", "  +3'ETS-<i>leuZ</i>  -&beta;x*")
    assert [dst for _, dst in result.signs] == ["symbol:3'ETS-leuZ", "symbol:βx"]


def test_a_name_claims_to_be_no_other_identifier(tmp_path):
    assert network(tmp_path, "a*", "  +b").xrefs == set()


def test_targets_without_a_name_or_indented_deeper_are_dropped(tmp_path):
    result = network(tmp_path, "a*", "  +b  +  *", "    -c")
    assert result.dropped == {"no gene name": 2, "indented more than once": 1}
    assert result.tally.rows_kept == 1


def test_windows_line_ends_and_empty_lines_change_nothing(tmp_path):
    plain = network(tmp_path, "a*", "  +b  -c")
    path = tmp_path / "windows.txt"
    path.write_bytes(b"# Version: 28.5\r\na*\r\n\r\n  +b  -c\r\n   \r\n")
    windows = drain("ecocyc-network", {"network": path})
    assert (windows.signs, windows.info) == (plain.signs, plain.info)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (("source,target", "a,b"), "line 4: 'source,target' is not a regulator"),
        (("  +b",), r"line 4: '  \+b' is not a regulator"),
        ((), "holds no regulation"),
        (("a*",), "holds no regulation"),
    ],
)
def test_another_file_is_refused(tmp_path, lines, message):
    with pytest.raises(BadInputError, match=message):
        network(tmp_path, *lines)


def test_a_file_that_is_cut_off_is_refused(tmp_path):
    stated = "# The network contains 3 total genes (…) and 2 regulatory genes."
    with pytest.raises(BadInputError, match="has 1 regulators; its header says 2"):
        network(tmp_path, stated, "a*", "  +b")
    assert network(tmp_path, stated, "a*", "  +b", "b*", "  +c").tally.rows_kept == 2


def test_the_export_has_its_known_size(export):
    rows = export.rows(Kind.REGULATION)
    assert (export.tally.rows_in, export.tally.rows_merged, export.dropped) == (9_935, 53, {})
    assert len(rows) == 9_882
    assert len({r["src"] for r in rows}) == 326
    assert len({r["dst"] for r in rows}) == 3_041
    assert len(export.nodes) == 3_084
    assert Counter(r["effect"] for r in rows) == {
        "activation": 5_964,
        "repression": 3_507,
        "dual": 397,
        "unknown": 14,
    }
    assert sum(r["src"] == r["dst"] for r in rows) == 174
    assert export.info.version == "28.5"


def test_the_rows_of_the_export_are_counted_as_they_stand():
    lines = shared(EXPORT).read_text().splitlines()
    regulator, rows = "", []
    for line in lines:
        if line.startswith(" "):
            rows += [(regulator, token.rstrip("*")) for token in line.split()]
        elif not line.startswith("#"):
            regulator = line.rstrip("*")
    marks = Counter("+/-" if t.startswith("+/-") else t[0] if t[0] in "+-" else "" for _, t in rows)
    assert (len(rows), marks) == (9_935, {"+": 5_964, "-": 3_507, "+/-": 450, "": 14})
    assert sum(regulator == target.lstrip("+/-") for regulator, target in rows) == 175
    assert sum(regulator in SIGMA_FACTORS for regulator, _ in rows) == 2_583


def test_conflicts_of_the_export_are_all_stated_as_such(export):
    evidence = [json.loads(r["evidence"]) for r in export.rows(Kind.REGULATION)]
    assert Counter(e.get("dual", 0) for e in evidence) == {0: 9_485, 1: 344, 2: 53}
    assert all(set(e) <= {"dual"} for e in evidence)


def test_sigma_edges_of_the_export_are_apart(export):
    rows = export.rows(Kind.REGULATION)
    sigma = {r["src"].removeprefix("symbol:") for r in rows if r["layer"] == "sigma"}
    assert sigma == set(SIGMA_FACTORS)
    assert sum(r["layer"] == "sigma" for r in rows) == 2_583
    assert {r["layer"] for r in rows} == {"sigma", "transcriptional"}


def test_most_names_of_the_export_are_names_of_locus_tags(export):
    """PRECISE-1K lists no genes of RNAs: 219 names, most of them of RNAs, stay as they are."""
    table = shared("ecocyc/precise1k_gene_info.csv.gz")
    claims = drain("locus-tags", {"table": table}).rows(Kind.XREFS)
    own = {x["other"] for x in claims if x["kind"] == "exact"}
    alias = Counter(x["other"] for x in claims if x["kind"] == "synonym")
    found = Counter("own" if name in own else min(alias[name], 2) for name in export.nodes)
    assert found == {"own": 2_844, 1: 21, 0: 219}
