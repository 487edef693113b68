//! Inboxes can be delivered to: a phone is one, and there is a sender to text it; a webhook is at a host that the policy allows;
//! the mail server is known, with a login or without.

use super::hosts;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::project::{self, HookUrl, MailLogin, MailServer};
use crate::written::nearest::listed;
use crate::written::project::{Inbox, Mail, Project};
use crate::written::tables::LOGIN;
use crate::written::{Spanned, quoted};

pub(super) fn check(file: &Project, found: &mut Vec<Diagnostic>) {
    let region = file.region.as_ref().map(|region| region.value);
    for inbox in &file.inboxes {
        if let Some(phone) = &inbox.phone {
            found.extend(bad_phone(phone, region));
            found.extend(nobody_texts(file, phone));
        }
        found.extend(inbox.url.as_ref().and_then(|url| bad_url(file, url)));
    }
    if let Some(mail) = &file.mail {
        found.extend(mail.smtp.as_ref().and_then(bad_server));
        let login = half_a_login(mail, found);
        found.extend(login);
    }
}

/// An inbox as meant.
pub(super) fn meant(inbox: &Inbox, region: Option<sms::Region>) -> project::Inbox {
    let named = |name: &Option<Spanned<String>>| name.as_ref().map(|name| name.value.clone());
    if let Some(email) = named(&inbox.email) {
        return project::Inbox::Email(email);
    }
    if let Some(phone) = named(&inbox.phone) {
        let parsed = sms::PhoneNumber::parse(&phone, region);
        return parsed.map_or(project::Inbox::Unknown, |parsed| {
            project::Inbox::Phone(parsed.number)
        });
    }
    let url = named(&inbox.url).map(HookUrl::Stated);
    if let Some(url) = url.or(named(&inbox.url_env).map(HookUrl::Env)) {
        let secret_env = named(&inbox.secret_env);
        return project::Inbox::Webhook { url, secret_env };
    }
    named(&inbox.slack_url_env).map_or(project::Inbox::Unknown, project::Inbox::Slack)
}

/// How mail leaves, as meant.
pub(super) fn meant_mail(mail: &Mail) -> Option<project::Mail> {
    let login = mail.user.as_ref().zip(mail.password_env.as_ref());
    Some(project::Mail {
        server: MailServer::parse(&mail.smtp.as_ref()?.value)?,
        login: login.map(|(user, password)| MailLogin {
            user: user.value.clone(),
            password_env: password.value.clone(),
        }),
        from: mail.from.as_ref()?.value.clone(),
    })
}

fn bad_phone(phone: &Spanned<String>, region: Option<sms::Region>) -> Option<Diagnostic> {
    let error = sms::PhoneNumber::parse(&phone.value, region).err()?;
    let found = Diagnostic::error("bad-sender", phone.span.clone(), error.to_string());
    Some(with_a_plus(found, &phone.value))
}

/// How a number is written, and of digits that are one behind a plus that one.
pub(super) fn with_a_plus(found: Diagnostic, written: &str) -> Diagnostic {
    let meant = sms::PhoneNumber::parse(&format!("+{written}"), None);
    match meant.ok().filter(|_| !written.starts_with('+')) {
        Some(meant) => {
            let right = quoted(&meant.number.to_string());
            let span = found.span.clone();
            found
                .help(format!("write the full number in quotes: {right}"))
                .replace(span, right, Applicability::Unsure)
        }
        None => found.help("write the full number in quotes, such as \"+390612345678\""),
    }
}

/// Texts to a telephone come from the sender of the project.
fn nobody_texts(file: &Project, phone: &Spanned<String>) -> Option<Diagnostic> {
    if file.sender.is_some() || file.senders.len() == 1 {
        return None;
    }
    let message = "no sender texts this number: crier.yaml names none for all";
    let names = file.senders.iter().map(|own| own.name.value.as_str());
    let help = match file.senders.as_slice() {
        [] => "add one under `senders`".into(),
        _ => format!("state `sender`: one of {}", listed(names)),
    };
    Some(Diagnostic::error("sender-missing", phone.span.clone(), message).help(help))
}

/// The URL of a webhook: without values of people, at a host that the policy allows.
fn bad_url(file: &Project, url: &Spanned<String>) -> Option<Diagnostic> {
    if url.value.contains("{{") {
        let message = "the URL of an inbox has no values of people in it";
        let help = "write all of it: what is handed on says whom it is about";
        return Some(Diagnostic::error("bad-url", url.span.clone(), message).help(help));
    }
    let parsed = url::Url::parse(&url.value).ok()?;
    let hosts = file.policy.hosts.iter();
    let hosts: Vec<String> = hosts
        .map(|host| hosts::bare(&host.value).unwrap_or_else(|| host.value.clone()))
        .collect();
    let mut found = hosts::not_allowed(parsed.host_str()?, &hosts, url.span.clone())?;
    // What is shown is the whole URL, and only its host is wrong.
    found.suggestion = None;
    Some(found)
}

fn bad_server(smtp: &Spanned<String>) -> Option<Diagnostic> {
    if MailServer::parse(&smtp.value).is_some() {
        return None;
    }
    let message = "this is not the URL of a mail server";
    let help = "write scheme and host, with a port where it is another than usual, and no more: `smtps://mail.example`, `smtp://127.0.0.1:25`";
    Some(Diagnostic::error("bad-url", smtp.span.clone(), message).help(help))
}

/// A user without a password, or the other way round. What is missing may stand under a key that is misspelt, which is told.
fn half_a_login(mail: &Mail, told: &[Diagnostic]) -> Option<Diagnostic> {
    let written = |key: &str| match key {
        "user" => mail.user.as_ref(),
        "password_env" => mail.password_env.as_ref(),
        _ => mail.password_file.as_ref(),
    };
    let (there, missing) = LOGIN.iter().find_map(|(key, missing)| {
        let lacks = missing.iter().all(|key| written(key).is_none());
        written(key).filter(|_| lacks).map(|there| (there, *missing))
    })?;
    let example = match missing.contains(&"user") {
        true => "user: crier",
        false => "password_env: SMTP_PASSWORD",
    };
    let is_misspelt = |d: &Diagnostic| {
        let meant = d
            .suggestion
            .as_ref()
            .map(|suggestion| suggestion.replacement.as_str());
        d.code == "unknown-key" && meant.is_some_and(|meant| missing.contains(&meant))
    };
    if told.iter().any(is_misspelt) {
        return None;
    }
    let keys: Vec<String> = missing.iter().map(|key| format!("\"{key}\"")).collect();
    let message = format!(
        "a login at the mail server needs the key {} too",
        keys.join(" or ")
    );
    let help = format!("for example `{example}`; without both, mail leaves without a login");
    Some(Diagnostic::error("missing-key", there.span.clone(), message).help(help))
}
