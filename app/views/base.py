"""What every office view is made of. Import from here; the parts live in app/views/fab/."""

from app.security import OFFICE
from app.views.fab.app_builder import OfficeAppBuilder, OfficeIndexView, OfficeLocaleView
from app.views.fab.display import chip, display, mask_iin, show_date, show_moment
from app.views.fab.filters import PerRequestFilters, ScopeFilter
from app.views.fab.forms import AjaxSelectField, LabelledField, LocalDateTimeField
from app.views.fab.interface import OfficeInterface
from app.views.fab.memory import once_per_request
from app.views.fab.model_view import OfficeModelView
from app.views.fab.rest_api import OfficeModelRestApi

__all__ = [
    "OFFICE",
    "AjaxSelectField",
    "LabelledField",
    "LocalDateTimeField",
    "OfficeAppBuilder",
    "OfficeIndexView",
    "OfficeInterface",
    "OfficeLocaleView",
    "OfficeModelRestApi",
    "OfficeModelView",
    "PerRequestFilters",
    "ScopeFilter",
    "chip",
    "display",
    "mask_iin",
    "once_per_request",
    "show_date",
    "show_moment",
]
