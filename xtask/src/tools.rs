//! What has to be on the machine: installed when it is missing, at the versions that fit together.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::{shell, workspace};

/// 0.22 needs a newer rustc than ours.
const TRUNK: &str = "0.21.14";
/// The same as the `wasm-bindgen` crate in Cargo.toml, exactly.
const WASM_BINDGEN: &str = "0.2.130";

/// Everything that turns the frontend into a site: the wasm target, trunk, wasm-bindgen.
pub fn install_for_site() -> Result<()> {
    add_wasm_target()?;
    // The lock file of wasm-bindgen-cli names a version that registries no longer have.
    install("wasm-bindgen", "wasm-bindgen-cli", WASM_BINDGEN, &[])?;
    install("trunk", "trunk", TRUNK, &["--locked", "--no-default-features"])
}

fn add_wasm_target() -> Result<()> {
    const TARGET: &str = "wasm32-unknown-unknown";
    let sysroot = shell::output(shell::command("rustc")?.args(["--print", "sysroot"]))?;
    if PathBuf::from(sysroot.trim()).join("lib/rustlib").join(TARGET).is_dir() {
        return Ok(());
    }
    shell::say("Adding the wasm target to Rust (about a minute)");
    shell::run(shell::command("rustup")?.args(["target", "add", TARGET]))
        .context("rustup is needed for the wasm target")
}

fn install(program: &str, package: &str, version: &str, options: &[&str]) -> Result<()> {
    let kept = workspace::tools()?.join("bin").join(program);
    let present = Command::new(&kept).arg("--version").stderr(Stdio::null()).output();
    if present.is_ok_and(|found| String::from_utf8_lossy(&found.stdout).split_whitespace().any(|word| word == version))
    {
        return Ok(());
    }
    shell::say(&format!("Installing {package} {version}; once for this machine, 1 to 5 minutes"));
    let mut install = shell::cargo()?;
    install
        .args(["install", "--force", "--root"])
        .arg(workspace::tools()?)
        .arg(format!("{package}@{version}"))
        .args(options)
        // Tools that run for seconds need not be compiled for minutes.
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "64")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
        .env_remove("CARGO_TARGET_DIR");
    shell::run(&mut install)
}

/// What the browser tests need: Node, Chromium, fonts (Chinese too), the packages of the lock file.
pub fn install_for_browser() -> Result<()> {
    let mut missing = Vec::new();
    if chromium().is_none() {
        missing.push("chromium");
    }
    if shell::find("node").is_none() {
        missing.push("nodejs");
    }
    if shell::find("npm").is_none() {
        missing.push("npm");
    }
    if !has_font("zh") {
        missing.push("fonts-noto-cjk");
    }
    if !has_font("en") {
        missing.push("fonts-dejavu-core");
    }
    if !missing.is_empty() {
        install_packages(&missing)?;
    }
    let folder = workspace::browser_tests();
    let lock = std::fs::read(folder.join("package-lock.json")).context("tests/browser/package-lock.json")?;
    let done = folder.join("node_modules").join(".installed-lock");
    if std::fs::read(&done).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    shell::say("Installing the npm packages of tests/browser (under a minute)");
    shell::run(shell::command("npm")?.args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder))?;
    Ok(std::fs::write(done, lock)?)
}

/// Programs of others that ours are compared with, and the packages that have them.
const COMPARED: [(&str, &str); 4] =
    [("curl", "curl"), ("oathtool", "oathtool"), ("ssh-keygen", "openssh-client"), ("openssl", "openssl")];

/// What `tests/it/other_programs` compares with, what the documents of other products are run with, and what passwords are
/// changed on.
pub fn install_for_comparison() -> Result<()> {
    let missing = COMPARED.iter().filter(|(program, _)| shell::find(program).is_none());
    let mut missing: Vec<&str> = missing.map(|(_, package)| *package).collect();
    if !Path::new("/usr/sbin/sshd").is_file() {
        missing.push("openssh-server");
    }
    if !has_postgresql() {
        missing.push("postgresql");
    }
    if missing.is_empty() { Ok(()) } else { install_packages(&missing) }
}

