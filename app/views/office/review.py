"""/office/review/: the desk that checks documents – what each application rests on, and the two answers to it."""

from __future__ import annotations

from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app import clock
from app.extensions import db
from app.models.enums import QueueType, Role
from app.queries.review import awaiting_review
from app.rules.rule_sets import REVIEWERS, Reviewer
from app.services.access import Actor
from app.views.actor import current_actor

SPECIALISTS = (QueueType.SPECIAL, QueueType.SANATORIUM)


class ReviewView(BaseView):
    """A reviewer sees the own queue, a department the benefits of the general one, an auditor everything."""

    route_base = "/review"
    default_view = "review"
    title = _("Check of documents")

    @expose("/")
    @has_access
    @permission_name("review")
    def review(self) -> str:
        """Applications that await the reader's word, by their last day."""
        actor = current_actor()
        may = self.appbuilder.sm.has_access
        return self.render_template(
            "office/review.html",
            title=gettext("Check of documents"),
            rows=awaiting_review(db.session, actor, queues_of(actor)),
            who=gettext(reviewer_of(actor).msgid),
            today=clock.today(),
            may_confirm=may("confirm_documents", "ApplicationView"),
            may_refuse=may("refuse_documents", "ApplicationView"),
        )


def queues_of(actor: Actor) -> tuple[QueueType, ...]:
    """The queues whose documents are checked at the actor's desk."""
    if Role.REVIEWER in actor.roles and actor.review_queue is not None:
        return (actor.review_queue,)
    return (QueueType.GENERAL,) if Role.DEPARTMENT in actor.roles else tuple(QueueType)


def reviewer_of(actor: Actor) -> Reviewer:
    """In whose name the desk speaks: the kind of queue decides."""
    return dict(REVIEWERS)[queues_of(actor)[0]]
