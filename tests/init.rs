//! A first project: what `crier init` writes is valid, what can run runs, and nothing that is there is touched. And the long
//! form of its campaigns, as `crier expand` prints it.

#[path = "../dsl/tests/language/another_reader.rs"]
mod another_reader;
#[path = "../dsl/tests/language/prefixes.rs"]
mod prefixes;
mod project;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use engine::load::{self, Apart};
use expect_test::expect;
use prefixes::{Around, Whole};
use project::{Folder, stderr, stdout};
use serde_json::Value;

const EXAMPLES: [&str; 4] = ["concert", "alert", "drip", "survey"];

/// Everything that `crier init` writes, by the name of its campaign: without an example it is `hello`.
fn projects() -> impl Iterator<Item = (&'static str, Folder)> {
    let examples = EXAMPLES.iter().map(|name| (*name, begun(&["--example", name]).0));
    std::iter::once(("hello", begun(&[]).0)).chain(examples)
}

/// The YAML files of a project, with their texts.
fn yaml_files(folder: &Folder) -> Vec<(PathBuf, String)> {
    let all = files(folder.path()).into_iter();
    let all: Vec<_> = all
        .filter(|(path, _)| path.extension().is_some_and(|ending| ending == "yaml"))
        .collect();
    assert_eq!(all.len(), 2, "crier.yaml and a campaign");
    all
}

/// A folder with what `crier init` writes, and what it says.
fn begun(args: &[&str]) -> (Folder, String) {
    let folder = Folder::new();
    let output = folder.output(&[&["init"], args].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    let said = format!("{}{}", stdout(&output), stderr(&output));
    (folder, said)
}

/// Every file below a folder, with what stands in it.
fn files(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path.clone(), std::fs::read_to_string(&path).expect("a text"));
        }
    }
    found
}

#[test]
fn every_example_is_valid_without_a_finding() {
    for (name, folder) in projects() {
        let output = folder.output(&["validate", "--fail-on", "warning"]);
        assert!(
            output.status.success(),
            "{name}: {}{}",
            stdout(&output),
            stderr(&output)
        );
        assert_eq!(stdout(&output), "", "{name}");
    }
}

#[test]
fn every_example_has_stories_that_walk_all_of_it() {
    for (name, folder) in projects() {
        let campaign = folder.read(&format!("campaigns/{name}.campaign.yaml"));
        let stories = campaign.lines().filter(|line| line.starts_with("  - test: "));
        assert!(stories.count() >= 2, "{name}");
        let output = folder.output(&["test", "--coverage"]);
        assert!(output.status.success(), "{name}: {}", stdout(&output));
        let told = stdout(&output);
        let walked = told
            .trim_end()
            .strip_suffix(" walked")
            .and_then(|told| told.lines().last());
        let (walked, all) = walked
            .and_then(|line| line.trim().split_once(" of "))
            .expect("it is told");
        assert!(walked == all && all != "0", "{name}: {told}");
    }
}

