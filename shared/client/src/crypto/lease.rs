//! Handing the key of one version of a guarded secret to one person for one request. It is sealed under a part that the
//! server keeps, and that is wrapped to a key that the person made for the request, or ahead to the person's own: neither of
//! the two opens anything alone, and both are bound to request, account, version, person and window.

use rand_core::CryptoRng;
use sealward_contract::crypto::SealingPublicKey;
use sealward_contract::crypto::context::Label;
use sealward_contract::request::{LeaseContext, ahead::AheadContext};

use super::hpke::{self, Envelope, XWingSecret};
use super::sealing::{self, OpenError, Sealed, SealingKey};

/// Both halves of a grant.
pub struct Grant {
    /// For whoever asked.
    pub envelope: Envelope,
    /// For the server.
    pub part: SealingKey,
}

/// What the halves of a grant are bound to.
pub struct Bound {
    envelope: Vec<u8>,
    part: Vec<u8>,
}

impl From<&LeaseContext> for Bound {
    fn from(context: &LeaseContext) -> Self {
        Self { envelope: context.join(Label::LeaseEnvelope), part: context.join(Label::LeasePart) }
    }
}

impl From<&AheadContext> for Bound {
    fn from(context: &AheadContext) -> Self {
        Self { envelope: context.join(Label::AheadEnvelope), part: context.join(Label::AheadPart) }
    }
}

/// The lease key is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cannot be granted")]
pub struct GrantError;

/// Hands a key on.
///
/// # Errors
/// [`GrantError`] when the lease key is none.
pub fn grant(
    lease_key: &SealingPublicKey,
    bound: impl Into<Bound>,
    key: &SealingKey,
    randomness: &mut dyn CryptoRng,
) -> Result<Grant, GrantError> {
    let bound = bound.into();
    let part = SealingKey::make(randomness);
    let sealed = sealing::seal(&part, &bound.part, key.expose(), randomness);
    let sealed = sealed.map_err(|_| GrantError)?.to_wire();
    let envelope = hpke::wrap(lease_key, &bound.envelope, &[], &sealed, randomness).map_err(|_| GrantError)?;
    Ok(Grant { envelope, part })
}

/// Takes a key that was handed on.
///
/// # Errors
/// [`OpenError`] when envelope or part are of another request, or for another key.
pub fn take(secret: &XWingSecret, bound: impl Into<Bound>, grant: &Grant) -> Result<SealingKey, OpenError> {
    let bound = bound.into();
    let sealed = hpke::unwrap(secret, &bound.envelope, &[], &grant.envelope).map_err(|_| OpenError)?;
    let sealed = Sealed::from_wire(&sealed).map_err(|_| OpenError)?;
    let key = sealing::open(&grant.part, &bound.part, &sealed)?;
    SealingKey::from_slice(&key).ok_or(OpenError)
}

#[cfg(test)]
mod tests {
    use super::{Grant, grant, take};
    use crate::crypto::fixed::FixedRandomness;
    use crate::crypto::hpke::XWingSecret;
    use crate::crypto::sealing::{OpenError, SealingKey};
    use sealward_contract::crypto::Hash;
    use sealward_contract::ids::{AheadId, MemberId, ObjectId, TeamId, Timestamp, VaultId, Version};
    use sealward_contract::request::LeaseContext;
    use sealward_contract::request::ahead::{AheadContext, Window, ZoneOffset};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn context() -> LeaseContext {
        LeaseContext {
            team: TeamId([1; 16]),
            request: Hash([2; 32]),
            vault: VaultId([3; 16]),
            account: ObjectId([4; 16]),
            version: Version(5),
            record: Hash([6; 32]),
            member: MemberId([7; 16]),
            window: (Timestamp(8), Timestamp(9)),
        }
    }

