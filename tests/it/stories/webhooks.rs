//! Webhooks, from what happens in the team to a program that is told of it.

use crate::harness::{
    A_DAY, App, Founder, Furnished, InProcess, ORIGIN, Received, Receiver, TestClock, TestServer, empty_folder,
};
use base64ct::{Base64, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use sealward_client::{error::Error, session::Session};
use sealward_contract::{
    audit::{ActKind, AuditedAct},
    ids::WebhookId,
    operations::{
        audit::EventsQuery,
        webhooks::{DeliveryResult, WebhookTerms, WebhookUrl},
    },
};
use sealward_server::{
    config::{Config, DataPlace},
    webhooks::catch_up,
};

const NAME: &str = "hooks.example";

fn config() -> Config {
    Config { webhook_networks: vec!["127.0.0.0/8".parse().unwrap()], ..Config::in_memory(ORIGIN) }
}

/// A server that may call loopback, where a name leads to, and its founder's session.
async fn scene() -> (TestServer, Session<InProcess>, Receiver) {
    let server = TestServer::with(config(), TestClock::new());
    server.names.set(NAME, &["127.0.0.1"]);
    let ada = Founder::found(&server, "ada.lovelace").await.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    (server, ada, Receiver::open().await)
}

fn to(url: &str, kinds: &[ActKind]) -> WebhookTerms {
    WebhookTerms { url: WebhookUrl::new(url.to_owned()), kinds: kinds.to_vec(), enabled: true }
}

async fn results(session: &Session<InProcess>, webhook: WebhookId) -> Vec<(Option<u64>, DeliveryResult)> {
    let listed = session.list_webhooks().await.unwrap();
    let row = listed.into_iter().find(|row| row.webhook == webhook).unwrap();
    row.deliveries.iter().map(|delivery| (delivery.event, delivery.result)).collect()
}

fn acts(received: &[Received]) -> Vec<String> {
    received.iter().map(|one| one.json()["event"]["act"].as_str().unwrap_or("test").to_owned()).collect()
}

#[tokio::test(flavor = "current_thread")]
async fn what_happens_is_sent_signed_in_order_and_by_ids_only() {
    let (server, ada, receiver) = scene().await;
    let terms = to(&receiver.url(NAME), &[ActKind::People, ActKind::Release]);
    let (webhook, secret) = ada.create_webhook(&terms).await.unwrap();
    let made = Furnished::make(&ada, "Operations").await;
    ada.release(made.vault, made.first).await.unwrap();
    let invited = Founder::invited(&server, &ada, "grace.hopper", &[]).await.identity.member;
    ada.suspend_member(invited).await.unwrap();
    catch_up(server.server.app()).await.unwrap();
    let received = receiver.take();
    let told = acts(&received);
    assert_eq!(told.first().map(String::as_str), Some("webhook_set"));
    let at = |act: &str| told.iter().position(|one| one == act).unwrap();
    assert!(at("secret_released") < at("member_invited") && at("member_joined") < at("member_suspended"));
    // Nothing of other kinds, and all in the order in which it happened.
    assert!(!told.iter().any(|act| act == "records_written" || act == "session_started"), "{told:?}");
    let sequences: Vec<u64> = received.iter().map(|one| one.json()["event"]["sequence"].as_u64().unwrap()).collect();
    assert!(sequences.is_sorted() && sequences.first().is_some_and(|first| *first > 0), "{sequences:?}");
    let key = Base64::decode_vec(secret.expose().strip_prefix("whsec_").unwrap()).unwrap();
    assert_eq!(key.len(), 32);
    for one in &received {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("{}.{}.{}", one.id, one.timestamp, one.body).as_bytes());
        let expected = format!("v1,{}", Base64::encode_string(&mac.finalize().into_bytes()));
        assert_eq!((one.signature.as_str(), one.timestamp.as_str()), (expected.as_str(), "1800000000"));
        assert!(!one.body.contains("grace") && !one.body.contains("192.0.2.1"), "{}", one.body);
    }
    let released = received.iter().find(|one| one.body.contains("secret_released")).unwrap().json();
    assert_eq!(released["type"], "audit.release");
    assert_eq!(released["event"]["account"], made.first.to_string());
    // Nobody is shown the secret again, and told nothing twice.
    let listed = format!("{:?}", ada.list_webhooks().await.unwrap());
    assert!(!listed.contains("whsec") && !listed.contains(NAME), "{listed}");
    catch_up(server.server.app()).await.unwrap();
    assert!(receiver.take().is_empty());
    assert_eq!(results(&ada, webhook).await[0].1, DeliveryResult::Taken { status: 200 });
}

