//! Records that stand in what is not there, and numbers that are another's.

use super::{Scene, problem, told};
use crate::harness::draft_group;
use sealward_client::{operations::Item, session::VaultDrafts};
use sealward_contract::{
    crypto::Hash,
    ids::{Number, ObjectId, Version},
    limits,
    operations::records::{Batch, WriteBatch},
    record::{LeafKey, RecordContext, RecordKind, RecordState},
};

#[tokio::test(flavor = "current_thread")]
async fn a_number_is_borne_by_one_object() {
    let scene = Scene::set().await;
    let forge = scene.forge();
    let (top, first) = (scene.made.vault.object(), forge.next(scene.made.key(scene.made.first)));
    let new = |number| {
        let key = LeafKey { id: forge.make_object(), kind: RecordKind::ResourceGroup };
        forge.context(key, top, Number(number))
    };
    for (what, number) in [
        ("a number that was not handed out", 50_000),
        ("number 0", 0),
        ("the number of another object", first.number.0),
    ] {
        let batch = Batch { writes: vec![forge.write([new(number)])] };
        let before = scene.dump().await;
        let answered = scene.call::<WriteBatch>(scene.team_path(), Some(&batch)).await;
        assert_eq!(told(&answered), (422, "not_reserved".to_owned()), "{what}");
        assert_eq!(problem(&answered)["number"], number, "{what}");
        assert_eq!(scene.dump().await, before);
    }
    // Twice in one batch.
    let number = scene.session.take_numbers(1).await.unwrap()[0].0;
    let write = forge.write([new(number), new(number)]);
    scene.refuses_write("one number twice", write, (422, "not_reserved")).await;
}

#[tokio::test(flavor = "current_thread")]
async fn everything_stands_in_something_that_is_there() {
    let scene = Scene::set().await;
    let forge = scene.forge();
    let (made, elsewhere) = (&scene.made, &scene.others.1);
    let deleted = {
        let (id, number) = (forge.make_object(), scene.session.take_numbers(1).await.unwrap()[0]);
        let draft = draft_group(id, made.vault.object(), number, "to be deleted");
        scene.session.write(&[VaultDrafts { vault: made.vault, drafts: vec![draft] }]).await.unwrap();
        let item = Item::within(made.vault, RecordKind::ResourceGroup, id);
        scene.session.delete_items(&[item], |_, _, _| {}).await.whole().unwrap();
        id
    };
    let numbers = scene.session.take_numbers(2).await.unwrap();
    let new = |kind, parent| forge.context(LeafKey { id: forge.make_object(), kind }, parent, numbers[0]);
    let (group, resource) = (scene.group(), made.key(made.resource));
    let top = made.vault.object();
    use RecordKind::{Account, Facts, Resource, ResourceGroup, Secret};
    let cases = [
        ("a group in nothing", new(ResourceGroup, ObjectId([7; 16]))),
        ("a resource in nothing", new(Resource, ObjectId([7; 16]))),
        ("an account on nothing", new(Account, ObjectId([7; 16]))),
        ("a resource in another team's group", new(Resource, elsewhere.group)),
        ("a resource in another team's vault", new(Resource, elsewhere.vault.object())),
        ("an account on another team's resource", new(Account, elsewhere.resource)),
        ("a resource in a deleted group", new(Resource, deleted)),
        ("a resource on a resource", new(Resource, made.resource)),
        ("a resource on an account", new(Resource, made.first)),
        ("a group on a resource", new(ResourceGroup, made.resource)),
        ("an account in a group", new(Account, made.group)),
        ("an account in the vault itself", new(Account, top)),
        ("an account on an account", new(Account, made.first)),
        ("a group moved into itself", RecordContext { parent: made.group, ..forge.next(group) }),
        ("a resource moved to a deleted group", RecordContext { parent: deleted, ..forge.next(resource) }),
        ("a group with the vault's id", RecordContext { id: top, ..new(ResourceGroup, top) }),
        ("the vault's record elsewhere", RecordContext { parent: made.group, ..forge.next(made.key(top)) }),
    ];
    for (what, context) in cases {
        scene.refuses_record(what, context, (422, "record_refused: parent")).await;
    }
    // A circle in two steps, in one batch.
    let inner = LeafKey { id: forge.make_object(), kind: ResourceGroup };
    let circle = forge
        .write([forge.context(inner, made.group, numbers[0]), RecordContext { parent: inner.id, ..forge.next(group) }]);
    scene.refuses_write("a circle of groups", circle, (422, "record_refused: parent")).await;
    // A secret on no account, one that stands elsewhere, one with a number of its own.
    let [secret, facts] = forge.next_secret(made.first);
    let at = |id| [Secret, Facts].map(|kind| forge.context(LeafKey { id, kind }, id, numbers[0]));
    let write = forge.write(at(ObjectId([7; 16])));
    scene.refuses_write("a secret on nothing", write, (422, "record_refused: parent")).await;
    let write = forge.write(at(made.resource));
    scene.refuses_write("a secret on a resource", write, (422, "record_refused: parent")).await;
    let write = forge.write([RecordContext { parent: made.second, ..secret.clone() }, facts.clone()]);
    scene.refuses_write("a secret that stands elsewhere", write, (422, "record_refused: parent")).await;
    let write = forge.write([RecordContext { number: Number(4_000), ..secret }, facts]);
    scene.refuses_write("a secret with another number", write, (422, "record_refused: history")).await;
}

