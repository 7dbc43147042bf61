//! Lies about who members are and what groups are called: shown as damaged, and nothing of them believed.

use super::Past;
use crate::harness::{Forge, Founder, answers};
use sealward_client::{
    crypto::{randomness::OsRandom, signing::SigningKey},
    error::{Damage, DamagedObject, Fault},
    model::{MemberGroupDetails, ProfileDetails},
    session::SyncReport,
    vault::{SealUnder, seal_record},
};
use sealward_contract::{
    bytes::Bytes,
    chain::TeamRole,
    crypto::Hash,
    ids::{GroupId, MemberId, Number, ObjectId, Version},
    operations::sync::SyncTeam,
    record::{ChainPosition, Record, RecordContext, RecordKind, RecordState},
};

fn named(full_name: &str) -> ProfileDetails {
    ProfileDetails { full_name: full_name.into(), ..ProfileDetails::default() }
}

/// Grace has written her profile twice; both versions were seen on the way.
struct Scene {
    past: Past,
    grace: Founder,
    versions: [Bytes; 2],
    /// Where she joined.
    joined: ChainPosition,
}

impl Scene {
    async fn set() -> Self {
        let past = Past::make().await;
        let grace = Founder::invited(&past.server, &past.session, "grace.hopper", &[]).await;
        let member = grace.identity.member;
        // Something is said after she joined and before she writes.
        past.session.sync(|_| {}).await.unwrap();
        let joined = past.session.chain().unwrap().position();
        past.session.start_epoch(past.made.vault).await.unwrap();
        let hers = grace.session(&past.server, &past.server.connect()).await;
        hers.sync(|_| {}).await.unwrap();
        let mut versions = Vec::new();
        for (base, name) in [(None, "Grace"), (Some(Version(1)), "Grace Hopper")] {
            hers.write_profile(member, base, &named(name)).await.unwrap();
            versions.push(grace.entry_of(&past.server, member).await.profile.unwrap());
        }
        past.session.sync(|_| {}).await.unwrap();
        let scene = Self { past, grace, versions: versions.try_into().unwrap(), joined };
        assert_eq!(scene.shown(), Some("Grace Hopper".to_owned()));
        scene
    }

    fn member(&self) -> MemberId {
        self.grace.identity.member
    }

    fn shown(&self) -> Option<String> {
        let listed = self.past.session.find_member(&self.member()).unwrap();
        listed.profile.map(|profile| profile.details.full_name)
    }

    /// What is said of a directory with this record in it besides.
    async fn with(&self, wire: Bytes) -> SyncReport {
        let lie = answers::<SyncTeam>(move |changes| changes.directory.push(wire.clone()));
        self.past.lied_to(lie).await.unwrap()
    }

    /// The third version, as Grace could have written it.
    fn third(&self) -> RecordContext {
        let forge = Forge { founder: &self.grace, session: &self.past.session, vault: self.past.made.vault };
        let place = (RecordKind::Profile, self.member().object(), Number(2));
        forge.of_directory(place, (Version(3), Record::parse(&self.versions[1]).unwrap().hash()))
    }

    fn sealed_by(&self, founder: &Founder, context: RecordContext) -> Bytes {
        Forge { founder, session: &self.past.session, vault: self.past.made.vault }.seal_foreign(context).to_wire()
    }

