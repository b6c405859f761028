"""A lock between processes, which ends with the process that holds it."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filelock import BaseFileLock

NO_FLOCK = {errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK}
TAKEOVER = 1.0  # seconds; filelock looks at a dead owner's file first and takes it then


def acquire(path: Path, timeout: float = -1) -> BaseFileLock:
    """Acquire the lock of a file and return it, after at most `timeout` seconds (-1: no end).

    Where the system has no flock(2), as on some network drives, a file `….pid` with process and
    host is the lock. One that a dead process of this host left behind is taken over; whether a
    process of another host is alive cannot be told. Raises filelock.Timeout and OSError.
    """
    from filelock import FileLock, SoftFileLock

    path.touch()  # FileLock takes a folder without files, such as /proc, for one that is busy
    lock: BaseFileLock = FileLock(path, timeout=timeout, fallback_to_soft=False)
    try:
        lock.acquire()
    except OSError as error:
        if error.errno not in NO_FLOCK:
            raise
        timeout = timeout if timeout < 0 else max(timeout, TAKEOVER)
        lock = SoftFileLock(path.with_name(f"{path.name}.pid"), timeout=timeout)
        lock.acquire()
    return lock
