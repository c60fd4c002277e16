"""Extensions, created empty here and filled by create_app. AppBuilder is made inside the factory:
a module-level one gives a second application only two routes."""

from __future__ import annotations

from flask_appbuilder import Model
from flask_appbuilder.models.sqla.base import SQLA
from flask_babel import Babel
from flask_migrate import Migrate
from flask_wtf import CSRFProtect

# FAB's SQLA() brings an empty metadata of its own; sharing Model's lets Alembic see every table.
db = SQLA(metadata=Model.metadata)
migrate = Migrate()
csrf = CSRFProtect()
babel = Babel()
