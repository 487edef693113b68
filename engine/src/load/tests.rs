use std::path::Path;

use expect_test::expect;
use tempfile::TempDir;

use super::{find_project, from_source, load_campaign, load_project};
use crate::inside::beside;

const CAMPAIGN: &str = "audience: lists/people.csv\nschedule: now\nmessage: \"Ciao {{name}}. STOP\"\n";

/// A folder with these files.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, bytes) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    }
    folder
}

fn codes(folder: &Path, campaign: &str) -> Vec<&'static str> {
    let loaded = load_campaign(&folder.join(campaign)).expect("a file");
    assert_eq!(loaded.revision.is_some(), loaded.file.is_valid());
    loaded
        .file
        .diagnostics
        .iter()
        .map(|diagnostic| diagnostic.code)
        .collect()
}

#[test]
fn a_campaign_without_a_project_stands_beside_its_lists() {
    let folder = folder(&[
        ("hello.campaign.yaml", CAMPAIGN.as_bytes()),
        (
            "lists/people.csv",
            "\u{FEFF}phone;name\r\n+393331234567;Ada\r\n".as_bytes(),
        ),
    ]);
    let loaded = load_campaign(&folder.path().join("hello.campaign.yaml")).expect("a file");
    let revision = loaded.revision.expect("a campaign");
    assert_eq!(
        (revision.campaign.name.as_str(), revision.campaign.sender.as_str()),
        ("hello", "simulated")
    );
    assert_eq!(revision.source.headers["lists/people.csv"], ["phone", "name"]);
    assert_eq!(
        (revision.variables.as_slice(), loaded.project.folder.as_path()),
        (&["name".into()][..], folder.path())
    );
    // Whoever resumes makes the same again from the source alone.
    let (_, again) = from_source(revision.source.clone()).expect("the same campaign");
    assert_eq!((&again.id, &again.source), (&revision.id, &revision.source));
}

