//! Who may call what: every operation of the contract's list, by every state of a session, for one's own team, another
//! team, and ids that are unknown or another's. The table is written by hand; an operation without a row fails.

mod ahead;
mod asking;
mod factors;
mod groups;
mod people;
mod recovery;
mod requests;
mod services;
mod states;
mod table;
mod vaults;
mod webhooks;

use crate::harness::{Founder, Furnished, InProcess, TestServer, attach, raw};
use requests::{Prepared, prepare};
use sealward_client::{error::Error, files::NewFile, session::Session};
use sealward_contract::{
    ids::{MemberId, ObjectId, SessionId, VaultId},
    operations::{self, session::SessionCreated},
};
use std::collections::BTreeSet;
use table::{Expected, TABLE};

/// Two teams with a vault each, and sessions in every state.
struct Scene {
    server: TestServer,
    own: Team,
    other: Team,
    expired: String,
    ended: String,
}

struct Team {
    founder: Founder,
    furnished: Furnished,
    session: Session<InProcess>,
    created: SessionCreated,
    /// A file of the first account, released to the founder, and one that is still on its way.
    files: (ObjectId, ObjectId),
}

/// What a request is about.
#[derive(Clone, Copy)]
struct Subject {
    vault: VaultId,
    group: ObjectId,
    resource: ObjectId,
    account: ObjectId,
    file: ObjectId,
    upload: ObjectId,
    session: SessionId,
    /// Whom a request is about; `None` for somebody of the own team.
    member: Option<MemberId>,
}

impl Scene {
    async fn set() -> Self {
        let server = TestServer::in_memory();
        let first = Founder::found(&server, "ada.lovelace").await;
        let expired = first.sign_in(&server).await;
        server.clock.advance(25 * 3_600_000);
        let ended = first.sign_in(&server).await;
        let session = first.session(&server, &server.connect()).await;
        session.end_session(ended.session).await.unwrap();
        let own = Team::furnish(&server, first).await;
        let other = Team::furnish(&server, Founder::found(&server, "grace.hopper").await).await;
        let token = |created: &SessionCreated| created.token.expose().to_owned();
        Self { expired: token(&expired), ended: token(&ended), server, own, other }
    }

    /// The status and code of a request with this token.
    async fn ask(&self, prepared: Prepared, token: Option<&str>) -> (u16, String) {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let mut headers = Vec::new();
        if !prepared.body.is_empty() {
            headers.push(("content-type", "application/json"));
        }
        if let Some(bearer) = &bearer {
            headers.push(("authorization", bearer.as_str()));
        }
        let wire = self.server.connect();
        if prepared.endless {
            let status = wire.status_of(prepared.method, &prepared.target, &headers).await;
            return (status, if status == 200 { String::new() } else { code_of_status(status) });
        }
        let answered = raw(&wire, prepared.method, &prepared.target, &headers, prepared.body).await;
        let body: serde_json::Value = serde_json::from_slice(&answered.body).unwrap_or_default();
        let code = body.get("code").and_then(|code| code.as_str()).unwrap_or_default().to_owned();
        (answered.status, code)
    }
}

impl Team {
    async fn furnish(server: &TestServer, founder: Founder) -> Self {
        let created = founder.sign_in(server).await;
        let session = founder.take_over(server, &server.connect(), &created, None);
        let furnished = Furnished::make(&session, "Operations").await;
        let file = attach(&session, &furnished, b"a file").await;
        session.release_file(furnished.vault, furnished.first, file.id).await.unwrap();
        let upload = NewFile { name: "on its way".into(), media_type: String::new(), length: 1 };
        let mut upload = session.make_upload(furnished.vault, upload).await.unwrap();
        let unreadable = async |_: u64, _: &mut [u8]| Err(Error::FileChanged);
        assert_eq!(session.upload(&mut upload, unreadable, |_| {}).await, Err(Error::FileChanged));
        Self { founder, furnished, session, created, files: (file.id, upload.id()) }
    }

    fn token(&self) -> &str {
        self.created.token.expose()
    }
}

fn code_of_status(status: u16) -> String {
    match status {
        401 => "unauthenticated",
        404 => "not_found",
        _ => "another status",
    }
    .to_owned()
}

#[test]
fn every_operation_has_one_row() {
    let rows: BTreeSet<&str> = TABLE.iter().map(|row| row.operation).collect();
    let listed: BTreeSet<&str> = operations::ALL.iter().map(|operation| operation.name).collect();
    assert_eq!(rows, listed);
    assert_eq!(TABLE.len(), listed.len(), "an operation has two rows");
}

#[tokio::test(flavor = "current_thread")]
async fn every_operation_in_every_state() {
    let scene = Scene::set().await;
    let own = &scene.own;
    let garbage = "A".repeat(43);
    let mut wrong = Vec::new();
    for row in TABLE {
        let made = &own.furnished;
        let mine = Subject {
            vault: made.vault,
            group: made.group,
            resource: made.resource,
            account: made.first,
            file: own.files.0,
            upload: own.files.1,
            session: own.created.session,
            member: None,
        };
        let theirs = &scene.other.furnished;
        let unknown = ObjectId(own.session.surroundings().make_id());
        let unknown_vault = Subject { vault: VaultId(unknown.0), ..mine };
        let foreign_vault = Subject { vault: theirs.vault, ..mine };
        let unknown_object = Subject {
            group: unknown,
            resource: unknown,
            account: unknown,
            file: unknown,
            upload: unknown,
            session: SessionId(unknown.0),
            member: Some(MemberId(unknown.0)),
            ..mine
        };
        let foreign_object = Subject {
            group: theirs.group,
            resource: theirs.resource,
            account: theirs.first,
            file: scene.other.files.0,
            upload: scene.other.files.1,
            session: scene.other.created.session,
            member: Some(scene.other.founder.identity.member),
            ..mine
        };
        let columns: [(&str, Expected, Subject, Option<&str>); 10] = [
            ("no session", row.none, mine, None),
            ("no token at all", row.garbage, mine, Some("not a token")),
            ("a token of nobody", row.garbage, mine, Some(&garbage)),
            ("an expired session", row.expired, mine, Some(&scene.expired)),
            ("an ended session", row.ended, mine, Some(&scene.ended)),
            ("another team's session", row.other_team, mine, Some(scene.other.token())),
            ("an unknown vault", row.unknown_vault, unknown_vault, Some(own.token())),
            ("another team's vault", row.unknown_vault, foreign_vault, Some(own.token())),
            ("an unknown object", row.unknown_object, unknown_object, Some(own.token())),
            ("another team's object", row.unknown_object, foreign_object, Some(own.token())),
        ];
        for (state, expected, subject, token) in columns {
            let Expected::Answer(status, code) = expected else { continue };
            let got = scene.ask(prepare(&scene, row.operation, subject).await, token).await;
            if got != (status, code.to_owned()) {
                wrong.push(format!("{} with {state}: {got:?} instead of {status} {code}", row.operation));
            }
        }
        // Last, because it changes something.
        let Expected::Answer(status, code) = row.own else { panic!("{} is never allowed", row.operation) };
        let got = scene.ask(prepare(&scene, row.operation, mine).await, Some(own.token())).await;
        if got != (status, code.to_owned()) {
            wrong.push(format!("{} with one's own session: {got:?} instead of {status} {code}", row.operation));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
