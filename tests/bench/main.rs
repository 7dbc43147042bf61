//! Measures the server against the limits of the machine it runs on, taken in the same run: `cargo xtask bench`.
//!
//! Machines are noisy, so what counts are ratios. The server runs in this process on a real socket, its data on a disk;
//! requests are made beforehand where that is possible, so that the load costs little. Memory is measured on the
//! program itself, in a process of its own.
#![expect(clippy::print_stdout, reason = "this program prints a report")]

mod capture;
mod command_line;
mod gateway;
mod growth;
mod hand;
mod limits;
mod load;
mod memory;
mod opening;
mod people;
mod plot;
mod requests;
mod team;

use anyhow::{Context, Result};
use capture::{Control, Mode};
use load::{Load, Prepared};
use sealward_client::crypto::password::stretch;
use sealward_contract::{
    ids::{ObjectId, VaultId},
    operations::{
        session::{Challenge, ChallengeFor, NewSession},
        wire::Format,
    },
    session::SignIn,
    suite::SUITE,
};
use sealward_server::{
    config::{Config, CreateTeam, DataPlace},
    server::Server,
    surroundings::{SystemClock, SystemRandom},
};
use std::{net::SocketAddr, path::PathBuf, sync::Arc};
use team::Client;

const CLIENTS: [usize; 3] = [1, 8, 32];
const VAULTS: usize = 32;
/// Length of the rows that one write of one record puts: record, entry, change, head, rest, audit event, team.
const ROWS_OF_A_WRITE: [usize; 7] = [900, 140, 0, 420, 32, 620, 120];

fn main() -> Result<()> {
    let folder = argument("--data").unwrap_or_else(|| PathBuf::from("target/bench"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).context("no folder to measure in")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, async {
        // Each of these alone, or all that is measured in this process.
        if let Some(address) = argument("--fill-people") {
            return people::fill(address.to_str().context("no address")?.parse()?).await;
        }
        if std::env::args().any(|argument| argument == "--people") {
            return people::measure(&folder).await;
        }
        if std::env::args().any(|argument| argument == "--requests") {
            let limits = (std::thread::available_parallelism()?.get() as f64, limits::signature_checks()?);
            let (server, address) = start(&folder).await?;
            requests::measure(&folder, address, limits).await?;
            return server.close().await.context("the server did not close");
        }
        if let Some(program) = argument("--command-line") {
            let (server, address) = start(&folder).await?;
            gateway::measure(&program, &folder, address).await?;
            command_line::measure(&program, &folder, address)?;
            return server.close().await.context("the server did not close");
        }
        match (argument("--growth"), argument("--opening"), argument("--server")) {
            (Some(most), _, Some(server)) => {
                let plot = argument("--plot");
                growth::measure(&server, &folder.join("growth"), number(&most)?, plot.as_deref()).await
            }
            (_, Some(accounts), _) => opening::measure(&folder, number(&accounts)?).await,
            _ => measure(folder).await,
        }
    })
}

/// The value of an argument.
fn argument(name: &str) -> Option<PathBuf> {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    arguments.nth(1).map(PathBuf::from)
}

fn number(argument: &std::path::Path) -> Result<u32> {
    argument.to_str().and_then(|text| text.parse().ok()).context("not a number")
}

async fn measure(folder: PathBuf) -> Result<()> {
    let cores = std::thread::available_parallelism()?.get() as f64;
    println!("\nLimits of this machine ({cores} cores)");
    let fsyncs = limits::fsyncs(&folder)?;
    let checks = limits::signature_checks()?;
    let redb = limits::redb_writes(&folder, 32, &ROWS_OF_A_WRITE)?;
    println!("  fsync of 4 KiB               {fsyncs:>10.0} /s");
    println!("  signature check, one core    {checks:>10.0} /s");
    println!("  redb alone, commits of 32    {redb:>10.0} writes/s");
    println!("  Argon2id, native             {:>10.2} s each", 1.0 / limits::stretches()?);

    let (server, address) = start(&folder).await?;
    let (client, control) = team::found(address).await?;
    measure_writes(&server, &client, &control, address, (cores, checks, redb)).await?;
    measure_one_vault(&client, address).await?;
    measure_batches(&client, &control, address).await?;
    measure_syncs(&client, &control, address).await?;
    measure_releases(&client, &control, address).await?;
    requests::measure(&folder, address, (cores, checks)).await?;
    // Last: so many new sessions end the oldest ones.
    measure_sign_ins(&client, address).await?;
    server.close().await?;
    match argument("--server") {
        Some(program) => memory::measure(&program, &folder.join("memory")).await,
        None => Ok(()),
    }
}

