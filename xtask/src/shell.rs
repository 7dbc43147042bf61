//! Running other programs: in the checkout's root, with our tools on the path, and with their output shown as it comes.

use std::env;
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use crate::workspace;

/// The one clock of these commands.
#[expect(clippy::disallowed_methods, reason = "commands tell people how long things took")]
pub fn now() -> Instant {
    Instant::now()
}

/// Says what is happening, on a line that stands out of the programs' own output.
pub fn say(sentence: &str) {
    println!("\n==> {sentence}");
}

/// A command in the checkout's root with our tools first on the path.
pub fn command(program: impl AsRef<OsStr>) -> Result<Command> {
    let mut folders = vec![workspace::tools()?.join("bin")];
    folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    let mut command = Command::new(program);
    command.current_dir(workspace::root()).env("PATH", env::join_paths(folders)?);
    Ok(command)
}

/// The cargo that runs us.
pub fn cargo() -> Result<Command> {
    command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// The full path of `program`, when it is on the path.
pub fn find(program: &str) -> Option<PathBuf> {
    let kept = workspace::tools().ok().map(|tools| tools.join("bin"));
    let folders = env::var_os("PATH").unwrap_or_default();
    kept.into_iter().chain(env::split_paths(&folders)).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// Runs to the end; anything but success is an error.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {}", name(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", name(command));
    }
    Ok(())
}

/// What a program prints, when it succeeds.
pub fn output(command: &mut Command) -> Result<String> {
    let output =
        command.stderr(Stdio::inherit()).output().with_context(|| format!("cannot start {}", name(command)))?;
    if !output.status.success() {
        bail!("{} failed ({})", name(command), output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs to the end, shows what the program prints, and gives it back line by line with whether it succeeded.
pub fn watch(command: &mut Command) -> Result<(bool, Vec<String>)> {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", name(command)))?;
    let (sender, lines) = channel();
    let readers = [
        child.stdout.take().map(|out| follow(out, sender.clone())),
        child.stderr.take().map(|err| follow(err, sender)),
    ];
    let mut all = Vec::new();
    for line in lines {
        println!("{line}");
        all.push(line);
    }
    for reader in readers.into_iter().flatten() {
        let _ = reader.join();
    }
    Ok((child.wait()?.success(), all))
}

fn follow(stream: impl Read + Send + 'static, lines: Sender<String>) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let mut stream = BufReader::new(stream);
        let mut line = Vec::new();
        while matches!(stream.read_until(b'\n', &mut line), Ok(read) if read > 0) {
            if lines.send(String::from_utf8_lossy(&line).trim_end().to_owned()).is_err() {
                return;
            }
            line.clear();
        }
    })
}

fn name(command: &Command) -> String {
    Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned()
}
