"""Records what a Django program does in Bitácora. One file, nothing but Django; Django 3.2 and newer, Python 3.8 and newer.

settings.py:
    MIDDLEWARE = ["bitacora_client.BitacoraMiddleware", ...]      # before the others
    BITACORA = {"URL": "http://127.0.0.1:4701", "TOKEN": "bitacora_capture_…", "SPOOL": "/var/lib/shop/bitacora"}
apps.py, in ready():
    bitacora_client.watch_models()                                # or watch_models("shop.Order", …)
anywhere:
    @bitacora_client.registrar_actividad(target="PTE")
    def crear_pte(request): …

What is recorded is freed of its secrets, then written to a bounded spool of small files (each forced to the disk), and sent
by a thread of its own, again and again; Bitácora stores it once. Nothing here ever raises into the program: what goes wrong
is counted, and `status()` tells it.
"""

import asyncio
import atexit
import base64
import collections
import contextlib
import contextvars
import datetime
import decimal
import email.utils
import functools
import gzip
import hashlib
import hmac
import http.client
import inspect
import io
import itertools
import json
import logging
import math
import os
import random
import re
import secrets
import threading
import time
import unicodedata
import urllib.parse
import uuid
import weakref

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

SECRET_KEYS = (
    "password", "passwd", "passphrase", "pass", "pwd", "contraseña", "contrasenya", "clave de acceso", "clave privada",
    "secret", "secreto", "token", "api key", "access key", "private key", "encryption key", "credential", "credencial",
    "authorization", "auth", "bearer", "jwt", "cookie", "session id", "csrf", "xsrf", "otp", "pin", "nip", "signature key",
    "card", "card number", "credit card", "tarjeta", "cvv", "cvc", "cvv2", "cvc2", "csc", "iban", "clabe",
    "curp", "rfc", "nss", "ssn", "social security",
)
STATUS_FIELDS = ("estatus", "status", "estado", "state")
LOGICAL_DELETE = ("estatus", 0)

BODY_BYTES = 64 * 1024
SPOOL_BYTES = 256 * 1024 * 1024
# What was recorded and is not on disk yet; more only when the disk takes nothing.
MEMORY_ENTRIES, MEMORY_BYTES = 20_000, 64 * 1024 * 1024
REFUSED_BYTES = 64 * 1024 * 1024
PATIENCE = 0.1
BATCH_ENTRIES, BATCH_BYTES = 500, 4 * 1024 * 1024
FIRST_WAIT, LONGEST_WAIT = 0.25, 30.0
# What an answer asks to wait is waited, up to this.
LONGEST_TOLD_WAIT = 300.0
ANSWER_PATIENCE = 60
# Smaller bodies are not worth packing.
PACKED_BYTES = 2048
HOPELESS = (400, 413, 415, 422)
# Bitácora takes values nested 200 deep; what lies deeper is left out here, so that the rest is not refused.
DEEPEST_TAKEN = 190
DEEPEST_JSON_BODY = 100

_actor = contextvars.ContextVar("bitacora_actor", default=None)
_correlation = contextvars.ContextVar("bitacora_correlation", default=None)


# --------------------------------------------------------------------------------------------------------------- failures

_log = logging.getLogger("bitacora")
_failures_lock = threading.RLock()
_failures = {"failed": 0, "last_failure": None}
_warned = {}
WARN_AGAIN = 300


def _warn(kind, text):
    """Tells it in the log `bitacora`, each kind once in five minutes. Never holds a lock meanwhile: a log may be a model."""
    now = time.monotonic()
    with _failures_lock:
        if now - _warned.get(kind, -WARN_AGAIN) < WARN_AGAIN:
            return
        _warned[kind] = now
    try:
        _log.warning("%s", text)
    except Exception:
        with _failures_lock:
            _failures["failed"] += 1


def _fail(where, error):
    """Something of ours, or of what the program gave us, raised. An error's text may hold a secret: its kind is told."""
    told = "%s: %s" % (where, type(error).__name__)
    with _failures_lock:
        _failures["failed"] += 1
        _failures["last_failure"] = told
    _warn(told, "Bitácora could not record all of it (%s)" % told)


# ---------------------------------------------------------------------------------------------------------------- secrets
# The same rules as Bitácora's own (src-shared/redaction), one for one: what one of them marks the other marks, and what one
# leaves the other leaves. The tests compare them. JavaScript's \s, \w, \d and \b are spelled out where Python's differ.

_IN_SPACE = "\t\n\x0b\x0c\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_SPACE = "\t\n\x0b\x0c\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200B)))
# A value is looked through to this depth.
DEEPEST_VALUE = 400
TOO_DEEP = "[too deep]"
# Texts inside texts (JSON in a form in JSON …) are opened so many times.
DEEPEST_TEXT = 6
REMEMBERED_NAMES = 10_000


def _pattern(text, flags=0):
    r"""Compiles with \w, \d and \b as ASCII has them, and each \s inside brackets as JavaScript has it."""
    return re.compile(text.replace(r"\s", _IN_SPACE), re.A | flags)


_MARKER = re.compile(r"\[redacted:[a-p]{16}\]\Z")
_MARKER_THERE = re.compile(r"\[redacted:[a-p]{16}\]")
_CREDENTIALS = _pattern(r"([\s]*(?:bearer|basic|token|digest|apikey|negotiate)[\s]+)(.*)\Z", re.I | re.S)
_CARD_SHAPED = _pattern(r"[\d \u00a0-]{13,}\Z")
_BASE64 = _pattern(r"[\w+/-]{24,}={0,2}\Z")
_LONGEST_BASE64 = 4_000_000
_CONTROL = re.compile("[\0-\x08\x0e-\x1f]")
_ADDRESS_WITH_QUERY = _pattern(r"([^\s?=]*)\?([^\s#=&]{1,500}=[^\s#]*)(#[^\s]*)?\Z")
_PERCENT = re.compile(r"%[0-9a-fA-F]{2}")
_PERCENTS = re.compile(r"(?:%[0-9a-fA-F]{2})+")
_ANY_SPACE = _pattern(r"[\s]")
_WORD = _pattern(r"[^\s]+")
_MAYBE_JSON = _pattern(r'[\s]*[\[{"]')
_LONE = re.compile("[\ud800-\udfff]")
_ENCODED_MARKER = re.compile(r"%5Bredacted%3A([a-p]{16})%5D", re.I | re.A)
_KEPT_WORD = re.compile(r"(?:null|true|false|none|undefined)\Z", re.I | re.A)

_PRIVATE_KEY = re.compile(
    r"-----BEGIN ((?:[A-Z0-9]{1,20} ){0,3})PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END \1PRIVATE KEY(?: BLOCK)?-----|\Z)", re.S
)
# Looked for from where a run of letters begins, and only where two dots follow: else long texts would take forever.
_JWT = _pattern(r"(?<![\w-])(?=[\w-]+\.[\w-]{5,}\.)([\w-]*?)\beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*){1,3}")
_KNOWN_TOKEN = _pattern(
    r"\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|npm_\w{30,}|xox[abposr]-[\w-]{10,}|[srp]k_(?:live|test)_\w{10,}|"
    r"sk-[\w-]{20,}|(?:AKIA|ASIA)[A-Z0-9]{16}|AIza[\w-]{30,}|SG\.[\w-]{16,}\.[\w-]{16,}|bitacora_(?:capture|read)_[\w-]{43})(?![\w-])"
)
_SCHEME = _pattern(r"\b(bearer|basic|token|apikey)([ \t]{1,4})([\w.~+/=-]{8,})", re.I)
_TOKEN_SHAPE = re.compile(r"[0-9._~+/=-]")
_BASIC = _pattern(r"[\w+/-]+={0,2}")
_DATABASE_ADDRESS = _pattern(
    r"\b((?!https?:)[a-z][a-z0-9+.-]{1,30}://[^\s/?#\"'<>@:]{0,200}:)([^\s\"'<>]{1,300})(?=@)", re.I
)
_WEB_ADDRESS = _pattern(r"\b(https?://[^\s/?#\"'<>@:]{0,200}:)([^\s/?#\"'<>]{1,300})(?=@)", re.I)
_KEY_ADDRESS = _pattern(r"\b([a-z][a-z0-9+.-]{1,30}://)([\w-]{16,200})(?=@)", re.I)

# The first digits of payment cards by length (ISO/IEC 7812 issuers).
_CARD_ISSUERS = tuple(
    (frozenset(lengths), re.compile(start))
    for lengths, start in (
        ((13, 16, 19), r"4"),
        ((16,), r"(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)"),
        ((15,), r"3[47]"),
        ((14, 16, 19), r"3(?:0[0-5]|[689])"),
        ((16, 17, 18, 19), r"(?:6011|64[4-9]|65|62|35(?:2[89]|[3-8]))"),
        ((13, 14, 15, 16, 17, 18, 19), r"(?:50|5[6-9]|6[0-9])"),
    )
)
_DIGITS = re.compile(r"[0-9]{13,19}\Z")
_DOUBLED = {"0": 0, "1": 2, "2": 4, "3": 6, "4": 8, "5": 1, "6": 3, "7": 5, "8": 7, "9": 9}
_DIGIT_RUN = _pattern(r"\d[\d \u00a0-]{11,}\d")
_DIGIT_GROUP = _pattern(r"\d+")
_HASH_LIKE = re.compile(r"[0-9a-f]{24,}", re.I | re.A)

