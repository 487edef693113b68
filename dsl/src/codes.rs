//! Every code of a diagnostic, with its page. Codes are stable: reports and suppressions refer to them. To add one, write
//! `dsl/codes/CODE.md` in the form that `page.rs` says, and put its name into the list here.

pub mod page;

pub use page::Page;

/// The pages of these codes, read when crier is built: a code without a page does not build.
macro_rules! pages {
    ($($code:literal,)*) => {
        &[$(($code, include_str!(concat!("../codes/", $code, ".md")))),*]
    };
}

/// Codes of findings that a story shows when it is played.
pub const OF_STORIES: &[&str] = &["story-differs", "story-impossible"];

/// Codes of what is wrong in folders, which no text of a file shows.
pub const OF_FOLDERS: &[&str] = &["file-unreadable", "link-loop"];

/// Code and page, by the alphabet.
pub const CODES: &[(&str, &str)] = pages![
    "again-unsaid",
    "alias-bomb",
    "asked-too-early",
    "await-never-changes",
    "bad-address",
    "bad-date",
    "bad-default",
    "bad-duration",
    "bad-money",
    "bad-name",
    "bad-pattern",
    "bad-rate",
    "bad-sender",
    "bad-share",
    "bad-template",
    "bad-time",
    "bad-url",
    "bad-window",
    "budget-without-prices",
    "campaign-name-twice",
    "cap-exceeded",
    "column-doubled",
    "column-is-text",
    "column-missing",
    "columns-reversed",
    "conflicting-keys",
    "consent-of-other-kind",
    "constant-condition",
    "countries-apart",
    "cron-needs-quotes",
    "cron-never-fires",
    "custom-tag",
    "duplicate-id",
    "duplicate-key",
    "duplicate-language",
    "duplicate-test",
    "empty-keyword",
    "empty-message",
    "event-never-named",
    "expires-before-window",
    "field-is-no-date",
    "field-never-set",
    "file-missing",
    "file-too-large",
    "file-unreadable",
    "foreign-placeholder",
    "frequency-looser-than-policy",
    "host-not-allowed",
    "ill-typed-condition",
    "invalid-yaml",
    "keyword-in-two-campaigns",
    "language-missing",
    "language-unlisted",
    "link-loop",
    "link-never-sent",
    "list-became-text",
    "list-file-missing",
    "list-in-both",
    "list-not-stored",
    "list-repeated",
    "list-unreadable",
    "literal-host-needed",
    "marketing-unguarded",
    "merge-key",
    "message-and-steps",
    "message-never-sent",
    "missing-key",
    "moment-before-start",
    "moment-outside-window",
    "no-deadline",
    "no-opt-out-hint",
    "no-steps",
    "nobody-consents",
    "not-cel",
    "not-utf8",
    "not-yet-supported",
    "only-at-night",
    "opt-out-unanswered",
    "overlapping-launches",
    "path-leaves-project",
    "phone-column-missing",
    "phone-column-unclear",
    "provider-repeated",
    "quote-the-text",
    "rate-never-reached",
    "recursive-alias",
    "reminder-too-late",
    "rule-after-otherwise",
    "rule-never-reached",
    "rule-waits",
    "rule-without-condition",
    "second-document",
    "secret-in-file",
    "sender-cannot-receive",
    "sender-missing",
    "sender-repeated",
    "shares-not-whole",
    "start-cycle",
    "story-differs",
    "story-impossible",
    "story-shows-nothing",
    "switches-to-ucs2",
    "tab-indentation",
    "tag-never-set",
    "tag-not-condition",
    "test-needs-time",
    "text-cut-by-comma",
    "text-cut-by-comment",
    "text-over-frequency",
    "text-too-long",
    "too-deep",
    "too-many-findings",
    "unknown-campaign",
    "unknown-database",
    "unknown-day",
    "unknown-field",
    "unknown-function",
    "unknown-helper",
    "unknown-inbox",
    "unknown-key",
    "unknown-language",
    "unknown-link",
    "unknown-list",
    "unknown-message",
    "unknown-name",
    "unknown-partial",
    "unknown-provider",
    "unknown-region",
    "unknown-sender",
    "unknown-step",
    "unknown-timezone",
    "unknown-value",
    "unknown-variable",
    "unknown-variant",
    "unknown-version",
    "unreachable-step",
    "until-before-from",
    "unused-list",
    "unused-sender",
    "urgent-without-service",
    "url-leaves-machine",
    "variant-in-two-draws",
    "wait-at-end",
    "window-in-quiet-hours",
    "window-looser-than-policy",
    "word-in-two-rules",
    "word-is-opt-in",
    "word-is-opt-out",
    "wrong-arguments",
    "wrong-type",
    "yaml-1.1",
];

/// What the page of a code says; none for a code that does not exist.
pub fn page(code: &str) -> Option<Page<'static>> {
    let at = CODES.binary_search_by_key(&code, |(code, _)| code).ok()?;
    Some(read(CODES[at].1))
}

/// Every page, by the alphabet.
pub fn pages() -> impl Iterator<Item = Page<'static>> {
    CODES.iter().map(|(_, markdown)| read(markdown))
}

/// The code that somebody was probably after.
pub fn nearest(word: &str) -> Option<&'static str> {
    crate::nearest(word, CODES.iter().map(|(code, _)| *code))
}

fn read(markdown: &'static str) -> Page<'static> {
    page::parse(markdown).expect("a test reads every page")
}

#[cfg(test)]
mod tests;
