"""The papers that a round issued, each as it is filed and as it is made again."""

import subprocess
from collections.abc import Iterator
from operator import sub

from sqlalchemy import func, select

from app.cli.rehearsal.running import close
from app.domain.actors import SYSTEM
from app.persistence.models import IssuedPaper, TemplateVersion
from app.services.context import Context
from app.services.issuing import papers, templates
from app.wiring import build_app
from config import Config


def papers_again(config: Config) -> Iterator[tuple[str, bytes, bytes]]:
    """Yield one paper of each template (its key, the filed bytes, the bytes of now), after every template was changed."""
    app = build_app(config)
    context: Context = app.extensions["gongjiang"]
    with app.app_context():
        change_all(context)
        newest = select(func.max(IssuedPaper.id)).group_by(IssuedPaper.template_version_id)
        query = select(IssuedPaper.sha256, TemplateVersion.key).join(
            TemplateVersion, TemplateVersion.id == IssuedPaper.template_version_id
        )
        with context.reading() as tx:
            rows = [(key, sha256) for sha256, key in tx.session.execute(query.where(IssuedPaper.id.in_(newest)))]
        for key, sha256 in rows:
            with context.files.open(sha256) as stream:
                yield key.partition("/")[2], stream.read(), papers.render_again(context, sha256=sha256)
    close(app)


def change_all(context: Context) -> None:
    """Deploy another look of every template, which no paper that is issued already may take on."""
    with context.transaction() as tx:
        for version in tx.session.scalars(select(TemplateVersion)).all():
            files = templates.files_of_version(version)
            files["style.css"] += b"\nbody { color: #999; letter-spacing: 1mm }"
            templates.write_version(tx, actor=SYSTEM, key=version.key, files=files, reason="换了样子")


SHADES = 40
"""Of 256, by which a point may differ: a certificate is drawn in two layers, and edges are mixed otherwise. A moved text differs by all."""


def look_the_same(one: bytes, other: bytes) -> bool:
    """Tell whether the first pages of two papers are the same picture."""
    drawn, again = picture(one), picture(other)
    assert len(drawn) > 100_000
    return len(drawn) == len(again) and max(map(abs, map(sub, drawn, again))) <= SHADES


def picture(pdf: bytes) -> bytes:
    """Return the first page as poppler draws it."""
    command = ["pdftoppm", "-r", "50", "-singlefile", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout
