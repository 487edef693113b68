//! How variants, and the people held out, did: for people and for programs.

use engine::compare::Comparison;
use serde_json::json;

use super::{number, percent, table};

/// A row for each variant, and one for who was held out.
pub fn text(comparison: &Comparison) -> String {
    let has_goal = comparison.has_goal;
    let of = |n: u64, all: u64| match n {
        0 => "0".to_owned(),
        n => format!("{} ({})", number(n), percent(n, all)),
    };
    let goal = |n: u64, all: u64| has_goal.then(|| of(n, all));
    let variants = comparison.variants.iter().map(|(name, group)| {
        let name = if name.is_empty() { "everybody texted" } else { name };
        let all = group.texted;
        let row = [
            name.to_owned(),
            number(all),
            of(group.answered, all),
            of(group.opted_out, all),
        ];
        row.into_iter().chain(goal(group.reached, all)).collect()
    });
    let held = comparison.held_out.map(|held| {
        let row = [
            "held out".to_owned(),
            number(held.people),
            String::new(),
            String::new(),
        ];
        row.into_iter().chain(goal(held.reached, held.people)).collect()
    });
    let headings = ["variant", "people", "answered", "opted out", "reached the goal"];
    table::of(&headings[..4 + usize::from(has_goal)], variants.chain(held))
}

/// The same for programs.
pub fn json(comparison: &Comparison) -> serde_json::Value {
    let variants = comparison.variants.iter().map(|(name, group)| {
        json!({
            "variant": Some(name).filter(|name| !name.is_empty()), "texted": group.texted, "answered": group.answered,
            "opted_out": group.opted_out, "goal_reached": group.reached,
        })
    });
    let held = comparison.held_out;
    json!({
        "variants": variants.collect::<Vec<_>>(),
        "held_out": held.map(|held| json!({ "people": held.people, "goal_reached": held.reached })),
    })
}
