"""Class D: bundles and attestations that want to be more than data, tried through ``verify``.

A trial writes files into a folder and returns the arguments of the command. ``verify`` must end
in the documented code and leave nothing behind: no trial gets a file written anywhere.
"""
# ruff: noqa: E501 (a case is a line)

import base64
import io
import json
import os
import struct
import warnings
import zipfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from cycleproof.artifact.format import LoadedArtifact, decode
from cycleproof.artifact.format import encode as encode_artifact
from cycleproof.bundle.layout import EVIDENCE_NAME, MAX_BUNDLE, SUMS_NAME, encode, order, sums
from cycleproof.bundle.pack import members_of
from cycleproof.evidence.model import Evidence, describe
from cycleproof.evidence.policy import NONE
from tests.corpus.case import Case
from tests.support import samples, signed

PASSED, FAILED, UNUSABLE, OPEN = 0, 1, 2, 4
LINK, DEVICE, PIPE, SETUID = 0o120777, 0o020666, 0o010644, 0o104755
QUICK = ["--skip", "proof", "--skip", "directed", "--seeds", "0"]


Make = Callable[[Path], list[str]]
"""Write files into a folder; the arguments for them."""


class Trial(NamedTuple):
    """A case, and what it hands to ``cycleproof verify``."""

    case: Case
    make: Make


# --- bundles ---------------------------------------------------------------------------------


@cache
def good() -> dict[str, bytes]:
    """The members of a sound bundle."""
    return members_of(samples.artifact(), samples.evidence(), {}, NONE)


def bundle(data: bytes) -> Make:
    """Hand in these bytes as a bundle."""

    def make(folder: Path) -> list[str]:
        (folder / "b.zip").write_bytes(data)
        return ["b.zip", *QUICK]

    return make


def zipped(
    rows: Sequence[tuple[str, bytes]],
    *,
    comment: bytes = b"",
    compression: int = zipfile.ZIP_STORED,
    mode: int = 0o100644,
    extra: bytes = b"",
) -> bytes:
    """A zip file of (name, bytes) rows, doubles and all; ``mode`` is that of the last row."""
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", compression) as archive:
        warnings.simplefilter("ignore", UserWarning)  # a name that is there twice is meant
        archive.comment = comment
        for number, (name, data) in enumerate(rows):
            info = zipfile.ZipInfo("x", (1980, 1, 1, 0, 0, 0))
            info.filename = name  # the constructor would tidy it up
            info.compress_type = compression
            info.create_system = 3
            last = number == len(rows) - 1
            info.external_attr = (mode if last else 0o100644) << 16
            info.extra = extra if last else b""
            archive.writestr(info, data)
    return buffer.getvalue()


def rows(**change: bytes | None) -> list[tuple[str, bytes]]:
    """The sound members in order, some replaced; ``None`` leaves one out."""
    members = good() | change
    return [(n, data) for n in order(good()) if (data := members[n]) is not None]


def added(name: str, data: bytes = b"x", *, mode: int = 0o100644, extra: bytes = b"") -> Make:
    """The sound members and one more."""
    return bundle(zipped([*rows(), (name, data)], mode=mode, extra=extra))


def replaced(
    name: str, data: bytes, *, compression: int = zipfile.ZIP_STORED, mode: int = 0o100644
) -> Make:
    """The sound members, one of them replaced and put last."""
    changed = [*rows(**{name: None}), (name, data)]
    return bundle(zipped(changed, compression=compression, mode=mode))


def summed(**change: bytes) -> Make:
    """A bundle in the right form around changed members: the sums fit them."""
    members = {n: d for n, d in (good() | change).items() if n != SUMS_NAME}
    return bundle(encode(members | {SUMS_NAME: sums(members)}))


def patched(old: bytes, new: bytes, count: int = -1) -> Make:
    """The sound bundle with bytes replaced."""
    data = encode(good())
    if old not in data:
        raise AssertionError(old)
    return bundle(data.replace(old, new, count))


def between_members() -> Make:
    """Bytes that no member owns, offsets mended so that the directory still fits."""
    data = encode(good())
    end = struct.unpack("<4s4H2IH", data[-22:])
    at, hidden = end[6], b"hidden bytes"
    tail = struct.pack("<4s4H2IH", *end[:6], at + len(hidden), 0)
    return bundle(data[:at] + hidden + data[at:-22] + tail)


