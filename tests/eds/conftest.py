from __future__ import annotations

import pytest

from tests.eds.pki import Town, town


@pytest.fixture
def rsa() -> Town:
    return town("rsa")


@pytest.fixture
def gost() -> Town:
    return town("gost")


@pytest.fixture(params=["rsa", "gost"])
def either(request: pytest.FixtureRequest) -> Town:
    """The town of RSA, then that of GOST: what holds for one must hold for the other."""
    return town(request.param)
