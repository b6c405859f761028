"""The lock of a run, with flock and where the system has none."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import Timeout

from harvest import locks
from harvest.dataset import store
from harvest.errors import LockedError, PublicationError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has locks of its own")


@pytest.fixture(params=["ENOSYS", "ENOTSUP", "ENOLCK"])
def pid_file(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, path: Path) -> Path:
    """Return the file that is the lock where flock fails."""
    import fcntl

    def refuse(*_: object) -> None:
        raise OSError(getattr(errno, request.param), "no flock here")

    monkeypatch.setattr(fcntl, "flock", refuse)
    return path.with_name(f"{path.name}.pid")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".output.lock"


@pytest.fixture
def dead() -> int:
    """Return the number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_one_holds_the_lock_at_a_time(path: Path) -> None:
    lock = locks.acquire(path)
    with pytest.raises(Timeout):
        locks.acquire(path, timeout=0)
    lock.release()
    locks.acquire(path, timeout=0).release()
    assert not path.with_name(".output.lock.pid").exists()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="Linux has a folder without files")
def test_a_folder_that_takes_no_file_is_not_busy() -> None:
    with pytest.raises(PublicationError, match="name a folder"), store.lock(Path("/proc/output")):
        pass


def test_a_pid_file_is_the_lock_without_flock(path: Path, pid_file: Path) -> None:
    lock = locks.acquire(path)
    assert pid_file.read_text("utf-8").splitlines()[:2] == [str(os.getpid()), socket.gethostname()]
    with pytest.raises(Timeout):
        locks.acquire(path, timeout=0)
    lock.release()
    assert not pid_file.exists()
    locks.acquire(path, timeout=0).release()


def test_the_lock_of_a_dead_process_is_taken_over(path: Path, pid_file: Path, dead: int) -> None:
    pid_file.write_text(f"{dead}\n{socket.gethostname()}\n", "utf-8")
    locks.acquire(path, timeout=0).release()
    assert not pid_file.exists()


def test_a_killed_run_leaves_no_lock(tmp_path: Path, pid_file: Path) -> None:
    script = (
        "import errno, fcntl, os, pathlib, sys\n"
        "from harvest.dataset import store\n"
        "def refuse(*_): raise OSError(errno.ENOSYS, 'no flock')\n"
        "fcntl.flock = refuse\n"
        "with store.lock(pathlib.Path(sys.argv[1])): os._exit(9)\n"
    )
    subprocess.run([sys.executable, "-c", script, tmp_path / "output"], check=False)
    assert pid_file.exists()
    with store.lock(tmp_path / "output"):
        pass


@pytest.mark.parametrize("owner", ["a living process", "another host", "nobody"])
def test_other_locks_stand(tmp_path: Path, pid_file: Path, dead: int, owner: str) -> None:
    texts = {
        "a living process": f"{os.getppid()}\n{socket.gethostname()}\n",
        "another host": f"{dead}\nelsewhere.example\n",
        "nobody": "",  # filelock writes the owner just after it makes the file
    }
    pid_file.write_text(texts[owner], "utf-8")
    with pytest.raises(LockedError, match="--wait"), store.lock(tmp_path / "output"):
        pass
    assert pid_file.read_text("utf-8") == texts[owner]


def test_another_error_is_no_lack_of_flock(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "the disk is broken")

    monkeypatch.setattr(fcntl, "flock", fail)
    with pytest.raises(OSError, match="the disk is broken"):
        locks.acquire(path)
