//! The language as its users meet it: files in, campaigns or diagnostics out.

#![allow(missing_docs, clippy::unwrap_used)]

mod any_text;
mod errors;
mod expand;
mod meaning;
mod options;
mod repairs;
mod schema;
mod second_opinion;
mod support;
