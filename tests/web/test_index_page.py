"""The one HTML page of Streamlit, rewritten; and our own files beside it."""

import pytest
from browser import INDEX, PAGE, SignIn
from starlette.testclient import TestClient

from workbench.ui.fonts import font_files
from workbench.web import index


def page_of(client: TestClient, language: str = "") -> str:
    if language:
        client.cookies.set("arzyab_lang", language)
    answer = client.get("/queue", headers=PAGE)
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) == len(answer.content)
    return answer.text


def test_the_page_is_persian_by_default(client: TestClient, sign_in: SignIn) -> None:
    sign_in()
    page = page_of(client)
    assert '<html lang="fa" dir="rtl">' in page
    assert "<title>ارزیاب</title>" in page
    assert "/_stcore/agent" not in page
    assert "Streamlit app" not in page


def test_the_page_is_english_where_it_was_switched(client: TestClient, sign_in: SignIn) -> None:
    sign_in()
    page = page_of(client, "en")
    assert '<html lang="en" dir="ltr">' in page
    assert "<title>Arzyab</title>" in page
    assert '<html lang="fa" dir="rtl">' in page_of(client, "klingon")


def test_the_language_is_set_before_streamlits_scripts_run(
    client: TestClient, sign_in: SignIn
) -> None:
    sign_in()
    page = page_of(client)
    head = page.split("</head>")[0]
    script = head.split('src="/ui/web/language.js')[0].rsplit("<script", 1)[1]
    assert "defer" not in script
    assert "module" not in script
    order = [head.index(f'href="{sheet}') for sheet in index.STYLESHEETS]
    assert order == sorted(order)
    assert order[0] > head.index("./static/css/")


def test_a_page_is_never_answered_not_modified(client: TestClient, sign_in: SignIn) -> None:
    sign_in()
    first = client.get("/")
    conditions = {"if-none-match": "*", "if-modified-since": "Fri, 01 Jan 2100 00:00:00 GMT"}
    assert first.headers["cache-control"] == "private, no-cache"
    assert client.get("/", headers={**PAGE, **conditions}).status_code == 200


def test_the_policy_names_each_inline_script(client: TestClient, sign_in: SignIn) -> None:
    sign_in()
    answer = client.get("/", headers=PAGE)
    inline = [*index.INLINE_SCRIPT.findall(answer.text), index.LEAVE_SCRIPT]
    assert len(inline) == 2
    for script in inline:
        assert index._csp_hash(script) in answer.headers["content-security-policy"]


def test_a_changed_page_of_streamlit_is_noticed() -> None:
    original = INDEX.read_text(encoding="utf-8")
    with pytest.raises(AssertionError, match="Streamlit's page has changed"):
        index._rewrite(original.replace('<html lang="en">', "<html>"))


def test_other_answers_pass_unchanged(client: TestClient, sign_in: SignIn) -> None:
    sign_in()
    assert client.get("/media/x", headers=PAGE).headers["content-type"].startswith("text/plain")
    assert "Streamlit" not in client.get("/health").text


def test_files_of_the_page_exist_and_are_kept_by_version(
    client: TestClient, sign_in: SignIn
) -> None:
    sign_in()
    head = page_of(client).split("</head>")[0]
    addresses = [part.split('"')[0] for part in head.split('="')[1:] if part.startswith("/ui/")]
    assert len(addresses) == 3 + len(index.FONTS) + len(index.STYLESHEETS)
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        if "fonts" not in address:
            assert "immutable" in answer.headers["cache-control"], address
    assert client.get("/ui/web/language.js").headers["cache-control"] == "no-cache"


def test_only_named_fonts_are_served(client: TestClient) -> None:
    for name in font_files():
        assert client.get(f"/ui/fonts/{name}").headers["content-type"] == "font/ttf"
    for name in ("other.ttf", "..%2ffonts.py", "%2e%2e%2f__init__.py"):
        assert client.get(f"/ui/fonts/{name}").status_code in (401, 404)


@pytest.mark.parametrize("path", ["/ui/../services/runtime.py", "/ui/web/../gate.py"])
def test_no_path_leads_out_of_the_folder(client: TestClient, path: str) -> None:
    raw = path.replace("..", "%2e%2e")
    assert client.get(raw).status_code in (401, 404)
