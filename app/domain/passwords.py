"""Rules for passwords (GB/T 22239-2019 asks for complexity; the numbers are the domain handbook's, 3.6)."""

from app.domain.errors import InvalidValues

SHORTEST = 10
LONGEST = 128
CLASSES = 3
_WEAK = ("password", "qwertyuiop", "1234567890", "gongjiang", "admin", "abcdefg", "111111", "888888", "iloveyou")


def check_password(password: str, *, username: str) -> None:
    """Refuse a password that breaks a rule; `InvalidValues` (field `new`) says which."""
    sentence = _fault(password, username)
    if sentence:
        raise InvalidValues("password.weak", sentence, fields={"new": sentence})


def _fault(password: str, username: str) -> str | None:
    if not SHORTEST <= len(password) <= LONGEST:
        return f"密码应为 {SHORTEST} 到 {LONGEST} 个字符。"
    if _classes(password) < CLASSES:
        return "密码应包含大写字母、小写字母、数字、符号中的至少三种。"
    lowered = password.casefold()
    if username and username.casefold() in lowered:
        return "密码里不能包含用户名。"
    weak = next((word for word in _WEAK if word in lowered), None)
    if weak:
        return f"密码里有容易被猜到的“{weak}”，请换成别的。"
    return None


def _classes(password: str) -> int:
    tests = (str.isupper, str.islower, str.isdigit, lambda character: not character.isalnum())
    return sum(any(test(character) for character in password) for test in tests)
