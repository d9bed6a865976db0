from __future__ import annotations

import pickle

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgp.errors import BadInputError, UsageError
from kgp.kg_schema.batches import BlockLoader, Kind
from kgp.kg_schema.tally import Tally
from kgp.loaders.ontology.gaf import EVIDENCE, Gaf
from tests.shared_data import shared
from tests.unit.loaders.drained import drain, write

HEAD = "!gaf-version: 2.2"


def row(local="P04637", relation="involved_in", term="GO:0006915", evidence="IDA", **other):
    fields = {
        "db": "UniProtKB",
        "local": local,
        "symbol": "TP53",
        "relation": relation,
        "term": term,
        "reference": "PMID:1",
        "evidence": evidence,
        "with": "",
        "aspect": "P",
        "name": "a protein",
        "synonyms": "p53",
        "type": "protein",
        "taxon": "taxon:9606",
        "date": "20200101",
        "by": "UniProt",
        "extension": "",
        "form": "",
    }
    return "\t".join((fields | other).values())


def gaf(tmp_path, *rows, head=HEAD, **options):
    return drain("gaf", {"gaf": write(tmp_path / "x.gaf", head, *rows)}, **options)


def test_an_annotation_is_an_edge_from_gene_to_term(tmp_path):
    result = gaf(tmp_path, row())
    assert result.edges == [("uniprot:P04637", "PARTICIPATES_IN", "go:0006915")]
    assert result.nodes["uniprot:P04637"]["name"] == "TP53"
    assert result.nodes["go:0006915"]["type"] == "BiologicalProcess"


@pytest.mark.parametrize(
    ("aspect", "relation"), [("P", "PARTICIPATES_IN"), ("F", "HAS_FUNCTION"), ("C", "LOCATED_IN")]
)
def test_the_aspect_gives_the_relation(tmp_path, aspect, relation):
    assert gaf(tmp_path, row(aspect=aspect)).edges[0][1] == relation


def test_one_edge_gathers_all_evidence_of_a_gene_and_term(tmp_path):
    rows = (row(), row(evidence="IBA", reference="PMID:2"), row(relation="acts_upstream_of"))
    (edge,) = gaf(tmp_path, *rows).rows(Kind.EDGES)
    assert edge["evidence"] == ["IBA", "IDA"]
    assert edge["references"] == ["PMID:1", "PMID:2"]
    assert edge["relations"] == ["acts_upstream_of", "involved_in"]


def test_rows_that_state_one_gene_and_term_are_counted_as_merged(tmp_path):
    result = gaf(tmp_path, row(), row(evidence="IBA"), row(term="GO:0000001"), row(evidence="ND"))
    assert (result.tally.rows_in, result.tally.rows_kept, result.tally.rows_merged) == (4, 3, 1)
    assert len(result.edges) == result.tally.rows_kept - result.tally.rows_merged


def test_a_positive_and_a_negative_statement_of_one_pair_leave_the_positive(tmp_path):
    result = gaf(tmp_path, row(), row(relation="NOT|involved_in"))
    assert len(result.edges) == 1
    assert result.rows(Kind.EDGES)[0]["relations"] == ["involved_in"]


def test_automatic_and_phylogenetic_evidence_is_kept_unless_left_out(tmp_path):
    rows = (row(), row(local="P1", evidence="IEA"), row(local="P2", evidence="IBA"))
    assert len(gaf(tmp_path, *rows).edges) == 3
    result = gaf(tmp_path, *rows, without="IEA,IBA")
    assert result.edges == [("uniprot:P04637", "PARTICIPATES_IN", "go:0006915")]
    assert result.dropped == {"evidence left out on request": 2}


def test_protein_binding_is_kept_with_the_code_that_tells_it_apart(tmp_path):
    (edge,) = gaf(tmp_path, row(term="GO:0005515", evidence="IPI", aspect="F")).rows(Kind.EDGES)
    assert (edge["type"], edge["evidence"]) == ("HAS_FUNCTION", ["IPI"])


def test_leaving_out_a_code_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(UsageError, match="Unknown evidence code 'IAE'"):
        gaf(tmp_path, row(), without="IAE")


def test_a_file_of_another_species_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="holds no annotations of taxon:10090"):
        gaf(tmp_path, row(), taxon=10090)


