"""Streamlit's own English words, which it gives no option for, in the language of the page.

The browser script ``static/framework_words.js`` puts them in place of the English ones, in texts
and in the labels that screen readers say. ``{x}`` stands for whatever Streamlit writes there.
"""

import json

from workbench.i18n import _, language


def framework_words() -> dict[str, str]:
    """Streamlit's words and ours; the keys are what its build of the pinned version writes."""
    return {
        "Add files": _("Add files"),
        "App pages": _("Pages"),
        "AxiosError: Network Error": _("The connection broke off."),
        "AxiosError: Request failed with status code {x}": _("It was not taken (code {x})."),
        "B": _("bytes"),
        "Cancel upload of {x}": _("Cancel the upload of {x}"),
        "Choose an option": _("Choose"),
        "Choose options": _("Choose"),
        "Clear all": _("Clear all"),
        "Clear value": _("Clear"),
        "Close": _("Close"),
        "Copied": _("Copied"),
        "Copy to clipboard": _("Copy"),
        "Decrement": _("Decrease"),
        "Dismiss": _("Close"),
        "Drag and drop file here": _("Drop the file here"),
        "Drag and drop files here": _("Drop the files here"),
        "Error: ": _("Error: "),
        "File must be {x} or smaller.": _("A file is at most {x}."),
        "GB": _("gigabytes"),
        "Help for {x}": _("Help for {x}"),
        "Hide password": _("Hide the password"),
        "Increment": _("Increase"),
        "KB": _("kilobytes"),
        "MB": _("megabytes"),
        "No results": _("Nothing found"),
        "Notifications": _("Messages"),
        "Open": _("Open"),
        "Press Ctrl+Enter to apply": _("Ctrl+Enter applies it"),
        "Press Ctrl+Enter to submit form": _("Ctrl+Enter submits"),
        "Press Enter to apply": _("Enter applies it"),
        "Press Enter to submit form": _("Enter submits"),
        "Remove {x}": _("Remove {x}"),
        "Select all": _("Choose all"),
        "Select {x} matches": _("Choose all that fit"),
        "Selected values": _("Chosen"),
        "Shortcut {x}": _("Key {x}"),
        "Show password": _("Show the password"),
        "Skip to main content": _("Go to the content"),
        "Upload": _("Choose a file"),
        "add icon": _("Add files"),
        "file upload": _("Choose a file"),
        "view less": _("less"),
        "view more": _("more"),
        "{x} more": _("{x} more pages"),
        "{x} files are not allowed.": _("Files of the kind {x} are not taken."),
        "{x} per file": _("at most {x} a file"),
    }


def words_as_data() -> str:
    """The words as a data block for the page's head; empty in English, which needs none."""
    if language() == "en":
        return ""
    words = json.dumps(framework_words(), ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/json" id="framework-words">{words}</script>'
