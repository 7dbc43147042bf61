//! From Password Manager Pro.

use super::{Scene, items, left, pmp};
use crate::harness::bytes_of;
use sealward_cli::{migrate::Migrate, tasks::Running};
use sealward_client::{
    files::FileChanges,
    model::{AccountDetails, CustomField, CustomValue, ResourceDetails, SecretPayload},
    operations::{NewAccount, NewSecret, Place},
};
use sealward_contract::chain::VaultRole;
use serde_json::json;

fn text(label: &str, value: &str) -> CustomField {
    CustomField { label: label.to_owned(), value: CustomValue::Text(value.to_owned()) }
}

const SECRETS: [&str; 5] = ["Test123#@!&+%41$", "Changed \"later\" 8", "pässword 密", "licence holder", "Another 99"];

/// A server and its gateway, filled as scripts of the product would.
async fn filled() -> (Scene, String, Vec<u8>) {
    let scene = Scene::new().await;
    let token = scene.token("scripts", VaultRole::Editor).await;
    let details = json!({
        "RESOURCENAME": "Windows Server", "ACCOUNTNAME": "Administrator", "RESOURCETYPE": "Windows",
        "PASSWORD": SECRETS[0], "RESOURCEURL": "https://win.example", "RESOURCEDESCRIPTION": "The first",
        "OWNERNAME": "ada.lovelace", "DEPARTMENT": "IT", "DNSNAME": "win.example",
        "RESOURCECUSTOMFIELD": [{"CUSTOMLABEL": "Rack", "CUSTOMVALUE": "B 7"}],
        "ACCOUNTCUSTOMFIELD": [{"CUSTOMLABEL": "Host file", "CUSTOMVALUE": "hosts.txt"}],
    });
    let made = scene.done("POST", "resources", &token, Some(details)).await;
    let (resource, account) = (made["RESOURCEID"].as_str().unwrap(), made["ACCOUNTID"].as_str().unwrap());
    let more = json!({"ACCOUNTLIST": [{"ACCOUNTNAME": "svc", "PASSWORD": SECRETS[2], "NOTES": "for backups"}]});
    scene.done("POST", &format!("resources/{resource}/accounts"), &token, Some(more)).await;
    let change = json!({"NEWPASSWORD": SECRETS[1], "RESETTYPE": "LOCAL"});
    let password = format!("resources/{resource}/accounts/{account}/password");
    scene.done("PUT", &password, &token, Some(change)).await;

    // Files come from a member's browser: in a field of a resource, and as a secret.
    let bytes = bytes_of(70_000);
    scene.ada.sync(|_| {}).await.unwrap();
    let upload =
        async |name: &str| scene.ada.upload_bytes(scene.vault, name, "application/pgp-keys", &bytes).await.unwrap();
    let (field, secret) = (upload("licence 密.key").await, upload("id_ed25519.key").await);
    let details = ResourceDetails {
        name: "licences".into(),
        custom_fields: vec![CustomField { label: "LicenseFile".into(), value: CustomValue::File(field.file.clone()) }],
        ..Default::default()
    };
    let changes = FileChanges { added: vec![field], removed: vec![] };
    let place = Place { vault: scene.vault, parent: scene.vault.object() };
    let payload = SecretPayload::new(SECRETS[3].into());
    let first = NewAccount {
        details: AccountDetails { name: "holder".into(), user_name: "holder".into(), ..Default::default() },
        secret: Some(NewSecret { payload, score: None }),
    };
    let none = FileChanges::default();
    let (licences, _) = scene.ada.create_resource_with(place, (details, &changes), Some((first, &none))).await.unwrap();
    let of_file = AccountDetails { name: "key".into(), secret_file: Some(secret.file.clone()), ..Default::default() };
    let changes = FileChanges { added: vec![secret], removed: vec![] };
    let place = Place { vault: scene.vault, parent: licences };
    scene.ada.create_account_with(place, NewAccount { details: of_file, secret: None }, &changes).await.unwrap();
    (scene, token, bytes)
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_of_password_manager_pro_comes_in_once() {
    let (source, from_token, bytes) = filled().await;
    let target = Scene::new().await;
    let token = target.token("mover", VaultRole::Editor).await;
    let migration = || source.migration("pmp", pmp(Some("moving")), &from_token);

    let dry = target.take_in(&token, Migrate { running: Running::Dry, ..migration() }).await.unwrap();
    let all = ["Windows Server/Administrator", "Windows Server/svc", "licences/holder", "licences/key"];
    assert_eq!((dry.resources, dry.accounts, dry.known, items(&dry)), (2, 4, 0, all.to_vec()));
    assert!(dry.dry_run && dry.left.is_empty() && dry.ended.is_none(), "{dry:?}");
    assert!(target.holdings().await.is_empty());

    let view = target.take_in(&token, migration()).await.unwrap();
    assert_eq!((view.resources, view.accounts, items(&view)), (2, 4, all.to_vec()));
    assert_eq!((view.secrets, view.files, view.versions), (3, 2, 0));
    assert_eq!((left(&view), view.ended.as_ref()), (vec![], None));
    assert_eq!(view.not_given, ["password_history", "resource_groups", "further_files"]);

    let held = target.holdings().await;
    assert_eq!(held.keys().map(String::as_str).collect::<Vec<_>>(), all);
    let (windows, administrator, secret) = &held["Windows Server/Administrator"];
    assert_eq!(secret.as_ref().unwrap().value.expose(), "Changed \"later\" 8");
    assert_eq!((windows.resource_type.as_str(), windows.url.as_str()), ("Windows", "https://win.example"));
    assert_eq!((windows.description.as_str(), windows.owner.as_str()), ("The first", "ada.lovelace"));
    assert_eq!((windows.department.as_str(), windows.dns_name.as_str()), ("IT", "win.example"));
    assert_eq!(windows.custom_fields, [text("Rack", "B 7")]);
    // What only looks like a file is a text.
    assert_eq!(administrator.custom_fields, [text("Host file", "hosts.txt")]);
    assert_eq!(administrator.user_name, "Administrator");
    let (_, svc, secret) = &held["Windows Server/svc"];
    assert_eq!((svc.notes.as_str(), secret.as_ref().unwrap().value.expose()), ("for backups", "pässword 密"));
    let (licences, _, _) = &held["licences/holder"];
    let CustomValue::File(field) = &licences.custom_fields[0].value else { panic!("{licences:?}") };
    assert_eq!((licences.custom_fields[0].label.as_str(), field.name.as_str()), ("LicenseFile", "licence 密.key"));
    assert!(target.content("licences", field).await == bytes);
    let (_, key, secret) = &held["licences/key"];
    let file = key.secret_file.as_ref().unwrap();
    assert_eq!(
        (file.name.as_str(), file.media_type.as_str(), secret.is_none()),
        ("id_ed25519.key", "application/pgp-keys", true)
    );
    assert!(target.content("key", file).await == bytes);

    // The same again: nothing is fetched, and nothing is there twice.
    let again = target.take_in(&token, migration()).await.unwrap();
    assert_eq!((again.known, again.resources, again.accounts), (4, 0, 0));
    assert_eq!((again.made.len(), again.changed.len(), again.left.len()), (0, 0, 0), "{again:?}");
    assert_eq!(target.holdings().await.len(), 4);

    // Nothing of it was ever said to the server, nor in the report.
    let sent = target.server.recorded.all();
    let said = serde_json::to_string(&(&dry, &view, &again)).unwrap();
    let was_sent = |text: &str| sent.iter().any(|bytes| bytes.windows(text.len()).any(|part| part == text.as_bytes()));
    assert!(was_sent(&target.ada.team().to_string()), "what is searched is what was sent");
    for secret in SECRETS.iter().copied().chain([&from_token[..20], &token[..20]]) {
        assert!(!was_sent(secret) && !said.contains(secret), "{secret}");
    }
    assert!(!was_sent("Windows Server") && !was_sent("for backups"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_at_the_source_is_told_and_taken_when_asked_for() {
    let (source, from_token, _) = filled().await;
    let target = Scene::new().await;
    let token = target.token("mover", VaultRole::Editor).await;
    let migration = || source.migration("pmp", pmp(None), &from_token);
    target.take_in(&token, migration()).await.unwrap();

    let ids =
        source.done("GET", "resources/resourcename/Windows%20Server/accounts/accountname/svc", &from_token, None).await;
    let (resource, svc) = (ids["RESOURCEID"].as_str().unwrap(), ids["ACCOUNTID"].as_str().unwrap());
    let account = format!("resources/{resource}/accounts/{svc}");
    source.done("PUT", &account, &from_token, Some(json!({"NOTES": "for nothing"}))).await;
    source.done("PUT", &format!("resources/{resource}"), &from_token, Some(json!({"LOCATION": "Rack 9"}))).await;
    let change = json!({"NEWPASSWORD": SECRETS[4], "RESETTYPE": "LOCAL"});
    source.done("PUT", &format!("{account}/password"), &from_token, Some(change)).await;
    let more = json!({"ACCOUNTLIST": [{"ACCOUNTNAME": "new", "PASSWORD": "n"}]});
    source.done("POST", &format!("resources/{resource}/accounts"), &from_token, Some(more)).await;

    let names = |moved: &[sealward_cli::views::MovedView]| -> Vec<String> {
        moved.iter().map(|moved| moved.item.clone()).collect()
    };
    let told = target.take_in(&token, migration()).await.unwrap();
    assert_eq!(names(&told.changed), ["Windows Server", "Windows Server/svc"]);
    assert_eq!((items(&told), told.known, told.updated.len()), (vec!["Windows Server/new"], 4, 0));
    let held = target.holdings().await;
    assert_eq!(
        (held["Windows Server/svc"].1.notes.as_str(), held["Windows Server/svc"].0.location.as_str()),
        ("for backups", "")
    );
    assert_eq!(held["Windows Server/svc"].2.as_ref().unwrap().value.expose(), "pässword 密");

    let taken = target.take_in(&token, Migrate { update: true, ..migration() }).await.unwrap();
    assert_eq!(
        (names(&taken.updated), taken.changed.len()),
        (vec!["Windows Server".into(), "Windows Server/svc".into()], 0)
    );
    let held = target.holdings().await;
    assert_eq!(
        (held["Windows Server/svc"].1.notes.as_str(), held["Windows Server/svc"].0.location.as_str()),
        ("for nothing", "Rack 9")
    );
    assert_eq!(held["Windows Server/svc"].2.as_ref().unwrap().value.expose(), "Another 99");
    assert_eq!(held["licences/holder"].2.as_ref().unwrap().value.expose(), "licence holder");
    let again = target.take_in(&token, Migrate { update: true, ..migration() }).await.unwrap();
    assert_eq!((again.known, again.updated.len(), again.changed.len(), again.made.len()), (5, 0, 0, 0), "{again:?}");
}
