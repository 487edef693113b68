use expect_test::{Expect, expect};

use super::{Migration, NotUpgraded, upgrade, upgrade_by};
use crate::edit::Edit;
use crate::tree::Node;

/// As a second version might have it: `schedule` is called `when`, and what was `now` there is `at once`.
fn renamed(top: &Node, _: &str) -> Vec<Edit> {
    let Some(entry) = top.entry("schedule") else {
        return vec![];
    };
    let mut edits = vec![Edit::new(entry.key.span.clone(), "when")];
    if entry.value.text() == Some("now") {
        edits.push(Edit::new(entry.value.span.clone(), "at once"));
    }
    edits
}

/// As a third version might have it: nothing but its number.
fn nothing(_: &Node, _: &str) -> Vec<Edit> {
    vec![]
}

/// A migration that is at fault.
fn broken(top: &Node, _: &str) -> Vec<Edit> {
    vec![Edit::new(top.span.clone(), "a: [")]
}

const TWO: Migration = Migration {
    from: 1,
    rewrite: renamed,
};
const THREE: Migration = Migration {
    from: 2,
    rewrite: nothing,
};

fn check(text: &str, migrations: &[Migration], expected: Expect) {
    let shown = match upgrade_by(text, migrations) {
        Ok(done) => format!("from {} to {}\n{}", done.from, done.to, done.text),
        Err(NotUpgraded::Faulty(found)) => found
            .iter()
            .map(|d| format!("{}: {}\n", d.code, d.message))
            .collect(),
        Err(error @ NotUpgraded::Internal { .. }) => error.to_string(),
    };
    expected.assert_eq(&shown);
}

#[test]
fn a_file_of_today_stays_as_it_is() {
    let text = "# mine\ncampaign:   x\r\nschedule: now\n";
    let done = upgrade(text).expect("it can be read");
    assert_eq!((done.text.as_str(), done.from, done.to), (text, 1, 1));
}

#[test]
fn keys_move_and_comments_and_layout_stay() {
    check(
        "# mine\ncrier: 1   # the version\n\nschedule:  now # soon\nx: schedule\n",
        &[TWO],
        expect![[r#"
            from 1 to 2
            # mine
            crier: 2   # the version

            when:  at once # soon
            x: schedule
        "#]],
    );
}

#[test]
fn a_file_without_a_version_gets_one_before_its_first_key() {
    check(
        "# mine\n\nschedule: now\n",
        &[TWO],
        expect![[r#"
        from 1 to 2
        # mine

        crier: 2
        when: at once
    "#]],
    );
    check(
        "{ schedule: now }\n",
        &[TWO],
        expect![[r#"
        from 1 to 2
        { crier: 2, when: at once }
    "#]],
    );
}

#[test]
fn versions_are_passed_one_after_the_other() {
    check(
        "crier: 1\nschedule: now\n",
        &[TWO, THREE],
        expect![[r#"
        from 1 to 3
        crier: 3
        when: at once
    "#]],
    );
    check(
        "crier: 2\nschedule: now\n",
        &[TWO, THREE],
        expect![[r#"
        from 2 to 3
        crier: 3
        schedule: now
    "#]],
    );
    check(
        "crier: 3\n",
        &[TWO, THREE],
        expect![[r#"
        from 3 to 3
        crier: 3
    "#]],
    );
}

#[test]
fn what_cannot_be_upgraded_is_told() {
    check(
        "crier: 2\n",
        &[],
        expect![[r#"
        unknown-version: the file is written in version 2 of the language, and this program knows version 1
    "#]],
    );
    check(
        "crier: new\n",
        &[TWO],
        expect![[r#"
        unknown-version: this is not a version of the language
    "#]],
    );
    check(
        "a: [\n",
        &[TWO],
        expect![[r#"
        invalid-yaml: this `[` is not closed
    "#]],
    );
    let broken = Migration {
        from: 1,
        rewrite: broken,
    };
    check(
        "a: 1\n",
        &[broken],
        expect![
            "internal: at version 2 the file could not be read, so it is left as it is: please report this with the file"
        ],
    );
    check(
        "",
        &[TWO],
        expect![[r#"
        from 1 to 1
    "#]],
    );
}
