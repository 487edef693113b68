//! Asks Google's metadata about a number. The only file that knows how the metadata crate wants to be asked.

use std::cell::Cell;

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberType, PhoneNumberUtil};

use super::{LineKind, PhoneNumber};
use crate::region::Region;

/// What the metadata knows of a number that exists.
pub(super) struct Traits {
    /// None for a number of no country.
    pub region: Option<Region>,
    pub kind: LineKind,
}

/// The part of a number after the country code.
pub(super) struct National {
    pub value: u64,
    /// Leading zeros included: Rome is 06.
    pub digits: u32,
}

/// Questions of a thread for which it makes no patterns of its own.
const FEW: u32 = 1_000;

thread_local! {
    // Each thread that asks much has the patterns for itself: those of the crate's own instance are shared, and threads that
    // plan a list spend a third of their time on waiting for each other's turn. To make them takes as long as a dozen checks
    // of a campaign, and 14 MB.
    static UTIL: PhoneNumberUtil = PhoneNumberUtil::new().expect("the metadata of the crate itself is whole");
    static ASKED: Cell<u32> = const { Cell::new(0) };
}

fn ask<T>(ask: impl FnOnce(&PhoneNumberUtil) -> T) -> T {
    let asked = ASKED.get();
    if asked < FEW {
        ASKED.set(asked + 1);
        return ask(&PHONE_NUMBER_UTIL);
    }
    UTIL.with(ask)
}

/// None when no such number exists.
pub(super) fn traits(number: PhoneNumber) -> Option<Traits> {
    let number = to_metadata(number)?;
    let (kind, region) = ask(|util| (util.get_number_type(&number), util.get_region_for_number(&number)));
    let (kind, region) = (self::kind(kind)?, region?);
    Some(Traits {
        region: Region::from_metadata(region),
        kind,
    })
}

/// The country code and the rest.
pub(super) fn split(number: PhoneNumber) -> (u64, National) {
    let number = number.as_u64();
    let digits = count_digits(number);
    let code_digits = country_code_digits(number / 10_u64.pow(digits.saturating_sub(2)));
    let national = digits.saturating_sub(code_digits);
    let place = 10_u64.pow(national);
    (
        number / place,
        National {
            value: number % place,
            digits: national,
        },
    )
}

/// What the metadata crate parsed, as our number; None past the 15 digits of E.164.
pub(super) fn from_metadata(number: &rlibphonenumber::PhoneNumber) -> Option<PhoneNumber> {
    let zeros = match number.italian_leading_zero() {
        true => u32::try_from(number.number_of_leading_zeros()).ok()?,
        false => 0,
    };
    let place = 10_u64.checked_pow(zeros + count_digits(number.national_number))?;
    let code = u64::try_from(number.country_code).ok()?;
    PhoneNumber::from_u64(code.checked_mul(place)?.checked_add(number.national_number)?)
}

fn to_metadata(number: PhoneNumber) -> Option<rlibphonenumber::PhoneNumber> {
    let (code, national) = split(number);
    let zeros = national.digits.checked_sub(count_digits(national.value))?;
    Some(rlibphonenumber::PhoneNumber {
        country_code: i32::try_from(code).ok()?,
        national_number: national.value,
        italian_leading_zero: (zeros > 0).then_some(true),
        number_of_leading_zeros: (zeros > 1).then(|| i32::try_from(zeros).ok()).flatten(),
        ..Default::default()
    })
}

/// ITU-T E.164 gives out country codes so that the first two digits tell how long a code is.
fn country_code_digits(first_two: u64) -> u32 {
    match first_two {
        10..=19 | 70..=79 => 1,
        20 | 27 | 30..=34 | 36 | 39..=41 | 43..=49 | 51..=58 | 60..=66 => 2,
        81 | 82 | 84 | 86 | 90..=95 | 98 => 2,
        _ => 3,
    }
}

fn count_digits(number: u64) -> u32 {
    number.checked_ilog10().map_or(1, |log| log + 1)
}

/// None for a number that matches no pattern of its country: it does not exist.
fn kind(found: PhoneNumberType) -> Option<LineKind> {
    match found {
        PhoneNumberType::Mobile => Some(LineKind::Mobile),
        PhoneNumberType::FixedLineOrMobile => Some(LineKind::FixedOrMobile),
        PhoneNumberType::FixedLine => Some(LineKind::Fixed),
        PhoneNumberType::TollFree
        | PhoneNumberType::PremiumRate
        | PhoneNumberType::SharedCost
        | PhoneNumberType::VoIP
        | PhoneNumberType::PersonalNumber
        | PhoneNumberType::Pager
        | PhoneNumberType::UAN
        | PhoneNumberType::VoiceMail => Some(LineKind::Other),
        PhoneNumberType::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_code_is_as_long_as_its_first_digits_say() {
        for code in PHONE_NUMBER_UTIL.get_supported_calling_codes() {
            let number = u64::try_from(code).expect("positive") * 10_000_000 + 1_234_567;
            let number = PhoneNumber::from_u64(number).expect("8 to 10 digits");
            assert_eq!(i32::try_from(split(number).0), Ok(code));
        }
    }

    /// A number that exists as written is taken as written, without the parser of the metadata crate: that must be
    /// what the parser would have made of it.
    #[test]
    fn asking_directly_agrees_with_the_parser() {
        for region in PHONE_NUMBER_UTIL.get_supported_regions() {
            for kind in [
                PhoneNumberType::Mobile,
                PhoneNumberType::FixedLine,
                PhoneNumberType::TollFree,
            ] {
                let Ok(example) = PHONE_NUMBER_UTIL.get_example_number_for_type_and_region(region, kind)
                else {
                    continue;
                };
                let ours = from_metadata(&example).expect("an example fits in 15 digits");
                let again = to_metadata(ours).expect("it was a number");
                assert_eq!(again.to_string(), example.to_string());
                assert_eq!(
                    PHONE_NUMBER_UTIL.parse(ours.to_string(), None).as_ref(),
                    Ok(&again)
                );
                let region =
                    Region::from_metadata(PHONE_NUMBER_UTIL.get_region_for_number(&example).expect("valid"));
                assert_eq!(traits(ours).expect("it exists").region, region);
            }
        }
    }
}
