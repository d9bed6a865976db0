"""OmniPath: the extract in UniProt ids, and the web service's full answer."""

from __future__ import annotations

import json

import pytest

from kgp.errors import BadInputError
from kgp.kg_schema.batches import Kind
from kgp.kg_schema.licenses import Use, allows
from kgp.kg_schema.tally import Tally
from kgp.loaders.regulons.network_table import NetworkTable
from kgp.loaders.regulons.omnipath import COLUMNS
from kgp.loaders.sample import sample_file
from tests.shared_data import shared
from tests.unit.loaders.drained import drain, write

OMNIPATH = "source\ttarget\tdirection\tstimulation\tinhibition\tsources\treferences"


def omnipath(tmp_path, *rows, header=OMNIPATH, **options):
    return drain("omnipath", {"interactions": write(tmp_path / "o.tsv", header, *rows)}, **options)


def test_flags_become_signs_and_references_lose_their_databases(tmp_path):
    result = omnipath(
        tmp_path,
        "Q13255\tP48995\t1\t1\t0\tTRIP\tTRIP:14614461;Lit-BM-17:105;99",
        "P49137\tQ16539\t1\t0\t1\tSIGNOR\t",
        "P49137\tP48995\t1\t1\t1\tSIGNOR\t",
        "O75762\tQ9NQC7\t1\t0\t0\tInnateDB\t",
    )
    assert list(result.signs.values()) == [
        (1, "activation"),
        (-1, "repression"),
        (0, "dual"),
        (0, "unknown"),
    ]
    evidence = json.loads(result.rows(Kind.REGULATION)[0]["evidence"])
    assert evidence == {"pubmed": ["105", "14614461", "99"], "resources": ["TRIP"]}
    assert {r["layer"] for r in result.rows(Kind.REGULATION)} == {"signalling"}
    assert result.nodes["uniprot:Q13255"]["type"] == "Gene"


def test_what_is_no_directed_interaction_of_proteins_is_dropped(tmp_path):
    result = omnipath(
        tmp_path,
        "COMPLEX:P1_P2\tP48995\t1\t1\t0\tx\t",
        "Q13255\tP48995\t0\t0\t0\tx\t",
        "Q13255\tP48995\t1\tmaybe\t0\tx\t",
    )
    assert result.dropped == {
        "not a UniProt accession": 1,
        "a flag is neither 0 nor 1": 1,
        "no direction": 1,
    }


def test_omnipath_has_its_known_size():
    result = drain("omnipath", {"interactions": shared("grn/omnipath_signor_signed.tsv.gz")})
    assert result.tally.rows_kept == 12_899
    assert (len(result.signs), result.tally.rows_merged) == (12_127, 772)
    assert len(result.nodes) == 2_059


def test_omnipath_states_one_sign_for_7544_rows_and_none_for_5355():
    path = shared("grn/omnipath_signor_signed.tsv.gz")
    rows = NetworkTable(path, COLUMNS, ()).read(Tally())
    signs = [(row["stimulation"], row["inhibition"]) for row in rows.iter_rows(named=True)]
    assert (signs.count(("1", "0")) + signs.count(("0", "1"))) == 7_544
    assert signs.count(("0", "0")) == 5_355


def test_rows_of_closed_databases_alone_are_for_academic_use():
    result = drain("omnipath", {"interactions": shared("grn/omnipath_signor_signed.tsv.gz")})
    licenses = [row["license"] or result.info.license for row in result.rows(Kind.REGULATION)]
    assert sum(allows(license, Use.COMMERCIAL) for license in licenses) == 10_544
    assert all(allows(license, Use.ACADEMIC) for license in licenses)


SERVICE = (
    "source\ttarget\tsource_genesymbol\ttarget_genesymbol\tis_directed\tis_stimulation\t"
    "is_inhibition\tconsensus_direction\tsources\treferences\ttype\tcuration_effort\t"
    "ncbi_tax_id_source\tentity_type_source\tncbi_tax_id_target\tentity_type_target"
)


def service(source, target, kind, *, up="True", down="False", sources="SIGNOR", taxon="9606"):
    ends = f"{source}\t{target}\tS{source}\tT{target}"
    flags = f"True\t{up}\t{down}\tTrue"
    return f"{ends}\t{flags}\t{sources}\tA:1\t{kind}\t2\t{taxon}\tprotein\t{taxon}\tprotein"


