"""What a planned demo case consists of: work done, pictures taken, what the assessor will do."""

from dataclasses import dataclass, field

from workbench.rules.facts import ClaimKind, EvidenceKind, Phase

ADULT = (18, 65)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One service line; ``day`` counts from the first service day.

    The price is the tariff times ``price_basis`` (ten-thousandths), or ``price_rial`` itself.
    """

    code: str
    tooth: int | None = None
    jaw: str | None = None
    surfaces: str = ""
    canals: int | None = None
    quantity: int = 1
    price_basis: int = 10_000
    price_rial: int | None = None
    day: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """A picture that is another patient's: of that ``seed`` and ``tooth``, mirrored and cut."""

    seed: int
    tooth: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture; ``day`` counts from the first service day, None: undated."""

    kind: EvidenceKind
    phase: Phase = Phase.NONE
    tooth: int | None = None
    day: int | None = 0
    treatment: str = "none"
    canals: int = 0
    lines: tuple[int, ...] = ()
    copied: Copied | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One thing the assessor does before he decides what is still open.

    ``what``: deduct, reject, cut_price, cut_quantity, override, accept. ``basis`` is the share of
    the line in ten-thousandths (deduct) or of its price (cut_price); ``amount_rial`` wins over it.
    ``finding`` is the code of the finding that is overridden or accepted.
    """

    what: str
    line: int = 1
    reason: str = ""
    basis: int = 10_000
    amount_rial: int | None = None
    quantity: int = 1
    text: str = ""
    finding: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What the commission said about the lines of a case.

    ``decided_day`` counts from the first service day; ``amount_basis`` is the approved share of the
    price in ten-thousandths; ``planned_teeth`` are pairs of line and the tooth that was planned
    instead; ``is_of_former_letter``: under the expired letter that the case's one replaces.
    """

    decided_day: int = -4
    amount_basis: int = 10_000
    rejected_lines: tuple[int, ...] = ()
    planned_teeth: tuple[tuple[int, int], ...] = ()
    is_of_former_letter: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A kind of case: who may have it, what was done, and what is odd about it.

    ``contracts`` are keys of ``demo.covers`` (empty: any); ``ages`` completed years on the service
    day. ``oddity`` is one of: ``case_before_referral``, ``service_before_referral``, ``reissued``,
    ``left_the_list``, ``after_contract``, ``late_service``, ``open_referral``, ``small_reserve``,
    ``approved_long_ago``.
    ``approval`` is what the commission decided; None: it was never asked.
    """

    name: str
    works: tuple[Work, ...]
    shots: tuple[Shot, ...] = ()
    ages: tuple[int, int] = ADULT
    contracts: tuple[str, ...] = ()
    kind: ClaimKind = ClaimKind.INDIRECT
    cover_code: str = "dental"
    oddity: str = ""
    orders: tuple[Order, ...] = field(default=())
    defects: tuple[str, ...] = ()
    approval: Approval | None = None
