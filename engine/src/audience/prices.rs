//! What a part costs, by country: a file `country,price,currency` with a row `*` for all other countries. Prices are exact
//! decimals.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use dsl::scalar::Currency;
use rust_decimal::Decimal;
use sms::Region;

use super::{AudienceError, AudienceProblem, ListReader, PriceProblem, Row, clean};

/// The prices of parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prices {
    /// None is the row `*`.
    by_country: BTreeMap<Option<Region>, (Decimal, Currency)>,
}

impl Prices {
    /// Reads a file of prices. Any fault in it is an error: a launch is not priced by half a file.
    /// `path` is relative to the project's `folder`, and stays in it.
    pub fn read(folder: &Path, path: &str) -> Result<Prices, AudienceError> {
        let mut reader = ListReader::open(folder, path)?;
        let whole = folder.join(path);
        let failed = |line, problem| AudienceError::new(&whole, AudienceProblem::Price { line, problem });
        let columns = PriceColumns::of(reader.header()).map_err(|problem| failed(1, problem))?;
        let mut lines = BTreeMap::new();
        let mut by_country = BTreeMap::new();
        loop {
            let chunk = reader.next_chunk(CHUNK)?;
            if chunk.is_empty() {
                return Ok(Prices { by_country });
            }
            if let Some(bad) = chunk.bad.into_iter().next() {
                return Err(failed(bad.line, PriceProblem::BadRow(bad.reason)));
            }
            for row in &chunk.rows {
                let (country, price) = columns.price(row).map_err(|problem| failed(row.line, problem))?;
                if let Some(first) = lines.insert(country, row.line) {
                    let country = country.map_or("*".into(), |region| region.to_string());
                    return Err(failed(row.line, PriceProblem::DoubledCountry { country, first }));
                }
                by_country.insert(country, price);
            }
        }
    }

    /// What a part to a country costs: its own price, else that of `*`. None where there is neither.
    pub fn price(&self, region: Region) -> Option<(Decimal, Currency)> {
        self.by_country
            .get(&Some(region))
            .or_else(|| self.by_country.get(&None))
            .copied()
    }

    /// All of them, by country; none: of all other countries.
    pub fn all(&self) -> impl Iterator<Item = (Option<Region>, Decimal, Currency)> {
        let all = self.by_country.iter();
        all.map(|(country, (price, currency))| (*country, *price, *currency))
    }

    /// The currencies of all prices, each once.
    pub fn currencies(&self) -> BTreeSet<Currency> {
        self.by_country.values().map(|(_, currency)| *currency).collect()
    }
}

/// Rows read at a time; there are fewer countries.
const CHUNK: usize = 512;

struct PriceColumns {
    country: usize,
    price: usize,
    currency: usize,
}

impl PriceColumns {
    fn of(header: &[String]) -> Result<PriceColumns, PriceProblem> {
        let find = |name: &'static str| {
            let at = header.iter().position(|column| column.eq_ignore_ascii_case(name));
            at.ok_or(PriceProblem::NoColumn { name })
        };
        Ok(PriceColumns {
            country: find("country")?,
            price: find("price")?,
            currency: find("currency")?,
        })
    }

    /// A row: the country, none for `*`, and what a part to it costs.
    fn price(&self, row: &Row) -> Result<(Option<Region>, (Decimal, Currency)), PriceProblem> {
        let cell = |at| clean(row.cells.get(at).unwrap_or_default()).into_owned();
        let (country, price, currency) = (cell(self.country), cell(self.price), cell(self.currency));
        let country = match country.as_str() {
            "*" => None,
            code => Some(Region::new(code).ok_or_else(|| PriceProblem::NotACountry { text: code.into() })?),
        };
        let price = decimal(&price).ok_or(PriceProblem::NotAPrice { text: price })?;
        let currency = Currency::new(&currency).ok_or(PriceProblem::NotACurrency { text: currency })?;
        Ok((country, (price, currency)))
    }
}

/// Digits, and a point with more digits.
fn decimal(text: &str) -> Option<Decimal> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if digits(whole) && digits(part) {
        Decimal::from_str_exact(text).ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    fn read(text: &str) -> Result<Prices, String> {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("prices.csv"), text).expect("a file");
        Prices::read(folder.path(), "prices.csv").map_err(|e| format!("{}; {}", e.problem, e.help()))
    }

    #[test]
    fn country_has_its_price_or_the_default() {
        let region = |code| Region::new(code).expect("a country");
        let prices =
            read("country,price,currency\nIT,0.045,EUR\n sm ,0.060,EUR\n*,0.1,USD\n").expect("prices");
        let shown = |code| {
            prices
                .price(region(code))
                .map(|(price, currency)| format!("{price} {currency}"))
        };
        assert_eq!(shown("IT").as_deref(), Some("0.045 EUR"));
        assert_eq!(shown("SM").as_deref(), Some("0.060 EUR"));
        assert_eq!(shown("NO").as_deref(), Some("0.1 USD"));
        let none = read("\u{feff}Currency;Country;Price\r\nEUR;IT;0\r\n").expect("prices");
        assert_eq!(
            none.price(region("IT")).map(|(price, _)| price),
            Some(Decimal::ZERO)
        );
        assert_eq!(none.price(region("NO")), None);
    }

    #[test]
    fn faults_name_line_and_reason() {
        let files = [
            "country,price\nIT,1\n",
            "country,price,currency\nIT,0.045\n",
            "country,price,currency\nIT,0.045,EUR\nNO,0.05,EUR\nit,0.06,EUR\n",
            "country,price,currency\n*,1,EUR\n*,2,EUR\n",
            "country,price,currency\nItaly,1,EUR\n",
            "country;price;currency\nIT;0,045;EUR\n",
            "country,price,currency\nIT,-1,EUR\n",
            "country,price,currency\nIT,1e-2,EUR\n",
            "country,price,currency\nIT,0.045,eur\n",
            "country,price,currency\nIT,0.045,€\n",
            "",
        ];
        let lines = files.map(|text| format!("{}\n", read(text).expect_err("a fault")));
        expect![[r#"
            line 1: there is no column "currency"; the first row is `country,price,currency`
            line 2: 2 cells where the header has 3; a row has a country, a price and a currency: `IT,0.045,EUR`
            line 4: IT has a price already, in line 2; leave one of the two
            line 3: * has a price already, in line 2; leave one of the two
            line 2: "Italy" is not a country; write two letters, such as IT, or * for all others
            line 2: "0,045" is not a price; write a number with a point, not below zero: 0.045
            line 2: "-1" is not a price; write a number with a point, not below zero: 0.045
            line 2: "1e-2" is not a price; write a number with a point, not below zero: 0.045
            line 2: "eur" is not a currency; write three capital letters: EUR
            line 2: "€" is not a currency; write three capital letters: EUR
            the file is empty, without even a header; the first row names the columns: `phone,first_name`
        "#]].assert_eq(&lines.concat());
    }
}
