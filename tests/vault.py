"""One vault for tests that keep something encrypted and do not care by which key."""

from hip.records.encryption import Vault, new_data_key

VAULT = Vault([new_data_key()])
