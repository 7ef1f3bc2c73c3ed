"""A process that tries to take in every bad file (``STORE PART``), or the ``largest`` good one.

Prints one JSON object: files tried, those accepted, the codes of the refusals, other exceptions and
the most memory it had (bytes).
"""

import json
import sys
import warnings
from collections import Counter
from pathlib import Path

from PIL import Image

from tests.evidence.bad_files import Bad, bad_files, noise
from workbench.errors import Refused
from workbench.evidence.intake import take_in
from workbench.evidence.jpeg import copies
from workbench.evidence.store import EvidenceStore


def largest() -> Bad:
    """The costliest picture that is let in: every pixel, progressive, to be turned."""
    turned = Image.Exif()
    turned[0x0112] = 6
    return "largest", "a.jpg", noise(size=(6_000, 5_000), progressive=True, exif=turned, quality=25)


def most_memory_bytes() -> int:
    """Of this program alone: ``ru_maxrss`` also knows the process that started it."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def main() -> None:
    """Try them all."""
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)
    store, part = EvidenceStore(sys.argv[1]), sys.argv[2]
    files = [largest()] if part == "largest" else bad_files(int(part))
    tried, accepted, broken = 0, [], []
    codes: Counter[str] = Counter()
    for kind, name, data in files:
        tried += 1
        try:
            take_in(store, data, name)
        except Refused as refused:
            codes[refused.code] += 1
        except BaseException as error:
            broken.append(f"{kind}: {error!r}")
        else:
            copies(data)
            accepted.append(f"{kind}: {name!r} {len(data)} bytes, number {tried}")
    memory = most_memory_bytes()
    result = {
        "tried": tried,
        "accepted": accepted,
        "broken": broken,
        "codes": codes,
        "memory_bytes": memory,
    }
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
