//! Webhooks of the team. A secret leaves the worker once, to be shown.

use super::{clock::millis, engine::Engine, message::tell};
use crate::bridge::*;
use sealward_contract::policy;

impl Engine {
    /// The webhooks; none for whoever manages none.
    pub async fn read_webhooks(&self) -> Result<WebhooksView, Error> {
        let open = self.open()?;
        let own = open.session.member();
        let kinds: Vec<ActKind> = {
            let chain = open.session.chain().ok_or(Error::Gone)?;
            ActKind::ALL.into_iter().filter(|kind| policy::may_have_sent(&chain, &own, *kind)).collect()
        };
        if kinds.is_empty() {
            return Ok(WebhooksView { rows: Vec::new(), kinds });
        }
        let listed = open.session.list_webhooks().await?;
        let chain = open.session.chain().ok_or(Error::Gone)?;
        let name = |member| chain.member(&member).map(|known| known.keys.login_name.to_string()).unwrap_or_default();
        let rows = listed.into_iter().map(|row| WebhookRow {
            webhook: row.webhook,
            by: name(row.by),
            terms: row.terms,
            failing_since: row.failing_since.map(millis),
            given_up: row.given_up,
            deliveries: row.deliveries,
        });
        Ok(WebhooksView { rows: rows.collect(), kinds })
    }

    /// Makes a webhook, and gives its secret.
    pub async fn create_webhook(&self, ask: CreateWebhook) -> Result<SecretText, Error> {
        let (_, secret) = self.open()?.session.create_webhook(&ask.terms).await?;
        tell(Notice::CatalogChanged);
        Ok(SecretText::new(secret.expose().to_owned()))
    }

    /// Changes one.
    pub async fn set_webhook(&self, ask: SetWebhook) -> Result<(), Error> {
        self.open()?.session.set_webhook(ask.webhook, &ask.terms).await?;
        tell(Notice::CatalogChanged);
        Ok(())
    }

    /// Deletes one.
    pub async fn delete_webhook(&self, ask: DeleteWebhook) -> Result<(), Error> {
        self.open()?.session.delete_webhook(ask.webhook).await?;
        tell(Notice::CatalogChanged);
        Ok(())
    }

    /// Has one called with a test; what came of it is among its last calls.
    pub async fn test_webhook(&self, ask: TestWebhook) -> Result<Delivery, Error> {
        let delivery = self.open()?.session.test_webhook(ask.webhook).await?;
        tell(Notice::CatalogChanged);
        Ok(delivery)
    }
}
