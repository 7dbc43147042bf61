//! Writes, lists and releases against a server in memory.

use sealward_contract::{
    operations::{Empty, PageQuery, records::*},
    record::Record,
};

use crate::testing::World;

async fn account(world: &World) -> (crate::testing::Member, sealward_contract::ids::VaultId, Vec<Record>) {
    let mut ada = world.found("ada").await;
    let vault = ada.make_vault(world).await;
    let first = ada.numbers(world, 10).await;
    let records = ada.seal(world, &ada.drafts(world, vault, first));
    ada.write(world, vault, &records).await.unwrap();
    (ada, vault, records)
}

#[tokio::test]
async fn what_is_written_can_be_listed() {
    let world = World::new();
    let (ada, vault, records) = account(&world).await;
    let token = Some(ada.token.as_str());
    let path = ada.vault_path(vault);
    let query = PageQuery::default();
    let accounts = world.call::<ListAccounts>(token, &path, &query, &Empty {}).await.unwrap();
    assert_eq!(accounts.items, [RecordListed { record: records[1].to_wire() }]);
    let facts = world.call::<ListFacts>(token, &path, &query, &Empty {}).await.unwrap();
    assert_eq!(facts.items, [RecordListed { record: records[3].to_wire() }]);
    let id = records[0].context().id;
    let path = ada.object_path(vault, id);
    let resource = world.call::<GetResource>(token, &path, &Empty {}, &Empty {}).await.unwrap();
    assert_eq!(resource.record, records[0].to_wire());
    // The same id is no account.
    let refused = world.call::<GetAccount>(token, &path, &Empty {}, &Empty {}).await.unwrap_err();
    assert_eq!(refused.code(), "not_found");
}
