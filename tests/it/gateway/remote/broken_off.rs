//! Changes that break off in the middle: the vault says which password is in force.

use super::{
    super::eventually,
    Place, Scene,
    cut::{Cut, Way},
    database::{Database, Tls},
    machine::Machine,
    remote,
};
use sealward_cli::connectors::HostKeys;
use sealward_contract::chain::VaultRole;
use serde_json::json;

const FIRST: &str = "First-1-of-them";
const SECOND: &str = "Second-2-of-them";
/// Ends the connection that a command came over.
const END: &str = "kill -9 $PPID";

struct OnMachine {
    machine: Machine,
    scene: Scene,
    token: String,
    place: Place,
    way: Way,
}

/// A machine to which so many connections lead.
async fn on_machine(connections: usize, user: &str) -> OnMachine {
    let machine = Machine::start(&[(user, FIRST)]).await;
    let way = Way::to(machine.address, Cut::Nowhere, connections).await;
    let scene = Scene::with(false, HostKeys::of_file(machine.known_at(way.address)), &[]).await;
    let token = scene.token("scripts", VaultRole::Editor).await;
    let place = scene.place(&token, "Linux", &way.address.to_string(), (user, FIRST)).await;
    OnMachine { machine, scene, token, place, way }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_the_machine_refuses_is_not_the_present_one() {
    let on = on_machine(usize::MAX, "deploy").await;
    // Too simple for PAM.
    let said = on.scene.fails("PUT", &on.place.password(), &on.token, remote("abc")).await;
    assert!(said.contains("exit status 10 of passwd") && said.contains("again the former one"), "{said}");
    assert_eq!(on.scene.history(&on.place).await, [FIRST, "abc", FIRST]);
    assert!(on.machine.lets_in("deploy", FIRST));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_machine_did_before_it_broke_off_is_found_out() {
    let on = on_machine(usize::MAX, "deploy").await;
    on.machine.obeys(&format!("$SSH_ORIGINAL_COMMAND; {END}"));
    on.scene.done("PUT", &on.place.password(), &on.token, remote(SECOND)).await;
    assert_eq!(on.scene.history(&on.place).await, [SECOND, FIRST]);
    assert!(on.machine.lets_in("deploy", SECOND));
    // What goes on when the connection is gone is waited for.
    on.machine.obeys(&format!("exec 3<&0; (sleep 2; exec passwd <&3) & sleep 1; {END}"));
    on.scene.done("PUT", &on.place.password(), &on.token, remote("Third-3-of-them")).await;
    assert_eq!(on.scene.history(&on.place).await, ["Third-3-of-them", SECOND, FIRST]);
    assert!(on.machine.lets_in("deploy", "Third-3-of-them"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_machine_did_not_do_before_it_broke_off_is_taken_back() {
    let on = on_machine(usize::MAX, "deploy").await;
    on.machine.obeys(END);
    let said = on.scene.fails("PUT", &on.place.password(), &on.token, remote(SECOND)).await;
    assert!(said.contains("broke off before the password was changed"), "{said}");
    assert_eq!(on.scene.history(&on.place).await, [FIRST, SECOND, FIRST]);
    assert!(on.machine.lets_in("deploy", FIRST));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_can_be_found_out_both_are_kept_and_it_is_said() {
    let on = on_machine(1, "deploy").await;
    on.machine.obeys(&format!("$SSH_ORIGINAL_COMMAND; {END}"));
    let said = on.scene.fails("PUT", &on.place.password(), &on.token, remote(SECOND)).await;
    assert!(said.contains("one of the two is in force"), "{said}");
    assert_eq!(on.scene.history(&on.place).await, [SECOND, FIRST]);
    assert!(on.way.came() > 1, "both were tried");
}

impl OnMachine {
    /// Waits until a change has stored the new password, which comes before it is set.
    async fn is_stored(&self) {
        eventually(async || (self.scene.history(&self.place).await == [SECOND, FIRST]).then_some(())).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_a_colleague_stores_meanwhile_is_not_covered() {
    let on = on_machine(usize::MAX, "deploy").await;
    on.machine.obeys(END);
    let path = on.place.password();
    let change = on.scene.fails("PUT", &path, &on.token, remote(SECOND));
    let colleague = async {
        on.is_stored().await;
        let body = json!({"NEWPASSWORD": "Third-3-of-them", "RESETTYPE": "LOCAL"});
        on.scene.done("PUT", &path, &on.token, Some(body)).await;
    };
    let (said, ()) = tokio::join!(change, colleague);
    assert!(said.contains("could not be made the vault's present one again"), "{said}");
    assert_eq!(on.scene.history(&on.place).await, ["Third-3-of-them", SECOND, FIRST]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_under_way_is_waited_for_before_the_gateway_ends() {
    let on = on_machine(usize::MAX, "deploy").await;
    on.machine.obeys("sleep 2; $SSH_ORIGINAL_COMMAND");
    let path = on.place.password();
    // Whoever asked for it is gone by then.
    tokio::select! {
        answer = on.scene.done("PUT", &path, &on.token, remote(SECOND)) => panic!("{answer}"),
        () = on.is_stored() => {}
    }
    on.scene.stop.send(true).unwrap();
    on.scene.running.finished().await;
    assert!(on.machine.lets_in("deploy", SECOND));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_for_a_change_is_answered_before_the_gateway_ends() {
    let on = on_machine(usize::MAX, "deploy").await;
    // Longer than other requests have.
    on.machine.obeys("sleep 12; $SSH_ORIGINAL_COMMAND");
    let path = on.place.password();
    let change = on.scene.done("PUT", &path, &on.token, remote(SECOND));
    let end = async {
        on.is_stored().await;
        on.scene.stop.send(true).unwrap();
    };
    tokio::join!(change, end);
    on.scene.running.finished().await;
    assert!(on.machine.lets_in("deploy", SECOND));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_breaks_off_is_asked_which_is_in_force() {
    const STATEMENT: &[u8] = b"ALTER ROLE";
    for (cut, connections, held, in_force) in [
        (Cut::Before(STATEMENT), usize::MAX, vec![FIRST, SECOND, FIRST], FIRST),
        (Cut::After(STATEMENT), usize::MAX, vec![SECOND, FIRST], SECOND),
        // One that changes it, and nobody who could find out.
        (Cut::After(STATEMENT), 1, vec![SECOND, FIRST], SECOND),
        (Cut::Before(STATEMENT), 1, vec![SECOND, FIRST], FIRST),
    ] {
        let database = Database::start(Tls::Not, &[("app", FIRST)]).await;
        let way = Way::to(database.address, cut, connections).await;
        let scene = Scene::with(false, HostKeys::default(), &[way.address]).await;
        let token = scene.token("scripts", VaultRole::Editor).await;
        let place = scene.place(&token, "PostgreSQL", &way.address.to_string(), ("app", FIRST)).await;
        if in_force == SECOND && connections > 1 {
            scene.done("PUT", &place.password(), &token, remote(SECOND)).await;
        } else {
            let said = scene.fails("PUT", &place.password(), &token, remote(SECOND)).await;
            let words = if connections > 1 { "again the former one" } else { "one of the two is in force" };
            assert!(said.contains(words), "{said}");
        }
        assert_eq!(scene.history(&place).await, held);
        let other = if in_force == FIRST { SECOND } else { FIRST };
        assert!(database.lets_in("app", in_force) && !database.lets_in("app", other));
    }
}
