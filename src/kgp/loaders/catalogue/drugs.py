"""Drugs, their structures and targets."""

from __future__ import annotations

from kgp.loaders.catalogue.citations import LINCS_CITATION
from kgp.loaders.spec import STATED_BY_USER, Download, Role, SourceSpec

_VOCABULARY = "https://go.drugbank.com/releases/{version}/downloads/all-drugbank-vocabulary"
_GITHUB = "https://raw.githubusercontent.com/dhimmel"
"""Files at a fixed commit: the same bytes for ever."""

SPECS = (
    SourceSpec(
        name="drugbank-vocabulary",
        title="DrugBank open vocabulary",
        description="drugs with names, synonyms and structure keys",
        roles=(Role("vocabulary", "DrugBank vocabulary CSV", columns=("DrugBank ID",)),),
        version_rule=STATED_BY_USER,
        license="CC0-1.0",
        citation="Knox C et al. DrugBank 6.0: the DrugBank Knowledgebase for 2024. Nucleic Acids "
        "Res 52:D1265 (2024)",
        url="https://go.drugbank.com/releases/latest#open-data",
        module="kgp.loaders.drugs.drugbank_vocabulary",
        loader="DrugbankVocabulary",
        downloads=(Download("vocabulary", _VOCABULARY, version="latest"),),
    ),
    SourceSpec(
        name="lincs-compounds",
        title="LINCS compounds",
        description="compounds of LINCS with their structures",
        roles=(
            Role("pertinfo", "perturbagen table", columns=("pert_id", "pert_iname")),
            Role("drugs", "DrugBank vocabulary CSV", required=False, columns=("DrugBank ID",)),
        ),
        version_rule=STATED_BY_USER,
        license="CC-BY-4.0",
        citation=LINCS_CITATION,
        url="https://clue.io",
        module="kgp.loaders.drugs.lincs_compounds",
        loader="LincsCompounds",
        downloads=(
            Download(
                "pertinfo",
                f"{_GITHUB}/lincs/d42347fcb53c30afed705b973fb52a1ae45a26b1/data/pertinfo/"
                "pertinfo.tsv.gz",
            ),
            Download("drugs", _VOCABULARY, version="latest"),
        ),
    ),
    SourceSpec(
        name="bindingdb",
        title="BindingDB and ChEMBL drug targets",
        description="drugs and the genes whose products they bind, with affinities",
        roles=(Role("bindings", "drug-gene table", columns=("drugbank_id", "affinity_nM")),),
        version_rule=STATED_BY_USER,
        license="CC-BY-SA-3.0",
        citation="Gilson MK et al. BindingDB in 2015. Nucleic Acids Res 44:D1045 (2016); "
        "Himmelstein D et al. doi:10.15363/thinklab.d53",
        url="https://github.com/dhimmel/bindingdb",
        module="kgp.loaders.drugs.bindingdb",
        loader="BindingDB",
        options=("max_affinity_nm",),
        downloads=(
            Download(
                "bindings",
                f"{_GITHUB}/bindingdb/36097bc715420827ffd06dd64e05edf95e75f038/data/"
                "bindings-drugbank-gene.tsv",
                sha256="a7e5e3c8f383f2a02c36449d418c309d99ab3045ebea6e975f54661ae2936ac3",
                version="2015",
            ),
        ),
    ),
)
