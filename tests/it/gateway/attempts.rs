//! Tokens that are made up cost the server little, and nobody else their access.

use super::{Scene, bearer};
use crate::harness::by_token_over;
use base64ct::{Base64UrlUnpadded, Encoding};
use sealward_client::service::ServiceToken;
use sealward_contract::chain::VaultRole;
use tokio::net::TcpSocket;

/// The status that a token gets from an address of this machine.
async fn asked_from(scene: &Scene, source: &str, token: &str) -> u16 {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(format!("{source}:0").parse().unwrap()).unwrap();
    let stream = socket.connect(scene.address("jumpserver")).await.unwrap();
    let headers = bearer(token);
    scene.ask_over(stream, "jumpserver", "GET", "/api/v1/accounts/accounts/", &headers, "").await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn made_up_tokens_shut_nobody_else_out() {
    let scene = Scene::new().await;
    let [used, fresh, other] = [
        scene.token("used", VaultRole::Viewer).await,
        scene.token("fresh", VaultRole::Viewer).await,
        scene.token("other", VaultRole::Viewer).await,
    ];
    assert_eq!(asked_from(&scene, "127.0.0.1", &used).await, 200);
    let made_up = |index: u8| format!("swt1.{}", Base64UrlUnpadded::encode_string(&[index; 64]));
    let mut statuses = Vec::new();
    for index in 1..=60 {
        statuses.push(asked_from(&scene, "127.0.0.1", &made_up(index)).await);
    }
    assert_eq!((&statuses[..5], &statuses[5..]), (&[401; 5][..], &[503; 55][..]));
    // One of them again is answered as before: a script that does not know of its token's end bars nobody.
    assert_eq!(asked_from(&scene, "127.0.0.1", &made_up(1)).await, 401);
    // Whoever came before goes on, and somebody new has to wait, whichever of this machine's addresses they come from.
    assert_eq!(asked_from(&scene, "127.0.0.1", &used).await, 200);
    assert_eq!(asked_from(&scene, "127.0.0.2", &fresh).await, 503);
    // The server, which lets an address fail thirty times, has not slowed this one down.
    let other = ServiceToken::read(&other).unwrap();
    by_token_over(&scene.server, &other, scene.server.connect_from("127.0.0.1:4000")).await.unwrap();
    scene.server.clock.advance(10 * 60 * 1_000);
    assert_eq!(asked_from(&scene, "127.0.0.1", &fresh).await, 200);
}
