"""Entry point of web servers (`gunicorn wsgi:app`) and of who changes the schema (`flask --app wsgi db migrate`)."""

from flask_migrate import Migrate

from app import create_app
from app.persistence.schema import MIGRATIONS

app = create_app()
Migrate(app, app.extensions["sqlalchemy"], directory=str(MIGRATIONS))
