//! Who may do what with a request that is in the right state for it: every operation, by every role in the team and in the
//! vault, and by those who are no members any more. The table is written by hand.

use crate::harness::{Answered, Founder, Guarded, Someone};
use sealward_contract::{
    bytes::Bytes,
    chain::{LeaseTerms, TeamRole, VaultRole},
    ids::{ReleaseId, RequestId, Version},
    operations::{
        ALL, TeamPath,
        records::ReleaseRequest,
        requests::{
            ApproveRequest, CancelRequest, CheckInSecret, CheckOutSecret, CreateRequest, ForceCheckIn, GetRequest,
            GetRequestedSecret, ListRequests, ListUses, NewApproval, NewRequest, RejectRequest, ReleaseLeased,
            RequestPath, RequestStep, RevokeRequest, WhichRequests,
        },
    },
    release::ReleaseStatement,
    request::{Approve, CheckOut, Comment, RequestBody, Status},
    suite::SUITE,
};
use std::collections::BTreeSet;

type Answer = (u16, &'static str);

const OK: Answer = (200, "");
/// They know of it, and may not.
const NO: Answer = (403, "forbidden");
/// It is not there for them.
const GONE: Answer = (404, "not_found");
/// They are no members any more.
const OUT: Answer = (401, "unauthenticated");
/// It is not for them to say, or there is nothing to ask for.
const BAD: Answer = (422, "request_refused");

/// Whoever asked; another who uses the vault; its viewers, editors, custodians; those of the team without a role in it; and
/// those of no team, or of another.
const COLUMNS: [&str; 13] = [
    "the one who asked",
    "another user",
    "a viewer",
    "an editor",
    "a custodian",
    "an owner",
    "an administrator",
    "a password administrator",
    "an auditor",
    "a member",
    "a suspended custodian",
    "a removed custodian",
    "a stranger",
];

#[rustfmt::skip]
const TABLE: [(&str, Status, [Answer; 13]); 13] = [
    //                                              asked user  view  edit  cust  owner admin passw audit membr susp rem  other
    ("create_request",       Status::Requested,    [OK,   OK,   NO,   OK,   BAD,  GONE, GONE, GONE, NO,   GONE, OUT, OUT, GONE]),
    ("list_requests",        Status::Requested,    [OK,   OK,   OK,   OK,   OK,   OK,   OK,   OK,   OK,   OK,   OUT, OUT, GONE]),
    ("get_request",          Status::Requested,    [OK,   GONE, GONE, GONE, OK,   GONE, GONE, GONE, GONE, GONE, OUT, OUT, GONE]),
    ("get_requested_secret", Status::Requested,    [NO,   GONE, GONE, GONE, OK,   GONE, GONE, GONE, GONE, GONE, OUT, OUT, GONE]),
    ("approve_request",      Status::Requested,    [BAD,  GONE, GONE, GONE, OK,   GONE, GONE, GONE, GONE, GONE, OUT, OUT, GONE]),
    ("reject_request",       Status::Requested,    [NO,   GONE, GONE, GONE, OK,   GONE, GONE, GONE, GONE, GONE, OUT, OUT, GONE]),
    ("cancel_request",       Status::Requested,    [OK,   GONE, GONE, GONE, NO,   GONE, GONE, GONE, GONE, GONE, OUT, OUT, GONE]),
    ("revoke_request",       Status::Approved,     [NO,   GONE, GONE, GONE, OK,   GONE, GONE, GONE, GONE, GONE, OUT, OUT, GONE]),
    ("check_out_secret",     Status::Approved,     [OK,   GONE, GONE, GONE, NO,   GONE, GONE, GONE, GONE, GONE, OUT, OUT, GONE]),
    ("check_in_secret",      Status::CheckedOut,   [OK,   GONE, GONE, GONE, NO,   GONE, GONE, GONE, GONE, GONE, OUT, OUT, GONE]),
    ("force_check_in",       Status::CheckedOut,   [NO,   GONE, GONE, GONE, OK,   GONE, GONE, GONE, GONE, GONE, OUT, OUT, GONE]),
    ("release_leased",       Status::CheckedOut,   [OK,   GONE, GONE, GONE, GONE, GONE, GONE, GONE, GONE, GONE, OUT, OUT, GONE]),
    ("list_uses",            Status::CheckedOut,   [OK,   OK,   OK,   OK,   OK,   OK,   OK,   OK,   OK,   OK,   OUT, OUT, GONE]),
];

/// Operations that read, or that leave a request as it was.
const CHANGES_NOTHING: [&str; 6] =
    ["create_request", "list_requests", "get_request", "get_requested_secret", "release_leased", "list_uses"];

struct Scene {
    guarded: Guarded,
    /// Those of the columns after the one who asked and the other user, in their order, but for the custodian.
    others: Vec<Someone>,
}

impl Scene {
    async fn set() -> Self {
        let guarded = Guarded::in_memory(1, LeaseTerms::default()).await;
        let (server, ada, vault) = (&guarded.server, &guarded.ada, guarded.made.vault);
        let mut others = Vec::new();
        for (name, team_role, role) in [
            ("viewer", None, Some(VaultRole::Viewer)),
            ("editor", None, Some(VaultRole::Editor)),
            ("owner", Some(TeamRole::Owner), None),
            ("administrator", Some(TeamRole::Administrator), None),
            ("passwords", Some(TeamRole::PasswordAdministrator), None),
            ("auditor", Some(TeamRole::Auditor), None),
            ("member", None, None),
            ("suspended", None, Some(VaultRole::Custodian)),
            ("removed", None, Some(VaultRole::Custodian)),
        ] {
            let keys = Founder::invited(server, ada, name, &[]).await;
            let member = keys.identity.member;
            if let Some(role) = team_role {
                ada.set_team_role(member, role).await.unwrap();
            }
            if let Some(role) = role {
                ada.set_grant(vault, member, role).await.unwrap();
            }
            others.push(Someone::sign_in(server, keys).await);
        }
        ada.sync(|_| {}).await.unwrap();
        ada.suspend_member(others[7].id()).await.unwrap();
        ada.remove_member(others[8].id()).await.unwrap();
        others.push(Someone::sign_in(server, Founder::found(server, "grace.hopper").await).await);
        // New keys were due, and the secret is sealed under them.
        guarded.change(Version(2), crate::harness::GUARDED).await;
        for by in [&guarded.bob, &guarded.carol, &guarded.dan] {
            by.sync(|_| {}).await.unwrap();
        }
        Self { guarded, others }
    }

    fn column(&self, column: usize) -> &Someone {
        match column {
            0 => &self.guarded.carol,
            1 => &self.guarded.dan,
            2 | 3 => &self.others[column - 2],
            4 => &self.guarded.bob,
            _ => &self.others[column - 3],
        }
    }

    async fn request(&self, status: Status) -> RequestId {
        let Guarded { carol, .. } = &self.guarded;
        match status {
            Status::Requested => self.guarded.asked(carol).await,
            Status::Approved => self.guarded.approved(carol).await,
            _ => self.guarded.checked_out(carol).await,
        }
    }

    /// The next statement of a request, by somebody who knows all that Ada knows.
    async fn said(&self, by: &Someone, request: RequestId, body: RequestBody) -> Bytes {
        self.guarded.step(by, request, body).await.to_wire()
    }

    async fn answer(&self, operation: &str, by: &Someone, request: RequestId) -> Answered {
        let scene = &self.guarded;
        let team = scene.ada.team();
        let (of_team, path) = (TeamPath { team }, RequestPath { team, request });
        let version = Version(3);
        let record = scene.record(version).hash();
        let step = async |body| Some(RequestStep { statement: self.said(by, request, body).await });
        let silent = || Comment { text: None };
        match operation {
            "create_request" => {
                let like = scene.known(request).await;
                let statement = scene.asks(by, &like, |_| {}).to_wire();
                let body = NewRequest { statement, lease_secret: Bytes(vec![1; 300]) };
                by.send::<CreateRequest>(&of_team, Some(&body)).await
            }
            "list_requests" => by.send::<ListRequests>(&of_team, None).await,
            "get_request" => by.send::<GetRequest>(&path, None).await,
            "get_requested_secret" => by.send::<GetRequestedSecret>(&path, None).await,
            "approve_request" => {
                let known = scene.known(request).await;
                let (named, grant) = scene.grant(&known, &known.state.context(version, record));
                let policy = known.state.ask().policy;
                let approve = Approve { version, record, policy, comment: None, grant: Some(named) };
                let statement = self.said(by, request, RequestBody::Approve(approve)).await;
                by.send::<ApproveRequest>(&path, Some(&NewApproval { statement, grant: Some(grant) })).await
            }
            "reject_request" => {
                by.send::<RejectRequest>(&path, step(RequestBody::Reject(silent())).await.as_ref()).await
            }
            "cancel_request" => by.send::<CancelRequest>(&path, step(RequestBody::Cancel).await.as_ref()).await,
            "revoke_request" => {
                by.send::<RevokeRequest>(&path, step(RequestBody::Revoke(silent())).await.as_ref()).await
            }
            "check_out_secret" => {
                let out = RequestBody::CheckOut(CheckOut { version, record });
                by.send::<CheckOutSecret>(&path, step(out).await.as_ref()).await
            }
            "check_in_secret" => by.send::<CheckInSecret>(&path, step(RequestBody::CheckIn).await.as_ref()).await,
            "force_check_in" => {
                by.send::<ForceCheckIn>(&path, step(RequestBody::ForceCheckIn(silent())).await.as_ref()).await
            }
            "release_leased" => {
                let statement = by.keys.identity.signing.sign(ReleaseStatement {
                    suite: SUITE,
                    id: ReleaseId(by.surroundings().make_id()),
                    team,
                    vault: scene.made.vault,
                    account: scene.made.first,
                    version,
                    member: by.id(),
                    position: scene.ada.chain().unwrap().position(),
                    time: scene.server.clock.now(),
                    reason: None,
                });
                let body = ReleaseRequest { statement: statement.to_wire(), wanted: Default::default() };
                by.send::<ReleaseLeased>(&path, Some(&body)).await
            }
            "list_uses" => by.send::<ListUses>(&of_team, None).await,
            _ => panic!("{operation} has no request"),
        }
    }
}

fn told(answered: &Answered) -> (u16, String) {
    let body: serde_json::Value = serde_json::from_slice(&answered.body).unwrap_or_default();
    let code = body.get("code").and_then(|code| code.as_str()).unwrap_or_default();
    (answered.status, code.to_owned())
}

#[test]
fn every_operation_of_requests_has_a_row() {
    let rows: BTreeSet<&str> = TABLE.iter().map(|(operation, ..)| *operation).collect();
    let of_requests =
        |path: &str| ["/v1/teams/{team}/requests", "/v1/teams/{team}/uses"].iter().any(|it| path.starts_with(it));
    let listed: BTreeSet<&str> = ALL.iter().filter(|it| of_requests(it.path)).map(|it| it.name).collect();
    assert_eq!(rows, listed);
}

#[tokio::test(flavor = "current_thread")]
async fn every_step_by_everyone() {
    let scene = Scene::set().await;
    let mut wrong = Vec::new();
    for (operation, status, answers) in TABLE {
        let mut request = scene.request(status).await;
        for (column, expected) in answers.into_iter().enumerate() {
            let got = told(&scene.answer(operation, scene.column(column), request).await);
            if got != (expected.0, expected.1.to_owned()) {
                wrong.push(format!("{operation} by {}: {got:?} instead of {expected:?}", COLUMNS[column]));
            }
            if got.0 == 200 && !CHANGES_NOTHING.contains(&operation) {
                request = scene.request(status).await;
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What a list has in it is a right as well.
#[tokio::test(flavor = "current_thread")]
async fn lists_tell_everyone_what_is_theirs_to_see() {
    let scene = Scene::set().await;
    let held = scene.request(Status::CheckedOut).await;
    let dans = scene.guarded.asked(&scene.guarded.dan).await;
    // One's own; those of others that one may answer; and how many of two see that somebody has the secret.
    let expected: [(&[RequestId], &[RequestId], usize); 10] = [
        (&[held], &[], 1),
        (&[dans], &[], 1),
        (&[], &[], 1),
        (&[], &[], 1),
        (&[], &[held, dans], 1),
        (&[], &[], 0),
        (&[], &[], 0),
        (&[], &[], 0),
        (&[], &[], 1),
        (&[], &[], 0),
    ];
    for (column, (own, others, uses)) in expected.into_iter().enumerate() {
        let by = scene.column(column);
        by.sync(|_| {}).await.unwrap();
        for (which, listed) in [(WhichRequests::Own, own), (WhichRequests::Others, others)] {
            let page = by.list_requests(which, true, None).await.unwrap();
            let told: BTreeSet<RequestId> = page.requests.iter().map(|shown| shown.id).collect();
            assert_eq!(told, listed.iter().copied().collect(), "{which:?} of {}", COLUMNS[column]);
        }
        let seen = by.list_uses().await.unwrap().iter().filter(|listed| listed.holder.is_some()).count();
        assert_eq!(seen, uses, "{}", COLUMNS[column]);
    }
}