def test_an_interaction_partner_s_taxon_is_not_the_gene_s_own(tmp_path):
    rows = (row(taxon="taxon:9606|taxon:10090"), row(local="P1", taxon="taxon:10090"))
    result = gaf(tmp_path, *rows, taxon=10090)
    assert [src for src, *_ in result.edges] == ["uniprot:P1"]


def test_a_gene_called_na_keeps_its_name(tmp_path):
    assert gaf(tmp_path, row(symbol="NA")).nodes["uniprot:P04637"]["name"] == "NA"


def test_windows_line_ends_are_no_part_of_the_last_column(tmp_path):
    path = tmp_path / "x.gaf"
    path.write_bytes(f"{HEAD}\r\n{row()}\r\n".encode())
    assert len(drain("gaf", {"gaf": path}).edges) == 1


def test_negative_and_empty_statements_are_left_out(tmp_path):
    rows = (row(relation="NOT|involved_in"), row(evidence="ND"), row(relation="involved_in"))
    result = gaf(tmp_path, *rows)
    assert result.dropped == {"negative statement (NOT)": 1, "nothing known (ND)": 1}
    assert len(result.edges) == 1


def test_a_relation_that_only_contains_the_letters_not_is_positive(tmp_path):
    assert len(gaf(tmp_path, row(relation="NOTable")).edges) == 1


@pytest.mark.parametrize("head", ["!gaf-version: 2.0", "! gaf-version: 2.1"])
def test_older_files_with_an_empty_qualifier_are_read(tmp_path, head):
    (edge,) = gaf(tmp_path, row(relation=""), head=head).rows(Kind.EDGES)
    assert edge["relations"] == []


@pytest.mark.parametrize("head", ["!gaf-version: 1.0", "!no version", "!gaf-version: 3.0"])
def test_other_versions_are_refused(tmp_path, head):
    with pytest.raises(BadInputError, match="states GAF version"):
        gaf(tmp_path, row(), head=head)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (row().rpartition("\t")[0] + "\tx\ty", "wrong number of columns"),
        ("\t".join(row().split("\t")[:9]), "wrong number of columns"),
        (row(local=""), "no object id"),
        (row(local="P 1"), "object id with a space in it"),
        (row(db="Atlantis"), "object of an unknown database"),
        (row(term="GO:1"), "not a GO id"),
        (row(aspect="X"), "aspect is not P, F or C"),
        (row(evidence="WHO"), "unknown evidence code"),
        (row(taxon="NCBITaxon:"), "not a taxon"),
    ],
)
def test_a_broken_line_is_reported_with_its_number(tmp_path, broken, reason):
    result = gaf(tmp_path, row(), broken)
    assert result.dropped == {reason: 1}
    assert result.tally.dropped[reason].examples[0].startswith("line 3: ")


def test_trimmed_optional_columns_are_empty(tmp_path):
    assert len(gaf(tmp_path, "\t".join(row().split("\t")[:15])).edges) == 1


def test_the_first_of_two_taxa_is_the_gene_s_own(tmp_path):
    rows = (row(taxon="taxon:9606|taxon:1280"), row(local="P1", taxon="taxon:10090"))
    result = gaf(tmp_path, *rows, taxon=9606)
    assert result.dropped == {"another taxon": 1}
    assert len(result.edges) == 1


def test_ids_that_repeat_their_database_lose_it(tmp_path):
    result = gaf(tmp_path, row(db="MGI", local="MGI:98834"), row(db="EcoCyc", local="EG10163"))
    assert {src for src, *_ in result.edges} == {"mgi:98834", "ecocyc:EG10163"}


def test_locus_tags_of_e_coli_are_exact_and_of_others_nothing(tmp_path):
    rows = (
        row(local="P1", synonyms="groL|b4143|ECK4137", taxon="taxon:83333"),
        row(local="P2", synonyms="b0001"),
    )
    assert gaf(tmp_path, *rows).xrefs == {("uniprot:P1", "locus_tag:b4143", "exact")}


