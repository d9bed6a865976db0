from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgp.errors import BadInputError
from kgp.loaders.interactions.string_aliases import IDENTIFIERS, NAMES
from tests.unit.loaders.drained import drain, write

HEADER = "#string_protein_id\talias\tsource"
A, B = "9606.ENSP1", "9606.ENSP2"


def aliases(tmp_path, *rows, **options):
    lines = ["\t".join(row) for row in rows]
    path = write(tmp_path / "9606.protein.aliases.v12.0.txt.gz", HEADER, *lines)
    return drain("string-aliases", {"aliases": path}, **options)


@pytest.mark.parametrize(
    ("alias", "source", "other"),
    [
        ("P04637", "UniProt_AC", "uniprot:P04637"),
        ("ENSG00000141510", "Ensembl_gene", "ensembl:ENSG00000141510"),
        ("HGNC:11998", "Ensembl_HGNC_hgnc_id", "hgnc:11998"),
        ("7157", "Ensembl_HGNC_entrez_id", "ncbigene:7157"),
        ("7157", "UniProt_DR_GeneID", "ncbigene:7157"),
        ("YAL001C", "UniProt_GN_OrderedLocusNames", "locus_tag:YAL001C"),
        ("HGNC:11998", "Ensembl_HGNC_HGNC_ID", "hgnc:11998"),
    ],
)
def test_the_only_identifier_of_its_kind_is_exact(tmp_path, alias, source, other):
    assert aliases(tmp_path, (A, alias, source)).xrefs == {(f"string:{A}", other, "exact")}


def test_an_identifier_of_two_proteins_is_a_synonym_of_both(tmp_path):
    result = aliases(tmp_path, (A, "P1A2B3", "UniProt_AC"), (B, "P1A2B3", "UniProt_AC"))
    assert result.xrefs == {
        (f"string:{A}", "uniprot:P1A2B3", "synonym"),
        (f"string:{B}", "uniprot:P1A2B3", "synonym"),
    }


def test_several_accessions_of_one_protein_are_synonyms(tmp_path):
    result = aliases(
        tmp_path,
        (A, "P04637", "UniProt_AC"),
        (A, "Q12345", "UniProt_AC"),
        (A, "7157", "Ensembl_HGNC_entrez_id"),
    )
    assert result.xrefs == {
        (f"string:{A}", "uniprot:P04637", "synonym"),
        (f"string:{A}", "uniprot:Q12345", "synonym"),
        (f"string:{A}", "ncbigene:7157", "exact"),
    }


def test_an_alias_that_several_sources_state_is_merged(tmp_path):
    rows = ((A, "TP53", "UniProt_GN_Name"), (A, "TP53", "Ensembl_HGNC_symbol"))
    result = aliases(tmp_path, *rows)
    assert result.xrefs == {(f"string:{A}", "hgnc.symbol:TP53", "synonym")}
    assert (result.tally.rows_in, result.tally.rows_kept, result.tally.rows_merged) == (2, 2, 1)


def test_a_name_belongs_to_the_protein_that_is_best_known_by_it(tmp_path):
    rows = ((A, "TRP53", "UniProt_GN_Synonyms"), (B, "TRP53", "UniProt_GN_Name"))
    result = aliases(tmp_path, *rows)
    assert result.xrefs == {(f"string:{B}", "hgnc.symbol:TRP53", "synonym")}
    dropped = result.tally.dropped["better known as another protein's name"]
    assert dropped.examples == [f"hgnc.symbol:TRP53 string:{A}"]


def test_a_name_that_two_proteins_bear_alike_is_dropped_and_shown(tmp_path):
    rows = ((A, "p53", "UniProt_GN_Synonyms"), (B, "p53", "UniProt_GN_Synonyms"))
    result = aliases(tmp_path, *rows)
    assert result.xrefs == set()
    assert result.dropped == {"name of several proteins": 2}


def test_names_of_other_species_are_no_hgnc_symbols(tmp_path):
    path = write(tmp_path / "m.txt", HEADER, "10090.ENSMUSP1\tTrp53\tUniProt_GN_Name")
    found = drain("string-aliases", {"aliases": path}).xrefs
    assert found == {("string:10090.ENSMUSP1", "symbol:Trp53", "synonym")}


def test_genes_called_na_and_nan_keep_their_names(tmp_path):
    rows = ((A, "NA", "UniProt_GN_Name"), (B, "nan", "UniProt_GN_Name"))
    assert {other for _, other, _ in aliases(tmp_path, *rows).xrefs} == {
        "hgnc.symbol:NA",
        "hgnc.symbol:nan",
    }


def test_what_is_not_used_or_malformed_is_counted(tmp_path):
    rows = (
        (A, "2B6H", "Ensembl_PDB"),
        (A, " ", "UniProt_GN_Name"),
        (A, "TP53", "UniProt_DR_GeneID"),
        (A, "TP53", "UniProt_GN_Name"),
    )
    result = aliases(tmp_path, *rows)
    assert result.dropped == {
        "kind of alias that is not used": 1,
        "no alias": 1,
        "not an identifier of its kind": 1,
    }
    assert result.info.version == "v12.0"


def test_another_species_is_refused_wherever_it_shows(tmp_path):
    row = (A, "TP53", "UniProt_GN_Name")
    with pytest.raises(BadInputError, match="is of taxon '9606', not 10090"):
        aliases(tmp_path, row, taxon=10090)
    with pytest.raises(BadInputError, match="is of taxon '10090', not 9606"):
        aliases(tmp_path, row, ("10090.x", "Trp53", "UniProt_GN_Name"), taxon="9606")


PROTEINS = st.sampled_from([A, B, "9606.ENSP3"])
CLAIMS = st.tuples(
    PROTEINS,
    st.sampled_from(["P11111", "12", "X1"]),
    st.sampled_from([*IDENTIFIERS, *NAMES, "PDB"]),
)


@settings(max_examples=40)
@given(rows=st.lists(CLAIMS, min_size=1, max_size=25))
def test_no_row_is_lost_and_no_exact_pair_welds_two_things(tmp_path_factory, rows):
    result = aliases(tmp_path_factory.mktemp("aliases"), *rows)
    exact = [(one, other) for one, other, kind in result.xrefs if kind == "exact"]
    assert len({other for _, other in exact}) == len(exact)
    assert len({(one, other.partition(":")[0]) for one, other in exact}) == len(exact)
    assert result.tally.rows_kept - result.tally.rows_merged == len(result.xrefs)
