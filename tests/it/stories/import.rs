//! Bringing in: ten thousand rows, the same file again, and a file that is broken off.

use crate::harness::{Founder, Furnished, InProcess, TestServer, furnished_team};
use sealward_client::{
    import::{Import, ImportPlan},
    session::Session,
    vault::Details,
};
use sealward_contract::{
    ids::VaultId,
    record::{LeafKey, RecordKind},
};
use std::cell::Cell;
use zeroize::Zeroizing;

const ROWS: usize = 10_000;

/// A sheet of Password Manager Pro: ten accounts on each of a thousand resources.
fn sheet(rows: usize) -> Vec<u8> {
    let mut sheet = String::from("Resource Name,User Account,Password,Description,Resource URL,Notes,Department\n");
    for row in 0..rows {
        let resource = row / 10;
        sheet.push_str(&format!(
            "host-{resource},user-{row},\"p,ss \"\"{row}\"\"\",of row {row},https://host-{resource}.example,,IT\n"
        ));
    }
    sheet.into_bytes()
}

fn plan(server: &TestServer, file: Vec<u8>) -> ImportPlan {
    let mut import = Import::open(Zeroizing::new(file), server.clock.now()).unwrap();
    while !import.next_chunk(500).unwrap().is_finished() {}
    import.finish()
}

async fn opened() -> (TestServer, Founder, VaultId, Session<InProcess>) {
    let (server, founder, made) = furnished_team().await;
    let session = founder.session(&server, &server.connect()).await;
    session.sync(|_| {}).await.unwrap();
    (server, founder, made.vault, session)
}

fn accounts(session: &Session<InProcess>, vault: VaultId) -> Vec<LeafKey> {
    let vaults = session.vaults();
    vaults[&vault].entries().filter(|(key, _)| key.kind == RecordKind::Account).map(|(key, _)| *key).collect()
}

#[tokio::test(flavor = "current_thread")]
async fn ten_thousand_rows_come_in_once() {
    let (server, founder, vault, session) = opened().await;
    let furnished = accounts(&session, vault).len();
    let told = Cell::new(0);
    let report = session
        .import(plan(&server, sheet(ROWS)), vault, &[], |done| {
            assert!(done >= told.replace(done));
            true
        })
        .await
        .unwrap();
    assert_eq!((report.resources, report.accounts, report.known), (1_000, ROWS, 0));
    assert_eq!((report.unwritten, report.error, told.get()), (vec![], None, ROWS));

    let other = founder.session(&server, &server.connect()).await;
    let synced = other.sync(|_| {}).await.unwrap();
    assert_eq!(synced.damages, []);
    assert_eq!(synced.changed, 9 + 1_000 + 3 * ROWS, "what was there; resources; accounts, secrets, facts");
    assert_eq!(other.verify_some(usize::MAX), (vec![], false));
    let all = accounts(&other, vault);
    assert_eq!(all.len(), furnished + ROWS);
    let wanted = all.into_iter().find(|key| {
        let entry = other.verified(vault, *key).unwrap();
        matches!(entry.details, Details::Account(account) if account.user_name == "user-4711")
    });
    assert_eq!(other.release(vault, wanted.unwrap().id).await.unwrap().value.expose(), "p,ss \"4711\"");

    // The same file again, from the other device.
    let again = other.import(plan(&server, sheet(ROWS)), vault, &[], |_| true).await.unwrap();
    assert_eq!((again.resources, again.accounts, again.known), (0, 0, ROWS));
    let (facts, damages) = other.fetch_facts(vault).await.unwrap();
    assert_eq!((facts.len(), damages), (furnished + ROWS, vec![]));
}

#[tokio::test(flavor = "current_thread")]
async fn a_stopped_import_goes_on_where_it_stopped() {
    let (server, founder, vault, session) = opened().await;
    let stopped = session.import(plan(&server, sheet(1_000)), vault, &[], |done| done == 0).await.unwrap();
    assert!((1..1_000).contains(&stopped.accounts));
    assert_eq!(stopped.accounts + stopped.unwritten.len(), 1_000);
    let other = founder.session(&server, &server.connect()).await;
    other.sync(|_| {}).await.unwrap();
    let rest = other.import(plan(&server, sheet(1_000)), vault, &[], |_| true).await.unwrap();
    assert_eq!((rest.known, rest.accounts), (stopped.accounts, 1_000 - stopped.accounts));
    assert_eq!(rest.resources + stopped.resources, 100);
}

