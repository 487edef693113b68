use expect_test::expect;

use super::{Scene, after};
use crate::ids::LaunchId;
use crate::store::{Alarm, Store};

fn alarm(subject: &str, reason: &str, seconds: i64) -> Alarm {
    Alarm {
        subject: subject.into(),
        reason: reason.into(),
        since: after(seconds),
        retry_at: None,
    }
}

/// What stands still, one a line.
pub(super) async fn shown(store: &Store) -> String {
    let alarms = store.alarms().await.expect("alarms");
    let line = |alarm: &Alarm| {
        format!(
            "{} {}: {}\n",
            alarm.since.format("%T"),
            alarm.subject,
            alarm.reason
        )
    };
    alarms.iter().map(line).collect()
}

#[tokio::test]
async fn an_alarm_stands_until_it_is_cleared_and_keeps_its_first_time() {
    let scene = Scene::new().await;
    for raised in [
        alarm("sender shop", "barred", 20),
        alarm("provider trial", "no credit", 10),
        alarm("sender bar", "not registered", 20),
        alarm("provider trial", "the spend limit is reached", 30),
    ] {
        scene.store.raise_alarm(raised).await.expect("raised");
    }
    let scene = scene.again().await;
    expect![[r#"
        09:00:10 provider trial: the spend limit is reached
        09:00:20 sender bar: not registered
        09:00:20 sender shop: barred
    "#]]
    .assert_eq(&shown(&scene.store).await);

    for subject in ["provider trial", "sender bar", "sender nobody"] {
        scene
            .store
            .clear_alarm(subject.into())
            .await
            .expect("cleared, if it stood");
    }
    expect![[r#"
        09:00:20 sender shop: barred
    "#]]
    .assert_eq(&shown(&scene.store).await);
    // What stands still anew does so since then.
    let raised = alarm("provider trial", "no credit", 60);
    scene.store.raise_alarm(raised).await.expect("raised");
    expect![[r#"
        09:00:20 sender shop: barred
        09:01:00 provider trial: no credit
    "#]]
    .assert_eq(&shown(&scene.store).await);
}

#[tokio::test]
async fn an_alarm_of_a_launch_or_a_cohort_is_of_a_campaign() {
    let scene = Scene::new().await;
    let first = scene.launched("1", &[(0, 2)]).await;
    let second = scene.launched("2", &[(0, 2)]).await;
    let cohort = scene.claim(second, 1).await[0].id;
    let subjects = [
        format!("launch {first}"),
        format!("cohort {}", cohort.0),
        "launch 99".to_owned(),
        "sender shop".to_owned(),
    ];
    for subject in &subjects {
        let raised = scene.store.raise_alarm(alarm(subject, "look", 10)).await;
        raised.expect("raised");
    }
    let about = scene.store.alarmed_launches().await.expect("launches");
    let told: Vec<(&str, LaunchId, &str)> = about
        .iter()
        .map(|(subject, (launch, campaign))| (subject.as_str(), *launch, campaign.as_str()))
        .collect();
    let campaign = &scene.store.launches(None).await.expect("launches")[0].campaign;
    assert_eq!(
        told,
        [
            (&*subjects[1], second, &**campaign),
            (&*subjects[0], first, &**campaign)
        ]
    );
}
