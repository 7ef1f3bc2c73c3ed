"""Importing a folder: whole units, a report per row, repeats that change nothing."""

from datetime import timedelta

import import_bundle as bundles
import pytest
import registered_world as world
from sqlalchemy import func, select

from workbench.db.models import (
    Attachment,
    AuditEvent,
    Claim,
    ClaimLine,
    ClaimRound,
    ContractCover,
    EvidenceImage,
    ImportRecord,
    Person,
    Tariff,
)
from workbench.errors import Refused
from workbench.evidence.store import EvidenceStore
from workbench.i18n import use_language
from workbench.rules.workflow import Role
from workbench.services.ceiling.ledger_check import verify_balances
from workbench.services.claims import transition
from workbench.services.imports import Outcome, import_folder


@pytest.fixture
def store(tmp_path):
    return EvidenceStore(f"file://{tmp_path / 'store'}")


@pytest.fixture
def run(database, store, tmp_path, now):
    """Write a bundle and import it."""

    def work(content=None, images=None, at=now, actor=None, name="in"):
        folder = bundles.write(tmp_path / name, content or bundles.bundle(), images)
        return import_folder(database, store, folder, actor=actor, now=at)

    return work


def codes(report):
    return {(row.kind, row.line_number): [p.code for p in row.problems] for row in report.refused}


def test_everything_lands_and_the_books_are_right(run, database, store):
    report = run()

    assert codes(report) == {}
    assert report.count(Outcome.LANDED) == sum(len(rows) for rows in bundles.bundle().values())
    with database.reading() as session:
        claim = session.scalars(select(Claim).where(Claim.number == "990748655")).one()
        line = session.scalars(select(ClaimLine).where(ClaimLine.claim_id == claim.id)).one()
        assert (claim.state, claim.requested_payable_rial) == ("ready_to_send", 5_661_000)
        assert (line.tooth, line.unit_price_rial, line.service_on) == (
            26,
            6_290_000,
            world.SERVICE_ON,
        )
        assert claim.image_count == 2
        for sha256 in session.scalars(select(EvidenceImage.sha256)):
            assert store.read(sha256)
        assert verify_balances(session) == []
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "import.run")).one()
        assert event.facts == {"landed": 18, "unchanged": 0, "refused": 0}


def test_a_repeat_changes_nothing(run, database):
    def state():
        with database.reading() as session:
            return (
                session.scalar(select(func.count()).select_from(AuditEvent)),
                session.execute(select(Claim.number, Claim.version)).all(),
                session.scalar(select(func.count()).select_from(Tariff)),
                session.scalar(select(func.count()).select_from(ImportRecord)),
            )

    run()
    events, *before = state()
    report = run()
    events_after, *after = state()
    assert report.count(Outcome.UNCHANGED) == len(report.rows) == 18
    assert before == after
    assert events_after == events + 1  # the run itself


def test_a_row_registered_by_other_means_is_unchanged_too(run, database, now):
    database.in_tx(
        lambda s: world.reference.register_policyholder(
            s, None, code="ph-1", name="شرکت نمونه", now=now
        )
    )
    report = run()
    assert [row.kind for row in report.rows if row.outcome is Outcome.UNCHANGED] == [
        "policyholders"
    ]


def test_an_import_that_was_killed_is_finished_by_running_it_again(run, monkeypatch, database):
    from workbench.services.imports import landing
    from workbench.services.imports import run as runner

    real, calls = landing.land, []

    def dying(*arguments, **more):
        calls.append(1)
        if len(calls) == 12:
            raise KeyboardInterrupt
        return real(*arguments, **more)

    monkeypatch.setattr(runner, "land", dying)
    with pytest.raises(KeyboardInterrupt):
        run()
    monkeypatch.setattr(runner, "land", real)
    report = run()
    assert (report.count(Outcome.UNCHANGED), report.count(Outcome.LANDED)) == (11, 7)
    with database.reading() as session:
        assert len(session.scalars(select(Claim)).all()) == 2
        assert verify_balances(session) == []


def test_a_changed_claim_is_named_as_a_conflict_and_left_as_it_is(run, database):
    run()
    content = bundles.bundle()
    content["claims"][0] = bundles.indirect(lines=[bundles.line(unit_price_rial=1)])
    report = run(content)
    assert codes(report) == {("claims", 1): ["import_conflict"]}
    with database.reading() as session:
        claim = session.scalars(select(Claim).where(Claim.number == "990748655")).one()
        assert claim.cost_rial == 6_290_000


