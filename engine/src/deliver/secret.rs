//! Secrets, as far as they go: out of the environment, into one request. They are never shown, written down or told.

use std::fmt;

/// A secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps it to itself.
    pub fn new(secret: String) -> Secret {
        Secret(secret)
    }

    /// For whoever needs it, and nobody else.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}
