"""All groups of pages; a new group adds its line here."""

from flask import Blueprint

from app.web.account.activation import activation
from app.web.account.views import account
from app.web.admin import admin
from app.web.cases.files import files
from app.web.cases.finding import notifications, search
from app.web.cases.papers import papers
from app.web.cases.starting import starting
from app.web.cases.views import cases
from app.web.certificates.objector import objector
from app.web.certificates.registry import registry
from app.web.certificates.views import certificates
from app.web.home import home
from app.web.public import public_pages
from app.web.rounds import rounds
from app.web.rounds.nominations import nominations
from app.web.studio import drafts_data, studio, templates, templates_data
from app.web.tasks.actions import item_pages
from app.web.tasks.checking import checking
from app.web.tasks.desk import desk
from app.web.tasks.mail_address import mail_address
from app.web.tasks.paper_draft import paper_draft
from app.web.tasks.signers import signer_pages
from app.web.tasks.uploads import uploads
from app.web.tasks.urging import urging
from app.web.tasks.views import work_item


def blueprints() -> tuple[Blueprint, ...]:
    """Return the groups of pages in the order in which their addresses are tried."""
    working = (
        home,
        account,
        activation,
        desk,
        work_item,
        checking,
        item_pages,
        paper_draft,
        signer_pages,
        urging,
        mail_address,
        uploads,
        starting,
    )
    file = (cases, papers, files, search, notifications)
    return (
        *working,
        *file,
        rounds,
        nominations,
        public_pages,
        certificates,
        registry,
        objector,
        admin,
        studio,
        drafts_data,
        templates,
        templates_data,
    )