    #[test]
    fn a_grant_opens_with_both_halves_and_for_nothing_else() {
        let mut randomness = FixedRandomness::new();
        let secret = XWingSecret::make(&mut randomness);
        let key = SealingKey::make(&mut randomness);
        let given = grant(&secret.public(), &context(), &key, &mut randomness).unwrap();
        assert!(take(&secret, &context(), &given).is_ok_and(|taken| taken == key));
        for moved in [
            LeaseContext { team: TeamId([0; 16]), ..context() },
            LeaseContext { request: Hash([0; 32]), ..context() },
            LeaseContext { vault: VaultId([0; 16]), ..context() },
            LeaseContext { account: ObjectId([0; 16]), ..context() },
            LeaseContext { version: Version(6), ..context() },
            LeaseContext { record: Hash([0; 32]), ..context() },
            LeaseContext { member: MemberId([0; 16]), ..context() },
            LeaseContext { window: (Timestamp(7), Timestamp(9)), ..context() },
            LeaseContext { window: (Timestamp(8), Timestamp(10)), ..context() },
        ] {
            assert_eq!(take(&secret, &moved, &given).err(), Some(OpenError), "{moved:?}");
        }
        let other = XWingSecret::make(&mut randomness);
        assert_eq!(take(&other, &context(), &given).err(), Some(OpenError));
        // The requester with all that the approver sent, but for the server's part.
        let guessed = Grant { envelope: given.envelope, part: SealingKey::make(&mut randomness) };
        assert_eq!(take(&secret, &context(), &guessed).err(), Some(OpenError));
    }

    fn ahead() -> AheadContext {
        AheadContext {
            team: TeamId([1; 16]),
            ahead: AheadId([2; 16]),
            vault: VaultId([3; 16]),
            account: ObjectId([4; 16]),
            version: Version(5),
            record: Hash([6; 32]),
            member: MemberId([7; 16]),
            window: Window {
                days: 1,
                from: 60,
                to: 120,
                until: Timestamp(9),
                zone: "UTC".into(),
                offsets: vec![ZoneOffset { since: Timestamp(8), minutes: 0 }],
            },
        }
    }

    #[test]
    fn a_grant_that_is_given_ahead_opens_for_nothing_else_either() {
        let mut randomness = FixedRandomness::new();
        let secret = XWingSecret::make(&mut randomness);
        let key = SealingKey::make(&mut randomness);
        let given = grant(&secret.public(), &ahead(), &key, &mut randomness).unwrap();
        assert!(take(&secret, &ahead(), &given).is_ok_and(|taken| taken == key));
        let window = ahead().window;
        for moved in [
            AheadContext { team: TeamId([0; 16]), ..ahead() },
            AheadContext { ahead: AheadId([0; 16]), ..ahead() },
            AheadContext { vault: VaultId([0; 16]), ..ahead() },
            AheadContext { account: ObjectId([0; 16]), ..ahead() },
            AheadContext { version: Version(6), ..ahead() },
            AheadContext { record: Hash([0; 32]), ..ahead() },
            AheadContext { member: MemberId([0; 16]), ..ahead() },
            AheadContext { window: Window { days: 3, ..window.clone() }, ..ahead() },
            AheadContext { window: Window { to: 121, ..window.clone() }, ..ahead() },
            AheadContext { window: Window { until: Timestamp(10), ..window.clone() }, ..ahead() },
            AheadContext { window: Window { offsets: Vec::new(), ..window }, ..ahead() },
        ] {
            assert_eq!(take(&secret, &moved, &given).err(), Some(OpenError), "{moved:?}");
        }
        assert_eq!(take(&secret, &context(), &given).err(), Some(OpenError));
    }

    #[test]
    fn envelopes_tell_nothing_by_their_length() {
        let mut randomness = FixedRandomness::new();
        let secret = XWingSecret::make(&mut randomness);
        let key = SealingKey::make(&mut randomness);
        let given = grant(&secret.public(), &context(), &key, &mut randomness).unwrap();
        // X-Wing's encapsulation; what is sealed with suite, salt, commitment and a padded payload; its tag.
        assert_eq!(given.envelope.as_bytes().len(), 1_120 + (1 + 1 + 34 + 34 + 3 + 272) + 16);
    }
}
