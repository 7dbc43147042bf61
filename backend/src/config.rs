//! Settings: from a TOML file, the environment and flags, under the same names, in this order of growing weight. An
//! unknown key is refused. What they mean is decided once, in [`Config::resolve`].

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use clap::{Args, ValueEnum};
use ipnet::IpNet;
use sealward_contract::limits;
use serde::Deserialize;

/// For how many days a personal vault is kept where nothing is said, and at most.
const KEEP_PERSONAL_DAYS: u32 = 90;
const MOST_PERSONAL_DAYS: u32 = 3_650;

/// Settings as given; each may be missing.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// Folder of the data file
    #[arg(long, env = "SEALWARD_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Address and port to listen on [default: 127.0.0.1:8480]
    #[arg(long, env = "SEALWARD_LISTEN", value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
    /// How connections are encrypted [default: off]
    #[arg(long, env = "SEALWARD_TLS", value_enum)]
    pub tls: Option<TlsMode>,
    /// Certificate chain in PEM, for `--tls files`
    #[arg(long, env = "SEALWARD_TLS_CERT", value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,
    /// Private key in PEM, for `--tls files`
    #[arg(long, env = "SEALWARD_TLS_KEY", value_name = "FILE")]
    pub tls_key: Option<PathBuf>,
    /// Serve plain HTTP beyond loopback (behind a proxy that encrypts)
    #[arg(long, env = "SEALWARD_INSECURE_HTTP", num_args = 0..=1, default_missing_value = "true")]
    pub insecure_http: Option<bool>,
    /// Who may create a team [default: first]
    #[arg(long, env = "SEALWARD_CREATE_TEAM", value_enum)]
    pub create_team: Option<CreateTeam>,
    /// Address that people open in the browser, such as https://vault.example.org; may be repeated
    #[arg(long, env = "SEALWARD_ORIGIN", value_name = "URL", value_delimiter = ',')]
    pub origin: Option<Vec<String>>,
    /// Network whose X-Forwarded-For is believed; may be repeated
    #[arg(long, env = "SEALWARD_TRUSTED_PROXY", value_name = "CIDR", value_delimiter = ',')]
    pub trusted_proxy: Option<Vec<IpNet>>,
    /// Most connections from one address (an IPv4 address, a /64 of IPv6), but for trusted proxies [default: 256]
    #[arg(long, env = "SEALWARD_CONNECTIONS_PER_ADDRESS", value_name = "COUNT")]
    pub connections_per_address: Option<u32>,
    /// Address and port on which Prometheus finds /metrics; for loopback or a network of operators [default: none]
    #[arg(long, env = "SEALWARD_METRICS", value_name = "ADDR")]
    pub metrics: Option<SocketAddr>,
    /// Hours after which a session ends [default: 24]
    #[arg(long, env = "SEALWARD_SESSION_HOURS", value_name = "HOURS")]
    pub session_hours: Option<u32>,
    /// Memory for pages of the data file, in MiB [default: 64]
    #[arg(long, env = "SEALWARD_CACHE_MIB", value_name = "MIB")]
    pub cache_mib: Option<u32>,
    /// Also append each audit event as a line of JSON to this file [default: none]
    #[arg(long, env = "SEALWARD_AUDIT_LOG", value_name = "FILE")]
    pub audit_log: Option<PathBuf>,
    /// Days for which audit events are kept, at least 180 [default: for ever]
    #[arg(long, env = "SEALWARD_AUDIT_DAYS", value_name = "DAYS")]
    pub audit_days: Option<u32>,
    /// Days for which the personal vault of somebody who was removed is kept, before it is deleted [default: 90]
    #[arg(long, env = "SEALWARD_KEEP_PERSONAL_DAYS", value_name = "DAYS")]
    pub keep_personal_days: Option<u32>,
    /// Network inside your own that webhooks may call, also over plain http; may be repeated [default: none]
    #[arg(long, env = "SEALWARD_WEBHOOK_NETWORKS", value_name = "CIDR", value_delimiter = ',')]
    pub webhook_networks: Option<Vec<IpNet>>,
    /// Certificates in PEM that webhooks trust besides those of the public authorities [default: none]
    #[arg(long, env = "SEALWARD_WEBHOOK_CA", value_name = "FILE")]
    pub webhook_ca: Option<PathBuf>,
    /// What is logged, such as `info` or `sealward_server=debug` [default: info]
    #[arg(long, env = "SEALWARD_LOG", value_name = "FILTER")]
    pub log: Option<String>,
}

