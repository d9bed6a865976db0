"""Tables of the user's own."""

from __future__ import annotations

from kgp.loaders.spec import Role, SourceSpec

SPECS = (
    SourceSpec(
        name="table",
        title="a table of your own",
        description="nodes, edges or regulation from any CSV, TSV or Parquet, as a mapping file "
        "says",
        roles=(
            Role("table", "CSV, TSV or Parquet"),
            Role("map", "mapping file in YAML", required=False, pattern=r"\.ya?ml$"),
        ),
        version_rule="--version, else that of the mapping file, else unversioned",
        license="LicenseRef-stated-in-mapping",
        citation="as the mapping file states, else the table's name",
        url="https://bioregistry.io",
        module="kgp.loaders.table.loader",
        loader="UserTable",
        options=("map", "name"),
        access="The file is your own; kgp load table FILE --guess writes a first mapping of it.",
    ),
)
