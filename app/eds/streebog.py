"""The digest Streebog-512 (GOST 34.11-2012, in Kazakhstan GOST 34.11-2015), after RFC 6986.

Pure Python: no library installed here offers a fast one. About 1.4 MB/s, so what is signed with GOST should be small.
"""

from __future__ import annotations

import struct
from functools import cache

#: The substitution of bytes (RFC 6986, section 6.2).
_PI = bytes.fromhex(
    "fceedd11cf6e3116fbc4fada23c5044de977f0db932e99ba1736f1bb14cd5fc1"
    "f918655ae25cef21811c3c428b018e4f058402aee36a8fa0060bed987fd4d31f"
    "eb342c51eac848abf22a68a2fd3aceccb5700e56080c7612bf7213479cb75d87"
    "15a19629107b9ac7f391786f9d9eb2b13275193dff358a7e6d54c680c3bd0d57"
    "dff524a93ea843c9d779d6f67c22b903e00fecde7a94b0bcdce828504e330a4a"
    "a79760731e0062441ab83882649f2641ad454692275e552f8ca3a57d69d5953b"
    "0758b34086ac1df730376be488d9e789e11b83494c3ff8fe8d53aa90cad88561"
    "207167a42d2b095bcb9b25d0bee56c5259a674d2e6f4b4c0d166afc2394b63b6"
)
#: The linear transformation (section 6.4) is a matrix over GF(2^8) modulo x^8+x^4+x^3+x^2+1; these are its rows.
_ROWS = (
    0x641C314B2B8EE083,
    0xA48B474F9EF5DC18,
    0xF97D86D98A327728,
    0x5B068C651810A89E,
    0x0321658CBA93C138,
    0xACCC9CA9328A8950,
    0x46B60F011A83988E,
    0x83478B07B2468764,
)
#: The iteration constants (section 6.5), as the standard prints them.
_CONSTANTS = tuple(
    int(text, 16)
    for text in (
        "b1085bda1ecadae9ebcb2f81c0657c1f2f6a76432e45d016714eb88d7585c4fc"
        "4b7ce09192676901a2422a08a460d31505767436cc744d23dd806559f2a64507",
        "6fa3b58aa99d2f1a4fe39d460f70b5d7f3feea720a232b9861d55e0f16b50131"
        "9ab5176b12d699585cb561c2db0aa7ca55dda21bd7cbcd56e679047021b19bb7",
        "f574dcac2bce2fc70a39fc286a3d843506f15e5f529c1f8bf2ea7514b1297b7b"
        "d3e20fe490359eb1c1c93a376062db09c2b6f443867adb31991e96f50aba0ab2",
        "ef1fdfb3e81566d2f948e1a05d71e4dd488e857e335c3c7d9d721cad685e353f"
        "a9d72c82ed03d675d8b71333935203be3453eaa193e837f1220cbebc84e3d12e",
        "4bea6bacad4747999a3f410c6ca923637f151c1f1686104a359e35d7800fffbd"
        "bfcd1747253af5a3dfff00b723271a167a56a27ea9ea63f5601758fd7c6cfe57",
        "ae4faeae1d3ad3d96fa4c33b7a3039c02d66c4f95142a46c187f9ab49af08ec6"
        "cffaa6b71c9ab7b40af21f66c2bec6b6bf71c57236904f35fa68407a46647d6e",
        "f4c70e16eeaac5ec51ac86febf240954399ec6c7e6bf87c9d3473e33197a93c9"
        "0992abc52d822c3706476983284a05043517454ca23c4af38886564d3a14d493",
        "9b1f5b424d93c9a703e7aa020c6e41414eb7f8719c36de1e89b4443b4ddbc49a"
        "f4892bcb929b069069d18d2bd1a5c42f36acc2355951a8d9a47f0dd4bf02e71e",
        "378f5a541631229b944c9ad8ec165fde3a7d3a1b258942243cd955b7e00d0984"
        "800a440bdbb2ceb17b2b8a9aa6079c540e38dc92cb1f2a607261445183235adb",
        "abbedea680056f52382ae548b2e4f3f38941e71cff8a78db1fffe18a1b336103"
        "9fe76702af69334b7a1e6c303b7652f43698fad1153bb6c374b4c7fb98459ced",
        "7bcd9ed0efc889fb3002c6cd635afe94d8fa6bbbebab07612001802114846679"
        "8a1d71efea48b9caefbacd1d7d476e98dea2594ac06fd85d6bcaa4cd81f32d1b",
        "378ee767f11631bad21380b00449b17acda43c32bcdf1d77f82012d430219f9b"
        "5d80ef9d1891cc86e71da4aa88e12852faf417d5d9b21b9948bc924af11bd720",
    )
)
_HIGH_BITS = 0x8080808080808080
_BLOCK = 64
_MASK = (1 << 512) - 1
_pack = struct.Struct("<8Q").pack


