"""LINCS Level 3: treated wells against the vehicle wells of their plate."""

from __future__ import annotations

import numpy as np
import pytest

from kgp.errors import BadInputError
from kgp.kg_schema.batches import Kind
from kgp.loaders.lincs import plates as lincs_plates
from kgp.loaders.lincs.gct import GctFile
from kgp.loaders.moderation import contrast
from tests.shared_data import shared
from tests.unit.loaders.drained import drain
from tests.unit.loaders.l1000_files import write_gct, write_gctx

GENES = {"id": ["a_at", "b_at"], "pr_gene_id": ["7157", "4609"], "pr_is_lmark": [1, 1]}
FIELDS = ("id", "pert_type", "pert_id", "pert_iname", "pert_dose", "cell_id")


def well(name, pert_type="trt_cp", pert_id="BRD-K00000001", dose="10", cell="A375"):
    return dict(zip(FIELDS, (name, pert_type, pert_id, pert_id, dose, cell), strict=True))


def vehicle(name):
    return well(name, "ctl_vehicle", "DMSO", "-666")


def plate(tmp_path, wells, values, write=write_gct, name="x.gct"):
    about = {field: [w[field] for w in wells] for field in FIELDS}
    about |= {"pert_dose_unit": ["um"] * len(wells), "pert_time": ["24"] * len(wells)}
    about["pert_time_unit"] = ["h"] * len(wells)
    return write(tmp_path / name, np.array(values, np.float64), about, GENES)


def read(tmp_path, wells, values, **options):
    return drain("lincs-plates", {"wells": plate(tmp_path, wells, values)}, **options)


def signatures(result):
    return [row for row in result.rows(Kind.NODES) if row["type"] == "Signature"]


WELLS = [
    vehicle("P1:A01"),
    vehicle("P1:A02"),
    well("P1:B01"),
    well("P1:B02"),
    well("P1:B03", dose="3"),
]
VALUES = [[1, 2], [3, 4], [5, 7], [6, 9], [0, 3]]


def test_replicate_wells_are_one_signature_against_the_vehicle(tmp_path):
    result = read(tmp_path, WELLS, VALUES)
    first, second = result.rows(Kind.EFFECTS)
    assert (first["values"], second["values"]) == ([3.5, 5.0], [-2.0, 0.0])
    (told, _) = signatures(result)
    assert told["id"] == "kgp.signature:lincs-plates/P1:BRD-K00000001:10uM:24h:A375"
    assert (told["n_replicates"], told["wells"]) == (2, ["P1:B01", "P1:B02"])
    assert told["controls"] == ["P1:A01", "P1:A02"]
    assert (told["dose"], told["dose_unit"], told["time"], told["time_unit"]) == (10, "uM", 24, "h")
    assert result.edges[:2] == [
        (told["id"], "PERTURBS", "lincs.brd:BRD-K00000001"),
        (
            "kgp.signature:lincs-plates/P1:BRD-K00000001:3uM:24h:A375",
            "PERTURBS",
            "lincs.brd:BRD-K00000001",
        ),
    ]
    tally = result.tally
    assert (tally.rows_in, tally.rows_kept, tally.rows_merged) == (5, 5, 3)


def test_errors_are_moderated_over_the_wells_and_a_single_well_has_none(tmp_path):
    first, second = read(tmp_path, WELLS, VALUES).rows(Kind.EFFECTS)
    expected = contrast(np.array(VALUES[2:4], float), np.array(VALUES[:2], float))
    np.testing.assert_allclose(first["errors"], expected.error, rtol=1e-6)
    assert first["df"] == np.float32(expected.df)
    assert (second["errors"], second["df"]) == (None, None)


def test_each_well_can_be_a_signature_of_its_own(tmp_path):
    result = read(tmp_path, WELLS, VALUES, per_well="true")
    assert [row["id"].split("/")[1] for row in signatures(result)] == ["P1:B01", "P1:B02", "P1:B03"]
    assert [row["values"] for row in result.rows(Kind.EFFECTS)] == [[3, 4], [4, 6], [-2, 0]]
    assert {row["errors"] is None for row in result.rows(Kind.EFFECTS)} == {True}


def test_doses_that_agree_to_two_digits_are_one(tmp_path):
    wells = [vehicle("P1:A01"), well("P1:B01", dose="9.99"), well("P1:B02", dose="10.0")]
    (told,) = signatures(read(tmp_path, wells, VALUES[:3]))
    assert (told["dose"], told["n_replicates"]) == (9.99, 2)


def test_plates_are_never_mixed(tmp_path):
    wells = [
        vehicle("P1:A01"),
        well("P2:B01"),
        vehicle("P2:A01"),
        well("P1:B01"),
        well("P3:B01"),
    ]
    result = read(tmp_path, wells, [[1, 1], [20, 30], [10, 10], [2, 4], [7, 7]])
    effects = {
        row["signature"].split("/")[1][:2]: row["values"] for row in result.rows(Kind.EFFECTS)
    }
    assert effects == {"P1": [1, 3], "P2": [10, 20]}
    assert result.dropped == {"no control on the same plate": 1}
    sets = {row["control_set"] for row in signatures(result)}
    assert len(sets) == 2


def test_positive_controls_and_other_controls_are_dropped_with_their_reason(tmp_path):
    wells = [
        vehicle("P1:A01"),
        well("P1:B01"),
        well("P1:C01", "trt_poscon"),
        well("P1:D01", "ctl_untrt"),
    ]
    result = read(tmp_path, wells, VALUES[:4])
    assert result.dropped == {"positive control": 1, "control": 1}
    assert len(signatures(result)) == 1


