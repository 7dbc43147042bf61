//! The first day: a team, a vault, what is in it, a secret seen again, and a second device.

use crate::harness::{Person, TestServer, text};
use sealward_client::{
    api::Api,
    error::Error,
    kit::{EmergencyKit, ReadKit},
    model::{AccountDetails, ResourceDetails, ResourceGroupDetails, SecretPayload, VaultDetails},
    operations::{Item, NewAccount, NewSecret, Place},
    session::{Device, NewVault, sign_in},
    vault::Details,
};
use sealward_contract::{
    chain::{VaultKind, VaultRole},
    ids::{Number, Version},
    record::{LeafKey, RecordKind},
    text::LoginName,
};

#[tokio::test(flavor = "current_thread")]
async fn a_team_a_vault_a_secret_and_a_second_device() {
    let server = TestServer::in_memory();
    let person = Person::create_team(&server, "Difference Engine", "Ada.Lovelace", "correct horse battery").await;
    let session = person.sign_in(&server).await;
    let report = session.sync(|_| {}).await.unwrap();
    assert!(report.damages.is_empty());
    assert_eq!(session.directory().team_name(), "Difference Engine");
    let member = session.member();
    let profile = session.directory().profile(&member).cloned().unwrap();
    assert_eq!(profile.details.full_name, "Ada.Lovelace the founder");
    assert!(session.vaults().is_empty());

    let details = VaultDetails { name: "Operations".into(), description: "what we run".into(), ..Default::default() };
    let vault = session.create_vault(&NewVault { details, kind: VaultKind::Shared }).await.unwrap();
    assert_eq!(session.role(&vault), Some(VaultRole::Custodian));
    let top = Place { vault, parent: vault.object() };
    let group = ResourceGroupDetails { name: "Production".into(), ..Default::default() };
    let (group, _) = session.create_resource_group(top, group).await.unwrap();
    let web = ResourceDetails { name: "web-1".into(), url: "https://web-1.example".into(), ..Default::default() };
    let (web, _) = session.create_resource(Place { vault, parent: group }, web, None).await.unwrap();
    let root = NewAccount {
        details: AccountDetails { name: "root".into(), user_name: "root".into(), ..Default::default() },
        secret: Some(NewSecret { payload: SecretPayload::new("s3cret of root".into()), score: None }),
    };
    let (root, _) = session.create_account(Place { vault, parent: web }, root).await.unwrap();
    assert!(session.has_secret(&vault, &root));
    assert_eq!(session.release(vault, root).await.unwrap().value.expose(), "s3cret of root");

    // The second device has nothing but what is on paper and in the head.
    let kit = EmergencyKit {
        team: person.device.team,
        secret_key: person.device.duplicate().unwrap().secret_key,
        origin: person.device.origin.clone(),
        login_name: person.device.login_name.to_string(),
    };
    let read = ReadKit::parse(&kit.to_text()).unwrap();
    let device = Device {
        team: read.team,
        login_name: LoginName::parse(&read.login_name.unwrap()).unwrap(),
        origin: read.origin.unwrap(),
        secret_key: read.secret_key,
    };
    let api = Api::new(server.connect_from("198.51.100.7:1"));
    let password = text("correct horse battery");
    let second = sign_in(api, server.surroundings(), device, &password, "laptop", None).await.unwrap();
    let report = second.sync(|_| {}).await.unwrap();
    assert!(report.damages.is_empty());
    assert_eq!(report.changed, 6, "vault, group, resource, account, secret and facts");
    let key = LeafKey { id: root, kind: RecordKind::Account };
    let entry = second.verified(vault, key).unwrap();
    assert!(matches!(&entry.details, Details::Account(account) if account.user_name == "root"));
    assert_eq!((entry.version, entry.author, entry.parent), (Version(1), member, web));
    assert_eq!(second.find_number(entry.number), Some((vault, key)));
    assert_eq!(second.find_number(Number(9_999)), None);
    let path = second.vaults()[&vault].surroundings(&key).unwrap();
    let path: Vec<_> = path.into_iter().map(|key| key.id).collect();
    assert_eq!(path, [web, group, vault.object()]);
    assert_eq!(second.release(vault, root).await.unwrap().value.expose(), "s3cret of root");
    assert_eq!(second.verify_some(100), (vec![], false));

    // What one device changes, the other sees, and both go on.
    let renamed = ResourceGroupDetails { name: "Prod".into(), ..Default::default() };
    let item = Item::within(vault, RecordKind::ResourceGroup, group);
    second.update_entry(item, Version(1), Details::ResourceGroup(renamed), None).await.unwrap();
    let stale = ResourceGroupDetails { name: "Live".into(), ..Default::default() };
    let lost = session.update_entry(item, Version(1), Details::ResourceGroup(stale), None).await;
    assert!(matches!(lost, Err(Error::StaleVersion)));
    let seen = session.verified(vault, item.key).unwrap();
    assert_eq!(seen.details.name(), "Prod");
}