#[tokio::test(flavor = "current_thread")]
async fn what_failed_is_tried_again_before_what_came_later() {
    let (server, ada, receiver) = scene().await;
    let (webhook, _) = ada.create_webhook(&to(&receiver.url(NAME), &[ActKind::People])).await.unwrap();
    receiver.answer_with(&[500, 302]);
    ada.invite(&[], A_DAY).await.unwrap();
    catch_up(server.server.app()).await.unwrap();
    assert_eq!(acts(&receiver.take()), ["webhook_set"]);
    // Not at once.
    catch_up(server.server.app()).await.unwrap();
    assert!(receiver.take().is_empty());
    // A redirection is no success, and nobody goes where it leads.
    server.clock.advance(15_000);
    catch_up(server.server.app()).await.unwrap();
    assert_eq!(acts(&receiver.take()), ["webhook_set"]);
    server.clock.advance(29_999);
    catch_up(server.server.app()).await.unwrap();
    assert!(receiver.take().is_empty(), "the wait doubles");
    server.clock.advance(1);
    catch_up(server.server.app()).await.unwrap();
    let received = receiver.take();
    assert_eq!(acts(&received), ["webhook_set", "member_invited"]);
    let calls: Vec<DeliveryResult> = results(&ada, webhook).await.into_iter().map(|(_, result)| result).collect();
    let taken = DeliveryResult::Taken { status: 200 };
    let failed = |status| DeliveryResult::Answered { status };
    assert_eq!(calls, [taken, taken, failed(302), failed(500)]);
}

#[tokio::test(flavor = "current_thread")]
async fn a_restart_loses_nothing() {
    let folder = empty_folder("webhooks");
    let clock = TestClock::new();
    let config = || Config { data: DataPlace::Folder(folder.clone()), ..config() };
    let receiver = Receiver::open().await;
    {
        let server = TestServer::with(config(), clock.clone());
        let ada = Founder::found(&server, "ada.lovelace").await.session(&server, &server.connect()).await;
        ada.sync(|_| {}).await.unwrap();
        ada.create_webhook(&to(&receiver.url(NAME), &[ActKind::People])).await.unwrap();
        server.names.set(NAME, &["127.0.0.1"]);
        catch_up(server.server.app()).await.unwrap();
        ada.invite(&[], A_DAY).await.unwrap();
        server.server.close().await.unwrap();
    }
    assert_eq!(acts(&receiver.take()), ["webhook_set"]);
    let server = TestServer::with(config(), clock);
    server.names.set(NAME, &["127.0.0.1"]);
    catch_up(server.server.app()).await.unwrap();
    assert_eq!(acts(&receiver.take()), ["member_invited"]);
}

#[tokio::test(flavor = "current_thread")]
async fn nothing_is_called_that_not_everybody_reaches() {
    let (server, ada, receiver) = scene().await;
    let cases = [
        ("http://inside.example/", vec!["10.0.0.1"], DeliveryResult::Refused),
        ("https://inside.example/", vec!["10.0.0.1", "::1", "fd00::1"], DeliveryResult::Refused),
        ("https://mapped.example/", vec!["::ffff:169.254.169.254"], DeliveryResult::Refused),
        ("https://169.254.169.254/latest", vec![], DeliveryResult::Refused),
        ("https://[::1]/", vec![], DeliveryResult::Refused),
        ("http://public.example/", vec!["93.184.215.14"], DeliveryResult::Refused),
        ("https://nobody.example/", vec![], DeliveryResult::Unknown),
    ];
    let (webhook, _) = ada.create_webhook(&to(&receiver.url(NAME), &[ActKind::People])).await.unwrap();
    for (url, addresses, expected) in cases {
        let name = url.split("//").nth(1).unwrap().split('/').next().unwrap();
        server.names.set(name, &addresses);
        ada.set_webhook(webhook, &to(url, &[ActKind::People])).await.unwrap();
        assert_eq!(ada.test_webhook(webhook).await.unwrap().result, expected, "{url}");
    }
    // A name that leads elsewhere when it is called than when it was written.
    ada.set_webhook(webhook, &to(&receiver.url(NAME), &[ActKind::People])).await.unwrap();
    assert_eq!(ada.test_webhook(webhook).await.unwrap().result, DeliveryResult::Taken { status: 200 });
    assert_eq!(receiver.take()[0].json()["type"], "test");
    server.names.set(NAME, &["10.0.0.1"]);
    assert_eq!(ada.test_webhook(webhook).await.unwrap().result, DeliveryResult::Refused);
    for url in ["ftp://hooks.example/", "https://ada@hooks.example/", "hooks.example", "https://a.example/#x"] {
        let refused = ada.create_webhook(&to(url, &[ActKind::People])).await.err();
        assert_eq!(refused, Some(Error::WebhookRefused), "{url}");
    }
    let nothing = ada.create_webhook(&to("https://a.example/", &[])).await.err();
    assert_eq!(nothing, Some(Error::WebhookRefused));
    assert!(receiver.take().is_empty());
}

