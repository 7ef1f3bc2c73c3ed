"""Sending what waits in the outbox, as the server does it every ten seconds."""

import typer

from workbench.cli import desk
from workbench.cli.output import AsJson, show
from workbench.i18n import _

SOMETHING_IS_WRONG = 1


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("send-notices")(send_notices)


def send_notices(as_json: AsJson = False) -> int:
    """Send the notices to centres that are due; 1 when one has failed for good."""
    from dataclasses import asdict

    from workbench import clock
    from workbench.services import runtime
    from workbench.services.notices.delivery import DeliveryReport, deliver_due

    report = DeliveryReport()
    with desk.open_database() as database:
        while (
            run := deliver_due(database, runtime.senders(), now=clock.now())
        ) != DeliveryReport():
            report += run
        desk.seal(database)
    result = asdict(report)
    line = _("Sent {sent}, put off {put_off}, failed {failed}.")
    show(result, [line.format(**result)], as_json=as_json)
    return SOMETHING_IS_WRONG if report.failed else 0
