//! The browser, through the program that the desktop has for it. An address that lets somebody in is never its argument,
//! which every program on the machine can read: it stands in a page that only the user can open.

use crate::{failure::Failure, home::Home};
use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
    process::{Command, Stdio},
};

/// What the page is called.
const PAGE: &str = "web.html";
/// Programs that open a file with what the user reads it with, in the order in which they are tried.
const PROGRAMS: [&str; 2] = ["xdg-open", "open"];

/// A page that leads to an address, for as long as this lives.
pub struct Leading(PathBuf);

impl Leading {
    /// Writes the page, for the user alone.
    ///
    /// # Errors
    /// [`Failure::Local`].
    pub fn to(address: &str, home: &Home) -> Result<Self, Failure> {
        home.make()?;
        let page = Self(home.path().join(PAGE));
        let named = || page.0.display().to_string();
        // One that was left behind leads nowhere any more.
        drop(fs::remove_file(&page.0));
        let mut options = OpenOptions::new();
        let mut file =
            options.write(true).create_new(true).mode(0o600).open(&page.0).map_err(Failure::local(named()))?;
        let text = format!(
            "<!doctype html><meta charset=\"utf-8\"><meta name=\"referrer\" content=\"no-referrer\">\
             <meta http-equiv=\"refresh\" content=\"0; url={address}\"><title>Sealward</title>\n"
        );
        file.write_all(text.as_bytes()).map_err(Failure::local(named()))?;
        Ok(page)
    }

    /// Lets the desktop open it. Where there is none, nothing happens.
    pub fn open(&self) {
        let open = |program: &&str| {
            let mut command = Command::new(program);
            command.arg(&self.0).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().is_ok()
        };
        // The first that is there.
        let _ = PROGRAMS.iter().any(|program| open(&program));
    }
}

impl Drop for Leading {
    fn drop(&mut self) {
        drop(fs::remove_file(&self.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_page_is_the_users_alone_and_goes_with_its_use() {
        let home = Home::at(std::env::temp_dir().join(format!("sealward-leading-{}", std::process::id())));
        let leading = Leading::to("http://127.0.0.1:4321/#web=abc", &home).unwrap();
        let page = home.path().join("web.html");
        assert_eq!(fs::metadata(&page).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(fs::read_to_string(&page).unwrap().contains("content=\"0; url=http://127.0.0.1:4321/#web=abc\""));
        drop(leading);
        assert!(!page.exists());
        fs::remove_dir_all(home.path()).unwrap();
    }
}
