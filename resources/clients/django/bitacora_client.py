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
by a thread of its own, again and again; Bitácora stores it once. Nothing here ever raises into the program.
"""

import atexit
import base64
import binascii
import contextvars
import datetime
import decimal
import functools
import glob
import gzip
import hashlib
import hmac
import json
import os
import re
import secrets
import threading
import time
import unicodedata
import urllib.error
import urllib.parse
import urllib.request
import uuid

SECRET_KEYS = (
    "password", "passwd", "passphrase", "pass", "pwd", "contraseña", "contrasenya", "clave de acceso", "clave privada",
    "secret", "secreto", "token", "api key", "access key", "private key", "encryption key", "credential", "credencial",
    "authorization", "auth", "bearer", "jwt", "cookie", "session id", "csrf", "xsrf", "otp", "pin", "nip", "signature key",
    "card", "card number", "credit card", "tarjeta", "cvv", "cvc", "cvv2", "cvc2", "csc", "iban", "clabe",
    "curp", "rfc", "nss", "ssn", "social security",
)
STATUS_FIELDS = ("estatus", "status", "estado", "state")
LOGICAL_DELETE = ("estatus", 0)

PATIENCE = 0.1
BATCH_ENTRIES = 500
BATCH_BYTES = 4 * 1024 * 1024
MEMORY_ENTRIES = 20_000
BODY_BYTES = 64 * 1024
FIRST_WAIT, LONGEST_WAIT = 0.25, 30.0
DEEPEST = 100
HOPELESS = (400, 413, 415, 422)

_actor = contextvars.ContextVar("bitacora_actor", default=None)
_correlation = contextvars.ContextVar("bitacora_correlation", default=None)


# ---------------------------------------------------------------------------------------------------------------- secrets

def _words(name):
    plain = unicodedata.normalize("NFD", name)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain = re.sub(r"([a-z0-9])(?=[A-Z])", r"\1 ", plain)
    return [word for word in re.split(r"[^a-z0-9]+", plain.lower()) if word]


def _luhn(digits):
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


_MARKER = re.compile(r"\[redacted:[a-p]{16}\]\Z")
_SCHEME = re.compile(r"\A(\s*(?:bearer|basic|token|digest|apikey|negotiate)\s+)(.*)\Z", re.I | re.S)
_PRIVATE_KEY = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z0-9 ]*-----|\Z)", re.S)
_JWT = re.compile(r"\beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*){1,3}")
_KNOWN = re.compile(
    r"\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|npm_\w{30,}|xox[abposr]-[\w-]{10,}|[srp]k_(?:live|test)_\w{10,}|"
    r"sk-[\w-]{20,}|(?:AKIA|ASIA)[A-Z0-9]{16}|AIza[\w-]{30,}|bitacora_(?:capture|read)_[\w-]{43})(?![\w-])"
)
_BEARER = re.compile(r"\b(bearer|basic|token|apikey)([ \t]{1,4})([\w.~+/=-]{8,})", re.I)
_ADDRESS = re.compile(r"\b([a-z][a-z0-9+.-]{1,30}://[^\s/?#\"'<>@:]{0,200}:)([^\s\"'<>]{1,300})(?=@)", re.I)
_CARD = re.compile(r"(?<![\d.])\d(?:[ \u00a0-]?\d){12,18}(?!\d)")
_NAMED = re.compile(
    r"([\w.$[\]%-]{2,60})((?:\\*[\"'])?[ \t]{0,3}(?::=|=>|[:=]|%3[aAdD])[ \t]{0,3})(\\*[\"'])?([^\s&\"'<>\\,;}\]]+)", re.U
)
_QUOTED = re.compile(r"([\w.$[\]%-]{2,60})((?:\\*[\"'])?[ \t]{0,3}(?::=|=>|[:=])[ \t]{0,3})\"((?:[^\"\\]|\\.)*)\"?", re.U)
_FORM = re.compile(r"\A[^\s=&]{1,500}=[^\s&]*(?:&[^\s&]*)*\Z")
_ELEMENT = re.compile(r"(<([\w:.-]{1,60})(?:\s[^<>]{0,500})?>)([^<]+)")
_PART = re.compile(r"(\r?\n\r?\n)(.*?)(\r?\n?\Z)", re.S)
_NAMING = set("name key field campo fieldname columna column attribute atributo header parameter param nombre clave".split())
_VALUE = set(
    "value values val valor valores oldvalue newvalue old new valoranterior valoractual valornuevo before after antes despues".split()
)


class Redactor:
    """Puts `[redacted:` and sixteen letters, a keyed digest, in the place of secrets, as Bitácora itself does."""

    def __init__(self, names, key):
        self._key = key
        folded = ["".join(_words(name)) for name in names]
        self._inside = [name for name in folded if len(name) >= 5]
        self._whole = {name for name in folded if name and len(name) < 5}
        self._known = {}

    def is_secret(self, name):
        if not 2 <= len(name) <= 200:
            return False
        found = self._known.get(name)
        if found is None:
            words = _words(name)
            joined = "".join(words)
            found = (
                joined in self._whole
                or any(word in self._whole for word in words)
                or any(key in joined for key in self._inside)
            )
            if len(self._known) > 10_000:
                self._known.clear()
            self._known[name] = found
        return found

    def mark(self, secret):
        match = _SCHEME.match(secret)
        scheme, said = match.groups() if match else ("", secret)
        plain = said.strip()
        if not plain or _MARKER.match(plain):
            return secret
        if re.fullmatch(r"[\d \u00a0-]{13,}", plain):
            plain = re.sub(r"\D", "", plain)
        digest = hmac.new(self._key, plain.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()[:8]
        letters = "".join("abcdefghijklmnop"[byte >> 4] + "abcdefghijklmnop"[byte & 15] for byte in digest)
        return "%s[redacted:%s]" % (scheme, letters)

    def secret(self, value):
        if isinstance(value, str):
            return self.mark(value)
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, (int, float)):
            return self.mark(str(value))
        if isinstance(value, dict):
            return {key: self.secret(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.secret(item) for item in value]
        return value

    def value(self, value, depth=0):
        if depth > DEEPEST:
            return "[too deep]"
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, int) and not isinstance(value, bool):
            digits = str(value)
            return self.mark(digits) if 13 <= len(digits) <= 19 and _luhn(digits) else value
        if isinstance(value, list):
            return [self.value(item, depth + 1) for item in value]
        if isinstance(value, dict):
            pair = any(
                isinstance(item, str) and "".join(_words(key)) in _NAMING and self.is_secret(item)
                for key, item in value.items()
            )
            return {
                self.text(key): self.secret(item)
                if self.is_secret(key) or (pair and "".join(_words(key)) in _VALUE)
                else self.value(item, depth + 1)
                for key, item in value.items()
            }
        return value

    def _form(self, text, level):
        parts = []
        for pair in text.split("&"):
            name, sign, raw = pair.partition("=")
            said = urllib.parse.unquote_plus(raw)
            if self.is_secret(urllib.parse.unquote_plus(name)) and said.strip():
                raw = self.mark(said)
            else:
                kept = self.text(said, level + 1)
                if kept != said:
                    raw = urllib.parse.quote(kept, safe="[]:")
            parts.append(name + sign + raw)
        return "&".join(parts)

    def _multipart(self, text, level):
        boundary = text.lstrip().split("\n", 1)[0].strip()
        parts = []
        for part in text.split(boundary):
            match = _PART.search(part)
            name = re.search(r';\s*name="?([^";\r\n]*)', part[: match.start()] if match else "", re.I)
            if match and name and match.group(2).strip():
                inner = match.group(2)
                kept = self.mark(inner) if self.is_secret(name.group(1)) else self.text(inner, level + 1)
                part = part[: match.start(2)] + kept + part[match.end(2) :]
            parts.append(part)
        return boundary.join(parts)

    def text(self, text, level=0):
        if len(text) < 4 or level > 6:
            return text
        stripped = text.lstrip()
        if stripped[:1] in "{[" and text.count("[") + text.count("{") < DEEPEST:
            try:
                parsed = json.loads(text)
            except ValueError:
                parsed = None
            if isinstance(parsed, (dict, list)):
                kept = self.value(parsed)
                return text if kept == parsed else json.dumps(kept, ensure_ascii=False)
        if stripped.startswith("--") and "content-disposition" in text[:5000].lower():
            return self._multipart(text, level)
        if "?" in text and not re.search(r"\s", text):
            path, _, query = text.partition("?")
            if _FORM.match(query):
                return path + "?" + self._form(query, level)
        if _FORM.match(text):
            return self._patterns(self._form(text, level))
        if re.fullmatch(r"[\w+/-]{24,}={0,2}", text):
            try:
                said = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_" if re.search("[-_]", text) else None)
                inner = said.decode("utf-8")
                if inner.isprintable() and self.text(inner, level + 1) != inner:
                    return self.mark(text)
            except (binascii.Error, ValueError):
                pass

        def quoted(match):
            if not self.is_secret(match.group(1)) or not match.group(3).strip():
                return match.group(0)
            return '%s%s"%s"' % (match.group(1), match.group(2), self.mark(match.group(3)))

        def named(match):
            name, sign, quote, said = match.groups()
            if not self.is_secret(name) or said.lower() in ("null", "true", "false", "none") or said.startswith("[redacted"):
                return match.group(0)
            return name + sign + (quote or "") + self.mark(said)

        def element(match):
            if not self.is_secret(match.group(2).split(":")[-1]) or not match.group(3).strip():
                return match.group(0)
            return match.group(1) + self.mark(match.group(3))

        return self._patterns(_NAMED.sub(named, _QUOTED.sub(quoted, _ELEMENT.sub(element, text))))

    def _patterns(self, text):
        text = _PRIVATE_KEY.sub(lambda match: self.mark(match.group(0)), text)
        text = _JWT.sub(lambda match: self.mark(match.group(0)), text)
        text = _KNOWN.sub(lambda match: self.mark(match.group(0)), text)
        text = _ADDRESS.sub(lambda match: match.group(1) + self.mark(match.group(2)), text)

        def bearer(match):
            token = match.group(3)
            if len(token) < 20 and not re.search(r"[\d._~+/=-]", token):
                return match.group(0)
            return match.group(1) + match.group(2) + self.mark(token)

        def card(match):
            digits = re.sub(r"\D", "", match.group(0))
            return self.mark(digits) if digits[0] in "23456" and _luhn(digits) else match.group(0)

        return _CARD.sub(card, _BEARER.sub(bearer, text))

    def entry(self, entry):
        if self.is_secret(str(entry.get("field") or "")):
            entry = dict(entry, oldValue=self.secret(entry.get("oldValue")), newValue=self.secret(entry.get("newValue")))
        return self.value(entry)


def _plain(value):
    """A value as JSON has it."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray, memoryview)):
        data = bytes(value)
        return "[binary: %d bytes, sha256 %s]" % (len(data), hashlib.sha256(data).hexdigest()[:16])
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_plain(item) for item in value]
    if isinstance(value, (decimal.Decimal, uuid.UUID)):
        return str(value)
    return str(value)