def _doubled(word: int) -> int:
    """Each of the eight bytes of `word` times x."""
    high = word & _HIGH_BITS
    return ((word ^ high) << 1) ^ ((high >> 7) * 0x1D)


def _table(row: int) -> list[int]:
    """Substitution, transposition and one row of the matrix in one look-up per byte."""
    powers = [row]
    while len(powers) < 8:
        powers.append(_doubled(powers[-1]))
    table = []
    for substituted in _PI:
        word = 0
        for bit, power in enumerate(powers):
            if substituted >> bit & 1:
                word ^= power
        table.append(word)
    return table


A, B, C, D, E, F, G, H = (_table(row) for row in _ROWS)


# Written out: a loop over the sixty-four look-ups takes half as long again.
# fmt: off
def _lps(state: int) -> int:
    """The transformations S, P and L one after the other (section 7)."""
    (
            a0, a1, a2, a3, a4, a5, a6, a7,
            b0, b1, b2, b3, b4, b5, b6, b7,
            c0, c1, c2, c3, c4, c5, c6, c7,
            d0, d1, d2, d3, d4, d5, d6, d7,
            e0, e1, e2, e3, e4, e5, e6, e7,
            f0, f1, f2, f3, f4, f5, f6, f7,
            g0, g1, g2, g3, g4, g5, g6, g7,
            h0, h1, h2, h3, h4, h5, h6, h7,
    ) = state.to_bytes(_BLOCK, "little")
    return int.from_bytes(
        _pack(
            A[a0] ^ B[b0] ^ C[c0] ^ D[d0] ^ E[e0] ^ F[f0] ^ G[g0] ^ H[h0],
            A[a1] ^ B[b1] ^ C[c1] ^ D[d1] ^ E[e1] ^ F[f1] ^ G[g1] ^ H[h1],
            A[a2] ^ B[b2] ^ C[c2] ^ D[d2] ^ E[e2] ^ F[f2] ^ G[g2] ^ H[h2],
            A[a3] ^ B[b3] ^ C[c3] ^ D[d3] ^ E[e3] ^ F[f3] ^ G[g3] ^ H[h3],
            A[a4] ^ B[b4] ^ C[c4] ^ D[d4] ^ E[e4] ^ F[f4] ^ G[g4] ^ H[h4],
            A[a5] ^ B[b5] ^ C[c5] ^ D[d5] ^ E[e5] ^ F[f5] ^ G[g5] ^ H[h5],
            A[a6] ^ B[b6] ^ C[c6] ^ D[d6] ^ E[e6] ^ F[f6] ^ G[g6] ^ H[h6],
            A[a7] ^ B[b7] ^ C[c7] ^ D[d7] ^ E[e7] ^ F[f7] ^ G[g7] ^ H[h7],
        ),
        "little",
    )
# fmt: on


def _compress(chained: int, block: int, count: int) -> int:
    """g_N(h, m) of section 8."""
    key = _lps(chained ^ count)
    state = block
    for constant in _CONSTANTS:
        state = _lps(state ^ key)
        key = _lps(key ^ constant)
    return state ^ key ^ chained ^ block


@cache
def _first_keys() -> tuple[int, ...]:
    """The round keys of a message's first block, which are the same for every message."""
    keys = [_lps(0)]
    for constant in _CONSTANTS:
        keys.append(_lps(keys[-1] ^ constant))
    return tuple(keys)


def _compress_first(block: int) -> int:
    *keys, last = _first_keys()
    state = block
    for key in keys:
        state = _lps(state ^ key)
    return state ^ last ^ block


def streebog512(message: bytes) -> bytes:
    """The 64 bytes of the digest of `message`, in the order in which they are written to files."""
    chained = count = total = 0
    whole = len(message) - len(message) % _BLOCK
    for start in range(0, whole, _BLOCK):
        block = int.from_bytes(message[start : start + _BLOCK], "little")
        chained = _compress(chained, block, count) if start else _compress_first(block)
        count += 8 * _BLOCK
        total = (total + block) & _MASK
    rest = message[whole:]
    block = int.from_bytes(rest, "little") | 1 << (8 * len(rest))
    chained = _compress(chained, block, count) if whole else _compress_first(block)
    count += 8 * len(rest)
    total = (total + block) & _MASK
    return _compress(_compress(chained, count, 0), total, 0).to_bytes(_BLOCK, "little")
