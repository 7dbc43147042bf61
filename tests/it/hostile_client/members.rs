//! Statements about members that do not follow, or do not bring what they need.

use super::{Scene, told};
use crate::harness::{A_DAY, Founder, keys_of_link};
use sealward_client::crypto::{hpke::XWingSecret, randomness::OsRandom, signing::SigningKey};
use sealward_contract::{
    bytes::Bytes,
    chain::{
        Body, Invite, NamedHead, Remove, Resume, Revoke, SetGrant, SetTeamRole, SignedStatement, Suspend, TeamRole,
        TouchedVault, VaultGrant, VaultRole,
    },
    crypto::{Hash, context::Label},
    ids::{Epoch, InviteId, MemberId},
    limits,
    operations::{
        Operation, TeamPath, VaultPath,
        invitations::{CreateInvitation, JoinTeam, NewInvitation, NewMember, VaultEnvelope},
        members::{self, MemberChange, MemberPath, Removal, RemoveMember, ResumeMember, SuspendMember},
        records::{Batch, WriteBatch},
        sync::KeyEnvelope,
        vault::{self, GrantChange, Revocation, RevokeGrant, RewrapKeys, Rewrapping},
    },
};

impl Scene {
    fn newest_head(&self) -> NamedHead {
        let head = self.session.vaults()[&self.made.vault].head();
        NamedHead { sequence: head.sequence, hash: head.hash }
    }

    async fn refuses_change<O>(&self, what: &str, member: MemberId, body: Body, expected: &str)
    where
        O: Operation<Path = MemberPath, Request = MemberChange>,
    {
        let path = MemberPath { team: self.founder.team, member };
        let change = MemberChange { statement: self.forge().state(body).to_wire() };
        self.refuses::<O>(what, path, &change, (422, expected)).await;
    }

    async fn refuses_removal(&self, what: &str, member: MemberId, body: Body, expected: &str) {
        let path = MemberPath { team: self.founder.team, member };
        let removal = Removal { statement: self.forge().state(body).to_wire(), directory: Vec::new() };
        self.refuses::<RemoveMember>(what, path, &removal, (422, expected)).await;
    }
}

#[tokio::test(flavor = "current_thread")]
async fn an_invitation_gives_no_more_than_it_may_and_brings_all_keys() {
    let scene = Scene::set().await;
    let (forge, vault, team) = (scene.forge(), scene.made.vault, TeamPath { team: scene.founder.team });
    let randomness = &mut OsRandom::new();
    let good = Invite {
        invite: InviteId([7; 16]),
        signing: SigningKey::make(randomness).public(),
        sealing: XWingSecret::make(randomness).public(),
        role: TeamRole::Member,
        grants: vec![VaultGrant { vault, role: VaultRole::Editor }],
        expires: forge.now().plus_millis(A_DAY),
    };
    let sealed = || Bytes(vec![7; 1_300]);
    let request = |invite: &Invite| NewInvitation {
        statement: forge.state(Body::Invite(invite.clone())).to_wire(),
        directory: sealed(),
        envelopes: vec![VaultEnvelope { vault, sealed: sealed() }],
    };
    let with = |change: fn(&mut Invite)| {
        let mut changed = good.clone();
        change(&mut changed);
        changed
    };
    let forever = Invite { expires: forge.now().plus_millis(limits::INVITATION + 1), ..good.clone() };
    for (what, invite, reason) in [
        ("custody by a link", with(|invite| invite.grants[0].role = VaultRole::Custodian), "right"),
        ("an owner by a link", with(|invite| invite.role = TeamRole::Owner), "right"),
        ("an administrator by a link", with(|invite| invite.role = TeamRole::Administrator), "right"),
        (
            "another team's vault",
            Invite {
                grants: vec![VaultGrant { vault: scene.others.1.vault, role: VaultRole::Viewer }],
                ..good.clone()
            },
            "right",
        ),
        ("a vault twice", with(|invite| invite.grants.push(invite.grants[0])), "grants"),
        ("for ever", forever, "time"),
        (
            "a key that a member has",
            Invite { signing: scene.founder.identity.signing.public(), ..good.clone() },
            "used",
        ),
    ] {
        let expected = format!("statement_refused: {reason}");
        scene.refuses::<CreateInvitation>(what, team, &request(&invite), (422, &expected)).await;
    }
    let other = scene.others.1.vault;
    for (what, envelopes) in [
        ("no keys", vec![]),
        ("keys twice", vec![VaultEnvelope { vault, sealed: sealed() }, VaultEnvelope { vault, sealed: sealed() }]),
        ("keys of another vault", vec![VaultEnvelope { vault: other, sealed: sealed() }]),
        ("empty keys", vec![VaultEnvelope { vault, sealed: Bytes(vec![]) }]),
    ] {
        let body = NewInvitation { envelopes, ..request(&good) };
        scene.refuses::<CreateInvitation>(what, team, &body, (422, "envelopes_refused")).await;
    }
    let body = NewInvitation { directory: Bytes(vec![]), ..request(&good) };
    scene.refuses::<CreateInvitation>("no directory key", team, &body, (422, "envelopes_refused")).await;
    assert_eq!(scene.call::<CreateInvitation>(team, Some(&request(&good))).await.status, 200);
}

