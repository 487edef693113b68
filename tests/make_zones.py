#!/usr/bin/env python3
"""Writes engine/src/calendar/zones.tsv: the time zones that a telephone number can be in.

The source is Google's metadata, by way of the Python package phonenumbers (`pip install phonenumbers tzdata`), and the time zone
database, which says the zones of a country. Numbers that belong to a place (all that are not mobile, and the mobile ones of a few
countries) have the zones of their longest prefix, all others those of their country: Google's own zones of whole countries lack
Darwin, and have Paris for Algiers. Of zones in one set whose clocks are the same from 2026 on only the widest is kept.
"""
import collections
import datetime
import importlib.resources
import pathlib
import zoneinfo

import phonenumbers
import tzdata
from phonenumbers import phonenumberutil
from phonenumbers.tzdata import TIMEZONE_DATA

HEAD = """# Time zones of telephone numbers. Made by tests/make_zones.py on {today} from the Python packages phonenumbers {version}
# (Apache-2.0) and tzdata {tzdb}. A set of zones, and the prefixes and countries that have it.
"""
zoneinfo.reset_tzpath(to=[])
START, DAYS = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc), 11 * 366
CODES = {str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE}
WIDEST = set()
USES = collections.Counter(zone for zones in TIMEZONE_DATA.values() for zone in zones)


def clock(zone, known={}):
    if zone not in known:
        there = zoneinfo.ZoneInfo(zone)
        hours = range(0, DAYS * 24, 6)
        known[zone] = tuple(there.utcoffset((START + datetime.timedelta(hours=h)).astimezone(there)) for h in hours)
    return known[zone]


def distinct(zones):
    """Of each clock the first zone."""
    kept = {}
    for zone in zones:
        kept.setdefault(clock(zone), zone)
    return tuple(sorted(kept.values()))


def zones_by_country():
    text = importlib.resources.files(tzdata).joinpath("zoneinfo/zone.tab").read_text()
    found = collections.defaultdict(list)
    for line in text.splitlines():
        if not line.startswith("#"):
            country, _, zone, *comment = line.split("\t")
            found[country].append(zone)
            if "most" in "".join(comment):
                WIDEST.add(zone)
    return found


def of_country(region):
    code = phonenumbers.country_code_for_region(region)
    return distinct(by_use(BY_COUNTRY.get(region) or TIMEZONE_DATA[str(code)]))


def of_code(code):
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[int(code)]
    return distinct(by_use({zone: None for region in regions if region != "001" for zone in of_country(region)}))


def of_prefix(prefix, zones):
    """Its zones. For one with the clock of another country, such as Bucharest for Kaliningrad, the near one of its own."""
    code = next(prefix[:n] for n in (1, 2, 3) if prefix[:n] in CODES)
    known = {clock(zone): zone for zone in of_code(code)}
    near = lambda zone: next(own for there, own in known.items() if there[0] == clock(zone)[0])
    for zone in zones:
        if clock(zone) not in known:
            print(f"{prefix}: {near(zone)}, not {zone}")
    return distinct(by_use(zone if clock(zone) in known else near(zone) for zone in zones))


def by_use(zones):
    """Those of most of an area first, then those of the most prefixes, else in the order of the database."""
    return sorted(zones, key=lambda zone: (zone not in WIDEST, -USES[zone]))


def above(prefix):
    """The longest shorter prefix that is more than the code of a country."""
    shorter = (prefix[:n] for n in range(len(prefix) - 1, 0, -1))
    return next((p for p in shorter if p in sets), None)


BY_COUNTRY = zones_by_country()
prefixes = collections.defaultdict(list)
sets = {prefix: of_prefix(prefix, zones) for prefix, zones in TIMEZONE_DATA.items() if prefix not in CODES}
for prefix, zones in sorted(sets.items()):
    if above(prefix) is None or sets[above(prefix)] != zones:
        prefixes[zones].append(prefix)
for code in sorted(CODES):
    if of_code(code):
        prefixes[of_code(code)].append(code)
for region in sorted(phonenumbers.SUPPORTED_REGIONS):
    prefixes[of_country(region)].append(region)
mobile = sorted(str(code) for code in phonenumberutil._GEO_MOBILE_COUNTRIES)
lines = [f"codes with mobile numbers of places\t{' '.join(mobile)}\n", f"codes\t{' '.join(sorted(CODES))}\n"]
lines += ["|".join(zones) + "\t" + " ".join(prefixes[zones]) + "\n" for zones in sorted(prefixes)]
out = pathlib.Path(__file__).parent.parent / "engine/src/calendar/zones.tsv"
today = datetime.date.today().isoformat()
out.write_text(HEAD.format(today=today, version=phonenumbers.__version__, tzdb=tzdata.IANA_VERSION) + "".join(lines))
print(f"{len(prefixes)} sets, {out.stat().st_size} bytes, from phonenumbers {phonenumbers.__version__}")