/// How connections are encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TlsMode {
    /// Plain HTTP.
    #[default]
    Off,
    /// With the given certificate and key.
    Files,
    /// With a certificate that the server makes for itself.
    SelfSigned,
}

/// Who may create a team.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CreateTeam {
    /// Whoever comes first; beyond loopback with the set-up code.
    #[default]
    First,
    /// Everyone.
    Open,
    /// Nobody.
    Closed,
}

/// Settings that a server can start with.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the data is.
    pub data: DataPlace,
    /// Where to listen.
    pub listen: SocketAddr,
    /// How connections are encrypted.
    pub tls: Tls,
    /// Who may create a team.
    pub create_team: CreateTeam,
    /// Addresses that people open in the browser, without a path.
    pub origins: Vec<String>,
    /// Networks whose X-Forwarded-For is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Most connections from one address.
    pub connections_per_address: usize,
    /// Where the metrics are shown.
    pub metrics: Option<SocketAddr>,
    /// Life of a session in milliseconds.
    pub session_millis: u64,
    /// Memory for pages of the data file, in bytes.
    pub cache: usize,
    /// Where audit events are also written to.
    pub audit_log: Option<PathBuf>,
    /// For how many days audit events are kept; `None` for ever.
    pub audit_days: Option<u32>,
    /// For how many days the personal vault of somebody who was removed is kept.
    pub keep_personal_days: u32,
    /// Networks that webhooks may call though they are nobody else's.
    pub webhook_networks: Vec<IpNet>,
    /// Certificates that webhooks trust besides the public ones.
    pub webhook_ca: Option<PathBuf>,
}

/// Where the data is.
#[derive(Clone, Debug)]
pub enum DataPlace {
    /// In a folder.
    Folder(PathBuf),
    /// Nowhere: it lives as long as the process. For tests.
    Memory,
}

/// How connections are encrypted, with what it takes.
#[derive(Clone, Debug)]
pub enum Tls {
    /// Plain HTTP.
    Off,
    /// With this certificate and key.
    Files {
        /// Certificate chain in PEM.
        cert: PathBuf,
        /// Private key in PEM.
        key: PathBuf,
    },
    /// With a certificate that the server makes and keeps in the data folder.
    SelfSigned,
}

/// Why settings do not make a server.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read, or has an unknown key or a value of a wrong type.
    #[error("the configuration file: {0}")]
    File(#[from] ::config::ConfigError),
    /// A variable that looks like a setting and is none.
    #[error("unknown setting in the environment: {0}")]
    UnknownVariable(String),
    /// No data folder.
    #[error("say where the data is kept: --data DIR")]
    NoData,
    /// Certificate or key missing, or given without need.
    #[error("--tls-cert and --tls-key belong to --tls files, and that needs both")]
    TlsFiles,
    /// Plain HTTP beyond loopback.
    #[error(
        "{0} can be reached by others, and without TLS they could read along: use --tls files or --tls self-signed, \
         or --insecure-http behind a proxy that encrypts"
    )]
    PlainHttp(SocketAddr),
    /// No origin beyond loopback.
    #[error("say under which address browsers reach the server: --origin https://vault.example.org")]
    NoOrigin,
    /// An origin with a path, without a scheme, or not in its one spelling.
    #[error("not an origin: {0} (expected such as https://vault.example.org, without a path)")]
    BadOrigin(String),
    /// Audit events are to be removed before anybody could look into them.
    #[error("--audit-days {0} is too few: audit events are kept for at least {least} days", least = limits::AUDIT_DAYS)]
    AuditDays(u32),
    /// A number out of its range.
    #[error("--{0} is out of range")]
    Range(&'static str),
}

