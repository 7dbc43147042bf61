//! How secrets come in: by the environment, a file, a file descriptor, or a prompt that shows nothing. Never by an
//! argument, which every program on the machine can read.

use crate::failure::Failure;
use sealward_client::model::SecretText;
use std::{
    fs::File,
    io::{IsTerminal, Read},
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// The environment's name for a service's token.
pub const TOKEN: &str = "SEALWARD_TOKEN";

/// More than any password, kit, token or secret has, in bytes.
const LONGEST: u64 = 1 << 20;

/// Where a secret is read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file.
    File(PathBuf),
    /// A file descriptor that whoever started this program opened.
    Descriptor(u32),
    /// The terminal, asked with these words; nothing that is typed is shown.
    Prompt(String),
}

impl Source {
    /// Reads a secret; one line break at its end is not a part of it.
    ///
    /// # Errors
    /// [`Failure::Local`] when it cannot be read, [`Failure::Usage`] when there is no terminal to ask on.
    pub fn read(&self) -> Result<SecretText, Failure> {
        match self {
            Self::File(path) => read_file(path),
            // It may be a socket, which cannot be opened by its name.
            Self::Descriptor(0) => read_text(std::io::stdin().lock(), "stdin"),
            Self::Descriptor(number) => read_file(Path::new(&format!("/dev/fd/{number}"))),
            Self::Prompt(words) => {
                if !std::io::stdin().is_terminal() {
                    return Err(Failure::Usage(format!("{words}: there is no terminal to ask on")));
                }
                let typed = rpassword::prompt_password(format!("{words}: ")).map_err(Failure::local(words.as_str()))?;
                Ok(SecretText::new(typed))
            }
        }
    }
}

/// The token of the environment, or of a file.
///
/// # Errors
/// [`Failure::Local`] when the file cannot be read.
pub fn token(file: Option<&Path>) -> Result<Option<SecretText>, Failure> {
    match file {
        Some(file) => read_file(file).map(Some),
        None => Ok(std::env::var(TOKEN).ok().filter(|token| !token.trim().is_empty()).map(SecretText::new)),
    }
}

/// Standard input, whole.
///
/// # Errors
/// [`Failure::Local`].
pub fn stdin() -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut bytes = Zeroizing::new(Vec::new());
    std::io::stdin().lock().read_to_end(&mut bytes).map_err(Failure::local("stdin"))?;
    Ok(bytes)
}

fn read_file(path: &Path) -> Result<SecretText, Failure> {
    let named = || path.display().to_string();
    read_text(File::open(path).map_err(Failure::local(named()))?, &named())
}

fn read_text(from: impl Read, named: &str) -> Result<SecretText, Failure> {
    let mut bytes = Zeroizing::new(Vec::new());
    from.take(LONGEST).read_to_end(&mut bytes).map_err(Failure::local(named))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| Failure::Usage(format!("{named}: not UTF-8")))?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    Ok(text.strip_suffix('\r').unwrap_or(text).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{io::Write, os::fd::AsRawFd};

    #[test]
    fn one_line_break_at_the_end_is_no_part_of_a_secret() {
        let path = std::env::temp_dir().join(format!("sealward-secrets-in-{}", std::process::id()));
        for (written, read) in [("word", "word"), ("word\n", "word"), ("wo\nrd\r\n", "wo\nrd"), ("word\n\n", "word\n")]
        {
            File::create(&path).unwrap().write_all(written.as_bytes()).unwrap();
            assert_eq!(Source::File(path.clone()).read().unwrap().expose(), read);
            let open = File::open(&path).unwrap();
            let number = u32::try_from(open.as_raw_fd()).unwrap();
            assert_eq!(Source::Descriptor(number).read().unwrap().expose(), read);
        }
        std::fs::remove_file(&path).unwrap();
        assert_eq!(Source::File(path).read().err().map(|failure| failure.exit_code()), Some(1));
    }
}
