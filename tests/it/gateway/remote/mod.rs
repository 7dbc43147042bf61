//! Passwords changed where they are used: by Debian's own sshd, passwd, chpasswd and PostgreSQL, which say afterwards which
//! password is good. `cargo xtask test` installs them; they are run as root, as in CI.

mod broken_off;
mod cut;
mod database;
mod machine;
mod over_postgresql;
mod over_ssh;
mod watch;

use super::{Scene, eventually};
use sealward_contract::{
    ids::{Number, ObjectId},
    record::LeafKey,
};
use serde_json::{Value, json};
use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
};

/// A folder for one thing of one test, that others may look into.
fn empty_folder(name: &str) -> PathBuf {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let count = MADE.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("sealward-{name}-{}-{count}", std::process::id()));
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// An address of this machine on which nobody listens.
fn free_address() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap()
}

fn run(command: &mut Command) -> Output {
    let told = command.stdin(Stdio::null()).output();
    told.unwrap_or_else(|error| panic!("{command:?} is needed, see xtask/src/tools.rs: {error}"))
}

/// What a command says, when it succeeds.
fn said(command: &mut Command) -> String {
    let output = run(command);
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}: {err}", output.status);
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A program that is ended when it is dropped.
struct Running {
    child: Child,
    signal: &'static str,
    folder: PathBuf,
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(Command::new("kill").args([self.signal, &self.child.id().to_string()]).status());
        drop(self.child.wait());
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// Waits until somebody listens.
async fn listening(address: SocketAddr, log: &Path) {
    let answers = eventually(async || tokio::net::TcpStream::connect(address).await.ok());
    tokio::time::timeout(std::time::Duration::from_secs(30), answers)
        .await
        .unwrap_or_else(|_| panic!("{}", std::fs::read_to_string(log).unwrap_or_default()));
}

/// An account on a resource in the vault, as Password Manager Pro's dialect names it.
struct Place {
    resource: String,
    account: String,
}

impl Place {
    fn password(&self) -> String {
        format!("resources/{}/accounts/{}/password", self.resource, self.account)
    }
}

impl Scene {
    /// Makes a resource of a type at an address, with an account.
    async fn place(&self, token: &str, kind: &str, address: &str, account: (&str, &str)) -> Place {
        let details = json!({
            "RESOURCENAME": format!("{kind} {address}"), "RESOURCETYPE": kind, "DNSNAME": address,
            "ACCOUNTNAME": account.0, "PASSWORD": account.1,
        });
        let made = self.done("POST", "resources", token, Some(details)).await;
        let id = |name: &str| made[name].as_str().unwrap().to_owned();
        Place { resource: id("RESOURCEID"), account: id("ACCOUNTID") }
    }

    /// The password that the vault holds.
    async fn kept(&self, token: &str, place: &Place) -> String {
        let held = self.done("GET", &place.password(), token, None).await;
        held["PASSWORD"].as_str().unwrap().to_owned()
    }

    /// All passwords that the vault holds of an account, the newest first.
    async fn history(&self, place: &Place) -> Vec<String> {
        self.ada.sync(|_| {}).await.unwrap();
        let (vault, LeafKey { id, .. }) = self.ada.find_number(Number(place.account.parse().unwrap())).unwrap();
        self.versions(vault, id).await
    }

    async fn versions(&self, vault: sealward_contract::ids::VaultId, account: ObjectId) -> Vec<String> {
        let mut passwords = Vec::new();
        for version in self.ada.secret_versions(vault, account).await.unwrap() {
            let secret = self.ada.release_version(vault, account, version.version).await.unwrap();
            passwords.push(secret.value.expose().to_owned());
        }
        passwords
    }

    /// Marks an account as privileged, as somebody does in the browser.
    async fn privileged(&self, place: &Place, token: &str, name: &str, password: &str) {
        let account = json!({"ACCOUNTLIST": [{"ACCOUNTNAME": name, "PASSWORD": password}]});
        self.done("POST", &format!("resources/{}/accounts", place.resource), token, Some(account)).await;
        let listed = self.jumpserver("GET", &format!("/api/v1/accounts/accounts/?username={name}"), token, None).await;
        let id = listed.json()[0]["id"].as_str().unwrap().to_owned();
        let target = format!("/api/v1/accounts/accounts/{id}/");
        let changed = self.jumpserver("PATCH", &target, token, Some(json!({"privileged": true}))).await;
        assert_eq!(changed.status, 200);
    }
}

/// A change on the resource.
fn remote(password: &str) -> Option<Value> {
    Some(json!({"NEWPASSWORD": password, "RESETTYPE": "REMOTE", "REASON": "rotation"}))
}
