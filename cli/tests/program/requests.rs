//! A guarded secret: asked for, approved by somebody else, checked out, read, checked in.

use super::{
    engine::settings,
    harness::{Machine, PASSWORD, shared_server},
};
use sealward_cli::{
    clock,
    connection::{Http, PlainHttp, ServerAddress, Trust},
    engine::{Credential, Engine},
    home::Home,
};
use sealward_client::{
    api::Api,
    crypto::randomness::OsRandom,
    invitation::{InvitationLink, Joining, open_invitation},
    surroundings::Surroundings,
};
use sealward_contract::{
    chain::{Approvals, FactorDemand, LeaseTerms, Policy, PolicyScope, Requirement, SetPolicy, TeamPolicy, VaultRole},
    ids::{MemberId, VaultId},
    text::LoginName,
};

fn surroundings() -> Surroundings {
    let clock = clock::system();
    Surroundings::new(move || clock(), OsRandom::new())
}

/// Somebody who joins by a link, as in the browser, and then signs in on a machine of their own.
async fn join(founder: &Machine, login_name: &str) -> (Machine, MemberId) {
    let link = founder.run(&["invite", "--vault", "Web=editor"]).well();
    let link = InvitationLink::read(link.rsplit_once('#').unwrap().1).unwrap();
    let machine = Machine::new(&founder.server);
    let address = ServerAddress::read(&machine.server, PlainHttp::LoopbackOnly).unwrap();
    let http = Http::new(&address, &Trust::of_system().unwrap());
    let api = || Api::new(http.clone());
    let mut opened = open_invitation(&api(), &surroundings(), link, &machine.server).await.unwrap();
    let joining = Joining { login_name: LoginName::parse(login_name).unwrap(), password: PASSWORD.into() };
    let newcomer = opened.join(&api(), &surroundings(), &joining).await.unwrap();
    let session = newcomer.sign_in(api(), surroundings(), "a test").await.unwrap();
    Home::at(machine.path("home")).keep_device(newcomer.device(), None).unwrap();
    machine.file("password", PASSWORD);
    machine.run(&["sign-in", "--password-file", "password", "--compared"]).well();
    (machine, session.member())
}

/// Guards a whole vault and makes somebody another custodian of it, as its custodian does in the browser.
async fn guard(machine: &Machine, vault: VaultId, custodian: MemberId) {
    let engine = Engine::start(&settings(&machine.server)).unwrap();
    let device = Home::at(machine.path("home")).device().unwrap().unwrap().device;
    let credential = Credential::Person { device, password: PASSWORD.into(), code: None, compared: true };
    let guarded = engine.with_credential(credential, async move |session| {
        session.set_grant(vault, custodian, VaultRole::Custodian).await?;
        // A second factor is another story.
        session.set_team_policy(TeamPolicy { factor: FactorDemand::Never, ..TeamPolicy::DEFAULT }).await?;
        let terms = Some(LeaseTerms::default());
        let policy = Some(Policy { approvals: Approvals(1), reason: Requirement::Required, terms });
        Ok(session.set_policy(&SetPolicy { vault, scope: PolicyScope::Vault, policy }).await?)
    });
    guarded.await.unwrap();
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guarded_secret_is_asked_for_and_given_back() {
    let founder = Machine::new(shared_server());
    founder.found("hal");
    let vault = founder.run(&["get", "Web", "--field", "id"]).well();
    // Whoever made a service's keys cannot approve what it asks for: it takes somebody else.
    let (custodian, member) = join(&founder, "ivy").await;
    guard(&founder, vault.parse().unwrap(), member).await;
    founder.file("secret", "only when approved");
    founder.run(&["create", "Web/db1/root", "--secret-file", "secret"]).well();
    let token =
        founder.run(&["service", "create", "asker", "--vault", "Web", "--requests-only", "--role", "viewer"]).well();
    let machine = Machine::new(shared_server());
    let get = ["get", "Web/db1/root", "--field", "secret", "--json"];
    assert_eq!(machine.run_as(&token, &get).failed(8), "approval_needed");
    assert_eq!(machine.run_as(&token, &["request", "Web/db1/root", "--json"]).failed(2), "reason_needed");
    let request = ["request", "Web/db1/root", "--reason", "the disk is full", "--time", "30m", "--json"];
    let asked = machine.run_as(&token, &request).json();
    assert_eq!((&asked["status"], &asked["seconds"]), (&"requested".into(), &1800.into()));
    // Once is enough; and an emergency is for those who are named for one.
    assert_eq!(machine.run_as(&token, &request).failed(5), "asked_already");
    let emergency = machine.run_as(&token, &[&request[..], &["--break-glass"]].concat());
    assert!(emergency.err.contains("not named for emergencies"), "{}", emergency.err);
    assert_eq!(emergency.failed(4), "not_allowed");
    assert_eq!(machine.run_as(&token, &["checkout", "Web/db1/root", "--json"]).failed(8), "approval_needed");

    let waiting = custodian.run(&["requests", "--others", "--json"]).json();
    assert_eq!((&waiting[0]["requester"], &waiting[0]["reason"]), (&"asker".into(), &"the disk is full".into()));
    assert_eq!(waiting[0]["path"], "Web/db1/root");
    let own = founder.run(&["approve", waiting[0]["id"].as_str().unwrap(), "--json"]);
    assert_eq!(own.failed(4), "refused");
    custodian.run(&["approve", waiting[0]["id"].as_str().unwrap(), "--comment", "go on"]).well();
    assert_eq!(machine.run_as(&token, &["requests", "--json"]).json()[0]["status"], "approved");
    assert_eq!(machine.run_as(&token, &get).failed(8), "check_out_needed");
    machine.run_as(&token, &["checkout", "Web/db1/root"]).well();
    assert_eq!(machine.run_as(&token, &get).json()["value"], "only when approved");
    machine.run_as(&token, &["checkin", "Web/db1/root"]).well();
    assert_eq!(machine.run_as(&token, &get).failed(8), "approval_needed");

    // A window to come is approved before, and entered when it begins.
    let later = [&request[..6], &["--from", "2h", "--json"]].concat();
    let later = machine.run_as(&token, &later).json();
    let moment = |name: &str| later[name].as_str().unwrap().parse::<jiff::Timestamp>().unwrap().as_second();
    assert!((7_190..7_210).contains(&(moment("from") - moment("asked"))), "{later}");
    custodian.run(&["approve", "Web/db1/root"]).well();
    assert_eq!(machine.run_as(&token, &["checkout", "Web/db1/root", "--json"]).failed(4), "refused");
    for from in ["soon", "2020-01-01T00:00:00Z"] {
        assert_eq!(machine.run_as(&token, &["request", "Web/db1/root", "--from", from, "--json"]).failed(2), "usage");
    }
    let revoked = custodian.run(&["revoke", "Web/db1/root", "--comment", "not tonight", "--json"]).json();
    assert_eq!(revoked["status"], "revoked");
    machine.run_as(&token, &request).well();
    machine.run_as(&token, &["cancel", "Web/db1/root"]).well();

    machine.run_as(&token, &request).well();
    custodian.run(&["reject", "Web/db1/root", "--comment", "not today"]).well();
    let all = machine.run_as(&token, &["requests", "--all", "--json"]).json();
    let statuses: Vec<&str> = all.as_array().unwrap().iter().map(|one| one["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["rejected", "cancelled", "revoked", "checked_in"]);
}
