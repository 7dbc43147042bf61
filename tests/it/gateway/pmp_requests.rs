//! Password Manager Pro's dialect: passwords that have to be requested, by several tokens.

use super::Scene;
use crate::harness::{Founder, InProcess, service, terms};
use sealward_cli::engine::Open;
use sealward_client::{
    model::SecretPayload,
    operations::NewSecret,
    session::{RequestDraft, Session, TextShown},
};
use sealward_contract::{
    chain::{Approvals, LeaseTerms, Policy, PolicyScope, Requirement, ServiceTerms, SetPolicy, TeamRole, VaultRole},
    ids::{MemberId, Number},
    operations::requests::WhichRequests,
};
use serde_json::{Value, json};

const SECRET: &str = "only when approved";
/// What is said while nobody has approved yet.
const WAITS: &str = "The request for this password waits for approval";

/// A script that uses a vault, one whose service is named as approver, and one that changes things; with an account that
/// has to be requested. The approver's token is another person's: nobody approves what they could have asked for themselves.
pub struct Guarded {
    pub scene: Scene,
    pub asks: String,
    pub approves: String,
    pub edits: String,
    pub resource: String,
    pub account: String,
    /// A custodian's, who made the approver's token.
    pub bob: Session<InProcess>,
}

pub async fn member(scene: &Scene, login_name: &str) -> (MemberId, String) {
    scene.ada.sync(|_| {}).await.unwrap();
    let all = scene.ada.members();
    let found = all.iter().find(|member| member.login_name.as_str() == login_name).unwrap();
    (found.member, found.number.0.to_string())
}

pub async fn guarded(reason: Requirement, ticket: Requirement) -> Guarded {
    let scene = Scene::new().await;
    let edits = scene.token("edits", VaultRole::Editor).await;
    let asks = scene.token("asks", VaultRole::User).await;
    let (resource, account) = scene.resource(&edits, "db", "root", SECRET).await;
    // Bob is an administrator and custodian, and admits the service that approves.
    let bob = Founder::invited(&scene.server, &scene.ada, "bob", &[]).await;
    scene.ada.set_team_role(bob.identity.member, TeamRole::Administrator).await.unwrap();
    scene.ada.set_grant(scene.vault, bob.identity.member, VaultRole::Custodian).await.unwrap();
    let session = bob.session(&scene.server, &scene.server.connect()).await;
    session.sync(|_| {}).await.unwrap();
    let terms = ServiceTerms { vault: Some(scene.vault), ..terms(&[]) };
    let token = session.admit_service(&service("approves", &[(scene.vault, VaultRole::User)], terms)).await.unwrap();
    let approves = token.expose().to_string();
    scene.ada.sync(|_| {}).await.unwrap();
    // The secret is older than the policy: whoever asks has its key, and nobody has to hand one on.
    let mut approvers = vec![bob.identity.member, token.member()];
    approvers.sort();
    let lease = LeaseTerms { exclusive: true, ticket, approvers, ..LeaseTerms::default() };
    let (_, key) = scene.ada.find_number(Number(account.parse().unwrap())).unwrap();
    let policy = Some(Policy { approvals: Approvals(1), reason, terms: Some(lease) });
    scene.ada.set_policy(&SetPolicy { vault: scene.vault, scope: PolicyScope::Account(key.id), policy }).await.unwrap();
    Guarded { scene, asks, approves, edits, resource, account, bob: session }
}

impl Guarded {
    fn password(&self) -> String {
        format!("resources/{}/accounts/{}/password", self.resource, self.account)
    }

    fn step(&self, user: &str, step: &str) -> String {
        format!("accounts/{}/requester/{user}/{step}", self.account)
    }

