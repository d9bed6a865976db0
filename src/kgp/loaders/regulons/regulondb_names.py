"""From what RegulonDB calls a regulator to the genes that code for it."""

from __future__ import annotations

import re

SPECIAL: dict[str, tuple[str, ...]] = {
    "H-NS": ("hns",),
    "HU": ("hupA", "hupB"),
    "IHF": ("ihfA", "ihfB"),
    **dict.fromkeys(("Sigma19", "FecI"), ("fecI",)),
    **dict.fromkeys(("Sigma24", "RpoE"), ("rpoE",)),
    **dict.fromkeys(("Sigma28", "FliA"), ("fliA",)),
    **dict.fromkeys(("Sigma32", "RpoH"), ("rpoH",)),
    **dict.fromkeys(("Sigma38", "RpoS"), ("rpoS",)),
    **dict.fromkeys(("Sigma54", "RpoN"), ("rpoN",)),
    **dict.fromkeys(("Sigma70", "RpoD"), ("rpoD",)),
}
"""Regulators that are not called as their genes are."""

_SPECIAL = {name.lower(): genes for name, genes in SPECIAL.items()}
_SUBUNITS = re.compile(r"^([A-Z][a-z]{2})([A-Z]{2,})$")
_PROTEIN = re.compile(r"^[A-Z][a-z]{2}[A-Z]?\d*$")
_CAPITALS = re.compile(r"^[A-Z]{2,4}$")
_LIGAND = "ppGpp"


def regulator_genes(name: str, *, is_gene: bool = False) -> tuple[str, ...]:
    """Genes of a regulator: one, or those of the subunits of a complex.

    ``AraC`` is of araC, ``CRP`` of crp, ``FlhDC`` of flhD and flhC, ``GadE-RcsB`` of gadE and
    rcsB; what is written otherwise is taken for the gene's own name.

    Args:
        name: the regulator, or its genes as a list.
        is_gene: whether ``name`` lists genes, as later releases do.
    """
    if is_gene:
        return tuple(dict.fromkeys(re.split(r"[;,\s]+", name.strip(" ;,")))) or (name,)
    if name.lower() in _SPECIAL:
        return _SPECIAL[name.lower()]
    parts = [part for part in name.split("-") if part and part != _LIGAND]
    if len(parts) > 1 and all(_PROTEIN.match(p) or _SUBUNITS.match(p) for p in parts):
        return tuple(dict.fromkeys(gene for part in parts for gene in regulator_genes(part)))
    single = parts[0] if len(parts) == 1 else name
    subunits = _SUBUNITS.match(single)
    if subunits:
        stem = subunits[1].lower()
        return tuple(dict.fromkeys(stem + letter for letter in subunits[2]))
    if _CAPITALS.match(single):
        return (single.lower(),)
    return (single[0].lower() + single[1:],) if _PROTEIN.match(single) else (single,)
