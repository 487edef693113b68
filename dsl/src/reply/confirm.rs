//! The text that answers an opt-out, for projects that state none. One part of GSM-7, the same for everybody: it may
//! say nothing but that no more will come.

/// By language; the first is the fallback.
const TEXTS: [(&str, &str); 4] = [
    ("en", "You have opted out and will get no more messages from us."),
    ("es", "Su baja queda registrada: no le enviaremos otro mensaje."),
    (
        "fr",
        "Votre demande est enregistrée : vous ne recevrez plus de messages de notre part.",
    ),
    ("it", "Richiesta registrata: non riceverai più messaggi da noi."),
];

/// The language that is used, and the confirmation in it: that of `language` (a region after it does not count:
/// `fr-CA` is `fr`), else English.
pub fn confirmation(language: &str) -> (&'static str, &'static str) {
    let wanted = super::words::primary(language);
    TEXTS
        .into_iter()
        .find(|(language, _)| *language == wanted)
        .unwrap_or(TEXTS[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confirmation_is_in_the_language_or_in_english() {
        let table = [
            ("it", "it"),
            ("es-MX", "es"),
            ("IT", "it"),
            ("fr-CA", "fr"),
            ("fr_CA", "fr"),
            ("de", "en"),
            ("", "en"),
            ("é", "en"),
        ];
        for (language, expected) in table {
            assert_eq!(confirmation(language).0, expected, "{language}");
        }
    }

    #[test]
    fn every_confirmation_is_one_part_of_gsm7() {
        for (language, text) in TEXTS {
            let measure = sms::parts::measure(text);
            assert_eq!(
                (measure.encoding, measure.part_count),
                (sms::Encoding::Gsm7, 1),
                "{language}"
            );
        }
    }
}
