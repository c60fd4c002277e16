"""The back office: generated lists and forms, and the acts of the lifecycle as buttons."""

from __future__ import annotations

from typing import Any

from flask import Flask

from app.extensions import db


def init_app(app: Flask) -> None:
    """Builds the office inside the factory: a second application in one process gets its own."""
    from app.i18n import select_locale
    from app.views.base import OfficeAppBuilder

    with app.app_context():
        from app.views.office.desk import menu_counts

        builder = OfficeAppBuilder(
            app,
            db.session,
            desk_endpoint="DeskView.today",
            locale_selector=select_locale,
            menu_counts=menu_counts,
        )
        app.extensions["kezek.office"] = builder
        register_views(builder)


def register_views(builder: Any) -> None:
    """The pages, in the order of the menu (texts.md §3.2)."""
    from flask_babel import lazy_gettext as _

    from app.views.office import (
        act_page,
        applications,
        board,
        contracts,
        demo,
        desk,
        filing,
        history,
        operation,
        people,
        placement,
        places,
        reference,
        referrals,
        review,
        rule_sets,
        statistics,
        vouchers,
    )

    menu = (
        (desk.DeskView, "Desk", _("Today")),
        (filing.FilingView, "Filing", _("File on behalf of a parent")),
        (board.BoardView, "Board", _("Groups and places")),
        (review.ReviewView, "Review", _("Check of documents")),
        (applications.ApplicationView, "Applications", _("Applications")),
        (placement.BulletinView, "Bulletins", _("Bulletins")),
        (placement.ClaimView, "Claims", _("Claims")),
        (referrals.ReferralView, "Referrals", _("Referrals")),
        (vouchers.VoucherView, "Vouchers", _("Vouchers")),
        (vouchers.VoucherRoundView, "Voucher rounds", _("Voucher rounds")),
        (vouchers.WaitingListView, "Waiting lists", _("Waiting lists")),
        (contracts.ContractView, "Contracts", _("Contracts")),
        (contracts.DocumentView, "Documents", _("Documents")),
        (applications.StopListView, "Stop-list", _("Stop-list")),
        (contracts.EnrolmentView, "Enrolments", _("Enrolments")),
        (people.ChildView, "Children", _("Children")),
        (people.PersonView, "Guardians", _("Guardians")),
        (people.GuardianshipView, "Guardianships", _("Guardianships")),
        (places.GroupView, "Groups", _("Groups")),
        (places.KindergartenView, "Kindergartens", _("Kindergartens")),
        (statistics.StatisticsView, "Statistics", _("Statistics")),
        (places.LocalityView, "Localities", _("Localities")),
        (reference.BenefitCategoryView, "Benefit categories", _("Benefit categories")),
        (vouchers.PriorityCategoryView, "Priority categories", _("Priority categories")),
        (reference.HolidayView, "Moved days", _("Moved days")),
        (rule_sets.RuleSetsView, "Rules in force", _("Rules in force")),
        (reference.RuleSetAssignmentView, "Rule sets", _("Rule sets of localities")),
        (reference.RuleOverrideView, "Numbers set", _("Numbers set for localities")),
        (history.MessageView, "Messages", _("Messages")),
        (history.DeliveryView, "Deliveries", _("Deliveries")),
        (history.EventView, "Audit log", _("Audit log")),
        (operation.InvariantCheckView, "Invariants", _("Checks of invariants")),
        (operation.JobRunView, "Job runs", _("Job runs")),
    )
    for view, name, label in menu:
        builder.add_view(view, name, label=label)
    builder.add_view(demo.OutboxView, "Demo outbox", label=_("Outbox of the demo"), menu_cond=demo.is_demo)
    builder.add_view(demo.ClockView, "Demo clock", label=_("Clock of the demo"), menu_cond=demo.is_demo)
    builder.add_view_no_menu(act_page.ActView)
    # Accounts and roles come with the security manager, before all else; they are looked at last.
    entries = builder.menu.menu
    entries.sort(key=lambda entry: entry.name == "Settings")
