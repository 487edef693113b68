use expect_test::expect;

use super::{Planned, Setting, plan, shown};
use crate::plan::PlanError;

const PROJECT: &str = "
crier: 1
sender: shop
lists:
  customers: { file: customers.csv }
  staff: { file: staff.csv, columns: { phone: Mobile } }
providers: { trial: { kind: simulated } }
senders: { shop: { alphanumeric: SHOP, provider: trial } }
";

const CAMPAIGN: &str = "
audience: { from: customers, except: [staff, moved.csv], region: IT }
schedule: now
message: \"Ciao {{name}}. STOP\"
";

fn planned(staff: &str, moved: &str, suppressed: &[u64]) -> Planned {
    let customers = "phone,name\n3331234561,Ada\n3331234562,Bo\n3331234563,Cy\n3331234564,Di\n3331234565,\n";
    let files: [(&str, &[u8]); 3] = [
        ("customers.csv", customers.as_bytes()),
        ("staff.csv", staff.as_bytes()),
        ("moved.csv", moved.as_bytes()),
    ];
    plan(Setting {
        project: Some(PROJECT),
        campaign: CAMPAIGN,
        files: &files,
        suppressed,
    })
    .expect("a plan")
}

#[test]
fn excepted_numbers_are_known_in_any_spelling() {
    let staff = "Mobile\n+39 333 123 4561\n0039 333 1234565\n";
    let moved = "phone;city\n333-123-4562;Roma\n3.93331234563E+11;Roma\n";
    expect![[r#"
        5 rows, 1 people, 1 parts
        +393331234564 ["Di"] [1]
        row 2: +393331234561 left out: in the except list staff
        row 3: +393331234562 left out: in the except list moved.csv
        row 4: +393331234563 left out: in the except list moved.csv
        row 6: +393331234565 left out: in the except list staff
    "#]]
    .assert_eq(&shown(&planned(staff, moved, &[])));
}

#[test]
fn an_opt_out_is_named_before_a_list() {
    let planned = planned(
        "Mobile\n3331234561\n",
        "phone\n3331234561\n",
        &[393331234561, 393331234564],
    );
    expect![[r#"
        5 rows, 2 people, 2 parts
        +393331234562 ["Bo"] [1]
        +393331234563 ["Cy"] [1]
        row 2: +393331234561 left out: opted out
        row 5: +393331234564 left out: opted out
        row 6: +393331234565 left out: name is empty
    "#]]
    .assert_eq(&shown(&planned));
}

#[test]
fn rows_of_an_except_list_without_a_number_are_named_and_cost_no_row() {
    let planned = planned(
        "Mobile\nAda\n3331234561\n",
        "phone,city\n3331234562\n3331234563,Roma\n",
        &[],
    );
    assert_eq!((planned.summary.rows, planned.summary.bad_rows.len()), (5, 0));
    let bad: Vec<String> = (planned.summary.bad_except.iter())
        .map(|bad| format!("{}:{}: {}: {}\n", bad.file, bad.line, bad.text, bad.reason))
        .collect();
    expect![[r#"
        staff.csv:2: Ada: "Ada" has letters in it; write the digits only
        moved.csv:2: 3331234562: 1 cell where the header has 2
    "#]]
    .assert_eq(&bad.concat());
}

#[test]
fn a_list_that_is_gone_is_an_error_and_no_plan() {
    let folder = tempfile::tempdir().expect("a folder");
    super::write(folder.path(), "customers.csv", "phone,name\n3331234561,Ada\n");
    let headers = [
        ("customers.csv", "phone,name"),
        ("staff.csv", "Mobile"),
        ("moved.csv", "phone"),
    ];
    let (project, revision) = super::campaign_of(Some(PROJECT), CAMPAIGN, &headers);
    match super::Planner::new(
        revision,
        &project,
        folder.path(),
        Default::default(),
        super::now(),
    ) {
        Err(PlanError::Audience(error)) => {
            let shown = error
                .to_string()
                .replace(&*folder.path().to_string_lossy(), "DIR");
            expect!["DIR/staff.csv: there is no such file"].assert_eq(&shown);
        }
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("there is no staff.csv"),
    }
}

/// On the recipients' clocks each is held against how late it may be on their own.
#[test]
fn whoever_it_is_too_late_for_on_their_own_clock_is_left_out() {
    let planned = super::plan(super::Setting {
        campaign: "audience: { from: people.csv, region: IT }\npurpose: service\ntimezone: Europe/Rome\n\
                   schedule: { at: 2026-11-25 10:00, clock: recipient, late: 1 hour }\nmessage: \"Doors open at 8\"\n",
        files: &[(
            "people.csv",
            b"phone,timezone\n3331234561,Europe/Rome\n3331234562,America/New_York\n3331234563,Pacific/Honolulu\n",
        )],
        ..super::Setting::default()
    });
    expect![[r#"
        3 rows, 2 people, 2 parts
        +393331234562 [] [1]
        +393331234563 [] [1]
        row 2: +393331234561 left out: its moment was past when the passage began
    "#]]
    .assert_eq(&shown(&planned.expect("planned")));
}

/// A Russian mobile may be in any of eleven zones, ten hours apart: no three hours of the day are in all of them.
#[test]
fn whom_no_hour_suits_is_counted() {
    let table = [
        ("schedule: { at: now, window: 09:00-12:00 }\nmessage: Hi", 1),
        ("schedule: { at: now, window: 09:00-22:00 }\nmessage: Hi", 0),
        ("schedule: now\nmessage: Hi", 0),
        (
            "schedule: now\nsteps: [{ send: { text: A } }, { send: { text: B }, window: 10:00-11:00 }]",
            1,
        ),
    ];
    for (rest, expected) in table {
        let planned = plan(Setting {
            campaign: &format!("audience: people.csv\npurpose: service\ntimezone: Europe/Rome\n{rest}\n"),
            files: &[(
                "people.csv",
                b"phone,timezone\n+393331234561,\n+79161234567,\n+79161234568,Europe/Moscow\n",
            )],
            ..Setting::default()
        });
        let summary = planned.expect("planned").summary;
        assert_eq!((summary.people, summary.no_hours), (3, expected), "{rest}");
    }
}