#[tokio::test(flavor = "current_thread")]
async fn groups_stand_so_deep_and_no_deeper() {
    let scene = Scene::set().await;
    let forge = scene.forge();
    let numbers = scene.session.take_numbers(66).await.unwrap();
    let mut parent = scene.made.vault.object();
    let mut drafts = Vec::new();
    for number in &numbers[..limits::DEPTH - 1] {
        let id = forge.make_object();
        drafts.push(draft_group(id, parent, *number, "deeper"));
        parent = id;
    }
    scene.session.write(&[VaultDrafts { vault: scene.made.vault, drafts }]).await.unwrap();
    let new = |parent, number| {
        let key = LeafKey { id: forge.make_object(), kind: RecordKind::ResourceGroup };
        (key.id, forge.context(key, parent, number))
    };
    // 63 groups are above it: it stands 64 deep, and what it holds would stand 65 deep.
    let (last, context) = new(parent, numbers[64]);
    let batch = Batch { writes: vec![forge.write([context])] };
    assert_eq!(scene.call::<WriteBatch>(scene.team_path(), Some(&batch)).await.status, 200);
    scene.session.sync(|_| {}).await.unwrap();
    let (_, context) = new(last, numbers[65]);
    scene.refuses_record("too deep", context, (422, "record_refused: parent")).await;
}

#[tokio::test(flavor = "current_thread")]
async fn what_was_deleted_comes_back_only_whole() {
    let scene = Scene::set().await;
    let forge = scene.forge();
    let resource = Item::within(scene.made.vault, RecordKind::Resource, scene.made.resource);
    scene.session.delete_items(&[resource], |_, _, _| {}).await.whole().unwrap();
    let next = forge.next(resource.key);
    // An id is never used anew.
    let again = RecordContext { version: Version::FIRST, previous: Hash::ZERO, ..next };
    scene.refuses_record("a deleted id as a new one", again, (409, "stale_version")).await;
    let account = forge.next(scene.made.key(scene.made.first));
    let moved = RecordContext { parent: scene.made.resource, state: RecordState::Live, ..account };
    // What stays where it is may change, though it is out of reach; it may not be brought into what is deleted.
    let group = LeafKey { id: forge.make_object(), kind: RecordKind::Account };
    let number = scene.session.take_numbers(1).await.unwrap()[0];
    let into = forge.context(group, scene.made.resource, number);
    scene.refuses_record("an account on a deleted resource", into, (422, "record_refused: parent")).await;
    let batch = Batch { writes: vec![forge.write([moved])] };
    assert_eq!(scene.call::<WriteBatch>(scene.team_path(), Some(&batch)).await.status, 200);
}
