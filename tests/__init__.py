"""The tests. A package, so that no other `tests` of an installed library (gostcrypto brings one) is taken for it."""