    pub async fn status(&self, token: &str) -> Value {
        let listed = self.scene.done("GET", &format!("resources/{}/accounts", self.resource), token, None).await;
        listed["ACCOUNT LIST"][0]["PASSWORD STATUS"].clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_requested_approved_checked_out_read_and_checked_in() {
    let all = guarded(Requirement::Required, Requirement::Required).await;
    let Guarded { scene, asks, approves, edits, account, .. } = &all;
    let (_, asker) = member(scene, "asks").await;
    let (_, approver) = member(scene, "approves").await;
    let ask = format!("accounts/{account}/requestpassword");
    let first = "Access to this password has to be requested, and approved by an administrator, first";
    assert_eq!(scene.fails("GET", &all.password(), asks, None).await, first);
    // Nobody is asked before anybody asked; and nobody asks without saying why, and for which ticket.
    assert_eq!(scene.done("GET", "accounts/passwordaccessrequests", approves, None).await, json!([]));
    let why = |reason: Option<&str>, ticket: Option<&str>| Some(json!({"REASON": reason, "TICKETID": ticket}));
    assert_eq!(scene.fails("POST", &ask, asks, None).await, "A reason has to be given: REASON");
    let said = scene.fails("POST", &ask, asks, why(Some("disk full"), None)).await;
    assert_eq!(said, "A valid ticket ID has to be given: TICKETID");
    let asked = scene.pmp("POST", &ask, asks, why(Some("disk full"), Some("7"))).await.json();
    assert_eq!(
        asked,
        json!({"operation": {
            "name": "REQUEST_PASSWORD",
            "result": {"status": "Success", "message": "Request to view password have been raised successfully"},
            "Details": {"STATUS": "WAITING FOR APPROVAL / CHECKOUT"},
        }})
    );
    let again = scene.fails("POST", &ask, asks, why(Some("disk full"), Some("7"))).await;
    assert_eq!(again, "The password was requested already");
    assert_eq!(all.status(asks).await, "WAITING FOR APPROVAL / CHECKOUT");
    assert_eq!(scene.fails("GET", &all.password(), asks, None).await, WAITS);
    let out = format!("accounts/{account}/checkout");
    assert_eq!(scene.fails("POST", &out, asks, None).await, WAITS);

    let listed = scene.done("GET", "accounts/passwordaccessrequests", approves, None).await;
    let expected = json!({
        "REQUESTER USERID": asker, "REQUESTED BY": "asks", "REQUESTED BY FULLNAME": "asks",
        "PASSWORDREQUESTLIST": [{
            "ACCOUNT ID": account, "ACCOUNT NAME": "root", "RESOURCE ID": all.resource, "RESOURCE NAME": "db",
            "PASSWD ID": account, "STATUS": "Waiting for Approval", "REQUESTED TIME": "Jan 15, 2027 08:00 AM",
            "REASON": "disk full", "TICKETID": "7",
            "START_TIME": "Jan 15, 2027 08:00 AM", "END_TIME": listed["PASSWORDREQUESTLIST"][0]["END_TIME"],
        }],
    });
    assert_eq!(listed, expected);
    // Neither one's own, nor by a service that is not named, nor of somebody who did not ask.
    let own = "Nobody approves their own request, nor that of a user whose keys the same administrator made";
    assert_eq!(scene.fails("POST", &all.step(&asker, "approve"), asks, None).await, own);
    let nobody = "This user has no such request that this API user may answer";
    assert_eq!(scene.fails("POST", &all.step(&asker, "approve"), edits, None).await, nobody);
    assert_eq!(scene.fails("POST", &all.step(&approver, "approve"), edits, None).await, nobody);
    let approved = scene.pmp("POST", &all.step(&asker, "approve"), approves, None).await.json();
    assert_eq!(approved["operation"]["name"], "ADMIN_REQUEST_APPROVE");
    assert_eq!(approved["operation"]["result"]["message"], "Password Approved successfully");

    let first = "The password has to be checked out first";
    assert_eq!(scene.fails("GET", &all.password(), asks, None).await, first);
    let done = scene.done("POST", &out, asks, Some(json!({"REASON": "N/A"}))).await;
    assert_eq!(done, json!({"STATUS": "***** [checkIn]"}));
    assert_eq!(scene.done("GET", &all.password(), asks, None).await, json!({"PASSWORD": SECRET}));
    assert_eq!(all.status(asks).await, "***** [checkIn]");
    // Everybody else sees before asking that somebody has it, and does not get it.
    assert_eq!(all.status(edits).await, "[ In use ]");
    assert_eq!(all.status(approves).await, "[ In use ]");
    assert_eq!(scene.fails("GET", &all.password(), edits, None).await, "[ In use ]");
    let none = "The password is not checked out by this user";
    assert_eq!(scene.fails("POST", &all.step(&asker, "checkin"), edits, None).await, none);
    let back = scene.pmp("POST", &all.step(&asker, "checkin"), asks, None).await.json();
    assert_eq!(back["operation"]["name"], "ADMIN_REQUEST_CHECKIN");
    assert_eq!(back["operation"]["result"]["message"], "Password have been checked in successfully");
    assert_eq!(scene.fails("POST", &all.step(&asker, "checkin"), asks, None).await, none);
    assert_eq!(all.status(edits).await, "****");
    assert!(scene.fails("GET", &all.password(), asks, None).await.starts_with("Access to this password"));

    // The team sees who did it.
    scene.ada.sync(|_| {}).await.unwrap();
    let (vault, key) = scene.ada.find_number(Number(account.parse().unwrap())).unwrap();
    let asked = sealward_contract::operations::requests::WhichRequests::Others;
    let requests = scene.ada.list_requests(asked, false, None).await.unwrap().requests;
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].ticket, TextShown::Text("7".into()));
    assert_eq!((requests[0].vault, requests[0].account), (vault, key.id));
    let (asker, approver) = (member(scene, "asks").await.0, member(scene, "approves").await.0);
    assert_eq!((requests[0].requester, requests[0].approvals[0].by), (asker, approver));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_rejected_and_two_ask_at_once() {
    let all = guarded(Requirement::Optional, Requirement::None).await;
    let Guarded { scene, asks, approves, edits, account, .. } = &all;
    let ask = format!("accounts/{account}/requestpassword");
    let (_, asker) = member(scene, "asks").await;
    let (_, editor) = member(scene, "edits").await;
    scene.done("POST", &ask, asks, None).await;
    scene.done("POST", &ask, edits, Some(json!({"REASON": "me too"}))).await;
    // Several who ask are a list.
    let listed = scene.done("GET", "accounts/passwordaccessrequests", approves, None).await;
    let mut who: Vec<&str> =
        listed.as_array().unwrap().iter().map(|one| one["REQUESTED BY"].as_str().unwrap()).collect();
    who.sort_unstable();
    assert_eq!(who, ["asks", "edits"]);
    let rejected = scene.pmp("POST", &all.step(&editor, "reject"), approves, None).await.json();
    assert_eq!(rejected["operation"]["name"], "ADMIN_REQUEST_REJECT");
    assert_eq!(rejected["operation"]["result"]["message"], "Password Rejected successfully");
    assert!(scene.fails("GET", &all.password(), edits, None).await.starts_with("Access to this password"));
    // A lease ends by the clock as by a check-in.
    scene.done("POST", &all.step(&asker, "approve"), approves, None).await;
    scene.done("POST", &format!("accounts/{account}/checkout"), asks, None).await;
    assert_eq!(scene.done("GET", &all.password(), asks, None).await, json!({"PASSWORD": SECRET}));
    scene.server.clock.advance(60 * 60 * 1_000);
    assert!(scene.fails("GET", &all.password(), asks, None).await.starts_with("Access to this password"));
    assert_eq!(all.status(edits).await, "****");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reason_goes_with_the_release_where_the_policy_asks_for_one() {
    let scene = Scene::new().await;
    let token = scene.token("scripts", VaultRole::Editor).await;
    let (resource, account) = scene.resource(&token, "db", "root", "one").await;
    scene.ada.sync(|_| {}).await.unwrap();
    let policy = Some(Policy { approvals: Approvals(0), reason: Requirement::Required, terms: None });
    scene.ada.set_policy(&SetPolicy { vault: scene.vault, scope: PolicyScope::Vault, policy }).await.unwrap();
    let path = format!("resources/{resource}/accounts/{account}/password");
    assert_eq!(scene.fails("GET", &path, &token, None).await, "A reason has to be given: REASON");
    let why = json!({"REASON": "to look at the disk", "TICKETID": "7"});
    assert_eq!(scene.done("GET", &path, &token, Some(why)).await, json!({"PASSWORD": "one"}));
    let listed = scene.done("GET", &format!("resources/{resource}/accounts"), &token, None).await;
    assert_eq!(listed["ACCOUNT LIST"][0]["ISREASONREQUIRED"], "true");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_stricter_policy_sealed_is_requested_after_it_was_loosened() {
    let all = guarded(Requirement::Optional, Requirement::None).await;
    let Guarded { scene, asks, account, bob, .. } = &all;
    scene.ada.sync(|_| {}).await.unwrap();
    let (vault, key) = scene.ada.find_number(Number(account.parse().unwrap())).unwrap();
    let newer = NewSecret { payload: SecretPayload::new("sealed under the policy".into()), score: None };
    scene.ada.replace_secret(vault, key.id, newer, None).await.unwrap();
    let none = SetPolicy { vault, scope: PolicyScope::Account(key.id), policy: None };
    scene.ada.set_policy(&none).await.unwrap();
    // It is asked for as the server gives it, by what seals it.
    let (ask, out) = (format!("accounts/{account}/requestpassword"), format!("accounts/{account}/checkout"));
    let first = "Access to this password has to be requested, and approved by an administrator, first";
    assert_eq!(scene.fails("GET", &all.password(), asks, None).await, first);
    assert_eq!(scene.fails("POST", &out, asks, None).await, first);
    scene.done("POST", &ask, asks, None).await;
    assert_eq!(scene.fails("GET", &all.password(), asks, None).await, WAITS);
    assert_eq!(scene.fails("POST", &out, asks, None).await, WAITS);
    bob.sync(|_| {}).await.unwrap();
    let waiting = bob.list_all_requests(WhichRequests::Others, true).await.unwrap().requests;
    assert_eq!(waiting.len(), 1);
    bob.approve_request(waiting[0].id, None).await.unwrap();
    let checked_out_first = "The password has to be checked out first";
    assert_eq!(scene.fails("GET", &all.password(), asks, None).await, checked_out_first);
    scene.done("POST", &out, asks, None).await;
    let given = scene.done("GET", &all.password(), asks, None).await;
    assert_eq!(given, json!({"PASSWORD": "sealed under the policy"}));
}

/// Asks by a token in another way than this dialect, which takes one request after another.
async fn ask_elsewhere(scene: &Scene, token: &str, draft: RequestDraft) {
    let engine = scene.engine();
    let asked = engine.with_session(token, async move |session: &Open| Ok(session.ask_for_secret(draft).await?)).await;
    asked.unwrap();
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_requests_none_is_answered_by_guessing() {
    let all = guarded(Requirement::Optional, Requirement::None).await;
    let Guarded { scene, asks, approves, account, .. } = &all;
    let (_, asker) = member(scene, "asks").await;
    let why = Some(json!({"REASON": "to look at the disk"}));
    scene.done("POST", &format!("accounts/{account}/requestpassword"), asks, why).await;
    scene.done("GET", "accounts/passwordaccessrequests", approves, None).await;
    // What the approver has read is not what came after it.
    let (vault, key) = scene.ada.find_number(Number(account.parse().unwrap())).unwrap();
    let draft = RequestDraft {
        vault,
        account: key.id,
        from: None,
        seconds: None,
        reason: Some("something else".into()),
        ticket: None,
        extends: None,
        break_glass: false,
    };
    ask_elsewhere(scene, asks, draft).await;
    let said = "This user has 2 requests for this password, and the URL does not say which one is meant: answer them in \
                the browser";
    for step in ["approve", "reject"] {
        assert_eq!(scene.fails("POST", &all.step(&asker, step), approves, None).await, said, "{step}");
    }
    assert_eq!(scene.fails("GET", &all.password(), asks, None).await, WAITS);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_at_a_time_needs_no_approval_and_may_ask_for_more_time() {
    let scene = Scene::begin(false).await;
    let token = scene.token("scripts", VaultRole::Editor).await;
    let (resource, account) = scene.resource(&token, "db", "root", "one").await;
    let accounts = "/api/v1/accounts";
    let listed = scene.jumpserver("GET", &format!("{accounts}/accounts/?username=root"), &token, None).await.json();
    let id = listed[0]["id"].as_str().unwrap();
    let hidden = Some(json!({"passphrase": "opens it"}));
    let changed = scene.jumpserver("PATCH", &format!("{accounts}/accounts/{id}/"), &token, hidden).await;
    assert_eq!(changed.status, 200, "{}", changed.json());
    scene.ada.sync(|_| {}).await.unwrap();
    let (vault, key) = scene.ada.find_number(Number(account.parse().unwrap())).unwrap();
    let lease = LeaseTerms { exclusive: true, ticket: Requirement::Required, ..LeaseTerms::default() };
    let policy = Some(Policy { approvals: Approvals(0), reason: Requirement::Optional, terms: Some(lease) });
    scene.ada.set_policy(&SetPolicy { vault, scope: PolicyScope::Account(key.id), policy }).await.unwrap();

    let password = format!("resources/{resource}/accounts/{account}/password");
    let (ask, out) = (format!("accounts/{account}/requestpassword"), format!("accounts/{account}/checkout"));
    let new = |text: &str| Some(json!({"NEWPASSWORD": text, "RESETTYPE": "LOCAL", "REASON": "expired"}));
    let first = "The password has to be checked out first";
    assert_eq!(scene.fails("GET", &password, &token, None).await, first);
    assert_eq!(scene.fails("PUT", &password, &token, new("two")).await, first);
    assert_eq!(scene.fails("POST", &out, &token, None).await, "A valid ticket ID has to be given: TICKETID");
    let why = || Some(json!({"REASON": "disk full", "TICKETID": "7"}));
    scene.done("POST", &out, &token, why()).await;
    assert_eq!(scene.done("GET", &password, &token, None).await, json!({"PASSWORD": "one"}));

    // More time is a request of its own, which the next check-out takes.
    scene.server.clock.advance(1_000);
    let asked = scene.done("POST", &ask, &token, why()).await;
    assert_eq!(asked, json!({"STATUS": "WAITING FOR APPROVAL / CHECKOUT"}));
    assert_eq!(scene.fails("POST", &ask, &token, why()).await, "The password was requested already");
    scene.done("POST", &out, &token, None).await;
    scene.ada.sync(|_| {}).await.unwrap();
    let requests = scene.ada.list_all_requests(WhichRequests::Others, false).await.unwrap().requests;
    assert_eq!(requests.len(), 2);
    assert_eq!((requests[0].extends, requests[1].status.is_final()), (Some(requests[1].id), true));
    assert!(requests.iter().all(|request| request.ticket == TextShown::Text("7".into())));

    // Whoever has it changes it, and what is sealed beside it stays; but not over what came after the version they have.
    scene.done("PUT", &password, &token, new("two")).await;
    let said = scene.fails("PUT", &password, &token, new("three")).await;
    assert_eq!(said, "It was changed by someone else meanwhile. Fetch it and try again");
    let (_, own) = member(&scene, "scripts").await;
    scene.done("POST", &format!("accounts/{account}/requester/{own}/checkin"), &token, None).await;
    scene.done("POST", &out, &token, why()).await;
    let secret = scene.jumpserver("GET", &format!("{accounts}/account-secrets/{id}/"), &token, None).await.json();
    assert_eq!((&secret["secret"], &secret["passphrase"]), (&json!("two"), &json!("opens it")));
}
