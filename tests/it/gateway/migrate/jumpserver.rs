//! From JumpServer.

use super::{Scene, left, pmp};
use sealward_cli::{
    migrate::{Migrate, Product},
    views::Hidden,
};
use sealward_client::model::SecretType;
use sealward_contract::{
    chain::VaultRole,
    record::{LeafKey, RecordKind},
};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn everything_of_jumpserver_comes_in_once() {
    let source = Scene::begin(false).await;
    let from_token = source.token("scripts", VaultRole::Editor).await;
    source.resource(&from_token, "web-01", "admin", "first").await;
    source.resource(&from_token, "db-01", "sa", "other").await;
    let asset = source.jumpserver("GET", "/api/v1/assets/assets/?name=web-01", &from_token, None).await.json();
    let body = json!({
        "name": "root", "username": "root", "secret": "KEY a+b %41&c", "secret_type": "ssh_key", "privileged": true,
        "passphrase": "opens the key", "is_active": false, "asset": asset[0]["id"], "comment": "by a script", "labels": ["prod"],
    });
    let made = source.jumpserver("POST", "/api/v1/accounts/accounts/", &from_token, Some(body)).await.json();
    for secret in ["second", "third"] {
        let one = format!("/api/v1/accounts/accounts/{}/", made["id"].as_str().unwrap());
        let changed = source.jumpserver("PATCH", &one, &from_token, Some(json!({"secret": secret}))).await;
        assert_eq!(changed.status, 200);
    }

    let target = Scene::new().await;
    let token = target.token("mover", VaultRole::Editor).await;
    let product = |organisation: Option<&str>| Product::JumpServer { organisation: organisation.map(str::to_owned) };
    let migration = || source.migration("jumpserver", product(None), &from_token);
    let view = target.take_in(&token, migration()).await.unwrap();
    assert_eq!((view.resources, view.accounts, view.secrets, view.versions), (2, 3, 3, 2), "{view:?}");
    assert_eq!((left(&view), view.not_given.len()), (vec![], 0));

    let held = target.holdings().await;
    assert_eq!(held.keys().collect::<Vec<_>>(), ["db-01/sa", "web-01/admin", "web-01/root"]);
    let (web, root, secret) = &held["web-01/root"];
    let secret = secret.as_ref().unwrap();
    assert_eq!((secret.value.expose(), secret.hidden("passphrase").unwrap().expose()), ("third", "opens the key"));
    assert_eq!((root.secret_type, root.privileged, root.active), (SecretType::SshKey, true, false));
    assert_eq!((root.notes.as_str(), root.tags.as_slice()), ("by a script", &["prod".to_owned()][..]));
    assert_eq!(web.resource_type, "Linux");
    let id = made["id"].as_str().unwrap();
    assert_eq!(root.source_id.as_deref(), Some(format!("jumpserver:{id}").as_str()));
    // Those before are versions of the secret, the oldest first; the asset stands where its node was.
    let (key, groups) = {
        let vaults = target.ada.vaults();
        let view = &vaults[&target.vault];
        let named = |kind: RecordKind| -> Vec<(LeafKey, String)> {
            let all = view.entries().filter(|(key, _)| key.kind == kind);
            all.map(|(key, entry)| (*key, entry.details().unwrap().name().to_owned())).collect()
        };
        let groups: Vec<String> = named(RecordKind::ResourceGroup).into_iter().map(|(_, name)| name).collect();
        (named(RecordKind::Account).into_iter().find(|(_, name)| name == "root").unwrap().0, groups)
    };
    assert_eq!(groups, ["Operations"]);
    let mut versions = Vec::new();
    for version in target.ada.secret_versions(target.vault, key.id).await.unwrap() {
        let payload = target.ada.release_version(target.vault, key.id, version.version).await.unwrap();
        versions.push(payload.value.expose().to_owned());
    }
    assert_eq!(versions, ["third", "second", "KEY a+b %41&c"]);

    let again = target.take_in(&token, migration()).await.unwrap();
    assert_eq!((again.known, again.accounts, again.changed.len(), again.left.len()), (3, 0, 0, 0), "{again:?}");
    let sent = target.server.recorded.all();
    for secret in ["KEY a+b", "opens the key", "by a script", &from_token[..20]] {
        let was_sent = sent.iter().any(|bytes| bytes.windows(secret.len()).any(|part| part == secret.as_bytes()));
        assert!(!was_sent, "{secret}");
    }

    // An organisation that the token does not see, and a token that is none.
    let elsewhere = Some("22222222-2222-2222-2222-222222222222");
    let other = Migrate { product: product(elsewhere), ..migration() };
    assert_eq!(target.take_in(&token, other).await.err().unwrap().code(), "source_not_found");
    let other = Migrate { token: Hidden::of("swt1.none"), ..migration() };
    assert_eq!(target.take_in(&token, other).await.err().unwrap().code(), "source_token");
    let other = source.migration("pmp", pmp(None), "swt1.none");
    assert_eq!(target.take_in(&token, other).await.err().unwrap().code(), "source_token");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_at_the_source_and_a_right_that_lacks_here_end_it() {
    let source = Scene::new().await;
    let from_token = source.token("scripts", VaultRole::Editor).await;
    source.resource(&from_token, "web-01", "admin", "first").await;
    let target = Scene::new().await;
    let (editor, viewer) =
        (target.token("mover", VaultRole::Editor).await, target.token("looks", VaultRole::Viewer).await);
    let migration = || source.migration("jumpserver", Product::JumpServer { organisation: None }, &from_token);
    let view = target.take_in(&editor, migration()).await.unwrap();
    assert_eq!((view.ended.unwrap().code.as_str(), view.accounts), ("source_second_factor", 0));
    assert!(target.holdings().await.is_empty());
    let refused = target.take_in(&viewer, migration()).await.err().unwrap();
    assert_eq!((refused.code(), refused.exit_code()), ("refused", 4));
    let nowhere = Migrate { vault: "Nowhere".to_owned(), ..migration() };
    assert_eq!(target.take_in(&editor, nowhere).await.err().unwrap().code(), "not_found");
}
