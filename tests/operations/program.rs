//! The server as a process.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

/// A path that the runner of these tests gives.
pub fn given(name: &str) -> PathBuf {
    std::env::var_os(name)
        .map(PathBuf::from)
        .unwrap_or_else(|| panic!("{name} is not set: cargo xtask test --only operations"))
}

pub fn binary() -> PathBuf {
    given("SERVER_BINARY")
}

/// An empty folder for this test alone.
pub fn empty_folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("operations-{name}"));
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// An address on which nobody listens.
pub fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// A command with none of our settings in its environment.
pub fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("SEALWARD_")) {
        command.env_remove(name);
    }
    command
}

/// Runs to the end.
pub fn run(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

/// What a command says, when it succeeds.
pub fn said(command: &mut Command) -> String {
    let output = run(command);
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{out}{err}", output.status);
    out.into_owned()
}

/// `sealward-server verify` of a file finds nothing; its summary.
pub fn assert_sound(file: &Path) -> String {
    said(command(binary()).arg("verify").arg(file))
}

/// A server that runs; killed when dropped.
pub struct Program {
    child: Child,
}

impl Program {
    pub fn start(data: &Path, address: SocketAddr) -> Self {
        Self::start_with(&mut command(binary()), data, &data.with_extension("log"), address, &[])
    }

    /// Starts it by this command, and waits until it listens.
    pub fn start_with(command: &mut Command, data: &Path, log: &Path, address: SocketAddr, more: &[&str]) -> Self {
        let file = File::options().create(true).append(true).open(log).unwrap();
        command.arg("serve").arg("--data").arg(data).arg("--listen").arg(address.to_string());
        command.args(["--origin", &origin(address), "--create-team", "open"]).args(more);
        let mut child = command.stdout(Stdio::piped()).stderr(file).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("Sealward: "), "it did not start; see {}", log.display());
        Self { child }
    }

    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Ends it as systemd does.
    pub fn stop(mut self) {
        said(command("kill").args(["-TERM", &self.child.id().to_string()]));
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A sample of the metrics.
pub fn metric(address: SocketAddr, name: &str) -> f64 {
    let text = said(command("curl").args(["--silent", "--fail", &format!("http://{address}/metrics")]));
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    value.unwrap_or_else(|| panic!("no {name} in\n{text}")).parse().unwrap()
}

/// What people open.
pub fn origin(address: SocketAddr) -> String {
    format!("http://{address}")
}
