"""Reading: lists and single rows of what the office works with."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_appbuilder.models.sqla.interface import SQLAInterface

from app import clock
from app.api.answers import SpokenErrors
from app.db import unit_of_work
from app.models import (
    Application,
    Bulletin,
    Child,
    Claim,
    Contract,
    Kindergarten,
    KindergartenGroup,
    Referral,
    StopListEntry,
)
from app.services import record
from app.views.actor import current_actor
from app.views.base import OfficeModelRestApi


class ReadApi(SpokenErrors, OfficeModelRestApi):
    """GET /api/v1/<subject>/ and /api/v1/<subject>/<id>, by the permissions of the office page of the subject."""

    include_route_methods = {"get_list", "get", "info"}
    method_permission_name = {"get_list": "list", "get": "show", "info": "list"}
    openapi_spec_tag = "Kezek"

    def get_headless(self, pk: Any, **kwargs: Any) -> Response:
        """One row. A child's file opened through the API is recorded as through the page."""
        child = self.child_of(pk)
        if child is not None:
            with unit_of_work() as session:
                name = f"{self.datamodel.obj.__tablename__} {pk} api"
                record.file_opened(session, current_actor(), clock.now(), session.get_one(Child, child), name)
        return super().get_headless(pk, **kwargs)

    def child_of(self, pk: Any) -> int | None:
        """The id of the child whose file the row is; None for rows that are nobody's file, or out of reach."""
        return None


class ApplicationApi(ReadApi):
    datamodel = SQLAInterface(Application)
    resource_name = "application"
    class_permission_name = "ApplicationView"
    list_columns = ["id", "number", "status", "queue_type", "stream", "birth_year", "locality.id", "submitted_at"]
    show_columns = [
        *list_columns,
        "child.id",
        "applicant.id",
        "languages",
        "group_type",
        "benefit_check",
        "check_by",
        "missed_referrals",
        "archive_reason",
        "filed_by",
    ]
    search_columns = ["id", "number", "status", "queue_type", "stream", "birth_year", "locality", "submitted_at"]

    def child_of(self, pk: Any) -> int | None:
        row = self.datamodel.get(pk, self._base_filters)
        return row.child_id if row is not None else None


class BulletinApi(ReadApi):
    datamodel = SQLAInterface(Bulletin)
    resource_name = "bulletin"
    class_permission_name = "BulletinView"
    list_columns = [
        "id",
        "kindergarten.id",
        "group.id",
        "locality.id",
        "language",
        "birth_years",
        "places",
        "free",
        "status",
        "publish_at",
    ]
    show_columns = [*list_columns, "group_type", "place_type", "rule_set", "published_at", "priority_until"]
    search_columns = ["id", "kindergarten", "locality", "language", "status", "publish_at"]


class ClaimApi(ReadApi):
    datamodel = SQLAInterface(Claim)
    resource_name = "claim"
    class_permission_name = "ClaimView"
    list_columns = ["id", "application.id", "bulletin.id", "group.id", "kindergarten.id", "status", "claimed_at"]
    list_columns += ["activate_by"]
    show_columns = [*list_columns, "decided_at", "decline_reason", "note"]
    search_columns = ["id", "application", "bulletin", "kindergarten", "status", "claimed_at", "activate_by"]


class ReferralApi(ReadApi):
    datamodel = SQLAInterface(Referral)
    resource_name = "referral"
    class_permission_name = "ReferralView"
    list_columns = ["id", "number", "application.id", "group.id", "kindergarten.id", "status", "issued_at", "use_by"]
    list_columns += ["contract_sent"]
    show_columns = [*list_columns, "cancel_until", "extended_at", "ended_at", "end_reason"]
    search_columns = ["id", "number", "application", "kindergarten", "status", "issued_at", "use_by"]


class ContractApi(ReadApi):
    datamodel = SQLAInterface(Contract)
    resource_name = "contract"
    class_permission_name = "ContractView"
    list_columns = ["id", "number", "application.id", "group.id", "kindergarten.id", "status", "sent_at", "sign_by"]
    list_columns += ["review_by"]
    show_columns = [*list_columns, "returns", "signed_at", "ended_at", "refusal_reason"]
    search_columns = ["id", "number", "application", "kindergarten", "status", "sent_at", "sign_by"]


class StopListApi(ReadApi):
    datamodel = SQLAInterface(StopListEntry)
    resource_name = "stop_list"
    class_permission_name = "StopListView"
    list_columns = ["id", "application.id", "reason", "status", "listed_at", "until_day"]
    show_columns = [*list_columns, "ended_at"]


class GroupApi(ReadApi):
    datamodel = SQLAInterface(KindergartenGroup)
    resource_name = "group"
    class_permission_name = "GroupView"
    list_columns = ["id", "kindergarten.id", "name", "age_group", "birth_years", "language", "group_type"]
    list_columns += ["capacity", "enrolled", "held", "published", "free"]
    show_columns = list_columns
    search_columns = ["id", "kindergarten", "age_group", "language", "group_type", "free"]


class KindergartenApi(ReadApi):
    datamodel = SQLAInterface(Kindergarten)
    resource_name = "kindergarten"
    class_permission_name = "KindergartenView"
    list_columns = ["id", "bin", "name", "kind", "locality.id", "address", "is_open"]
    show_columns = [*list_columns, "phones", "languages", "correction_types"]
    search_columns = ["id", "bin", "name", "kind", "locality", "is_open"]


READ_APIS = (
    ApplicationApi,
    BulletinApi,
    ClaimApi,
    ReferralApi,
    ContractApi,
    StopListApi,
    GroupApi,
    KindergartenApi,
)
