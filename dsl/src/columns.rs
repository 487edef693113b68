//! Which column of a list is which: our names and the file's own, and where the phone numbers are. Knows only the header.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::project::ListFile;

mod phone_names;
mod turned;

pub(crate) use turned::{OURS, is_plain, turn, turned};

/// Where the columns of a list are, by position from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// The phone numbers.
    pub phone: usize,
    /// By name: the file's own names without surrounding white space, and our names of [`ListFile::columns`], which win
    /// where a column of the file bears the same name.
    pub values: BTreeMap<String, usize>,
}

/// Why a header does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ColumnError {
    /// No column bears a usual name of phone numbers.
    #[error("no column is known to hold phone numbers")]
    NoPhoneColumn {
        /// The columns that are there.
        columns: Vec<String>,
    },
    /// Several columns bear a usual name of phone numbers.
    #[error("the phone numbers may be in any of the columns {}", quoted(.candidates))]
    PhoneColumnUnclear {
        /// Their names, at least two.
        candidates: Vec<String>,
    },
    /// The file is something else than a list.
    #[error("the file is {}, not the list", .0.called())]
    NoList(NoList),
    /// A name of `columns` points at a column that is not there.
    #[error("column \"{wanted}\", which \"{name}\" is read from, does not exist")]
    NoSuchColumn {
        /// Our name.
        name: String,
        /// The column it should be.
        wanted: String,
        /// The column that was probably meant.
        nearest: Option<String>,
        /// The columns that are there.
        columns: Vec<String>,
    },
    /// One name stands twice; letter case and surrounding white space do not count.
    #[error("column \"{name}\" appears twice (columns {first} and {second})")]
    Doubled {
        /// The name, as it stands first.
        name: String,
        /// Counted from 1.
        first: usize,
        /// Counted from 1.
        second: usize,
    },
}

/// What stands in the place of a list, by its first line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoList {
    /// What Git has where the file itself lies in a store for large ones.
    LfsPointer,
    /// A page of the web, such as that of a login.
    WebPage,
}

impl NoList {
    /// By the first cell of the first line.
    fn of(header: &[String]) -> Option<NoList> {
        let first = header.first()?.trim().to_ascii_lowercase();
        if first.starts_with("version https://git-lfs.github.com/") {
            return Some(NoList::LfsPointer);
        }
        let is_page = ["<!doctype html", "<html"]
            .iter()
            .any(|sign| first.starts_with(sign));
        is_page.then_some(NoList::WebPage)
    }

    pub(crate) fn called(self) -> &'static str {
        match self {
            NoList::LfsPointer => "a Git LFS pointer",
            NoList::WebPage => "a page of the web",
        }
    }
}

impl ColumnError {
    /// Whether it is about the column that one of our names is read from.
    pub(crate) fn is_of(&self, ours: &str) -> bool {
        matches!(self, ColumnError::NoSuchColumn { name, .. } if name == ours)
    }

    fn says_no_header(&self) -> bool {
        match self {
            ColumnError::NoList(_) => true,
            ColumnError::NoPhoneColumn { columns } => {
                columns.len() <= 1 || columns.iter().any(|name| is_number(name))
            }
            ColumnError::PhoneColumnUnclear { .. }
            | ColumnError::NoSuchColumn { .. }
            | ColumnError::Doubled { .. } => false,
        }
    }

    /// What to do.
    pub fn help(&self) -> String {
        match self {
            ColumnError::NoList(NoList::LfsPointer) => "run `git lfs pull`, which puts the list in its place".into(),
            ColumnError::NoList(NoList::WebPage) => {
                "what answered was a page, perhaps one to log in by: open the file, and save the list itself as CSV".into()
            }
            ColumnError::NoPhoneColumn { columns } if columns.is_empty() => {
                "the first row of the file must name its columns, such as `phone,first_name`".into()
            }
            ColumnError::NoPhoneColumn { columns } if columns.iter().any(|name| is_number(name)) => {
                "the first line of the file looks like a person: put a line with the names of the columns before it, such as `phone,first_name`".into()
            }
            ColumnError::NoPhoneColumn { columns } if columns.len() == 1 => {
                format!(
                    "is \"{}\" a title? the first line of the file must name its columns, such as `phone,first_name`; if it is the column of the numbers, {}",
                    columns[0], say_which(columns)
                )
            }
            ColumnError::NoPhoneColumn { columns } => {
                format!("{}; the columns are {}", say_which(columns), quoted(columns))
            }
            ColumnError::PhoneColumnUnclear { candidates } => say_which(candidates),
            ColumnError::NoSuchColumn {
                nearest: Some(nearest),
                ..
            } => format!("did you mean \"{nearest}\"?"),
            ColumnError::NoSuchColumn {
                nearest: None,
                columns,
                ..
            } => format!("the columns are {}", quoted(columns)),
            ColumnError::Doubled { .. } => "give each column a name of its own".into(),
        }
    }
}

