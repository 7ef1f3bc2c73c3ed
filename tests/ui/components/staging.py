"""The bare page of the component tests, and sample data for it."""

import json
from pathlib import Path
from typing import Any

from workbench.ui.components import lines, odontogram, page_agent, viewer

HOST = "http://desk.test"
STATIC = Path(lines.__file__).parents[1] / "static"
COMPONENTS = {
    "lines": ("lines.js", ("base.css", "lines.css"), lines.words),
    "viewer": ("viewer.js", ("base.css", "viewer.css"), viewer.words),
    "odontogram": ("odontogram.js", ("base.css", "odontogram.css"), odontogram.words),
    "agent": ("agent.js", (), page_agent.words),
}
PAGE = """<!doctype html><html lang="fa" dir="rtl"><head><meta charset="utf-8">
<link rel="stylesheet" href="/tokens.css"><link rel="stylesheet" href="/app.css">
<style>body {{ margin: 0 }} #host {{ height: 700px; width: 640px }}</style></head>
<body><div data-testid="stApp" data-test-connection-state="CONNECTED">
{extra}<div id="host"></div></div>
<script type="module">
import mount from "/component.js";
const root = document.getElementById("host").attachShadow({{mode: "open"}});
const sheet = document.createElement("style");
sheet.textContent = await (await fetch("/component.css")).text();
root.append(sheet);
window.sent = [];
let stop;
window.update = (data) => {{
  stop = mount({{parentElement: root, data,
    setTriggerValue: (name, value) => window.sent.push({{name, value}})}});
}};
window.unmount = () => stop();
window.ready = true;
</script></body></html>"""
PIXELS = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}">'
    b'<rect width="100%" height="100%"/></svg>'
)


class Stage:
    """The page with one component, and what the component sent to the server."""

    def __init__(self, page: Any, words: dict[str, str]) -> None:
        self.page = page
        self.words = words
        self.posted: list[dict[str, str]] = []
        self.draft_status = 204

    def update(self, data: dict[str, Any]) -> None:
        whole = {"lang": "fa", "words": self.words, **data}
        self.page.evaluate("data => window.update(data)", whole)

    @property
    def sent(self) -> list[dict[str, Any]]:
        return [each["value"] for each in self.page.evaluate("window.sent")]

    def active(self) -> str:
        """Class and tag of the element that has the focus, inside the shadow root too."""
        return self.page.evaluate(
            """() => { let at = document.activeElement;
            while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
            return at.tagName.toLowerCase() + '.' + at.className; }"""
        )

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)


def answer(route: Any, files: dict[str, tuple[str, str]], stage: Stage) -> None:
    path = route.request.url.removeprefix(HOST).split("?")[0]
    if path in files:
        kind, body = files[path]
        route.fulfill(content_type=f"{kind}; charset=utf-8", body=body)
    elif path == "/draft":
        assert route.request.headers["x-arzyab"] == "1"
        stage.posted.append(json.loads(route.request.post_data))
        route.fulfill(status=stage.draft_status)
    elif path.startswith("/evidence/"):
        width, height = path.split("/")[2].split(".")[0].split("x")
        body = PIXELS.replace(b"{w}", width.encode()).replace(b"{h}", height.encode())
        route.fulfill(content_type="image/svg+xml", body=body)
    else:
        route.fulfill(status=404)


def make_finding(key: str, **changes: Any) -> dict[str, Any]:
    return {
        "key": key, "title": "مغایرت کد خدمت با سن بیمار", "code": "D03",
        "sentence": "سن ۱۱ سال است.",
        "expression": "۷٬۷۲۲٬۰۰۰ − ۶٬۲۹۰٬۰۰۰ = ۱٬۴۳۲٬۰۰۰", "source": "S3", "state": "open",
        "stateLabel": "", "image": None, "proposalLabel": "کسر ۱٬۴۳۲٬۰۰۰", **changes,
    }  # fmt: skip


def make_line(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": str(9007199254740993000 + number), "number": number, "code": "205",
        "formerCode": None, "title": "کامپوزیت دو سطحی اطفال", "place": "C بالا چپ (۶۳)",
        "surfaces": "دیستال و پالاتال",
        "date": "۱۴۰۲/۰۹/۱۴", "quantity": 1, "unitPrice": 7722000, "assessedQuantity": 1,
        "assessedUnitPrice": 7722000, "assessedNote": "", "cost": 7722000, "tariffReject": 0,
        "deduction": 0, "share": 772200, "approval": 6949800, "status": "none",
        "statusLabel": "بی‌یافته", "isClosed": False, "isChanged": False, "deductions": [],
        "findings": [], **changes,
    }  # fmt: skip


def make_case(*lines_: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "case": "17", "version": 7, "readonly": False, "focus": None, "drafts": {}, "reply": None,
        "codes": [
            {"code": "125", "title": "کامپوزیت دو سطحی", "price": 6290000},
            {"code": "840", "title": "کانال اضافه", "price": None},
            {"code": "841", "title": "كانال ديگر", "price": 1},
        ],
        "reasons": [
            {"code": "D01", "title": "اضافه قیمت", "needsText": False},
            {"code": "D99", "title": "سایر", "needsText": True},
        ],
        "caseFindings": [], "lines": list(lines_), "totalLabel": "۶٬۹۴۹٬۸۰۰", **changes,
    }  # fmt: skip
