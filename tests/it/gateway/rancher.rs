//! Rancher's dialect.

use super::{Got, Scene, pmp_people::manager};
use base64ct::{Base64, Encoding};
use sealward_client::service::ServiceToken;
use sealward_contract::chain::VaultRole;
use serde_json::{Value, json};

impl Scene {
    pub async fn number_of(&self, login_name: &str) -> String {
        self.ada.sync(|_| {}).await.unwrap();
        let found = self.ada.members().into_iter().find(|member| member.login_name.as_str() == login_name);
        found.unwrap().number.0.to_string()
    }

    pub async fn rancher(&self, method: &str, target: &str, token: &str, body: Option<Value>) -> Got {
        let member = ServiceToken::read(token).unwrap().member();
        let number = self.ada.find_member(&member).unwrap().number.0.to_string();
        self.rancher_as(method, target, (&number, token), body).await
    }

    async fn rancher_as(&self, method: &str, target: &str, keys: (&str, &str), body: Option<Value>) -> Got {
        let keys = Base64::encode_string(format!("{}:{}", keys.0, keys.1).as_bytes());
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        self.ask("rancher", method, target, &format!("Authorization: Basic {keys}\r\n"), &body).await
    }
}

fn code(got: &Got) -> (u16, String) {
    let answer = got.json();
    assert_eq!((&answer["type"], &answer["status"]), (&json!("error"), &json!(got.status)));
    (got.status, answer["code"].as_str().unwrap().to_owned())
}

fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

