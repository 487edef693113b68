//! Where words hold, and which are too common.

use expect_test::expect;

use super::{check, words};

#[test]
fn words_hold_by_country_and_language() {
    check(
        &words("", &[]),
        &["STOP", "cancel", "arret", "opt out"],
        expect![[r#"
            STOP | opts out by stop
            cancel | other
            arret | other
            opt out | other
        "#]],
    );
    let cancel = ["cancel", "END", "Quit", "revoke", "opt out", "optout"];
    check(
        &words("US", &[]),
        &cancel,
        expect![[r#"
            cancel | opts out by cancel
            END | opts out by end
            Quit | opts out by quit
            revoke | opts out by revoke
            opt out | opts out by opt out
            optout | opts out by opt out
        "#]],
    );
    check(
        &words("GB", &["fr", "it"]),
        &cancel,
        expect![[r#"
            cancel | other
            END | other
            Quit | other
            revoke | other
            opt out | other
            optout | other
        "#]],
    );
    check(
        &words("GB", &["en-GB"]),
        &["Opt-out", "end"],
        expect![[r#"
            Opt-out | opts out by opt out
            end | other
        "#]],
    );
    check(
        &words("IT", &["de"]),
        &["arret", "basta", "STOPP!", "abmelden bitte"],
        expect![[r#"
            arret | other
            basta | opts out by basta
            STOPP! | opts out by stopp
            abmelden bitte | opts out by abmelden
        "#]],
    );
    check(
        &words("CA", &["en"]),
        &["arrêt", "aide", "cancel"],
        expect![[r#"
            arrêt | opts out by arret
            aide | help
            cancel | other
        "#]],
    );
    check(
        &words("NO", &["no"]),
        &["Meld meg av, takk"],
        expect![[r#"
            Meld meg av, takk | opts out by meld meg av
        "#]],
    );
    check(
        &words("GR", &["el"]),
        &["ΔΙΑΓΡΑΦΗ", "διαγραφή παρακαλώ", "η διαγραφή έγινε;", "ΣΤΟΠ"],
        expect![[r#"
            ΔΙΑΓΡΑΦΗ | opts out by διαγραφή
            διαγραφή παρακαλώ | opts out by διαγραφή
            η διαγραφή έγινε; | other
            ΣΤΟΠ | opts out by στοπ
        "#]],
    );
    check(
        &words("TR", &["tr"]),
        &["RET", "ret cevabı", "aboneliğimi İPTAL et", "iptal"],
        expect![[r#"
            RET | opts out by ret
            ret cevabı | other
            aboneliğimi İPTAL et | opts out by aboneliğimi iptal et
            iptal | other
        "#]],
    );
}

#[test]
fn project_and_campaign_have_words_of_their_own() {
    let own = words("IT", &["en"]).and_opt_outs(["Non scrivetemi", "esci (alone)", "🚫", ""]);
    check(
        &own,
        &[
            "non scrivetemi più",
            "NON SCRIVETEMI!",
            "esci",
            "a che ora si esce, esci?",
            "🚫",
            "",
        ],
        expect![[r#"
            non scrivetemi più | contains Non scrivetemi
            NON SCRIVETEMI! | opts out by Non scrivetemi
            esci | opts out by esci
            a che ora si esce, esci? | other
            🚫 | other
             | other
        "#]],
    );
}

#[test]
fn common_word_opts_out_only_alone() {
    let texts = [
        "Basta!",
        "basta, grazie",
        "Mi basta sapere l'ora",
        "Basta messaggi!",
        "ora basta messaggi",
        "cancella",
        "annulla",
    ];
    check(
        &words("IT", &["it"]),
        &texts,
        expect![[r#"
            Basta! | opts out by basta
            basta, grazie | opts out by basta
            Mi basta sapere l\'ora | other
            Basta messaggi! | opts out by basta messaggi
            ora basta messaggi | contains basta messaggi
            cancella | other
            annulla | other
        "#]],
    );
}
