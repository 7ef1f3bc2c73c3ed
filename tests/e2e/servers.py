"""Servers for the browser: each is a process of its own, forked from one that has loaded the code.

Loading is most of what a start costs; what differs between servers (address, database, clock) is
read from the environment afterwards.
"""

import multiprocessing
import os
from multiprocessing.process import BaseProcess
from pathlib import Path

import uvicorn

from workbench.settings import settings


def start(port: int, environment: dict[str, str], log: Path) -> BaseProcess:
    """A process that serves the application on this port; what it says goes to ``log``."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.e2e.loaded"])
    process = processes.Process(target=_serve, args=(port, environment, log))
    process.start()
    return process


def _serve(port: int, environment: dict[str, str], log: Path) -> None:
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.environ.clear()
    os.environ.update(environment)
    settings.cache_clear()
    from tests.e2e.clocked import app

    uvicorn.run(app, port=port)