impl Settings {
    /// Reads a TOML file.
    ///
    /// # Errors
    /// It cannot be read, or has an unknown key or a value of a wrong type.
    pub fn from_file(path: &std::path::Path) -> Result<Self, ConfigError> {
        let file = ::config::File::from(path).format(::config::FileFormat::Toml);
        Ok(::config::Config::builder().add_source(file).build()?.try_deserialize()?)
    }

    /// These settings, and where they say nothing those of `base`.
    #[must_use]
    pub fn over(self, base: Self) -> Self {
        Self {
            data: self.data.or(base.data),
            listen: self.listen.or(base.listen),
            tls: self.tls.or(base.tls),
            tls_cert: self.tls_cert.or(base.tls_cert),
            tls_key: self.tls_key.or(base.tls_key),
            insecure_http: self.insecure_http.or(base.insecure_http),
            create_team: self.create_team.or(base.create_team),
            origin: self.origin.or(base.origin),
            trusted_proxy: self.trusted_proxy.or(base.trusted_proxy),
            connections_per_address: self.connections_per_address.or(base.connections_per_address),
            metrics: self.metrics.or(base.metrics),
            session_hours: self.session_hours.or(base.session_hours),
            cache_mib: self.cache_mib.or(base.cache_mib),
            audit_log: self.audit_log.or(base.audit_log),
            audit_days: self.audit_days.or(base.audit_days),
            keep_personal_days: self.keep_personal_days.or(base.keep_personal_days),
            webhook_networks: self.webhook_networks.or(base.webhook_networks),
            webhook_ca: self.webhook_ca.or(base.webhook_ca),
            log: self.log.or(base.log),
        }
    }
}

