//! Whether events are the chain that they say they are: each follows the one before, and rests on the statement that it
//! carries. Pure, and the same code in server and browser.

use super::steps::{StepMisfit, StepPlace, StepsTold, check_ahead, check_request};
use crate::{
    audit::{AuditEvent, AuditHead, AuditedAct},
    chain::{SignedStatement, TeamState, statement_hash},
    codec,
    crypto::{Hash, Signed, VerifyingKey},
    ids::{AheadId, MemberId, ReleaseId, RequestId, TeamId, Timestamp, VaultId},
    purge::PurgeStatement,
    record::{ChainPosition, Expected, Record, RecordKind, RecordRefused, SignedHead, check_record},
    release::{ExportStatement, ReleaseStatement},
    session::ChangeLogin,
    suite::SUITE,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What an event rests on, once that is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Nothing that was signed: the server says so.
    ServerWord,
    /// A statement of the team's chain.
    Statement {
        /// Who signed it.
        author: MemberId,
        /// Its number.
        sequence: u64,
    },
    /// A vault's head.
    Head {
        /// Who signed it.
        author: MemberId,
        /// Of which vault.
        vault: VaultId,
        /// Its number.
        sequence: u64,
    },
    /// A release of one secret or file.
    Release(Signed<ReleaseStatement>),
    /// A release of many.
    Export(Signed<ExportStatement>),
    /// A removal of what was deleted.
    Purge {
        /// Who signed it.
        author: MemberId,
    },
    /// A record of the directory.
    Directory {
        /// Who signed it.
        author: MemberId,
    },
    /// A step of a request.
    Request {
        /// Who signed it.
        author: MemberId,
        /// Of which request.
        request: RequestId,
        /// Where it stands there.
        place: StepPlace,
        /// Whether vault, account and member are signed for too: by this statement, or by the first one, where all
        /// between the two are known. Otherwise they are the server's word.
        bound: bool,
    },
    /// A statement of an approval that is given ahead.
    Ahead {
        /// Who signed it.
        author: MemberId,
        /// Of which one.
        ahead: AheadId,
        /// Where it stands there.
        place: StepPlace,
        /// Whether vault, account and member are signed for too: by this statement, or by the first one, where all
        /// between the two are known. Otherwise they are the server's word.
        bound: bool,
    },
}

impl Basis {
    /// Who signed it, where somebody did.
    #[must_use]
    pub fn author(&self) -> Option<MemberId> {
        match self {
            Self::ServerWord => None,
            Self::Statement { author, .. }
            | Self::Head { author, .. }
            | Self::Purge { author }
            | Self::Request { author, .. }
            | Self::Ahead { author, .. }
            | Self::Directory { author } => Some(*author),
            Self::Release(signed) => Some(signed.value().member),
            Self::Export(signed) => Some(signed.value().member),
        }
    }

    /// The release that was used up by it.
    #[must_use]
    pub fn release(&self) -> Option<ReleaseId> {
        match self {
            Self::Release(signed) => Some(signed.value().id),
            Self::Export(signed) => Some(signed.value().id),
            _ => None,
        }
    }

    /// Whether a step alone is signed for, and what it is about is the server's word.
    #[must_use]
    pub fn is_step_alone(&self) -> bool {
        matches!(self, Self::Request { bound: false, .. } | Self::Ahead { bound: false, .. })
    }
}

/// Why an event does not rest on what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unfounded {
    /// It needs a statement and carries none, or carries one and needs none.
    #[error("it rests on nothing")]
    Nothing,
    /// What it carries is no statement of the kind that it needs.
    #[error("it carries no statement of its kind")]
    Malformed,
    /// The statement is another one than the event tells of, or not the chain's.
    #[error("it carries another statement than it tells of")]
    Other,
    /// The statement was not signed by whom the event names.
    #[error("not what its member signed")]
    Signature,
}

