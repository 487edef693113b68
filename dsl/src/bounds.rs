//! How many parts a message has at least and at most, without a list at hand: from the texts and what `fields` say of
//! their values. What a list really holds, the plan says.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;
use sms::parts::{Measure, measure};
use sms::smart;

use crate::check::{BUILT_IN, as_campaign, languages_of};
use crate::project::Project;
use crate::template::{Template, UseKind, ValueLength};
use crate::values::{FieldType, Language};
use crate::written::campaign::{Campaign, Texts, Value, own_texts};
use crate::written::{self, Spanned};
use crate::{CampaignFile, ProjectFile};

/// The parts of one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// Parts with the shortest values.
    pub least: u32,
    /// Parts with the longest values in ordinary letters, of one septet each; none as for `most`.
    pub ordinary: Option<u32>,
    /// Parts with the longest values, in the dearest letters of GSM-7 where the text itself is; none where a field says not
    /// how long it is.
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
    /// The message; a text that stands in a step is called by its `id`, else by its place: `step-1-silence-1`.
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

    /// As if every value that says how long it is had one character.
    pub(crate) fn with_short_values(&self) -> Bounds {
        let short =
            |(name, length): (&String, &ValueLength)| (name.clone(), ValueLength { most: 1, ..*length });
        Bounds {
            longest: self.longest.iter().map(short).collect(),
            ..self.clone()
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

    fn bound(&self, template: &Template, shown: Shown) -> Bound {
        let least = measure(&shown.shortest);
        let any_letter = template
            .uses()
            .into_iter()
            .filter(|used| used.kind == UseKind::Variable)
            .any(|used| !self.plain.contains(&used.name) && !BUILT_IN.contains(&used.name.as_str()));
        let most = shown.longest.as_ref().map(|longest| longest.measure().part_count);
        let in_ucs2 = (shown.longest.as_ref()).filter(|_| any_letter && least.forced_by.is_none());
        Bound {
            least: least.part_count,
            ordinary: shown.ordinary.map(|measure| measure.part_count),
            most,
            most_in_ucs2: in_ucs2.map(|longest| longest.in_ucs2().part_count),
            unbounded_by: shown.unbounded_by.into_iter().collect(),
            forced_by: least.forced_by.map(|(_, c)| c),
        }
    }
}

/// The most that a text can be.
#[derive(Debug, Clone)]
pub(crate) struct Dearest {
    /// In letters of GSM-7.
    in_gsm7: String,
    /// In letters of any alphabet.
    in_ucs2: String,
    /// What stands in some branch of the text, or the form of a day, makes it UCS-2.
    is_forced: bool,
}

impl Dearest {
    pub fn measure(&self) -> Measure {
        match self.is_forced {
            true => self.in_ucs2(),
            false => measure(&self.in_gsm7),
        }
    }

    fn in_ucs2(&self) -> Measure {
        in_ucs2(&self.in_ucs2)
    }

    fn size(&self) -> (u32, usize) {
        let measure = self.measure();
        (measure.part_count, self.in_ucs2.encode_utf16().count())
    }
}

/// A text, one letter of which is of another alphabet at least.
fn in_ucs2(text: &str) -> Measure {
    let measured = measure(text);
    if measured.forced_by.is_some() {
        return measured;
    }
    let mut text = text.to_owned();
    text.pop();
    text.push('\u{15f}');
    measure(&text)
}

/// The bounds of every text of a campaign, messages before the texts of steps. Texts that are no templates are left out.
pub fn bounds(file: &CampaignFile, project: &Project) -> Vec<TextBound> {
    of_texts(file.written(), project)
}

/// The same of a crier.yaml: its messages, and the texts of its rules.
pub fn of_project(file: &ProjectFile, project: &Project) -> Vec<TextBound> {
    of_texts(&as_campaign(file), project)
}

fn of_texts(written: &Campaign, project: &Project) -> Vec<TextBound> {
    let bounds = Bounds::new(written, project.smart);
    let languages = languages_of(written, project);
    let messages = written.all_messages().flat_map(|message| {
        let of = |(name, texts)| {
            let variant = (!message.variants().is_empty()).then(|| <Spanned<String>>::clone(name).value);
            (message.name.value.clone(), variant, texts)
        };
        message.texts().into_iter().map(of).collect::<Vec<_>>()
    });
    let steps = own_texts::of(written).into_iter();
    let steps = steps.map(|(name, texts)| (name, None, texts));
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

/// How long the values of each field that says so are.
pub(crate) type Longest = BTreeMap<String, ValueLength>;

pub(crate) fn longest_of(campaign: &Campaign) -> Longest {
    let fields = campaign.fields.iter();
    let of = |field: &written::campaign::Field| {
        let stated = field.longest.as_ref().map(|longest| longest.value);
        // No value of a `bool` is longer than `false`, and no default than `longest`, which is told where one is.
        let longest = match field.kind {
            FieldType::Bool => Some(stated.map_or(5, |stated| stated.min(5))),
            _ => stated,
        };
        let length = ValueLength {
            most: usize::try_from(longest?).ok()?,
            any_letter: field.kind == FieldType::Text,
        };
        Some((field.name.value.clone(), length))
    };
    fields.filter_map(of).collect()
}

/// How many characters a value has, as `longest` counts them: the code points of Unicode, and of an ellipsis the three points
/// that it goes out as where that keeps the text GSM-7.
pub fn characters(value: &str) -> usize {
    let of = |c| if c == '\u{2026}' { 3 } else { 1 };
    value.chars().map(of).sum()
}

/// A text as it is sent at its shortest and its longest; the latter is none where a field says not how long it is.
pub(crate) struct Shown {
    pub shortest: String,
    /// Of its longest in ordinary letters, as names are made of.
    pub ordinary: Option<Measure>,
    pub longest: Option<Dearest>,
    pub unbounded_by: BTreeSet<String>,
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
    let ordinary: Option<Vec<Measure>> = all.iter().map(|shown| shown.ordinary).collect();
    let longest: Option<Vec<Dearest>> = all.iter().map(|shown| shown.longest.clone()).collect();
    Some(Shown {
        unbounded_by: all.iter().flat_map(|shown| shown.unbounded_by.clone()).collect(),
        shortest: all
            .into_iter()
            .map(|shown| shown.shortest)
            .min_by_key(|text| size(text))?,
        ordinary: ordinary.and_then(|all| all.into_iter().max_by_key(|of| (of.part_count, of.units))),
        longest: longest.and_then(|all| all.into_iter().max_by_key(Dearest::size)),
    })
}

fn shown_of(template: &Template, longest: &Longest, smart: bool) -> Shown {
    let extent = template.extent(&|name| length(name, longest));
    let plain = |text: String| match smart {
        true => smart::plain(&text).into_owned(),
        false => text,
    };
    let is_forced = |text: &str| measure(text).forced_by.is_some();
    let own_forced = is_forced(&plain(extent.own));
    let ordinary = extent.ordinary.map(plain).map(|text| match own_forced {
        true => in_ucs2(&text),
        false => measure(&text),
    });
    let dearest = extent
        .longest
        .zip(extent.longest_in_ucs2)
        .map(|(in_gsm7, in_ucs2)| {
            let in_gsm7 = plain(in_gsm7);
            Dearest {
                is_forced: own_forced || is_forced(&in_gsm7),
                in_gsm7,
                in_ucs2: plain(in_ucs2),
            }
        });
    Shown {
        shortest: plain(extent.shortest),
        ordinary,
        longest: dearest,
        unbounded_by: extent.unbounded_by,
    }
}

/// How long a value is; none where nobody says.
pub(crate) fn length(name: &str, longest: &Longest) -> Option<ValueLength> {
    let plain = |most| {
        Some(ValueLength {
            most,
            any_letter: false,
        })
    };
    match name {
        // What every text may use has its length too.
        "phone" => plain(16),
        "country" | "language" => plain(5),
        "timezone" => plain(32),
        name => longest.get(name).copied(),
    }
}

#[cfg(test)]
mod tests;
