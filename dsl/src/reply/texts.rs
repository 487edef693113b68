//! The texts that the engine itself answers with, for projects that state none: to an opt-out, a call for help, an
//! opt-in. One part each, in GSM-7 where the language can be written so: Polish, Czech, Romanian, Hungarian and Turkish
//! without their marks, as people text them.

use super::lists::primary;
use crate::values::Language;

/// What is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Confirms an opt-out. It may say nothing but that no more will come.
    OptOut,
    /// To a help word.
    Help,
    /// Confirms that somebody who had opted out gets texts again.
    OptIn,
}

impl Answer {
    /// Its name under `messages` of crier.yaml; an opt-in has none.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Answer::OptOut => Some("opt-out"),
            Answer::Help => Some("help"),
            Answer::OptIn => None,
        }
    }

    /// The text in a language: the project's own, where it has one, else the built-in one. `own` is by language; one
    /// without region stands for all its regions, the first for all other languages.
    pub fn text<'a>(self, language: &str, own: &'a [(Language, String)]) -> &'a str {
        let wanted = Language::new(language);
        let find = |wanted: &Language| own.iter().find(|(language, _)| language == wanted);
        let exact = wanted.as_ref().and_then(find);
        let wide = || find(&wanted.as_ref()?.without_region());
        match exact.or_else(wide).or(own.first()) {
            Some((_, text)) => text,
            None => self.built_in(language).1,
        }
    }

    /// The language that is used, and the built-in text in it: that of `language` (a region after it does not count:
    /// `fr-CA` is `fr`), else English.
    pub fn built_in(self, language: &str) -> (&'static str, &'static str) {
        let wanted = primary(language);
        let texts = TEXTS.iter().find(|texts| texts.language == wanted);
        let texts = texts.unwrap_or(&TEXTS[0]);
        let text = match self {
            Answer::OptOut => texts.opt_out,
            Answer::Help => texts.help,
            Answer::OptIn => texts.opt_in,
        };
        (texts.language, text)
    }
}

/// The built-in answer to an opt-out, and its language.
pub fn confirmation(language: &str) -> (&'static str, &'static str) {
    Answer::OptOut.built_in(language)
}

struct Texts {
    language: &'static str,
    opt_out: &'static str,
    help: &'static str,
    opt_in: &'static str,
}

