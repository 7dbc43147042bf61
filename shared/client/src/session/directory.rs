//! The team's directory: its name, and who its members say they are. Nothing is ever decided by it.

use crate::{
    crypto::sealing::SealingKey,
    model::{Payload, ProfileDetails, TeamDetails},
    vault::open_directory_payload,
};
use sealward_contract::{
    chain::TeamState,
    ids::{MemberId, VaultId},
    record::{Expected, Record, RecordKind, check_record},
};
use std::collections::BTreeMap;

/// Names, as far as they could be verified and opened.
#[derive(Default)]
pub struct Directory {
    pub(super) key: Option<SealingKey>,
    team: TeamDetails,
    profiles: BTreeMap<MemberId, ProfileDetails>,
}

impl Directory {
    /// The team's name; empty when it could not be read.
    #[must_use]
    pub fn team_name(&self) -> &str {
        &self.team.name
    }

    /// A member's profile.
    #[must_use]
    pub fn profile(&self, member: &MemberId) -> Option<&ProfileDetails> {
        self.profiles.get(member)
    }

    /// Takes the records that verify and open; the others are left out.
    pub(super) fn take(&mut self, state: &TeamState, records: &[Record]) {
        for record in records {
            let context = record.context();
            let expected = Expected {
                vault: VaultId::DIRECTORY,
                id: context.id,
                kind: context.kind,
                resource: None,
                version: None,
                hash: None,
            };
            let Some(key) = &self.key else { return };
            if !context.kind.is_directory() || check_record(state, &expected, record).is_err() {
                continue;
            }
            let Some(payload) = open_directory_payload(record, key) else { continue };
            match context.kind {
                RecordKind::Team => {
                    if let Ok(team) = TeamDetails::from_bytes(&payload) {
                        self.team = team;
                    }
                }
                _ => {
                    if let Ok(profile) = ProfileDetails::from_bytes(&payload) {
                        self.profiles.insert(MemberId(context.id.0), profile);
                    }
                }
            }
        }
    }
}
