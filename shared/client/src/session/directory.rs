//! The team's directory: its name, who its members say they are, what its groups are called. Nothing is ever decided by
//! it.

use super::directory_keys::DirectoryKeyring;
use crate::{
    crypto::sealing::SealingKey,
    error::{Damage, DamagedObject, Fault},
    model::{MemberGroupDetails, Payload, ProfileDetails, TeamDetails, Unreadable},
    vault::open_directory_payload,
};
use sealward_contract::{
    bytes::Bytes,
    chain::{MemberState, TeamState},
    crypto::Hash,
    ids::{Epoch, GroupId, MemberId, Number, ObjectId, Timestamp, VaultId, Version},
    record::{Expected, Record, RecordKind, RecordState, check_record},
};
use std::collections::BTreeMap;

/// Names, as far as they could be verified and opened.
#[derive(Default)]
pub struct Directory {
    /// The keys that are held, by their numbers.
    pub(super) keys: DirectoryKeyring,
    /// How often it had been written when the server was asked last.
    pub(super) at: Option<u64>,
    team: TeamDetails,
    profiles: BTreeMap<MemberId, Listed<ProfileDetails>>,
    groups: BTreeMap<GroupId, Listed<MemberGroupDetails>>,
    /// The newest version of each record that was verified: none goes back behind it.
    seen: BTreeMap<(RecordKind, ObjectId), Seen>,
    /// What was given instead of a next version, and cannot be right.
    damaged: BTreeMap<(RecordKind, ObjectId), Damage>,
}

/// A record of the directory that was verified and opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<P> {
    /// What it says.
    pub details: P,
    /// Its version.
    pub version: Version,
    /// When it was written, by its author's clock.
    pub time: Timestamp,
    /// Who wrote it.
    pub author: MemberId,
}

#[derive(Clone, Copy)]
struct Seen {
    version: Version,
    hash: Hash,
    /// Number of the statement that its author had seen.
    position: u64,
}

impl Directory {
    /// The team's name; empty when it could not be read.
    #[must_use]
    pub fn team_name(&self) -> &str {
        &self.team.name
    }

    /// The key of this number, where it is held.
    pub(super) fn key_at(&self, epoch: Epoch) -> Option<&SealingKey> {
        self.keys.get(&epoch)
    }

    /// How often it had been written when the server was asked last: another place, and something is new.
    #[must_use]
    pub fn place(&self) -> Option<u64> {
        self.at
    }

    /// A member's profile.
    #[must_use]
    pub fn profile(&self, member: &MemberId) -> Option<&Listed<ProfileDetails>> {
        self.profiles.get(member)
    }

    /// A group's name and description.
    #[must_use]
    pub fn group(&self, group: &GroupId) -> Option<&Listed<MemberGroupDetails>> {
        self.groups.get(group)
    }

    /// What is wrong with a member's profile: an earlier version is then shown, or none.
    #[must_use]
    pub fn damage_of(&self, member: &MemberId) -> Option<&Damage> {
        self.damaged.get(&(RecordKind::Profile, member.object()))
    }

    /// What is wrong with a group's name.
    #[must_use]
    pub fn damage_of_group(&self, group: &GroupId) -> Option<&Damage> {
        self.damaged.get(&(RecordKind::Group, group.object()))
    }

    /// Everything that is wrong with it.
    pub fn damages(&self) -> impl Iterator<Item = &Damage> {
        self.damaged.values()
    }

    /// The newest version of a record that was verified, and its hash.
    pub(super) fn newest(&self, place: (RecordKind, ObjectId)) -> Option<(Version, Hash)> {
        self.seen.get(&place).map(|seen| (seen.version, seen.hash))
    }