def zip64() -> Make:
    """A zip64 record that promises a directory of 16 exabytes."""
    data = encode(good())
    record = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, 2**63, 0)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, len(data) - 22, 1)
    return bundle(data[:-22] + record + locator + data[-22:])


def crowd() -> Make:
    """3,000 empty members."""
    names = [(f"extra/{number:06}", b"") for number in range(3000)]
    return bundle(zipped(names))


def wrong_kernel(folder: Path) -> list[str]:
    """A kernel that is wrong in its last store, with evidence forged to pass."""
    artifact = samples.artifact().decoded
    program = [dict(step) for step in artifact.program]
    (last,) = program[-1]["store"]
    program[-1] = {"store": [[last[0], last[1], 0]]}
    data = encode_artifact(artifact.shape, program, artifact.cycles, artifact.generator)
    loaded = LoadedArtifact(Path("kernel.json"), data, decode(data, "kernel.json"))
    sound = samples.evidence()
    forged = Evidence(describe(loaded), sound.frozen, sound.tool, sound.findings)
    (folder / "b.zip").write_bytes(encode(members_of(loaded, forged, {}, NONE)))
    return ["b.zip", "--skip", "proof"]


def special(make: Callable[[Path], None]) -> Make:
    """Something in place of the bundle that is no file."""

    def hand_in(folder: Path) -> list[str]:
        make(folder / "b.zip")
        return ["b.zip"]

    return hand_in


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(MAX_BUNDLE + 1)


def link(path: Path) -> None:
    path.with_name("real.zip").write_bytes(encode(good()))
    path.symlink_to("real.zip")


def doubled_key() -> bytes:
    return good()["kernel.json"].replace(b'"claims":', b'"claims":{"cycles":1},"claims":', 1)


def other_evidence() -> bytes:
    document = json.loads(good()[EVIDENCE_NAME])
    document["artifact"]["file_sha256"] = "0" * 64
    return json.dumps(document).encode()


LOADER_WITH_MORE = good()["perf_takehome.py"] + b"print('more')\n"
BELONGS = "does not belong in a submission bundle"
NOT_EXACT = "not byte for byte what `cycleproof pack` writes"

