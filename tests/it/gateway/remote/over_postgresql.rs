//! PostgreSQL.

use super::{
    Scene,
    database::{ADMIN, Database, Tls},
    remote,
    watch::Watch,
};
use sealward_cli::connectors::HostKeys;
use sealward_client::{
    model::AccountDetails,
    operations::{self, NewAccount},
};
use sealward_contract::{chain::VaultRole, ids::Number, record::LeafKey};
use serde_json::json;
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

// Others than on machines: processes of all tests are looked at.
const FIRST: &str = "Erstes+3 %43&'\"\\$(x)";
const SECOND: &str = "Anderes+4 %44&'\"\\$(y) ü中";
const ROLE: &str = "app \"of\" ours";

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_changed_in_the_database_and_in_the_vault() {
    for tls in [Tls::Offered, Tls::Not] {
        let database = Database::start(tls, &[(ROLE, FIRST)]).await;
        let plain = if tls == Tls::Not { vec![database.address] } else { Vec::new() };
        let scene = Scene::with(false, HostKeys::default(), &plain).await;
        let token = scene.token("scripts", VaultRole::Editor).await;
        let place = scene.place(&token, "PostgreSQL", &database.address.to_string(), (ROLE, FIRST)).await;
        let watch = Watch::for_any(&[SECOND, FIRST], "postgres: checkpointer ");
        scene.done("PUT", &place.password(), &token, remote(SECOND)).await;
        watch.saw_none();
        assert!(database.lets_in(ROLE, SECOND) && !database.lets_in(ROLE, FIRST));
        assert_eq!(scene.history(&place).await, [SECOND, FIRST]);
        let log = database.log();
        assert!(
            log.contains("ALTER ROLE \"app \"\"of\"\" ours\" PASSWORD 'SCRAM-SHA-256$"),
            "what is searched is its log"
        );
        for part in ["%43", "%44", "Erstes", "Anderes"] {
            assert!(!log.contains(part), "{part} in {log}");
        }
        let encrypted =
            log.lines().filter(|line| line.contains("connection authorized")).any(|line| line.contains("SSL"));
        assert_eq!(encrypted, tls == Tls::Offered, "TLS is used but where that was said");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_change_it_and_who_may_not() {
    let database = Database::start(Tls::Offered, &[("app", "nobody knows"), ("weak", "Weak-1-of-them")]).await;
    let scene = Scene::begin(false).await;
    let token = scene.token("scripts", VaultRole::Editor).await;
    let place = scene.place(&token, "PostgreSQL", &database.address.to_string(), ("app", FIRST)).await;
    let said = scene.fails("PUT", &place.password(), &token, remote(SECOND)).await;
    assert!(said.contains("refused the sign-in") && said.contains("nothing stored"), "{said}");
    assert_eq!(scene.history(&place).await, [FIRST]);
    // A privileged account without the right: the database refuses, and the vault says what it said before.
    scene.privileged(&place, &token, "weak", "Weak-1-of-them").await;
    let said = scene.fails("PUT", &place.password(), &token, remote(SECOND)).await;
    assert!(said.contains("SQLSTATE 42501") && said.contains("again the former one"), "{said}");
    assert_eq!(scene.history(&place).await, [FIRST, SECOND, FIRST]);
    database.order("DROP ROLE weak");
    scene.privileged(&place, &token, ADMIN.0, ADMIN.1).await;
    scene.done("PUT", &place.password(), &token, remote(SECOND)).await;
    assert!(database.lets_in("app", SECOND) && database.lets_in(ADMIN.0, ADMIN.1));
    assert_eq!(scene.kept(&token, &place).await, SECOND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_would_have_to_wait_is_refused_and_never_made() {
    let database = Database::start(Tls::Offered, &[("app", FIRST)]).await;
    let scene = Scene::begin(false).await;
    let token = scene.token("scripts", VaultRole::Editor).await;
    let place = scene.place(&token, "PostgreSQL", &database.address.to_string(), ("app", FIRST)).await;
    let held = database.holds("app").await;
    let said = scene.fails("PUT", &place.password(), &token, remote(SECOND)).await;
    // lock_not_available: PostgreSQL, appendix A.
    assert!(said.contains("SQLSTATE 55P03") && said.contains("again the former one"), "{said}");
    assert_eq!(scene.history(&place).await, [FIRST, SECOND, FIRST]);
    drop(held);
    scene.done("PUT", &place.password(), &token, remote("Third-3-of-them")).await;
    assert!(database.lets_in("app", "Third-3-of-them") && !database.lets_in("app", SECOND));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_other_sign_in_sets_the_password_of_a_name_that_two_entries_have() {
    let database = Database::start(Tls::Offered, &[("app", "nobody knows")]).await;
    let scene = Scene::begin(false).await;
    let token = scene.token("scripts", VaultRole::Editor).await;
    let place = scene.place(&token, "PostgreSQL", &database.address.to_string(), ("app", FIRST)).await;
    scene.privileged(&place, &token, ADMIN.0, ADMIN.1).await;
    scene.ada.sync(|_| {}).await.unwrap();
    let (vault, LeafKey { id: parent, .. }) = scene.ada.find_number(Number(place.resource.parse().unwrap())).unwrap();
    let details = AccountDetails { name: "guarded twin".into(), user_name: "app".into(), ..Default::default() };
    let twin = NewAccount { details, secret: None };
    scene.ada.create_account(operations::Place { vault, parent }, twin).await.unwrap();
    let said = scene.fails("PUT", &place.password(), &token, remote(SECOND)).await;
    assert!(said.contains("the same user name") && said.contains("nothing stored"), "{said}");
    assert_eq!(scene.history(&place).await, [FIRST]);
    assert!(database.lets_in("app", "nobody knows"));
    assert!(!database.log().contains("ALTER ROLE"));
}

/// A server without TLS that asks for a password in a way of its own, and writes down what it is told.
async fn trap(asks: &'static [u8]) -> (SocketAddr, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let (address, told) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
    let heard = Arc::clone(&told);
    tokio::spawn(async move {
        loop {
            let (mut client, _) = listener.accept().await.unwrap();
            let heard = Arc::clone(&heard);
            tokio::spawn(async move {
                let mut bytes = vec![0; 4096];
                loop {
                    let Ok(count) = client.read(&mut bytes).await else { return };
                    if count == 0 {
                        return;
                    }
                    heard.lock().unwrap().extend_from_slice(&bytes[..count]);
                    // A request for TLS has no other words than these.
                    let answer = if bytes[4..8] == [4, 210, 22, 47] { b"N" } else { asks };
                    if client.write_all(answer).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    (address, told)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_wants_to_see_the_password_never_does() {
    let (nobody, told) = trap(b"N").await;
    let scene = Scene::begin(false).await;
    let token = scene.token("scripts", VaultRole::Editor).await;
    // On this machine as elsewhere: without TLS nobody is told so much as a name, unless it was said that it may be so.
    let place = scene.place(&token, "PostgreSQL", &nobody.to_string(), ("app", FIRST)).await;
    let said = scene.fails("PUT", &place.password(), &token, remote(SECOND)).await;
    assert!(said.contains("SCRAM-SHA-256 over TLS") && said.contains("nothing stored"), "{said}");
    assert_eq!(*told.lock().unwrap(), [0, 0, 0, 8, 4, 210, 22, 47]);
    let ready = b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I";
    // In clear, as MD5, and nobody is asked.
    for asks in [b"R\0\0\0\x08\0\0\0\x03".as_slice(), b"R\0\0\0\x0c\0\0\0\x05salt", ready] {
        let (address, told) = trap(asks).await;
        let scene = Scene::with(false, HostKeys::default(), &[address]).await;
        let token = scene.token("scripts", VaultRole::Editor).await;
        let place = scene.place(&token, "PostgreSQL", &address.to_string(), ("app", FIRST)).await;
        let said = scene.fails("PUT", &place.password(), &token, remote(SECOND)).await;
        assert!(said.contains("SCRAM-SHA-256") && said.contains("nothing stored"), "{said}");
        assert_eq!(scene.history(&place).await, [FIRST]);
        let told = told.lock().unwrap().clone();
        let holds = |part: &[u8]| told.windows(part.len()).any(|window| window == part);
        assert!(holds(b"app"), "it was talked to");
        assert!(!holds(FIRST.as_bytes()) && !holds(b"ALTER") && !holds(b"md5"));
    }
    // A role with a password of the old kind is not signed in by it.
    let database = Database::start(Tls::Offered, &[]).await;
    database.order("SET password_encryption = md5; CREATE ROLE old LOGIN PASSWORD 'First-1'");
    let place = scene.place(&token, "PostgreSQL", &database.address.to_string(), ("old", "First-1")).await;
    scene.fails("PUT", &place.password(), &token, remote(SECOND)).await;
    assert_eq!(scene.history(&place).await, ["First-1"]);
    // Other databases have no connector.
    let other = scene.place(&token, "MySQL", &database.address.to_string(), ("old", "First-1")).await;
    let said = scene.fails("PUT", &other.password(), &token, remote(SECOND)).await;
    assert!(said.contains("no connector") && said.contains("MySQL"), "{said}");
    let body = json!({"NEWPASSWORD": SECOND, "RESETTYPE": "ELSEWHERE"});
    assert_eq!(scene.fails("PUT", &other.password(), &token, Some(body)).await, "RESETTYPE is LOCAL or REMOTE");
    assert_eq!(scene.history(&other).await, ["First-1"]);
}
