//! Numbers and sums of money. They are read as lists write them, with a point, and no digit is added or lost.

use super::Locale;
use crate::scalar::Currency;
use crate::values::parse_decimal;

/// Signs that everybody reads and that cost at most two septets. Others, and a dollar outside of the United States, are
/// written by their three letters: `zł` alone would turn a text into UCS-2, and `$` has many meanings.
const SIGNS: [(&str, &str); 3] = [("EUR", "€"), ("GBP", "£"), ("JPY", "¥")];

/// None for what is no number.
pub(super) fn written(text: &str, locale: &Locale) -> Option<String> {
    let number = parse_decimal(text)?;
    let plain = number.abs().to_string();
    let (whole, part) = plain
        .split_once('.')
        .map_or((plain.as_str(), None), |(w, p)| (w, Some(p)));
    let mut out = String::with_capacity(plain.len() + 8);
    if number.is_sign_negative() && !number.is_zero() {
        out.push('-');
    }
    group(whole, locale, &mut out);
    if let Some(part) = part {
        out.push_str(locale.decimal);
        out.push_str(part);
    }
    Some(out)
}

fn group(whole: &str, locale: &Locale, out: &mut String) {
    let grouped = whole.len() >= 3 + locale.least_grouped;
    for (at, digit) in whole.char_indices() {
        if grouped && at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push_str(locale.group);
        }
        out.push(digit);
    }
}

/// `99.50 EUR`: a sum without a currency is none, and neither is one with three decimals, which may be thousands. Whole sums
/// are written without decimals.
pub(super) fn money(text: &str, locale: &Locale) -> Option<String> {
    let (amount, currency) = text.split_once(char::is_whitespace)?;
    let currency = Currency::new(currency.trim_start())?;
    let number = parse_decimal(amount)?;
    if number.scale() > 2 {
        return None;
    }
    let rounded = match number.fract().is_zero() {
        true => number.trunc().to_string(),
        false => format!("{number:.2}"),
    };
    let amount = written(&rounded, locale)?;
    let (minus, amount) = match amount.strip_prefix('-') {
        Some(amount) => ("-", amount),
        None => ("", amount.as_str()),
    };
    Some(match (sign(currency, locale), locale.sign_before) {
        (Some(sign), true) => format!("{minus}{sign}{}{amount}", locale.sign_gap),
        (Some(sign), false) => format!("{minus}{amount}{}{sign}", locale.sign_gap),
        (None, true) => format!("{minus}{currency} {amount}"),
        (None, false) => format!("{minus}{amount} {currency}"),
    })
}

fn sign(currency: Currency, locale: &Locale) -> Option<&'static str> {
    let code = currency.as_str();
    let dollar = (code == "USD" && matches!(locale.tag, "en" | "es-us")).then_some("$");
    let known = SIGNS
        .iter()
        .find(|(known, _)| *known == code)
        .map(|(_, sign)| *sign);
    known.or(dollar)
}

/// A mark before every third digit, and two decimals that a sum may have got.
pub(super) fn longest(length: usize, locale: &Locale) -> String {
    let marks = length / 3;
    let mut text = "0".repeat(length + 2);
    text.extend(std::iter::repeat_n(locale.group, marks));
    text
}
