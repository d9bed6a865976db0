"""The compose file is what the settings of the local runner make of it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_pydantic.models import ComposeSpecification
from scripts.make_compose import FILE, compose, start_script

from kgp.platform.neo4j_server import settings
from tests.e2e.conftest import clean_environment

DOCKER = FILE.parent
PASSWORD = "a-password-for-this-test"


@pytest.fixture
def described() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    return found


@pytest.fixture
def docker_compose() -> list[str]:
    """The command of whichever Docker Compose this machine has."""
    if found := shutil.which("docker-compose"):
        return [found]
    docker = shutil.which("docker")
    if (
        docker
        and subprocess.run([docker, "compose", "version"], capture_output=True).returncode == 0
    ):
        return [docker, "compose"]
    pytest.skip("no Docker Compose here; the compose specification was held against the file")


def config(command: list[str], folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    asked = [*command, "--file", str(FILE), "config"]
    environment = clean_environment(folder, env)
    return subprocess.run(asked, cwd=folder, env=environment, capture_output=True, text=True)


def test_file_is_what_the_script_writes() -> None:
    assert FILE.read_text("utf-8") == compose(), "run scripts/make_compose.py"


def test_file_follows_the_compose_specification(described: dict[str, Any]) -> None:
    known = {key: value for key, value in described.items() if not key.startswith("x-")}
    services = ComposeSpecification.model_validate(known).services
    assert services is not None
    assert set(services) == {"neo4j", "sample", "kgp"}


def test_docker_compose_accepts_the_file(docker_compose: list[str], tmp_path: Path) -> None:
    done = config(docker_compose, tmp_path, KGP_NEO4J_PASSWORD=PASSWORD)
    assert done.returncode == 0, done.stderr
    service = yaml.safe_load(done.stdout)["services"]["neo4j"]
    assert service["environment"]["NEO4J_AUTH"] == f"neo4j/{PASSWORD}"


def test_without_a_password_docker_compose_says_what_to_do(
    docker_compose: list[str], tmp_path: Path
) -> None:
    done = config(docker_compose, tmp_path, KGP_NEO4J_PASSWORD="")
    assert done.returncode != 0
    assert "copy docker/neo4j.env.example to docker/.env" in done.stderr


def test_no_password_is_given_by_default(described: dict[str, Any]) -> None:
    environments = [service["environment"] for service in described["services"].values()]
    names = ("NEO4J_AUTH", "KGP_NEO4J_PASSWORD")
    given = [found[name] for found in environments for name in names if name in found]
    assert len(given) == len(environments)
    assert all("${KGP_NEO4J_PASSWORD:?" in text for text in given)
    example = (DOCKER / "neo4j.env.example").read_text("utf-8")
    assert re.search(r"^KGP_NEO4J_PASSWORD=$", example, re.MULTILINE)


def test_settings_are_those_of_the_local_runner(described: dict[str, Any]) -> None:
    environment = described["services"]["neo4j"]["environment"]
    local = settings.local_settings(settings.parse_memory("4g"), 7687)
    common = {name: local[name] for name in settings.common_settings()}
    assert settings.as_environment(common).items() <= environment.items()
    assert described["services"]["neo4j"]["image"] == f"neo4j:{settings.VERSION}-community"


@pytest.mark.parametrize("amount", ["768m", "1g", "4g", "7000M", "96G"])
def test_container_shares_out_memory_as_the_local_runner_does(amount: str) -> None:
    local = settings.local_settings(settings.parse_memory(amount), 7687)
    expected = {name: value for name, value in local.items() if "memory" in name}
    assert settings.as_environment(expected).items() <= started(amount).items()


def test_container_refuses_what_is_no_amount_of_memory() -> None:
    with pytest.raises(subprocess.CalledProcessError) as failed:
        started("plenty")
    assert "KGP_NEO4J_MEMORY is plenty; valid is such as 4g" in failed.value.stderr


def test_only_this_machine_reaches_the_server(described: dict[str, Any]) -> None:
    assert all(port.startswith("127.0.0.1:") for port in described["services"]["neo4j"]["ports"])


def test_nothing_is_fetched_at_start(described: dict[str, Any]) -> None:
    assert not [name for name in described["services"]["neo4j"]["environment"] if "PLUGIN" in name]


def test_sample_is_one_that_the_package_has(described: dict[str, Any]) -> None:
    from kgp.loaders.sample import sample_file

    command = described["services"]["sample"]["command"]
    assert command[:2] == ["load", "--world"]
    assert sample_file(Path(command[2]).name).is_file()


def test_image_of_kgp_does_not_run_as_root() -> None:
    lines = (DOCKER / "Dockerfile").read_text("utf-8").splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users == ["kgp"]
    assert lines.index("USER kgp") > max(
        number for number, line in enumerate(lines) if line.startswith("FROM ")
    )


def started(amount: str) -> dict[str, str]:
    """The environment that the container's script would hand to Neo4j."""
    script = start_script().replace("/startup/docker-entrypoint.sh", "env -0")
    done = subprocess.run(
        ["bash", "-euc", script],
        env={"PATH": os.environ["PATH"], "KGP_NEO4J_MEMORY": amount},
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(line.split("=", 1) for line in done.stdout.split("\0") if line)
