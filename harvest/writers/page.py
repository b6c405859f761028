"""index.html: the whole dataset as one page that opens from disk and needs nothing else.

The sources are in harvest/data/page. The page may run its own script and use its own styles, which
it names by hash, and nothing else (https://www.w3.org/TR/CSP3/).
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files

from harvest.dataset import columns
from harvest.dataset.page_content import MAX_WORKS, content, newest
from harvest.dataset.publication import Publication
from harvest.models import Work
from harvest.text import printable
from harvest.writers.base import Writer

_SOURCES = files("harvest") / "data" / "page"
_STYLES = (
    "base.css", "frame.css", "works.css", "panel.css", "figures.css", "colours.css", "matrix.css",
    "tables.css", "print.css",
)  # fmt: skip
_MAIN = "main"
_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./(\w+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?(?:function|const|class) (\w+))", re.MULTILINE)
_BLANK = re.compile(r"\{\{(\w+)\}\}")
_SHOWN_WITHOUT_SCRIPT = 25
_POLICY = (
    "default-src 'none'; script-src '{script}'; style-src '{style}'; img-src data:;"
    " base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)


class PageWriter(Writer):
    """index.html."""

    name = "page"
    published = True

    def write(self, publication: Publication) -> dict[str, bytes]:
        """Return the page."""
        settings, total = publication.settings, len(publication.works)
        works = newest(publication.works)
        parts = content(publication, works, _rules())
        style, script = styles(), scripts()
        text = {
            "policy": _POLICY.format(script=_hash(script), style=_hash(style)),
            "title": printable(settings.title),
            "description": printable(settings.description or _summary(publication)),
            "summary": _summary(publication),
            "works": f"{total:,}",
            "findings": f"{len(publication.findings):,}",
        }
        code = {
            "style": style,
            "script": script,
            "limit": _limit(total),
            "license": _license(settings.license),
            "newest": "".join(map(_item, works[:_SHOWN_WITHOUT_SCRIPT])),
        }
        code |= {f"{name}_data": columns.pack(part) for name, part in parts.items()}
        escaped = {name: escape(value) for name, value in text.items()}
        page = fill(_read("page.html"), escaped | code)
        return {"index.html": page.encode()}


def fill(template: str, values: Mapping[str, str]) -> str:
    """Return the template with each `{{name}}` replaced, in one pass: no value is filled again."""
    return _BLANK.sub(lambda match: values[match[1]], template)


@cache
def styles() -> str:
    """Return all styles."""
    return "\n" + "".join(map(_read, _STYLES))


@cache
def scripts() -> str:
    """Return the modules as one script, each after those that it imports, in a scope of its own."""
    parts: dict[str, str] = {}
    _collect(_MAIN, parts)
    return "\nconst modules = {};\n" + "".join(parts.values())


def _collect(name: str, parts: dict[str, str]) -> None:
    text = _read(f"{name}.js")
    for _, other in _IMPORT.findall(text):
        if other not in parts:
            _collect(other, parts)
    names = ", ".join(export for _, export in _EXPORT.findall(text))
    body = _EXPORT.sub(r"\1", _IMPORT.sub(_take, text))
    parts[name] = f"modules.{name} = (() => {{\n{body}return {{ {names} }};\n}})();\n"


def _take(match: re.Match[str]) -> str:
    return f"const {{{match[1].replace(' as ', ': ')}}} = modules.{match[2]};\n"


def _read(name: str) -> str:
    return (_SOURCES / name).read_text("utf-8")


def _hash(code: str) -> str:
    return "sha256-" + b64encode(sha256(code.encode()).digest()).decode()


def _rules() -> dict[str, dict[str, str]]:
    from harvest import checks  # loads every rule, which other formats have no use for

    rules = {}
    for code, rule in checks.rules().items():
        rules[code] = {"name": rule.name, "level": rule.level, "what": rule.what, "fix": rule.fix}
    return rules


def _summary(publication: Publication) -> str:
    lists: set[str] = set()
    for work in publication.works:
        lists.update(place.seed for place in work.mentions)
    return (
        f"{_count(len(publication.works), 'work')} from {_count(len(lists), 'curated list')},"
        f" with {_count(len(publication.repositories), 'code repository', 'code repositories')}"
    )


def _count(number: int, noun: str, plural: str | None = None) -> str:
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def _limit(total: int) -> str:
    if total <= MAX_WORKS:
        return ""
    return (
        f'<p class="alert soft">This page holds the newest {MAX_WORKS:,} of {total:,} works; all'
        ' are in <a href="harvest.db">harvest.db</a>.</p>'
    )


def _license(name: str | None) -> str:
    return f"<span>Data: {escape(name)}</span>" if name else ""


def _item(work: Work) -> str:
    """Return a work as an item of a list, for readers without JavaScript."""
    title = escape(printable(work.title or work.id))
    url = next((form.url for form in work.manifestations if _is_web(form.url)), None)
    link = f'<a href="{escape(url)}" rel="noopener noreferrer">{title}</a>' if url else title
    about = [_people(author.name for author in work.authors), work.container, work.date]
    line = escape(printable(" · ".join(filter(None, about))))
    return f'<li class="work"><h2 dir="auto">{link}</h2><p class="by">{line}</p></li>\n'


def _people(names: Iterable[str]) -> str:
    first, *others = [*names] or [""]
    return f"{first} and {len(others)} more" if len(others) > 2 else ", ".join([first, *others])


def _is_web(url: str) -> bool:
    return url.lower().startswith(("https://", "http://"))
