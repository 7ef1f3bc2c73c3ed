"""The table of the results, on the screen, as JSON and as the rows of ``docs/benchmarks.md``."""

import json
import platform
import sqlite3
from collections.abc import Iterable
from pathlib import Path

import psutil

from scripts.bench.timing import Result

HEAD = f"{'part':14} {'what':52} {'measured':>12} {'p95':>9} {'goal':>9} {'sql':>4}  met"


def line(result: Result) -> str:
    """One line of the printed table."""
    p95 = "" if result.p95 is None else f"{result.p95:.2f}"
    goal = "" if result.goal is None else f"{result.goal:g}"
    met = {None: "", True: "yes", False: "NO"}[result.is_met]
    count = "" if result.statements is None else f"{result.statements:g}"
    return (
        f"{result.part:14} {result.name:52} {result.measured:10,.2f} {result.unit:8.8}"
        f" {p95:>7} {goal:>7} {count:>4}  {met:3} {result.note}"
    )


def machine() -> dict[str, str]:
    """What it was measured on."""
    return {
        "processor": _processor(),
        "cores": str(psutil.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / 1024**3:.0f} GB",
        "system": platform.platform(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "load": " ".join(f"{x:.1f}" for x in psutil.getloadavg()),
    }


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    names = [row.partition(":")[2].strip() for row in lines if row.startswith("model name")]
    return names[0] if names else platform.processor()


def write_json(path: Path, database: str, claims: int, results: Iterable[Result]) -> None:
    """Keep the results beside the data."""
    facts = {
        "machine": machine(),
        "database": database,
        "claims": claims,
        "results": [result.as_facts() for result in results],
    }
    path.write_text(json.dumps(facts, indent=1, ensure_ascii=False), encoding="utf-8")


def markdown(results: Iterable[Result]) -> str:
    """The rows of a Markdown table: what, goal, measured, ratio of measured to goal."""
    rows = ["| what | goal | measured | p95 | ratio | met |", "|---|---|---|---|---|---|"]
    for result in results:
        goal = "" if result.goal is None else f"{'≥' if result.is_rate else '≤'} {result.goal:g}"
        ratio = f"{result.measured / result.goal:.2f}" if result.goal else ""
        p95 = "" if result.p95 is None else f"{result.p95:.2f}"
        met = {None: "", True: "yes", False: "**no**"}[result.is_met]
        rows.append(
            f"| {result.part}: {result.name} | {goal} | {result.measured:,.2f} {result.unit}"
            f" | {p95} | {ratio} | {met} |"
        )
    return "\n".join(rows)
