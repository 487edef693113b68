//! Answers that machines give: out of office, driving, "we will get back to you". The whole message must begin with such
//! a phrase, as their files have it; what people write themselves is worth more than what is saved by guessing.

use super::fold::tokens;
use super::lists::AUTOMATIC;

/// Whether a machine wrote it, in any language.
pub(super) fn is(text: &str) -> bool {
    let tokens = tokens(text);
    AUTOMATIC.iter().any(|phrase| tokens.starts_with(phrase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_are_told_from_people() {
        let table = [
            ("[Auto-Reply] I'm away", true),
            ("Automatic reply: back on Monday. Reply STOP to opt out", true),
            (
                "I\u{2019}m driving with Focus turned on. I\u{2019}ll see your message later.",
                true,
            ),
            (
                "(I'm not receiving notifications. If this is urgent, reply \"urgent\")",
                true,
            ),
            ("Risposta automatica: sono in ferie", true),
            ("Abwesenheitsnotiz: zurück am 3.1.", true),
            ("I am currently driving and will reply later", true),
            ("I'm driving, can we do 5?", false),
            ("I'm currently driving, can we do 5?", false),
            ("Out of the office today, can we move?", false),
            ("Is this an automatic reply?", false),
            ("Thank you for contacting me, I'll come", false),
            ("", false),
        ];
        for (text, expected) in table {
            assert_eq!(is(text), expected, "{text}");
        }
    }

    #[test]
    fn no_phrase_is_a_single_common_word() {
        for phrase in AUTOMATIC.iter() {
            assert!(phrase.concat().chars().count() >= 8, "{phrase:?}");
        }
    }
}
