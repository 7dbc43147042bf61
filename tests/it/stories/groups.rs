//! Member groups: a group asks, a custodian gives and takes, and nothing happens by itself.

use crate::harness::{Founder, Furnished, InProcess, TestServer, by_token, furnished_team, next_of, service, terms};
use sealward_client::{
    error::Error,
    model::MemberGroupDetails,
    session::{GroupAsk, Session, VaultDrafts},
};
use sealward_contract::{
    chain::{Outgrown, TeamRole, VaultRole},
    ids::{Epoch, GroupId, MemberId, VaultId, Version},
};

/// Ada owns and keeps the vault; Grace is an administrator, Bob and Mary are members; none has a role in it.
struct Scene {
    server: TestServer,
    made: Furnished,
    ada: Session<InProcess>,
    grace: Session<InProcess>,
    bob: (Founder, Session<InProcess>),
    mary: (Founder, Session<InProcess>),
}

impl Scene {
    async fn set() -> Self {
        let (server, founder, made) = furnished_team().await;
        let ada = founder.session(&server, &server.connect()).await;
        ada.sync(|_| {}).await.unwrap();
        let join = async |name: &str| {
            let joined = Founder::invited(&server, &ada, name, &[]).await;
            let session = joined.session(&server, &server.connect()).await;
            (joined, session)
        };
        let (admin, grace) = join("grace.hopper").await;
        ada.set_team_role(admin.identity.member, TeamRole::Administrator).await.unwrap();
        let (bob, mary) = (join("bob").await, join("mary").await);
        let scene = Self { server, made, ada, grace, bob, mary };
        scene.sync().await;
        scene
    }

    async fn sync(&self) {
        for session in [&self.ada, &self.grace, &self.bob.1, &self.mary.1] {
            assert_eq!(session.sync(|_| {}).await.unwrap().damages, []);
        }
    }

    fn people(&self) -> [MemberId; 2] {
        [self.bob.0.identity.member, self.mary.0.identity.member]
    }

    fn role_of(&self, member: MemberId) -> Option<VaultRole> {
        self.ada.chain().unwrap().vault_role(&self.made.vault, &member)
    }

    async fn opens(&self, session: &Session<InProcess>) -> bool {
        session.sync(|_| {}).await.unwrap();
        session.release(self.made.vault, self.made.first).await.is_ok()
    }
}

fn named(name: &str) -> MemberGroupDetails {
    MemberGroupDetails { name: name.into(), description: format!("{name} and nobody else") }
}

fn asks(session: &Session<InProcess>, vault: VaultId) -> Vec<(GroupId, VaultRole, usize)> {
    let asks = session.group_asks(&vault);
    asks.into_iter().map(|GroupAsk { group, role, members }| (group, role, members.len())).collect()
}

#[tokio::test(flavor = "current_thread")]
async fn a_group_asks_a_custodian_gives_and_takes() {
    let scene = Scene::set().await;
    let (vault, [bob, mary]) = (scene.made.vault, scene.people());
    // An administrator without any vault makes the group.
    let group = scene.grace.create_group(&named("Operations"), &[bob, mary]).await.unwrap();
    scene.sync().await;
    let listed = scene.bob.1.groups().remove(0);
    assert_eq!((listed.group, listed.details, listed.version), (group, named("Operations"), Some(Version(1))));
    assert_eq!(listed.members.len(), 2);
    assert_eq!(scene.grace.set_group_role(vault, group, Some(VaultRole::User)).await, Err(Error::NotAllowed));
    scene.ada.set_group_role(vault, group, Some(VaultRole::User)).await.unwrap();
    assert_eq!(asks(&scene.ada, vault), [(group, VaultRole::User, 2)]);
    assert!(!scene.opens(&scene.bob.1).await, "nobody has anything by being asked for");

    scene.ada.grant_by_group(vault, group, VaultRole::User, &[bob, mary]).await.unwrap();
    assert_eq!(asks(&scene.ada, vault), [(group, VaultRole::User, 0)]);
    assert!(scene.opens(&scene.bob.1).await && scene.opens(&scene.mary.1).await);
    assert_eq!(scene.ada.find_member(&bob).unwrap().groups, [group]);

    // Mary leaves the group: she keeps what she has until it is taken from her.
    scene.grace.sync(|_| {}).await.unwrap();
    scene.grace.set_group_members(group, &[bob]).await.unwrap();
    scene.ada.sync(|_| {}).await.unwrap();
    assert!(scene.opens(&scene.mary.1).await);
    assert_eq!(scene.ada.outgrown(&vault), [Outgrown { member: mary, role: VaultRole::User, left: None }]);
    assert_eq!(scene.ada.end_group_grants(vault, &[bob]).await, Err(Error::Gone));
    scene.ada.end_group_grants(vault, &[mary]).await.unwrap();
    assert_eq!((scene.role_of(bob), scene.role_of(mary)), (Some(VaultRole::User), None));
    assert!(!scene.opens(&scene.mary.1).await && scene.opens(&scene.bob.1).await);
    let epoch = scene.ada.chain().unwrap().vault(&vault).unwrap().epoch().unwrap().epoch;
    assert_eq!(epoch, Epoch(2), "whoever takes makes new keys");

    // The group ends: its name goes, and what it brought is shown.
    scene.grace.sync(|_| {}).await.unwrap();
    scene.grace.end_group(group).await.unwrap();
    assert_eq!(scene.grace.groups(), []);
    scene.ada.sync(|_| {}).await.unwrap();
    assert_eq!(scene.ada.outgrown(&vault).len(), 1);
    let fresh = scene.bob.0.session(&scene.server, &scene.server.connect()).await;
    assert_eq!(fresh.sync(|_| {}).await.unwrap().damages, []);
    assert_eq!((fresh.groups(), fresh.directory().group(&group)), (vec![], None));
}

