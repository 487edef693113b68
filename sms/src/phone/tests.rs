//! Cells and what they are read as.

use proptest::prelude::*;

use super::*;

fn region(code: &str) -> Option<Region> {
    match code {
        "" => None,
        code => Some(Region::new(code).expect("a known region")),
    }
}

fn shown(raw: &str, code: &str) -> String {
    match PhoneNumber::parse(raw, region(code)) {
        Err(error) => error.to_string(),
        Ok(ParsedNumber {
            number,
            region,
            kind,
            repaired,
        }) => {
            let region = region.map_or("-".into(), |r| r.to_string());
            let repaired = repaired.map_or(String::new(), |r| format!(" ({r:?})"));
            format!("{number} {region} {kind:?}{repaired}")
        }
    }
}

fn check(table: &[(&str, &str, &str)]) {
    for (code, raw, expected) in table {
        assert_eq!(&shown(raw, code), expected, "{code} {raw:?}");
    }
}

/// Our own table: the metadata crate is the work of one author, and numbers move.
#[test]
fn numbers_of_many_countries_are_known() {
    check(&[
        ("", "+39 333 1234567", "+393331234567 IT Mobile"),
        ("", "+39 06 1234 5678", "+390612345678 IT Fixed"),
        ("", "+39 06 698 12345", "+390669812345 VA Fixed"),
        ("", "+39 800 123456", "+39800123456 IT Other"),
        ("", "+1 415 555 0134", "+14155550134 US FixedOrMobile"),
        ("", "+1 202 555 0134", "+12025550134 US FixedOrMobile"),
        ("", "+1 604 555 0134", "+16045550134 CA FixedOrMobile"),
        ("", "+1 809 234 5678", "+18092345678 DO FixedOrMobile"),
        ("", "+1 242 359 1234", "+12423591234 BS Mobile"),
        ("", "+1 800 234 5678", "+18002345678 US Other"),
        ("", "+44 7400 123456", "+447400123456 GB Mobile"),
        ("", "+44 (0)20 7946 0018", "+442079460018 GB Fixed"),
        ("", "+44 7781 123456", "+447781123456 GG Mobile"),
        ("", "+44 7797 712345", "+447797712345 JE Mobile"),
        ("", "+44 7624 123456", "+447624123456 IM Mobile"),
        ("", "+7 912 345 67 89", "+79123456789 RU Mobile"),
        ("", "+7 701 123 45 67", "+77011234567 KZ Mobile"),
        ("", "+33 6 12 34 56 78", "+33612345678 FR Mobile"),
        ("", "+49 1512 3456789", "+4915123456789 DE Mobile"),
        ("", "+34 612 34 56 78", "+34612345678 ES Mobile"),
        ("", "+41 78 123 45 67", "+41781234567 CH Mobile"),
        ("", "+47 406 12 345", "+4740612345 NO Mobile"),
        ("", "+46 70 123 45 67", "+46701234567 SE Mobile"),
        ("", "+48 512 345 678", "+48512345678 PL Mobile"),
        ("", "+30 691 234 5678", "+306912345678 GR Mobile"),
        ("", "+351 912 345 678", "+351912345678 PT Mobile"),
        ("", "+378 66 66 12 12", "+37866661212 SM Mobile"),
        ("", "+52 55 1234 5678", "+525512345678 MX FixedOrMobile"),
        ("", "+52 1 55 1234 5678", "+525512345678 MX FixedOrMobile"),
        ("", "+54 11 15 2345 6789", "+5491123456789 AR Mobile"),
        ("", "+54 9 11 2345 6789", "+5491123456789 AR Mobile"),
        ("", "+55 11 98765 4321", "+5511987654321 BR Mobile"),
        ("", "+57 321 123 4567", "+573211234567 CO Mobile"),
        ("", "+225 07 07 12 34 56", "+2250707123456 CI Mobile"),
        ("", "+234 802 123 4567", "+2348021234567 NG Mobile"),
        ("", "+254 712 123456", "+254712123456 KE Mobile"),
        ("", "+27 71 123 4567", "+27711234567 ZA Mobile"),
        ("", "+91 81234 56789", "+918123456789 IN Mobile"),
        ("", "+86 131 2345 6789", "+8613123456789 CN Mobile"),
        ("", "+81 90 1234 5678", "+819012345678 JP Mobile"),
        ("", "+65 8123 4567", "+6581234567 SG Mobile"),
        ("", "+61 412 345 678", "+61412345678 AU Mobile"),
        ("", "+971 50 123 4567", "+971501234567 AE Mobile"),
        ("", "+683 888 4012", "+6838884012 NU Mobile"),
        ("", "+800 1234 5678", "+80012345678 - Other"),
    ]);
}

