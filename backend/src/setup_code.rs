//! The one-time code that guards the first team of a server that others can reach. It lives in a file of the data
//! folder until that team exists, is printed on stdout, and is never logged.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use subtle::ConstantTimeEq;

use crate::surroundings::Random;

/// Letters that are not mistaken for one another.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// The code; shown on purpose only.
pub struct SetupCode {
    code: String,
    file: PathBuf,
}

impl SetupCode {
    /// Reads the code of a data folder, or makes one.
    ///
    /// # Errors
    /// The file cannot be read or made.
    pub fn open(folder: &Path, random: &dyn Random) -> io::Result<Self> {
        if let Some(known) = Self::read(folder)? {
            return Ok(known);
        }
        let (code, file) = (make(random), folder.join("setup-code"));
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&file)?.write_all(code.as_bytes())?;
        Ok(Self { code, file })
    }

    /// Reads the code of a data folder, if there is one.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn read(folder: &Path) -> io::Result<Option<Self>> {
        let file = folder.join("setup-code");
        match fs::read_to_string(&file) {
            Ok(code) => Ok(Some(Self { code: code.trim().to_owned(), file })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The code, to be printed.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.code
    }

    /// Whether this is the code; capitals and hyphens do not matter.
    #[must_use]
    pub fn matches(&self, typed: &str) -> bool {
        let plain =
            |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
        plain(&self.code).as_bytes().ct_eq(plain(typed).as_bytes()).into()
    }

    /// Removes the file: the code has done its work.
    pub fn spend(&self) {
        if let Err(error) = fs::remove_file(&self.file) {
            tracing::warn!(%error, "the set-up code's file could not be removed");
        }
    }
}

fn make(random: &dyn Random) -> String {
    let mut bytes = [0; 20];
    random.fill(&mut bytes);
    let letters: Vec<char> =
        bytes.iter().filter_map(|byte| LETTERS.get(usize::from(byte % 32)).map(|letter| char::from(*letter))).collect();
    letters.chunks(5).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}
