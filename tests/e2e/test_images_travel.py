"""The evidence of a case as it travels: thumbnails, what is shown, its neighbours, one event."""

from playwright.sync_api import Page, WebSocket
from sqlalchemy import select

from tests.e2e import world
from tests.e2e.conftest import Desk, settle
from workbench.db.models import AuditEvent
from workbench.rules.workflow import Role

IMAGES = 24
JPEG = b"\xff\xd8\xff"


def one_large_case(desk: Desk) -> None:
    """A received case with 24 radiographs, the last one after the treatment."""
    phases = ["before"] * (IMAGES - 1) + ["after"]
    images = [
        world.image(f"{int(world.CLEAN) + number}-1.jpg", phase, 26)
        for number, phase in enumerate(phases)
    ]
    world.land(desk, world.write(desk.data / "incoming", [world.claim(world.CLEAN, images=images)]))
    desk.database.in_tx(
        lambda s: world.receive_batch(s, world.RECEPTION, world.BATCH, now=desk.now())
    )


def events(desk: Desk) -> list[tuple[int | None, list[int]]]:
    """Who was shown which images, in order."""
    with desk.database.reading() as session:
        statement = select(AuditEvent).where(AuditEvent.action == "evidence.shown")
        found = session.scalars(statement.order_by(AuditEvent.id)).all()
        return [(event.actor_id, event.facts["images"]) for event in found]


def open_from_queue(page: Page) -> None:
    page.get_by_role("link", name="صف کار").click()
    page.wait_for_selector(".st-key-queue_rows")
    settle(page)
    page.locator(".st-key-queue_rows button.open").first.click()
    page.wait_for_selector(".pane:not(.loading) .pic > img[src]")
    settle(page)
    page.wait_for_timeout(1200)


def test_a_case_with_24_images_sends_thumbnails_and_the_images_around_the_shown(
    desk: Desk, sign_in
) -> None:
    one_large_case(desk)
    desk.add_user("assessor1", Role.ASSESSOR)
    page = sign_in("assessor1")
    asked: list[str] = []
    framed: list[bytes] = []
    page.on("request", lambda request: "/evidence/" in request.url and asked.append(request.url))
    page.on("websocket", lambda socket: keep_frames(socket, framed))
    open_from_queue(page)
    large = [url for url in asked if url.endswith("/view")]
    shown = ["1", "24"]
    assert [url.split("/")[-2] for url in large[:2]] == shown
    assert {url.split("/")[-2] for url in large} == {*shown, "2", "23"}
    assert len(large) == 4, "each once"
    assert len({url for url in asked if url.endswith("/thumb")}) <= IMAGES
    page.reload()
    page.wait_for_selector(".pane:not(.loading) .pic > img[src]")
    settle(page)
    assert framed, "the page's own messages were listened to"
    assert not any(JPEG in frame for frame in framed), "no image goes through the session"


def keep_frames(socket: WebSocket, framed: list[bytes]) -> None:
    socket.on("framereceived", lambda data: isinstance(data, bytes) and framed.append(data))


def test_each_opening_tells_once_who_was_shown_which_images(desk: Desk, sign_in) -> None:
    one_large_case(desk)
    desk.add_user("assessor1", Role.ASSESSOR)
    page = sign_in("assessor1")
    open_from_queue(page)
    page.keyboard.press("v")
    page.keyboard.press("2")
    page.wait_for_timeout(600)
    page.keyboard.press("1")
    page.wait_for_timeout(1500)
    first = events(desk)
    assert [images for _, images in first] == [[1, 24], [2]]
    open_from_queue(page)
    again = events(desk)
    assert [images for _, images in again] == [[1, 24], [2], [1, 24]]
    assert len({actor for actor, _ in again}) == 1
    assert again[0][0] is not None
