"""Nothing without a session, nothing after it, and no header that names a user."""

import re
from pathlib import Path

import pytest
from browser import ORIGIN, PAGE, SignIn, build_app
from sqlalchemy import update
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from workbench.db.engine import Database
from workbench.db.models import User
from workbench.rules.workflow import Role
from workbench.services import runtime
from workbench.web.requests import SESSION_COOKIE

CLOSED = [
    "/",
    "/queue",
    "/case",
    "/media/abc.jpg",
    "/_stcore/metrics",
    "/_stcore/host-config",
    "/_stcore/health/",
    "/_stcore/healthy",
    "/component/x",
    "/app/static/x",
    "/static/js/../../media/x",
    "/static/js/a/b",
    "/evidence/1-2/3/view",
    "/draft",
    "/sign-out",
    "/metrics/x",
    "/login/x",
    "/loginx",
    "/language/x",
    "/reset",
    "/reset/short",
    "/UI/tokens.css",
    "//login",
    "/health/x",
    "/login%2f..%2fqueue",
]
OPEN = ["/login", "/health", "/_stcore/health", "/ui/tokens.css", "/ui/fonts/regular.ttf"]


@pytest.mark.parametrize("path", CLOSED)
def test_closed_without_a_session(client: TestClient, path: str) -> None:
    for headers in ({}, {"cookie": f"{SESSION_COOKIE}=invented"}):
        assert client.get(path, headers=headers).status_code == 401
        page = client.get(path, headers={**headers, **PAGE})
        assert page.status_code == 303
        assert page.headers["location"].startswith("/login")
        assert client.post(path, headers=headers).status_code == 401


