//! A campaign by the grammar of the language, drawn from a seed: steps of every kind, inside each other, with conditions,
//! hours, caps, variants, rules; and how people answer its texts. Every text says first which message it is.

use std::fmt::Write;

use super::chance::Chance;

/// How a campaign begins for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begins {
    /// For all at one time.
    Once,
    /// For one person at a time, by an event.
    ByEvent,
    /// The same, by a word that they write.
    ByWord,
    /// For each on their day.
    ByColumn,
    /// For all again and again.
    ByCron,
}

impl Begins {
    /// For one person at a time.
    pub fn is_of_one(self) -> bool {
        matches!(self, Begins::ByEvent | Begins::ByWord)
    }
}

/// The word that begins a campaign; nobody answers so.
pub const WORD: &str = "Join";
/// The day on which a cron ends behind its first tick.
const ONE_TICK: &str = "2026-11-27";
/// The campaign that a step starts.
pub const OTHER: &str =
    "audience: people.csv\npurpose: service\ntrigger: { event: never }\nmessage: Something else\n";

/// What a seed draws.
pub struct Drawn {
    /// The campaign, but for its audience and schedule.
    pub campaign: String,
    /// Of whom.
    pub audience: &'static str,
    /// When it begins, or what begins it.
    pub schedule: String,
    /// Some go first, and the others wait: no story tells of others.
    pub has_canary: bool,
    pub begins: Begins,
    /// Nobody comes a second time but as things happen to them: one launch is all of it.
    pub is_one_launch: bool,
    /// Events with another `visit` begin it once more for the same person.
    pub is_keyed: bool,
    /// How people answer, as `crier rehearse` reads it.
    pub model: String,
}

pub fn drawn(seed: u64) -> Drawn {
    let mut grammar = Grammar {
        chance: Chance::of(seed),
        messages: String::new(),
        model: String::new(),
        count: 0,
        marketing: seed.is_multiple_of(2),
        events: seed.is_multiple_of(3),
        keyed: seed.is_multiple_of(18),
        first: String::new(),
        drawn: vec![],
        names: 0,
    };
    let first = grammar.message("s", true);
    grammar.first.clone_from(&first);
    let rest = grammar.steps(2, 3);
    let last = grammar.send();
    let rules = grammar.rules();
    let begins = match (seed % 6, seed % 12, seed % 5) {
        (0, 6, _) if !grammar.keyed => Begins::ByWord,
        (0, ..) => Begins::ByEvent,
        (_, _, 0) => Begins::ByColumn,
        (_, _, 1) => Begins::ByCron,
        _ => Begins::Once,
    };
    // What no model says, which happens to people of every third, no rehearsal has to hold against it.
    let has_canary = begins == Begins::Once && seed % 7 == 3 && !seed.is_multiple_of(3);
    let head = grammar.head(has_canary);
    let steps = format!("{{ send: {first} }}, {rest}, {last}");
    let campaign = format!(
        "{head}steps: [ {steps} ]\nreplies: [ {rules} ]\nmessages:\n{}",
        grammar.messages
    );
    let outside = grammar.outside(&campaign, begins);
    let schedule = grammar.schedule(begins);
    let moves_days = campaign.contains("{ starts: \"") || outside.contains("{ starts: [");
    Drawn {
        is_one_launch: match begins {
            Begins::Once | Begins::ByEvent | Begins::ByWord => true,
            Begins::ByColumn => !moves_days || !schedule.contains("again: always"),
            Begins::ByCron => schedule.contains(ONE_TICK),
        },
        audience: AUDIENCES[usize::try_from(seed / 7 % 5).expect("few")],
        has_canary,
        schedule,
        begins,
        is_keyed: grammar.keyed,
        campaign,
        model: format!(
            "replies: 0%\nopt_outs: 0%\ndelivered: 100%\n{outside}messages:\n{}",
            grammar.model
        ),
    }
}

