//! Which clocks a person may live by. A number tells a country, sometimes a place in it; a country can have many clocks,
//! so what is known is a set of time zones, and what is said of a person's clock must hold in each of them. The table is
//! made by `tests/make_zones.py` from Google's metadata of numbers and the time zone database.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use chrono_tz::Tz;
use sms::{LineKind, PhoneNumber};

/// The zones a person may live in, at least one. People of one class can be texted at the same times.
///
/// Its text stands in the store: `Europe/Rome`, or the sorted names `Pacific/Auckland|Pacific/Chatham`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TimeClass(Cow<'static, [Tz]>);

impl TimeClass {
    /// The zones that a class names; none where it is that of the campaign alone, or none.
    pub fn beside(class: &str, campaign: &str) -> Option<TimeClass> {
        (class != campaign).then(|| TimeClass::parse(class)).flatten()
    }

    /// Of a person: the zone that the list states, else those of the number, else that of the campaign.
    pub fn of(stated: Option<Tz>, phone: PhoneNumber, campaign: Tz) -> TimeClass {
        match (stated, candidates(phone)) {
            (Some(zone), _) => TimeClass::from(zone),
            (None, []) => TimeClass::from(campaign),
            (None, zones) => TimeClass(Cow::Borrowed(zones)),
        }
    }

    /// Reads its text. None where it names no zone, or one that does not exist.
    pub fn parse(text: &str) -> Option<TimeClass> {
        let mut zones = text
            .split('|')
            .map(|name| name.parse().ok())
            .collect::<Option<Vec<Tz>>>()?;
        zones.sort_unstable_by_key(|zone| zone.name());
        zones.dedup();
        Some(TimeClass(Cow::Owned(zones)))
    }

    /// In the order of their names, never empty.
    pub fn zones(&self) -> &[Tz] {
        &self.0
    }
}

impl From<Tz> for TimeClass {
    fn from(zone: Tz) -> TimeClass {
        TimeClass(Cow::Owned(vec![zone]))
    }
}

impl fmt::Display for TimeClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, zone) in self.0.iter().enumerate() {
            let between = if n == 0 { "" } else { "|" };
            write!(f, "{between}{}", zone.name())?;
        }
        Ok(())
    }
}

/// The zones that a number can be in, in the order of their names: those of its longest known prefix where numbers belong
/// to a place, else those of its country. Of zones with the same clock there is one: Rome is also the Vatican. Empty for
/// numbers of no country. About 3 µs, nearly all of them for the kind of the line.
pub fn candidates(phone: PhoneNumber) -> &'static [Tz] {
    let table = &*TABLE;
    let of_place = match phone.kind() {
        LineKind::Fixed | LineKind::FixedOrMobile => table.by_prefix(phone),
        LineKind::Mobile if table.has_mobile_places(phone) => table.by_prefix(phone),
        LineKind::Mobile | LineKind::Other => None,
    };
    let of_country = || table.countries.get(phone.region()?.as_str()).copied();
    of_place
        .or_else(of_country)
        .or_else(|| table.by_code(phone))
        .unwrap_or_default()
}

struct Table {
    /// Longer than the code of a country.
    prefixes: HashMap<u64, &'static [Tz]>,
    /// By the two letters.
    countries: HashMap<&'static str, &'static [Tz]>,
    /// By the code that the numbers of a country, or of several, begin with.
    codes: HashMap<u64, &'static [Tz]>,
    /// The codes whose mobile numbers belong to a place too.
    mobile_places: Vec<u64>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| Table::read(include_str!("zones.tsv")).expect("the table is ours, and a test reads it"));

impl Table {
    fn read(text: &'static str) -> Option<Table> {
        let mut rows = text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| line.split_once('\t'));
        let numbers = |text: &str| {
            text.split(' ')
                .map(|n| n.parse().ok())
                .collect::<Option<Vec<u64>>>()
        };
        let (_, mobile_places) = rows.next()??;
        let (_, codes) = rows.next()??;
        let codes = numbers(codes)?;
        let mut table = Table {
            prefixes: HashMap::new(),
            countries: HashMap::new(),
            codes: HashMap::new(),
            mobile_places: numbers(mobile_places)?,
        };
        for row in rows {
            let (zones, places) = row?;
            let zones: &[Tz] = Vec::leak(TimeClass::parse(zones)?.0.into_owned());
            for place in places.split(' ') {
                match place.parse() {
                    Ok(code) if codes.contains(&code) => table.codes.insert(code, zones),
                    Ok(prefix) => table.prefixes.insert(prefix, zones),
                    Err(_) => table.countries.insert(place, zones),
                };
            }
        }
        Some(table)
    }

    fn by_prefix(&self, phone: PhoneNumber) -> Option<&'static [Tz]> {
        shortened(phone).find_map(|prefix| self.prefixes.get(&prefix).copied())
    }

    fn by_code(&self, phone: PhoneNumber) -> Option<&'static [Tz]> {
        shortened(phone).find_map(|prefix| self.codes.get(&prefix).copied())
    }

    fn has_mobile_places(&self, phone: PhoneNumber) -> bool {
        shortened(phone).any(|prefix| self.mobile_places.contains(&prefix))
    }
}

