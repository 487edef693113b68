//! Posts JSON to a webhook, by the way that calls take: to hosts that are allowed, at addresses that were checked, without
//! redirects. Nothing of the answer but its status is read.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};
use reqwest::{Body, Method, Request, StatusCode, Url};

use super::{Answered, TIMEOUT};
use crate::errand::{Unsent, exchange};
use crate::provider::carrier::asked_for;

/// Posts a body. What is told names the host and never the URL, which may be a secret.
pub(super) async fn post(
    url: &str,
    hosts: &[String],
    headers: &[(HeaderName, String)],
    body: String,
    now: DateTime<Utc>,
) -> Answered {
    let posted = async {
        let request = match request(url, headers, body) {
            Ok(request) => request,
            Err(wrong) => return Answered::Again(wrong, None),
        };
        match exchange(request, hosts, TIMEOUT).await {
            Ok(response) => judged(response.status(), asked_for(response.headers(), now)),
            // What is written in crier.yaml or the environment can be put right.
            Err(Unsent::Refused(why) | Unsent::Again(why)) => Answered::Again(why, None),
        }
    };
    let posted = tokio::time::timeout(TIMEOUT, posted).await;
    posted.unwrap_or_else(|_| Answered::Again(format!("no answer within {TIMEOUT:?}"), None))
}

fn request(url: &str, headers: &[(HeaderName, String)], body: String) -> Result<Request, String> {
    let url = Url::parse(url).map_err(|error| no_url("its URL", error))?;
    let mut request = Request::new(Method::POST, url);
    let own = request.headers_mut();
    own.insert(USER_AGENT, HeaderValue::from_static("crier"));
    own.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in headers {
        let value = HeaderValue::from_str(value).map_err(|error| format!("{name}: {error}"))?;
        own.insert(name, value);
    }
    *request.body_mut() = Some(Body::from(body));
    Ok(request)
}

type NoUrl = <Url as FromStr>::Err;

/// Why an address is no URL, whatever it is; it may be a secret.
pub(super) fn no_url(what: &str, why: NoUrl) -> String {
    match why {
        NoUrl::RelativeUrlWithoutBase => {
            format!("{what} does not begin with https://: it is no URL")
        }
        why => format!("{what} is no URL: {why}"),
    }
}

/// What an answer by its status says: 410 ends it all, what finds fault with this body refuses it, all else concerns the host and
/// is tried again (Standard Webhooks, deliverability).
pub(super) fn judged(status: StatusCode, wait: Option<std::time::Duration>) -> Answered {
    let said = || format!("answered {status}");
    match status.as_u16() {
        200..=299 => Answered::Done,
        410 => Answered::Gone(said()),
        400 | 413 | 414 | 415 | 422 => Answered::Refused(said()),
        _ => Answered::Again(said(), wait),
    }
}