    /// Takes the records that verify, open and go on from what was seen; gives those. The others are remembered as
    /// damaged, and change nothing of what is shown.
    pub(super) fn take(&mut self, state: &TeamState, given: &[Bytes]) -> Vec<(RecordKind, ObjectId, Bytes)> {
        let mut taken = Vec::new();
        for wire in given {
            // One that does not parse does not say whose it would be.
            let Ok(record) = Record::parse(wire) else {
                let place = (RecordKind::Team, state.team().object());
                self.damaged.insert(place, Damage::of(DamagedObject::Directory, Fault::Malformed));
                continue;
            };
            let context = record.context();
            let place = (context.kind, context.id);
            // Of whoever was removed nothing is shown any more, whatever is given.
            if context.kind == RecordKind::Profile && is_removed(state, &MemberId(context.id.0)) {
                continue;
            }
            match self.take_one(state, &record) {
                Ok(()) => {
                    self.damaged.remove(&place);
                    taken.push((context.kind, context.id, wire.clone()));
                }
                Err(fault) => {
                    let number = state.member(&MemberId(context.id.0)).map(|member| member.number);
                    let damage = Damage {
                        id: Some(context.id),
                        number: number.filter(|_| context.kind == RecordKind::Profile),
                        author: Some(context.author),
                        ..Damage::of(DamagedObject::Record(context.kind), fault)
                    };
                    self.damaged.insert(place, damage);
                }
            }
        }
        // A group that ended has no name any more.
        let is_live = |group: &GroupId| state.group(group).is_some_and(sealward_contract::chain::Group::is_live);
        self.groups.retain(|group, _| is_live(group));
        self.profiles.retain(|member, _| !is_removed(state, member));
        self.damaged.retain(|(kind, id), _| *kind != RecordKind::Profile || !is_removed(state, &MemberId(id.0)));
        self.damaged.retain(|(kind, id), _| *kind != RecordKind::Group || is_live(&GroupId(id.0)));
        taken
    }

    fn take_one(&mut self, state: &TeamState, record: &Record) -> Result<(), Fault> {
        let context = record.context();
        let place = (context.kind, context.id);
        let expected = Expected {
            vault: VaultId::DIRECTORY,
            id: context.id,
            kind: context.kind,
            resource: None,
            version: None,
            hash: None,
        };
        if !context.kind.is_directory() {
            return Err(Fault::Substituted);
        }
        check_record(state, &expected, record)?;
        let number = match context.kind {
            RecordKind::Profile => state.member(&MemberId(context.id.0)).map(|member| member.number),
            _ => Some(Number(0)),
        };
        let fits = context.parent == context.id && Some(context.number) == number && context.state == RecordState::Live;
        if !fits {
            return Err(Fault::Substituted);
        }
        let next = Seen { version: context.version, hash: record.hash(), position: context.position.sequence };
        match self.seen.get(&place) {
            Some(seen) if next.version < seen.version => return Err(Fault::RolledBack),
            Some(seen) if next.version == seen.version => {
                return if next.hash == seen.hash { Ok(()) } else { Err(Fault::RolledBack) };
            }
            Some(seen) if seen.version.next() == Some(next.version) && context.previous != seen.hash => {
                return Err(Fault::RolledBack);
            }
            // Whoever writes the next version has seen what the one before says: former keys say nothing after new ones.
            Some(seen) if next.position < seen.position => return Err(Fault::RolledBack),
            _ => {}
        }
        let key = self.key_at(context.epoch).ok_or(Fault::Unopenable)?;
        let payload = open_directory_payload(record, key).ok_or(Fault::Unopenable)?;
        match context.kind {
            RecordKind::Team => self.team = read(&payload)?,
            RecordKind::Group => drop(self.groups.insert(GroupId(context.id.0), listed(record, read(&payload)?))),
            _ => drop(self.profiles.insert(MemberId(context.id.0), listed(record, read(&payload)?))),
        }
        self.seen.insert(place, next);
        Ok(())
    }
}

fn is_removed(state: &TeamState, member: &MemberId) -> bool {
    state.member(member).is_some_and(|known| known.state == MemberState::Removed)
}

fn read<P: Payload>(payload: &[u8]) -> Result<P, Fault> {
    P::from_bytes(payload).map_err(|unreadable| match unreadable {
        Unreadable::Newer { .. } => Fault::Newer,
        Unreadable::TooLarge | Unreadable::Malformed => Fault::Malformed,
    })
}

fn listed<P>(record: &Record, details: P) -> Listed<P> {
    let context = record.context();
    Listed { details, version: context.version, time: context.time, author: context.author }
}