/// Why an event does not follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Broken {
    /// It cannot be read, or is of another team or suite.
    #[error("it cannot be read")]
    Malformed,
    /// It is not there: the next one has a greater number, or the chain ends before it.
    #[error("it is missing")]
    Missing,
    /// It stands where another one should.
    #[error("it is out of order")]
    OutOfOrder,
    /// It is not the one whose hash the next one, or the newest place of the chain, names.
    #[error("it was changed")]
    Changed,
    /// It is from before the one before it.
    #[error("its time goes back")]
    Time,
    /// What it rests on.
    #[error("{0}")]
    Unfounded(Unfounded),
    /// The same release was made before.
    #[error("the same release was made before")]
    ReleasedTwice,
    /// Events before it are said to be removed, and no event of the chain says so.
    #[error("what was removed before it was not written down")]
    Anchor,
}

/// A fault, and the number of the event that it is found at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("event {sequence}: {broken}")]
pub struct BrokenEvent {
    /// The event's number.
    pub sequence: u64,
    /// What is wrong.
    pub broken: Broken,
}

/// A walk along a team's audit chain, from its oldest event that is kept to its newest.
#[derive(Clone, Debug)]
pub struct AuditWalk {
    team: TeamId,
    anchor: AuditHead,
    at: AuditHead,
    time: Timestamp,
    releases: BTreeSet<ReleaseId>,
    /// The newest statement, and the newest head of each vault, that events rested on: each is told of once, in order.
    statement: Option<u64>,
    heads: BTreeMap<VaultId, u64>,
    /// The steps of requests, and of approvals that are given ahead.
    steps: StepsTold,
    anchored: bool,
}

impl AuditHead {
    /// The place before the first event.
    pub const NONE: Self = Self { sequence: 0, hash: Hash::ZERO };
}

impl AuditWalk {
    /// Begins behind the last event that is not kept any more, or before the first.
    #[must_use]
    pub fn new(team: TeamId, anchor: AuditHead) -> Self {
        let anchored = anchor == AuditHead::NONE;
        let (time, releases) = (Timestamp::default(), BTreeSet::new());
        Self {
            team,
            anchor,
            at: anchor,
            time,
            releases,
            statement: None,
            heads: BTreeMap::new(),
            steps: StepsTold::new(anchored),
            anchored,
        }
    }

    /// Where it has come to.
    #[must_use]
    pub fn at(&self) -> AuditHead {
        self.at
    }

    /// Time of the event that it has come to.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        self.time
    }

    /// Takes the next event, as it was hashed. Without the team's state its statement is not checked. After a fault the
    /// walk goes on from the event given.
    ///
    /// # Errors
    /// [`BrokenEvent`] with the first fault found.
    pub fn step(&mut self, state: Option<&TeamState>, bytes: &[u8]) -> Result<(AuditEvent, Basis), BrokenEvent> {
        let next = self.at.sequence + 1;
        let fail = |sequence, broken| Err(BrokenEvent { sequence, broken });
        let event = match codec::decode::<AuditEvent>(bytes) {
            Ok(event) if event.team == self.team && event.suite == SUITE => event,
            _ => return fail(next, Broken::Malformed),
        };
        let (before, earliest) = (self.at, self.time);
        self.at = AuditHead { sequence: event.sequence, hash: event.hash() };
        self.time = event.time;
        if event.sequence > next {
            return fail(next, Broken::Missing);
        }
        if event.sequence < next {
            return fail(event.sequence, Broken::OutOfOrder);
        }
        if event.previous != before.hash {
            return fail(before.sequence.max(1), Broken::Changed);
        }
        if event.time < earliest {
            return fail(event.sequence, Broken::Time);
        }
        if let AuditedAct::EventsPruned { through, hash } = event.what {
            self.anchored |= AuditHead { sequence: through, hash } == self.anchor;
        }
        let Some(state) = state else { return Ok((event, Basis::ServerWord)) };
        let mut basis = match check_statement(state, &event) {
            Ok(basis) => basis,
            Err(unfounded) => return fail(event.sequence, Broken::Unfounded(unfounded)),
        };
        match self.steps.take(&event, &mut basis) {
            Ok(()) => {}
            Err(StepMisfit::Order) => return fail(event.sequence, Broken::OutOfOrder),
            Err(StepMisfit::About) => return fail(event.sequence, Broken::Unfounded(Unfounded::Other)),
        }
        let rises = match basis {
            Basis::Statement { sequence, .. } => {
                self.statement.replace(sequence).is_none_or(|before| before < sequence)
            }
            Basis::Head { vault, sequence, .. } => {
                self.heads.insert(vault, sequence).is_none_or(|before| before < sequence)
            }
            _ => true,
        };
        if !rises {
            return fail(event.sequence, Broken::OutOfOrder);
        }
        if basis.release().is_some_and(|release| !self.releases.insert(release)) {
            return fail(event.sequence, Broken::ReleasedTwice);
        }
        Ok((event, basis))
    }

    /// Ends the walk at the newest place of the chain.
    ///
    /// # Errors
    /// [`BrokenEvent`] when it has not come there, or events were removed without a word.
    pub fn end(&self, head: AuditHead) -> Result<(), BrokenEvent> {
        let fail = |sequence, broken| Err(BrokenEvent { sequence, broken });
        if self.at.sequence < head.sequence {
            return fail(self.at.sequence + 1, Broken::Missing);
        }
        if self.at != head {
            return fail(self.at.sequence, Broken::Changed);
        }
        if self.anchored { Ok(()) } else { fail(self.anchor.sequence + 1, Broken::Anchor) }
    }
}

