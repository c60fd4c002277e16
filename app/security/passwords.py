"""What a password must be: long enough and not one of the first that are tried."""

from __future__ import annotations

from flask_appbuilder.exceptions import PasswordComplexityValidationError
from flask_babel import gettext

SHORTEST = 10
LONGEST = 200  # hashing an endless one would keep a processor busy
FEWEST_KINDS_OF_CHARACTER = 5


def check_password(password: str) -> None:
    """Raises PasswordComplexityValidationError with a sentence for the person.

    Length and variety only, no recipe of capitals and signs: recipes make passwords alike (NIST SP 800-63B).
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise PasswordComplexityValidationError(
            gettext("The password needs %(shortest)s to %(longest)s characters.", shortest=SHORTEST, longest=LONGEST)
        )
    if len(set(password)) < FEWEST_KINDS_OF_CHARACTER:
        raise PasswordComplexityValidationError(
            gettext("The password repeats the same few characters; choose another.")
        )