async fn start(folder: &std::path::Path) -> Result<(Arc<Server>, SocketAddr)> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let data = folder.join("data");
    std::fs::create_dir_all(&data)?;
    let config = Config {
        data: DataPlace::Folder(data),
        listen: address,
        create_team: CreateTeam::Open,
        cache: 64 << 20,
        trusted_proxies: vec!["127.0.0.0/8".parse()?],
        ..Config::in_memory(&format!("http://{address}"))
    };
    let server = Arc::new(Server::open(config, Arc::new(SystemClock), Arc::new(SystemRandom))?);
    let service = server.router().into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    Ok((server, address))
}

fn print(what: &str, clients: usize, load: &Load) {
    println!(
        "  {what:<28} {clients:>3} clients {:>9.0} /s   median {:>8.2} ms   99 % {:>8.2} ms",
        load.per_second(),
        load.quantile(0.5),
        load.quantile(0.99)
    );
}

/// The token of a client's session, as it stands in its requests.
async fn token_of(client: &Client, control: &Control) -> Result<String> {
    control.set(Mode::KeepAndFail);
    let _ = client.list_sessions().await;
    control.set(Mode::Send);
    control.take().pop().and_then(|request| request.token).context("no token")
}

async fn measure_sign_ins(client: &Client, address: SocketAddr) -> Result<()> {
    println!("\nSign-in (challenge and session; the password's stretching is the client's)");
    let (team, login_name, login_key) = {
        let device = client.device();
        let root = stretch(team::PASSWORD, &device.secret_key)?;
        (device.team, device.login_name.clone(), root.login_key(&device.team))
    };
    let tag = sealward_client::session::kit_tag(&client.device().secret_key, &team);
    let login_key = Arc::new(login_key);
    for clients in CLIENTS {
        let each = 240 / clients;
        let mut tasks = Vec::new();
        #[expect(clippy::disallowed_methods, reason = "measuring is what this program is for")]
        let begun = std::time::Instant::now();
        for client in 0..clients {
            let (login_name, login_key) = (login_name.clone(), Arc::clone(&login_key));
            tasks.push(tokio::spawn(async move {
                let mut connection = load::Connection::open(address).await?;
                for index in 0..each {
                    // Sign-ins are limited by address: these come from many, as a team's do.
                    let from = format!("10.{clients}.{client}.{}", index / 50);
                    let body = ChallengeFor { team, login_name: login_name.clone() };
                    let (_, _, answer) = connection.send(&post("/v1/challenges", &from, &body), true).await?;
                    let challenge: Challenge = Format::Cbor.read(&answer).context("no challenge")?;
                    let signed = login_key.sign(SignIn {
                        suite: SUITE,
                        origin: format!("http://{address}"),
                        team,
                        login_name: login_name.clone(),
                        nonce: challenge.nonce,
                    });
                    let body = NewSession { sign_in: signed.to_wire(), kit_tag: tag, device: "bench".to_owned() };
                    let (status, _, answer) = connection.send(&post("/v1/sessions", &from, &body), true).await?;
                    anyhow::ensure!(status < 300, "{}", String::from_utf8_lossy(&answer));
                }
                anyhow::Ok(())
            }));
        }
        for task in tasks {
            task.await??;
        }
        let rate = (each * clients) as f64 / begun.elapsed().as_secs_f64();
        println!("  {:<28} {clients:>3} clients {rate:>9.0} /s", "sign-in");
    }
    Ok(())
}

fn post<B: serde::Serialize>(target: &str, from: &str, body: &B) -> Prepared {
    Prepared {
        method: "POST",
        target: target.to_owned(),
        token: None,
        content_type: "application/cbor",
        accept: "application/cbor",
        forwarded_for: Some(from.to_owned()),
        body: Format::Cbor.write(body).into(),
    }
}

async fn measure_writes(
    server: &Server,
    client: &Client,
    control: &Control,
    address: SocketAddr,
    (cores, checks, redb): (f64, f64, f64),
) -> Result<()> {
    println!("\nOne durable write of one record, over {VAULTS} vaults");
    let mut vaults: Vec<(VaultId, ObjectId)> = Vec::new();
    for index in 0..VAULTS {
        let (vault, accounts) = team::fill_vault(client, &format!("vault {index}"), 20).await?;
        vaults.push((vault, *accounts.first().context("no account")?));
    }
    for clients in CLIENTS {
        let each = 4_000 / VAULTS;
        let mut lists: Vec<Vec<Prepared>> = vec![Vec::new(); clients];
        control.set(Mode::KeepAndAccept);
        let mut per_vault = Vec::new();
        for (vault, account) in &vaults {
            for index in 0..each {
                team::touch(client, *vault, *account, index).await?;
            }
            per_vault.push(control.take());
        }
        control.set(Mode::Send);
        // A vault's writes follow each other, so they stay on one connection; its vaults take turns.
        for index in 0..each {
            for (vault, requests) in per_vault.iter().enumerate() {
                if let (Some(list), Some(request)) = (lists.get_mut(vault % clients), requests.get(index)) {
                    list.push(request.clone());
                }
            }
        }
        let size = per_vault.first().and_then(|requests| requests.first()).map_or(0, |request| request.body.len());
        let bare = limits::bare(clients, 4_000 / clients, size, 80).await?;
        let commits = server.app().store.commits();
        let load = load::run(address, lists).await?;
        let commits = (server.app().store.commits() - commits) as f64 / load.requests as f64;
        print("durable write", clients, &load);
        // What the same cores could do if a write were only this: each part's share of core time, added up.
        let core_seconds = cores / bare + 2.0 / checks + 1.0 / redb;
        let ceiling = cores / core_seconds;
        println!(
            "    bare route {bare:.0} /s, ceiling {ceiling:.0} /s: {:.2} of the ceiling; {commits:.2} syncs a write",
            load.per_second() / ceiling
        );
    }
    Ok(())
}

