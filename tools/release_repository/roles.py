"""Who signs what in the firmware repository, for how long, and the keys of TUF's roles as files (decision 41)."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from securesystemslib.signer import CryptoSigner, SSlibKey

from tools.authority.keys import PrivateKey, load_key, new_key, save_key

ROOT_NAMES = ("root-1", "root-2", "root-3")
ROOT_THRESHOLD = 2  # of three: one may be lost or stolen
TARGETS, ONLINE = "targets", "online"
# A root is signed in a meeting of two key holders; a year and a half leaves half a year for a meeting that is put off.
ROOT_DAYS = 548
TARGETS_DAYS = 365  # each release signs anew; a year without one needs a signature all the same


def make_keys(folder: Path, passphrase: str | None) -> None:
    """Write the offline keys, sealed if there is a passphrase, and the online key, which the centre reads by itself.

    Raises FileExistsError: a key is never overwritten.
    """
    for name in (*ROOT_NAMES, TARGETS):
        save_key(new_key(), key_file(folder, name), passphrase)
    save_key(new_key(), key_file(folder, ONLINE))


def key_file(folder: Path, name: str) -> Path:
    """Where a key lies."""
    return folder / f"{name}.key"


def signer(folder: Path, name: str, passphrase: str | None) -> CryptoSigner:
    """A key that can sign.  Raises what load_key raises."""
    return signer_of(load_key(key_file(folder, name), passphrase))


def signer_of(private: PrivateKey) -> CryptoSigner:
    """The same of a key in memory."""
    return CryptoSigner(private, public_of(private.public_key()))


def public_of(public: ec.EllipticCurvePublicKey) -> SSlibKey:
    """Its public half in TUF's words."""
    return SSlibKey.from_crypto(public)


def root_signers(folder: Path, passphrase: str | None) -> list[CryptoSigner]:
    """The root keys that are at hand: the others lie in other people's safes."""
    there = [name for name in ROOT_NAMES if key_file(folder, name).exists()]
    return [signer(folder, name, passphrase) for name in there]
