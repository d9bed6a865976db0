"""PrimeKG++: sequences, structures and texts of the nodes of kg.csv."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from kgp.loaders.synthetic.drugs import drug_table
from kgp.loaders.synthetic.primekg import node_tables, write_nodes

if TYPE_CHECKING:
    from kgp.loaders.synthetic.output import Output
    from kgp.loaders.synthetic.world import World

_AMINO_ACIDS, _BASES = "ACDEFGHIKLMNPQRSTVWY", "ACGT"
_SHORTEST, _LONGEST = 40, 240
_DISEASE = (
    "node_index mondo_id mondo_name group_id_bert group_name_bert mondo_definition "
    "umls_description orphanet_definition orphanet_prevalence orphanet_epidemiology "
    "orphanet_clinical_description orphanet_management_and_treatment mayo_symptoms mayo_causes "
    "mayo_risk_factors mayo_complications mayo_prevention mayo_see_doc"
).split()
_DRUG = (
    "node_index description half_life indication mechanism_of_action protein_binding "
    "pharmacodynamics state atc_1 atc_2 atc_3 atc_4 category group pathway molecular_weight tpsa "
    "clogp drugbank_ids generic_name smiles sequences"
).split()
_NO_TEXT_EVERY, _NO_TEXT_REST = 7, 2


def sequences(random: np.random.Generator, n: int, alphabet: str) -> pl.Series:
    """``n`` random sequences of 40 to 239 letters."""
    lengths = random.integers(_SHORTEST, _LONGEST, n)
    letters = random.choice(np.frombuffer(alphabet.encode(), np.uint8), int(lengths.sum()))
    text = letters.tobytes().decode()
    ends = np.cumsum(lengths)
    parts = [text[end - size : end] for end, size in zip(ends, lengths, strict=True)]
    return pl.Series("sequence", parts, dtype=pl.String)


def write_proteins(world: World, output: Output) -> dict[str, str]:
    """Write the amino acids of the genes that code for proteins."""
    return _write(world, output, "protein_aminoacid_sequence", _proteins(world, _AMINO_ACIDS))


def write_dna(world: World, output: Output) -> dict[str, str]:
    """Write the DNA of the genes that code for proteins."""
    return _write(world, output, "protein_dna_sequence", _proteins(world, _BASES))


def write_diseases(world: World, output: Output) -> dict[str, str]:
    """Write the texts of the diseases."""
    return _write(world, output, "disease_feature_base", _diseases(world))


def write_drugs(world: World, output: Output) -> dict[str, str]:
    """Write structures and texts of the drugs."""
    return _write(world, output, "drug_feature_base", _drugs(world))


def _write(world: World, output: Output, name: str, rows: pl.DataFrame) -> dict[str, str]:
    """Write a modality file, and the nodes that its indices mean."""
    file = output.table(f"primekg/modalities/{name}.csv.gz", [rows], separator=",")
    return {"attributes": file, "nodes": write_nodes(world, output)}


def _indexed(world: World, kind: str) -> pl.DataFrame:
    return node_tables(world)[kind].rename({"index": "node_index"})


def _text(name: str, rest: int = _NO_TEXT_REST) -> pl.Expr:
    """A description with commas and quotes; every seventh node has none, as in real files."""
    number = pl.col("node_index")
    text = pl.format('No real {}, but "number {}", made up for a test.', pl.lit(name), number)
    return pl.when(number % _NO_TEXT_EVERY != rest).then(text).otherwise(pl.lit(""))


def _proteins(world: World, alphabet: str) -> pl.DataFrame:
    coding = _indexed(world, "protein").head(world.n_coding)
    letters = sequences(world.random(f"sequences {alphabet}"), coding.height, alphabet)
    return coding.select(
        "node_index",
        protein_id="id",
        protein_name="name",
        protein_seq=letters,
        fasta_id=world.genes()["uniprot"].head(coding.height),
        fasta_description=pl.format("synthetic protein of {}", "name"),
        ncbi_summary=_text("gene"),
    )


def _diseases(world: World) -> pl.DataFrame:
    """Rows by MONDO id; a group has a row for each of its members."""
    rows = _indexed(world, "disease").with_columns(
        mondo_id=pl.col("id").str.split("_"), grouped=pl.col("source") == "MONDO_grouped"
    )
    rows = rows.explode("mondo_id")
    given = {
        "node_index": pl.col("node_index"),
        "mondo_id": pl.col("mondo_id"),
        "mondo_name": pl.col("name"),
        "group_name_bert": pl.when("grouped").then("name").otherwise(pl.lit("")),
        "group_id_bert": pl.when("grouped").then("id").otherwise(pl.lit("")),
        "mondo_definition": _text("disease"),
        "umls_description": _text("illness", _NO_TEXT_REST + 1),
    }
    return rows.select(given.get(name, pl.lit("")).alias(name) for name in _DISEASE)


def _drugs(world: World) -> pl.DataFrame:
    smiles = drug_table(world).select("smiles")
    rows = pl.concat([_indexed(world, "drug"), smiles], how="horizontal")
    given = {
        "node_index": pl.col("node_index"),
        "description": _text("drug"),
        "drugbank_ids": pl.col("id"),
        "generic_name": pl.col("name"),
        "smiles": pl.col("smiles"),
    }
    return rows.select(given.get(name, pl.lit("")).alias(name) for name in _DRUG)
