//! The language as its users meet it: files in, campaigns or diagnostics out.

#![allow(missing_docs, clippy::unwrap_used)]

mod another_reader;
mod any_text;
mod errors;
mod expand;
mod keys;
mod meaning;
mod options;
mod prefixes;
mod repairs;
mod schema;
mod second_opinion;
mod support;
