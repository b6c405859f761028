"""The log of a run: plain lines, or JSON lines that all carry the id of the run."""

from __future__ import annotations

import json
import logging
import sys
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from harvest.text import printable

if TYPE_CHECKING:
    from harvest.dataset.run import Run

log = logging.getLogger("harvest.run")


class JsonLines(logging.Formatter):
    """One JSON object a record: time (UTC), level, logger, run, message, and `extra` as `data`."""

    def __init__(self, run_id: str) -> None:
        super().__init__()
        self._run_id = run_id

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; a traceback goes into `error`."""
        time = datetime.fromtimestamp(record.created, UTC)
        line = {
            "time": time.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "run": self._run_id,
            "message": record.getMessage(),
        }
        if data := getattr(record, "data", None):
            line["data"] = data
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line)  # ASCII only, so that nothing in it can control a terminal


class PlainLines(logging.Formatter):
    """One line a record without terminal controls; a traceback follows as it is."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # logging's name
        """Return the line."""
        return printable(super().formatMessage(record))


def start(*, as_json: bool, quiet: bool) -> str:
    """Send the log to stderr and return a new id for the run."""
    run_id = uuid.uuid4().hex
    plain = PlainLines("%(levelname)s %(name)s: %(message)s")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(run_id) if as_json else plain)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    # A retry is a problem only if the last try fails, and then the run reports it.
    retries = logging.ERROR if quiet and not as_json else logging.NOTSET
    logging.getLogger("harvest.http.retry").setLevel(retries)
    log.setLevel(logging.INFO if as_json and not quiet else logging.WARNING)
    return run_id


def write(run: Run) -> None:
    """Log what a run did: a record for each source, for what is degraded, and for the whole."""
    for name, tally in run.sources.items():
        log.info("source %s", name, extra={"data": msgspec.to_builtins(tally)})
    for line in run.degraded:
        log.warning("degraded: %s", line)
    fields = ("seconds", "mentions", "works", "repositories")
    data = {field: getattr(run, field) for field in fields}
    log.info("published", extra={"data": data})