# attack, name, what it tries, exit code, what is said, the trial
_BUNDLES = [
    (0, "sound", "a bundle as pack writes it", PASSED, "TESTED on 8 seeds", bundle(encode(good()))),
    (0, "wrong-kernel", "a wrong kernel with evidence forged to pass", FAILED, "1 lane wrong", wrong_kernel),
    (25, "dot-dot", "a member that climbs out of the folder", UNUSABLE, BELONGS, added("../evil.sh")),
    (25, "dot-dot-inside", "a climb behind an allowed beginning", UNUSABLE, BELONGS, added("extra/../../evil")),
    (25, "absolute", "a member with an absolute name", UNUSABLE, BELONGS, added("/etc/cron.d/evil")),
    (25, "backslashes", "a climb for Windows", UNUSABLE, BELONGS, added("..\\..\\evil.bat")),
    (25, "drive", "a drive letter", UNUSABLE, BELONGS, added("C:evil.bat")),
    (25, "deeper", "a folder where extras are flat", UNUSABLE, BELONGS, added("extra/a/b")),
    (25, "folder", "a folder entry", UNUSABLE, BELONGS, added("extra/", b"")),
    (25, "importable", "a module that the tests' folder would import", UNUSABLE, BELONGS, added("json.py")),
    (25, "case-clash", "a second kernel where case does not count", UNUSABLE, BELONGS, added("KERNEL.JSON")),
    (25, "homoglyph", "a second kernel that looks alike", UNUSABLE, BELONGS, added("kernel․json")),
    (25, "trailing-dot", "a second kernel where trailing dots are dropped", UNUSABLE, BELONGS, added("kernel.json.")),
    (25, "nul-in-name", "a name that ends early for C", UNUSABLE, "not a well-formed zip", patched(b"VERIFY.md", b"VERIFY\0md", 1)),
    (25, "twice", "two kernels, readers differ on which counts", UNUSABLE, "kernel.json is there twice", added("kernel.json", b"{}")),
    (25, "two-names", "directory and header name a member differently", UNUSABLE, "not a well-formed zip", patched(b"VERIFY.md", b"SERVED.md", 1)),
    (25, "link", "the kernel as a symbolic link", UNUSABLE, "is not a regular file", replaced("kernel.json", b"/etc/passwd", mode=LINK)),
    (25, "device", "a member as a device", UNUSABLE, "is not a regular file", replaced("VERIFY.md", b"", mode=DEVICE)),
    (25, "pipe", "a member as a named pipe", UNUSABLE, "is not a regular file", replaced("VERIFY.md", b"", mode=PIPE)),
    (25, "setuid", "an added file that runs as its owner", UNUSABLE, NOT_EXACT, added("extra/tool", mode=SETUID)),
    (25, "bomb", "50 MB of zeros in 50 kB", UNUSABLE, "is compressed", replaced("kernel.json", bytes(50 << 20), compression=zipfile.ZIP_DEFLATED)),
    (25, "bomb-in-extra", "a stored member over its limit", UNUSABLE, "larger than 1,048,576 bytes", added("extra/big", bytes(2 << 20))),
    (25, "lying-size", "a directory that understates a size", UNUSABLE, "of two sizes", patched(struct.pack("<II", *[len(good()["VERIFY.md"])] * 2), struct.pack("<II", len(good()["VERIFY.md"]), 5))),
    (25, "encrypted", "a member that asks for a password", UNUSABLE, "compressed or encrypted", patched(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")),
    (25, "broken-sum", "a member whose CRC does not fit", UNUSABLE, "not a well-formed zip", patched(b"# Verify this", b"# Verify That")),
    (25, "crowd", "3,000 members", UNUSABLE, "more than 26 members", crowd()),
    (25, "zip64", "a directory of 16 exabytes", UNUSABLE, "a zip64 file", zip64()),
    (25, "comment", "bytes behind the end, as a comment", UNUSABLE, "without a comment", bundle(zipped(rows(), comment=b"hello"))),
    (25, "appended", "bytes behind the end", UNUSABLE, "without a comment", bundle(encode(good()) + b"#!/bin/sh\n")),
    (25, "prepended", "a shell script that is a zip file too", UNUSABLE, "not UTF-8 at byte", bundle(b"#!/bin/sh\n" + encode(good()))),
    (25, "between", "bytes that no member owns", UNUSABLE, NOT_EXACT, between_members()),
    (25, "extra-field", "bytes in a header's extra field", UNUSABLE, NOT_EXACT, added("extra/a", extra=b"\xfe\xca\x04\x00evil")),
    (25, "order", "the members in another order", UNUSABLE, NOT_EXACT, bundle(zipped(rows()[::-1]))),
    (25, "truncated", "half a bundle", UNUSABLE, "not a zip file", bundle(encode(good())[:-9999])),
    (25, "magic-alone", "four bytes", UNUSABLE, "not a zip file", bundle(b"PK\x03\x04")),
    (25, "incomplete", "no page for the reviewer", UNUSABLE, "VERIFY.md is missing", bundle(zipped(rows(**{"VERIFY.md": None})))),
    (25, "other-loader", "a loader that does more, with sums to match", UNUSABLE, "is not the known loader", summed(**{"perf_takehome.py": LOADER_WITH_MORE})),
    (25, "other-sums", "sums that leave the loader out", UNUSABLE, "does not list exactly these files", bundle(encode(good() | {SUMS_NAME: b"\n".join(good()[SUMS_NAME].splitlines()[:2])}))),
    (25, "borrowed-evidence", "evidence about another artifact", UNUSABLE, "is about another artifact", summed(**{EVIDENCE_NAME: other_evidence()})),
    (25, "edited-evidence", "evidence whose verdict was edited", UNUSABLE, "exit_code: does not follow", summed(**{EVIDENCE_NAME: samples.edited({"exit_code": 3})})),
    (25, "deep-evidence", "evidence nested until the parser breaks", UNUSABLE, "nested too deeply", summed(**{EVIDENCE_NAME: b"[" * 500_000})),
    (25, "hostile-kernel", "a kernel with a key twice", UNUSABLE, "kernel.json: key 'claims' stands twice", summed(**{"kernel.json": doubled_key()})),
    (25, "zip-in-zip", "a bundle as the kernel", UNUSABLE, "kernel.json: ", summed(**{"kernel.json": encode(good())})),
    (25, "bundle-is-link", "a link to a bundle", UNUSABLE, "is a symbolic link", special(link)),
    (25, "bundle-is-pipe", "a named pipe that nobody writes to", UNUSABLE, "not a regular file", special(os.mkfifo)),
    (25, "bundle-is-huge", "a sparse file over the limit", UNUSABLE, "larger than", special(sparse)),
    (24, "escapes-in-member", "a member's name that clears the terminal", UNUSABLE, "\\x1b[2J", added("\x1b[2J")),
    (24, "markup-in-member", "a member's name in rich's markup", UNUSABLE, "[bold red]", added("[bold red]passed")),
]  # fmt: skip


# --- attestations ----------------------------------------------------------------------------

RESULT, SUMMARY = signed.statements()
BOTH = signed.envelope(RESULT, 0) + signed.envelope(SUMMARY, 0)
OTHER_DIGEST = {"sha256": "0" * 64}


def attested(data: bytes, *more: str, keys: Sequence[int] = (0,), quick: bool = True) -> Make:
    """The sound artifact, an attestation file, the public keys by number."""

    def make(folder: Path) -> list[str]:
        (folder / "kernel.json").write_bytes(samples.artifact().data)
        (folder / "a.jsonl").write_bytes(data)
        named = [word for n in keys for word in ("--key", str(signed.public_file(folder, n)))]
        arguments = ["kernel.json", "--attestation", "a.jsonl", *named, *more]
        return [*arguments, *(QUICK if quick else ())]

    return make


def without_pae() -> bytes:
    """A signature over only the payload, as if it were no envelope."""
    signature = base64.b64encode(signed.KEYS[0].sign(RESULT)).decode()
    return signed.envelope(RESULT, signatures=[{"keyid": signed.keyid(), "sig": signature}])


def renamed_key() -> bytes:
    """Another key's signature under the id of the trusted one."""
    (row,) = json.loads(signed.envelope(RESULT, 1))["signatures"]
    return signed.envelope(RESULT, signatures=[row | {"keyid": signed.keyid(0)}])


def swapped_payload() -> bytes:
    """A good signature, over another statement."""
    other = signed.edited(0, "predicate", "result", to="PASSED ")
    text = base64.b64encode(other).decode()
    return signed.envelope(RESULT, 0, payload=text)


def one_key_under_two_ids() -> bytes:
    """The same signature twice, once under a made-up id, to reach a threshold of two."""
    (row,) = json.loads(signed.envelope(RESULT, 0))["signatures"]
    return signed.envelope(RESULT, signatures=[row, row | {"keyid": signed.keyid(1)}])


def about_other(number: int = 0) -> bytes:
    return signed.envelope(signed.edited(number, "subject", 0, "digest", to=OTHER_DIGEST), 0)


def weak(**digest: str) -> bytes:
    return signed.envelope(signed.edited(0, "subject", 0, "digest", to=digest), 0)


def private_key(folder: Path) -> list[str]:
    arguments = attested(BOTH)(folder)
    pem = signed.private_pem()
    (folder / "0.pub").write_bytes(pem)
    return arguments


HASH = samples.artifact().file_sha256
_ATTESTATIONS = [
    (0, "attested", "both statements, signed", PASSED, "2 statements about exactly these bytes", attested(BOTH, quick=False)),
    (0, "attested-by-other", "both statements, signed by a key that was not named", FAILED, "not signed by 1 of the 1 named keys", attested(BOTH, keys=(1,))),
    (26, "other-artifact", "a sound attestation, of another artifact", FAILED, "it is about", attested(about_other())),
    (26, "other-artifact-summary", "the same with the summary", FAILED, "line 2: it is about", attested(signed.envelope(RESULT, 0) + about_other(1))),
    (26, "two-subjects", "the artifact among others", FAILED, "names 2 subjects", attested(signed.envelope(signed.edited(0, "subject", to=[{}, {}]), 0))),
    (26, "sha1", "a subject by SHA-1", FAILED, "named by 'sha1'", attested(weak(sha1="0" * 40))),
    (26, "md5-beside", "a weak digest beside the right one", FAILED, "named by 'md5, sha256'", attested(weak(md5="0", sha256=HASH))),
    (26, "no-digest", "a subject with a name and no digest", FAILED, "not by SHA-256 alone", attested(weak())),
    (26, "upper-case", "the right digest in other letters", FAILED, "it is about", attested(weak(sha256=HASH.upper()))),
    (26, "payload-type", "signed as something that is no in-toto statement", UNUSABLE, "payloadType is", attested(signed.envelope(RESULT, 0, kind="text/plain"))),
    (26, "payload-type-edited", "the type put right after signing", FAILED, "not signed", attested(signed.envelope(RESULT, 0, kind="text/plain", payloadType="application/vnd.in-toto+json"))),
    (26, "no-pae", "a signature over the payload without its type", FAILED, "not signed", attested(without_pae())),
    (26, "swapped-payload", "a good signature over another statement", FAILED, "not signed", attested(swapped_payload())),
    (26, "renamed-key", "a stranger's signature under the trusted id", FAILED, "not signed", attested(renamed_key())),
    (26, "doubled-id", "one key id twice, to count as two", UNUSABLE, "there twice", attested(signed.envelope(RESULT, 0, 0), keys=(0, 1))),
    (26, "one-key-two-ids", "one signature under two ids", FAILED, "not signed by 2 of the 2", attested(one_key_under_two_ids(), keys=(0, 1))),
    (26, "key-named-twice", "one public key given as two", UNUSABLE, "one key is named twice", attested(BOTH, keys=(0, 0))),
    (26, "threshold-0", "no signature needed", UNUSABLE, "--threshold", attested(BOTH, "--threshold", "0")),
    (26, "threshold-2-of-1", "more signatures than keys", UNUSABLE, "1 key named", attested(BOTH, "--threshold", "2")),
    (26, "unsigned", "an envelope without signatures", UNUSABLE, "1 to 8 signatures", attested(signed.envelope(RESULT))),
    (26, "empty", "an empty file", UNUSABLE, "0 lines", attested(b"")),
    (26, "one-of-two", "a signed line and a line of a stranger's", FAILED, "line 2: not signed", attested(signed.envelope(RESULT, 0) + signed.envelope(SUMMARY, 1))),
    (26, "key-twice", "a key twice in the envelope", UNUSABLE, "stands twice", attested(BOTH.replace(b'{"payload"', b'{"payload":"","payload"', 1))),
    (26, "other-statement", "an old statement type", UNUSABLE, "_type is", attested(signed.envelope(signed.edited(0, "_type", to="https://in-toto.io/Statement/v0.1"), 0))),
    (26, "other-predicate", "a predicate that says nothing of the checks", UNUSABLE, "is not known", attested(signed.envelope(signed.edited(0, "predicateType", to="https://e.org/x"), 0))),
    (26, "failed-result", "a sound attestation that it failed", FAILED, "its result is 'FAILED'", attested(signed.envelope(signed.edited(0, "predicate", "result", to="FAILED"), 0))),
    (26, "few-checks", "passed, but only by the decoder", FAILED, "does not name as passed", attested(signed.envelope(signed.edited(0, "predicate", "passedTests", to=["decode"]), 0))),
    (26, "other-base", "passed, but under another frozen base", OPEN, "another frozen base", attested(signed.envelope(signed.edited(1, "predicate", "policy", "digest", to=OTHER_DIGEST), 0), quick=False)),
    (26, "huge", "a file over the limit", UNUSABLE, "larger than", attested(BOTH * 1000)),
    (26, "private-key", "the private key where the public one belongs", UNUSABLE, "is a private key", private_key),
    (24, "escapes-in-statement", "a digest that clears the terminal", FAILED, "\\x1b[2J", attested(weak(sha256="\x1b[2J"))),
]  # fmt: skip

TRIALS = [Trial(Case(*row[:5]), row[5]) for row in _BUNDLES + _ATTESTATIONS]
CASES = [trial.case for trial in TRIALS]
