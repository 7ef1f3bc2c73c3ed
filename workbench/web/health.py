"""GET /health for a load balancer, open; GET /metrics for this machine, auditors and admins."""

import resource

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from workbench import clock
from workbench.errors import Refused
from workbench.rules.workflow import Role
from workbench.services.images.queue import count_waiting_images
from workbench.services.people.sessions import count_open_sessions
from workbench.services.runtime import count_unsealed, database, seal_lag_seconds
from workbench.web.requests import actor_of_request

METRICS_ROLES = {Role.AUDITOR, Role.ADMIN}
NO_STORE = {"cache-control": "no-store"}


def show_health(_request: Request) -> Response:
    """Whether the database answers, how far the seal is behind (seconds), what waits to be read."""
    try:
        with database().reading() as session:
            lag = seal_lag_seconds(session, now=clock.now())
            waiting = count_waiting_images(session)
    except Refused as refused:
        answer = {"status": "down", "database": False, "code": refused.code}
        return JSONResponse(answer, 503, NO_STORE)
    answer = {
        "status": "ok",
        "database": True,
        "seal_lag_seconds": round(lag, 3),
        "images_waiting": waiting.count,
    }
    return JSONResponse(answer, headers=NO_STORE)


def show_metrics(request: Request) -> Response:
    """The text format of Prometheus."""
    actor = actor_of_request(request)
    if actor is not None and not actor.roles & METRICS_ROLES:
        raise Refused("not_permitted", action="metrics")
    now = clock.now()
    with database().reading() as session:
        waiting = count_waiting_images(session)
        values = {
            "arzyab_open_sessions": count_open_sessions(session, now=now),
            "arzyab_unsealed_events": count_unsealed(session),
            "arzyab_seal_lag_seconds": round(seal_lag_seconds(session, now=now), 3),
            "arzyab_images_waiting": waiting.count,
            "arzyab_images_failed": waiting.failed,
            "arzyab_peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        }
    lines = [f"# TYPE {name} gauge\n{name} {value}\n" for name, value in values.items()]
    return PlainTextResponse("".join(lines), headers=NO_STORE)


def routes() -> list[BaseRoute]:
    """The routes of health and metrics."""
    return [Route("/health", show_health), Route("/metrics", show_metrics)]
