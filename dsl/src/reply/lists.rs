//! The files of words beside: one for everybody, one a country, one a language, each in sections: `opt-out`, `polite` and so
//! on. A new file needs a line here.

use std::sync::LazyLock;

use super::fold::tokens;

/// Who the words of a file are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    Everywhere,
    /// ISO 3166 letters.
    Country(&'static str),
    /// A tag without region.
    Language(&'static str),
}

/// A file of words.
#[derive(Debug)]
pub(super) struct File {
    pub scope: Scope,
    text: &'static str,
}

/// All files.
pub(super) const FILES: [File; 20] = [
    file(Scope::Everywhere, include_str!("words/everywhere.txt")),
    file(Scope::Country("CA"), include_str!("words/country-ca.txt")),
    file(Scope::Country("US"), include_str!("words/country-us.txt")),
    file(Scope::Language("cs"), include_str!("words/language-cs.txt")),
    file(Scope::Language("da"), include_str!("words/language-da.txt")),
    file(Scope::Language("de"), include_str!("words/language-de.txt")),
    file(Scope::Language("el"), include_str!("words/language-el.txt")),
    file(Scope::Language("en"), include_str!("words/language-en.txt")),
    file(Scope::Language("es"), include_str!("words/language-es.txt")),
    file(Scope::Language("fi"), include_str!("words/language-fi.txt")),
    file(Scope::Language("fr"), include_str!("words/language-fr.txt")),
    file(Scope::Language("hu"), include_str!("words/language-hu.txt")),
    file(Scope::Language("it"), include_str!("words/language-it.txt")),
    file(Scope::Language("nb"), include_str!("words/language-nb.txt")),
    file(Scope::Language("nl"), include_str!("words/language-nl.txt")),
    file(Scope::Language("pl"), include_str!("words/language-pl.txt")),
    file(Scope::Language("pt"), include_str!("words/language-pt.txt")),
    file(Scope::Language("ro"), include_str!("words/language-ro.txt")),
    file(Scope::Language("sv"), include_str!("words/language-sv.txt")),
    file(Scope::Language("tr"), include_str!("words/language-tr.txt")),
];

const fn file(scope: Scope, text: &'static str) -> File {
    File { scope, text }
}

impl File {
    /// The lines of a section that are no comment and not empty.
    pub fn section(&self, wanted: &str) -> impl Iterator<Item = &'static str> {
        let lines = self.text.lines().map(str::trim);
        let heading =
            move |line: &&str| line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) == Some(wanted);
        lines
            .skip_while(move |line| !heading(line))
            .skip(1)
            .take_while(|line| !line.starts_with('['))
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
    }
}

/// A section of all files together.
pub(super) fn everywhere(section: &str) -> impl Iterator<Item = &'static str> {
    FILES.iter().flat_map(move |file| file.section(section))
}

/// The country whose rules on opting out hold in one: those of the United States hold in their territories (47 U.S.C. 153(58)).
pub(super) fn law_of(country: &str) -> &str {
    match country {
        "AS" | "GU" | "MP" | "PR" | "VI" => "US",
        country => country,
    }
}

/// The official languages of a country for which there is a file beside, that of the United States being in its own. Source:
/// Unicode CLDR, supplemental data, territories and their languages.
pub(super) fn written_in(country: &str) -> &'static [&'static str] {
    match country {
        "AR" | "BO" | "CL" | "CO" | "CR" | "CU" | "DO" | "EC" | "ES" | "GQ" | "GT" | "HN" | "MX" | "NI"
        | "PA" | "PE" | "PY" | "SV" | "UY" | "VE" => &["es"],
        "AO" | "BR" | "CV" | "GW" | "MZ" | "PT" | "ST" | "TL" => &["pt"],
        "AT" | "DE" | "LI" => &["de"],
        "BE" => &["nl", "fr", "de"],
        "CH" => &["de", "fr", "it"],
        "CY" => &["el", "tr"],
        "CZ" => &["cs"],
        "DK" | "FO" | "GL" => &["da"],
        "FI" | "AX" => &["fi", "sv"],
        "FR" | "GF" | "GP" | "MC" | "MQ" | "NC" | "PF" | "RE" | "YT" => &["fr"],
        "GR" => &["el"],
        "HU" => &["hu"],
        "IT" | "SM" | "VA" => &["it"],
        "LU" => &["fr", "de"],
        "MD" | "RO" => &["ro"],
        "NL" | "SR" | "AW" | "CW" | "SX" => &["nl"],
        "NO" | "SJ" => &["nb"],
        "PL" => &["pl"],
        "SE" => &["sv"],
        "TR" => &["tr"],
        _ => &[],
    }
}

/// The language of a tag without its region, under the name of its file: `pt-BR` is `pt`, `no` and `nn` are `nb`.
pub(super) fn primary(tag: &str) -> String {
    let tag = tag.trim().split(['-', '_']).next().unwrap_or_default();
    match tag.to_ascii_lowercase() {
        tag if matches!(tag.as_str(), "no" | "nn") => "nb".to_owned(),
        tag => tag,
    }
}

/// Phrases, each in tokens.
pub(super) type Phrases = Vec<Vec<String>>;

fn phrases(section: &str) -> Phrases {
    everywhere(section).map(tokens).collect()
}

pub(super) static POLITE: LazyLock<Phrases> = LazyLock::new(|| phrases("polite"));
pub(super) static SIGNATURES: LazyLock<Phrases> = LazyLock::new(|| phrases("signature"));
pub(super) static AUTOMATIC: LazyLock<Phrases> = LazyLock::new(|| phrases("automatic"));
pub(super) static OBJECTS: LazyLock<Phrases> = LazyLock::new(|| phrases("object"));

#[cfg(test)]
mod tests {
    use super::*;

    const SECTIONS: [&str; 10] = [
        "opt-out",
        "help",
        "opt-in",
        "yes",
        "no",
        "polite",
        "signature",
        "automatic",
        "reaction",
        "object",
    ];

    #[test]
    fn every_file_has_a_source_and_sections_that_exist() {
        for File { scope, text } in &FILES {
            assert!(text.starts_with("# "), "{scope:?}");
            let headings = text.lines().filter_map(|line| line.strip_prefix('['));
            let headings: Vec<&str> = headings.map(|heading| heading.trim_end_matches(']')).collect();
            assert!(!headings.is_empty(), "{scope:?}");
            for heading in &headings {
                assert!(SECTIONS.contains(heading), "{scope:?} {heading}");
                let twice = headings.iter().filter(|other| *other == heading).count();
                assert_eq!(twice, 1, "{scope:?} {heading}");
            }
        }
    }

    #[test]
    fn every_section_of_a_file_has_words_and_every_country_exists() {
        for file in &FILES {
            for section in SECTIONS
                .iter()
                .filter(|section| file.text.contains(&format!("[{section}]")))
            {
                assert!(
                    file.section(section).next().is_some(),
                    "{:?} {section}",
                    file.scope
                );
            }
            match file.scope {
                Scope::Everywhere => {}
                Scope::Country(code) => assert!(sms::Region::new(code).is_some(), "{code}"),
                Scope::Language(tag) => assert_eq!(primary(tag), tag),
            }
        }
    }

    #[test]
    fn tags_are_told_without_their_region() {
        let table = [
            ("pt-BR", "pt"),
            ("fr_CA", "fr"),
            ("NO", "nb"),
            ("nn-NO", "nb"),
            ("", ""),
        ];
        for (tag, expected) in table {
            assert_eq!(primary(tag), expected, "{tag}");
        }
    }
}