struct Grammar {
    chance: Chance,
    messages: String,
    model: String,
    count: usize,
    marketing: bool,
    /// Conditions ask for events.
    events: bool,
    /// Texts say behind the message of which passage they are. What several passages of one person send in one moment goes in
    /// no order that is promised: nothing here makes them wait for the same one.
    keyed: bool,
    /// The message that goes to everybody before all else.
    first: String,
    /// What is drawn for people by then: variants, and ways with names of their own.
    drawn: Vec<String>,
    /// Ways, fields and the like that have names of their own.
    names: usize,
}

const TAGS: [&str; 3] = ["red", "green", "blue"];
const WORDS: [&str; 6] = ["yes", "no", "later", "price", "seven", "what?"];
const CITIES: [&str; 3] = ["Rome", "Oslo", "Lima"];
/// All are ahead, wherever somebody is.
const SCHEDULES: [&str; 7] = [
    "now",
    "now",
    "{ at: 2026-11-25 12:00 }",
    "{ at: 2026-11-26 12:00, clock: recipient }",
    "{ at: 2026-11-26 12:00, clock: recipient, window: 7:00-21:30 }",
    "{ at: 2026-11-27 16:30, window: 7:00-21:30, days: [mon, tue, wed, thu, fri] }",
    "{ at: 2026-11-26 08:00, clock: recipient, window: 7:00-21:30, expires: 30 hours }",
];
/// Some people are drawn for nothing.
const AUDIENCES: [&str; 5] = [
    "people.csv",
    "people.csv",
    "people.csv",
    "{ from: people.csv, holdout: 30% }",
    "{ from: people.csv, sample: 70%, holdout: 10% }",
];
const TIMES: [&str; 5] = ["10 minutes", "3 hours", "1 day", "36 hours", "3 days"];

impl Grammar {
    /// What stands above the steps.
    fn head(&mut self, has_canary: bool) -> String {
        let mut head = format!(
            "purpose: {}\nlanguages: [en, it]\nfields: {{ city: {{ default: nowhere }}, starts: date }}\n",
            if self.marketing { "marketing" } else { "service" }
        );
        let mut limits = vec![];
        if has_canary {
            let watch = self.chance.pick(&["1 hour", "20 hours"]);
            limits.push(format!("canary: {{ share: 30%, watch: {watch} }}"));
        }
        if self.chance.one_in(3) && !self.keyed {
            limits.push(format!(
                "quiet_hours: {}",
                self.chance.pick(&["20:00-10:00", "22:00-07:00"])
            ));
        }
        if self.marketing && self.chance.one_in(3) {
            let over = self.chance.pick(if self.keyed {
                &["skip", "leave"]
            } else {
                &["wait", "skip", "leave"][..]
            });
            let most = self
                .chance
                .pick(&["1 per 1 day", "2 per 3 days", "3 per 2 hours"]);
            limits.push(format!("frequency: {{ most: {most}, over: {over} }}"));
        }
        if !limits.is_empty() {
            let _ = writeln!(head, "limits: {{ {} }}", limits.join(", "));
        }
        if self.chance.one_in(4) {
            let _ = writeln!(head, "exit: {{ gone: {} }}", self.exit());
        }
        if self.chance.one_in(4) {
            let _ = writeln!(head, "goal: {{ when: {}, within: 2 days }}", self.condition());
        }
        head
    }

