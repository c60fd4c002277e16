"""Environment → settings. The only reader of os.environ; no regulation lives here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent

DEMO_SECRET = "demo-" + "0" * 27
WEAK_SECRETS = {"", "demo", "dev", "change-me", "secret"}


class ConfigError(RuntimeError):
    """The environment does not allow the product to start; the text says what to set."""


def _flag(name: str, default: str = "0") -> bool:
    return os.environ.get(name, default).strip().lower() in {"1", "true", "yes", "on"}


def settings(**overrides: Any) -> dict[str, Any]:
    """All settings, from the environment and `overrides` (tests). Raises ConfigError when they are unsafe."""
    # Without a database of its own an installation is the demo on embedded servers; with one it is the
    # demo only when told so, and a database stamped "production" refuses even then (app/demo/guard.py).
    demo = bool(overrides.get("DEMO", _flag("KEZEK_DEMO", "0" if os.environ.get("DATABASE_URL") else "1")))
    values: dict[str, Any] = {
        "DEMO": demo,
        "SECRET_KEY": os.environ.get("SECRET_KEY", ""),
        "REDIS_URL": os.environ.get("REDIS_URL", ""),
        "SQLALCHEMY_DATABASE_URI": _driver_url(os.environ.get("DATABASE_URL", "")),
        "FILE_STORE": os.environ.get("KEZEK_FILES", ""),
        "SMS_GATEWAY": os.environ.get("KEZEK_SMS_GATEWAY", "outbox"),
        "PUBLIC_URL": os.environ.get("KEZEK_PUBLIC_URL", ""),
        "TRUSTED_PROXIES": int(os.environ.get("KEZEK_TRUSTED_PROXIES", "0")),
        "SESSION_COOKIE_SECURE": _flag("KEZEK_SECURE_COOKIES", "0" if demo else "1"),
        **_fixed_settings(),
    }
    values.update(overrides)
    _fill_embedded_defaults(values)
    _refuse_unsafe(values)
    return values


def _driver_url(url: str) -> str:
    """A PostgreSQL URL as operators write it, with the driver SQLAlchemy needs."""
    for scheme in ("postgres://", "postgresql://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def _fill_embedded_defaults(values: dict[str, Any]) -> None:
    """Where the environment names no database or broker, the embedded ones of `make run` are meant."""
    if values["SQLALCHEMY_DATABASE_URI"] and values["REDIS_URL"] and values["FILE_STORE"]:
        return
    from embedded import addresses

    found = addresses()
    values["SQLALCHEMY_DATABASE_URI"] = values["SQLALCHEMY_DATABASE_URI"] or found.database_url
    values["REDIS_URL"] = values["REDIS_URL"] or found.redis_url
    values["FILE_STORE"] = values["FILE_STORE"] or found.file_store


def _refuse_unsafe(values: dict[str, Any]) -> None:
    """Outside the demo a secret of the installation's own is needed, long enough not to be guessed."""
    secret = values["SECRET_KEY"]
    if values["DEMO"] or values.get("TESTING"):
        values["SECRET_KEY"] = secret or DEMO_SECRET
        return
    if secret.lower() in WEAK_SECRETS or secret.startswith("demo-") or len(secret) < 32:
        raise ConfigError("SECRET_KEY is missing, too short or a demo one: set it to at least 32 random characters")


def _fixed_settings() -> dict[str, Any]:
    return {
        "SQLALCHEMY_TRACK_MODIFICATIONS": False,
        # hide_parameters: an error must never carry a person's data into a log or a page.
        "SQLALCHEMY_ENGINE_OPTIONS": {"pool_pre_ping": True, "hide_parameters": True, "pool_size": 10},
        "FAB_CREATE_DB": False,
        "FAB_UPDATE_PERMS": False,
        "APP_NAME": "Kezek",
        "APP_THEME": "",
        "AUTH_TYPE": 1,
        "AUTH_ROLE_ADMIN": "Admin",
        "AUTH_ROLE_PUBLIC": "Public",
        "FAB_API_SWAGGER_UI": False,
        "FAB_API_MAX_PAGE_SIZE": 100,
        "FAB_ROLES": {},
        "LANGUAGES": {
            "kk": {"flag": "kz", "name": "Қазақша"},
            "ru": {"flag": "ru", "name": "Русский"},
            "en": {"flag": "gb", "name": "English"},
        },
        "BABEL_DEFAULT_LOCALE": "kk",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Almaty",
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),
        "MAX_CONTENT_LENGTH": 12 * 1024 * 1024,
        "MAX_UPLOAD_BYTES": 5 * 1024 * 1024,
        "WTF_CSRF_TIME_LIMIT": None,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": 60 * 60 * 24 * 30,
    }
