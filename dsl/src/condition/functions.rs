//! The functions of conditions, each with a line that shows it.

/// Name and use, in the order of the reference.
pub(crate) const FUNCTIONS: [(&str, &str); 13] = [
    ("delivered", "delivered(\"invite\")"),
    ("clicked", "clicked(\"tickets\")"),
    ("replied", "replied()"),
    ("answered", "answered(\"summer-concert\")"),
    ("received", "received(\"summer-concert\", \"365 days\")"),
    ("tagged", "tagged(\"coming\")"),
    ("event", "event(\"ordered\")"),
    ("today", "today()"),
    ("now", "now()"),
    ("date", "date(\"2026-12-01\")"),
    ("days_until", "days_until(expires)"),
    ("days_since", "days_since(joined)"),
    ("empty", "empty(city)"),
];

/// How a function is used.
pub(super) fn usage(name: &str) -> &'static str {
    let found = FUNCTIONS.iter().find(|(known, _)| *known == name);
    found.map_or("", |(_, usage)| usage)
}

/// Whether this is a function that takes nothing, so that its name alone is a slip.
pub(super) fn takes_nothing(name: &str) -> bool {
    matches!(name, "replied" | "today" | "now")
}

/// Whether a function holds or does not.
pub(super) fn is_truth(name: &str) -> bool {
    match name {
        "today" | "now" | "date" | "days_until" | "days_since" => false,
        name => FUNCTIONS.iter().any(|(known, _)| *known == name),
    }
}
