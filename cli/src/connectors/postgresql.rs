//! PostgreSQL: signed in by SCRAM-SHA-256 and nothing else, bound to a connection over TLS; without TLS only where whoever runs
//! this says so. A password is set by its verifier, which is made here: the password itself is never sent, and so in no log.

use super::{
    Changed, Login, NewPassword, SignInFault, Target, Unusable, connect,
    only_scram::{NotScram, OnlyScram},
    target_tls,
};
use postgres_protocol::password::scram_sha_256;
use sealward_client::model::SecretText;
use std::{error::Error as _, io, net::SocketAddr};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    task::AbortHandle,
};
use tokio_postgres::{
    Client, Config, Error, NoTls,
    config::{ChannelBinding, SslMode},
    error::Severity,
    tls::MakeTlsConnect,
};

const WANTED: &str = "SCRAM-SHA-256 over TLS";

/// A change that has to wait for others is not made: it would come into force after this side had given up on it.
const BOUNDS: &str = "SET lock_timeout = '5s'; SET statement_timeout = '10s'; ";

/// Somebody is signed in.
pub(super) struct Connection {
    client: Client,
    driver: AbortHandle,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// Whether a role can have a password.
pub(super) fn check(user: &str, password: &SecretText) -> Result<(), Unusable> {
    if user.is_empty() || user.contains('\0') {
        return Err(Unusable::User);
    }
    if password.expose().contains('\0') { Err(Unusable::Nul) } else { Ok(()) }
}

/// Signs in; without TLS at the addresses in `plain`, and nowhere else.
pub(super) async fn sign_in(
    plain: &[SocketAddr],
    target: &Target,
    login: &Login<'_>,
) -> Result<Connection, SignInFault> {
    let stream = connect(target).await?;
    let mut config = Config::new();
    config.user(login.user).password(login.password.expose()).dbname(&target.database);
    if stream.peer_addr().is_ok_and(|peer| plain.contains(&peer)) {
        config.ssl_mode(SslMode::Disable).channel_binding(ChannelBinding::Disable);
        return begin(target, config.connect_raw(OnlyScram::new(stream), NoTls).await);
    }
    // Bound to the connection: whoever passed the sign-in on to the real database would be refused there.
    config.ssl_mode(SslMode::Require).channel_binding(ChannelBinding::Require);
    let method = |_| SignInFault::Method { place: target.place(), wanted: WANTED };
    let mut tls = target_tls::make().map_err(method)?;
    let Ok(tls) = MakeTlsConnect::<TcpStream>::make_tls_connect(&mut tls, &target.host);
    begin(target, config.connect_raw(stream, tls).await)
}

fn begin<S, T>(
    target: &Target,
    signed_in: Result<(Client, tokio_postgres::Connection<S, T>), Error>,
) -> Result<Connection, SignInFault>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (client, connection) = signed_in.map_err(|error| explain(target, &error))?;
    let driver = tokio::spawn(async move { drop(connection.await) }).abort_handle();
    Ok(Connection { client, driver })
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
        let statement = format!("{BOUNDS}ALTER ROLE {} PASSWORD '{verifier}'", quote(new.user));
        match self.client.batch_execute(&statement).await {
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
