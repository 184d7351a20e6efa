"""Lists inside one text, as the attributes of a diagram or a form hold them."""


def listed(text: str) -> list[str]:
    """Return the entries of a text that lists them with commas, without blanks around them and without empty ones."""
    return [entry.strip() for entry in text.split(",") if entry.strip()]
