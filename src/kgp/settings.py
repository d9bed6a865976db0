"""Settings from the environment (prefix ``KGP_``)."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_cache_path, user_log_path, user_state_path
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from kgp.errors import UsageError


class Settings(BaseSettings):
    """What the environment decides; each command-line option wins over it."""

    model_config = SettingsConfigDict(env_prefix="KGP_")

    store: str = Field("duckdb:kgp.duckdb", description="URL of the store")
    logs: Path = Field(default_factory=lambda: user_log_path("kgp"))
    state: Path = Field(
        default_factory=lambda: user_state_path("kgp"),
        description="folder of the stagings and runs of stores on a server",
    )
    cache: Path = Field(
        default_factory=lambda: user_cache_path("kgp"),
        description="folder of what can be computed again; it may be removed at any time",
    )
    busy_wait: float = Field(2.0, ge=0, description="seconds to wait for a store that is held")


def load_settings() -> Settings:
    """Read the environment now; nothing is read at import time.

    Raises:
        UsageError: naming the variable that holds what kgp cannot use.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        variable = "KGP_" + "_".join(map(str, first["loc"])).upper()
        raise UsageError(
            f"The environment variable {variable} is {first['input']!r}.",
            hint=f"{first['msg']}.",
            command=f"unset {variable}",
        ) from error
