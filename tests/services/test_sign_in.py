"""Sign-in and lock-out."""

import threading
import unicodedata
from datetime import datetime, timedelta

import pytest
from people import PASSWORD, add
from sqlalchemy import select, update
from streamlit_authenticator import Hasher

from workbench.db.engine import Database
from workbench.db.models import AuditEvent, SignInAttempt, User, UserSession
from workbench.errors import Refused
from workbench.services.people.passwords import prepare_comparison
from workbench.services.people.sessions import SignedIn, actor_for, token_hash
from workbench.services.people.sign_in import sign_in

ADDRESS = "192.0.2.1"


def attempt(
    database: Database, now: datetime, password: str = PASSWORD, username: str = "assessor1"
) -> SignedIn:
    return sign_in(database, username, password, ADDRESS, now=now)


def refusal_of(database: Database, now: datetime, *args: str) -> Refused:
    with pytest.raises(Refused) as caught:
        attempt(database, now, *args)
    return caught.value


def actions(database: Database, stream: str) -> list[str]:
    statement = select(AuditEvent.action).where(AuditEvent.stream == stream)
    with database.reading() as session:
        return list(session.scalars(statement.order_by(AuditEvent.sequence)))


def test_right_password_opens_a_session(database: Database, now: datetime) -> None:
    user = add(database, now)
    signed_in = attempt(database, now)
    with database.reading() as session:
        actor = actor_for(session, signed_in.token, now=now)
        stored = session.scalars(select(UserSession)).one()
    assert actor is not None
    assert actor.user_id == user.user_id
    assert stored.token_hash == token_hash(signed_in.token)
    assert stored.address == ADDRESS
    assert actions(database, f"user:{user.user_id}") == ["user_added", "sign_in"]


def test_token_has_256_bits_and_is_not_stored(database: Database, now: datetime) -> None:
    add(database, now)
    token = attempt(database, now).token
    assert len(token) == 43
    with database.reading() as session:
        assert session.get(UserSession, token) is None


def test_user_name_may_be_typed_in_capitals_with_blanks(database: Database, now: datetime) -> None:
    add(database, now)
    assert attempt(database, now, PASSWORD, " Assessor1 ").token


def test_a_long_persian_password_counts_to_its_last_letter(
    database: Database, now: datetime
) -> None:
    password = "گذرواژه‌ای بسیار بلند که از هفتاد و دو بایت می‌گذرد و باز هم ادامه دارد"
    add(database, now, password=password)
    assert attempt(database, now, password).token
    assert refusal_of(database, now, password + "د").code == "sign_in_failed"


def test_composed_and_decomposed_letters_are_one_password(
    database: Database, now: datetime
) -> None:
    password = "آفتاب آمد دلیل آفتاب"
    add(database, now, password=unicodedata.normalize("NFC", password))
    assert attempt(database, now, unicodedata.normalize("NFD", password)).token


def test_wrong_password_says_how_many_tries_are_left(database: Database, now: datetime) -> None:
    user = add(database, now)
    refused = refusal_of(database, now, "wrong")
    assert (refused.code, refused.facts) == ("sign_in_failed", {"attempts": 4, "minutes": 15})
    assert actions(database, f"user:{user.user_id}") == ["user_added", "sign_in_failed"]


def test_fifth_failure_locks_for_fifteen_minutes(database: Database, now: datetime) -> None:
    user = add(database, now)
    codes = [refusal_of(database, now, "wrong").code for _ in range(5)]
    assert codes == ["sign_in_failed"] * 4 + ["sign_in_locked"]
    late = now + timedelta(minutes=14, seconds=59)
    refused = refusal_of(database, late)
    assert (refused.code, refused.facts) == ("sign_in_locked", {"minutes": 1})
    assert attempt(database, now + timedelta(minutes=15)).token
    assert actions(database, f"user:{user.user_id}").count("locked") == 1


def test_a_try_during_the_lock_does_not_make_it_longer(database: Database, now: datetime) -> None:
    add(database, now)
    for _ in range(5):
        refusal_of(database, now, "wrong")
    refusal_of(database, now + timedelta(minutes=14), "wrong")
    assert attempt(database, now + timedelta(minutes=15)).token


