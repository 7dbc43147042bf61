//! Purging what is not deleted, not one's own, or not what was seen; and writing on what was purged.

use super::{Scene, told};
use crate::harness::Answered;
use sealward_client::operations::Item;
use sealward_contract::{
    bytes::Bytes,
    crypto::{Hash, Signature, Signed},
    ids::{MemberId, ObjectId, Timestamp, VaultId, Version},
    limits,
    operations::{
        VaultPath,
        records::{PurgeObjects, PurgeRequest},
    },
    purge::{PurgeStatement, PurgedObject},
    record::{ChainPosition, RecordKind},
    suite::SUITE,
};

impl Scene {
    fn purge(&self, objects: Vec<PurgedObject>) -> PurgeStatement {
        PurgeStatement {
            suite: SUITE,
            team: self.founder.team,
            vault: self.made.vault,
            member: self.founder.identity.member,
            position: self.forge().position(),
            time: self.server.clock.now(),
            objects,
        }
    }

    pub(super) fn vault_path(&self) -> VaultPath {
        VaultPath { team: self.founder.team, vault: self.made.vault }
    }

    async fn refuses_purge(&self, what: &str, statement: PurgeStatement, expected: (u16, &str)) {
        let statement = self.founder.identity.signing.sign(statement).to_wire();
        self.refuses::<PurgeObjects>(what, self.vault_path(), &PurgeRequest { statement }, expected).await;
    }

    async fn purges(&self, statement: PurgeStatement) -> Answered {
        let statement = self.founder.identity.signing.sign(statement).to_wire();
        self.call::<PurgeObjects>(self.vault_path(), Some(&PurgeRequest { statement })).await
    }

    /// Deletes the first account.
    async fn delete_first(&self) -> PurgedObject {
        let item = Item::within(self.made.vault, RecordKind::Account, self.made.first);
        self.session.delete_items(&[item], |_, _, _| {}).await.whole().unwrap();
        object(RecordKind::Account, self.made.first, 2)
    }
}

fn object(kind: RecordKind, id: ObjectId, version: u32) -> PurgedObject {
    PurgedObject { kind, id, version: Version(version) }
}

#[tokio::test(flavor = "current_thread")]
async fn what_is_there_is_not_purged() {
    let scene = Scene::set().await;
    let (made, not_deleted) = (&scene.made, (409, "not_deleted"));
    for (what, object) in [
        ("a live account", object(RecordKind::Account, made.first, 1)),
        ("a live resource", object(RecordKind::Resource, made.resource, 1)),
        ("a live group", object(RecordKind::ResourceGroup, made.group, 1)),
    ] {
        scene.refuses_purge(what, scene.purge(vec![object]), not_deleted).await;
    }
    let deleted = scene.delete_first().await;
    // One that is there among those that are not, whatever stands before it.
    let mixed = vec![deleted, object(RecordKind::Account, made.second, 1)];
    scene.refuses_purge("a live one among others", scene.purge(mixed), not_deleted).await;
    // Out of reach is not deleted: it comes back with what it stands in.
    let group = Item::within(made.vault, RecordKind::ResourceGroup, made.group);
    scene.session.delete_items(&[group], |_, _, _| {}).await.whole().unwrap();
    let resource = object(RecordKind::Resource, made.resource, 1);
    scene.refuses_purge("what stands in a deleted group", scene.purge(vec![resource]), not_deleted).await;
    let turned = vec![resource, object(RecordKind::ResourceGroup, made.group, 2)];
    scene.refuses_purge("what is in it before the group", scene.purge(turned), not_deleted).await;
}

