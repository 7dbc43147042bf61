//! Batches that are partly wrong, and writes sent to where they do not belong.

use super::{Scene, problem, told};
use crate::harness::Furnished;
use sealward_contract::{
    crypto::Hash,
    ids::{TeamId, VaultId},
    limits,
    operations::{
        ObjectPath, VaultPath,
        records::{
            Batch, CreateAccount, CreateResource, PutSecret, RecordWrite, SecretWrite, UpdateResource, VaultWrite,
            WriteBatch,
        },
    },
    record::{HeadRest, LeafKey, RecordContext, RecordKind},
};

#[tokio::test(flavor = "current_thread")]
async fn a_batch_is_written_whole_or_not_at_all() {
    let scene = Scene::set().await;
    let forge = scene.forge();
    let second = Furnished::make(&scene.session, "Second").await;
    let numbers = scene.session.take_numbers(3).await.unwrap();
    let new = |number: usize, parent| {
        let key = LeafKey { id: forge.make_object(), kind: RecordKind::Resource };
        forge.context(key, parent, numbers[number])
    };
    let bad = RecordContext { previous: Hash([7; 32]), ..forge.next(scene.group()) };
    let write = forge.write([new(0, scene.made.group), new(1, scene.made.group), bad.clone()]);
    scene.refuses_write("one bad record of three", write, (422, "record_refused: history")).await;

    let elsewhere = crate::harness::Forge { vault: second.vault, ..scene.forge() };
    let key = second.key(second.group);
    let good = elsewhere.write([elsewhere.next(key)]);
    let batch = |writes: [VaultWrite; 2]| Batch { writes: writes.to_vec() };
    let before = second.version(&scene.session, second.group);
    for writes in [[good.clone(), forge.write([bad.clone()])], [forge.write([bad]), good.clone()]] {
        let refused = (422, "record_refused: history");
        scene.refuses::<WriteBatch>("one bad vault of two", scene.team_path(), &batch(writes), refused).await;
    }
    let stale = forge.sign_over(Hash([7; 32]), forge.rest(&[]));
    let stale = VaultWrite { head: stale, ..forge.write([forge.next(scene.group())]) };
    let refused = (409, "stale_head");
    scene.refuses::<WriteBatch>("one stale vault", scene.team_path(), &batch([good.clone(), stale]), refused).await;
    let wrong_root = forge.sign(HeadRest { root: Hash([7; 32]), ..forge.rest(&[]) });
    let wrong_root = VaultWrite { head: wrong_root, ..forge.write([forge.next(scene.group())]) };
    let refused = (422, "head_refused: root");
    scene.refuses::<WriteBatch>("one wrong root", scene.team_path(), &batch([good.clone(), wrong_root]), refused).await;
    scene.session.sync(|_| {}).await.unwrap();
    assert_eq!(second.version(&scene.session, second.group), before);

    let twice = batch([good.clone(), good.clone()]);
    scene.refuses::<WriteBatch>("one vault twice", scene.team_path(), &twice, (400, "malformed")).await;
    let none = Batch { writes: vec![] };
    scene.refuses::<WriteBatch>("no vault", scene.team_path(), &none, (400, "malformed")).await;
    let third = VaultWrite { vault: VaultId([7; 16]), ..good.clone() };
    let three = Batch { writes: vec![good.clone(), forge.write([]), third] };
    scene.refuses::<WriteBatch>("three vaults", scene.team_path(), &three, (413, "too_large")).await;
    let foreign = VaultWrite { vault: scene.others.1.vault, ..good.clone() };
    let two = batch([good.clone(), foreign]);
    scene.refuses::<WriteBatch>("another team's vault", scene.team_path(), &two, (404, "not_found")).await;
    let many = VaultWrite { records: vec![good.records[0].clone(); limits::BATCH_RECORDS + 1], ..good };
    let many = Batch { writes: vec![many] };
    scene.refuses::<WriteBatch>("too many records", scene.team_path(), &many, (413, "too_large")).await;
}

