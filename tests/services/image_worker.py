"""A process that reads the images that are due: ``URL STORE FOLDER NOW MODE``.

``count`` writes the hash of each image it reads as a line of ``FOLDER/read``; ``die`` is killed
while it has its first one in hands. It says ``ready`` and begins at a line on its standard input.
"""

import hashlib
import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from workbench.db.engine import Database
from workbench.evidence.reading import Reading, read_image
from workbench.evidence.store import EvidenceStore
from workbench.services.images.reading import read_next_image


def main() -> None:
    """Read until nothing is due."""
    url, store, folder, now, mode = sys.argv[1:]

    def read(data: bytes) -> Reading:
        if mode == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        with (Path(folder) / "read").open("a") as file:
            file.write(f"{hashlib.sha256(data).hexdigest()} {os.getpid()}\n")
        return read_image(data)

    database, at = Database(url), datetime.fromisoformat(now)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    while read_next_image(database, EvidenceStore(store), now=at, read=read) is not None:
        pass


if __name__ == "__main__":
    main()
