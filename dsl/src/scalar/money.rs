//! Sums of money: an exact decimal number and the three letters of a currency.

use std::fmt;

use rust_decimal::Decimal;

use super::ScalarError;

/// A currency by its three letters: `EUR`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Three capital letters; whether there is such a currency is not asked.
    pub fn new(code: &str) -> Option<Currency> {
        let letters: [u8; 3] = code.as_bytes().try_into().ok()?;
        letters
            .iter()
            .all(u8::is_ascii_uppercase)
            .then_some(Currency(letters))
    }

    /// The three letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("made of ASCII letters")
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A sum of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    /// Above zero, exact.
    pub amount: Decimal,
    /// Of the amount.
    pub currency: Currency,
}

impl Money {
    /// `500 EUR`, `99.50 USD`. Above zero. A point is followed by one or two digits, so that `1.000 EUR`, which is a
    /// thousand to some and one to others, is neither.
    pub fn parse(text: &str) -> Result<Money, ScalarError> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let sum = match words.as_slice() {
            [amount, currency] => amount_of(amount).zip(Currency::new(currency)),
            _ => None,
        };
        let Some((amount, currency)) = sum else {
            return Err(ScalarError::NotMoney {
                text: text.into(),
                meant: meant(text),
            });
        };
        if amount.is_zero() {
            return Err(ScalarError::MoneyOfZero { text: text.into() });
        }
        Ok(Money { amount, currency })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}

/// Digits, and a point with one or two more.
fn amount_of(text: &str) -> Option<Decimal> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits =
        |s: &str, most: usize| (1..=most).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
    if digits(whole, 15) && digits(part, 2) {
        text.parse().ok()
    } else {
        None
    }
}

/// The sum that a text with a slip was probably meant to be: `500EUR`, `eur 500`, `1.000 EUR`, `99,50 EUR`.
fn meant(text: &str) -> Option<String> {
    const SIGNS: [(char, &str); 3] = [('€', "EUR"), ('£', "GBP"), ('$', "USD")];
    if let Some((sign, code)) = SIGNS.iter().find(|(sign, _)| text.contains(*sign)) {
        return meant(&text.replacen(*sign, &format!(" {code} "), 1));
    }
    let pick = |keep: fn(&char) -> bool| text.chars().filter(keep).collect::<String>();
    let letters = pick(|c| c.is_ascii_alphabetic()).to_ascii_uppercase();
    let number = pick(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
    let odd = text
        .chars()
        .any(|c| !c.is_ascii_alphanumeric() && !c.is_whitespace() && !matches!(c, '.' | ','));
    let currency = Currency::new(&letters).filter(|_| !odd)?;
    let amount = without_marks(&number)?;
    amount_of(&amount)?;
    Some(format!("{amount} {currency}"))
}

/// Without the marks of thousands, and with a point before the cents.
pub(super) fn without_marks(number: &str) -> Option<String> {
    let pieces: Vec<&str> = number.split(['.', ',']).collect();
    let (last, groups) = pieces.split_last()?;
    let thousands = |groups: &[&str]| groups.iter().skip(1).all(|group| group.len() == 3);
    match (groups, last.len()) {
        ([], _) => Some((*last).to_owned()),
        // Nobody marks the thousands of a number below one.
        ([first, ..], 3) if thousands(groups) && !first.starts_with('0') => Some(pieces.concat()),
        (_, 1 | 2) if thousands(groups) => Some(format!("{}.{last}", groups.concat())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(texts: &[&str], expected: Expect) {
        let lines = texts.iter().map(|text| match Money::parse(text) {
            Ok(money) => format!("{text} -> {money}\n"),
            Err(e) => format!("{text} -> {e}; {}\n", e.help()),
        });
        expected.assert_eq(&lines.collect::<String>());
    }

    #[test]
    fn a_sum_is_an_exact_number_and_a_currency() {
        check(
            &[
                "500 EUR",
                "99.50 USD",
                "0.1 KWD",
                "  7   EUR ",
                "999999999999999.99 XXX",
            ],
            expect![[r#"
                500 EUR -> 500 EUR
                99.50 USD -> 99.50 USD
                0.1 KWD -> 0.1 KWD
                  7   EUR  -> 7 EUR
                999999999999999.99 XXX -> 999999999999999.99 XXX
            "#]],
        );
    }

    #[test]
    fn other_sums_say_what_is_accepted() {
        check(
            &[
                "",
                "500",
                "EUR",
                "500EUR",
                "EUR 500",
                "500 eur",
                "1.000 EUR",
                "1,000 EUR",
                "1.000.000,50 EUR",
                "99,5 EUR",
                "0.0345 EUR",
                "0.005 EUR",
                "0 EUR",
                "0.00 EUR",
                "-5 EUR",
                "€500",
                "1e3 EUR",
                "500 EURO",
                "9999999999999999 EUR",
                "500 EUR a month",
            ],
            expect![[r#"
                 -> "" is not a sum of money; write an amount, without marks for thousands, and a currency: `500 EUR`, `99.50 USD`
                500 -> "500" is not a sum of money; write an amount, without marks for thousands, and a currency: `500 EUR`, `99.50 USD`
                EUR -> "EUR" is not a sum of money; write an amount, without marks for thousands, and a currency: `500 EUR`, `99.50 USD`
                500EUR -> "500EUR" is not a sum of money; did you mean "500 EUR"?
                EUR 500 -> "EUR 500" is not a sum of money; did you mean "500 EUR"?
                500 eur -> "500 eur" is not a sum of money; did you mean "500 EUR"?
                1.000 EUR -> "1.000 EUR" is not a sum of money; did you mean "1000 EUR"?
                1,000 EUR -> "1,000 EUR" is not a sum of money; did you mean "1000 EUR"?
                1.000.000,50 EUR -> "1.000.000,50 EUR" is not a sum of money; did you mean "1000000.50 EUR"?
                99,5 EUR -> "99,5 EUR" is not a sum of money; did you mean "99.5 EUR"?
                0.0345 EUR -> "0.0345 EUR" is not a sum of money; cents are the smallest: write at most two digits after the point
                0.005 EUR -> "0.005 EUR" is not a sum of money; cents are the smallest: write at most two digits after the point
                0 EUR -> "0 EUR" pays for nothing: a sum of money is above zero; write an amount, without marks for thousands, and a currency: `500 EUR`, `99.50 USD`
                0.00 EUR -> "0.00 EUR" pays for nothing: a sum of money is above zero; write an amount, without marks for thousands, and a currency: `500 EUR`, `99.50 USD`
                -5 EUR -> "-5 EUR" is not a sum of money; write an amount, without marks for thousands, and a currency: `500 EUR`, `99.50 USD`
                €500 -> "€500" is not a sum of money; did you mean "500 EUR"?
                1e3 EUR -> "1e3 EUR" is not a sum of money; write an amount, without marks for thousands, and a currency: `500 EUR`, `99.50 USD`
                500 EURO -> "500 EURO" is not a sum of money; write an amount, without marks for thousands, and a currency: `500 EUR`, `99.50 USD`
                9999999999999999 EUR -> "9999999999999999 EUR" is not a sum of money; write an amount, without marks for thousands, and a currency: `500 EUR`, `99.50 USD`
                500 EUR a month -> "500 EUR a month" is not a sum of money; write an amount, without marks for thousands, and a currency: `500 EUR`, `99.50 USD`
            "#]],
        );
    }
}
