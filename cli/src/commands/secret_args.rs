//! Arguments that say where secrets are read from. A secret itself is never one.

use crate::{failure::Failure, language::Language, secrets_in::Source, tasks::NewSecret, views::Hidden};
use clap::Args;
use sealward_client::model::SecretText;
use std::path::PathBuf;

/// Where a password comes from.
#[derive(Args)]
pub(super) struct PasswordArgs {
    /// Read the password from this file
    #[arg(long, value_name = "FILE", conflicts_with = "password_fd")]
    password_file: Option<PathBuf>,
    /// Read the password from this file descriptor; without either it is asked for on the terminal
    #[arg(long, value_name = "NUMBER")]
    password_fd: Option<u32>,
}

impl PasswordArgs {
    /// Whether a source is named.
    pub(super) fn is_named(&self) -> bool {
        self.password_file.is_some() || self.password_fd.is_some()
    }

    /// Reads the password.
    pub(super) fn read(&self, language: Language) -> Result<SecretText, Failure> {
        source(self.password_file.as_ref(), self.password_fd)
            .unwrap_or_else(|| Source::Prompt(language.pick("Password", "密码").to_owned()))
            .read()
    }

    /// Reads a new password; on a terminal twice.
    pub(super) fn read_new(&self, language: Language) -> Result<SecretText, Failure> {
        if self.is_named() {
            return self.read(language);
        }
        let first = Source::Prompt(language.pick("New password", "新密码").to_owned()).read()?;
        let again = Source::Prompt(language.pick("Once more", "再次输入").to_owned()).read()?;
        if first == again {
            return Ok(first);
        }
        let differ = language.pick("The two passwords are not the same.", "两次输入的密码不一致。");
        Err(Failure::Usage(differ.to_owned()))
    }
}

/// A file or a descriptor, where one is named.
pub(super) fn source(file: Option<&PathBuf>, descriptor: Option<u32>) -> Option<Source> {
    descriptor.map(Source::Descriptor).or_else(|| file.cloned().map(Source::File))
}

/// Where an account's secret comes from.
#[derive(Args)]
pub(super) struct SecretArgs {
    /// Make a random password, of so many characters
    #[arg(long, value_name = "LENGTH", num_args = 0..=1, default_missing_value = "20")]
    generate: Option<u16>,
    /// Read the secret from this file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["generate", "secret_fd", "secret_prompt"])]
    secret_file: Option<PathBuf>,
    /// Read the secret from this file descriptor
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["generate", "secret_prompt"])]
    secret_fd: Option<u32>,
    /// Ask for the secret on the terminal
    #[arg(long, conflicts_with = "generate")]
    secret_prompt: bool,
    /// Read the seed of one-time codes from this file
    #[arg(long, value_name = "FILE")]
    otp_file: Option<PathBuf>,
    /// Read a hidden custom field from a file
    #[arg(long, value_name = "LABEL=FILE")]
    hidden: Vec<String>,
}

impl SecretArgs {
    /// Reads what is named.
    pub(super) fn read(&self, language: Language) -> Result<NewSecret, Failure> {
        let prompt = self.secret_prompt.then(|| Source::Prompt(language.pick("Secret", "机密").to_owned()));
        let text = source(self.secret_file.as_ref(), self.secret_fd).or(prompt);
        let otp = self.otp_file.clone().map(Source::File);
        let hidden = self.hidden.iter().map(|pair| {
            let (label, file) = read_pair(pair)?;
            Ok((label, hide(&Source::File(file.into()).read()?)))
        });
        Ok(NewSecret {
            text: text.map(|source| source.read()).transpose()?.as_ref().map(hide),
            generate: self.generate,
            hidden: hidden.collect::<Result<_, Failure>>()?,
            otp_seed: otp.map(|source| source.read()).transpose()?.as_ref().map(hide),
        })
    }
}

/// A secret on its way to whoever holds the session.
pub(super) fn hide(text: &SecretText) -> Hidden {
    Hidden::of(text.expose())
}

/// `NAME=VALUE`.
pub(super) fn read_pair(text: &str) -> Result<(String, String), Failure> {
    let (name, value) = text.split_once('=').ok_or_else(|| Failure::Usage(format!("{text}: not like NAME=VALUE")))?;
    Ok((name.to_owned(), value.to_owned()))
}

/// `VAULT=ROLE`, by the last of its signs: names of vaults may hold it.
pub(super) fn read_grant(text: &str) -> Result<(String, String), Failure> {
    let (vault, role) = text.rsplit_once('=').ok_or_else(|| Failure::Usage(format!("{text}: not like VAULT=ROLE")))?;
    Ok((vault.to_owned(), role.to_owned()))
}