#[test]
fn numbers_that_do_not_exist_are_refused() {
    let not_valid = |text: &str| {
        format!(
            "{text:?} is not a valid phone number; check its digits, and write + and the country code if it is from abroad"
        )
    };
    for text in [
        "+39612345678",
        "+15555555555",
        "+447700900123",
        "+551187654321",
        "+22507123456",
    ] {
        assert!(PhoneNumber::parse(text, None).is_err(), "{text}");
    }
    assert_eq!(shown("+39612345678", "IT"), not_valid("+39612345678"));
    assert_eq!(shown("+15555555555", ""), not_valid("+15555555555"));
}

#[test]
fn invisible_marks_and_unicode_spaces_do_not_count() {
    check(&[
        (
            "IT",
            "\u{202A}+39 333 123 4567\u{202C}",
            "+393331234567 IT Mobile",
        ),
        ("IT", "\u{200E}3331234567", "+393331234567 IT Mobile"),
        ("IT", "+39\u{00A0}333\u{00A0}1234567", "+393331234567 IT Mobile"),
        ("IT", "\u{2068}+393331234567\u{2069}", "+393331234567 IT Mobile"),
        ("IT", "+3\u{FE0D}9 333 1234567", "+393331234567 IT Mobile"),
        (
            "IT",
            "\u{FEFF}333\u{2009}123\u{3000}4567\r\n",
            "+393331234567 IT Mobile",
        ),
    ]);
}

#[test]
fn spreadsheet_forms_are_read_only_with_all_their_digits() {
    check(&[
        (
            "IT",
            "3.93331E+11",
            r#""3.93331E+11" lost its digits in a spreadsheet; export the column as text"#,
        ),
        ("IT", "3.93331234567E+11", "+393331234567 IT Mobile (Exponent)"),
        ("IT", "3,93331234567E+11", "+393331234567 IT Mobile (Exponent)"),
        ("IT", "393331234567.0", "+393331234567 IT Mobile (DecimalTail)"),
        ("IT", "3331234567.0", "+393331234567 IT Mobile (DecimalTail)"),
        (
            "US",
            "4155550134.0",
            "+14155550134 US FixedOrMobile (DecimalTail)",
        ),
        ("US", "415.555.0000", "+14155550000 US FixedOrMobile"),
        ("IT", "'+393331234567", "+393331234567 IT Mobile"),
    ]);
}

#[test]
fn leading_zeros_stay_and_dial_prefixes_go() {
    check(&[
        ("IT", "0612345678", "+390612345678 IT Fixed"),
        ("IT", "+39 06 1234 5678", "+390612345678 IT Fixed"),
        ("IT", "3331234567", "+393331234567 IT Mobile"),
        ("IT", "00393331234567", "+393331234567 IT Mobile"),
        ("US", "011 39 333 123 4567", "+393331234567 IT Mobile"),
        (
            "US",
            "0039 333 1234567",
            r#""0039 333 1234567" begins with 00, which does not dial abroad in region US; write +39"#,
        ),
        (
            "",
            "00393331234567",
            r#""00393331234567" begins with 00, which dials abroad only in some regions; write +39"#,
        ),
        (
            "JP",
            "0039 333 1234567",
            r#""0039 333 1234567" begins with 00, which does not dial abroad in region JP; write +39"#,
        ),
        ("IT", "393331234567", "+393331234567 IT Mobile"),
        ("GB", "07400 123456", "+447400123456 GB Mobile"),
        ("IT", "391 234 5678", "+393912345678 IT Mobile"),
        ("FI", "358 40 123 4567", "+358401234567 FI Mobile"),
        ("MX", "1 55 1234 5678", "+525512345678 MX FixedOrMobile"),
        ("IT", "0052 1 55 1234 5678", "+525512345678 MX FixedOrMobile"),
    ]);
}

