//! How many parts a message has at least and at most, without a list at hand: from the texts and what `fields` say of
//! their values. What a list really holds, the plan says.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;
use sms::parts::measure;
use sms::smart;

use crate::CampaignFile;
use crate::check::{BUILT_IN, languages_of};
use crate::project::Project;
use crate::template::{Template, UseKind};
use crate::values::{FieldType, Language};
use crate::written::campaign::{Campaign, Sent, Texts, Value};
use crate::written::{self, Spanned};

/// The parts of one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// Parts with the shortest values.
    pub least: u32,
    /// Parts with the longest values, in letters of GSM-7 where the text itself is; none where a field says not how long
    /// it is.
    pub most: Option<u32>,
    /// The same where a value holds a letter that GSM-7 has not; none where the text is UCS-2 by itself, has no such value,
    /// or no bound.
    pub most_in_ucs2: Option<u32>,
    /// The fields that say not how long they are, by the alphabet.
    pub unbounded_by: Vec<String>,
    /// The first character of the text itself that no GSM-7 text has and that makes it UCS-2, one without a plain twin first.
    pub forced_by: Option<char>,
}

/// A text of a campaign, and its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextBound {
    /// The message; of a text that stands in a step its `id`, else its verb.
    pub message: String,
    /// Where the message has several.
    pub variant: Option<String>,
    /// Where the text is not for all.
    pub language: Option<Language>,
    /// Its parts.
    pub bound: Bound,
}

/// What bounds the texts of a campaign.
#[derive(Debug, Clone)]
pub struct Bounds {
    longest: Longest,
    /// Fields that no letter stands in.
    plain: BTreeSet<String>,
    smart: bool,
}

impl Bounds {
    /// As the fields of a file say; `smart` is the project's.
    pub fn new(campaign: &Campaign, smart: bool) -> Bounds {
        let fields = campaign.fields.iter();
        let plain = fields.filter(|field| field.kind != FieldType::Text);
        Bounds {
            longest: longest_of(campaign),
            plain: plain.map(|field| field.name.value.clone()).collect(),
            smart,
        }
    }

    /// The parts of a text in the language that it was made for.
    pub fn of(&self, template: &Template) -> Bound {
        self.bound(template, shown_of(template, &self.longest, self.smart))
    }

    /// The parts of a text over the languages whose people get it. None for what is no template.
    pub fn of_text(&self, text: &str, languages: &[Language]) -> Option<Bound> {
        let shown = shown(text, languages, &self.longest, self.smart)?;
        Some(self.bound(&Template::compile(text).ok()?, shown))
    }

    fn bound(&self, template: &Template, Shown { shortest, longest }: Shown) -> Bound {
        let least = measure(&shortest);
        let values: BTreeSet<String> = template
            .uses()
            .into_iter()
            .filter(|used| used.kind == UseKind::Variable)
            .map(|used| used.name)
            .collect();
        let any_letter = values
            .iter()
            .any(|name| !self.plain.contains(name) && !BUILT_IN.contains(&name.as_str()));
        let in_ucs2 = longest
            .as_deref()
            .filter(|_| any_letter && least.forced_by.is_none());
        let bounded = longest.is_some();
        let unbounded = values
            .into_iter()
            .filter(|name| !bounded && length(name, &self.longest).is_none());
        Bound {
            least: least.part_count,
            most: longest.as_deref().map(|text| measure(text).part_count),
            most_in_ucs2: in_ucs2.map(parts_in_ucs2),
            unbounded_by: unbounded.collect(),
            forced_by: least.forced_by.map(|(_, c)| c),
        }
    }
}

/// The parts of a text of GSM-7 in which one letter is of another alphabet.
fn parts_in_ucs2(text: &str) -> u32 {
    let mut text = text.to_owned();
    text.pop();
    text.push('\u{15f}');
    measure(&text).part_count
}