def test_a_locked_name_is_not_hashed(
    database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(database, now)
    for _ in range(5):
        refusal_of(database, now, "wrong")
    calls = count_comparisons(monkeypatch)
    refusal_of(database, now)
    assert calls == []


def count_comparisons(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    calls: list[str] = []
    compare = Hasher.check_pw

    def counted(password: str, hashed: str) -> bool:
        calls.append(hashed)
        return bool(compare(password, hashed))

    monkeypatch.setattr(Hasher, "check_pw", counted)
    return calls


def test_an_unknown_user_costs_one_hash_of_the_same_kind(
    database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(database, now)
    prepare_comparison()
    calls = count_comparisons(monkeypatch)
    known = refusal_of(database, now, "wrong")
    unknown = refusal_of(database, now, "wrong", "nobody")
    assert (known.code, known.facts) == (unknown.code, unknown.facts)
    assert len(calls) == 2
    assert calls[0][:7] == calls[1][:7]  # The same algorithm and number of rounds.


def test_an_unknown_name_is_locked_like_a_known_one(database: Database, now: datetime) -> None:
    codes = [refusal_of(database, now, "wrong", "nobody").code for _ in range(6)]
    assert codes == ["sign_in_failed"] * 4 + ["sign_in_locked"] * 2


def test_success_clears_the_count(database: Database, now: datetime) -> None:
    add(database, now)
    for _ in range(4):
        refusal_of(database, now, "wrong")
    attempt(database, now + timedelta(seconds=1))
    refused = refusal_of(database, now + timedelta(seconds=2), "wrong")
    assert refused.facts["attempts"] == 4


def test_thirty_failures_of_an_address_close_it_for_all_names(
    database: Database, now: datetime
) -> None:
    add(database, now)
    for number in range(30):
        refusal_of(database, now, "wrong", f"name{number}")
    refused = refusal_of(database, now + timedelta(minutes=5))
    assert (refused.code, refused.facts) == ("sign_in_address_locked", {"minutes": 10})
    other = sign_in(database, "assessor1", PASSWORD, "192.0.2.2", now=now + timedelta(minutes=5))
    assert other.token
    assert attempt(database, now + timedelta(minutes=15)).token


def test_guesses_at_the_same_time_are_all_counted(database: Database, now: datetime) -> None:
    add(database, now)
    codes: list[str] = []
    start = threading.Barrier(12)

    def guess() -> None:
        start.wait()
        codes.append(refusal_of(database, now, "wrong").code)

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        looked_at = len(session.scalars(select(SignInAttempt)).all())
    assert len(codes) == 12
    assert looked_at <= 5


def test_a_disabled_user_is_told_only_with_the_right_password(
    database: Database, now: datetime
) -> None:
    add(database, now)
    database.in_tx(lambda session: session.execute(update(User).values(is_disabled=True)))
    assert refusal_of(database, now, "wrong").code == "sign_in_failed"
    assert refusal_of(database, now).code == "sign_in_disabled"


def test_a_user_without_a_password_cannot_sign_in(database: Database, now: datetime) -> None:
    add(database, now)
    database.in_tx(lambda session: session.execute(update(User).values(password_hash=None)))
    assert refusal_of(database, now).code == "sign_in_failed"


def test_signing_in_again_ends_the_browsers_former_session(
    database: Database, now: datetime
) -> None:
    add(database, now)
    old = attempt(database, now).token
    new = sign_in(database, "assessor1", PASSWORD, ADDRESS, now=now, previous_token=old).token
    with database.reading() as session:
        assert actor_for(session, old, now=now) is None
        assert actor_for(session, new, now=now) is not None


def test_a_typed_name_is_kept_only_as_a_hash(database: Database, now: datetime) -> None:
    refusal_of(database, now, "wrong", "my secret password")
    with database.reading() as session:
        kept = session.scalars(select(SignInAttempt)).one()
    assert "secret" not in kept.username_key
