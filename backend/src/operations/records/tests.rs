//! Writes, lists and releases against a server in memory.

mod history;

use sealward_contract::{
    bytes::Bytes,
    chain::{Approvals, Body, Policy, PolicyScope, Requirement, SetPolicy},
    crypto::Hash,
    ids::{Number, ObjectId, ReleaseId, VaultId, Version},
    limits,
    operations::{Empty, PageQuery, records::*, vault},
    record::{Record, RecordKind, RecordState, SignedHead, Tier},
    release::ReleaseStatement,
    suite::SUITE,
};

use crate::testing::{Draft, Member, Refused, World, leaf, next, sealed, sign, signed_by};

struct Furnished {
    ada: Member,
    vault: VaultId,
    resource: Record,
    account: Record,
    secret: Record,
    facts: Record,
    free: Number,
}

async fn furnish(world: &World) -> Furnished {
    let mut ada = world.found("ada").await;
    let vault = ada.make_vault(world).await;
    let first = ada.numbers(world, 20).await;
    let records = ada.seal(world, &ada.drafts(world, vault, first));
    ada.write(world, vault, &records).await.unwrap();
    let [resource, account, secret, facts] = records.try_into().unwrap();
    Furnished { ada, vault, resource, account, secret, facts, free: Number(first.0 + 2) }
}

impl Furnished {
    async fn release(
        &self,
        world: &World,
        change: impl FnOnce(&mut ReleaseStatement),
    ) -> Result<RecordListed, Refused> {
        let mut statement = ReleaseStatement {
            suite: SUITE,
            id: ReleaseId(world.bytes()),
            team: self.ada.team,
            vault: self.vault,
            account: self.account.context().id,
            version: Version::FIRST,
            member: self.ada.id,
            position: self.ada.state.position(),
            time: world.now(),
            reason: None,
        };
        change(&mut statement);
        self.release_wanted(world, statement, WantedVersion::Newest).await
    }

    async fn release_wanted(
        &self,
        world: &World,
        statement: ReleaseStatement,
        wanted: WantedVersion,
    ) -> Result<RecordListed, Refused> {
        let statement = sign(&self.ada.secrets.signing, statement).to_wire();
        let body = ReleaseRequest { statement, wanted };
        let path = self.ada.object_path(self.vault, self.account.context().id);
        world.call::<ReleaseSecret>(Some(&self.ada.token), &path, &Empty {}, &body).await
    }

    async fn refused(&mut self, world: &World, records: &[Record]) -> serde_json::Value {
        let before = world.server.app().store.commits();
        let refused = self.ada.write(world, self.vault, records).await.unwrap_err();
        assert_eq!(world.server.app().store.commits(), before, "a refused write changed something");
        refused.problem
    }

    /// Writes records with one fault each and expects it.
    async fn faulty(&mut self, world: &World, records: &[Record], reason: &str) {
        let problem = self.refused(world, records).await;
        assert_eq!((problem["code"].as_str(), problem["reason"].as_str()), (Some("record_refused"), Some(reason)));
    }
}

#[tokio::test]
async fn what_is_written_can_be_listed() {
    let world = World::new();
    let it = furnish(&world).await;
    let token = Some(it.ada.token.as_str());
    let path = it.ada.vault_path(it.vault);
    let query = PageQuery::default();
    let accounts = world.call::<ListAccounts>(token, &path, &query, &Empty {}).await.unwrap();
    assert_eq!(accounts.items, [RecordListed { record: it.account.to_wire() }]);
    let facts = world.call::<ListFacts>(token, &path, &query, &Empty {}).await.unwrap();
    assert_eq!(facts.items, [RecordListed { record: it.facts.to_wire() }]);
    let path = it.ada.object_path(it.vault, it.resource.context().id);
    let resource = world.call::<GetResource>(token, &path, &Empty {}, &Empty {}).await.unwrap();
    assert_eq!(resource.record, it.resource.to_wire());
    // The same id is no account.
    let refused = world.call::<GetAccount>(token, &path, &Empty {}, &Empty {}).await.unwrap_err();
    assert_eq!(refused.code(), "not_found");
}

