//! The `sealward-server` program: `serve`, and what is done for its data from the command line.

use std::{
    io::{IsTerminal, Write},
    net::TcpListener,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use anyhow::Context;
use clap::{Args, CommandFactory, Parser, Subcommand};
use sealward_server::{
    Config, Server,
    config::{DataPlace, Settings, check_environment},
    http::listen,
    jobs::{self, audit_log::AuditLog},
    maintenance, metrics,
    server::App,
    setup_code::SetupCode,
    surroundings::{Clock, SystemClock, SystemRandom},
    webhooks,
};
use tokio::task::JoinHandle;
use tracing_subscriber::EnvFilter;

/// A team vault whose server cannot read it.
#[derive(Parser)]
#[command(name = "sealward-server", version)]
struct Program {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server
    Serve(Box<Serve>),
    /// Print the one-time code that the first team of a server beyond loopback needs
    SetupCode(DataFolder),
    /// Copy the data into a new file, as it is at this moment; the server may run
    Backup(Backup),
    /// Put a backup into an empty data folder, after verifying it
    Restore(Restore),
    /// Check the data of a folder, or a backup: chains, heads, records, rights, signatures
    Verify(Verify),
}

#[derive(Args)]
struct Serve {
    /// Read settings from a TOML file; its keys are the names of the flags
    #[arg(long, env = "SEALWARD_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Read from a file by how many milliseconds the clock is ahead; for tests, in builds for development alone
    #[cfg(debug_assertions)]
    #[arg(long, hide = true, value_name = "FILE")]
    clock_ahead: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
}

impl Serve {
    #[cfg(debug_assertions)]
    fn clock(&self) -> Arc<dyn Clock> {
        match &self.clock_ahead {
            Some(file) => Arc::new(sealward_server::surroundings::ShiftedClock(file.clone())),
            None => Arc::new(SystemClock),
        }
    }

    #[cfg(not(debug_assertions))]
    fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(SystemClock)
    }
}

#[derive(Args)]
struct DataFolder {
    /// Folder of the data file
    #[arg(long, env = "SEALWARD_DATA", value_name = "DIR")]
    data: PathBuf,
}

/// What `verify` ends with when there are findings; 1 means that it could not verify.
const UNSOUND: u8 = 2;

#[derive(Args)]
struct Backup {
    /// The file to make
    file: PathBuf,
    #[command(flatten)]
    folder: DataFolder,
}

#[derive(Args)]
struct Restore {
    /// The backup
    file: PathBuf,
    #[command(flatten)]
    folder: DataFolder,
}

#[derive(Args)]
struct Verify {
    /// A backup, or the data file of a stopped server
    #[arg(required_unless_present = "data")]
    file: Option<PathBuf>,
    /// Folder of the data file; the server may run
    #[arg(long, env = "SEALWARD_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
}

