"""The outbox: deliveries that are due leave through the gateway, in batches, each at its own risk.

The order is claim, send, mark. A row is claimed first, in a commit of its own that counts the try and
puts the next one off, so two workers never hold the same text. It is sent outside any transaction and
marked right after. A worker killed between sending and marking leaves one text that is sent again when
the pause is over: at most one double per killed worker. Marking before sending would lose that text
instead, and a letter that never came can cost a family its place; a letter that came twice cannot.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app.db import unit_of_work
from app.gateways.texting import SendingFailed, Text, TextGateway, gateway
from app.jobs.rows import Outcome, ends_the_run, log_failure
from app.models import Delivery, Message
from app.models.enums import Channel, DeliveryStatus
from app.services.templates import Rendered, render

BATCH = 50
#: Pauses after the first, second … try, in minutes; after the last one the delivery has failed.
PAUSES = (1, 2, 5, 15, 30, 60, 120, 240)


@dataclass(frozen=True)
class Due:
    """A claimed delivery with what is needed to send it."""

    id: int
    message_id: int
    channel: Channel
    address: str
    language: str
    tries: int
    template: str
    facts: dict[str, Any]


def send_messages(now: dt.datetime) -> Outcome:
    """Sends every delivery that is due. Outcome: sent, put off for later, given up."""
    outcome: Outcome = {"done": 0, "failed": 0, "given_up": 0}
    while batch := _claim(now):
        for due in batch:
            _send(due, now, outcome)
    return outcome


def _claim(now: dt.datetime) -> list[Due]:
    """The next batch, its try counted and its next one put off; rows another worker holds are passed over."""
    with unit_of_work() as session:
        rows = session.execute(
            select(Delivery, Message.template, Message.facts)
            .join(Message, Message.id == Delivery.message_id)
            .where(Delivery.status == DeliveryStatus.PENDING, Delivery.next_try_at <= now)
            .order_by(Delivery.next_try_at, Delivery.id)
            .limit(BATCH)
            .with_for_update(of=Delivery, skip_locked=True)
        ).all()
        batch = []
        for delivery, template, facts in rows:
            delivery.tries += 1
            delivery.next_try_at = now + _pause(delivery.tries)
            batch.append(
                Due(
                    delivery.id,
                    delivery.message_id,
                    delivery.channel,
                    delivery.address,
                    delivery.language,
                    delivery.tries,
                    template,
                    facts,
                )
            )
        return batch


def _send(due: Due, now: dt.datetime, outcome: Outcome) -> None:
    way = gateway()
    try:
        words = _words(render(due.template, due.facts, due.language), due.channel)
        way.send(Text(due.channel, due.address, *words))
    except SendingFailed as refused:
        _put_off(due, str(refused), outcome)
    except Exception as error:
        if ends_the_run(error):
            raise
        log_failure("send_messages", due.id, error)
        _put_off(due, type(error).__name__, outcome)
    else:
        _mark_sent(due, words, way, now)
        outcome["done"] += 1


def _words(rendered: Rendered, channel: Channel) -> tuple[str, str]:
    """Subject and body for the channel."""
    if channel is Channel.SMS:
        return "", rendered.sms or rendered.title
    return rendered.title, rendered.body


def _mark_sent(due: Due, words: tuple[str, str], way: TextGateway, now: dt.datetime) -> None:
    kept = "\n\n".join(part for part in words if part) if way.keeps_text else None
    with unit_of_work() as session:
        session.execute(
            update(Delivery)
            .where(Delivery.id == due.id, Delivery.status == DeliveryStatus.PENDING)
            .values(status=DeliveryStatus.SENT, sent_at=now, failure=None, demo_text=kept)
        )
        _forget_code(session, due)


def _put_off(due: Due, why: str, outcome: Outcome) -> None:
    """Notes why; the next try stands already. After the last one the delivery has failed, visibly."""
    given_up = due.tries > len(PAUSES)
    status = DeliveryStatus.FAILED if given_up else DeliveryStatus.PENDING
    with unit_of_work() as session:
        session.execute(
            update(Delivery)
            .where(Delivery.id == due.id, Delivery.status == DeliveryStatus.PENDING)
            .values(status=status, failure=why[:300])
        )
        if given_up:
            _forget_code(session, due)
    outcome["given_up" if given_up else "failed"] += 1


def _forget_code(session: Session, due: Due) -> None:
    """A one-time code does not stay in the database once it has left."""
    if "code" in due.facts:
        session.execute(
            text("UPDATE message SET facts = facts - 'code' WHERE id = :id"),
            {"id": due.message_id},
        )


def _pause(tries: int) -> dt.timedelta:
    return dt.timedelta(minutes=PAUSES[min(tries, len(PAUSES)) - 1])
