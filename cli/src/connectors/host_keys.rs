//! Keys by which hosts are known: a file as OpenSSH keeps it, written by the administrator of this machine and by nobody
//! else. What a vault says of a host is not asked, since whoever may edit a resource could write its key beside its
//! address.

use super::SignInFault;
use russh::keys::{Algorithm, EcdsaCurve, HashAlg, PublicKey, known_hosts::known_host_keys_path};
use std::path::PathBuf;

/// The algorithms that host keys may have, the best first.
const ALGORITHMS: [Algorithm; 4] = [
    Algorithm::Ed25519,
    Algorithm::Ecdsa { curve: EcdsaCurve::NistP256 },
    Algorithm::Ecdsa { curve: EcdsaCurve::NistP384 },
    Algorithm::Ecdsa { curve: EcdsaCurve::NistP521 },
];
/// Marks a key that is no longer good.
const REVOKED: &str = "@revoked";

/// The file of known hosts; without one, no host is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostKeys(Option<PathBuf>);

impl HostKeys {
    /// The keys in a file; where there is none, no host is known.
    #[must_use]
    pub fn of_file(file: PathBuf) -> Self {
        Self(Some(file))
    }

    /// The file of the user whom this program runs as.
    #[must_use]
    pub fn of_user() -> Self {
        let home = std::env::var_os("HOME").filter(|home| !home.is_empty());
        Self(home.map(|home| PathBuf::from(home).join(".ssh/known_hosts")))
    }

    /// Judges the key that a host shows.
    ///
    /// # Errors
    /// [`SignInFault`] names its fingerprint.
    pub(super) fn judge(&self, host: &str, port: u16, shown: &PublicKey) -> Result<(), SignInFault> {
        let known = self.known(host, port)?;
        let place = if port == 22 { host.to_owned() } else { format!("[{host}]:{port}") };
        let fingerprint = shown.fingerprint(HashAlg::Sha256).to_string();
        if self.is_revoked(shown)? {
            return Err(SignInFault::OtherHost { place, fingerprint });
        }
        if known.iter().any(|key| key.key_data() == shown.key_data()) {
            return Ok(());
        }
        // A host with a known key shows that one, since it is asked for first; a key of another kind is not asked for.
        if known.iter().any(|key| ALGORITHMS.contains(&key.algorithm())) {
            Err(SignInFault::OtherHost { place, fingerprint })
        } else {
            Err(SignInFault::UnknownHost { place, fingerprint })
        }
    }

    /// The algorithms to ask for: those of the keys that are known for a host, before the others.
    pub(super) fn algorithms(&self, host: &str, port: u16) -> Vec<Algorithm> {
        let known = self.known(host, port).unwrap_or_default();
        let is_known = |algorithm: &Algorithm| known.iter().any(|key| key.algorithm() == *algorithm);
        let (mut first, rest): (Vec<_>, Vec<_>) = ALGORITHMS.into_iter().partition(is_known);
        first.extend(rest);
        first
    }

    fn known(&self, host: &str, port: u16) -> Result<Vec<PublicKey>, SignInFault> {
        let Some(file) = &self.0 else { return Ok(Vec::new()) };
        let keys = known_host_keys_path(host, port, file).map_err(|_| SignInFault::NoHostKeys)?;
        Ok(keys.into_iter().map(|(_, key)| key).collect())
    }

    fn is_revoked(&self, shown: &PublicKey) -> Result<bool, SignInFault> {
        let Some(file) = self.0.as_ref().filter(|file| file.exists()) else { return Ok(false) };
        let text = std::fs::read_to_string(file).map_err(|_| SignInFault::NoHostKeys)?;
        let key = shown.to_openssh().map_err(|_| SignInFault::NoHostKeys)?;
        let key = key.split(' ').nth(1).unwrap_or_default();
        let mut marked = text.lines().filter(|line| line.trim_start().starts_with(REVOKED));
        Ok(marked.any(|line| line.split_whitespace().any(|word| word == key)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ED25519: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ";
    const OTHER: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA6rWI3G1sz07DnfFlrouTcysQlj2P+jpNSOEWD9OJ3X";

    const RSA: &str = concat!(
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCaDpfmpreW6UysQYGvhVAEsGrQb+hJNBY+ANvEOtJCn9lw6vpxS6JzVweM",
        "dF5nU3duLvEogO8uT4JfNeTUESNAgAW/XHKx6GKKBv1yC5vEJv/FCpmqWVUIH5721opoB+a6TbIVJjjj8zX2Oe6oku0JNF/8",
        "+NR5VvHl/OyJmlj8BJ5zEH6bT27br/lEFsoBQJCSMl2dDjdAwCCLkFEq73W/JJv+ISOlk83ALuMI1RcfSiPaaRMFP4YuAUGS",
        "yxlwLJ9vLHVQbZHQUM6IyYrCutOCfjj1/DPKYssuNWvGMzEb+3DqbPDYOC9a9haTrDGuaEaaJJwF4mdC4aWfPr2sHQSP",
    );

    fn judged(name: &str, file: &str, host: &str, port: u16) -> Result<(), SignInFault> {
        let path = std::env::temp_dir().join(format!("sealward-known-hosts-{}-{name}", std::process::id()));
        std::fs::write(&path, file).unwrap();
        let judged = HostKeys::of_file(path.clone()).judge(host, port, &PublicKey::from_openssh(ED25519).unwrap());
        std::fs::remove_file(path).unwrap();
        judged
    }

    #[test]
    fn only_the_known_key_of_a_host_at_its_port_is_good() {
        let file = format!("# of the data centre\nweb-01,10.0.0.7 {ED25519}\n[web-02]:2222 {ED25519} a comment\n");
        for (host, port, good) in [
            ("web-01", 22, true),
            ("10.0.0.7", 22, true),
            ("web-02", 2222, true),
            ("web-01", 2222, false),
            ("web-02", 22, false),
            ("web-0", 22, false),
        ] {
            assert_eq!(judged("ports", &file, host, port).is_ok(), good, "{host} {port}");
        }
        let unknown = judged("ports-2", &file, "web-03", 2222).unwrap_err().to_string();
        assert!(unknown.contains("[web-03]:2222") && unknown.contains("SHA256:"), "{unknown}");
        assert!(matches!(
            HostKeys::default().judge("h", 22, &PublicKey::from_openssh(ED25519).unwrap()),
            Err(SignInFault::UnknownHost { .. })
        ));
    }

    #[test]
    fn another_key_and_a_revoked_one_are_refused() {
        let other = judged("other", &format!("web-01 {OTHER}\n"), "web-01", 22);
        assert!(matches!(other, Err(SignInFault::OtherHost { .. })));
        let of_a_kind_that_is_not_asked_for = judged("rsa", &format!("web-01 {RSA}\n"), "web-01", 22);
        assert!(matches!(of_a_kind_that_is_not_asked_for, Err(SignInFault::UnknownHost { .. })));
        let both = judged("both", &format!("web-01 {OTHER}\nweb-01 {ED25519}\n"), "web-01", 22);
        assert!(both.is_ok());
        let revoked = judged("revoked", &format!("web-01 {ED25519}\n@revoked * {ED25519}\n"), "web-01", 22);
        assert!(matches!(revoked, Err(SignInFault::OtherHost { .. })));
    }
}
