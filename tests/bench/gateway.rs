//! The gateway, as scripts written for Password Manager Pro use it: the program itself beside the server, over TLS.

use crate::{
    load::{self, Connection, Prepared},
    memory::Program,
    team,
};
use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use sealward_client::session::NewService;
use sealward_contract::{
    chain::{ServiceScope, ServiceTerms, VaultGrant, VaultRole},
    text::LoginName,
};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    time::Instant,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, ServerName, pem::PemObject},
    },
};

/// Callers at the same time.
const CALLERS: usize = 8;
/// Passwords that each of them asks for over one connection.
const EACH: usize = 250;
/// Passwords that each of them asks for over a connection of its own, as curl does.
const EACH_ALONE: usize = 25;
const ACCOUNTS: u32 = 900;

/// A gateway that runs.
struct Gateway {
    program: Program,
    address: SocketAddr,
    trusts: TlsConnector,
    token: String,
}

/// Measures it.
pub async fn measure(program: &Path, folder: &Path, server: SocketAddr) -> Result<()> {
    println!("\nThe gateway: Password Manager Pro's \"get password\" ({CALLERS} callers, {ACCOUNTS} accounts, TLS)");
    let (client, _) = team::found(server).await?;
    let (vault, _) = team::fill_vault(&client, "gateway", ACCOUNTS).await?;
    let token = client
        .admit_service(&NewService {
            login_name: LoginName::parse("scripts")?,
            terms: ServiceTerms { hosts: Vec::new(), expires: None, vault: Some(vault), scope: ServiceScope::Roles },
            grants: vec![VaultGrant { vault, role: VaultRole::User }],
        })
        .await?;
    let gateway = start(program, folder, server, token.expose().to_string())?;
    println!("  {:<44} {:>6.1} MiB", "resident memory, nobody has asked", gateway.program.resident()?);
    let passwords = gateway.passwords().await?;
    println!("  {:<44} {:>6.1} MiB", "resident memory, a session open", gateway.program.resident()?);

    let lists: Vec<Vec<Prepared>> =
        (0..CALLERS).map(|caller| passwords.iter().cycle().skip(caller * 37).take(EACH).cloned().collect()).collect();
    let mut connections = Vec::new();
    for _ in &lists {
        connections.push(gateway.connect().await?);
    }
    let kept = load::run_over(connections, lists).await?;
    crate::print("a password (aim 300/s)", CALLERS, &kept);

    #[expect(clippy::disallowed_methods, reason = "measuring is what this program is for")]
    let begun = Instant::now();
    let alone = (0..CALLERS).map(|caller| gateway.ask_alone(passwords.iter().skip(caller * 34).take(EACH_ALONE)));
    futures_util::future::try_join_all(alone).await?;
    let count = (CALLERS * EACH_ALONE) as f64;
    println!(
        "  {:<28} {CALLERS:>3} clients {:>9.0} /s",
        "… a connection for each",
        count / begun.elapsed().as_secs_f64()
    );
    println!("  {:<44} {:>6.1} MiB", "resident memory afterwards, at most", gateway.program.peak()?);
    Ok(())
}

fn start(program: &Path, folder: &Path, server: SocketAddr, token: String) -> Result<Gateway> {
    let certificate = folder.join("gateway.pem");
    let mut child = Command::new(program)
        .args(["gateway", "--server", &format!("http://{server}"), "--pmp", "127.0.0.1:0", "--write-cert"])
        .arg(&certificate)
        .env("SEALWARD_HOME", folder.join("gateway"))
        .stdout(Stdio::piped())
        .spawn()
        .context("the gateway does not start")?;
    let told = child.stdout.take().context("no output")?;
    let program = Program::of(child);
    let mut line = String::new();
    BufReader::new(told).read_line(&mut line)?;
    let address = line.trim().rsplit_once("://").context("no address")?.1.parse()?;
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(&std::fs::read(certificate)?)?)?;
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Gateway { program, address, trusts: TlsConnector::from(Arc::new(config)), token })
}

impl Gateway {
    async fn connect(&self) -> Result<Connection> {
        let stream = tokio::net::TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        let stream = self.trusts.connect(ServerName::try_from("localhost")?, stream).await?;
        Connection::over(stream, self.address.to_string()).await
    }

    fn prepare(&self, path: &str) -> Prepared {
        Prepared {
            method: "GET",
            target: format!("/restapi/json/v1/{path}?AUTHTOKEN={}", self.token),
            token: None,
            content_type: "text/json",
            accept: "*/*",
            forwarded_for: None,
            body: Bytes::new(),
        }
    }

    /// Details of what a request succeeded in.
    async fn details(&self, path: &str) -> Result<Value> {
        let (status, _, body) = self.connect().await?.send(&self.prepare(path), true).await?;
        let answer: Value = serde_json::from_slice(&body)?;
        let is_done = answer.pointer("/operation/result/status").is_some_and(|status| status == "Success");
        ensure!(status == 200 && is_done, "{path}: {status}");
        Ok(answer.pointer("/operation/Details").context("no details")?.clone())
    }

    /// The request for each account's password.
    async fn passwords(&self) -> Result<Vec<Prepared>> {
        let resources = self.details("resources").await?;
        let resource = resources.pointer("/0/RESOURCE ID").and_then(Value::as_str).context("no resource")?;
        let accounts = self.details(&format!("resources/{resource}/accounts")).await?;
        let list = accounts.pointer("/ACCOUNT LIST").and_then(Value::as_array).context("no accounts")?;
        let ids = list.iter().filter_map(|account| account.get("ACCOUNT ID")?.as_str());
        let passwords: Vec<_> =
            ids.map(|id| self.prepare(&format!("resources/{resource}/accounts/{id}/password"))).collect();
        ensure!(passwords.len() == ACCOUNTS as usize, "{} accounts", passwords.len());
        Ok(passwords)
    }

    async fn ask_alone(&self, passwords: impl Iterator<Item = &Prepared>) -> Result<()> {
        for password in passwords {
            let (status, _, body) = self.connect().await?.send(password, true).await?;
            let is_done = String::from_utf8_lossy(&body).contains("Success");
            ensure!(status == 200 && is_done, "{}: {status}", password.target);
        }
        Ok(())
    }
}
