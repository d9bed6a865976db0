"""L1000 in LINCS' formats: plates with vehicle wells (Level 3), and signatures (Level 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy import stats

from kgp.loaders.synthetic.drugs import drug_table
from kgp.loaders.synthetic.lincs import landmarks
from kgp.loaders.synthetic.responses import KNOCK_DOWN, KNOCK_OUT, OVER_EXPRESSION, Treatment
from kgp.loaders.synthetic.responses_hdf5 import marked_hdf5, write_gctx
from kgp.loaders.synthetic.responses_screen import (
    drug_treatments,
    genetic_treatments,
    kinetic_screen,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.loaders.synthetic.output import Output
    from kgp.loaders.synthetic.responses import Floats
    from kgp.loaders.synthetic.responses_screen import Screen
    from kgp.loaders.synthetic.world import World

CELLS = ("SYNCELL1", "SYNCELL2")
MAX_GENES = 12_328
"""Rows of a real matrix."""

VEHICLES, POSITIVES, WELLS = 8, 2, 3
"""Wells of each plate: vehicle, positive controls, and of each treatment."""

_PERT_TYPE = {KNOCK_DOWN: "trt_sh", KNOCK_OUT: "trt_xpr", OVER_EXPRESSION: "trt_oe"}
_PLATE_SPREAD = 0.3
_DOSE, _HOURS = 10.0, 24
_STRONG = 2.0


def measured(world: World) -> np.ndarray:
    """Numbers of the genes of a matrix, sorted: the landmarks, and others up to ``MAX_GENES``."""
    others = np.setdiff1d(np.arange(world.n_coding), landmarks(world))
    return np.sort(np.concatenate([landmarks(world), others[: MAX_GENES - len(landmarks(world))]]))


def gene_table(world: World) -> pl.DataFrame:
    """LINCS2020's geneinfo."""
    genes = world.genes()[measured(world)]
    is_landmark = pl.col("gene").is_in(landmarks(world).tolist())
    return genes.select(
        gene_id="entrez",
        gene_symbol="symbol",
        ensembl_id="ensembl",
        gene_title="name",
        gene_type=pl.lit("protein-coding"),
        src=pl.lit("NCBI"),
        feature_space=pl.when(is_landmark).then(pl.lit("landmark")).otherwise(pl.lit("inferred")),
    )


def _cell_table() -> pl.DataFrame:
    return pl.DataFrame(
        {"cell_iname": CELLS, "cell_type": "made up", "primary_disease": "synthetic"}
    )


def _tables(world: World, output: Output) -> dict[str, str]:
    """Write geneinfo, cellinfo and compoundinfo."""
    compounds = drug_table(world).select(
        pert_id="brd",
        cmap_name="name",
        target=pl.lit(""),
        moa=pl.lit(""),
        canonical_smiles="smiles",
        inchi_key="inchikey",
        compound_aliases=pl.lit(""),
    )
    tables = {"geneinfo": gene_table(world), "cellinfo": _cell_table(), "compoundinfo": compounds}
    return {
        role: output.table(f"lincs/{role}_beta.txt.gz", [table]) for role, table in tables.items()
    }


def _plates(world: World) -> tuple[pl.DataFrame, Floats]:
    """Wells of one plate for each cell line, and their log2 levels, [n_wells, n_genes]."""
    screen, genes, drugs = kinetic_screen(world), measured(world), drug_table(world)
    random = world.random("plates")
    rows, values = [], []
    for place, cell in enumerate(CELLS):
        plate = f"SYN00{place + 1}_{cell}_{_HOURS}H_X1_B1"
        shift = _PLATE_SPREAD * random.standard_normal(len(genes))
        wells: list[tuple[Treatment, int, dict[str, object]]] = [
            (Treatment(), VEHICLES, _vehicle()),
            (Treatment(), POSITIVES, _vehicle() | {"pert_type": "trt_poscon", "pert_id": "SYNP"}),
        ]
        for drug, treatment in drug_treatments(world).items():
            wells.append((treatment, WELLS, _compound(drugs, drug)))
        for treatment, n, about in wells:
            levels = screen.assay.logs(screen.change(treatment), n, random)
            values.append(levels[:, genes] + shift)
            rows += [{**about, "cell_iname": cell, "det_plate": plate}] * n
    frame = pl.DataFrame(rows, infer_schema_length=None)
    well = pl.int_range(pl.len()).over("det_plate")
    letter = (well // 24).replace_strict(
        dict(enumerate("ABCDEFGHIJKLMNOP")), return_dtype=pl.String
    )
    number = (well % 24 + 1).cast(pl.String).str.zfill(2)
    frame = frame.with_columns(det_well=letter + number)
    return frame.select(
        pl.concat_str("det_plate", pl.lit(":"), "det_well").alias("sample_id"), pl.all()
    ), np.concatenate(values)


def _vehicle() -> dict[str, object]:
    missing = dict.fromkeys(("pert_dose", "pert_dose_unit", "pert_idose"), "-666")
    return {
        **{"pert_id": "DMSO", "cmap_name": "DMSO", "pert_type": "ctl_vehicle"},
        **missing,
        **_time(),
    }


def _compound(drugs: pl.DataFrame, drug: int) -> dict[str, object]:
    brd, name = drugs.row(drug, named=True)["brd"], drugs.row(drug, named=True)["name"]
    return {
        **{"pert_id": brd, "cmap_name": name, "pert_type": "trt_cp"},
        **{"pert_dose": f"{_DOSE:g}", "pert_dose_unit": "uM", "pert_idose": f"{_DOSE:g} uM"},
        **_time(),
    }


