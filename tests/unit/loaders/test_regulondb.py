"""RegulonDB: its layouts through the releases, and the genes of its regulators."""

from __future__ import annotations

import json

import pytest

from kgp.errors import BadInputError
from kgp.kg_schema.batches import Kind
from kgp.loaders.registry import assign_roles
from kgp.loaders.regulons.regulondb_names import regulator_genes
from tests.unit.loaders.drained import drain, write

OLD = (
    "# RegulonDB Release: 9.0 Date: 09-05-2015",
    "# Columns:",
    "#  (1) Transcription Factor (TF) name",
    "#  (2) Gene regulated by the TF (regulated gene)",
    "AcrR\tacrA\t-\t[BCE, BPP, GEA]\tStrong",
    "CRP\tlacZ\t+\t[GEA]\tWeak",
    "IHF\tacrR\t+-\t\t",
    "H-NS\thns\t?\t[GEA]\tweak",
)
TEN = (
    "ECK120011190\tAccB\tECK120000016\taccB\t-\t[GEA|W|Gene expression analysis]\tWeak\t",
    "ECK120011345\tFlhDC\tECK120000797\tmglB\t+-\t[BPP|S|Binding of purified proteins]\tConfirmed",
)
NEW = (
    "# RegulonDB Release: 14.5",
    "## (1) regulatorId. Regulator identifier",
    "1)regulatorId\t2)regulatorName\t3)RegulatorGeneName\t4)regulatedId\t5)regulatedName"
    "\t6)function\t7)confidenceLevel",
    "RDBECOLITFC00001\tCpxR\tcpxR\tRDBECOLIGNC00001\tspy\t+\tS ",
    "RDBECOLITFC00002\tIHF\tihfA;ihfB\tRDBECOLIGNC00002\tilvA\t-+\tC",
    "RDBECOLISFC00003\tRpoD\trpoD\tRDBECOLIGNC00003\talr\t+\tW",
    "RDBECOLIPDC00358\tDsrA\tdsrA\tRDBECOLIGNC00450\thns\t-\t?",
)


def regulondb(tmp_path, *rows, **options):
    return drain("regulondb", {"tf_gene": write(tmp_path / "network.txt", *rows)}, **options)


def edges(result):
    return [
        (r["src"][7:], r["dst"][7:], r["effect"], r["layer"], json.loads(r["evidence"]))
        for r in result.rows(Kind.REGULATION)
    ]


def test_old_tables_name_the_protein_and_its_gene_is_told_from_the_name(tmp_path):
    result = regulondb(tmp_path, *OLD)
    assert result.info.version == "9.0"
    trans = "transcriptional"
    assert edges(result) == [
        ("acrR", "acrA", "repression", trans, {"codes": "[BCE, BPP, GEA]", "level": "Strong"}),
        ("crp", "lacZ", "activation", trans, {"codes": "[GEA]", "level": "Weak"}),
        ("ihfA", "acrR", "dual", trans, {"activation": 0, "complex": "IHF", "repression": 0}),
        ("ihfB", "acrR", "dual", trans, {"activation": 0, "complex": "IHF", "repression": 0}),
        ("hns", "hns", "unknown", trans, {"codes": "[GEA]", "level": "Weak"}),
    ]
    assert result.nodes["symbol:lacZ"]["name"] == "lacZ"


def test_release_ten_has_identifiers_between_the_names(tmp_path):
    result = regulondb(tmp_path, *TEN, version="10.9")
    assert [edge[:3] for edge in edges(result)] == [
        ("accB", "accB", "repression"),
        ("flhD", "mglB", "dual"),
        ("flhC", "mglB", "dual"),
    ]
    assert result.info.version == "10.9"
    members = {dst for src, _, dst in result.edges if src == "regulondb.complex:FlhDC"}
    assert members == {"symbol:flhC", "symbol:flhD"}


