"""The cores that this process may use: those it is allowed on, as far as its control group pays for
them.

`os.cpu_count()` counts the machine's: in a container of four cores on a host of 96 it says 96.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
MEMBERSHIP = Path("/proc/self/cgroup")


def usable_cores(groups: Path | None = None, membership: Path | None = None) -> int:
    """How many cores this process can keep busy, at least 1; a part of one counts as none.

    `groups`: where the control groups' files are, `membership`: which of them this process is in;
    None: Linux's own places.
    """
    try:
        allowed = len(os.sched_getaffinity(0))
    except (AttributeError, OSError):  # no Linux
        allowed = os.cpu_count() or 1
    return max(
        1,
        min(
            [
                allowed,
                *(int(quota) for quota in _quotas(groups or CGROUPS, membership or MEMBERSHIP)),
            ]
        ),
    )


def _quotas(groups: Path, membership: Path) -> Iterator[float]:
    """The cores' worth of time that each control group above this process allows."""
    with suppress(OSError):
        for line in membership.read_text().splitlines():
            number, controllers, path = line.split(":", 2)
            if number == "0":
                folder, read = groups, _quota_of_version_2
            elif "cpu" in controllers.split(","):
                folder, read = groups / controllers, _quota_of_version_1
            else:
                continue
            inner = folder / path.strip("/")
            for place in (inner, *inner.parents):
                # Files of a host's group are not there in a container: then its own is the root.
                if place.is_relative_to(folder):
                    with suppress(OSError, ValueError):
                        yield from read(place)


def _quota_of_version_2(group: Path) -> Iterator[float]:
    quota, period = (group / "cpu.max").read_text().split()
    if quota != "max":
        yield int(quota) / int(period)


def _quota_of_version_1(group: Path) -> Iterator[float]:
    quota = int((group / "cpu.cfs_quota_us").read_text())
    if quota > 0:
        yield quota / int((group / "cpu.cfs_period_us").read_text())
