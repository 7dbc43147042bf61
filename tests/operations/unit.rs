//! The systemd unit: systemd reads it without a word, and counts how much it leaves open.

use crate::program::{binary, command, empty_folder, said};
use std::path::Path;

/// The most that `systemd-analyze security` may find, out of 100.
const EXPOSURE: &str = "20";

#[test]
fn systemd_takes_the_unit_and_finds_it_closed() {
    let unit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packaging/sealward.service");
    let text = std::fs::read_to_string(unit).unwrap();
    let file = empty_folder("unit").join("sealward.service");
    // It looks whether the program is there.
    std::fs::write(&file, text.replace("/usr/local/bin/sealward-server", binary().to_str().unwrap())).unwrap();
    let output = crate::program::run(command("systemd-analyze").arg("verify").arg(&file));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !told.contains("sealward.service"), "{told}");
    let mut security = command("systemd-analyze");
    security.args(["security", "--offline=true", "--no-pager", &format!("--threshold={EXPOSURE}")]).arg(&file);
    let told = said(&mut security);
    println!("{}", told.lines().last().unwrap_or_default());
}
