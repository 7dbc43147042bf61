//! Debian's PostgreSQL, which logs every statement.

use super::{Running, empty_folder, free_address, listening, run, said};
use std::{
    fs,
    io::Write,
    net::SocketAddr,
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

/// The role that may change the passwords of others.
pub const ADMIN: (&str, &str) = ("warden", "Warden+1 %41");
/// The system's user that owns databases.
const OWNER: &str = "postgres";

/// A database cluster.
pub struct Database {
    pub address: SocketAddr,
    folder: PathBuf,
    /// Bytes of its log in which the roles are made.
    begun: usize,
    _server: Running,
}

/// Whether it offers TLS.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    Offered,
    Not,
}

fn program(name: &str) -> Command {
    let versions = fs::read_dir("/usr/lib/postgresql");
    let versions = versions.unwrap_or_else(|error| panic!("postgresql is needed, see xtask/src/tools.rs: {error}"));
    let newest = versions.flatten().map(|entry| entry.path()).max().unwrap();
    let id = |what| said(Command::new("id").args([what, OWNER])).parse().unwrap();
    let mut command = Command::new(newest.join("bin").join(name));
    command.uid(id("-u")).gid(id("-g")).stdin(Stdio::null());
    command
}

fn give(path: &Path) {
    let id = |what| said(Command::new("id").args([what, OWNER])).parse().unwrap();
    chown(path, Some(id("-u")), Some(id("-g"))).unwrap();
}

impl Database {
    /// Starts one with these roles and passwords.
    pub async fn start(tls: Tls, roles: &[(&str, &str)]) -> Self {
        let folder = empty_folder("database");
        give(&folder);
        let (data, password) = (folder.join("data"), folder.join("password"));
        fs::write(&password, ADMIN.1).unwrap();
        give(&password);
        let mut initdb = program("initdb");
        initdb.current_dir(&folder).arg("--pgdata").arg(&data).arg("--pwfile").arg(&password);
        initdb.args(["--username", ADMIN.0, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"]);
        said(&mut initdb);
        let address = free_address();
        let mut settings = format!(
            "port = {}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\nfsync = off\nlog_statement = all\n\
             log_min_error_statement = debug5\nlog_connections = on\n",
            address.port()
        );
        if tls == Tls::Offered {
            certify(&data);
            settings.push_str("ssl = on\n");
        }
        fs::write(data.join("postgresql.auto.conf"), settings).unwrap();
        let log = fs::File::create(folder.join("log")).unwrap();
        let mut server = program("postgres");
        let server = server.current_dir(&folder).arg("-D").arg(&data).stderr(log).spawn().unwrap();
        // Quick: whoever is signed in is not waited for.
        let server = Running { child: server, signal: "-INT", folder: folder.clone() };
        listening(address, &folder.join("log")).await;
        let mut database = Self { address, folder, begun: 0, _server: server };
        super::eventually(async || database.lets_in(ADMIN.0, ADMIN.1).then_some(())).await;
        for (role, password) in roles {
            let (role, password) = (role.replace('"', "\"\""), password.replace('\'', "''"));
            database.order(&format!("CREATE ROLE \"{role}\" LOGIN PASSWORD '{password}'"));
        }
        database.begun = database.log().len();
        database
    }

    fn psql(&self, user: &str, password: &str) -> Command {
        let mut psql = Command::new("psql");
        psql.args([
            "--no-psqlrc",
            "--tuples-only",
            "--no-align",
            "--no-password",
            "--host=127.0.0.1",
            "--dbname=postgres",
        ])
        .args([&format!("--port={}", self.address.port()), "--username", user])
        .env("PGPASSWORD", password)
        .current_dir(&self.folder);
        psql
    }

    fn says(&self, user: &str, password: &str, statement: &str) -> Output {
        run(self.psql(user, password).args(["--command", statement]))
    }

    /// Whether PostgreSQL's own client is let in with a password.
    pub fn lets_in(&self, user: &str, password: &str) -> bool {
        self.says(user, password, "SELECT 1").status.success()
    }

    /// Has the administrator do something.
    pub fn order(&self, statement: &str) -> String {
        let output = self.says(ADMIN.0, ADMIN.1, statement);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Has the administrator begin a change of a role, which lasts until what comes back is dropped.
    pub async fn holds(&self, role: &str) -> Running {
        let mut child = self.psql(ADMIN.0, ADMIN.1).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        // Kept open by the child's owner: psql would end at its end.
        let orders = child.stdin.as_mut().unwrap();
        writeln!(orders, "BEGIN; ALTER ROLE {role} CONNECTION LIMIT 50;").unwrap();
        let count = "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'";
        super::eventually(async || (self.order(count).trim() == "1").then_some(())).await;
        Running { child, signal: "-KILL", folder: empty_folder("held") }
    }

    /// Everything that it has logged since the roles are there.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.folder.join("log")).unwrap()[self.begun..]).into_owned()
    }
}

fn certify(data: &Path) {
    let (cert, key) = (data.join("server.crt"), data.join("server.key"));
    said(
        Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
            .args(["-subj", "/CN=nobody.example", "-keyout"])
            .arg(&key)
            .arg("-out")
            .arg(&cert),
    );
    give(&cert);
    give(&key);
}
