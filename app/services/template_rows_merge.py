"""Messages of a request to take an application over: SMS, title and body of each."""

from __future__ import annotations

from typing import Final

from app.words import N_

MERGE: Final[dict[str, tuple[str, str, str]]] = {
    "G5": (
        N_("Request for your application: {child}. Last day: {date}"),
        N_("The other parent asks for the application"),
        N_("Child: {child}. Asked by: {name}. If you agree, this parent becomes the applicant. Last day: {date}."),
    ),
    "G6": (
        N_("The application has a new applicant: {child}"),
        N_("The application was handed over"),
        N_("Child: {child}. Applicant: {name}. The place in the queue is kept."),
    ),
    "G7": (
        N_("The application was not handed over: {child}"),
        N_("The application was not handed over"),
        N_("Child: {child}. The other parent did not agree, or did not answer in time."),
    ),
}
