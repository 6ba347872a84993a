"""What must happen inside Superset: its database, its roles, its administrator, our assets. Superset's own Python runs this file.

    python prepare.py BUNDLE.zip     migrate, create what is missing, import the assets; ends with one line of JSON on what is there

One process does it all, for importing Superset takes 8 s each time.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from zipfile import ZipFile


def prepare(bundle: Path) -> None:
    """Bring Superset's own database to what this version and our assets need; the same when it is there already."""
    from flask import current_app, g
    from flask_migrate import upgrade
    from superset import appbuilder, db, security_manager

    upgrade(directory=str(Path(sys.modules["superset"].__file__ or "").parent / "migrations"))
    appbuilder.add_permissions(update_perms=True)
    security_manager.sync_role_definitions()
    db.session.commit()
    user = security_manager.find_user(username="admin")
    if user is None:
        password = (Path(os.environ["MUCTIEU_SUPERSET_HOME"]) / "admin_password").read_text(encoding="utf-8").strip()
        role = security_manager.find_role(security_manager.auth_role_admin)
        user = security_manager.add_user("admin", "Quản trị", "muctieu", "admin@localhost", role, password)
    g.user = user

    from superset.commands.importers.v1.assets import ImportAssetsCommand
    from superset.commands.importers.v1.utils import get_contents_from_bundle
    from superset.models.dashboard import Dashboard
    from superset.models.slice import Slice

    with ZipFile(bundle) as archive:
        ImportAssetsCommand(get_contents_from_bundle(archive)).run()
    slugs = sorted(row.slug for row in db.session.query(Dashboard).all() if row.slug)
    print(json.dumps({"dashboards": slugs, "charts": db.session.query(Slice).count(), "version": current_app.config["VERSION_STRING"]}))


def main(arguments: list[str]) -> None:
    from superset.app import create_app

    with create_app().app_context():
        prepare(Path(arguments[0]))


if __name__ == "__main__":
    main(sys.argv[1:])
