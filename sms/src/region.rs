//! Countries and territories by their ISO 3166 letters, as far as they have telephone numbers. Which exist comes from
//! the number metadata, so a region that is accepted is one whose numbers can be read.

use std::fmt;

use rlibphonenumber::PHONE_NUMBER_UTIL;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A country or territory, two capital letters: `IT`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region([u8; 2]);

impl Region {
    /// The region of two letters, whose case does not count. None where there is no such region, or one without
    /// telephone numbers (Bouvet Island); `UK` is none, it is `GB`.
    pub fn new(code: &str) -> Option<Region> {
        let known = rlibphonenumber::Region::from_code(code).ok()?;
        PHONE_NUMBER_UTIL.get_country_code_for_region(known)?;
        Region::from_metadata(known)
    }

    /// Two capital letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("made of two ASCII letters")
    }

    /// None for the world, to which numbers such as +800 belong.
    pub(crate) fn from_metadata(region: rlibphonenumber::Region) -> Option<Region> {
        let letters: [u8; 2] = region.as_region_str().as_str().as_bytes().try_into().ok()?;
        Some(Region(letters))
    }

    pub(crate) fn to_metadata(self) -> rlibphonenumber::Region {
        rlibphonenumber::Region::from_code(self.as_str()).expect("two letters are a code")
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Region {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Region {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Region, D::Error> {
        let code = String::deserialize(deserializer)?;
        Region::new(&code).ok_or_else(|| D::Error::custom(format_args!("{code:?} is not a known region")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_regions_with_telephones_are_known() {
        for (code, expected) in [
            ("IT", "IT"),
            ("it", "IT"),
            ("uS", "US"),
            ("VA", "VA"),
            ("GG", "GG"),
            ("XK", "XK"),
        ] {
            assert_eq!(
                Region::new(code).map(|r| r.to_string()).as_deref(),
                Some(expected),
                "{code}"
            );
        }
        for code in [
            "",
            "I",
            "ITA",
            "UK",
            "ZZ",
            "BV",
            "001",
            "1T",
            "ÉT",
            "\u{0130}T",
            " IT",
        ] {
            assert_eq!(Region::new(code), None, "{code:?}");
        }
    }

    #[test]
    fn every_region_of_the_metadata_comes_back() {
        for region in PHONE_NUMBER_UTIL.get_supported_regions() {
            let ours = Region::from_metadata(region).expect("two letters");
            assert_eq!(Region::new(ours.as_str()), Some(ours));
            assert_eq!(ours.to_metadata(), region);
        }
    }
}
