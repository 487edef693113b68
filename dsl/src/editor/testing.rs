//! A project for the tests of this folder, and texts with a `|` where the cursor is.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{Around, Document, File, Memo, Price, Unpriced};
use crate::{Header, outline_project, parse_campaign, parse_project};

pub const CRIER_YAML: &str = r#"crier: 1
region: US
lists: { opted-in: { file: lists/in.csv } }
providers:
  trial: { kind: simulated }
senders:
  square: { number: "+12125550100", provider: trial }
  names: { alphanumeric: SQUARE, provider: trial }
inboxes: { desk: { email: desk@square.example } }
languages: [en, es]
"#;

pub const CAMPAIGN: &str = r#"purpose: marketing
sender: square
audience:
  from: opted-in
fields:
  first_name: { longest: 14 }
schedule: now
steps:
  - send: invite
    id: first
  - wait: 2 days
  - send: bus
    when: delivered("invite") && !clicked("tickets") && city == "Roma"
links:
  tickets: https://square.example/t
messages:
  invite: "Hello {{first_name}} {{link tickets}}"
  bus: { en: "Hi", es: "Hola" }
replies: desk
tests:
  - test: one
    story:
      - expect: invite
"#;

/// Asks about the place of the `|` in a campaign.
pub fn asked<T>(marked: &str, ask: impl FnOnce(&Document<'_>, usize) -> T) -> T {
    around(|around| asked_in(around, marked, ask))
}

/// As [`asked`], where nobody knows what a part costs.
pub fn asked_unpriced<T>(why: Unpriced, marked: &str, ask: impl FnOnce(&Document<'_>, usize) -> T) -> T {
    asked_at(&Err(why), |around| asked_in(around, marked, ask))
}

fn asked_in<T>(around: &Around<'_>, marked: &str, ask: impl FnOnce(&Document<'_>, usize) -> T) -> T {
    let (text, byte) = cursor(marked);
    let file = parse_campaign(&text);
    let document = Document {
        text: &text,
        file: File::Campaign(&file),
        around,
        memo: &Memo::default(),
        begins: 0,
    };
    ask(&document, byte)
}

/// Asks about the place of the `|` in stories that stand in a file of their own.
pub fn asked_of_stories<T>(marked: &str, ask: impl FnOnce(&Document<'_>, usize) -> T) -> T {
    let (stories, byte) = cursor(marked);
    let (campaign, _) = CAMPAIGN.split_once("tests:").expect("it has stories");
    let (text, begins) = crate::apart::behind(campaign, &(0..0), &stories);
    let file = parse_campaign(&text);
    around(|around| {
        let document = Document {
            text: &text,
            file: File::Campaign(&file),
            around,
            memo: &Memo::default(),
            begins,
        };
        ask(&document, begins + byte)
    })
}

/// Asks about the place of the `|` in a crier.yaml.
pub fn asked_of_project<T>(marked: &str, ask: impl FnOnce(&Document<'_>, usize) -> T) -> T {
    let (text, byte) = cursor(marked);
    let file = parse_project(&text);
    around(|around| {
        let document = Document {
            text: &text,
            file: File::Project(&file),
            around,
            memo: &Memo::default(),
            begins: 0,
        };
        ask(&document, byte)
    })
}

fn around<T>(ask: impl FnOnce(&Around<'_>) -> T) -> T {
    let price = Price {
        country: "US".into(),
        amount: "0.0079".parse().expect("a decimal"),
        currency: "USD".into(),
    };
    asked_at(&Ok(price), ask)
}

fn asked_at<T>(price: &Result<Price, Unpriced>, ask: impl FnOnce(&Around<'_>) -> T) -> T {
    let file = parse_project(CRIER_YAML);
    let project = outline_project(&file, "square");
    let columns = ["phone", "city", "Data di nascita"].map(str::to_owned).to_vec();
    let headers = BTreeMap::from([("lists/in.csv".to_owned(), Header::Columns(columns))]);
    ask(&Around {
        project: &project,
        crier_yaml: Some((CRIER_YAML, &file)),
        headers: &headers,
        price,
    })
}

/// The last `|` is the cursor: that of a block text comes before it.
fn cursor(marked: &str) -> (String, usize) {
    let byte = marked.rfind('|').expect("a cursor");
    (format!("{}{}", &marked[..byte], &marked[byte + 1..]), byte)
}

/// The line of a span, with the span in brackets.
pub fn shown(text: &str, span: &Range<usize>) -> String {
    let start = text[..span.start].rfind('\n').map_or(0, |i| i + 1);
    let end = text[span.end..].find('\n').map_or(text.len(), |i| span.end + i);
    format!(
        "{}[{}]{}",
        &text[start..span.start],
        &text[span.clone()],
        &text[span.end..end]
    )
}
