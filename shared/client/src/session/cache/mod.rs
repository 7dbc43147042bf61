//! The catalog that a device keeps between sessions, so that it opens at once, and without the server. One sealed
//! manifest says what the team was; the records of each vault are in sealed chunks of about 1 MiB beside it.
//!
//! Nothing is believed because it was kept: chain, heads, rights and roots are checked as if a server had given them. Only
//! signatures and keys are not checked a second time: this device did it before it sealed them under the member's own key.
//! No secret is in it, and no key that is not sealed to the member.

mod form;
mod restore;
mod save;

pub use form::ChunkName;
pub use restore::Restoring;
pub use save::{CachePlan, KnownFacts, Unkeepable};

use sealward_contract::{
    bytes::Bytes,
    ids::{Epoch, ObjectId, VaultId},
    operations::{sync::KeyEnvelope, vault::Envelope},
    record::RecordKind,
};
use std::collections::BTreeMap;

/// What the server gave of the team, as it gave it: signed, or sealed to the member.
#[derive(Default)]
pub(super) struct Given {
    pub(super) statements: Vec<Bytes>,
    pub(super) envelopes: Vec<KeyEnvelope>,
    pub(super) directory: BTreeMap<(RecordKind, ObjectId), Bytes>,
}

impl Given {
    /// Keeps an envelope that opened.
    pub(super) fn take_envelope(&mut self, vault: Option<VaultId>, epoch: Epoch, envelope: Envelope) {
        self.envelopes.push(KeyEnvelope { vault, epoch, envelope });
    }
}
