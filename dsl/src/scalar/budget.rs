//! What texts may cost: a sum for a launch, or for each month.

use std::fmt;

use super::{Money, ScalarError};

/// A budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Of a launch, or of a month.
    pub sum: Money,
    /// It is for each month of the campaign's calendar, whatever launches of the campaign texts are of.
    pub per_month: bool,
}

impl Budget {
    /// `500 EUR`, `99.50 USD per month`.
    pub fn parse(text: &str) -> Result<Budget, ScalarError> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let (sum, per_month) = match words.as_slice() {
            [sum @ .., "per", "month"] => (sum.join(" "), true),
            _ => (text.to_owned(), false),
        };
        match Money::parse(&sum) {
            Ok(sum) => Ok(Budget { sum, per_month }),
            Err(ScalarError::NotMoney { meant, .. }) => Err(ScalarError::NotMoney {
                text: text.into(),
                meant: match per_month {
                    true => meant.map(|sum| format!("{sum} per month")),
                    false => meant.or_else(|| of_month(&words)),
                },
            }),
            Err(error) => Err(error),
        }
    }
}

/// What was probably meant where the month is said in another way: `500 EUR a month`, `500 EUR/month`, `500 EUR monthly`.
fn of_month(words: &[&str]) -> Option<String> {
    let sum = match words {
        [sum @ .., "a" | "each" | "every" | "/", "month"] | [sum @ .., "monthly"] => sum.join(" "),
        _ => words.join(" ").strip_suffix("/month")?.to_owned(),
    };
    Money::parse(&sum).ok().map(|sum| format!("{sum} per month"))
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let month = if self.per_month { " per month" } else { "" };
        write!(f, "{}{month}", self.sum)
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn a_sum_for_a_launch_or_for_each_month() {
        let texts = [
            "500 EUR",
            " 99.50  USD per  month ",
            "500 EUR a month",
            "500 EUR/month",
            "500 EUR monthly",
            "1,000 EUR per month",
            "500 per month",
            "0 EUR per month",
            "500 EUR per year",
        ];
        let lines = texts.map(|text| match Budget::parse(text) {
            Ok(budget) => format!("{text} -> {budget}"),
            Err(error) => format!("{text} -> {error}"),
        });
        expect![[r#"
            500 EUR -> 500 EUR
             99.50  USD per  month  -> 99.50 USD per month
            500 EUR a month -> "500 EUR a month" is not a sum of money
            500 EUR/month -> "500 EUR/month" is not a sum of money
            500 EUR monthly -> "500 EUR monthly" is not a sum of money
            1,000 EUR per month -> "1,000 EUR per month" is not a sum of money
            500 per month -> "500 per month" is not a sum of money
            0 EUR per month -> "0 EUR" pays for nothing: a sum of money is above zero
            500 EUR per year -> "500 EUR per year" is not a sum of money"#]]
        .assert_eq(&lines.join("\n"));
    }
}
