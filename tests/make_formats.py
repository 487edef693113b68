#!/usr/bin/env python3
"""Writes dsl/src/template/locale/formats.tsv: how each language writes days, times, numbers and sums.

The source is the Unicode CLDR, by way of the Python package Babel (`pip install babel`). White space that is not plain becomes
a plain space and a typographic apostrophe a plain one, so that no invisible character turns a text into UCS-2.
"""
import pathlib
import unicodedata

import babel
from babel import Locale

LANGUAGES = """bg ca cs da de de-at de-ch el en en-au en-ca en-gb en-ie en-in en-nz en-za es es-mx es-us et fi fr fr-ca fr-ch
hr hu id is it it-ch ja ko lt lv mk nb nl nl-be nn no pl pt pt-pt ro ru sk sl sq sr sr-latn sv tr uk zh""".split()

# Which of its words a language takes for whole numbers, by the names of dsl/src/template/locale/plural.rs.
# Millions have a form of their own in CLDR for es, fr, it, pt and ca (`many`), which here is `other`.
FAMILIES = {
    "none": lambda n: "other",
    "one": lambda n: "one" if n == 1 else "other",
    "zero-one": lambda n: "one" if n < 2 else "other",
    "icelandic": lambda n: "one" if n % 10 == 1 and n % 100 != 11 else "other",
    "czech": lambda n: "one" if n == 1 else "few" if 2 <= n <= 4 else "other",
    "polish": lambda n: "one" if n == 1 else "few" if slavic_few(n) else "many",
    "russian": lambda n: "one" if n % 10 == 1 and n % 100 != 11 else "few" if slavic_few(n) else "many",
    "serbian": lambda n: "one" if n % 10 == 1 and n % 100 != 11 else "few" if slavic_few(n) else "other",
    "slovenian": lambda n: {1: "one", 2: "two", 3: "few", 4: "few"}.get(n % 100, "other"),
    "romanian": lambda n: "one" if n == 1 else "few" if n == 0 or 1 <= n % 100 <= 19 else "other",
    "lithuanian": lambda n: "other" if n % 10 == 0 or 11 <= n % 100 <= 19 else "one" if n % 10 == 1 else "few",
    "latvian": lambda n: "zero" if n % 10 == 0 or 11 <= n % 100 <= 19 else "one" if n % 10 == 1 else "other",
}


def slavic_few(n):
    return 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14


def plain(text):
    text = "".join(" " if unicodedata.category(c) == "Zs" else c for c in text).replace("’", "'")
    assert not any(unicodedata.category(c) in ("Cf", "Cc") for c in text), text
    assert "\t" not in text, text
    return text


def family(locale):
    rule = locale.plural_form
    for name, of in FAMILIES.items():
        if all(of(n) == rule(n) for n in range(1_000)):
            return name
    raise SystemExit(f"{locale}: no family of plurals")


def row(tag):
    locale = Locale.parse("nb" if tag == "no" else tag, sep="-")
    symbols = locale.number_symbols
    symbols = symbols.get("latn", symbols)
    months = locale.months["format"]
    periods = locale.day_periods["format"]["abbreviated"]
    joined = locale.datetime_formats["long"]
    joined = str(getattr(joined, "pattern", joined)).replace("'", "")
    assert joined.index("{1}") < joined.index("{0}"), tag
    money = locale.currency_formats["standard"].pattern.split(";")[0]
    cells = [
        tag,
        locale.date_formats["long"].pattern,
        locale.date_formats["medium"].pattern,
        locale.time_formats["short"].pattern,
        joined.replace("{1}", "").replace("{0}", ""),
        "|".join(months["wide"][n] for n in range(1, 13)),
        "|".join(months["abbreviated"][n] for n in range(1, 13)),
        "|".join(locale.days["format"]["wide"][n] for n in range(7)),
        f"{periods['am']}|{periods['pm']}",
        symbols["decimal"],
        symbols["group"],
        "2" if tag in ("bg", "es", "pl", "pt-pt") else "1",
        "before" if money.lstrip("\u200f\u200e").startswith("¤") else "after",
        "spaced" if any(unicodedata.category(c) == "Zs" for c in money) else "close",
        family(locale),
    ]
    assert all(c for i, c in enumerate(cells) if i not in (4,)), cells
    cells = [plain(str(cell)) if cell != "" else cell for cell in cells]
    return "\t".join(cells)


HEAD = "language day short time between months short-months weekdays halves decimal group least-grouped sign gap plural"
out = pathlib.Path(__file__).parent.parent / "dsl/src/template/locale/formats.tsv"
text = "\t".join(HEAD.split()) + "\n" + "".join(row(tag) + "\n" for tag in LANGUAGES)
out.write_text(text)
print(f"{len(LANGUAGES)} languages, from Babel {babel.__version__}")
