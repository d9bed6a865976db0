"""How a source describes itself: its files, options, licence, and how to cite it."""

from __future__ import annotations

from dataclasses import dataclass

from kgp.kg_schema.provenance import SourceInfo

UNVERSIONED = "unversioned"
"""Version of a source whose files do not state one and whose user gave none."""

STATED_BY_USER = "--version, else unversioned"
"""Rule for sources whose files do not state their release."""


@dataclass(frozen=True, slots=True)
class Role:
    """One file that a source reads.

    Args:
        name: what the user calls it in ``ROLE=PATH``.
        description: what the file holds.
        required: whether the source can be read without it.
        pattern: regular expression on the file's name by which a bare path is recognised.
        columns: columns by which a bare path is recognised when its name says nothing.
    """

    name: str
    description: str
    required: bool = True
    pattern: str = ""
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Download:
    """A file at a source's official address.

    Args:
        role: the role that it fills.
        url: its address; ``{version}`` and ``{taxon}`` stand for what the user asks for.
        sha256: hash of the file where the address always serves the same bytes; empty where a
            release replaces the last one, so that only a repeated download can be compared.
        version: the release that ``url`` serves when the user names none.
    """

    role: str
    url: str
    sha256: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """One source that kgp can load.

    Args:
        name: the name on the command line and the provenance of every row.
        title: what a person calls it.
        description: what it brings into the graph.
        roles: its files, in the order in which bare paths fill them.
        version_rule: where the version comes from when the user gives none.
        license: SPDX identifier where there is one, else the short name.
        citation: how to cite it.
        url: its home page.
        module: module that holds the loader, imported when it is built.
        loader: name of the loader class in ``module``.
        options: names of what may be set beside the version.
        downloads: where its files can be fetched; none where a licence has to be signed first.
        access: what a user has to do to be given the files, where no address serves them.
    """

    name: str
    title: str
    description: str
    roles: tuple[Role, ...]
    version_rule: str
    license: str
    citation: str
    url: str
    module: str
    loader: str
    options: tuple[str, ...] = ()
    downloads: tuple[Download, ...] = ()
    access: str = ""

    def info(self, version: str | None) -> SourceInfo:
        """Return the provenance of one version; ``None`` where nothing states it."""
        return SourceInfo(
            name=self.name,
            title=self.title,
            version=version or UNVERSIONED,
            license=self.license,
            citation=self.citation,
            url=self.url,
        )

    @property
    def usage(self) -> str:
        """The command that loads this source, with its roles."""
        if len(self.roles) == 1:
            return f"kgp load {self.name} PATH"
        parts = (f"{r.name}=PATH" if r.required else f"[{r.name}=PATH]" for r in self.roles)
        return f"kgp load {self.name} {' '.join(parts)}"
