"""How a cell of a decision table is read: one understanding for the engine that runs it and for the gate that judges it."""

from app.engine.expressions import ExpressionError, parse

INPUT = "dmninputexpr"
"""The variable that stands for the value of the column in the expression of a cell."""


def is_any(cell: str | None) -> bool:
    """Tell whether a cell admits every value: it is empty or a dash."""
    return (cell or "").strip() in ("", "-")


def cell_source(cell: str) -> tuple[str, bool]:
    """Return the expression of a cell, and whether it is a value that the input has to equal (else it holds or does not).

    `? > 60 and ? < 90` names the input, `>= 60` and `in ["a"]` get it put before them, all else is a value. What is no
    expression either way is returned with the input before it; reading it tells what is wrong.
    """
    text = cell.strip()
    named = _with_input(text)
    if named != text:
        return named, False
    try:
        parse(text)
    except ExpressionError:
        return f"{INPUT} {text}", False
    return text, True


def _with_input(text: str) -> str:
    """Write the input for every question mark that is not inside quotes."""
    quote, written = "", []
    for letter in text:
        if letter in "'\"" and quote in ("", letter):
            quote = "" if quote else letter
        written.append(f" {INPUT} " if letter == "?" and not quote else letter)
    return "".join(written).strip()
