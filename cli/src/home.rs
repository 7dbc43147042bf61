//! Where this machine keeps things: which team it signs in to with which Secret Key, what it has seen of it, and the
//! agent's socket. All of it is for the user alone.

use crate::{failure::Failure, fault::Fault, views::Hidden};
use base64ct::{Base64UrlUnpadded, Encoding};
use sealward_client::{crypto::password::SecretKey, session::Device};
use sealward_contract::{ids::TeamId, text::LoginName};
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// The environment's name for the folder.
pub const HOME: &str = "SEALWARD_HOME";

/// The folder.
#[derive(Clone, Debug)]
pub struct Home(PathBuf);

/// The device as it is written down. The Secret Key opens nothing without the password.
#[derive(Serialize, Deserialize)]
struct Written {
    team: TeamId,
    login_name: String,
    origin: String,
    secret_key: Hidden,
    ca: Option<PathBuf>,
}

/// What this machine signs in with.
pub struct KnownDevice {
    /// Team, login name, origin and Secret Key.
    pub device: Device,
    /// The file of the certificates that its server is trusted by; the system's where there is none.
    pub ca: Option<PathBuf>,
}

impl Home {
    /// The folder that the environment names, or the usual one.
    ///
    /// # Errors
    /// [`Failure::Usage`] when nothing says where the user's files are.
    pub fn find() -> Result<Self, Failure> {
        let named = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        named(HOME)
            .or_else(|| Some(named("XDG_DATA_HOME")?.join("sealward")))
            .or_else(|| Some(named("HOME")?.join(".local/share/sealward")))
            .map(Self)
            .ok_or_else(|| Failure::Usage(format!("set HOME or {HOME}")))
    }

    /// A folder that is named otherwise.
    #[must_use]
    pub fn at(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// The folder itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Makes the folder, for the user alone; one that others may enter is closed to them.
    ///
    /// # Errors
    /// [`Failure::Local`].
    pub fn make(&self) -> Result<(), Failure> {
        let named = || self.0.display().to_string();
        DirBuilder::new().recursive(true).mode(0o700).create(&self.0).map_err(Failure::local(named()))?;
        fs::set_permissions(&self.0, fs::Permissions::from_mode(0o700)).map_err(Failure::local(named()))
    }

    /// The agent's socket.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.0.join("agent.sock")
    }

    /// The folder of what was seen of teams.
    #[must_use]
    pub fn seen(&self) -> PathBuf {
        self.0.join("seen")
    }

    fn device_file(&self) -> PathBuf {
        self.0.join("device.json")
    }

    /// What this machine signs in with, if it has done so before.
    ///
    /// # Errors
    /// [`Failure::Local`] when it was written down and cannot be read.
    pub fn device(&self) -> Result<Option<KnownDevice>, Failure> {
        let path = self.device_file();
        let named = || path.display().to_string();
        let bytes = match fs::read(&path) {
            Ok(bytes) => Zeroizing::new(bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Failure::local(named())(error)),
        };
        read_device(&bytes).map(Some).ok_or_else(|| Failure::local(named())(std::io::ErrorKind::InvalidData.into()))
    }

    /// That nobody else's Secret Key is kept here: it may be kept nowhere else, and is not written over. `None` stands
    /// for a team that is only to be made.
    ///
    /// # Errors
    /// [`Fault::OtherDevice`]; [`Failure::Local`].
    pub fn check_free_for(&self, member: Option<(&TeamId, &LoginName)>) -> Result<(), Fault> {
        let Some(KnownDevice { device, .. }) = self.device()? else { return Ok(()) };
        if member == Some((&device.team, &device.login_name)) {
            return Ok(());
        }
        Err(Fault::OtherDevice { login_name: device.login_name.to_string(), server: device.origin })
    }

    /// That a server which is named is the one that this machine signs in to, if it does to any.
    ///
    /// # Errors
    /// [`Fault::OtherServer`]; [`Failure::Local`].
    pub fn check_server(&self, origin: &str) -> Result<(), Fault> {
        match self.device()? {
            Some(KnownDevice { device, .. }) if device.origin != origin => {
                Err(Fault::OtherServer { known: device.origin })
            }
            _ => Ok(()),
        }
    }

    /// Writes down what this machine signs in with, whole or not at all; never in place of somebody else's.
    ///
    /// # Errors
    /// [`Fault::OtherDevice`]; [`Failure::Local`].
    pub fn keep_device(&self, device: &Device, ca: Option<&Path>) -> Result<(), Fault> {
        self.check_free_for(Some((&device.team, &device.login_name)))?;
        self.make()?;
        let written = Written {
            team: device.team,
            login_name: device.login_name.to_string(),
            origin: device.origin.clone(),
            secret_key: Hidden(Zeroizing::new(Base64UrlUnpadded::encode_string(device.secret_key.expose()))),
            ca: ca.map(Path::to_owned),
        };
        let path = self.device_file();
        let named = || path.display().to_string();
        let bytes = serde_json::to_vec(&written).map(Zeroizing::new);
        let bytes = bytes.map_err(|error| Failure::local(named())(error.into()))?;
        let unfinished = path.with_extension("new");
        let write = || {
            let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            fs::rename(&unfinished, &path)
        };
        Ok(write().map_err(Failure::local(named()))?)
    }
}

fn read_device(bytes: &[u8]) -> Option<KnownDevice> {
    let written: Written = serde_json::from_slice(bytes).ok()?;
    let secret_key = Zeroizing::new(Base64UrlUnpadded::decode_vec(&written.secret_key.0).ok()?);
    let device = Device {
        team: written.team,
        login_name: LoginName::parse(&written.login_name).ok()?,
        origin: written.origin,
        secret_key: SecretKey::from_slice(&secret_key)?,
    };
    Some(KnownDevice { device, ca: written.ca })
}
