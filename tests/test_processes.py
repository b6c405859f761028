"""Processes that others start."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """
import multiprocessing, os, signal
from concurrent.futures import ProcessPoolExecutor
from harvest.processes import end_with_parent

context = multiprocessing.get_context("spawn")
pool = ProcessPoolExecutor(1, context, initializer=end_with_parent)
pool.submit(os.getpid).result()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="nobody is killed by a signal there")
def test_a_process_ends_when_the_one_that_started_it_is_killed() -> None:
    """Its end closes the output of both, for which this waits."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, timeout=20, check=False
    )
    assert done.returncode == -9
