"""Brings the sample data into an installation."""

from app.cli.samples import people
from app.services.accounts.provisioning import Added, content_mark, provision
from app.services.context import Context

DEMO_PASSWORD = "Linkong@2026Demo"
"""The one password of all accounts of the demonstration. It keeps the rules for passwords; it is printed, so it protects nothing."""


def load_samples(context: Context, *, password: str = DEMO_PASSWORD) -> Added:
    """Add units, accounts, experts and the working-day calendar that are missing; a second call changes nothing."""
    return provision(
        context,
        units=people.units(),
        accounts_=people.account_facts(),
        experts=people.experts(),
        password=password,
    )


def samples_mark() -> str:
    """Return the hash of everything that the sample data say."""
    nominees = [nominee.facts for nominee in people.nominees()]
    return content_mark([people.units(), people.account_facts(), people.experts(), nominees])
