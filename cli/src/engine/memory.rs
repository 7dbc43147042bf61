//! What this machine has seen of a team, sealed by the client: given to the next session, so that no server shows an
//! older team than before.

use base64ct::{Base64UrlUnpadded, Encoding};
use sealward_contract::{ids::TeamId, text::LoginName};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// Where the memory of one member is kept.
pub struct MemoryFile(PathBuf);

impl MemoryFile {
    /// In a folder, for whoever signs in from this device.
    pub fn of(folder: &Path, team: TeamId, login_name: &LoginName) -> Self {
        // Login names may hold what file names may not.
        let name = Base64UrlUnpadded::encode_string(&Sha256::digest(login_name.as_str().as_bytes()));
        Self(folder.join(format!("{team}-{name}.memory")))
    }

    /// What was written last.
    pub fn read(&self) -> Option<Vec<u8>> {
        fs::read(&self.0).ok()
    }

    /// Writes, whole or not at all.
    pub fn write(&self, bytes: &[u8]) -> std::io::Result<()> {
        if let Some(folder) = self.0.parent() {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        }
        let unfinished = self.0.with_extension(format!("{}.new", std::process::id()));
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&unfinished, &self.0)
    }
}
