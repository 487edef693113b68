//! The simulated carrier: takes texts over HTTP, makes receipts and replies, and does on demand what real providers do
//! when they are in trouble. What it took stands in its ledger before it answers, so that the ledger joined with a store
//! proves that nothing was lost and nothing sent twice.
//!
//! [`core`] decides and remembers, without sockets and clocks; [`switches`] say what it does to whom; [`ledger`] is the
//! file; [`http`] is the face, and [`hooks`] pushes what otherwise is polled.

mod agenda;
mod answer;
mod chance;
pub mod client;
mod codes;
mod connection;
pub mod core;
pub mod fault;
pub mod hooks;
pub mod http;
mod known;
pub mod ledger;
mod planned;
pub mod stats;
pub mod switches;
#[cfg(test)]
mod testing;

pub use self::core::Carrier;
pub use answer::{Action, Answer, Body};
pub use http::{Options, Server, ServerError};
pub use ledger::read_ledger;
pub use switches::Switches;