_MAY_HOLD_SECRET = _pattern(
    r"[%<=:]|[\w+/-]{16}|-{5}|(?:bearer|basic|token|apikey) |\d(?:[ \u00a0-]*\d){12}", re.I
)
_INSTANT = _pattern(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?\Z")
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\Z", re.I | re.A)

_SEPARATOR = re.compile(
    r"(?:\\{0,64}[\"']|&quot;|&#0?3[49];)?[ \t]{0,3}(?::=|=>|[:=]|%3[aAdD])[ \t]{0,3}"
)
# On the kinds of the characters (`_kinds`): `a` for letters, `1` for numbers, `m` for marks.
_NAME_BEFORE = re.compile(r"(?:[a1_$][a1m_.$[\]%-]{0,60} )?[a_$][a1m_.$[\]%-]{1,60}\Z")
_LONGEST_NAME = 130
# Between the pairs of a form; a quote that HTML spells with an ampersand is part of a value.
_BETWEEN_PAIRS = re.compile(r"&(?!(?:quot|#0?3[49]);)")
_OPENING = re.compile(r"(?:\\*[\"']|&quot;|&#0?3[49];)")
_PAIR_VALUE = _pattern(r"(?:(?!;[\s]|;\Z|;[\w ]{1,40}=)[^\s&\"'<>\\])+")
_CLAUSE_VALUE = re.compile(r"[^\r\n,;|<>\"&]+")
_ELEMENT = _pattern(r"<([\w:.-]{1,60})(?:[\s][^<>]{0,500})?>([^<]+)")

_FORM = _pattern(r"[^\s=&]{1,500}=[^\s]*\Z")
_SEMICOLON_PAIRS = _pattern(r"[\s]*[\w .-]{1,60}=[^;\r\n]*(?:;[\s]*[\w .-]{1,60}=[^;\r\n]*)+;?[\s]*\Z")
_BOUNDARY = _pattern(r"[\s]*--([^\r\n]{1,200})\r?\n")
_DISPOSITION = _pattern(r"content-disposition[\s]*:", re.I)
_HEAD_END = re.compile(r"\r?\n\r?\n")
_LAST_BREAK = re.compile(r"\r?\n\Z")
_PART_NAME = _pattern(r";[\s]*name\*?=(?:\"((?:[^\"\\]|\\[^\n\r\u2028\u2029])*)\"|([^\s;]+))", re.I)

_STRING_END = re.compile(r'["\\]')
_SCALAR = _pattern(r"[-+.\w]+")
_SPACES = _pattern(r"[\s]*")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.S)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}

_NAMING = frozenset(
    "name key field campo fieldname columna column attribute atributo header parameter param nombre clave".split()
)
_VALUE = frozenset(
    (
        "value values val valor valores oldvalue newvalue old new valoranterior valoractual valornuevo previous previousvalue "
        "current before after antes despues from to content data text texto input"
    ).split()
)


class _Kinds(dict):
    def __missing__(self, code):
        kind = {"L": "a", "N": "1", "M": "m"}.get(unicodedata.category(chr(code))[0], "\0")
        if len(self) < REMEMBERED_NAMES:
            self[code] = kind
        return kind


_NO_NAME = ("\0", " ")
_kinds = _Kinds({ord(sign): sign for sign in "_.$[]% -"})


def _words(name):
    """The words of a name, without accents and capitals."""
    out, before = [], ""
    for letter in unicodedata.normalize("NFD", name):
        kind = unicodedata.category(letter)
        if kind[0] == "M":
            continue
        if kind == "Lu" and (before == "Ll" or before[:1] == "N"):
            out.append(" ")
        out.append(letter)
        before = kind
    plain = "".join(letter if unicodedata.category(letter)[0] in "LN" else " " for letter in "".join(out).lower())
    return plain.split()


