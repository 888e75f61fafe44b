"""Bringing a database to this version's tables."""

from flask import current_app
from flask_migrate import Migrate, upgrade

from love_market.db import db
from love_market.web.assets import migrations_dir


def migrate() -> None:
    """Bring the database of the running application to the newest migration."""
    if "migrate" not in current_app.extensions:
        Migrate(current_app, db, directory=str(migrations_dir()), render_as_batch=True)
    upgrade()
