//! Requests about webhooks, and who may make them: every role by every operation.

use super::{requests::Making, services::Caller};
use crate::harness::{Founder, TestServer, service, terms};
use sealward_contract::{
    audit::ActKind,
    chain::TeamRole,
    ids::WebhookId,
    operations::{
        Empty, TeamPath,
        webhooks::{self, WebhookPath, WebhookTerms, WebhookUrl},
    },
};

/// An address that nobody has.
pub fn webhook_terms() -> WebhookTerms {
    of_kinds(&[ActKind::People])
}

fn of_kinds(kinds: &[ActKind]) -> WebhookTerms {
    let url = WebhookUrl::new("https://hooks.example/in".to_owned());
    WebhookTerms { url, kinds: kinds.to_vec(), enabled: true }
}

impl Making<'_> {
    /// A webhook of the own team, or what the request is about.
    pub async fn a_webhook(&self) -> WebhookPath {
        let session = &self.scene.own.session;
        let webhook = match self.about.member {
            Some(other) => WebhookId(other.0),
            // A team has a few at most.
            None => match session.list_webhooks().await.unwrap().first() {
                Some(there) => there.webhook,
                None => session.create_webhook(&webhook_terms()).await.unwrap().0,
            },
        };
        WebhookPath { team: self.scene.own.founder.team, webhook }
    }
}

#[tokio::test(flavor = "current_thread")]
async fn every_role_by_every_operation_on_webhooks() {
    let server = TestServer::in_memory();
    let owner = Founder::found(&server, "ada.lovelace").await;
    let ada = owner.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let team = owner.team;
    let (webhook, _) = ada.create_webhook(&webhook_terms()).await.unwrap();
    let mut callers = Vec::new();
    for (name, role) in [
        ("administrator", TeamRole::Administrator),
        ("password administrator", TeamRole::PasswordAdministrator),
        ("auditor", TeamRole::Auditor),
        ("member", TeamRole::Member),
    ] {
        let who = Founder::invited(&server, &ada, &name.replace(' ', "."), &[]).await;
        if role != TeamRole::Member {
            ada.set_team_role(who.identity.member, role).await.unwrap();
        }
        callers.push(Caller::new(&server, name, who).await);
    }
    let token = ada.admit_service(&service("bot", &[], terms(&[]))).await.unwrap();
    let (bot, _) = Founder::of_token(&server, &token).await;
    callers.push(Caller::new(&server, "service", bot).await);
    callers.insert(0, Caller::new(&server, "owner", owner).await);

    // Lists; makes one of what is about people; one of what was opened; changes; tests; deletes one that is not there.
    let table = [
        ("owner", [200, 200, 200, 200, 200, 404]),
        ("administrator", [200, 200, 403, 200, 200, 404]),
        ("password administrator", [404, 403, 403, 403, 403, 403]),
        ("auditor", [404, 403, 403, 403, 403, 403]),
        ("member", [404, 403, 403, 403, 403, 403]),
        ("service", [404, 403, 403, 403, 403, 403]),
    ];
    assert_eq!(table.len(), callers.len());
    for (caller, (name, expected)) in callers.iter().zip(table) {
        assert_eq!(caller.name, name);
        let of_team = TeamPath { team };
        let of = |webhook| WebhookPath { team, webhook };
        let opened = of_kinds(&[ActKind::People, ActKind::Release]);
        let got = [
            caller.ask::<webhooks::ListWebhooks>(&server, of_team, None).await,
            caller.ask::<webhooks::CreateWebhook>(&server, of_team, Some(webhook_terms())).await,
            caller.ask::<webhooks::CreateWebhook>(&server, of_team, Some(opened)).await,
            caller.ask::<webhooks::SetWebhook>(&server, of(webhook), Some(webhook_terms())).await,
            caller.ask::<webhooks::TestWebhook>(&server, of(webhook), Some(Empty {})).await,
            caller.ask::<webhooks::DeleteWebhook>(&server, of(WebhookId([9; 16])), None).await,
        ];
        assert_eq!(got, expected, "{name}");
    }
}
