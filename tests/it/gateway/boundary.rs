//! Boundary's dialect.

use super::{Got, Scene, bearer, pmp_people::manager};
use crate::harness::Founder;
use sealward_contract::chain::VaultRole;
use serde_json::{Value, json};

impl Scene {
    pub async fn boundary(&self, method: &str, target: &str, token: &str, body: Option<Value>) -> Got {
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        self.ask("boundary", method, target, &bearer(token), &body).await
    }

    pub async fn auth_method(&self, token: &str) -> String {
        let found = self.boundary("GET", "/v1/auth-methods?scope_id=global", token, None).await.json();
        found["items"][0]["id"].as_str().unwrap().to_owned()
    }

    async fn account(&self, token: &str, login_name: &str) -> Value {
        let method = self.auth_method(token).await;
        let body = json!({"attributes": {"login_name": login_name}, "auth_method_id": method});
        let made = self.boundary("POST", "/v1/accounts", token, Some(body)).await;
        assert_eq!(made.status, 200, "{}", made.json());
        made.json()
    }
}

fn logins(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["attributes"]["login_name"].as_str().unwrap()).collect()
}

/// The fields that an answer finds wrong.
fn wrong(got: &Got) -> Vec<String> {
    let answer = got.json();
    assert_eq!((got.status, &answer["kind"]), (400, &json!("InvalidArgument")), "{answer}");
    let fields = answer["details"]["request_fields"].as_array().unwrap();
    fields.iter().map(|field| field["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_call_is_one_step_of_the_version() {
    let scene = Scene::new().await;
    let token = manager(&scene).await;
    let made = scene.account(&token, "rob").await;
    let id = made["id"].as_str().unwrap();
    let one = format!("/v1/accounts/{id}");
    assert_eq!(
        (&made["version"], made.get("name"), &made["attributes"]["login_name"]),
        (&json!(1), None, &json!("rob"))
    );
    scene.server.clock.advance(1_000);
    let patch = async |body: Value| scene.boundary("PATCH", &one, &token, Some(body)).await;
    let named = patch(json!({"name": "Rob", "description": "builds", "version": 1})).await.json();
    assert_eq!(
        (&named["version"], &named["name"], &named["description"]),
        (&json!(2), &json!("Rob"), &json!("builds"))
    );
    assert_ne!(named["updated_time"], made["updated_time"]);
    assert_eq!(named["created_time"], made["created_time"]);
    // What was changed meanwhile is not there at the old version.
    let stale = patch(json!({"name": "Robert", "version": 1})).await;
    let said = format!("Account \"{id}\" doesn't exist or incorrect version provided.");
    assert_eq!((stale.status, &stale.json()["message"]), (404, &json!(said)));
    let unset = patch(json!({"name": null, "version": 2})).await.json();
    assert_eq!((unset.get("name"), &unset["description"], &unset["version"]), (None, &json!("builds"), &json!(3)));
    for (body, fields) in [
        (json!({"name": "x"}), vec!["version"]),
        (json!({"version": 3}), vec!["update_mask"]),
        (json!({"version": 3, "name": "x", "created_time": "x", "scope": {}}), vec!["created_time", "scope"]),
        (json!({"version": 3, "attributes": {"login_name": "other"}}), vec!["attributes.login_name"]),
        (json!({"version": 3, "name": 7, "color": "red"}), vec!["name", "color"]),
    ] {
        let mut found = wrong(&patch(body).await);
        found.retain(|field| field != "update_mask" || fields == ["update_mask"]);
        assert_eq!(found, fields);
    }

    let verb =
        async |verb: &str, body: Value| scene.boundary("POST", &format!("{one}:{verb}"), &token, Some(body)).await;
    let change = json!({"current_password": "x", "new_password": "second password", "version": 3});
    assert_eq!(wrong(&verb("change-password", change).await), ["current_password"]);
    // As short as the product takes none by default.
    assert_eq!(wrong(&verb("set-password", json!({"password": "seven 7", "version": 3})).await), ["password"]);
    let short = json!({"current_password": "x", "new_password": "y", "version": 3});
    assert_eq!(wrong(&verb("change-password", short).await), ["new_password"]);
    let method = scene.auth_method(&token).await;
    let short = json!({"attributes": {"login_name": "sam", "password": "x"}, "auth_method_id": method});
    let short = scene.boundary("POST", "/v1/accounts", &token, Some(short)).await;
    assert_eq!(wrong(&short), ["attributes.password"]);
    assert_eq!(wrong(&verb("set-password", json!({"version": 3})).await), ["password"]);
    let set = verb("set-password", json!({"password": "first password", "version": 3})).await.json();
    assert_eq!(set["version"], 4);
    assert!(set["secret_key"].is_string() && set.get("password").is_none());
    let change = |current: &str, version: u32| json!({"current_password": current, "new_password": "second password", "version": version});
    assert_eq!(wrong(&verb("change-password", change("wrong", 4)).await), ["current_password"]);
    let changed = verb("change-password", change("first password", 4)).await.json();
    assert_eq!(changed["version"], 5, "{changed}");
    assert_eq!(wrong(&verb("change-password", change("first password", 5)).await), ["current_password"]);
    assert_eq!(scene.boundary("GET", &one, &token, None).await.json().get("secret_key"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_come_in_pages_and_then_tell_only_what_changed() {
    let scene = Scene::new().await;
    let token = manager(&scene).await;
    let method = scene.auth_method(&token).await;
    let (bob, eve) = (scene.account(&token, "bob").await, scene.account(&token, "eve").await);
    let list = async |more: &str| {
        let got = scene.boundary("GET", &format!("/v1/accounts?auth_method_id={method}{more}"), &token, None).await;
        assert_eq!(got.status, 200, "{}", got.json());
        got.json()
    };
    let first = list("&page_size=2").await;
    assert_eq!((logins(&first), &first["response_type"]), (vec!["eve", "bob"], &json!("delta")));
    assert_eq!(first["est_item_count"], 3);
    let next = |list: &Value| format!("&page_size=2&list_token={}", list["list_token"].as_str().unwrap());
    let second = list(&next(&first)).await;
    assert_eq!((logins(&second), &second["response_type"]), (vec!["ada.lovelace"], &json!("complete")));
    let nothing = list(&next(&second)).await;
    assert_eq!((logins(&nothing), &nothing["removed_ids"]), (vec![], &json!([])));
    let path = |account: &Value| format!("/v1/accounts/{}", account["id"].as_str().unwrap());
    scene.boundary("PATCH", &path(&bob), &token, Some(json!({"name": "Bob", "version": 1}))).await;
    assert_eq!(scene.boundary("DELETE", &path(&eve), &token, None).await.status, 204);
    let since = list(&next(&nothing)).await;
    assert_eq!((logins(&since), &since["removed_ids"]), (vec!["bob"], &json!([eve["id"]])));
    assert_eq!(logins(&list(&next(&since)).await), Vec::<&str>::new());

    let filter = |text: &str| format!("&filter={}", text.replace('"', "%22").replace(' ', "%20"));
    assert_eq!(logins(&list(&filter(r#""/item/name" == "Bob""#)).await), ["bob"]);
    for more in ["&filter=x", "&list_token=x", "&page_size=x"] {
        let got = scene.boundary("GET", &format!("/v1/accounts?auth_method_id={method}{more}"), &token, None).await;
        assert_eq!(got.status, 400, "{more}");
    }
    let other = scene.boundary("GET", "/v1/accounts?auth_method_id=ampw_1234567890", &token, None).await;
    assert_eq!((other.status, &other.json()["kind"]), (404, &json!("NotFound")));
    assert_eq!(wrong(&scene.boundary("GET", "/v1/accounts", &token, None).await), ["auth_method_id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_manages_nobody_only_looks() {
    let scene = Scene::new().await;
    let token = manager(&scene).await;
    let viewer = scene.token("looks", VaultRole::Viewer).await;
    let made = scene.account(&token, "rob").await;
    let one = format!("/v1/accounts/{}", made["id"].as_str().unwrap());
    let seen = scene.boundary("GET", &one, &viewer, None).await.json();
    assert_eq!(seen["authorized_actions"], json!(["no-op", "read"]));
    let method = scene.auth_method(&viewer).await;
    let create = json!({"attributes": {"login_name": "mallory"}, "auth_method_id": method});
    let password = json!({"password": "x", "version": 1});
    let change = json!({"current_password": "x", "new_password": "y", "secret_key": "z", "version": 1});
    for (verb, target, body) in [
        ("POST", "/v1/accounts", Some(create)),
        ("PATCH", &one, Some(json!({"name": "x", "version": 1}))),
        ("DELETE", &one, None),
        ("POST", &format!("{one}:set-password"), Some(password)),
        ("POST", &format!("{one}:change-password"), Some(change)),
    ] {
        let got = scene.boundary(verb, target, &viewer, body).await;
        assert_eq!((got.status, &got.json()["message"]), (403, &json!("Forbidden.")), "{verb} {target}");
    }
    for (verb, target, status) in [
        ("PUT", one.as_str(), 405),
        ("POST", &format!("{one}:nothing"), 404),
        ("GET", "/v1/accounts/acctpw_0000000000", 404),
    ] {
        assert_eq!(scene.boundary(verb, target, &token, None).await.status, status, "{verb} {target}");
    }
    let unknown = scene.boundary("GET", &one, "swt1.nothing", None).await;
    assert_eq!((unknown.status, &unknown.json()["message"]), (401, &json!("Unauthenticated, or invalid token.")));

    // A login name is somebody's for good, and whoever has keys of their own keeps them.
    let taken = json!({"attributes": {"login_name": "rob"}, "auth_method_id": method});
    assert_eq!(wrong(&scene.boundary("POST", "/v1/accounts", &token, Some(taken)).await), ["attributes.login_name"]);
    Founder::invited(&scene.server, &scene.ada, "bob", &[]).await;
    let all = scene.boundary("GET", &format!("/v1/accounts?auth_method_id={method}"), &token, None).await.json();
    let bob = all["items"].as_array().unwrap().iter().find(|item| item["attributes"]["login_name"] == "bob").unwrap();
    let target = format!("/v1/accounts/{}:set-password", bob["id"].as_str().unwrap());
    let body = json!({"password": "long enough", "version": bob["version"]});
    let refused = scene.boundary("POST", &target, &token, Some(body)).await;
    assert_eq!((refused.status, &refused.json()["kind"]), (400, &json!("FailedPrecondition")));
    let target = format!("/v1/accounts/{}:change-password", bob["id"].as_str().unwrap());
    let body = json!({"current_password": "x", "new_password": "long enough", "version": bob["version"]});
    assert_eq!(wrong(&scene.boundary("POST", &target, &token, Some(body)).await), ["secret_key"]);
}