def test_a_changed_image_under_the_same_name_is_a_conflict_too(run):
    run()
    report = run(images={"a.jpg": 9, "b.jpg": 2, "c.jpg": 3})
    assert codes(report) == {("claims", 1): ["import_conflict"]}


def test_a_changed_price_or_cover_is_a_new_dated_row(run, database, now):
    run()
    content = bundles.bundle()
    content["tariffs"][0]["amount_rial"] = 6_500_000
    content["contracts"][0]["covers"][0]["franchise_percent"] = "20"
    report = run(content, at=now + timedelta(days=1))
    assert report.count(Outcome.LANDED) == 2
    with database.reading() as session:
        prices = session.scalars(
            select(Tariff.amount_rial).where(Tariff.code == "125").order_by(Tariff.recorded_at)
        ).all()
        franchises = session.scalars(
            select(ContractCover.franchise_basis).order_by(ContractCover.recorded_at)
        ).all()
    assert (prices, franchises) == ([6_290_000, 6_500_000], [1_000, 2_000])


def test_a_corrected_person_is_updated_in_place(run, database):
    run()
    content = bundles.bundle()
    content["people"][0]["birth_on"] = "1360/01/02"
    run(content)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 2


BAD_CLAIMS = [
    ({"lines": []}, "claim_without_services"),
    ({"lines": [bundles.line(code="999")]}, "unknown_service"),
    ({"lines": [bundles.line(unit_price_rial="6.5")]}, "amount_wrong"),
    ({"lines": [bundles.line(unit_price_rial=-1)]}, "amount_wrong"),
    ({"lines": [bundles.line(unit_price_rial=1.5)]}, "amount_wrong"),
    ({"lines": [bundles.line(quantity=True)]}, "number_wrong"),
    ({"lines": [bundles.line(tooth="29")]}, "tooth_wrong"),
    ({"lines": [bundles.line(surfaces="XX")]}, "surfaces_wrong"),
    ({"lines": [bundles.line(service_on="1402/13/01")]}, "day_wrong"),
    ({"lines": [bundles.line(service_on="2023-02-30")]}, "day_wrong"),
    ({"national_code": "0123456780"}, "national_code_wrong"),
    ({"national_code": world.STRANGER}, "unknown_person"),
    ({"number": "99074865"}, "claim_number_wrong"),
    ({"referral": "7000"}, "referral_number_wrong"),
    ({"contract": 5}, "code_wrong"),
    ({"kind": "both"}, "choice_wrong"),
    ({"surprise": 1}, "field_unknown"),
    ({"images": [{"file": "../a.jpg", "kind": "other"}]}, "file_name_wrong"),
    ({"images": [{"file": "C:a.jpg", "kind": "other"}]}, "file_name_wrong"),
    ({"images": [{"file": "missing.jpg", "kind": "other"}]}, "evidence_file_missing"),
    ({"images": [{"file": "a.jpg", "kind": "selfie"}]}, "choice_wrong"),
    ({"images": [{"file": "c.jpg", "kind": "other"}] * 2}, "evidence_attached_already"),
    ({"registered_at": "1402/09/14"}, "instant_wrong"),
]


@pytest.mark.parametrize(("changes", "code"), BAD_CLAIMS)
def test_a_bad_claim_is_named_and_the_others_land(run, database, changes, code):
    content = bundles.bundle()
    content["claims"][0] = bundles.indirect(**changes)
    report = run(content)
    assert codes(report) == {("claims", 1): [code]}
    with database.reading() as session:
        assert session.scalars(select(Claim.number)).all() == ["1402000001"]
        kept = session.scalars(select(ClaimLine.claim_id)).all()
        assert len(kept) == 1
    for language in ("fa", "en"):
        use_language(language)
        sentence = report.refused[0].sentence
        assert sentence and "{" not in sentence and code not in sentence
    use_language("fa")


def test_all_problems_of_a_line_are_told_at_once(run):
    content = bundles.bundle()
    content["people"].append({"national_code": "1", "first_name": "", "birth_on": "x"})
    report = run(content)
    assert codes(report) == {
        ("people", 3): ["national_code_wrong", "text_missing", "field_missing", "day_wrong"]
    }
    assert report.refused[0].key == "1"


