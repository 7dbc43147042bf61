//! Calls at the same time through one gateway: names stay unique, and no change is refused for another's sake.

use super::{Scene, bearer};
use sealward_contract::chain::VaultRole;
use serde_json::{Value, json};
use tokio::join;

/// How many of some answers are successes; the others say that it is there already.
fn successes(answers: &[Value]) -> usize {
    let of = |answer: &Value| answer["operation"]["result"]["status"] == "Success";
    for answer in answers.iter().filter(|answer| !of(answer)) {
        let message = answer["operation"]["result"]["message"].as_str().unwrap();
        assert!(message.ends_with("already exists"), "{answer}");
    }
    answers.iter().filter(|answer| of(answer)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_given_once_however_many_ask() {
    let scene = Scene::new().await;
    // Of two services, whose sessions know nothing of each other.
    let token = scene.token("scripts", VaultRole::Editor).await;
    let other = scene.token("more-scripts", VaultRole::Editor).await;
    let (resource, _) = scene.resource(&token, "db1", "root", "Test123#@!").await;
    let path = format!("resources/{resource}/accounts");
    scene.done("GET", &path, &other, None).await;

    let details = || Some(json!({"ACCOUNTLIST": [{"ACCOUNTNAME": "deploy", "PASSWORD": "Test123#@!"}]}));
    let create = async |token: &str| scene.pmp("POST", &path, token, details()).await.json();
    let (a, b, c, d) = join!(create(&token), create(&token), create(&other), create(&other));
    assert_eq!(successes(&[a, b, c, d]), 1);
    let listed = scene.done("GET", &path, &token, None).await;
    let accounts = listed["ACCOUNT LIST"].as_array().unwrap();
    assert_eq!(accounts.iter().filter(|account| account["ACCOUNT NAME"] == "deploy").count(), 1, "{listed}");

    let details = || {
        Some(json!({
            "RESOURCENAME": "db2", "ACCOUNTNAME": "root", "RESOURCETYPE": "Linux", "PASSWORD": "Test123#@!",
        }))
    };
    let create = async |token: &str| scene.pmp("POST", "resources", token, details()).await.json();
    let (a, b, c, d) = join!(create(&token), create(&token), create(&other), create(&other));
    assert_eq!(successes(&[a, b, c, d]), 1);
    assert_eq!(scene.done("GET", "resources", &token, None).await.as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resource_group_that_is_missing_is_made_once() {
    let scene = Scene::new().await;
    let token = scene.token("scripts", VaultRole::Editor).await;
    let create = async |name: &str| {
        let details = json!({
            "RESOURCENAME": name, "ACCOUNTNAME": "root", "RESOURCETYPE": "Linux", "PASSWORD": "Test123#@!",
            "RESOURCEGROUPNAME": "Databases",
        });
        scene.done("POST", "resources", &token, Some(details)).await
    };
    join!(create("db1"), create("db2"), create("db3"));
    let nodes = scene.ask("jumpserver", "GET", "/api/v1/assets/nodes/", &bearer(&token), "").await.json();
    let groups =
        nodes.as_array().unwrap().iter().filter(|node| node["value"] == "Databases" || node["name"] == "Databases");
    assert_eq!(groups.count(), 1, "{nodes}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_of_jumpserver_is_made_once() {
    let scene = Scene::new().await;
    let token = scene.token("scripts", VaultRole::Editor).await;
    let (resource, _) = scene.resource(&token, "db1", "root", "Test123#@!").await;
    let body = json!({"asset": resource, "username": "deploy", "name": "deploy"}).to_string();
    let headers = format!("{}Content-Type: application/json\r\n", bearer(&token));
    let create = async || scene.ask("jumpserver", "POST", "/api/v1/accounts/accounts/", &headers, &body).await.status;
    let (a, b, c) = join!(create(), create(), create());
    let mut statuses = [a, b, c];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 400, 400]);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_one_password_wait_for_each_other() {
    let scene = Scene::new().await;
    let token = scene.token("scripts", VaultRole::Editor).await;
    let (resource, account) = scene.resource(&token, "db1", "root", "Test123#@!").await;
    let path = format!("resources/{resource}/accounts/{account}/password");
    let change = async |password: &str| {
        let details = json!({"NEWPASSWORD": password, "RESETTYPE": "LOCAL"});
        scene.done("PUT", &path, &token, Some(details)).await
    };
    join!(change("first"), change("second"), change("third"));
    let password = scene.done("GET", &path, &token, None).await["PASSWORD"].as_str().unwrap().to_owned();
    assert!(["first", "second", "third"].contains(&password.as_str()), "{password}");
}
