//! `canary DIR NEEDLES`: searches every file under DIR for the needles of a JSON file
//! `{"secrets": [...], "controls": [...]}`. Ends with 1 when a secret is found or a control is not.
#![expect(clippy::print_stdout, reason = "its findings are what it is for")]

use sealward_tests::canary::{Needles, Search};
use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [folder, needles] = arguments.as_slice() else {
        println!("usage: canary DIR NEEDLES");
        return ExitCode::from(2);
    };
    match search(folder, needles) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            println!("canary: {error}");
            ExitCode::from(2)
        }
    }
}

fn search(folder: &Path, needles: &Path) -> io::Result<bool> {
    let needles: Needles = serde_json::from_slice(&fs::read(needles)?)?;
    let ready = |needles: &[String]| Search::new(needles).map_err(|why| io::Error::other(format!("{why:?}")));
    let (secrets, controls) = (ready(&needles.secrets)?, ready(&needles.controls)?);
    let mut missing: BTreeSet<&String> = needles.controls.iter().collect();
    let (mut clean, mut files, mut bytes) = (true, 0, 0);
    for file in files_under(folder)? {
        let content = fs::read(&file)?;
        files += 1;
        bytes += content.len();
        for finding in secrets.find(&content) {
            clean = false;
            println!("{}: {:?} as {:?} at {}", file.display(), finding.needle, finding.spelling, finding.at);
        }
        for finding in controls.find(&content) {
            missing.remove(&finding.needle);
        }
    }
    for control in &missing {
        println!("the control {control:?} was not found");
    }
    println!("searched {files} files, {bytes} bytes, for {} needles", needles.secrets.len());
    Ok(clean && missing.is_empty() && !needles.controls.is_empty())
}

fn files_under(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { files.extend(files_under(&path)?) } else { files.push(path) }
    }
    files.sort();
    Ok(files)
}
