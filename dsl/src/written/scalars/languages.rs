//! The tags of languages, and what people write in their place.

use super::{Refusal, none_of};
use crate::diagnostic::Applicability;
use crate::values::Language;

/// How some people name their language.
const LANGUAGE_NAMES: &[(&str, &str)] = &[
    ("english", "en"),
    ("italian", "it"),
    ("italiano", "it"),
    ("spanish", "es"),
    ("french", "fr"),
    ("german", "de"),
    ("deutsch", "de"),
    ("portuguese", "pt"),
    ("dutch", "nl"),
    ("norwegian", "no"),
];

/// The tag of a language that is called so.
pub(crate) fn language_called(text: &str) -> Option<&'static str> {
    let wanted = text.to_lowercase();
    let mut names = LANGUAGE_NAMES.iter();
    names.find(|(name, _)| *name == wanted).map(|(_, tag)| *tag)
}

/// Tags of three letters of languages that have one of two, by which people are asked for.
const OF_THREE: [(&str, &str); 24] = [
    ("ara", "ar"),
    ("ces", "cs"),
    ("chi", "zh"),
    ("dan", "da"),
    ("deu", "de"),
    ("dut", "nl"),
    ("ell", "el"),
    ("eng", "en"),
    ("fin", "fi"),
    ("fra", "fr"),
    ("fre", "fr"),
    ("ger", "de"),
    ("hun", "hu"),
    ("ita", "it"),
    ("jpn", "ja"),
    ("nld", "nl"),
    ("nor", "no"),
    ("pol", "pl"),
    ("por", "pt"),
    ("ron", "ro"),
    ("rus", "ru"),
    ("spa", "es"),
    ("swe", "sv"),
    ("tur", "tr"),
];

/// The languages of ISO 639-1, as the Library of Congress lists them: https://www.loc.gov/standards/iso639-2/php/code_list.php
const OF_TWO: &str = "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz \
                      ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig \
                      ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg \
                      mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn \
                      ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts \
                      tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// What countries are called, where that is the tag of no language.
const OF_COUNTRIES: [(&str, &str); 21] = [
    ("al", "sq"),
    ("at", "de"),
    ("cn", "zh"),
    ("cz", "cs"),
    ("dk", "da"),
    ("gb", "en"),
    ("gr", "el"),
    ("il", "he"),
    ("in", "id"),
    ("iw", "he"),
    ("jp", "ja"),
    ("kp", "ko"),
    ("kz", "kk"),
    ("md", "ro"),
    ("mx", "es"),
    ("pk", "ur"),
    ("rs", "sr"),
    ("sp", "es"),
    ("ua", "uk"),
    ("us", "en"),
    ("vn", "vi"),
];

/// Whether the language of a tag exists. Those of three letters are thousands, and none is told.
pub(crate) fn exists(tag: &Language) -> bool {
    let language = tag.without_region();
    let language = language.as_str();
    language.len() != 2 || OF_TWO.split(' ').any(|two| two == language)
}

pub(super) fn language(text: &str) -> Result<(), Refusal> {
    let of_three = OF_THREE.iter().find(|(tag, _)| text.eq_ignore_ascii_case(tag));
    let tag = Language::new(text);
    if tag.as_ref().is_some_and(exists) && of_three.is_none() {
        return Ok(());
    }
    if let Some(tag) = tag.filter(|tag| !exists(tag)) {
        let meant = OF_COUNTRIES.iter().find(|(country, _)| *country == tag.as_str());
        let meant = meant.map(|(_, language)| (*language, Applicability::Unsure));
        let message = format!("there is no language \"{tag}\"");
        return Err(none_of("unknown-language", message, meant, || {
            "write its tag of ISO 639: `it`, `en`, `pt-BR`".into()
        }));
    }
    let meant = language_called(text).or(of_three.map(|(_, tag)| *tag));
    let meant = meant.map(|tag| (tag, Applicability::Safe));
    let message = format!("\"{text}\" is not the tag of a language");
    Err(none_of("unknown-language", message, meant, || {
        match text.contains(' ') {
            true => "put commas between languages: `[it, en]`".into(),
            false => "write its tag: `it`, `en`, `pt-BR`".into(),
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tag_that_is_proposed_is_one() {
        let three = OF_THREE.iter().chain(&OF_COUNTRIES).chain(LANGUAGE_NAMES);
        for (written, tag) in three {
            assert!(language(tag).is_ok(), "{tag}");
            assert!(language(written).is_err(), "{written}");
        }
    }
}
