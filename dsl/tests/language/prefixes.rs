//! Every prefix of a file, as it stands there while somebody types it: it is read and checked without a panic, what is found
//! lies in it, no campaign is meant where there is an error, and an editor that asks at its end has an answer; within a word
//! none asks, since that is the question at its end. The tests of other crates use it for files of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use dsl::diagnostic::Diagnostic;
use dsl::editor::{self, Document, Memo, Price, completion, hover};
use dsl::project::{ListFile, Project};
use dsl::{
    Absent, CampaignFile, Checked, Header, ProjectFile, Surroundings, check_campaign, check_project,
    decode_text, outline_project, parse_campaign, parse_project,
};

/// A file whose prefixes are read.
pub struct Whole {
    /// Its name; it says whether it is a crier.yaml.
    pub name: String,
    pub bytes: Vec<u8>,
    pub around: Arc<Around>,
}

/// What a file is held against.
pub struct Around {
    project: Project,
    /// Empty where there is none.
    crier_yaml: (String, ProjectFile),
    folder: PathBuf,
    /// The files below the folder.
    paths: BTreeSet<String>,
    /// Of the lists that were asked for so far.
    headers: Mutex<BTreeMap<String, Header>>,
}

/// Reads every prefix, on all processors; of a file that has more than `most` that many, evenly spread, and all of it: what
/// a prefix takes grows with its length.
pub fn are_read(files: &[Whole], most: usize) {
    let ends_of = |file: &'_ Whole| {
        let mut ends = ends(&file.bytes);
        ends.reverse();
        let step = ends.len().div_ceil(most);
        ends.into_iter().step_by(step)
    };
    let all = files
        .iter()
        .flat_map(|file| ends_of(file).map(move |end| (file, end)));
    let all: Vec<(&Whole, usize)> = all.collect();
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(vec![]));
    let work = || {
        while let Some((file, end)) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
            if catch_unwind(AssertUnwindSafe(|| file.read(*end))).is_err() {
                let told = format!("{}, its first {end} bytes", file.name);
                wrong.lock().expect("nobody fails with it").push(told);
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    let wrong = wrong.into_inner().expect("nobody fails with it");
    assert!(wrong.is_empty(), "what is said above is of\n{}", wrong.join("\n"));
}

/// Every place of what was found, and what is put there instead, lies in the text.
pub fn lie_in(text: &str, found: &[Diagnostic]) {
    for diagnostic in found {
        let related = diagnostic.related.iter().map(|(span, _)| span);
        let suggested = diagnostic.suggestion.iter().map(|suggestion| &suggestion.span);
        for span in [&diagnostic.span].into_iter().chain(related).chain(suggested) {
            assert!(
                text.get(span.clone()).is_some(),
                "{diagnostic:?} is outside of {text:?}"
            );
        }
    }
}

/// At every byte. Of a line that is a comment only three are looked at, where it begins, behind its mark, and where it ends:
/// between them nothing is read. Only one that begins a line of the file is sure to be one.
fn ends(bytes: &[u8]) -> Vec<usize> {
    let mut ends = vec![];
    let mut at = 0;
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        match line {
            [b'#', _, .., b'\n'] => ends.extend([at, at + 1, at + line.len() - 1]),
            _ => ends.extend(at..at + line.len()),
        }
        at += line.len();
    }
    ends.push(at);
    ends
}

impl Whole {
    fn read(&self, end: usize) {
        let bytes = &self.bytes[..end];
        match decode_text(bytes) {
            // Within a character.
            Err(found) => assert!(found.span.end <= bytes.len(), "{found:?}"),
            Ok(text) if self.name.ends_with("crier.yaml") => {
                self.around.read_project(&text, self.asks_at(end))
            }
            Ok(text) => self.around.read_campaign(&self.name, &text, self.asks_at(end)),
        }
    }

    fn asks_at(&self, end: usize) -> bool {
        let is_of_word = |at: usize| self.bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
        !(end > 0 && is_of_word(end - 1) && is_of_word(end))
    }
}

impl Around {
    /// A folder with the project of its crier.yaml, or with that of none.
    pub fn of_folder(folder: &Path) -> Around {
        let project = match fs::read_to_string(folder.join("crier.yaml")) {
            Err(_) => Project::without_file("folder"),
            Ok(text) => {
                let file = parse_project(&text);
                let meant = check_project(&file, "folder").value;
                meant.unwrap_or_else(|| outline_project(&file, "folder"))
            }
        };
        Around::new(folder, project)
    }