async fn measure_one_vault(client: &Client, address: SocketAddr) -> Result<()> {
    println!("\nOne durable write of one record, all in one vault (each writer follows the others and signs anew)");
    let (vault, accounts) = team::fill_vault(client, "contended", 40).await?;
    for clients in CLIENTS {
        let each = 1_200 / clients;
        let mut writers = Vec::new();
        for _ in 0..clients {
            writers.push(team::join(client, address).await?);
        }
        #[expect(clippy::disallowed_methods, reason = "measuring is what this program is for")]
        let begun = std::time::Instant::now();
        let mut tasks = Vec::new();
        for (writer, account) in writers.into_iter().zip(accounts.iter().copied()) {
            tasks.push(tokio::task::spawn_local(async move {
                for index in 0..each {
                    team::touch(&writer, vault, account, index).await?;
                }
                anyhow::Ok(())
            }));
        }
        for task in tasks {
            task.await??;
        }
        let rate = (each * clients) as f64 / begun.elapsed().as_secs_f64();
        println!("  {:<28} {clients:>3} clients {rate:>9.0} /s", "write in one vault");
    }
    client.sync(|_| {}).await?;
    Ok(())
}

async fn measure_batches(client: &Client, control: &Control, address: SocketAddr) -> Result<()> {
    println!("\nBatch of 999 records (333 new accounts with secret and facts)");
    for clients in CLIENTS {
        let mut lists = Vec::new();
        for index in 0..clients {
            let (vault, _) = team::fill_vault(client, &format!("batch {clients}-{index}"), 1).await?;
            let numbers = client.take_numbers(333).await?;
            control.set(Mode::KeepAndAccept);
            let drafts = team::more_accounts(client, vault, numbers)?;
            let (_, kept) = client.write_many(vault, drafts, |_| {}).await;
            kept?;
            control.set(Mode::Send);
            lists.push(control.take());
        }
        let load = load::run(address, lists).await?;
        print("batch", clients, &load);
        println!("    {:.0} records/s", load.per_second() * 999.0);
    }
    Ok(())
}

async fn measure_syncs(client: &Client, control: &Control, address: SocketAddr) -> Result<()> {
    println!("\nSync of a whole vault");
    let token = token_of(client, control).await?;
    let team = client.device().team;
    for entries in [100_u32, 1_000, 10_000] {
        let (vault, _) = team::fill_vault(client, &format!("sync {entries}"), entries - 2).await?;
        let request = Prepared {
            method: "GET",
            target: format!("/v1/teams/{team}/vaults/{vault}/sync?after=0"),
            token: Some(token.clone()),
            content_type: "application/cbor",
            accept: "application/cbor-seq",
            forwarded_for: None,
            body: bytes::Bytes::new(),
        };
        for clients in CLIENTS {
            let each = (40_000 / entries as usize / clients).clamp(4, 400);
            let first = load::run(address, vec![vec![request.clone()]]).await?;
            let load = load::run(address, vec![vec![request.clone(); each]; clients]).await?;
            let bare = limits::bare(clients, each, 0, usize::try_from(first.bytes)?).await?;
            print(&format!("sync of {entries} ({} KiB)", first.bytes / 1_024), clients, &load);
            println!("    bare route {bare:.0} /s: {:.2} of it", load.per_second() / bare);
        }
    }
    Ok(())
}

async fn measure_releases(client: &Client, control: &Control, address: SocketAddr) -> Result<()> {
    println!("\nRelease of a secret (signed request, durable audit event)");
    let (vault, accounts) = team::fill_vault(client, "release", 100).await?;
    for clients in CLIENTS {
        control.set(Mode::KeepAndFail);
        let mut lists: Vec<Vec<Prepared>> = vec![Vec::new(); clients];
        for index in 0..2_000 {
            let account = accounts.get(index % accounts.len()).context("no account")?;
            let _ = client.release(vault, *account).await;
            if let (Some(list), Some(request)) = (lists.get_mut(index % clients), control.take().pop()) {
                list.push(request);
            }
        }
        control.set(Mode::Send);
        let load = load::run(address, lists).await?;
        print("release", clients, &load);
    }
    Ok(())
}
