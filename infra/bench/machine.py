"""What a reader needs to know of the machine that was measured; nothing that names it."""

import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

from infra.bench.cluster import Cluster

PACKAGES = ("eventsourcing", "psycopg", "pydantic")


def described(cluster: Cluster) -> Mapping[str, str]:
    with cluster.administrator() as connection:
        rows = connection.execute(
            "SELECT name, setting || coalesce(unit, '') FROM pg_settings "
            "WHERE name IN ('server_version', 'fsync', 'synchronous_commit', 'wal_sync_method') ORDER BY name"
        )
        settings = {str(name): str(setting) for name, setting in rows}
    load = os.getloadavg()[0]
    return {
        "Date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "Processor": f"{processor()}, {psutil.cpu_count()} cores, load average at the start {load:.1f}",
        "Memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "System": f"{platform.system()} {platform.release().split('-')[0]}",
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "PostgreSQL": f"{settings.pop('server_version')}; " + ", ".join(f"{k} {v}" for k, v in settings.items()),
        "Packages": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
    }


def processor() -> str:
    """The model's name where the system tells it."""
    listing = Path("/proc/cpuinfo")
    for line in listing.read_text().splitlines() if listing.exists() else ():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