@pytest.mark.parametrize("path", OPEN)
def test_open_without_a_session(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 200


def test_upload_is_closed_without_a_session(client: TestClient) -> None:
    assert client.put("/_stcore/upload_file/x", content=b"x").status_code == 401


def test_a_refused_request_says_why_in_the_language_of_the_browser(client: TestClient) -> None:
    assert client.get("/media/x").json()["code"] == "signed_out"
    assert "نشست شما" in client.get("/media/x").json()["sentence"]
    client.cookies.set("arzyab_lang", "en")
    assert "Your session" in client.get("/media/x").json()["sentence"]


def test_the_sign_in_leads_back_to_the_page_that_was_asked_for(client: TestClient) -> None:
    assert client.get("/queue", headers=PAGE).headers["location"] == "/login?next=/queue"
    batch = client.get("/batch?batch=381904", headers=PAGE).headers["location"]
    assert batch == "/login?next=/batch%3Fbatch%3D381904"
    strange = client.get("/batch?to=//evil.example", headers=PAGE).headers["location"]
    assert strange == "/login?next=/batch"


def test_websocket_is_closed_without_a_session(client: TestClient) -> None:
    with (
        pytest.raises(WebSocketDisconnect) as caught,
        client.websocket_connect("/_stcore/stream"),
    ):
        pass
    assert caught.value.code == 4401


def test_websocket_opens_with_a_session(client: TestClient, sign_in: SignIn) -> None:
    sign_in()
    with client.websocket_connect("/_stcore/stream") as socket:
        assert socket.receive_text() == "connected"


def test_everything_opens_with_a_session(client: TestClient, sign_in: SignIn) -> None:
    sign_in()
    assert client.get("/queue").status_code == 200
    assert client.get("/media/x").status_code == 200


def test_a_copied_cookie_opens_nothing_after_sign_out(
    client: TestClient, sign_in: SignIn, web_database: Database
) -> None:
    token = sign_in()
    thief = TestClient(build_app(), ORIGIN, cookies={SESSION_COOKIE: token})
    assert thief.get("/media/x").status_code == 200
    assert client.post("/sign-out", headers=PAGE).headers["location"] == "/login"
    assert SESSION_COOKIE not in client.cookies
    assert thief.get("/media/x").status_code == 401
    with pytest.raises(WebSocketDisconnect), thief.websocket_connect("/_stcore/stream"):
        pass


def test_a_disabled_user_is_out_at_once(
    client: TestClient, sign_in: SignIn, web_database: Database
) -> None:
    sign_in()
    web_database.in_tx(lambda session: session.execute(update(User).values(is_disabled=True)))
    assert client.get("/media/x").status_code == 401


@pytest.mark.parametrize(
    "header",
    ["X-Arzyab-User", "X_Arzyab_User", "X-Remote-User", "Remote-User", "X-Forwarded-User"]
    + ["X-Auth-Request-Email", "X-Forwarded-Preferred-Username", "X-Streamlit-User", "X-User"],
)
def test_headers_that_name_a_user_do_not_come_through(
    client: TestClient, sign_in: SignIn, header: str
) -> None:
    assert client.get("/media/x", headers={header: "admin"}).status_code == 401
    sign_in()
    seen = client.get("/media/x", headers={header: "admin", "X-Arzyab": "1"}).text
    assert header.lower() not in seen
    assert "('x-arzyab', '1')" in seen


def test_each_answer_carries_the_security_headers(client: TestClient, sign_in: SignIn) -> None:
    sign_in()
    for path in ("/", "/queue", "/media/x", "/login", "/ui/tokens.css", "/health", "/ui/none"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "SAMEORIGIN"
        assert headers["referrer-policy"] == "same-origin"
        policy = headers["content-security-policy"]
        assert "object-src 'none'" in policy or "default-src 'none'" in policy
        scripts = re.search(r"script-src ([^;]*)", policy)
        assert scripts is not None
        assert "unsafe" not in scripts.group(1)


def test_transport_is_pinned_only_behind_tls(
    client: TestClient, environment: pytest.MonkeyPatch
) -> None:
    assert "strict-transport-security" not in client.get("/health").headers
    environment.setenv("WORKBENCH_SECURE_COOKIE", "1")
    runtime.settings.cache_clear()
    assert "strict-transport-security" in client.get("/health").headers
    assert "Secure" in client.get("/login").headers["set-cookie"]


def test_metrics_are_for_this_machine_auditors_and_admins(
    client: TestClient, web_database: Database, sign_in: SignIn
) -> None:
    local = TestClient(build_app(), ORIGIN, client=("127.0.0.1", 5000))
    assert "arzyab_open_sessions 0" in local.get("/metrics").text
    assert local.get("/metrics", headers={"x-forwarded-for": "127.0.0.1"}).status_code == 401
    assert local.get("/media/x").status_code == 401
    assert client.get("/metrics").status_code == 401
    sign_in("assessor1")
    assert client.get("/metrics").status_code == 403
    sign_in("auditor", Role.AUDITOR)
    assert "arzyab_open_sessions" in client.get("/metrics").text


def test_health_says_that_the_database_is_away(
    client: TestClient, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert client.get("/health").json()["database"] is True
    runtime.database().dispose()
    runtime._database = runtime.Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["database"]) == (503, False)
    page = client.get("/queue", headers={"cookie": f"{SESSION_COOKIE}=x"})
    assert (page.status_code, page.json()["code"]) == (503, "database_unavailable")
    shown = client.get("/case?n=990701482", headers={**PAGE, "cookie": f"{SESSION_COOKIE}=x"})
    assert shown.status_code == 503
    assert "پایگاه داده در دسترس نیست" in shown.text
    assert 'href="/case?n=990701482"' in shown.text
    assert client.get("/login").status_code == 200


def test_no_module_hands_images_to_streamlits_media_folder() -> None:
    package = Path(runtime.__file__).parents[1]
    found = [
        path.name
        for path in package.rglob("*.py")
        if re.search(r"\b(st|streamlit)\.(image|logo)\(", path.read_text(encoding="utf-8"))
    ]
    assert found == []
