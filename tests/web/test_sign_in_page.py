"""The sign-in form, the language switch, the demo's users, and the reset link."""

import pytest
from browser import PAGE, PASSWORD, AddUser, SignIn, csrf_of, post_sign_in
from starlette.testclient import TestClient

from workbench import clock
from workbench.db.engine import Database
from workbench.rules.workflow import Role
from workbench.services.people.password_reset import issue_reset_link
from workbench.services.people.views import Operator
from workbench.settings import settings
from workbench.web.demo_users import DEMO_PASSWORD, demo_users
from workbench.web.requests import SESSION_COOKIE


def cookie_line(answer, name: str) -> str:
    return next(c for c in answer.headers.get_list("set-cookie") if c.startswith(name))


def test_the_form_is_persian_and_right_to_left(client: TestClient) -> None:
    page = client.get("/login")
    assert '<html lang="fa" dir="rtl">' in page.text
    assert "ورود به سامانه" in page.text
    assert "پس از ۳۰ دقیقه" in page.text
    assert page.headers["cache-control"] == "no-store"


def test_signing_in_sets_a_cookie_scripts_cannot_read(client: TestClient, add: AddUser) -> None:
    add()
    answer = post_sign_in(client)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    line = cookie_line(answer, SESSION_COOKIE)
    assert "HttpOnly" in line
    assert "SameSite=lax" in line
    assert client.get("/media/x").status_code == 200


def test_each_sign_in_has_a_new_token(client: TestClient, sign_in: SignIn) -> None:
    first = sign_in()
    form = {"username": "assessor1", "password": PASSWORD, "csrf": client.cookies["arzyab_csrf"]}
    client.post("/login", data=form)
    assert client.cookies[SESSION_COOKIE] != first
    assert client.get("/x", headers={"cookie": f"{SESSION_COOKIE}={first}"}).status_code == 401


def test_who_is_signed_in_is_sent_on(client: TestClient, sign_in: SignIn) -> None:
    sign_in()
    assert client.get("/login?next=/queue").headers["location"] == "/queue"


def test_a_wrong_password_keeps_the_name_and_says_what_is_left(
    client: TestClient, add: AddUser
) -> None:
    add()
    answer = post_sign_in(client, password="wrong")
    assert answer.status_code == 401
    assert "پس از ۴ تلاش دیگر، ورود ۱۵ دقیقه بسته می‌شود" in answer.text
    assert 'value="assessor1"' in answer.text
    assert "wrong" not in answer.text
    assert SESSION_COOKIE not in client.cookies


def test_the_lock_is_told_with_its_minutes(client: TestClient, add: AddUser) -> None:
    add()
    answers = [post_sign_in(client, password="wrong") for _ in range(5)]
    assert answers[-1].status_code == 429
    assert "۱۵ دقیقه دیگر بسته است" in answers[-1].text
    assert post_sign_in(client).status_code == 429


def test_a_form_without_its_token_is_refused(client: TestClient, add: AddUser) -> None:
    add()
    csrf_of(client)
    for form in ({}, {"csrf": ""}, {"csrf": "x" * 43}, {"csrf": "کلید"}):
        answer = client.post("/login", data={"username": "assessor1", "password": PASSWORD, **form})
        assert answer.status_code == 403
        assert SESSION_COOKIE not in client.cookies


def test_a_form_token_without_its_cookie_is_refused(client: TestClient, add: AddUser) -> None:
    add()
    token = csrf_of(client)
    client.cookies.clear()
    form = {"csrf": token, "username": "assessor1", "password": PASSWORD}
    assert client.post("/login", data=form).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}],
)
def test_another_site_can_neither_sign_in_nor_out(
    client: TestClient, sign_in: SignIn, headers: dict[str, str]
) -> None:
    sign_in()
    form = {"csrf": csrf_of_signed_in(client), "username": "assessor1", "password": PASSWORD}
    assert client.post("/login", data=form, headers=headers).status_code == 403
    assert client.post("/sign-out", headers=headers).status_code == 403
    assert client.post("/language", data={"language": "en"}, headers=headers).status_code == 403
    assert client.get("/media/x").status_code == 200


def csrf_of_signed_in(client: TestClient) -> str:
    return client.cookies["arzyab_csrf"]


