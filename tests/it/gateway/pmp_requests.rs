//! Password Manager Pro's dialect: passwords that have to be requested, by several tokens.

use super::Scene;
use crate::harness::{Founder, service, terms};
use sealward_contract::{
    chain::{Approvals, LeaseTerms, Policy, PolicyScope, Requirement, ServiceTerms, SetPolicy, TeamRole, VaultRole},
    ids::{MemberId, Number},
};
use serde_json::{Value, json};

const SECRET: &str = "only when approved";

/// A script that uses a vault, one whose service is named as approver, and one that changes things; with an account that
/// has to be requested. The approver's token is another person's: nobody approves what they could have asked for themselves.
pub struct Guarded {
    pub scene: Scene,
    pub asks: String,
    pub approves: String,
    pub edits: String,
    pub resource: String,
    pub account: String,
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
    Guarded { scene, asks, approves, edits, resource, account }
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
    assert_eq!(scene.fails("GET", &all.password(), asks, None).await, first);
    let out = format!("accounts/{account}/checkout");
    assert_eq!(scene.fails("POST", &out, asks, None).await, first);

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
