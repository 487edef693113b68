//! What `crier validate` prints for programs, of every kind of finding that there is, against the schemas of those who read
//! it: those of `dsl/testdata/schemas/`, which allow only what crier uses, and the published ones, which are not kept here.
#![cfg(unix)]

mod project;

use std::collections::BTreeSet;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use dsl::codes;
use project::{Folder, stdout};
use serde_json::{Value, json};

/// Names a folder with the published schemas, which are held against, too, where it is set:
/// `sarif-schema-2.1.0.json` of github.com/oasis-tcs/sarif-spec, `sarif-2.1/schema/`, and
/// `DiagnosticResult.json` of github.com/reviewdog/reviewdog, `proto/rdf/jsonschema/`.
const PUBLISHED: &str = "CRIER_SCHEMAS";

/// The files that the pages of all codes show as wrong, in folders that a URI cannot name as they are.
fn all_that_is_wrong() -> Folder {
    let folder = Folder::new();
    for page in codes::pages() {
        let own = format!("caffè, 50% + #1/{}", page.code);
        folder.write(
            &format!("{own}/lists/customers.csv"),
            "phone,first_name,city,age\n",
        );
        for file in &page.failing {
            let path = format!("{own}/{}", file.path);
            match file.language {
                "link" => {
                    let path = folder.path().join(path);
                    std::fs::create_dir_all(path.parent().expect("below the folder")).expect("a folder");
                    symlink(file.text.trim_end(), path).expect("a link");
                }
                _ => folder.write_bytes(&path, &file.content()),
            }
        }
    }
    folder
}

fn report(folder: &Folder, format: &str) -> Value {
    let report = stdout(&folder.output(&["validate", "--format", format]));
    serde_json::from_str(&report).expect("JSON")
}

/// What of a document is not as a schema says.
fn wrong(document: &Value, schema: &Path) -> Vec<String> {
    let text =
        std::fs::read_to_string(schema).unwrap_or_else(|error| panic!("{}: {error}", schema.display()));
    let schema: Value = serde_json::from_str(&text).expect("the schema is JSON");
    let validator = jsonschema::options().should_validate_formats(true).build(&schema);
    let validator = validator.expect("a schema");
    let wrong = validator.iter_errors(document);
    wrong
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

/// All of a document that a JSON Pointer of `*` for each item leads to.
fn all<'a>(document: &'a Value, pointer: &str) -> Vec<&'a Value> {
    pointer.split('/').fold(vec![document], |found, key| {
        let next = found.into_iter().flat_map(|value| match (key, value) {
            ("*", Value::Array(items)) => items.iter().collect(),
            (key, value) => value.get(key).into_iter().collect::<Vec<_>>(),
        });
        next.collect()
    })
}

fn strings<'a>(document: &'a Value, pointer: &str) -> BTreeSet<&'a str> {
    all(document, pointer)
        .into_iter()
        .filter_map(Value::as_str)
        .collect()
}

#[test]
fn every_kind_of_finding_is_as_its_readers_schema_says() {
    let folder = all_that_is_wrong();
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("dsl/testdata/schemas");
    let mut schemas = vec![
        ("sarif", own.join("sarif-2.1.0.json")),
        ("rdjson", own.join("rdjson.json")),
        ("gitlab", own.join("gitlab-code-quality.json")),
    ];
    if let Some(published) = std::env::var_os(PUBLISHED).map(PathBuf::from) {
        schemas.push(("sarif", published.join("sarif-schema-2.1.0.json")));
        schemas.push(("rdjson", published.join("DiagnosticResult.json")));
    }
    for (format, schema) in schemas {
        let found = wrong(&report(&folder, format), &schema);
        assert!(found.is_empty(), "{format}:\n{}", found.join("\n"));
        let refused = json!({ "version": "2.1.0", "diagnostics": 1 });
        assert!(!wrong(&refused, &schema).is_empty(), "{}", schema.display());
    }
    // And all of it is there.
    let sarif = report(&folder, "sarif");
    let told = strings(&sarif, "runs/*/results/*/ruleId");
    // The others are told when something is to be played or run.
    let is_later = |code: &str| codes::OF_STORIES.contains(&code) || code == dsl::NOT_YET;
    let codes = codes::CODES.iter().map(|(code, _)| *code);
    let missing: Vec<&str> = codes
        .filter(|code| !is_later(code) && !told.contains(code))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert_eq!(
        strings(&sarif, "runs/*/results/*/level"),
        BTreeSet::from(["error", "warning"])
    );
    for some in [
        "fixes/*/artifactChanges/*/replacements/*",
        "relatedLocations/*/message",
    ] {
        assert!(
            !all(&sarif, &format!("runs/*/results/*/{some}")).is_empty(),
            "{some}"
        );
    }
    let places = "locations/*/physicalLocation/artifactLocation/uri";
    let uris = strings(&sarif, &format!("runs/*/results/*/{places}"));
    let odd = uris
        .iter()
        .find(|uri| !uri.starts_with("caff%C3%A8%2C%2050%25%20%2B%20%231/"));
    assert_eq!(odd, None);
}
