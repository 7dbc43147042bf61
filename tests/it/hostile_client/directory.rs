//! Profiles and names of groups that cannot be, and statements about groups by another door or without their keys.

use super::Scene;
use crate::harness::{Forge, Founder};
use sealward_contract::{
    bytes::Bytes,
    chain::{Body, EndGroupGrants, GrantByGroup, NamedHead, SetGroup, SetGroupRole, VaultRole},
    crypto::Hash,
    ids::{Epoch, GroupId, MemberId, Number, ObjectId, Version},
    operations::{
        VaultPath,
        directory::{DirectoryWrite, PutProfile},
        groups::{
            self, CreateGroup, DeleteGroup, GroupChange, GroupGrant, GroupPath, NewGroup, SetGroupMembers, UpdateGroup,
        },
        members::MemberPath,
        vault::Envelope,
    },
    record::{RecordContext, RecordKind, RecordState, Tier},
};

const GROUP: GroupId = GroupId([6; 16]);

fn write(forge: &Forge<'_>, context: RecordContext) -> DirectoryWrite {
    DirectoryWrite { record: forge.seal_foreign(context).to_wire() }
}

#[tokio::test(flavor = "current_thread")]
async fn profiles_that_cannot_be_are_refused() {
    let scene = Scene::set().await;
    let grace = Founder::invited(&scene.server, &scene.session, "grace.hopper", &[]).await;
    let own = scene.founder.identity.member;
    let path = MemberPath { team: scene.founder.team, member: own };
    let forge = scene.forge();
    let good = forge.next_profile(&scene.founder.entry_of(&scene.server, own).await);
    let with = |change: &dyn Fn(&mut RecordContext)| {
        let mut changed = good.clone();
        change(&mut changed);
        write(&forge, changed)
    };
    let far = forge.now().plus_millis(sealward_contract::limits::CLOCK_SKEW + 1);
    for (what, body, expected) in [
        ("no record", DirectoryWrite { record: Bytes(b"Ada".to_vec()) }, (422, "record_refused: malformed")),
        ("without its payload", bare(&forge, good.clone()), (422, "record_refused: malformed")),
        ("another's", with(&|it| it.id = ObjectId(grace.identity.member.0)), (422, "record_refused: other")),
        ("another kind", with(&|it| it.kind = RecordKind::Team), (422, "record_refused: other")),
        ("in something else", with(&|it| it.parent = ObjectId([9; 16])), (422, "record_refused: parent")),
        ("another number", with(&|it| it.number = Number(7)), (422, "record_refused: history")),
        ("after another version", with(&|it| it.previous = Hash([9; 32])), (422, "record_refused: history")),
        ("deleted", with(&|it| it.state = RecordState::Deleted), (422, "record_refused: history")),
        ("another epoch", with(&|it| it.epoch = Epoch(2)), (422, "record_refused: epoch")),
        ("another tier", with(&|it| it.tier = Tier::Catalog), (422, "record_refused: tier")),
        ("of a vault", with(&|it| it.vault = scene.made.vault), (422, "record_refused: other")),
        ("another author", with(&|it| it.author = grace.identity.member), (422, "record_refused: author")),
        ("from tomorrow", with(&|it| it.time = far), (422, "record_refused: time")),
        ("an earlier version", with(&|it| it.version = Version(1)), (409, "stale_version")),
        ("a later version", with(&|it| it.version = Version(3)), (409, "stale_version")),
    ] {
        scene.refuses::<PutProfile>(what, path, &body, expected).await;
    }
    let unsigned = {
        let hers = Forge { founder: &grace, session: &scene.session, vault: scene.made.vault };
        write(&hers, RecordContext { author: own, ..good.clone() })
    };
    scene.refuses::<PutProfile>("another's signature", path, &unsigned, (422, "record_refused: signature")).await;
    let nobody = MemberPath { member: MemberId([8; 16]), ..path };
    scene.refuses::<PutProfile>("of nobody", nobody, &with(&|_| {}), (404, "not_found")).await;
    // What is right is taken; and again, for an answer that was lost; a second record of the same version is not.
    let right = with(&|_| {});
    assert_eq!(scene.call::<PutProfile>(path, Some(&right)).await.status, 200);
    assert_eq!(scene.call::<PutProfile>(path, Some(&right)).await.status, 200);
    scene.refuses::<PutProfile>("another of the same version", path, &with(&|_| {}), (409, "stale_version")).await;
    let answered = scene.call::<PutProfile>(path, Some(&with(&|_| {}))).await;
    let problem = super::problem(&answered);
    assert_eq!((problem["current"].as_u64(), problem["record"].is_string()), (Some(2), true));
}

