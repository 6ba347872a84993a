"""The Superset of this installation: an environment of its own under `var/superset`, its secrets, its import and its web server.

Superset needs other versions of half of what the project needs, so the two share no environment and meet through environment variables
(`environment`) and files only.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboards.superset.bundle import write_bundle
from muctieu.errors import UserError
from muctieu.settings import Settings

HERE = Path(__file__).parent
REQUIREMENTS = HERE / "requirements.txt"
PYTHONS = ((3, 11), (3, 12))  # the pins have wheels for these


@dataclass(frozen=True, slots=True)
class Superset:
    """Where one installation keeps what."""

    home: Path  # Superset's database, secrets, logs: personal to the installation, never in git
    venv: Path  # MUCTIEU_SUPERSET_VENV: replaceable; an image has it elsewhere than its data

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def password_file(self) -> Path:
        return self.home / "admin_password"

    @property
    def log(self) -> Path:
        return self.home / "superset.log"


def superset_of(settings: Settings, environ: dict[str, str] | None = None) -> Superset:
    """The Superset that belongs to these settings."""
    env = dict(os.environ) if environ is None else environ
    home = settings.home / "superset"
    return Superset(home, Path(env.get("MUCTIEU_SUPERSET_VENV") or home / "venv"))


def is_installed(superset: Superset) -> bool:
    """Whether the environment holds what requirements.txt says now."""
    stamp = superset.venv / ".installed"
    return superset.python.exists() and stamp.is_file() and stamp.read_text(encoding="utf-8") == _digest()


def install(superset: Superset) -> bool:
    """Create or renew the environment; False when it was there already. About 850 MB from the package registry.

    Raises UserError when this Python has no wheels for it or the registry does not answer.
    """
    if is_installed(superset):
        return False
    python = _python()
    superset.venv.parent.mkdir(parents=True, exist_ok=True)
    uv = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]))
    if uv:
        _run([uv, "venv", "--quiet", "--allow-existing", "--python", python, str(superset.venv)])
        _run([uv, "pip", "sync", "--quiet", "--compile-bytecode", "--python", str(superset.python), str(REQUIREMENTS)])
    else:
        _run([python, "-m", "venv", str(superset.venv)])
        _run([str(superset.python), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(REQUIREMENTS)])
    (superset.venv / ".installed").write_text(_digest(), encoding="utf-8")
    return True


def prepare(settings: Settings, superset: Superset) -> dict[str, Any]:
    """Secrets, Superset's own database, the administrator and our assets; safe to repeat, and it changes nobody's password.

    Returns what is there: `dashboards` (slugs), `charts` (number), `version`. Raises UserError with the end of the log when it fails.
    """
    if not settings.current.is_file():
        raise UserError(f"chưa có gì được công bố ở {settings.current}; chạy `make run` hoặc `muctieu publish` trước")
    superset.home.mkdir(parents=True, exist_ok=True)
    _make_secret(superset.home / "secret_key", 48)
    _make_secret(superset.password_file, 15)
    bundle = write_bundle(settings.current, superset.home / "bundle.zip")
    done = subprocess.run(
        [str(superset.python), str(HERE / "inside" / "prepare.py"), str(bundle)],
        env=environment(settings, superset),
        capture_output=True,
        text=True,
        check=False,
    )
    superset.log.write_text(done.stdout + done.stderr, encoding="utf-8")
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        raise UserError(f"Superset không nhập được các biểu đồ; xem {superset.log}:\n{_end(done.stderr or done.stdout)}")
    found: dict[str, Any] = json.loads(lines[-1])
    return found


def start(settings: Settings, superset: Superset, host: str, port: int) -> subprocess.Popen[bytes]:
    """The web server, in a process group of its own; the caller ends it."""
    command = [str(superset.venv / "bin" / "gunicorn"), "superset.app:create_app()", f"--bind={host}:{port}"]
    command += ["--workers=2", "--worker-class=gthread", "--threads=8", "--timeout=120"]
    with superset.log.open("ab") as log:
        return subprocess.Popen(command, env=environment(settings, superset), stdout=log, stderr=log, start_new_session=True)


def environment(settings: Settings, superset: Superset) -> dict[str, str]:
    """What a process of Superset needs to know; nothing of the project's own environment goes with it."""
    foreign = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "FLASK_", "SUPERSET_")
    base = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return base | {
        "SUPERSET_CONFIG_PATH": str(HERE / "inside" / "superset_config.py"),
        "SUPERSET_HOME": str(superset.home),
        "FLASK_APP": "superset.app:create_app()",
        "MUCTIEU_SUPERSET_HOME": str(superset.home),
        "MUCTIEU_SUPERSET_DATA": str(settings.current),
        "MUCTIEU_REPORTS": str(settings.reports),
        "MUCTIEU_BASE_URL": settings.base_url,
    }


def _python() -> str:
    """An interpreter that the pins have wheels for: this one, or that of MUCTIEU_SUPERSET_PYTHON."""
    named = os.environ.get("MUCTIEU_SUPERSET_PYTHON")
    if named:
        return named
    if sys.version_info[:2] in PYTHONS:
        return str(Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}")
    wanted = " hoặc ".join(f"{major}.{minor}" for major, minor in PYTHONS)
    raise UserError(f"Superset cần Python {wanted}; đặt MUCTIEU_SUPERSET_PYTHON là đường dẫn tới một trong hai")


def _make_secret(path: Path, length: int) -> None:
    """A random word that only the owner can read, made once."""
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(secrets.token_urlsafe(length))


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UserError(f"không cài được Superset ({' '.join(command[:4])}…):\n{_end(done.stderr or done.stdout)}")


def _end(text: str, lines: int = 12) -> str:
    return "\n".join(text.strip().splitlines()[-lines:])


def _digest() -> str:
    return hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