impl Config {
    /// Decides what the settings mean together.
    ///
    /// # Errors
    /// They contradict each other, or would be unsafe.
    pub fn resolve(settings: Settings) -> Result<Self, ConfigError> {
        let listen = settings.listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8480)));
        let tls = match (settings.tls.unwrap_or_default(), settings.tls_cert, settings.tls_key) {
            (TlsMode::Off, None, None) => Tls::Off,
            (TlsMode::SelfSigned, None, None) => Tls::SelfSigned,
            (TlsMode::Files, Some(cert), Some(key)) => Tls::Files { cert, key },
            _ => return Err(ConfigError::TlsFiles),
        };
        let local = listen.ip().is_loopback();
        if !local && matches!(tls, Tls::Off) && !settings.insecure_http.unwrap_or_default() {
            return Err(ConfigError::PlainHttp(listen));
        }
        let mut origins = settings.origin.unwrap_or_default();
        if let Some(bad) = origins.iter().find(|origin| !is_origin(origin)) {
            return Err(ConfigError::BadOrigin(bad.clone()));
        }
        if origins.is_empty() {
            if !local {
                return Err(ConfigError::NoOrigin);
            }
            origins = local_origins(&tls, listen);
        }
        let hours = settings.session_hours.unwrap_or(24);
        let cache = settings.cache_mib.unwrap_or(64);
        if !(1..=24 * 365).contains(&hours) {
            return Err(ConfigError::Range("session-hours"));
        }
        if let Some(days) = settings.audit_days.filter(|days| *days < limits::AUDIT_DAYS) {
            return Err(ConfigError::AuditDays(days));
        }
        let keep_personal_days = settings.keep_personal_days.unwrap_or(KEEP_PERSONAL_DAYS);
        if !(1..=MOST_PERSONAL_DAYS).contains(&keep_personal_days) {
            return Err(ConfigError::Range("keep-personal-days"));
        }
        let connections = settings.connections_per_address.unwrap_or(256);
        if connections == 0 {
            return Err(ConfigError::Range("connections-per-address"));
        }
        if !(1..=65_536).contains(&cache) {
            return Err(ConfigError::Range("cache-mib"));
        }
        Ok(Self {
            data: DataPlace::Folder(settings.data.ok_or(ConfigError::NoData)?),
            listen,
            tls,
            create_team: settings.create_team.unwrap_or_default(),
            origins,
            trusted_proxies: settings.trusted_proxy.unwrap_or_default(),
            connections_per_address: usize::try_from(connections).unwrap_or(usize::MAX),
            metrics: settings.metrics,
            session_millis: u64::from(hours) * 3_600_000,
            cache: usize::try_from(u64::from(cache) << 20).map_err(|_| ConfigError::Range("cache-mib"))?,
            audit_log: settings.audit_log,
            audit_days: settings.audit_days,
            keep_personal_days,
            webhook_networks: settings.webhook_networks.unwrap_or_default(),
            webhook_ca: settings.webhook_ca,
        })
    }

    /// The same settings once the socket is open: port 0 stands for one that the system chose.
    #[must_use]
    pub fn bound(mut self, address: SocketAddr) -> Self {
        if self.listen.port() == 0 {
            for origin in &mut self.origins {
                if let Some(host) = origin.strip_suffix(":0") {
                    *origin = format!("{host}:{}", address.port());
                }
            }
        }
        self.listen = address;
        self
    }

    /// A server in memory for tests, known under this origin, where everyone may create teams.
    #[must_use]
    pub fn in_memory(origin: &str) -> Self {
        Self {
            data: DataPlace::Memory,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            tls: Tls::Off,
            create_team: CreateTeam::Open,
            origins: vec![origin.to_owned()],
            trusted_proxies: Vec::new(),
            connections_per_address: 256,
            metrics: None,
            session_millis: 24 * 3_600_000,
            cache: 16 << 20,
            audit_log: None,
            audit_days: None,
            keep_personal_days: KEEP_PERSONAL_DAYS,
            webhook_networks: Vec::new(),
            webhook_ca: None,
        }
    }

    /// Whether a set-up code guards the first team.
    #[must_use]
    pub fn needs_setup_code(&self) -> bool {
        self.create_team == CreateTeam::First && !self.listen.ip().is_loopback()
    }
}

/// Every spelling under which a browser on this machine reaches the server.
fn local_origins(tls: &Tls, listen: SocketAddr) -> Vec<String> {
    let scheme = if matches!(tls, Tls::Off) { "http" } else { "https" };
    let host = match listen.ip() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    };
    let port = listen.port();
    vec![format!("{scheme}://{host}:{port}"), format!("{scheme}://localhost:{port}")]
}

/// Whether this is an origin as a browser spells it.
fn is_origin(text: &str) -> bool {
    let Some((scheme, host)) = text.split_once("://") else { return false };
    let default_port = match scheme {
        "https" => ":443",
        "http" => ":80",
        _ => return false,
    };
    !host.is_empty()
        && !host.ends_with(default_port)
        && host.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-:[]".contains(&b))
}

/// What the command line is told by its environment, on machines where both are tried.
const OF_THE_COMMAND_LINE: [&str; 4] = ["SEALWARD_SERVER", "SEALWARD_TOKEN", "SEALWARD_CA", "SEALWARD_HOME"];

