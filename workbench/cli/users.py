"""``user add | disable | password``: the first administrator, and help when nobody gets in."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.cli import desk
from workbench.cli.output import AsJson, show
from workbench.errors import Refused
from workbench.i18n import LANGUAGES, _
from workbench.rules.workflow import Role

if TYPE_CHECKING:
    from workbench.db.engine import Database
    from workbench.services.people.passwords import PasswordHash
    from workbench.services.people.views import UserView

app = typer.Typer(help="Add a user, close an account, set a password.", rich_markup_mode=None)

Username = Annotated[str, typer.Argument(help="3 to 40 Latin letters, digits, dots or dashes.")]
FromInput = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]
ByLink = Annotated[bool, typer.Option("--link", help="Print a one-time link instead.")]


@app.callback()
def manage_users() -> None:
    """Add a user, close an account, set a password."""


@app.command("add")
def add_user(
    username: Username,
    role: Annotated[list[str], typer.Option(help="A role; may be given several times.")],
    name: Annotated[str, typer.Option(help="The name to show; the user name if absent.")] = "",
    language: Annotated[str, typer.Option(help="fa or en.")] = LANGUAGES[0],
    password_stdin: FromInput = False,
    link: ByLink = False,
    as_json: AsJson = False,
) -> None:
    """Add a user with his roles; without a password he gets a link that works once."""
    from workbench import clock
    from workbench.services.people import users
    from workbench.services.people.views import Operator

    roles = _roles(role)
    if language not in LANGUAGES:
        raise Refused("language_unknown", language=language, known=LANGUAGES)
    with desk.open_database() as database:
        password_hash = None if link else _new_password(username, from_input=password_stdin)
        user = desk.write(
            database,
            lambda session: users.add_user(
                session,
                Operator.COMMAND_LINE,
                username=username,
                display_name=name or username,
                roles=roles,
                language=language,
                password_hash=password_hash,
                now=clock.now(),
            ),
        )
        result = _shown(user) | ({"link": _link(database, user)} if link else {})
    show(result, _lines(_("User {username} was added."), result), as_json=as_json)


@app.command("disable")
def disable_user(username: Username, as_json: AsJson = False) -> None:
    """Close an account and sign its user out everywhere."""
    from workbench import clock
    from workbench.services.people import users
    from workbench.services.people.views import Operator, user_named

    with desk.open_database() as database:

        def work(session: Any) -> "UserView":
            user = user_named(session, Operator.COMMAND_LINE, username)
            return users.disable_user(
                session,
                Operator.COMMAND_LINE,
                user.user_id,
                version=user.version,
                now=clock.now(),
            )

        result = _shown(desk.write(database, work))
    show(result, _lines(_("The account of {username} is closed."), result), as_json=as_json)


@app.command("password")
def set_password(
    username: Username,
    password_stdin: FromInput = False,
    link: ByLink = False,
    as_json: AsJson = False,
) -> None:
    """Set a new password, or print a link by which the user sets it himself."""
    from workbench import clock
    from workbench.services.people import password_reset
    from workbench.services.people.views import Operator, user_named

    with desk.open_database() as database:
        with database.reading() as session:
            user = user_named(session, Operator.COMMAND_LINE, username)
        result = _shown(user)
        if link:
            result["link"] = _link(database, user)
            sentence = _("A link for {username} was made; earlier ones no longer work.")
        else:
            password_hash = _new_password(user.username, from_input=password_stdin)
            desk.write(
                database,
                lambda session: password_reset.set_password(
                    session, Operator.COMMAND_LINE, user.user_id, password_hash, now=clock.now()
                ),
            )
            result["has_password"] = True
            sentence = _("The password of {username} is set; all sessions have ended.")
    show(result, _lines(sentence, result), as_json=as_json)


def _roles(names: list[str]) -> list[Role]:
    known = tuple(role.value for role in Role)
    for name in names:
        if name not in known:
            raise Refused("role_unknown", role=name, known=known)
    return [Role(name) for name in names]


def _new_password(username: str, *, from_input: bool) -> "PasswordHash":
    """Typed twice at the terminal, or the first line of standard input."""
    from workbench.services.people.passwords import new_password_hash

    if from_input:
        password = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        password = typer.prompt(_("Password"), hide_input=True, confirmation_prompt=True, err=True)
    else:
        raise Refused("password_needed")
    return new_password_hash(password, username)


def _link(database: "Database", user: "UserView") -> str:
    """The path of a one-time link; the address of the server stands in front of it."""
    from workbench import clock
    from workbench.services.people.password_reset import issue_reset_link
    from workbench.services.people.views import Operator

    token = desk.write(
        database,
        lambda session: issue_reset_link(
            session, Operator.COMMAND_LINE, user.user_id, now=clock.now()
        ),
    )
    return f"/reset/{token}"


def _shown(user: "UserView") -> dict[str, Any]:
    return {
        "username": user.username,
        "display_name": user.display_name,
        "roles": sorted(role.value for role in user.roles),
        "is_disabled": user.is_disabled,
        "has_password": user.has_password,
    }


def _lines(sentence: str, result: dict[str, Any]) -> list[str]:
    lines = [sentence.format(username=result["username"])]
    return lines + ([result["link"]] if "link" in result else [])