#[tokio::test(flavor = "current_thread")]
async fn a_purge_is_of_things_of_the_catalog_as_they_were_seen() {
    let scene = Scene::set().await;
    let deleted = scene.delete_first().await;
    let first = object(RecordKind::Account, scene.made.first, 1);
    scene.refuses_purge("an earlier version", scene.purge(vec![first]), (409, "stale_version")).await;
    let refused = (422, "purge_refused");
    let vault = object(RecordKind::Vault, scene.made.vault.object(), 1);
    scene.refuses_purge("a vault that is there", scene.purge(vec![vault]), (409, "not_deleted")).await;
    for kind in [RecordKind::Secret, RecordKind::Facts] {
        let object = object(kind, scene.made.first, 1);
        scene.refuses_purge("a secret without its account", scene.purge(vec![object]), refused).await;
    }
    scene.refuses_purge("nothing", scene.purge(vec![]), refused).await;
    let many = vec![deleted; limits::PURGE_OBJECTS + 1];
    scene.refuses_purge("too much at once", scene.purge(many), refused).await;
    let theirs = object(RecordKind::Account, scene.others.1.first, 1);
    scene.refuses_purge("another team's account", scene.purge(vec![theirs]), (404, "not_found")).await;
    let twice = scene.purge(vec![deleted, deleted]);
    assert_eq!(super::problem(&scene.purges(twice.clone()).await)["count"], 1);
    assert_eq!(super::problem(&scene.purges(twice).await)["count"], 0);
}

#[tokio::test(flavor = "current_thread")]
async fn a_purge_is_one_custodians_in_one_vault_now() {
    let scene = Scene::set().await;
    let deleted = scene.delete_first().await;
    let right = scene.purge(vec![deleted]);
    let refused = (422, "purge_refused");
    let unknown = ChainPosition { hash: Hash([7; 32]), ..right.position };
    let cases = [
        ("another suite", PurgeStatement { suite: 2, ..right.clone() }),
        ("another team", PurgeStatement { team: scene.others.0.team, ..right.clone() }),
        ("another vault", PurgeStatement { vault: VaultId([7; 16]), ..right.clone() }),
        ("another member", PurgeStatement { member: MemberId([7; 16]), ..right.clone() }),
        ("another chain's place", PurgeStatement { position: unknown, ..right.clone() }),
    ];
    for (what, statement) in cases {
        scene.refuses_purge(what, statement, refused).await;
    }
    let late = PurgeStatement { time: Timestamp(right.time.0 - limits::CLOCK_SKEW - 1), ..right.clone() };
    scene.refuses_purge("a time long past", late, (422, "clock_refused")).await;
    let by_other = scene.others.0.identity.signing.sign(right.clone()).to_wire();
    let unsigned: Signed<PurgeStatement> = Signed::new(right.clone(), Signature([0; 64]));
    for statement in [by_other, unsigned.to_wire(), Bytes(vec![]), Bytes(b"please".to_vec())] {
        let body = PurgeRequest { statement };
        scene.refuses::<PurgeObjects>("a statement of nobody's", scene.vault_path(), &body, refused).await;
    }
    // A right one, sent to the vault of another team, and by somebody who has no role here.
    let elsewhere = VaultPath { team: scene.founder.team, vault: scene.others.1.vault };
    let body = PurgeRequest { statement: scene.founder.identity.signing.sign(right.clone()).to_wire() };
    scene.refuses::<PurgeObjects>("another team's vault", elsewhere, &body, (404, "not_found")).await;
    let created = scene.others.0.sign_in(&scene.server).await;
    let bearer = format!("Bearer {}", created.token.expose());
    let target = format!("/v1/teams/{}/vaults/{}/purges", scene.founder.team, scene.made.vault);
    let body = sealward_contract::operations::wire::Format::Json.write(&body);
    let answered = scene.send("POST", &target, &[("authorization", &bearer)], body).await;
    assert_eq!(told(&answered), (404, "not_found".to_owned()));
    assert_eq!(scene.purges(right).await.status, 200);
}

#[tokio::test(flavor = "current_thread")]
async fn nothing_is_written_on_what_was_purged() {
    let scene = Scene::set().await;
    let deleted = scene.delete_first().await;
    let forge = scene.forge();
    let back = forge.next(scene.made.key(scene.made.first));
    let secret = forge.next_secret(scene.made.first);
    assert_eq!(scene.purges(scene.purge(vec![deleted])).await.status, 200);
    scene.refuses_record("a purged account", back, (422, "record_refused: purged")).await;
    let write = scene.forge().write(secret);
    scene.refuses_write("a purged account's secret", write, (422, "record_refused: purged")).await;
}