def _time() -> dict[str, object]:
    return {"pert_time": str(_HOURS), "pert_time_unit": "h", "pert_itime": f"{_HOURS} h"}


def write_plates(world: World, output: Output) -> dict[str, str]:
    """Write Level 3 as LINCS2020 releases it: GCTX with bare ids, and tables beside it."""
    wells, values = _plates(world)
    name = f"lincs/level3_beta_synthetic_n{values.shape[0]}x{values.shape[1]}.gctx"
    with marked_hdf5(output, name) as file:
        write_gctx(file, values, _ids(gene_table(world)), wells.select(id="sample_id"))
    info = output.table("lincs/instinfo_beta.txt.gz", [wells])
    return {"wells": name, "instinfo": info, **_tables(world, output)}


def write_gct(world: World, output: Output) -> dict[str, str]:
    """Write the plate of one cell line as GCT 1.3 with its annotations inside, landmarks only."""
    wells, values = _plates(world)
    one = (wells["cell_iname"] == CELLS[0]).to_numpy()
    wells, values = wells.filter(pl.Series(one)), values[one]
    genes = gene_table(world)
    kept = (genes["feature_space"] == "landmark").to_numpy()
    genes, values = genes.filter(pl.Series(kept)), values[:, kept]
    older = {"cmap_name": "pert_iname", "cell_iname": "cell_id"}
    columns = wells.rename(older).drop("sample_id")
    about = genes.select(pr_gene_id="gene_id", pr_gene_symbol="gene_symbol")
    lines = _gct_lines(wells["sample_id"], columns, genes["gene_id"] + "_at", about, values.T)
    return {"wells": output.lines(f"lincs/SYN001_n{len(values)}x{len(about)}.gct.gz", lines)}


def _gct_lines(
    ids: pl.Series, columns: pl.DataFrame, genes: pl.Series, about: pl.DataFrame, values: Floats
) -> Iterator[str]:
    yield "#1.3"
    yield f"{len(genes)}\t{len(ids)}\t{about.width}\t{columns.width}"
    yield "\t".join(["id", *about.columns, *ids])
    for name in columns.columns:
        yield "\t".join([name, *["na"] * about.width, *columns[name].cast(pl.String)])
    for gene, described, row in zip(genes, about.iter_rows(), values, strict=True):
        yield "\t".join([gene, *described, *(f"{value:.4f}" for value in row)])


def _ids(genes: pl.DataFrame) -> pl.DataFrame:
    return genes.select(id="gene_id")


def write_signatures(world: World, output: Output) -> dict[str, str]:
    """Write Level 5: z-scores of drugs, knock-downs, knock-outs and over-expressions."""
    screen, genes, drugs = kinetic_screen(world), measured(world), drug_table(world)
    random = world.random("signatures")
    told = [
        *((t, _compound(drugs, drug)) for drug, t in drug_treatments(world).items()),
        *(
            (t, _genetic(screen, t, place))
            for place, t in enumerate(genetic_treatments(world))
            if len(t.genes) == 1
        ),
    ]
    rows, values = [], []
    for place, (treatment, about) in enumerate(told):
        levels = screen.assay.logs(screen.change(treatment), WELLS, random)
        scores = ((levels - screen.assay.base) / screen.assay.spread)[:, genes]
        values.append(scores.mean(0))
        rows.append({**_signature(place, about), **_quality(scores)})
    info = pl.DataFrame(rows, infer_schema_length=None)
    matrix = np.stack(values)
    name = f"lincs/level5_beta_synthetic_n{matrix.shape[0]}x{matrix.shape[1]}.gctx"
    with marked_hdf5(output, name) as file:
        write_gctx(file, matrix, _ids(gene_table(world)), info.select(id="sig_id"))
    tables = _tables(world, output)
    return {
        "signatures": name,
        "siginfo": output.table("lincs/siginfo_beta.txt.gz", [info]),
        **tables,
    }


def _genetic(screen: Screen, treatment: Treatment, place: int) -> dict[str, object]:
    symbol = screen.genes["symbol"][treatment.genes[0]]
    missing = dict.fromkeys(("pert_dose", "pert_dose_unit", "pert_idose"), "-666")
    kind = _PERT_TYPE[treatment.kind]
    about = {"pert_id": f"SYN{kind[4:].upper()}{place:05}", "cmap_name": symbol, "pert_type": kind}
    return {**about, **missing, **_time()}


def _signature(place: int, about: dict[str, object]) -> dict[str, object]:
    cell = CELLS[place % len(CELLS)]
    plate = f"SYN10{place % len(CELLS)}_{cell}_{_HOURS}H_X{place % WELLS + 1}_B1"
    wells = "|".join(f"{plate}:{letter}{place + 1:02}" for letter in "ABC"[:WELLS])
    return {
        "sig_id": f"SYN100_{cell}_{_HOURS}H:{about['pert_id']}:{place}",
        **about,
        "cell_iname": cell,
        "nsample": str(WELLS),
        "distil_ids": wells,
        "det_plates": plate,
        "is_exemplar_sig": "1",
        "qc_pass": "1",
    }


def _quality(scores: Floats) -> dict[str, object]:
    """Agreement of replicates and strength, as LINCS computes them from the response itself."""
    ranks = stats.spearmanr(scores, axis=1).statistic
    agreement = float(np.quantile(ranks[np.triu_indices(len(scores), 1)], 0.75))
    strong = int((np.abs(scores.mean(0)) * np.sqrt(len(scores)) >= _STRONG).sum())
    tas = np.sqrt(max(agreement, 0.0) * strong / scores.shape[1])
    return {"cc_q75": f"{agreement:.3f}", "ss_ngene": str(strong), "tas": f"{tas:.4f}"}
