//! A server in this process, machines that know nothing of each other, and the program run on them.

use sealward_server::{
    config::Config,
    http::listen,
    server::Server,
    surroundings::{SystemClock, SystemRandom},
};
use serde_json::Value;
use std::{
    ffi::OsStr,
    fs,
    io::Write,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

/// A password that nobody guesses, and that stands nowhere else.
pub const PASSWORD: &str = "copper lantern walks north 7";

/// The address of a server whose data is in memory; it runs until the test's process ends.
pub fn start_server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let config = Config::in_memory(&origin);
    let server = Server::open(config, Arc::new(SystemClock), Arc::new(SystemRandom)).unwrap();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let app = Arc::clone(server.app());
            let never = std::future::pending();
            listen::serve(&app.config, Arc::clone(&app.metrics), listener, server.router(), never).await.unwrap();
        });
    });
    origin
}

/// A machine: a folder of its own, and a server that it was told of. When it goes, its agent is locked.
pub struct Machine {
    pub folder: PathBuf,
    pub server: String,
}

impl Machine {
    pub fn new(server: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        // Short: the path of a socket has about a hundred bytes.
        let name = format!("sw-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        drop(fs::remove_dir_all(&folder));
        fs::create_dir_all(&folder).unwrap();
        Self { folder, server: server.to_owned() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Writes a file that only a script would have made.
    pub fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path
    }

    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        let own = Path::new(env!("CARGO_BIN_EXE_sealward")).parent().unwrap();
        let path = format!("{}:/usr/bin:/bin", own.display());
        command.env_clear().env("PATH", path).env("LANG", "C.UTF-8").env("SEALWARD_HOME", self.path("home"));
        command.env("SEALWARD_SERVER", &self.server).current_dir(&self.folder);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(self.command(env!("CARGO_BIN_EXE_sealward")).args(arguments), b"")
    }

    /// As a service.
    pub fn run_as(&self, token: &str, arguments: &[&str]) -> Ended {
        self.run_as_with(token, arguments, b"")
    }

    pub fn run_as_with(&self, token: &str, arguments: &[&str], input: &[u8]) -> Ended {
        let mut command = self.command(env!("CARGO_BIN_EXE_sealward"));
        Ended::of(command.args(arguments).env("SEALWARD_TOKEN", token), input)
    }

    pub fn run_with(&self, arguments: &[&str], input: &[u8]) -> Ended {
        Ended::of(self.command(env!("CARGO_BIN_EXE_sealward")).args(arguments), input)
    }

    /// Makes a team with a vault, as its founder, who is then signed in here.
    pub fn found(&self, login_name: &str) {
        self.file("password", PASSWORD);
        self.run(&[
            "team",
            "create",
            "Example",
            "--login-name",
            login_name,
            "--vault",
            "Web",
            "--password-file",
            "password",
            "--kit-file",
            "kit.txt",
        ])
        .well();
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // A test that failed leaves no process behind.
        drop(self.command(env!("CARGO_BIN_EXE_sealward")).arg("lock").output());
        if !std::thread::panicking() {
            drop(fs::remove_dir_all(&self.folder));
        }
    }
}

/// What a run came to.
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ended {
    pub fn of(command: &mut Command, input: &[u8]) -> Self {
        if !input.is_empty() {
            command.stdin(Stdio::piped());
        }
        let mut child = command.spawn().unwrap();
        if let Some(mut pipe) = child.stdin.take() {
            pipe.write_all(input).unwrap();
        }
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        Self {
            code: status.code().unwrap_or(-1),
            out: String::from_utf8(stdout).unwrap(),
            err: String::from_utf8(stderr).unwrap(),
        }
    }

    /// That it went well: what it wrote, without the last line break.
    pub fn well(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (0, ""), "{}", self.out);
        self.out.trim_end_matches('\n').to_owned()
    }

    /// That it went well: what it wrote, as JSON.
    pub fn json(self) -> Value {
        serde_json::from_str(&self.well()).unwrap()
    }

    /// That it failed so: the word for programs.
    pub fn failed(self, code: i32) -> String {
        assert_eq!((self.code, self.out.as_str()), (code, ""), "{}", self.err);
        let told: Value = serde_json::from_str(&self.err).unwrap();
        assert_eq!(told["error"]["exit"], code);
        told["error"]["code"].as_str().unwrap().to_owned()
    }
}

/// Every file in a folder, whole.
pub fn files_in(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_in(&path));
        } else if path.is_file() {
            found.push((path.clone(), fs::read(&path).unwrap()));
        }
    }
    found
}

/// One server for stories that have teams of their own on it.
pub fn shared_server() -> &'static str {
    static SERVER: OnceLock<String> = OnceLock::new();
    SERVER.get_or_init(start_server)
}
