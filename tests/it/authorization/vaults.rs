//! Who may do what in somebody's personal vault, and what auditors may do in a shared one: every row by hand.

use crate::harness::{Forge, Founder, Furnished, InProcess, TestServer, raw};
use sealward_client::session::Session;
use sealward_contract::{
    chain::{Body, NamedHead, NewEpoch, Revoke, SetGrant, TeamRole, VaultRole},
    ids::{Epoch, MemberId, ReleaseId, VaultId},
    operations::{
        ObjectPath, Operation, TeamPath, VaultPath,
        files::{BeginUpload, NewUpload},
        members::{ListHeldHeads, MemberPath},
        records::{
            Batch, GetAccount, ListAccounts, ListFacts, ListSecretHeaders, ListSecretVersions, ReleaseRequest,
            ReleaseSecret, WantedVersion, WriteBatch,
        },
        sync::{KeyEnvelope, SyncVault},
        vault::{
            EpochStart, GetVault, GrantChange, ListEnvelopes, Revocation, RevokeGrant, RewrapKeys, Rewrapping,
            SetGrant as SetGrantOperation, StartEpoch,
        },
        wire::{Format, target},
    },
    record::LeafKey,
    release::ReleaseStatement,
    suite::SUITE,
};

struct Caller {
    who: Founder,
    session: Session<InProcess>,
    token: String,
}

impl Caller {
    async fn new(server: &TestServer, who: Founder) -> Self {
        let created = who.sign_in(server).await;
        let session = who.take_over(server, &server.connect(), &created, None);
        session.sync(|_| {}).await.unwrap();
        Self { who, session, token: created.token.expose().to_owned() }
    }

    async fn ask<O: Operation>(&self, server: &TestServer, path: O::Path, body: Option<O::Request>) -> u16 {
        let bearer = format!("Bearer {}", self.token);
        let mut headers = vec![("authorization", bearer.as_str())];
        headers.extend(body.is_some().then_some(("content-type", "application/json")));
        let body = body.map(|body| Format::Json.write(&body)).unwrap_or_default();
        let target = target::<O>(&path, &O::Query::default()).unwrap();
        raw(&server.connect(), O::METHOD.as_str(), &target, &headers, body).await.status
    }

    /// Everything that can be asked of a vault, as this caller would sign it with what another session knows of it.
    async fn ask_all(
        &self,
        server: &TestServer,
        knows: &Session<InProcess>,
        made: &Furnished,
        of: MemberId,
    ) -> Vec<(&'static str, u16)> {
        let (team, vault) = (self.who.team, made.vault);
        let of_team = TeamPath { team };
        let of_vault = VaultPath { team, vault };
        let object = ObjectPath { team, vault, id: made.first };
        let own = self.who.identity.member;
        knows.sync(|_| {}).await.unwrap();
        self.session.sync(|_| {}).await.unwrap();
        let forge = Forge { founder: &self.who, session: knows, vault };
        let head = head_of(knows, vault);
        let (keys, envelope) = self.who.make_keys(vault, Epoch(2));
        let state = |body| forge.state(body).to_wire();
        let release = self.who.identity.signing.sign(ReleaseStatement {
            suite: SUITE,
            id: ReleaseId(forge.make_object().0),
            team,
            vault,
            account: made.first,
            version: sealward_contract::ids::Version(1),
            member: own,
            position: forge.position(),
            time: forge.now(),
            reason: None,
        });
        let write = forge.write([forge.next(LeafKey { id: made.group, kind: made.key(made.group).kind })]);
        let epoch = NewEpoch { vault, epoch: Epoch(2), keys, head };
        let set = SetGrant { vault, member: own, role: VaultRole::Viewer, head: None };
        let revoke = Revoke { vault, member: of, head: Some(head) };
        let rewrapped = KeyEnvelope { vault: Some(vault), epoch: Epoch(1), envelope: envelope.clone() };
        let rewrapping = Rewrapping { envelopes: vec![rewrapped], renewed: vec![] };
        let upload = NewUpload { id: forge.make_object(), sealed_length: 4_112 };
        vec![
            ("get_vault", self.ask::<GetVault>(server, of_vault, None).await),
            ("sync_vault", self.ask::<SyncVault>(server, of_vault, None).await),
            ("list_accounts", self.ask::<ListAccounts>(server, of_vault, None).await),
            ("get_account", self.ask::<GetAccount>(server, object, None).await),
            ("list_envelopes", self.ask::<ListEnvelopes>(server, of_vault, None).await),
            ("list_facts", self.ask::<ListFacts>(server, of_vault, None).await),
            ("list_secret_versions", self.ask::<ListSecretVersions>(server, object, None).await),
            ("list_secret_headers", self.ask::<ListSecretHeaders>(server, of_vault, None).await),
            (
                "release_secret",
                self.ask::<ReleaseSecret>(
                    server,
                    object,
                    Some(ReleaseRequest { statement: release.to_wire(), wanted: WantedVersion::Newest }),
                )
                .await,
            ),
            ("write_batch", self.ask::<WriteBatch>(server, of_team, Some(Batch { writes: vec![write] })).await),
            ("begin_upload", self.ask::<BeginUpload>(server, of_vault, Some(upload)).await),
            ("rewrap_keys", self.ask::<RewrapKeys>(server, of_team, Some(rewrapping)).await),
            (
                "set_grant",
                self.ask::<SetGrantOperation>(
                    server,
                    of_vault,
                    Some(GrantChange { statement: state(Body::SetGrant(set)), envelope: Some(envelope.clone()) }),
                )
                .await,
            ),
            (
                "start_epoch",
                self.ask::<StartEpoch>(
                    server,
                    of_vault,
                    Some(EpochStart { statement: state(Body::NewEpoch(epoch)), envelopes: vec![envelope] }),
                )
                .await,
            ),
            (
                "revoke_grant",
                self.ask::<RevokeGrant>(server, of_vault, Some(Revocation { statement: state(Body::Revoke(revoke)) }))
                    .await,
            ),
            ("list_held_heads", self.ask::<ListHeldHeads>(server, MemberPath { team, member: of }, None).await),
        ]
    }
}

