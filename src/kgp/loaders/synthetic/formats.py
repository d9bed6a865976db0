"""Every format that a world can be written in, and how each is loaded again."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from kgp.loaders.synthetic import (
    attributes,
    bacterium,
    drugs,
    gaf,
    identifiers,
    interactions,
    lincs,
    ontology,
    primekg,
    regulons,
)
from kgp.loaders.synthetic.responses_formats import RESPONSES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kgp.loaders.synthetic.output import Output
    from kgp.loaders.synthetic.world import World

    Writer = Callable[[World, Output], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    Args:
        name: what the user calls it.
        source: the source that reads it.
        text: what it holds.
        write: writes the files; returns role → name below the world's folder.
        network: name of the network or response set, where the source has one.
        options: the source's options.
    """

    name: str
    source: str
    text: str
    write: Writer
    network: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)


def _string(form: str) -> Writer:
    return partial(interactions.write_string, form=form)


def _gaf(version: str) -> Writer:
    return partial(gaf.write_gaf, version=version)


_ATTRIBUTES = "primekg-attributes"
_ECOLI = {"taxon": bacterium.TAXON}
_FORMATS = (
    Format("gene-info", "gene-info", "genes as NCBI lists them", identifiers.write_gene_info),
    Format("hgnc", "hgnc", "genes as HGNC lists them", identifiers.write_hgnc),
    Format("uniprot", "uniprot", "UniProt's idmapping.dat", identifiers.write_idmapping),
    Format(
        "uniprot-hgnc", "uniprot-hgnc", "accessions and HGNC ids", identifiers.write_uniprot_hgnc
    ),
    Format("drugbank-vocabulary", "drugbank-vocabulary", "names and keys", drugs.write_vocabulary),
    Format("lincs-compounds", "lincs-compounds", "compounds with SMILES", drugs.write_compounds),
    Format(
        "go-basic",
        "go",
        "terms and hierarchy without cycles",
        partial(ontology.write_obo, full=False),
    ),
    Format("go", "go", "terms with every relation", partial(ontology.write_obo, full=True)),
    Format("gaf-2.0", "gaf", "annotations, GAF 2.0", _gaf("2.0")),
    Format("gaf-2.1", "gaf", "annotations, GAF 2.1", _gaf("2.1")),
    Format("gaf-2.2", "gaf", "annotations, GAF 2.2", _gaf("2.2")),
    Format("primekg", "primekg", "kg.csv", primekg.write_kg),
    Format("primekg-tables", "primekg", "nodes.csv and edges.csv", primekg.write_tables),
    Format("primekg-proteins", _ATTRIBUTES, "amino acids of genes", attributes.write_proteins),
    Format("primekg-dna", _ATTRIBUTES, "DNA of genes", attributes.write_dna),
    Format("primekg-diseases", _ATTRIBUTES, "texts of diseases", attributes.write_diseases),
    Format("primekg-drugs", _ATTRIBUTES, "structures of drugs", attributes.write_drugs),
    Format("bindingdb", "bindingdb", "drug targets", drugs.write_bindings),
    Format("string", "string", "protein.links", _string("")),
    Format("string-detailed", "string", "protein.links.detailed", _string("detailed")),
    Format("string-full", "string", "protein.links.full", _string("full")),
    Format("string-physical", "string", "protein.physical.links.detailed", _string("physical")),
    Format("string-aliases", "string-aliases", "protein.aliases", interactions.write_aliases),
    Format("bioplex", "bioplex", "protein interactions", interactions.write_bioplex),
    Format("reactome", "reactome", "pathways and members", interactions.write_reactome),
    Format("trrust", "trrust", "signed regulation", regulons.write_trrust, "trrust"),
    Format("collectri", "collectri", "signed regulation", regulons.write_collectri, "collectri"),
    Format(
        "dorothea",
        "dorothea",
        "regulation by level",
        regulons.write_dorothea,
        "dorothea",
        {"levels": "A,B,C,D,E"},
    ),
    Format("omnipath", "omnipath", "signed signalling", regulons.write_omnipath, "omnipath"),
    Format(
        "network",
        "network",
        "source, target, weight",
        regulons.write_network,
        "decoupler",
        {"layer": "transcriptional"},
    ),
    Format("lincs", "lincs", "responses to drugs", lincs.write_consensus),
    Format(
        "lincs-overexpression",
        "lincs-overexpression",
        "responses to over-expression",
        lincs.write_overexpression,
    ),
    Format("ecocyc", "ecocyc", "a bacterium's database", bacterium.write_database, "bacterium"),
    Format(
        "ecocyc-network",
        "ecocyc-network",
        "its regulatory network",
        bacterium.write_export,
        "bacterium-export",
        {"sigma": bacterium.sigma_factors()},
    ),
    Format(
        "regulondb",
        "regulondb",
        "the same network, by RegulonDB",
        bacterium.write_regulondb,
        "bacterium-regulondb",
    ),
    Format("locus-tags", "locus-tags", "its genes", bacterium.write_locus_tags),
    Format("string-bacterium", "string", "its protein.links", bacterium.write_links, None, _ECOLI),
    Format("gaf-bacterium", "gaf", "its annotations", bacterium.write_annotations),
)

_RESPONSES = tuple(
    Format(name, source, text, write, f"synthetic-{name}", options)
    for name, source, text, write, options in RESPONSES
)

FORMATS: Mapping[str, Format] = {item.name: item for item in (*_FORMATS, *_RESPONSES)}
"""Name → format, in the order in which a world is loaded."""