#[tokio::test]
async fn a_list_goes_on_where_it_stopped() {
    let world = World::new();
    let mut it = furnish(&world).await;
    let mut records = Vec::new();
    for number in 0..5 {
        let draft = Draft::new(
            RecordKind::ResourceGroup,
            ObjectId(world.bytes()),
            it.vault.object(),
            Number(it.free.0 + number),
        );
        records.push(sealed(&world, &it.ada, Draft { vault: it.vault, ..draft }));
    }
    it.ada.write(&world, it.vault, &records).await.unwrap();
    let mut seen = Vec::new();
    let mut query = PageQuery { cursor: None, limit: Some(2) };
    loop {
        let page = world
            .call::<ListResourceGroups>(Some(&it.ada.token), &it.ada.vault_path(it.vault), &query, &Empty {})
            .await
            .unwrap();
        assert!(page.items.len() <= 2);
        seen.extend(page.items.into_iter().map(|item| item.record));
        match page.next {
            Some(next) => query.cursor = Some(next),
            None => break,
        }
    }
    let mut expected: Vec<_> = records.iter().map(|record| (record.context().id, record.to_wire())).collect();
    expected.sort_by_key(|(id, _)| *id);
    assert_eq!(seen, expected.into_iter().map(|(_, wire)| wire).collect::<Vec<_>>());
    for limit in [0, limits::PAGE + 1] {
        let query = PageQuery { cursor: None, limit: Some(limit) };
        let path = it.ada.vault_path(it.vault);
        let refused = world.call::<ListAccounts>(Some(&it.ada.token), &path, &query, &Empty {}).await.unwrap_err();
        assert_eq!(refused.code(), "malformed");
    }
}

#[tokio::test]
async fn records_are_changed_moved_deleted_and_restored() {
    let world = World::new();
    let mut it = furnish(&world).await;
    let group = Draft::new(RecordKind::ResourceGroup, ObjectId(world.bytes()), it.vault.object(), it.free);
    let group = sealed(&world, &it.ada, Draft { vault: it.vault, ..group });
    let moved = sealed(&world, &it.ada, Draft { parent: group.context().id, ..next(&it.resource) });
    it.ada.write(&world, it.vault, &[group.clone(), moved.clone()]).await.unwrap();
    let deleted = sealed(&world, &it.ada, Draft { state: RecordState::Deleted, ..next(&group) });
    it.ada.write(&world, it.vault, std::slice::from_ref(&deleted)).await.unwrap();
    assert_eq!(it.release(&world, |_| ()).await.unwrap_err().code(), "deleted");
    // What stands in a deleted group can still be deleted, but nothing new comes into it.
    let other = Draft {
        vault: it.vault,
        ..Draft::new(RecordKind::Resource, ObjectId(world.bytes()), group.context().id, Number(it.free.0 + 1))
    };
    let other = sealed(&world, &it.ada, other);
    it.faulty(&world, &[other], "parent").await;
    let gone = sealed(&world, &it.ada, Draft { state: RecordState::Deleted, ..next(&moved) });
    it.ada.write(&world, it.vault, std::slice::from_ref(&gone)).await.unwrap();
    let back = sealed(&world, &it.ada, Draft { state: RecordState::Live, ..next(&gone) });
    it.faulty(&world, std::slice::from_ref(&back), "parent").await;
    let group_back = sealed(&world, &it.ada, Draft { state: RecordState::Live, ..next(&deleted) });
    it.ada.write(&world, it.vault, &[group_back, back]).await.unwrap();
    assert!(it.release(&world, |_| ()).await.is_ok());
}

