//! JumpServer's dialect.

use super::{Got, Scene, bearer};
use sealward_contract::chain::VaultRole;
use serde_json::{Value, json};

const ACCOUNTS: &str = "/api/v1/accounts/accounts/";

impl Scene {
    pub async fn jumpserver(&self, method: &str, target: &str, token: &str, body: Option<Value>) -> Got {
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        self.ask("jumpserver", method, target, &bearer(token), &body).await
    }

    /// The id of the asset of a name.
    async fn asset(&self, token: &str, name: &str) -> String {
        let found = self.jumpserver("GET", &format!("/api/v1/assets/assets/?name={name}"), token, None).await.json();
        found[0]["id"].as_str().unwrap().to_owned()
    }
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_made_found_changed_and_deleted() {
    let scene = Scene::begin(false).await;
    let token = scene.token("scripts", VaultRole::Editor).await;
    scene.resource(&token, "web-01", "admin", "first").await;
    scene.resource(&token, "db-01", "sa", "other").await;
    let asset = scene.asset(&token, "web-01").await;
    let body = json!({
        "name": "root", "username": "root", "secret": "a+b %41&c", "secret_type": {"value": "password"}, "privileged": true,
        "asset": {"id": asset}, "comment": "by a script", "created_by": "somebody",
    });
    let made = scene.jumpserver("POST", "/api/v1/accounts/accounts", &token, Some(body.clone())).await;
    assert_eq!(made.status, 201);
    let made = made.json();
    let id = made["id"].as_str().unwrap();
    assert_eq!(made["secret_type"], json!({"value": "password", "label": "Password"}));
    assert_eq!((&made["asset"]["name"], &made["has_secret"]), (&json!("web-01"), &json!(true)));
    assert_eq!((&made["created_by"], &made["date_created"]), (&json!("scripts"), &json!("2027/01/15 08:00:00 +0000")));
    assert_eq!((made.get("secret"), made.get("passphrase")), (None, None));
    // One of a kind, unless it is said what is to be done.
    let again = scene.jumpserver("POST", ACCOUNTS, &token, Some(body.clone())).await;
    let said = json!({"non_field_errors": ["The fields username, asset, secret_type must make a unique set."]});
    assert_eq!((again.status, again.json()), (400, said));
    let with = |field: &str, value: Value| {
        let mut body = body.clone();
        body[field] = value;
        Some(body)
    };
    let skipped = scene.jumpserver("POST", ACCOUNTS, &token, with("on_invalid", json!("skip"))).await.json();
    assert_eq!((&skipped["id"], &skipped["version"]), (&made["id"], &json!(1)));
    for (field, value) in [
        ("push_now", json!("maybe")),
        ("asset", json!("09e1e072-1498-42f7-a6b1-567c2db56f59")),
        ("secret_type", json!("pin")),
        ("name", json!([])),
    ] {
        let wrong = scene.jumpserver("POST", ACCOUNTS, &token, with(field, value)).await;
        assert_eq!(wrong.status, 400);
        assert!(wrong.json()[field][0].is_string(), "{field}");
    }
    for (query, found) in [
        ("", vec!["admin", "sa", "root"]),
        ("?order=-name", vec!["sa", "root", "admin"]),
        ("?username=root", vec!["root"]),
        ("?search=web+ADMIN", vec!["admin"]),
        ("?asset_name=db-01", vec!["sa"]),
        ("?privileged=true&has_secret=true", vec!["root"]),
        ("?has_secret=false", vec![]),
        ("?type=linux&category=host&is_active=1", vec!["admin", "sa", "root"]),
        ("?latest_accessed=true", vec![]),
        ("?latest_secret_changed=true&username=sa", vec!["sa"]),
        ("?long_time_no_change_secret=true", vec![]),
        ("?node_id=&asset_id=09e1e072-1498-42f7-a6b1-567c2db56f59", vec![]),
    ] {
        let list = scene.jumpserver("GET", &format!("{ACCOUNTS}{query}"), &token, None).await.json();
        assert_eq!(names(&list), found, "{query}");
    }
    let nodes = scene.jumpserver("GET", "/api/v1/assets/nodes/", &token, None).await.json();
    let node = nodes.as_array().unwrap().iter().find(|node| node["full_value"] == "/Operations").unwrap();
    assert_eq!(node["assets_amount"], 2);
    let under = format!("{ACCOUNTS}?node_id={}&offset=2&limit=2", node["id"].as_str().unwrap());
    let page = scene.jumpserver("GET", &under, &token, None).await.json();
    assert_eq!((&page["count"], names(&page["results"]), &page["next"]), (&json!(3), vec!["root"], &Value::Null));
    assert!(page["previous"].as_str().unwrap().contains("limit=2"));

    let one = format!("{ACCOUNTS}{id}");
    let changed = json!({"name": "root-2", "username": "other", "secret": "second", "is_active": false});
    let changed = scene.jumpserver("PATCH", &format!("{one}/"), &token, Some(changed)).await.json();
    assert_eq!((&changed["name"], &changed["username"]), (&json!("root-2"), &json!("root")));
    assert_eq!(
        (&changed["is_active"], &changed["privileged"], &changed["version"]),
        (&json!(false), &json!(true), &json!(2))
    );
    let partly = scene.jumpserver("PUT", &one, &token, Some(json!({"name": "x"}))).await;
    assert_eq!((partly.status, partly.json()), (400, json!({"asset": ["This field is required."]})));
    let secrets = format!("/api/v1/accounts/account-secrets/{id}/");
    for method in ["GET", "POST"] {
        let read = scene.jumpserver(method, &secrets, &token, None).await.json();
        assert_eq!((&read["secret"], &read["name"]), (&json!("second"), &json!("root-2")));
    }
    let earlier = scene.jumpserver("GET", &format!("{secrets}histories/"), &token, None).await.json();
    assert_eq!((earlier.as_array().unwrap().len(), &earlier[0]["secret"]), (1, &json!("a+b %41&c")));
    assert_eq!(earlier[0]["history_user"], "scripts");

    let deleted = scene.jumpserver("DELETE", &format!("//api/v1/perms/accounts/accounts/{id}/"), &token, None).await;
    assert_eq!((deleted.status, deleted.body.len()), (204, 0));
    for (method, target, status) in
        [("GET", one.as_str(), 404), ("DELETE", &one, 404), ("PUT", ACCOUNTS, 405), ("GET", "/api/v1/nothing/", 404)]
    {
        assert_eq!(scene.jumpserver(method, target, &token, None).await.status, status, "{method} {target}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_more_than_their_token_may() {
    let scene = Scene::begin(false).await;
    let editor = scene.token("scripts", VaultRole::Editor).await;
    let viewer = scene.token("looks", VaultRole::Viewer).await;
    scene.resource(&editor, "web-01", "admin", "first").await;
    let asset = scene.asset(&viewer, "web-01").await;
    let account = scene.jumpserver("GET", ACCOUNTS, &viewer, None).await.json()[0]["id"].clone();
    let one = format!("{ACCOUNTS}{}/", account.as_str().unwrap());
    let body = json!({"name": "x", "username": "x", "asset": asset, "secret": "x"});
    let secret = format!("/api/v1/accounts/account-secrets/{}/", account.as_str().unwrap());
    for (method, target) in [
        ("POST", ACCOUNTS),
        ("PATCH", &one),
        ("PUT", &one),
        ("POST", &one),
        ("DELETE", &one),
        ("POST", &secret),
        ("GET", &secret),
        ("GET", &format!("{secret}histories/")),
    ] {
        let body = (target == ACCOUNTS).then(|| body.clone()).unwrap_or(json!({"name": "x", "asset": asset}));
        let got = scene.jumpserver(method, target, &viewer, Some(body)).await;
        assert_eq!(got.status, 403, "{method} {target} {}", String::from_utf8_lossy(&got.body));
    }
    let unknown = scene.ask("jumpserver", "GET", ACCOUNTS, "", "").await;
    assert_eq!((unknown.status, &unknown.json()["code"]), (401, &json!("not_authenticated")));
    assert_eq!(scene.jumpserver("GET", ACCOUNTS, "swt1.nothing", None).await.status, 401);
    let headers = format!("{}X-JMS-ORG: 22222222-2222-2222-2222-222222222222\r\n", bearer(&editor));
    assert_eq!(scene.ask("jumpserver", "GET", ACCOUNTS, &headers, "").await.status, 404);
    let headers = format!("Authorization: Token {editor}\r\nX-JMS-ORG: default\r\n");
    assert_eq!(scene.ask("jumpserver", "GET", ACCOUNTS, &headers, "").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_not_read_without_a_second_factor() {
    let scene = Scene::new().await;
    let token = scene.token("scripts", VaultRole::Editor).await;
    scene.resource(&token, "web-01", "admin", "first").await;
    let account = scene.jumpserver("GET", ACCOUNTS, &token, None).await.json()[0]["id"].clone();
    let secret = format!("/api/v1/accounts/account-secrets/{}/", account.as_str().unwrap());
    for target in [secret.clone(), format!("{secret}histories/")] {
        let got = scene.jumpserver("GET", &target, &token, None).await;
        assert_eq!((got.status, got.json()["type"].clone()), (412, json!("user_confirm_required")));
        assert_eq!(got.json()["code"], "mfa");
    }
}