/// Checks what an event rests on: that the statement is the one told of, and signed by whom the event names. What a
/// step of a request is about is known only from those before it: [`StepsTold`] compares them.
///
/// # Errors
/// [`Unfounded`].
pub fn check_statement(state: &TeamState, event: &AuditEvent) -> Result<Basis, Unfounded> {
    let key = |member: &MemberId, sequence: u64| key_of(state, member, sequence);
    let own = |author: &MemberId| event.member == Some(*author);
    if let AuditedAct::LoginChanged = event.what {
        return check_login(state, event);
    }
    let wire = match (&event.statement, is_server_word(&event.what)) {
        (None, true) => return Ok(Basis::ServerWord),
        (Some(wire), false) => wire,
        (None, false) | (Some(_), true) => return Err(Unfounded::Nothing),
    };
    match &event.what {
        AuditedAct::RecordsWritten { vault, head, .. } => {
            let signed = SignedHead::parse(wire).map_err(|_| Unfounded::Malformed)?;
            let value = signed.value();
            let author = value.rest.author;
            only(
                value.hash() == *head && value.rest.vault == *vault && value.rest.team == state.team() && own(&author),
            )?;
            signed.verify(&key(&author, value.rest.position.sequence)?).map_err(|_| Unfounded::Signature)?;
            Ok(Basis::Head { author, vault: *vault, sequence: value.sequence })
        }
        AuditedAct::SecretReleased { vault, account: id, version }
        | AuditedAct::FileReleased { vault, file: id, version } => {
            let signed = Signed::<ReleaseStatement>::parse(wire).map_err(|_| Unfounded::Malformed)?;
            let release = signed.value();
            let named = (release.team, release.vault, release.account, release.version);
            only(named == (state.team(), *vault, *id, *version) && own(&release.member))?;
            only(state.has_position(&release.position))?;
            signed.verify(&key(&release.member, release.position.sequence)?).map_err(|_| Unfounded::Signature)?;
            Ok(Basis::Release(signed))
        }
        AuditedAct::SecretsExported { count, format, files } => {
            let signed = Signed::<ExportStatement>::parse(wire).map_err(|_| Unfounded::Malformed)?;
            let export = signed.value();
            let counts = (export.secrets.len() as u64, export.files.len() as u64);
            only(export.team == state.team() && own(&export.member) && export.format == *format)?;
            only(counts == (u64::from(*count), u64::from(*files)) && export.is_ordered())?;
            only(state.has_position(&export.position))?;
            signed.verify(&key(&export.member, export.position.sequence)?).map_err(|_| Unfounded::Signature)?;
            Ok(Basis::Export(signed))
        }
        AuditedAct::ObjectsPurged { vault, count } => {
            let signed = Signed::<PurgeStatement>::parse(wire).map_err(|_| Unfounded::Malformed)?;
            let purge = signed.value();
            only(purge.team == state.team() && purge.vault == *vault && own(&purge.member))?;
            // How many of them were purged before is not told.
            only(u64::from(*count) <= purge.objects.len() as u64 && state.has_position(&purge.position))?;
            signed.verify(&key(&purge.member, purge.position.sequence)?).map_err(|_| Unfounded::Signature)?;
            Ok(Basis::Purge { author: purge.member })
        }
        AuditedAct::RequestStepped { .. } => check_request(state, event, wire),
        AuditedAct::AheadStepped { .. } => check_ahead(state, event, wire),
        AuditedAct::ProfileWritten { .. } | AuditedAct::GroupNamed { .. } => {
            let record = Record::parse_header(wire).map_err(|_| Unfounded::Malformed)?;
            let (kind, id, version) = match event.what {
                AuditedAct::ProfileWritten { of, version } => (RecordKind::Profile, of.object(), version),
                AuditedAct::GroupNamed { group, version } => (RecordKind::Group, group.object(), version),
                _ => return Err(Unfounded::Other),
            };
            let author = record.context().author;
            let expected =
                Expected { vault: VaultId::DIRECTORY, id, kind, resource: None, version: Some(version), hash: None };
            only(own(&author))?;
            check_record(state, &expected, &record).map_err(|refused| match refused {
                RecordRefused::Signature => Unfounded::Signature,
                _ => Unfounded::Other,
            })?;
            Ok(Basis::Directory { author })
        }
        // Everything else that carries a statement carries one of the chain.
        _ => {
            let signed = SignedStatement::parse(wire).map_err(|_| Unfounded::Malformed)?;
            let statement = signed.value();
            let position = ChainPosition { sequence: statement.sequence, hash: statement_hash(&signed) };
            only(state.has_position(&position) && own(&statement.author))?;
            only(event.what == AuditedAct::of_statement(&statement.body))?;
            signed.verify(&key(&statement.author, statement.sequence)?).map_err(|_| Unfounded::Signature)?;
            Ok(Basis::Statement { author: statement.author, sequence: statement.sequence })
        }
    }
}

