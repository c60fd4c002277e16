"""Register, log in, log out, a forgotten password."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext, lazy_gettext
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response
from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import EqualTo

from app import clock
from app.db import unit_of_work
from app.demo.guard import require_demo
from app.extensions import db
from app.i18n import language
from app.models import Account, Delivery, Message, Registration
from app.rules.verdict import RuleBroken
from app.security.login_guard import TooManyAttempts
from app.services import accounts
from app.services.reasons import explain
from app.views.public import bp
from app.views.public.fields import PublicForm, Required, iin_or_document, phone
from app.views.public.surroundings import safe_next
from app.views.public.throttle import allowed, next_free

TOKEN, NEXT, MARK, CONSENTED = "registration", "next", "password_mark", "consented"
PER_ADDRESS, PER_NUMBER = "30 per hour", "10 per hour"
LOCKED_FOR = "1 per 5 minutes"


class BeginForm(PublicForm):
    """Phone and number, with the consent without which nothing is looked up."""

    blame = {"CODE_TOO_MANY": "phone"}

    phone = StringField(
        lazy_gettext("Mobile phone"),
        [Required(), phone],
        description=lazy_gettext("As +7 7XX XXX XX XX. A code will come to it."),
        render_kw={"type": "tel", "autocomplete": "tel", "inputmode": "tel"},
    )
    number = StringField(
        lazy_gettext("Your IIN or document number"),
        [Required(), iin_or_document],
        description=lazy_gettext("The parent's, not the child's: 12 digits. Without an IIN, the document number."),
        render_kw={"autocomplete": "off"},
    )
    consent = BooleanField(lazy_gettext("I accept the data policy"), [Required()])


class CodeForm(PublicForm):
    blame = dict.fromkeys(("CODE_WRONG", "CODE_EXPIRED", "CODE_TOO_MANY"), "code")
    code = StringField(
        lazy_gettext("Code from the SMS"),
        [Required()],
        render_kw={"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": "12"},
    )


class PasswordForm(PublicForm):
    """A new password, twice."""

    blame = dict.fromkeys(("PASSWORD_LENGTH", "PASSWORD_WEAK"), "password")

    password = PasswordField(
        lazy_gettext("New password"),
        [Required()],
        description=lazy_gettext("From 8 to 40 characters."),
        render_kw={"autocomplete": "new-password"},
    )
    repeated = PasswordField(
        lazy_gettext("Password once more"),
        [Required(), EqualTo("password", lazy_gettext("The passwords differ. Enter them again."))],
        render_kw={"autocomplete": "new-password"},
    )


class LogInForm(PublicForm):
    name = StringField(
        lazy_gettext("IIN or phone number"), [Required()], render_kw={"autocomplete": "username", "inputmode": "text"}
    )
    password = PasswordField(lazy_gettext("Password"), [Required()], render_kw={"autocomplete": "current-password"})


# ── register ──


@bp.route("/register", methods=["GET", "POST"])
def register() -> Any:
    """Step 1: phone, IIN or document number, consent."""
    _remember_next()
    form = BeginForm()
    if form.validate_on_submit() and _begin(form, accounts.REGISTER):
        return redirect(url_for("public.register_code"))
    if request.method == "GET" and session.get(CONSENTED):
        form.consent.data = True
    samples = _samples()
    return render_template("public/accounts/register.html", form=form, samples=samples), _code_of(form)


@bp.route("/register/code", methods=["GET", "POST"])
def register_code() -> Any:
    """Step 2: the code from the SMS."""
    return _code_page(accounts.REGISTER, "public.register", "public.register_account")


@bp.route("/register/account", methods=["GET", "POST"])
def register_account() -> Any:
    """Step 3: the data of the register and a password."""
    registration = _registration(accounts.REGISTER)
    if registration is None or registration.phone_proved_at is None:
        return _begin_again("public.register")
    form = PasswordForm()
    try:
        found = accounts.registered_person(db.session, registration)
        if form.validate_on_submit():
            with unit_of_work() as work:
                made = accounts.create(work, _again(), form.password.data, clock.now())
            _let_in(made)
            flash(gettext("Welcome. Your account is ready."), "success")
            return redirect(_take_next())
    except RuleBroken as error:
        if error.code not in ("PASSWORD_LENGTH", "PASSWORD_WEAK"):
            return render_template("public/accounts/not_found.html", error=error, sentence=explain(error)), 409
        form.refuse(error)
    return render_template("public/accounts/account.html", form=form, found=found), _code_of(form)


# ── log in and out ──


@bp.route("/login", methods=["GET", "POST"])
def log_in() -> Any:
    """IIN or phone and password. The answer to a wrong one never tells whether the account exists."""
    _remember_next()
    form = LogInForm()
    if not form.validate_on_submit():
        return render_template("public/accounts/log_in.html", form=form, samples=[]), _code_of(form)
    guard = current_app.extensions["kezek.office"].sm.guard
    # One key for all the ways to name an account, so that its IIN and its phone do not give two runs of tries.
    found = accounts.find_for_login(db.session, form.name.data)
    key = found[0].username if found else form.name.data
    try:
        guard.check(key)
    except TooManyAttempts:
        form.refuse(RuleBroken("LOGIN_LOCKED", time=next_free(LOCKED_FOR, clock.now())))
        return render_template("public/accounts/log_in.html", form=form), 429
    with unit_of_work() as work:
        account = accounts.log_in(work, form.name.data, form.password.data, clock.now())
    if account is None:
        guard.failed(key)
        form.refuse(RuleBroken("LOGIN_WRONG"))
        return render_template("public/accounts/log_in.html", form=form), 401
    _let_in(account)
    guard.succeeded(key)
    return redirect(_take_next())


@bp.post("/logout")
def log_out() -> Response:
    """Ends the session. POST, so that another site's picture cannot log a parent out."""
    logout_user()
    session.clear()
    flash(gettext("You have logged out."), "success")
    return redirect(url_for("public.home"))