#[test]
fn a_file_that_is_not_there_is_looked_for_beside_where_it_would_be() {
    let folder = folder(&[
        ("lists/people.csv", b"phone\n"),
        ("lists/staff.csv", b"phone\n"),
        ("lists/old/people.csv", b"phone\n"),
        ("people.csv", b"phone\n"),
    ]);
    let outside = tempfile::tempdir().expect("a folder");
    std::fs::write(outside.path().join("secret.csv"), "phone\n").expect("a file");
    std::os::unix::fs::symlink(outside.path(), folder.path().join("away")).expect("a link");
    let table = [
        "lists/peple.csv",
        "list/people.csv",
        "peple.csv",
        "away/secrets.csv",
        "a/b/c.csv",
    ];
    let told = table.map(|path| format!("{path}: {:?}", beside(path, folder.path())));
    expect![[r#"
        lists/peple.csv: ["lists/people.csv", "lists/staff.csv"]
        list/people.csv: ["lists/people.csv"]
        peple.csv: ["people.csv"]
        away/secrets.csv: []
        a/b/c.csv: []"#]]
    .assert_eq(&told.join("\n"));
}

#[test]
fn a_project_is_found_above_the_campaign() {
    let project = "crier: 1\nsender: shop\nproviders: { trial: { kind: simulated } }\n\
                   senders: { shop: { alphanumeric: SHOP, provider: trial } }\n";
    let folder = folder(&[
        ("crier.yaml", project.as_bytes()),
        ("campaigns/summer/sale.campaign.yml", CAMPAIGN.as_bytes()),
        ("lists/people.csv", b"phone,name\n+393331234567,Ada\n"),
    ]);
    let campaign = folder.path().join("campaigns/summer/sale.campaign.yml");
    assert_eq!(
        find_project(campaign.parent().expect("a folder")),
        Some(folder.path().to_owned())
    );
    let revision = load_campaign(&campaign)
        .expect("a file")
        .revision
        .expect("a campaign");
    assert_eq!(
        (revision.campaign.name.as_str(), revision.campaign.sender.as_str()),
        ("sale", "shop")
    );
    // The content is the revision: another text is another one, and so is another project.
    let same = load_campaign(&campaign)
        .expect("a file")
        .revision
        .expect("a campaign");
    assert_eq!(same.id, revision.id);
    std::fs::write(
        folder.path().join("crier.yaml"),
        format!("{project}timezone: Europe/Rome\n"),
    )
    .expect("a file");
    let other = load_campaign(&campaign)
        .expect("a file")
        .revision
        .expect("a campaign");
    assert_ne!(other.id, revision.id);
}

#[test]
fn what_cannot_be_used_is_a_diagnostic_and_no_campaign() {
    let folder = folder(&[
        ("good.campaign.yaml", CAMPAIGN.as_bytes()),
        ("latin.campaign.yaml", b"message: \"Citt\xe0\"\n"),
        (
            "lost.campaign.yaml",
            CAMPAIGN.replace("people.csv", "lost.csv").as_bytes(),
        ),
        (
            "book.campaign.yaml",
            CAMPAIGN.replace("people.csv", "book.csv").as_bytes(),
        ),
        (
            "misspelt.campaign.yaml",
            CAMPAIGN.replace("{{name}}", "{{nmae}}").as_bytes(),
        ),
        ("lists/people.csv", b"phone,name\n"),
        ("lists/book.csv", b"PK\x03\x04 and so on"),
    ]);
    let of = |name: &str| codes(folder.path(), &format!("{name}.campaign.yaml"));
    assert_eq!(of("good"), [""; 0]);
    assert_eq!(of("latin"), ["not-utf8"]);
    assert_eq!(of("lost"), ["list-file-missing"]);
    assert_eq!(of("book"), ["list-unreadable"]);
    assert_eq!(of("misspelt"), ["unknown-variable"]);
    assert!(load_campaign(&folder.path().join("none.campaign.yaml")).is_err());
}

#[test]
fn a_campaign_of_a_project_with_errors_is_told_its_own_and_not_run() {
    let folder = folder(&[
        ("crier.yaml", b"crier: 1\nsendr: shop\n"),
        ("hello.campaign.yaml", CAMPAIGN.as_bytes()),
        (
            "misspelt.campaign.yaml",
            CAMPAIGN.replace("{{name}}", "{{nmae}}").as_bytes(),
        ),
        ("lists/people.csv", b"phone,name\n"),
    ]);
    assert_eq!(
        codes(folder.path(), "misspelt.campaign.yaml"),
        ["unknown-variable"]
    );
    let project = load_project(folder.path()).expect("a file");
    assert!(project.project.is_none() && !project.file.expect("a file").is_valid());
    let loaded = load_campaign(&folder.path().join("hello.campaign.yaml")).expect("a file");
    assert!(loaded.revision.is_none());
    assert!(
        loaded.file.is_valid(),
        "one cause, one diagnostic: that of the project"
    );
}

/// In the words of `crier test`, as advice, and once where the check of the file says it.
#[test]
fn stories_that_cannot_be_true_are_told_with_the_file() {
    let project = "crier: 1\nsender: shop\nproviders: { trial: { kind: simulated } }\nregion: IT\n\
                   senders: { shop: { number: \"+390612345678\", provider: trial } }\n\
                   lists: { people: { file: people.csv, consent: { kind: opt_in, column: agreed } } }\n\
                   policy: { consent: { marketing: opt_in }, countries: [IT] }\n";
    let campaign = "audience: { from: people, where: age >= 18 }\nschedule: 2026-12-01 10:00\n\
                    timezone: Europe/Rome\nfields: { age: int }\nreplies: none\n\
                    message: \"Ciao {{name}}. STOP\"\ntests:\n";
    let table = [
        (
            "{ phone: \"+393331234567\", age: 30, name: Ada, agreed: \"yes\" }",
            "expect: message",
        ),
        (
            "{ phone: \"+393331234567\", age: 17, name: Ada, agreed: \"yes\" }",
            "expect: message",
        ),
        (
            "{ phone: \"+393331234567\", age: 30, agreed: \"yes\" }",
            "expect: message",
        ),
        (
            "{ phone: \"+393331234567\", age: 30, name: Ada, agreed: \"no\" }",
            "expect: message",
        ),
        (
            "{ phone: \"+4915112345678\", age: 30, name: Ada, agreed: \"yes\" }",
            "expect: message",
        ),
        (
            "{ phone: \"+393331234567\", age: 30, name: Ada }",
            "{ expect: message, at: 2026-11-30 10:00 }",
        ),
        ("{ phone: \"12\", age: 30, name: Ada }", "expect: message"),
    ];
    let stories = (1..).zip(table).map(|(n, (person, line))| {
        format!("  - test: \"{n}\"\n    person: {person}\n    story:\n      - {line}\n")
    });
    let text = campaign.to_owned() + &stories.collect::<String>();
    let people = "phone,age,name,agreed\n+393331234567,30,Ada,yes\n";
    let folder = folder(&[
        ("crier.yaml", project.as_bytes()),
        ("people.csv", people.as_bytes()),
        ("a.campaign.yaml", text.as_bytes()),
    ]);
    let loaded = load_campaign(&folder.path().join("a.campaign.yaml")).expect("a file");
    let told = loaded.file.diagnostics.iter().map(|found| {
        let line = text[..found.span.start].matches('\n').count() + 1;
        format!("{line}: {:?} {}: {}\n", found.severity, found.code, found.message)
    });
    expect![[r#"
        13: Warning story-impossible: the audience would not hold this person: `where` does not hold
        17: Warning story-impossible: the audience would not hold this person: name is empty
        21: Warning story-impossible: the audience would not hold this person: no consent, which the policy asks for
        25: Warning story-impossible: the audience would not hold this person: in a country that is not texted
        31: Warning story-impossible: no text can come Mon 30 Nov 2026, 10:00
        33: Warning story-impossible: "12" is too short for a phone number; write all its digits
    "#]].assert_eq(&told.collect::<String>());
    assert!(loaded.revision.is_some(), "a story stops no campaign");
}