/// What a number begins with, the longest first.
fn shortened(phone: PhoneNumber) -> impl Iterator<Item = u64> {
    std::iter::successors(Some(phone.as_u64()), |n| Some(n / 10).filter(|n| *n > 0))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    fn phone(text: &str) -> PhoneNumber {
        let digits = text.replace([' ', '+'], "").parse().expect("digits");
        PhoneNumber::from_u64(digits).expect("enough digits")
    }

    #[test]
    fn a_number_is_in_the_zones_of_its_place_or_its_country() {
        let numbers = [
            ("an Italian mobile", "+39 333 123 4567"),
            ("Rome, and the Vatican", "+39 06 6988 2019"),
            ("a British mobile", "+44 7700 900 123"),
            ("Guernsey", "+44 7781 123 456"),
            ("New York", "+1 212 555 0123"),
            ("Los Angeles", "+1 213 555 0123"),
            ("Nashville in Tennessee", "+1 615 555 0123"),
            ("Honolulu", "+1 808 555 0123"),
            ("Toronto", "+1 416 555 0123"),
            ("a mobile of Jamaica", "+1 876 210 1234"),
            ("toll free in the United States", "+1 800 555 0199"),
            ("a mobile of New Zealand", "+64 21 123 4567"),
            ("a mobile of Australia", "+61 412 345 678"),
            ("Perth", "+61 8 9224 1234"),
            ("a mobile of Spain", "+34 612 345 678"),
            ("a mobile of Manaus", "+55 92 99123 4567"),
            ("a mobile of Sao Paulo", "+55 11 99123 4567"),
            ("Tijuana", "+52 664 123 4567"),
            ("a Russian mobile", "+7 912 345 6789"),
            ("a mobile of Kazakhstan", "+7 701 123 4567"),
            ("Kaliningrad", "+7 4012 123 456"),
            ("a mobile of Algeria", "+213 551 234 567"),
            ("a mobile of Kosovo", "+383 43 201 234"),
            ("toll free of no country", "+800 1234 5678"),
            ("an Italian number that does not exist", "+39 999 999 999 999"),
            ("no code of any country", "+999 123 4567"),
        ];
        let lines = numbers.map(|(what, digits)| {
            let names: Vec<&str> = candidates(phone(digits)).iter().map(|zone| zone.name()).collect();
            format!("{what}: {}\n", names.join(" "))
        });
        expect![[r#"
            an Italian mobile: Europe/Rome
            Rome, and the Vatican: Europe/Vatican
            a British mobile: Europe/London
            Guernsey: Europe/Guernsey
            New York: America/New_York
            Los Angeles: America/Los_Angeles
            Nashville in Tennessee: America/Chicago
            Honolulu: Pacific/Honolulu
            Toronto: America/Toronto
            a mobile of Jamaica: America/Jamaica
            toll free in the United States: America/Adak America/Anchorage America/Chicago America/Denver America/Los_Angeles America/New_York America/Phoenix Pacific/Honolulu
            a mobile of New Zealand: Pacific/Auckland Pacific/Chatham
            a mobile of Australia: Australia/Adelaide Australia/Brisbane Australia/Darwin Australia/Eucla Australia/Lord_Howe Australia/Perth Australia/Sydney
            Perth: Australia/Adelaide Australia/Perth
            a mobile of Spain: Atlantic/Canary Europe/Madrid
            a mobile of Manaus: America/Manaus
            a mobile of Sao Paulo: America/Sao_Paulo
            Tijuana: America/Tijuana
            a Russian mobile: Asia/Irkutsk Asia/Kamchatka Asia/Krasnoyarsk Asia/Magadan Asia/Omsk Asia/Vladivostok Asia/Yakutsk Asia/Yekaterinburg Europe/Kaliningrad Europe/Moscow Europe/Samara
            a mobile of Kazakhstan: Asia/Almaty
            Kaliningrad: Europe/Kaliningrad
            a mobile of Algeria: Africa/Algiers
            a mobile of Kosovo: Europe/Belgrade
            toll free of no country: 
            an Italian number that does not exist: Europe/Rome
            no code of any country: 
        "#]].assert_eq(&lines.concat());
    }

    #[test]
    fn a_class_comes_from_the_list_then_the_number_then_the_campaign() {
        let of = |stated, digits| TimeClass::of(stated, phone(digits), chrono_tz::Europe::Berlin).to_string();
        let lima = Some(chrono_tz::America::Lima);
        assert_eq!(of(lima, "+64 21 123 4567"), "America/Lima");
        assert_eq!(of(None, "+64 21 123 4567"), "Pacific/Auckland|Pacific/Chatham");
        assert_eq!(of(None, "+800 1234 5678"), "Europe/Berlin");
    }

    #[test]
    fn the_text_of_a_class_is_read_as_the_same_class() {
        for zones in TABLE.countries.values().chain(TABLE.prefixes.values()) {
            let class = TimeClass(Cow::Borrowed(zones));
            assert_eq!(TimeClass::parse(&class.to_string()), Some(class));
        }
        let unsorted = TimeClass::parse("Pacific/Chatham|Pacific/Auckland|Pacific/Chatham");
        assert_eq!(
            unsorted.map(|class| class.to_string()).as_deref(),
            Some("Pacific/Auckland|Pacific/Chatham")
        );
        for none in ["", "Mars/Olympus", "Europe/Rome|", "Europe/Rome Europe/Paris"] {
            assert_eq!(TimeClass::parse(none), None, "{none:?}");
        }
    }
}
