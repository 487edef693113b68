//! The pages of the codes, run: the files of `## Fails` give the code, those of `## Remedy` do not, and what a page says is
//! printed is what crier prints. `UPDATE_EXPECT=1` writes what is printed anew, to be read as prose.

#[path = "../dsl/tests/language/another_reader.rs"]
mod another_reader;
#[path = "../dsl/tests/language/prefixes.rs"]
mod prefixes;
mod project;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dsl::across::Outline;
use dsl::codes::page::Bytes;
use dsl::codes::{self, Page, page};
use dsl::diagnostic::Diagnostic;
use dsl::render::{self, Style};
use engine::load::{self, CheckedFile, LoadedProject};
use engine::story::play;
use prefixes::{Around, Whole};
use project::{Folder, stderr, stdout};

/// The list that examples without one read.
const CUSTOMERS: &str = "phone,first_name,city,age\n";

/// All that is said of files, each in the place that it names, by their stories too. What only several files can have wrong is looked for where
/// the page is about that: the others show no whole project.
fn checked(code: &str, files: &[&page::File<'_>]) -> Vec<CheckedFile> {
    let together = dsl::across::CODES.contains(&code);
    let folder = Folder::new();
    folder.write("lists/customers.csv", CUSTOMERS);
    for file in files {
        match file.language {
            "link" => link(&folder, file),
            _ => folder.write_bytes(file.path, &file.content()),
        }
    }
    let project = load::load_project(folder.path()).expect("readable");
    let mut found: Vec<CheckedFile> = project.file.iter().cloned().collect();
    let mut asked = vec![];
    for file in files
        .iter()
        .filter(|file| load::is_campaign(Path::new(file.path)))
    {
        let (file, outline) = with_stories(folder.path().join(file.path), &project);
        asked.push((file.path.clone(), outline));
        found.push(file);
    }
    if together {
        let across = load::across(&project, asked);
        let of_project = project.file.iter().map(|_| across.project.clone());
        for (file, more) in found.iter_mut().zip(of_project.chain(across.campaigns)) {
            file.diagnostics.extend(more);
        }
    }
    found.extend(load::circles(
        &load::files_below(folder.path(), load::DEPTH).links,
    ));
    for file in &mut found {
        // What is right and cannot be run yet is told when it is to run.
        let later = std::mem::take(&mut file.later);
        file.diagnostics.extend(later);
        let below = file.path.strip_prefix(folder.path()).expect("in the folder");
        file.path = below.to_owned();
    }
    found
}

fn link(folder: &Folder, file: &page::File<'_>) {
    let path = folder.path().join(file.path);
    std::fs::create_dir_all(path.parent().expect("below the folder")).expect("a folder");
    std::os::unix::fs::symlink(file.text.trim_end(), path).expect("a link");
}

/// A campaign with all that is said of it, by its stories too.
fn with_stories(path: PathBuf, project: &LoadedProject) -> (CheckedFile, Outline) {
    let campaign = match load::load_campaign_of(&path, project.clone()) {
        Ok(campaign) => campaign,
        Err(error) => return (error.told(), load::outline_of_bytes(&path, b"", project)),
    };
    let mut file = campaign.file;
    for revision in campaign.meant.iter() {
        let stories = revision.campaign.stories.iter();
        let failures = stories.filter_map(|story| play(revision, story).failure);
        let failures: Vec<Diagnostic> = failures.map(|failure| failure.diagnostic()).collect();
        // As `crier test`: what a story fails by is told once.
        let is_told = |found: &Diagnostic| {
            let mut all = failures.iter();
            all.any(|failure| failure.code == found.code && failure.span == found.span)
        };
        file.diagnostics.retain(|found| !is_told(found));
        file.diagnostics.extend(failures);
    }
    (file, campaign.outline)
}

fn has(files: &[CheckedFile], page: &Page<'_>) -> bool {
    let mut all = files.iter().flat_map(|file| &file.diagnostics);
    all.any(|d| d.code == page.code && d.severity == page.severity)
}

/// What is printed of the code, without the texts that a file too large for a page would have.
fn printed(files: &[CheckedFile], page: &Page<'_>) -> String {
    let style = Style {
        colour: false,
        width: 80,
    };
    let of_code = |file: &CheckedFile| {
        let its: Vec<Diagnostic> = file
            .diagnostics
            .iter()
            .filter(|d| d.code == page.code)
            .cloned()
            .collect();
        render::full(&its, &file.path.display().to_string(), &file.text, style)
    };
    let all: Vec<String> = files
        .iter()
        .map(of_code)
        .filter(|shown| !shown.is_empty())
        .collect();
    all.join("\n").trim_end().to_owned()
}

#[test]
fn the_failing_files_of_a_page_give_its_code_as_it_is_printed_there() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut wrong = vec![];
    for page in codes::pages() {
        let found = checked(page.code, &page.failing.iter().collect::<Vec<_>>());
        if !has(&found, &page) {
            wrong.push(format!(
                "{}: the failing files give {:?}",
                page.code,
                codes_of(&found)
            ));
            continue;
        }
        let shown = printed(&found, &page);
        if update {
            let path = format!("{}/dsl/codes/{}.md", env!("CARGO_MANIFEST_DIR"), page.code);
            let text = page.markdown.replacen(page.printed, &shown, 1);
            std::fs::write(path, text).expect("it can be written");
        } else if shown != page.printed {
            wrong.push(format!("{} now prints:\n{shown}", page.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The files of `dsl/testdata/stories/`, whose faults only playing them shows; what is shown stands beside each, in
/// `NAME.out`.
#[test]
fn every_faulty_story_shows_what_its_out_file_says() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let (mut seen, mut wrong) = (vec![], vec![]);
    for path in story_files() {
        let content = std::fs::read_to_string(&path).expect("readable");
        let name = path.file_name().expect("a file").to_string_lossy();
        let folder = Folder::new();
        folder.write("lists/customers.csv", CUSTOMERS);
        folder.write(&name, &content);
        let project = load::load_project(folder.path()).expect("readable");
        let file = with_stories(folder.path().join(&*name), &project).0;
        seen.extend(file.diagnostics.iter().map(|d| d.code));
        let style = Style {
            colour: false,
            width: 80,
        };
        let shown = render::full(&file.diagnostics, &name, &content, style);
        let out = path.with_extension("out");
        if update {
            std::fs::write(&out, &shown).expect("it can be written");
        } else if std::fs::read_to_string(&out).unwrap_or_default() != shown {
            wrong.push(format!("{name} now shows:\n{shown}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        codes::OF_STORIES.iter().all(|code| seen.contains(code)),
        "{seen:?}"
    );
}

fn story_files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("dsl/testdata/stories");
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("it can be listed").path());
    paths
        .filter(|path| path.extension().is_some_and(|e| e == "yaml"))
        .collect()
}

#[test]
fn the_repaired_files_of_a_page_have_no_fault() {
    let mut wrong = vec![];
    for page in codes::pages() {
        let kept = page
            .failing
            .iter()
            .filter(|file| page.repaired.iter().all(|repaired| repaired.path != file.path));
        let found = checked(page.code, &kept.chain(&page.repaired).collect::<Vec<_>>());
        // What the language has and this version does not do yet may stand in an example of something else.
        let others = codes_of(&found)
            .into_iter()
            .filter(|code| *code != "not-yet-supported");
        if others.count() > 0 || has(&found, &page) {
            wrong.push(format!(
                "{}: the repaired files give {:?}",
                page.code,
                codes_of(&found)
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn another_reader_of_yaml_sees_the_same_in_the_repaired_files_of_a_page() {
    let files = codes::pages().flat_map(|page| page.repaired);
    for file in files.filter(|file| file.language == "yaml") {
        another_reader::sees_the_same(&format!("{}:\n{}", file.path, file.text), file.text);
    }
}

#[test]
fn prefixes_of_the_files_of_a_page_are_read() {
    for page in codes::pages() {
        let folder = Folder::new();
        folder.write("lists/customers.csv", CUSTOMERS);
        for file in page.failing.iter().chain(&page.repaired) {
            folder.write_bytes(file.path, &file.content());
        }
        let around = Arc::new(Around::of_folder(folder.path()));
        let is_yaml = |file: &&page::File<'_>| file.language == "yaml";
        let files = page.failing.iter().chain(&page.repaired).filter(is_yaml);
        let files = files.map(|file| Whole {
            name: file.path.to_owned(),
            bytes: match file.bytes {
                // Of one that a page cannot show whole, what it shows.
                Bytes::Shown | Bytes::Padded | Bytes::Repeated => file.text.as_bytes().to_vec(),
                Bytes::Latin1 => file.content(),
            },
            around: around.clone(),
        });
        prefixes::are_read(&files.collect::<Vec<_>>(), 40);
    }
}

fn codes_of(files: &[CheckedFile]) -> Vec<&'static str> {
    let all = files.iter().flat_map(|file| &file.diagnostics);
    all.map(|d| d.code).collect()
}

#[test]
fn every_page_fits_a_terminal_of_80_columns() {
    let folder = Folder::new();
    for (code, _) in codes::CODES {
        let shown = stdout(&folder.output(&["explain", code]));
        assert!(
            shown.contains(code) && shown.lines().count() > 10,
            "{code}: {shown}"
        );
        let long = shown.lines().find(|line| line.chars().count() > 80);
        assert_eq!(long, None, "{code}");
        assert!(
            !shown.contains("```") && !shown.contains("\n#"),
            "{code}: {shown}"
        );
    }
}

#[test]
fn explain_lists_all_codes_and_knows_a_slip() {
    let folder = Folder::new();
    let list = folder.output(&["explain"]);
    assert!(list.status.success());
    let shown = stdout(&list);
    for (code, _) in codes::CODES {
        assert!(
            shown.lines().any(|line| line.starts_with(&format!("{code} "))),
            "{code}: {shown}"
        );
    }
    assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
    for (typed, says) in [
        (
            "unknown-kye",
            "error: there is no code \"unknown-kye\": did you mean `crier explain unknown-key`?\n",
        ),
        (
            "weather",
            "error: there is no code \"weather\": `crier explain` lists all\n",
        ),
    ] {
        let output = folder.output(&["explain", typed]);
        assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(2), says));
    }
    let copied = folder.output(&["explain", "error[unknown-key]:"]);
    assert!(copied.status.success(), "{copied:?}");
}

#[test]
fn explain_tells_programs_the_same() {
    let folder = Folder::new();
    let json = |args: &[&str]| -> serde_json::Value {
        serde_json::from_slice(&folder.output(args).stdout).expect("JSON")
    };
    let all = json(&["explain", "--format", "json"]);
    assert_eq!(all["codes"].as_array().expect("a list").len(), codes::CODES.len());
    let one = json(&["explain", "unknown-key", "--format", "json"]);
    assert_eq!(
        (&one["code"], &one["severity"]),
        (&"unknown-key".into(), &"error".into())
    );
    let wrong = json(&["explain", "unknown-kye", "--format", "json"]);
    assert_eq!(wrong["error"]["exit_code"], 2);
}