/// The bounds of every text of a campaign, messages before the texts of steps. Texts that are no templates are left out.
pub fn bounds(file: &CampaignFile, project: &Project) -> Vec<TextBound> {
    let written = file.written();
    let bounds = Bounds::new(written, project.smart);
    let languages = languages_of(written, project);
    let messages = written.all_messages().flat_map(|message| {
        let of = |(name, texts)| {
            let variant = (!message.variants().is_empty()).then(|| <Spanned<String>>::clone(name).value);
            (message.name.value.clone(), variant, texts)
        };
        message.texts().into_iter().map(of).collect::<Vec<_>>()
    });
    let steps = written.all_steps().into_iter().flat_map(|step| {
        let name = step.id.as_ref().map_or(step.word(), |id| id.value.as_str());
        let texts = step.sent().into_iter().filter_map(Sent::texts);
        texts
            .map(|texts| (name.to_owned(), None, texts))
            .collect::<Vec<_>>()
    });
    let one = |(message, variant, texts): (String, Option<String>, &Texts)| {
        let keys: Vec<Option<Language>> = match texts {
            Texts::One(_) => vec![None],
            Texts::ByLanguage(all) => all.iter().map(|(key, _)| Language::new(&key.value)).collect(),
        };
        let bound = |(language, (spoken, value)): (Option<Language>, (Vec<Language>, &Value))| {
            Some(TextBound {
                message: message.clone(),
                variant: variant.clone(),
                language,
                bound: bounds.of_text(&value.text, &spoken)?,
            })
        };
        let texts = keys.into_iter().zip(texts.spoken(&languages));
        texts.filter_map(bound).collect::<Vec<_>>()
    };
    messages.chain(steps).flat_map(one).collect()
}

/// Characters of the longest value of each field that says so.
pub(crate) type Longest = BTreeMap<String, usize>;

pub(crate) fn longest_of(campaign: &Campaign) -> Longest {
    let fields = campaign.fields.iter();
    let of = |field: &written::campaign::Field| {
        let longest = usize::try_from(field.longest.as_ref()?.value).ok()?;
        let default = field.default.iter().flat_map(|texts| texts.values());
        let default = default.map(|value| value.text.chars().count()).max().unwrap_or(0);
        Some((field.name.value.clone(), longest.max(default)))
    };
    fields.filter_map(of).collect()
}

/// A text as it is sent at its shortest and its longest; the latter is none where a field says not how long it is.
pub(crate) struct Shown {
    pub shortest: String,
    pub longest: Option<String>,
}

/// Over the languages whose people get it, since dates and numbers take their form. None for what is no template.
pub(crate) fn shown(text: &str, languages: &[Language], longest: &Longest, smart: bool) -> Option<Shown> {
    let template = Template::compile(text).ok()?;
    let of = |template: &Template| shown_of(template, longest, smart);
    if !template.is_localised() || languages.is_empty() {
        return Some(of(&template));
    }
    let all = languages
        .iter()
        .map(|language| Template::compile_for(text, language, Tz::UTC).ok());
    let all: Vec<Shown> = all.map(|template| Some(of(&template?))).collect::<Option<_>>()?;
    let size = |text: &str| {
        let measure = measure(text);
        (measure.part_count, text.chars().count())
    };
    let longest: Option<Vec<String>> = all.iter().map(|shown| shown.longest.clone()).collect();
    Some(Shown {
        shortest: all
            .into_iter()
            .map(|shown| shown.shortest)
            .min_by_key(|text| size(text))?,
        longest: longest.and_then(|all| all.into_iter().max_by_key(|text| size(text))),
    })
}

fn shown_of(template: &Template, longest: &Longest, smart: bool) -> Shown {
    let extent = template.extent(&|name| length(name, longest));
    let plain = |text: String| match smart {
        true => smart::plain(&text).into_owned(),
        false => text,
    };
    Shown {
        shortest: plain(extent.shortest),
        longest: extent.longest.map(plain),
    }
}

/// Characters of a value at most; none where nobody says.
pub(crate) fn length(name: &str, longest: &Longest) -> Option<usize> {
    match name {
        // What every text may use has its length too.
        "phone" => Some(16),
        "country" | "language" => Some(5),
        "timezone" => Some(32),
        name => longest.get(name).copied(),
    }
}

#[cfg(test)]
mod tests;
