"""Django admin's change list over the same table: the statements it sends, timed the same way."""

import time
from typing import Any

from scripts.bench.timing import Result, p50_p95
from workbench.db.engine import Database

RUNS = 20
STATE = "state__exact"
INSURER = "insurer__id__exact"
CENTRE = "centre__id__exact"


def _settings(url: Any) -> dict[str, Any]:
    if url.drivername.startswith("sqlite"):
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": url.database}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.database,
        "USER": url.username,
        "HOST": url.host or url.query.get("host", ""),
        "PORT": url.port or "",
    }


def _set_up(url: Any) -> None:
    import django
    from django.conf import settings

    settings.configure(
        DATABASES={"default": _settings(url)},
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.admin",
            "django.contrib.messages",
            "django.contrib.sessions",
        ],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )
    django.setup()


def _admin() -> Any:
    """An admin of unmanaged models over ``claim``, ``person``, ``centre`` and ``insurer``."""
    from django.contrib import admin
    from django.db import models

    def unmanaged(title: str, table: str, /, **columns: Any) -> Any:
        meta = type("Meta", (), {"managed": False, "db_table": table, "app_label": "admin"})
        return type(title, (models.Model,), {"__module__": __name__, "Meta": meta, **columns})

    def to(model: Any) -> Any:
        return models.ForeignKey(model, models.DO_NOTHING, related_name="+")

    insurer = unmanaged("Insurer", "insurer", name=models.TextField())
    centre = unmanaged("Centre", "centre", name=models.TextField())
    person = unmanaged(
        "Person", "person", last_name=models.TextField(), first_name=models.TextField()
    )
    claim = unmanaged(
        "Claim",
        "claim",
        number=models.TextField(),
        kind=models.TextField(),
        state=models.TextField(),
        due_at=models.DateTimeField(),
        cost_rial=models.BigIntegerField(),
        open_finding_count=models.IntegerField(),
        insurer=to(insurer),
        centre=to(centre),
        person=to(person),
    )

    class ClaimAdmin(admin.ModelAdmin):  # type: ignore[misc]
        list_display = ("number", "state", "due_at", "person", "centre", "insurer", "cost_rial")
        list_filter = ("state", "insurer", "kind", "centre")
        search_fields = ("number", "person__last_name")
        list_select_related = ("person", "centre", "insurer")
        ordering = ("due_at",)

    return ClaimAdmin(claim, admin.site)


def _statements(model_admin: Any, query: dict[str, Any]) -> list[tuple[str, Any]]:
    """What one change list of 100 rows sends."""
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import RequestFactory

    request = RequestFactory().get("/", query)
    request.user = User(pk=1, username="bench", is_superuser=True, is_staff=True)
    sent: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        list(model_admin.get_changelist_instance(request).result_list)
    return sent


def _run_ms(statements: list[tuple[str, Any]]) -> float:
    from django.db import connection

    began = time.perf_counter()
    with connection.cursor() as cursor:
        for sql, params in statements:
            cursor.execute(sql, params)
            cursor.fetchall()
    return (time.perf_counter() - began) * 1000


def measure(database: Database, ours: list[Result]) -> list[Result]:
    """SQL of the change list beside that of our page; ``ours`` are the queue's results."""
    from sqlalchemy import make_url, select

    from workbench.db.models import Centre, Insurer

    _set_up(make_url(database.url))
    with database.reading() as session:
        insurer_id = session.scalars(select(Insurer.id).limit(1)).one()
        centre_id = session.scalars(select(Centre.id).limit(1)).one()
    queries: dict[str, dict[str, Any]] = {
        "no filter (all open)": {},
        "state accepted": {STATE: "accepted"},
        "state archived": {STATE: "archived"},
        "insurer": {INSURER: insurer_id},
        "centre": {CENTRE: centre_id},
        "kind direct": {"kind__exact": "direct"},
        "text: family name": {"q": "صبوری"},
        "accepted + insurer + kind direct": {
            STATE: "accepted", INSURER: insurer_id, "kind__exact": "direct",
        },
    }  # fmt: skip
    model_admin = _admin()
    by_name = {result.name: result for result in ours if result.part == "queue sql"}
    results = []
    for name, query in queries.items():
        statements = _statements(model_admin, query)
        _run_ms(statements)
        p50, p95 = p50_p95([_run_ms(statements) for _ in range(RUNS)])
        results.append(
            Result(
                part="django",
                name=name,
                measured=p50,
                p95=p95,
                unit="ms",
                statements=len(statements),
            )  # fmt: skip
        )
        if name in by_name:
            ratio = p50 / by_name[name].measured
            results.append(
                Result(
                    part="django",
                    name=f"{name}: ours is faster by",
                    measured=ratio,
                    unit="×",
                    goal=100,
                    is_rate=True,
                )  # fmt: skip
            )
    return results
