//! "Did you mean": which of the known words somebody was probably after.

/// The known word that is nearest: letter case, `_` and `-` do not count, and there is at most one slip in three letters.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(word);
    let most = folded.chars().count().div_ceil(3);
    known
        .into_iter()
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
    let all: Vec<String> = names.into_iter().map(|name| format!("\"{name}\"")).collect();
    match all.as_slice() {
        [] => "none".into(),
        [one] => one.clone(),
        [first @ .., last] if all.len() <= 12 => format!("{} and {last}", first.join(", ")),
        many => format!("{} and {} more", many[..11].join(", "), many.len() - 11),
    }
}
