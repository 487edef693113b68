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
        Err(error) => {
            let cause = std::error::Error::source(&error);
            format!(
                "{error}{}\n",
                cause.map_or_else(String::new, |cause| format!(": {cause}"))
            )
        }
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
    expect![[r#"
        delivered 90%, replies 20%, opt-outs 0.5%, free 20%, after 600, 0 words, 0 once
        delivered 90%, replies 30%, opt-outs 0.5%, free 20%, after 7200, 2 words, 0 once
        delivered 97%, replies 20%, opt-outs 1%, free 0%, after 600, 0 words, 0 once
        the model cannot be read: unknown field `replys`, expected one of `delivered`, `receipts_after`, `replies`, `opt_outs`, `free`, `after`, `words`, `messages`, `clicks`, `events`
        the model cannot be read: messages.invite: unknown field `reply`, expected one of `replies`, `opt_outs`, `free`, `after`, `words` at line 1 column 23
        `messages`: the campaign has no message "invitation"; it has invite, kept, reminder, prices
        `clicks`: the campaign has no link "shop"; it has none
        `replies`: "0.3" is not a share; did you mean "30%"?
        `replies`: "30" is not a share; did you mean "30%"?
        `after`: "min" is not a unit of time; did you mean "5 minutes"? the units are seconds, minutes, hours, days and weeks
        for every message: `replies` and `opt_outs` are more than 100% together
        `messages.kept`: `replies` and `opt_outs` are more than 100% together
        `words`: at least one of the words needs a weight above 0
        the model cannot be read: events.ordered: missing field `share` at line 1 column 20
        the model cannot be read: invalid type: sequence, expected a map of keys such as `replies`
    "#]].assert_eq(&table.map(told).concat());
}