/// Refuses variables that look like settings and are none: a typing error must not go unseen.
///
/// # Errors
/// The first unknown one.
pub fn check_environment<'a>(
    known: impl Iterator<Item = &'a str> + Clone,
    found: impl Iterator<Item = String>,
) -> Result<(), ConfigError> {
    for name in found.filter(|name| name.starts_with("SEALWARD_")) {
        if !known.clone().chain(OF_THE_COMMAND_LINE).any(|known| known == name) {
            return Err(ConfigError::UnknownVariable(name));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(listen: &str) -> Settings {
        Settings { data: Some("data".into()), listen: Some(listen.parse().unwrap()), ..Settings::default() }
    }

    #[test]
    fn plain_http_stays_on_loopback() {
        assert!(Config::resolve(settings("127.0.0.1:1")).is_ok());
        assert!(matches!(Config::resolve(settings("0.0.0.0:1")), Err(ConfigError::PlainHttp(_))));
        let open = Settings { insecure_http: Some(true), ..settings("0.0.0.0:1") };
        assert!(matches!(Config::resolve(open), Err(ConfigError::NoOrigin)));
        let named = Settings {
            tls: Some(TlsMode::SelfSigned),
            origin: Some(vec!["https://vault.example.org".into()]),
            ..settings("0.0.0.0:1")
        };
        assert!(Config::resolve(named).is_ok_and(|config| config.needs_setup_code()));
    }

    #[test]
    fn personal_vaults_are_kept_for_ninety_days_unless_said_otherwise() {
        let days = |days| Settings { keep_personal_days: days, ..settings("127.0.0.1:1") };
        assert!(Config::resolve(days(None)).is_ok_and(|config| config.keep_personal_days == 90));
        assert!(Config::resolve(days(Some(30))).is_ok_and(|config| config.keep_personal_days == 30));
        for refused in [0, 3_651] {
            let resolved = Config::resolve(days(Some(refused)));
            assert!(matches!(resolved, Err(ConfigError::Range("keep-personal-days"))));
        }
    }

    #[test]
    fn audit_events_are_kept_for_half_a_year_at_least() {
        let days = |days| Config::resolve(Settings { audit_days: Some(days), ..settings("127.0.0.1:1") });
        assert!(days(180).is_ok_and(|config| config.audit_days == Some(180)));
        assert!(matches!(days(179), Err(ConfigError::AuditDays(179))));
        assert!(Config::resolve(settings("127.0.0.1:1")).is_ok_and(|config| config.audit_days.is_none()));
    }

    #[test]
    fn a_chosen_port_stands_in_the_origins() {
        let config = Config::resolve(settings("127.0.0.1:0")).unwrap().bound("127.0.0.1:4321".parse().unwrap());
        assert_eq!(config.origins, ["http://127.0.0.1:4321", "http://localhost:4321"]);
    }

    #[test]
    fn an_origin_has_one_spelling() {
        for good in ["https://vault.example.org", "http://127.0.0.1:8480", "https://[::1]:8443"] {
            assert!(is_origin(good), "{good}");
        }
        for bad in ["vault.example.org", "https://", "https://a/", "https://A", "https://a:443", "ftp://a"] {
            assert!(!is_origin(bad), "{bad}");
        }
    }

    #[test]
    fn unknown_keys_are_refused() {
        let parse = |text: &str| {
            ::config::Config::builder()
                .add_source(::config::File::from_str(text, ::config::FileFormat::Toml))
                .build()
                .and_then(::config::Config::try_deserialize::<Settings>)
        };
        let read = parse("session-hours = 2\ntrusted-proxy = [\"10.0.0.0/8\"]\ntls = \"self-signed\"").unwrap();
        assert_eq!((read.session_hours, read.tls), (Some(2), Some(TlsMode::SelfSigned)));
        assert!(parse("sesion-hours = 2").is_err());
        let environment = ["SEALWARD_DATA", "SEALWARD_DATUM", "HOME"].map(str::to_owned);
        let refused = check_environment(["SEALWARD_DATA"].into_iter(), environment.into_iter());
        assert!(matches!(refused, Err(ConfigError::UnknownVariable(name)) if name == "SEALWARD_DATUM"));
    }
}
