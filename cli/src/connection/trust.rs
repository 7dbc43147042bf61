//! Whom TLS trusts: the system's certificate authorities, or those of one file.

use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};
use std::{path::Path, sync::Arc};

/// Why no certificate can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustFault {
    /// The file cannot be read, or holds no certificate in PEM.
    #[error("no certificates in the file")]
    Certificates,
    /// TLS cannot be set up.
    #[error("TLS cannot be set up")]
    Tls,
}

/// Whom TLS trusts.
#[derive(Clone)]
pub struct Trust(Arc<ClientConfig>);

impl Trust {
    /// The certificate authorities of the system; where it names none, those that browsers trust.
    ///
    /// # Errors
    /// [`TrustFault::Tls`].
    pub fn of_system() -> Result<Self, TrustFault> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
        Self::with(roots)
    }

    /// The certificates of a file in PEM, and no others.
    ///
    /// # Errors
    /// [`TrustFault`].
    pub fn of_file(file: &Path) -> Result<Self, TrustFault> {
        let mut roots = RootCertStore::empty();
        let certificates = CertificateDer::pem_file_iter(file).map_err(|_| TrustFault::Certificates)?;
        for certificate in certificates {
            let certificate = certificate.map_err(|_| TrustFault::Certificates)?;
            roots.add(certificate).map_err(|_| TrustFault::Certificates)?;
        }
        if roots.is_empty() { Err(TrustFault::Certificates) } else { Self::with(roots) }
    }

    fn with(roots: RootCertStore) -> Result<Self, TrustFault> {
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|_| TrustFault::Tls)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(Arc::new(config)))
    }

    pub(super) fn config(&self) -> ClientConfig {
        ClientConfig::clone(&self.0)
    }
}
