//! Password Manager Pro's dialect: resources, accounts and passwords.

use super::{Got, Scene};
use crate::harness::{bytes_of, terms};
use sealward_client::{
    files::FileChanges,
    model::{CustomField, CustomValue, ResourceDetails},
    operations::Place,
};
use sealward_contract::{
    chain::{ServiceTerms, VaultRole},
    record::RecordKind,
};
use serde_json::{Value, json};

impl Scene {
    pub async fn pmp(&self, method: &str, path: &str, token: &str, details: Option<Value>) -> Got {
        let target = format!("/restapi/json/v1/{path}?AUTHTOKEN={token}");
        let body = details.map(|details| format!("INPUT_DATA={}", json!({"operation": {"Details": details}})));
        self.ask("pmp", method, &target, "", &body.unwrap_or_default()).await
    }

    /// The details of a success.
    pub async fn done(&self, method: &str, path: &str, token: &str, details: Option<Value>) -> Value {
        let got = self.pmp(method, path, token, details).await;
        let answer = got.json();
        assert_eq!((got.status, &answer["operation"]["result"]["status"]), (200, &json!("Success")), "{answer}");
        answer["operation"]["Details"].clone()
    }

    /// The message of a failure.
    pub async fn fails(&self, method: &str, path: &str, token: &str, details: Option<Value>) -> String {
        let got = self.pmp(method, path, token, details).await;
        let answer = got.json();
        assert_eq!((got.status, &answer["operation"]["result"]["status"]), (200, &json!("Failed")), "{answer}");
        answer["operation"]["result"]["message"].as_str().unwrap().to_owned()
    }

