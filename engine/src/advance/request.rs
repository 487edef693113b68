//! A call over HTTP as it is made for one person: values in its path and query are percent-encoded, texts of its body are
//! JSON.

use std::time::Duration;

use dsl::campaign::program::{Body, Call};
use dsl::template::{Template, Values};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use super::known::Known;
use crate::left_out::LeftOut;
use crate::member::Member;
use crate::revision::Revision;

/// A call, ready to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// In capitals.
    pub method: String,
    /// Scheme, host, path and query.
    pub url: String,
    /// JSON; empty: none.
    pub body: String,
    /// The field that keeps something of the answer.
    pub save: Option<String>,
    /// An answer is waited for so long.
    pub timeout: Duration,
    /// The passage waits for what came of it.
    #[serde(skip)]
    pub waits: bool,
}

impl Request {
    /// For one person.
    pub(super) fn of(
        call: &Call,
        revision: &Revision,
        member: &Member,
        known: &Known,
    ) -> Result<Request, LeftOut> {
        let values = revision.values(member, known);
        let encoded = Encoded::of(&call.url, &values);
        Ok(Request {
            method: call.method.clone(),
            url: call.url.render(&encoded).map_err(LeftOut::from)?,
            body: match &call.body {
                Some(body) => json(body, &values)?.to_string(),
                None => String::new(),
            },
            save: call.save.clone(),
            timeout: call.timeout,
            waits: false,
        })
    }
}

fn json(body: &Body, values: &dyn Values) -> Result<serde_json::Value, LeftOut> {
    Ok(match body {
        Body::Text(template) => template.render(values).map_err(LeftOut::from)?.into(),
        Body::Plain(text) => serde_json::from_str(text).unwrap_or_else(|_| text.as_str().into()),
        Body::List(items) => items
            .iter()
            .map(|item| json(item, values))
            .collect::<Result<Vec<_>, _>>()?
            .into(),
        Body::Map(entries) => {
            let one = |(key, item): &(String, Body)| Ok((key.clone(), json(item, values)?));
            let all: serde_json::Map<_, _> = entries.iter().map(one).collect::<Result<_, LeftOut>>()?;
            all.into()
        }
    })
}

/// Values as they stand in an address.
struct Encoded<'a> {
    encoded: Vec<(String, String)>,
    plain: &'a dyn Values,
}

impl<'a> Encoded<'a> {
    fn of(template: &Template, values: &'a dyn Values) -> Encoded<'a> {
        let names = template.uses().into_iter().map(|used| used.name);
        let one = |name: String| {
            let value = utf8_percent_encode(values.get(&name)?, RESERVED).to_string();
            Some((name, value))
        };
        Encoded {
            encoded: names.filter_map(one).collect(),
            plain: values,
        }
    }
}

impl Values for Encoded<'_> {
    fn is_no(&self, name: &str) -> bool {
        self.plain.is_no(name)
    }

    fn get(&self, name: &str) -> Option<&str> {
        let found = self.encoded.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// All that is not unreserved in RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