#[tokio::test(flavor = "current_thread")]
async fn a_place_takes_what_it_is_for() {
    let scene = Scene::set().await;
    let forge = scene.forge();
    let (team, vault) = (scene.founder.team, scene.made.vault);
    let number = scene.session.take_numbers(1).await.unwrap()[0];
    let new = |kind, parent| forge.write_one(forge.context(LeafKey { id: forge.make_object(), kind }, parent, number));
    let other = (422, "record_refused: other");
    let of_vault = VaultPath { team, vault };
    let account = new(RecordKind::Account, scene.made.resource);
    scene.refuses::<CreateResource>("an account as a resource", of_vault, &account, other).await;
    let resource = new(RecordKind::Resource, scene.made.group);
    scene.refuses::<CreateAccount>("a resource as an account", of_vault, &resource, other).await;
    let next = forge.write_one(forge.next(scene.made.key(scene.made.resource)));
    scene.refuses::<CreateResource>("a second version as a new resource", of_vault, &next, other).await;
    let path = ObjectPath { team, vault, id: forge.make_object() };
    scene.refuses::<UpdateResource>("another id than in the path", path, &next, other).await;
    let [secret, facts] = forge.next_secret(scene.made.first).map(|context| forge.seal(context));
    let head = forge.sign(forge.rest(&[secret.clone(), facts.clone()]));
    let body = SecretWrite { secret: secret.to_wire(), facts: facts.to_wire(), head: head.clone() };
    let path = ObjectPath { team, vault, id: scene.made.second };
    scene.refuses::<PutSecret>("another account than in the path", path, &body, other).await;
    let path = ObjectPath { team, vault, id: scene.made.first };
    let body = SecretWrite { secret: secret.to_wire(), facts: secret.to_wire(), head };
    scene.refuses::<PutSecret>("the secret twice", path, &body, (422, "record_refused: company")).await;
}

#[tokio::test(flavor = "current_thread")]
async fn another_teams_member_changes_nothing_here() {
    let scene = Scene::set().await;
    let write = forge_of_other(&scene);
    let target = format!("/v1/teams/{}/batches", scene.founder.team);
    let created = scene.others.0.sign_in(&scene.server).await;
    let bearer = format!("Bearer {}", created.token.expose());
    let before = scene.dump().await;
    let body = sealward_contract::operations::wire::Format::Json.write(&Batch { writes: vec![write] });
    let answered = scene.send("POST", &target, &[("authorization", &bearer)], body).await;
    assert_eq!(told(&answered), (404, "not_found".to_owned()));
    assert_eq!(scene.dump().await, before);
    let team = TeamId([7; 16]);
    let answered = scene.send("GET", &format!("/v1/teams/{team}/sync"), super::NO_BODY, []).await;
    assert_eq!(told(&answered), (404, "not_found".to_owned()));
}

/// A write that would be right if the other team's member stood here.
fn forge_of_other(scene: &Scene) -> VaultWrite {
    let forge = crate::harness::Forge { founder: &scene.others.0, ..scene.forge() };
    let context = scene.forge().next(scene.group());
    forge.write([RecordContext { author: scene.others.0.identity.member, ..context }])
}

/// What a single write takes, a batch of one takes too, and the other way round.
#[tokio::test(flavor = "current_thread")]
async fn a_right_write_is_taken() {
    let scene = Scene::set().await;
    let forge = scene.forge();
    let path = ObjectPath { team: scene.founder.team, vault: scene.made.vault, id: scene.made.resource };
    let body: RecordWrite = forge.write_one(forge.next(scene.made.key(scene.made.resource)));
    let answered = scene.call::<UpdateResource>(path, Some(&body)).await;
    assert_eq!(answered.status, 200);
    assert_eq!(problem(&answered)["sequence"], 3);
}