fn main() -> ExitCode {
    let program = Program::parse();
    let done = match program.command {
        Command::Serve(serve) => run(*serve).map(|()| true),
        Command::SetupCode(folder) => print_setup_code(&folder).map(|()| true),
        Command::Backup(Backup { file, folder }) => back_up(&folder.data, &file).map(|()| true),
        Command::Restore(Restore { file, folder }) => put_back(&file, &folder.data).map(|()| true),
        Command::Verify(verify) => check(&verify),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(UNSOUND),
        Err(error) => {
            // A broken standard error leaves nothing to be done.
            drop(writeln!(std::io::stderr(), "sealward-server: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn print_setup_code(folder: &DataFolder) -> anyhow::Result<()> {
    let code = SetupCode::read(&folder.data)?;
    let code = code.context("no set-up code is needed: a team exists, or `serve` has not run beyond loopback yet")?;
    writeln!(std::io::stdout(), "{}", code.expose())?;
    Ok(())
}

fn back_up(folder: &Path, file: &Path) -> anyhow::Result<()> {
    let backed = maintenance::backup::backup(folder, file)?;
    writeln!(std::io::stdout(), "{}: {} rows, {} bytes", file.display(), backed.rows, backed.bytes)?;
    Ok(())
}

fn put_back(file: &Path, folder: &Path) -> anyhow::Result<()> {
    let mut lines = Vec::new();
    let restored = maintenance::restore::restore(file, folder, &mut |report| lines = report.lines());
    print_lines(&lines)?;
    restored?;
    writeln!(std::io::stdout(), "restored into {}; everybody signs in again", folder.display())?;
    Ok(())
}

/// Whether the data is sound.
fn check(verify: &Verify) -> anyhow::Result<bool> {
    let (lines, sound) = match (&verify.file, &verify.data) {
        (Some(file), _) => {
            let report = maintenance::verify::verify_file(file)?;
            (report.lines(), report.is_sound())
        }
        (None, Some(folder)) => maintenance::verify::verify_folder(folder)?,
        (None, None) => anyhow::bail!("say what to verify: a file, or --data DIR"),
    };
    print_lines(&lines)?;
    Ok(sound)
}

fn print_lines(lines: &[String]) -> std::io::Result<()> {
    let mut out = std::io::stdout();
    lines.iter().try_for_each(|line| writeln!(out, "{line}"))
}

fn run(serve: Serve) -> anyhow::Result<()> {
    let clock = serve.clock();
    let known = Program::command();
    let known: Vec<String> = known
        .get_subcommands()
        .flat_map(clap::Command::get_arguments)
        .filter_map(|argument| Some(argument.get_env()?.to_str()?.to_owned()))
        .collect();
    check_environment(known.iter().map(String::as_str), std::env::vars().map(|(name, _)| name))?;
    let settings = match &serve.config {
        Some(path) => serve.settings.over(Settings::from_file(path)?),
        None => serve.settings,
    };
    let mut filter = EnvFilter::try_new(settings.log.as_deref().unwrap_or("info")).context("--log")?;
    // These tell of every wrong answer of a passkey, and below that of its content.
    for silent in ["webauthn_rs=off", "webauthn_rs_core=off"] {
        filter = filter.add_directive(silent.parse().context("a directive of the log")?);
    }
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let config = Config::resolve(settings)?;
    rustls::crypto::ring::default_provider()
        .install_default()
        .map_err(|_| anyhow::anyhow!("another cryptographic provider is in place"))?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(serve_until_told(config, clock))
}

async fn serve_until_told(config: Config, clock: Arc<dyn Clock>) -> anyhow::Result<()> {
    let listener = TcpListener::bind(config.listen).with_context(|| format!("cannot listen on {}", config.listen))?;
    let config = config.bound(listener.local_addr()?);
    let server = Arc::new(Server::open(config, clock, Arc::new(SystemRandom))?);
    let app = Arc::clone(server.app());
    announce(&app.config, app.setup_code.as_ref())?;
    let jobs = tokio::spawn(jobs::run(Arc::clone(&app)));
    let audit_log = app.config.audit_log.clone().map(|file| AuditLog::open(&file)).transpose()?.map(Arc::new);
    let logging = audit_log.clone().map(|log| tokio::spawn(log.run(Arc::clone(&app))));
    let hooks = tokio::spawn(webhooks::run(Arc::clone(&app)));
    let admin = open_admin(&app);
    let metrics = match app.config.metrics {
        None => None,
        Some(address) => {
            let listener = TcpListener::bind(address).with_context(|| format!("cannot listen on {address}"))?;
            Some(tokio::spawn(metrics::listen::serve(Arc::clone(&app), listener)))
        }
    };
    let stop = {
        let server = Arc::clone(&server);
        async move {
            told_to_stop().await;
            server.end_streams();
        }
    };
    let served = listen::serve(&app.config, Arc::clone(&app.metrics), listener, server.router(), stop).await;
    jobs.abort();
    hooks.abort();
    if let (Some(log), Some(logging)) = (audit_log, logging) {
        logging.abort();
        drop(logging.await);
        if let Err(error) = log.catch_up(&app).await {
            tracing::warn!(%error, "the last audit events will be written to their file at the next start");
        }
    }
    if let Some(metrics) = metrics {
        metrics.abort();
    }
    if let Some(admin) = admin {
        admin.abort();
        // Its end removes the socket.
        drop(admin.await);
    }
    server.close().await?;
    tracing::info!("stopped");
    served
}

/// Answers over the admin socket; without it the server runs all the same.
#[cfg(unix)]
fn open_admin(app: &Arc<App>) -> Option<JoinHandle<()>> {
    let DataPlace::Folder(folder) = &app.config.data else { return None };
    match sealward_server::admin::Socket::open(folder) {
        Ok(socket) => Some(tokio::spawn(socket.serve(Arc::clone(app)))),
        Err(error) => {
            tracing::warn!(%error, "no admin socket: backups and verifications need a stopped server");
            None
        }
    }
}

#[cfg(not(unix))]
fn open_admin(_: &Arc<App>) -> Option<JoinHandle<()>> {
    None
}

/// Says where the server is, and the set-up code, on standard output: the log never holds the code.
fn announce(config: &Config, code: Option<&SetupCode>) -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    for origin in &config.origins {
        writeln!(out, "Sealward: {origin}")?;
    }
    if let Some(code) = code {
        writeln!(out, "Set-up code for the first team: {}", code.expose())?;
    }
    out.flush()?;
    if let DataPlace::Folder(folder) = &config.data {
        tracing::info!(listen = %config.listen, data = %folder.display(), "serving");
    }
    Ok(())
}

async fn told_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    drop(tokio::signal::ctrl_c().await);
}
