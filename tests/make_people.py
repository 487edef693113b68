#!/usr/bin/env python3
"""Makes campaigns/lists/people.csv: 1,000 rows as real lists have them, the same ones every time.

Nobody can be reached under these numbers: NPA-555-01XX is set aside for fiction in the United States and Canada, and
so are the mobiles from Australia, Germany and Sweden. The Italian numbers are landlines, which are never texted. What is
wrong in the list is wrong on purpose: every row under ODD shows one thing that `crier plan` has to say something about.

    tests/make_people.py            writes the file
    tests/make_people.py --check    fails when the file is not what this script makes
"""

import csv
import io
import pathlib
import sys

ROWS = 1_000
TARGET = pathlib.Path(__file__).resolve().parent.parent / "campaigns" / "lists" / "people.csv"

AREA_CODES = """
201 202 203 205 206 207 208 209 210 212 213 214 215 216 217 301 302 303 304 305 307 308 310 312 313 314 315 316 317 401
402 404 405 406 407 408 410 412 415 501 502 503 504 505 507 509 510 512 513 515 602 603 605 606 608 612 615 617 619 701
702 703 704 713 714 718 801 802 803 804 808 901 904 907 912 913 914 915 916 919 954 416 604
""".split()

SPELLINGS = [
    "+1 ({a}) 555-{n}",
    "+1{a}555{n}",
    "{a}-555-{n}",
    "({a}) 555-{n}",
    "{a}555{n}",
    "{a}.555.{n}",
    "1-{a}-555-{n}",
    "{a} 555 {n}",
]

# Every letter of these is in GSM-7, so that a text with them costs what it seems to.
ENGLISH = """
Ada Albert Alice Amy Andrew Anna Arthur Ava Ben Beth Brian Carl Carol Charles Chloe Clara Daniel David Diana Dylan Edith
Edward Ella Emily Emma Eric Ethan Eva Felix Fiona Frank Fred George Grace Hannah Harry Helen Henry Ida Irene Isaac Jack
James Jane Jason Jill Joan John Joseph Julia Karen Keith Kevin Laura Leo Lewis Lily Linda Lucas Lucy Luke Mabel Marie Mark
Martha Mary Max Mia Michael Molly Nancy Nathan Nina Noah Nora Oliver Olivia Oscar Owen Paul Peter Rachel Ralph Rita Robert
Rose Ruth Sam Sarah Scott Simon Sophie Stella Susan Thomas Tom Vera Victor Walter Wendy William
""".split()
SPANISH = """
Alba Alejandra Alma Ana Begoña Camila Carlos Carmen Catalina Diego Dolores Elena Emilio Enrique Esteban Eva Felipe Fernando
Francisco Gabriela Gloria Guillermo Iker Isabel Javier Jimena Jorge José Juan Juana Lola Luis Luisa Manuel Marcos Mateo
Miguel Natalia Noé Olga Pablo Paloma Pedro Pilar Rafael Ramona Rosa Santiago Teresa Valentina Vicente Ximena Yolanda
""".split()

# Position in the list, and the row.
ODD = {
    # The same people again, written otherwise.
    44: ("+1 (201) 555-0101", "Ada", "en"),
    97: ("(202) 555-0101", "", "en"),
    141: ("2035550101", "A.", "en"),
    230: ("+12055550101", "Again", "en"),
    231: ("1.206.555.0101", "Again", "es"),
    388: ("207-555-0101", "Again", ""),
    402: ("+1 208 555 0101", "Again", "en"),
    577: ("(209)555-0101", "Again", "en"),
    640: ("1 (210) 555-0101", "Again", "en"),
    731: ("1 212 555 0101", "Again", "en"),
    811: ("+1-213-555-0101", "Again", "en"),
    964: ("+49 (171) 3920001", "Again", ""),
    # Landlines.
    118: ("+390612345678", "Studio Verdi", "it"),
    355: ("+39 06 1234 5679", "Ufficio", "it"),
    619: ("+39 02 1234 5678", "Sede", "it"),
    # Mobiles of other countries: they are texted, at another price.
    150: ("+49 171 3920001", "Jürgen", "de"),
    268: ("+491713920002", "Käthe", "de"),
    419: ("+61 491 570 006", "Kylie", "en"),
    533: ("+61491570156", "Bruce", "en"),
    702: ("+46 70 174 06 05", "Åsa", "sv"),
    # Cells without a number.
    62: ("n/d", "Rose", "en"),
    176: ("3.93331E+11", "Mario", "it"),
    247: ("ask Maria", "Leo", "es"),
    311: ("", "Nina", "en"),
    372: ("415-555-013", "Max", "en"),
    446: ("#N/A", "Tom", "en"),
    508: ("=B2&C2", "Vera", "en"),
    590: ("000-000-0000", "Sam", "en"),
    664: ("see notes", "Ida", "en"),
    777: ("415-555-0134 / 415-555-0135", "Ben", "en"),
    860: ("+999 555 0134", "Eric", "en"),
    893: ("001-214-555-0101", "Carl", "en"),
    # A cell too many: nobody knows which is which.
    921: ("316-555-0195", "Clara", "en", "new"),
    # Numbers that a spreadsheet took for quantities, with all their digits.
    199: ("1.2145550199E+10", "Paul", "en"),
    685: ("12155550199.0", "Lucy", "en"),
    # Names with a letter outside of GSM-7: their texts take more parts.
    83: ("+1 (216) 555-0198", "Zoë", "en"),
    333: ("217-555-0198", "Łukasz", "en"),
    750: ("(301) 555-0198", "Sofía", "es"),
    # No name: the field has a default.
    55: ("302-555-0197", "", "en"),
    204: ("303-555-0197", "", "es"),
    487: ("(304) 555-0197", "  ", "en"),
    723: ("+13055550197", "", "es"),
    908: ("307.555.0197", "", ""),
    # Languages: another country's Spanish, another case, one without a text, which gets the first.
    26: ("308-555-0196", "Lupita", "es-MX"),
    289: ("310-555-0196", "Marisol", "ES"),
    561: ("312-555-0196", "Jean", "fr"),
    # Names that need quotes in a CSV file.
    70: ("313-555-0196", "Mary Ann", "en"),
    462: ("314-555-0196", "Lee, Jr.", "en"),
    838: ("315-555-0196", 'Robert "Bob"', "en"),
    # Characters that nobody sees.
    605: ("\u00a0316-555-0196\u200e", "Grace\u200b", "en"),
}


def usual_rows():
    """People with a number and a name. Area code after area code, each with its 0101, 0102 and so on."""
    for number in range(101, 190):
        for place, area_code in enumerate(AREA_CODES):
            turn = number * len(AREA_CODES) + place
            spelling = SPELLINGS[turn * 5 % len(SPELLINGS)]
            language = "es" if turn % 10 in (2, 5, 9) else "en"
            names = SPANISH if language == "es" else ENGLISH
            phone = spelling.format(a=area_code, n=f"{number:04}")
            yield phone, names[turn * 7 % len(names)], language if turn % 25 else ""


def people():
    usual = usual_rows()
    return [ODD.get(place) or next(usual) for place in range(1, ROWS + 1)]


def text():
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["phone", "first_name", "language"])
    writer.writerows(people())
    return out.getvalue()


def main():
    made = text()
    if sys.argv[1:] == ["--check"]:
        if TARGET.read_text(encoding="utf-8") != made:
            sys.exit(f"{TARGET.name} is not what tests/make_people.py makes: run it and commit the file")
    elif sys.argv[1:]:
        sys.exit(__doc__)
    else:
        TARGET.write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main()
