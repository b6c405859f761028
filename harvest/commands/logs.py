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
    from harvest.pipeline import Run

log = logging.getLogger("harvest.run")


class JsonLines(logging.Formatter):
    """One JSON object a record: time (UTC), level, logger, run, message, and what `extra` holds under `data`."""

    def __init__(self, run_id: str) -> None:
        super().__init__()
        self._run_id = run_id

    def format(self, record: logging.LogRecord) -> str:
        """Give the line; a traceback goes into `error`."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "run": self._run_id,
            "message": record.getMessage(),
        }
        if data := getattr(record, "data", None):
            line["data"] = data
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line)  # in ASCII, so that nothing in it can command a terminal


class PlainLines(logging.Formatter):
    """One line a record, of which a terminal obeys nothing; a traceback follows as it is."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # logging's name
        """Give the line."""
        return printable(super().formatMessage(record))


def start(*, as_json: bool, quiet: bool) -> str:
    """Send the log to stderr and give the id of the run."""
    run_id = uuid.uuid4().hex
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        JsonLines(run_id) if as_json else PlainLines("%(levelname)s %(name)s: %(message)s")
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    # A question that was asked again is a problem only if it fails in the end, and then the run says so.
    logging.getLogger("harvest.http.clients").setLevel(
        logging.ERROR if quiet and not as_json else logging.NOTSET
    )
    log.setLevel(logging.INFO if as_json and not quiet else logging.WARNING)
    return run_id


def tell(run: Run) -> None:
    """Log what a run did: one record a source, one for what is degraded, one for the whole."""
    for name, tally in run.sources.items():
        log.info("source %s", name, extra={"data": msgspec.to_builtins(tally)})
    for line in run.degraded:
        log.warning("degraded: %s", line)
    data = {
        "seconds": run.seconds,
        "mentions": run.mentions,
        "works": run.works,
        "repositories": run.repositories,
    }
    log.info("published", extra={"data": data})
