//! The words of [`Code`] for ledger, counts and verdicts.

use engine::provider::carrier::wire::Code;

/// Every code with its word, as on the wire.
const WORDS: [(Code, &str); 12] = [
    (Code::UnknownNumber, "unknown-number"),
    (Code::Landline, "landline"),
    (Code::OptedOut, "opted-out"),
    (Code::Unreachable, "unreachable"),
    (Code::Content, "content"),
    (Code::DuplicateReference, "duplicate-reference"),
    (Code::SenderBarred, "sender-barred"),
    (Code::NoCredit, "no-credit"),
    (Code::SpendLimit, "spend-limit"),
    (Code::AccountBarred, "account-barred"),
    (Code::Throttled, "throttled"),
    (Code::Internal, "internal"),
];

/// As on the wire.
pub(super) fn word(code: Code) -> &'static str {
    let found = WORDS.iter().find(|(known, _)| *known == code);
    found.map(|(_, word)| *word).expect("every code has a word")
}

/// The code of a word.
pub(super) fn code(word: &str) -> Option<Code> {
    WORDS
        .iter()
        .find(|(_, known)| *known == word)
        .map(|(code, _)| *code)
}

/// For people.
pub(super) fn sentence(code: Code) -> &'static str {
    match code {
        Code::UnknownNumber => "there is no such number",
        Code::Landline => "this is a landline",
        Code::OptedOut => "the recipient told us to stop",
        Code::Unreachable => "the recipient cannot be reached now",
        Code::Content => "this text is not let through",
        Code::DuplicateReference => "this reference was submitted before",
        Code::SenderBarred => "the sender is not registered",
        Code::NoCredit => "the account has no credit",
        Code::SpendLimit => "the account has reached its spend limit",
        Code::AccountBarred => "the account is barred",
        Code::Throttled => "too many requests",
        Code::Internal => "trouble at the carrier",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_wire() {
        for (code, word) in WORDS {
            assert_eq!(serde_json::to_value(code).expect("JSON"), word);
            assert_eq!(super::code(word), Some(code));
        }
    }
}
