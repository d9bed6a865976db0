"""Real Neo4j servers with something wrong about them."""

from __future__ import annotations

import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgp.platform.neo4j_server.admin import java_environment, run_admin
from kgp.platform.neo4j_server.home import Home
from kgp.platform.neo4j_server.jars import install_jars
from kgp.platform.neo4j_server.java import java_command
from kgp.platform.neo4j_server.ready import log_tail
from kgp.platform.neo4j_server.settings import JVM, local_settings, parse_memory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

MARKER = "marker-6f1d2c-password"
"""The password, which must never be seen."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    home: Home
    port: int
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End it, and wait for that."""
        self.process.terminate()
        self.process.wait()

    def kill(self) -> None:
        """Let it have no time to write anything."""
        self.process.kill()
        self.process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(folder: Path, settings: Mapping[str, str]) -> Iterator[Server]:
    """A server of one's own in ``folder``, with settings beside those of kgp's runner."""
    home, memory, port = Home(folder), parse_memory("768m"), free_port()
    folder.mkdir(exist_ok=True)
    home.password_file.write_text(MARKER)
    home.prepare()
    home.configure({**local_settings(memory, port), **settings})
    if not home.has_password:
        run_admin(home, "dbms", "set-initial-password", f"@{home.password_file}")
    command = java_command(install_jars(), f"-Xmx{memory.heap}m", *JVM)
    where = [f"--home-dir={home.folder}", f"--config-dir={home.conf}"]
    home.log.touch()
    known = len(home.log.read_text())
    with home.console.open("wb") as console:
        process = subprocess.Popen(
            [*command, "org.neo4j.server.CommunityEntryPoint", *where],
            env=java_environment(home),
            stdout=console,
            stderr=console,
        )
    server = Server(home, port, process)
    try:
        while "Started." not in home.log.read_text()[known:]:
            assert process.poll() is None, log_tail(home, 40)
            time.sleep(0.1)
        yield server
    finally:
        server.stop()


def self_signed(folder: Path) -> dict[str, str]:
    """Make a certificate that nobody trusts; the settings with which a server asks for TLS."""
    folder.mkdir()
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(folder / "private.key"), "-out", str(folder / "public.crt")]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *files, *subject],
        check=True,
        capture_output=True,
    )
    policy = "dbms.ssl.policy.bolt"
    return {
        "server.bolt.tls_level": "REQUIRED",
        f"{policy}.enabled": "true",
        f"{policy}.base_directory": str(folder),
        f"{policy}.private_key": "private.key",
        f"{policy}.public_certificate": "public.crt",
    }
