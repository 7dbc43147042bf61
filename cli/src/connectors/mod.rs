//! Connectors: passwords changed on the machines and databases themselves, by whoever holds them. What is to be dialled is
//! read of a resource's details; nothing here knows of vaults, sessions or dialects.

mod choose;
mod host_keys;
mod only_scram;
mod postgresql;
mod ssh;
mod target_tls;

pub use choose::{Kind, NoConnector, Target, choose};
pub use host_keys::HostKeys;

use sealward_client::model::SecretText;
use std::{future::Future, net::SocketAddr, time::Duration};
use tokio::{
    net::TcpStream,
    time::{Instant, timeout, timeout_at},
};

/// Until somebody answers at an address.
const CONNECTING: Duration = Duration::from_secs(10);
/// Signing in and changing, together.
const WHOLE: Duration = Duration::from_secs(30);

/// Who signs in to a target.
pub struct Login<'a> {
    /// The user name there.
    pub user: &'a str,
    /// The password there.
    pub password: &'a SecretText,
}

/// Why nobody was signed in. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum SignInFault {
    /// Nobody answers there.
    #[error("{0} cannot be reached")]
    Unreachable(String),
    /// It took too long, or the connection broke off.
    #[error("the connection to {0} broke off, or took too long")]
    Broken(String),
    /// The host key is not among the known ones.
    #[error(
        "the host key of {place} is not known: {fingerprint}. If that is its own, which `ssh-keygen -lf` shows there, add \
         it to the gateway's file of known hosts"
    )]
    UnknownHost {
        /// Host and port, as the file of known hosts writes them.
        place: String,
        /// The key's fingerprint.
        fingerprint: String,
    },
    /// The host has another key than the known one.
    #[error(
        "the host key of {place} is {fingerprint}, and another one is known for it: somebody may stand between, or the \
         host has new keys. Nothing was sent to it"
    )]
    OtherHost {
        /// Host and port, as the file of known hosts writes them.
        place: String,
        /// The fingerprint of the key that it showed.
        fingerprint: String,
    },
    /// The file of known hosts cannot be read.
    #[error("the gateway's file of known hosts cannot be read")]
    NoHostKeys,
    /// User name and password are not good there.
    #[error("{0} refused the sign-in: user name or password are not good there")]
    Refused(String),
    /// It asks for another way of signing in.
    #[error("{place} does not let anybody in by a password alone in a way that protects it: {wanted}")]
    Method {
        /// Host and port.
        place: String,
        /// What would have been taken.
        wanted: &'static str,
    },
    /// It answered with an error of its own.
    #[error("{place} answered with {code}")]
    Told {
        /// Host and port.
        place: String,
        /// The error's code.
        code: String,
    },
}

/// What became of a change.
#[derive(Debug, PartialEq, Eq)]
pub enum Changed {
    /// The target says that it is done.
    Done,
    /// The target says that it is not done, with its code.
    Refused(String),
    /// It did not say.
    Unknown,
}

/// What cannot be set or sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// A password that its lines would be cut by.
    #[error("a password that is set over SSH has no control characters and at most 500 bytes")]
    Password,
    /// A password with a NUL.
    #[error("a password of PostgreSQL has no NUL")]
    Nul,
    /// A user name that would be read as something else.
    #[error("this user name cannot be one there")]
    User,
}

/// What is to be set.
pub struct NewPassword<'a> {
    /// Whose password.
    pub user: &'a str,
    /// The password.
    pub password: &'a SecretText,
}

/// Signs in to targets.
#[derive(Default)]
pub struct Connectors {
    host_keys: HostKeys,
    plain: Vec<SocketAddr>,
}

/// Somebody is signed in.
pub struct Connection {
    within: Inner,
    until: Instant,
}

enum Inner {
    Ssh(ssh::Connection),
    PostgreSql(postgresql::Connection),
}

impl Connectors {
    /// With the keys by which hosts are known, and the addresses of databases that are spoken to without TLS.
    #[must_use]
    pub fn new(host_keys: HostKeys, plain: Vec<SocketAddr>) -> Self {
        Self { host_keys, plain }
    }

    /// Signs in.
    ///
    /// # Errors
    /// [`SignInFault`].
    pub async fn sign_in(&self, target: &Target, login: &Login<'_>) -> Result<Connection, SignInFault> {
        let until = Instant::now() + WHOLE;
        let signing = async {
            Ok(match target.kind {
                Kind::Ssh => Inner::Ssh(ssh::sign_in(&self.host_keys, target, login).await?),
                Kind::PostgreSql => Inner::PostgreSql(postgresql::sign_in(&self.plain, target, login).await?),
            })
        };
        let within = within(until, signing).await.unwrap_or_else(|| Err(SignInFault::Broken(target.place())))?;
        Ok(Connection { within, until })
    }
}

impl Connection {
    /// Changes a password: that of whoever is signed in, or, for an administrator, somebody else's.
    pub async fn change(self, login: &Login<'_>, new: &NewPassword<'_>) -> Changed {
        let changing = async {
            match &self.within {
                Inner::Ssh(connection) => connection.change(login, new).await,
                Inner::PostgreSql(connection) => connection.change(new).await,
            }
        };
        within(self.until, changing).await.unwrap_or(Changed::Unknown)
    }
}

/// Whether a password can be set on a target for a user.
///
/// # Errors
/// [`Unusable`].
pub fn check(target: &Target, user: &str, password: &SecretText) -> Result<(), Unusable> {
    match target.kind {
        Kind::Ssh => ssh::check(user, password),
        Kind::PostgreSql => postgresql::check(user, password),
    }
}

/// Whether a user of a target can change the passwords of others there, as far as the name tells.
#[must_use]
pub fn may_administer(target: &Target, user: &str) -> bool {
    match target.kind {
        Kind::Ssh => user == ssh::ROOT,
        // Which roles may is the database's to say.
        Kind::PostgreSql => true,
    }
}

async fn within<T>(until: Instant, work: impl Future<Output = T>) -> Option<T> {
    timeout_at(until, work).await.ok()
}

async fn connect(target: &Target) -> Result<TcpStream, SignInFault> {
    let connected = timeout(CONNECTING, TcpStream::connect((target.host.as_str(), target.port))).await;
    connected.ok().and_then(Result::ok).ok_or_else(|| SignInFault::Unreachable(target.place()))
}
