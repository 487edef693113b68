//! The files that crier.yaml names are there and are lists, once for all campaigns that read them.

use super::{Across, Outline, Whole};
use crate::check::{RELATIVE, column_fault, meant_file, missing_file, of_list, reversal, unreadable};
use crate::columns::{self, ColumnError};
use crate::diagnostic::Diagnostic;
use crate::project::ListFile;
use crate::written::Spanned;
use crate::written::nearest::Guess;
use crate::written::project as written;
use crate::{Header, ProjectFile};

pub(super) fn check(whole: &Whole<'_>, across: &mut Across) {
    let Some(file) = whole.file else { return };
    let prices = file.written().prices.iter();
    let absent = prices.filter_map(|path| Some((path, whole.absent.get(&path.value)?)));
    across
        .project
        .extend(absent.map(|(path, beside)| match is_sum(&path.value) {
            true => a_price(path),
            false => missing_file(path, beside),
        }));
    for list in whole.lists() {
        let found = list.file.iter().flat_map(|path| wrong(whole, list, path));
        across.project.extend(found);
    }
}

/// What is wrong with the file of a list, and for how many campaigns.
fn wrong(whole: &Whole<'_>, list: &written::List, path: &Spanned<String>) -> Vec<Diagnostic> {
    if let Some(beside) = whole.absent.get(&path.value) {
        let message = format!(
            "the file \"{}\" of list \"{}\" does not exist",
            path.value, list.name.value
        );
        let found = Diagnostic::error("list-file-missing", path.span.clone(), message);
        let meant = meant_file(&path.value, beside.iter().map(String::as_str));
        return vec![Guess::unsure(meant).tell(found, || RELATIVE.to_owned())];
    }
    let (Some(file), Some(known)) = (whole.file, whole.project.lists.get(&list.name.value)) else {
        return vec![];
    };
    let reads = |campaign: &&Outline| campaign.lists.contains(&list.name.value);
    let found = match whole.headers.get(&known.key()) {
        Some(Header::Unreadable(why)) => vec![unreadable(&path.value, why, path.span.clone())],
        // A campaign may say itself what is which.
        Some(Header::Columns(header))
            if whole
                .asked()
                .any(|campaign| reads(&campaign) && !campaign.renames) =>
        {
            of_columns((file, known), header, list, path)
        }
        Some(Header::Columns(_) | Header::Absent) | None => vec![],
    };
    let label = match whole.campaigns.iter().filter(reads).count() {
        0 | 1 => None,
        several => Some(format!("{several} campaigns use it")),
    };
    let labelled = |found: Diagnostic| match &label {
        Some(label) => found.label(label.clone()),
        None => found,
    };
    found.into_iter().map(labelled).collect()
}

/// What of the list does not fit; names of columns that stand the wrong way round are read as they are meant.
fn of_columns(
    (file, known): (&ProjectFile, &ListFile),
    header: &[String],
    list: &written::List,
    path: &Spanned<String>,
) -> Vec<Diagnostic> {
    let turned = columns::turned(known, header);
    let is_turned = |(ours, theirs): &(&Spanned<String>, &Spanned<String>)| {
        let mut turned = turned.iter();
        turned.any(|pair| pair.0 == ours.value && pair.1 == theirs.value)
    };
    let pairs = list.columns.iter().map(|(ours, theirs)| (ours, theirs));
    let pairs: Vec<_> = pairs.filter(is_turned).collect();
    let reversal = reversal(&file.text, &of_list(&list.name.value), &pairs);
    let mut meant = known.clone();
    columns::turn(&mut meant, &turned);
    let faults = columns::resolve_all(&meant, header).err().into_iter().flatten();
    let one = |error| {
        let renamed = list
            .columns
            .iter()
            .find(|(ours, _)| ColumnError::is_of(&error, &ours.value));
        let span = renamed.map_or(&path.span, |(_, column)| &column.span);
        column_fault(known, &error, span.clone())
    };
    reversal.into_iter().chain(faults.map(one)).collect()
}

/// A price where the file of prices belongs.
fn a_price(path: &Spanned<String>) -> Diagnostic {
    let message = format!(
        "\"{}\" is a price, and the path of a file belongs here",
        path.value
    );
    let help = "write a CSV with the columns `country`, `price` and `currency`, and its path here: `prices: prices.csv`";
    Diagnostic::error("file-missing", path.span.clone(), message).help(help)
}

/// A number, alone or with a currency beside it.
fn is_sum(text: &str) -> bool {
    let is_number = |word: &str| {
        let digits = word.trim_matches(['€', '$', '£']).replace(',', ".");
        digits.starts_with(|c: char| c.is_ascii_digit()) && digits.parse::<f64>().is_ok()
    };
    let is_currency = |word: &str| word.len() <= 3 && !word.is_empty();
    match text.split_whitespace().collect::<Vec<_>>().as_slice() {
        [alone] => is_number(alone),
        [one, other] => is_number(one) && is_currency(other) || is_currency(one) && is_number(other),
        _ => false,
    }
}
