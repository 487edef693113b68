//! Requests to the carrier, each put on the wire once at most, over after one time-out whatever happens, and never to
//! another machine: no proxy, no redirect, no name that is looked up.

use std::error::Error;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use dsl::project::Carrier;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Body, Client, ClientBuilder, Method, Request, Response, StatusCode, Url, redirect, retry};
use serde::Serialize;

/// Bytes an answer may have at most, beside what each thing in it may have.
const MOST_ANSWER: usize = 1024 * 1024;
/// A connection that nobody uses is closed after this: a carrier that closes it first would make a doubt of the next text.
const IDLE: Duration = Duration::from_secs(20);

/// What came of a request.
pub(super) enum Outcome {
    /// No byte of it left, for this reason.
    NotSent(String),
    /// It may have arrived, and no answer came, for this reason.
    Lost(String),
    /// An answer came, or the beginning of one.
    Answered(Reply),
}

/// An answer.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// All of it, else why it is not whole.
    pub(super) body: Result<Vec<u8>, String>,
}

impl Reply {
    /// Of parts; an error in words where HTTP has no such parts.
    pub(super) fn of(
        status: u16,
        headers: &[(&'static str, String)],
        body: Vec<u8>,
    ) -> Result<Reply, String> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let value = HeaderValue::from_str(value).map_err(|error| format!("{name}: {error}"))?;
            map.insert(*name, value);
        }
        Ok(Reply {
            status: StatusCode::from_u16(status).map_err(|error| error.to_string())?,
            headers: map,
            body: Ok(body),
        })
    }
}

/// The way to a carrier.
pub(super) struct Link {
    /// None can be made, for this reason: nothing is ever sent then.
    client: Result<(Client, Url), String>,
    timeout: Duration,
}

impl Link {
    pub(super) fn new(settings: &Carrier) -> Link {
        Link {
            client: client(settings),
            timeout: settings.timeout,
        }
    }

    /// Posts a question. The answer has about so many bytes.
    pub(super) async fn post<T: Serialize>(&self, path: &str, question: &T, bytes: usize) -> Outcome {
        let json = serde_json::to_vec(question).expect("our own types have string keys");
        self.exchange(path, bytes, |url| {
            let mut request = Request::new(Method::POST, url);
            let json_type = HeaderValue::from_static("application/json");
            request.headers_mut().insert(CONTENT_TYPE, json_type);
            *request.body_mut() = Some(Body::from(json));
            request
        })
        .await
    }

    /// Asks for something. The answer has about so many bytes.
    pub(super) async fn get(&self, path: &str, query: &str, bytes: usize) -> Outcome {
        self.exchange(path, bytes, |mut url| {
            url.set_query(Some(query));
            Request::new(Method::GET, url)
        })
        .await
    }

    async fn exchange(&self, path: &str, bytes: usize, request: impl FnOnce(Url) -> Request) -> Outcome {
        let (client, base) = match &self.client {
            Ok(client) => client,
            Err(reason) => return Outcome::NotSent(reason.clone()),
        };
        let mut url = base.clone();
        url.set_path(path);
        match client.execute(request(url)).await {
            Ok(response) => Outcome::Answered(self.reply(response, MOST_ANSWER + bytes).await),
            Err(error) if error.is_connect() => Outcome::NotSent(self.no_connection(base, &error)),
            Err(error) => Outcome::Lost(self.no_answer(&error)),
        }
    }

    async fn reply(&self, mut response: Response, most: usize) -> Reply {
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        Reply {
            status,
            body: self.body(response, most).await,
            headers,
        }
    }

    /// Reads an answer, and stops where it is longer than it may be, whatever length it announced.
    async fn body(&self, mut response: Response, most: usize) -> Result<Vec<u8>, String> {
        let mut body = vec![];
        while let Some(chunk) = response.chunk().await.map_err(|error| self.cut_off(&error))? {
            if chunk.len() > most - body.len() {
                return Err(format!("the answer is longer than {most} bytes"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn no_connection(&self, base: &Url, error: &reqwest::Error) -> String {
        let to = base.origin().ascii_serialization();
        match error.is_timeout() {
            true => format!("no connection to {to} within {:?}", connect_within(self.timeout)),
            false => format!("no connection to {to}: {}", root(error)),
        }
    }

    fn no_answer(&self, error: &reqwest::Error) -> String {
        match error.is_timeout() {
            true => format!("no answer within {:?}", self.timeout),
            false if is_io(error) => format!("the connection closed before the answer: {}", root(error)),
            false => format!("no answer: {}", root(error)),
        }
    }

    fn cut_off(&self, error: &reqwest::Error) -> String {
        match error.is_timeout() {
            true => format!("the answer was not whole within {:?}", self.timeout),
            false => format!("the answer was cut off: {}", root(error)),
        }
    }
}

/// Connecting gets half of the time: it ends before the whole request does, and so it is known that nothing was sent.
fn connect_within(timeout: Duration) -> Duration {
    timeout / 2
}

fn client(settings: &Carrier) -> Result<(Client, Url), String> {
    let base = Url::parse(&settings.url).map_err(|error| format!("{}: {error}", settings.url))?;
    let client = with_tls(Client::builder(), &base)
        .no_proxy()
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .http1_only()
        .connect_timeout(connect_within(settings.timeout))
        .timeout(settings.timeout)
        .tcp_nodelay(true)
        .pool_max_idle_per_host(settings.in_flight)
        .pool_idle_timeout(IDLE)
        .resolve_to_addrs("localhost", &this_machine())
        .build()
        .map_err(|error| format!("no HTTP client can be made: {}", root(&error)))?;
    Ok((client, base))
}

/// What `localhost` is, whatever the resolver of the machine says. The URL brings the port.
fn this_machine() -> [SocketAddr; 2] {
    let addresses = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
    addresses.map(|address| SocketAddr::new(address, 0))
}

/// Chooses who does TLS in this process, without which no HTTP client can be made here. One that was chosen before stays,
/// and is as good.
pub fn choose_tls() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// For plain HTTP it trusts nobody, so that the machine's certificates, which may
/// not be there, are not read.
pub(crate) fn with_tls(builder: ClientBuilder, base: &Url) -> ClientBuilder {
    choose_tls();
    match base.scheme() {
        "https" => builder,
        _ => builder.tls_certs_only([]),
    }
}

/// What an error comes from in the end, in words.
pub fn root(error: &reqwest::Error) -> String {
    let Some(root) = causes(error).last() else {
        return error.to_string();
    };
    root.downcast_ref::<io::Error>()
        .map_or_else(|| root.to_string(), in_words)
}

/// An error of the system without its number.
fn in_words(error: &io::Error) -> String {
    let words = match error.kind() {
        io::ErrorKind::ConnectionRefused => "nothing listens there",
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => "the other side broke it off",
        io::ErrorKind::BrokenPipe => "the other side had closed it",
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => "there is no way there",
        _ => {
            let said = error.to_string();
            let number = said.rfind(" (os error ");
            return number.map_or(said.clone(), |at| said[..at].to_lowercase());
        }
    };
    words.to_owned()
}

fn is_io(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| cause.is::<io::Error>())
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}
