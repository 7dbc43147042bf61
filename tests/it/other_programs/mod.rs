//! What other programs say of the same thing: oathtool, ssh-keygen and openssl. `cargo xtask test` installs them.

mod certificates;
mod one_time_codes;
mod ssh_keys;

use std::{
    path::Path,
    process::{Command, Stdio},
};

/// What a program prints, trimmed; its own words where it fails.
fn run(folder: &Path, program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{program} is needed, see xtask/src/tools.rs: {error}"));
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
