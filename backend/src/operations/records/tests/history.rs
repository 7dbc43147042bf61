//! Earlier versions of secrets, and what is left of something when it was purged.

use sealward_contract::{
    audit::{AuditEvent, AuditedAct},
    codec,
    operations::{
        audit::{EventsQuery, ListAuditEvents},
        sync::{SyncFrame, SyncVault, VaultSyncQuery},
    },
    purge::{PurgeStatement, PurgedObject},
};

use super::*;

impl Furnished {
    /// The next version of secret and facts.
    async fn change_secret(&mut self, world: &World) {
        let records = [next(&self.secret), next(&self.facts)].map(|draft| sealed(world, &self.ada, draft));
        self.ada.write(world, self.vault, &records).await.unwrap();
        [self.secret, self.facts] = records;
    }

    async fn versions(&self, world: &World, query: PageQuery) -> sealward_contract::operations::Page<RecordListed> {
        let path = self.ada.object_path(self.vault, self.account.context().id);
        world.call::<ListSecretVersions>(Some(&self.ada.token), &path, &query, &Empty {}).await.unwrap()
    }

    fn statement(&self, world: &World, version: u32) -> ReleaseStatement {
        ReleaseStatement {
            suite: SUITE,
            id: ReleaseId(world.bytes()),
            team: self.ada.team,
            vault: self.vault,
            account: self.account.context().id,
            version: Version(version),
            member: self.ada.id,
            position: self.ada.state.position(),
            time: world.now(),
            reason: None,
        }
    }

    async fn purge(&self, world: &World, objects: &[&Record]) -> Result<Purged, Refused> {
        let objects = objects.iter().map(|record| object(record)).collect();
        self.purge_with(world, |statement| statement.objects = objects).await
    }

    async fn purge_with(&self, world: &World, change: impl FnOnce(&mut PurgeStatement)) -> Result<Purged, Refused> {
        let mut statement = PurgeStatement {
            suite: SUITE,
            team: self.ada.team,
            vault: self.vault,
            member: self.ada.id,
            position: self.ada.state.position(),
            time: world.now(),
            objects: Vec::new(),
        };
        change(&mut statement);
        let body = PurgeRequest { statement: sign(&self.ada.secrets.signing, statement).to_wire() };
        let path = self.ada.vault_path(self.vault);
        world.call::<PurgeObjects>(Some(&self.ada.token), &path, &Empty {}, &body).await
    }

    async fn delete(&mut self, world: &World, record: &Record) -> Record {
        let deleted = sealed(world, &self.ada, Draft { state: RecordState::Deleted, ..next(record) });
        self.ada.write(world, self.vault, std::slice::from_ref(&deleted)).await.unwrap();
        deleted
    }

    /// The catalog records that a sync after a head gives.
    async fn told_after(&self, world: &World, after: u64) -> Vec<Bytes> {
        let query = VaultSyncQuery { after, ..Default::default() };
        let path = self.ada.vault_path(self.vault);
        let request = crate::testing::request::<SyncVault>(Some(&self.ada.token), &path, &query, None::<&Empty>);
        let (status, _, bytes) = world.send(request).await;
        assert_eq!(status, 200);
        let mut told = Vec::new();
        for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            if let SyncFrame::Records { records } = serde_json::from_slice(line).unwrap() {
                told.extend(records);
            }
        }
        told
    }

    async fn newest_act(&self, world: &World) -> AuditedAct {
        let query = EventsQuery { limit: Some(limits::PAGE), ..EventsQuery::default() };
        let listed = world.call::<ListAuditEvents>(Some(&self.ada.token), &self.ada.path(), &query, &Empty {}).await;
        codec::decode::<AuditEvent>(&listed.unwrap().items.last().unwrap().event).unwrap().what
    }
}

fn object(record: &Record) -> PurgedObject {
    let context = record.context();
    PurgedObject { kind: context.kind, id: context.id, version: context.version }
}

#[tokio::test]
async fn versions_are_listed_bare_and_newest_first() {
    let world = World::new();
    let mut it = furnish(&world).await;
    let mut expected = vec![RecordListed { record: it.secret.to_bare_wire() }];
    for _ in 0..2 {
        it.change_secret(&world).await;
        expected.insert(0, RecordListed { record: it.secret.to_bare_wire() });
    }
    assert_eq!(it.versions(&world, PageQuery::default()).await.items, expected);
    let first = it.versions(&world, PageQuery { limit: Some(2), cursor: None }).await;
    assert_eq!((first.items.as_slice(), first.next.as_deref()), (&expected[..2], Some("2")));
    let rest = it.versions(&world, PageQuery { limit: Some(2), cursor: first.next }).await;
    assert_eq!((rest.items.as_slice(), rest.next), (&expected[2..], None));
}

