//! The emergency kit: the Secret Key and the team id on paper, in a file, in a QR code, and read back from each.
//! The kit is made and read on the person's device only; nothing of it ever goes to a server.

mod alphabet;
mod challenge;
mod code;
mod file;
mod qr;

pub use challenge::Challenge;
pub use code::{GROUPS, GroupState, KitError, states};
pub use qr::{QrPath, TooLongForQr};

use crate::crypto::password::SecretKey;
use sealward_contract::ids::TeamId;
use std::fmt;
use zeroize::Zeroizing;

/// Everything that a new device needs besides the password.
#[derive(PartialEq, Eq)]
pub struct EmergencyKit {
    /// The team; its id names the founder's keys.
    pub team: TeamId,
    /// What makes a stolen database impossible to guess at.
    pub secret_key: SecretKey,
    /// Where the team's server is.
    pub origin: String,
    /// The name to sign in with.
    pub login_name: String,
}

/// A kit as it was read. Typed by hand it is only the code; a file or a QR code has the rest too.
#[derive(PartialEq, Eq)]
pub struct ReadKit {
    /// The team.
    pub team: TeamId,
    /// The Secret Key.
    pub secret_key: SecretKey,
    /// Where the team's server is, if the text says so. To be shown, and compared with where the page is.
    pub origin: Option<String>,
    /// The name to sign in with, if the text says so.
    pub login_name: Option<String>,
}

impl EmergencyKit {
    /// The code as people read and type it: eleven groups of six, by dashes.
    pub fn code(&self) -> Zeroizing<String> {
        code::write(&self.team, &self.secret_key)
    }

    /// The text of the kit's file, in both languages.
    pub fn to_text(&self) -> Zeroizing<String> {
        file::write(self)
    }

    /// The one line that the QR code holds.
    pub fn to_line(&self) -> Zeroizing<String> {
        file::write_line(self)
    }

    /// The QR code of [`EmergencyKit::to_line`].
    ///
    /// # Errors
    /// [`TooLongForQr`] when origin and login name are absurdly long.
    pub fn to_qr(&self) -> Result<QrPath, TooLongForQr> {
        QrPath::draw(&self.to_line())
    }

    /// Whether `typed` is the group that was asked for, so that the person has the kit at hand.
    pub fn answers(&self, challenge: Challenge, typed: &str) -> bool {
        challenge.is_answered(&self.code(), typed)
    }
}

impl ReadKit {
    /// Reads a kit from what was typed, pasted, scanned, or stands in its file.
    ///
    /// # Errors
    /// [`KitError`] says where the typo is.
    pub fn parse(text: &str) -> Result<Self, KitError> {
        file::read(text)
    }
}

impl fmt::Debug for EmergencyKit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("EmergencyKit").finish_non_exhaustive()
    }
}

impl fmt::Debug for ReadKit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ReadKit").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
