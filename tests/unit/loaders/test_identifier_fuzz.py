"""Identifier tables, damaged at random: one clear error or a counted loss, never a traceback."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgp.errors import KgpError
from kgp.kg_schema.batches import Kind
from tests.unit.loaders.drained import Drained, drain

HGNC = (
    "hgnc_id\tsymbol\tname\tstatus\talias_symbol\tprev_symbol\tentrez_id\n"
    'HGNC:5\tA1BG\talpha-1-B\tApproved\t"A|B"\t\t1\n'
    "HGNC:37133\tA1BG-AS1\tantisense\tApproved\tFLJ23569\tNCRNA00181\t503538\n"
)
IDMAPPING = (
    "P04637\tUniProtKB-ID\tP53_HUMAN\nP04637\tGeneID\t7157\nP04637\tNCBI_TaxID\t9606\n"
    "P04637-2\tGene_Name\tTP53\nP62805\tGeneID\t8294\nP62805\tGeneID\t8359\n"
)
SELECTED = "\t".join(["P04637", "P53_HUMAN", "7157", *[""] * 9, "9606", *[""] * 9]) + "\n"
TAGS = 'locus_tag,gene_name,synonyms\nb0001,thrL,\nb0002,thrA,"thrA;thrA1"\n'
FILES = {
    "hgnc": ("hgnc", "hgnc_complete_set.txt", HGNC),
    "uniprot": ("idmapping", "HUMAN_9606_idmapping.dat", IDMAPPING),
    "uniprot selected": ("idmapping", "idmapping_selected.tab", SELECTED),
    "locus-tags": ("table", "genes.csv", TAGS),
}
spoilt = st.one_of(
    st.binary(max_size=6),
    st.sampled_from([b"\t", b"\n", b"\r\n", b'"', b",", b";", b"|", b"\0", b"\xff", b"-", b"nan"]),
)


def read(case: str, content: bytes) -> Drained | None:
    """Read a file with this content; None for a clear error."""
    role, name, _ = FILES[case]
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            return drain(case.partition(" ")[0], {role: path})
        except KgpError:
            return None


@pytest.mark.parametrize("case", FILES)
def test_the_whole_files_are_read(case: str) -> None:
    whole = read(case, FILES[case][2].encode())
    assert whole is not None
    assert whole.tally.rows_kept == whole.tally.rows_in > 0


@settings(max_examples=60, database=None)
@given(st.data(), st.lists(spoilt, min_size=1, max_size=4))
@pytest.mark.parametrize("case", FILES)
def test_damage_is_one_clear_error_or_a_counted_loss(
    case: str, data: st.DataObject, pieces: list[bytes]
) -> None:
    content = FILES[case][2].encode()
    for piece in pieces:
        start = data.draw(st.integers(0, len(content)))
        end = data.draw(st.integers(start, min(start + 4, len(content))))
        content = content[:start] + piece + content[end:]
    found = read(case, content)
    if found is not None:
        assert 0 <= found.tally.rows_kept <= found.tally.rows_in
        for row in found.rows(Kind.XREFS):
            assert row["kind"] in ("exact", "synonym")
            assert row["id"].partition(":")[2]
            assert row["other"].partition(":")[2]