#[tokio::test(flavor = "current_thread")]
async fn nobody_joins_without_the_link() {
    let scene = Scene::set().await;
    let team = TeamPath { team: scene.founder.team };
    let link = scene.session.invite(&[], A_DAY).await.unwrap();
    let chain = scene.session.chain().unwrap().clone();
    let (newcomer, good) = Founder::prepare_join(&scene.server, &link, &chain, "mary.somerville");
    let right = SignedStatement::parse(&good.statement).unwrap();
    let unsigned = newcomer.identity.signing.sign(right.value().clone());
    let cosigned =
        |key: &SigningKey, label| unsigned.clone().with_cosignature(key.sign_bytes(label, unsigned.bytes())).to_wire();
    let key = keys_of_link(&link).signing;
    for (what, statement) in [
        ("one signature", unsigned.to_wire()),
        ("the newcomer's signature twice", cosigned(&newcomer.identity.signing, Label::Join)),
        ("a member's signature", cosigned(&scene.founder.identity.signing, Label::Join)),
        ("a signature for something else", cosigned(&key, Label::Statement)),
        ("another statement", scene.forge().state(Body::Resume(Resume { member: link.invite().member() })).to_wire()),
        ("no statement", Bytes(vec![1])),
    ] {
        let body = NewMember { statement, ..good.clone() };
        scene.refuses::<JoinTeam>(what, team, &body, (403, "invitation_refused")).await;
    }
    let by_link = key.sign(right.value().clone());
    let statement = by_link.clone().with_cosignature(key.sign_bytes(Label::Join, by_link.bytes())).to_wire();
    let body = NewMember { statement, ..good.clone() };
    scene.refuses::<JoinTeam>("signed by the link alone", team, &body, (422, "statement_refused: signature")).await;
    let (_, named) = Founder::prepare_join(&scene.server, &link, &chain, "ada.lovelace");
    scene.refuses::<JoinTeam>("a name that is taken", team, &named, (422, "statement_refused: used")).await;
    let body = NewMember { bundle: Bytes(vec![1; limits::BUNDLE + 1]), ..good.clone() };
    scene.refuses::<JoinTeam>("a bundle that is too large", team, &body, (422, "envelopes_refused")).await;
    scene.server.clock.advance(limits::CLOCK_SKEW + 1);
    scene.refuses::<JoinTeam>("a time long past", team, &good, (422, "statement_refused: time")).await;
    let (_, late) = Founder::prepare_join(&scene.server, &link, &chain, "mary.somerville");
    assert_eq!(scene.call::<JoinTeam>(team, Some(&late)).await.status, 200);
    scene.refuses::<JoinTeam>("a second time", team, &late, (410, "invitation_used")).await;
}