#[test]
fn the_first_campaign_runs_at_once() {
    let (folder, said) = begun(&[]);
    expect![[r#"
        written:
          crier.yaml                     the project
          campaigns/hello.campaign.yaml  the campaign
          lists/people.csv               made-up people, with numbers set aside for fiction
          prices.csv                     what a part costs, by country
          schemas/project.schema.json    for editors
          schemas/campaign.schema.json   for editors
          .gitignore                     keeps the store out of git

        next:
          crier validate .
          crier test campaigns/hello.campaign.yaml
          crier plan campaigns/hello.campaign.yaml
          crier run campaigns/hello.campaign.yaml
    "#]]
    .assert_eq(&said);
    let output = folder.output(&["run", "campaigns/hello.campaign.yaml"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let report = stdout(&output);
    assert!(report.contains("people    8 (every row of 8)"), "{report}");
    assert!(report.contains("launch 1 of hello: done"), "{report}");
    assert!(report.contains("accepted       8\n"), "{report}");
}

#[test]
fn what_cannot_run_yet_says_so() {
    for name in EXAMPLES {
        let (folder, said) = begun(&["town", "--example", name]);
        let file = format!("town/campaigns/{name}.campaign.yaml");
        let output = folder.output(&["plan", &file]);
        let runs = output.status.success();
        assert_eq!(said.contains(&format!("crier run {file}")), runs, "{said}");
        assert_eq!(said.contains("`crier run` says what"), !runs, "{said}");
        assert_eq!(
            stderr(&output).contains("not-yet-supported"),
            !runs,
            "{}",
            stderr(&output)
        );
    }
}

#[test]
fn comments_are_80_columns_wide() {
    for (_, folder) in projects() {
        for (path, text) in yaml_files(&folder) {
            let comments = text.lines().filter(|line| line.trim_start().starts_with('#'));
            for line in comments {
                assert!(line.chars().count() <= 80, "{}: {line}", path.display());
            }
        }
    }
}

/// As the language server of YAML reads it: the first line names a schema relative to the file, which is there, is that of
/// this version, and holds the file.
#[test]
fn the_first_line_of_every_file_leads_an_editor_to_its_schema() {
    for (name, folder) in projects() {
        for (path, text) in yaml_files(&folder) {
            let first = text.lines().next().unwrap_or_default();
            let schema = first.strip_prefix("# yaml-language-server: $schema=");
            let schema = path.parent().expect("a folder").join(schema.expect("a schema"));
            let schema = std::fs::read_to_string(schema).expect("it is there");
            let of = if path.ends_with("crier.yaml") {
                "project"
            } else {
                "campaign"
            };
            assert_eq!(
                schema,
                stdout(&folder.output(&["schema", of])),
                "{name}: that of {of}"
            );

            let schema: Value = serde_json::from_str(&schema).expect("JSON");
            let schema = jsonschema::draft7::new(&schema).expect("it is a schema");
            let refused = |file: &Value| -> Vec<String> {
                let errors = schema.iter_errors(file);
                errors
                    .map(|error| format!("{}: {error}", error.instance_path()))
                    .collect()
            };
            let mut file: Value = serde_yaml::from_str(&text).expect("it is YAML");
            assert_eq!(refused(&file), [""; 0], "{}", path.display());
            file["surprise"] = "no key of crier".into();
            assert_eq!(refused(&file).len(), 1, "{}", path.display());
        }
    }
}

#[test]
fn another_reader_of_yaml_sees_the_same_in_every_file() {
    for (name, folder) in projects() {
        for (_, text) in yaml_files(&folder) {
            another_reader::sees_the_same(name, &text);
        }
    }
}

#[test]
fn prefixes_of_every_file_are_read() {
    for (_, folder) in projects() {
        let around = Arc::new(Around::of_folder(folder.path()));
        let files = yaml_files(&folder).into_iter().map(|(path, text)| Whole {
            name: path.file_name().expect("a file").to_string_lossy().into_owned(),
            bytes: text.into_bytes(),
            around: around.clone(),
        });
        prefixes::are_read(&files.collect::<Vec<_>>(), 200);
    }
}

/// A file of stories is read as if it stood at the end of its campaign; what is found must lie in it all the same.
#[test]
fn prefixes_of_stories_in_a_file_of_their_own_are_read() {
    for (name, folder) in projects() {
        let path = format!("campaigns/{name}.campaign.yaml");
        let text = folder.read(&path);
        let (campaign, stories) = text.split_once("\ntests:\n").expect("it has stories");
        let stories = stories
            .split("\n\n")
            .next()
            .expect("the keys as comments come behind");
        folder.write(&path, &format!("{campaign}\ntests: stories.yaml\n"));
        folder.write("stories.yaml", stories);
        let loaded = load::load_campaign(&folder.path().join(&path)).expect("readable");
        let apart = Apart::of(&loaded).expect("its campaign has no errors");
        let found = |end: usize| {
            let file = apart
                .read(&loaded.file, &loaded.project, stories[..end].to_owned())
                .file;
            prefixes::lie_in(&file.text, &file.diagnostics);
            file.diagnostics.len()
        };
        let ends = (0..stories.len()).filter(|end| stories.is_char_boundary(*end));
        assert!(ends.step_by(11).map(found).max() > Some(0), "{name}");
        assert_eq!(found(stories.len()), 0, "{name}");
    }
}

#[test]
fn every_key_of_the_language_is_there_as_a_comment() {
    // The examples are of the project.
    let keys = |text: &str| -> Vec<String> {
        let keys = text
            .lines()
            .filter(|line| !line.trim_start_matches(['#', ' ']).is_empty());
        keys.map(|line| line.split(": ").next().unwrap_or_default().to_owned())
            .collect()
    };
    for (name, folder) in projects() {
        let project = keys(&folder.read("crier.yaml"));
        assert!(project.ends_with(&keys(&dsl::options::project())), "{name}");
        let campaign = keys(&folder.read(&format!("campaigns/{name}.campaign.yaml")));
        assert!(campaign.ends_with(&keys(&dsl::options::campaign())), "{name}");
    }
}

/// Blocks of which each key is taken in by itself.
const BLOCKS: [&str; 2] = ["audience", "limits"];

/// What a key needs beside it, as its comment says, or leaves without a use.
const BESIDE: [(&str, &str); 2] = [
    ("urgent", "urgent-without-service"),
    ("replies", "message-never-sent"),
];

#[test]
fn a_key_that_is_taken_in_from_the_comments_is_valid() {
    let mut taken = 0;
    for (name, folder) in projects() {
        let campaign = format!("campaigns/{name}.campaign.yaml");
        for path in ["crier.yaml", campaign.as_str()] {
            let text = folder.read(path);
            let (own, keys) = text.split_once("\n# Every key").expect("they stand below");
            for (block, line) in options(keys) {
                folder.write(path, &taken_in(own, block, line));
                let loaded = load::load_campaign(&folder.path().join(&campaign)).expect("readable");
                let of_project = loaded.project.file.iter().flat_map(|file| &file.diagnostics);
                let key = line.trim().split(':').next().unwrap_or_default();
                let mut wrong = of_project.chain(&loaded.file.diagnostics);
                let wrong = wrong.find(|found| found.is_error() && !BESIDE.contains(&(key, found.code)));
                assert!(wrong.is_none(), "{name}: {block:?} {line}: {wrong:?}");
                taken += 1;
            }
            folder.write(path, &text);
        }
    }
    assert!(taken > 100, "{taken}");
}

/// The keys of one line at the left, and below [`BLOCKS`], with the block that they are of.
fn options(keys: &str) -> Vec<(Option<&str>, &str)> {
    let mut block = "";
    let mut found = vec![];
    for line in keys.lines().filter_map(|line| line.strip_prefix('#')) {
        let key = line.trim_start();
        let (Some((name, value)), false) = (key.split_once(':'), key.starts_with('#')) else {
            continue;
        };
        match line.len() - key.len() {
            0 if value.is_empty() => block = name,
            0 => found.push((None, line)),
            2 if BLOCKS.contains(&block) && !value.is_empty() => found.push((Some(block), line)),
            _ => {}
        }
    }
    found
}

/// A file with such a line in it, in the place of what it says of that key.
fn taken_in(own: &str, block: Option<&str>, line: &str) -> String {
    let Some(block) = block else {
        return format!("{}\n{line}\n", without(own, line));
    };
    let head = format!("\n{block}:");
    let Some((before, behind)) = own.split_once(&head) else {
        return format!("{own}\n{block}:\n{line}\n");
    };
    let (short, below) = behind.split_once('\n').expect("a line");
    match short.trim() {
        "" => {
            let end = below.find("\n\n").unwrap_or(below.len());
            let (mine, rest) = below.split_at(end);
            format!("{before}{head}\n{line}\n{}\n{rest}", without(mine, line))
        }
        from => format!("{before}{head}\n  from: {from}\n{line}\n{below}"),
    }
}

/// Lines without those of a key, which stand below it further in.
fn without(lines: &str, line: &str) -> String {
    let key = line.split(':').next().unwrap_or_default();
    let column = line.len() - line.trim_start().len();
    let mut is_of_key = false;
    let kept = lines.lines().filter(|other| {
        let own = other.len() - other.trim_start().len();
        if own <= column && !other.trim().is_empty() {
            is_of_key = other.split(':').next() == Some(key);
        }
        !is_of_key
    });
    kept.collect::<Vec<_>>().join("\n")
}

#[test]
fn what_is_there_is_never_touched() {
    let folder = Folder::new();
    folder.write("market/prices.csv", "mine\n");
    folder.write("market/lists/people.csv", "mine too\n");
    let before = files(folder.path());
    let output = folder.output(&["init", "market"]);
    assert_eq!(output.status.code(), Some(2));
    expect![[r#"
        error: these are there already, so nothing is written: market/lists/people.csv, market/prices.csv; name another folder, or move them away
    "#]].assert_eq(&stderr(&output));
    assert_eq!(files(folder.path()), before, "nothing was written");

    let (folder, _) = begun(&[]);
    let before = files(folder.path());
    let again = folder.output(&["init", "--example", "drip"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(stderr(&again).contains("crier.yaml"), "{}", stderr(&again));
    assert_eq!(files(folder.path()), before);
}

#[test]
fn a_repository_keeps_its_own_list_of_what_git_ignores() {
    let folder = Folder::new();
    folder.write(".gitignore", "/target\n");
    let output = folder.output(&["init"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(folder.read(".gitignore"), "/target\n");
    assert!(
        stderr(&output).contains("add the line .crier/"),
        "{}",
        stderr(&output)
    );

    let folder = Folder::new();
    folder.write(".gitignore", "/target\n.crier\n");
    assert_eq!(stderr(&folder.output(&["init"])), "");
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = Folder::new();
    folder.write("market", "a file\n");
    let output = folder.output(&["init", "market", "--format", "json"]);
    assert_eq!(output.status.code(), Some(2));
    let told: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    let message = told["error"]["message"].as_str().unwrap_or_default();
    assert!(message.contains("cannot write market/crier.yaml"), "{message}");
}

#[test]
fn a_campaign_has_a_long_form() {
    let (folder, _) = begun(&[]);
    let output = folder.output(&["expand", "campaigns/hello.campaign.yaml"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let long = stdout(&output);
    let lines = [
        "crier: 1  # default",
        "campaign: hello  # from the file's name",
        "# owner: nobody (default)",
        "sender: main  # from crier.yaml: its only one",
        "timezone: America/New_York  # from crier.yaml",
        "  from: [lists/people.csv]",
        "steps:  # `message`, in its long form",
        "  - send: message",
        "replies: desk",
    ];
    for line in lines {
        assert!(long.lines().any(|other| other == line), "{line}:\n{long}");
    }
    let told = folder.output(&["expand", "campaigns/hello.campaign.yaml", "--format", "json"]);
    let told: Value = serde_json::from_str(&stdout(&told)).expect("JSON");
    let sender = &told["campaign"]["sender"];
    assert_eq!(
        (&sender["value"], &sender["from"]),
        (&"main".into(), &"crier.yaml".into())
    );
    let owner = &told["campaign"]["owner"];
    assert_eq!(
        (&owner["value"], &owner["means"]),
        (&Value::Null, &"nobody".into())
    );
}

#[test]
fn the_long_form_of_every_example_is_valid() {
    for name in EXAMPLES {
        let (folder, _) = begun(&["--example", name]);
        let file = format!("campaigns/{name}.campaign.yaml");
        let output = folder.output(&["expand", &file]);
        assert!(output.status.success(), "{}", stderr(&output));
        folder.write(&file, &stdout(&output));
        let checked = folder.output(&["validate", "--fail-on", "warning"]);
        assert!(checked.status.success(), "{name}: {}", stdout(&checked));
        assert_eq!(stdout(&checked), "", "{name}");
        let again = folder.output(&["expand", &file]);
        let without = |text: String| {
            text.lines()
                .map(|line| line.split("  # ").next().unwrap_or_default().to_owned())
                .collect::<Vec<_>>()
        };
        let values = |text: String| {
            without(text)
                .into_iter()
                .filter(|line| !line.trim_start().starts_with('#'))
                .collect::<Vec<_>>()
        };
        assert_eq!(values(stdout(&again)), values(stdout(&output)), "{name}");
    }
}

#[test]
fn a_campaign_with_errors_has_no_long_form() {
    let (folder, _) = begun(&[]);
    folder.write(
        "campaigns/bad.campaign.yaml",
        "audience: lists/people.csv\nschedule: now\nmesage: \"STOP\"\n",
    );
    let output = folder.output(&["expand", "campaigns/bad.campaign.yaml"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stdout(&output), "");
    assert!(
        stderr(&output).contains("error[unknown-key]"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_campaign_without_a_project_has_the_defaults_of_none() {
    let folder = Folder::new();
    folder.write("people.csv", "phone\n+12015550101\n");
    folder.write(
        "doors.campaign.yaml",
        "audience: people.csv\nschedule: now\nmessage: \"Doors open at 9. STOP to opt out\"\n",
    );
    let output = folder.output(&["expand", "doors.campaign.yaml"]);
    let long = stdout(&output);
    assert!(long.contains("\nsender: simulated  # default\n"), "{long}");
    folder.write("doors.campaign.yaml", &long);
    let checked = folder.output(&["validate", "--fail-on", "warning"]);
    assert!(checked.status.success(), "{}", stdout(&checked));
}

#[test]
fn what_is_to_be_typed_next_can_be_pasted_where_a_folder_has_a_space_in_its_name() {
    let folder = Folder::new();
    let output = folder.output(&["init", "sp ace"]);
    let told = stdout(&output);
    assert!(told.contains("crier validate 'sp ace'\n"), "{told}");
}