def _units(text):
    """Its length as JavaScript counts it."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def _is_card(digits):
    """Whether a text is a number that a payment card could have: its length, its first digits, and its check digit."""
    if not _DIGITS.match(digits):
        return False
    # The check digit of ISO/IEC 7812-1, annex B.
    if (sum(map(int, digits[-1::-2])) + sum(map(_DOUBLED.__getitem__, digits[-2::-2]))) % 10:
        return False
    return any(len(digits) in lengths and start.match(digits) for lengths, start in _CARD_ISSUERS)


def _number_text(number):
    """A number as JavaScript writes it, whose digest is taken."""
    if isinstance(number, int):
        return str(number)
    if not math.isfinite(number):
        return "NaN" if number != number else "Infinity" if number > 0 else "-Infinity"
    if number == 0:
        return "0"
    _, digits, exponent = decimal.Decimal(repr(abs(number))).as_tuple()
    figures = "".join(map(str, digits)).rstrip("0") or "0"
    point = len(digits) + exponent
    sign = "-" if number < 0 else ""
    if len(figures) <= point <= 21:
        return sign + figures + "0" * (point - len(figures))
    if 0 < point <= 21:
        return sign + figures[:point] + "." + figures[point:]
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + figures
    rest = "." + figures[1:] if len(figures) > 1 else ""
    return "%s%s%se%s%d" % (sign, figures[0], rest, "-" if point < 1 else "+", abs(point - 1))


def _well_formed(text):
    return _LONE.sub("\ufffd", text)


def _json_string(text):
    written = json.dumps(text, ensure_ascii=False)
    return _LONE.sub(lambda lone: "\\u%04x" % ord(lone.group()), written)


def _from_percents(text):
    """None when a percent sign stands for itself."""
    if text.count("%") != sum(len(run.group()) // 3 for run in _PERCENTS.finditer(text)):
        return None
    try:
        return _PERCENTS.sub(lambda run: bytes.fromhex(run.group().replace("%", "")).decode("utf-8"), text)
    except UnicodeDecodeError:
        return None


def _from_form(text):
    spaced = text.replace("+", " ")
    said = _from_percents(spaced)
    return spaced if said is None else said


def _encode_around_markers(text):
    encoded = urllib.parse.quote(_well_formed(text), safe="!*'()~")
    return _ENCODED_MARKER.sub(r"[redacted:\1]", encoded)


def _from_base64(digits):
    """As `atob` reads it; None when it is none."""
    if len(digits) % 4 == 0:
        digits = re.sub(r"={1,2}\Z", "", digits)
    if len(digits) % 4 == 1 or "=" in digits:
        return None
    return base64.b64decode(digits + "=" * (-len(digits) % 4))


def _text_in_base64(text):
    if len(text) > _LONGEST_BASE64 or not _BASE64.match(text):
        return None
    digits = text.rstrip("=").replace("-", "+").replace("_", "/")
    if len(digits) % 4 == 1 or _CONTROL.search((_from_base64(digits[:20]) or b"").decode("latin-1")):
        return None
    try:
        said = (_from_base64(digits) or b"").decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(said) or "\ufffd" in said else said


def _is_basic(text):
    """The credentials of basic authentication are `user:password` in base64; a slash of an address may follow."""
    found = _BASIC.match(text.rstrip("/"))
    said = _from_base64(found.group().replace("-", "+").replace("_", "/")) if found else None
    return said is not None and b":" in said


def _may_hold_secret(text):
    """False for a text in which there surely is no secret: nearly all that is recorded ends here."""
    if not _MAY_HOLD_SECRET.search(text):
        return False
    return not (len(text) <= 36 and (_INSTANT.match(text) or _UUID.match(text)))


class _Node:
    """A value in a JSON text, with its place. `kind`: `{`, `[`, `"`, or nothing for numbers and words."""

    __slots__ = ("start", "end", "kind", "text", "members")

    def __init__(self, start, end, kind, text=""):
        self.start, self.end, self.kind, self.text, self.members = start, end, kind, text, []


def _unescaped(raw):
    if "\\" not in raw:
        return raw

    def one(found):
        code, letter = found.groups()
        return chr(int(code, 16)) if code is not None else _ESCAPED.get(letter, letter)

    said = _ESCAPE.sub(one, raw)
    # Two halves of a letter are that letter.
    return said.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass") if _LONE.search(said) else said


def _read_json(text):
    """JSON values one after the other, also repeated names and texts that break off; None when it is no JSON somewhere."""
    length, at = len(text), _SPACES.match(text).end()

    def scalar(start):
        if text[start] != '"':
            found = _SCALAR.match(text, start)
            return _Node(start, found.end(), "", found.group()) if found else None
        place = start + 1
        while True:
            found = _STRING_END.search(text, place)
            if found is None:
                return _Node(start, length, '"', _unescaped(text[start + 1 :]))
            if found.group() == '"':
                return _Node(start, found.end(), '"', _unescaped(text[start + 1 : found.start()]))
            place = min(length, found.start() + 2)

    roots, opened = [], []
    while at < length:
        inside = opened[-1] if opened else None
        sign = text[at]
        if inside is not None and (sign == "," or sign == ("}" if inside.kind == "{" else "]")):
            at += 1
            if sign != ",":
                inside.end = at
                opened.pop()
            at = _SPACES.match(text, at).end()
            continue
        key = None
        if inside is not None and inside.kind == "{":
            key = scalar(at)
            if key is None:
                return None
            at = _SPACES.match(text, key.end).end()
            if at >= length:
                return roots
            if text[at] != ":":
                return None
            at = _SPACES.match(text, at + 1).end()
            if at >= length:
                return roots
        if text[at] in "{[":
            if len(opened) >= DEEPEST_VALUE:
                return None
            node = _Node(at, length, text[at])
            at += 1
        else:
            node = scalar(at)
            if node is None:
                return None
            at = node.end
        if inside is None:
            roots.append(node)
        else:
            inside.members.append((key, node))
        if node.kind in ("{", "["):
            opened.append(node)
        at = _SPACES.match(text, at).end()
    return roots


class Redactor:
    """Puts `[redacted:` and sixteen letters, a keyed digest, in the place of secrets, as Bitácora itself does."""

    def __init__(self, names, key):
        self._key = key
        folded = ["".join(_words(name)) for name in names]
        self._inside = [name for name in folded if len(name) >= 5]
        self._whole = {name for name in folded if name and len(name) < 5}
        self._known, self._facts = {}, {}

    # Names

    def _tells(self, name):
        words = _words(name)
        joined = "".join(words)
        return (
            any(key in joined for key in self._inside) or joined in self._whole or any(word in self._whole for word in words)
        )

    def is_secret(self, name):
        """Whether the value of a field of this name is a secret."""
        if not 2 <= _units(name) <= 200:
            return False
        found = self._known.get(name)
        if found is None:
            found = self._tells(name) or (not name.isascii() and self._tells(unicodedata.normalize("NFKC", name)))
            if len(self._known) >= REMEMBERED_NAMES:
                self._known.clear()
            self._known[name] = found
        return found

    def _facts_of(self, name):
        """Whether it tells a secret, whether it names something, whether it is the value of what is named; the name itself."""
        facts = self._facts.get(name)
        if facts is None:
            joined = "".join(_words(name)) if len(name) <= 200 else ""
            facts = (self.is_secret(name), joined in _NAMING, joined in _VALUE, self.text(name))
            if len(self._facts) >= REMEMBERED_NAMES:
                self._facts.clear()
            if len(name) <= 200:
                self._facts[name] = facts
        return facts

    # Values

    def mark(self, secret):
        """One secret's marker. The scheme of an authorization header stays, and spaces in a card number don't count."""
        found = _CREDENTIALS.match(secret)
        scheme, said = found.groups() if found else ("", secret)
        plain = said.strip(_SPACE)
        if not plain or _MARKER.match(plain):
            return secret
        if _CARD_SHAPED.match(plain):
            plain = re.sub(r"[^0-9]", "", plain)
        digest = hmac.new(self._key, _well_formed(plain).encode("utf-8"), hashlib.sha256).digest()[:8]
        letters = "".join("abcdefghijklmnop"[byte >> 4] + "abcdefghijklmnop"[byte & 15] for byte in digest)
        return "%s[redacted:%s]" % (scheme, letters)

    def secret(self, value):
        """A value that is a secret itself: each text and number in it becomes a marker."""
        return self._clear(value, True)

    def value(self, value):
        """A JSON value without its secrets."""
        return self._clear(value, False)

    def _clear(self, value, is_secret):
        top, todo = [None], []

        def put(target, place, item, depth, in_list, hidden):
            if isinstance(item, str):
                item = self.mark(item) if hidden else self.text(item)
            elif isinstance(item, (int, float)) and not isinstance(item, bool):
                written = _number_text(item)
                if hidden or _is_card(written):
                    item = self.mark(written)
            elif isinstance(item, (dict, list)):
                if depth >= DEEPEST_VALUE:
                    item = TOO_DEEP
                else:
                    made = {} if isinstance(item, dict) else [None] * len(item)
                    todo.append((item, made, depth + 1, in_list, hidden))
                    item = made
            target[place] = item

        put(top, 0, value, 0, False, is_secret)
        while todo:
            source, made, depth, in_list, hidden = todo.pop()
            if isinstance(source, list):
                # `["password", "…"]` among other pairs.
                pair = in_list and len(source) == 2 and isinstance(source[0], str) and self.is_secret(source[0])
                for place, item in enumerate(source):
                    put(made, place, item, depth, True, hidden or (pair and place == 1))
            elif hidden:
                for name, item in source.items():
                    put(made, name, item, depth, False, True)
            else:
                # `{"name": "password", "value": "…"}`
                pair = any(
                    isinstance(item, str) and self._facts_of(name)[1] and self.is_secret(item) for name, item in source.items()
                )
                for name, item in source.items():
                    tells, _, is_value, kept = self._facts_of(name)
                    put(made, kept, item, depth, False, tells or (pair and is_value))
        return top[0]

    def entry(self, entry):
        """A field's change is told by its name and two values."""
        if isinstance(entry.get("field"), str) and self.is_secret(entry["field"]):
            entry = dict(entry, oldValue=self.secret(entry.get("oldValue")), newValue=self.secret(entry.get("newValue")))
        return self.value(entry)

    # Texts

    def text(self, said, level=0):
        """A text without its secrets: prose, JSON, a form, multipart, a query string, headers, a connection string."""
        if len(said) < 4 or not _may_hold_secret(said):
            return said
        if level >= DEEPEST_TEXT:
            return self._searched(said)
        if _MAYBE_JSON.match(said):
            roots = _read_json(said)
            if roots is not None:
                return self._patterns(self._json_text(said, roots, level))
        if _BOUNDARY.match(said) and _DISPOSITION.search(said[:5000]):
            return self._multipart(said, level)
        if _SEMICOLON_PAIRS.match(said):
            return self._searched(self._semicolon_pairs(said))
        address = _ADDRESS_WITH_QUERY.match(said)
        if address:
            path, query, fragment = address.groups()
            return "%s?%s%s" % (self.text(path, level + 1), self._form(query, level), self.text(fragment or "", level + 1))
        if _FORM.match(said):
            return self._patterns(self._form(said, level))
        inside = _text_in_base64(said)
        if inside is not None and self.text(inside, level + 1) != inside:
            return self.mark(said)
        if _PERCENT.search(said) and not _ANY_SPACE.search(said):
            plain = _from_percents(said)
            if plain is not None and plain != said:
                kept = self.text(plain, level + 1)
                return said if kept == plain else _encode_around_markers(kept)
        kept = self._searched(said)
        if not _PERCENT.search(kept) or not _ANY_SPACE.search(kept):
            return kept

        def word(found):
            return self.text(found.group(), level + 1) if _PERCENT.search(found.group()) else found.group()

        # `POST /payments/4111%201111…`, a line of a log: what is encoded in it is looked at word by word.
        return _WORD.sub(word, kept)

    def _searched(self, said):
        return self._patterns(self._named_values(self._elements(said)))

    def _json_text(self, said, roots, level):
        """JSON is changed in place: what is no secret stays as it was written."""
        out, done = [], 0
        # (node, is secret, in a list), or (name, None, what it becomes)
        todo = [(root, False, False) for root in reversed(roots)]
        while todo:
            node, hidden, more = todo.pop()
            kept = None
            if hidden is None:
                kept = more
            elif node.kind == '"':
                found = self.mark(node.text) if hidden else self.text(node.text, level + 1)
                kept = found if found != node.text else None
            elif node.kind == "":
                if node.text not in ("null", "true", "false") and (hidden or _is_card(node.text)):
                    kept = self.mark(node.text)
            elif node.kind == "[":
                members = node.members
                pair = more and len(members) == 2 and self.is_secret(members[0][1].text)
                todo.extend(
                    (members[place][1], hidden or (pair and place == 1), True) for place in range(len(members) - 1, -1, -1)
                )
            else:
                pair = any(
                    inner.kind == '"' and self._facts_of(key.text)[1] and self.is_secret(inner.text) for key, inner in node.members
                )
                for key, inner in reversed(node.members):
                    tells, _, is_value, name = self._facts_of(key.text)
                    todo.append((inner, hidden or tells or (pair and is_value), False))
                    if name != key.text:
                        todo.append((key, None, name))
            if kept is not None:
                out += (said[done : node.start], _json_string(kept))
                done = node.end
        return "".join(out) + said[done:] if done else said

    def _form(self, said, level):
        """`a=1&b=2`: a form's body, or a query string."""

        def encoded(raw):
            plain = _from_form(raw)
            kept = self.text(plain, level + 1)
            return raw if kept == plain else _encode_around_markers(kept)

        def pair(text):
            name, sign, raw = text.partition("=")
            if not sign:
                return encoded(text)
            if not self.is_secret(_from_form(name)):
                return "%s=%s" % (encoded(name), encoded(raw))
            value = _from_form(raw)
            return "%s=%s" % (encoded(name), self.mark(value) if value.strip(_SPACE) else raw)

        return "&".join(pair(text) for text in _BETWEEN_PAIRS.split(said))

    def _semicolon_pairs(self, said):
        """`Server=x;Password=y`, `sessionid=x; theme=dark`: connection strings and cookies, whose values may have spaces."""

        def pair(text):
            name, sign, value = text.partition("=")
            if not sign or not self.is_secret(name.strip(_SPACE)) or not value.strip(_SPACE):
                return text
            return "%s=%s" % (name, self.mark(value))

        return ";".join(pair(text) for text in said.split(";"))

    def _multipart(self, said, level):
        boundary = "--" + _BOUNDARY.match(said).group(1).rstrip(_SPACE)

        def part(text):
            end = _HEAD_END.search(text)
            if not end:
                return self.text(text, level + 1)
            head, body = text[: end.start()], text[end.end() :]
            content = _LAST_BREAK.sub("", body)
            found = _PART_NAME.search(head)
            name = (found.group(1) if found.group(1) is not None else found.group(2)) if found else ""
            kept = self.mark(content) if self.is_secret(name) and content.strip(_SPACE) else self.text(content, level + 1)
            return self.text(head, level + 1) + end.group() + kept + body[len(content) :]

        return boundary.join(part(text) for text in said.split(boundary))

    def _elements(self, said):
        """`<password>…</password>`."""

        def one(found):
            name, content = found.groups()
            if not self.is_secret(name[name.find(":") + 1 :]) or not content.strip(_SPACE):
                return found.group()
            return found.group()[: -len(content)] + self.mark(content)

        return _ELEMENT.sub(one, said) if "<" in said else said

    def _named_values(self, said):
        """`name: value`, `name=value`, `"name" => 'value'` in any text: headers, connection strings, logs, prose."""
        out, done, at = [], 0, 0
        while True:
            found = _SEPARATOR.search(said, at)
            if not found:
                return "".join(out) + said[done:] if out else said
            sign, at = found.group(), found.end()
            # Nearly all signs have no name before them.
            if found.start() <= done or _kinds[ord(said[found.start() - 1])] in _NO_NAME:
                continue
            begin = max(done, found.start() - _LONGEST_NAME)
            before = said[begin : found.start()]
            name = _NAME_BEFORE.search(before.translate(_kinds))
            if not name:
                continue
            name = before[name.start() :]
            last = name[name.find(" ") + 1 :]
            plain = _from_percents(last) if "%" in last else last
            # Two words make a name before a colon only: `user ana token=…` has its name in one.
            is_secret = self.is_secret(last if plain is None else plain) or (
                (":" in sign or ">" in sign) and self.is_secret(name)
            )
            # An address is no value of its scheme.
            if not is_secret or said.startswith("//", at) or _MARKER_THERE.match(said, max(0, found.start() - 9)):
                continue
            start, end = self._value_span(said, at, sign)
            secret = said[start:end]
            if not secret.strip(_SPACE) or _KEPT_WORD.match(secret.strip(_SPACE)):
                continue
            out += (said[done:start], self.mark(secret))
            done = end
            at = max(end, at)

    @staticmethod
    def _value_span(said, at, sign):
        opening = _OPENING.match(said, at)
        if opening:
            quote, start = opening.group(), opening.end()
            end = said.find(quote, start)
            # `\"` inside plain quotes belongs to the value.
            while end > 0 and len(quote) == 1 and said[end - 1] == "\\":
                end = said.find(quote, end + 1)
            return start, len(said) if end < 0 else end
        way = _CLAUSE_VALUE if ":" in sign or "3a" in sign or "3A" in sign else _PAIR_VALUE
        found = way.match(said, at)
        return at, at + len(found.group().rstrip(_SPACE)) if found else at

    def _patterns(self, said):
        """Secrets that show by their form, wherever they stand in a text."""

        def whole(found):
            return self.mark(found.group())

        def after(found):
            return found.group(1) + self.mark(found.group(2))

        if "-----BEGIN " in said:
            said = _PRIVATE_KEY.sub(whole, said)
        if "eyJ" in said:
            said = _JWT.sub(lambda found: found.group(1) + self.mark(found.group()[len(found.group(1)) :]), said)
        said = _KNOWN_TOKEN.sub(whole, said)
        if "://" in said and "@" in said:
            said = _KEY_ADDRESS.sub(after, _WEB_ADDRESS.sub(after, _DATABASE_ADDRESS.sub(after, said)))

        def scheme(found):
            name, space, token = found.groups()
            if name.lower() == "basic":
                is_secret = _is_basic(token)
            else:
                is_secret = len(token) >= 20 or _TOKEN_SHAPE.search(token)
            return name + space + self.mark(token) if is_secret else found.group()

        return self._cards(_SCHEME.sub(scheme, said))

    def _cards(self, said):
        def run(found):
            text, at = found.group(), found.start()
            before = said[max(0, at - 24) : at]
            after = said[found.end() : found.end() + 24]
            # A decimal fraction, or digits inside a hash: neither is a card.
            if re.search(r"[0-9]\.\Z", before):
                return text
            if re.search(r"[0-9a-fA-F]\Z", before) or re.match(r"[0-9a-fA-F]", after):
                around = re.search(r"[0-9a-zA-Z]*\Z", before).group() + text + re.match(r"[0-9a-zA-Z]*", after).group()
                if _HASH_LIKE.search(around):
                    return text
            return self._cards_in_run(text)

        return _DIGIT_RUN.sub(run, said)

    def _cards_in_run(self, text):
        """Whole groups of digits that together are a card number."""
        groups = [(found.group(), found.start(), found.end()) for found in _DIGIT_GROUP.finditer(text)]
        out, done, first = "", 0, 0
        while first < len(groups):
            digits = ""
            for last in range(first, len(groups)):
                if len(digits) > 19:
                    break
                digits += groups[last][0]
                if len(digits) >= 13 and _is_card(digits):
                    out += text[done : groups[first][1]] + self.mark(digits)
                    done = groups[last][2]
                    first = last
                    break
            first += 1
        return out + text[done:]


