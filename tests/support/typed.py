"""What is typed into the fields of the pages: tables of what is refused and of what is taken."""

from __future__ import annotations

from stdnum.it import codicefiscale

from stack.page import Page

Typed = str | list[str]

#: No field takes any of these.
HOSTILE: dict[str, Typed] = {
    "10,000 characters": "x" * 10_000,
    "html": "<script>alert(1)</script>",
    "html in an attribute": '"><img src=x onerror=alert(1)>',
    "sql": "' OR 1=1; DROP TABLE user_entity;--",
    "an expression of a template": "${7*7}",
    "an expression of the messages": "{0} ${username}",
    "a right-to-left mark": "Ma\u200frio",
    "a right-to-left override": "Ma\u202erio",
    "a zero-width space": "Ma\u200brio",
    "a zero byte": "Ma\x00rio",
    "a control character": "Ma\x07rio",
    "a line break": "Ma\nrio\r\nX-Header: 1",
    "a picture": "Mario\U0001f600",
    "another script": "\u041c\u0430\u0440\u0438\u043e",
    "a homoglyph": "M\u0430rio",
}
#: What each field refuses besides.
BAD: dict[str, dict[str, Typed]] = {
    "firstName": {
        "nothing": "",
        "blanks": "   ",
        "256 letters": "a" * 256,
        "no letter": "12",
        "twice": ["A", "B"],
    },
    "lastName": {
        "nothing": "",
        "blanks": "   ",
        "256 letters": "a" * 256,
        "no letter": "-",
        "twice": ["A", "B"],
    },
    "codiceFiscale": {
        "nothing": "",
        "blanks": "   ",
        "15 characters": "RSSMRA75C14H501",
        "a wrong check letter": "RSSMRA75C14H501X",
        "no such day": "RSSMRA75C99H501U",
        "11 digits, the last one wrong": "12345678901",
        "wide letters": "\uff32SSMRA75C14H501L\uff11",
        "twice": ["RSSMRA75C14H501L", "RSSMRA75C14H501L"],
    },
    "gender": {
        "another word": "altro",
        "another language": "Maschio",
        "blanks": "   ",
        "twice": ["male", "female"],
    },
    "email": {
        "no domain": "anna@",
        "a domain of one word": "anna@esempio",
        "two signs": "anna@bruno@example.org",
        "a blank": "an na@example.org",
        "quotes": '"an na"@example.org',
        "two full stops": "anna@example..org",
        "an address of numbers": "anna@[127.0.0.1]",
        "an accent before the sign": "niccolò@example.org",
        "256 letters": "a" * 256 + "@example.org",
        "two addresses": "anna@example.org,bruno@example.org",
        "one more header": "anna@example.org\r\nBcc: bruno@example.org",
        "twice": ["anna@example.org", "bruno@example.org"],
    },
    "mobile": {
        "blanks": "   ",
        "words": "tre tre tre",
        "too short": "12345",
        "too long": "+39 333 1234567 1234567",
        "two signs": "++39 333 1234567",
        "digits of another script": "\u0663\u0663\u0663 1234567",
        "twice": ["333 1234567", "333 7654321"],
    },
    "username": {
        "nothing": "",
        "blanks": "   ",
        "two letters": "ab",
        "256 letters": "a" * 256,
        "an accent": "niccolò",
        "a blank": "anna rossi",
        "twice": ["anna.rossi", "bruno.rossi"],
    },
    "password": {"nothing": "", "blanks": "   ", "129 characters": "Aa-7" * 33, "common": "P@ssw0rd1"},
    "privacy.processing": {"nothing": "", "another word": "on", "no": "no"},
}
#: In a password any character is good; only the rules count.
HOSTILE_PASSWORDS = {"10,000 characters": "Aa-7" * 2_500}
#: Names as people and companies have them.
NAMES = [
    "D'Amico",
    "D’Amico",
    "Niccolò",
    "E",
    "Ng",
    "Dell’Orto-Però",
    "Anna Maria",
    "Müller",
    "Łukasz",
    "Nin\u0303o",
    "A2A S.p.A.",
]
EMAILS = [
    "{}+bollette@example.org",
    "{}@citt\u00e0.example.org",
    "{}@xn--citt-3na.example.org",
    "o'{}@example.org",
]
MOBILES = [
    "3331234567",
    "333 1234567",
    "+39 333 1234567",
    "+393331234567",
    "0039 333 1234567",
    "333-123.4567",
    "+41 79 123 45 67",
]
#: Without their check letter: born abroad, with letters in place of digits (omocodia), a short name.
_PERSONS = ["RSSMRA75C14Z600", "RSSMRA75CMQHRLM", "FOXDRA80A41F205"]
_COMPANIES = ["12345678903"]
CODICI_FISCALI = [*(body + codicefiscale.calc_check_digit(body) for body in _PERSONS), *_COMPANIES]


def said_twice(message: str) -> str:
    """What is wrong with a message that repeats one of its sentences; "" where none does."""
    sentences = [each for each in message.replace(". ", ".|").split("|") if each]
    return "" if len(set(sentences)) == len(sentences) else f"said twice: {message}"


def shown_as_markup(page: Page, typed: Typed) -> str:
    """What is wrong with a page that shows what was typed into it; "" where no markup of it came through."""
    texts = typed if isinstance(typed, list) else [typed]
    return "" if all(text not in page.text for text in texts if "<" in text) else "its markup is in the page"