fn head_of(session: &Session<InProcess>, vault: VaultId) -> NamedHead {
    let head = session.vaults()[&vault].head();
    NamedHead { sequence: head.sequence, hash: head.hash }
}

#[tokio::test(flavor = "current_thread")]
async fn every_role_by_every_operation_on_vaults() {
    let server = TestServer::in_memory();
    let founder = Founder::found(&server, "ada.lovelace").await;
    let shared = Furnished::make(&founder.session(&server, &server.connect()).await, "Operations").await;
    let ada = Caller::new(&server, founder).await;
    let of = ada.who.identity.member;
    let bob = Founder::invited(&server, &ada.session, "bob", &[]).await;
    let bob = Caller::new(&server, bob).await;
    let own = bob.session.make_personal_vault().await.unwrap().unwrap();
    let personal = Furnished::fill(&bob.session, own).await;
    let mut callers = vec![("owner", ada)];
    for (name, role) in [
        ("administrator", TeamRole::Administrator),
        ("password administrator", TeamRole::PasswordAdministrator),
        ("auditor", TeamRole::Auditor),
        ("member", TeamRole::Member),
    ] {
        let session = &callers[0].1.session;
        let who = Founder::invited(&server, session, &name.replace(' ', "."), &[]).await;
        if role != TeamRole::Member {
            session.set_team_role(who.identity.member, role).await.unwrap();
        }
        callers.push((name, Caller::new(&server, who).await));
    }
    // In the order of `ask_all`: get_vault, sync_vault, list_accounts, get_account, list_envelopes, list_facts,
    // list_secret_versions, list_secret_headers, release_secret, write_batch, begin_upload, rewrap_keys, set_grant,
    // start_epoch, revoke_grant, list_held_heads.
    let nobodys = [404, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404, 422, 404, 404];
    let in_bobs: [(&str, [u16; 2]); 5] = [
        // Who manages people is told the newest head's hash, which a removal has to name; the role is not taken alone.
        ("owner", [422, 200]),
        ("administrator", [422, 200]),
        ("password administrator", [404, 404]),
        ("auditor", [404, 404]),
        ("member", [404, 404]),
    ];
    let member = bob.who.identity.member;
    for ((name, caller), (row, last)) in callers.iter().zip(in_bobs) {
        assert_eq!(*name, row);
        let got = caller.ask_all(&server, &bob.session, &personal, member).await;
        let expected: Vec<u16> = nobodys.into_iter().chain(last).collect();
        assert_eq!(got.iter().map(|(_, status)| *status).collect::<Vec<_>>(), expected, "{name}: {got:?}");
    }
    // An auditor in a shared vault: everything of the catalog, and nothing else.
    let (_, auditor) = &callers[3];
    let got = auditor.ask_all(&server, &callers[0].1.session, &shared, of).await;
    let expected = [
        ("get_vault", 200),
        ("sync_vault", 200),
        ("list_accounts", 200),
        ("get_account", 200),
        ("list_envelopes", 200),
        // Of no secret that it could not open: of none.
        ("list_facts", 200),
        ("list_secret_versions", 403),
        ("list_secret_headers", 403),
        ("release_secret", 403),
        ("write_batch", 403),
        ("begin_upload", 403),
        // To itself: it has a role.
        ("rewrap_keys", 200),
        ("set_grant", 422),
        ("start_epoch", 422),
        ("revoke_grant", 422),
        ("list_held_heads", 404),
    ];
    assert_eq!(got, expected);
    let (facts, damages) = auditor.session.fetch_facts(shared.vault).await.unwrap();
    assert_eq!((facts.len(), damages), (0, vec![]));
}