#[tokio::test(flavor = "current_thread")]
async fn a_lost_connection_leaves_whole_accounts() {
    let (server, founder, made) = furnished_team().await;
    let wire = server.connect();
    let session = founder.session(&server, &wire).await;
    session.sync(|_| {}).await.unwrap();
    let cut = wire.clone();
    let report = session
        .import(plan(&server, sheet(1_000)), made.vault, &[], |done| {
            cut.set_cut(done > 0);
            true
        })
        .await
        .unwrap();
    assert_eq!(report.error, Some(sealward_client::error::Error::Unreachable));
    let other = founder.session(&server, &server.connect()).await;
    assert_eq!(other.sync(|_| {}).await.unwrap().damages, []);
    let brought_in = accounts(&other, made.vault);
    assert_eq!(brought_in.len(), 2 + report.accounts);
    assert!(brought_in.iter().all(|key| other.has_secret(&made.vault, &key.id)));
    assert_eq!(other.release(made.vault, made.first).await.unwrap().value.expose(), Furnished::FIRST.1);
}

#[tokio::test(flavor = "current_thread")]
async fn a_chinese_sheet_comes_in() {
    let (server, _, vault, session) = opened().await;
    let sheet =
        "资源名称,用户账户,密码,描述,资源网址,备注,部门\n数据库一号,管理员,密码九个字,主库,https://db.example,,运维\n";
    let report = session.import(plan(&server, sheet.as_bytes().to_vec()), vault, &[], |_| true).await.unwrap();
    assert_eq!((report.resources, report.accounts), (1, 1));
    let key = accounts(&session, vault)
        .into_iter()
        .find(|key| session.verified(vault, *key).is_ok_and(|entry| entry.details.name() == "管理员"));
    assert_eq!(session.release(vault, key.unwrap().id).await.unwrap().value.expose(), "密码九个字");
}

#[tokio::test(flavor = "current_thread")]
async fn the_files_of_other_programs_come_in_once() {
    let (server, founder, vault, session) = opened().await;
    let fixtures = [
        ("bitwarden_csv/person.csv", 3),
        ("lastpass/lastpass_export.csv", 5),
        ("chrome/passwords.csv", 4),
        ("firefox/passwords.csv", 3),
        ("safari/Passwords.csv", 2),
        ("keepassxc_csv/database.csv", 3),
        ("passbolt/kdbx.csv", 2),
        ("onepassword_csv/export.csv", 2),
        ("proton_csv/proton.csv", 3),
        ("dashlane/credentials.csv", 2),
        ("jumpserver/account.csv", 2),
        ("pmp/resources.xlsx", 3),
    ];
    let file = |path: &str| std::fs::read(format!("{}/fixtures/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    for (path, accounts) in fixtures {
        let report = session.import(plan(&server, file(path)), vault, &[], |_| true).await.unwrap();
        assert_eq!((report.accounts, report.known, report.error), (accounts, 0, None), "{path}");
    }
    let other = founder.session(&server, &server.connect()).await;
    assert_eq!(other.sync(|_| {}).await.unwrap().damages, []);
    assert_eq!(other.verify_some(usize::MAX), (vec![], false));
    for (path, accounts) in fixtures {
        let report = other.import(plan(&server, file(path)), vault, &[], |_| true).await.unwrap();
        assert_eq!((report.resources, report.accounts, report.known), (0, 0, accounts), "{path}");
    }
    // A seed of one-time codes is known to be there, and given with the secret.
    let key = accounts(&other, vault).into_iter().find(|key| {
        let entry = other.verified(vault, *key).unwrap();
        matches!(entry.details, Details::Account(account) if account.user_name == "li.wei" && account.has_otp == Some(true))
    });
    let secret = other.release(vault, key.unwrap().id).await.unwrap();
    assert!(secret.otp_seed.unwrap().expose().starts_with("otpauth://totp/Build:li?secret="));
}
