"""What may be used for what."""

from __future__ import annotations

import pytest

from kgp.errors import UsageError
from kgp.kg_schema.licenses import (
    OWN,
    Use,
    allows,
    is_known,
    is_own,
    parse_use,
    reason_against,
)
from kgp.loaders.catalogue import SOURCES

OPEN = ["CC0-1.0", "CC-BY-4.0", "cc-by-4.0", "CC-BY-SA-3.0", "MIT", "GPL-3.0-only", OWN]
ACADEMIC = ["CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", "LicenseRef-BioCyc", "LicenseRef-academic-use"]
UNKNOWN = ["", "proprietary", "CC-BY", "CC BY 4.0", "LicenseRef-other", "CC0-1.0 OR MIT"]


@pytest.mark.parametrize("license", OPEN)
def test_open_licences_allow_every_use(license: str) -> None:
    assert all(allows(license, use) for use in Use)
    assert is_known(license)


@pytest.mark.parametrize("license", ACADEMIC)
def test_academic_licences_do_not_allow_commercial_use(license: str) -> None:
    assert allows(license, Use.ACADEMIC)
    assert not allows(license, Use.COMMERCIAL)
    said = reason_against(license, Use.COMMERCIAL)
    assert said == f"licence {license} is not for commercial use"


@pytest.mark.parametrize("license", UNKNOWN)
def test_a_licence_that_nobody_has_read_allows_nothing(license: str) -> None:
    assert not any(allows(license, use) for use in Use)
    assert not is_known(license)
    assert "not known to allow academic use" in reason_against(license, Use.ACADEMIC)


def test_a_file_without_a_stated_licence_counts_as_the_users_own() -> None:
    assert is_own(OWN)
    assert not is_own("CC0-1.0")


def test_of_joined_licences_each_has_to_allow_the_use() -> None:
    mixed = "CC0-1.0 AND CC-BY-NC-4.0"
    assert allows(mixed, Use.ACADEMIC)
    assert not allows(mixed, Use.COMMERCIAL)
    assert not allows("CC0-1.0 AND something", Use.ACADEMIC)


@pytest.mark.parametrize("use", list(Use))
def test_a_use_is_known_by_its_name(use: Use) -> None:
    assert parse_use(str(use)) is use


def test_an_unknown_use_names_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"Unknown use 'comercial'\. Did you mean: commercial"):
        parse_use("comercial")


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_the_licence_of_every_source_is_one_that_kgp_knows(name: str) -> None:
    assert is_known(SOURCES[name].license)