# ------------------------------------------------------------------------------------------------------------- the client

def _plain(value, depth=0):
    """A copy of a value as JSON has it, cut where it is nested too deep."""
    if value is None or isinstance(value, (bool, str)):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, int):
        return int(value) if value.bit_length() < 10_000 else "[number: %d bits]" % value.bit_length()
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else _number_text(value)
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray, memoryview)):
        data = bytes(value)
        return "[binary: %d bytes, sha256 %s]" % (len(data), hashlib.sha256(data).hexdigest()[:16])
    if isinstance(value, (dict, list, tuple, set, frozenset)):
        if depth >= DEEPEST_TAKEN:
            return TOO_DEEP
        if isinstance(value, dict):
            made = {}
            for key, item in value.items():
                made[str(key)] = _plain(item, depth + 1)
            return made
        made = []
        for item in value:
            made.append(_plain(item, depth + 1))
        return made
    return str(value)


def _event_id():
    raw = bytearray(int(time.time() * 1000).to_bytes(6, "big") + secrets.token_bytes(10))
    raw[6] = raw[6] & 0x0F | 0x70
    raw[8] = raw[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(raw)))


def _now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat()


def _write_whole(file, data, sync=True):
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(data)
        out.flush()
        if sync:
            os.fsync(out.fileno())


