//! The files of `testdata/`, and what they are checked against: `fixture/crier.yaml` and the first lines of
//! `fixture/lists/`. A file of `err/` may change that in its first line:
//! `# name: NAME` is the campaign's file name, `# project: several-senders` a project of two senders without a default,
//! `# project: without-senders` one without any, `# project: without-prices` one without prices, `# policy: { … }` is the
//! policy of the project,
//! `# pad: N` makes the file N bytes long, `# repeat: N` has its last line stand N times and each code told once.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use dsl::across::{Outline, Whole, check_across, to_be_known, to_be_looked_for, to_be_read};
use dsl::diagnostic::Diagnostic;
use dsl::project::{ListFile, Project};
use dsl::{
    Absent, Checked, Header, Surroundings, check_campaign, check_project, decode_text, parse_campaign,
    parse_project,
};

/// `dsl/testdata/` and what is below.
pub fn testdata(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(below)
}

/// The YAML files of a folder, by name.
pub fn files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(testdata(folder)).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("it can be listed").path());
    let mut files: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|e| e == "yaml"))
        .collect();
    files.sort();
    files
}

/// The same of a folder that is a project.
pub fn files_of(folder: PathBuf) -> Vec<PathBuf> {
    files(&folder.to_string_lossy())
}

/// The projects of several files: the folders of a folder, by name.
pub fn projects(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(testdata(folder)).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("it can be listed").path());
    let mut folders: Vec<PathBuf> = paths.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// Everything found in a project of several files, by itself and together: of each file its name, its text and that.
/// Without a crier.yaml it is the fixture's project.
pub fn check_together(folder: &Path) -> Vec<(String, String, Vec<Diagnostic>)> {
    let text = |path: &Path| fs::read_to_string(path).expect("it can be read");
    let yaml = folder.join("crier.yaml");
    let file = yaml.exists().then(|| (text(&yaml), parse_project(&text(&yaml))));
    let checked = file.as_ref().map(|(_, file)| check_project(file, "fixture"));
    let known = match &checked {
        Some(checked) => checked.value.clone().expect("the project has no errors"),
        None => project(),
    };
    let (mut told, mut outlines) = (vec![], vec![]);
    let headers = headers_of(folder, known.lists.values());
    for path in yaml_files(folder) {
        let (name, text) = (name(&path), text(&path));
        let stem = name.split('.').next().unwrap_or_default().to_owned();
        let parsed = parse_campaign(&text);
        outlines.push(dsl::across::outline(&name, &stem, &parsed, &known));
        let surroundings = Surroundings {
            project: &known,
            file_name: &stem,
            headers: &headers,
            absent: &BTreeMap::new(),
        };
        told.push((name, text, check_campaign(&parsed, &surroundings).diagnostics));
    }
    let across = check_across(&Whole {
        project: &known,
        file: file.as_ref().map(|(_, file)| file),
        campaigns: &outlines,
        absent: &absent_of(
            folder,
            file.as_ref().map(|(_, file)| file),
            to_be_looked_for(&known, &outlines),
        ),
        headers: &headers_of(
            folder,
            known
                .lists
                .values()
                .chain(to_be_known(file.as_ref().map(|(_, file)| file), &outlines)),
        ),
        numbers: &numbers(folder, &known, &outlines),
    });
    for ((_, _, found), more) in told.iter_mut().zip(across.campaigns) {
        found.extend(more);
    }
    if let (Some((text, _)), Some(checked)) = (file, checked) {
        // What is wrong where a list is defined is not told again of each campaign that reads it.
        let is_told = |d: &Diagnostic| {
            let mut defined = across.project.iter();
            defined.any(|own| own.code == d.code && own.message == d.message)
        };
        told.iter_mut()
            .for_each(|(_, _, found)| found.retain(|d| !is_told(d)));
        let found = checked.diagnostics.into_iter().chain(across.project);
        told.push(("crier.yaml".into(), text, found.collect()));
    }
    told
}

/// The numbers of the lists in the folder that have to be known; a phone number stands first in each of their lines.
fn numbers(folder: &Path, project: &Project, outlines: &[Outline]) -> BTreeMap<usize, Vec<u64>> {
    let of_list = |list: &ListFile| fs::read_to_string(folder.join(&list.path)).ok();
    let of_line = |line: &str| line.split(',').next()?.trim_start_matches('+').parse().ok();
    let all = to_be_read(project, outlines).into_iter();
    let known = all.filter_map(|(at, lists)| {
        let texts = lists.from.iter().map(of_list).collect::<Option<Vec<_>>>()?;
        Some((at, texts.concat().lines().filter_map(of_line).collect()))
    });
    known.collect()
}

/// The files of a project that are not there, where it has a folder for lists.
fn absent_of(folder: &Path, file: Option<&dsl::ProjectFile>, more: BTreeSet<String>) -> Absent {
    let named = file.map(dsl::ProjectFile::named_files).unwrap_or_default();
    let looked_at = folder.join("lists").is_dir();
    let absent = named.into_iter().chain(more);
    absent
        .filter(|path| looked_at && !folder.join(path).exists())
        .map(|path| (path.clone(), beside(&path, folder)))
        .collect()
}

/// The files of the folder that a path lies in.
fn beside(path: &str, folder: &Path) -> Vec<String> {
    let own = path.rsplit_once('/').map_or("", |(own, _)| own);
    let entries = fs::read_dir(folder.join(own)).into_iter().flatten().flatten();
    let paths = entries.map(|entry| Path::new(own).join(entry.file_name()).display().to_string());
    let mut paths: Vec<String> = paths.collect();
    paths.sort();
    paths
}