def test_broken_json_and_long_lines_are_named_and_skipped(run, database, store, tmp_path, now):
    folder = bundles.write(tmp_path / "in", bundles.bundle())
    path = folder / "policyholders.jsonl"
    good = path.read_bytes()
    path.write_bytes(b'{"code": \n\n[1]\n"\xff"\n' + b"x" * 1_100_000 + b"\n" + good)
    report = import_folder(database, store, folder, now=now)
    assert codes(report) == {
        ("policyholders", 1): ["json_broken"],
        ("policyholders", 3): ["json_broken"],
        ("policyholders", 4): ["json_broken"],
        ("policyholders", 5): ["line_too_long"],
    }


def test_an_image_of_another_patient_is_refused_without_a_name(run, database):
    content = bundles.bundle()
    content["claims"][1] = bundles.direct(images=[{"file": "a.jpg", "kind": "other"}])
    report = run(content)
    assert codes(report) == {("claims", 2): ["evidence_of_other_patient"]}
    assert dict(report.refused[0].problems[0].facts) == {"name": "a.jpg"}
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Attachment)) == 2


def test_bytes_that_are_no_jpeg_are_refused(run, tmp_path, database, store, now):
    folder = bundles.write(tmp_path / "in", bundles.bundle())
    (folder / "evidence" / "a.jpg").write_bytes(b"\x89PNG\r\n\x1a\n")
    report = import_folder(database, store, folder, now=now)
    assert codes(report) == {("claims", 1): ["evidence_not_jpeg"]}


def test_a_link_in_the_evidence_folder_is_not_followed(tmp_path, database, store, now):
    folder = bundles.write(tmp_path / "in", bundles.bundle())
    outside = tmp_path / "outside.jpg"
    outside.write_bytes(world.picture(9))
    (folder / "evidence" / "a.jpg").unlink()
    (folder / "evidence" / "a.jpg").symlink_to(outside)
    report = import_folder(database, store, folder, now=now)
    assert codes(report) == {("claims", 1): ["evidence_file_missing"]}


def test_a_misspelt_file_is_noticed(run, tmp_path):
    bundles.write(tmp_path / "in", {"claim": [bundles.direct()]})
    assert codes(run()) == {("files", 0): ["file_unknown"]}


def test_a_resubmission_opens_the_next_round_once(run, database, now):
    run()
    with database.reading() as session:
        key = session.execute(
            select(Claim.insurer_id, Claim.id).where(Claim.kind == "direct")
        ).one()

    def give_back(session):
        claim = session.get_one(Claim, tuple(key))
        transition.count(session, claim.insurer_id, claim.state, -1)
        transition.set_state(claim, "returned")
        transition.count(session, claim.insurer_id, claim.state, +1)

    database.in_tx(give_back)
    content = bundles.bundle() | {
        "resubmissions": [
            {
                "insurer": world.INSURER,
                "claim": "1402000001",
                "round": 2,
                "explanation": "کد اصلاح شد",
                "lines": [bundles.line(tooth="U/LD", unit_price_rial=6_290_000)],
                "images": [{"file": "d.jpg", "kind": "periapical", "phase": "before"}],
            }
        ]
    }
    images = bundles.IMAGES | {"d.jpg": 4}
    first = run(content, images, at=now)
    second = run(content, images, at=now)

    assert first.count(Outcome.LANDED) == 1
    assert (second.count(Outcome.LANDED), codes(second)) == (0, {})
    with database.reading() as session:
        claim = session.get_one(Claim, tuple(key))
        rounds = session.scalars(
            select(ClaimRound.explanation).where(ClaimRound.claim_id == claim.id)
        ).all()
        assert (claim.state, claim.round, claim.image_count) == ("accepted", 2, 2)
        assert claim.requested_payable_rial == 5_661_000
        assert rounds == ["", "کد اصلاح شد"]


@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.RECEPTION, Role.ADMIN)])
def test_only_reception_and_admin_import(run, role):
    with pytest.raises(Refused) as refused:
        run(actor=world.actor(role))
    assert refused.value.code == "not_permitted"


def test_a_folder_that_is_not_there_or_empty_is_refused(database, store, tmp_path, now):
    for folder, code in ((tmp_path / "no", "import_folder_missing"), (tmp_path, "import_empty")):
        with pytest.raises(Refused) as refused:
            import_folder(database, store, folder, now=now)
        assert refused.value.code == code


def test_progress_is_told(database, store, tmp_path, now):
    folder = bundles.write(tmp_path / "in", bundles.bundle())
    seen = []
    import_folder(
        database, store, folder, now=now, on_progress=lambda *progress: seen.append(progress)
    )
    assert seen[-1] == ("claims", 2, 2)
    assert ("services", 1, 2) in seen
