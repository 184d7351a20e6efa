"""Builds everything once from the configuration; the only module that knows all floors."""

from dataclasses import replace
from pathlib import Path

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import sessionmaker

from app.documents.credentials import CredentialSource
from app.documents.seals import HttpSealService, NoSealService, SealService
from app.domain.clock import Clock, system_clock
from app.files.store import FileStore
from app.jobs.queue import QUEUE, make_queue, waker
from app.notify.senders import ConsoleMail, MailSender, SmtpMail
from app.persistence.base import Base
from app.persistence.crypto import Cipher, set_cipher
from app.persistence.unit_of_work import prepare
from app.services.calendar_cache import CalendarCache
from app.services.context import Context
from app.services.packages.procedure_cache import ProcedureCache
from app.services.registry_table import build_registry
from app.web.house import CONTEXT
from config import Config

ROOT = Path(__file__).resolve().parent.parent

db = SQLAlchemy(model_class=Base)
"""Owns the engine; sessions are made by the unit of work, so that there is one way to commit."""


def build_app(config: Config | None = None, *, clock: Clock = system_clock) -> Flask:
    """Build the web application: the house with its pages."""
    from app.web.application import build_web  # slow import: all pages, which commands and the worker do without

    config = config or Config.from_environment(ROOT / "instance")
    app = build_house(config, clock=clock)
    return build_web(app, config=config, context=app.extensions[CONTEXT])


def load_pages() -> None:
    """Load all pages and build nothing. For who forks processes that build the application: they share what is loaded."""
    import app.web.application  # noqa: F401  # slow import: all pages, see above


def build_house(config: Config | None = None, *, clock: Clock = system_clock) -> Flask:
    """Build an application with its context, its database and its queue, and without pages."""
    config = config or Config.from_environment(ROOT / "instance")
    app = Flask("app.web", root_path=str(ROOT / "app" / "web"), instance_path=str(config.instance_path))
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)
        context = build_context(config, clock=clock)
        queue = make_queue(config.huey_url, context)
        app.extensions[QUEUE] = queue
        app.extensions[CONTEXT] = replace(context, wake=waker(queue))
    return app


def make_mail(config: Config) -> MailSender | None:
    """Return what sends mail: the server that is named, the console in a demonstration, or nobody: then the bell alone tells."""
    if config.smtp_host:
        return SmtpMail(
            config.smtp_host, config.smtp_port, config.smtp_sender, config.smtp_tls, config.smtp_user, config.smtp_password
        )
    return ConsoleMail() if config.environment == "demo" else None


def make_seals(config: Config) -> SealService:
    """Return the electronic seal service that is named, or what refuses: then papers are sealed on paper."""
    if not config.seal_service:
        return NoSealService()
    return HttpSealService(config.seal_service, token=config.seal_service_token, name=config.seal_service_name)


def build_context(config: Config, *, clock: Clock) -> Context:
    """Combine the adapters for the services; needs an application context, because Flask-SQLAlchemy keeps the engine there."""
    cipher = Cipher(config.data_key.encode())
    set_cipher(cipher)
    return Context(
        sessions=sessionmaker(bind=db.engine, expire_on_commit=False),
        clock=clock,
        files=FileStore(config.files_url, limit_bytes=config.upload_limit_bytes),
        cipher=cipher,
        audit_key=config.audit_key.encode(),
        procedures=ProcedureCache(),
        calendars=CalendarCache(),
        registry=build_registry(mail=make_mail(config)),
        public_base_url=config.public_base_url,
        certificates_folder=str(ROOT / "certificates"),
        synthetic=config.environment != "production",
        wake=lambda: None,
        signing=CredentialSource(config.signing_credential, password=config.signing_password, demo=not config.in_production),
        seals=make_seals(config),
    )
