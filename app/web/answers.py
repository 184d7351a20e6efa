"""What kind of answer a request wants, and the small answers that several views give."""

from flask import Response, jsonify, make_response, render_template, request

_LONGEST_REASON = 500


def is_htmx() -> bool:
    """Tell whether htmx asks, which puts the answer into the page that is there."""
    return request.headers.get("HX-Request") == "true"


def wants_json() -> bool:
    """Tell whether a script asks for data."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def json_message(sentence: str, status: int, **more: object) -> Response:
    """Answer a script with a sentence for the person."""
    answer = jsonify(message=sentence, **more)
    answer.status_code = status
    return answer


def text_argument(name: str, *, longest: int = 60) -> str:
    """Return a text from the address without control characters, which databases refuse, and no longer than sensible."""
    return clean(request.args.get(name, ""), longest=longest)


def clean(text: str, *, longest: int) -> str:
    """Return the text as one line without control characters and lone surrogates, cut to a length."""
    return "".join(each for each in text[: longest * 2] if _may_stay(each)).strip()[:longest]


def clean_lines(text: str, *, longest: int) -> str:
    """Return a text of several lines, each of them clean, cut to a length.

    Its line breaks stay, and the full-width spaces that stand before the paragraphs of a Chinese text.
    """
    lines = text[: longest * 2].replace("\r\n", "\n").split("\n")
    kept = ("".join(each for each in line if each == "\u3000" or _may_stay(each)) for line in lines)
    return "\n".join(line.rstrip() for line in kept).strip()[:longest]


def _may_stay(character: str) -> bool:
    return character.isprintable() and not "\ud800" <= character <= "\udfff"


def typed(*names: str, longest: int) -> dict[str, str]:
    """Return what was typed into fields of one line."""
    return {name: clean(request.form.get(name, ""), longest=longest) for name in names}


def typed_lines(*names: str, longest: int) -> dict[str, str]:
    """Return what was typed into fields of several lines."""
    return {name: clean_lines(request.form.get(name, ""), longest=longest) for name in names}


def typed_with_reason(*names: str) -> dict[str, str]:
    """Return what was typed into fields of one line, and the reason below them, which keeps its lines."""
    return typed(*names, longest=_LONGEST_REASON) | typed_lines("reason", longest=_LONGEST_REASON)


def page_argument() -> int:
    """Return the page number from the address, the first for anything that is none."""
    return min(whole(request.args.get("page", "1")), 10_000) or 1


def whole(text: str) -> int:
    """Return a whole number that a person typed or a page sent, 0 for anything else and for what no database column holds."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def dialog(template: str, problems: dict[str, str], **values: object) -> Response:
    """Return a page of one form, as a dialog to the script that has opened one; 422 with what is wrong with the form."""
    frame = "components/dialog.html" if is_htmx() else "base.html"
    return make_response(render_template(template, frame=frame, problems=problems, **values), 422 if problems else 200)


def go_to(address: str) -> Response:
    """Lead on after something was done; a dialog is told so, because a script would follow a redirect without showing it."""
    return (
        Response(status=204, headers={"HX-Redirect": address})
        if is_htmx()
        else Response(status=303, headers={"Location": address})
    )
