"""`harvest replay`: a recorded run once more, without a network.

It gets the answers of the recording, its time, and what the run began with.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from typer import Argument, Option

from harvest import pipeline
from harvest.commands import logs
from harvest.commands.exits import Exit, interruptible
from harvest.commands.options import Config, Quiet, Seeds, new_app
from harvest.commands.progress import show_progress, show_run
from harvest.commands.settings import load_settings
from harvest.commands.streams import note
from harvest.config import Settings
from harvest.dataset import store
from harvest.dataset.run import Run
from harvest.errors import UsageError
from harvest.http import recorder
from harvest.http.recorder import EXCHANGES, RECORDED_RUN, RecordedRun
from harvest.http.replay import Recording, ReplayHttp
from harvest.http.sanitize import MAIL
from harvest.lookup.database import FILE as CACHE
from harvest.lookup.session import Progress, Scope

TOKEN = "recorded"  # noqa: S105  # in place of a token, which no recording has

app = new_app()


@app.command(epilog="Example: harvest replay bad-night/ my-list.md --output /tmp/replayed")
def replay(
    recording: Annotated[Path, Argument(metavar="DIR", help="A folder that HARVEST_RECORD made")],
    seeds: Seeds = None,
    config: Config = None,
    output: Annotated[
        Path | None, Option(metavar="DIR", help="New folder for the dataset [default: temporary]")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Run a recorded refresh once more, without a network.

    Ends with the exit code of a refresh.
    """
    logs.start(as_json=False, quiet=quiet)
    run = find(recording)
    settings = load_settings(config, {"seeds": seeds})
    output = output or Path(tempfile.mkdtemp(prefix="harvest-replayed-"))
    with interruptible(f"{output} holds no whole run"), show_progress(quiet=quiet) as progress:
        result = replay_run(run, settings, output, progress)
    show_run(result.run, result.settings, quiet=quiet)
    if result.unused:
        note(f"harvest: {result.unused} recorded answers of {run} were not asked for")
    if result.run.degraded:
        raise typer.Exit(Exit.DEGRADED)


class Replay(msgspec.Struct, frozen=True):
    """What a replay came to; `unused` is the number of recorded answers that nobody asked for."""

    run: Run
    settings: Settings
    unused: int


def find(folder: Path) -> Path:
    """Return the run to replay: the folder, or the newest refresh in it. Raises UsageError."""
    if (folder / RECORDED_RUN).is_file():
        return folder
    if not folder.is_dir():
        raise UsageError(f"{folder}: is not a folder; name one that HARVEST_RECORD=DIR made")
    refreshes = [run for run in recorder.runs(folder) if (run / RECORDED_RUN).is_file()]
    if not refreshes:
        raise UsageError(f"{folder}: holds no recorded refresh; HARVEST_RECORD=DIR makes one")
    return refreshes[-1]


def replay_run(
    run: Path, settings: Settings, output: Path, progress: Progress = lambda *_: None
) -> Replay:
    """Run the refresh of a recording into a folder that is new or empty.

    Raises UsageError for a folder that is not, for a recording that cannot be read, and for a
    request that was not recorded; beside it what a refresh raises.
    """
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise UsageError(f"{output}: is not empty; name a new folder with --output")
    recorded_run = _read_run(run)
    recording = Recording(run, recorder.read(run))
    if (run / "output" / store.FILE).is_file():
        shutil.copytree(run / "output", output, dirs_exist_ok=True)
    with _cache(run) as cache:
        settings = _settings(settings, recorded_run, cache, output)
        max_age = None if recorded_run.max_age is None else timedelta(seconds=recorded_run.max_age)
        result = pipeline.refresh(
            settings,
            scope=Scope(only=recorded_run.only, max_age=max_age),
            progress=progress,
            now=datetime.fromisoformat(recorded_run.started_at),
            http=ReplayHttp(settings, recording),
        )
    return Replay(result, settings, recording.unused)


def _read_run(run: Path) -> RecordedRun:
    path = run / RECORDED_RUN
    if not (run / EXCHANGES).is_file():
        raise UsageError(f"{run}: holds no exchange: the run asked nothing")
    try:
        return msgspec.json.decode(path.read_bytes(), type=RecordedRun)
    except msgspec.DecodeError as error:
        raise UsageError(f"{path}: is not a recording of this version: {error}") from error


@contextmanager
def _cache(run: Path) -> Iterator[Path]:
    """Make a cache for the time of a replay, as the recorded run found its own."""
    with tempfile.TemporaryDirectory(prefix="harvest-replay-") as name:
        if (run / "cache" / CACHE).is_file():
            shutil.copy(run / "cache" / CACHE, name)
        yield Path(name)


def _settings(settings: Settings, recorded_run: RecordedRun, cache: Path, output: Path) -> Settings:
    services = {}
    for name, service in settings.services.items():
        url = recorded_run.urls.get(name, service.url)
        services[name] = msgspec.structs.replace(service, url=url, interval=0.0)
    return msgspec.structs.replace(
        settings,
        cache=str(cache),
        output=str(output),
        record=None,
        mailto=MAIL if recorded_run.mailto else None,
        abstracts="none",  # the recording has none
        github_token=TOKEN if recorded_run.token else None,
        fresh=recorded_run.fresh,
        services=services,
    )
