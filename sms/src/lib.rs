//! What a text message is: whose number that is ([`PhoneNumber`], [`Region`]), what it comes from ([`SenderAddress`]),
//! which alphabet it needs and how many parts it costs ([`parts`]).
//!
//! Pure: no clock, no files, no network, no randomness. It never guesses a number that the text does not hold, never
//! changes a text, and knows nothing of providers, prices or campaigns.

pub mod alphabet;
pub mod invisible;
pub mod parts;
pub mod phone;
pub mod region;
pub mod sender;
pub mod smart;

pub use alphabet::Encoding;
pub use parts::{Measure, Parts};
pub use phone::{LineKind, ParsedNumber, PhoneError, PhoneNumber, Repair};
pub use region::Region;
pub use sender::{SenderAddress, SenderError};
