from __future__ import annotations

import pytest

from kgp.errors import BadInputError, UsageError
from kgp.kg_schema.batches import Kind
from tests.unit.loaders.drained import drain, write

NAME = "BioPlex_293T_Network_10K_Dec_2019.tsv"
HEADER = '"GeneA"\t"GeneB"\t"UniprotA"\t"UniprotB"\t"SymbolA"\t"SymbolB"\t"pW"\t"pNI"\t"pInt"'
OLD = (
    "GeneA\tGeneB\tUniprotA\tUniprotB\tSymbolA\tSymbolB\tp(Wrong)\tp(No Interaction)"
    "\tp(Interaction)"
)
ADA = '"100"\t"728378"\t"P00813"\t"A5A3E0"\t"ADA"\t"POTEF"\t2.38e-09\t0.00033\t0.99967'


def bioplex(tmp_path, *rows, name=NAME, header=HEADER, **options):
    return drain("bioplex", {"interactions": write(tmp_path / name, header, *rows)}, **options)


def row(a="100", b="200", uniprot="P00813", symbol="ADA", p="0.9"):
    return f"{a}\t{b}\t{uniprot}\tA5A3E0\t{symbol}\tPOTEF\t0.05\t0.05\t{p}"


def test_an_interaction_joins_entrez_genes_with_its_probabilities(tmp_path):
    result = bioplex(tmp_path, ADA)
    (edge,) = result.rows(Kind.EDGES)
    assert result.edges == [("ncbigene:100", "INTERACTS_WITH", "ncbigene:728378")]
    probabilities = (edge["p_wrong"], edge["p_no_interaction"], edge["p_interaction"])
    assert probabilities == (2.38e-9, 0.00033, 0.99967)
    assert result.nodes["ncbigene:728378"]["name"] == "POTEF"


def test_accessions_are_exact_where_one_gene_has_them(tmp_path):
    result = bioplex(tmp_path, ADA, row("300", "728378", uniprot="P00813"))
    assert result.xrefs == {
        ("ncbigene:100", "uniprot:P00813", "synonym"),
        ("ncbigene:300", "uniprot:P00813", "synonym"),
        ("ncbigene:728378", "uniprot:A5A3E0", "exact"),
    }


@pytest.mark.parametrize(
    ("written", "meant"), [("P00813-2", "uniprot:P00813"), ("UNKNOWN", None), ("", None)]
)
def test_isoforms_stand_for_their_protein_and_unknown_for_none(tmp_path, written, meant):
    others = {other for one, other, _ in bioplex(tmp_path, row(uniprot=written)).xrefs}
    assert others - {"uniprot:A5A3E0"} == ({meant} if meant else set())


@pytest.mark.parametrize(
    ("name", "options", "cell_line"),
    [
        (NAME, {}, "293T"),
        ("BioPlex_HCT116_Network_5.5K_Dec_2019.tsv", {}, "HCT116"),
        ("BioPlex_interactionList_v4a.tsv", {}, "293T"),
        ("mine.tsv", {"cell_line": "HCT116"}, "HCT116"),
    ],
)
def test_the_cell_line_keeps_networks_apart(tmp_path, name, options, cell_line):
    (edge,) = bioplex(tmp_path, ADA, name=name, **options).rows(Kind.EDGES)
    assert edge["qualifier"] == cell_line


def test_a_name_without_a_cell_line_is_asked_about(tmp_path):
    with pytest.raises(UsageError, match="does not say in which cell line"):
        bioplex(tmp_path, ADA, name="mine.tsv")


def test_older_releases_spell_out_the_probabilities(tmp_path):
    (edge,) = bioplex(tmp_path, row(), header=OLD).rows(Kind.EDGES)
    assert edge["p_interaction"] == 0.9


def test_the_pair_is_stored_once_whatever_its_order(tmp_path):
    result = bioplex(tmp_path, row("200", "100"), row("100", "200"))
    assert set(result.edges) == {("ncbigene:100", "INTERACTS_WITH", "ncbigene:200")}


def test_rows_without_genes_or_probabilities_are_counted(tmp_path):
    rows = (row(a="NA"), row(b="0"), row(p="nan"), row(p="2"), row(p=""), row(symbol="NA"))
    result = bioplex(tmp_path, *rows)
    assert result.dropped == {
        "not two Entrez genes": 2,
        "a probability is not a number from 0 to 1": 3,
    }
    assert result.nodes["ncbigene:100"]["name"] == "NA"


def test_another_table_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="has no column 'GeneA'"):
        bioplex(tmp_path, "1,2", header="geneA,geneB")
