"""The WSGI entry point: `gunicorn wsgi:app`, `flask --app wsgi …`."""

from app import ConfigError, create_app

try:
    app = create_app()
except ConfigError as error:
    raise SystemExit(str(error)) from None
