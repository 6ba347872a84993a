"""docker-compose.yml as far as it can be checked without a Docker engine: its schema, and everything that it names."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import compose_spec
import psycopg
import pytest
import yaml
from typer.testing import CliRunner

from demo.services import free_ports
from muctieu.cli import app
from muctieu.settings import REPOSITORY

COMPOSE = REPOSITORY / "docker-compose.yml"
TEXT = COMPOSE.read_text(encoding="utf-8")
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(?::?([?-])([^}]*))?\}")
SECRET = re.compile(r"PASSWORD|SECRET|KEY")


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["services"]
    return loaded


def example() -> dict[str, str]:
    lines = (REPOSITORY / ".env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def test_the_file_is_one_by_the_compose_specification() -> None:
    filled = yaml.safe_load(VARIABLE.sub("value", TEXT))  # the parser of the specification knows no merge keys
    compose_spec.PyCompose.from_yaml(yaml.safe_dump(filled))
    filled["services"]["worker"]["halthcheck"] = {}
    with pytest.raises(ValueError, match="halthcheck"):
        compose_spec.PyCompose.from_yaml(yaml.safe_dump(filled))


def test_both_profiles_are_there_and_say_that_no_engine_saw_them(services: dict[str, dict[str, Any]]) -> None:
    assert {p for s in services.values() for p in s["profiles"]} == {"small", "scale"}
    assert "NOT VERIFIED" in TEXT.split("services:")[0]
    wanted = {"api-server", "scheduler", "dag-processor", "triggerer", "worker", "postgres", "broker", "store", "superset", "site", "mail"}
    assert wanted <= {name for name, s in services.items() if "scale" in s["profiles"]}


def test_no_password_stands_in_the_file_and_an_unset_one_stops_compose() -> None:
    asked = {name for name, how, _ in VARIABLE.findall(TEXT) if how == "?"}
    for name, how, default in VARIABLE.findall(TEXT):
        if SECRET.search(name):
            assert how in ("?", ""), f"{name} has a default: {default!r}"
            assert name in asked or name == "AIRFLOW_FERNET_KEY", name
    assert {name for name in example() if SECRET.search(name)} <= asked | {"REDIS_PASSWORD"}
    for name, how, message in VARIABLE.findall(TEXT):
        assert how != "?" or ".env" in message, f"{name}: the message must say what to do"


def test_every_variable_is_in_the_example_which_holds_no_secret() -> None:
    known = (REPOSITORY / ".env.example").read_text(encoding="utf-8")
    assert all(re.search(rf"^#?{name}=", known, re.MULTILINE) for name, _, _ in VARIABLE.findall(TEXT))
    assert all(value == "" for name, value in example().items() if SECRET.search(name))


def test_make_env_fills_every_secret() -> None:
    made = subprocess.run(
        [sys.executable, str(REPOSITORY / "deploy" / "fill_env.py")],
        input=(REPOSITORY / ".env.example").read_text(encoding="utf-8"),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    values = dict(line.split("=", 1) for line in made.splitlines() if "=" in line and not line.startswith("#"))
    secret = {name: value for name, value in values.items() if SECRET.search(name)}
    assert all(len(value) >= 44 for value in secret.values()), secret.keys()
    assert len(set(secret.values())) == len(secret)
    assert values["MUCTIEU_MAINTAINER"] == ""


def test_every_service_is_watched_limited_and_pinned(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        assert service["deploy"]["resources"]["limits"]["memory"], name
        assert "healthcheck" in service or service["restart"] == "no", f"{name} has no health check"
        image = service["image"]
        assert image == "muctieu:local" or re.search(r":v?\d+\.\d+", image), f"{name}: {image} is not pinned"
        assert all(str(port).startswith("127.0.0.1:") for port in service.get("ports", [])), f"{name} listens to the world"


def test_everything_that_it_names_exists(services: dict[str, dict[str, Any]]) -> None:
    volumes = yaml.safe_load(TEXT)["volumes"]
    for name, service in services.items():
        for needed in service.get("depends_on", {}):
            assert needed in services, f"{name} needs {needed}"
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in volumes or (REPOSITORY / source).is_dir(), f"{name} mounts {source}"
    dockerfile = (REPOSITORY / "Dockerfile").read_text(encoding="utf-8")
    for line in dockerfile.splitlines():
        if line.startswith("COPY"):
            for source in line.split()[1:-1]:
                assert source.startswith("--") or (REPOSITORY / source).exists(), source
    hosts = set(re.findall(r"(?:@|//)([a-z-]+):\d{4}", TEXT))
    assert hosts <= set(services), f"addresses of services that do not exist: {hosts - set(services)}"


def test_every_command_of_ours_is_one_that_muctieu_knows(services: dict[str, dict[str, Any]]) -> None:
    commands = []
    for service in services.values():
        if service["image"] == "muctieu:local":
            commands += re.findall(r"muctieu [^&|]+", service["command"].replace('"', ""))
    assert len(commands) >= 8
    for command in commands:
        words = shlex.split(command)[1:]
        if words[0] == "airflow":
            continue  # handed to Airflow; test_cluster.py runs these
        names = [w for w in words if not w.startswith("-")][:2]
        names = names if names[0] == "superset" else names[:1]
        result = CliRunner().invoke(app, [*names, "--help"])
        assert result.exit_code == 0, (command, result.output)
        assert all(option.split("=")[0] in result.output for option in words if option.startswith("--") and option != "--"), command


@pytest.mark.slow  # five seconds of imports
def test_airflow_knows_the_components_and_their_options(services: dict[str, dict[str, Any]]) -> None:
    from airflow.cli import cli_parser

    parser = cli_parser.get_parser()
    for name, service in services.items():
        words = shlex.split(service.get("command", "")) if isinstance(service.get("command"), str) else []
        if words[:2] == ["muctieu", "airflow"]:
            parser.parse_args(words[2:])
        test = service.get("healthcheck", {}).get("test", [])
        if test[1:3] == ["muctieu", "airflow"]:
            parser.parse_args(test[3:])
        assert words or service["image"] != "muctieu:local", name


@pytest.mark.slow
def test_the_databases_are_made_and_apart() -> None:
    """The script of the PostgreSQL container, run against a cluster of our own."""
    from demo.services import NotHereError, Postgres

    folder = Path(tempfile.mkdtemp(prefix="muctieu-postgres-"))  # pytest's own folders are closed to the user that PostgreSQL runs as
    folder.chmod(0o755)
    try:
        server = Postgres(folder / "postgres")
    except NotHereError as error:
        shutil.rmtree(folder)
        pytest.skip(str(error))
    try:
        server.start()
        environment = os.environ | {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(server.port),
            "MUCTIEU_CATALOG_PASSWORD": "a'b",
            "AIRFLOW_DATABASE_PASSWORD": "c",
        }
        subprocess.run([str(REPOSITORY / "deploy" / "postgres" / "databases.sh")], env=environment, check=True, capture_output=True)
        with psycopg.connect(f"host=127.0.0.1 port={server.port} user=muctieu dbname=catalog", autocommit=True) as connection:
            connection.execute("create table t (x int)")
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            psycopg.connect(f"host=127.0.0.1 port={server.port} user=muctieu dbname=airflow")
    finally:
        server.stop()
        shutil.rmtree(folder)


@pytest.mark.slow
def test_the_store_starts_with_the_keys_of_the_environment(tmp_path: Path) -> None:
    weed = Path(sys.executable).with_name("weed")
    if not weed.exists():
        pytest.skip("SeaweedFS is not installed")
    import s3fs

    from demo.services import Service

    ports = free_ports(10)
    names = [f"{part}.port{kind}" for part in ("master", "volume", "filer", "s3") for kind in ("", ".grpc")] + [
        "s3.port.iceberg",
        "s3.port.lance",
    ]
    options = [f"-{name}={port}" for name, port in zip(names, ports, strict=True)]
    environment = os.environ | {
        "AWS_ACCESS_KEY_ID": "one", "AWS_SECRET_ACCESS_KEY": "two", "WEED": str(weed),
        "STORE_DIR": str(tmp_path), "STORE_HOST": "127.0.0.1", "STORE_BIND": "127.0.0.1",
    }  # fmt: skip
    url = f"http://127.0.0.1:{ports[6]}"

    def ready() -> bool:
        try:
            fs = s3fs.S3FileSystem(key="one", secret="two", endpoint_url=url, skip_instance_cache=True)
            fs.mkdir("muctieu")
        except FileExistsError:
            return True
        except Exception:
            return False
        return True

    script = [str(REPOSITORY / "deploy" / "store" / "store.sh"), *options]
    service = Service("the store", script, tmp_path / "log", ready, env=environment, cwd=tmp_path)
    try:
        service.start(120)
        with pytest.raises(PermissionError):
            s3fs.S3FileSystem(key="one", secret="wrong", endpoint_url=url, skip_instance_cache=True).ls("muctieu", refresh=True)
    finally:
        service.stop()
    assert "two" not in json.dumps(script)
