"""The one exception for what a user can cause; bugs use ``assert``."""


class Refused(Exception):
    """A request that cannot be done. ``code`` names the sentence, ``facts`` fill it in.

    The sentence is made where it is shown (``workbench.services.errors.sentence``).
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts
