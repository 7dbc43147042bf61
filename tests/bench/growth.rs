//! How the server grows with what it keeps: size of the file, time to start, memory, and latencies, from 1,000 records to
//! 200,000 in one vault, which is the worst case. The records come from the real client; the program runs in a process
//! of its own.

use crate::{
    capture::Control,
    load::{self, Prepared},
    memory::Program,
    plot::{self, Panel},
    team::{self, Client},
};
use anyhow::{Context, Result, ensure};
use sealward_contract::ids::{ObjectId, VaultId};
use std::{
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant},
};

/// Records of each stage, secrets and facts included.
const STAGES: [u32; 6] = [1_000, 5_000, 20_000, 50_000, 100_000, 200_000];
/// An account is three records: itself, its secret, its facts.
const RECORDS_OF_AN_ACCOUNT: u32 = 3;
/// Accounts that are made at once: their records fit into one batch.
const ACCOUNTS_AT_ONCE: usize = 300;
/// Clients that synchronise everything at the same time, for the memory that it takes.
const READERS: usize = 4;
/// Connections that a client keeps at most.
const CONNECTIONS: usize = 8;
/// Repetitions of each request.
const TIMES: usize = 40;

/// One stage.
struct Stage {
    records: f64,
    file: f64,
    start: f64,
    idle: f64,
    peak: f64,
    write: f64,
    release: f64,
    delta: f64,
    whole: f64,
}

/// Measures up to `most` records, prints a table, and draws it where `picture` says.
pub async fn measure(server: &Path, folder: &Path, most: u32, picture: Option<&Path>) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let mut program = Program::start(server, folder, address).await?;
    let (client, control) = team::found(address).await?;
    let (vault, mut accounts) = team::fill_vault(&client, "growth", 10).await?;
    println!("\nGrowth of one vault\n");
    println!(
        "| records | file, MiB | start, s | idle, MiB | peak, MiB | write, ms | release, ms | sync of one change, ms | sync of all, s |"
    );
    println!("|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    let mut stages = Vec::new();
    for records in STAGES.into_iter().filter(|records| *records <= most) {
        let wanted = (records / RECORDS_OF_AN_ACCOUNT) as usize;
        while accounts.len() < wanted {
            let numbers = client.take_numbers(u32::try_from((wanted - accounts.len()).min(ACCOUNTS_AT_ONCE))?).await?;
            let drafts = team::more_accounts(&client, vault, numbers)?;
            accounts.extend(drafts.iter().step_by(RECORDS_OF_AN_ACCOUNT as usize).map(|draft| draft.key.id));
            client.write_many(vault, drafts, |_| {}).await.1?;
        }
        drop(program);
        let begun = now();
        program = Program::start(server, folder, address).await?;
        let start = begun.elapsed();
        let idle = program.resident()?;
        reconnect(&client).await?;
        let at = Measured { client: &client, control: &control, address, vault, accounts: &accounts };
        let (write, delta) = at.writes().await?;
        let release = at.releases().await?;
        let whole = at.whole_syncs().await?;
        let stage = Stage {
            records: f64::from(records),
            file: size(folder)?,
            start: start.as_secs_f64(),
            idle,
            peak: program.peak()?,
            write,
            release,
            delta,
            whole,
        };
        println!(
            "| {} | {:.1} | {:.2} | {:.0} | {:.0} | {:.2} | {:.2} | {:.2} | {:.2} |",
            records,
            stage.file,
            stage.start,
            stage.idle,
            stage.peak,
            stage.write,
            stage.release,
            stage.delta,
            stage.whole
        );
        stages.push(stage);
    }
    match picture {
        Some(path) => draw(path, &stages),
        None => Ok(()),
    }
}

/// The connections to the program that was ended are found dead one by one.
async fn reconnect(client: &Client) -> Result<()> {
    for _ in 0..CONNECTIONS {
        if client.sync(|_| {}).await.is_ok() {
            return Ok(());
        }
    }
    client.sync(|_| {}).await.map(drop).context("the program that was started anew")
}

fn draw(path: &Path, stages: &[Stage]) -> Result<()> {
    let line =
        |name, value: fn(&Stage) -> f64| (name, stages.iter().map(|stage| (stage.records, value(stage))).collect());
    let panels = [
        Panel { title: "File, MiB", lines: vec![line("data file", |stage| stage.file)] },
        Panel { title: "Start, ms", lines: vec![line("until it answers", |stage| stage.start * 1_000.0)] },
        Panel {
            title: "Resident memory, MiB",
            lines: vec![line("idle", |stage| stage.idle), line("peak, 4 whole syncs", |stage| stage.peak)],
        },
        Panel {
            title: "Median latency, ms",
            lines: vec![
                line("write", |stage| stage.write),
                line("release", |stage| stage.release),
                line("sync of one change", |stage| stage.delta),
            ],
        },
    ];
    std::fs::write(path, plot::draw(&panels)).context("the plot cannot be written")
}

struct Measured<'a> {
    client: &'a Client,
    control: &'a Control,
    address: SocketAddr,
    vault: VaultId,
    accounts: &'a [ObjectId],
}

impl Measured<'_> {
    /// Medians of one write and of synchronising it, in milliseconds; the client's part is in them.
    async fn writes(&self) -> Result<(f64, f64)> {
        let reader = team::join(self.client, self.address).await?;
        let (mut writes, mut deltas) = (Vec::new(), Vec::new());
        for index in 0..TIMES {
            let account = self.accounts.get(index * 7 % self.accounts.len()).context("no account")?;
            let begun = now();
            team::touch(self.client, self.vault, *account, index).await?;
            writes.push(begun.elapsed());
            let begun = now();
            ensure!(reader.sync_one(self.vault).await? == 1, "one change was made");
            deltas.push(begun.elapsed());
        }
        Ok((median(writes), median(deltas)))
    }

    async fn releases(&self) -> Result<f64> {
        let mut times = Vec::new();
        for index in 0..TIMES {
            let account = self.accounts.get(index * 11 % self.accounts.len()).context("no account")?;
            let begun = now();
            self.client.release(self.vault, *account).await?;
            times.push(begun.elapsed());
        }
        Ok(median(times))
    }

    /// Several whole synchronisations at the same time, and how long the slowest took in seconds.
    async fn whole_syncs(&self) -> Result<f64> {
        let team = self.client.device().team;
        let request = Prepared {
            method: "GET",
            target: format!("/v1/teams/{team}/vaults/{}/sync?after=0", self.vault),
            token: Some(crate::token_of(self.client, self.control).await?),
            content_type: "application/cbor",
            accept: "application/cbor-seq",
            forwarded_for: None,
            body: bytes::Bytes::new(),
        };
        Ok(load::run(self.address, vec![vec![request]; READERS]).await?.quantile(1.0) / 1_000.0)
    }
}

/// Size of all files in a folder in MiB.
fn size(folder: &Path) -> Result<f64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes as f64 / 1_048_576.0)
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times.get(times.len() / 2).map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
}

#[expect(clippy::disallowed_methods, reason = "measuring is what this program is for")]
fn now() -> Instant {
    Instant::now()
}