    /// Makes a resource with one account; the numbers of both.
    pub async fn resource(&self, token: &str, name: &str, account: &str, password: &str) -> (String, String) {
        let details = json!({
            "RESOURCENAME": name, "ACCOUNTNAME": account, "RESOURCETYPE": "Linux", "PASSWORD": password,
        });
        let made = self.done("POST", "resources", token, Some(details)).await;
        (made["RESOURCEID"].as_str().unwrap().to_owned(), made["ACCOUNTID"].as_str().unwrap().to_owned())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resource_lives_and_dies() {
    let scene = Scene::new().await;
    let token = scene.token("scripts", VaultRole::Editor).await;
    assert_eq!(scene.done("GET", "resources", &token, None).await, json!([]));
    let fields = |what: &str| -> Vec<Value> {
        (1..=20)
            .map(|at| json!({"CUSTOMLABEL": format!("{what} {at}"), "CUSTOMVALUE": format!("value {at}")}))
            .collect()
    };
    let details = json!({
        "RESOURCENAME": "Windows Server", "ACCOUNTNAME": "Administrator", "RESOURCETYPE": "Windows",
        "PASSWORD": "Test123#@!&+%41$", "NOTES": "Testing API", "RESOURCEURL": "http://windowsserver/adminconsole",
        "RESOURCEDESCRIPTION": "The first", "OWNERNAME": "ADA.lovelace", "RESOURCEGROUPNAME": "Windows Servers",
        "RESOURCECUSTOMFIELD": fields("resource"), "ACCOUNTCUSTOMFIELD": fields("account"),
    });
    let got = scene.pmp("POST", "resources", &token, Some(details.clone())).await.json();
    assert_eq!(got["operation"]["name"], "CREATE RESOURCE");
    assert_eq!(got["operation"]["result"]["message"], "Resource Windows Server has been added successfully");
    let ids = got["operation"]["Details"].clone();
    let (resource, account) = (ids["RESOURCEID"].as_str().unwrap(), ids["ACCOUNTID"].as_str().unwrap());
    // The same again is refused, and so is more than fits; nothing of either is there.
    assert_eq!(scene.fails("POST", "resources", &token, Some(details)).await, "Resource Windows Server already exists");
    let mut many = fields("one");
    many.push(json!({"CUSTOMLABEL": "too many", "CUSTOMVALUE": ""}));
    let more = json!({
        "RESOURCENAME": "Other", "ACCOUNTNAME": "a", "RESOURCETYPE": "Linux", "PASSWORD": "x",
        "RESOURCEGROUPNAME": "Never", "ACCOUNTCUSTOMFIELD": many,
    });
    assert_eq!(scene.fails("POST", "resources", &token, Some(more)).await, "a custom field: at most 20 of them");
    let nobody = json!({
        "RESOURCENAME": "Other", "ACCOUNTNAME": "a", "RESOURCETYPE": "Linux", "PASSWORD": "x", "OWNERNAME": "DOMAIN\\nobody",
    });
    let said = scene.fails("POST", "resources", &token, Some(nobody)).await;
    assert_eq!(said, "DOMAIN\\nobody does not exist, or has no access to the vault of this API user");
    let whole = scene.pmp("GET", "resources", &token, None).await.json();
    let row = json!({
        "RESOURCE DESCRIPTION": "The first", "RESOURCE TYPE": "Windows", "RESOURCE ID": resource,
        "RESOURCE NAME": "Windows Server", "NOOFACCOUNTS": "1",
    });
    assert_eq!(
        whole,
        json!({"operation": {
            "name": "GET RESOURCES", "result": {"status": "Success", "message": "Resources fetched successfully"},
            "totalRows": 1, "Details": [row],
        }})
    );
    let listed = scene.done("GET", &format!("resources/{resource}/accounts"), &token, None).await;
    assert_eq!(listed["RESOURCE OWNER"], "ADA.lovelace");
    assert_eq!(listed["RESOURCE URL"], "http://windowsserver/adminconsole");
    assert_eq!(listed["CUSTOM FIELDS"]["resource 20"], "value 20");
    assert_eq!(listed["ACCOUNT LIST"][0]["ACCOUNT NAME"], "Administrator");
    assert_eq!(listed["ACCOUNT LIST"][0]["PASSWORD STATUS"], "****");
    let shown = scene.done("GET", &format!("resources/{resource}/accounts/{account}"), &token, None).await;
    assert_eq!(shown["LAST MODIFIED TIME"], "Jan 15, 2027 08:00 AM");
    assert_eq!(shown["CUSTOM FIELDS"]["account 1"], "value 1");
    let path = format!("resources/{resource}/accounts/{account}/password");
    assert_eq!(scene.done("GET", &path, &token, None).await, json!({"PASSWORD": "Test123#@!&+%41$"}));
    let found = "resources/resourcename/Windows%20Server/accounts/accountname/Administrator";
    assert_eq!(scene.done("GET", found, &token, None).await, ids);

    // Changed here, refused where it would have to be changed there.
    let new = |kind: &str| Some(json!({"NEWPASSWORD": "a+b %41&c", "RESETTYPE": kind, "REASON": "test"}));
    assert!(scene.fails("PUT", &path, &token, new("REMOTE")).await.starts_with("RESETTYPE REMOTE:"));
    assert_eq!(scene.done("GET", &path, &token, None).await, json!({"PASSWORD": "Test123#@!&+%41$"}));
    scene.done("PUT", &path, &token, new("LOCAL")).await;
    assert_eq!(scene.done("GET", &path, &token, None).await, json!({"PASSWORD": "a+b %41&c"}));

    // A member of the team sees what the script made: in its group, with its history.
    scene.ada.sync(|_| {}).await.unwrap();
    let number = sealward_contract::ids::Number(account.parse().unwrap());
    let (vault, key) = scene.ada.find_number(number).unwrap();
    assert_eq!(vault, scene.vault);
    assert_eq!(scene.ada.release(vault, key.id).await.unwrap().value.expose(), "a+b %41&c");
    let names: Vec<String> = {
        let vaults = scene.ada.vaults();
        let view = &vaults[&vault];
        let groups = view.entries().filter(|(key, _)| key.kind == RecordKind::ResourceGroup);
        groups.map(|(_, entry)| entry.details().unwrap().name().to_owned()).collect()
    };
    assert_eq!(names, ["Windows Servers"]);

    // Nothing of it was ever said to the server.
    let sent = scene.server.recorded.all();
    let was_sent = |text: &str| sent.iter().any(|bytes| bytes.windows(text.len()).any(|part| part == text.as_bytes()));
    assert!(was_sent(&scene.ada.team().to_string()), "what is searched is what was sent");
    for secret in ["Test123#@!", "a+b %41&c", "Windows Server", "Administrator", "value 20", &token[..20]] {
        assert!(!was_sent(secret), "{secret}");
    }

    scene.done("DELETE", &format!("resources/{resource}"), &token, None).await;
    assert_eq!(scene.done("GET", "resources", &token, None).await, json!([]));
    assert_eq!(
        scene.fails("GET", &path, &token, None).await,
        "The resource, account or user does not exist, or is not shared with this user"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_come_all_or_none_and_a_resource_goes_by_post() {
    let scene = Scene::new().await;
    let token = scene.token("scripts", VaultRole::Editor).await;
    let (resource, account) = scene.resource(&token, "db", "root", "one").await;
    let path = format!("resources/{resource}/accounts");
    let one = |name: &str| json!({"ACCOUNTNAME": name, "PASSWORD": "Pa$$Word@123", "NOTES": "IT Security"});
    let list = |names: &[&str]| Some(json!({"ACCOUNTLIST": names.iter().map(|name| one(name)).collect::<Vec<_>>()}));
    assert_eq!(scene.fails("POST", &path, &token, list(&["x", "root"])).await, "Account root already exists");
    assert_eq!(scene.fails("POST", &path, &token, list(&["x", "x"])).await, "Account x already exists");
    let listed = scene.done("GET", &path, &token, None).await;
    assert_eq!(listed["ACCOUNT LIST"].as_array().unwrap().len(), 1);
    let added = scene.done("POST", &path, &token, list(&["bestest047", "bestest048"])).await;
    let status = json!({"STATUS": "Account added successfully"});
    assert_eq!(added, json!([{"bestest047": status, "bestest048": status}]));
    let listed = scene.done("GET", &path, &token, None).await;
    let accounts = listed["ACCOUNT LIST"].as_array().unwrap();
    let names: Vec<&str> = accounts.iter().map(|account| account["ACCOUNT NAME"].as_str().unwrap()).collect();
    assert_eq!(names, ["root", "bestest047", "bestest048"]);
    let last = accounts[2]["ACCOUNT ID"].as_str().unwrap();
    let password = scene.done("GET", &format!("{path}/{last}/password"), &token, None).await;
    assert_eq!(password, json!({"PASSWORD": "Pa$$Word@123"}));

    // Renamed, with a note; the password is as it was.
    scene.done("PUT", &format!("resources/{resource}"), &token, Some(json!({"RESOURCENAME": "db-2"}))).await;
    scene.done("PUT", &format!("{path}/{account}"), &token, Some(json!({"NOTES": "a note"}))).await;
    let shown = scene.done("GET", &format!("{path}/{account}"), &token, None).await;
    assert_eq!(shown["DESCRIPTION"], "a note");
    let asked = "resources/getResourceAccountDetails";
    let target = format!("/restapi/json/v1/{asked}?RESOURCEID={resource}&ACCOUNTID={account}&AUTHTOKEN={token}");
    let details = scene.ask("pmp", "GET", &target, "", "").await.json();
    let inner = details["operation"]["Details"]["ACCOUNTDETAILS"].as_str().unwrap();
    let inner: Value = serde_json::from_str(inner).unwrap();
    assert_eq!((&inner["RESOURCENAME"], &inner["PASSWORD"]), (&json!("db-2"), &json!("one")));

    // A number of another kind, or of another resource, is nobody's.
    let missing = "The resource, account or user does not exist, or is not shared with this user";
    assert_eq!(scene.fails("GET", &format!("resources/{account}/accounts"), &token, None).await, missing);
    let (other, _) = scene.resource(&token, "web", "root", "two").await;
    let elsewhere = format!("resources/{other}/accounts/{account}/password");
    assert_eq!(scene.fails("GET", &elsewhere, &token, None).await, missing);

    // A change that cannot be read deletes nothing.
    for body in ["foo=bar", "INPUTDATA={}", "<xml/>"] {
        let target = format!("/restapi/json/v1/resources/{resource}?AUTHTOKEN={token}");
        let refused = scene.ask("pmp", "POST", &target, "", body).await.json();
        assert_eq!(refused["operation"]["result"]["status"], "Failed", "{body}");
    }
    let both = scene.done("GET", "resources", &token, None).await;
    assert_eq!(both.as_array().unwrap().len(), 2);
    // As the document's own line deletes.
    scene.done("POST", &format!("resources/{resource}"), &token, None).await;
    let left = scene.done("GET", "resources", &token, None).await;
    assert_eq!(left.as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_and_input_come_in_every_place() {
    let scene = Scene::new().await;
    let token = scene.token("scripts", VaultRole::Editor).await;
    let (resource, account) = scene.resource(&token, "db", "root", "one").await;
    let base = "/restapi/json/v1/resources";
    let success = async |target: &str, headers: &str| {
        let answer = scene.ask("pmp", "GET", target, headers, "").await.json();
        answer["operation"]["result"]["status"] == "Success"
    };
    assert!(success(base, &format!("AUTHTOKEN: {token}\r\n")).await);
    assert!(success(base, &format!("app_authtoken: {token}\r\nAPP_TYPE: 17\r\n")).await);
    assert!(success(&format!("{base}?APP_AUTHTOKEN={token}&APP_NAME=x"), "").await);
    assert!(success(&format!("{base}?AUTHTOKEN={}%0A", token.replace('.', "%2E")), "").await);
    // Quotes, braces and blanks as they are, which no library takes.
    let reason = r#"{"operation":{"Details":{"REASON":"Need the password & more","TICKETID":"7"}}}"#;
    let path = format!("{base}/{resource}/accounts/{account}/password");
    assert!(success(&format!("{path}?INPUT_DATA={reason}&AUTHTOKEN={token}"), "").await);
    assert!(success(&format!("{path}?AUTHTOKEN={token}&INPUT_DATA={reason}"), "").await);

    let bad = scene.ask("pmp", "GET", &format!("{base}?AUTHTOKEN=B9A1809A-5BF7-4459-9ED2-8D4F499CB902"), "", "").await;
    assert_eq!(
        (bad.status, bad.json()),
        (
            200,
            json!({"operation": {"name": "Authentication", "result": {
                "status": "Failed",
                "message": "API key received is not associated to any user. Authentication failed.",
            }}})
        )
    );
    for (method, target, said) in [
        ("GET", format!("{base}/x?AUTHTOKEN={token}"), "An ID in the URL is none"),
        ("PATCH", format!("{base}?AUTHTOKEN={token}"), "The URL does not take this HTTP method"),
        ("GET", format!("/restapi/json/v1/nothing?AUTHTOKEN={token}"), "The URL is none of the REST API"),
        ("POST", format!("{base}?AUTHTOKEN={token}"), "INPUT_DATA is missing"),
        ("POST", format!("{base}?AUTHTOKEN={token}&INPUT_DATA=word"), "INPUT_DATA is not JSON"),
    ] {
        let answer = scene.ask("pmp", method, &target, "", "").await.json();
        assert_eq!(answer["operation"]["result"], json!({"status": "Failed", "message": said}), "{method} {target}");
    }
    // As a GET, without its body.
    let target = format!("{base}?AUTHTOKEN={token}");
    let (got, head) = (scene.ask("pmp", "GET", &target, "", "").await, scene.ask("pmp", "HEAD", &target, "", "").await);
    assert_eq!((head.status, head.body.len()), (200, 0));
    let length = format!("content-length: {}", got.body.len());
    assert!(head.head.contains("application/json") && head.head.contains(&length), "{}", head.head);
    let path = format!("resources/{resource}/accounts/{account}/password");
    let said = scene.fails("PUT", &path, &token, Some(json!({}))).await;
    assert!(said.starts_with("INPUT_DATA lacks NEWPASSWORD"), "{said}");
    let made = scene.done("GET", "passwords/generate", &token, Some(json!({"POLICY": "Strong"}))).await;
    assert!(made["PASSWORD"].as_str().unwrap().chars().count() >= 16);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewers_token_can_do_no_more_than_a_viewer() {
    let scene = Scene::new().await;
    let editor = scene.token("scripts", VaultRole::Editor).await;
    let viewer = scene.token("looks", VaultRole::Viewer).await;
    let user = scene.token("reads", VaultRole::User).await;
    let (resource, account) = scene.resource(&editor, "db", "root", "one").await;
    let at = format!("resources/{resource}/accounts");
    let password = format!("{at}/{account}/password");
    assert_eq!(scene.done("GET", "resources", &viewer, None).await.as_array().unwrap().len(), 1);
    assert_eq!(scene.done("GET", &password, &user, None).await, json!({"PASSWORD": "one"}));
    let new = Some(json!({"RESOURCENAME": "x", "ACCOUNTNAME": "x", "RESOURCETYPE": "x", "PASSWORD": "x"}));
    let more = Some(json!({"ACCOUNTLIST": [{"ACCOUNTNAME": "x", "PASSWORD": "x"}]}));
    let user_given = Some(json!({"USERNAME": "jason", "PASSWORD": "Pa55w0Rd123"}));
    let denied = "The user has no permission to do this";
    let none =
        "The token has no default vault: make its service with --default-vault and a vault that it may write into";
    for (token, reads) in [(&viewer, false), (&user, true)] {
        for (method, path, details, said) in [
            ("GET", password.as_str(), None, denied),
            ("PUT", password.as_str(), Some(json!({"NEWPASSWORD": "x", "RESETTYPE": "LOCAL"})), denied),
            ("POST", "resources", new.clone(), none),
            ("POST", at.as_str(), more.clone(), denied),
            ("PUT", at.trim_end_matches("/accounts"), Some(json!({"NOTES": "x"})), denied),
            ("DELETE", at.trim_end_matches("/accounts"), None, denied),
            ("POST", "user", user_given.clone(), denied),
            ("DELETE", "user/1", None, denied),
        ] {
            if !(reads && method == "GET") {
                assert_eq!(scene.fails(method, path, token, details).await, said, "{method} {path}");
            }
        }
    }
    assert_eq!(scene.done("GET", &password, &editor, None).await, json!({"PASSWORD": "one"}));
    assert_eq!(scene.done("GET", "resources", &editor, None).await.as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_ends_with_its_service() {
    let scene = Scene::new().await;
    let hour = scene.server.clock.now().plus_millis(3_600_000);
    let until = ServiceTerms { expires: Some(hour), ..terms(&[]) };
    let expires = scene.admit("an.hour", VaultRole::User, until).await;
    let elsewhere = scene.admit("elsewhere", VaultRole::User, terms(&["192.0.2.0/24"])).await;
    let token = scene.token("scripts", VaultRole::User).await;
    scene.done("GET", "resources", &expires, None).await;
    scene.done("GET", "resources", &token, None).await;
    let said = scene.fails("GET", "resources", &elsewhere, None).await;
    assert_eq!(said, "API key received may not be used from this host. Authentication failed.");
    scene.server.clock.advance(3_600_000);
    let said = scene.fails("GET", "resources", &expires, None).await;
    assert_eq!(said, "API key received has expired. Authentication failed.");
    scene.ada.sync(|_| {}).await.unwrap();
    let listed = scene.ada.members().into_iter().find(|member| member.login_name.as_str() == "scripts").unwrap();
    scene.ada.suspend_member(listed.member).await.unwrap();
    // What was read shortly before may be good for a moment; what the server is asked for is not.
    let said = super::eventually(async || {
        let answer = scene.pmp("GET", "resources", &token, None).await.json();
        let result = answer["operation"]["result"].clone();
        (result["status"] == "Failed").then(|| result["message"].as_str().unwrap().to_owned())
    })
    .await;
    assert_eq!(said, "The user of the API key received is locked. Authentication failed.");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_callers_share_one_session() {
    let scene = Scene::new().await;
    let token = scene.token("scripts", VaultRole::Editor).await;
    let signed_in = || scene.server.recorded.all().iter().filter(|sent| *sent == b"/v1/sessions").count();
    let before = signed_in();
    let (resource, account) = scene.resource(&token, "db", "root", "one").await;
    let path = format!("resources/{resource}/accounts/{account}/password");
    let read = (0..24).map(|_| scene.done("GET", &path, &token, None));
    let add = |at: usize| json!({"ACCOUNTLIST": [{"ACCOUNTNAME": format!("user {at}"), "PASSWORD": "x"}]});
    let at = format!("resources/{resource}/accounts");
    let write = (0..8).map(|number| scene.done("POST", &at, &token, Some(add(number))));
    let (read, _) =
        futures_util::future::join(futures_util::future::join_all(read), futures_util::future::join_all(write)).await;
    assert!(read.iter().all(|password| *password == json!({"PASSWORD": "one"})));
    let listed = scene.done("GET", &at, &token, None).await;
    assert_eq!(listed["ACCOUNT LIST"].as_array().unwrap().len(), 9);
    assert_eq!(signed_in(), before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_downloaded_whole() {
    let scene = Scene::new().await;
    let token = scene.token("scripts", VaultRole::Editor).await;
    let (_, account) = scene.resource(&token, "db", "root", "one").await;
    scene.ada.sync(|_| {}).await.unwrap();
    let bytes = bytes_of(70_000);
    let attached = scene.ada.upload_bytes(scene.vault, "licence 密.key", "application/pgp-keys", &bytes).await.unwrap();
    let file = attached.file.clone();
    let details = ResourceDetails {
        name: "with a file".into(),
        custom_fields: vec![CustomField { label: "LicenseFile".into(), value: CustomValue::File(file) }],
        ..Default::default()
    };
    let changes = FileChanges { added: vec![attached], removed: vec![] };
    let place = Place { vault: scene.vault, parent: scene.vault.object() };
    let account_details = sealward_client::operations::NewAccount {
        details: sealward_client::model::AccountDetails { name: "root".into(), ..Default::default() },
        secret: None,
    };
    let none = FileChanges::default();
    scene.ada.create_resource_with(place, (details, &changes), Some((account_details, &none))).await.unwrap();
    let found = "resources/resourcename/with%20a%20file/accounts/accountname/root";
    let ids = scene.done("GET", found, &token, None).await;
    let (resource, of_file) = (ids["RESOURCEID"].as_str().unwrap(), ids["ACCOUNTID"].as_str().unwrap());
    let path = format!("resources/{resource}/accounts/{of_file}/downloadfile");
    let given = |label: &str| {
        json!({
            "REASON": "to connect", "TICKETID": "7", "ISCUSTOMFIELD": "TRUE", "CUSTOMFIELDTYPE": "RESOURCE",
            "CUSTOMFIELDLABEL": label,
        })
    };
    let got = scene.pmp("GET", &path, &token, Some(given("LicenseFile"))).await;
    assert!(got.body == bytes, "{}", got.body.len());
    assert!(got.head.contains("filename*=utf-8''licence%20%e5%af%86%2ekey"), "{}", got.head);
    let said = scene.fails("GET", &path, &token, Some(given("Other"))).await;
    assert_eq!(said, "There is no custom field with this CUSTOMFIELDLABEL");
    assert_eq!(scene.fails("GET", &path, &token, None).await, "The account has no file");
    assert_ne!(account, of_file);
}
