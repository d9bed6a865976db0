"""The transformer encoders: which model, which property, how a text becomes its input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Input = Literal["molecule", "protein", "text"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """One transformer encoder.

    Args:
        name: name of the encoder.
        model: name on the hub of the model that is meant unless another is given.
        reads: the node property that is read unless another is asked for.
        input: what the texts are.
        windows: True where a long text is read in overlapping windows; otherwise it is cut, as
            the library sentence-transformers does.
        pooling: how tokens become one vector where the model's folder does not say it.
        about: one line for people.
        packaged: True where a package brings the weights.
    """

    name: str
    model: str
    reads: str
    input: Input
    windows: bool
    pooling: str
    about: str
    packaged: bool = False


RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            "biobert",
            "dmis-lab/biobert-v1.1",
            "definition",
            "text",
            windows=True,
            pooling="mean",
            about="text: BioBERT (Lee et al. 2020, doi:10.1093/bioinformatics/btz682)",
        ),
        Recipe(
            "minilm",
            "sentence-transformers/all-MiniLM-L6-v2",
            "name",
            "text",
            windows=False,
            pooling="mean",
            about="text: sentence transformer all-MiniLM-L6-v2 (Wang et al. 2020, "
            "arXiv:2002.10957), from a package",
            packaged=True,
        ),
        Recipe(
            "molformer",
            "ibm/MoLFormer-XL-both-10pct",
            "smiles",
            "molecule",
            windows=True,
            pooling="mean",
            about="molecule: MoLFormer (Ross et al. 2022, doi:10.1038/s42256-022-00580-7)",
        ),
        Recipe(
            "protein-bert",
            "unikei/bert-base-proteins",
            "sequence",
            "protein",
            windows=True,
            pooling="mean",
            about="protein: a BERT over amino acids",
        ),
        Recipe(
            "sentence-transformers",
            "sentence-transformers/all-mpnet-base-v2",
            "name",
            "text",
            windows=False,
            pooling="mean",
            about="text: any model in the layout of sentence-transformers",
        ),
    )
}
