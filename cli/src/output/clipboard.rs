//! The clipboard, through the program that the desktop has for it: the text goes over its standard input.

use crate::failure::Failure;
use std::{
    io::{ErrorKind, Write},
    process::{Command, Stdio},
};

/// Programs and their arguments, in the order in which they are tried; each with the setting without which it is of no use.
const PROGRAMS: [(&str, &[&str], Option<&str>); 4] = [
    ("wl-copy", &["--sensitive"], Some("WAYLAND_DISPLAY")),
    ("xclip", &["-selection", "clipboard"], Some("DISPLAY")),
    ("xsel", &["--clipboard", "--input"], Some("DISPLAY")),
    ("pbcopy", &[], None),
];

/// Copies a text.
///
/// # Errors
/// [`Failure::Local`] where there is no clipboard.
pub fn copy(text: &str) -> Result<(), Failure> {
    for (program, arguments, setting) in PROGRAMS {
        if setting.is_some_and(|setting| std::env::var_os(setting).is_none()) {
            continue;
        }
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(Failure::local(program)(error)),
        };
        let written =
            child.stdin.take().ok_or(ErrorKind::BrokenPipe.into()).and_then(|mut pipe| pipe.write_all(text.as_bytes()));
        written.map_err(Failure::local(program))?;
        let ended = child.wait().map_err(Failure::local(program))?;
        if ended.success() {
            return Ok(());
        }
    }
    Err(Failure::local("clipboard")(ErrorKind::NotFound.into()))
}