fn bare(forge: &Forge<'_>, context: RecordContext) -> DirectoryWrite {
    DirectoryWrite { record: forge.seal_foreign(context).to_bare_wire() }
}

#[tokio::test(flavor = "current_thread")]
async fn a_member_writes_no_profile_but_its_own() {
    let scene = Scene::set().await;
    let grace = Founder::invited(&scene.server, &scene.session, "grace.hopper", &[]).await;
    let created = grace.sign_in(&scene.server).await;
    let session = grace.take_over(&scene.server, &scene.server.connect(), &created, None);
    session.sync(|_| {}).await.unwrap();
    let ada = scene.founder.entry_of(&scene.server, scene.founder.identity.member).await;
    let Scene { server, made, others, .. } = scene;
    let hers = Scene { server, founder: grace, made, created, session, others };
    let forge = Forge { founder: &hers.founder, session: &hers.session, vault: hers.made.vault };
    let path = MemberPath { team: hers.founder.team, member: ada.member };
    let body = write(&forge, forge.next_profile(&ada));
    let answered = hers.call::<PutProfile>(path, Some(&body)).await;
    assert_eq!(super::told(&answered), (403, "forbidden".to_owned()));
    // Nor a group's name, nor a group.
    let statement = forge.state(Body::SetGroup(SetGroup { group: GROUP, members: Some(vec![]) })).to_wire();
    let body = NewGroup { statement, record: Bytes(vec![1; 300]) };
    let answered = hers.call::<CreateGroup>(hers.team_path(), Some(&body)).await;
    assert_eq!(super::told(&answered), (422, "statement_refused: right".to_owned()));
    let written = hers.session.sync(|_| {}).await.unwrap();
    assert_eq!(written.damages, []);
    assert_eq!(hers.founder.entry_of(&hers.server, ada.member).await.version, Some(Version(1)));
}

impl Scene {
    fn state_group(&self, members: Option<Vec<MemberId>>) -> GroupChange {
        let body = Body::SetGroup(SetGroup { group: GROUP, members });
        GroupChange { statement: self.forge().state(body).to_wire() }
    }

    fn group_name(&self, position: sealward_contract::record::ChainPosition) -> RecordContext {
        let place = (RecordKind::Group, GROUP.object(), Number(0));
        RecordContext { position, ..self.forge().of_directory(place, (Version::FIRST, Hash::ZERO)) }
    }
}

#[tokio::test(flavor = "current_thread")]
async fn groups_come_by_their_own_door_and_with_their_name() {
    let scene = Scene::set().await;
    let (team, vault) = (scene.founder.team, scene.made.vault);
    let (path, of_group) = (scene.team_path(), GroupPath { team, group: GROUP });
    let forge = scene.forge();
    let statement = forge.state(Body::SetGroup(SetGroup { group: GROUP, members: Some(vec![]) }));
    let position = sealward_contract::record::ChainPosition {
        sequence: statement.value().sequence,
        hash: sealward_contract::chain::statement_hash(&statement),
    };
    let named = |change: &dyn Fn(&mut RecordContext)| {
        let mut context = scene.group_name(position);
        change(&mut context);
        NewGroup { statement: statement.to_wire(), record: forge.seal_foreign(context).to_wire() }
    };
    for (what, body) in [
        ("no name", NewGroup { record: Bytes(vec![]), ..named(&|_| {}) }),
        ("another's name", named(&|it| it.id = ObjectId([7; 16]))),
        ("a second version", named(&|it| it.version = Version(2))),
        ("after something", named(&|it| it.previous = Hash([1; 32]))),
        ("a profile", named(&|it| it.kind = RecordKind::Profile)),
    ] {
        scene.refuses::<CreateGroup>(what, path, &body, (422, "record_refused")).await;
    }
    let nobody = scene.state_group(Some(vec![]));
    let unknown = (422, "statement_refused: unknown");
    scene.refuses::<SetGroupMembers>("a group without a name", of_group, &nobody, unknown).await;
    scene.refuses::<DeleteGroup>("members by the door of ends", of_group, &nobody, unknown).await;
    let body = NewGroup { statement: scene.state_group(None).statement, ..named(&|_| {}) };
    scene.refuses::<CreateGroup>("the end of what is not there", path, &body, unknown).await;
    assert_eq!(scene.call::<CreateGroup>(path, Some(&named(&|_| {}))).await.status, 200);
    scene.session.sync(|_| {}).await.unwrap();
    let other = GroupPath { group: GroupId([7; 16]), ..of_group };
    let own = scene.founder.identity.member;
    let change = scene.state_group(Some(vec![own]));
    scene.refuses::<SetGroupMembers>("by another's path", other, &change, unknown).await;
    let again = NewGroup { statement: change.statement.clone(), ..named(&|_| {}) };
    scene.refuses::<CreateGroup>("again", path, &again, (422, "statement_refused: used")).await;
    let end = scene.state_group(None);
    scene.refuses::<SetGroupMembers>("its end by the door of members", of_group, &end, unknown).await;
    let gone = write(&scene.forge(), scene.group_name(position));
    scene.refuses::<UpdateGroup>("a first version again", of_group, &gone, (409, "stale_version")).await;
    let elsewhere = VaultPath { team, vault: scene.others.1.vault };
    let ask = Body::SetGroupRole(SetGroupRole { vault, group: GROUP, role: Some(VaultRole::User) });
    let ask = GroupChange { statement: scene.forge().state(ask).to_wire() };
    scene.refuses::<groups::SetGroupRole>("another team's vault", elsewhere, &ask, (404, "not_found")).await;
    assert_eq!(scene.call::<DeleteGroup>(of_group, Some(&end)).await.status, 200);
    scene.session.sync(|_| {}).await.unwrap();
    scene.refuses::<UpdateGroup>("the name of what ended", of_group, &gone, (404, "not_found")).await;
}

