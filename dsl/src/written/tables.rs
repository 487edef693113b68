//! The keys of the language: every one of its reference, those that work and those that come later. One table an object,
//! a file a part of the language. This is the one place where a key is written down.

mod audience;
mod campaign;
mod messages;
mod model;
mod project;
mod schedule;
mod steps;
mod tests;

pub use campaign::CAMPAIGN;
pub use model::MODEL;
pub(crate) use project::LOGIN;
pub use project::PROJECT;
pub use schedule::DAYS;
pub(crate) use steps::VERBS;
pub(crate) use tests::{SAID, TEST_KEYS};
