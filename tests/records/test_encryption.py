"""Encryption at rest: what is stored says nothing, keys can be changed, and a wrong key is a clear error."""

from __future__ import annotations

from typing import Any

import pytest

from hip.records.encryption import EncryptionError, Vault, new_data_key

OLD, NEW = new_data_key(), new_data_key()


@pytest.mark.parametrize("value", ["Zoë said 10/10", "", None, {"a": [1, 2.5, True]}, "😀" * 1000])
def test_what_is_encrypted_comes_back(value: Any) -> None:
    vault = Vault([NEW])
    stored = vault.encrypt(value)
    assert vault.decrypt(stored) == value
    assert stored.isascii()
    assert stored != vault.encrypt(value), "the same words look different each time"
    assert str(value) == "" or str(value) not in stored


def test_a_new_key_goes_in_front_and_the_old_one_can_go_when_all_is_renewed() -> None:
    stored = Vault([OLD]).encrypt("kept")
    both = Vault([NEW, OLD])
    assert both.decrypt(stored) == "kept"
    renewed = both.renew(stored)
    assert Vault([NEW]).decrypt(renewed) == "kept"
    with pytest.raises(EncryptionError, match="cannot be read with any key of DATA_KEYS"):
        Vault([NEW]).decrypt(stored)


@pytest.mark.parametrize("keys", [[], ["x"], [NEW, "not a key"], [NEW[:-2]]])
def test_a_missing_or_wrong_key_is_named_and_not_repeated(keys: list[str]) -> None:
    with pytest.raises(EncryptionError, match="DATA_KEYS") as caught:
        Vault(keys)
    assert "python -m hip.launch keys" in str(caught.value)
    assert NEW not in str(caught.value)


def test_what_was_changed_is_not_believed() -> None:
    stored = Vault([NEW]).encrypt("yes")
    middle = len(stored) // 2
    changed = stored[:middle] + ("A" if stored[middle] != "A" else "B") + stored[middle + 1 :]
    with pytest.raises(EncryptionError):
        Vault([NEW]).decrypt(changed)
