//! Lists the webhooks, each with its last calls; never a secret.

use std::{ops::ControlFlow, sync::Arc};

use sealward_contract::{
    operations::webhooks::{ListWebhooks, Webhook, WebhookTerms, WebhooksListed},
    policy,
    problem::Rejection,
};

use crate::{
    operations::{Call, Handler, Outcome, Reply},
    server::App,
    store::{
        Order,
        tables::{WEBHOOK_DELIVERIES, WEBHOOKS},
    },
};

impl Handler for ListWebhooks {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?;
        if !policy::may_manage_webhooks(&caller.state, &caller.member) {
            return Err(Rejection::NotFound.into());
        }
        let mut webhooks = Vec::new();
        app.store.read(|tx| {
            WEBHOOKS.scan(tx, &caller.team, Order::Forward, |(_, webhook), row| {
                let terms = WebhookTerms { url: row.url, kinds: row.kinds, enabled: row.enabled };
                webhooks.push(Webhook {
                    webhook,
                    terms,
                    by: row.by,
                    through: row.through,
                    failing_since: row.failing_since,
                    given_up: row.given_up,
                    deliveries: Vec::new(),
                });
                Ok(ControlFlow::Continue(()))
            })?;
            for listed in &mut webhooks {
                let place = (caller.team, listed.webhook);
                WEBHOOK_DELIVERIES.scan(tx, &place, Order::Reverse, |_, delivery| {
                    listed.deliveries.push(delivery);
                    Ok(ControlFlow::Continue(()))
                })?;
            }
            Ok::<_, crate::store::StoreError>(())
        })?;
        Ok(Reply::Value(WebhooksListed { webhooks }))
    }
}
