"""The sentences of refusals when a change of prices and rules is proposed or published."""

from workbench.i18n import N_

MESSAGES: dict[str, str] = {
    "change_reason_missing": N_("Say why the change is proposed, in at least three letters."),
    "change_empty": N_("The change holds nothing yet. Add at least one price or row."),
    "change_too_large": N_("One change holds at most {most} items. Split it into several."),
    "change_day_wrong": N_("The first day of a change lies between {first_on} and {last_on}."),
    "change_item_wrong": N_(
        "An item of the change is not complete or not readable. Withdraw the change and propose "
        "it anew."
    ),
    "change_twice": N_("“{key}” stands in the change twice. Leave one of the two."),
    "change_own": N_("You proposed this change yourself. A second person publishes it."),
    "change_not_own": N_("Only who proposed a change amends it."),
    "change_not_found": N_("There is no such change. Choose one from the list."),
    "change_published": N_("{by} published this change already, {at}. Reload the page."),
    "change_withdrawn": N_("{by} withdrew this change, {at}. Reload the page."),
    "change_stale": N_(
        "The change was amended since you looked at it. Reload the page and look again."
    ),
    "price_too_large": N_("The price of code {service_code} is above {limit_rial} rial."),
}
