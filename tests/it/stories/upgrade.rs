//! Data files of earlier releases: opened, brought up to the schema of this one, verified and used.

use crate::harness::{Furnished, Person, TestClock, TestServer, empty_folder, next_of};
use sealward_client::{
    kit::{EmergencyKit, ReadKit},
    model::{AccountDetails, SecretPayload},
    operations::{Item, NewSecret},
    session::{Device, VaultDrafts},
};
use sealward_contract::{
    chain::{Approvals, Policy, PolicyScope, Requirement, SetPolicy},
    ids::Version,
    record::RecordKind,
    text::LoginName,
};
use sealward_server::maintenance::verify::verify_file;
use std::path::{Path, PathBuf};

const PASSWORD: &str = "correct horse battery staple";

/// A folder with a copy of a release's data file, and the device of its founder.
fn copy_of(release: &str) -> (PathBuf, Person) {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/data");
    let folder = empty_folder(release);
    std::fs::copy(kept.join(format!("{release}.redb")), folder.join("sealward.redb")).unwrap();
    let kit = ReadKit::parse(&std::fs::read_to_string(kept.join(format!("{release}.kit.txt"))).unwrap()).unwrap();
    let device = Device {
        team: kit.team,
        login_name: LoginName::parse(&kit.login_name.unwrap()).unwrap(),
        origin: kit.origin.unwrap(),
        secret_key: kit.secret_key,
    };
    (folder, Person { device, password: PASSWORD.to_owned() })
}

#[tokio::test(flavor = "current_thread")]
async fn a_file_of_the_first_schema_is_brought_up_and_used() {
    let (folder, person) = copy_of("schema-1");
    let file = folder.join("sealward.redb");
    let before = std::fs::read(&file).unwrap();
    let found = "1 teams, 5 statements, 2 vaults, 7 heads, 18 records in 23 versions, 12 audit events: sound";
    assert_eq!(verify_file(&file).unwrap().lines(), [found]);
    assert_eq!(std::fs::read(&file).unwrap(), before, "a look at a file changed it");

    let server = TestServer::in_folder(&folder, TestClock::new());
    let schemas = [(1, "0.1.0".to_owned()), (2, env!("CARGO_PKG_VERSION").to_owned())];
    assert_eq!(server.server.app().store.schemas().unwrap(), schemas);
    let session = person.sign_in(&server).await;
    assert_eq!(session.sync(|_| {}).await.unwrap().damages, []);
    assert_eq!(session.verify_some(usize::MAX), (vec![], false));
    let (vault, account) = {
        let vaults = session.vaults();
        let live = vaults.iter().flat_map(|(vault, view)| view.entries().map(|(key, entry)| (*vault, *key, entry)));
        let changed = live.into_iter().find(|(_, key, entry)| {
            key.kind == RecordKind::Account && entry.record().context().version == Version(2) && entry.is_live()
        });
        let (vault, key, _) = changed.unwrap();
        (vault, key.id)
    };
    assert_eq!(session.release(vault, account).await.unwrap().value.expose(), "newly sealed");
    Furnished::make(&session, "Of this release").await;
    server.server.close().await.unwrap();
    drop((session, server));
    assert!(verify_file(&file).unwrap().is_sound());
}

/// Makes a data file as this release writes it, with a bit of everything in it: see tests/fixtures/data/README.md.
#[tokio::test(flavor = "current_thread")]
#[ignore = "run by hand, to keep the file of a release for later ones"]
async fn make_a_data_file() {
    let folder = empty_folder("made-data");
    let server = TestServer::in_folder(&folder, TestClock::new());
    let person = Person::create_team(&server, "Engine", "ada.lovelace", PASSWORD).await;
    let session = person.sign_in(&server).await;
    let made = Furnished::make(&session, "Operations").await;
    let draft = next_of(&session, made.vault, made.key(made.resource), "web-2");
    session.write(&[VaultDrafts { vault: made.vault, drafts: vec![draft] }]).await.unwrap();
    session.start_epoch(made.vault).await.unwrap();
    let details = AccountDetails { name: "root".into(), ..Default::default() };
    let secret = Some(NewSecret { payload: SecretPayload::new("newly sealed".into()), score: None });
    session.update_account(made.vault, made.first, Version(1), details, secret).await.unwrap();
    let policy = Some(Policy { approvals: Approvals(0), reason: Requirement::Optional, terms: None });
    session.set_policy(&SetPolicy { vault: made.vault, scope: PolicyScope::Vault, policy }).await.unwrap();
    session.release(made.vault, made.first).await.unwrap();
    let gone = Item { vault: made.vault, key: made.key(made.second) };
    session.delete_items(&[gone], |_, _, _| {}).await.whole().unwrap();
    Furnished::make(&session, "Laboratory").await;
    server.server.close().await.unwrap();
    drop((session, server));
    let device = &person.device;
    let kit = EmergencyKit {
        team: device.team,
        secret_key: device.duplicate().unwrap().secret_key,
        origin: device.origin.clone(),
        login_name: device.login_name.as_str().to_owned(),
    };
    std::fs::write(folder.join("kit.txt"), kit.to_text().as_str()).unwrap();
}
