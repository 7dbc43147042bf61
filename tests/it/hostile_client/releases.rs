//! Asking for secrets with statements that are not right.

use super::{Scene, told};
use crate::harness::{Answered, Furnished};
use sealward_client::operations::Item;
use sealward_contract::{
    bytes::Bytes,
    crypto::{Hash, Signature, Signed},
    ids::{MemberId, ObjectId, ReleaseId, Timestamp, VaultId, Version},
    limits,
    operations::{
        ObjectPath, TeamPath,
        audit::ListAuditEvents,
        records::{ReleaseRequest, ReleaseSecret, WantedVersion},
    },
    record::{ChainPosition, RecordKind},
    release::ReleaseStatement,
    suite::SUITE,
};

impl Scene {
    fn statement(&self) -> ReleaseStatement {
        ReleaseStatement {
            suite: SUITE,
            id: ReleaseId(self.session.surroundings().make_id()),
            team: self.founder.team,
            vault: self.made.vault,
            account: self.made.first,
            version: Version(1),
            member: self.founder.identity.member,
            position: self.forge().position(),
            time: self.server.clock.now(),
            reason: None,
        }
    }

    fn of_first(&self) -> ObjectPath {
        ObjectPath { team: self.founder.team, vault: self.made.vault, id: self.made.first }
    }

    async fn ask(&self, statement: ReleaseStatement) -> Answered {
        let statement = self.founder.identity.signing.sign(statement).to_wire();
        self.call::<ReleaseSecret>(self.of_first(), Some(&ReleaseRequest { statement, wanted: WantedVersion::Newest }))
            .await
    }

    pub(super) async fn audit_events(&self) -> usize {
        let listed = self.call::<ListAuditEvents>(TeamPath { team: self.founder.team }, None).await;
        super::problem(&listed)["items"].as_array().map_or(0, Vec::len)
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_statement_is_for_one_secret_of_one_member_now() {
    let scene = Scene::set().await;
    let right = scene.statement();
    let before = scene.audit_events().await;
    let unknown = ChainPosition { hash: Hash([7; 32]), ..right.position };
    let cases = [
        ("another suite", ReleaseStatement { suite: 2, ..right.clone() }),
        ("another team", ReleaseStatement { team: scene.others.0.team, ..right.clone() }),
        ("another vault", ReleaseStatement { vault: VaultId([7; 16]), ..right.clone() }),
        ("another account", ReleaseStatement { account: scene.made.second, ..right.clone() }),
        ("another member", ReleaseStatement { member: MemberId([7; 16]), ..right.clone() }),
        ("another chain's place", ReleaseStatement { position: unknown, ..right.clone() }),
        (
            "a reason that is too long",
            ReleaseStatement { reason: Some(Bytes(vec![1; limits::SEALED_REASON + 1])), ..right.clone() },
        ),
    ];
    for (what, statement) in cases {
        assert_eq!(told(&scene.ask(statement).await), (422, "release_refused".to_owned()), "{what}");
    }
    let times = [
        ("a time that is still to come", right.time.plus_millis(limits::CLOCK_SKEW + 1)),
        ("a time long past", Timestamp(right.time.0 - limits::CLOCK_SKEW - 1)),
    ];
    for (what, time) in times {
        let statement = ReleaseStatement { time, ..right.clone() };
        assert_eq!(told(&scene.ask(statement).await), (422, "clock_refused".to_owned()), "{what}");
    }
    let version = ReleaseStatement { version: Version(2), ..right.clone() };
    let stale = scene.ask(version).await;
    assert_eq!((told(&stale), &super::problem(&stale)["current"]), ((409, "stale_version".to_owned()), &1.into()));
    let by_other = scene.others.0.identity.signing.sign(right.clone());
    let unsigned: Signed<ReleaseStatement> = Signed::new(right.clone(), Signature([0; 64]));
    let mut trailing = scene.founder.identity.signing.sign(right.clone()).to_wire();
    trailing.0.push(0);
    for statement in [by_other.to_wire(), unsigned.to_wire(), trailing, Bytes(vec![]), Bytes(b"please".to_vec())] {
        let answered = scene
            .call::<ReleaseSecret>(scene.of_first(), Some(&ReleaseRequest { statement, wanted: WantedVersion::Newest }))
            .await;
        assert_eq!(told(&answered), (422, "release_refused".to_owned()));
    }
    assert_eq!(scene.audit_events().await, before, "what was not released is not written down as such");

    // The right one is good once, and then its id is used.
    assert_eq!(scene.ask(right.clone()).await.status, 200);
    assert_eq!(scene.audit_events().await, before + 1);
    assert_eq!(told(&scene.ask(right.clone()).await), (422, "release_refused".to_owned()));
    let again = ReleaseStatement { time: right.time.plus_millis(1), ..right };
    assert_eq!(told(&scene.ask(again).await), (422, "release_refused".to_owned()));
    assert_eq!(scene.audit_events().await, before + 1);
}

#[tokio::test(flavor = "current_thread")]
async fn secrets_leave_by_release_alone() {
    let scene = Scene::set().await;
    let (team, vault) = (scene.founder.team, scene.made.vault);
    let secret = scene.ask(scene.statement()).await;
    let record = super::problem(&secret)["record"].as_str().unwrap().to_owned();
    // The ciphertext: what the record ends with.
    let needle = &record[record.len() - 200..];
    assert!(scene.dump().await.0.iter().all(|told| !told.to_string().contains(needle)));
    let account = scene.made.first;
    for place in [
        format!("vaults/{vault}/accounts"),
        format!("vaults/{vault}/accounts/{account}"),
        format!("vaults/{vault}/resources"),
        format!("vaults/{vault}/resource-groups"),
        format!("vaults/{vault}"),
        "audit-events".to_owned(),
        "sessions".to_owned(),
    ] {
        let told = scene.send("GET", &format!("/v1/teams/{team}/{place}"), super::NO_BODY, []).await;
        assert_eq!(told.status, 200, "{place}");
        assert!(!String::from_utf8(told.body).unwrap().contains(needle), "{place}");
    }
    let path = format!("/v1/teams/{team}/vaults/{vault}/accounts/{account}/secret");
    let got = scene.send("GET", &path, super::NO_BODY, []).await;
    assert_eq!(told(&got), (405, "method_not_allowed".to_owned()));
    // Nor are they taken for a resource, or for facts.
    for place in ["resources", "resource-groups"] {
        let target = format!("/v1/teams/{team}/vaults/{vault}/{place}/{account}");
        assert_eq!(told(&scene.send("GET", &target, super::NO_BODY, []).await), (404, "not_found".to_owned()));
    }
}

#[tokio::test(flavor = "current_thread")]
async fn what_is_deleted_is_not_released() {
    let scene = Scene::set().await;
    let of = |kind, id: ObjectId| Item::within(scene.made.vault, kind, id);
    let made: &Furnished = &scene.made;
    for item in [
        of(RecordKind::Account, made.first),
        of(RecordKind::Resource, made.resource),
        of(RecordKind::ResourceGroup, made.group),
        Item::vault(made.vault),
    ] {
        let mut undo = scene.session.delete_items(&[item], |_, _, _| {}).await.whole().unwrap();
        assert_eq!(told(&scene.ask(scene.statement()).await), (410, "deleted".to_owned()));
        scene.session.undo(&mut undo, |_, _, _| {}).await.unwrap();
        assert_eq!(scene.ask(scene.statement()).await.status, 200);
    }
}
