//! Writing what stands in the directory: profiles, and the names of groups.

use super::Session;
use crate::{
    api::CallError,
    error::{Damage, DamagedObject, Error, Fault, from_call},
    model::{Payload, ProfileDetails},
    transport::Transport,
    vault::{SealUnder, seal_record},
};
use sealward_contract::{
    chain::TeamState,
    crypto::Hash,
    ids::{MemberId, Number, ObjectId, VaultId, Version},
    operations::{
        directory::{DirectoryError, DirectoryWrite, DirectoryWritten, PutProfile},
        members::MemberPath,
    },
    policy,
    record::{ChainPosition, Record, RecordContext, RecordKind, RecordState, Tier},
    suite::SUITE,
};

/// A record of the directory that is to be written.
pub(super) struct DirectoryDraft<'p> {
    pub(super) kind: RecordKind,
    pub(super) id: ObjectId,
    pub(super) number: Number,
    /// The version that it was made from; `None` for the first.
    pub(super) base: Option<Version>,
    pub(super) payload: &'p [u8],
    /// Where the team's chain stands when it is read.
    pub(super) position: ChainPosition,
}

impl<T: Transport> Session<T> {
    /// Writes the next version of a member's profile: one's own, or that of somebody whom this member manages. `base` is
    /// the version that it was made from. Gives the new one.
    ///
    /// # Errors
    /// [`Error::StaleVersion`] when it was changed elsewhere, and is then known here; [`Error::NotAllowed`]; others.
    pub async fn write_profile(
        &self,
        member: MemberId,
        base: Option<Version>,
        details: &ProfileDetails,
    ) -> Result<Version, Error> {
        self.check_held()?;
        let payload = details.to_bytes()?;
        let (allowed, number, position) = self
            .with_chain(|chain| {
                let position = chain.position();
                let known = chain.member(&member).filter(|known| known.standing().is_some())?;
                let own = self.identity.member;
                let allowed = policy::may_write_profile(chain, &own, &member, position.sequence);
                Some((allowed, known.number, position))
            })?
            .ok_or(Error::Gone)?;
        if !allowed {
            return Err(Error::NotAllowed);
        }
        let id = member.object();
        let draft = DirectoryDraft { kind: RecordKind::Profile, id, number, base, payload: &payload, position };
        let record = self.seal_directory(&draft)?;
        let path = MemberPath { team: self.team, member };
        let body = DirectoryWrite { record: record.to_wire() };
        let answer = self.call::<PutProfile>(&path, &body).await;
        self.settle_directory(answer, &record).await
    }

    /// Seals the next version of a record of the directory.
    pub(super) fn seal_directory(&self, draft: &DirectoryDraft<'_>) -> Result<Record, Error> {
        let epoch = self.with_chain(TeamState::directory_epoch)?;
        let directory = self.directory.borrow();
        let newest = directory.newest((draft.kind, draft.id));
        if newest.map(|(version, _)| version) != draft.base {
            return Err(Error::StaleVersion);
        }
        let version = match newest {
            None => Version::FIRST,
            Some((version, _)) => version.next().ok_or(Error::Refused)?,
        };
        let context = RecordContext {
            suite: SUITE,
            team: self.team,
            vault: VaultId::DIRECTORY,
            kind: draft.kind,
            id: draft.id,
            parent: draft.id,
            number: draft.number,
            version,
            previous: newest.map_or(Hash::ZERO, |(_, hash)| hash),
            epoch,
            tier: Tier::Directory,
            state: RecordState::Live,
            author: self.identity.member,
            position: draft.position,
            time: self.surroundings.now(),
        };
        let unopenable = || Error::from(Damage::of(DamagedObject::Directory, Fault::Unopenable));
        let under = SealUnder::Key(directory.key_at(epoch).ok_or_else(unopenable)?);
        let signing = &self.identity.signing;
        let sealed = self
            .surroundings
            .with_randomness(|randomness| seal_record(context, draft.payload, &under, signing, randomness));
        sealed.map_err(|_| Error::Refused)
    }

    /// Takes what was written; where somebody was faster, that is brought up to date.
    pub(super) async fn settle_directory(
        &self,
        answer: Result<DirectoryWritten, CallError<DirectoryError>>,
        record: &Record,
    ) -> Result<Version, Error> {
        match answer {
            Ok(_) => {
                self.take_directory(&[record.to_wire()])?;
                Ok(record.context().version)
            }
            Err(error) => {
                let error = from_call(error, |own| match own {
                    DirectoryError::Forbidden => Error::NotAllowed,
                    DirectoryError::StaleVersion { .. } => Error::StaleVersion,
                    DirectoryError::RecordRefused {
                        reason: sealward_contract::operations::records::RecordFault::Time,
                    } => Error::Clock,
                    DirectoryError::RecordRefused { .. } => Error::Refused,
                });
                if error == Error::StaleVersion {
                    self.keep_up(&|_| {}).await?;
                }
                Err(error)
            }
        }
    }
}
