"""The codice fiscale at rest: hashed under a key, recognised, hashed anew under the next key."""

from __future__ import annotations

from pathlib import Path

import pytest
from customer_code_validator import cli
from customer_code_validator.claims import Claims
from customer_code_validator.hashing import KeyedHash
from customer_code_validator.identities import Identities, UnknownKeyError
from customer_code_validator.outcomes import Checked, Claimed
from customer_code_validator.registry.importing import Wishes
from customer_code_validator.registry.report import Allow
from customer_code_validator.rules import CodiceFiscale
from customer_code_validator.settings import Times
from customer_code_validator.store import sealing
from customer_code_validator.store.tables import codes
from sqlalchemy import select, update

from tests.validator.test_registry import ANNA, HEADER, Import, many
from tests.validator.world import HASH_KEY, IDENTITIES, IDENTITY_KEY, ROSSI, World, usual_limits

NEXT_KEY = "the-next-identity-key-of-40-characters.."
ROTATED = Identities(NEXT_KEY, IDENTITY_KEY)
CODE = ROSSI.code
ROSSIS = CodiceFiscale(ROSSI.codice_fiscale)


def claims_with(world: World, identities: Identities) -> Claims:
    """The service of a world with other keys."""
    return Claims(
        world.engine,
        usual_limits(),
        Times().lease,
        KeyedHash(HASH_KEY),
        identities,
        world.directory,
        world.clock,
    )


def stored(world: World) -> list[str]:
    """What the registry keeps of all codici fiscali."""
    with world.engine.connect() as connection:
        return list(connection.execute(select(codes.c.codice_fiscale)).scalars())


def test_what_is_stored_tells_its_key_and_neither_the_codice_fiscale_nor_that_two_are_one() -> None:
    sealed = IDENTITIES.seal(CODE, ROSSI.codice_fiscale)
    assert (len(sealed), sealed[8]) == (53, ":")
    assert ROSSI.codice_fiscale not in sealed
    assert IDENTITIES.seal("1000234578", ROSSI.codice_fiscale) != sealed
    assert ROTATED.seal(CODE, ROSSI.codice_fiscale).split(":")[0] != sealed.split(":")[0]


def test_omocodia_variants_belong_to_different_people() -> None:
    """The letters in place of digits are there to tell two people apart."""
    sealed = IDENTITIES.seal(CODE, "FRRNNA83E57A944C")
    assert IDENTITIES.same(CODE, sealed, CodiceFiscale("FRRNNA83E57A944C"))
    assert not IDENTITIES.same(CODE, sealed, CodiceFiscale("FRRNNA83E57A9QQL"))


def test_the_database_holds_no_codice_fiscale(world: World, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(HEADER + ANNA)
    Import(world, path, Wishes())
    assert all(value[8] == ":" and len(value) == 53 for value in stored(world))


def test_under_the_next_key_nobody_notices_and_the_next_import_hashes_all_anew(
    world: World, tmp_path: Path
) -> None:
    path = tmp_path / "export.csv"
    path.write_text(HEADER + many(50))
    Import(world, path, Wishes())
    reservation = world.reserve()
    claims = claims_with(world, ROTATED)
    assert isinstance(claims.check(reservation, ROSSI.codice_fiscale, ("", "")), Checked)
    rotated = Import(world, path, Wishes(), ROTATED)
    assert (rotated.counts, rotated.report.counts.rehashed, rotated.dangers) == ((0, 0, 0, 0), 50, [])
    assert "50 hashed under the new key" in rotated.report.lines()[0]
    assert Import(world, path, Wishes(), Identities(NEXT_KEY)).report.counts.rehashed == 0
    assert isinstance(claims.claim(reservation, "user-1", ROSSI.codice_fiscale, code=CODE), Claimed)


def test_a_lost_key_is_replaced_by_an_import_that_is_allowed_to_change_many(
    world: World, tmp_path: Path
) -> None:
    path = tmp_path / "export.csv"
    path.write_text(HEADER + many(50))
    Import(world, path, Wishes())
    assert Import(world, path, Wishes(), Identities(NEXT_KEY)).dangers == ["change-many"]
    allowed = Wishes(allow=frozenset({Allow.CHANGE_MANY}))
    assert Import(world, path, allowed, Identities(NEXT_KEY)).counts == (0, 50, 0, 0)
    assert Import(world, path, Wishes(), Identities(NEXT_KEY)).counts == (0, 0, 0, 0)


def test_a_key_that_is_not_at_hand_is_named_and_no_try_is_counted(world: World) -> None:
    reservation = world.reserve()
    claims = claims_with(world, Identities(NEXT_KEY))
    key_id = IDENTITIES.seal("", "")[:8]
    for _ in range(6):
        with pytest.raises(UnknownKeyError, match=key_id):
            claims.check(reservation, ROSSI.codice_fiscale, ("", ""))
    assert isinstance(world.claims.check(reservation, ROSSI.codice_fiscale, ("", "")), Checked)


def test_a_registry_of_an_earlier_version_is_understood_and_hashed(world: World) -> None:
    with world.engine.begin() as connection:
        plain = update(codes).where(codes.c.code == CODE).values(codice_fiscale=ROSSI.codice_fiscale)
        connection.execute(plain)
    assert sealing.any_plain(world.engine)
    reservation = world.reserve()
    assert isinstance(world.claims.check(reservation, ROSSI.codice_fiscale, ("", "")), Checked)
    assert sealing.seal_all(world.engine, IDENTITIES.seal) == 1
    assert not sealing.any_plain(world.engine)
    assert sealing.key_ids(world.engine) == [IDENTITIES.seal("", "")[:8]]
    assert isinstance(world.claim(reservation), Claimed)


def test_a_codice_fiscale_corrected_while_it_is_being_hashed_stays_corrected(world: World) -> None:
    with world.engine.begin() as connection:
        connection.execute(update(codes).values(codice_fiscale="50123450582"))

    def correct_meanwhile(code: str, codice_fiscale: str) -> str:
        if code == CODE:
            with world.engine.begin() as connection:
                right = IDENTITIES.seal(CODE, ROSSI.codice_fiscale)
                connection.execute(update(codes).where(codes.c.code == CODE).values(codice_fiscale=right))
        return IDENTITIES.seal(code, codice_fiscale)

    sealing.seal_all(world.engine, correct_meanwhile)
    assert IDENTITIES.same(CODE, world.record(CODE).codice_fiscale, ROSSIS)


def test_commands_refuse_a_registry_under_another_key_and_one_that_is_not_hashed(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "export.csv"
    path.write_text(HEADER + ANNA)
    monkeypatch.setenv("CUSTOMER_CODES_DATABASE_URL", str(world.engine.url))
    monkeypatch.setenv("CUSTOMER_CODES_SECRET", "s" * 40)
    monkeypatch.setenv("CUSTOMER_CODES_HASH_KEY", HASH_KEY)
    monkeypatch.setenv("CUSTOMER_CODES_IDENTITY_KEY", NEXT_KEY)
    monkeypatch.setattr("customer_code_validator.store.engine.require_migrated", lambda _: None)
    assert cli.main(["serve"]) == 1
    assert "neither CUSTOMER_CODES_IDENTITY_KEY nor" in capsys.readouterr().err
    with world.engine.begin() as connection:
        connection.execute(update(codes).values(codice_fiscale="50123450582"))
    assert cli.main(["import", str(path)]) == 1
    assert "not hashed; run customer-codes migrate first" in capsys.readouterr().err
