"""Signatures GOST 34.10-2015 of the national certification authority: GOST R 34.10-2012 with a 512-bit key on the
curve id-tc26-gost-3410-12-512-paramSetA (RFC 7836, appendix A.2), after RFC 7091, section 6.2.

Only verification: everything here is public, so nothing has to take the same time for every value.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

_P = (1 << 512) - 569
_A = _P - 3
_B = int(
    "e8c2505dedfc86ddc1bd0b2b6667f1da34b82574761cb0e879bd081cfd0b6265"
    "ee3cb090f30d27614cb4574010da90dd862ef9d4ebee4761503190785a71c760",
    16,
)
_Q = int(
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
    "27e69532f48d89116ff22b8d4e0560609b4b38abfad2b85dcacdb1411f10b275",
    16,
)
_G = (
    3,
    int(
        "7503cfe87a836ae3a61b8816e25450e6ce5e1c93acf1abc1778064fdcbefa921"
        "df1626be4fd036e93d75e6a50e3a41e98028fe5fc235f5b889a589cb5215f2a4",
        16,
    ),
)
_MASK = (1 << 512) - 1
_FOLD = 569  # 2^512 is 569 modulo p, so the upper half of a product is folded instead of divided
_SIZE = 64
_KEY_WINDOW, _BASE_WINDOW = 5, 8

Affine = tuple[int, int]
Jacobian = tuple[int, int, int]
_INFINITY: Jacobian = (0, 1, 0)


@dataclass(frozen=True)
class GostKey:
    """A public key: a point of the curve other than infinity."""

    x: int
    y: int


def public_key(octets: bytes) -> GostKey:
    """The key written as x and y, 64 bytes each, little-endian. Raises ValueError when it is no point of the curve."""
    if len(octets) != 2 * _SIZE:
        raise ValueError("a GOST 34.10-2015 key has 128 bytes")
    x = int.from_bytes(octets[:_SIZE], "little")
    y = int.from_bytes(octets[_SIZE:], "little")
    # The curve's order is prime (cofactor 1), so a point of the curve is a point of the group.
    if x >= _P or y >= _P or (y * y - (x * x * x + _A * x + _B)) % _P:
        raise ValueError("the key is not a point of the curve")
    return GostKey(x, y)


def verifies(key: GostKey, digest: bytes, signature: bytes) -> bool:
    """Whether `signature` (128 bytes) is over `digest` (64 bytes) with `key`.

    Two ways of writing (r, s) are met: little-endian r then s in what people and the test authority sign, and
    big-endian s then r (RFC 4491, section 2.2.2) in the root certificate of 2022. The two numbers are checked alike.
    """
    if len(signature) != 2 * _SIZE or len(digest) != _SIZE:
        return False
    first, second = signature[:_SIZE], signature[_SIZE:]
    written = (
        (int.from_bytes(first, "little"), int.from_bytes(second, "little")),
        (int.from_bytes(second, "big"), int.from_bytes(first, "big")),
    )
    e = int.from_bytes(digest, "little") % _Q or 1
    return any(_holds(key, e, r, s) for r, s in written)


def _holds(key: GostKey, e: int, r: int, s: int) -> bool:
    if not (0 < r < _Q and 0 < s < _Q):
        return False
    v = pow(e, -1, _Q)
    x, _, z = _sum_of_multiples(s * v % _Q, -r * v % _Q, key)
    if z % _P == 0:
        return False
    inverse = pow(z, -1, _P)
    return x * inverse * inverse % _P % _Q == r


def _doubled(point: Jacobian) -> Jacobian:
    """Twice `point`, for a curve with a = -3 (dbl-2001-b)."""
    x, y, z = point
    delta = z * z
    delta = (delta & _MASK) + (delta >> 512) * _FOLD
    gamma = y * y
    gamma = (gamma & _MASK) + (gamma >> 512) * _FOLD
    beta = x * gamma % _P
    alpha = 3 * (x - delta) * (x + delta) % _P
    x3 = (alpha * alpha - 8 * beta) % _P
    z3 = (2 * y * z) % _P
    y3 = (alpha * (4 * beta - x3) - 8 * gamma * gamma) % _P
    return x3, y3, z3


def _added(point: Jacobian, other: Affine) -> Jacobian:
    """`point` + `other` (madd-2007-bl without its doublings)."""
    x1, y1, z1 = point
    x2, y2 = other
    if not z1:
        return x2, y2, 1
    zz = z1 * z1
    zz = (zz & _MASK) + (zz >> 512) * _FOLD
    h = (x2 * zz - x1) % _P
    rise = (y2 * z1 * zz - y1) % _P
    if not h:
        return _INFINITY if rise else _doubled(point)
    hh = h * h
    hh = (hh & _MASK) + (hh >> 512) * _FOLD
    v = x1 * hh % _P
    hhh = h * hh % _P
    x3 = (rise * rise - hhh - 2 * v) % _P
    return x3, (rise * (v - x3) - y1 * hhh) % _P, z1 * h % _P


def _odd_multiples(point: Affine, window: int) -> list[Affine]:
    """1, 3, 5 … times `point`, as many as a window of that width can ask for, with one inversion for all."""
    twice = _affine([_doubled((*point, 1))])[0]
    multiples: list[Jacobian] = [(*point, 1)]
    while len(multiples) < 1 << (window - 2):
        multiples.append(_added(multiples[-1], twice))
    return _affine(multiples)


def _affine(points: list[Jacobian]) -> list[Affine]:
    """Montgomery's trick; none of `points` is infinity, since the group's order is prime and the multiples small."""
    products = [1]
    for _, _, z in points:
        products.append(products[-1] * z % _P)
    inverse = pow(products[-1], -1, _P)
    found: list[Affine] = []
    for (x, y, z), before in zip(reversed(points), reversed(products[:-1]), strict=True):
        own = inverse * before % _P
        inverse = inverse * z % _P
        square = own * own % _P
        found.append((x * square % _P, y * square * own % _P))
    return found[::-1]


@lru_cache(maxsize=1)
def _base_multiples() -> list[Affine]:
    return _odd_multiples(_G, _BASE_WINDOW)


@lru_cache(maxsize=64)
def _key_multiples(key: GostKey) -> list[Affine]:
    return _odd_multiples((key.x, key.y), _KEY_WINDOW)


def _digits(number: int, window: int) -> list[int]:
    """The signed digits of `number`, lowest first: odd or zero, few of them not zero (width-w NAF)."""
    digits = []
    while number:
        digit = 0
        if number & 1:
            digit = number & ((1 << window) - 1)
            if digit >> (window - 1):
                digit -= 1 << window
            number -= digit
        digits.append(digit)
        number >>= 1
    return digits


def _sum_of_multiples(of_base: int, of_key: int, key: GostKey) -> Jacobian:
    """`of_base` times the base point plus `of_key` times the key, both in one run of doublings (Straus)."""
    pairs = ((_digits(of_base, _BASE_WINDOW), _base_multiples()), (_digits(of_key, _KEY_WINDOW), _key_multiples(key)))
    point = _INFINITY
    for place in reversed(range(max(len(digits) for digits, _ in pairs))):
        point = _doubled(point)
        for digits, multiples in pairs:
            digit = digits[place] if place < len(digits) else 0
            if digit:
                x, y = multiples[abs(digit) >> 1]
                point = _added(point, (x, y if digit > 0 else _P - y))
    return point