    fn schedule(&mut self, begins: Begins) -> String {
        let hours = ["", ", window: 7:00-21:30", ", expires: 30 hours"];
        match begins {
            Begins::Once => format!("schedule: {}", self.chance.pick(&SCHEDULES)),
            Begins::ByEvent => {
                let again = self.chance.pick(&["never", "always", "restart", "after 2 days"]);
                let conditions = self.chance.pick(&["", ", where: city != \"Bern\""]);
                let key = if self.keyed { ", key: visit" } else { "" };
                format!("trigger: {{ event: began{key}, again: {again}{conditions} }}")
            }
            Begins::ByWord => {
                let again = self.chance.pick(&["never", "always", "restart", "after 2 days"]);
                let hours = self.chance.pick(&hours);
                format!("trigger: {{ keyword: {WORD}, again: {again}{hours} }}")
            }
            Begins::ByColumn => {
                let apart = self.chance.pick(&["", ", before: 1 day", ", after: 2 days"]);
                let again = self.chance.pick(&["", ", again: always"]);
                let hours = self.chance.pick(&hours);
                format!("schedule: {{ date: starts{apart}, at: \"10:00\"{again}{hours} }}")
            }
            Begins::ByCron => {
                let clock = self.chance.pick(&["", ", clock: recipient"]);
                let again = self.chance.pick(&["never", "always", "after 2 days"]);
                let hours = self.chance.pick(&hours);
                let until = self.chance.pick(&["2026-12-08", "2026-12-08", ONE_TICK]);
                format!(
                    "schedule: {{ cron: \"0 10 * * mon,thu\", from: 2026-11-26, until: {until}{clock}, again: {again}{hours} }}"
                )
            }
        }
    }

    /// What a model says of all that happens outside.
    fn outside(&mut self, campaign: &str, begins: Begins) -> String {
        let mut outside = String::new();
        if begins.is_of_one() {
            let all = ["1/hour", "3/hour", "2/minute"];
            let rate = self.chance.pick(if self.keyed { &all[..1] } else { &all });
            let _ = writeln!(outside, "arrivals: {rate}");
        }
        let asked =
            ["ordered", "paid"].map(|event| (event, campaign.contains(&format!("event(\"{event}\")"))));
        if asked.iter().any(|(_, asked)| *asked) {
            outside.push_str("events:\n");
        }
        for (event, _) in asked.into_iter().filter(|(_, asked)| *asked) {
            let share = self.chance.pick(&["40%", "90%"]);
            let after = self.chance.pick(&TIMES);
            let fields = self.chance.pick(&[
                "",
                ", fields: { city: [Oslo, Rome] }",
                ", fields: { starts: [\"2026-11-28\"] }",
            ]);
            let _ = writeln!(outside, "  {event}: {{ share: {share}, after: {after}{fields} }}");
        }
        outside
    }

    /// A message of a name that begins so; its text begins with the name.
    fn message(&mut self, kind: &str, answered: bool) -> String {
        let name = format!("{kind}{}", self.count);
        self.count += 1;
        let stop = if self.marketing { " STOP to opt out" } else { "" };
        let visit = if self.keyed { " {{visit}}" } else { "" };
        // What everybody has, and what a day looks like in their language.
        let tail = self.chance.pick(&[
            "",
            "",
            "",
            " {{timezone}}",
            " {{country}} {{language}}",
            " {{#if starts}}{{date starts}}{{else}}soon{{/if}}",
            " {{upper city}}",
        ]);
        let text = |more: &str| {
            let in_language = |of: &str| {
                format!("\"{name}{visit} {more}{{{{first_name}}}} {of} {{{{city}}}}{tail}{stop}\"")
            };
            format!("{{ en: {}, it: {} }}", in_language("of"), in_language("di"))
        };
        let _ = match self.chance.below(5) {
            0 => {
                self.drawn.extend(["x", "y"].map(|own| format!("{name}-{own}")));
                writeln!(
                    self.messages,
                    "  {name}: {{ variants: {{ {name}-x: {{ share: 40%, text: {} }}, {name}-y: {{ share: 60%, text: {} }} }} }}",
                    text("x "),
                    text("y ")
                )
            }
            1 => writeln!(
                self.messages,
                "  {name}: \"{name}{visit} {{{{first_name}}}} {{{{city}}}}{stop}\""
            ),
            _ => writeln!(self.messages, "  {name}: {}", text("")),
        };
        if answered {
            let replies = self.chance.pick(&["0%", "50%", "90%"]);
            let opt_outs = self.chance.pick(&["0%", "0%", "5%"]);
            let words: Vec<String> = (0..3)
                .map(|_| format!("\"{}\": {}", self.chance.pick(&WORDS), 1 + self.chance.below(3)))
                .collect();
            let mut words = words;
            words.sort();
            words.dedup_by_key(|word| word.split(':').next().unwrap_or_default().to_owned());
            let _ = writeln!(
                self.model,
                "  {name}: {{ replies: {replies}, opt_outs: {opt_outs}, words: {{ {} }} }}",
                words.join(", ")
            );
        }
        name
    }

