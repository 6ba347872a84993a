"""From a number in Superset to its sentence: `/bang-chung/<claim>` leads to the page of the article, at the claim.

Runs inside Superset (superset_config.py). Where the reports folder is served (MUCTIEU_BASE_URL) the link goes there; else Superset shows
the pages itself, to whoever is logged in. Those pages hold words of strangers, so they come in a sandbox without Superset's cookies; what
they load shows by a signed pass in its address (`/trang/<pass>/…`), good for half a day, that somebody who is logged in was sent there.
Where the site was not made, the link goes to the portal.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import duckdb
from flask import Blueprint, Response, abort, current_app, g, jsonify, redirect, request, send_from_directory
from itsdangerous import BadSignature, URLSafeTimedSerializer
from superset.extensions import talisman

provenance = Blueprint("provenance", __name__)

_SANDBOX = {"default-src": ["'self'", "'unsafe-inline'", "data:"], "sandbox": ["allow-scripts", "allow-popups", "allow-downloads"]}
PASS_S = 12 * 3600


@provenance.before_request
def only_for_users() -> Response | None:
    """Anonymous visitors go to the login page and come back."""
    if request.endpoint in ("provenance.vietnamese", "provenance.page") or _is_user():
        return None
    return redirect(f"/login/?next={request.path}")


def _is_user() -> bool:
    return g.get("user") is not None and g.user.is_authenticated


def _passes() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key, salt="muctieu-pages")


@provenance.route("/bang-chung/<claim_id>")
def evidence(claim_id: str) -> Response:
    """To the article's page at the claim."""
    if not re.fullmatch(r"[0-9A-Za-z_-]{1,64}", claim_id):
        abort(404)
    # a connection to the file under its public name would keep this process on an old release: attached, it is closed for good
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"attach '{_published()}' as published (read_only)")
        found = connection.execute(
            "select coalesce(strftime(published_on, '%Y%m'), '000000') || '.' || version_id, canonical_url from published.marts.fct_claim "
            "join published.marts.dim_article using (version_id) where claim_id = ?",
            [claim_id],
        ).fetchone()
    if found is None:
        abort(404)
    article, url = found
    base = os.environ.get("MUCTIEU_BASE_URL", "").rstrip("/")
    page = "bai/xem.html"  # its address is `evidence_of` of dashboards/site/queries.py
    if base:
        return redirect(f"{base}/site/{page}?a={article}#c-{claim_id}")
    if (_site() / page).is_file():
        return redirect(f"/trang/{_passes().dumps('site')}/{page}?a={article}#c-{claim_id}")
    return redirect(url) if re.match(r"https?://", url) else abort(404)


@provenance.route("/trang/<token>/<path:page>")
@talisman(content_security_policy=_SANDBOX, content_security_policy_nonce_in=[])
def page(token: str, page: str) -> Response:
    """A file of the site that every run makes. Without a valid pass a user gets a new one, anybody else the login page."""
    try:
        _passes().loads(token, max_age=PASS_S)
    except BadSignature:  # an old one, too
        if not _is_user():
            return redirect("/login/")
        return redirect(f"/trang/{_passes().dumps('site')}/{page}?{request.query_string.decode()}")
    return send_from_directory(_site(), page)


@provenance.route("/superset/language_pack/vi/")
def vietnamese() -> Response:
    """The words of Superset's pages in Vietnamese."""
    words: dict[str, str] = json.loads((Path(__file__).parent / "vi.json").read_text(encoding="utf-8"))
    head = {"domain": "superset", "lang": "vi", "plural_forms": "nplurals=1; plural=0;"}
    messages = {"": head} | {english: [vietnamese] for english, vietnamese in words.items()}
    return jsonify({"domain": "superset", "locale_data": {"superset": messages}})


def _published() -> str:
    return os.environ["MUCTIEU_SUPERSET_DATA"].replace("'", "''")


def _site() -> Path:
    return Path(os.environ["MUCTIEU_REPORTS"]) / "site"
