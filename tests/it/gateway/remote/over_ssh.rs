//! Linux, over SSH.

use super::{Place, Scene, cut, free_address, machine::Machine, remote, watch::Watch};
use crate::gateway::pmp_requests::guarded;
use sealward_cli::connectors::HostKeys;
use sealward_contract::{
    chain::{Requirement, VaultRole},
    ids::Number,
};
use serde_json::json;

const FIRST: &str = "First+1 %41&'\"\\$(x)";
const SECOND: &str = "Zweites+2 %42&'\"\\$(y) ü中";
const THIRD: &str = "Third-3-of-them";

async fn scene(machine: &Machine) -> (Scene, String) {
    let scene = Scene::with(false, HostKeys::of_file(machine.known_at(machine.address)), &[]).await;
    let token = scene.token("scripts", VaultRole::Editor).await;
    (scene, token)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_changed_on_the_machine_and_in_the_vault() {
    let machine = Machine::start(&[("deploy", FIRST)]).await;
    let (scene, token) = scene(&machine).await;
    let place = scene.place(&token, "Linux", &machine.address.to_string(), ("deploy", FIRST)).await;
    let watch = Watch::for_any(&[FIRST, SECOND], "passwd");
    scene.done("PUT", &place.password(), &token, remote(SECOND)).await;
    watch.saw_none();
    assert!(machine.lets_in("deploy", SECOND) && !machine.lets_in("deploy", FIRST));
    assert_eq!(scene.history(&place).await, [SECOND, FIRST]);

    // JumpServer's way is the same one.
    let account = format!("/api/v1/accounts/accounts/{}/", place.account);
    let pushed = json!({"secret": THIRD, "push_now": true, "comment": "rotated"});
    let pushed = scene.jumpserver("PATCH", &account, &token, Some(pushed)).await;
    assert_eq!((pushed.status, &pushed.json()["comment"]), (200, &json!("rotated")));
    assert!(machine.lets_in("deploy", THIRD) && !machine.lets_in("deploy", SECOND));
    assert_eq!(scene.history(&place).await, [THIRD, SECOND, FIRST]);
    let empty = scene.jumpserver("PATCH", &account, &token, Some(json!({"push_now": true}))).await;
    assert_eq!(empty.status, 400);

    let log = machine.log();
    assert!(log.contains("Accepted password for deploy"), "what is searched is its log");
    for password in [FIRST, SECOND, THIRD] {
        assert!(!log.contains(password), "{password}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_before_anything_is_sent_leaves_everything() {
    let machine = Machine::start(&[("deploy", FIRST)]).await;
    let (scene, token) = scene(&machine).await;
    let address = machine.address.to_string();
    // Known at another port only.
    let elsewhere = cut::Way::to(machine.address, cut::Cut::Nowhere, usize::MAX).await;
    let unheard = free_address().to_string();
    let not_known = elsewhere.address.to_string();
    let unknown = [machine.fingerprint(), not_known.replace("127.0.0.1", "[127.0.0.1]")];
    for (kind, address, user, password, new, words) in [
        ("Linux", address.as_str(), "deploy", "not the one", SECOND, vec!["refused the sign-in"]),
        ("Unix", &not_known, "deploy", FIRST, SECOND, vec![unknown[0].as_str(), &unknown[1], "is not known"]),
        ("Debian", &unheard, "deploy", FIRST, SECOND, vec!["cannot be reached"]),
        ("Ubuntu", &address, "deploy", FIRST, "two\nlines", vec!["no control characters"]),
        ("Red Hat Linux", &address, "de ploy", FIRST, SECOND, vec!["user name"]),
        ("Windows", &address, "deploy", FIRST, SECOND, vec!["no connector", "Windows"]),
        ("CentOS", "", "deploy", FIRST, SECOND, vec!["no address"]),
    ] {
        let place = scene.place(&token, kind, address, (user, password)).await;
        let said = scene.fails("PUT", &place.password(), &token, remote(new)).await;
        for word in words {
            assert!(said.contains(word), "{kind}: {said}");
        }
        assert!(said.starts_with("RESETTYPE REMOTE: ") && said.contains("nothing stored"), "{said}");
        assert_eq!(scene.history(&place).await, [password], "{kind}");
        let account = format!("/api/v1/accounts/accounts/{}/", place.account);
        let body = json!({"secret": new, "push_now": true, "comment": "rotated"});
        let pushed = scene.jumpserver("PATCH", &account, &token, Some(body)).await;
        assert_eq!(pushed.status, 400);
        assert!(pushed.json()["push_now"][0].as_str().unwrap().contains("nothing stored"), "{kind}");
        assert_eq!(scene.history(&place).await, [password], "{kind}");
    }
    assert_eq!(elsewhere.came(), 2, "it was asked for its key");
    // Somebody who reads may not change, here as little as in the vault.
    let viewer = scene.token("looks", VaultRole::Viewer).await;
    let place = scene.place(&token, "Linux 2", &address, ("deploy", FIRST)).await;
    let said = scene.fails("PUT", &place.password(), &viewer, remote(SECOND)).await;
    assert_eq!(said, "The user has no permission to do this");
    assert!(machine.lets_in("deploy", FIRST));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_with_another_key_gets_no_password() {
    let machine = Machine::start(&[("deploy", FIRST)]).await;
    let other = Machine::start(&[("deploy", FIRST)]).await;
    // The known key of the one, at the address of the other.
    let known = HostKeys::of_file(machine.known_at(other.address));
    let scene = Scene::with(false, known, &[]).await;
    let token = scene.token("scripts", VaultRole::Editor).await;
    let place = scene.place(&token, "Linux", &other.address.to_string(), ("deploy", FIRST)).await;
    let said = scene.fails("PUT", &place.password(), &token, remote(SECOND)).await;
    assert!(said.contains(&other.fingerprint()) && said.contains("another one is known"), "{said}");
    assert_eq!(scene.history(&place).await, [FIRST]);
    assert!(!other.log().contains("Accepted") && !other.log().contains("Failed password"), "nobody tried to sign in");
}

#[tokio::test(flavor = "multi_thread")]
async fn root_changes_what_the_account_itself_cannot() {
    // Signed in by questions, which PAM asks.
    let config = "UsePAM yes\nPasswordAuthentication no\nKbdInteractiveAuthentication yes\n";
    let machine = Machine::with(&[("deploy", "nobody knows"), ("root", THIRD)], config).await;
    let (scene, token) = scene(&machine).await;
    let place = scene.place(&token, "Linux", &machine.address.to_string(), ("deploy", FIRST)).await;
    let said = scene.fails("PUT", &place.password(), &token, remote(SECOND)).await;
    assert!(said.contains("refused the sign-in"), "{said}");
    scene.privileged(&place, &token, "root", THIRD).await;
    let watch = Watch::for_any(&[SECOND, THIRD], "/usr/sbin/chpasswd");
    scene.done("PUT", &place.password(), &token, remote(SECOND)).await;
    watch.saw_none();
    assert!(machine.lets_in("deploy", SECOND) && machine.lets_in("root", THIRD));
    assert_eq!(scene.history(&place).await, [SECOND, FIRST]);

    // An account that the vault does not have yet is made with what is pushed, or not at all.
    let listed = scene.jumpserver("GET", "/api/v1/assets/assets/", &token, None).await.json();
    let body = |user: &str| {
        let asset = &listed[0]["id"];
        Some(json!({"name": user, "username": user, "asset": asset, "secret": FIRST, "push_now": true}))
    };
    let nobody = scene.jumpserver("POST", "/api/v1/accounts/accounts/", &token, body("nobody-there")).await;
    assert_eq!(nobody.status, 400);
    assert!(nobody.json()["push_now"][0].as_str().unwrap().contains("exit status 1"), "{}", nobody.json());
    let count = scene.jumpserver("GET", "/api/v1/accounts/accounts/", &token, None).await.json();
    assert_eq!(count.as_array().unwrap().len(), 2);
    // One that can never sign in there.
    let made = scene.jumpserver("POST", "/api/v1/accounts/accounts/", &token, body("sshd")).await;
    assert_eq!((made.status, &made.json()["has_secret"]), (201, &json!(true)));
    assert!(!machine.log().contains(SECOND) && !machine.log().contains(THIRD));
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_at_the_same_time_follow_one_another() {
    let machine = Machine::start(&[("deploy", FIRST)]).await;
    let (scene, token) = scene(&machine).await;
    let other = scene.token("other-scripts", VaultRole::Editor).await;
    let place = scene.place(&token, "Linux", &machine.address.to_string(), ("deploy", FIRST)).await;
    let path = place.password();
    tokio::join!(
        scene.done("PUT", &path, &token, remote(SECOND)),
        scene.done("PUT", &path, &other, remote(THIRD)),
        scene.done("PUT", &path, &token, remote("Fourth-4-of-them")),
    );
    let history = scene.history(&place).await;
    assert_eq!((history.len(), history[3].as_str()), (4, FIRST));
    assert!(machine.lets_in("deploy", &history[0]));
    assert!(!machine.lets_in("deploy", &history[1]) && !machine.lets_in("deploy", &history[2]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guarded_password_is_checked_out_before_it_is_changed() {
    let all = guarded(Requirement::Optional, Requirement::None).await;
    let (scene, token) = (&all.scene, &all.edits);
    let place = Place { resource: all.resource.clone(), account: all.account.clone() };
    let address = json!({"DNSNAME": free_address().to_string()});
    scene.done("PUT", &format!("resources/{}", place.resource), token, Some(address)).await;
    let (vault, key) = scene.ada.find_number(Number(place.account.parse().unwrap())).unwrap();
    let before = scene.ada.secret_versions(vault, key.id).await.unwrap();
    let said = scene.fails("PUT", &place.password(), token, remote(SECOND)).await;
    assert_eq!(said, "Access to this password has to be requested, and approved by an administrator, first");
    scene.ada.sync(|_| {}).await.unwrap();
    assert_eq!(scene.ada.secret_versions(vault, key.id).await.unwrap(), before);
}
