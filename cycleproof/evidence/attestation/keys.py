"""Ed25519 keys in files: PKCS #8 and SubjectPublicKeyInfo, both PEM."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from ...base.errors import MissingDependency, Unreadable
from ...base.files import read_regular, write_new
from ...base.install import install_hint
from ...base.text import command_line

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner, SSlibKey

MAX_KEY = 1 << 14
PUBLIC_SUFFIX = ".pub"


def need_library() -> None:
    """Raise ``MissingDependency`` if signatures cannot be made and verified here."""
    try:
        import cryptography.hazmat.primitives.asymmetric.ed25519  # noqa: F401
        import securesystemslib.dsse  # noqa: F401
    except ImportError:
        raise MissingDependency(
            "signatures need securesystemslib with cryptography, which are not installed",
            install_hint("attest"),
        ) from None


def new_key_pair(path: Path) -> tuple[Path, str]:
    """Write a new private key to ``path`` (mode 0600) and its public key beside it.

    Returns the public key's path and the key id. Raises ``Unreadable`` if either file is there
    already: keys are never overwritten. Raises ``MissingDependency`` without the library.
    """
    need_library()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        PublicFormat,
    )
    from securesystemslib.signer import SSlibKey

    public_path = path.with_name(path.name + PUBLIC_SUFFIX)
    private = Ed25519PrivateKey.generate()
    public = private.public_key()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_new(path, pem, 0o600)
    try:
        text = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        write_new(public_path, text, 0o644)
    except BaseException:
        path.unlink()
        raise
    return public_path, SSlibKey.from_crypto(public).keyid


def load_public(path: Path) -> "SSlibKey":
    """The public key in a file; its id follows from the key.

    Raises ``Unreadable``, and ``MissingDependency`` without the library.
    """
    need_library()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from securesystemslib.signer import SSlibKey

    data = read_regular(path, MAX_KEY)
    if b"PRIVATE KEY" in data:
        raise Unreadable(
            f"{path}: is a private key; it belongs to whoever signs", "name the .pub file"
        )
    try:
        key = load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm):
        raise Unreadable(f"{path}: not a public key in PEM form") from None
    if not isinstance(key, Ed25519PublicKey):
        raise Unreadable(f"{path}: not an ed25519 key")
    return SSlibKey.from_crypto(key)


def load_signer(path: Path) -> "CryptoSigner":
    """The signer for a private key's file, which nobody else may read.

    Raises ``Unreadable``, and ``MissingDependency`` without the library.
    """
    need_library()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from securesystemslib.signer import CryptoSigner

    if not path.exists():
        new = command_line("key", "new", "-o", path)
        raise Unreadable(f"{path}: there is no such key", f"make one: {new}")
    data = read_regular(path, MAX_KEY)
    if path.stat().st_mode & 0o077:
        raise Unreadable(
            f"{path}: other users can read this private key",
            shlex.join(("chmod", "600", str(path))),
        )
    try:
        key = load_pem_private_key(data, None)
    except TypeError:
        raise Unreadable(f"{path}: is encrypted; only plain PKCS #8 is read") from None
    except (ValueError, UnsupportedAlgorithm):
        raise Unreadable(f"{path}: not a private key in PEM form") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise Unreadable(f"{path}: not an ed25519 key")
    return CryptoSigner(key)
