"""How each publisher's server is asked, and what its answers mean: one small class per server, chosen by the address's host."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from corpus.errors import RapporteurError
from ingest.sniffing import media_type_of

ENGLISH = frozenset({"en"})
#: A page shorter than this that came instead of a PDF is the server's excuse, not a document.
STUB_BYTES = 8_192
#: A redirect's own page has some hundred bytes; a longer body is told as what it is.
SMALL_REDIRECT_BYTES = 1_000


class TransferError(RapporteurError):
    """A document that was not brought, and why; asking again does not help."""

    exit_code = 3


class PassingError(TransferError):
    """A failure that may pass: asking again, later, may help.

    Attributes:
        retry_after_s: Seconds that the server asks to wait; None where it does not say.
    """

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        """Remembers how long to wait."""
        super().__init__(message)
        self.retry_after_s = retry_after_s


class UnreachableError(PassingError):
    """No connection to the server."""


class NotModifiedError(Exception):
    """The publisher says that its text is the one that is here."""


class AbsentError(TransferError):
    """The publisher says that it has no such document."""


@dataclass(frozen=True)
class Ask:
    """What is sent for a document.

    Attributes:
        url: The address, for the language wanted.
        headers: Names and values.
    """

    url: str
    headers: Mapping[str, str]


def user_agent() -> str:
    """Returns the name under which the program asks."""
    try:
        return f"Rapporteur/{version('rapporteur')}"
    except PackageNotFoundError:
        return "Rapporteur"


class Publisher:
    """A server that needs nothing special; the others override what differs."""

    name = "the publisher"

    def languages(self, url: str) -> frozenset[str]:
        """Returns the languages that the address can be had in."""
        return ENGLISH

    def ask(self, url: str, language: str, media_type: str | None) -> Ask:
        """Returns what is sent for the document at `url`.

        Args:
            url: The catalogue's address.
            language: ISO 639-1 code.
            media_type: What the document is expected to be; None where the catalogue does not say.
        """
        accept = f"{media_type}, */*;q=0.1" if media_type else "*/*"
        return Ask(url, {"User-Agent": user_agent(), "Accept": accept, "Accept-Language": language})

    def follow(self, at: str, status: int, location: str | None, size: int | None) -> str:
        """Returns the address that a redirect leads to.

        Args:
            at: The address that was asked.
            status: 301, 302, 303, 307 or 308.
            location: The header of that name.
            size: Bytes of the redirect's own body; None where unknown.

        Raises:
            TransferError: It leads nowhere; a `PassingError` where asking again may help.
        """
        if not location:
            raise PassingError(f"{_host(at)} redirects ({status}) without saying where to")
        return urljoin(at, location)

    def inspect(self, head: bytes, size: int, media_type: str | None) -> None:
        """Looks at the beginning of what arrived in full.

        Raises:
            TransferError: It is not the document; a `PassingError` where asking again may help.
        """


class PdfPublisher(Publisher):
    """A server that now and then sends a short page where a PDF was asked for."""

    def inspect(self, head: bytes, size: int, media_type: str | None) -> None:
        """Refuses short pages that came instead of the document."""
        if size < STUB_BYTES and media_type != "text/html" and media_type_of(head) == "text/html":
            raise PassingError(f"{self.name} sent a page of {size:,} bytes instead of the document")


class CouncilOfEurope(PdfPublisher):
    """The Council of Europe's documents, PDFs by number (``rm.coe.int/1680081561``)."""

    name = "the Council of Europe"


class Unodc(Publisher):
    """The United Nations Office on Drugs and Crime: the convention as one HTML page."""

    name = "UNODC"


class UNDocuments(PdfPublisher):
    """The United Nations' document system, by symbol or by job number.

    Observed in September 2026: the symbol address answers 302 with a path in capitals, which brings a 301 of 162 bytes or a page of 1,303 bytes; in lower
    case the same path brings the PDF. Without a browser's headers it redirects to ``/error``, as it does for an unknown symbol. An unknown language code
    gives English without a word. One answer may take half a minute, and 502 and 503 come now and then. Source: github.com/yuiseki/undocs,
    docs/findings/2026-09-17-fetching.md.
    """

    name = "the UN document system"
    LANGUAGES = frozenset({"ar", "en", "es", "fr", "ru", "zh"})

    def languages(self, url: str) -> frozenset[str]:
        """Returns the six official languages for a symbol; an address by job number is one text in one language."""
        return self.LANGUAGES if _query(url).get("s") else ENGLISH

    def ask(self, url: str, language: str, media_type: str | None) -> Ask:
        """Returns the address with the language put in, and a browser's headers with the symbol's page as referrer."""
        if language not in self.languages(url):
            raise TransferError(
                f"{self.name} has no text in {language!r} (it would send English without saying so). Ask for one of {', '.join(sorted(self.languages(url)))}."
            )
        query = _query(url)
        symbol = query.get("s")
        if symbol:
            query["l"] = language
            url = urlunsplit(urlsplit(url)._replace(query=urlencode(query, safe="/", quote_via=quote)))
        return Ask(
            url,
            {
                "User-Agent": f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 {user_agent()}",
                "Accept": media_type or "application/pdf",
                "Accept-Language": language,
                "Referer": f"https://docs.un.org/{language}/{symbol}" if symbol else "https://docs.un.org/",
                "Sec-Fetch-Dest": "document",
                "Sec-Fetch-Mode": "navigate",
                "Sec-Fetch-Site": "same-site",
            },
        )

    def follow(self, at: str, status: int, location: str | None, size: int | None) -> str:
        """Returns the redirect's target with its path in lower case; ``/error`` means that there is no such document."""
        target = urlsplit(super().follow(at, status, location, size))
        if target.path.casefold().rstrip("/").startswith("/error"):
            symbol = _query(at).get("s")
            raise AbsentError(f"{self.name} has no such document" + (f" ({symbol})" if symbol else ""))
        if status == 301 and (size is None or size < SMALL_REDIRECT_BYTES):
            raise PassingError(f"{self.name} sent a 301 of {size if size is not None else 'few'} bytes instead of the document")
        return urlunsplit(target._replace(path=target.path.lower()))


def _query(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


def _host(url: str) -> str:
    return urlsplit(url).netloc


@dataclass(frozen=True)
class Publishers:
    """The registry: which publisher answers at which host.

    Attributes:
        by_host: From ``host`` or ``host:port`` to the publisher.
        otherwise: For every other host.
    """

    by_host: Mapping[str, Publisher]
    otherwise: Publisher = field(default_factory=Publisher)

    def of(self, url: str) -> Publisher:
        """Returns the publisher of an address."""
        parts = urlsplit(url)
        return self.by_host.get(parts.netloc.lower()) or self.by_host.get((parts.hostname or "").lower()) or self.otherwise


PUBLISHERS = Publishers(
    {
        "documents.un.org": UNDocuments(),
        "www.unodc.org": Unodc(),
        "rm.coe.int": CouncilOfEurope(),
    }
)