def _sync_folder(folder):
    """The folder's list of names is on disk after this. Windows can't be asked for it, and sees to it by itself."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _told_wait(header):
    """What `Retry-After` asks for in seconds (RFC 9110, section 10.2.3: seconds or a date); 0 when it asks for nothing."""
    text = (header or "").strip()
    try:
        in_seconds = re.match(r"\d{1,9}\Z", text, re.A)
        seconds = float(text) if in_seconds else email.utils.parsedate_to_datetime(text).timestamp() - time.time()
    except (TypeError, ValueError, OverflowError):
        return 0.0
    return min(max(seconds, 0.0), LONGEST_TOLD_WAIT)


def _remove(file):
    with contextlib.suppress(FileNotFoundError):
        os.unlink(file)


def _read_key(file):
    """None when it is missing, or half of one, as a full disk may leave it: that would hide nothing."""
    try:
        with open(file, "rb") as read:
            key = read.read()
    except FileNotFoundError:
        return None
    return key if len(key) == 32 else None


def _open_key(file):
    """The key of the digests, made when there is none: written whole beside its place, so that nobody reads half of one."""
    key = _read_key(file)
    if key is not None:
        return key
    draft = "%s.%d.%s" % (file, os.getpid(), secrets.token_hex(4))
    try:
        _write_whole(draft, secrets.token_bytes(32))
        try:
            os.link(draft, file)
        except FileExistsError:
            # Another process was first, and its key holds; or there is half a key.
            if _read_key(file) is None:
                os.replace(draft, file)
        except OSError:
            os.replace(draft, file)  # No links on this file system.
        _sync_folder(os.path.dirname(file) or ".")
    finally:
        _remove(draft)
    key = _read_key(file)
    if key is None:
        raise OSError("no key could be kept")
    return key


_sequence = itertools.count(1)
# Neither two processes with one number (containers), nor two clients of one process, ever give a file the same name.
_process = secrets.token_hex(4)
_clients = weakref.WeakSet()


class Client:
    """Takes entries, keeps them on disk, sends them. `status()` says how it goes.

    `key_file`: where the key of the digests is (32 bytes; made when missing; else in the spool). Programs that share it,
    or the spool, have equal markers for equal secrets.
    """

    def __init__(
        self, url, token, spool, source=None, max_spool_bytes=SPOOL_BYTES, secret_keys=None, sync=True, key_file=None
    ):
        self._url, self._token, self._spool, self._source, self._sync = url, token, spool, source, sync
        self._most = max_spool_bytes
        os.makedirs(spool, mode=0o700, exist_ok=True)
        self.redactor = Redactor(
            SECRET_KEYS if secret_keys is None else secret_keys, _open_key(key_file or os.path.join(spool, "redaction.key"))
        )
        self._begin()
        self._clear_drafts()
        _clients.add(self)
        atexit.register(self.close)
        if self._files():
            self._wake()  # What an earlier run has left is sent, also when nothing more comes.

    def _begin(self):
        """Everything that belongs to one process: a server that forks its workers leaves threads, locks and memory behind."""
        # One that the same thread can take again: a signal may come in the middle.
        self._lock, self._writing = threading.RLock(), threading.RLock()
        self._taken, self._cleared = collections.deque(), collections.deque()
        self._waiting = self._memory = 0
        self.sent = self.refused = self.dropped = 0
        self._write_problem = self._send_problem = None
        # Seconds, as the last answer asked for.
        self._told_wait = 0.0
        self._closing = threading.Event()
        self._to_write, self._to_send, self._has_room = threading.Event(), threading.Event(), threading.Event()
        self._threads, self._hold_file, self._connection = (), None, None
        self._spool_bytes, self._measured, self._names = 0, -math.inf, collections.deque()

    # Taking

    def record(self, **entry):
        """Takes an entry as `POST /api/entries` knows it, as it is now. Never waits for disk or network, never raises."""
        try:
            plain = _plain(entry)
            plain["eventId"] = plain.get("eventId") or _event_id()
            plain["occurredAt"] = plain.get("occurredAt") or _now()
            if self._source and not plain.get("source"):
                plain["source"] = self._source
            # Its secrets are taken out by the thread that writes: whoever records does not wait for that either.
            self._take(json.dumps(plain, ensure_ascii=False))
        except Exception as error:
            self._drop(1)
            _fail("record", error)

    def _take(self, line):
        with self._lock:
            fits = self._waiting < MEMORY_ENTRIES and self._memory + len(line) <= MEMORY_BYTES
            if fits:
                self._taken.append(line)
                self._waiting += 1
                self._memory += len(line)
        if not fits:
            self._drop(1)
        elif self._closing.is_set():
            self.flush()
        else:
            try:
                self._wake()
            except RuntimeError as error:  # No thread can be started now: it is tried again, and written at the end.
                _fail("thread", error)

    def _drop(self, count):
        with self._lock:
            self.dropped += count
        _warn("dropped", "Bitácora: entries are being lost, there is no room for them (%s)" % (self.problem() or "too many at once"))

    def _wake(self):
        with self._lock:
            if not self._threads or not all(thread.is_alive() for thread in self._threads):
                self._threads = tuple(
                    threading.Thread(target=run, name="bitacora-" + name, daemon=True)
                    for name, run in (("write", self._write_on), ("send", self._send_on))
                )
                for thread in self._threads:
                    thread.start()
        self._to_write.set()

    # Writing

    def flush(self):
        """Writes what is in memory to disk. True when all of it is there, and what was recorded before is on the disk."""
        with self._writing:
            # What others record meanwhile is for the next time: this one ends.
            left = len(self._taken)
            try:
                while left > 0 or self._cleared:
                    left -= self._clear_some()
                    while self._cleared:
                        self._write_some()
            except OSError as error:
                # It stays in memory and is tried again, as long as there is room.
                self._write_problem = _reason(error)
                _warn("spool", "Bitácora: what is recorded can't be kept on disk (%s)" % self._write_problem)
                with contextlib.suppress(OSError):
                    os.makedirs(self._spool, mode=0o700, exist_ok=True)
                return False
            self._write_problem = None
            return True

    def _clear_some(self):
        """Takes the secrets out of some of what was taken, and says of how much."""
        with self._lock:
            lines = [self._taken.popleft() for _ in range(min(len(self._taken), BATCH_ENTRIES))]
        for line in lines:
            kept = None
            try:
                said = json.dumps(self.redactor.entry(json.loads(line)), ensure_ascii=False)
                kept = _well_formed(said).encode("utf-8")
                self._cleared.append(kept)
            except Exception as error:
                self._drop(1)
                _fail("redaction", error)
            with self._lock:
                self._memory += (len(kept) if kept is not None else 0) - len(line)
                self._waiting -= kept is None
        return len(lines)

    def _write_some(self):
        """One file, whole, and in its place before it counts."""
        first = len(self._cleared[0]) + 1
        self._measure(first)
        room = self._most - self._spool_bytes
        if first > self._most:
            with self._lock:
                self._waiting -= 1
                self._memory -= len(self._cleared.popleft())
            self._drop(1)
            return
        if first > room:
            raise OSError("the spool is full")
        count = size = 0
        while count < min(len(self._cleared), BATCH_ENTRIES):
            more = len(self._cleared[count]) + 1
            if size + more > room or (count and size + more > BATCH_BYTES):
                break
            size += more
            count += 1
        name = "%015d-%d-py-%s-%08d.ndjson" % (time.time() * 1000, os.getpid(), _process, next(_sequence))
        file = os.path.join(self._spool, name)
        draft = file + ".draft"
        try:
            _write_whole(draft, b"".join(line + b"\n" for line in itertools.islice(self._cleared, count)), self._sync)
            os.replace(draft, file)
            if self._sync:
                _sync_folder(self._spool)
        except OSError:
            # What is not known to be on the disk is not left there: it is written again under another name.
            for left in (draft, file):
                with contextlib.suppress(OSError):
                    os.unlink(left)
            raise
        for _ in range(count):
            self._cleared.popleft()
        with self._lock:
            self._spool_bytes += size
            self._waiting -= count
            self._memory -= size - count
        self._to_send.set()

    def _measure(self, wanted=0):
        """What the spool holds, counted anew now and then: other processes write to it and send from it."""
        now = time.monotonic()
        patience = 0.5 if self._spool_bytes + wanted > self._most else 5
        if now - self._measured >= patience:
            self._measured = now
            self._spool_bytes = sum(size for _, size in self._files())

    def _files(self):
        found = []
        with os.scandir(self._spool) as entries:
            for entry in entries:
                if entry.name.endswith(".ndjson"):
                    with contextlib.suppress(FileNotFoundError):
                        found.append((entry.name, entry.stat().st_size))
        return found

    def _clear_drafts(self):
        """What a killed process was just writing: nobody counts on it."""
        with contextlib.suppress(OSError), os.scandir(self._spool) as entries:
            for entry in entries:
                if entry.name.endswith(".draft") and time.time() - entry.stat().st_mtime > 60:
                    os.unlink(entry.path)

    def _write_on(self):
        wait = PATIENCE
        while not self._closing.is_set():
            self._to_write.wait()
            self._to_write.clear()
            # What comes together goes into one file.
            self._closing.wait(PATIENCE)
            try:
                done = self.flush()
            except Exception as error:
                done = False
                _fail("spool", error)
            if done:
                wait = PATIENCE
                continue
            # Tried again after a while, or as soon as something was sent.
            wait = min(wait * 2, LONGEST_WAIT / 6)
            self._has_room.wait(wait)
            self._has_room.clear()
            self._to_write.set()

    # Sending

    def _hold(self):
        """Of several processes that share a spool one sends. The system lets go of it when that one ends, however."""
        if fcntl is None or self._hold_file is not None:
            return True
        file = open(os.path.join(self._spool, "sender.lock"), "ab")
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            file.close()
            return False
        except OSError:
            pass  # A file system without locks: then several send, and each entry is stored once all the same.
        self._hold_file = file
        return True

    def _oldest(self):
        if not self._names:
            self._names.extend(sorted(name for name, _ in self._files()))
        return self._names[0] if self._names else None

    def _post(self, body):
        """The status of the answer, and its code."""
        target = urllib.parse.urlsplit(self._url)
        headers = {"Authorization": "Bearer " + self._token, "Content-Type": "application/x-ndjson"}
        if len(body) > PACKED_BYTES and not re.match(r"localhost\Z|127\.|::1\Z", target.hostname or ""):
            headers["Content-Encoding"] = "gzip"
            body = gzip.compress(body)
        for fresh in (False, True):
            if self._connection is None:
                fresh = True
                kind = http.client.HTTPSConnection if target.scheme == "https" else http.client.HTTPConnection
                self._connection = kind(target.hostname, target.port, timeout=ANSWER_PATIENCE)
            try:
                self._connection.request("POST", "/api/entries", body, headers)
                answer = self._connection.getresponse()
                said = answer.read()
                if answer.will_close:
                    self._hang_up()
                break
            except (OSError, http.client.HTTPException):
                self._hang_up()
                # A connection that was kept may have been closed at the other end meanwhile.
                if fresh:
                    raise
        try:
            code = json.loads(said)["error"]["code"] if answer.status != 201 else ""
        except (ValueError, LookupError, TypeError):
            code = ""
        self._told_wait = _told_wait(answer.headers["Retry-After"])
        return answer.status, str(code)[:100]

    def _hang_up(self):
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _send_oldest(self):
        """Sends a file. False when there is none; raises when it could not be sent, and it stays."""
        name = self._oldest()
        if name is None:
            return False
        file = os.path.join(self._spool, name)
        try:
            with open(file, "rb") as read:
                body = read.read()
        except FileNotFoundError:
            self._names.popleft()  # Another process of the same program has sent it.
            return True
        lines = body.splitlines(keepends=True)
        bad = []
        status, code = self._post(body)
        if status in HOPELESS:
            # One entry is at fault: each is sent by itself, and those that are refused are put away.
            for line in lines:
                status, code = self._post(line)
                if status in HOPELESS:
                    bad.append(line)
                elif status != 201:
                    break
            else:
                status = 201
        if status != 201:
            # What was sent by then is sent again with the rest, and stored once.
            raise ConnectionError(("answered %d %s" % (status, code)).strip())
        if bad:
            self._refuse(name, b"".join(bad))
        _remove(file)
        self._names.popleft()
        with self._lock:
            self._spool_bytes -= len(body)
            self.sent += len(lines) - len(bad)
            self.refused += len(bad)
        self._has_room.set()
        return True

    def _refuse(self, name, lines):
        _warn("refused", "Bitácora refused entries; they are in refused/ of the spool")
        folder = os.path.join(self._spool, "refused")
        os.makedirs(folder, mode=0o700, exist_ok=True)
        with os.scandir(folder) as entries:
            if sum(entry.stat().st_size for entry in entries) + len(lines) > REFUSED_BYTES:
                return  # They are counted; nobody has looked at those that are there.
        _write_whole(os.path.join(folder, name), lines, self._sync)

    def _send_on(self):
        wait = FIRST_WAIT
        while not self._closing.is_set():
            self._told_wait = 0.0
            try:
                more = self._hold() and self._send_oldest()
                self._send_problem, wait = None, FIRST_WAIT
            except Exception as error:  # Nobody answers there: it is told by `problem`, and tried again.
                self._send_problem = _reason(error)
                _warn("send", "Bitácora can't be reached, what is recorded waits on disk (%s)" % self._send_problem)
                self._hang_up()
                # Not all programs at the same moment.
                chance = random.random()
                self._closing.wait(max(wait * (0.75 + chance / 2), self._told_wait * (1 + chance / 4)))
                wait = min(wait * 2, LONGEST_WAIT)
                continue
            if not more:
                # What other processes write is looked for as well.
                self._to_send.wait(1)
                self._to_send.clear()
        self._hang_up()
        if self._hold_file is not None:
            self._hold_file.close()
            self._hold_file = None

    def problem(self):
        """Why nothing is kept, or nothing is sent, at the moment; None when all is well."""
        return self._write_problem or self._send_problem

    def status(self):
        try:
            files = self._files()
        except OSError:
            files = []
        with self._lock, _failures_lock:
            return {
                "waiting_entries": self._waiting,
                "waiting_files": len(files),
                "waiting_bytes": sum(size for _, size in files),
                "sent": self.sent,
                "refused": self.refused,
                "dropped": self.dropped,
                "problem": self.problem(),
                **_failures,
            }

    def close(self):
        """Writes what is in memory to disk; what is not sent by then is sent after the next start."""
        self._closing.set()
        self._to_write.set()
        self._to_send.set()
        self._has_room.set()
        try:
            if not self.flush():
                with self._lock:
                    lost, self._waiting, self._memory = self._waiting, 0, 0
                    self._cleared.clear()
                self._drop(lost)
        except Exception as error:
            _fail("close", error)


def _reason(error):
    # Of what is neither the system's nor the network's word the text may hold the token.
    if isinstance(error, OSError):
        return str(error) or type(error).__name__
    return type(error).__name__


_client, _client_lock, _not_before, _lost = None, threading.RLock(), -math.inf, 0
OPEN_AGAIN = 5


def _settings():
    from django.conf import settings

    return getattr(settings, "BITACORA", None) or {}


def _setting(name, otherwise):
    return _settings().get(name, otherwise)


def get_client():
    """The client of the program's settings, made when it is first asked for. Raises when they do not say enough of it."""
    global _client
    with _client_lock:
        if _client is None:
            told = _settings()
            _client = Client(
                told["URL"],
                told["TOKEN"],
                told["SPOOL"],
                source=told.get("SOURCE"),
                max_spool_bytes=told.get("MAX_SPOOL_BYTES", SPOOL_BYTES),
                secret_keys=told.get("SECRET_KEYS"),
                sync=told.get("SYNC", True),
                key_file=told.get("REDACTION_KEY"),
            )
        return _client


