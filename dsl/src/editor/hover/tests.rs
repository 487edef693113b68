use expect_test::{Expect, expect};

use super::*;
use crate::editor::Unpriced;
use crate::editor::testing::{CAMPAIGN, CRIER_YAML, asked, asked_of_project, asked_unpriced};

fn check(place: &str, expected: Expect) {
    let (before, after) = place.rsplit_once('|').expect("a cursor");
    let whole = format!("{before}{after}");
    let marked = if CAMPAIGN.contains(&whole) {
        CAMPAIGN.replacen(&whole, place, 1)
    } else {
        place.to_owned()
    };
    expected.assert_eq(&asked(&marked, shown));
}

fn shown(document: &Document<'_>, byte: usize) -> String {
    match hover(document, byte) {
        Some(hover) => format!("[{}]\n{}\n", &document.text[hover.span], hover.text),
        None => "nothing".to_owned(),
    }
}

#[test]
fn a_key_shows_its_meaning_and_an_example() {
    check(
        "purp|ose: marketing",
        expect![[r#"
            [purpose]
            **purpose**: `marketing`, `service`, `emergency`

            Which rules of the policy apply: `marketing` obeys all, `service` keeps quiet hours, `emergency` obeys opt-outs, `countries` and the consent that the policy names for it. Default: `marketing`.

            ```yaml
            purpose: service
            ```
        "#]],
    );
    check(
        "  fr|om: opted-in",
        expect![[r#"
        [from]
        **from**: a path or the name of a list, or a list, each item a path or the name of a list, or a map of `file`, `sheet`, `encoding`, or a map of `file`, `sheet`, `encoding`

        Where the people come from: a path, a list of crier.yaml, or several, merged in order.

        ```yaml
        from: lists/customers.csv
        ```
    "#]],
    );
    check(
        "  - wa|it: 2 days",
        expect![[r#"
            [wait]
            **wait**: a duration, or a map of `date`, `before`, `after` and so on

            Goes on after this time; days are counted on the recipient's clock, hours are elapsed time.

            ```yaml
            wait: 2 days
            ```
        "#]],
    );
    let marked = CRIER_YAML.replacen("ki|nd".replace('|', "").as_str(), "ki|nd", 1);
    expect![[r#"
        [kind]
        **kind**: `simulated`

        Which provider it is: one inside of the program, from which nothing leaves the machine.

        ```yaml
        kind: simulated
        ```
    "#]]
    .assert_eq(&asked_of_project(&marked, shown));
}

#[test]
fn a_duration_shows_what_is_counted() {
    let steps = |wait: &str| format!("steps:\n  - send: hi\n  - wait: {wait}\n");
    check(
        &steps("2 da|ys"),
        expect![[r#"
        [2 days]
        **2 days**: days of the recipient's calendar: ends at the same time of day, also over a change of the clocks
    "#]],
    );
    check(
        &steps("\"36| hours\""),
        expect![[r#"
        [36 hours]
        **36 hours**: elapsed time, whatever clocks do
    "#]],
    );
    check(&steps("2|d"), expect!["nothing"]);
    check(
        "limits: { canary: { share: 5%, watch: 30 m|inutes } }\n",
        expect![[r#"
            [30 minutes]
            **30 minutes**: elapsed time, whatever clocks do
        "#]],
    );
    check(
        "fields: { a: text }\nmessage: 2 da|ys\n",
        expect![[r#"
        [2 days]
        - 1 part, GSM-7, 6 of 160 places, 0.0079 USD in US
    "#]],
    );
}

#[test]
fn a_link_shows_where_it_leads() {
    let campaign = |links: &str, text: &str| {
        format!("links:\n  {links}: \"https://arena.example/t\"\nmessage: \"{text}\"\n")
    };
    check(
        &campaign("tick|ets", "{{link tickets}}"),
        expect![[r#"
        [tickets]
        **tickets**: `https://arena.example/t`

        Short links by name, one for each recipient, with click tracking; `opt_out` is built in. Default: none.
    "#]],
    );
    check(
        &campaign("tickets", "{{link tick|ets}}"),
        expect![[r#"
            [tickets]
            **tickets**: `https://arena.example/t`

            Short links by name, one for each recipient, with click tracking; `opt_out` is built in. Default: none.
        "#]],
    );
}

/// As it stands in crier.yaml.
#[test]
fn what_crier_yaml_defines_is_shown_where_it_is_named() {
    check(
        "from: opte|d-in",
        expect![[r#"
        [opted-in]
        **opted-in**: list of crier.yaml

        ```yaml
        opted-in: { file: lists/in.csv }
        ```
    "#]],
    );
    check(
        "sender: sq|uare",
        expect![[r#"
        [square]
        **square**: sender of crier.yaml

        ```yaml
        square: { number: "+12125550100", provider: trial }
        ```
    "#]],
    );
    check(
        "replies: de|sk",
        expect![[r#"
        [desk]
        **desk**: inbox of crier.yaml

        ```yaml
        desk: { email: desk@square.example }
        ```
    "#]],
    );
    check("audience: nob|ody\n", expect!["nothing"]);
}

#[test]
fn a_text_shows_parts_alphabet_and_price_in_every_language() {
    check(
        "invite: \"Hel|lo",
        expect![[r#"
            ["Hello {{first_name}} {{link tickets}}"]
            - 1 part, GSM-7, 33 to 60 of 160 places, 0.0079 USD in US
        "#]],
    );
    check(
        "message: { en: \"H|i\", es: \"¡Sofía!\", it: \"Però\" }\n",
        expect![[r#"
        ["Hi"]
        - **en**: 1 part, GSM-7, 2 of 160 places, 0.0079 USD in US
        - **es**: 1 part, UCS-2, 7 of 70 places, because of `í` (U+00ED), 0.0079 USD in US
        - **it**: 1 part, GSM-7, 4 of 160 places, 0.0079 USD in US
    "#]],
    );
    check(
        "message: |2-\n  Hi {{[Data di nascita]}},\n  this is a block t|ext\n",
        expect![[r#"
        [Hi {{[Data di nascita]}},
          this is a block text]
        - at least 1 part, GSM-7, 26 and more of 160 places, at least 0.0079 USD in US

        No `longest` under `fields`: `Data di nascita`
    "#]],
    );
}

#[test]
fn a_field_shows_its_type_and_what_stands_in_for_it() {
    check(
        "{{first|_name",
        expect![[r#"
        [first_name]
        **first_name**: text

        Empty: the person is left out of texts that use it

        At most 14 characters
    "#]],
    );
    check(
        "&& ci|ty",
        expect![[r#"
        [city]
        **city**: text

        Column of `lists/in.csv`
    "#]],
    );
    check(
        "fields:\n  n|ame: { type: int, default: { en: \"2\", es: \"3\" } }\n",
        expect![[r#"
            [name]
            **name**: int

            Empty: en "2", es "3"
        "#]],
    );
}

#[test]
fn a_function_shows_its_use() {
    check(
        "when: deli|vered",
        expect![[r#"
            [delivered]
            **delivered**: the message has arrived: one of `messages`, or the `id` of a step with a text of its own

            ```cel
            delivered("invite")
            ```
        "#]],
    );
}

#[test]
fn other_places_show_nothing() {
    check("# a comm|ent\nsteps: []\n", expect!["nothing"]);
    check("nothing|", expect!["nothing"]);
    assert_eq!(asked("|", shown), "nothing");
}

#[test]
fn words_of_the_language_show_their_meaning() {
    check(
        "purpose: mark|eting",
        expect![[r#"
            [marketing]
            **purpose**: `marketing`, `service`, `emergency`

            Which rules of the policy apply: `marketing` obeys all, `service` keeps quiet hours, `emergency` obeys opt-outs, `countries` and the consent that the policy names for it. Default: `marketing`.

            ```yaml
            purpose: service
            ```
        "#]],
    );
    check(
        "- send: inv|ite",
        expect![[r#"
            [invite]
            - 1 part, GSM-7, 33 to 60 of 160 places, 0.0079 USD in US
        "#]],
    );
    check(
        "message: \"{{up|per city}}\"\n",
        expect![[r#"
        [upper]
        **upper**: in capitals

        ```handlebars
        {{upper city}}
        ```
    "#]],
    );
    let of_project = |marked: &str| asked_of_project(marked, shown);
    expect![[r#"
        ["Hi"]
        - 1 part, GSM-7, 2 of 160 places, 0.0079 USD in US
    "#]]
    .assert_eq(&of_project("messages:\n  one: \"H|i\"\n"));
    expect![[r#"
        [kind]
        **kind**: `twilio`

        Which provider it is.

        Part of the language, but this version of crier cannot run it.

        ```yaml
        kind: twilio
        ```
    "#]]
    .assert_eq(&of_project("providers: { t: { ki|nd: twilio } }\n"));
}

#[test]
fn the_tags_of_a_person_of_a_story_are_no_column() {
    check(
        "tests:\n  - test: it\n    person: { ta|gs: [vip] }\n",
        expect![[r#"
            [tags]
            **tags**: a text, or a list of such

            The tags that the person has when the story begins, whoever put them there. Never a column.

            ```yaml
            tags: [vip, press]
            ```
        "#]],
    );
}

#[test]
fn a_text_without_a_price_says_why() {
    let path = || "prices.csv".to_owned();
    let table = [
        (Unpriced::NoPrices, "crier.yaml names no `prices`"),
        (
            Unpriced::NoRegion,
            "it depends on the country of the number, and crier.yaml has no `region`",
        ),
        (
            Unpriced::Unreadable { path: path() },
            "`prices.csv` cannot be read as prices",
        ),
        (
            Unpriced::NotListed {
                path: path(),
                country: "US".to_owned(),
            },
            "`prices.csv` has none of US",
        ),
    ];
    for (why, expected) in table {
        let shown = asked_unpriced(why, "message: { en: \"H|i\", es: \"Sofía\" }\n", shown);
        let parts = "[\"Hi\"]\n- **en**: 1 part, GSM-7, 2 of 160 places\n\
            - **es**: 1 part, UCS-2, 5 of 70 places, because of `í` (U+00ED)";
        assert_eq!(shown, format!("{parts}\n\nNo price: {expected}\n"));
    }
}

#[test]
fn a_name_shows_what_is_sent_by_it() {
    let messages = "messages: { m|: { variants: { calm: { share: 40%, text: Hi }, loud: { share: 60%, text: HI! } } } }\n";
    let steps = "steps:\n  - send: m\n    id: one\n  - ask: { text: Hello? }\n    id: two\n    for: 1 day\n  - wait: 1 day\n    id: three\n";
    let shown_at = |place: &str| {
        let (before, after) = place.split_once('|').expect("a cursor");
        let whole = format!("{}{steps}", messages.replace('|', ""));
        asked(&whole.replacen(&format!("{before}{after}"), place, 1), shown)
    };
    expect![[r#"
        [m]
        **calm** 40%
        - 1 part, GSM-7, 2 of 160 places, 0.0079 USD in US

        **loud** 60%
        - 1 part, GSM-7, 3 of 160 places, 0.0079 USD in US
    "#]]
    .assert_eq(&shown_at("{ m|:"));
    expect![[r#"
        [one]
        **calm** 40%
        - 1 part, GSM-7, 2 of 160 places, 0.0079 USD in US

        **loud** 60%
        - 1 part, GSM-7, 3 of 160 places, 0.0079 USD in US
    "#]]
    .assert_eq(&shown_at("id: o|ne"));
    expect![[r#"
        [two]
        - 1 part, GSM-7, 6 of 160 places, 0.0079 USD in US
    "#]]
    .assert_eq(&shown_at("id: tw|o"));
    expect![[r#"
        [three]
        **id**: a name

        Names the step, so that people on it can be moved when the file changes. Default: none.

        ```yaml
        id: reminder
        ```
    "#]]
    .assert_eq(&shown_at("id: thr|ee"));
}
