//! The keys of the directory as the chain tells them: the first stands in the genesis, others in statements by which
//! somebody leaves.

use crate::{
    bytes::Bytes,
    chain::{Invitation, Member, TeamState},
    crypto::{Hash, SealingPublicKey},
    ids::{Epoch, MemberId},
};
use minicbor::{Decode, Encode};

/// A new key of the directory, for all who stay.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct DirectoryRenewal {
    /// Commitment to it.
    #[n(0)]
    pub commitment: Hash,
    /// The key before it, sealed under it: whoever is given the newest one reads what is older too.
    #[n(1)]
    pub former: Bytes,
}

/// A key of the directory.
#[derive(Clone, Debug)]
pub struct DirectoryKey {
    /// Its number, from 1.
    pub epoch: Epoch,
    /// Commitment to it.
    pub commitment: Hash,
    /// The key before it, sealed under it; `None` for the first.
    pub former: Option<Bytes>,
    /// The statement from which on it holds.
    pub since: u64,
}

impl TeamState {
    /// All keys of the directory, oldest first.
    #[must_use]
    pub fn directory_keys(&self) -> &[DirectoryKey] {
        &self.directory
    }

    /// The number of the newest one.
    #[must_use]
    pub fn directory_epoch(&self) -> Epoch {
        self.directory.last().map_or(Epoch::FIRST, |key| key.epoch)
    }

    /// The number of the one that held at a statement.
    #[must_use]
    pub fn directory_epoch_at(&self, sequence: u64) -> Epoch {
        let held = self.directory.iter().rev().find(|key| key.since <= sequence);
        held.map_or(Epoch::FIRST, |key| key.epoch)
    }

    /// Everyone who gets the directory's key, by ascending id: all but those who were removed, and whoever will join by an
    /// open invitation.
    #[must_use]
    pub fn directory_recipients(&self) -> Vec<(MemberId, SealingPublicKey)> {
        let members = self.members().filter(|member| member.has_keys());
        let members = members.map(|member: &Member| (member.id(), member.keys.sealing));
        let invited = self.open_invitations().map(|Invitation { invite, .. }| (invite.invite.member(), invite.sealing));
        let mut all: Vec<_> = members.chain(invited).collect();
        all.sort_unstable_by_key(|(member, _)| *member);
        all
    }
}
