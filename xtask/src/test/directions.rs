//! Who may depend on whom. That the server cannot decrypt is a fact of this graph.

use anyhow::{Result, bail};

use crate::shell;

/// A package, and what may not be found below it.
const FORBIDDEN: [(&str, &[&str]); 6] = [
    ("sealward-contract", &["sealward-client", "sealward-server", "sealward-frontend", "tokio", "getrandom", "redb"]),
    ("sealward-client", &["sealward-server", "sealward-frontend", "tokio", "redb"]),
    (
        "sealward-site",
        &["sealward-contract", "sealward-client", "sealward-server", "sealward-frontend", "tokio", "redb"],
    ),
    ("sealward-server", &["sealward-client", "sealward-frontend"]),
    ("sealward-frontend", &["sealward-server", "redb"]),
    ("sealward-cli", &["sealward-server", "sealward-frontend", "redb"]),
];

/// A second TLS provider is a panic at start, and a system library is not one binary.
const NOWHERE: [&str; 5] = ["aws-lc-rs", "aws-lc-sys", "native-tls", "openssl", "openssl-sys"];

/// What we build for. wasm-bindgen-futures names tokio for Emscripten, which we do not build for.
const BUILT_FOR: [&str; 4] = ["--target", "x86_64-unknown-linux-gnu", "--target", "wasm32-unknown-unknown"];

/// The number of rules that hold.
pub fn check() -> Result<usize> {
    let mut broken = Vec::new();
    for (package, forbidden) in FORBIDDEN {
        let below = below(&[["--package", package, "--edges", "normal,build"], BUILT_FOR].concat())?;
        broken.extend(
            forbidden
                .iter()
                .filter(|name| below.iter().any(|found| found == *name))
                .map(|name| format!("{package} depends on {name}")),
        );
    }
    let all = below(&["--workspace", "--edges", "all", "--target", "all"])?;
    broken.extend(
        NOWHERE
            .iter()
            .filter(|name| all.iter().any(|found| found == *name))
            .map(|name| format!("something depends on {name}")),
    );
    if !broken.is_empty() {
        bail!("{}", broken.join("\n"));
    }
    Ok(FORBIDDEN.len() + NOWHERE.len())
}

fn below(arguments: &[&str]) -> Result<Vec<String>> {
    let mut tree = shell::cargo()?;
    tree.args(["tree", "--prefix", "none", "--format", "{p}", "--locked"]).args(arguments);
    let listed = shell::output(&mut tree)?;
    Ok(listed.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect())
}