#[tokio::test]
async fn faulty_records_are_refused_and_change_nothing() {
    let world = World::new();
    let mut it = furnish(&world).await;
    let good = next(&it.resource);
    let mut stranger = world.draft_founder("eve");
    stranger.team = it.ada.team;
    stranger.state = it.ada.state.clone();
    let foreign = world.found("bob").await;
    for (draft, reason) in [
        (Draft { previous: Hash([1; 32]), ..good.clone() }, "history"),
        (Draft { number: Number(good.number.0 + 1), ..good.clone() }, "history"),
        (Draft { parent: it.resource.context().id, ..good.clone() }, "parent"),
        (Draft { parent: it.account.context().id, ..good.clone() }, "parent"),
        (Draft { parent: ObjectId([9; 16]), ..good.clone() }, "parent"),
        (Draft { tier: Tier::Open, ..good.clone() }, "tier"),
        (Draft { vault: VaultId([9; 16]), ..good.clone() }, "other"),
    ] {
        it.faulty(&world, &[sealed(&world, &it.ada, draft)], reason).await;
    }
    let forged = signed_by(&world, &it.ada, &stranger.secrets.signing, good.clone());
    it.faulty(&world, &[forged], "signature").await;
    it.faulty(&world, &[sealed(&world, &stranger, good.clone())], "author").await;
    it.faulty(&world, &[sealed(&world, &foreign, good.clone())], "author").await;
    let twice = sealed(&world, &it.ada, good.clone());
    it.faulty(&world, &[twice.clone(), twice], "company").await;
    it.faulty(&world, &[sealed(&world, &it.ada, next(&it.secret))], "company").await;
    it.faulty(&world, &[], "company").await;
    let bare = Record::parse(&sealed(&world, &it.ada, good.clone()).to_bare_wire()).unwrap();
    it.faulty(&world, &[bare], "malformed").await;
    world.clock.forward(10 * 60_000);
    let ahead = sealed(&world, &it.ada, good.clone());
    world.clock.back(10 * 60_000);
    it.faulty(&world, &[ahead], "time").await;
    let stale = Draft { version: Version(3), ..good.clone() };
    let problem = it.refused(&world, &[sealed(&world, &it.ada, stale)]).await;
    assert_eq!((problem["code"].as_str(), problem["current"].as_u64()), (Some("stale_version"), Some(1)));
    // Nothing of all this stands in the way of what is right.
    it.ada.write(&world, it.vault, &[sealed(&world, &it.ada, good)]).await.unwrap();
}

#[tokio::test]
async fn a_number_is_one_objects_alone() {
    let world = World::new();
    let mut it = furnish(&world).await;
    let group = |number| Draft {
        vault: it.vault,
        ..Draft::new(RecordKind::ResourceGroup, ObjectId(world.bytes()), it.vault.object(), number)
    };
    let (taken, never) = (group(it.resource.context().number), group(Number(900)));
    for draft in [taken, never] {
        let problem = it.refused(&world, &[sealed(&world, &it.ada, draft)]).await;
        assert_eq!(problem["code"], "not_reserved");
    }
    // A copy elsewhere takes the number along when the original goes in the same batch.
    let drafts = [
        Draft { state: RecordState::Deleted, ..next(&it.resource) },
        Draft {
            vault: it.vault,
            ..Draft::new(RecordKind::Resource, ObjectId(world.bytes()), it.vault.object(), it.resource.context().number)
        },
    ];
    let records = it.ada.seal(&world, &drafts);
    it.ada.write(&world, it.vault, &records).await.unwrap();
    let back = sealed(&world, &it.ada, Draft { state: RecordState::Live, ..next(&records[0]) });
    assert_eq!(it.refused(&world, &[back]).await["code"], "not_reserved");
}

#[tokio::test]
async fn groups_do_not_stand_below_themselves() {
    let world = World::new();
    let mut it = furnish(&world).await;
    let group = |parent, number| Draft {
        vault: it.vault,
        ..Draft::new(RecordKind::ResourceGroup, ObjectId(world.bytes()), parent, Number(it.free.0 + number))
    };
    let above = sealed(&world, &it.ada, group(it.vault.object(), 0));
    let below = sealed(&world, &it.ada, group(above.context().id, 1));
    it.ada.write(&world, it.vault, &[above.clone(), below.clone()]).await.unwrap();
    let ring = sealed(&world, &it.ada, Draft { parent: below.context().id, ..next(&above) });
    it.faulty(&world, &[ring], "parent").await;
}

