"""The addresses of the pages; any other one leads to the first page instead of a foreign sentence.

``workbench.ui.pages`` has the pages themselves; a test keeps both lists the same.
"""

PAGE_ADDRESSES = frozenset(
    {
        "desk",
        "throughput",
        "deductions",
        "what-if",
        "commission_figures",
        "referral_figures",
        "assessor_figures",
        "agreement",
        "rechecks",
        "recheck",
        "compared",
        "queue",
        "receipt",
        "incoming",
        "batches",
        "batch",
        "direct",
        "case",
        "board",
        "referrals",
        "letters",
        "issue",
        "letter",
        "ceiling",
        "commission",
        "plan",
        "notices",
        "search",
        "trail",
        "users",
        "calendar",
        "panels",
        "teeth",
        "rules",
        "catalogues",
    }
)


def is_page_address(path: str) -> bool:
    """Whether a path of the browser is the start page or one of the pages."""
    name = path.strip("/")
    return name == "" or name in PAGE_ADDRESSES