/// Whether the first line has no names of columns: it is a first person, with a number, or a title; or the file is no list.
pub(crate) fn is_no_header(list: &ListFile, header: &[String]) -> bool {
    resolve(list, header).is_err_and(|error| error.says_no_header())
}

/// Whether the name of a column is rather somebody's number.
fn is_number(name: &str) -> bool {
    name.bytes().filter(u8::is_ascii_digit).count() >= 7 && !name.chars().any(char::is_alphabetic)
}

/// Finds the columns of a list by its header. The phone column is the one that `columns` names, else the only one that
/// bears a usual name of phone numbers. Columns without a name cannot be used, and are no error.
pub fn resolve(list: &ListFile, header: &[String]) -> Result<Columns, ColumnError> {
    resolve_all(list, header).map_err(|mut faults| faults.swap_remove(0))
}

/// The same, with all that does not fit where something does not, and nothing that follows from something else.
pub(crate) fn resolve_all(list: &ListFile, header: &[String]) -> Result<Columns, Vec<ColumnError>> {
    if let Some(what) = NoList::of(header) {
        return Err(vec![ColumnError::NoList(what)]);
    }
    let names: Vec<&str> = header.iter().map(|name| name.trim()).collect();
    let named = names.iter().enumerate().filter(|(_, name)| !name.is_empty());
    let mut values: BTreeMap<String, usize> = named.map(|(at, name)| ((*name).to_owned(), at)).collect();
    let mut faults = Vec::from_iter(doubled(&names));
    let is_doubled = !faults.is_empty();
    let mut ours = BTreeMap::new();
    for (name, wanted) in &list.columns {
        match values.get(wanted.trim()) {
            Some(at) => drop(ours.insert(name.clone(), *at)),
            None => faults.push(no_such_column(name, wanted, &names)),
        }
    }
    let of_consent = list.consent.iter();
    let of_consent = of_consent.flat_map(|consent| consent.column.iter().chain(&consent.date));
    let missing = of_consent
        .filter(|wanted| !values.contains_key(wanted.trim()) && !list.columns.contains_key(*wanted));
    faults.extend(missing.map(|wanted| no_such_column("consent", wanted, &names)));
    let phone = match ours.get("phone") {
        Some(at) => Some(*at),
        // That the column it is read from is not there has been said.
        None if list.columns.contains_key("phone") => None,
        None => match find_phone(&names) {
            Ok(at) => Some(at),
            // Whatever names nothing in a person or a title follows from that.
            Err(fault) if fault.says_no_header() && list.query.is_none() => return Err(vec![fault]),
            // Two of one name are two candidates.
            Err(ColumnError::PhoneColumnUnclear { .. }) if is_doubled => None,
            Err(fault) => {
                faults.push(fault);
                None
            }
        },
    };
    values.extend(ours);
    match phone.filter(|_| faults.is_empty()) {
        Some(phone) => Ok(Columns { phone, values }),
        None => Err(faults),
    }
}

fn doubled(names: &[&str]) -> Option<ColumnError> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (second, name) in names.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        if let Some(first) = seen.insert(name.to_lowercase(), second) {
            let name = names[first].to_owned();
            return Some(ColumnError::Doubled {
                name,
                first: first + 1,
                second: second + 1,
            });
        }
    }
    None
}

fn no_such_column(name: &str, wanted: &str, names: &[&str]) -> ColumnError {
    let columns = present(names);
    let target = fold(wanted);
    let most = target.chars().count().div_ceil(3);
    let nearest = columns
        .iter()
        .map(|column| (strsim::osa_distance(&target, &fold(column)), column))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, column)| column.clone());
    ColumnError::NoSuchColumn {
        name: name.into(),
        wanted: wanted.into(),
        nearest,
        columns,
    }
}

fn find_phone(names: &[&str]) -> Result<usize, ColumnError> {
    let usual = |name: &&str| phone_names::USUAL.contains(&fold(name).as_str());
    let found: Vec<usize> = (0..names.len()).filter(|at| usual(&names[*at])).collect();
    match found.as_slice() {
        [at] => Ok(*at),
        [] => Err(ColumnError::NoPhoneColumn {
            columns: present(names),
        }),
        several => {
            let candidates = several.iter().map(|at| names[*at].to_owned()).collect();
            Err(ColumnError::PhoneColumnUnclear { candidates })
        }
    }
}

fn present(names: &[&str]) -> Vec<String> {
    names
        .iter()
        .filter(|name| !name.is_empty())
        .map(|name| (*name).to_owned())
        .collect()
}

/// Letters and digits in lower case, without accents: what people vary in names they mean to be the same.
fn fold(name: &str) -> String {
    let letters = name
        .nfkd()
        .filter(|c| !is_combining_mark(*c) && c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

fn say_which(names: &[String]) -> String {
    let example = names.first().map_or("Mobile", String::as_str);
    format!("say which it is, such as `columns: {{phone: \"{example}\"}}`")
}

fn quoted(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests;