/// By language; the first is the fallback.
const TEXTS: [Texts; 17] = [
    Texts {
        language: "en",
        opt_out: "You have opted out and will get no more messages from us.",
        help: "You get messages from us at this number. Reply STOP to get no more.",
        opt_in: "You have opted in again and will get messages from us. Reply STOP to get no more.",
    },
    Texts {
        language: "cs",
        opt_out: "Odhlaseni prijato: dalsi zpravy uz posilat nebudeme.",
        help: "Na toto cislo vam posilame zpravy. Pokud je nechcete, odpovezte STOP.",
        opt_in: "Prihlaseni prijato: zpravy vam budeme opet posilat. Pokud je nechcete, odpovezte STOP.",
    },
    Texts {
        language: "da",
        opt_out: "Du er afmeldt og får ikke flere beskeder fra os.",
        help: "Du får beskeder fra os på dette nummer. Svar STOP for ikke at få flere.",
        opt_in: "Du er tilmeldt igen og får beskeder fra os. Svar STOP for ikke at få flere.",
    },
    Texts {
        language: "de",
        opt_out: "Sie sind abgemeldet und erhalten keine Nachrichten mehr von uns.",
        help: "Sie erhalten Nachrichten von uns an diese Nummer. Mit der Antwort STOP erhalten Sie keine mehr.",
        opt_in: "Sie sind wieder angemeldet und erhalten Nachrichten von uns. Mit der Antwort STOP erhalten Sie keine mehr.",
    },
    Texts {
        language: "el",
        opt_out: "Η διαγραφή έγινε: δεν θα λάβετε άλλα μηνύματα από εμάς.",
        help: "Λαμβάνετε τα μηνύματά μας. Για διακοπή απαντήστε STOP.",
        opt_in: "Θα λαμβάνετε ξανά τα μηνύματά μας. Για διακοπή απαντήστε STOP.",
    },
    Texts {
        language: "es",
        opt_out: "Su baja queda registrada: no le enviaremos otro mensaje.",
        help: "Usted recibe mensajes nuestros. Para darse de baja, responda STOP o BAJA.",
        opt_in: "Su alta queda registrada: le enviaremos mensajes otra vez. Para darse de baja, responda STOP o BAJA.",
    },
    Texts {
        language: "fi",
        opt_out: "Olet poistunut listalta etkä saa meiltä enää viestejä.",
        help: "Saat meiltä viestejä tähän numeroon. Vastaa STOP, jos et halua niitä enää.",
        opt_in: "Olet taas listalla ja saat meiltä viestejä. Vastaa STOP, jos et halua niitä enää.",
    },
    Texts {
        language: "fr",
        opt_out: "Votre demande est enregistrée : vous ne recevrez plus de messages de notre part.",
        help: "Vous recevez nos messages sur ce numéro. Pour ne plus en recevoir, répondez STOP.",
        opt_in: "Votre inscription est enregistrée : vous recevrez de nouveau nos messages. Pour ne plus en recevoir, répondez STOP.",
    },
    Texts {
        language: "hu",
        opt_out: "Leiratkozasat rogzitettuk: tobb uzenetet nem kuldunk.",
        help: "Erre a szamra uzeneteket kuldunk. Ha nem ker tobbet, valaszoljon: STOP.",
        opt_in: "Feliratkozasat rogzitettuk: ismet kuldunk uzeneteket. Ha nem ker tobbet, valaszoljon: STOP.",
    },
    Texts {
        language: "it",
        opt_out: "Richiesta registrata: non riceverai più messaggi da noi.",
        help: "Ricevi i nostri messaggi su questo numero. Per non riceverne più rispondi STOP.",
        opt_in: "Iscrizione registrata: riceverai di nuovo i nostri messaggi. Per non riceverne più rispondi STOP.",
    },
    Texts {
        language: "nb",
        opt_out: "Du er avmeldt og får ikke flere meldinger fra oss.",
        help: "Du får meldinger fra oss på dette nummeret. Svar STOP for å slippe flere.",
        opt_in: "Du er påmeldt igjen og får meldinger fra oss. Svar STOP for å slippe flere.",
    },
    Texts {
        language: "nl",
        opt_out: "U bent afgemeld en krijgt geen berichten meer van ons.",
        help: "U krijgt berichten van ons op dit nummer. Antwoord STOP om er geen meer te krijgen.",
        opt_in: "U bent weer aangemeld en krijgt berichten van ons. Antwoord STOP om er geen meer te krijgen.",
    },
    Texts {
        language: "pl",
        opt_out: "Rezygnacja przyjeta: nie wyslemy wiecej wiadomosci.",
        help: "Otrzymujesz od nas wiadomosci na ten numer. Aby zrezygnowac, odpisz STOP.",
        opt_in: "Zapis przyjety: znow bedziesz otrzymywac nasze wiadomosci. Aby zrezygnowac, odpisz STOP.",
    },
    Texts {
        language: "pt",
        opt_out: "Cancelamento registrado: nossas mensagens param por aqui.",
        help: "Nossas mensagens chegam a este celular. Para parar de receber, responda SAIR ou STOP.",
        opt_in: "Cadastro registrado: nossas mensagens voltam a chegar. Para parar de receber, responda SAIR ou STOP.",
    },
    Texts {
        language: "ro",
        opt_out: "Dezabonare inregistrata: nu veti mai primi mesaje de la noi.",
        help: "Primiti mesaje de la noi pe acest numar. Pentru a nu mai primi, raspundeti STOP.",
        opt_in: "Abonare inregistrata: veti primi din nou mesaje de la noi. Pentru a nu mai primi, raspundeti STOP.",
    },
    Texts {
        language: "sv",
        opt_out: "Du är avregistrerad och får inga fler meddelanden från oss.",
        help: "Du får meddelanden från oss till detta nummer. Svara STOP för att inte få fler.",
        opt_in: "Du är registrerad igen och får meddelanden från oss. Svara STOP för att inte få fler.",
    },
    Texts {
        language: "tr",
        opt_out: "Talebiniz kaydedildi: bizden artik mesaj almayacaksiniz.",
        help: "Bu numaraya mesaj gonderiyoruz. Almamak icin RET veya STOP yazin.",
        opt_in: "Kaydiniz yenilendi: mesajlarimizi yeniden alacaksiniz. Almamak icin RET veya STOP yazin.",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Answer; 3] = [Answer::OptOut, Answer::Help, Answer::OptIn];

    #[test]
    fn built_in_text_is_in_the_language_or_in_english() {
        let table = [
            ("it", "it"),
            ("es-MX", "es"),
            ("IT", "it"),
            ("fr-CA", "fr"),
            ("fr_CA", "fr"),
            ("no", "nb"),
            ("is", "en"),
            ("", "en"),
            ("é", "en"),
        ];
        for (language, expected) in table {
            assert_eq!(confirmation(language).0, expected, "{language}");
        }
    }

    #[test]
    fn project_replaces_the_built_in_texts() {
        let tag = |tag| Language::new(tag).expect("a tag");
        let own = [(tag("it"), "Fatto".to_owned()), (tag("en"), "Done".to_owned())];
        let table = [("en-GB", "Done"), ("it", "Fatto"), ("de", "Fatto"), ("", "Fatto")];
        for (language, expected) in table {
            assert_eq!(Answer::OptOut.text(language, &own), expected, "{language}");
        }
        assert_eq!(Answer::Help.text("de-AT", &[]), Answer::Help.built_in("de").1);
    }

    #[test]
    fn every_text_is_one_part_and_all_but_greek_are_gsm7() {
        for texts in &TEXTS {
            for answer in ALL {
                let (language, text) = answer.built_in(texts.language);
                assert_eq!(language, texts.language);
                let measure = sms::parts::measure(text);
                assert_eq!(measure.part_count, 1, "{language} {text}");
                let plain = measure.encoding == sms::Encoding::Gsm7;
                assert_eq!(plain, language != "el", "{language} {text}");
            }
        }
    }

    /// A handset that answers by itself must not be able to keep this going.
    #[test]
    fn help_and_opt_in_name_the_way_out() {
        for texts in &TEXTS {
            assert!(
                texts.help.contains("STOP") && texts.opt_in.contains("STOP"),
                "{}",
                texts.language
            );
        }
    }
}