    fn damage(&self, author: MemberId, fault: Fault) -> Damage {
        let object = DamagedObject::Record(RecordKind::Profile);
        let (id, number) = (Some(self.member().object()), Some(Number(2)));
        Damage { object, vault: None, id, number, author: Some(author), fault }
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_forged_profile_is_shown_as_damaged_and_not_believed() {
    let scene = Scene::set().await;
    let (past, grace) = (&scene.past, scene.member());
    let mary = Founder::invited(&past.server, &past.session, "mary.somerville", &[]).await;
    let third = scene.third();
    let by_server = {
        let under = SealUnder::Key(&scene.grace.lock_key);
        let key = SigningKey::make(&mut OsRandom::new());
        seal_record(third.clone(), b"forged", &under, &key, &mut OsRandom::new()).unwrap().to_wire()
    };
    let with = |change: &dyn Fn(&mut RecordContext)| {
        let mut changed = third.clone();
        change(&mut changed);
        scene.sealed_by(&scene.grace, changed)
    };
    let marys = mary.identity.member;
    let nowhere = ChainPosition { sequence: 1, hash: Hash([9; 32]) };
    let rows = [
        ("a signature of the server's", by_server, grace, Fault::Signature),
        (
            "by somebody without the right",
            scene.sealed_by(&mary, RecordContext { author: marys, ..third.clone() }),
            marys,
            Fault::NoRight,
        ),
        ("under another key", scene.sealed_by(&scene.grace, third.clone()), grace, Fault::Unopenable),
        ("at another place of the chain", with(&|context| context.position = nowhere), grace, Fault::Substituted),
        ("with another's number", with(&|context| context.number = Number(1)), grace, Fault::Substituted),
        ("in another's place", with(&|context| context.parent = marys.object()), grace, Fault::Substituted),
        ("deleted", with(&|context| context.state = RecordState::Deleted), grace, Fault::Substituted),
        ("after another version", with(&|context| context.previous = Hash([7; 32])), grace, Fault::RolledBack),
        ("an earlier version", scene.versions[0].clone(), grace, Fault::RolledBack),
        (
            "from before the version that it follows",
            with(&|context| context.position = scene.joined),
            grace,
            Fault::RolledBack,
        ),
        ("the same version twice", with(&|context| context.version = Version(2)), grace, Fault::RolledBack),
    ];
    for (what, wire, author, fault) in rows {
        let report = scene.with(wire).await;
        assert_eq!(report.damages, [scene.damage(author, fault)], "{what}");
        assert_eq!(scene.shown(), Some("Grace Hopper".to_owned()), "{what}");
        let listed = past.session.find_member(&grace).unwrap();
        assert_eq!(listed.damage, Some(scene.damage(author, fault)), "{what}");
        // The vaults are as they were.
        assert!(past.session.vaults()[&past.made.vault].entry(&past.made.key(past.made.group)).is_some());
    }
    // The true record again, and nothing is damaged any more.
    assert_eq!(scene.with(scene.versions[1].clone()).await.damages, []);
    assert_eq!(past.session.find_member(&grace).unwrap().damage, None);
}

#[tokio::test(flavor = "current_thread")]
async fn a_device_that_knows_nothing_shows_no_profile_that_is_forged() {
    let scene = Scene::set().await;
    let (member, third) = (scene.member(), scene.third());
    let forged = scene.sealed_by(&scene.grace, third);
    let fresh = scene
        .past
        .fresh(answers::<SyncTeam>(move |changes| {
            changes.directory.retain(|wire| Record::parse(wire).unwrap().context().id != member.object());
            changes.directory.push(forged.clone());
        }))
        .await;
    assert_eq!(fresh.damage(), scene.damage(member, Fault::Unopenable));
    let listed = fresh.session.find_member(&member).unwrap();
    assert_eq!((listed.profile, listed.login_name.as_str()), (None, "grace.hopper"));
}

#[tokio::test(flavor = "current_thread")]
async fn what_is_no_record_of_the_directory_is_damage_of_the_directory() {
    let scene = Scene::set().await;
    let report = scene.with(Bytes(b"Grace Hopper".to_vec())).await;
    assert_eq!(report.damages, [Damage::of(DamagedObject::Directory, Fault::Malformed)]);
    // A record of a vault has no place there.
    let forge = scene.past.forge();
    let group = forge.seal(forge.next(scene.past.made.key(scene.past.made.group))).to_wire();
    let report = scene.with(group).await;
    assert!(report.damages.iter().any(|damage| damage.fault == Fault::Substituted), "{:?}", report.damages);
    assert_eq!(scene.shown(), Some("Grace Hopper".to_owned()));
}

#[tokio::test(flavor = "current_thread")]
async fn names_of_groups_are_not_the_servers_to_give() {
    let scene = Scene::set().await;
    let session = &scene.past.session;
    let details = MemberGroupDetails { name: "Operations".into(), description: String::new() };
    let group = session.create_group(&details, &[scene.member()]).await.unwrap();
    let forge = Forge { founder: &scene.grace, session, vault: scene.past.made.vault };
    let context = |id: ObjectId| forge.of_directory((RecordKind::Group, id, Number(0)), (Version(2), Hash([1; 32])));
    let of = |id: ObjectId, fault| Damage {
        object: DamagedObject::Record(RecordKind::Group),
        vault: None,
        id: Some(id),
        number: None,
        author: Some(scene.member()),
        fault,
    };
    // By a member who manages nobody.
    let report = scene.with(forge.seal_foreign(context(group.object())).to_wire()).await;
    assert_eq!(report.damages, [of(group.object(), Fault::NoRight)]);
    assert_eq!(session.groups()[0].damage, Some(of(group.object(), Fault::NoRight)));
    assert_eq!(session.groups()[0].details, details);
    // A group that the chain does not know is none, whoever names it.
    session.set_team_role(scene.member(), TeamRole::Administrator).await.unwrap();
    let planted = GroupId([5; 16]);
    scene.with(forge.seal_foreign(context(planted.object())).to_wire()).await;
    assert_eq!(session.groups().len(), 1);
    assert!(session.directory().group(&planted).is_none());
}

/// Members of a group, and what it asks for, are the chain's: the server adds nobody.
#[tokio::test(flavor = "current_thread")]
async fn a_group_that_the_server_fills_is_refused_with_the_chain() {
    use sealward_contract::chain::{Body, SetGroup};
    let scene = Scene::set().await;
    let session = &scene.past.session;
    let details = MemberGroupDetails { name: "Operations".into(), description: String::new() };
    let group = session.create_group(&details, &[]).await.unwrap();
    let forge = Forge { founder: &scene.grace, session, vault: scene.past.made.vault };
    let body = Body::SetGroup(SetGroup { group, members: Some(vec![scene.member()]) });
    let wire = forge.state(body).to_wire();
    let lie = answers::<SyncTeam>(move |changes| changes.statements.push(wire.clone()));
    let refused = scene.past.lied_to(lie).await;
    let damage = super::damage(DamagedObject::Chain, Fault::NoRight);
    assert_eq!(refused, Err(sealward_client::error::Error::Damage(damage)));
    assert_eq!(session.groups()[0].members, []);
}
