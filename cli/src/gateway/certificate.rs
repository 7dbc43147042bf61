//! The certificate of the dialects that are spoken over TLS: given, or made for this run and for this machine's names.

use crate::failure::Failure;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use std::{net::IpAddr, path::PathBuf, sync::Arc};
use tokio_rustls::TlsAcceptor;

/// Where a certificate comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Certificate {
    /// It is made now, for these addresses besides `localhost`, and signed by itself.
    SelfSigned(Vec<IpAddr>),
    /// From files in PEM.
    Files {
        /// The chain, the certificate first.
        chain: PathBuf,
        /// Its key.
        key: PathBuf,
    },
}

/// What speaks TLS, and the certificate in PEM for those who have to trust it by name.
pub struct Tls {
    /// What speaks it.
    pub acceptor: TlsAcceptor,
    /// The chain in PEM, where it was made here.
    pub pem: Option<String>,
}

impl Certificate {
    /// Reads or makes it.
    ///
    /// # Errors
    /// [`Failure::Local`] when a file cannot be read, [`Failure::Usage`] when it holds no certificate or key that fit.
    pub fn load(&self) -> Result<Tls, Failure> {
        let (chain, key, pem) = match self {
            Self::SelfSigned(addresses) => {
                let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
                names.extend(addresses.iter().filter(|address| !address.is_unspecified()).map(ToString::to_string));
                names.sort();
                names.dedup();
                let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).map_err(unusable)?;
                let key = PrivateKeyDer::Pkcs8(signing_key.serialize_der().into());
                (vec![cert.der().clone()], key, Some(cert.pem()))
            }
            Self::Files { chain, key } => {
                let read = |path: &PathBuf| std::fs::read(path).map_err(Failure::local(path.display().to_string()));
                let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&read(chain)?).collect();
                (certificates.map_err(unusable)?, PrivateKeyDer::from_pem_slice(&read(key)?).map_err(unusable)?, None)
            }
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.map_err(unusable)?.with_no_client_auth().with_single_cert(chain, key);
        let mut config = config.map_err(unusable)?;
        // What packs the requests' lines reads HTTP/1 alone.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Tls { acceptor: TlsAcceptor::from(Arc::new(config)), pem })
    }
}

fn unusable(error: impl std::fmt::Display) -> Failure {
    Failure::Usage(format!("the certificate cannot be used: {error}"))
}
