//! How switches are set: by name and text, many at once or not at all.

use dsl::scalar::Share;
use serde_json::Value as Json;
use serde_yaml::Value as Yaml;

use super::Switches;

/// Why switches cannot be set so.
#[derive(Debug, thiserror::Error)]
pub enum SwitchError {
    /// No switch has this name.
    #[error("there is no switch \"{name}\"; {}", known(name))]
    Unknown {
        /// As written.
        name: String,
    },
    /// The value is of another form.
    #[error("the switch {name} cannot be \"{text}\": {help}")]
    Value {
        /// Of the switch.
        name: String,
        /// As written.
        text: String,
        /// What is accepted.
        help: String,
    },
    /// Shares that exclude each other are more than the whole.
    #[error("{what} exclude each other, and come to {total} together: at most 100%")]
    Sum {
        /// Which shares.
        what: &'static str,
        /// Their sum.
        total: Share,
    },
    /// `--switch` without `=`.
    #[error("\"{0}\" sets no switch: write name=value, such as latency=200ms")]
    Pair(String),
    /// The file is no YAML.
    #[error("the switches cannot be read")]
    Yaml(#[source] serde_yaml::Error),
    /// The file is YAML and no list of names and values.
    #[error("these are no switches: write a line `name: value` each")]
    Shape,
}

/// The nearest, else all of them.
fn known(name: &str) -> String {
    let names: Vec<&str> = Switches::NAMES.iter().map(|(name, _)| *name).collect();
    match dsl::nearest(name, names.iter().copied()) {
        Some(nearest) => format!("did you mean \"{nearest}\"?"),
        None => format!("the switches are {}", names.join(", ")),
    }
}

impl SwitchError {
    pub(super) fn bad(name: &str, text: &str, help: String) -> SwitchError {
        SwitchError::Value {
            name: name.to_owned(),
            text: text.to_owned(),
            help,
        }
    }
}

impl Switches {
    /// Sets these, by name and text; none of them where one cannot be.
    pub fn change<N: AsRef<str>, T: AsRef<str>>(
        &mut self,
        pairs: impl IntoIterator<Item = (N, T)>,
    ) -> Result<(), SwitchError> {
        let mut changed = self.clone();
        for (name, text) in pairs {
            changed.set(name.as_ref(), text.as_ref())?;
        }
        changed.sums()?;
        *self = changed;
        Ok(())
    }

    /// Sets those of a JSON object: text, number, true or false by name.
    pub fn change_by_json(&mut self, object: &Json) -> Result<(), SwitchError> {
        let object = object.as_object().ok_or(SwitchError::Shape)?;
        let pairs = object
            .iter()
            .map(|(name, value)| Some((name.clone(), json_scalar(value)?)));
        let pairs = pairs.collect::<Option<Vec<_>>>().ok_or(SwitchError::Shape)?;
        self.change(pairs)
    }

    /// Name and text of every switch, as an object that [`Switches::change_by_json`] reads.
    pub fn json(&self) -> Json {
        let values = self.values().into_iter();
        Json::Object(
            values
                .map(|(name, text)| (name.to_owned(), text.into()))
                .collect(),
        )
    }

    /// Shares of which only one can hit come to no more than the whole.
    fn sums(&self) -> Result<(), SwitchError> {
        let recipients = [self.unknown_number, self.landline, self.opted_out];
        let sums = [
            (
                "the troubles of a request",
                self.faults().iter().map(|(_, share)| share.0).sum::<f64>(),
            ),
            (
                "unknown-number, landline and opted-out",
                recipients.iter().map(|share| share.0).sum(),
            ),
        ];
        // A little more than the whole is what fractions leave behind.
        match sums.into_iter().find(|(_, total)| *total > 1.000_001) {
            Some((what, total)) => Err(SwitchError::Sum {
                what,
                total: Share(total),
            }),
            None => Ok(()),
        }
    }
}

/// Names and texts of a YAML file: a line `name: value` each.
pub fn yaml_pairs(text: &str) -> Result<Vec<(String, String)>, SwitchError> {
    match serde_yaml::from_str(text).map_err(SwitchError::Yaml)? {
        Yaml::Null => Ok(vec![]),
        Yaml::Mapping(lines) => {
            let pairs = lines
                .iter()
                .map(|(name, value)| Some((scalar(name)?, scalar(value)?)));
            pairs.collect::<Option<Vec<_>>>().ok_or(SwitchError::Shape)
        }
        Yaml::Bool(_) | Yaml::Number(_) | Yaml::String(_) | Yaml::Sequence(_) | Yaml::Tagged(_) => {
            Err(SwitchError::Shape)
        }
    }
}

/// `name=value`, as typed.
pub fn pair(typed: &str) -> Result<(&str, &str), SwitchError> {
    typed
        .split_once('=')
        .map(|(name, value)| (name.trim(), value.trim()))
        .ok_or_else(|| SwitchError::Pair(typed.to_owned()))
}

fn scalar(value: &Yaml) -> Option<String> {
    match value {
        Yaml::String(text) => Some(text.clone()),
        Yaml::Number(number) => Some(number.to_string()),
        Yaml::Bool(on) => Some(on_or_off(*on)),
        Yaml::Null | Yaml::Sequence(_) | Yaml::Mapping(_) | Yaml::Tagged(_) => None,
    }
}

fn json_scalar(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(on) => Some(on_or_off(*on)),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

fn on_or_off(on: bool) -> String {
    if on { "on" } else { "off" }.to_owned()
}
