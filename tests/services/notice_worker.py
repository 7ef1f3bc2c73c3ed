"""A process that delivers what is due: ``URL FOLDER NOW MODE``.

``count`` writes each key it is given, and its own id, as a line of ``FOLDER/sent``; ``die`` is
killed between sending by file and noting it, ``die-sms`` between sending by SMS and noting it. It
says ``ready`` and begins at a line on its standard input.
"""

import os
import signal
import sys
import time
from datetime import datetime
from pathlib import Path

from workbench.db.engine import Database
from workbench.services.notices.delivery import deliver_due
from workbench.services.notices.senders import FileSender, Message, Senders


class Counting:
    """Appends the key of each message to a file that all processes share."""

    def __init__(self, folder: Path, name: str, *, dies: bool) -> None:
        self.name, self.knows_repeats = name, name == "file"
        self._folder, self._dies = folder, dies

    def send(self, message: Message) -> None:
        """Append, and die if that is what this one is for."""
        if self._dies and self.name == "file":
            FileSender(self._folder / "notices").send(message)
        with (self._folder / "sent").open("a") as file:
            file.write(f"{message.key} {os.getpid()}\n")
        if self._dies:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.002)


def main() -> None:
    """Deliver."""
    url, folder, now, mode = sys.argv[1:]
    sms = Counting(Path(folder), "sms", dies=True) if mode == "die-sms" else None
    file = Counting(Path(folder), "file", dies=mode == "die")
    database = Database(url)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    deliver_due(database, Senders(file=file, sms=sms), now=datetime.fromisoformat(now))


if __name__ == "__main__":
    main()