#[tokio::test(flavor = "current_thread")]
async fn who_came_to_the_group_unseen_is_given_nothing() {
    let scene = Scene::set().await;
    let (vault, [bob, mary]) = (scene.made.vault, scene.people());
    let group = scene.grace.create_group(&named("Operations"), &[bob]).await.unwrap();
    scene.ada.sync(|_| {}).await.unwrap();
    scene.ada.set_group_role(vault, group, Some(VaultRole::User)).await.unwrap();
    // Ada sees Bob; the administrator puts Mary in at the same moment.
    scene.grace.sync(|_| {}).await.unwrap();
    scene.grace.set_group_members(group, &[bob, mary]).await.unwrap();
    scene.ada.grant_by_group(vault, group, VaultRole::User, &[bob]).await.unwrap();
    assert_eq!((scene.role_of(bob), scene.role_of(mary)), (Some(VaultRole::User), None));
    assert_eq!(asks(&scene.ada, vault), [(group, VaultRole::User, 1)]);
    // Another custodian made it more meanwhile: what was seen is not what would be given.
    scene.ada.set_group_role(vault, group, Some(VaultRole::Editor)).await.unwrap();
    assert_eq!(scene.ada.grant_by_group(vault, group, VaultRole::User, &[mary]).await, Err(Error::StaleVersion));
    assert_eq!(scene.ada.grant_by_group(vault, group, VaultRole::Editor, &[]).await, Err(Error::Gone));
}

#[tokio::test(flavor = "current_thread")]
async fn a_groups_name_has_versions_like_a_profile() {
    let scene = Scene::set().await;
    let group = scene.grace.create_group(&named("Operations"), &[]).await.unwrap();
    scene.sync().await;
    assert_eq!(scene.bob.1.update_group(group, Some(Version(1)), &named("Mine")).await, Err(Error::NotAllowed));
    assert_eq!(scene.ada.update_group(group, Some(Version(1)), &named("Night shift")).await, Ok(Version(2)));
    assert_eq!(scene.grace.update_group(group, Some(Version(1)), &named("Day shift")).await, Err(Error::StaleVersion));
    assert_eq!(scene.grace.groups()[0].details, named("Night shift"));
    assert_eq!(scene.grace.update_group(group, Some(Version(2)), &named("Day shift")).await, Ok(Version(3)));
    assert!(matches!(scene.ada.create_group(&named(" "), &[]).await, Err(Error::Unwritable(_))));
    assert_eq!(scene.bob.1.create_group(&named("Ours"), &[]).await, Err(Error::NotAllowed));
    scene.grace.end_group(group).await.unwrap();
    assert_eq!(scene.grace.update_group(group, Some(Version(3)), &named("Again")).await, Err(Error::Gone));
}

#[tokio::test(flavor = "current_thread")]
async fn a_service_in_a_group_gets_what_a_service_may_have() {
    let scene = Scene::set().await;
    let (vault, [bob, _]) = (scene.made.vault, scene.people());
    let token = scene.ada.admit_service(&service("build", &[], terms(&[]))).await.unwrap();
    let group = scene.ada.create_group(&named("Keepers"), &[bob, token.member()]).await.unwrap();
    scene.ada.set_group_role(vault, group, Some(VaultRole::Custodian)).await.unwrap();
    scene.ada.grant_by_group(vault, group, VaultRole::Custodian, &[bob, token.member()]).await.unwrap();
    assert_eq!(scene.role_of(bob), Some(VaultRole::Custodian));
    assert_eq!(scene.role_of(token.member()), Some(VaultRole::Editor));
    let bot = by_token(&scene.server, &token).await.unwrap();
    assert!(scene.opens(&bot).await);
    let draft = next_of(&bot, vault, scene.made.key(scene.made.group), "by a program");
    bot.write(&[VaultDrafts { vault, drafts: vec![draft] }]).await.unwrap();
    // Bob is a custodian of his own now, and does what custodians do.
    scene.bob.1.sync(|_| {}).await.unwrap();
    assert_eq!(scene.bob.1.start_epoch(vault).await, Ok(Epoch(2)));
}
