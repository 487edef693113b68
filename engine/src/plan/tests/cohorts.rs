use std::sync::Arc;

use proptest::prelude::*;

use crate::entry::Step;
use crate::member::{self, Member};
use crate::plan::{COHORT_MEMBERS, Cohorts, People, PlannedRow, SendOfRow};
use crate::testing::{member, nth_phone};

fn person(n: u64, time_class: &Arc<str>, step: Step) -> PlannedRow {
    let member = member(nth_phone(n), &["Ada"]);
    PlannedRow {
        barred: vec![],
        member,
        sends: vec![SendOfRow { parts: 1, variant: 0 }],
        ucs2: vec![],
        region: None,
        repaired: false,
        time_class: time_class.clone(),
        step,
    }
}

/// Zones, step and people of a cohort.
type CohortOf = ((Arc<str>, Step), Vec<Member>);

/// The cohorts of people, as the store will read them.
fn cohorts_of(people: impl Iterator<Item = PlannedRow>) -> Vec<CohortOf> {
    let mut run = People::default();
    people.for_each(|person| run.push(&person));
    let cohorts = Cohorts::of(run);
    let encoded = cohorts.encoded(0..cohorts.len()).into_iter();
    encoded
        .map(|(class, step, encoded)| {
            let members = member::decode(&encoded.bytes).expect("what we wrote");
            let phone = |member: Option<&Member>| member.map(|member| member.phone);
            assert_eq!(encoded.len, members.len());
            assert_eq!(encoded.phones, phone(members.first()).zip(phone(members.last())));
            assert!(members.iter().all(|member| *member.values == ["Ada".into()]));
            ((class, step), members)
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn every_person_is_in_one_cohort_of_their_class_and_step_in_order(
        numbers in prop::collection::btree_set(0_u64..10_000, 0..4_000),
        seed in any::<u64>(),
    ) {
        let classes: [Arc<str>; 2] = ["Europe/Rome".into(), "UTC".into()];
        let class_of = |n: u64| &classes[usize::from((n ^ seed).is_multiple_of(7))];
        let step_of = |n: u64| Step::from((n ^ seed).is_multiple_of(3));
        let mut order: Vec<u64> = numbers.iter().copied().collect();
        order.sort_by_key(|n| n.wrapping_mul(seed | 1));
        let cohorts = cohorts_of(order.into_iter().map(|n| person(n, class_of(n), step_of(n))));
        let mut people = vec![];
        for (together, members) in &cohorts {
            prop_assert!(!members.is_empty() && members.len() <= COHORT_MEMBERS);
            prop_assert!(members.is_sorted_by_key(|member| member.phone));
            people.extend(members.iter().map(|member| (together.clone(), member.phone)));
        }
        prop_assert!(people.is_sorted(), "by class, then by step, then by number, over all cohorts");
        let mut expected: Vec<_> = numbers.iter().map(|n| ((class_of(*n).clone(), step_of(*n)), nth_phone(*n))).collect();
        expected.sort();
        prop_assert_eq!(people, expected);
        let full = cohorts.iter().filter(|(_, members)| members.len() == COHORT_MEMBERS).count();
        prop_assert!(cohorts.len() - full <= 4, "at most one a class and step is not full");
    }
}

#[test]
fn cohorts_are_filled_to_the_brim() {
    let class: Arc<str> = "UTC".into();
    for (people, expected) in [
        (0, vec![]),
        (1, vec![1]),
        (1_000, vec![1_000]),
        (1_001, vec![1_000, 1]),
        (2_500, vec![1_000, 1_000, 500]),
    ] {
        let cohorts = cohorts_of((0..people).map(|n| person(n, &class, 0)));
        assert_eq!(
            cohorts
                .iter()
                .map(|(_, members)| members.len())
                .collect::<Vec<_>>(),
            expected,
            "{people}"
        );
    }
}