def test_the_controls_can_be_of_another_type(tmp_path):
    wells = [well("P1:A01", "ctl_vector", "EMPTY"), well("P1:B01", "trt_sh", "TRCN1")]
    result = read(tmp_path, wells, VALUES[:2], control="ctl_vector")
    (edge,) = [r for r in result.rows(Kind.EDGES) if r["type"] == "PERTURBS"]
    assert (edge["dst"], edge["qualifier"]) == ("hgnc.symbol:TRCN1", "-1")


def test_a_matrix_without_any_control_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="no control well") as raised:
        read(tmp_path, [well("P1:B01")], VALUES[:1])
    assert "trt_cp" in str(raised.value)


def test_a_well_with_a_missing_value_counts_for_nothing(tmp_path):
    wells = [*WELLS, vehicle("P2:A01"), well("P2:B01")]
    values = [[1, "NA"], *VALUES[1:], ["NA", 1], [5, 5]]
    about = {field: [w[field] for w in wells] for field in FIELDS}
    path = write_gct(tmp_path / "x.gct", values, about, GENES)
    result = drain("lincs-plates", {"wells": path})
    assert [row["values"] for row in result.rows(Kind.EFFECTS)] == [[2.5, 4.0], [-3.0, -1.0]]
    assert result.dropped == {"a value is not a number": 2, "no control on the same plate": 1}


def test_batches_are_bounded_and_their_size_changes_nothing(tmp_path, monkeypatch):
    wells = [vehicle("P1:A01"), well("P1:B01"), vehicle("P2:A01"), well("P2:B01")]
    whole = read(tmp_path, wells, VALUES[:4])
    monkeypatch.setattr(lincs_plates, "_BATCH_VALUES", 1)
    parts = read(tmp_path, wells, VALUES[:4])
    assert parts.rows(Kind.EFFECTS) == whole.rows(Kind.EFFECTS)
    assert sorted(map(str, parts.edges)) == sorted(map(str, whole.edges))


def test_two_treatments_that_are_written_alike_stay_two(tmp_path):
    wells = [vehicle("P1:A01"), well("P1:B01", "trt_sh", "X"), well("P1:C01", "trt_oe", "X")]
    ids = [row["id"][-4:] for row in signatures(read(tmp_path, wells, VALUES[:3]))]
    assert set(ids) == {"A375", "75#2"}


def test_wells_may_be_described_in_a_table_beside_the_matrix(tmp_path):
    path = write_gctx(
        tmp_path / "level3.gctx",
        np.array(VALUES[:3], np.float32),
        {"id": ["P1:A01", "P1:A02", "P1:B01"]},
        GENES,
    )
    lines = ["det_plate\tinst_id\tpert_type\tpert_id\tcell_id"]
    lines += [f"PLATE\t{w['id']}\t{w['pert_type']}\t{w['pert_id']}\tA375" for w in WELLS[:3]]
    info = tmp_path / "inst_info.txt"
    info.write_text("\n".join(lines) + "\n")
    result = drain("lincs-plates", {"wells": path, "instinfo": info})
    assert [row["values"] for row in result.rows(Kind.EFFECTS)] == [[3, 4]]
    assert signatures(result)[0]["plate"] == "PLATE"


PLATE = "lincs/LJP009_A375_24H_X1_B20_QNORM_n371x978.gct.gz"


def test_the_plate_of_l1ktools_gives_its_known_signatures():
    result = drain("lincs-plates", {"wells": shared(PLATE)})
    tally = result.tally
    assert (tally.rows_in, tally.rows_merged) == (371, 22)
    assert result.dropped == {"positive control": 4}
    found = signatures(result)
    assert len(found) == 345
    assert {len(row["controls"]) for row in found} == {22}
    assert len({row["control_set"] for row in found}) == 1
    assert len({row["dose"] for row in found}) == 6


@pytest.mark.parametrize("well_of", ["A07", "F15", "P24"])
def test_a_delta_is_what_numpy_makes_of_the_wells(well_of):
    path = shared(PLATE)
    result = drain("lincs-plates", {"wells": path}, per_well=True)
    name = f"LJP009_A375_24H_X1_B20:{well_of}"
    effects = {row["signature"]: row["values"] for row in result.rows(Kind.EFFECTS)}
    if f"kgp.signature:lincs-plates/{name}" not in effects:
        pytest.fail(f"{name} is no treated well")
    lines = gct_lines(path)
    header, types = lines[2], next(line for line in lines if line[0] == "pert_type")
    rows = np.array([[float(v) for v in line[12:]] for line in lines[3 + 34 :]])
    vehicles = np.array([kind == "ctl_vehicle" for kind in types[12:]])
    delta = rows[:, header[12:].index(name)] - rows[:, vehicles].mean(1)
    found = effects[f"kgp.signature:lincs-plates/{name}"]
    np.testing.assert_allclose(found, delta, rtol=0, atol=1e-6)


def gct_lines(path):
    import gzip

    with gzip.open(path, "rt", encoding="latin-1") as file:
        return [line.rstrip("\n").split("\t") for line in file]


def test_the_genes_of_the_plate_are_in_the_order_of_the_file():
    path = shared(PLATE)
    features = [row["id"] for row in drain("lincs-plates", {"wells": path}).rows(Kind.FEATURES)]
    assert features == [f"ncbigene:{gene}" for gene in GctFile(path).genes["pr_gene_id"]]
