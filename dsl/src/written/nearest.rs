//! "Did you mean": which of the known words somebody was probably after.

/// Words that are looked at, at most: a file may name thousands, and misspell as many.
const MOST_KNOWN: usize = 300;

/// Marks that do not count, at most, in a word that is still near.
const FOLDED: usize = 4;

/// The known word that is nearest: letter case, `_` and `-` do not count, and there is at most one slip in three letters.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(word);
    let length = folded.chars().count();
    let most = (length + 1) / 3;
    known
        .into_iter()
        .take(MOST_KNOWN)
        .filter(|k| k.chars().count().abs_diff(length) <= most + FOLDED)
        .map(|k| (strsim::osa_distance(&folded, &fold(k)), k))
        .filter(|(distance, k)| *distance <= most && *distance < k.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, k)| k)
}

fn fold(word: &str) -> String {
    let kept = word.chars().filter(|c| !matches!(c, '_' | '-' | ' '));
    kept.flat_map(char::to_lowercase).collect()
}

/// `did you mean "x"?`, else the choices.
pub(crate) fn did_you_mean(nearest: Option<&str>, otherwise: impl FnOnce() -> String) -> String {
    match nearest {
        Some(nearest) => format!("did you mean \"{nearest}\"?"),
        None => otherwise(),
    }
}

/// `a`, `b` and `c`, each in double quotes; at most a dozen.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut names = names.into_iter();
    let shown: Vec<String> = names
        .by_ref()
        .take(12)
        .map(|name| format!("\"{name}\""))
        .collect();
    match (shown.as_slice(), names.count()) {
        ([], _) => "none".into(),
        ([one], 0) => one.clone(),
        ([first @ .., last], 0) => format!("{} and {last}", first.join(", ")),
        (many, more) => format!("{} and {more} more", many.join(", ")),
    }
}