@bp.before_app_request
def end_old_sessions() -> None:
    """A session that began under an older password is over on every device."""
    mark = session.get(MARK)
    if mark is not None and current_user.is_authenticated and mark != accounts.password_mark(current_user):
        logout_user()
        session.pop(MARK, None)


# ── forgotten password ──


@bp.route("/forgotten", methods=["GET", "POST"])
def forgotten() -> Any:
    """Phone and IIN of the account; the same answer whether or not there is one."""
    form = BeginForm()
    if form.validate_on_submit() and _begin(form, accounts.RESET):
        return redirect(url_for("public.forgotten_code"))
    return render_template("public/accounts/forgotten.html", form=form), _code_of(form)


@bp.route("/forgotten/code", methods=["GET", "POST"])
def forgotten_code() -> Any:
    """The code from the SMS."""
    return _code_page(accounts.RESET, "public.forgotten", "public.new_password")


@bp.route("/forgotten/password", methods=["GET", "POST"])
def new_password() -> Any:
    """A new password after the code."""
    registration = _registration(accounts.RESET)
    if registration is None or registration.phone_proved_at is None:
        return _begin_again("public.forgotten")
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as work:
                account = accounts.set_password(work, _again(), form.password.data, clock.now())
        except RuleBroken as error:
            form.refuse(error)
        else:
            _let_in(account)
            flash(gettext("The password is changed. You are logged in."), "success")
            return redirect(_take_next())
    return render_template("public/accounts/new_password.html", form=form), _code_of(form)


# ── steps they share ──


def _begin(form: BeginForm, purpose: str) -> bool:
    now = clock.now()
    if not allowed(f"{purpose}-address", PER_ADDRESS) or not allowed(f"{purpose}-number", PER_NUMBER, form.number.data):
        form.refuse(RuleBroken("CODE_TOO_MANY", time=next_free(PER_NUMBER, now)))
        return False
    try:
        with unit_of_work() as work:
            begun = accounts.begin(work, purpose, form.phone.data, form.number.data, language(), now)
            token = begun.token
    except RuleBroken as error:
        form.refuse(error)
        return False
    session[TOKEN] = token
    return True


def _code_page(purpose: str, begin: str, onwards: str) -> Any:
    registration = _registration(purpose)
    if registration is None:
        return _begin_again(begin)
    form = CodeForm()
    if request.method == "POST":
        if "again" in request.form:
            if _send_again(form):
                return redirect(request.path)
        elif form.validate() and _is_right(form):
            return redirect(url_for(onwards))
    again_at = accounts.resend_at(db.session, registration)
    facts = {
        "phone": registration.phone,
        "again_at": clock.local(again_at) if again_at > clock.now() else None,
        "begin": url_for(begin),
        "purpose": purpose,
        "demo_code": _demo_code(registration),
    }
    return render_template("public/accounts/code.html", form=form, **facts), _code_of(form)


def _send_again(form: CodeForm) -> bool:
    try:
        with unit_of_work() as work:
            accounts.send_again(work, _again(), clock.now())
    except RuleBroken as error:
        form.refuse(error)
        return False
    flash(gettext("A new code has been sent."), "success")
    return True


def _is_right(form: CodeForm) -> bool:
    with unit_of_work() as work:
        wrong = accounts.prove_phone(work, _again(), form.code.data, clock.now())
    if wrong is None:
        return True
    form.code.data = ""
    form.refuse(wrong)
    return False


def _registration(purpose: str) -> Registration | None:
    found = accounts.live(db.session, session.get(TOKEN), clock.now())
    return found if found is not None and found.purpose == purpose else None


def _again() -> Registration:
    """The same row inside a unit of work, which begins with a fresh look."""
    found = accounts.live(db.session, session.get(TOKEN), clock.now())
    if found is None:
        raise RuleBroken("STALE")
    return found


def _begin_again(endpoint: str) -> Response:
    flash(gettext("The time for these steps is over. Begin again."), "warning")
    return redirect(url_for(endpoint))


def _let_in(account: Account) -> None:
    """Logs in for thirty days in a session that shares nothing with the stranger's one."""
    kept = {key: session[key] for key in (NEXT, CONSENTED) if key in session}
    session.clear()
    session.update(kept)
    login_user(account)
    session.permanent = True
    session[MARK] = accounts.password_mark(account)


def _remember_next() -> None:
    wanted = safe_next(request.args.get("next"), "")
    if wanted:
        session[NEXT] = wanted


def _take_next() -> str:
    return safe_next(session.pop(NEXT, None), url_for("public.applications"))


def _code_of(form: PublicForm) -> int:
    return 422 if form.errors else 200


def _samples() -> list[Any]:
    """Invented people a newcomer to the demonstration may register as."""
    if not current_app.config["DEMO"]:
        return []
    from importlib.util import find_spec

    if find_spec("app.demo.town") is None:
        return []
    from app.demo.town import sample_identities

    return sample_identities()


def _demo_code(registration: Registration) -> str | None:
    """The SMS that a phone would have received, shown in the demonstration alone."""
    if not current_app.config["DEMO"]:
        return None
    require_demo()
    row = db.session.execute(
        db.select(Delivery.demo_text, Message.facts)
        .join(Message, Message.id == Delivery.message_id)
        .where(Delivery.address == registration.phone, Message.template == "A1", Message.person_id.is_(None))
        .order_by(Message.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    return row.demo_text or row.facts.get("code")
