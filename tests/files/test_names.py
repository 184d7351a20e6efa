"""Names of uploaded files."""

import pytest

from app.files.names import MAX_NAME, clean_file_name


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("高级技师证书.pdf", "高级技师证书.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\fakepath\\证书.PDF", "证书.pdf"),
        ("a\x00b\r\n\u202ec.pdf", "abc.pdf"),
        ("\ud800证\ufeff书.pdf", "证书.pdf"),
        ("a:b*c?.pdf", "a_b_c_.pdf"),
        ("   .pdf", "附件.pdf"),
        ("", "附件.pdf"),
        ("...", "附件.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("证书 v1.2", "证书 v1.2.pdf"),
        (" 证书　 附件 .pdf ", "证书 附件.pdf"),
        ("/", "附件.pdf"),
        ("𠮷.pdf", "𠮷.pdf"),
    ],
)
def test_names_are_made_safe_and_keep_their_chinese(given: str, kept: str) -> None:
    assert clean_file_name(given, media_type="application/pdf") == kept


def test_long_names_keep_their_ending() -> None:
    name = clean_file_name("证" * 5000 + ".jpeg", media_type="image/jpeg")
    assert len(name) == MAX_NAME
    assert name.endswith("证.jpeg")


def test_the_ending_follows_the_content() -> None:
    assert clean_file_name("照片", media_type="image/jpeg") == "照片.jpg"
    assert clean_file_name("照片.JPEG", media_type="image/jpeg") == "照片.jpeg"
