//! Members made in a way that cannot be, what they try before they have keys of their own, and removals with other
//! envelopes than the directory's new key asks for.

use super::{Scene, told};
use crate::harness::{Forge, Founder, raw};
use sealward_contract::{
    bytes::Bytes,
    chain::{Body, DirectoryRenewal, Remove, VaultRole},
    crypto::Hash,
    ids::{Epoch, MemberId},
    operations::{
        Empty,
        directory::{DirectoryWrite, PutProfile},
        members::{CreateMember, MemberPath, Removal, RemoveMember},
        records::{Batch, WriteBatch},
        vault::Envelope,
        wire::{Format, target},
    },
    record::RecordContext,
};

fn envelope(recipient: MemberId) -> Envelope {
    Envelope { recipient, sealed: Bytes(vec![7; 1_300]) }
}

#[tokio::test(flavor = "current_thread")]
async fn whoever_is_made_comes_with_all_that_is_kept_of_a_member() {
    let scene = Scene::set().await;
    let (path, vault) = (scene.team_path(), scene.made.vault);
    let (_, good) = Founder::prepare_made(&scene.forge(), "grace.made", &[vault]);
    let refused = (422, "envelopes_refused");
    let mut body = good.clone();
    body.envelopes.clear();
    scene.refuses::<CreateMember>("without the vault's keys", path, &body, refused).await;
    let mut body = good.clone();
    body.envelopes.push(body.envelopes[0].clone());
    scene.refuses::<CreateMember>("the vault's keys twice", path, &body, refused).await;
    let mut body = good.clone();
    body.directory = Bytes(vec![]);
    scene.refuses::<CreateMember>("without the directory's key", path, &body, refused).await;
    let mut body = good.clone();
    body.bundle = Bytes(vec![]);
    scene.refuses::<CreateMember>("without a bundle", path, &body, refused).await;
    let mut body = good.clone();
    body.login_key.0 = [0; 32];
    scene.refuses::<CreateMember>("without a login key", path, &body, (422, "statement_refused: key")).await;
    let mut body = good.clone();
    let removal = Remove { member: scene.founder.identity.member, vaults: vec![], directory: None };
    body.statement = scene.forge().state(Body::Remove(removal)).to_wire();
    scene.refuses::<CreateMember>("another kind", path, &body, (422, "statement_refused: last_owner")).await;
    assert_eq!(scene.call::<CreateMember>(path, Some(&good)).await.status, 200);
}

#[tokio::test(flavor = "current_thread")]
async fn whoever_has_keys_of_others_writes_and_says_nothing() {
    let scene = Scene::set().await;
    let (path, vault) = (scene.team_path(), scene.made.vault);
    let (grace, body) = Founder::prepare_made(&scene.forge(), "grace.made", &[vault]);
    assert_eq!(scene.call::<CreateMember>(path, Some(&body)).await.status, 200);
    scene.session.sync(|_| {}).await.unwrap();
    let created = grace.sign_in(&scene.server).await;
    // By hand, with all that she could know: what she seals would be right, had she keys of her own.
    let forge = Forge { founder: &grace, session: &scene.session, vault };
    let write = forge.write([forge.next(scene.group())]);
    let bearer = format!("Bearer {}", created.token.expose());
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let batch = Format::Json.write(&Batch { writes: vec![write] });
    let to = target::<WriteBatch>(&path, &Empty {}).unwrap();
    let answered = raw(&scene.server.connect(), "POST", &to, &headers, batch).await;
    assert_eq!(told(&answered), (403, "keys_not_own".to_owned()));
    // Nor does the chain take it by anybody's door, or a reader believe it.
    let record = forge.seal(forge.next(scene.group()));
    let expected = sealward_contract::record::Expected {
        vault,
        id: record.context().id,
        kind: record.context().kind,
        resource: None,
        version: None,
        hash: None,
    };
    let chain = scene.session.chain().unwrap().clone();
    assert_eq!(chain.vault(&vault).unwrap().granted(&grace.identity.member), Some(VaultRole::Editor));
    assert_eq!(
        sealward_contract::record::check_record(&chain, &expected, &record),
        Err(sealward_contract::record::RecordRefused::Right)
    );
}

#[tokio::test(flavor = "current_thread")]
async fn a_new_directory_key_comes_for_everyone_who_stays_and_for_nobody_else() {
    let scene = Scene::set().await;
    let (server, ada) = (&scene.server, scene.founder.identity.member);
    let eve = Founder::invited(server, &scene.session, "eve.stays", &[]).await.identity.member;
    let bob = Founder::invited(server, &scene.session, "bob.leaves", &[]).await.identity.member;
    let path = MemberPath { team: scene.founder.team, member: bob };
    let remove = |renews: bool| {
        let renewal = DirectoryRenewal { commitment: Hash([9; 32]), former: Bytes(vec![8; 100]) };
        let directory = renews.then_some(renewal);
        scene.forge().state(Body::Remove(Remove { member: bob, vaults: vec![], directory })).to_wire()
    };
    let refused = (422, "envelopes_refused");
    for (what, renews, to) in [
        ("for none", true, vec![]),
        ("not for all", true, vec![ada]),
        ("for whoever leaves", true, vec![ada, eve, bob]),
        ("twice for one", true, vec![ada, eve, eve]),
        ("without a new key", false, vec![ada, eve]),
    ] {
        let directory = to.into_iter().map(envelope).collect();
        let body = Removal { statement: remove(renews), directory };
        scene.refuses::<RemoveMember>(what, path, &body, refused).await;
    }
    let body = Removal { statement: remove(true), directory: vec![envelope(ada), envelope(eve)] };
    assert_eq!(scene.call::<RemoveMember>(path, Some(&body)).await.status, 200);
    // From now on the former key is none to write under, whatever the author has seen of the chain.
    let before = scene.forge().position();
    scene.session.sync(|_| {}).await.unwrap();
    let forge = scene.forge();
    let path = MemberPath { team: scene.founder.team, member: ada };
    let good = forge.next_profile(&scene.founder.entry_of(server, ada).await);
    assert_eq!(good.epoch, Epoch(2));
    let refused = (422, "record_refused: epoch");
    for (what, context) in [
        ("under the former key", RecordContext { epoch: Epoch(1), ..good.clone() }),
        ("as if nobody had left", RecordContext { epoch: Epoch(1), position: before, ..good.clone() }),
    ] {
        let body = DirectoryWrite { record: forge.seal_foreign(context).to_wire() };
        scene.refuses::<PutProfile>(what, path, &body, refused).await;
    }
}
