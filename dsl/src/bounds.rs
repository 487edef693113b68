//! How many parts a message has at least and at most, without a list at hand: from the texts and what `fields` say of
//! their values. What a list really holds, the plan says.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use sms::parts::measure;
use sms::smart;

use crate::template::Template;
use crate::values::Language;
use crate::written::campaign::{Campaign, Texts, Value};
use crate::{CampaignFile, written};

/// The parts of one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// The message, the variant, or the verb of the step that it stands in.
    pub name: String,
    /// Its language, where the message has several.
    pub language: Option<Language>,
    /// Parts with the shortest values.
    pub least: u32,
    /// Parts with the longest values; none where a field says not how long it is.
    pub most: Option<u32>,
    /// The first character that no GSM-7 text has and that makes the text UCS-2.
    pub forced_by: Option<char>,
}

/// The bounds of every text of a campaign, in the order of the file. Texts that are no templates are left out.
pub fn bounds(file: &CampaignFile, smart: bool) -> Vec<Bound> {
    let longest = longest_of(file.written());
    let texts = file.written().all_texts();
    let one = |(name, texts): (written::Spanned<String>, &Texts)| {
        let all: Vec<(Option<Language>, Value)> = match texts {
            Texts::One(value) => vec![(None, value.clone())],
            Texts::ByLanguage(all) => {
                let of = |(key, value): &(written::Spanned<String>, Value)| {
                    (Language::new(&key.value), value.clone())
                };
                all.iter().map(of).collect()
            }
        };
        let bound =
            move |(language, value): (Option<Language>, Value)| Some((name.value.clone(), language, value));
        all.into_iter().filter_map(bound).collect::<Vec<_>>()
    };
    let bound = |(name, language, value): (String, Option<Language>, Value)| {
        let languages: Vec<Language> = match &language {
            Some(language) => vec![language.clone()],
            None => file.written().languages.iter().map(|l| l.value.clone()).collect(),
        };
        let parts = parts_of(&value.text, &languages, &longest, smart)?;
        Some(Bound {
            name,
            language,
            least: parts.least,
            most: parts.most,
            forced_by: parts.forced_by,
        })
    };
    texts.into_iter().flat_map(one).filter_map(bound).collect()
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

/// The parts of one text.
pub(crate) struct TextParts {
    pub least: u32,
    pub most: Option<u32>,
    pub forced_by: Option<char>,
}

/// A text as it is sent at its shortest and its longest; the latter is none where a field says not how long it is.
pub(crate) struct Shown {
    pub shortest: String,
    pub longest: Option<String>,
}

/// Over the languages whose people get it, since dates and numbers take their form. None for what is no template.
pub(crate) fn shown(text: &str, languages: &[Language], longest: &Longest, smart: bool) -> Option<Shown> {
    let template = Template::compile(text).ok()?;
    let plain = |text: String| match smart {
        true => smart::plain(&text).into_owned(),
        false => text,
    };
    let of = |template: &Template| {
        let extent = template.extent(&|name| length(name, longest));
        Shown {
            shortest: plain(extent.shortest),
            longest: extent.longest.map(plain),
        }
    };
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

/// None for what is no template.
pub(crate) fn parts_of(
    text: &str,
    languages: &[Language],
    longest: &Longest,
    smart: bool,
) -> Option<TextParts> {
    let extent = shown(text, languages, longest, smart)?;
    let least = measure(&extent.shortest);
    Some(TextParts {
        least: least.part_count,
        most: extent.longest.map(|text| measure(&text).part_count),
        forced_by: least.forced_by.map(|(_, c)| c),
    })
}
