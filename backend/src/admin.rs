//! A socket in the data folder, for whoever runs the server: the file is locked while it runs, so it copies or verifies
//! its data itself. Only the server's own user and root can connect. A snapshot is taken for each request; writing goes
//! on meanwhile.
//!
//! A request is one line. The answer to `backup` is the rows ([`crate::maintenance::send_rows`]); to `verify` it is the
//! report's lines, the last of which is `sound` or `unsound`.

use std::{
    io::{self, BufRead, BufReader, BufWriter, Write},
    os::unix::{
        fs::PermissionsExt,
        net::{UnixListener as StdListener, UnixStream as StdStream},
    },
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tokio::net::{UnixListener, UnixStream};

use crate::{
    maintenance::{Failed, send_rows, verify::verify},
    server::App,
};

/// Name of the socket in the data folder.
const SOCKET: &str = "admin.sock";

/// Longest silence of whoever asked: a snapshot that is kept keeps its pages from being used again.
const SILENCE: Duration = Duration::from_secs(60);

/// What can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// A copy of the data.
    Backup,
    /// A verification of the data.
    Verify,
}

impl Request {
    fn line(self) -> &'static str {
        match self {
            Self::Backup => "backup\n",
            Self::Verify => "verify\n",
        }
    }
}

/// The open socket. The file goes with it.
pub struct Socket {
    listener: UnixListener,
    path: PathBuf,
}

impl Drop for Socket {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.path));
    }
}

impl Socket {
    /// Opens the socket of a data folder. The caller has the data file locked, so one that is there is a dead server's.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let path = folder.join(SOCKET);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = StdListener::bind(&path)?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
        listener.set_nonblocking(true)?;
        Ok(Self { listener: UnixListener::from_std(listener)?, path })
    }

    /// Answers until the task is dropped.
    pub async fn serve(self, app: Arc<App>) {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    let app = Arc::clone(&app);
                    tokio::task::spawn_blocking(move || {
                        if let Err(error) = answer(&app, stream) {
                            tracing::warn!(%error, "a request over the admin socket was not finished");
                        }
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "the admin socket");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }
}

fn answer(app: &App, stream: UnixStream) -> anyhow::Result<()> {
    let stream = stream.into_std()?;
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(SILENCE))?;
    stream.set_write_timeout(Some(SILENCE))?;
    let mut line = String::new();
    BufReader::new(io::Read::take(&stream, 64)).read_line(&mut line)?;
    let snapshot = app.store.snapshot()?;
    let mut out = BufWriter::with_capacity(256 * 1024, &stream);
    if line == Request::Backup.line() {
        let rows = send_rows(&snapshot, &mut out)?;
        tracing::info!(rows, "a backup was made");
    } else if line == Request::Verify.line() {
        let report = verify(&snapshot)?;
        for line in report.lines() {
            writeln!(out, "{line}")?;
        }
        writeln!(out, "{}", if report.is_sound() { "sound" } else { "unsound" })?;
    }
    Ok(out.flush()?)
}

/// Asks the server that runs on a data folder; `None` when none does.
///
/// # Errors
/// It cannot be reached for another reason.
pub fn ask(folder: &Path, request: Request) -> Result<Option<BufReader<StdStream>>, Failed> {
    let path = folder.join(SOCKET);
    let asked = StdStream::connect(&path).and_then(|mut stream| {
        stream.write_all(request.line().as_bytes())?;
        Ok(stream)
    });
    match asked {
        Ok(stream) => Ok(Some(BufReader::with_capacity(256 * 1024, stream))),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => Ok(None),
        Err(source) => Err(Failed::Io { path, source }),
    }
}

/// The lines of a report, and whether it is sound.
///
/// # Errors
/// The answer was cut.
pub fn read_report(server: BufReader<StdStream>) -> Result<(Vec<String>, bool), Failed> {
    let broken = |error: io::Error| Failed::Broken(error.to_string());
    let mut lines = server.lines().collect::<Result<Vec<_>, _>>().map_err(broken)?;
    match lines.pop().as_deref() {
        Some("sound") => Ok((lines, true)),
        Some("unsound") => Ok((lines, false)),
        _ => Err(Failed::Broken("the answer was cut".to_owned())),
    }
}
