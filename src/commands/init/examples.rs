//! The files of a first project: those of an example, which stand beside this file as they are written, and what every
//! project gets. Below its own keys each YAML file has all others as comments, made from the tables of the language.

use crate::cli::Example;

/// A file to be written.
pub(super) struct Written {
    /// Below the project's folder.
    pub path: String,
    /// What it is, in a few words.
    pub what: &'static str,
    /// What stands in it.
    pub text: String,
}

/// What differs from project to project.
struct Own {
    /// Its campaign.
    name: &'static str,
    project: &'static str,
    campaign: &'static str,
    /// Names and rows.
    lists: &'static [(&'static str, &'static str)],
    /// What its texts come from.
    sender: &'static str,
    /// Where replies go.
    inbox: &'static str,
    /// Those that its texts have.
    languages: &'static str,
    /// What its people can be narrowed by, and who can be left out.
    narrowed: [&'static str; 2],
}

/// Where the lists know no age, and name nobody else.
const BY_COUNTRY: [&str; 2] = ["country == \"US\"", "[tagged(\"staff\")]"];

const HELLO: Own = Own {
    name: "hello",
    project: include_str!("hello/crier.yaml"),
    campaign: include_str!("hello/hello.campaign.yaml"),
    lists: &[("people", include_str!("hello/people.csv"))],
    sender: "main",
    inbox: "desk",
    languages: "[en]",
    narrowed: BY_COUNTRY,
};

const CONCERT: Own = Own {
    name: "concert",
    project: include_str!("concert/crier.yaml"),
    campaign: include_str!("concert/concert.campaign.yaml"),
    lists: &[
        ("fans", include_str!("concert/fans.csv")),
        ("staff", include_str!("concert/staff.csv")),
    ],
    sender: "square",
    inbox: "box-office",
    languages: "[en, es]",
    narrowed: ["age >= 18", "[staff]"],
};

const ALERT: Own = Own {
    name: "alert",
    project: include_str!("alert/crier.yaml"),
    campaign: include_str!("alert/alert.campaign.yaml"),
    lists: &[("residents", include_str!("alert/residents.csv"))],
    sender: "town",
    inbox: "duty",
    languages: "[en, es]",
    narrowed: BY_COUNTRY,
};

const DRIP: Own = Own {
    name: "drip",
    project: include_str!("drip/crier.yaml"),
    campaign: include_str!("drip/drip.campaign.yaml"),
    lists: &[("newcomers", include_str!("drip/newcomers.csv"))],
    sender: "shop",
    inbox: "desk",
    languages: "[en]",
    narrowed: BY_COUNTRY,
};

const SURVEY: Own = Own {
    name: "survey",
    project: include_str!("survey/crier.yaml"),
    campaign: include_str!("survey/survey.campaign.yaml"),
    lists: &[("patients", include_str!("survey/patients.csv"))],
    sender: "clinic",
    inbox: "desk",
    languages: "[en]",
    narrowed: BY_COUNTRY,
};

const PRICES: &str = include_str!("every/prices.csv");
const IGNORE: &str = include_str!("every/gitignore");

const KEYS_OF_PROJECT: &str = "\
# Every key of crier.yaml, with an example. To use one, take the `#` before it
# away and move it up; each stands once. A key further in stands below the keys
# that it is in, with what those need. `crier validate` says what is wrong.
";
const KEYS_OF_CAMPAIGN: &str = "\
# Every key of a campaign, with an example. To use one, take the `#` before it
# away and move it up; each stands once. A key further in stands below the keys
# that it is in, with what those need. `crier validate` says what is wrong.
";

/// All files, in the order in which one would look at them, and the path of the campaign.
pub(super) fn files(example: Option<Example>) -> (Vec<Written>, String) {
    let own = match example {
        None => HELLO,
        Some(Example::Concert) => CONCERT,
        Some(Example::Alert) => ALERT,
        Some(Example::Drip) => DRIP,
        Some(Example::Survey) => SURVEY,
    };
    let campaign = format!("campaigns/{}.campaign.yaml", own.name);
    let of_project = fitted(&dsl::options::project(), &own.of_both());
    let of_campaign = fitted(&dsl::options::campaign(), &own.of_campaign());
    let mut files = vec![
        file(
            "crier.yaml",
            "the project",
            with(own.project, KEYS_OF_PROJECT, &of_project),
        ),
        file(
            &campaign,
            "the campaign",
            with(own.campaign, KEYS_OF_CAMPAIGN, &of_campaign),
        ),
    ];
    for (name, rows) in own.lists {
        files.push(file(
            &format!("lists/{name}.csv"),
            "made-up people, with numbers set aside for fiction",
            (*rows).into(),
        ));
    }
    files.push(file("prices.csv", "what a part costs, by country", PRICES.into()));
    let schemas = [
        ("project", dsl::schema::project_schema()),
        ("campaign", dsl::schema::campaign_schema()),
    ];
    for (name, schema) in schemas {
        let path = format!("schemas/{name}.schema.json");
        files.push(file(&path, "for editors", format!("{schema:#}\n")));
    }
    files.push(file(".gitignore", "keeps the store out of git", IGNORE.into()));
    (files, campaign)
}

impl Own {
    /// Examples of the language that name what other projects have, and what stands for them in this one.
    fn of_both(&self) -> Vec<(&'static str, String)> {
        vec![
            ("sender: arena", format!("sender: {}", self.sender)),
            ("languages: [it, en]", format!("languages: {}", self.languages)),
            ("forward: box-office", format!("forward: {}", self.inbox)),
        ]
    }

    fn of_campaign(&self) -> Vec<(&'static str, String)> {
        let [narrowed, left_out] = self.narrowed;
        let mut all = self.of_both();
        all.extend([
            ("500 EUR", "500 USD".to_owned()),
            // Below the rate of its sender.
            ("#  rate: 50/s", "#  rate: 5/s".to_owned()),
            ("where: age >= 18", format!("where: {narrowed}")),
            ("when: age > 18", format!("when: {narrowed}")),
            ("except: [staff]", format!("except: {left_out}")),
            ("to: desk", format!("to: {}", self.inbox)),
            ("notified: desk", format!("notified: {}", self.inbox)),
            ("forwarded: desk", format!("forwarded: {}", self.inbox)),
        ]);
        all
    }
}

/// The keys with examples that hold in this project.
fn fitted(keys: &str, examples: &[(&'static str, String)]) -> String {
    let fit = |text: String, (of_language, own): &(&str, String)| text.replace(of_language, own);
    examples.iter().fold(keys.to_owned(), fit)
}

fn file(path: &str, what: &'static str, text: String) -> Written {
    Written {
        path: path.to_owned(),
        what,
        text,
    }
}

fn with(own: &str, says: &str, keys: &str) -> String {
    format!("{own}\n{says}\n{keys}")
}
