//! Resident memory of the program itself: idle, and after eight clients have synchronised 10,000 entries.

use crate::{
    load::{self, Prepared},
    team,
};
use anyhow::{Context, Result, ensure};
use std::{
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

/// The program, ended when this is dropped.
pub struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Program {
    pub async fn start(program: &Path, data: &Path, address: SocketAddr) -> Result<Self> {
        let child = Command::new(program)
            .arg("serve")
            .arg("--data")
            .arg(data)
            .arg("--listen")
            .arg(address.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("the program does not start")?;
        let program = Self(child);
        for _ in 0..2_000 {
            if tokio::net::TcpStream::connect(address).await.is_ok() {
                return Ok(program);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        anyhow::bail!("the program does not answer")
    }

    /// A program that was started.
    pub fn of(child: Child) -> Self {
        Self(child)
    }

    /// Resident memory in MiB.
    pub fn resident(&self) -> Result<f64> {
        self.memory("VmRSS:")
    }

    /// The most that it ever was.
    pub fn peak(&self) -> Result<f64> {
        self.memory("VmHWM:")
    }

    fn memory(&self, name: &str) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(name)).context("no such line")?;
        let kib: f64 = line.trim().trim_end_matches(" kB").trim().parse()?;
        Ok(kib / 1_024.0)
    }
}

pub async fn measure(binary: &Path, folder: &Path) -> Result<()> {
    println!("\nResident memory of the program");
    std::fs::create_dir_all(folder)?;
    let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let program = Program::start(binary, folder, address).await?;
    println!("  {:<44} {:>6.1} MiB", "empty and idle", program.resident()?);
    let (client, control) = team::found(address).await?;
    let (vault, _) = team::fill_vault(&client, "memory", 9_998).await?;
    let team = client.device().team;
    let request = Prepared {
        method: "GET",
        target: format!("/v1/teams/{team}/vaults/{vault}/sync?after=0"),
        token: Some(crate::token_of(&client, &control).await?),
        content_type: "application/cbor",
        accept: "application/cbor-seq",
        forwarded_for: None,
        body: bytes::Bytes::new(),
    };
    drop(program);
    let program = Program::start(binary, folder, address).await?;
    println!("  {:<44} {:>6.1} MiB", "started on 10,000 entries, idle", program.resident()?);
    let load = load::run(address, vec![vec![request]; 8]).await?;
    ensure!(load.requests == 8, "not all synchronised");
    println!("  {:<44} {:>6.1} MiB", "after 8 clients synchronised 10,000 entries", program.resident()?);
    Ok(())
}