#[tokio::test(flavor = "current_thread")]
async fn whoever_takes_roles_away_names_the_newest_head_of_each_vault() {
    let scene = Scene::set().await;
    let vault = scene.made.vault;
    let grants = [(vault, VaultRole::Editor)];
    let member = Founder::invited(&scene.server, &scene.session, "mary.somerville", &grants).await.identity.member;
    let newest = scene.newest_head();
    let old = NamedHead { sequence: newest.sequence - 1, hash: Hash([7; 32]) };
    let touched = |head| vec![TouchedVault { vault, head }];
    let cases = [
        ("no head", vec![], "statement_refused: heads"),
        ("an older head", touched(old), "head_refused"),
        ("another head", touched(NamedHead { hash: Hash([7; 32]), ..newest }), "head_refused"),
        ("a head twice", [touched(newest), touched(newest)].concat(), "statement_refused: heads"),
    ];
    for (what, vaults, expected) in cases {
        let suspend = Body::Suspend(Suspend { member, vaults: vaults.clone() });
        scene.refuses_change::<SuspendMember>(what, member, suspend, expected).await;
        let remove = Body::Remove(Remove { member, vaults, directory: None });
        scene.refuses_removal(what, member, remove, expected).await;
    }
    let path = VaultPath { team: scene.founder.team, vault };
    for (what, head, expected) in
        [("no head", None, "statement_refused: heads"), ("an older head", Some(old), "head_refused")]
    {
        let statement = scene.forge().state(Body::Revoke(Revoke { vault, member, head })).to_wire();
        scene.refuses::<RevokeGrant>(what, path, &Revocation { statement }, (422, expected)).await;
    }
    // Each operation takes its own kind of statement, about the member of its path.
    let other = Body::Suspend(Suspend { member, vaults: touched(newest) });
    scene.refuses_removal("another kind", member, other.clone(), "statement_refused: unknown").await;
    let founder = scene.founder.identity.member;
    scene.refuses_change::<SuspendMember>("another member", founder, other.clone(), "statement_refused: unknown").await;
    let last = Body::SetTeamRole(SetTeamRole { member: founder, role: TeamRole::Member });
    scene
        .refuses_change::<members::SetTeamRole>("the last owner", founder, last, "statement_refused: last_owner")
        .await;
    scene
        .refuses_change::<ResumeMember>(
            "nobody to resume",
            member,
            Body::Resume(Resume { member }),
            "statement_refused: state",
        )
        .await;
    // While keys are due nobody writes, whoever they are.
    let change = MemberChange { statement: scene.forge().state(other).to_wire() };
    let of_member = MemberPath { team: scene.founder.team, member };
    assert_eq!(scene.call::<SuspendMember>(of_member, Some(&change)).await.status, 200);
    let write = scene.forge().write([scene.forge().next(scene.group())]);
    let answered = scene.call::<WriteBatch>(scene.team_path(), Some(&Batch { writes: vec![write] })).await;
    assert_eq!(told(&answered), (409, "epoch_due".to_owned()));
}

#[tokio::test(flavor = "current_thread")]
async fn a_grant_brings_its_keys_and_nobody_wraps_for_others() {
    let scene = Scene::set().await;
    let vault = scene.made.vault;
    let mary = Founder::invited(&scene.server, &scene.session, "mary.somerville", &[(vault, VaultRole::Editor)]).await;
    let rosa = Founder::invited(&scene.server, &scene.session, "rosa.parks", &[]).await.identity.member;
    let path = VaultPath { team: scene.founder.team, vault };
    let (_, envelope) = scene.founder.make_keys(vault, Epoch::FIRST);
    let for_rosa = vault::Envelope { recipient: rosa, ..envelope.clone() };
    let set = |head| {
        let set = SetGrant { vault, member: rosa, role: VaultRole::Viewer, head };
        scene.forge().state(Body::SetGrant(set)).to_wire()
    };
    for (what, statement, envelope, expected) in [
        ("no keys", set(None), None, "envelopes_refused"),
        ("keys for somebody else", set(None), Some(envelope.clone()), "envelopes_refused"),
        (
            "empty keys",
            set(None),
            Some(vault::Envelope { sealed: Bytes(vec![]), ..for_rosa.clone() }),
            "envelopes_refused",
        ),
        ("a head where no right is lost", set(Some(scene.newest_head())), None, "statement_refused: heads"),
    ] {
        let body = GrantChange { statement, envelope };
        scene.refuses::<vault::SetGrant>(what, path, &body, (422, expected)).await;
    }
    // An editor wraps to itself, and to nobody else; a custodian to those with a role, under the newest epoch.
    let hers = mary.sign_in(&scene.server).await;
    let api = sealward_client::api::Api::new(scene.server.connect());
    let body = |vault, epoch, envelope: &vault::Envelope| Rewrapping {
        envelopes: vec![KeyEnvelope { vault, epoch, envelope: envelope.clone() }],
        renewed: Vec::new(),
    };
    let to_founder = body(Some(vault), Epoch::FIRST, &envelope);
    let none = sealward_contract::operations::Empty {};
    let refused = api.call::<RewrapKeys>(Some(&hers.token), &scene.team_path(), &none, &to_founder, None).await;
    assert!(matches!(refused, Err(sealward_client::api::CallError::Own(vault::RewrapError::EnvelopesRefused))));
    let to_mary = vault::Envelope { recipient: mary.identity.member, ..envelope.clone() };
    for (what, body) in [
        ("to somebody without a role", body(Some(vault), Epoch::FIRST, &for_rosa)),
        ("of another epoch", body(Some(vault), Epoch(2), &to_mary)),
        ("of another team's vault", body(Some(scene.others.1.vault), Epoch::FIRST, &to_mary)),
        ("of the directory to somebody else", body(None, Epoch::FIRST, &to_mary)),
    ] {
        scene.refuses::<RewrapKeys>(what, scene.team_path(), &body, (422, "envelopes_refused")).await;
    }
}
