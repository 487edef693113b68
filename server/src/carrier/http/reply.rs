//! An answer as HTTP has it.

use std::sync::LazyLock;

use axum::body::{Body as HttpBody, Bytes};
use axum::http::{Response, StatusCode};
use serde::Serialize;

use crate::carrier::answer::{Answer, Body};
use crate::carrier::connection::Wire;

/// What HTTP calls a response.
pub(super) type Reply = Response<HttpBody>;

/// An answer of the carrier, and what is done to its connection.
pub(super) fn answered(answer: Answer, wire: &Wire) -> Reply {
    let mut headers = answer.headers;
    if let Some(every) = answer.drip {
        // The connection stays slow, so it is for nobody else.
        wire.drip(every);
        headers.push(("connection", "close".to_owned()));
    }
    let body = match &answer.body {
        Body::Submitted(submitted) => written(submitted),
        Body::LookedUp(found) => written(found),
        Body::Trouble(trouble) => written(trouble),
        Body::Bytes(bytes) => HttpBody::from(Bytes::from_static(bytes)),
        Body::Huge => HttpBody::from(HUGE.clone()),
    };
    headers.push(("content-type", content_type(&answer.body).to_owned()));
    reply(answer.status, headers, body)
}

fn content_type(body: &Body) -> &'static str {
    match body {
        Body::Submitted(_) | Body::LookedUp(_) | Body::Trouble(_) | Body::Huge => "application/json",
        Body::Bytes(_) => "text/html",
    }
}

/// 50 MB that begin like an answer; made once, however many ask for it.
static HUGE: LazyLock<Bytes> = LazyLock::new(|| {
    let begin = b"{\"messages\":[";
    let mut body = vec![b' '; 50_000_000];
    body[..begin.len()].copy_from_slice(begin);
    body.into()
});

/// 400, and why.
pub(super) fn problem(error: &str) -> Reply {
    json(400, &serde_json::json!({ "error": error }))
}

/// JSON of this status.
pub(super) fn json(status: u16, body: &impl Serialize) -> Reply {
    let headers = vec![("content-type", "application/json".to_owned())];
    reply(status, headers, written(body))
}

fn written(body: &impl Serialize) -> HttpBody {
    HttpBody::from(serde_json::to_vec(body).expect("these types are JSON"))
}

/// Of these parts, all of them ours.
pub(super) fn reply(status: u16, headers: Vec<(&'static str, String)>, body: HttpBody) -> Reply {
    let mut reply = Response::builder().status(StatusCode::from_u16(status).expect("a status of our own"));
    for (name, text) in headers {
        reply = reply.header(name, text);
    }
    reply.body(body).expect("headers of our own")
}
