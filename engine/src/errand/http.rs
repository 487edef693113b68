//! Makes a call: to an address that was checked and no other, over after one time-out whatever happens, without redirects,
//! proxies and retries of its own, under a key that is the same each time.

use std::net::SocketAddr;
use std::time::Duration;

use chrono::{DateTime, Utc};
use dsl::project::Project;
use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};
use reqwest::{Body, Client, Method, Response, Url, redirect, retry};

use super::address::{allowed, checked};
use super::{Answered, judged};
use crate::advance::Request;
use crate::provider::carrier::{retry_after, root, with_tls};

/// The header with the key of a call: the same each time that it is tried (draft-ietf-httpapi-idempotency-key-header).
const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Bytes of an answer that are read.
const MOST_ANSWER: usize = 64 * 1024;

/// Who makes the calls of a project.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Where calls may go.
    pub hosts: Vec<String>,
}

impl Caller {
    /// To the hosts of the project's policy.
    pub fn new(project: &Project) -> Caller {
        Caller {
            hosts: project.policy.hosts.clone(),
        }
    }

    /// Makes a call under its key.
    pub async fn call(&self, request: &Request, key: &str, now: DateTime<Utc>) -> Answered {
        let made = tokio::time::timeout(request.timeout, self.make(request, key, now)).await;
        made.unwrap_or_else(|_| Answered::Again(no_answer(request.timeout), None))
    }

    async fn make(&self, request: &Request, key: &str, now: DateTime<Utc>) -> Answered {
        let made = self.request(request, key);
        let made = match made {
            Ok(made) => made,
            Err(refused) => return Answered::Refused(refused),
        };
        match exchange(made, &self.hosts, request.timeout).await {
            Err(Unsent::Refused(refused)) => Answered::Refused(refused),
            Err(Unsent::Again(why)) => Answered::Again(why, None),
            Ok(response) => answer(response, request, now).await,
        }
    }

    fn request(&self, request: &Request, key: &str) -> Result<reqwest::Request, String> {
        let url = Url::parse(&request.url).map_err(|error| format!("{}: {error}", request.url))?;
        let method = Method::from_bytes(request.method.as_bytes()).map_err(|error| error.to_string())?;
        let mut made = reqwest::Request::new(method, url);
        let headers = made.headers_mut();
        headers.insert(USER_AGENT, HeaderValue::from_static("crier"));
        headers.insert(
            KEY,
            HeaderValue::from_str(key).map_err(|error| error.to_string())?,
        );
        if !request.body.is_empty() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *made.body_mut() = Some(Body::from(request.body.clone()));
        }
        Ok(made)
    }
}

/// Why there is no answer.
pub(crate) enum Unsent {
    /// It may not go there.
    Refused(String),
    /// Nobody knows, or it did not arrive.
    Again(String),
}

/// Makes a request of hosts that are allowed, at an address that was checked and no other.
pub(crate) async fn exchange(
    made: reqwest::Request,
    hosts: &[String],
    timeout: Duration,
) -> Result<Response, Unsent> {
    let url = made.url().clone();
    let host = allowed(&url, hosts).map_err(Unsent::Refused)?;
    let found = addresses(&url).await.map_err(Unsent::Again)?;
    let addresses = checked(host, found).map_err(Unsent::Refused)?;
    let client = client(&url, host, &addresses, timeout).map_err(Unsent::Again)?;
    let answered = client.execute(made).await;
    answered.map_err(|error| Unsent::Again(said(&error, timeout)))
}

/// What the name of a host leads to.
async fn addresses(url: &Url) -> Result<Vec<SocketAddr>, String> {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let port = url.port_or_known_default().unwrap_or(443);
    let found = tokio::net::lookup_host((bare, port)).await;
    found
        .map(Iterator::collect)
        .map_err(|error| format!("{host} is not found: {error}"))
}

fn client(url: &Url, host: &str, addresses: &[SocketAddr], timeout: Duration) -> Result<Client, String> {
    with_tls(Client::builder(), url)
        .no_proxy()
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .timeout(timeout)
        .pool_max_idle_per_host(0)
        .resolve_to_addrs(host, addresses)
        .build()
        .map_err(|error| format!("no HTTP client can be made: {}", root(&error)))
}

async fn answer(response: Response, request: &Request, now: DateTime<Utc>) -> Answered {
    let (status, wait) = (response.status(), retry_after(response.headers(), now));
    if !status.is_success() || request.save.is_none() {
        return judged(status, vec![], wait);
    }
    match body(response, request.timeout).await {
        Ok(body) => judged(status, body, wait),
        Err(cut_off) => Answered::Again(cut_off, None),
    }
}

/// All of a body; nothing of one that is too long.
async fn body(mut response: Response, timeout: Duration) -> Result<Vec<u8>, String> {
    let mut body = vec![];
    while let Some(chunk) = response.chunk().await.map_err(|error| said(&error, timeout))? {
        if chunk.len() > MOST_ANSWER - body.len() {
            return Ok(vec![]);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn no_answer(timeout: Duration) -> String {
    format!("no answer within {timeout:?}")
}

fn said(error: &reqwest::Error, timeout: Duration) -> String {
    match error.is_timeout() {
        true => no_answer(timeout),
        false if error.is_connect() => format!("no connection: {}", unconnected(&root(error))),
        false => format!("no answer: {}", root(error)),
    }
}

/// TLS cannot say by itself that what answers speaks something else.
fn unconnected(why: &str) -> &str {
    match why.contains("InvalidContentType") {
        true => "what answers there speaks no TLS: its URL begins with https://",
        false => why,
    }
}
