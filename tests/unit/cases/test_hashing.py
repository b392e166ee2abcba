"""What a password costs who guesses it."""

from __future__ import annotations

from argon2 import PasswordHasher, Type

from bot.cases.hashing import hash_password, is_outdated, matches


async def test_a_password_is_hashed_as_rfc_9106_asks(costly_passwords: PasswordHasher) -> None:
    """Its second recommended option, for where memory is short: section 4."""
    assert costly_passwords.type is Type.ID
    assert (costly_passwords.time_cost, costly_passwords.parallelism) == (3, 4)
    assert costly_passwords.memory_cost == 64 * 1024  # KiB
    assert (costly_passwords.salt_len, costly_passwords.hash_len) == (16, 32)


async def test_only_the_password_matches_and_nobody_has_one(costly_passwords: PasswordHasher) -> None:
    hashed = await hash_password("a quiet green bicycle")
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert not is_outdated(hashed)
    assert await matches(hashed, "a quiet green bicycle")
    assert not await matches(hashed, "a quiet green tricycle")
    assert not await matches(None, "a quiet green bicycle")
    assert not await matches("no hash at all", "a quiet green bicycle")


async def test_a_cheaper_hash_still_matches_and_is_outdated(costly_passwords: PasswordHasher) -> None:
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("a quiet green bicycle")
    assert await matches(cheap, "a quiet green bicycle")
    assert is_outdated(cheap)
