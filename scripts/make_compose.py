"""Write docker/compose.yaml: Neo4j, kgp beside it, and a sample to start with.

    python scripts/make_compose.py

The settings of Neo4j are those of the local runner, from ``kgp.platform.neo4j_server.settings``.
``tests/unit/test_compose.py`` fails when the file is not what this writes.
"""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

from kgp.platform.neo4j_server.settings import (
    DEFAULT_MEMORY,
    HEAP_PERCENT,
    IMAGE,
    IMPORT_FOLDER,
    LARGEST_HEAP,
    PAGE_CACHE_PERCENT,
    TRANSACTION_PERCENT,
    as_environment,
    common_settings,
    memory_settings,
)

FILE = Path(__file__).parents[1] / "docker" / "compose.yaml"

_PASSWORD = (
    "${KGP_NEO4J_PASSWORD:?KGP_NEO4J_PASSWORD is not set: copy docker/neo4j.env.example "
    "to docker/.env and choose a password of at least 8 characters in it}"
)

_TEMPLATE = """\
# Written by scripts/make_compose.py; do not edit by hand.
#
#   cp docker/neo4j.env.example docker/.env      # and choose a password in it
#   docker compose -f docker/compose.yaml up     # Neo4j with the packaged sample
#   docker compose -f docker/compose.yaml run --rm kgp stats

x-kgp: &kgp
  image: kgp:local
  build:
    context: ..
    dockerfile: docker/Dockerfile
    args:
      EXTRAS: ${KGP_EXTRAS:-}
  environment:
    KGP_STORE: bolt://neo4j:7687
    KGP_NEO4J_PASSWORD: "<password>"
  volumes:
    - work:/kgp
    - import:/import
    - ${KGP_FILES:-./files}:/files:ro
  cap_drop: [ALL]
  security_opt: ["no-new-privileges:true"]
  depends_on:
    neo4j:
      condition: service_healthy

services:
  neo4j:
    image: <image>
    # Shares out KGP_NEO4J_MEMORY, then runs the command as the image does.
    entrypoint:
      - tini
      - -g
      - --
      - bash
      - -euc
      - |
<start>
      - start
    command: [neo4j]
    environment:
<settings>
      NEO4J_AUTH: "neo4j/<password>"
      KGP_NEO4J_MEMORY: ${KGP_NEO4J_MEMORY:-<memory>}
    mem_limit: ${KGP_NEO4J_MEMORY:-<memory>}
    ports:
      - 127.0.0.1:${KGP_NEO4J_PORT:-7687}:7687
    volumes:
      - data:/data
      - logs:/logs
      - import:/var/lib/neo4j/<import>
    ulimits:
      nofile: 40000
    healthcheck:
      # The password goes through the environment: arguments are seen by other processes.
      test:
        - CMD-SHELL
        - >-
          NEO4J_USERNAME=neo4j NEO4J_PASSWORD="$${NEO4J_AUTH#neo4j/}"
          cypher-shell --format plain 'RETURN 1'
      interval: 10s
      timeout: 30s
      retries: 12
      start_period: 2m
    stop_grace_period: 5m
    restart: unless-stopped

  # Loads the packaged sample once; a load that is there already adds nothing.
  sample:
    <<: *kgp
    command: [load, --world, /sample/world.toml, --progress, log]

  # Any command: docker compose run --rm kgp load trrust /files/trrust.tsv
  kgp:
    <<: *kgp
    profiles: [tools]

volumes:
  data:
  logs:
  import:
  work:
"""


def start_script() -> str:
    """The shell script that shares out memory as the local runner does, before Neo4j's own."""
    shares = memory_settings("${heap}", "${page_cache}", "${transactions}")
    exports = [f'export {name}="{value}"' for name, value in as_environment(shares).items()]
    lines = [
        'case "${KGP_NEO4J_MEMORY}" in',
        "  *[0-9][gG]) total=$(( ${KGP_NEO4J_MEMORY%?} * 1024 )) ;;",
        "  *[0-9][mM]) total=${KGP_NEO4J_MEMORY%?} ;;",
        f'  *) echo "KGP_NEO4J_MEMORY is ${{KGP_NEO4J_MEMORY}}; valid is such as {DEFAULT_MEMORY}"'
        " >&2; exit 2 ;;",
        "esac",
        f"heap=$(( total * {HEAP_PERCENT} / 100 ))",
        f"if [ $heap -gt {LARGEST_HEAP} ]; then heap={LARGEST_HEAP}; fi",
        f"page_cache=$(( total * {PAGE_CACHE_PERCENT} / 100 ))",
        f"transactions=$(( heap * {TRANSACTION_PERCENT} / 100 ))",
        *exports,
        'exec /startup/docker-entrypoint.sh "$@"',
    ]
    return "\n".join(lines) + "\n"


def compose() -> str:
    """The text of ``docker/compose.yaml``."""
    settings = as_environment(common_settings())
    shown = "\n".join(f'      {name}: "{value}"' for name, value in settings.items())
    parts = {
        # Compose itself expands single dollars.
        "start": indent(start_script().replace("$", "$$"), " " * 8).rstrip(),
        "settings": shown,
        "password": _PASSWORD,
        "image": IMAGE,
        "memory": DEFAULT_MEMORY,
        "import": IMPORT_FOLDER,
    }
    text = _TEMPLATE
    for name, value in parts.items():
        text = text.replace(f"<{name}>", value)
    return text


def main() -> None:
    """Write the file."""
    FILE.write_text(compose(), encoding="utf-8")


if __name__ == "__main__":
    main()