/// Whether there is a server of PostgreSQL; the folder of its programs is there with its client alone, too.
fn has_postgresql() -> bool {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    versions.map(|version| version.path().join("bin/initdb")).any(|program| program.is_file())
}

/// What the tests of the running program need of Debian.
pub fn install_for_operations() -> Result<()> {
    let found = |program: &str| shell::find(program).is_some() || Path::new("/usr/sbin").join(program).is_file();
    let needed = [("nginx", "nginx"), ("curl", "curl"), ("openssl", "openssl"), ("systemd-analyze", "systemd")];
    let missing: Vec<&str> =
        needed.into_iter().filter(|(program, _)| !found(program)).map(|(_, package)| package).collect();
    if missing.is_empty() { Ok(()) } else { install_packages(&missing) }
}

/// The version whose files the interoperability tests know.
const PYKEEPASS: &str = "4.2.0";

/// What the interoperability tests need: KeePassXC's command line, and pykeepass in a Python of its own.
pub fn install_for_interop() -> Result<()> {
    let mut missing = Vec::new();
    if shell::find("keepassxc-cli").is_none() {
        missing.push("keepassxc");
    }
    let has_venv = Command::new("python3").args(["-c", "import ensurepip"]).stderr(Stdio::null()).status();
    if !has_venv.is_ok_and(|status| status.success()) {
        missing.push("python3-venv");
    }
    if !missing.is_empty() {
        install_packages(&missing)?;
    }
    let wanted = format!("import importlib.metadata as m; assert m.version('pykeepass') == '{PYKEEPASS}'");
    let present = Command::new(python()?).args(["-c", &wanted]).stderr(Stdio::null()).status();
    if present.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    shell::say("Installing pykeepass into a Python of its own (under a minute)");
    shell::run(shell::command("python3")?.args(["-m", "venv", "--clear"]).arg(workspace::tools()?.join("pykeepass")))?;
    let package = format!("pykeepass=={PYKEEPASS}");
    shell::run(shell::command(python()?)?.args(["-m", "pip", "install", "--quiet", &package]))
}

/// The Python that pykeepass is installed in.
pub fn python() -> Result<PathBuf> {
    Ok(workspace::tools()?.join("pykeepass/bin/python"))
}

/// The Chromium that the tests drive.
pub fn chromium() -> Option<PathBuf> {
    env::var_os("CHROMIUM")
        .map(PathBuf::from)
        .or_else(|| ["chromium", "chromium-browser", "google-chrome"].iter().find_map(|name| shell::find(name)))
}

/// wasm-opt of the path, or of the browser tests' packages. The site is built without it too, only larger.
pub fn wasm_opt() -> Option<PathBuf> {
    let packaged = workspace::browser_tests().join("node_modules/.bin/wasm-opt");
    // Debian's own is too old for what rustc emits, so the packaged one comes first.
    (packaged.is_file() && shell::find("node").is_some()).then_some(packaged).or_else(|| shell::find("wasm-opt"))
}

fn has_font(language: &str) -> bool {
    let listed = Command::new("fc-list").arg(format!(":lang={language}")).stderr(Stdio::null()).output();
    listed.is_ok_and(|fonts| !fonts.stdout.is_empty())
}

fn install_packages(packages: &[&str]) -> Result<()> {
    if shell::find("apt-get").is_none() {
        bail!("the tests need {}; this machine has no apt-get to install them with", packages.join(", "));
    }
    shell::say(&format!("Installing {} by apt (2 to 5 minutes)", packages.join(", ")));
    // Without root, sudo asks for what it needs.
    let root = shell::output(shell::command("id")?.arg("-u"))?.trim() == "0";
    let apt = || -> Result<Command> {
        let mut command = shell::command(if root { "apt-get" } else { "sudo" })?;
        if !root {
            command.arg("apt-get");
        }
        command.env("DEBIAN_FRONTEND", "noninteractive");
        Ok(command)
    };
    shell::run(apt()?.args(["-q", "update"]))?;
    shell::run(apt()?.args(["-q", "install", "--yes", "--no-install-recommends", "fontconfig"]).args(packages))
}
