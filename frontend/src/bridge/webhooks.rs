//! Webhooks: where the server tells other programs what happens in the team.

use serde::{Deserialize, Serialize};

use super::ActKind;
pub use sealward_contract::{
    ids::WebhookId,
    operations::webhooks::{Delivery, DeliveryResult, WebhookTerms, WebhookUrl},
};

/// Asks for the team's webhooks.
#[derive(Serialize, Deserialize)]
pub struct ReadWebhooks;

/// The webhooks, by the server's word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhooksView {
    /// All of them.
    pub rows: Vec<WebhookRow>,
    /// Of which kinds of events the person may have one told; none where the person manages none.
    pub kinds: Vec<ActKind>,
}

/// A webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookRow {
    /// Which.
    pub webhook: WebhookId,
    /// What was decided about it.
    pub terms: WebhookTerms,
    /// Login name of who made it.
    pub by: String,
    /// Since when every call has failed, in milliseconds since 1970.
    pub failing_since: Option<i64>,
    /// Whether the server switched it off.
    pub given_up: bool,
    /// The last calls, newest first.
    pub deliveries: Vec<Delivery>,
}

/// Makes a webhook.
#[derive(Serialize, Deserialize)]
pub struct CreateWebhook {
    /// How it is to be.
    pub terms: WebhookTerms,
}

/// Changes a webhook.
#[derive(Serialize, Deserialize)]
pub struct SetWebhook {
    /// Which.
    pub webhook: WebhookId,
    /// How it is to be.
    pub terms: WebhookTerms,
}

/// Deletes a webhook.
#[derive(Serialize, Deserialize)]
pub struct DeleteWebhook {
    /// Which.
    pub webhook: WebhookId,
}

/// Has a webhook called with a test.
#[derive(Serialize, Deserialize)]
pub struct TestWebhook {
    /// Which.
    pub webhook: WebhookId,
}
