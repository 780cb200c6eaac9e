"""Key pairs: private, never overwritten, and what is not one of ours."""

import stat
from pathlib import Path

import pytest

from cycleproof.base.errors import Unreadable
from cycleproof.evidence.attestation.keys import load_public, load_signer, new_key_pair


def test_new_keys_are_private_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "me.key"
    public, keyid = new_key_pair(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_public(public).keyid == load_signer(path).public_key.keyid == keyid
    before = path.read_bytes(), public.read_bytes()
    with pytest.raises(Unreadable, match="is not overwritten"):
        new_key_pair(path)
    path.unlink()
    with pytest.raises(Unreadable, match=r"me\.key\.pub: is there already"):
        new_key_pair(path)
    assert not path.exists()
    assert public.read_bytes() == before[1]
    assert sorted(tmp_path.iterdir()) == [public]
    target = tmp_path / "elsewhere"
    path.symlink_to(target)
    with pytest.raises(Unreadable, match="is not overwritten"):
        new_key_pair(path)
    assert not target.exists()
    with pytest.raises(Unreadable, match="cannot write"):
        new_key_pair(tmp_path / "no" / "me.key")


def test_refuses_other_keys(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    path = tmp_path / "me.key"
    public, _ = new_key_pair(path)
    curve = ec.generate_private_key(ec.SECP256R1())
    (tmp_path / "ec.pub").write_bytes(
        curve.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    locked = serialization.BestAvailableEncryption(b"word")
    for name, secrecy in (("ec.key", serialization.NoEncryption()), ("locked.key", locked)):
        (tmp_path / name).write_bytes(curve.private_bytes(pem, pkcs8, secrecy))
        (tmp_path / name).chmod(0o600)
    (tmp_path / "junk").write_bytes(b"junk")
    (tmp_path / "junk").chmod(0o600)
    for name, says in [
        ("me.key", "is a private key"),
        ("ec.pub", "not an ed25519 key"),
        ("junk", "not a public key in PEM form"),
        ("none", "No such file"),
    ]:
        with pytest.raises(Unreadable, match=says):
            load_public(tmp_path / name)
    for name, says in [
        (public.name, "other users can read"),
        ("ec.key", "not an ed25519 key"),
        ("locked.key", "is encrypted"),
        ("junk", "not a private key in PEM form"),
        ("none", "there is no such key"),
    ]:
        with pytest.raises(Unreadable, match=says):
            load_signer(tmp_path / name)
    path.chmod(0o640)
    with pytest.raises(Unreadable, match="other users can read this private key"):
        load_signer(path)