# ----------------------------------------------------------------------------------------------------------------- client

def _event_id():
    raw = bytearray(int(time.time() * 1000).to_bytes(6, "big") + secrets.token_bytes(10))
    raw[6] = raw[6] & 0x0F | 0x70
    raw[8] = raw[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(raw)))


class Client:
    """Takes entries, keeps them on disk, sends them. `status()` says how it goes."""

    def __init__(self, url, token, spool, source=None, max_spool_bytes=256 * 1024 * 1024, secret_keys=None, sync=True):
        self._url, self._token, self._spool, self._source, self._sync = url, token, spool, source, sync
        self._most = max_spool_bytes
        os.makedirs(spool, mode=0o700, exist_ok=True)
        self.redactor = Redactor(secret_keys or SECRET_KEYS, self._open_key())
        self._waiting, self._lock, self._work = [], threading.Lock(), threading.Event()
        self._writing = threading.Lock()
        self._sequence = self.sent = self.refused = self.dropped = 0
        self.problem = None
        self._closing = False
        self._thread, self._pid = None, None
        atexit.register(self.close)

    def _open_key(self):
        file = os.path.join(self._spool, "redaction.key")
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as out:
                out.write(secrets.token_bytes(32))
                out.flush()
                os.fsync(out.fileno())
        except FileExistsError:
            pass
        with open(file, "rb") as read:
            return read.read()

    def record(self, **entry):
        """Takes an entry as `POST /api/entries` knows it. Never waits for the disk or the network, never raises."""
        try:
            plain = _plain(entry)
            plain.setdefault("eventId", _event_id())
            plain.setdefault("occurredAt", datetime.datetime.now(datetime.timezone.utc).isoformat())
            if self._source:
                plain.setdefault("source", self._source)
            line = json.dumps(self.redactor.entry(plain), ensure_ascii=False).encode("utf-8", "replace")
            with self._lock:
                if len(self._waiting) >= MEMORY_ENTRIES:
                    self.dropped += 1
                    return
                self._waiting.append(line)
            self._ensure_thread()
        except Exception:
            self.dropped += 1

    def _ensure_thread(self):
        # A server that forks its workers leaves the thread behind.
        if self._pid != os.getpid() or self._thread is None or not self._thread.is_alive():
            self._pid = os.getpid()
            self._thread = threading.Thread(target=self._run, name="bitacora", daemon=True)
            self._thread.start()
        self._work.set()

    def _files(self):
        return sorted(glob.glob(os.path.join(self._spool, "*.ndjson")))

    def flush(self):
        """Writes what is in memory to disk; each file whole, and there before it counts."""
        with self._writing:
            # Only to take them: whoever records must not wait for the disk.
            with self._lock:
                lines, self._waiting = self._waiting, []
            while lines:
                size, count = 0, 0
                while count < len(lines) and count < BATCH_ENTRIES and (count == 0 or size < BATCH_BYTES):
                    size += len(lines[count]) + 1
                    count += 1
                some, lines = lines[:count], lines[count:]
                try:
                    if size + sum(os.path.getsize(file) for file in self._files()) > self._most:
                        raise OSError("the spool is full")
                    self._sequence += 1
                    name = "%015d-%d-py-%06d.ndjson" % (time.time() * 1000, os.getpid(), self._sequence)
                    draft = os.path.join(self._spool, name + ".draft")
                    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                    with os.fdopen(handle, "wb") as out:
                        out.write(b"\n".join(some) + b"\n")
                        out.flush()
                        if self._sync:
                            os.fsync(out.fileno())
                    os.replace(draft, os.path.join(self._spool, name))
                    if self._sync and hasattr(os, "O_DIRECTORY"):
                        folder = os.open(self._spool, os.O_RDONLY | os.O_DIRECTORY)
                        os.fsync(folder)
                        os.close(folder)
                except OSError as error:
                    self.problem = str(error)
                    self.dropped += len(some)

    def _post(self, body):
        request = urllib.request.Request(
            urllib.parse.urljoin(self._url, "/api/entries"),
            data=gzip.compress(body),
            method="POST",
            headers={
                "Authorization": "Bearer " + self._token,
                "Content-Type": "application/x-ndjson",
                "Content-Encoding": "gzip",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            error.close()
            return error.code

    def _send_oldest(self):
        """True when there may be more to send at once."""
        files = self._files()
        if not files:
            return False
        file = files[0]
        try:
            with open(file, "rb") as read:
                body = read.read()
        except FileNotFoundError:
            return True  # Another process of the same program has sent it.
        lines = body.splitlines()
        status = self._post(body)
        bad = []
        if status in HOPELESS:
            for line in lines:
                status = self._post(line)
                if status in HOPELESS:
                    bad.append(line)
                elif status != 201:
                    break
            else:
                status = 201
        if status != 201:
            raise OSError("answered %d" % status)
        if bad:
            os.makedirs(os.path.join(self._spool, "refused"), mode=0o700, exist_ok=True)
            with open(os.path.join(self._spool, "refused", os.path.basename(file)), "wb") as out:
                out.write(b"\n".join(bad) + b"\n")
        os.unlink(file)
        self.sent += len(lines) - len(bad)
        self.refused += len(bad)
        return True

    def _run(self):
        wait = FIRST_WAIT
        while not self._closing:
            self._work.wait(timeout=wait if self._files() else 1.0)
            self._work.clear()
            time.sleep(PATIENCE)
            self.flush()
            try:
                while not self._closing and self._send_oldest():
                    self.problem = None
                    wait = FIRST_WAIT
                    self.flush()
            except Exception as error:  # Nobody answers there: it is told by `problem`, and tried again.
                self.problem = str(error)
                time.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)

    def status(self):
        files = self._files()
        return {
            "waiting_entries": len(self._waiting),
            "waiting_files": len(files),
            "waiting_bytes": sum(os.path.getsize(file) for file in files if os.path.exists(file)),
            "sent": self.sent,
            "refused": self.refused,
            "dropped": self.dropped,
            "problem": self.problem,
        }

    def close(self):
        """Writes what is in memory to disk; what is not sent by then is sent after the next start."""
        self._closing = True
        self.flush()


_client, _client_lock = None, threading.Lock()


def get_client():
    """The client of the program's settings; made when it is first asked for."""
    global _client
    if _client is None:
        with _client_lock:
            if _client is None:
                from django.conf import settings

                told = settings.BITACORA
                _client = Client(
                    told["URL"],
                    told["TOKEN"],
                    told["SPOOL"],
                    source=told.get("SOURCE"),
                    max_spool_bytes=told.get("MAX_SPOOL_BYTES", 256 * 1024 * 1024),
                    secret_keys=told.get("SECRET_KEYS"),
                    sync=told.get("SYNC", True),
                )
    return _client


def _setting(name, otherwise):
    from django.conf import settings

    return getattr(settings, "BITACORA", {}).get(name, otherwise)


def _record(**entry):
    try:
        get_client().record(**entry)
    except Exception:
        pass  # No settings, no folder: the program goes on.


# ------------------------------------------------------------------------------------------------------------- middleware

def _actor_of(user):
    if user is None or not getattr(user, "is_authenticated", False):
        return None
    name = user.get_full_name() if hasattr(user, "get_full_name") else ""
    return {"id": str(user.pk), "login": user.get_username(), "name": name or None, "email": getattr(user, "email", "") or None}


def current_actor():
    told = _actor.get()
    try:
        return told() if callable(told) else told
    except Exception:
        return None


class with_actor:
    """`with with_actor("maria.lopez"): …`: what is changed inside is recorded as hers. For tasks and commands."""

    def __init__(self, actor):
        self._told = actor

    def __enter__(self):
        self._token = _actor.set(self._told)

    def __exit__(self, *_):
        _actor.reset(self._token)


def _body_of(data, size, kind, encoding=""):
    if not size:
        return None
    if encoding or not re.match(r"(?:text/|application/(?:[\w.+-]*\+)?(?:json|xml|javascript|x-www-form-urlencoded|yaml)|multipart/form-data|\Z)", kind or "", re.I):
        return "[binary: %s, %d bytes]" % ((kind or "")[:100], size)
    text = data[:BODY_BYTES].decode("utf-8", "replace")
    if size > BODY_BYTES:
        return "%s[cut: %d of %d bytes]" % (text, BODY_BYTES, size)
    if "json" in (kind or "").lower() and text.count("[") + text.count("{") < DEEPEST:
        try:
            return json.loads(text)
        except ValueError:
            pass
    return text


class BitacoraMiddleware:
    """Records every response: user or null, method and path, both bodies, status, address, duration."""

    def __init__(self, get_response):
        self._get_response = get_response

    def __call__(self, request):
        began, clock = datetime.datetime.now(datetime.timezone.utc), time.perf_counter()
        correlation = request.META.get("HTTP_X_REQUEST_ID") or request.META.get("HTTP_X_CORRELATION_ID") or str(uuid.uuid4())
        try:
            size = int(request.META.get("CONTENT_LENGTH") or 0)
            kind = request.META.get("CONTENT_TYPE", "")
            # Uploads are left to whoever reads them as a stream.
            asked = request.body if 0 < size <= 2 * BODY_BYTES else b""
        except Exception:
            size, kind, asked = 0, "", b""
        tokens = _actor.set(lambda: _actor_of(getattr(request, "user", None))), _correlation.set(correlation)
        try:
            response = self._get_response(request)
            self._tell(request, response, began, clock, correlation, size, kind, asked)
            return response
        finally:
            _actor.reset(tokens[0])
            _correlation.reset(tokens[1])

    def _tell(self, request, response, began, clock, correlation, size, kind, asked):
        try:
            told = {"method": request.method, "path": request.path, "correlationId": correlation}
            if request.META.get("QUERY_STRING"):
                told["query"] = request.META["QUERY_STRING"]
            if request.META.get("REMOTE_ADDR"):
                told["address"] = request.META["REMOTE_ADDR"]
            if size:
                told["body"] = _body_of(asked, size, kind) if asked else "[body: %s, %d bytes]" % (kind[:100], size)
            answered = response.get("Content-Type", "")
            if getattr(response, "streaming", False):
                told["responseBody"] = "[stream: %s]" % answered[:100]
            elif response.content:
                told["responseBody"] = _body_of(response.content, len(response.content), answered, response.get("Content-Encoding", ""))
            told["durationMs"] = round((time.perf_counter() - clock) * 1000, 3)
            _record(
                occurredAt=began.isoformat(),
                actor=current_actor(),
                event="REQUEST",
                module={"name": "API Request"},
                target="API Request",
                action="%s %s" % (request.method, request.path),
                status=response.status_code,
                request=told,
            )
        except Exception:
            _record(event="REQUEST", action="%s %s" % (request.method, request.path))


# ----------------------------------------------------------------------------------------------------------------- models

_watched = None


def _fields(instance):
    return {field.attname: _plain(getattr(instance, field.attname)) for field in instance._meta.concrete_fields
            if field.attname in instance.__dict__}


def _is_watched(sender):
    label = sender._meta.label
    if sender._meta.app_label in ("sessions", "migrations", "contenttypes", "admin"):
        return _watched is not None and label in _watched
    return _watched is None or label in _watched


def _event_of(field, old, new):
    name, gone = _setting("LOGICAL_DELETE", LOGICAL_DELETE) or (None, None)
    if field == name and str(new) == str(gone) and str(old) != str(gone):
        return "DELETE"
    return "STATUS_CHANGE" if field in _setting("STATUS_FIELDS", STATUS_FIELDS) else "UPDATE"


def _tell_change(instance, event, before, after):
    meta = instance._meta
    common = {
        "actor": current_actor(),
        "module": _setting("MODULES", {}).get(meta.label),
        "target": meta.object_name,
        "recordId": str(instance.pk),
        "detail": None,
        "extra": {"change": str(uuid.uuid4()), **({"correlationId": _correlation.get()} if _correlation.get() else {})},
    }
    names = [name for name in {**before, **after} if name != meta.pk.attname]
    entries = [
        dict(
            common,
            event=event if event != "UPDATE" else _event_of(name, before.get(name), after.get(name)),
            field=name,
            oldValue=before.get(name),
            newValue=after.get(name),
        )
        for name in names
        if before.get(name) != after.get(name)
    ]
    if not entries and event != "UPDATE":
        entries = [dict(common, event=event)]

    def leave():
        for entry in entries:
            _record(**entry)

    from django.db import transaction

    # A transaction that is rolled back leaves no entry.
    transaction.on_commit(leave, using=instance._state.db)


def _before_save(sender, instance, raw=False, using=None, **_):
    try:
        if raw or not _is_watched(sender):
            return
        row = None
        if instance.pk is not None and not instance._state.adding:
            row = sender._base_manager.using(using).filter(pk=instance.pk).first()
        instance._bitacora_before = None if row is None else _fields(row)
    except Exception:
        instance._bitacora_before = None


def _after_save(sender, instance, created, raw=False, **_):
    try:
        if raw or not _is_watched(sender):
            return
        before = instance.__dict__.pop("_bitacora_before", None) or {}
        _tell_change(instance, "CREATE" if created else "UPDATE", {} if created else before, _fields(instance))
    except Exception:
        pass


def _after_delete(sender, instance, **_):
    try:
        if _is_watched(sender):
            _tell_change(instance, "DELETE", _fields(instance), {})
    except Exception:
        pass


def watch_models(*labels):
    """Records creations, changes and deletions of all models, or of those named ("shop.Order"), field by field."""
    global _watched
    from django.db.models import signals

    _watched = set(labels) or None
    signals.pre_save.connect(_before_save, weak=False, dispatch_uid="bitacora")
    signals.post_save.connect(_after_save, weak=False, dispatch_uid="bitacora")
    signals.post_delete.connect(_after_delete, weak=False, dispatch_uid="bitacora")


# -------------------------------------------------------------------------------------------------------------- decorator

_VERBS = (
    (re.compile(r"(?:crear|create|agregar|add|insert|nuev[oa]|new|registrar|alta)", re.I), "CREATE"),
    (re.compile(r"(?:eliminar|delete|borrar|remove|destroy|baja)", re.I), "DELETE"),
    (re.compile(r"(?:actualizar|update|editar|edit|modificar|cambiar|change|guardar|save|set)", re.I), "UPDATE"),
)


def registrar_actividad(function=None, *, event=None, target=None, module=None, record_id=None, detail=None, failures=True):
    """Records each call of a function: `@registrar_actividad` or `@registrar_actividad(target="PTE", record_id=…)`.

    `record_id` and `detail` are asked with (result, *args, **kwargs). What the function gives or raises passes untouched.
    """
    if function is None:
        return functools.partial(registrar_actividad, event=event, target=target, module=module, record_id=record_id, detail=detail, failures=failures)
    told = event or next((word for verb, word in _VERBS if verb.match(function.__name__)), "CALL")

    def tell(result, error, args, kwargs):
        try:
            if error is not None and not failures:
                return
            entry = {"actor": current_actor(), "event": told, "target": target or function.__name__, "module": module, "action": function.__name__}
            extra = {"correlationId": _correlation.get()} if _correlation.get() else {}
            if error is not None:
                extra.update(failed=True, error="%s: %s" % (type(error).__name__, error))
            elif record_id is not None:
                entry["recordId"] = str(record_id(result, *args, **kwargs))
            if error is None and detail is not None:
                entry["detail"] = str(detail(result, *args, **kwargs))
            _record(**entry, extra=extra)
        except Exception:
            _record(event=told, action=function.__name__)

    @functools.wraps(function)
    def watched(*args, **kwargs):
        try:
            result = function(*args, **kwargs)
        except BaseException as error:
            tell(None, error, args, kwargs)
            raise
        tell(result, None, args, kwargs)
        return result

    return watched


audited = registrar_actividad
