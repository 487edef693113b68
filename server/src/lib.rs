//! What others ask: the simulated carrier over HTTP, editors over the Language Server Protocol.

pub mod carrier;
pub mod lsp;