def status():
    """How it goes: what waits, was sent, refused, dropped; what failed; why nothing is sent now. Never raises."""
    if _client is not None:
        return _client.status()
    with _failures_lock:
        return {"dropped": _lost, **_failures}


def _opened():
    """The client; None when there can be none."""
    global _not_before
    if _client is None:
        try:
            if time.monotonic() >= _not_before:
                return get_client()
        except Exception as error:  # No settings, no folder: the program goes on, and it is tried again after a while.
            _not_before = time.monotonic() + OPEN_AGAIN
            _fail("settings", error)
    return _client


def _record(**entry):
    global _lost
    client = _opened()
    if client is not None:
        client.record(**entry)
    else:
        with _failures_lock:
            _lost += 1


def _after_fork():
    global _client_lock, _failures_lock, _process
    _client_lock, _failures_lock, _process = threading.RLock(), threading.RLock(), secrets.token_hex(4)
    for client in list(_clients):
        client._begin()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


# -------------------------------------------------------------------------------------------------------- who does it

def _actor_of(user):
    if user is None or not getattr(user, "is_authenticated", False):
        return None
    actor = {"id": str(user.pk), "login": str(user.get_username())}
    try:
        actor["name"] = str(user.get_full_name()) or None
        actor["email"] = str(getattr(user, "email", "") or "") or None
    except Exception as error:
        _fail("user", error)
    return actor


def _logged_out(sender, request, user, **_):
    if request is not None:
        request._bitacora_user = user  # Who signed out did it.


def _actor_of_request(request):
    """Who is signed in. That somebody asked for it does not show in the answer's headers."""
    session = getattr(request, "session", None)
    accessed = getattr(session, "accessed", None)
    try:
        # What an async view asked for is there already.
        known = getattr(request, "_bitacora_user", None) or getattr(request, "_acached_user", None)
        return _actor_of(known if known is not None else getattr(request, "user", None))
    finally:
        if accessed is False:
            session.accessed = False


def current_actor():
    """Who acts: the request's user, or whom `with_actor` names; None for nobody."""
    told = _actor.get()
    try:
        return told() if callable(told) else told
    except Exception as error:
        _fail("user", error)
        return None


async def _actor_in_async():
    """The same where nothing may wait: a user who has to be read from the database is read in a thread."""
    told = _actor.get()
    if not callable(told):
        return told
    from asgiref.sync import sync_to_async

    try:
        return await sync_to_async(told)()
    except Exception as error:
        _fail("user", error)
        return None


