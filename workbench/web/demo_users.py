"""The users of demo mode: at least one per role, all with one password, none outside demo mode."""

from dataclasses import dataclass

from workbench.rules.workflow import Role

DEMO_PASSWORD = "demo-1404-tehran"  # No secret: it is shown on the sign-in page of the demo.


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoUser:
    """A synthetic user: Latin user name, Persian display name that names only the role."""

    username: str
    display_name: str
    roles: tuple[Role, ...]


def demo_users() -> tuple[DemoUser, ...]:
    """The demo's users in the order of the sign-in page."""
    return (
        _user("assessor1", "ارزیاب نمونه یک", Role.ASSESSOR),
        _user("assessor2", "ارزیاب نمونه دو", Role.ASSESSOR),
        _user("assessor3", "ارزیاب نمونه سه", Role.ASSESSOR),
        _user("lead", "سرپرست نمونه", Role.LEAD),
        _user("reception", "دبیرخانه نمونه", Role.RECEPTION),
        _user("finance", "مالی نمونه", Role.FINANCE),
        _user("manager", "مدیر نمونه", Role.MANAGER),
        _user("auditor", "حسابرس نمونه", Role.AUDITOR),
        _user("admin", "مدیر سامانه نمونه", Role.ADMIN),
        _user("commission", "عضو کمیسیون نمونه یک", Role.COMMISSION),
        _user("commission2", "عضو کمیسیون نمونه دو", Role.COMMISSION),
        _user("commission3", "عضو کمیسیون نمونه سه", Role.COMMISSION),
        _user("chair", "رئیس کمیسیون نمونه", Role.CHAIR),
    )


def _user(username: str, display_name: str, *roles: Role) -> DemoUser:
    return DemoUser(username=username, display_name=display_name, roles=roles)
