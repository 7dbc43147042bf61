//! A team of many people, vaults and statements: made by the real client on a running server, for the page to open; and
//! how its chain is replayed, and its event streams are heard, natively.

use crate::{
    capture::{Capture, Mode},
    load::{Connection, Prepared},
    team::{self, Client},
};
use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use http_body_util::BodyExt;
use sealward_client::{
    api::Api,
    invitation::{Joining, open_invitation},
    kit::EmergencyKit,
    model::{SecretText, VaultDetails},
    service::ServiceToken,
    session::{Device, HandoverKey, NewService, NewVault, sign_in_service},
};
use sealward_contract::{
    chain::{ServiceScope, ServiceTerms, VaultGrant, VaultKind, VaultRole},
    ids::VaultId,
    text::LoginName,
};
use std::{net::SocketAddr, path::Path, time::Duration};

/// Members, most of them services: those are made without stretching a password.
const MEMBERS: usize = 500;
const VAULTS: usize = 200;
const STATEMENTS: u64 = 5_000;
/// The vaults in which the person who is removed has a role, and how many members each of them has.
const HELD: usize = 20;
const HOLDERS: usize = 50;
/// Whom the page removes.
const LEAVER: &str = "bo";
/// How long an invitation is good for, in milliseconds.
const A_DAY: u64 = 24 * 60 * 60 * 1_000;

/// Fills the server at an address, and prints on one line what the page needs to sign in there.
pub async fn fill(address: SocketAddr) -> Result<()> {
    let (client, tokens) = make(address).await?;
    ensure!(tokens.len() == MEMBERS - 2, "everyone is there");
    let Device { team, login_name, origin, secret_key } = client.device().duplicate().context("no Secret Key")?;
    let kit = EmergencyKit { team, secret_key, origin, login_name: login_name.to_string() };
    println!("KIT {} {} {LEAVER}", *kit.code(), team::PASSWORD.replace(' ', "_"));
    Ok(())
}

/// Measures replaying and listening on a server of this process.
pub async fn measure(folder: &Path) -> Result<()> {
    let (_server, address) = crate::start(folder).await?;
    let (client, tokens) = make(address).await?;
    println!("\nA team of {MEMBERS} members, {VAULTS} vaults, {STATEMENTS} statements");
    let key = HandoverKey::make(client.surroundings());
    let envelope = client.hand_over(&key.request()).context("nothing was handed over")?;
    let fresh = key.take_over(Api::new(Capture::new(address).0), team::surroundings(), &envelope)?;
    let begun = crate::opening::now();
    fresh.sync(|_| {}).await?;
    println!("  from nothing: chain, keys, {VAULTS} empty vaults   {:>8.0} ms", millis(begun.elapsed()));
    streams(&client, &tokens, address).await
}

async fn make(address: SocketAddr) -> Result<(Client, Vec<ServiceToken>)> {
    let (client, _) = team::found(address).await?;
    let mut vaults = Vec::new();
    for number in 0..VAULTS {
        let details = VaultDetails { name: format!("Vault {number}"), ..VaultDetails::default() };
        vaults.push(client.create_vault(&NewVault { details, kind: VaultKind::Shared }).await?);
    }
    let held: Vec<VaultGrant> = vaults.iter().take(HELD).map(|vault| grant(*vault)).collect();
    join(&client, address, &held).await?;
    let mut tokens = Vec::new();
    for number in 0..MEMBERS - 2 {
        // The founder and who leaves are two of the holders.
        let grants = if number < HOLDERS - 2 { held.clone() } else { Vec::new() };
        let terms = ServiceTerms { expires: None, hosts: Vec::new(), scope: ServiceScope::Roles, vault: None };
        let login_name = LoginName::parse(&format!("service-{number}"))?;
        tokens.push(client.admit_service(&NewService { login_name, terms, grants }).await?);
    }
    let further = vaults.iter().skip(HELD);
    let pairs = further.flat_map(|vault| tokens.iter().map(move |token| (*vault, token.member())));
    for (vault, member) in pairs {
        if client.places().0 + 1 >= STATEMENTS {
            break;
        }
        client.set_grant(vault, member, VaultRole::User).await?;
    }
    client.sync(|_| {}).await?;
    Ok((client, tokens))
}

fn grant(vault: VaultId) -> VaultGrant {
    VaultGrant { vault, role: VaultRole::User }
}

/// Somebody joins by a link.
async fn join(client: &Client, address: SocketAddr, grants: &[VaultGrant]) -> Result<()> {
    let link = client.invite(grants, A_DAY).await?;
    let api = Api::new(Capture::new(address).0);
    let origin = format!("http://{address}");
    let mut opened = open_invitation(&api, &team::surroundings(), link, &origin).await?;
    let new = Joining { login_name: LoginName::parse(LEAVER)?, password: SecretText::from(team::PASSWORD) };
    opened.join(&api, &team::surroundings(), &new).await?;
    client.sync(|_| {}).await?;
    Ok(())
}

/// How long a change takes until everyone has heard of it who listens.
async fn streams(client: &Client, tokens: &[ServiceToken], address: SocketAddr) -> Result<()> {
    let origin = format!("http://{address}");
    let mut listening = Vec::new();
    let begun = crate::opening::now();
    for token in tokens {
        let (capture, control) = Capture::new(address);
        let session = sign_in_service(Api::new(capture), team::surroundings(), token, &origin, "bench", None).await?;
        control.set(Mode::KeepAndFail);
        let _ = session.open_events().await;
        let asked = control.take().pop().context("nothing was asked")?;
        listening.push(listen(address, asked).await?);
    }
    println!("  {} services signed in and listening     {:>8.0} ms", tokens.len(), millis(begun.elapsed()));
    let begun = crate::opening::now();
    let details = VaultDetails { name: "One more".to_owned(), ..VaultDetails::default() };
    client.create_vault(&NewVault { details, kind: VaultKind::Shared }).await?;
    for stream in &mut listening {
        heard(stream).await?;
    }
    println!("  a change, until all of them have heard   {:>8.0} ms", millis(begun.elapsed()));
    Ok(())
}

/// Opens a stream of hints, and waits until it says that it is open.
async fn listen(address: SocketAddr, asked: Prepared) -> Result<hyper::body::Incoming> {
    let mut connection = Connection::open(address).await?;
    let mut stream = connection.open_stream(&asked).await?;
    heard(&mut stream).await?;
    Ok(stream)
}

/// Waits for the next line of a stream.
async fn heard(stream: &mut hyper::body::Incoming) -> Result<Bytes> {
    let next = tokio::time::timeout(Duration::from_secs(10), stream.frame()).await?;
    let frame = next.context("the stream ended")??;
    frame.into_data().map_err(|_| anyhow::anyhow!("no data"))
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
