//! What a part costs, and sums of money. Exact decimals; currencies are never mixed.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
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
}