/// The first lines of those lists of a project that are there.
fn headers_of<'a>(folder: &Path, lists: impl Iterator<Item = &'a ListFile>) -> BTreeMap<String, Header> {
    let header = |list: &ListFile| {
        let text = fs::read_to_string(folder.join(&list.path)).ok()?;
        let columns = text.lines().next().unwrap_or_default().split(',');
        Some((list.key(), Header::Columns(columns.map(str::to_owned).collect())))
    };
    lists.filter_map(header).collect()
}

/// The campaigns of a folder, by name.
fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let mut paths = files(&folder.to_string_lossy());
    paths.retain(|path| name(path) != "crier.yaml");
    paths
}

/// The last part of a path.
pub fn name(path: &Path) -> String {
    path.file_name()
        .expect("it is a file")
        .to_string_lossy()
        .into_owned()
}

/// The bytes of a file, padded where it asks for it.
pub fn bytes(path: &Path) -> Vec<u8> {
    let mut bytes = fs::read(path).expect("it can be read");
    if let Some(pad) = directive(&String::from_utf8_lossy(&bytes), "pad") {
        bytes.resize(pad.parse().expect("pad is a number"), b'\n');
    }
    if let Some(times) = directive(&String::from_utf8_lossy(&bytes), "repeat") {
        let times: usize = times.parse().expect("repeat is a number");
        let last = bytes
            .split_inclusive(|b| *b == b'\n')
            .next_back()
            .unwrap_or_default();
        bytes.extend(last.to_vec().repeat(times - 1));
    }
    bytes
}

/// The project of the fixture.
pub fn project() -> Project {
    static PROJECT: LazyLock<Project> =
        LazyLock::new(|| read_project("").expect("the fixture has no errors"));
    PROJECT.clone()
}

/// The fixture with these lines below it.
fn read_project(more: &str) -> Option<Project> {
    let text = fs::read_to_string(testdata("fixture/crier.yaml")).expect("it can be read");
    check_project(&parse_project(&format!("{text}{more}")), "fixture").value
}

/// Everything found in the bytes of a file, and the text that its places refer to. Where nothing is wrong, what of it
/// cannot be run yet.
pub fn check(name: &str, bytes: &[u8]) -> (String, Vec<Diagnostic>) {
    let text = match decode_text(bytes) {
        Ok(text) => text,
        Err(found) => return (String::from_utf8_lossy(bytes).into_owned(), vec![found]),
    };
    let found = if name.ends_with("crier.yaml") {
        told(check_project(&parse_project(&text), "fixture"))
    } else {
        campaign(name, &text)
    };
    (text, found)
}

/// What of the findings stands in the file beside: all, or those of a file that is repeated once for each code.
pub fn shown(text: &str, mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    if directive(text, "repeat").is_some() {
        let mut codes = BTreeSet::new();
        found.retain(|diagnostic| codes.insert(diagnostic.code));
    }
    found
}

fn campaign(name: &str, text: &str) -> Vec<Diagnostic> {
    let project = project_for(text);
    let file = parse_campaign(text);
    let headers: BTreeMap<String, Header> = file
        .files(&project)
        .into_iter()
        .map(|list| (list.key(), header(&list)))
        .collect();
    let stem = name.split('.').next().unwrap_or_default().to_owned();
    let file_name = directive(text, "name").unwrap_or(stem);
    let lists = file.files(&project).into_iter().map(|list| list.path);
    let surroundings = Surroundings {
        project: &project,
        file_name: &file_name,
        headers: &headers,
        absent: &lists
            .chain(file.named_files())
            .filter(|path| !testdata("fixture").join(path).exists())
            .map(|path| (path.clone(), beside(&path, &testdata("fixture"))))
            .collect(),
    };
    let checked = check_campaign(&file, &surroundings);
    let clean = !checked.diagnostics.iter().any(Diagnostic::is_error);
    let meant = checked.value.is_some();
    assert!(clean || !meant, "no campaign where there is an error");
    assert!(
        meant || !clean || !checked.later.is_empty(),
        "a campaign where there is none"
    );
    told(checked)
}

/// The project that the first line of a file asks for.
pub fn project_for(text: &str) -> Project {
    let mut project = match directive(text, "policy") {
        // Other tests change these files, the directive too.
        Some(policy) => read_project(&format!("policy: {policy}\n")).unwrap_or_else(project),
        None => project(),
    };
    match directive(text, "project").as_deref() {
        Some("several-senders") => project.sender = None,
        Some("without-senders") => {
            project.sender = None;
            project.senders.clear();
        }
        Some("without-prices") => project.prices = None,
        Some(_) | None => {}
    }
    project
}

fn told<T>(checked: Checked<T>) -> Vec<Diagnostic> {
    match checked.diagnostics.is_empty() {
        true => checked.later,
        false => checked.diagnostics,
    }
}

fn header(list: &ListFile) -> Header {
    let separator = char::from(list.reading.separator.unwrap_or(b','));
    match fs::read(testdata("fixture").join(&list.path)) {
        Err(_) => Header::Absent,
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Header::Columns(text.trim_end().split(separator).map(str::to_owned).collect()),
            Err(_) => Header::Unreadable("it is not UTF-8, byte 5".into()),
        },
    }
}

fn directive(text: &str, key: &str) -> Option<String> {
    let first = text.lines().next()?.strip_prefix("# ")?;
    let (name, value) = first.split_once(": ")?;
    (name == key).then(|| value.to_owned())
}
