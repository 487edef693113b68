//! Numbers that a spreadsheet took for quantities: `3.93331234567E+11`, `393331234567.0`. They are read where all their
//! digits are still there and refused where not: a number with zeros for lost digits is somebody else's.

use super::parse::Repair;

/// What a spreadsheet left of a number.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Sheet {
    /// All digits are there: the text to go on with.
    Whole(Repair, String),
    /// Digits are gone.
    Lost,
}

/// None where the text has no form of a spreadsheet's. The decimal sign is a point or a comma.
pub(super) fn read(folded: &str) -> Option<Sheet> {
    exponent(folded).or_else(|| decimal_tail(folded))
}

/// `3.93331234567E+11`.
fn exponent(text: &str) -> Option<Sheet> {
    let (mantissa, power) = text.split_once(['E', 'e'])?;
    let power = power.strip_prefix('+').unwrap_or(power);
    let power: usize = (power.len() <= 2 && all_digits(power)).then(|| power.parse().ok())??;
    let (sign, mantissa) = sign(mantissa);
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    if !all_digits(whole) || !(fraction.is_empty() || all_digits(fraction)) {
        return None;
    }
    let Some((kept, beyond)) = fraction.split_at_checked(power) else {
        return Some(Sheet::Lost);
    };
    if beyond.bytes().any(|b| b != b'0') {
        return Some(Sheet::Lost);
    }
    Some(Sheet::Whole(Repair::Exponent, format!("{sign}{whole}{kept}")))
}

/// `393331234567.0`. Fewer than seven digits before the point are a number written with a point: `06.1234567`.
fn decimal_tail(text: &str) -> Option<Sheet> {
    let (head, zeros) = text.split_once(['.', ','])?;
    let (sign, digits) = sign(head);
    let tail = !zeros.is_empty() && zeros.bytes().all(|b| b == b'0');
    let whole = digits.len() >= 7 && all_digits(digits);
    (tail && whole).then(|| Sheet::Whole(Repair::DecimalTail, format!("{sign}{digits}")))
}

fn sign(text: &str) -> (&str, &str) {
    match text.strip_prefix('+') {
        Some(rest) => ("+", rest),
        None => ("", text),
    }
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_that_are_all_there_are_read() {
        let whole = |repair, text: &str| Some(Sheet::Whole(repair, text.to_owned()));
        let table = [
            ("3.93331234567E+11", whole(Repair::Exponent, "393331234567")),
            ("+3.93331234567e11", whole(Repair::Exponent, "+393331234567")),
            ("3,93331234567E+11", whole(Repair::Exponent, "393331234567")),
            ("3.9333123456700E+11", whole(Repair::Exponent, "393331234567")),
            ("393331234567E+0", whole(Repair::Exponent, "393331234567")),
            ("3.93331E+11", Some(Sheet::Lost)),
            ("3.9333123456E+11", Some(Sheet::Lost)),
            ("4E+11", Some(Sheet::Lost)),
            ("3.933312345675E+11", Some(Sheet::Lost)),
            ("393331234567.0", whole(Repair::DecimalTail, "393331234567")),
            ("+393331234567,00", whole(Repair::DecimalTail, "+393331234567")),
        ];
        for (text, expected) in table {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn numbers_with_points_are_not_a_spreadsheets() {
        for text in [
            "",
            "E",
            "1E",
            "E5",
            "393331234567",
            "415.555.0000",
            "06.0000000",
            "393331234567.5",
            "1E+999",
            "1.2.3E4",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