@contextlib.contextmanager
def with_actor(actor):
    """`with with_actor("maria.lopez"): …`: what is changed inside is recorded as hers. For tasks and commands."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


def _correlated():
    told = _correlation.get()
    return {"correlationId": told} if told else {}


# ------------------------------------------------------------------------------------------------------------- middleware

_TEXT_TYPES = re.compile(
    r"(?:text/|application/(?:[\w.+-]*\+)?(?:json|xml|javascript|x-www-form-urlencoded|graphql|yaml)|multipart/form-data)", re.I
)
_STREAM_TYPES = re.compile(r"(?:text/event-stream|application/x-ndjson|application/grpc)", re.I)


def _is_deep(text):
    """True when so many brackets are open at once; those inside texts count too, which only makes a body be told as text."""
    if text.count("[") + text.count("{") <= DEEPEST_JSON_BODY:
        return False
    opened = 0
    for sign in text:
        opened += (sign in "{[") - (sign in "}]")
        if opened > DEEPEST_JSON_BODY:
            return True
    return False


def _no_number(word):
    raise ValueError(word)


def _told_body(kept, size, kind, encoding=""):
    """JSON as JSON, text as text, of what was cut its beginning and how long it was, of what is no text only kind and size."""
    kind, encoding = kind or "", "" if encoding == "identity" else encoding or ""
    if _STREAM_TYPES.match(kind):
        return "[stream: %s, %d bytes]" % (kind[:100], size)
    text = kept.decode("utf-8", "replace")
    is_text = not encoding and (_TEXT_TYPES.match(kind) if kind else "\ufffd" not in text and "\0" not in text)
    if not is_text:
        return "[binary: %s, %d bytes]" % ((kind if not encoding else "%s, %s" % (kind, encoding))[:100], size)
    if not kept:
        return "[text: %s, %d bytes]" % (kind[:100], size)
    if size > len(kept):
        return "%s[cut: %d of %d bytes]" % (text, len(kept), size)
    if "json" in kind.lower() and not _is_deep(text):
        try:
            return json.loads(text, parse_constant=_no_number)
        except ValueError:
            pass  # A body that says it is JSON and is not: what it says is told.
    return text


class _Tap:
    """Keeps the beginning of a body as the program reads it; everything else is the stream's own."""

    def __init__(self, stream, most):
        self._stream, self._most, self.kept, self.is_read = stream, most, b"", False

    def read(self, *words, **named):
        return self._seen(self._stream.read(*words, **named))

    def readline(self, *words, **named):
        return self._seen(self._stream.readline(*words, **named))

    def _seen(self, data):
        self.is_read = self.is_read or bool(data)
        if data and len(self.kept) < self._most:
            self.kept += data[: self._most - len(self.kept)]
        return data

    def __getattr__(self, name):
        return getattr(self._stream, name)


class _Exchange:
    """A request and its answer as they pass. None of it ever raises."""

    def __init__(self, request):
        self._request, self._began, self._clock = request, _now(), time.perf_counter()
        self._size, self._kind, self._kept, self._tap, self._most = 0, "", b"", None, BODY_BYTES
        self.correlation = str(uuid.uuid4())
        try:
            meta = request.META
            self.correlation = meta.get("HTTP_X_REQUEST_ID") or meta.get("HTTP_X_CORRELATION_ID") or self.correlation
            self._most = _setting("MAX_BODY_BYTES", BODY_BYTES)
            self._kind = meta.get("CONTENT_TYPE", "")
            self._size = self._size_of_body()
            self._begin_body()
        except Exception as error:
            _fail("middleware", error)
        self._tokens = _actor.set(functools.partial(_actor_of_request, request)), _correlation.set(self.correlation)

    def _size_of_body(self):
        told = self._request.META.get("CONTENT_LENGTH")
        if told:
            return int(told) if told.isdecimal() else 0
        stream = getattr(self._request, "_stream", None)
        if hasattr(self._request, "scope") and hasattr(stream, "seek"):
            # ASGI: it is all there, in a file, also when nobody has told how much it is.
            with contextlib.suppress(io.UnsupportedOperation):
                stream.seek(0, os.SEEK_END)
                size = stream.tell()
                stream.seek(0)
                return size
        return 0

    def _begin_body(self):
        if not self._size:
            return
        if self._size <= 2 * BODY_BYTES:
            try:
                # Read now, the program finds it all the same; and it is told also when the program does not look at it.
                self._kept = self._request.body[: self._most]
            except Exception:
                # The other end has left, or the program takes less: told as not read, and the program meets it by itself.
                self._kept = None
                self._request._read_started = False
        elif hasattr(self._request, "_stream"):
            # Uploads are left to whoever reads them, and only watched.
            self._tap = self._request._stream = _Tap(self._request._stream, self._most)

    def close(self):
        _actor.reset(self._tokens[0])
        _correlation.reset(self._tokens[1])

    def _asked(self):
        kept = self._tap.kept if self._tap is not None else self._kept
        if kept is None or (self._tap is not None and not self._tap.is_read):
            return "[not read: %s, %d bytes]" % (self._kind[:100], self._size)
        return _told_body(kept, self._size, self._kind, self._request.META.get("HTTP_CONTENT_ENCODING", ""))

    def _answered(self, response):
        kind = response.get("Content-Type", "")
        if getattr(response, "streaming", False):
            size = response.get("Content-Length", "")
            return "[stream: %s%s]" % (kind[:100], ", %s bytes" % size if size.isdecimal() else "")
        content = response.content
        return _told_body(content[: self._most], len(content), kind, response.get("Content-Encoding", "")) if content else None

    def _ignored(self):
        starts = _setting("IGNORE", ())
        return self._request.path.startswith(starts if isinstance(starts, str) else tuple(starts))

    def tell(self, response, actor):
        """`response`: None when there was none to be had."""
        told = {"durationMs": round((time.perf_counter() - self._clock) * 1000, 3), "correlationId": self.correlation}
        entry = {"occurredAt": self._began, "event": "REQUEST", "actor": actor, "request": told, "extra": {}}
        try:
            request = self._request
            if self._ignored():
                return
            told.update(method=request.method, path=request.path)
            entry.update(
                module=_setting("MODULE", None) or {"name": "API Request"},
                target="API Request",
                action="%s %s" % (request.method, request.path),
            )
            if request.META.get("QUERY_STRING"):
                told["query"] = request.META["QUERY_STRING"]
            if request.META.get("REMOTE_ADDR"):
                told["address"] = request.META["REMOTE_ADDR"]
            if self._size:
                told["body"] = self._asked()
            if response is None:
                entry["extra"]["aborted"] = True
            else:
                entry["status"] = response.status_code
                told["responseBody"] = self._answered(response)
        except Exception as error:  # What could be told by then is told.
            _fail("middleware", error)
        _record(**entry)


