//! A client that breaks the rules: each breach is refused with the code that names it, and nothing is changed.

mod approvals;
mod batches;
mod bodies;
mod checkpoints;
mod directory;
mod exports;
mod factors;
mod files;
mod heads;
mod idempotency;
mod keys;
mod logins;
mod made;
mod members;
mod passkeys;
mod places;
mod purges;
mod races;
mod records;
mod releases;
mod requests;
mod services;
mod statements;
mod vaults;

use crate::harness::{Answered, Forge, Founder, Furnished, InProcess, TestServer, raw};
use sealward_client::session::Session;
use sealward_contract::operations::records::{Batch, VaultWrite, WriteBatch};
use sealward_contract::operations::{
    Method, Operation, TeamPath,
    session::SessionCreated,
    wire::{Format, target},
};
use sealward_contract::record::{LeafKey, RecordContext};
use serde_json::Value;

/// A member with a furnished vault, and another team beside it.
struct Scene {
    server: TestServer,
    founder: Founder,
    made: Furnished,
    created: SessionCreated,
    session: Session<InProcess>,
    others: (Founder, Furnished),
}

impl Scene {
    async fn set() -> Self {
        let server = TestServer::in_memory();
        let other = Founder::found(&server, "grace.hopper").await;
        let others = Furnished::make(&other.session(&server, &server.connect()).await, "Elsewhere").await;
        let founder = Founder::found(&server, "ada.lovelace").await;
        let created = founder.sign_in(&server).await;
        let session = founder.take_over(&server, &server.connect(), &created, None);
        let made = Furnished::make(&session, "Operations").await;
        Self { server, founder, made, created, session, others: (other, others) }
    }

    fn forge(&self) -> Forge<'_> {
        Forge { founder: &self.founder, session: &self.session, vault: self.made.vault }
    }

    /// Sends a request with this member's token, its body as JSON.
    async fn send(&self, method: &str, target: &str, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Answered {
        let bearer = format!("Bearer {}", self.created.token.expose());
        let mut all = vec![("authorization", bearer.as_str()), ("content-type", "application/json")];
        all.retain(|(name, _)| !headers.iter().any(|(given, _)| given == name));
        all.extend_from_slice(headers);
        raw(&self.server.connect(), method, target, &all, body).await
    }

    /// Calls an operation.
    async fn call<O: Operation>(&self, path: O::Path, body: Option<&O::Request>) -> Answered {
        let target = target::<O>(&path, &O::Query::default()).unwrap();
        let body = body.map(|body| Format::Json.write(body)).unwrap_or_default();
        self.send(O::METHOD.as_str(), &target, if body.is_empty() { NO_BODY } else { &[] }, body).await
    }

    /// All that the server would tell a member; and the number of the newest audit event.
    async fn dump(&self) -> (Vec<Value>, u64) {
        let (team, vault) = (self.founder.team, self.made.vault);
        let (mut dump, mut newest) = (Vec::new(), 0);
        for place in ["sync", "vaults", &format!("vaults/{vault}/sync"), &format!("vaults/{vault}/facts")] {
            let told = self.send(Method::Get.as_str(), &format!("/v1/teams/{team}/{place}"), NO_BODY, []).await;
            assert_eq!(told.status, 200);
            let text = String::from_utf8(told.body).unwrap();
            let mut parts = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>();
            if let Some(audit) = parts[0].as_object_mut().and_then(|told| told.remove("audit")) {
                newest = audit["sequence"].as_u64().unwrap();
            }
            dump.extend(parts);
        }
        (dump, newest)
    }

    fn team_path(&self) -> TeamPath {
        TeamPath { team: self.founder.team }
    }

    async fn refuses_write(&self, what: &str, write: VaultWrite, expected: (u16, &str)) {
        self.refuses::<WriteBatch>(what, self.team_path(), &Batch { writes: vec![write] }, expected).await;
    }

    async fn refuses_record(&self, what: &str, context: RecordContext, expected: (u16, &str)) {
        let write = self.forge().write([context]);
        self.refuses_write(what, write, expected).await;
    }

    fn group(&self) -> LeafKey {
        self.made.key(self.made.group)
    }

    /// A request must be refused with this status and these fields of its problem, and change nothing: where the right is
    /// lacking, that is written down.
    async fn refuses<O: Operation>(&self, what: &str, path: O::Path, body: &O::Request, expected: (u16, &str)) {
        let (before, newest) = self.dump().await;
        let answered = self.call::<O>(path, Some(body)).await;
        assert_eq!(told(&answered), (expected.0, expected.1.to_owned()), "{what}");
        let (after, noted) = self.dump().await;
        assert_eq!(after, before, "{what} changed something");
        let lacking = matches!(expected.1, "forbidden" | "approval_required") || expected.1.ends_with(": right");
        assert!(noted == newest || (lacking && noted == newest + 1), "{what} was written down");
    }
}

const NO_BODY: &[(&str, &str)] = &[("content-type", "")];

/// Status and code of an answer, with the reason where one is given.
fn told(answered: &Answered) -> (u16, String) {
    let problem = problem(answered);
    let field = |name: &str| problem.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (code, reason) = (field("code"), field("reason"));
    (answered.status, if reason.is_empty() { code } else { format!("{code}: {reason}") })
}

fn problem(answered: &Answered) -> Value {
    serde_json::from_slice(&answered.body).unwrap_or_default()
}