    fn name(&mut self, kind: &str) -> String {
        self.names += 1;
        format!("{kind}{}", self.names)
    }

    /// Several steps, inside of so many others yet.
    fn steps(&mut self, depth: u64, most: u64) -> String {
        let many = 1 + self.chance.below(most);
        let mut steps: Vec<String> = (0..many).map(|_| self.step(depth)).collect();
        // A wait at the end waits for nothing.
        steps.push(self.send());
        steps.join(", ")
    }

    fn send(&mut self) -> String {
        let name = self.message("s", true);
        let more = match self.chance.below(6) {
            0 => format!(", when: {}", self.condition()),
            1 => format!(", unless: {}", self.condition()),
            2 if !self.keyed => format!(", window: {}", self.chance.pick(&["9:00-18:00", "18:00-21:00"])),
            // What expires before its hours open is refused.
            3 => format!(", expires: {}", self.chance.pick(&TIMES[2..])),
            _ => String::new(),
        };
        let sender = self.sender();
        format!("{{ send: {name}{more}{sender} }}")
    }

    /// Another sender now and then; one of them texts nobody of these people. A reply to one sender is about the texts of that.
    fn sender(&mut self) -> &'static str {
        self.chance.pick(&[
            "",
            "",
            "",
            "",
            "",
            ", sender: other",
            ", sender: other",
            ", sender: afar",
        ])
    }

    fn step(&mut self, depth: u64) -> String {
        if depth == 0 {
            return self.plain_step();
        }
        match self.chance.below(10) {
            0 | 1 => self.ask(depth),
            2 => {
                let rules: Vec<String> = (0..1 + self.chance.below(2))
                    .map(|nth| {
                        let condition = self.condition_of_rule(nth);
                        let steps = self.steps(depth - 1, 2);
                        let steps = without_contrary(&steps, &condition);
                        format!("{{ when: {condition}, do: [ {steps} ] }}")
                    })
                    .collect();
                let otherwise = self.steps(depth - 1, 1);
                format!(
                    "{{ choose: [ {}, {{ otherwise: [ {otherwise} ] }} ] }}",
                    rules.join(", ")
                )
            }
            3 => {
                let ways = [self.steps(depth - 1, 2), self.steps(depth - 1, 1)];
                let [a, b] = [self.name("way"), self.name("way")];
                self.drawn.extend([a.clone(), b.clone()]);
                format!(
                    "{{ split: {{ {a}: {{ share: 30%, do: [ {} ] }}, {b}: {{ share: 70%, do: [ {} ] }} }} }}",
                    ways[0], ways[1]
                )
            }
            4 => {
                let until = match self.chance.one_in(2) {
                    true => format!(", until: {}", self.condition()),
                    false => String::new(),
                };
                let every = self.chance.pick(&TIMES);
                let times = 2 + self.chance.below(2);
                format!(
                    "{{ repeat: {{ times: {times}, every: {every}{until}, do: [ {} ] }} }}",
                    self.steps(depth - 1, 1)
                )
            }
            5 => {
                let condition = self.condition();
                let within = self.chance.pick(&TIMES);
                let [then, silence] = [self.steps(depth - 1, 1), self.steps(depth - 1, 1)];
                format!("{{ await: {condition}, for: {within}, then: [ {then} ], silence: [ {silence} ] }}")
            }
            _ => self.plain_step(),
        }
    }

    fn plain_step(&mut self) -> String {
        match self.chance.below(16) {
            14 => "{ start: other }".to_owned(),
            15 => "{ forward: office }".to_owned(),
            9 => "{ call: { url: \"HOST/{{city}}\", body: { name: \"{{first_name}}\" } } }".to_owned(),
            10 => "{ call: { url: \"HOST/kept\", save: city } }".to_owned(),
            12 => "{ join: news }".to_owned(),
            13 => "{ leave: news }".to_owned(),
            11 => "{ notify: { to: office, text: \"{{first_name}} came by\" } }".to_owned(),
            3 | 7 | 8 if self.keyed => format!("{{ wait: {} }}", self.chance.pick(&TIMES)),
            7 | 8 => format!("{{ wait: {} }}", self.moment()),
            0 => format!("{{ tag: {} }}", self.chance.pick(&TAGS)),
            1 => format!("{{ untag: {} }}", self.chance.pick(&TAGS)),
            2 => match self.chance.below(6) {
                0 | 1 => "{ set: { city: \"{{upper city}}\" } }".to_owned(),
                2 if !self.keyed => "{ set: { starts: \"2026-11-29\" } }".to_owned(),
                _ => format!("{{ set: {{ city: {} }} }}", self.chance.pick(&CITIES)),
            },
            3 => format!("{{ wait: \"{}\" }}", self.chance.pick(&["18:00", "07:30"])),
            4 | 5 => format!("{{ wait: {} }}", self.chance.pick(&TIMES)),
            _ => self.send(),
        }
    }

    /// A day of a column, which may be over for some.
    fn moment(&mut self) -> String {
        let apart = match self.chance.below(3) {
            0 => String::new(),
            1 => format!(", before: {}", self.chance.pick(&["1 day", "3 days"])),
            _ => format!(", after: {}", self.chance.pick(&["1 day", "2 days"])),
        };
        let at = self.chance.pick(&["07:30", "12:00", "21:15"]);
        format!("{{ date: starts{apart}, at: \"{at}\" }}")
    }

    fn ask(&mut self, depth: u64) -> String {
        let question = self.message("s", true);
        let within = self.chance.pick(&["1 day", "2 days", "3 hours"]);
        let sender = self.sender();
        let mut ask = format!("{{ ask: {question}, for: {within}{sender}");
        match self.chance.below(4) {
            0 => ask += ", save: city",
            _ => {
                let yes = self.steps(depth - 1, 2);
                let no = match self.chance.below(3) {
                    0 => "finish: declined".to_owned(),
                    1 => format!("tag: {}", self.chance.pick(&TAGS)),
                    _ => format!("do: [ {} ]", self.steps(depth - 1, 1)),
                };
                let _ = write!(
                    ask,
                    ", answers: [ {{ words: [\"yes\", seven], do: [ {yes} ] }}, {{ words: [\"no\"], {no} }} ]"
                );
                if self.chance.one_in(3) {
                    ask.insert_str(ask.len() - 1, ", { pattern: \"(what|lat).*\", tag: green }");
                }
                if self.chance.one_in(2) {
                    let _ = write!(ask, ", unclear: {}", self.message("u", true));
                }
            }
        }
        if self.chance.one_in(3) {
            let _ = write!(
                ask,
                ", remind: {{ after: 2 hours, send: {} }}",
                self.message("s", true)
            );
        }
        if self.chance.one_in(2) {
            let silence = self.steps(depth - 1, 1);
            let _ = write!(ask, ", silence: [ {silence} ]");
        }
        ask + " }"
    }

    /// Rules for replies that no question takes.
    fn rules(&mut self) -> String {
        let answer = self.message("r", false);
        let sender = self.sender();
        let mut rules = vec![format!("{{ words: [price], send: {answer}{sender} }}")];
        if self.chance.one_in(2) {
            rules.push(format!("{{ words: [later], tag: {} }}", self.chance.pick(&TAGS)));
        }
        if self.chance.one_in(4) && !self.keyed {
            let day = self.chance.pick(&["2026-11-24", "2026-12-02"]);
            rules.push(format!("{{ words: [seven], set: {{ starts: \"{day}\" }} }}"));
        }
        if self.chance.one_in(3) {
            let condition = self.condition();
            rules.push(format!(
                "{{ when: {condition}, set: {{ city: {} }} }}",
                self.chance.pick(&CITIES)
            ));
        }
        match self.chance.below(4) {
            0 | 1 => rules.push("{ otherwise: { forward: office } }".to_owned()),
            2 => rules.push("{ words: [thanks, \"what?\"], start: other }".to_owned()),
            _ => {}
        }
        rules.join(", ")
    }

    /// The condition of a rule of a choice, in quotes: none that one before it covers, which is an error.
    fn condition_of_rule(&mut self, nth: u64) -> String {
        let condition = match (nth, self.chance.one_in(2)) {
            (0, true) => "replied()".to_owned(),
            (0, false) => format!("!tagged(\"{}\")", self.chance.pick(&TAGS)),
            (1, true) => format!("city in [\"{}\", \"nowhere\"]", self.chance.pick(&CITIES)),
            (1, false) if self.events => "event(\"paid\")".to_owned(),
            _ => format!("city == \"{}\"", self.chance.pick(&CITIES)),
        };
        format!("'{condition}'")
    }

    /// By what is drawn, by days, which an empty or another column leaves undecided, and by what everybody has.
    fn condition_of_values(&mut self) -> String {
        let drawn = usize::try_from(self.chance.below(1 + self.drawn.len() as u64)).expect("few");
        let condition = match (self.drawn.get(drawn), self.chance.below(5)) {
            (Some(drawn), 0 | 1) => format!("variant == \"{drawn}\""),
            (Some(drawn), 2) => format!("!(variant in [\"{drawn}\"]) || replied()"),
            (_, 3) => "days_until(starts) < 2 && language == \"it\"".to_owned(),
            (_, 4) => "empty(city) || starts > today()".to_owned(),
            (None, _) | (Some(_), _) => "timezone == \"Asia/Tokyo\"".to_owned(),
        };
        format!("'{condition}'")
    }

    /// One that does not hold before anything happened, which is refused.
    fn exit(&mut self) -> String {
        let condition = self.condition();
        match condition.as_str() {
            "'!replied()'" => "'replied()'".to_owned(),
            "'!event(\"paid\")'" => "'event(\"paid\")'".to_owned(),
            _ => condition,
        }
    }

    fn condition(&mut self) -> String {
        if self.chance.one_in(6) {
            return self.condition_of_values();
        }
        let condition = match self.chance.below(if self.events { 12 } else { 8 }) {
            7 | 11 => format!("delivered(\"{}\")", self.first),
            10 => "event(\"ordered\")".to_owned(),
            8 => "!event(\"paid\")".to_owned(),
            9 => format!("event(\"paid\") && city != \"{}\"", self.chance.pick(&CITIES)),
            0 => "replied()".to_owned(),
            1 => "!replied()".to_owned(),
            2 => format!("tagged(\"{}\")", self.chance.pick(&TAGS)),
            3 => format!("!tagged(\"{}\")", self.chance.pick(&TAGS)),
            4 => format!("city == \"{}\"", self.chance.pick(&CITIES)),
            5 => format!("city in [\"{}\", \"nowhere\"]", self.chance.pick(&CITIES)),
            _ => format!(
                "tagged(\"{}\") || city == \"{}\"",
                self.chance.pick(&TAGS),
                self.chance.pick(&CITIES)
            ),
        };
        format!("'{condition}'")
    }
}

/// Steps that are done where a condition holds: what is asked for and its contrary is refused.
fn without_contrary(steps: &str, condition: &str) -> String {
    let condition = condition.trim_matches('\'');
    let mut pieces = steps.split(", unless: '");
    let mut kept = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (asked, rest) = piece.split_once('\'').expect("it is in quotes");
        if asked.split(" || ").all(|one| one != condition) {
            let _ = write!(kept, ", unless: '{asked}'");
        }
        kept += rest;
    }
    kept
}
