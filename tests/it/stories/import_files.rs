//! Files that come in with an import: sent just before what names them, and there on another device.

use crate::harness::{Founder, InProcess, TestServer, furnished_team};
use sealward_client::{
    error::Error,
    import::{FileKey, Identity, Import, ImportPlan, Options, PlannedAccount, PlannedFile, PlannedResource},
    model::{AccountDetails, ResourceDetails, SecretPayload},
    operations::Imported,
    session::Session,
    vault::Details,
};
use sealward_contract::{
    ids::{ObjectId, VaultId},
    limits,
    record::{LeafKey, RecordKind},
};
use std::{
    cell::Cell,
    io::{Cursor, Write},
};
use zeroize::Zeroizing;
use zip::{ZipWriter, write::SimpleFileOptions};

struct Scene {
    server: TestServer,
    founder: Founder,
    vault: VaultId,
    wire: InProcess,
    session: Session<InProcess>,
}

impl Scene {
    async fn set() -> Self {
        let (server, founder, made) = furnished_team().await;
        let wire = server.connect();
        let session = founder.session(&server, &wire).await;
        session.sync(|_| {}).await.unwrap();
        Self { server, founder, vault: made.vault, wire, session }
    }

    async fn import(&self, plan: ImportPlan) -> Imported {
        self.session.import(plan, self.vault, &[], |_| true).await.unwrap()
    }

    /// Reads a file of another program.
    fn plan(&self, file: Vec<u8>, password: Option<&str>) -> ImportPlan {
        let key = password.map(|password| FileKey { password: Some(password.into()), key_file: None });
        let options = Options { key, ..Options::default() };
        let mut import = Import::open_as(Zeroizing::new(file), &options, self.server.clock.now()).unwrap();
        while !import.next_chunk(500).unwrap().is_finished() {}
        import.finish()
    }

    async fn other_device(&self) -> Session<InProcess> {
        let other = self.founder.session(&self.server, &self.server.connect()).await;
        assert_eq!(other.sync(|_| {}).await.unwrap().damages, []);
        assert_eq!(other.verify_some(usize::MAX), (vec![], false));
        other
    }

    /// Names and bytes of an account's files, fetched by another device.
    async fn files(&self, user_or_name: &str) -> Vec<(String, Vec<u8>)> {
        let other = self.other_device().await;
        let (id, account) = accounts(&other, self.vault).into_iter().find(|(_, it)| it.name == user_or_name).unwrap();
        let mut files = Vec::new();
        for file in account.files.unwrap_or_default() {
            let bytes = other.download_bytes(self.vault, id, &file).await.unwrap();
            files.push((file.name.clone(), bytes.to_vec()));
        }
        files
    }
}

fn accounts(session: &Session<InProcess>, vault: VaultId) -> Vec<(ObjectId, AccountDetails)> {
    let keys: Vec<LeafKey> = session.vaults()[&vault].entries().map(|(key, _)| *key).collect();
    let account = |key: LeafKey| match session.verified(vault, key).unwrap().details {
        Details::Account(account) => (key.id, *account),
        _ => panic!(),
    };
    keys.into_iter().filter(|key| key.kind == RecordKind::Account).map(account).collect()
}