#[test]
fn letters_are_neither_dropped_nor_keypad_digits() {
    check(&[
        (
            "IT",
            "l333l234567",
            r#""l333l234567" has letters in it; write the digits only"#,
        ),
        (
            "IT",
            "3331234567 Mario",
            r#""3331234567 Mario" has letters in it; write the digits only"#,
        ),
        ("IT", "n/d", r#""n/d" has letters in it; write the digits only"#),
        (
            "IT",
            "0",
            r#""0" is too short for a phone number; write all its digits"#,
        ),
        (
            "US",
            "1-800-FLOWERS",
            r#""1-800-FLOWERS" has letters in it; write the digits only"#,
        ),
        (
            "IT",
            "3331234567 int. 5",
            r#""3331234567 int. 5" has letters in it; write the digits only"#,
        ),
    ]);
}

#[test]
fn one_person_has_one_number_however_it_is_spelt() {
    for text in [
        "+1 (415) 555-0134",
        "4155550134",
        "1-415-555-0134",
        "415.555.0134 ",
        "+14155550134",
    ] {
        assert_eq!(shown(text, "US"), "+14155550134 US FixedOrMobile", "{text}");
    }
    for text in [
        "+1\u{2011}415\u{2013}555\u{2212}0134",
        "(+1) 415 555 0134",
        "+1 [415] 555/0134",
    ] {
        assert_eq!(shown(text, "IT"), "+14155550134 US FixedOrMobile", "{text}");
    }
}

/// A digit has one value in every script, so nothing is guessed.
#[test]
fn digits_of_other_scripts_are_digits() {
    check(&[
        ("IT", "＋３９　３３３　１２３４５６７", "+393331234567 IT Mobile"),
        ("AE", "٠٥٠ ١٢٣ ٤٥٦٧", "+971501234567 AE Mobile"),
        ("IR", "+۹۸ ۹۱۲ ۳۴۵ ۶۷۸۹", "+989123456789 IR Mobile"),
        ("IN", "८१२३४५६७८९", "+918123456789 IN Mobile"),
        (
            "IT",
            "３３３１２３４５６７．０",
            "+393331234567 IT Mobile (DecimalTail)",
        ),
        (
            "IT",
            "③331234567",
            r#""③331234567" has '③' in it; write one number, digits only"#,
        ),
    ]);
}

#[test]
fn everything_else_is_refused_with_its_remedy() {
    check(&[
        (
            "IT",
            "",
            "the phone number is empty; fill it in or take the row out",
        ),
        (
            "IT",
            " \u{200B}\t",
            "the phone number is empty; fill it in or take the row out",
        ),
        (
            "IT",
            "-",
            r#""-" is too short for a phone number; write all its digits"#,
        ),
        (
            "",
            "3331234567",
            r#""3331234567" has no country code; write it as +39... or set the region"#,
        ),
        (
            "IT",
            "+39 3331",
            r#""+39 3331" is too short for a phone number; write all its digits"#,
        ),
        (
            "IT",
            "3331234567 / 3331234568",
            r#""3331234567 / 3331234568" is too long for a phone number; write one number, without an extension"#,
        ),
        (
            "IT",
            "3331234567;3331234568",
            r#""3331234567;3331234568" has ';' in it; write one number, digits only"#,
        ),
        (
            "IT",
            "+393331234567+393331234568",
            r#""+393331234567+393331234568" has '+' in it; write one number, digits only"#,
        ),
        (
            "IT",
            "333\x001234567",
            r#""333\01234567" has '\0' in it; write one number, digits only"#,
        ),
        (
            "IT",
            "+06 12345678",
            r#""+06 12345678" does not begin with a country code that exists; check the digits after the +"#,
        ),
        (
            "IT",
            "+999 1234567",
            r#""+999 1234567" does not begin with a country code that exists; check the digits after the +"#,
        ),
        (
            "IT",
            "1234567890",
            r#""1234567890" is not a valid phone number in region IT; check its digits, and write + and the country code if it is from abroad"#,
        ),
    ]);
}

#[test]
fn message_shows_no_more_than_forty_characters() {
    let error = PhoneNumber::parse(&"è troppo lungo ".repeat(1_000), None).expect_err("letters");
    let expected = r#""è troppo lungo è troppo lungo è troppo l…" has letters in it; write the digits only"#;
    assert_eq!(error.to_string(), expected);
}

#[test]
fn debug_masks_and_display_does_not() {
    let number = |digits| PhoneNumber::from_u64(digits).expect("7 to 15 digits");
    let table = [
        (393331234567, "+393331234567", "+39•••••4567"),
        (14155550034, "+14155550034", "+1•••••0034"),
        (6834002, "+6834002", "+683•••••02"),
    ];
    for (digits, plain, masked) in table {
        assert_eq!(number(digits).to_string(), plain);
        assert_eq!(format!("{:?}", number(digits)), masked);
        assert_eq!(number(digits).masked(), masked);
    }
    assert_eq!(format!("[{:>14}]", number(393331234567)), "[ +393331234567]");
}

#[test]
fn number_is_eight_bytes_of_seven_to_fifteen_digits() {
    assert_eq!(size_of::<Option<PhoneNumber>>(), 8);
    for digits in [0, 999_999, 1_000_000_000_000_000, u64::MAX] {
        assert_eq!(PhoneNumber::from_u64(digits), None);
    }
    for digits in [1_000_000, 999_999_999_999_999] {
        assert_eq!(
            PhoneNumber::from_u64(digits).map(PhoneNumber::as_u64),
            Some(digits)
        );
    }
}

#[test]
fn stored_number_that_no_longer_exists_is_readable_and_has_no_region() {
    let number = PhoneNumber::from_u64(39_612_345_678).expect("11 digits");
    assert_eq!((number.region(), number.kind()), (None, LineKind::Other));
    assert_eq!(
        "+14155550134".parse::<PhoneNumber>().map(PhoneNumber::region),
        Ok(region("US"))
    );
}

#[test]
fn serialized_number_is_its_text() {
    use serde::de::IntoDeserializer;
    use serde::de::value::{Error, StrDeserializer};
    let read = |text: &'static str| {
        let from: StrDeserializer<'_, Error> = text.into_deserializer();
        PhoneNumber::deserialize(from).ok().map(PhoneNumber::as_u64)
    };
    assert_eq!(read("+393331234567"), Some(393_331_234_567));
    assert_eq!(read("+39612345678"), Some(39_612_345_678));
    for text in [
        "393331234567",
        "+39 333 1234567",
        "+",
        "+012345678",
        "+1234567890123456",
        "++3933312345",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn parse_never_panics(text in "\\PC{0,40}", region in prop::sample::select(vec!["", "IT", "US", "MX"])) {
        let _ = PhoneNumber::parse(&text, self::region(region));
    }

    #[test]
    fn what_looks_like_a_number_never_panics(text in "[+0-9 .,Ee()/-]{0,30}") {
        let _ = PhoneNumber::parse(&text, region("BR"));
    }

    #[test]
    fn number_found_is_found_again_from_its_own_text(national in 3_200_000_000_u64..4_000_000_000) {
        if let Ok(found) = PhoneNumber::parse(&national.to_string(), region("IT")) {
            prop_assert_eq!(PhoneNumber::parse(&found.number.to_string(), None), Ok(found));
            prop_assert_eq!(found.number.region(), found.region);
            prop_assert_eq!(found.number.kind(), found.kind);
        }
    }

    /// The last four digits show, of the others only the country code.
    #[test]
    fn mask_hides_the_middle(digits in 1_000_000_u64..=999_999_999_999_999) {
        let masked = PhoneNumber::from_u64(digits).expect("7 to 15 digits").masked();
        let (code, tail) = masked.split_once("•••••").expect("a mask");
        prop_assert!(code.len() <= 4 && tail.len() <= 4);
        prop_assert!(digits.to_string().starts_with(&code[1..]) && digits.to_string().ends_with(tail));
    }
}
