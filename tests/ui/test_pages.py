"""The list of pages: one address each, every function there, the same list in front and behind."""

from importlib import import_module

from workbench.services.access import PERMISSIONS
from workbench.ui.pages import PAGES, title
from workbench.web.addresses import PAGE_ADDRESSES


def test_the_gate_and_the_script_know_the_same_addresses() -> None:
    assert {entry.path for entry in PAGES} == PAGE_ADDRESSES
    assert len(PAGES) == len(PAGE_ADDRESSES)


def test_every_page_has_its_function_title_and_permission() -> None:
    for entry in PAGES:
        module = import_module(f"workbench.pages.{entry.module}")
        assert callable(getattr(module, entry.function))
        assert title(entry.path)
        assert entry.action in PERMISSIONS