@pytest.mark.parametrize(
    ("asked", "goes_to"),
    [
        ("/queue", "/queue"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/login", "/"),
        ("/batch?batch=381904", "/batch?batch=381904"),
        ("/queue?to=//evil.example", "/"),
        ("/login?next=/queue", "/"),
        ("", "/"),
    ],
)
def test_after_the_sign_in_only_to_pages_of_ours(
    client: TestClient, add: AddUser, asked: str, goes_to: str
) -> None:
    add()
    form = {"csrf": csrf_of(client), "username": "assessor1", "password": PASSWORD, "next": asked}
    assert client.post("/login", data=form).headers["location"] == goes_to


def test_a_huge_form_is_refused(client: TestClient) -> None:
    form = {"csrf": csrf_of(client), "username": "x" * 30_000}
    assert client.post("/login", data=form).status_code == 413


@pytest.mark.parametrize(
    "body", [b"\xff\xfe", b"a" * 100, b"=&=&", b"username=%00%ff&password=%00"]
)
def test_a_broken_form_is_refused(client: TestClient, body: bytes) -> None:
    csrf_of(client)
    assert client.post("/login", content=body).status_code == 403


def test_a_typed_name_cannot_bring_html(client: TestClient) -> None:
    answer = post_sign_in(client, username='"><script>alert(1)</script>')
    assert "<script>alert" not in answer.text


def test_the_language_is_switched_for_browser_and_user(client: TestClient, sign_in: SignIn) -> None:
    assert (
        client.post("/language", data={"language": "en", "back": "/login"}).headers["location"]
        == "/login"
    )
    page = client.get("/login").text
    assert '<html lang="en" dir="ltr">' in page
    assert "Sign in to Arzyab" in page
    sign_in()
    client.post("/language", data={"language": "fa", "back": "/queue"})
    client.post("/language", data={"language": "de"})
    assert client.cookies["arzyab_lang"] == "fa"
    client.post("/language", data={"language": "en"})
    client.post("/sign-out")
    client.cookies.clear()
    post_sign_in(client)
    assert client.cookies["arzyab_lang"] == "en"


def test_outside_demo_mode_there_is_no_trace_of_demo_users(client: TestClient) -> None:
    page = client.get("/login").text
    assert DEMO_PASSWORD not in page
    assert "data-username" not in page
    assert "نمایشی" not in page
    assert "assessor" not in page


def test_demo_mode_lists_its_users_and_says_so(
    client: TestClient, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("WORKBENCH_DEMO", "1")
    settings.cache_clear()
    page = client.get("/login").text
    for user in demo_users():
        assert f'data-username="{user.username}" data-password="{DEMO_PASSWORD}"' in page
    assert "نسخه نمایشی" in page


def test_the_demo_has_every_role_and_three_assessors() -> None:
    roles = [role for user in demo_users() for role in user.roles]
    assert set(roles) == set(Role)
    assert roles.count(Role.ASSESSOR) == 3


@pytest.fixture
def link(web_database: Database, add: AddUser) -> str:
    user = add()
    return web_database.in_tx(
        lambda session: issue_reset_link(
            session, Operator.COMMAND_LINE, user.user_id, now=clock.now()
        )
    )


def choose(client: TestClient, link: str, first: str, second: str):
    page = client.get(f"/reset/{link}").text
    token = page.split('name="csrf" value="')[1].split('"')[0]
    form = {"csrf": token, "password": first, "repeated": second}
    return client.post(f"/reset/{link}", data=form)


def test_a_reset_link_sets_a_password_once(client: TestClient, link: str) -> None:
    answer = choose(client, link, "another sentence", "another sentence")
    assert answer.headers["location"] == "/login?notice=password_set"
    assert "گذرواژه تازه ثبت شد" in client.get("/login?notice=password_set").text
    assert post_sign_in(client, password="another sentence").status_code == 303
    client.cookies.clear()
    assert client.get(f"/reset/{link}").status_code == 404


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        ("another sentence", "another sentenc", "یکسان نیستند"),
        ("short", "short", "دست‌کم ۱۰ نویسه"),
    ],
)
def test_a_bad_new_password_is_told(
    client: TestClient, link: str, first: str, second: str, says: str
) -> None:
    answer = choose(client, link, first, second)
    assert answer.status_code == 422
    assert says in answer.text
    assert client.get(f"/reset/{link}").status_code == 200


def test_a_reset_needs_the_form_token(client: TestClient, link: str) -> None:
    form = {"csrf": "x", "password": "another sentence", "repeated": "another sentence"}
    client.get(f"/reset/{link}")
    assert client.post(f"/reset/{link}", data=form).status_code == 422
    assert client.get(f"/reset/{link}").status_code == 200


def test_an_invented_link_opens_no_form(client: TestClient) -> None:
    answer = client.get("/reset/" + "x" * 43, headers=PAGE)
    assert answer.status_code == 404
    assert "<form class=" not in answer.text