    /// A folder, and the project that campaigns in it have.
    pub fn new(folder: &Path, project: Project) -> Around {
        let text = fs::read_to_string(folder.join("crier.yaml")).unwrap_or_default();
        let mut paths = BTreeSet::new();
        paths_below(folder, "", &mut paths);
        Around {
            project,
            crier_yaml: (text.clone(), parse_project(&text)),
            folder: folder.to_owned(),
            paths,
            headers: Mutex::default(),
        }
    }

    fn read_campaign(&self, name: &str, text: &str, asks: bool) {
        let file = parse_campaign(text);
        let (headers, absent) = self.found_by(&file);
        let checked = check_campaign(
            &file,
            &Surroundings {
                project: &self.project,
                file_name: name.split('.').next().unwrap_or_default(),
                headers: &headers,
                absent: &absent,
            },
        );
        judge(text, &checked);
        if asks {
            self.ask(text, editor::File::Campaign(&file), &headers);
        }
    }

    fn read_project(&self, text: &str, asks: bool) {
        let file = parse_project(text);
        judge(text, &check_project(&file, "folder"));
        if asks {
            self.ask(text, editor::File::Project(&file), &BTreeMap::new());
        }
    }

    /// The first lines of the lists that a file names, and those of its files that are not there.
    fn found_by(&self, file: &CampaignFile) -> (BTreeMap<String, Header>, Absent) {
        let lists = file.files(&self.project);
        let headers = lists.iter().map(|list| (list.key(), self.header(list)));
        let named = lists.iter().map(|list| list.path.clone());
        let absent = named.chain(file.named_files());
        let absent = absent.filter(|path| !path.is_empty() && !self.paths.contains(path));
        (
            headers.collect(),
            absent.map(|path| (path.clone(), self.beside(&path))).collect(),
        )
    }

    fn header(&self, list: &ListFile) -> Header {
        let mut known = self.headers.lock().expect("nobody fails with it");
        let read = || match fs::read(self.folder.join(&list.path)).map(String::from_utf8) {
            Err(_) => Header::Absent,
            Ok(Err(_)) => Header::Unreadable("it is not UTF-8".into()),
            Ok(Ok(text)) => {
                let separator = char::from(list.reading.separator.unwrap_or(b','));
                let first = text.lines().next().unwrap_or_default();
                Header::Columns(first.split(separator).map(str::to_owned).collect())
            }
        };
        known.entry(list.key()).or_insert_with(read).clone()
    }

    /// The files of the folder that a path lies in.
    fn beside(&self, path: &str) -> Vec<String> {
        let folder = |path: &str| path.rsplit_once('/').map(|(folder, _)| folder.to_owned());
        let own = folder(path);
        self.paths
            .iter()
            .filter(|other| folder(other) == own)
            .cloned()
            .collect()
    }

    fn ask(&self, text: &str, file: editor::File<'_>, headers: &BTreeMap<String, Header>) {
        let (crier_yaml, read) = &self.crier_yaml;
        let price = Ok(Price {
            country: "US".into(),
            amount: "0.0079".parse().expect("a decimal"),
            currency: "USD".into(),
        });
        let document = Document {
            text,
            file,
            around: &editor::Around {
                project: &self.project,
                crier_yaml: Some((crier_yaml, read)),
                headers,
                price: &price,
            },
            memo: &Memo::default(),
            begins: 0,
        };
        for item in completion::completion(&document, text.len()) {
            assert!(text.get(item.span).is_some(), "{}", item.label);
        }
        if let Some(hover) = hover::hover(&document, text.len()) {
            assert!(text.get(hover.span).is_some());
        }
    }
}

fn judge<T>(text: &str, checked: &Checked<T>) {
    lie_in(text, &checked.diagnostics);
    lie_in(text, &checked.later);
    assert!(checked.diagnostics.iter().all(|found| found.code != "internal"));
    let clean = !checked.diagnostics.iter().any(Diagnostic::is_error);
    assert!(
        clean || checked.value.is_none(),
        "no meaning where there is an error"
    );
    assert!(
        !clean || checked.value.is_some() || !checked.later.is_empty(),
        "a meaning where there is none"
    );
}

fn paths_below(folder: &Path, prefix: &str, paths: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let entry = entry.expect("it can be listed");
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        match entry.path().is_dir() {
            true => paths_below(&entry.path(), &format!("{path}/"), paths),
            false => drop(paths.insert(path)),
        }
    }
}
