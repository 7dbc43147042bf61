//! Password Manager Pro's dialect: users and API users.

use super::Scene;
use crate::harness::text;
use sealward_client::{
    api::Api,
    kit::ReadKit,
    session::{Device, sign_in},
};
use sealward_contract::{
    chain::{MemberState, TeamRole, VaultRole},
    text::LoginName,
};
use serde_json::json;

/// The token of a service that an owner lets manage people.
pub async fn manager(scene: &Scene) -> String {
    let token = scene.token("hr", VaultRole::Viewer).await;
    let hr = scene.ada.members().into_iter().find(|member| member.login_name.as_str() == "hr").unwrap();
    scene.ada.set_team_role(hr.member, TeamRole::Administrator).await.unwrap();
    token
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_is_made_locked_and_deleted() {
    let scene = Scene::new().await;
    let token = manager(&scene).await;
    let given = json!({
        "USERNAME": "jason", "FIRSTNAME": "Jason", "LASTNAME": "Thomas", "EMAIL": "jason@opmanager.com",
        "PASSWORD": "Pa55w0Rd123", "ROLE": "Password User", "ISSUPERADMIN": "false", "DEPARTMENT": "NOC",
        "LOCATION": "Level 10 - South Wing", "ENABLEMOBILEACCESS": "true", "ENABLETWOFACTOR": "false",
        "LANDLINE_COUNTRYCODE": "+1", "LANDLINE": "925-965-9647", "LANDLINE_EXT": "4675", "PRIMARYCONTACT": "landline",
    });
    let with = |field: &str, value: &str| {
        let mut changed = given.clone();
        changed[field] = json!(value);
        Some(changed)
    };
    // What would be half-done is not begun.
    for (field, value, said) in [
        ("ROLE", "Administrator", "ROLE Administrator: users are made as Password User."),
        ("ISSUPERADMIN", "true", "ISSUPERADMIN:"),
        ("ENABLETWOFACTOR", "true", "ENABLETWOFACTOR:"),
        ("EMAIL", "nobody", "EMAIL is no e-mail address"),
        ("PASSWORD", "", "PASSWORD is missing"),
        ("POLICY", "Nonsense", "There is no password policy Nonsense"),
        ("USERNAME", "a b", "The user name cannot be one"),
    ] {
        let failed = scene.fails("POST", "user", &token, with(field, value)).await;
        assert!(failed.starts_with(said), "{field}: {failed}");
    }
    let made = scene.pmp("POST", "user", &token, Some(given.clone())).await.json();
    assert_eq!(made["operation"]["name"], "CREATE_USER");
    assert_eq!(made["operation"]["result"]["message"], "User Created Successfully");
    assert_eq!(scene.fails("POST", "user", &token, Some(given)).await, "The user name is taken");
    let (id, code) = (&made["operation"]["Details"]["USERID"], &made["operation"]["Details"]["SECRETKEY"]);
    scene.ada.sync(|_| {}).await.unwrap();
    let listed = scene.ada.members().into_iter().find(|member| member.login_name.as_str() == "jason").unwrap();
    let profile = listed.profile.unwrap().details;
    assert_eq!((listed.state, id), (MemberState::Made, &json!(listed.number.0.to_string())));
    assert_eq!(profile.full_name, "Jason Thomas");
    assert_eq!((profile.telephone.as_str(), profile.department.as_str()), ("+1 925-965-9647 ext. 4675", "NOC"));
    // Password and Secret Key open the session in which Jason makes keys of his own.
    let kit = ReadKit::parse(code.as_str().unwrap()).unwrap();
    let device = Device {
        team: kit.team,
        login_name: LoginName::parse("jason").unwrap(),
        origin: crate::harness::ORIGIN.to_owned(),
        secret_key: kit.secret_key,
    };
    let (api, around) = (Api::new(scene.server.connect()), scene.server.surroundings());
    let jason = sign_in(api, around, device, &text("Pa55w0Rd123"), "a device", None).await.unwrap();
    jason.sync(|_| {}).await.unwrap();
    assert!(jason.made_by().is_some());

    let target = format!("/restapi/json/v1/user/getUserId?USERNAME=jason&AUTHTOKEN={token}");
    let found = scene.ask("pmp", "GET", &target, "", "").await.json();
    assert_eq!(&found["operation"]["Details"]["USERID"], id);
    let deleted = scene.pmp("DELETE", &format!("user/{}", listed.number.0), &token, None).await.json();
    assert_eq!(deleted["operation"]["name"], "DELETE USER");
    assert_eq!(deleted["operation"]["result"]["message"], "User Jason Thomas deleted Successfully");
    assert!(scene.fails("DELETE", &format!("user/{}", listed.number.0), &token, None).await.contains("does not exist"));
    // An owner is above a service that manages people.
    assert_eq!(scene.fails("DELETE", "user/1", &token, None).await, "The user has no permission to do this");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_user_gets_a_token_once_that_ends_and_is_bound() {
    let scene = Scene::new().await;
    let token = manager(&scene).await;
    let given = |name: &str, host: &str, expiry: &str| {
        Some(json!({
            "USERNAME": name, "FULLNAME": "Jason Thomas", "EMAIL": "jason@opmanager.com", "ISAPIUSER": "true",
            "HOSTNAME": host, "EXPIRYDATE": expiry, "ROLE": "Password User", "DEPARTMENT": "NOC",
        }))
    };
    let said = scene.fails("POST", "user", &token, given("bot", "127.0.0.1", "2027-01-14")).await;
    assert_eq!(said, "EXPIRYDATE is over");
    let said = scene.fails("POST", "user", &token, given("bot", "", "NeverExpires")).await;
    assert_eq!(said, "HOSTNAME is missing");
    let made = scene.done("POST", "user", &token, given("bot", "127.0.0.1", "2027-01-15")).await;
    let bot = made["AUTHTOKEN"].as_str().unwrap();
    assert_eq!(scene.done("GET", "resources", bot, None).await, json!([]));
    let elsewhere = scene.done("POST", "user", &token, given("bot2", "192.0.2.7", "NeverExpires")).await;
    let said = scene.fails("GET", "resources", elsewhere["AUTHTOKEN"].as_str().unwrap(), None).await;
    assert_eq!(said, "API key received may not be used from this host. Authentication failed.");

    // A custodian gives it a role; then it is used like any other.
    scene.ada.sync(|_| {}).await.unwrap();
    let listed = scene.ada.members().into_iter().find(|member| member.login_name.as_str() == "bot").unwrap();
    assert_eq!(listed.full_name(), "Jason Thomas");
    scene.ada.sync(|_| {}).await.unwrap();
    let locked = |step: &str, name: &str| format!("/restapi/json/v1/user/{step}?USERNAME={name}&AUTHTOKEN={token}");
    let answer = scene.ask("pmp", "PUT", &locked("lock", "bot"), "", "").await.json();
    assert_eq!(answer["operation"]["result"]["message"], "User bot locked successfully");
    super::eventually(async || {
        let answer = scene.pmp("GET", "resources", bot, None).await.json();
        (answer["operation"]["result"]["status"] == "Failed").then_some(())
    })
    .await;
    let answer = scene.ask("pmp", "PUT", &locked("unlock", "bot"), "", "").await.json();
    assert_eq!(answer["operation"]["result"]["message"], "User bot unlocked successfully");
    assert_eq!(scene.done("GET", "resources", bot, None).await, json!([]));
    // The last day is good to its end, and no longer.
    scene.server.clock.advance(16 * 3_600_000 - 1);
    assert_eq!(scene.done("GET", "resources", bot, None).await, json!([]));
    scene.server.clock.advance(1);
    let said = scene.fails("GET", "resources", bot, None).await;
    assert_eq!(said, "API key received has expired. Authentication failed.");
}
