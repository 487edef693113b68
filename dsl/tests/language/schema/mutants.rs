//! Good files with one thing changed, every thing of them in turn: a key left out, misspelt or doubled, a value of another
//! kind. The schema and the parser are asked of each.

use super::{Schema, findings, good_files, readers::seen_now, support};

use dsl::diagnostic::Diagnostic;
use serde_yaml::{Mapping, Value};

/// A good file with one change, and what that was.
struct Mutant {
    what: String,
    file: Value,
}

/// Values of every kind, some of which no key takes. Not `null`: an editor cannot tell that text from an empty value.
fn others() -> Vec<Value> {
    let list = Value::Sequence(vec![Value::Number(1.into())]);
    let mut map = Mapping::new();
    map.insert("zzz".into(), "a".into());
    let texts = [
        "",
        "no",
        "zzz",
        "Zzz Zzz",
        "2 dyas",
        "10:00",
        "2026-12-01",
        "../x",
        "a@b",
        "50%",
        "-1",
    ];
    let mut all: Vec<Value> = texts.into_iter().map(Value::from).collect();
    all.extend([
        true.into(),
        0.into(),
        7.into(),
        1.5.into(),
        list,
        Value::Mapping(map),
    ]);
    all
}

fn mutants(value: &Value, path: &str) -> Vec<Mutant> {
    let mut all: Vec<Mutant> = others()
        .into_iter()
        .map(|file| Mutant {
            what: format!("{path} = {file:?}"),
            file,
        })
        .collect();
    match value {
        Value::Mapping(map) => {
            for (key, below) in map {
                let name = key.as_str().unwrap_or_default();
                if name.starts_with("x-") {
                    continue;
                }
                let path = format!("{path}.{name}");
                all.extend(changed_keys(map, key, &path));
                all.extend(mutants(below, &path).into_iter().map(|mutant| {
                    let mut map = map.clone();
                    map.insert(key.clone(), mutant.file);
                    Mutant {
                        file: Value::Mapping(map),
                        ..mutant
                    }
                }));
            }
        }
        Value::Sequence(items) => {
            for (i, item) in items.iter().enumerate() {
                all.extend(mutants(item, &format!("{path}[{i}]")).into_iter().map(|mutant| {
                    let mut items = items.clone();
                    items[i] = mutant.file;
                    Mutant {
                        file: Value::Sequence(items),
                        ..mutant
                    }
                }));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Tagged(_) => {}
    }
    all
}

/// The map without a key, with it misspelt, and with a stranger beside it.
fn changed_keys(map: &Mapping, key: &Value, path: &str) -> Vec<Mutant> {
    let mut without = map.clone();
    let value = without.remove(key).unwrap_or(Value::Null);
    let mut misspelt = without.clone();
    misspelt.insert(format!("{}q", key.as_str().unwrap_or_default()).into(), value);
    let mut beside = map.clone();
    beside.insert("Zzz Zzz".into(), "a".into());
    let mut both = map.clone();
    both.insert("wait".into(), "2 days".into());
    [
        ("without", without),
        ("misspelt", misspelt),
        ("with a stranger beside", beside),
        ("with a wait beside", both),
    ]
    .into_iter()
    .map(|(how, map)| Mutant {
        what: format!("{how} {path}"),
        file: Value::Mapping(map),
    })
    .collect()
}

/// What the parser says that no schema can refuse for us.
const CERTAIN: [&str; 4] = ["unknown-key", "missing-key", "conflicting-keys", "wrong-type"];

#[test]
fn a_changed_file_is_judged_by_schema_and_parser_alike() {
    let (mut wrong, mut count) = (vec![], 0);
    for path in good_files() {
        let name = support::name(&path);
        let text = std::fs::read_to_string(&path).expect("it can be read");
        let file: Value = serde_yaml::from_str(&text).expect("it is YAML");
        // The parser refuses all of a file with keys of later versions: there the schema alone cannot be wrong, and a few do.
        let each = if path.parent().is_some_and(|folder| folder.ends_with("schema")) {
            7
        } else {
            1
        };
        for mutant in mutants(&file, "").into_iter().step_by(each) {
            let text = serde_yaml::to_string(&mutant.file).expect("it can be written");
            let seen = seen_now(&text).expect("it is YAML");
            let schema = Schema::of(&name);
            let found = findings(&name, &text);
            let certain = found.iter().find(|d| CERTAIN.contains(&d.code));
            count += 1;
            match (schema.accepts(&seen), certain) {
                (true, Some(found)) => wrong.push(format!(
                    "{name} {}: the parser alone refuses it: {}",
                    mutant.what, found.message
                )),
                (false, None) if !found.iter().any(Diagnostic::is_error) => wrong.push(format!(
                    "{name} {}: the schema alone refuses it: {:?}",
                    mutant.what,
                    schema.refuses(&seen)
                )),
                (true, None) | (false, _) => {}
            }
        }
    }
    wrong.truncate(40);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 5_000, "only {count} were tried");
}