def test_the_layer_follows_the_type_that_the_service_states(tmp_path):
    result = omnipath(
        tmp_path,
        service("Q13255", "P48995", "post_translational"),
        service("P48281", "Q9JMA7", "transcriptional", up="False", down="True"),
        service("MIMAT0000062", "P48995", "post_transcriptional"),
        service("P48281", "MIMAT0000062", "mirna_transcriptional"),
        service("P48281", "P48995", ""),
        header=SERVICE,
        layer="sigma",
    )
    assert [r["layer"] for r in result.rows(Kind.REGULATION)] == [
        "signalling",
        "transcriptional",
        "translational",
        "transcriptional",
        "sigma",
    ]
    assert "mirbase.mature:MIMAT0000062" in result.nodes
    assert result.nodes["uniprot:Q13255"]["name"] == "SQ13255"


def test_what_is_no_regulation_between_genes_is_left_out(tmp_path):
    result = omnipath(
        tmp_path,
        service("CHEBI:1", "P48995", "small_molecule_protein"),
        service("htr2a-as1", "P48995", "lncrna_post_transcriptional"),
        service("P48995", "COMPLEX:P48995_Q13255", "post_translational"),
        header=SERVICE,
    )
    assert result.dropped == {
        "type is not regulation between genes": 1,
        "not a UniProt accession": 1,
        "target is a complex": 1,
    }


def test_a_complex_regulates_as_a_node_with_its_subunits_as_members(tmp_path):
    row = service("COMPLEX:Q13255_P48281", "P48995", "transcriptional")
    result = omnipath(tmp_path, row, header=SERVICE)
    node = result.nodes["omnipath.complex:Q13255_P48281"]
    assert node["type"] == "Complex"
    assert set(result.edges) == {
        (node["id"], "HAS_MEMBER", "uniprot:P48281"),
        (node["id"], "HAS_MEMBER", "uniprot:Q13255"),
    }
    assert result.signs == {(node["id"], "uniprot:P48995"): (1, "activation")}


def test_asking_for_mouse_and_getting_human_is_an_error(tmp_path):
    row = service("Q13255", "P48995", "post_translational")
    with pytest.raises(BadInputError, match=r"holds taxon 9606, not 10090"):
        omnipath(tmp_path, row, header=SERVICE, taxon="mouse")


def test_rows_of_other_species_are_dropped_when_one_is_asked_for(tmp_path):
    rows = [
        service("Q13255", "P48995", "post_translational"),
        service("P48281", "Q9JMA7", "transcriptional", taxon="10090"),
    ]
    result = omnipath(tmp_path, *rows, header=SERVICE, taxon=10090)
    assert list(result.signs) == [("uniprot:P48281", "uniprot:Q9JMA7")]
    assert result.dropped == {"of another species": 1}
    assert len(omnipath(tmp_path, *rows, header=SERVICE).signs) == 2


@pytest.mark.parametrize(
    ("sources", "license"),
    [
        ("SIGNOR", "CC-BY-SA-4.0"),
        ("KEGG;SIGNOR", "CC-BY-SA-4.0"),
        ("SIGNOR_ProtMapper", "LicenseRef-academic-OmniPath"),
        ("KEGG;PhosphoSite", "CC-BY-NC-SA-3.0"),
        ("PhosphoSite;BioGRID;SIGNOR", "MIT"),
        ("SPIKE", None),
        ("", "LicenseRef-academic-OmniPath"),
    ],
)
def test_a_row_has_the_freest_licence_of_its_databases(tmp_path, sources, license):
    row = service("Q13255", "P48995", "post_translational", sources=sources)
    (edge,) = omnipath(tmp_path, row, header=SERVICE).rows(Kind.REGULATION)
    assert edge["license"] == license


def test_without_databases_rows_have_the_licence_of_the_source(tmp_path):
    header = "source\ttarget\tis_directed\tis_stimulation\tis_inhibition"
    result = omnipath(tmp_path, "Q13255\tP48995\t1\t1\t1", header=header)
    (edge,) = result.rows(Kind.REGULATION)
    assert "license" not in edge
    assert edge["effect"] == "dual"


def test_a_table_of_another_layout_is_refused():
    with pytest.raises(BadInputError, match="no column"):
        drain("omnipath", {"interactions": sample_file("uniprot_hgnc.tsv.gz")})
