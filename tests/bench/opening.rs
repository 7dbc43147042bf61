//! Where the time of opening a full catalog goes, natively: fetched from the server, and restored from what a device
//! keeps. The browser's own figures come from `bench.js`; the ratios are the same.

use crate::{capture::Capture, team};
use anyhow::{Context, Result};
use sealward_client::{
    api::Api,
    session::{ChunkName, HandoverKey},
};
use sealward_contract::record::RecordKind;
use std::{
    collections::BTreeSet,
    path::Path,
    time::{Duration, Instant},
};

/// Measures so many accounts, each on a resource of its own.
pub async fn measure(folder: &Path, accounts: u32) -> Result<()> {
    let (server, address) = crate::start(folder).await?;
    let (client, _) = team::found(address).await?;
    let vault = team::fill_pairs(&client, "opening", accounts).await?;
    println!("\nOpening {accounts} accounts on {accounts} resources");
    let fresh = || -> Result<_> {
        let key = HandoverKey::make(client.surroundings());
        let envelope = client.hand_over(&key.request()).context("nothing was handed over")?;
        Ok(key.take_over(Api::new(Capture::new(address).0), team::surroundings(), &envelope)?)
    };
    let session = fresh()?;
    tell("from the server: fetch, parse, check", timed(|| session.sync(|_| {})).await?);
    let read = |kind| {
        let vaults = session.vaults();
        let entries = vaults.get(&vault).into_iter().flat_map(|view| view.entries());
        entries.filter(|(key, entry)| key.kind == kind && entry.details().is_ok()).count()
    };
    let begun = now();
    anyhow::ensure!(read(RecordKind::Resource) == accounts as usize, "all resources open");
    tell("  open the resources, for the first list", begun.elapsed());
    let begun = now();
    read(RecordKind::Account);
    tell("  open the accounts, in the background", begun.elapsed());

    let begun = now();
    let plan = session.plan_cache(None, &BTreeSet::new(), &|_, _| None).context("nothing to keep")?;
    let mut chunks = Vec::new();
    for name in plan.missing() {
        let sealing = session.make_chunk(&plan, name, &|_, _| None)?;
        chunks.push((*name, sealing.finish()?.to_wire()));
    }
    let manifest = session.seal_manifest(&plan).context("nothing to keep")?;
    tell("writing it down, all of it", begun.elapsed());
    let bytes: usize = chunks.iter().map(|(_, bytes)| bytes.len()).sum();
    println!("    {} chunks, {:.1} MiB", chunks.len(), bytes as f64 / 1_048_576.0);

    let session = fresh()?;
    let begun = now();
    let mut restoring = session.begin_restoring(&manifest)?;
    tell("from what is kept: chain and keys", begun.elapsed());
    let wanted: Vec<ChunkName> = restoring.wanted().collect();
    let (mut opened, mut taken) = (Duration::ZERO, Duration::ZERO);
    for (name, bytes) in &chunks {
        let begun = now();
        let chunk = session.begin_chunk(&restoring, name, bytes).context("a chunk does not open")?.finish()?;
        opened += begun.elapsed();
        let begun = now();
        session.take_chunk(&mut restoring, name, &chunk)?;
        taken += begun.elapsed();
    }
    anyhow::ensure!(wanted.len() == chunks.len(), "all chunks are wanted");
    tell("  decrypt (the browser's own cipher in the page)", opened);
    tell("  parse, check, take", taken);
    let begun = now();
    {
        let vaults = session.vaults();
        let entries = vaults.get(&vault).into_iter().flat_map(|view| view.entries());
        entries.filter(|(key, entry)| key.kind == RecordKind::Resource && entry.details().is_ok()).count();
    }
    tell("  decode the resources, for the first list", begun.elapsed());
    tell("what changed since: nothing", timed(|| session.sync(|_| {})).await?);
    server.close().await?;
    Ok(())
}

fn tell(what: &str, time: Duration) {
    println!("  {what:<52} {:>9.1} ms", time.as_secs_f64() * 1_000.0);
}

async fn timed<R, E, F: Future<Output = Result<R, E>>>(act: impl FnOnce() -> F) -> Result<Duration, E> {
    let begun = now();
    act().await?;
    Ok(begun.elapsed())
}

#[expect(clippy::disallowed_methods, reason = "measuring is what this program is for")]
pub fn now() -> Instant {
    Instant::now()
}
