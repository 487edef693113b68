//! Who is left out by what happened before: the store is asked once for a plan, and for everybody who enters.

use std::fmt::Write;

use chrono::{DateTime, TimeDelta, Utc};
use expect_test::expect;

use super::world::{Does, START, World, accept, event, phone, scripted};
use crate::clock::Clock;
use crate::launch::Occurrence;
use crate::store::Access;

fn start() -> DateTime<Utc> {
    START.parse().expect("an instant")
}

/// Texts the first three people; the second is tagged, the third answers.
async fn told_before(people: u64) -> World {
    let first = "audience: few.csv\nschedule: now\npurpose: service\n\
        steps:\n  - send: { en: \"hello\" }\n  - tag: lost\n    when: first_name == \"Person 1\"\n  - wait: 1 minute\n";
    let world = World::new(people, "message: Hello\n", "");
    let write = |name: &str, text: &str| std::fs::write(world.path().join(name), text).expect("written");
    let few: String = (0..3).map(|n| format!("{},Person {n}\n", phone(n))).collect();
    write("few.csv", &format!("phone,first_name\n{few}"));
    write("first.campaign.yaml", first);
    let third = phone(2);
    let provider = scripted(5, move |text, _| match text.to.to_string() == third {
        true => Does::AcceptAndReply("thanks"),
        false => accept(),
    });
    let store = std::sync::Arc::new(world.store(Access::Execute).await.expect("opened"));
    let row = world.launch_of(&store, "first", Occurrence::Nth(1)).await;
    let end = start() + TimeDelta::hours(1);
    world
        .run_launches(store, vec![(row, false)], &provider, None, end)
        .await;
    world
}

#[tokio::test]
async fn conditions_leave_people_out_when_it_is_launched() {
    let table = [
        "except: [tagged(\"lost\")]",
        "except: [answered(\"first\")]",
        "except: ['received(\"first\", \"24 hours\")']",
        "except: ['received(\"first\", \"1 minute\")', tagged(\"lost\")]",
        "except: [received(\"other\"), answered(\"other\"), tagged(\"other\")]",
        "where: [\"!tagged(\\\"lost\\\")\", 'received(\"first\")']",
    ];
    let mut told = String::new();
    for keys in table {
        let world = told_before(4).await;
        let store = world.store(Access::Execute).await.expect("opened");
        world.write_campaign(&format!(
            "audience: {{ from: people.csv, {keys} }}\nschedule: now\npurpose: service\nreplies: none\nmessage: Again\n"
        ));
        let row = world.launch(&store, Occurrence::Nth(1)).await;
        let _ = writeln!(told, "{keys}: {} people", row.summary.people);
        for (reason, n) in &row.summary.left_out {
            let _ = writeln!(told, "    {n} {reason}");
        }
        let kept = store
            .person(phone(1).parse().expect("a number"))
            .await
            .expect("read");
        for (_, _, reason, _) in &kept.left_out {
            let _ = writeln!(told, "    the second: {}", reason.code());
        }
    }
    expect![[r#"
        except: [tagged("lost")]: 3 people
            1 excepted-by:tagged("lost")
            the second: excepted-by:tagged("lost")
        except: [answered("first")]: 3 people
            1 excepted-by:answered("first")
        except: ['received("first", "24 hours")']: 1 people
            3 excepted-by:received("first", "24 hours")
            the second: excepted-by:received("first", "24 hours")
        except: ['received("first", "1 minute")', tagged("lost")]: 3 people
            1 excepted-by:tagged("lost")
            the second: excepted-by:tagged("lost")
        except: [received("other"), answered("other"), tagged("other")]: 4 people
        where: ["!tagged(\"lost\")", 'received("first")']: 2 people
            2 filtered
            the second: filtered
    "#]]
    .assert_eq(&told);
}

#[tokio::test]
async fn conditions_keep_people_from_entering() {
    let world = told_before(4).await;
    world.write_campaign(
        "trigger: { event: ordered }\naudience: { from: people.csv, except: [tagged(\"lost\"), answered(\"first\")] }\n\
         purpose: service\nreplies: none\nmessage: Ordered\n",
    );
    let after = world.clock.now() - start() + TimeDelta::hours(1);
    let happens = |n| event(after.num_seconds(), "ordered", n, &[]);
    let over = event(after.num_seconds() + 7_200, "over", 8, &[]);
    let provider = scripted(5, |_, _| accept());
    provider.will_happen(&world, vec![happens(0), happens(1), happens(2), happens(3), over]);
    let end = start() + after + TimeDelta::hours(2);
    world.run_open(&provider, None, end).await;
    let store = world.store(Access::Read).await.expect("opened");
    let row = store.launches(Some("test")).await.expect("launches").remove(0);
    let counts = store.trigger_counts(row.id, "test").await.expect("counts");
    let mut told = format!("{} passages\n", counts.passages);
    for (reason, n) in &counts.not_entered {
        let _ = writeln!(told, "{n} {reason}");
    }
    expect![[r#"
        2 passages
        1 answered("first"), which `except` leaves out
        1 tagged("lost"), which `except` leaves out
    "#]]
    .assert_eq(&told);
}
