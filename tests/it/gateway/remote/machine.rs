//! A Linux machine of our own: Debian's sshd with a root directory, users, PAM and passwd of its own, so that nobody's
//! account on the machine that runs the tests is touched.

use super::{Running, empty_folder, free_address, listening, run, said};
use std::{
    fs,
    net::SocketAddr,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Programs that are there beside sshd's own.
const PROGRAMS: [&str; 6] =
    ["/usr/sbin/sshd", "/usr/sbin/chpasswd", "/usr/sbin/unix_chkpwd", "/usr/bin/passwd", "/bin/sh", "/usr/bin/sleep"];
const SECURITY: [&str; 3] = ["pam_unix.so", "pam_deny.so", "pam_permit.so"];

/// The machine.
pub struct Machine {
    pub address: SocketAddr,
    root: PathBuf,
    _sshd: Running,
}

impl Machine {
    /// Starts it, with these users and passwords, signed in by passwords.
    pub async fn start(users: &[(&str, &str)]) -> Self {
        Self::with(users, "UsePAM no\nPasswordAuthentication yes\nKbdInteractiveAuthentication no\n").await
    }

    /// The same, with this in the configuration of its sshd.
    pub async fn with(users: &[(&str, &str)], config: &str) -> Self {
        let root = empty_folder("machine");
        fill(&root);
        for (user, password) in users {
            set_password(&root, user, password);
        }
        let address = free_address();
        let whole = format!(
            "Port {}\nListenAddress 127.0.0.1\nHostKey /etc/hostkey\nPidFile none\nPermitRootLogin yes\nUseDNS no\n\
             StrictModes no\nMaxStartups 100\nLogLevel DEBUG3\nForceCommand /bin/sh /etc/command\n{config}",
            address.port()
        );
        fs::write(root.join("etc/sshd_config"), whole).unwrap();
        said(Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(root.join("etc/hostkey")));
        let log = fs::File::create(root.join("log")).unwrap();
        let sshd = Command::new("chroot")
            .arg(&root)
            .args(["/usr/sbin/sshd", "-D", "-e", "-f", "/etc/sshd_config"])
            .stdin(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let sshd = Running { child: sshd, signal: "-TERM", folder: root.clone() };
        listening(address, &root.join("log")).await;
        let machine = Self { address, root, _sshd: sshd };
        machine.obeys("exec $SSH_ORIGINAL_COMMAND");
        machine
    }

    /// What is run in place of a command that somebody sends.
    pub fn obeys(&self, script: &str) {
        fs::write(self.root.join("etc/command"), script).unwrap();
    }

    /// A file of known hosts with this machine at an address.
    pub fn known_at(&self, address: SocketAddr) -> PathBuf {
        let key = fs::read_to_string(self.root.join("etc/hostkey.pub")).unwrap();
        let file = self.root.join(format!("known-{}", address.port()));
        fs::write(&file, format!("[127.0.0.1]:{} {key}", address.port())).unwrap();
        file
    }

    /// The fingerprint of its host key, as `ssh-keygen` says it.
    pub fn fingerprint(&self) -> String {
        let said = said(Command::new("ssh-keygen").arg("-lf").arg(self.root.join("etc/hostkey.pub")));
        said.split(' ').nth(1).unwrap().to_owned()
    }

    /// Everything that sshd has logged.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.root.join("log")).unwrap()).into_owned()
    }

    /// Whether OpenSSH's own client is let in with a password.
    pub fn lets_in(&self, user: &str, password: &str) -> bool {
        self.obeys("exit 7");
        let folder = empty_folder("ask");
        fs::write(folder.join("password"), format!("{password}\n")).unwrap();
        let script = folder.join("ask");
        fs::write(&script, format!("#!/bin/sh\ncat {}\n", folder.join("password").display())).unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o700)).unwrap();
        let mut ssh = Command::new("ssh");
        ssh.args(["-F", "none", "-o", "NumberOfPasswordPrompts=1", "-o", "PubkeyAuthentication=no"])
            .args(["-o", &format!("UserKnownHostsFile={}", self.known_at(self.address).display())])
            .args(["-o", "StrictHostKeyChecking=yes", "-p", &self.address.port().to_string()])
            .arg(format!("{user}@127.0.0.1"))
            .arg("true")
            .env("SSH_ASKPASS", &script)
            .env("SSH_ASKPASS_REQUIRE", "force");
        let output = run(&mut ssh);
        fs::remove_dir_all(folder).unwrap();
        self.obeys("exec $SSH_ORIGINAL_COMMAND");
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        match output.status.code() {
            Some(7) => true,
            Some(255) if err.contains("Permission denied") => false,
            _ => panic!("{}: {err}", output.status),
        }
    }
}

