//! PostgreSQL: signed in by SCRAM-SHA-256 and nothing else, over TLS, which this machine's own databases may lack. A
//! password is set by its verifier, which is made here: the password itself is never sent, and so in no log.

use super::{
    Changed, Login, NewPassword, SignInFault, Target, Unusable, connect,
    only_scram::{NotScram, OnlyScram},
    target_tls,
};
use postgres_protocol::password::scram_sha_256;
use sealward_client::model::SecretText;
use std::{error::Error as _, io};
use tokio::net::TcpStream;
use tokio_postgres::{
    Client, Config, Error, NoTls,
    config::{ChannelBinding, SslMode},
    error::Severity,
    tls::MakeTlsConnect,
};

const WANTED: &str = "SCRAM-SHA-256, over TLS where the database is on another machine";

/// Somebody is signed in.
pub(super) struct Connection(Client);

/// Whether a role can have a password.
pub(super) fn check(user: &str, password: &SecretText) -> Result<(), Unusable> {
    if user.is_empty() || user.contains('\0') {
        return Err(Unusable::User);
    }
    if password.expose().contains('\0') { Err(Unusable::Nul) } else { Ok(()) }
}

/// Signs in.
pub(super) async fn sign_in(target: &Target, login: &Login<'_>) -> Result<Connection, SignInFault> {
    let stream = connect(target).await?;
    let is_here = stream.peer_addr().is_ok_and(|peer| peer.ip().to_canonical().is_loopback());
    let mut config = Config::new();
    config.user(login.user).password(login.password.expose()).dbname(&target.database);
    config.ssl_mode(SslMode::Require).channel_binding(ChannelBinding::Require);
    let method = || SignInFault::Method { place: target.place(), wanted: WANTED };
    let mut tls = target_tls::make().map_err(|_| method())?;
    let Ok(tls) = MakeTlsConnect::<TcpStream>::make_tls_connect(&mut tls, &target.host);
    match config.connect_raw(stream, tls).await {
        Ok((client, connection)) => {
            tokio::spawn(connection);
            return Ok(Connection(client));
        }
        // Between programs of one machine there is nobody to read along.
        Err(error) if is_here && is_of_protocol(&error) => {}
        Err(error) => return Err(explain(target, &error)),
    }
    config.ssl_mode(SslMode::Disable).channel_binding(ChannelBinding::Disable);
    let stream = connect(target).await?;
    if !stream.peer_addr().is_ok_and(|peer| peer.ip().to_canonical().is_loopback()) {
        return Err(method());
    }
    match config.connect_raw(OnlyScram::new(stream), NoTls).await {
        Ok((client, connection)) => {
            tokio::spawn(connection);
            Ok(Connection(client))
        }
        Err(error) => Err(explain(target, &error)),
    }
}

fn io_error(error: &Error) -> Option<&io::Error> {
    error.source()?.downcast_ref()
}

/// Whether the two sides found no way of signing in, rather than that it failed.
fn is_of_protocol(error: &Error) -> bool {
    let not_scram = |error: &io::Error| error.get_ref().is_some_and(|inner| inner.is::<NotScram>());
    error.as_db_error().is_none() && !error.is_closed() && io_error(error).is_none_or(not_scram)
}

fn explain(target: &Target, error: &Error) -> SignInFault {
    let place = target.place();
    match error.as_db_error() {
        Some(told) if told.code().code().starts_with("28") => SignInFault::Refused(place),
        Some(told) => SignInFault::Told { place, code: format!("SQLSTATE {}", told.code().code()) },
        None if is_of_protocol(error) => SignInFault::Method { place, wanted: WANTED },
        None => SignInFault::Broken(place),
    }
}

/// A role's name as a statement takes it.
fn quote(user: &str) -> String {
    format!("\"{}\"", user.replace('"', "\"\""))
}

impl Connection {
    /// Has the password changed.
    pub(super) async fn change(&self, new: &NewPassword<'_>) -> Changed {
        let verifier = scram_sha_256(new.password.expose().as_bytes());
        let statement = format!("ALTER ROLE {} PASSWORD '{verifier}'", quote(new.user));
        match self.0.batch_execute(&statement).await {
            Ok(()) => Changed::Done,
            Err(error) => match error.as_db_error() {
                // Anything worse ends the connection, and may come after the change.
                Some(told) if told.parsed_severity() == Some(Severity::Error) => {
                    Changed::Refused(format!("SQLSTATE {}", told.code().code()))
                }
                _ => Changed::Unknown,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_names() {
        assert_eq!(quote("app"), "\"app\"");
        assert_eq!(quote("a\"; DROP ROLE b; --"), "\"a\"\"; DROP ROLE b; --\"");
        assert_eq!(check("app", &SecretText::from("a'b\nc")), Ok(()));
        assert_eq!(check("app", &SecretText::from("a\0b")), Err(Unusable::Nul));
        assert_eq!(check("a\0", &SecretText::from("x")), Err(Unusable::User));
    }
}
