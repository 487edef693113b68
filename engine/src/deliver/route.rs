//! Where what is handed on goes, as crier.yaml stands: decided from the project alone, without a network and without secrets.

use dsl::project::{HookUrl, Inbox, Mail, Project};
use sms::PhoneNumber;

/// The way to an inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route<'a> {
    /// By mail to an address.
    Mail {
        /// How it leaves.
        mail: &'a Mail,
        /// Where to.
        to: &'a str,
    },
    /// As a text.
    Phone {
        /// Where to.
        to: PhoneNumber,
        /// From this sender.
        sender: &'a str,
    },
    /// To a webhook.
    Webhook {
        /// Where it is.
        url: &'a HookUrl,
        /// The environment variable with its secret.
        secret_env: Option<&'a str>,
    },
    /// To a channel of Slack, by the URL in this environment variable.
    Slack(&'a str),
    /// Nowhere: it stays in `crier inbox`, for this reason.
    Kept(&'static str),
}

const NO_MAIL: &str = "crier.yaml has no `mail`";
const NO_INBOX: &str = "crier.yaml has no such inbox any more";
const NO_SENDER: &str = "crier.yaml has no `sender` for all";

impl Route<'_> {
    /// The way to an inbox, by its name or address.
    pub fn of<'a>(project: &'a Project, inbox: &'a str) -> Route<'a> {
        let mail = |to: &'a str| {
            let mail = project.mail.as_ref();
            mail.map_or(Route::Kept(NO_MAIL), |mail| Route::Mail { mail, to })
        };
        if inbox.contains('@') {
            return mail(inbox);
        }
        match project.inboxes.get(inbox) {
            None | Some(Inbox::Unknown) => Route::Kept(NO_INBOX),
            Some(Inbox::Email(to)) => mail(to),
            Some(Inbox::Phone(to)) => match project.default_sender() {
                Some(sender) => Route::Phone { to: *to, sender },
                None => Route::Kept(NO_SENDER),
            },
            Some(Inbox::Webhook { url, secret_env }) => Route::Webhook {
                url,
                secret_env: secret_env.as_deref(),
            },
            Some(Inbox::Slack(url_env)) => Route::Slack(url_env),
        }
    }

    /// How much may be on its way there at once.
    pub fn at_once(&self) -> u32 {
        match self {
            Route::Mail { .. } | Route::Webhook { .. } | Route::Phone { .. } | Route::Kept(_) => 8,
            Route::Slack(_) => 1,
        }
    }

    /// The seconds between two: Slack takes one message a second for a channel (docs.slack.dev, rate limits).
    pub fn seconds_between(&self) -> Option<u32> {
        match self {
            Route::Slack(_) => Some(1),
            Route::Mail { .. } | Route::Webhook { .. } | Route::Phone { .. } | Route::Kept(_) => None,
        }
    }
}
