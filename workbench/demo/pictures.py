"""Drawing the demo's pictures and putting them into the evidence store, in worker processes."""

import io
from collections.abc import Iterable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from datetime import date
from multiprocessing import get_context

from PIL import Image, ImageEnhance, ImageOps

from workbench.demo.shapes import Copied, Shot
from workbench.evidence.intake import take_in
from workbench.evidence.jpeg import Accepted
from workbench.evidence.store import EvidenceStore
from workbench.persian.jalali import format_day
from workbench.rules.facts import EvidenceKind, Phase

TINY_PIXELS = 24
DRAWN_PHASE = {Phase.NONE: "before"}
FORM_TITLES = {EvidenceKind.PLAN_FORM: "فرم طرح درمان", EvidenceKind.PRESCRIPTION: "نسخه"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture to draw. Pictures of one mouth share the seed, so before and after match."""

    seed: int
    shot: Shot
    taken_on: date | None = None
    invoice: tuple[tuple[str, int], ...] = ()
    letter: str = ""
    copy: int = 0

    @property
    def file_name(self) -> str:
        """A file name as a centre gives it."""
        parts = [str(self.shot.kind), str(self.shot.phase)]
        if self.shot.tooth:
            parts.append(str(self.shot.tooth))
        if self.copy:
            parts.append(str(self.copy))
        return "-".join(parts) + ".jpg"


def draw_picture(picture: Picture) -> bytes:
    """The JPEG of a picture."""
    from workbench.demo import drawing  # Loaded in the workers only: numpy is slow to start.

    if picture.shot.copied is not None:
        return _altered(draw_picture(_original(picture, picture.shot.copied)))
    shot, seed = picture.shot, picture.seed + 7_919 * picture.copy
    phase = DRAWN_PHASE.get(shot.phase, str(shot.phase))
    label = format_day(picture.taken_on) if picture.taken_on else ""
    match shot.kind:
        case EvidenceKind.PERIAPICAL:
            return drawing.periapical(seed, shot.tooth or 36, phase, shot.treatment, shot.canals)
        case EvidenceKind.BITEWING:
            return drawing.bitewing(seed, "right", phase, shot.tooth or 0)
        case EvidenceKind.PANORAMIC:
            return drawing.panoramic(seed, label=label)
        case EvidenceKind.CEPHALOMETRIC:
            return drawing.cephalometric(seed, label)
        case EvidenceKind.CBCT:
            return drawing.cbct(seed, label)
        case EvidenceKind.PHOTOGRAPH:
            return drawing.photograph(seed, phase)
        case EvidenceKind.IDENTITY:
            return drawing.identity(seed)
        case EvidenceKind.INVOICE:
            return drawing.invoice(seed, picture.invoice)
        case EvidenceKind.SIGNED_REFERRAL:
            return drawing.signed_referral(seed, picture.letter)
        case _:
            return drawing.form(seed, FORM_TITLES.get(shot.kind, "فرم"))


def _original(picture: Picture, copied: Copied) -> Picture:
    """The other patient's picture that was copied."""
    shot = replace(picture.shot, tooth=copied.tooth, copied=None)
    return replace(picture, seed=copied.seed, shot=shot, copy=0)


def _altered(data: bytes) -> bytes:
    """As somebody would hide it: mirrored, a rim cut off, brighter, and saved again."""
    with Image.open(io.BytesIO(data)) as image:
        width, height = image.size
        rim = (width // 30, height // 40, width - width // 25, height - height // 30)
        changed = ImageEnhance.Brightness(ImageOps.mirror(image.crop(rim))).enhance(1.12)
        buffer = io.BytesIO()
        changed.save(buffer, "JPEG", quality=74)
        return buffer.getvalue()


def tiny_picture(picture: Picture) -> bytes:
    """A few pixels that differ from picture to picture, for quick tests of what is no picture."""
    shade = picture.seed % 251
    image = Image.new("L", (TINY_PIXELS, TINY_PIXELS), shade)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", comment=repr(picture).encode())
    return buffer.getvalue()


def keep_pictures(
    store: EvidenceStore, pictures: Iterable[Picture], is_drawn: bool
) -> list[Accepted]:
    """Draw pictures and take them into the store: the work of one task."""
    make = draw_picture if is_drawn else tiny_picture
    return [take_in(store, make(picture), picture.file_name) for picture in pictures]


class Studio:
    """Draws ahead in other processes; with tiny pictures it works at once, in this one."""

    def __init__(self, store: EvidenceStore, *, is_drawn: bool, workers: int = 2) -> None:
        self._store, self._is_drawn = store, is_drawn
        self._pool: Executor | None = None
        if is_drawn:
            from concurrent.futures import ProcessPoolExecutor

            # A fork of a server with threads may hang: start afresh.
            self._pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))

    def order(self, pictures: tuple[Picture, ...]) -> "Future[list[Accepted]]":
        """Begin with the pictures of one unit of work."""
        if self._pool is not None:
            return self._pool.submit(keep_pictures, self._store, pictures, True)
        done: Future[list[Accepted]] = Future()
        done.set_result(keep_pictures(self._store, pictures, False))
        return done

    def close(self) -> None:
        """End the processes; what was ordered and not begun is dropped."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