#[tokio::test]
async fn faulty_heads_are_refused() {
    let world = World::new();
    let it = furnish(&world).await;
    let record = sealed(&world, &it.ada, next(&it.resource));
    let good = it.ada.head(&world, it.vault, &[leaf(&record)]);
    let stranger = world.draft_founder("eve");
    let sign_with = |key, change: fn(&mut sealward_contract::record::Head)| -> SignedHead {
        let mut head = good.value().clone();
        change(&mut head);
        sign(key, head)
    };
    let mine = &it.ada.secrets.signing;
    for (head, reason) in [
        (sign_with(&stranger.secrets.signing, |_| ()), "signature"),
        (sign_with(mine, |head| head.rest.root = Hash([1; 32])), "root"),
        (sign_with(mine, |head| head.rest.sequence += 1), "other"),
        (sign_with(mine, |head| head.rest.position.hash = Hash([1; 32])), "position"),
        (sign_with(mine, |head| head.rest.time = head.rest.time.plus_millis(limits::CLOCK_SKEW + 1)), "time"),
        (sign_with(mine, |head| head.rest.author.0[0] ^= 1), "author"),
    ] {
        let body = RecordWrite { record: record.to_wire(), head: head.to_wire() };
        let path = it.ada.object_path(it.vault, it.resource.context().id);
        let refused = world.call::<UpdateResource>(Some(&it.ada.token), &path, &Empty {}, &body).await.unwrap_err();
        assert_eq!((refused.code(), refused.problem["reason"].as_str()), ("head_refused", Some(reason)));
    }
}

#[tokio::test]
async fn a_stale_head_is_told_what_changed_and_keeps_its_turn() {
    let world = World::new();
    let mut it = furnish(&world).await;
    let late = it.ada.batch(&world, it.vault, &[sealed(&world, &it.ada, next(&it.account))]);
    let winner = sealed(&world, &it.ada, next(&it.resource));
    it.ada.write(&world, it.vault, std::slice::from_ref(&winner)).await.unwrap();
    let other = world.sign_in(&it.ada).await.unwrap();
    let refused =
        world.call::<WriteBatch>(Some(other.token.expose()), &it.ada.path(), &Empty {}, &late).await.unwrap_err();
    let WriteError::StaleHead(moved) = serde_json::from_value(refused.problem).unwrap() else { panic!() };
    assert!(moved.complete);
    assert_eq!((moved.records.clone(), moved.rests.len()), (vec![winner.to_wire()], 1));
    // The first session waits while the refused one has the turn, and then is the stale one.
    let again = it.ada.batch(&world, it.vault, &[sealed(&world, &it.ada, next(&it.account))]);
    let path = it.ada.path();
    let second = world.call::<WriteBatch>(Some(other.token.expose()), &path, &Empty {}, &again);
    let first = world.call::<WriteBatch>(Some(&it.ada.token), &path, &Empty {}, &again);
    let (first, second) = tokio::join!(first, second);
    assert_eq!(first.unwrap_err().code(), "stale_head");
    assert!(second.is_ok());
}