#[tokio::test(flavor = "current_thread")]
async fn one_that_is_switched_off_or_deleted_is_not_called() {
    let (server, ada, receiver) = scene().await;
    let terms = to(&receiver.url(NAME), &[ActKind::People]);
    let (webhook, _) = ada.create_webhook(&terms).await.unwrap();
    ada.set_webhook(webhook, &WebhookTerms { enabled: false, ..terms.clone() }).await.unwrap();
    catch_up(server.server.app()).await.unwrap();
    assert!(receiver.take().is_empty());
    ada.set_webhook(webhook, &terms).await.unwrap();
    catch_up(server.server.app()).await.unwrap();
    assert_eq!(acts(&receiver.take()), ["webhook_set", "webhook_set", "webhook_set"], "it goes on where it stood");
    ada.delete_webhook(webhook).await.unwrap();
    catch_up(server.server.app()).await.unwrap();
    assert!(receiver.take().is_empty());
    assert!(ada.list_webhooks().await.unwrap().is_empty());
    assert_eq!(ada.delete_webhook(webhook).await, Err(Error::Gone));
}

#[tokio::test(flavor = "current_thread")]
async fn one_that_fails_for_days_is_given_up_and_holds_no_other() {
    let server = TestServer::with(config(), TestClock::new());
    server.names.set(NAME, &["127.0.0.1"]);
    let (founder, receiver) = (Founder::found(&server, "ada.lovelace").await, Receiver::open().await);
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let (broken, _) = ada.create_webhook(&to("https://nobody.example/", &[ActKind::People])).await.unwrap();
    ada.create_webhook(&to(&receiver.url(NAME), &[ActKind::People])).await.unwrap();
    catch_up(server.server.app()).await.unwrap();
    assert_eq!(acts(&receiver.take()), ["webhook_set"]);
    for _ in 0..5 {
        server.clock.advance(A_DAY);
        catch_up(server.server.app()).await.unwrap();
    }
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let row = ada.list_webhooks().await.unwrap().into_iter().find(|row| row.webhook == broken).unwrap();
    assert_eq!((row.terms.enabled, row.given_up, row.deliveries.len()), (false, true, 6));
    let events = ada.list_events(&EventsQuery::default()).await.unwrap().events;
    let given_up = AuditedAct::WebhookGivenUp { webhook: broken };
    assert!(events.iter().any(|listed| listed.event.what == given_up && listed.event.member.is_none()));
}

#[tokio::test(flavor = "current_thread")]
async fn whoever_has_a_second_factor_confirms_it_first() {
    let (server, ada, receiver) = scene().await;
    let terms = to(&receiver.url(NAME), &[ActKind::People]);
    let app = App::set_up(&server, &ada).await;
    let (webhook, _) = ada.create_webhook(&terms).await.unwrap();
    server.clock.advance(3_600_000);
    let needed = |error: Option<Error>| matches!(error, Some(Error::SecondFactorNeeded(_)));
    assert!(needed(ada.create_webhook(&terms).await.err()));
    assert!(needed(ada.set_webhook(webhook, &terms).await.err()));
    assert!(needed(ada.delete_webhook(webhook).await.err()));
    app.confirm(&server, &ada).await.unwrap();
    ada.delete_webhook(webhook).await.unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn a_receiver_is_told_over_tls_by_a_certificate_that_holds() {
    let (receiver, certificate) = Receiver::open_secure(NAME);
    let folder = empty_folder("webhook-ca");
    let file = folder.join("ca.pem");
    std::fs::write(&file, certificate).unwrap();
    // Of the authority that the operator names, under its own name, and of nobody that is not known.
    let rows = [
        (Some(file.clone()), NAME, DeliveryResult::Taken { status: 200 }),
        (Some(file), "other.example", DeliveryResult::Untrusted),
        (None, NAME, DeliveryResult::Untrusted),
    ];
    for (webhook_ca, name, expected) in rows {
        let server = TestServer::with(Config { webhook_ca, ..config() }, TestClock::new());
        server.names.set(name, &["127.0.0.1"]);
        let ada = Founder::found(&server, "ada.lovelace").await.session(&server, &server.connect()).await;
        ada.sync(|_| {}).await.unwrap();
        let (webhook, _) = ada.create_webhook(&to(&receiver.url(name), &[ActKind::People])).await.unwrap();
        catch_up(server.server.app()).await.unwrap();
        let came = results(&ada, webhook).await;
        assert_eq!(came.last().map(|(_, result)| *result), Some(expected), "{name}");
        let received = receiver.take();
        assert_eq!(received.is_empty(), expected == DeliveryResult::Untrusted, "{name}");
        assert!(received.iter().all(|one| one.json()["event"]["act"] == "webhook_set"), "{name}");
    }
}
