//! Calls a webhook with a test: also one that is switched off, so that it can be tried before it is relied on.

use std::sync::Arc;

use sealward_contract::{
    operations::webhooks::{TestWebhook, WebhookError},
    policy,
    problem::Rejection,
};

use crate::{
    operations::{Call, Handler, Outcome, Refusal, Reply},
    server::App,
    store::tables::WEBHOOKS,
    webhooks,
};

/// Milliseconds after which a test is worth another try where the webhook is being called.
const BUSY: u64 = 2_000;

impl Handler for TestWebhook {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?;
        if !policy::may_manage_webhooks(&caller.state, &caller.member) {
            return Err(Refusal::Own(WebhookError::Forbidden));
        }
        let place = (caller.team, call.path.webhook);
        let row = app.store.read(|tx| WEBHOOKS.get(tx, &place))?.ok_or(Rejection::NotFound)?;
        let delivery = app.webhooks.test(app, place, &row).await;
        let delivery = delivery.ok_or(Rejection::RateLimited { retry_after: BUSY })?;
        webhooks::note_test(app, place, delivery).await?;
        Ok(Reply::Value(delivery))
    }
}
