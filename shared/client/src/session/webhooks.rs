//! Webhooks of the team. What they are and what came of calling them is the server's word: it is the server that calls.

use super::Session;
use crate::{
    api::CallError,
    error::{Error, from_call, from_plain_call},
    model::SecretText,
    transport::Transport,
};
use sealward_contract::{
    ids::WebhookId,
    operations::{
        Empty,
        webhooks::{
            CreateWebhook, DeleteWebhook, Delivery, ListWebhooks, SetWebhook, TestWebhook, Webhook, WebhookError,
            WebhookPath, WebhookTerms,
        },
    },
    problem::Rejection,
};

impl<T: Transport> Session<T> {
    /// The team's webhooks, for those who may manage them.
    ///
    /// # Errors
    /// [`Error::NotAllowed`]; others.
    pub async fn list_webhooks(&self) -> Result<Vec<Webhook>, Error> {
        let listed = self.call::<ListWebhooks>(&self.team_path(), &Empty {}).await;
        listed.map(|listed| listed.webhooks).map_err(|error| match error {
            CallError::Rejected(Rejection::NotFound) => Error::NotAllowed,
            error => from_plain_call(error),
        })
    }

    /// Makes a webhook, and gives the secret that its deliveries are signed with, this one time.
    ///
    /// # Errors
    /// [`Error::NotAllowed`]; [`Error::WebhookRefused`]; [`Error::SecondFactorNeeded`]; others.
    pub async fn create_webhook(&self, terms: &WebhookTerms) -> Result<(WebhookId, SecretText), Error> {
        let made = self.call::<CreateWebhook>(&self.team_path(), terms).await.map_err(from_webhook_call)?;
        Ok((made.webhook, made.secret.expose().into()))
    }

    /// Changes a webhook.
    ///
    /// # Errors
    /// As [`Self::create_webhook`]; [`Error::Gone`].
    pub async fn set_webhook(&self, webhook: WebhookId, terms: &WebhookTerms) -> Result<(), Error> {
        self.call::<SetWebhook>(&self.webhook_path(webhook), terms).await.map(drop).map_err(from_webhook_call)
    }

    /// Deletes a webhook.
    ///
    /// # Errors
    /// [`Error::NotAllowed`]; [`Error::Gone`]; [`Error::SecondFactorNeeded`]; others.
    pub async fn delete_webhook(&self, webhook: WebhookId) -> Result<(), Error> {
        let path = self.webhook_path(webhook);
        self.call::<DeleteWebhook>(&path, &Empty {}).await.map(drop).map_err(from_webhook_call)
    }

    /// Has a webhook called with a test.
    ///
    /// # Errors
    /// [`Error::NotAllowed`]; [`Error::Gone`]; [`Error::Rejected`] with a wait while it is being called; others.
    pub async fn test_webhook(&self, webhook: WebhookId) -> Result<Delivery, Error> {
        self.call::<TestWebhook>(&self.webhook_path(webhook), &Empty {}).await.map_err(from_webhook_call)
    }

    fn webhook_path(&self, webhook: WebhookId) -> WebhookPath {
        WebhookPath { team: self.team, webhook }
    }
}

fn from_webhook_call(error: CallError<WebhookError>) -> Error {
    match error {
        // Somebody deleted it meanwhile.
        CallError::Rejected(Rejection::NotFound) => Error::Gone,
        error => from_call(error, |own| match own {
            WebhookError::Forbidden => Error::NotAllowed,
            WebhookError::WebhookRefused => Error::WebhookRefused,
            WebhookError::TooManyWebhooks => Error::TooManyWebhooks,
        }),
    }
}