#[tokio::test]
async fn the_same_key_gives_the_same_answer() {
    let world = World::new();
    let mut it = furnish(&world).await;
    let draft = Draft::new(RecordKind::ResourceGroup, ObjectId(world.bytes()), it.vault.object(), it.free);
    let record = sealed(&world, &it.ada, Draft { vault: it.vault, ..draft });
    let leaves = [leaf(&record)];
    let head = it.ada.head(&world, it.vault, &leaves);
    let body = RecordWrite { record: record.to_wire(), head: head.to_wire() };
    let path = it.ada.vault_path(it.vault);
    let mut answers = Vec::new();
    for _ in 0..2 {
        let request =
            crate::testing::request::<CreateResourceGroup>(Some(&it.ada.token), &path, &Empty {}, Some(&body));
        let (mut head, body) = request.into_parts();
        head.headers.insert("idempotency-key", "one".parse().unwrap());
        let (status, _, bytes) = world.send(http::Request::from_parts(head, body)).await;
        assert_eq!(status, 200);
        answers.push(bytes);
    }
    assert_eq!(answers[0], answers[1]);
    it.ada.taken(it.vault, head.value(), &leaves);
    let other = RecordWrite { record: body.record.clone(), head: Bytes(vec![1]) };
    let request = crate::testing::request::<CreateResourceGroup>(Some(&it.ada.token), &path, &Empty {}, Some(&other));
    let (mut head, body) = request.into_parts();
    head.headers.insert("idempotency-key", "one".parse().unwrap());
    let (status, _, bytes) = world.send(http::Request::from_parts(head, body)).await;
    let problem: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!((status.as_u16(), problem["code"].as_str()), (422, Some("idempotency_key_reused")));
}

#[tokio::test]
async fn a_secret_is_released_once_for_each_statement() {
    let world = World::new();
    let it = furnish(&world).await;
    let id = ReleaseId(world.bytes());
    let released = it.release(&world, |statement| statement.id = id).await.unwrap();
    assert_eq!(released.record, it.secret.to_wire());
    let again = it.release(&world, |statement| statement.id = id).await.unwrap_err();
    assert_eq!(again.code(), "release_refused");
    let stale = it.release(&world, |statement| statement.version = Version(2)).await.unwrap_err();
    assert_eq!((stale.code(), stale.problem["current"].as_u64()), ("stale_version", Some(1)));
    let changes: [fn(&mut ReleaseStatement); 4] = [
        |statement| statement.member.0[0] ^= 1,
        |statement| statement.vault.0[0] ^= 1,
        |statement| statement.account.0[0] ^= 1,
        |statement| statement.position.sequence += 1,
    ];
    for change in changes {
        assert_eq!(it.release(&world, change).await.unwrap_err().code(), "release_refused");
    }
    let late: fn(&mut ReleaseStatement) = |statement| statement.time.0 -= limits::CLOCK_SKEW + 1;
    assert_eq!(it.release(&world, late).await.unwrap_err().code(), "clock_refused");
}

#[tokio::test]
async fn a_policy_decides_about_the_reason_and_the_tier() {
    let world = World::new();
    let mut it = furnish(&world).await;
    let policy = Policy { approvals: Approvals(0), reason: Requirement::Required, terms: None };
    let set =
        SetPolicy { vault: it.vault, scope: PolicyScope::Resource(it.resource.context().id), policy: Some(policy) };
    let statement = it.ada.statement(&world, Body::SetPolicy(set));
    let body = vault::PolicyChange { statement: statement.to_wire() };
    let path = it.ada.vault_path(it.vault);
    world.call::<vault::SetVaultPolicy>(Some(&it.ada.token), &path, &Empty {}, &body).await.unwrap();
    assert_eq!(it.release(&world, |_| ()).await.unwrap_err().code(), "reason_required");
    assert!(it.release(&world, |statement| statement.reason = Some(Bytes(vec![1; 300]))).await.is_ok());
    // The very statement again follows nothing.
    let again = world.call::<vault::SetVaultPolicy>(Some(&it.ada.token), &path, &Empty {}, &body).await.unwrap_err();
    assert_eq!((again.code(), again.problem["statements"].as_array().unwrap().len()), ("stale_chain", 1));
    it.ada.state.apply(&statement).unwrap();
    let set = SetPolicy { vault: it.vault, scope: PolicyScope::Account(ObjectId([9; 16])), policy: None };
    let body = vault::PolicyChange { statement: it.ada.statement(&world, Body::SetPolicy(set)).to_wire() };
    let refused = world.call::<vault::SetVaultPolicy>(Some(&it.ada.token), &path, &Empty {}, &body).await.unwrap_err();
    assert_eq!((refused.code(), refused.problem["reason"].as_str()), ("statement_refused", Some("unknown")));
}
