//! What a person brings along: tags from before the story, and from one launch into the next.

use expect_test::expect;

use super::super::Coverage;
use super::{check, play, revision, service};

/// Told by conditions wherever they stand: of the audience, of steps, of exits.
#[test]
fn tags_from_before_are_found_where_those_of_the_story_are() {
    let campaign = r#"
audience: { from: people.csv, where: tagged("member"), except: ['tagged("banned")'] }
schedule: 2026-12-01 10:00
purpose: service
exit: { gone: tagged("gone") }
steps:
  - send: { text: "Dear friend" }
    id: friend
    when: '"vip" in tags'
  - untag: vip
  - wait: 1 day
  - send: { text: "All of you" }
    id: all
    unless: tagged("vip")
tests:
  - test: a member
    person: { phone: "+393331234567", tags: member }
    story: [{ expect: all }]
  - test: a friend
    person: { phone: "+393331234567", tags: [member, vip] }
    story: [{ expect: friend }, { expect: all }, { tagged: member }]
  - test: who is gone
    person: { phone: "+393331234567", tags: [member, gone] }
    story: [{ expect: nothing }, { finished: gone }]
  - test: no member
    person: { phone: "+393331234567", tags: vip }
    story: [{ expect: friend }]
  - test: banned
    person: { phone: "+393331234567", tags: [member, banned] }
    story: [{ expect: all }]
"#;
    check(
        campaign,
        expect![[r##"
            # a member
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 no longer tagged vip
            Wed 2 Dec 10:00 < all (1 part): All of you
            Wed 2 Dec 10:00 the passage ends
            # a friend
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 < friend (1 part): Dear friend
            Tue 1 Dec 10:00 no longer tagged vip
            Wed 2 Dec 10:00 < all (1 part): All of you
            Wed 2 Dec 10:00 the passage ends
            # who is gone
            Tue 1 Dec 10:00 the passage begins
            Tue 1 Dec 10:00 the passage ends: gone
            # no member
            IMPOSSIBLE at "person": the audience would not hold this person: `where` does not hold (a story is about somebody whom the campaign texts: change the person, or the audience)
            # banned
            IMPOSSIBLE at "person": the audience would not hold this person: tagged("banned"), which `except` leaves out (a story is about somebody whom the campaign texts: change the person, or the audience)
        "##]],
    );
}

#[test]
fn a_path_behind_a_tag_from_before_is_walked() {
    let campaign = |tags: &str| {
        service(&format!(
            "steps:\n  - send: {{ text: Dear }}\n    id: dear\n    when: tagged(\"vip\")\n  - send: {{ text: All }}\n    id: all\n\
             tests:\n  - test: it\n    person: {{ phone: \"+393331234567\"{tags} }}\n    story: [{{ expect: all }}]\n"
        ))
    };
    let unwalked = |tags: &str| {
        let revision = revision(&campaign(tags));
        let played = [play(&revision, &revision.campaign.stories[0])];
        let names = Coverage::of(&revision, &played).unwalked.into_iter();
        names.map(|unwalked| format!("{unwalked}\n")).collect::<String>()
    };
    expect![[r#"
        step dear (send dear)
    "#]]
    .assert_eq(&unwalked(""));
    expect![[r#""#]].assert_eq(&unwalked(", tags: [vip]"));
}

#[test]
fn each_tick_plans_anew_who_is_of_the_audience() {
    let campaign = r#"
campaign: weekly
audience: { from: people.csv, where: city == "Roma", except: ['tagged("done")', 'answered("weekly")'] }
purpose: service
fields: { city: { type: text } }
schedule: { cron: "0 10 * * MON", again: always }
steps:
  - send: { text: "Still?" }
    id: still
replies:
  - { words: [done], tag: done }
  - { words: [moved], set: { city: Ostia } }
  - { words: [hello], send: { text: "Hello" } }
tests:
  - test: tagged
    person: { phone: "+393331234567", city: Roma }
    at: 2026-11-30 09:00
    story: [{ expect: still }, { expect: still }, { reply: done }, { after: 14 days }, { expect: nothing }]
  - test: another city
    person: { phone: "+393331234567", city: Roma }
    at: 2026-11-30 09:00
    story: [{ expect: still }, { reply: moved }, { after: 7 days }, { expect: nothing }]
  - test: opted out
    person: { phone: "+393331234567", city: Roma }
    at: 2026-11-30 09:00
    story: [{ expect: still }, { reply: STOP }, { expect: opt-out }, { after: 7 days }, { expect: nothing }]
  - test: answered
    person: { phone: "+393331234567", city: Roma }
    at: 2026-11-30 09:00
    story: [{ expect: still }, { reply: hello }, { expect: replies-3-1 }, { after: 7 days }, { expect: nothing }]
  - test: nothing of it
    person: { phone: "+393331234567", city: Roma }
    at: 2026-11-30 09:00
    story: [{ expect: still }, { after: 7 days }, { expect: still }]
"#;
    check(
        campaign,
        expect![[r##"
            # tagged
            Mon 30 Nov 10:00 the passage begins
            Mon 30 Nov 10:00 < still (1 part): Still?
            Mon 30 Nov 10:00 the passage ends
            Mon 7 Dec 10:00 the passage begins
            Mon 7 Dec 10:00 < still (1 part): Still?
            Mon 7 Dec 10:00 the passage ends
            Mon 7 Dec 10:00 > done
            Mon 7 Dec 10:00 tagged done
            Mon 14 Dec 10:00 no passage begins: tagged("done"), which `except` leaves out
            Mon 21 Dec 10:00 no passage begins: tagged("done"), which `except` leaves out
            # another city
            Mon 30 Nov 10:00 the passage begins
            Mon 30 Nov 10:00 < still (1 part): Still?
            Mon 30 Nov 10:00 the passage ends
            Mon 30 Nov 10:00 > moved
            Mon 30 Nov 10:00 city is now Ostia
            Mon 7 Dec 10:00 no passage begins: `where` does not hold
            # opted out
            Mon 30 Nov 10:00 the passage begins
            Mon 30 Nov 10:00 < still (1 part): Still?
            Mon 30 Nov 10:00 the passage ends
            Mon 30 Nov 10:00 > STOP
            Mon 30 Nov 10:00 opted out
            Mon 30 Nov 10:00 < opt-out (1 part): You have opted out and will get no more messages from us.
            Mon 7 Dec 10:00 no passage begins: opted out
            # answered
            Mon 30 Nov 10:00 the passage begins
            Mon 30 Nov 10:00 < still (1 part): Still?
            Mon 30 Nov 10:00 the passage ends
            Mon 30 Nov 10:00 > hello
            Mon 30 Nov 10:00 < replies-3-1 (1 part): Hello
            Mon 7 Dec 10:00 no passage begins: answered("weekly"), which `except` leaves out
            # nothing of it
            Mon 30 Nov 10:00 the passage begins
            Mon 30 Nov 10:00 < still (1 part): Still?
            Mon 30 Nov 10:00 the passage ends
            Mon 7 Dec 10:00 the passage begins
            Mon 7 Dec 10:00 < still (1 part): Still?
            Mon 7 Dec 10:00 the passage ends
        "##]],
    );
}