fn set_password(root: &Path, user: &str, password: &str) {
    use std::io::Write;
    let mut chpasswd =
        Command::new("chroot").arg(root).arg("/usr/sbin/chpasswd").stdin(Stdio::piped()).spawn().unwrap();
    chpasswd.stdin.take().unwrap().write_all(format!("{user}:{password}\n").as_bytes()).unwrap();
    assert!(chpasswd.wait().unwrap().success());
}

/// Everything that sshd, passwd and PAM need, and nothing else.
fn fill(root: &Path) {
    for folder in ["dev", "etc/pam.d", "run/sshd", "tmp", "usr", "var/log"] {
        fs::create_dir_all(root.join(folder)).unwrap();
    }
    for folder in ["bin", "sbin", "lib", "lib64"] {
        if let Ok(leads) = fs::read_link(Path::new("/").join(folder)) {
            symlink(leads, root.join(folder)).unwrap();
        }
    }
    let mut programs: Vec<PathBuf> = PROGRAMS.iter().map(PathBuf::from).collect();
    // Newer versions of sshd are several programs.
    let more = fs::read_dir("/usr/lib/openssh").into_iter().flatten().flatten().map(|entry| entry.path());
    programs
        .extend(more.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("sshd"))));
    let modules = fs::read_dir("/lib").unwrap().flatten().map(|entry| entry.path().join("security"));
    let modules = modules.filter(|folder| folder.join("pam_unix.so").is_file());
    programs.extend(modules.flat_map(|folder| SECURITY.map(|name| folder.join(name))));
    let listed = said(Command::new("ldd").args(&programs));
    let libraries = listed.lines().filter(|line| line.starts_with(char::is_whitespace));
    let libraries = libraries.flat_map(str::split_whitespace).filter(|word| word.starts_with('/')).map(PathBuf::from);
    for file in programs.iter().cloned().chain(libraries.collect::<Vec<_>>()) {
        // By the folder's own name: the root's links lead there too.
        let folder = file.parent().unwrap().canonicalize().unwrap();
        let to = root.join(folder.strip_prefix("/").unwrap()).join(file.file_name().unwrap());
        if !to.exists() {
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            said(Command::new("cp").args(["--preserve=mode,ownership", "--dereference"]).arg(&file).arg(to));
        }
    }
    said(Command::new("mknod").args(["-m", "666"]).arg(root.join("dev/null")).args(["c", "1", "3"]));
    let users = "root:x:0:0::/:/bin/sh\nsshd:x:100:65534::/run/sshd:/bin/false\ndeploy:x:1000:1000::/:/bin/sh\n";
    let none = "*:20000:0:99999:7:::";
    let methods = "password [success=1 default=ignore] pam_unix.so obscure yescrypt\npassword requisite pam_deny.so\n\
                   password required pam_permit.so\nauth required pam_unix.so\naccount required pam_unix.so\n\
                   session required pam_permit.so\n";
    for (file, text) in [
        ("passwd", users),
        ("group", "root:x:0:\nnogroup:x:65534:\ndeploy:x:1000:\nshadow:x:42:\n"),
        ("shadow", &format!("root:{none}\nsshd:{none}\ndeploy:{none}\n")),
        ("nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\n"),
        ("pam.d/passwd", methods),
        ("pam.d/chpasswd", &methods.replace("auth required pam_unix.so", "auth required pam_permit.so")),
        ("pam.d/sshd", methods),
    ] {
        fs::write(root.join("etc").join(file), text).unwrap();
    }
    fs::copy("/etc/login.defs", root.join("etc/login.defs")).unwrap();
    fs::set_permissions(root.join("etc/shadow"), fs::Permissions::from_mode(0o640)).unwrap();
}