#[tokio::test(flavor = "current_thread")]
async fn what_a_group_asks_for_comes_with_its_keys() {
    let scene = Scene::set().await;
    let (team, vault) = (scene.founder.team, scene.made.vault);
    let path = VaultPath { team, vault };
    let bob = Founder::invited(&scene.server, &scene.session, "bob", &[]).await.identity.member;
    let details = sealward_client::model::MemberGroupDetails { name: "Operations".into(), description: String::new() };
    let group = scene.session.create_group(&details, &[bob]).await.unwrap();
    scene.session.set_group_role(vault, group, Some(VaultRole::User)).await.unwrap();
    let grant = |members: Vec<MemberId>, role| {
        scene.forge().state(Body::GrantByGroup(GrantByGroup { vault, group, role, members })).to_wire()
    };
    let envelope = |recipient| Envelope { recipient, sealed: Bytes(vec![7; 1_300]) };
    let own = scene.founder.identity.member;
    let good = grant(vec![bob], VaultRole::User);
    for (what, envelopes) in [
        ("no keys", vec![]),
        ("keys for somebody else", vec![envelope(own)]),
        ("keys twice", vec![envelope(bob), envelope(bob)]),
        ("keys for somebody besides", vec![envelope(bob), envelope(own)]),
        ("empty keys", vec![Envelope { recipient: bob, sealed: Bytes(vec![]) }]),
    ] {
        let body = GroupGrant { statement: good.clone(), envelopes };
        scene.refuses::<groups::GrantByGroup>(what, path, &body, (422, "envelopes_refused")).await;
    }
    for (what, statement, reason) in [
        ("more than is asked for", grant(vec![bob], VaultRole::Editor), "state"),
        ("somebody who is in no group", grant(vec![own], VaultRole::User), "grants"),
        ("nobody", grant(vec![], VaultRole::User), "members"),
    ] {
        let body = GroupGrant { statement, envelopes: vec![envelope(bob)] };
        scene.refuses::<groups::GrantByGroup>(what, path, &body, (422, &format!("statement_refused: {reason}"))).await;
    }
    let right = GroupGrant { statement: good, envelopes: vec![envelope(bob)] };
    assert_eq!(scene.call::<groups::GrantByGroup>(path, Some(&right)).await.status, 200);
    scene.session.sync(|_| {}).await.unwrap();
    scene.session.set_group_members(group, &[]).await.unwrap();
    let end = |head| {
        let body = Body::EndGroupGrants(EndGroupGrants { vault, members: vec![bob], head });
        GroupChange { statement: scene.forge().state(body).to_wire() }
    };
    let stale = NamedHead { sequence: 1, hash: Hash([1; 32]) };
    scene.refuses::<groups::EndGroupGrants>("a stale head", path, &end(stale), (422, "head_refused")).await;
}