class BitacoraMiddleware:
    """Records every response: user or null, method and path, both bodies, status, address, duration. Sync and async."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response):
        self._get_response = get_response
        try:
            from asgiref.sync import iscoroutinefunction, markcoroutinefunction

            self._is_async = iscoroutinefunction(get_response)
            if self._is_async:
                markcoroutinefunction(self)
        except ImportError:  # The asgiref of Django 3.2 to 4.1.
            self._is_async = asyncio.iscoroutinefunction(get_response)
            if self._is_async:
                self._is_coroutine = asyncio.coroutines._is_coroutine
        from django.contrib.auth.signals import user_logged_out

        user_logged_out.connect(_logged_out, dispatch_uid="bitacora")
        _opened()

    def __call__(self, request):
        if self._is_async:
            return self._in_async(request)
        exchange = _Exchange(request)
        try:
            response = self._get_response(request)
        except BaseException:
            exchange.tell(None, current_actor())
            raise
        else:
            exchange.tell(response, current_actor())
            return response
        finally:
            exchange.close()

    async def _in_async(self, request):
        exchange = _Exchange(request)
        try:
            response = await self._get_response(request)
        except BaseException:
            # The other end has left: nothing can be waited for any more, so the user is told only if it is known.
            known = getattr(request, "_acached_user", None) or getattr(request, "_cached_user", None)
            exchange.tell(None, _actor_of(known))
            raise
        else:
            actor = None
            try:
                actor = await _actor_in_async()
            finally:
                exchange.tell(response, actor)
            return response
        finally:
            exchange.close()


# ----------------------------------------------------------------------------------------------------------------- models

def _is_same(one, other):
    try:
        return bool(one == other) or _plain(one) == _plain(other)
    except Exception:
        return False  # Values that can't be compared: both are told.


def _as_field(field, value):
    """A value as its field has it: a program may set `"2"` where 2 comes back."""
    try:
        return field.to_python(value)
    except Exception:
        return value  # What the database took all the same is told as it is.


def _fields(instance, only=None):
    found = {}
    for field in instance._meta.concrete_fields:
        if field.attname in instance.__dict__ and (only is None or field.name in only or field.attname in only):
            value = instance.__dict__[field.attname] if field.attname == field.name else getattr(instance, field.attname)
            found[field.attname] = value if hasattr(value, "resolve_expression") else _as_field(field, value)
    return found


def _event_of(field, old, new):
    name, gone = _setting("LOGICAL_DELETE", LOGICAL_DELETE) or (None, None)
    if field == name and str(new) == str(gone) and str(old) != str(gone):
        return "DELETE"
    return "STATUS_CHANGE" if field in _setting("STATUS_FIELDS", STATUS_FIELDS) else "UPDATE"


def _common(instance):
    meta = instance._meta
    return {
        "occurredAt": _now(),
        "actor": current_actor(),
        "module": _setting("MODULES", {}).get(meta.label) or _setting("MODULES", {}).get(meta.concrete_model._meta.label),
        "target": meta.object_name,
        "recordId": str(instance.pk),
        # What changed together.
        "extra": {"change": str(uuid.uuid4()), **_correlated()},
    }


def _leave_on_commit(entries, using):
    """A transaction that is rolled back, also to a savepoint, leaves no entry."""
    from django.db import transaction

    def leave():
        for entry in entries:
            _record(**entry)

    connection = transaction.get_connection(using)
    if not connection.in_atomic_block and not connection.get_autocommit():
        # The program commits by itself, and nobody tells when: it is recorded at once, and says so.
        for entry in entries:
            entry["extra"]["uncommitted"] = True
        leave()
    else:
        transaction.on_commit(leave, using=using)


def _tell_change(instance, event, before, after, using):
    meta = instance._meta
    common = _common(instance)
    ignored = {meta.pk.attname, *_setting("IGNORE_FIELDS", ())}
    names = {**before, **after}
    if event == "UPDATE":
        # A field that was not loaded, or not saved, is what it was.
        names = [name for name in after if name in before or not before]
        if not before:
            common["extra"]["beforeUnknown"] = True
    entries = []
    for name in names:
        old, new = before.get(name), after.get(name)
        if name in ignored or _is_same(old, new):
            continue
        old, new = _plain(old), _plain(new)
        told = event if event != "UPDATE" else _event_of(name, old, new)
        entries.append(dict(common, event=told, field=name, oldValue=old, newValue=new))
    if not entries and event != "UPDATE":
        entries = [dict(common, event=event)]
    if entries:
        _leave_on_commit(entries, using)


def _row(sender, pk, using):
    return sender._base_manager.using(using).filter(pk=pk).first()


def _before_save(sender, instance, raw=False, using=None, **_):
    row = None
    try:
        fresh = instance._state.adding and not raw and instance._meta.pk.has_default()
        if instance.pk is not None and not fresh:
            found = _row(sender, instance.pk, using)
            row = None if found is None else _fields(found)
    except Exception as error:
        _fail("models", error)
    # One on the other: a program's own handler may save the same instance again meanwhile.
    instance.__dict__.setdefault("_bitacora_before", []).append(row)
    del instance.__dict__["_bitacora_before"][:-8]


def _after_save(sender, instance, created, using=None, update_fields=None, **_):
    try:
        rows = instance.__dict__.get("_bitacora_before") or [None]
        before = rows.pop() or {}
        if not rows:
            instance.__dict__.pop("_bitacora_before", None)
        after = _fields(instance, update_fields)
        if any(hasattr(value, "resolve_expression") for value in after.values()):
            # `F("volumen") + 1`: what came of it only the database knows.
            row = _row(sender, instance.pk, using)
            after = after if row is None else {name: value for name, value in _fields(row).items() if name in after}
        _tell_change(instance, "CREATE" if created else "UPDATE", {} if created else before, after, using)
    except Exception as error:
        _fail("models", error)


def _after_delete(sender, instance, using=None, **_):
    try:
        _tell_change(instance, "DELETE", _fields(instance), {}, using)
    except Exception as error:
        _fail("models", error)


def _relation_of(instance, through):
    for field in instance._meta.get_fields():
        if field.many_to_many:
            if getattr(field, "remote_field", None) is not None and getattr(field.remote_field, "through", None) is through:
                return field.name
            if getattr(field, "through", None) is through:
                return field.get_accessor_name()
    return None


def _related_changed(sender, instance, action, pk_set=None, using=None, **_):
    """Members of a many-to-many relation: roles of a user, permissions of a group."""
    try:
        if not isinstance(instance, _watched):
            return
        name = _relation_of(instance, sender)
        if name is None or name in _setting("IGNORE_FIELDS", ()):
            return
        if action in ("pre_remove", "pre_clear"):
            there = getattr(instance, name).using(using)
            if pk_set is not None:
                there = there.filter(pk__in=pk_set)
            old, new = sorted(map(str, there.values_list("pk", flat=True))), None
        elif action == "post_add":
            old, new = None, sorted(map(str, pk_set))
        else:
            return
        if old or new:
            _leave_on_commit([dict(_common(instance), event="UPDATE", field=name, oldValue=old, newValue=new)], using)
    except Exception as error:
        _fail("models", error)


_watched = ()
_NOT_UNLESS_NAMED = ("sessions", "migrations", "contenttypes", "admin")


def watch_models(*labels):
    """Records creations, changes and deletions of all models, or of those named ("shop.Order"), field by field. In ready()."""
    global _watched
    try:
        from django.apps import apps
        from django.db.models import signals

        unknown, models = set(labels), []
        for model in apps.get_models():
            names = {model._meta.label, model._meta.concrete_model._meta.label}
            unknown -= names
            if names & set(labels) if labels else model._meta.app_label not in _NOT_UNLESS_NAMED:
                models.append(model)
        # One by one: a model that nobody watches keeps the quick ways in which Django deletes its rows.
        for model in models:
            signals.pre_save.connect(_before_save, sender=model, weak=False, dispatch_uid="bitacora")
            signals.post_save.connect(_after_save, sender=model, weak=False, dispatch_uid="bitacora")
            signals.post_delete.connect(_after_delete, sender=model, weak=False, dispatch_uid="bitacora")
        _watched = tuple({*_watched, *models})
        signals.m2m_changed.connect(_related_changed, weak=False, dispatch_uid="bitacora")
        for label in sorted(unknown):
            _fail("watch_models %s" % label, LookupError())
    except Exception as error:
        _fail("watch_models", error)


# -------------------------------------------------------------------------------------------------------------- decorator

_VERBS = (
    (re.compile(r"(?:crear|create|agregar|add|insert|nuev[oa]|new|registrar|alta)", re.I), "CREATE"),
    (re.compile(r"(?:eliminar|delete|borrar|remove|destroy|baja)", re.I), "DELETE"),
    (re.compile(r"(?:actualizar|update|editar|edit|modificar|modify|cambiar|change|guardar|save|set|patch)", re.I), "UPDATE"),
)


def registrar_actividad(function=None, *, event=None, target=None, module=None, record_id=None, detail=None, failures=True):
    """Records each call of a function: `@registrar_actividad` or `@registrar_actividad(target="PTE", record_id=…)`.

    `record_id` and `detail` are asked with (result, *args, **kwargs). What the function gives or raises passes untouched.
    """
    if function is None:
        return functools.partial(
            registrar_actividad, event=event, target=target, module=module, record_id=record_id, detail=detail, failures=failures
        )
    name = getattr(function, "__name__", type(function).__name__)
    told = event or next((word for verb, word in _VERBS if verb.match(name)), "CALL")

    def tell(actor, result, error, args, kwargs):
        if error is not None and not failures:
            return
        entry = {"occurredAt": _now(), "actor": actor, "event": told, "target": target or name, "module": module, "action": name}
        entry["extra"] = _correlated()
        try:
            if error is not None:
                entry["extra"].update(failed=True, error=type(error).__name__)
                client = _opened()
                if client is not None:
                    # By itself: behind a word, JSON is no longer seen to be JSON.
                    entry["extra"]["error"] += ": " + client.redactor.text(str(error))
            else:
                if record_id is not None:
                    entry["recordId"] = str(record_id(result, *args, **kwargs))
                if detail is not None:
                    entry["detail"] = str(detail(result, *args, **kwargs))
        except Exception as mistake:  # The program's own; that it was called is told all the same.
            _fail("decorator", mistake)
        _record(**entry)

    async def tell_in_async(result, error, args, kwargs):
        actor = None
        try:
            # When it is cancelled, nothing can be waited for any more.
            if error is None or isinstance(error, Exception):
                actor = await _actor_in_async()
        finally:
            tell(actor, result, error, args, kwargs)

    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def watched(*args, **kwargs):
            try:
                result = await function(*args, **kwargs)
            except BaseException as error:
                await tell_in_async(None, error, args, kwargs)
                raise
            await tell_in_async(result, None, args, kwargs)
            return result

    else:

        @functools.wraps(function)
        def watched(*args, **kwargs):
            try:
                result = function(*args, **kwargs)
            except BaseException as error:
                tell(current_actor(), None, error, args, kwargs)
                raise
            tell(current_actor(), result, None, args, kwargs)
            return result

    return watched


audited = registrar_actividad
