//! How providers are reached: as crier.yaml says now, whatever it said when a launch began. Addresses, rates and time-outs
//! are mended while a launch waits for them; who is texted what, and from what, is as it was.

use dsl::project::{Project, Provider, Sender};

/// The project that a launch began with, its providers reached as they are now.
///
/// An account keeps its kind, and a sender the accounts that it had, in their order, since messages in doubt know theirs by
/// its place: further ones may be added behind them.
pub fn reached_as(began: &Project, now: &Project) -> Project {
    let mut project = began.clone();
    for (name, provider) in &mut project.providers {
        if let Some(own) = now.providers.get(name).filter(|own| is_same_kind(provider, own)) {
            *provider = own.clone();
        }
    }
    for (name, sender) in &mut project.senders {
        let Some(own) = now.senders.get(name).filter(|own| goes_on(sender, own)) else {
            continue;
        };
        sender.rate = own.rate;
        for added in &own.then[sender.then.len()..] {
            let provider = now.providers.get(added).cloned();
            let provider =
                provider.map(|provider| project.providers.entry(added.clone()).or_insert(provider));
            if provider.is_none() {
                break;
            }
            sender.then.push(added.clone());
        }
    }
    project
}

fn is_same_kind(one: &Provider, other: &Provider) -> bool {
    matches!(
        (one, other),
        (Provider::Simulated(_), Provider::Simulated(_)) | (Provider::Carrier(_), Provider::Carrier(_))
    )
}

/// Whether it is the same sender, with the accounts that it had and perhaps further ones.
fn goes_on(began: &Sender, now: &Sender) -> bool {
    began.address == now.address && began.provider == now.provider && now.then.starts_with(&began.then)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use expect_test::expect;

    use super::*;

    const BEGAN: &str = "
crier: 1
providers:
  main: { kind: carrier, url: \"http://127.0.0.1:8025\", rate: 100/s }
  spare: { kind: carrier, url: \"http://127.0.0.1:8026\" }
  trial: { kind: simulated }
senders:
  desk: { number: \"+12125550100\", provider: main, rate: 50/s }
  shop: { number: \"+12125550101\", provider: main, then: [spare] }
";

    fn project(text: &str) -> Project {
        let checked = dsl::check_project(&dsl::parse_project(text), "test");
        checked
            .value
            .unwrap_or_else(|| panic!("{:?}", checked.diagnostics))
    }

    #[test]
    fn addresses_rates_and_further_accounts_are_those_of_now() {
        let edits: [(&str, &str, &str); 8] = [
            (
                "another port and rate",
                "8025\", rate: 100/s",
                "8099\", rate: 20/s",
            ),
            ("another rate of a sender", "rate: 50/s", "rate: 5/s"),
            (
                "a further account",
                "main, rate: 50/s",
                "main, rate: 50/s, then: [spare]",
            ),
            ("behind one there is", "then: [spare]", "then: [spare, trial]"),
            (
                "another one in its place",
                "provider: main, then: [spare]",
                "provider: trial, then: [spare]",
            ),
            ("one before it", "then: [spare]", "then: [trial, spare]"),
            (
                "another number",
                "\"+12125550100\", provider: main, rate: 50/s",
                "\"+12125550102\", provider: main, rate: 5/s",
            ),
            (
                "another kind",
                "spare: { kind: carrier, url: \"http://127.0.0.1:8026\" }",
                "spare: { kind: simulated }",
            ),
        ];
        let mut told = String::new();
        for (what, from, to) in edits {
            assert!(BEGAN.contains(from), "{from}");
            let reached = reached_as(&project(BEGAN), &project(&BEGAN.replace(from, to)));
            let _ = writeln!(told, "{what}");
            for (name, provider) in &reached.providers {
                if let Provider::Carrier(carrier) = provider {
                    let _ = write!(told, "  {name} {} {:?}", carrier.url, carrier.rate);
                }
            }
            for (name, sender) in &reached.senders {
                let rate = sender.rate;
                let _ = write!(
                    told,
                    "\n  {name} {} then {:?} {rate:?}",
                    sender.provider, sender.then
                );
            }
            let _ = writeln!(told);
        }
        expect![[r#"
            another port and rate
              main http://127.0.0.1:8099 Some(Rate { per_second: 20.0 })  spare http://127.0.0.1:8026 None
              desk main then [] Some(Rate { per_second: 50.0 })
              shop main then ["spare"] None
            another rate of a sender
              main http://127.0.0.1:8025 Some(Rate { per_second: 100.0 })  spare http://127.0.0.1:8026 None
              desk main then [] Some(Rate { per_second: 5.0 })
              shop main then ["spare"] None
            a further account
              main http://127.0.0.1:8025 Some(Rate { per_second: 100.0 })  spare http://127.0.0.1:8026 None
              desk main then ["spare"] Some(Rate { per_second: 50.0 })
              shop main then ["spare"] None
            behind one there is
              main http://127.0.0.1:8025 Some(Rate { per_second: 100.0 })  spare http://127.0.0.1:8026 None
              desk main then [] Some(Rate { per_second: 50.0 })
              shop main then ["spare", "trial"] None
            another one in its place
              main http://127.0.0.1:8025 Some(Rate { per_second: 100.0 })  spare http://127.0.0.1:8026 None
              desk main then [] Some(Rate { per_second: 50.0 })
              shop main then ["spare"] None
            one before it
              main http://127.0.0.1:8025 Some(Rate { per_second: 100.0 })  spare http://127.0.0.1:8026 None
              desk main then [] Some(Rate { per_second: 50.0 })
              shop main then ["spare"] None
            another number
              main http://127.0.0.1:8025 Some(Rate { per_second: 100.0 })  spare http://127.0.0.1:8026 None
              desk main then [] Some(Rate { per_second: 50.0 })
              shop main then ["spare"] None
            another kind
              main http://127.0.0.1:8025 Some(Rate { per_second: 100.0 })  spare http://127.0.0.1:8026 None
              desk main then [] Some(Rate { per_second: 50.0 })
              shop main then ["spare"] None
        "#]]
        .assert_eq(&told);
    }
}
