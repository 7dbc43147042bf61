//! Makes, changes and deletes webhooks.

use std::{ops::ControlFlow, sync::Arc};

use sealward_contract::{
    audit::AuditedAct,
    ids::WebhookId,
    limits,
    operations::{
        Empty,
        webhooks::{CreateWebhook, DeleteWebhook, SetWebhook, WebhookError, WebhookMade},
    },
    problem::Rejection,
};

use super::{check, check_terms, note, wanted};
use crate::{
    operations::{Call, Handler, Outcome, Refusal, Reply, audit, factors::Origin},
    server::App,
    store::{
        Order,
        tables::{WEBHOOK_DELIVERIES, WEBHOOKS, WebhookRow},
    },
    surroundings::make_bytes,
    webhooks,
};

impl Handler for CreateWebhook {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, from) = (call.caller()?.clone(), Origin { address: call.address, now: call.now });
        let terms = call.body;
        let webhook = WebhookId(make_bytes(app.random.as_ref()));
        let secret: [u8; 32] = make_bytes(app.random.as_ref());
        let shared = Arc::clone(app);
        app.store
            .write(move |tx| {
                check(&shared, tx, (&caller, from), &terms.kinds)?;
                check_terms(&terms)?;
                let mut there = 0;
                WEBHOOKS.scan(tx, &caller.team, Order::Forward, |_, _| {
                    there += 1;
                    Ok(ControlFlow::Continue(()))
                })?;
                if there >= limits::WEBHOOKS {
                    return Err(Refusal::Own(WebhookError::TooManyWebhooks));
                }
                let row = WebhookRow {
                    kinds: wanted(&terms),
                    url: terms.url,
                    enabled: terms.enabled,
                    secret,
                    by: caller.member,
                    // It is told what happens from now on, and first that it was made.
                    through: audit::head(tx, &caller.team)?.sequence,
                    failing_since: None,
                    failures: 0,
                    next: from.now,
                    given_up: false,
                    calls: 0,
                };
                WEBHOOKS.put(tx, &(caller.team, webhook), &row)?;
                note(tx, &caller, from, AuditedAct::WebhookSet { webhook, enabled: terms.enabled })?;
                Ok::<_, Refusal<WebhookError>>(())
            })
            .await?;
        Ok(Reply::Value(WebhookMade { webhook, secret: webhooks::show(&secret) }))
    }
}

impl Handler for SetWebhook {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, from) = (call.caller()?.clone(), Origin { address: call.address, now: call.now });
        let (terms, webhook) = (call.body, call.path.webhook);
        let shared = Arc::clone(app);
        app.store
            .write(move |tx| {
                check(&shared, tx, (&caller, from), &terms.kinds)?;
                let place = (caller.team, webhook);
                let row = WEBHOOKS.get(tx, &place)?.ok_or(Rejection::NotFound)?;
                check_terms(&terms)?;
                let changed = WebhookRow {
                    kinds: wanted(&terms),
                    url: terms.url,
                    enabled: terms.enabled,
                    // Whoever changes it has mended it: it is called at once.
                    failing_since: None,
                    failures: 0,
                    next: from.now,
                    given_up: false,
                    ..row
                };
                WEBHOOKS.put(tx, &place, &changed)?;
                note(tx, &caller, from, AuditedAct::WebhookSet { webhook, enabled: terms.enabled })?;
                Ok::<_, Refusal<WebhookError>>(())
            })
            .await?;
        Ok(Reply::Value(Empty {}))
    }
}

impl Handler for DeleteWebhook {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, from) = (call.caller()?.clone(), Origin { address: call.address, now: call.now });
        let webhook = call.path.webhook;
        let shared = Arc::clone(app);
        app.store
            .write(move |tx| {
                check(&shared, tx, (&caller, from), &[])?;
                let place = (caller.team, webhook);
                if !WEBHOOKS.contains(tx, &place)? {
                    return Err(Rejection::NotFound.into());
                }
                let mut calls = Vec::new();
                WEBHOOK_DELIVERIES.scan(tx, &place, Order::Forward, |key, _| {
                    calls.push(key);
                    Ok(ControlFlow::Continue(()))
                })?;
                for key in calls {
                    WEBHOOK_DELIVERIES.delete(tx, &key);
                }
                WEBHOOKS.delete(tx, &place);
                note(tx, &caller, from, AuditedAct::WebhookDeleted { webhook })?;
                Ok::<_, Refusal<WebhookError>>(())
            })
            .await?;
        Ok(Reply::Value(Empty {}))
    }
}