#[tokio::test]
async fn an_earlier_version_is_released_to_whoever_names_it() {
    let world = World::new();
    let mut it = furnish(&world).await;
    let first = it.secret.to_wire();
    it.change_secret(&world).await;
    // Whoever wants the newest and does not know it is told so.
    let stale = it.release_wanted(&world, it.statement(&world, 1), WantedVersion::Newest).await.unwrap_err();
    assert_eq!((stale.code(), stale.problem["current"].as_u64()), ("stale_version", Some(2)));
    let released = it.release_wanted(&world, it.statement(&world, 1), WantedVersion::Named).await.unwrap();
    assert_eq!(released.record, first);
    let account = it.account.context().id;
    let what = AuditedAct::SecretReleased { vault: it.vault, account, version: Version(1) };
    assert_eq!(it.newest_act(&world).await, what);
    let none = it.release_wanted(&world, it.statement(&world, 3), WantedVersion::Named).await.unwrap_err();
    assert_eq!(none.code(), "stale_version");
}

#[tokio::test]
async fn a_secret_may_come_with_its_history() {
    let world = World::new();
    let mut it = furnish(&world).await;
    let second = [&it.secret, &it.facts].map(|record| sealed(&world, &it.ada, next(record)));
    let third = [&second[0], &second[1]].map(|record| sealed(&world, &it.ada, next(record)));
    let all: Vec<Record> = second.iter().chain(&third).cloned().collect();
    // A version is not left out, and none stands before the one it follows.
    it.faulty(&world, &[third[0].clone(), all[1].clone()], "company").await;
    let backwards = [third.as_slice(), second.as_slice()].concat();
    assert_eq!(it.refused(&world, &backwards).await["code"], "stale_version");
    it.ada.write(&world, it.vault, &all).await.unwrap();
    let listed: Vec<_> = it.versions(&world, PageQuery::default()).await.items;
    let expected = [&third[0], &second[0], &it.secret].map(|record| RecordListed { record: record.to_bare_wire() });
    assert_eq!(listed, expected);
    let released = it.release_wanted(&world, it.statement(&world, 3), WantedVersion::Newest).await.unwrap();
    assert_eq!(released.record, third[0].to_wire());
}

#[tokio::test]
async fn what_is_purged_leaves_its_newest_header() {
    let world = World::new();
    let mut it = furnish(&world).await;
    it.change_secret(&world).await;
    let deleted = it.delete(&world, &it.account.clone()).await;
    let head = it.ada.vaults[&it.vault].sequence;
    it.told_after(&world, 0).await;
    assert_eq!(it.purge(&world, &[&deleted]).await.unwrap(), Purged { count: 1 });
    assert_eq!(it.newest_act(&world).await, AuditedAct::ObjectsPurged { vault: it.vault, count: 1 });
    // Again: nothing is left to do, and nothing is written down.
    let events = it.newest_act(&world).await;
    assert_eq!(it.purge(&world, &[&deleted]).await.unwrap(), Purged { count: 0 });
    assert_eq!(it.newest_act(&world).await, events);
    assert!(it.told_after(&world, 0).await.contains(&deleted.to_bare_wire()));
    assert_eq!(it.versions(&world, PageQuery::default()).await.items.len(), 1);
    let path = it.ada.object_path(it.vault, it.account.context().id);
    let token = Some(it.ada.token.as_str());
    let given = world.call::<GetAccount>(token, &path, &Empty {}, &Empty {}).await.unwrap();
    assert_eq!(given.record, deleted.to_bare_wire());
    let path = it.ada.vault_path(it.vault);
    let facts = world.call::<ListFacts>(token, &path, &PageQuery::default(), &Empty {}).await.unwrap();
    assert_eq!(facts.items, []);
    assert_eq!(it.release(&world, |statement| statement.version = Version(2)).await.unwrap_err().code(), "deleted");
    // It does not come back, and neither does its secret.
    let back = sealed(&world, &it.ada, Draft { state: RecordState::Live, ..next(&deleted) });
    it.faulty(&world, &[back], "purged").await;
    let secrets = [&it.secret, &it.facts].map(|record| sealed(&world, &it.ada, next(record)));
    it.faulty(&world, &secrets, "purged").await;
    // Whoever has the head of before is told with the next one.
    it.ada.write(&world, it.vault, &[sealed(&world, &it.ada, next(&it.resource))]).await.unwrap();
    assert!(it.told_after(&world, head).await.contains(&deleted.to_bare_wire()));
}

