//! Webhooks: where the server tells other programs what happens in the team, as the audit has it and by ids only.

use super::{Empty, TeamPath, operation};
use crate::{
    audit::ActKind,
    ids::{MemberId, TeamId, Timestamp, WebhookId},
    problem::Never,
};
use minicbor::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Path of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookPath {
    /// The team.
    pub team: TeamId,
    /// The webhook.
    pub webhook: WebhookId,
}

/// The address that is called. It often holds a token of the receiver's, so it is for no log.
#[derive(Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[cbor(transparent)]
#[serde(transparent)]
pub struct WebhookUrl(#[n(0)] String);

impl WebhookUrl {
    /// Wraps an address; the server judges it.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The address itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("WebhookUrl(…)")
    }
}

/// What deliveries are signed with, as Standard Webhooks writes it (`whsec_` and base64): shown once, and never for a log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct WebhookSecret(String);

impl WebhookSecret {
    /// Wraps a secret.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The secret itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("WebhookSecret(…)")
    }
}

/// What somebody decides about a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookTerms {
    /// Where to; `https`, or `http` to a network that the server was told to call.
    pub url: WebhookUrl,
    /// Of which kinds of events.
    pub kinds: Vec<ActKind>,
    /// Whether anything is sent.
    pub enabled: bool,
}

/// What came of calling a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryResult {
    /// The receiver took it.
    #[n(0)]
    Taken {
        /// HTTP status, from 200 to 299.
        #[n(0)]
        status: u16,
    },
    /// The receiver answered something else; a redirection is not followed.
    #[n(1)]
    Answered {
        /// HTTP status.
        #[n(0)]
        status: u16,
    },
    /// The name has no address.
    #[n(2)]
    Unknown,
    /// It leads into a network that the server does not call.
    #[n(3)]
    Refused,
    /// No connection, or one that broke.
    #[n(4)]
    Unreachable,
    /// The receiver's certificate does not hold.
    #[n(5)]
    Untrusted,
    /// It took too long.
    #[n(6)]
    TimedOut,
}

/// One call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
pub struct Delivery {
    /// Number of the event in the audit; `None` for a test.
    #[n(0)]
    pub event: Option<u64>,
    /// When.
    #[n(1)]
    pub at: Timestamp,
    /// What came of it.
    #[n(2)]
    pub result: DeliveryResult,
}

/// A webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Webhook {
    /// Which.
    pub webhook: WebhookId,
    /// What was decided about it.
    pub terms: WebhookTerms,
    /// Who made it.
    pub by: MemberId,
    /// Up to which event of the audit it has been told.
    pub through: u64,
    /// Since when every call has failed; `None` where the last one did not.
    pub failing_since: Option<Timestamp>,
    /// Whether the server switched it off, because calls failed for too long.
    pub given_up: bool,
    /// The last calls, newest first.
    pub deliveries: Vec<Delivery>,
}

/// The webhooks of a team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WebhooksListed {
    /// By ascending id.
    pub webhooks: Vec<Webhook>,
}

operation! {
    /// Lists the team's webhooks, to those who manage people.
    ListWebhooks "list_webhooks": Get "/v1/teams/{team}/webhooks", Member;
    TeamPath => WebhooksListed, Never
}

/// Why nothing was done about a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum WebhookError {
    /// The caller may not manage webhooks, or may not have such events sent.
    #[error("forbidden")]
    Forbidden,
    /// The address is none that is ever called, or no kind of event is wanted.
    #[error("the webhook is refused")]
    WebhookRefused,
    /// The team has as many as it may have.
    #[error("too many webhooks")]
    TooManyWebhooks,
}

/// A new webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WebhookMade {
    /// Which.
    pub webhook: WebhookId,
    /// What its deliveries are signed with.
    pub secret: WebhookSecret,
}

operation! {
    /// Makes a webhook and the secret that it signs with; it is told what happens from now on.
    CreateWebhook "create_webhook": Post "/v1/teams/{team}/webhooks", Member;
    TeamPath, body WebhookTerms => WebhookMade, WebhookError
}

operation! {
    /// Changes a webhook. One that was switched off goes on where it stood.
    SetWebhook "set_webhook": Put "/v1/teams/{team}/webhooks/{webhook}", Member;
    WebhookPath, body WebhookTerms => Empty, WebhookError
}

operation! {
    /// Deletes a webhook, its secret and its deliveries.
    DeleteWebhook "delete_webhook": Delete "/v1/teams/{team}/webhooks/{webhook}", Member;
    WebhookPath => Empty, WebhookError
}

operation! {
    /// Calls a webhook with a test, and says what came of it.
    TestWebhook "test_webhook": Post "/v1/teams/{team}/webhooks/{webhook}/test", Member;
    WebhookPath, body Empty => Delivery, WebhookError
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn secret_and_address_are_for_no_log() {
        let made = WebhookMade { webhook: WebhookId([1; 16]), secret: WebhookSecret::new("whsec_AAAA".into()) };
        let shown = format!("{made:?}");
        assert!(shown.contains("WebhookSecret(…)") && !shown.contains("whsec"), "{shown}");
        let terms =
            WebhookTerms { url: WebhookUrl::new("https://a.example/token".into()), kinds: Vec::new(), enabled: true };
        let shown = format!("{terms:?}");
        assert!(shown.contains("WebhookUrl(…)") && !shown.contains("token"), "{shown}");
    }
}