@pytest.mark.parametrize(
    ("line", "version"),
    [
        ("!date-generated: 2023-05-01T12:00", "2023-05-01"),
        ("!Generated: 2018-04-23 08:59", "2018-04-23"),
        ("!GOC Validation Date: 05/24/2017 $", "2017-05-24"),
        ("!Created on: Tue Apr 07 2020 09:52:20 GMT+0000", "2020-04-07"),
        ("!Generated: 99/99/2017", "99/99/2017"),
        ("!no date", "unversioned"),
    ],
)
def test_the_date_of_the_header_is_the_version(tmp_path, line, version):
    path = write(tmp_path / "x.gaf", HEAD, line, row())
    assert drain("gaf", {"gaf": path}).info.version == version


def test_a_row_of_version_2_2_without_a_relation_is_broken(tmp_path):
    result = gaf(tmp_path, row(), row(relation=""))
    assert result.dropped == {"no relation": 1}


def test_a_file_without_annotations_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="holds no annotations"):
        gaf(tmp_path)


def test_a_file_of_broken_lines_only_yields_nothing(tmp_path):
    result = gaf(tmp_path, "nonsense")
    assert result.edges == []
    assert result.dropped == {"wrong number of columns": 1}


GENES = st.sampled_from(["P1", "P2", "P3"])
TERMS = st.sampled_from(["GO:0000001", "GO:0000002"])
CODES = st.sampled_from(sorted(EVIDENCE - {"ND"}))


@settings(max_examples=30)
@given(rows=st.lists(st.tuples(GENES, TERMS, CODES), min_size=1, max_size=30))
def test_what_is_written_comes_back_gathered(tmp_path_factory, rows):
    lines = [row(local=gene, term=term, evidence=code) for gene, term, code in rows]
    result = gaf(tmp_path_factory.mktemp("gaf"), *lines)
    found = {
        (r["src"].removeprefix("uniprot:"), r["dst"].replace("go:", "GO:"), code)
        for r in result.rows(Kind.EDGES)
        for code in r["evidence"]
    }
    assert found == set(rows)


@settings(max_examples=30)
@given(text=st.text(max_size=200))
def test_only_the_products_own_error_comes_out(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("gaf") / "x.gaf"
    path.write_text(f"{HEAD}\n{text}", "utf-8", errors="replace")
    try:
        result = drain("gaf", {"gaf": path})
    except BadInputError:
        return
    assert result.edges == []


def test_the_deliberately_broken_file_reports_each_line():
    result = drain("gaf", {"gaf": shared("go/goa_human_illegal.gaf")})
    examples = {reason: d.examples for reason, d in result.tally.dropped.items()}
    assert examples == {
        "no object id": ["line 60: IGLV10-54"],
        "not a taxon": ["line 79: NCBITaxon:"],
    }
    assert result.tally.rows_in == 68


def test_ecocyc_annotations_have_their_known_size():
    result = drain("gaf", {"gaf": shared("go/gene_association.ecocyc.gaf.gz")})
    assert result.tally.rows_in == 23_506
    assert result.dropped == {"negative statement (NOT)": 12, "nothing known (ND)": 1}
    pairs = result.tables[Kind.EDGES].select("src", "dst", "type")
    assert pairs.n_unique() == pairs.height
    codes = result.tables[Kind.EDGES]["evidence"].explode().unique()
    assert isinstance(codes, pl.Series)
    assert set(codes) <= EVIDENCE


def test_annotations_of_version_2_1_have_their_known_size():
    result = drain("gaf", {"gaf": shared("go/sars-cov-2_targets.gaf.gz")}, taxon="9606")
    assert result.tally.rows_in == 12_620
    assert result.dropped == {"negative statement (NOT)": 32, "nothing known (ND)": 16}


def test_blocks_can_be_parsed_apart_and_in_any_order():
    path = shared("go/gene_association.ecocyc.gaf.gz")
    loader = pickle.loads(pickle.dumps(Gaf({"gaf": path})))
    assert isinstance(loader, BlockLoader)
    whole = drain("gaf", {"gaf": path})
    tally = Tally()
    blocks = list(loader.blocks(tally))
    apart = [batch for block in reversed(blocks) for batch in loader.parse(block, tally)]
    assert (tally.rows_in, tally.rows_merged) == (23_506, whole.tally.rows_merged)
    assert sum(b.data.num_rows for b in apart if b.kind is Kind.EDGES) == len(whole.edges)
