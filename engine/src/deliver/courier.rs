//! Who delivers: knows the inboxes as crier.yaml stands today, takes secrets out of the environment when they are needed, and
//! makes one try. Texts to phones it leaves to the executor, which sends them as any text.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use dsl::project::{HookUrl, Mail, Project};
use reqwest::Url;
use reqwest::header::HeaderName;

use super::mail::About;
use super::secret::Secret;
use super::{Answered, Delivery, Route, http, mail, slack, smtp, webhook};

/// Gives the value of an environment variable.
pub type Environment = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Delivers to the inboxes of a project.
#[derive(Clone)]
pub struct Courier {
    project: Arc<Project>,
    environment: Environment,
}

impl fmt::Debug for Courier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Courier").finish_non_exhaustive()
    }
}

impl Courier {
    /// For the inboxes of a project, with secrets from this environment.
    pub fn new(project: Arc<Project>, environment: Environment) -> Courier {
        Courier { project, environment }
    }

    /// The way to an inbox.
    pub fn route<'a>(&'a self, inbox: &'a str) -> Route<'a> {
        Route::of(&self.project, inbox)
    }

    /// Tries once. `key` is that of the delivery, `conversation` that of all about this person.
    pub async fn deliver(
        &self,
        delivery: &Delivery,
        (key, conversation): (&str, &str),
        now: DateTime<Utc>,
    ) -> Answered {
        let tried = match self.route(&delivery.inbox) {
            Route::Mail { mail, to } => {
                let about = About {
                    from: &mail.from,
                    to,
                    key,
                    conversation,
                    project: &self.project.name,
                    zone: self.project.timezone.unwrap_or_default(),
                    now,
                };
                self.mail(delivery, mail, &about).await
            }
            Route::Webhook { url, secret_env } => self.webhook(delivery, (url, secret_env), key, now).await,
            Route::Slack(url_env) => self.slack(delivery, url_env, now).await,
            Route::Phone { .. } => Ok(Answered::Again("texts go through a sender".to_owned(), None)),
            Route::Kept(why) => Ok(Answered::Refused(why.to_owned())),
        };
        // What the environment lacks can be put right.
        tried
            .unwrap_or_else(|wrong| Answered::Again(wrong, None))
            .told_plainly()
    }

    async fn mail(&self, delivery: &Delivery, mail: &Mail, about: &About<'_>) -> Result<Answered, String> {
        let rendered = mail::render(delivery, about)?;
        let login = match &mail.login {
            Some(login) => Some((login.user.as_str(), self.secret(&login.password_env)?)),
            None => None,
        };
        Ok(smtp::send(&mail.server, login, rendered).await)
    }

    async fn webhook(
        &self,
        delivery: &Delivery,
        (url, secret_env): (&HookUrl, Option<&str>),
        key: &str,
        now: DateTime<Utc>,
    ) -> Result<Answered, String> {
        let url = match url {
            HookUrl::Stated(url) => url.clone(),
            HookUrl::Env(variable) => {
                let url = self.secret(variable)?;
                Url::parse(url.reveal()).map_err(|error| http::no_url(variable, error))?;
                url.reveal().to_owned()
            }
        };
        let body = webhook::body(delivery, key, &self.project.name);
        let mut headers = vec![
            (HeaderName::from_static("webhook-id"), key.to_owned()),
            (
                HeaderName::from_static("webhook-timestamp"),
                now.timestamp().to_string(),
            ),
        ];
        if let Some(variable) = secret_env {
            let signed = webhook::signature(&self.secret(variable)?, key, now, &body);
            let signed = signed.ok_or_else(|| format!("{variable} {}", webhook::NO_SECRET))?;
            headers.push((HeaderName::from_static("webhook-signature"), signed));
        }
        Ok(http::post(&url, &self.project.policy.hosts, &headers, body, now).await)
    }

    async fn slack(
        &self,
        delivery: &Delivery,
        url_env: &str,
        now: DateTime<Utc>,
    ) -> Result<Answered, String> {
        let url = self.secret(url_env)?;
        // Whoever set the variable says where it goes: its host is the one that is allowed.
        let parsed = Url::parse(url.reveal()).map_err(|error| http::no_url(url_env, error))?;
        let host = parsed.host_str().unwrap_or_default().to_owned();
        let body = slack::body(&delivery.item, &self.project.name);
        Ok(http::post(url.reveal(), &[host], &[], body, now).await)
    }

    fn secret(&self, variable: &str) -> Result<Secret, String> {
        let value = (self.environment)(variable).map(|value| value.trim().to_owned());
        let value = value.filter(|value| !value.is_empty());
        value
            .map(Secret::new)
            .ok_or_else(|| format!("the environment has no {variable}"))
    }
}