#[tokio::test]
async fn what_stands_in_something_deleted_is_purged_with_it() {
    let world = World::new();
    let mut it = furnish(&world).await;
    let deleted = it.delete(&world, &it.resource.clone()).await;
    let account = it.account.clone();
    // Out of reach, but it comes back with its resource as long as that is there.
    assert_eq!(it.purge(&world, &[&account]).await.unwrap_err().code(), "not_deleted");
    assert_eq!(it.purge(&world, &[&account, &deleted]).await.unwrap_err().code(), "not_deleted");
    assert_eq!(it.purge(&world, &[&deleted, &account]).await.unwrap(), Purged { count: 2 });
    let told = it.told_after(&world, 0).await;
    assert!(told.contains(&deleted.to_bare_wire()) && told.contains(&account.to_bare_wire()));
}

#[tokio::test]
async fn what_is_in_a_deleted_vault_is_purged_after_it() {
    let world = World::new();
    let mut it = furnish(&world).await;
    let told = it.told_after(&world, 0).await;
    let mut records = told.iter().filter_map(|wire| Record::parse(wire).ok());
    let vault = records.find(|record| record.context().kind == RecordKind::Vault).unwrap();
    assert_eq!(it.purge(&world, &[&vault]).await.unwrap_err().code(), "not_deleted");
    let deleted = it.delete(&world, &vault).await;
    let (resource, account) = (it.resource.clone(), it.account.clone());
    // Out of reach, but it comes back with the vault.
    assert_eq!(it.purge(&world, &[&resource]).await.unwrap_err().code(), "not_deleted");
    assert_eq!(it.purge(&world, &[&deleted]).await.unwrap(), Purged { count: 1 });
    assert_eq!(it.purge(&world, &[&resource, &account]).await.unwrap(), Purged { count: 2 });
    let back = sealed(&world, &it.ada, Draft { state: RecordState::Live, ..next(&deleted) });
    it.faulty(&world, &[back], "purged").await;
}

#[tokio::test]
async fn only_what_was_deleted_and_seen_is_purged() {
    let world = World::new();
    let mut it = furnish(&world).await;
    assert_eq!(it.purge(&world, &[&it.account]).await.unwrap_err().code(), "not_deleted");
    let first = it.account.clone();
    let deleted = it.delete(&world, &first).await;
    let stale = it.purge(&world, &[&first]).await.unwrap_err();
    assert_eq!((stale.code(), stale.problem["current"].as_u64()), ("stale_version", Some(2)));
    let good = object(&deleted);
    let refused: [fn(&mut PurgeStatement); 7] = [
        |statement| statement.suite = 2,
        |statement| statement.team.0[0] ^= 1,
        |statement| statement.vault.0[0] ^= 1,
        |statement| statement.member.0[0] ^= 1,
        |statement| statement.position.sequence += 1,
        |statement| statement.objects.clear(),
        |statement| statement.objects[0].kind = RecordKind::Secret,
    ];
    for (number, change) in refused.into_iter().enumerate() {
        let purged = it.purge_with(&world, |statement| {
            statement.objects = vec![good];
            change(statement);
        });
        assert_eq!(purged.await.unwrap_err().code(), "purge_refused", "change {number}");
    }
    let many = it.purge_with(&world, |statement| statement.objects = vec![good; limits::PURGE_OBJECTS + 1]).await;
    assert_eq!(many.unwrap_err().code(), "purge_refused");
    let late = it.purge_with(&world, |statement| {
        statement.objects = vec![good];
        statement.time.0 -= limits::CLOCK_SKEW + 1;
    });
    assert_eq!(late.await.unwrap_err().code(), "clock_refused");
    let unknown = PurgedObject { id: ObjectId([9; 16]), ..good };
    // One that is not there, and none of the others is touched.
    let purged = it.purge_with(&world, |statement| statement.objects = vec![good, unknown]).await;
    assert_eq!(purged.unwrap_err().code(), "not_found");
    assert!(it.told_after(&world, 0).await.contains(&deleted.to_wire()));
}
