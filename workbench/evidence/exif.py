"""What the camera wrote beside the picture: when and with what. Never a reason to refuse."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from PIL import ExifTags, Image

# A camera without a zone is taken to show the time of the place where the desk works.
CAMERA_ZONE = ZoneInfo("Asia/Tehran")
DEVICE_CHARACTERS = 80
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def read_exif(image: Image.Image) -> Image.Exif:
    """The metadata of an open image; empty where there is none or it cannot be read."""
    try:
        return image.getexif()
    except Exception:
        # Metadata is written by anyone, and Pillow answers a broken one with any exception.
        return Image.Exif()


def upright(image: Image.Image, exif: Image.Exif) -> Image.Image:
    """The picture turned as the camera was held."""
    try:
        turn = TURNS.get(int(exif.get(ExifTags.Base.Orientation, 1)))
    except Exception:
        turn = None
    return image if turn is None else image.transpose(turn)


def capture_instant(exif: Image.Exif) -> datetime | None:
    """When the picture was taken, in UTC; ``None`` where the file does not say it properly."""
    try:
        details = exif.get_ifd(ExifTags.IFD.Exif)
        written = details.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
        offset = details.get(ExifTags.Base.OffsetTimeOriginal)
        moment = datetime.strptime(  # noqa: DTZ007 - the zone is added below
            str(written).strip("\0 "), "%Y:%m:%d %H:%M:%S"
        )
        if offset:
            zone = datetime.strptime(str(offset).strip("\0 "), "%z").tzinfo
            return moment.replace(tzinfo=zone).astimezone(UTC)
        return moment.replace(tzinfo=CAMERA_ZONE).astimezone(UTC)
    except Exception:
        return None


def camera(exif: Image.Exif) -> str | None:
    """Maker and model in one line of printable characters; ``None`` where there is none."""
    try:
        parts = [str(exif.get(tag) or "") for tag in (ExifTags.Base.Make, ExifTags.Base.Model)]
    except Exception:
        return None
    line = " ".join("".join(c for c in part if c.isprintable()).strip() for part in parts)
    return line.strip()[:DEVICE_CHARACTERS] or None
