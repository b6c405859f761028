"""The settings of a command: those of config, with a service for each source."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harvest import config
from harvest.config import Settings
from harvest.sources import discover


def load_settings(
    file: Path | None, flags: Mapping[str, Any], environ: Mapping[str, str] | None = None
) -> Settings:
    """Read the settings. Raises UsageError for what cannot be used."""
    return config.load(file, flags, environ, discover().values())[0]
