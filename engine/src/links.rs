//! Short links: one for each link, campaign and person. The code is a hash, so that it can be made anywhere and tells
//! nothing of the person.

use sms::PhoneNumber;

use crate::draw;

/// Where links lead that no service serves: what stories, plans and rehearsals show. As long as the check of lengths
/// assumes.
const HOST: &str = "https://crier.test/";
/// Letters of a code: 30 bits.
const CODE: usize = 6;
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// A person's own link.
pub fn short(campaign: &str, link: &str, phone: PhoneNumber) -> String {
    let hash = draw::hash(link, campaign, phone);
    let letter = |n: usize| char::from(LETTERS[usize::try_from(hash >> (5 * n) & 31).unwrap_or(0)]);
    HOST.chars().chain((0..CODE).map(letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_a_persons_own_and_25_characters_long() {
        let phone = |n| PhoneNumber::from_u64(n).expect("a number");
        let link = short("winter", "tickets", phone(393331234567));
        assert_eq!(link.len(), 25, "{link}");
        assert_eq!(link, short("winter", "tickets", phone(393331234567)));
        assert_ne!(link, short("winter", "tickets", phone(393331234568)));
        assert_ne!(link, short("winter", "opt_out", phone(393331234567)));
    }
}
