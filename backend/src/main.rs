//! The `sealward-server` program: `serve` and `setup-code`.

use std::{
    io::{IsTerminal, Write},
    net::TcpListener,
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};

use anyhow::Context;
use clap::{Args, CommandFactory, Parser, Subcommand};
use sealward_server::{
    Config, Server,
    config::{DataPlace, Settings, check_environment},
    http::listen,
    jobs,
    setup_code::SetupCode,
    surroundings::{SystemClock, SystemRandom},
};
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
    Serve(Serve),
    /// Print the one-time code that the first team of a server beyond loopback needs
    SetupCode(DataFolder),
}

#[derive(Args)]
struct Serve {
    /// Read settings from a TOML file; its keys are the names of the flags
    #[arg(long, env = "SEALWARD_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Args)]
struct DataFolder {
    /// Folder of the data file
    #[arg(long, env = "SEALWARD_DATA", value_name = "DIR")]
    data: PathBuf,
}

fn main() -> ExitCode {
    let program = Program::parse();
    let done = match program.command {
        Command::Serve(serve) => run(serve),
        Command::SetupCode(folder) => print_setup_code(&folder),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
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

fn run(serve: Serve) -> anyhow::Result<()> {
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
    let filter = EnvFilter::try_new(settings.log.as_deref().unwrap_or("info")).context("--log")?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let config = Config::resolve(settings)?;
    rustls::crypto::ring::default_provider()
        .install_default()
        .map_err(|_| anyhow::anyhow!("another cryptographic provider is in place"))?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(serve_until_told(config))
}

async fn serve_until_told(config: Config) -> anyhow::Result<()> {
    let listener = TcpListener::bind(config.listen).with_context(|| format!("cannot listen on {}", config.listen))?;
    let config = config.bound(listener.local_addr()?);
    let server = Arc::new(Server::open(config, Arc::new(SystemClock), Arc::new(SystemRandom))?);
    let app = Arc::clone(server.app());
    announce(&app.config, app.setup_code.as_ref())?;
    let jobs = tokio::spawn(jobs::run(Arc::clone(&app)));
    let stop = {
        let server = Arc::clone(&server);
        async move {
            told_to_stop().await;
            server.end_streams();
        }
    };
    let served = listen::serve(&app.config, listener, server.router(), stop).await;
    jobs.abort();
    server.close().await?;
    tracing::info!("stopped");
    served
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
