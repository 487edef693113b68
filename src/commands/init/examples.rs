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
}

const HELLO: Own = Own {
    name: "hello",
    project: include_str!("hello/crier.yaml"),
    campaign: include_str!("hello/hello.campaign.yaml"),
    lists: &[("people", include_str!("hello/people.csv"))],
};

const CONCERT: Own = Own {
    name: "concert",
    project: include_str!("concert/crier.yaml"),
    campaign: include_str!("concert/concert.campaign.yaml"),
    lists: &[
        ("fans", include_str!("concert/fans.csv")),
        ("staff", include_str!("concert/staff.csv")),
    ],
};

const ALERT: Own = Own {
    name: "alert",
    project: include_str!("alert/crier.yaml"),
    campaign: include_str!("alert/alert.campaign.yaml"),
    lists: &[("residents", include_str!("alert/residents.csv"))],
};

const DRIP: Own = Own {
    name: "drip",
    project: include_str!("drip/crier.yaml"),
    campaign: include_str!("drip/drip.campaign.yaml"),
    lists: &[("newcomers", include_str!("drip/newcomers.csv"))],
};

const SURVEY: Own = Own {
    name: "survey",
    project: include_str!("survey/crier.yaml"),
    campaign: include_str!("survey/survey.campaign.yaml"),
    lists: &[("patients", include_str!("survey/patients.csv"))],
};

const PRICES: &str = include_str!("every/prices.csv");
const IGNORE: &str = include_str!("every/gitignore");

const KEYS_OF_PROJECT: &str = "\
# Every key of crier.yaml, with an example. To use one, take the `#` before it
# away and move it up; each stands once. `crier validate` says what is wrong.
";
const KEYS_OF_CAMPAIGN: &str = "\
# Every key of a campaign, with an example. To use one, take the `#` before it
# away and move it up; each stands once. `crier validate` says what is wrong.
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
    let (of_project, of_campaign) = (dsl::options::project(), dsl::options::campaign());
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
