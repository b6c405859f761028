"""The settings of runs in tests and benchmarks: services on loopback, no waits."""

from __future__ import annotations

import itertools
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import msgspec

from harvest.commands.settings import load_settings
from harvest.config import Fresh, Service, Settings
from tests.fakes import FakeServices, ServiceName

ROOT = Path(__file__).parents[2]
TOKEN = "github_pat_fake"  # made up
SERVICE_NAMES = get_args(ServiceName)
NOBODY = "http://127.0.0.1:1"  # an address where no service listens
FILE = ROOT / "harvest.toml"
NO_FILE = Path(os.devnull)
# Everything falls due every night.
NIGHTLY = Fresh(young=0.5, work=0.5, old=0.5, repository=0.5, not_found=0.5)


def make_settings(
    folder: Path,
    services: FakeServices | Mapping[str, str],
    *lists: Path | str,
    file: Path = NO_FILE,
    token: str | None = None,
    **values: Any,
) -> Settings:
    """Return settings for runs that wait for nothing, with cache and output in `folder`.

    `services` are fakes, whose rates then count no more, or addresses by source; nobody listens at
    the others. `values` named like a key of a service (`timeout`) hold for every service, the
    others are keys of the settings. `file` is a harvest.toml, such as FILE with the default lists.
    """
    addresses = _addresses(services)
    of_service = {key: values.pop(key) for key in Service.__struct_fields__ if key in values}
    quick = {"interval": 0, "backoff": 0, **of_service}
    environ = {f"HARVEST_{name.upper()}_URL": url for name, url in addresses.items()}
    environ |= service_keys(**quick) | ({"GITHUB_TOKEN": token} if token else {})
    flags = {
        "cache": str(folder / "cache"),
        "output": str(folder / "output"),
        "seeds": tuple(map(str, lists)),
    }
    if file is NO_FILE:
        values.setdefault("starter", str(folder / "none.jsonl"))
    if isinstance(services, FakeServices) and quick["interval"] == 0:
        services.world.pacing = False
    return msgspec.structs.replace(load_settings(file, flags, environ), **values)


def impatient_settings(
    services: FakeServices | Mapping[str, str], folder: Path = Path("unused"), **values: Any
) -> Settings:
    """Return settings for a few requests, of which each is given up soon."""
    short = {"timeout": 0.4, "backoff": 0.01, "patience": 5.0, **values}
    return make_settings(folder, services, **short)


def _addresses(services: FakeServices | Mapping[str, str]) -> dict[str, str]:
    if isinstance(services, FakeServices):
        return services.urls
    return dict.fromkeys(SERVICE_NAMES, NOBODY) | dict(services)


def service_keys(**values: float | None) -> dict[str, str]:
    """Return the environment that sets keys of every service; None leaves the default."""
    pairs = itertools.product(SERVICE_NAMES, values.items())
    return {
        f"HARVEST_{name}_{key}".upper(): str(value)
        for name, (key, value) in pairs
        if value is not None
    }


def environment(fakes: FakeServices, token: str | None = TOKEN, **more: str) -> dict[str, str]:
    """Return the environment of a run in another process, without settings of this machine."""
    # Compiled modules stay, as they do for a user.
    ours = ("HARVEST_", "GITHUB_", "COV_", "PYTHONDONTWRITEBYTECODE")
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    return {**inherited, "PYTHONPATH": str(ROOT), **fakes.env(token), **more}
