//! A member's keys in this program's hand, so that what they say can be signed beforehand.

use crate::team::Client;
use anyhow::{Context, Result};
use sealward_client::crypto::{
    hpke::{self, Envelope, XWingSecret},
    identity::Identity,
    randomness::OsRandom,
    sealing::{Sealed, SealingKey},
};
use sealward_contract::{bytes::Bytes, crypto::context::Label, ids::TeamId};

/// A member whose keys this program holds, and the token of a session.
pub struct Hand {
    pub identity: Identity,
    pub token: String,
}

/// A session as it is handed to another window.
#[derive(minicbor::Decode)]
struct Given {
    #[n(0)]
    team: TeamId,
    #[n(5)]
    token: String,
    #[n(8)]
    bundle_version: u32,
    #[n(9)]
    identity: Bytes,
    #[n(10)]
    key: Bytes,
}

impl Hand {
    /// Has a session handed over, to a key of this program's.
    pub fn of(client: &Client) -> Result<Self> {
        let key = XWingSecret::make(&mut OsRandom::new());
        let envelope = client.hand_over(&key.public()).context("nothing was handed over")?;
        let envelope = Envelope::from_bytes(envelope).context("no envelope")?;
        let plain = hpke::unwrap(&key, &Label::WindowHandover.join(&[]), &[], &envelope)?;
        let given: Given = minicbor::decode(&plain).context("another session than was expected")?;
        let key = SealingKey::from_slice(&given.key).context("no key")?;
        let sealed = Sealed::from_wire(&given.identity).ok().context("no identity")?;
        let identity = Identity::open(&key, &given.team, given.bundle_version, &sealed)?;
        Ok(Self { identity, token: given.token })
    }
}
