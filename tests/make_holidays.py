#!/usr/bin/env python3
"""Writes engine/src/calendar/holidays.tsv: the public holidays of whole countries, 2024 to 2036, by their English names.

The source is the Python package holidays (`pip install holidays phonenumbers`); the other package only says which countries
have telephone numbers. Only days that the whole country has off: what a state or a trade keeps alone is not in it. Days by the
moon are estimates of the package, which a country's own announcement can move by a day.
"""
import collections
import datetime
import pathlib
import re
import warnings

import holidays
import phonenumbers

YEARS = range(2024, 2037)
HEAD = """# Public holidays of whole countries, {first} to {last}; those by the moon are estimates. Made by tests/make_holidays.py on
# {today} from the Python package holidays {version} (MIT). Country, name, and MM-DD of every year or YYMMDD of one.
"""


def days_of(country):
    """The day of each name: a day of several names has the first."""
    language = "en_US" if "en_US" in holidays.country_holidays(country).supported_languages else None
    known = holidays.country_holidays(country, years=YEARS, language=language, categories=holidays.PUBLIC)
    days = collections.defaultdict(list)
    for day, names in sorted(known.items()):
        name = re.sub(r"\s*\(estimated\)", "", names.split("; ")[0]).replace("’", "'").strip()
        assert name and "\t" not in name and "\n" not in name, (country, name)
        days[name].append(day)
    return days


def written(days):
    """`12-25` where it is that day of every year, else each day: `240401 250421`."""
    of_year = collections.defaultdict(set)
    for day in days:
        of_year[day.strftime("%m-%d")].add(day.year)
    every = {day for day, years in of_year.items() if years == set(YEARS)}
    single = [day.strftime("%y%m%d") for day in days if day.strftime("%m-%d") not in every]
    return " ".join(sorted(every) + single)


def has_holidays(country):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return bool(holidays.country_holidays(country, years=YEARS))


countries = sorted(c for c in holidays.list_supported_countries() if c in phonenumbers.SUPPORTED_REGIONS)
lines = []
for country in filter(has_holidays, countries):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        days = days_of(country)
    for warning in said:
        print(f"{country}: {warning.message}")
    lines += [f"{country}\t{name}\t{written(days[name])}\n" for name in sorted(days)]
out = pathlib.Path(__file__).parent.parent / "engine/src/calendar/holidays.tsv"
today = datetime.date.today().isoformat()
head = HEAD.format(first=YEARS[0], last=YEARS[-1], today=today, version=holidays.__version__)
out.write_text(head + "".join(lines))
print(f"{len({line[:2] for line in lines})} countries, {out.stat().st_size} bytes, from holidays {holidays.__version__}")