/// The key of a member that was in force at a place of the chain.
pub(super) fn key_of(state: &TeamState, member: &MemberId, sequence: u64) -> Result<VerifyingKey, Unfounded> {
    state.member(member).map(|member| *member.signing_at(sequence)).ok_or(Unfounded::Signature)
}

/// The statement is of what the event tells.
pub(super) fn only(fits: bool) -> Result<(), Unfounded> {
    if fits { Ok(()) } else { Err(Unfounded::Other) }
}

/// A change of how one signs in is signed by the login key, which nobody but the server knows: that it was is its word.
fn check_login(state: &TeamState, event: &AuditEvent) -> Result<Basis, Unfounded> {
    let Some(wire) = &event.statement else { return Ok(Basis::ServerWord) };
    let signed = Signed::<ChangeLogin>::parse(wire).map_err(|_| Unfounded::Malformed)?;
    let fits = signed.value().team == state.team() && event.member == Some(signed.value().member);
    if fits { Ok(Basis::ServerWord) } else { Err(Unfounded::Other) }
}

/// Whether nobody signs for such an act.
fn is_server_word(what: &AuditedAct) -> bool {
    matches!(
        what,
        AuditedAct::SessionStarted { .. }
            | AuditedAct::SignInRefused
            | AuditedAct::SessionEnded { .. }
            | AuditedAct::FactorAdded { .. }
            | AuditedAct::FactorRemoved { .. }
            | AuditedAct::FactorsTaken { .. }
            | AuditedAct::FactorTried { .. }
            | AuditedAct::RequestRefused { .. }
            | AuditedAct::InvitationOpened { .. }
            | AuditedAct::InvitationRefused { .. }
            | AuditedAct::KeysWrapped { .. }
            | AuditedAct::ShareGiven { .. }
            | AuditedAct::RecoveryRequested { .. }
            | AuditedAct::EventsPruned { .. }
            | AuditedAct::RequestEnded { .. }
            | AuditedAct::AheadEnded { .. }
            | AuditedAct::PersonalVaultDeleted { .. }
            | AuditedAct::WebhookSet { .. }
            | AuditedAct::WebhookDeleted { .. }
            | AuditedAct::WebhookGivenUp { .. }
    )
}
