"""Sentences for sign-in, users, sessions and drafts; the names of the roles."""

from workbench.i18n import N_, _
from workbench.rules.workflow import Role

MESSAGES: dict[str, str] = {
    "sign_in_failed": N_(
        "The user name or the password is not right. After {attempts} more tries sign-in is"
        " closed for {minutes} minutes."
    ),
    "sign_in_locked": N_(
        "Too many failed tries: sign-in with this name is closed for {minutes} minutes."
        " Try again then, or ask the administrator for a new password."
    ),
    "sign_in_address_locked": N_(
        "Too many failed tries from this computer: sign-in is closed for {minutes} minutes."
    ),
    "sign_in_disabled": N_("This account is closed. Ask the administrator."),
    "form_expired": N_("This page was open too long and has been renewed. Please try again."),
    "rights_changed": N_(
        "Your rights were changed meanwhile, so nothing was done. Look at the page again."
    ),
    "signed_out": N_("Your session has ended. Sign in again; your drafts are kept."),
    "password_too_short": N_("The password needs at least {minimum} characters."),
    "password_too_long": N_("The password may have at most {maximum} characters."),
    "password_too_simple": N_("The password needs at least {minimum} different characters."),
    "password_holds_username": N_("The password must not contain the user name."),
    "password_not_repeated": N_("The two passwords are not the same. Type them again."),
    "reset_link_invalid": N_(
        "This link was used already or is older than 24 hours. Ask the administrator for a new one."
    ),
    "user_not_found": N_("There is no such user. Reload the list."),
    "user_stale": N_(
        "This user was changed meanwhile by {by}. Look at the new values and try again."
    ),
    "username_invalid": N_(
        "A user name has 3 to 40 Latin letters, digits, dots or dashes and begins with a letter."
    ),
    "username_taken": N_("This user name exists already. Choose another one."),
    "display_name_needed": N_("Give a name of 1 to {maximum} characters."),
    "roles_needed": N_("Choose at least one role."),
    "insurers_needed": N_("Choose at least one insurer, or all."),
    "insurer_unknown": N_("One of the insurers does not exist any more. Reload the page."),
    "centre_unknown": N_("This centre does not exist. Choose one from the list."),
    "dentist_unknown": N_("No dentist has this medical council number. Check the digits."),
    "last_admin": N_("This is the last administrator. Make someone else administrator first."),
    "draft_key_invalid": N_("The draft could not be kept: its place is not known."),
    "draft_too_long": N_("The text is longer than {maximum} characters and is kept only here."),
    "request_foreign": N_("This request came from another site and was not carried out."),
    "evidence_not_found": N_("This case has no such image."),
}

ROLE_NAMES: dict[Role, str] = {
    Role.RECEPTION: N_("Reception"),
    Role.ASSESSOR: N_("Assessor"),
    Role.LEAD: N_("Lead assessor"),
    Role.COMMISSION: N_("Commission member"),
    Role.CHAIR: N_("Commission chair"),
    Role.MANAGER: N_("Manager"),
    Role.FINANCE: N_("Finance"),
    Role.AUDITOR: N_("Auditor"),
    Role.ADMIN: N_("Administrator"),
}


def role_name(role: Role) -> str:
    """The word for a role."""
    return _(ROLE_NAMES[role])
