//! What `crier play` says beside the transcript: who is played, what can be typed.

use engine::play::Session;
use engine::stage::shown;

/// Every command.
pub const HELP: &str = "What can be typed:
  any text                  what the person answers
  /wait 2 days              run the clock
  /next                     run the clock to the next text
  /click LINK               open a link of a text
  /event NAME field=value   an event of the API
  /receipt delivered        what the carrier says of the latest text; undelivered;
                            of an earlier one with its name behind it
  /who                      the person, as it stands
  /save                     print all of it as a story; /save NAME puts it into
                            the campaign, /save FILE.yaml into that file
  /quit                     leave";

/// Who it is, and when it begins; `found`: in the lists.
pub fn heading(campaign: &str, session: &Session, found: bool) {
    let from = if found {
        ", the first of the lists whom it texts"
    } else {
        ""
    };
    super::say(&format!("{campaign}, as {}{from}", listed(session)));
    super::say(&format!("{}; /help lists what can be typed", clock(session)));
}

/// What the clock shows.
pub fn clock(session: &Session) -> String {
    format!("it is {}", shown(session.now().with_timezone(&session.zone())))
}

/// The person, as it stands.
pub fn who(session: &Session) {
    for (name, value) in session.values() {
        super::say(&format!("{name}: {value}"));
    }
    let tags: Vec<&str> = session.tags().collect();
    if !tags.is_empty() {
        super::say(&format!("tagged {}", tags.join(", ")));
    }
    if session.is_opted_out() {
        super::say("opted out");
    }
    super::say(&format!("{} ({})", clock(session), session.zone()));
}

fn listed(session: &Session) -> String {
    let values = session.values();
    let values = values.iter().filter(|(_, value)| !value.is_empty());
    let values: Vec<String> = values.map(|(name, value)| format!("{name} {value}")).collect();
    values.join(", ")
}