fn fixture(path: &str) -> Vec<u8> {
    std::fs::read(format!("{}/fixtures/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn pack(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, path) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(&fixture(path)).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn one_password() -> Vec<u8> {
    pack(&[
        ("export.attributes", "onepassword/export.attributes"),
        ("export.data", "onepassword/export.data"),
        ("files/doc1__contract.txt", "onepassword/files/doc1__contract.txt"),
        ("files/doc2__licence.pdf", "onepassword/files/doc2__licence.pdf"),
    ])
}

fn proton() -> Vec<u8> {
    pack(&[
        ("Proton Pass/data.json", "proton/data.json"),
        ("Proton Pass/files/plan.78e91fe938d5208c.txt", "proton/files/plan.78e91fe938d5208c.txt"),
    ])
}

/// Accounts `user-0`, `user-1`, … on one resource, each with files of its own.
fn planned(accounts: usize, files: impl Fn(usize) -> Vec<(String, Vec<u8>)>) -> ImportPlan {
    let resource = PlannedResource {
        group: None,
        details: ResourceDetails { name: "host".into(), ..Default::default() },
        identity: Identity::SourceId("test:host".into()),
        files: Vec::new(),
    };
    let account = |at| {
        let file = |(name, bytes)| PlannedFile::beside(name, Zeroizing::new(bytes));
        PlannedAccount {
            resource: 0,
            details: AccountDetails { name: format!("user-{at}"), ..Default::default() },
            secret: SecretPayload::new(format!("secret {at}").as_str().into()),
            history: Vec::new(),
            identity: Identity::SourceId(format!("test:{at}")),
            row: at + 1,
            attachments: files(at).into_iter().map(file).collect(),
        }
    };
    ImportPlan {
        resources: vec![resource],
        accounts: (0..accounts).map(account).collect(),
        rows: accounts,
        ..Default::default()
    }
}

#[tokio::test(flavor = "current_thread")]
async fn the_files_of_other_programs_come_in_with_their_accounts() {
    let scene = Scene::set().await;
    let keepassxc = || scene.plan(fixture("kdbx/keepassxc-3.kdbx"), Some("Fixture-Passw0rd ü 密码"));
    let report = scene.import(scene.plan(one_password(), None)).await;
    assert_eq!((report.accounts, report.known, report.error), (7, 0, None));
    let report = scene.import(scene.plan(proton(), None)).await;
    assert_eq!((report.accounts, report.known, report.error), (5, 0, None));
    let report = scene.import(keepassxc()).await;
    assert_eq!((report.known, report.error), (0, None));
    let brought_in = report.accounts;

    assert_eq!(scene.files("gina").await, [("contract.txt".into(), b"of 2024, signed".to_vec())]);
    assert_eq!(scene.files("Licence").await, [("licence.pdf".into(), b"%PDF-1.4\n".to_vec())]);
    assert_eq!(scene.files("eva").await, [("plan.txt".into(), b"floor plan".to_vec())]);
    assert!(scene.files("svc").await.is_empty());
    let other = scene.other_device().await;
    let all = accounts(&other, scene.vault);
    let licensed = all.iter().filter(|(_, account)| account.user_name == "root").find_map(|(id, account)| {
        let file = account.files.as_ref()?.first()?;
        Some((*id, file.clone()))
    });
    let (id, file) = licensed.unwrap();
    assert_eq!((file.name.as_str(), file.length), ("license.txt", 7));
    assert_eq!(**other.download_bytes(scene.vault, id, &file).await.unwrap(), *b"license");

    // The same files again add nothing, and send nothing but the question for what changed.
    for (plan, known) in
        [(scene.plan(one_password(), None), 7), (scene.plan(proton(), None), 5), (keepassxc(), brought_in)]
    {
        let sent = scene.wire.sent();
        let report = scene.import(plan).await;
        assert_eq!((report.resources, report.accounts, report.known), (0, 0, known));
        assert_eq!(scene.wire.sent(), sent);
    }
}

#[tokio::test(flavor = "current_thread")]
async fn more_files_come_in_than_may_wait_at_once() {
    let scene = Scene::set().await;
    let accounts = limits::UPLOADS;
    let files = |at: usize| vec![("empty".into(), Vec::new()), (format!("{at}.txt"), format!("of {at}").into_bytes())];
    let report = scene.import(planned(accounts, files)).await;
    assert_eq!((report.resources, report.accounts, report.unwritten, report.error), (1, accounts, vec![], None));
    assert_eq!(scene.files("user-63").await, [("empty".into(), vec![]), ("63.txt".into(), b"of 63".to_vec())]);
    // None is left waiting: as many as ever may be sent.
    for _ in 0..limits::UPLOADS {
        scene.session.upload_bytes(scene.vault, "a.txt", "", b"a").await.unwrap();
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_file_that_cannot_be_sent_leaves_whole_accounts() {
    let scene = Scene::set().await;
    // Somebody else's uploads leave room for three.
    for _ in 0..limits::UPLOADS - 3 {
        scene.session.upload_bytes(scene.vault, "a.txt", "", b"a").await.unwrap();
    }
    let files = |at: usize| (0..2).map(|file| (format!("{at}-{file}.txt"), vec![7])).collect::<Vec<_>>();
    let report = scene.import(planned(3, files)).await;
    assert_eq!(report.error, Some(Error::TooManyUploads));
    assert_eq!((report.accounts, report.unwritten), (1, vec![2, 3]));
    assert_eq!(scene.files("user-0").await, [("0-0.txt".into(), vec![7]), ("0-1.txt".into(), vec![7])]);
    assert_eq!(accounts(&scene.other_device().await, scene.vault).len(), 3);
    // What was sent for the account that was not written was given up.
    for _ in 0..3 {
        scene.session.upload_bytes(scene.vault, "a.txt", "", b"a").await.unwrap();
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_connection_lost_between_files_leaves_whole_accounts() {
    let scene = Scene::set().await;
    let files = |at: usize| (0..16).map(|file| (format!("{at}-{file}.txt"), vec![7])).collect::<Vec<_>>();
    let asked = Cell::new(0);
    let progress = |_| {
        asked.set(asked.get() + 1);
        // Once at the beginning, fifteen times between the files of each account, once for the batch of two.
        scene.wire.set_cut(asked.get() > 1 + 15 + 15 + 1 + 7);
        true
    };
    let report = scene.session.import(planned(4, files), scene.vault, &[], progress).await.unwrap();
    assert_eq!(report.error, Some(Error::Unreachable));
    assert_eq!((report.accounts, report.unwritten), (2, vec![3, 4]));
    scene.wire.set_cut(false);
    assert_eq!(scene.files("user-1").await.len(), 16);
    let rest = scene.import(planned(4, files)).await;
    assert_eq!((rest.known, rest.resources, rest.accounts, rest.error), (2, 0, 2, None));
    assert_eq!(scene.files("user-3").await.len(), 16);
}

#[tokio::test(flavor = "current_thread")]
async fn an_import_stops_between_files() {
    let scene = Scene::set().await;
    let files = |at: usize| (0..10).map(|file| (format!("{at}-{file}.txt"), vec![7])).collect::<Vec<_>>();
    let asked = Cell::new(0);
    let progress = |_| {
        asked.set(asked.get() + 1);
        asked.get() <= 1 + 9 + 5
    };
    let report = scene.session.import(planned(3, files), scene.vault, &[], progress).await.unwrap();
    assert_eq!((report.accounts, report.unwritten, report.error), (1, vec![2, 3], None));
    assert_eq!(asked.get(), 1 + 9 + 6 + 1, "not asked again, but told of what was written");
    assert_eq!(accounts(&scene.other_device().await, scene.vault).len(), 3);
    let rest = scene.import(planned(3, files)).await;
    assert_eq!((rest.known, rest.accounts), (1, 2));
}
