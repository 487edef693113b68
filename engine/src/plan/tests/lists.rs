use expect_test::expect;

use super::{Setting, message, plan, plan_one, shown};
use crate::plan::PlanError;

#[test]
fn lists_are_read_in_their_order_and_the_first_row_of_a_number_wins() {
    let text = "
audience: { from: [second.csv, first.csv] }
schedule: now
message: \"Ciao {{name}}. STOP\"
";
    let first = "phone,name\n+393331234561,Ada\n+393331234562,Bo\n";
    let second = "name;phone;x\nBea;+393331234562;1\nCy;+393331234563;2\n";
    let files: [(&str, &[u8]); 2] = [("first.csv", first.as_bytes()), ("second.csv", second.as_bytes())];
    let planned = plan(Setting {
        campaign: text,
        files: &files,
        ..Setting::default()
    })
    .expect("a plan");
    expect![[r#"
        4 rows, 3 people, 3 parts
        +393331234562 ["Bea"] [1]
        +393331234563 ["Cy"] [1]
        +393331234561 ["Ada"] [1]
        row 3: +393331234562 left out: duplicate of an earlier row
        row 3 repeats row 2
    "#]]
    .assert_eq(&shown(&planned));
    let files: Vec<String> = planned
        .summary
        .files
        .iter()
        .map(|f| format!("{} {} {:?}\n", f.path, f.rows, f.separator))
        .collect();
    expect![[r#"
        second.csv 2 ';'
        first.csv 2 ','
    "#]]
    .assert_eq(&files.concat());
}

#[test]
fn a_row_that_is_left_out_keeps_its_number_from_later_rows() {
    let list = "phone,name\n+393331234561,\n+393331234561,Ada\n";
    let planned = plan_one(&message("Ciao {{name}}. STOP", ""), list);
    expect![[r#"
        2 rows, 0 people, 0 parts
        row 2: +393331234561 left out: name is empty
        row 3: +393331234561 left out: duplicate of an earlier row
        row 3 repeats row 2
    "#]]
    .assert_eq(&shown(&planned));
}

fn with_bad(bad: u64, good: u64) -> Result<(u64, u64), PlanError> {
    let rows = (0..bad).map(|n| format!("Customer {n}\n"));
    let rows = rows.chain((0..good).map(|n| format!("+1415555{n:04}\n")));
    let list: String = std::iter::once("phone\n".to_owned()).chain(rows).collect();
    let files: [(&str, &[u8]); 1] = [("people.csv", list.as_bytes())];
    let text = message("Hi. STOP", "");
    let planned = plan(Setting {
        campaign: &text,
        files: &files,
        ..Setting::default()
    })?;
    Ok((planned.summary.rows, planned.summary.people))
}

#[test]
fn up_to_a_fifth_of_the_rows_may_be_bad() {
    assert_eq!(with_bad(20, 80).expect("a plan"), (100, 80));
    assert_eq!(with_bad(0, 0).expect("a plan"), (0, 0));
    match with_bad(21, 79) {
        Err(error @ PlanError::TooManyBad { .. }) => {
            expect![[r#"21 of 100 rows hold no valid number, more than the 20% that `audience.invalid` allows: is "phone" the column of the phone numbers?"#]].assert_eq(&error.to_string());
            let PlanError::TooManyBad { examples, .. } = error else {
                return;
            };
            let examples: Vec<String> = examples
                .iter()
                .map(|bad| format!("{}: {}\n", bad.line, bad.reason))
                .collect();
            expect![[r#"
                2: "Customer 0" has letters in it; write the digits only
                3: "Customer 1" has letters in it; write the digits only
                4: "Customer 2" has letters in it; write the digits only
                5: "Customer 3" has letters in it; write the digits only
                6: "Customer 4" has letters in it; write the digits only
            "#]]
            .assert_eq(&examples.concat());
        }
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("21 of 100 are more than a fifth"),
    }
}

#[test]
fn prices_are_by_country_and_currencies_are_not_mixed() {
    let project = "
crier: 1
sender: shop
prices: prices.csv
providers: { trial: { kind: simulated } }
senders: { shop: { alphanumeric: SHOP, provider: trial } }
";
    let prices = "country,price,currency\nIT,0.045,EUR\nUS,0.0079,USD\n";
    let list = "phone,name\n+393331234561,Ada\n+14155550100,Bo\n+393331234562,Zoë\n+4915112345678,Di\n";
    let files: [(&str, &[u8]); 2] = [("prices.csv", prices.as_bytes()), ("people.csv", list.as_bytes())];
    let text = message(&format!("{} {{{{name}}}} STOP", "x".repeat(70)), "");
    let planned = plan(Setting {
        project: Some(project),
        campaign: &text,
        files: &files,
        ..Setting::default()
    });
    let planned = planned.expect("a plan");
    let money: Vec<String> = planned
        .summary
        .money
        .iter()
        .map(|(c, amount)| format!("{amount} {c}"))
        .collect();
    let tariffs: Vec<&str> = planned
        .tariffs
        .iter()
        .map(|tariff| tariff.country.as_str())
        .collect();
    assert_eq!(
        (money.as_slice(), planned.summary.unpriced_parts),
        (&["0.135 EUR".into(), "0.0079 USD".into()][..], 1)
    );
    assert_eq!(tariffs, ["IT", "US"]);
    let of_people: Vec<Option<u8>> = planned.people.iter().map(|person| person.member.tariff).collect();
    assert_eq!(of_people, [Some(0), Some(1), Some(0), None]);
}

#[test]
fn each_send_of_the_program_is_summed_by_itself() {
    let text = "
audience: people.csv
schedule: now
steps:
  - send: short
  - wait: 1 day
  - send: long
messages:
  short: { text: \"Hi {{name}}. STOP to opt out\" }
  long: { text: \"{{name}} LONG\" }
"
    .replace("LONG", &"x".repeat(200));
    let planned = plan_one(&text, "phone,name\n+393331234561,Ada\n+393331234562,Zoë\n");
    let messages: Vec<(&str, u64)> = planned
        .summary
        .messages
        .iter()
        .map(|m| (m.message.as_str(), m.parts))
        .collect();
    assert_eq!(
        (messages.as_slice(), planned.summary.parts),
        (&[("short", 2), ("long", 6)][..], 8)
    );
    assert_eq!(planned.people[1].parts, [1, 4]);
}

#[test]
fn values_longer_than_their_field_says_are_told() {
    // Characters are code points, an ellipsis is the three points that it goes out as; a default is no value of the list.
    let people = "phone,name,city\n+393331234561,Massimiliano,Rome\n+393331234562,Zoë,Milano\n\
                  +393331234563,Francesca,\n+393331234564,A…,Łódź\n+393331234565,AB…,Łódź\n+393331234561,Massimiliano,x\n";
    let campaign = "audience: people.csv\nschedule: now\npurpose: service\nreplies: none\n\
                    fields: { name: { longest: 4 }, city: { longest: 4, default: Roma } }\n\
                    message: \"{{name}} {{city}} STOP to opt out\"\n";
    let planned = plan(Setting {
        campaign,
        files: &[("people.csv", people.as_bytes())],
        ..Setting::default()
    });
    let summary = planned.expect("a plan").summary;
    let told = summary.long_values.iter().map(|long| {
        let (field, line) = (&long.field, long.first.line);
        format!(
            "{field}: {} above {}, {} at most, first line {line}\n",
            long.rows, long.longest, long.most
        )
    });
    expect![[r#"
        name: 3 above 4, 12 at most, first line 2
        city: 1 above 4, 6 at most, first line 3
    "#]]
    .assert_eq(&told.collect::<String>());
}

#[test]
fn cells_that_are_no_language_and_no_zone_are_told_with_what_they_probably_are() {
    let people = "phone,language,timezone\n+393331234561,Italian,Rome\n+393331234562,it,Europe/Rome\n\
                  +393331234563,Italian,\n+393331234564,fr,GMT+1\n+393331234565,,europe/rome\n+393331234566,it-IT,\n\
                  +393331234561,ita,Paris\n+393331234567,jp,\n";
    let told = |more: &str| {
        let campaign = format!(
            "audience: people.csv\nschedule: now\npurpose: service\nreplies: none\nlanguages: [en, it]\n{more}\
             message: {{ en: Hello, it: Ciao }}\n"
        );
        let planned = plan(Setting {
            campaign: &campaign,
            files: &[("people.csv", people.as_bytes())],
            ..Setting::default()
        });
        let summary = planned.expect("a plan").summary;
        let odd = summary.odd_cells.iter().map(|odd| {
            let (column, meant) = (odd.column.name(), odd.meant.as_deref().unwrap_or("?"));
            format!(
                "  {column} {:?}, {meant}: {} from line {}\n",
                odd.text, odd.rows, odd.first.line
            )
        });
        format!(
            "{} people, left out {:?}\n{}",
            summary.people,
            summary.left_out,
            odd.collect::<String>()
        )
    };
    let hours = "limits: { quiet_hours: 21:00-08:00 }\n";
    expect![[r#"
        7 people, left out {"duplicate": 1}
          language "Italian", it: 2 from line 2
          timezone "Rome", Europe/Rome: 1 from line 2
          timezone "GMT+1", ?: 1 from line 5
          timezone "europe/rome", Europe/Rome: 1 from line 6
          language "jp", ja: 1 from line 9
        4 people, left out {"duplicate": 1, "ill-typed-value:timezone": 3}
          timezone "Rome", Europe/Rome: 1 from line 2
          language "Italian", it: 1 from line 4
          timezone "GMT+1", ?: 1 from line 5
          timezone "europe/rome", Europe/Rome: 1 from line 6
          language "jp", ja: 1 from line 9
    "#]]
    .assert_eq(&[told(""), told(hours)].concat());
}
