"""From a source's downloads to files on disk: addresses filled in, hashes compared.

A file whose hash the catalogue knows is checked against it. Of others the hash is written down
beside them at the first download (``NAME.sha256``, as ``sha256sum -c`` reads it) and compared at
the next, so that a release that was replaced under one address is noticed.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from kgp.errors import BadInputError, UsageError, unknown
from kgp.loaders.download.resuming import ResumingDownloader
from kgp.loaders.download.unpacking import unpack

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kgp.loaders.spec import Download, SourceSpec
    from kgp.progress import Progress

LATEST = "latest"
"""A release that an address names without saying which it is."""

_HASH = re.compile(r"(?:sha256:)?([0-9a-fA-F]{64})")
_FILLED_IN = re.compile(r"[\w.+-]+")


@dataclass(frozen=True, slots=True)
class Address:
    """One file to download.

    Args:
        role: the role that it fills.
        url: where it is.
        sha256: its hash, where it is known beforehand.
        version: the release that the address names; empty where it names none.
    """

    role: str
    url: str
    sha256: str
    version: str


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """One file on disk.

    Args:
        role: the role that it fills.
        path: where it lies, unpacked if it came as a zip archive.
        url: where it came from.
        sha256: hash of what was downloaded.
        bytes: size of the file.
        downloaded: False where it was there already.
        known: False where there was nothing to compare the hash with.
    """

    role: str
    path: Path
    url: str
    sha256: str
    bytes: int
    downloaded: bool
    known: bool


def addresses(
    spec: SourceSpec,
    roles: Sequence[str] = (),
    *,
    version: str | None = None,
    taxon: str | None = None,
) -> list[Address]:
    """Return what there is to download: the first address of each role.

    Args:
        spec: the source.
        roles: only these.
        version: the release, for addresses with ``{version}``.
        taxon: the NCBI taxon, for addresses with ``{taxon}``.

    Raises:
        UsageError: for an unknown role, or where an address needs a version or taxon.
        BadInputError: if none can be fetched.
    """
    names = [role.name for role in spec.roles]
    for role in roles:
        if role not in names:
            raise UsageError(unknown(f"role of {spec.name}", role, names, command=spec.usage))
    first: dict[str, Download] = {}
    for download in spec.downloads:
        if not roles or download.role in roles:
            first.setdefault(download.role, download)
    lacking = [role for role in roles if role not in first]
    if lacking or not first:
        raise BadInputError(
            f"{' '.join([spec.name, *lacking])} cannot be fetched by kgp.",
            hint=access_text(spec),
            command=spec.usage,
        )
    return [_filled_in(spec, download, version, taxon) for download in first.values()]


def access_text(spec: SourceSpec) -> str:
    """Say how to come by the files of a source that kgp cannot fetch."""
    return spec.access or f"See {spec.url} for its files."


def _filled_in(
    spec: SourceSpec, download: Download, version: str | None, taxon: str | None
) -> Address:
    given = {"version": version or download.version, "taxon": taxon or ""}
    needed = [name for _, name, _, _ in string.Formatter().parse(download.url) if name]
    for name in needed:
        if not _FILLED_IN.fullmatch(given[name]):
            raise UsageError(
                f"The address of {spec.name} {download.role} needs a {name}; {given[name]!r} is "
                "none."
                if given[name]
                else f"The address of {spec.name} {download.role} needs a {name}.",
                hint=f"It is {download.url}; see {spec.url} for what there is.",
                command=f"kgp fetch {spec.name} --{name} "
                + ("9606" if name == "taxon" else "VERSION"),
            )
    # A hash is that of one release: of another one nothing is known.
    fits = given["version"] == download.version and "taxon" not in needed
    sha256 = download.sha256 if fits else ""
    stated = given["version"] if "version" in needed or fits else ""
    stated = "" if stated == LATEST else stated
    return Address(download.role, download.url.format(**given), sha256, stated)


def parse_hash(text: str) -> str:
    """Return a SHA-256 hash in lower case.

    Raises:
        UsageError: if it is none.
    """
    found = _HASH.fullmatch(text)
    if found is None:
        raise UsageError(
            f"{text!r} is not a SHA-256 hash.",
            hint="Expected are 64 hexadecimal digits.",
            command="sha256sum FILE",
        )
    return found[1].lower()


def fetch_file(address: Address, folder: Path, name: str, progress: Progress) -> FetchedFile:
    """Download a file, or find it downloaded and unchanged.

    Args:
        address: what to download.
        folder: where it shall lie.
        name: what it shall be called.
        progress: where to say how far it is.

    Raises:
        BadInputError: if the file is not there, is not the one expected, or cannot be written.
        DownloadError: if the server cannot be reached or breaks off.
    """
    import pooch

    pooch.get_logger().setLevel("WARNING")
    path, record = folder / name, folder / f"{name}.sha256"
    recorded = _recorded(record)
    expected = address.sha256 or recorded
    downloader = ResumingDownloader(folder / f"{name}.part", progress)
    before = path.stat().st_mtime_ns if path.exists() else None
    try:
        pooch.retrieve(
            address.url,
            known_hash=f"sha256:{expected}" if expected else None,
            fname=name,
            path=folder,
            downloader=downloader,
        )
    except ValueError as error:
        raise _changed(address, path, expected, from_catalogue=bool(address.sha256)) from error
    downloaded = path.stat().st_mtime_ns != before
    sha256 = expected or pooch.file_hash(str(path))
    if sha256 != recorded:
        record.write_text(f"{sha256}  {name}\n", "utf-8")
    unpacked = unpack(path)
    size = unpacked.stat().st_size
    return FetchedFile(
        address.role, unpacked, address.url, sha256, size, downloaded, bool(expected)
    )


def file_names(source: str, wanted: Sequence[Address]) -> dict[str, str]:
    """Choose the name of each file, by role: the address's own, unless that says nothing."""
    names: dict[str, str] = {}
    for address in wanted:
        name = Path(unquote(urlsplit(address.url).path)).name
        plain = "." in name.strip(".") and name not in names.values()
        names[address.role] = name if plain else f"{source}-{address.role}"
    return names


def load_command(
    spec: SourceSpec, files: Mapping[str, Path], version: str, taxon: str | None
) -> list[str]:
    """The command that loads what was fetched; roles that are still to be found are named."""
    words = ["kgp", "load", spec.name]
    for role in spec.roles:
        if role.name in files:
            words.append(f"{role.name}={files[role.name]}")
        elif role.required:
            words.append(f"{role.name}=PATH")
    words += ["--version", version] if version else []
    words += ["--option", f"taxon={taxon}"] if taxon and "taxon" in spec.options else []
    return words


def _recorded(record: Path) -> str:
    """The hash that was written down; empty where there is none that can be read."""
    try:
        found = _HASH.match(record.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        return ""
    return found[1].lower() if found else ""


def _changed(address: Address, path: Path, expected: str, *, from_catalogue: bool) -> BadInputError:
    if from_catalogue:
        return BadInputError(
            f"{address.url} does not serve the expected file: its SHA-256 is not {expected}.",
            hint="It was not kept. Was it replaced, or changed on the way?",
            command="kgp fetch … --hash SHA256, with the hash that its publisher states",
        )
    return BadInputError(
        f"{address.url} serves another file than at the first download: its SHA-256 is not "
        f"{expected}, as {path.name}.sha256 says.",
        hint="A new release has probably replaced it. What was there is as it was.",
        command=f"rm {path}.sha256 and the same command, or --to ANOTHER-FOLDER",
    )
