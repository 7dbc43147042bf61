//! The same request twice: one effect, one answer, for whoever asked first.

use super::{NO_BODY, Scene, problem, told};
use crate::harness::Answered;
use sealward_contract::{
    ids::VaultId,
    limits,
    operations::{records::RecordWrite, wire::Format},
    record::{LeafKey, RecordKind},
};

impl Scene {
    async fn post(&self, target: &str, key: &str, body: &[u8]) -> Answered {
        self.send("POST", target, &[("idempotency-key", key)], body.to_vec()).await
    }
}

fn new_resource(scene: &Scene, number: sealward_contract::ids::Number) -> (String, Vec<u8>) {
    let forge = scene.forge();
    let key = LeafKey { id: forge.make_object(), kind: RecordKind::Resource };
    let body: RecordWrite = forge.write_one(forge.context(key, scene.made.group, number));
    let target = format!("/v1/teams/{}/vaults/{}/resources", scene.founder.team, scene.made.vault);
    (target, Format::Json.write(&body))
}

#[tokio::test(flavor = "current_thread")]
async fn a_create_is_done_once_for_its_key() {
    let scene = Scene::set().await;
    let numbers = scene.session.take_numbers(2).await.unwrap();
    let (target, body) = new_resource(&scene, numbers[0]);
    let first = scene.post(&target, "key-1", &body).await;
    assert_eq!(first.status, 200);
    let after = scene.dump().await;
    let again = scene.post(&target, "key-1", &body).await;
    assert_eq!((again.status, again.body), (200, first.body));
    assert_eq!(scene.dump().await, after);
    // Without the key it is the same object a second time, and refused as such.
    assert_eq!(told(&scene.send("POST", &target, &[], body.clone()).await), (409, "stale_head".to_owned()));
    // The key with another request.
    scene.session.sync(|_| {}).await.unwrap();
    let (_, other) = new_resource(&scene, numbers[1]);
    let reused = (422, "idempotency_key_reused".to_owned());
    assert_eq!(told(&scene.post(&target, "key-1", &other).await), reused);
    let elsewhere = target.replace(&scene.made.vault.to_string(), &VaultId([7; 16]).to_string());
    assert_eq!(told(&scene.post(&elsewhere, "key-1", &body).await), reused);
    assert_eq!(scene.dump().await, after);
    // A day later it is forgotten, and the key is free.
    scene.server.clock.advance(limits::IDEMPOTENCY_KEPT);
    let created = scene.founder.sign_in(&scene.server).await;
    let bearer = format!("Bearer {}", created.token.expose());
    let headers = [("idempotency-key", "key-1"), ("authorization", bearer.as_str())];
    assert_eq!(scene.send("POST", &target, &headers, other).await.status, 200);
}

#[tokio::test(flavor = "current_thread")]
async fn numbers_are_handed_out_once_for_their_key() {
    let scene = Scene::set().await;
    let target = format!("/v1/teams/{}/number-blocks", scene.founder.team);
    let body = br#"{"count":7}"#;
    let blocks = [
        scene.post(&target, "a", body).await,
        scene.post(&target, "a", body).await,
        scene.post(&target, "b", body).await,
    ];
    let first = |answered: &Answered| problem(answered)["first"].as_u64().unwrap();
    assert_eq!(first(&blocks[0]), first(&blocks[1]));
    assert_eq!(first(&blocks[0]) + 7, first(&blocks[2]));
    assert_eq!(told(&scene.post(&target, "a", br#"{"count":8}"#).await), (422, "idempotency_key_reused".to_owned()));
    // Another member's key of the same name is another key, and another operation's too.
    let other = scene.others.0.sign_in(&scene.server).await;
    let bearer = format!("Bearer {}", other.token.expose());
    let theirs = format!("/v1/teams/{}/number-blocks", scene.others.0.team);
    let headers = [("idempotency-key", "a"), ("authorization", bearer.as_str())];
    assert_eq!(scene.send("POST", &theirs, &headers, body.to_vec()).await.status, 200);
    // A key opens nothing by itself.
    let headers = [("idempotency-key", "a"), ("authorization", "")];
    let answered = scene.send("POST", &target, &headers, body.to_vec()).await;
    assert_eq!(told(&answered), (401, "unauthenticated".to_owned()));
    assert_eq!(scene.send("GET", "/v1/server", NO_BODY, []).await.status, 200);
}

#[tokio::test(flavor = "current_thread")]
async fn a_refusal_is_not_kept() {
    let scene = Scene::set().await;
    let target = format!("/v1/teams/{}/number-blocks", scene.founder.team);
    assert_eq!(scene.post(&target, "k", br#"{"count":0}"#).await.status, 400);
    assert_eq!(scene.post(&target, "k", br#"{"count":1}"#).await.status, 200);
}
