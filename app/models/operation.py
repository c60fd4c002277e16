"""How the installation itself is doing: its stamp, the runs of its jobs, its checks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import BigInteger, Identity, Index, Integer, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import UtcDateTime


class Setting(Model):
    """One fact about the installation, for example whether it is the demo and its clock's offset."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class JobRun(Model):
    """One due run of a scheduled job. The key makes a run happen once, however many schedulers there are."""

    __tablename__ = "job_run"
    __table_args__ = (
        Index("ix_job_run_unfinished", "due_at", postgresql_where="finished_at IS NULL"),
        Index("ix_job_run_due_at", "due_at"),
    )

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    due_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, primary_key=True)
    enqueued_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


class InvariantCheck(Model):
    """What one nightly sentence found: zero when the sentence is true."""

    __tablename__ = "invariant_check"
    __table_args__ = (Index("ix_invariant_check_checked_at", "checked_at"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    checked_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    broken: Mapped[int] = mapped_column(Integer)
    sample: Mapped[list[Any]] = mapped_column(JSONB, default=list)
