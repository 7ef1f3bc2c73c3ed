"""user add, disable and password: the first administrator without a page."""

import pytest

from tests.cli.conftest import Command
from workbench.services import runtime
from workbench.services.people.sign_in import username_key
from workbench.services.people.views import Operator, user_named

PASSWORD = "a quiet lake 14"


def add(command: Command, name: str, *arguments: str, given: str = f"{PASSWORD}\n"):
    return command("user", "add", name, *arguments, given=given)


def test_the_first_administrator_can_sign_in(command: Command) -> None:
    ran = add(command, "Boss", "--role", "admin", "--role", "lead", "--password-stdin", "--json")
    assert ran.json == {
        "username": "boss",
        "display_name": "Boss",
        "roles": ["admin", "lead"],
        "is_disabled": False,
        "has_password": True,
    }
    with runtime.database().reading() as session:
        user = user_named(session, Operator.COMMAND_LINE, username_key("boss"))
        assert user.has_password
    assert command("verify", "--json").json["ok"] is True
    runtime.close()


def test_a_user_without_a_password_gets_a_link(command: Command) -> None:
    ran = add(command, "clerk", "--role", "reception", "--name", "دبیرخانه", "--link", "--json")
    assert ran.json["link"].startswith("/reset/") and ran.json["has_password"] is False
    assert ran.json["display_name"] == "دبیرخانه"
    again = command("user", "password", "clerk", "--link")
    assert again.code == 0 and "/reset/" in again.out and ran.json["link"] not in again.out


def test_a_password_is_set(command: Command) -> None:
    add(command, "clerk", "--role", "reception", "--link")
    ran = command("user", "password", "clerk", "--password-stdin", "--json", given=f"{PASSWORD}\n")
    assert ran.json["has_password"] is True
    assert command("user", "password", "clerk", "--password-stdin", given=PASSWORD).code == 0


def test_an_account_is_closed_and_a_second_time_changes_nothing(command: Command) -> None:
    add(command, "clerk", "--role", "reception", "--link")
    for option in ((), ("--json",)):
        ran = command("user", "disable", "clerk", *option)
        assert ran.code == 0 and "clerk" in ran.out
    assert ran.json["is_disabled"] is True


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("user",), ""),
        (("user", "add"), "username"),
        (("user", "add", "clerk"), "role"),
        (("user", "add", "clerk", "--role", "king", "--link"), "king"),
        (("user", "add", "clerk", "--role", "lead", "--link", "--language", "xx"), "xx"),
        (("user", "add", "9", "--role", "lead", "--link"), "user name"),
        (("user", "add", "clerk", "--role", "lead"), "password"),
        (("user", "add", "clerk", "--role", "lead", "--password-stdin"), "10 characters"),
        (("user", "add", "boss", "--role", "lead", "--link"), "exists"),
        (("user", "disable", "nobody"), "no such user"),
        (("user", "disable", "boss"), "last administrator"),
        (("user", "password", "nobody", "--link"), "no such user"),
        (("user", "password", "boss"), "password"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_is_refused(command: Command, arguments: tuple[str, ...], said: str) -> None:
    add(command, "boss", "--role", "admin", "--password-stdin")
    for option in ((), ("--json",)):
        assert said in command(*arguments, *option, given="short\n").complaint