def test_new_tables_say_the_regulators_gene_and_class(tmp_path):
    result = regulondb(tmp_path, *NEW)
    assert [edge[:4] for edge in edges(result)] == [
        ("cpxR", "spy", "activation", "transcriptional"),
        ("ihfA", "ilvA", "dual", "transcriptional"),
        ("ihfB", "ilvA", "dual", "transcriptional"),
        ("rpoD", "alr", "activation", "sigma"),
        ("dsrA", "hns", "repression", "translational"),
    ]
    levels = [edge[4].get("level") for edge in edges(result)]
    assert levels == ["Strong", "Confirmed", "Confirmed", "Weak", None]
    assert result.info.version == "14.5"


def test_the_layer_follows_the_file_where_no_identifier_says_it(tmp_path):
    rows = {
        "tf_gene": "CRP\tlacZ\t+",
        "sigma_gene": "Sigma70\tlacZ\t+",
        "srna_gene": "micF\tompF\t-",
    }
    files = {role: write(tmp_path / role, row) for role, row in rows.items()}
    assert {edge[0]: edge[3] for edge in edges(drain("regulondb", files))} == {
        "crp": "transcriptional",
        "rpoD": "sigma",
        "micF": "translational",
    }


def test_what_two_rows_say_of_one_pair_is_one_edge(tmp_path):
    result = regulondb(tmp_path, "CRP\tlacZ\t+\t\tWeak", "Crp\tlacZ\t-\t\tConfirmed")
    expected = {"activation": 1, "level": "Confirmed", "repression": 1}
    assert edges(result) == [("crp", "lacZ", "dual", "transcriptional", expected)]
    assert result.tally.rows_merged == 1


def test_what_cannot_be_read_is_dropped_with_its_reason(tmp_path):
    rows = ("AraC\taraA\t+", "AraC\t\t+", "AraC\taraB\tmaybe", "ppGpp\trrnB\t-", "A b\tc\t-", "x")
    assert regulondb(tmp_path, *rows).dropped == {
        "no regulator or no target": 2,
        "effect is not +, -, +- or ?": 1,
        "regulator is a small molecule": 1,
        "not a name of a gene or regulator": 1,
    }


@pytest.mark.parametrize(
    ("name", "genes"),
    [
        ("AraC", ("araC",)),
        ("Fis", ("fis",)),
        ("CRP", ("crp",)),
        ("DksA-ppGpp", ("dksA",)),
        ("GadE-RcsB", ("gadE", "rcsB")),
        ("RcsAB", ("rcsA", "rcsB")),
        ("sigma38", ("rpoS",)),
        ("YjjQ2", ("yjjQ2",)),
        ("micF", ("micF",)),
        ("HigB-HigA", ("higB", "higA")),
        ("RNA polymerase", ("RNA polymerase",)),
        ("-", ("-",)),
    ],
)
def test_a_regulators_genes_are_told_from_its_name(name, genes):
    assert regulator_genes(name) == genes


@pytest.mark.parametrize(
    ("listed", "genes"), [("flhD; flhC", ("flhD", "flhC")), ("ihfA,ihfB", ("ihfA", "ihfB"))]
)
def test_genes_that_are_listed_are_taken_as_they_are(listed, genes):
    assert regulator_genes(listed, is_gene=True) == genes


@pytest.mark.parametrize("rows", [("# only a comment",), ("AraC araA +",), ("a\tb\tc\td\te\tf",)])
def test_a_file_of_another_layout_is_refused(tmp_path, rows):
    with pytest.raises(BadInputError, match=r"no column of effects|holds no regulation"):
        regulondb(tmp_path, *rows)


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("network_tf_gene.txt", "tf_gene"),
        ("NetworkRegulatorGene.tsv", "tf_gene"),
        ("network_sigma_gene.txt", "sigma_gene"),
        ("NetworkSigmaGene.tsv", "sigma_gene"),
        ("network_sRNA_gene.txt", "srna_gene"),
    ],
)
def test_files_are_recognised_by_their_names(tmp_path, name, role):
    path = write(tmp_path / name, "x")
    first = write(tmp_path / "network", "x")
    given = [str(path)] if role == "tf_gene" else [str(path), f"tf_gene={first}"]
    assert assign_roles("regulondb", given)[role] == path