fn names(list: &Value) -> Vec<&str> {
    list["data"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_disabled_before_it_is_removed() {
    let scene = Scene::new().await;
    let token = manager(&scene).await;
    let body = json!({
        "name": "builder", "description": "builds", "externalId": "x-1", "externalIdType": "ldap", "uuid": "any text",
        "kind": "user", "unknown": 1,
    });
    let got = scene.rancher("POST", "/v1/accounts", &token, Some(body)).await;
    let made = got.json();
    assert_eq!(got.status, 201, "{made}");
    let id = made["id"].as_str().unwrap();
    assert_eq!((&made["loginName"], &made["state"]), (&json!(format!("rancher-{id}")), &json!("active")));
    assert_eq!((&made["uuid"], &made["externalIdType"], &made["rev"]), (&json!("any text"), &json!("ldap"), &json!(1)));
    assert!(got.head.contains(&format!("location: {}", made["links"]["self"].as_str().unwrap())));
    assert!(got.head.contains("x-api-schemas: http://"));
    let twin = scene.rancher("POST", "/v1/accounts", &token, Some(json!({"uuid": "any text"}))).await;
    assert_eq!((code(&twin), &twin.json()["fieldName"]), (refused(422, "NotUnique"), &json!("uuid")));
    let one = format!("/v1/accounts/{id}");
    let actions = |account: &Value| account["actions"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(actions(&made), ["deactivate", "update"]);
    // What is not there in this state is refused by name.
    let act = async |action: &str| scene.rancher("POST", &format!("{one}/?action={action}"), &token, None).await;
    assert_eq!(code(&act("activate").await), refused(422, "ActionNotAvailable"));
    assert_eq!(code(&act("explode").await), refused(422, "InvalidAction"));
    assert_eq!(code(&scene.rancher("DELETE", &one, &token, None).await), refused(422, "ActionNotAvailable"));
    let changed = json!({"name": "builder 2", "externalId": null, "uuid": "other", "rev": 1});
    let changed = scene.rancher("PUT", &one, &token, Some(changed)).await.json();
    assert_eq!((&changed["name"], &changed["externalId"]), (&json!("builder 2"), &Value::Null));
    assert_eq!(
        (&changed["uuid"], &changed["description"], &changed["rev"]),
        (&json!("any text"), &json!("builds"), &json!(2))
    );
    let stale = scene.rancher("PUT", &one, &token, Some(json!({"name": "x", "rev": 1}))).await;
    assert_eq!(code(&stale), refused(409, "Conflict"));
    let disabled = act("deactivate").await.json();
    assert_eq!(
        (&disabled["state"], actions(&disabled)),
        (&json!("inactive"), vec!["activate".into(), "remove".into(), "update".into()])
    );
    assert_eq!(act("activate").await.json()["state"], "active");
    act("deactivate").await;
    assert_eq!(scene.rancher("DELETE", &one, &token, None).await.json()["state"], "removed");
    let gone = scene.rancher("GET", &one, &token, None).await.json();
    assert_eq!((&gone["state"], actions(&gone)), (&json!("removed"), vec![]));
    let listed = scene.rancher("GET", "/v1/accounts", &token, None).await.json();
    assert!(!listed["data"].as_array().unwrap().iter().any(|item| item["id"] == made["id"]));

    // The last admin stays, and others are left to those who manage them.
    let ada = scene.number_of("ada.lovelace").await;
    let last = scene.rancher("POST", &format!("/v1/accounts/{ada}?action=deactivate"), &token, None).await;
    assert_eq!(code(&last), refused(405, "LastAdminAccount"));
    assert_eq!(last.json()["detail"], "At least one admin account is required at all times");
    let demoted = scene.rancher("PUT", &format!("/v1/accounts/{ada}"), &token, Some(json!({"kind": "user"}))).await;
    assert_eq!(code(&demoted), refused(405, "LastAdminAccount"));
    let own = scene.number_of("hr").await;
    let own = scene.rancher("POST", &format!("/v1/accounts/{own}?action=deactivate"), &token, None).await;
    assert_eq!(code(&own), refused(403, "Forbidden"));
}

#[tokio::test(flavor = "multi_thread")]
async fn collections_are_filtered_sorted_and_paged() {
    let scene = Scene::new().await;
    let token = manager(&scene).await;
    for name in ["zoe", "amy", "bea"] {
        let made = scene.rancher("POST", "/v1/accounts", &token, Some(json!({"name": name}))).await;
        assert_eq!(made.status, 201);
    }
    let list = async |query: &str| scene.rancher("GET", &format!("/v1/accounts?{query}"), &token, None).await.json();
    for (query, found) in [
        ("kind=user&sort=name", vec!["amy", "bea", "zoe"]),
        ("kind=user&sort=name&order=desc", vec!["zoe", "bea", "amy"]),
        ("name_like=%25e%25&kind_ne=service&kind_ne=admin", vec!["zoe", "bea"]),
        ("name_prefix=a&state=active&kind=user", vec!["amy"]),
        ("kind=service", vec!["hr"]),
        ("kind=admin", vec!["ada.lovelace in full"]),
    ] {
        assert_eq!(names(&list(query).await), found, "{query}");
    }
    let first = list("kind=user&sort=name&limit=2").await;
    assert_eq!((names(&first), &first["pagination"]["total"]), (vec!["amy", "bea"], &json!(3)));
    assert_eq!((&first["type"], &first["resourceType"]), (&json!("collection"), &json!("account")));
    let next = first["pagination"]["next"].as_str().unwrap();
    let target = &next[next.find("/v1").unwrap()..];
    let second = scene.rancher("GET", target, &token, None).await.json();
    assert_eq!((names(&second), &second["pagination"]["next"]), (vec!["zoe"], &Value::Null));

    let schemas = scene.rancher("GET", "/v1/schemas", &token, None).await.json();
    let account = schemas["data"].as_array().unwrap().iter().find(|schema| schema["id"] == "account").unwrap();
    assert_eq!(account["resourceFields"]["uuid"]["update"], false);
    let project = scene.rancher("GET", "/v1/projects", &token, None).await.json()["data"][0]["id"].clone();
    let project = format!("/v1/projects/{}/accounts", project.as_str().unwrap());
    let by_project = scene.rancher("GET", &project, &token, None).await.json();
    assert!(by_project["links"]["self"].as_str().unwrap().ends_with(&project));
    assert_eq!(code(&scene.rancher("GET", "/v1/projects/1a5/accounts", &token, None).await), refused(404, "NotFound"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_manages_nobody_only_looks() {
    let scene = Scene::new().await;
    let token = manager(&scene).await;
    let viewer = scene.token("looks", VaultRole::Viewer).await;
    let made = scene.rancher("POST", "/v1/accounts", &token, Some(json!({"name": "builder"}))).await.json();
    let one = format!("/v1/accounts/{}", made["id"].as_str().unwrap());
    let seen = scene.rancher("GET", &one, &viewer, None).await.json();
    assert_eq!((&seen["name"], &seen["actions"]), (&json!("builder"), &json!({})));
    for (method, target, body) in [
        ("POST", "/v1/accounts", json!({"name": "x"})),
        ("PUT", &one, json!({"name": "x"})),
        ("PUT", &one, json!({"kind": "admin"})),
        ("POST", &format!("{one}?action=deactivate"), json!({})),
        ("DELETE", &one, json!({})),
    ] {
        let got = scene.rancher(method, target, &viewer, Some(body)).await;
        assert_eq!(code(&got), refused(403, "Forbidden"), "{method} {target}");
    }
    assert_eq!(code(&scene.ask("rancher", "GET", "/v1/accounts", "", "").await), refused(401, "Unauthorized"));
    for keys in [("1", token.as_str()), ("", &token), ("1", "swt1.nothing")] {
        let got = scene.rancher_as("GET", "/v1/accounts", keys, None).await;
        assert_eq!(code(&got), refused(401, "Unauthorized"), "{}", keys.0);
    }
    assert_eq!(code(&scene.rancher("PATCH", &one, &token, None).await), refused(405, "MethodNotAllowed"));
    let broken = scene.rancher("POST", "/v1/accounts", &token, Some(json!([1]))).await;
    assert_eq!(code(&broken), refused(400, "InvalidBodyContent"));
}
