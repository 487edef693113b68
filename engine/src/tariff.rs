//! What a part costs, and sums of money. Exact decimals; currencies are never mixed.

use std::collections::BTreeMap;

use dsl::scalar::Budget;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};

/// The price of a part to a country, as it stood when the launch was planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tariff {
    /// The recipient's country.
    pub country: String,
    /// Per part.
    pub price: Decimal,
    /// Three letters.
    pub currency: String,
}

/// Sums by currency.
pub type Money = BTreeMap<String, Decimal>;

/// Adds up parts by tariff; the second value is the parts that have no price.
pub fn cost(parts: &BTreeMap<Option<u8>, u64>, tariffs: &[Tariff]) -> (Money, u64) {
    let mut money = Money::new();
    let mut unpriced = 0;
    for (tariff, n) in parts {
        match tariff.and_then(|index| tariffs.get(usize::from(index))) {
            Some(tariff) => {
                *money.entry(tariff.currency.clone()).or_default() += tariff.price * Decimal::from(*n);
            }
            None => unpriced += n,
        }
    }
    (money, unpriced)
}

/// Millionths of a currency, rounded up: a budget is never passed by a rounding.
pub fn millionths(amount: Decimal) -> i64 {
    (amount * Decimal::from(1_000_000))
        .ceil()
        .to_i64()
        .unwrap_or(i64::MAX)
}

/// A sum of millionths of a currency.
pub fn of_millionths(millionths: i64) -> Decimal {
    Decimal::new(millionths, 6)
}

/// Why a budget cannot be held.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BudgetError {
    /// A text without a price would go past it unseen.
    #[error(
        "`limits.budget` cannot be held: no price is known for {parts} of the parts; add their countries to the file under `prices`"
    )]
    Unpriced {
        /// Parts without a price.
        parts: u64,
    },
    /// Currencies are never converted.
    #[error(
        "`limits.budget` is in {budget}, and the prices of {country} are in {currency}: state it in {currency}"
    )]
    OtherCurrency {
        /// Of the budget.
        budget: String,
        /// The first country.
        country: String,
        /// Of its prices.
        currency: String,
    },
}

/// A budget in millionths of its currency, if every text has a price in that currency.
pub fn budget_of(
    budget: Option<Budget>,
    tariffs: &[Tariff],
    unpriced_parts: u64,
) -> Result<Option<i64>, BudgetError> {
    let Some(budget) = budget else { return Ok(None) };
    let currency = budget.sum.currency.to_string();
    if let Some(tariff) = tariffs.iter().find(|tariff| tariff.currency != currency) {
        let (country, other) = (tariff.country.clone(), tariff.currency.clone());
        return Err(BudgetError::OtherCurrency {
            budget: currency,
            country,
            currency: other,
        });
    }
    match unpriced_parts {
        0 => Ok(Some(millionths(budget.sum.amount))),
        parts => Err(BudgetError::Unpriced { parts }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_are_not_mixed_and_parts_without_a_price_are_counted() {
        let tariff = |country: &str, price: &str, currency: &str| Tariff {
            country: country.into(),
            price: price.parse().expect("a decimal"),
            currency: currency.into(),
        };
        let tariffs = [
            tariff("IT", "0.045", "EUR"),
            tariff("NO", "0.050", "EUR"),
            tariff("US", "0.0079", "USD"),
        ];
        let parts = BTreeMap::from([(Some(0), 3), (Some(1), 1), (Some(2), 1_000), (None, 7)]);
        let (money, unpriced) = cost(&parts, &tariffs);
        let shown: Vec<String> = money.iter().map(|(c, d)| format!("{d} {c}")).collect();
        assert_eq!(shown, ["0.185 EUR", "7.9000 USD"]);
        assert_eq!(unpriced, 7);
    }

    #[test]
    fn a_budget_holds_only_where_every_text_has_a_price_in_its_currency() {
        let tariff = |country: &str, currency: &str| Tariff {
            country: country.into(),
            price: "0.0451239".parse().expect("a decimal"),
            currency: currency.into(),
        };
        let (italy, america) = (tariff("IT", "EUR"), tariff("US", "USD"));
        let budget = Some(Budget::parse("99.50 EUR").expect("a sum"));
        let table = [
            (None, vec![italy.clone(), america.clone()], 7, "none"),
            (budget, vec![italy.clone()], 0, "99500000"),
            (
                budget,
                vec![italy.clone()],
                7,
                "`limits.budget` cannot be held: no price is known for 7 of the parts; add their countries to the file under `prices`",
            ),
            (
                budget,
                vec![italy.clone(), america],
                0,
                "`limits.budget` is in EUR, and the prices of US are in USD: state it in USD",
            ),
        ];
        for (budget, tariffs, unpriced, expected) in table {
            let told = match budget_of(budget, &tariffs, unpriced) {
                Ok(limit) => limit.map_or("none".to_owned(), |limit| limit.to_string()),
                Err(error) => error.to_string(),
            };
            assert_eq!(told, expected);
        }
        assert_eq!(millionths(italy.price), 45_124, "rounded up");
    }
}
