//! The command `gateway`: which dialects, where, and until when.

use super::{Places, Running, Setup, start};
use crate::{
    clock::Clock,
    connection::{PlainHttp, ServerAddress, Trust},
    connectors::HostKeys,
    failure::Failure,
    signals::until_asked_to_end,
};
use clap::{ArgAction, Args, builder::BoolishValueParser};
use std::{
    io::Write,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    num::NonZeroUsize,
    path::PathBuf,
};
use tokio::sync::watch;

/// Speaks the dialects of other password managers, on this machine, for services of the team.
#[derive(Args, Debug)]
pub struct GatewayArguments {
    /// Speaks Password Manager Pro's dialect here: an address with a port, or a port of this machine [all four dialects
    /// where none is named, this one at 127.0.0.1:7272].
    #[arg(long, value_name = "ADDR", value_parser = read_place)]
    pmp: Option<SocketAddr>,
    /// Speaks JumpServer's dialect here [127.0.0.1:7443].
    #[arg(long, value_name = "ADDR", value_parser = read_place)]
    jumpserver: Option<SocketAddr>,
    /// Speaks Boundary's dialect here, without TLS [127.0.0.1:9200].
    #[arg(long, value_name = "ADDR", value_parser = read_place)]
    boundary: Option<SocketAddr>,
    /// Speaks Rancher's dialect here, without TLS [127.0.0.1:8080].
    #[arg(long, value_name = "ADDR", value_parser = read_place)]
    rancher: Option<SocketAddr>,
    /// The certificate chain for the dialects over TLS, in PEM; without it one is made for this run.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's key, in PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Writes the certificate that is made to this file, for clients that have to trust it.
    #[arg(long, value_name = "FILE", conflicts_with = "tls_cert")]
    write_cert: Option<PathBuf>,
    /// Threads that hold sessions.
    #[arg(long, value_name = "COUNT", default_value = "2")]
    threads: NonZeroUsize,
    /// The file of the machines whose host keys are trusted when passwords are changed on them over SSH, as OpenSSH keeps
    /// it [~/.ssh/known_hosts].
    #[arg(long, value_name = "FILE")]
    known_hosts: Option<PathBuf>,
    /// Takes a PostgreSQL on this machine without TLS, at exactly this address; may be named more than once.
    #[arg(long, value_name = "ADDR", value_parser = read_loopback)]
    plain_postgresql: Vec<SocketAddr>,
    /// Whether JumpServer's dialect refuses secrets to its callers, who have no second factor to give; where it does not,
    /// the team's policy decides alone.
    #[arg(long, value_name = "BOOL", default_value_t = true, action = ArgAction::Set,
        value_parser = BoolishValueParser::new(), env = "SECURITY_VIEW_AUTH_NEED_MFA")]
    security_view_auth_need_mfa: bool,
}

/// Reads an address with a port, or a port of this machine.
fn read_place(text: &str) -> Result<SocketAddr, String> {
    if let Ok(port) = text.parse() {
        return Ok(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port));
    }
    let named = text.replace("localhost:", "127.0.0.1:");
    named.parse().map_err(|_| "an address with a port, as in 127.0.0.1:7272, or a port".to_owned())
}

/// Reads an address of this machine.
fn read_loopback(text: &str) -> Result<SocketAddr, String> {
    let place = read_place(text)?;
    let words = "an address of this machine with a port, as in 127.0.0.1:5432, or a port";
    if place.ip().is_loopback() { Ok(place) } else { Err(words.to_owned()) }
}

/// The way to the server, and what is kept of the team, as every command is told them.
pub struct Way {
    /// The server.
    pub server: ServerAddress,
    /// Whom TLS trusts.
    pub trust: Trust,
    /// Where HTTP without TLS is taken.
    pub plain: PlainHttp,
    /// Folder of what this machine has seen of the team, so that no server takes it back.
    pub state: Option<PathBuf>,
}

impl GatewayArguments {
    fn setup(&self, way: Way, clock: Clock) -> Result<Setup, Failure> {
        let named =
            Places { pmp: self.pmp, jumpserver: self.jumpserver, boundary: self.boundary, rancher: self.rancher };
        let places = if named == Places::default() { Places::usual() } else { named };
        let mut unprotected = [places.boundary, places.rancher].into_iter().flatten();
        if unprotected.any(|address| !address.ip().is_loopback()) && way.plain == PlainHttp::LoopbackOnly {
            let words =
                "tokens would go through the network without TLS: --plain-http where something else protects them";
            return Err(Failure::Usage(words.to_owned()));
        }
        Ok(Setup {
            server: way.server,
            trust: way.trust,
            places,
            certificate: self.tls_cert.clone().zip(self.tls_key.clone()),
            threads: self.threads,
            state: way.state,
            secrets_need_mfa: self.security_view_auth_need_mfa,
            plain_postgresql: self.plain_postgresql.clone(),
            host_keys: self.known_hosts.clone().map_or_else(HostKeys::of_user, HostKeys::of_file),
            clock,
        })
    }

    /// Runs until the system asks the program to end. One line goes to `told` for each dialect when it listens.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn run(&self, way: Way, clock: Clock, told: &mut impl Write) -> Result<(), Failure> {
        let (stop, stopped) = watch::channel(false);
        let running: Running = start(self.setup(way, clock)?, stopped).await?;
        if let Some((file, pem)) = self.write_cert.as_ref().zip(running.certificate.as_ref()) {
            std::fs::write(file, pem).map_err(Failure::local(file.display().to_string()))?;
        }
        for spoken in &running.spoken {
            writeln!(told, "{spoken}").map_err(Failure::local("stdout"))?;
        }
        told.flush().map_err(Failure::local("stdout"))?;
        until_asked_to_end().await?;
        // Whoever listens for it may have ended already.
        let _ = stop.send(true);
        running.finished().await;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{read_loopback, read_place};

    #[test]
    fn a_place_is_an_address_or_a_port() {
        for (text, expected) in [
            ("7272", "127.0.0.1:7272"),
            ("localhost:7272", "127.0.0.1:7272"),
            ("0.0.0.0:7272", "0.0.0.0:7272"),
            ("[::1]:7272", "[::1]:7272"),
        ] {
            assert_eq!(read_place(text).unwrap().to_string(), expected);
        }
        for text in ["", "70000", "host:1", "127.0.0.1"] {
            assert!(read_place(text).is_err(), "{text}");
        }
    }

    #[test]
    fn only_this_machine_is_spoken_to_without_tls() {
        assert!(read_loopback("5432").is_ok() && read_loopback("[::1]:5432").is_ok());
        assert!(read_loopback("192.0.2.1:5432").is_err() && read_loopback("0.0.0.0:5432").is_err());
    }
}
