"""The papers that a round issued, each as it is filed and as it is made again."""

import io
import subprocess
from collections.abc import Iterator

from PIL import Image, ImageChops
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


SHADES = 90
"""Of 256, by which a point may differ: a certificate has coarser outlines (0.04 mm of the point's 0.5). A moved text differs by all."""
OVERSAMPLED = 3
"""How many times as fine papers are drawn as they are compared: poppler moves glyphs to quarters of a pixel."""


def is_same_to_the_byte(filed: bytes, again: bytes) -> bool:
    """Tell whether a filed paper is another to the byte, and then the update that its signature adds."""
    return filed.startswith(again)


def look_exactly_the_same(one: bytes, other: bytes) -> bool:
    """Tell whether the first pages of two papers are the same picture in every point."""
    return picture(one, times=1) == picture(other, times=1)


def look_the_same(one: bytes, other: bytes) -> bool:
    """Tell whether the first pages of two papers are the same picture, even though their outlines are not written alike."""
    drawn, again = (picture(each, times=OVERSAMPLED).reduce(OVERSAMPLED) for each in (one, other))
    furthest = max(most for _, most in ImageChops.difference(drawn, again).getextrema())
    return drawn.size == again.size and furthest <= SHADES


def picture(pdf: bytes, *, times: int) -> Image.Image:
    """Return the first page as poppler draws it, so many times as fine as 50 points an inch."""
    command = ["pdftoppm", "-r", str(50 * times), "-singlefile", "-"]
    drawn = Image.open(io.BytesIO(subprocess.run(command, input=pdf, capture_output=True, check=True).stdout))
    assert drawn.width * drawn.height > 30_000 * times**2
    return drawn
