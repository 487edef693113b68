use expect_test::expect;

use super::{PROJECT, QUESTION};
use crate::rehearse::Model;
use crate::testing::campaign_of;

#[test]
fn a_model_is_read_strictly() {
    let (project, revision) = campaign_of(Some(PROJECT), QUESTION, &[("people.csv", "phone,name,birthday")]);
    let told = |text: &str| match Model::read(text, &revision.campaign, &project) {
        Ok(model) => {
            let habit = &model.messages[0];
            format!(
                "delivered {}, replies {}, opt-outs {}, free {}, after {}, {} words, {} once\n",
                model.delivered,
                habit.replies,
                habit.opt_outs,
                habit.free,
                habit.after,
                habit.words.len(),
                model.once.len()
            )
        }
        Err(error) => format!("{error}\n"),
    };
    let table = [
        "",
        "replies: 30%\nmessages: { invite: { after: 2 hours, words: { Yes: 2, No: 1 } } }",
        r#"{"delivered": "97%", "opt_outs": "1%", "free": "0%"}"#,
        "replys: 30%",
        "messages: { invite: { reply: 3% } }",
        "messages: { invitation: { replies: 3% } }",
        "clicks: { shop: { share: 3% } }",
        "replies: 0.3",
        "replies: 30",
        "after: 5min",
        "replies: 60%\nopt_outs: 50%",
        "messages: { kept: { replies: 100% } }",
        "words: { Yes: 0 }",
        "events: { ordered: { after: 1 day } }",
        "- replies",
    ];
    expect![""].assert_eq(&table.map(told).concat());
}
