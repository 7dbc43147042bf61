//! What this machine could do at best, measured in the same run: the disk's fsyncs, signature checks, redb alone, a bare
//! route, and Argon2.

use crate::load::{self, Prepared};
use anyhow::{Context, Result};
use axum::{Router, routing::any};
use bytes::Bytes;
use redb::{Database, TableDefinition};
use sealward_client::crypto::{
    password::{SecretKey, stretch},
    randomness::OsRandom,
    signing::SigningKey,
};
use sealward_contract::crypto::context::Label;
use std::{
    fs::File,
    hint::black_box,
    io::Write,
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant},
};

const ROWS: TableDefinition<&[u8], &[u8]> = TableDefinition::new("rows");

/// How often `act` can be done in a second, over about so many milliseconds.
pub fn rate(millis: u64, mut act: impl FnMut() -> Result<()>) -> Result<f64> {
    act()?;
    #[expect(clippy::disallowed_methods, reason = "measuring is what this program is for")]
    let begun = Instant::now();
    let mut count = 0_u32;
    while begun.elapsed() < Duration::from_millis(millis) {
        act()?;
        count += 1;
    }
    Ok(f64::from(count) / begun.elapsed().as_secs_f64())
}

/// fsyncs of 4 KiB a second.
pub fn fsyncs(folder: &Path) -> Result<f64> {
    let mut file = File::create(folder.join("fsync"))?;
    rate(1_000, || {
        file.write_all(&[7; 4_096])?;
        file.sync_data().context("the disk does not sync")
    })
}

/// Ed25519 signature checks a second on one core.
pub fn signature_checks() -> Result<f64> {
    let key = SigningKey::make(&mut OsRandom::new());
    let bytes = [7; 300];
    let signature = key.sign_bytes(Label::Record, &bytes);
    let public = key.public();
    rate(500, || black_box(&public).verify(Label::Record, black_box(&bytes), &signature).context("does not verify"))
}

/// Stretches of a password a second.
pub fn stretches() -> Result<f64> {
    let key = SecretKey::make(&mut OsRandom::new());
    rate(2_000, || stretch(black_box("correct horse battery staple"), &key).map(drop).context("no memory"))
}

/// Writes a second of redb alone: the rows of one write each, so many writes in one durable commit.
pub fn redb_writes(folder: &Path, in_a_commit: usize, rows: &[usize]) -> Result<f64> {
    let database = Database::create(folder.join(format!("alone-{in_a_commit}.redb")))?;
    let mut random = OsRandom::new();
    let commits = rate(2_000, || {
        let mut transaction = database.begin_write()?;
        transaction.set_quick_repair(true);
        {
            let mut table = transaction.open_table(ROWS)?;
            for _ in 0..in_a_commit {
                for length in rows {
                    let mut key = [0; 24];
                    rand_core::Rng::fill_bytes(&mut random, &mut key);
                    table.insert(key.as_slice(), vec![7; *length].as_slice())?;
                }
            }
        }
        transaction.commit().context("the commit failed")
    })?;
    Ok(commits * in_a_commit as f64)
}

/// Serves `body` on every path, takes any request whole, and does nothing else.
pub async fn bare_route(body: Vec<u8>) -> Result<SocketAddr> {
    let body = Bytes::from(body);
    let router = Router::new().fallback(any(move |_: Bytes| std::future::ready(body.clone())));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

/// Requests a second to a bare route that answers so many bytes to requests of so many bytes.
pub async fn bare(clients: usize, each: usize, request: usize, answer: usize) -> Result<f64> {
    let address = bare_route(vec![7; answer]).await?;
    let prepared = Prepared {
        method: "POST",
        target: "/".to_owned(),
        token: None,
        content_type: "application/cbor",
        accept: "*/*",
        forwarded_for: None,
        body: Bytes::from(vec![7; request]),
    };
    load::run(address, vec![vec![prepared.clone(); each.min(50)]; clients]).await?;
    Ok(load::run(address, vec![vec![prepared; each]; clients]).await?.per_second())
}
