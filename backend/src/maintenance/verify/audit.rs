//! The audit chain: whole from the first event to the newest, each event resting on the statement that it names; and
//! nothing was done without one.

use std::collections::{BTreeMap, BTreeSet};

use sealward_contract::{
    audit::{AuditEvent, AuditedAct},
    chain::{SignedStatement, TeamState},
    codec,
    crypto::{Hash, Signed},
    ids::{MemberId, ObjectId, ReleaseId, TeamId, Timestamp, VaultId, Version},
    purge::PurgeStatement,
    record::{RecordKind, SignedHead},
    release::{ExportStatement, ExportedFile, ExportedSecret, ReleaseStatement},
};

use super::{each, look, report::Report, teams::Known};
use crate::store::{
    ReadTx, StoreError,
    tables::{AUDIT_EVENTS, AUDIT_HEADS, HEADS, PURGED, RECORDS, RELEASES, RESTS, STATEMENTS},
};

/// A version of a secret or file that was given to someone.
struct Released {
    vault: VaultId,
    kind: RecordKind,
    id: ObjectId,
    version: Version,
}

/// A team's events so far.
struct Walk {
    sequence: u64,
    hash: Hash,
    time: Timestamp,
    /// Statements of the chain that were written down.
    statements: BTreeSet<u64>,
    /// Heads that were written down.
    heads: BTreeMap<VaultId, BTreeSet<u64>>,
    releases: BTreeSet<ReleaseId>,
}

impl Default for Walk {
    fn default() -> Self {
        Self {
            sequence: 0,
            hash: Hash::ZERO,
            time: Timestamp::default(),
            statements: BTreeSet::new(),
            heads: BTreeMap::new(),
            releases: BTreeSet::new(),
        }
    }
}

pub(super) fn check(rows: &ReadTx, known: &Known, report: &mut Report) -> Result<(), StoreError> {
    let mut walks: BTreeMap<TeamId, Walk> = BTreeMap::new();
    each(rows, &AUDIT_EVENTS, &(), report, |report, (team, sequence), bytes| {
        let walk = walks.entry(team).or_default();
        if let Err(reason) = walk.step(rows, known, team, sequence, &bytes)? {
            report.find("audit_events", &format_args!("team {team}, event {sequence}"), &reason);
        }
        Ok(())
    })?;
    each(rows, &AUDIT_HEADS, &(), report, |report, team, row| {
        let fits = walks
            .get(&team)
            .is_some_and(|walk| (walk.sequence, walk.hash, walk.time) == (row.sequence, row.hash, row.time));
        if !fits {
            report.find("audit_heads", &format_args!("team {team}"), &"its events do not end there");
        }
        Ok(())
    })?;
    for state in known.teams() {
        check_coverage(rows, state, walks.entry(state.team()).or_default(), report)?;
    }
    each(rows, &RELEASES, &(), report, |report, (team, release), _| {
        if walks.get(&team).is_none_or(|walk| !walk.releases.contains(&release)) {
            report.find("releases", &format_args!("team {team}, release {release}"), &"not written down");
        }
        Ok(())
    })
}

/// Nothing happened without an event: no statement, no head.
fn check_coverage(rows: &ReadTx, state: &TeamState, walk: &Walk, report: &mut Report) -> Result<(), StoreError> {
    let team = state.team();
    if look(rows, &AUDIT_HEADS, &team)?.is_none() {
        report.find("audit_heads", &format_args!("team {team}"), &"its newest event is missing");
    }
    for sequence in (0..=state.position().sequence).filter(|sequence| !walk.statements.contains(sequence)) {
        report.find("statements", &format_args!("team {team}, statement {sequence}"), &"not written down");
    }
    for (vault, _) in state.vaults() {
        let newest = look(rows, &HEADS, vault)?.map_or(0, |row| row.sequence);
        let written = walk.heads.get(vault);
        // The first head comes with the vault.
        for sequence in (2..=newest).filter(|sequence| written.is_none_or(|written| !written.contains(sequence))) {
            report.find("heads", &format_args!("vault {vault}, head {sequence}"), &"not written down");
        }
    }
    Ok(())
}

/// A purge rests on what its member signed; how many objects were purged before is not told.
fn check_purge(
    state: &TeamState,
    member: Option<MemberId>,
    vault: &VaultId,
    count: u32,
    wire: &[u8],
) -> Result<(), String> {
    let signed = Signed::<PurgeStatement>::parse(wire).map_err(|error| error.to_string())?;
    let purge = signed.value();
    let key = state.member(&purge.member).map(|member| *member.signing_at(purge.position.sequence));
    let fits = purge.team == state.team()
        && purge.vault == *vault
        && member == Some(purge.member)
        && u64::from(count) <= purge.objects.len() as u64
        && state.has_position(&purge.position)
        && key.is_some_and(|key| signed.verify(&key).is_ok());
    if fits { Ok(()) } else { Err("not the purge that its member signed".to_owned()) }
}

impl Walk {
    fn step(
        &mut self,
        rows: &ReadTx,
        known: &Known,
        team: TeamId,
        sequence: u64,
        bytes: &[u8],
    ) -> Result<Result<(), String>, StoreError> {
        let Ok(event) = codec::decode::<AuditEvent>(bytes) else { return Ok(Err("it cannot be read".to_owned())) };
        let whole = sequence == self.sequence + 1
            && event.sequence == sequence
            && event.team == team
            && event.previous == self.hash
            && event.time >= self.time;
        (self.sequence, self.hash, self.time) = (sequence, event.hash(), event.time);
        if !whole {
            return Ok(Err("it does not follow the event before".to_owned()));
        }
        let Some(state) = known.team(&team) else {
            return Ok(if known.is_team(&team) { Ok(()) } else { Err("of no team".to_owned()) });
        };
        self.check_statement(rows, state, &event)
    }

    /// What an event rests on.
    fn check_statement(
        &mut self,
        rows: &ReadTx,
        state: &TeamState,
        event: &AuditEvent,
    ) -> Result<Result<(), String>, StoreError> {
        let Some(wire) = event.statement.as_ref() else {
            let needs_none = matches!(
                event.what,
                AuditedAct::SessionStarted { .. }
                    | AuditedAct::SignInRefused
                    | AuditedAct::SessionEnded { .. }
                    | AuditedAct::LoginChanged
            );
            return Ok(if needs_none { Ok(()) } else { Err("it rests on nothing".to_owned()) });
        };
        match &event.what {
            AuditedAct::RecordsWritten { vault, head, .. } => self.check_head(rows, state, vault, head, wire),
            AuditedAct::SecretReleased { vault, account, version } => {
                let released = Released { vault: *vault, kind: RecordKind::Secret, id: *account, version: *version };
                self.check_release(rows, state, event.member, &released, wire)
            }
            AuditedAct::FileReleased { vault, file, version } => {
                let released = Released { vault: *vault, kind: RecordKind::File, id: *file, version: *version };
                self.check_release(rows, state, event.member, &released, wire)
            }
            AuditedAct::SecretsExported { .. } => self.check_export(rows, state, event, wire),
            AuditedAct::ObjectsPurged { vault, count } => Ok(check_purge(state, event.member, vault, *count, wire)),
            AuditedAct::TeamCreated
            | AuditedAct::VaultCreated { .. }
            | AuditedAct::EpochStarted { .. }
            | AuditedAct::PolicySet { .. }
            | AuditedAct::MemberInvited { .. }
            | AuditedAct::InvitationWithdrawn { .. }
            | AuditedAct::MemberJoined { .. }
            | AuditedAct::TeamRoleSet { .. }
            | AuditedAct::GrantSet { .. }
            | AuditedAct::GrantRevoked { .. }
            | AuditedAct::MemberSuspended { .. }
            | AuditedAct::MemberResumed { .. }
            | AuditedAct::MemberRemoved { .. }
            | AuditedAct::ServiceAdmitted { .. }
            | AuditedAct::ServiceSet { .. }
            | AuditedAct::ServiceRenewed { .. } => {
                let Ok(statement) = SignedStatement::parse(wire) else { return Ok(Err("no statement".to_owned())) };
                let sequence = statement.value().sequence;
                let stored = look(rows, &STATEMENTS, &(state.team(), sequence))?;
                self.statements.insert(sequence);
                let told = event.what == AuditedAct::of_statement(&statement.value().body);
                Ok(if stored.as_ref() == Some(wire) && told {
                    Ok(())
                } else {
                    Err("a statement that is not the chain's".to_owned())
                })
            }
            // Its statement is of another kind, which has no row of its own.
            _ => Ok(Ok(())),
        }
    }

    fn check_head(
        &mut self,
        rows: &ReadTx,
        state: &TeamState,
        vault: &VaultId,
        hash: &Hash,
        wire: &[u8],
    ) -> Result<Result<(), String>, StoreError> {
        let Ok(head) = SignedHead::parse(wire) else { return Ok(Err("no head".to_owned())) };
        let value = head.value();
        self.heads.entry(*vault).or_default().insert(value.sequence);
        let rest = look(rows, &RESTS, &(*vault, value.sequence))?;
        let author = state.member(&value.rest.author).map(|author| *author.signing_at(value.rest.position.sequence));
        let fits = value.hash() == *hash
            && value.rest.vault == *vault
            && rest == Some(value.rest_hash())
            && author.is_some_and(|author| head.verify(&author).is_ok());
        Ok(if fits { Ok(()) } else { Err("a head that is not the vault's".to_owned()) })
    }

    fn check_release(
        &mut self,
        rows: &ReadTx,
        state: &TeamState,
        member: Option<MemberId>,
        released: &Released,
        wire: &[u8],
    ) -> Result<Result<(), String>, StoreError> {
        let Ok(signed) = Signed::<ReleaseStatement>::parse(wire) else { return Ok(Err("no release".to_owned())) };
        let release = signed.value();
        let key = state.member(&release.member).map(|member| *member.signing_at(release.position.sequence));
        let fits = (release.team, release.vault, release.account, release.version)
            == (state.team(), released.vault, released.id, released.version)
            && member == Some(release.member)
            && state.has_position(&release.position)
            && key.is_some_and(|key| signed.verify(&key).is_ok());
        if !fits {
            return Ok(Err("not the release that its member signed".to_owned()));
        }
        self.note_release(rows, state, release.id, std::slice::from_ref(released))
    }

    fn check_export(
        &mut self,
        rows: &ReadTx,
        state: &TeamState,
        event: &AuditEvent,
        wire: &[u8],
    ) -> Result<Result<(), String>, StoreError> {
        let AuditedAct::SecretsExported { count, format, files } = &event.what else { return Ok(Ok(())) };
        let Ok(signed) = Signed::<ExportStatement>::parse(wire) else { return Ok(Err("no export".to_owned())) };
        let export = signed.value();
        let member = state.member(&export.member).map(|member| *member.signing_at(export.position.sequence));
        let fits = export.team == state.team()
            && event.member == Some(export.member)
            && (export.secrets.len() as u64, export.files.len() as u64) == (u64::from(*count), u64::from(*files))
            && export.format == *format
            && export.is_ordered()
            && state.has_position(&export.position)
            && member.is_some_and(|member| signed.verify(&member).is_ok());
        if !fits {
            return Ok(Err("not the export that its member signed".to_owned()));
        }
        let secrets = export.secrets.iter().map(|secret| {
            let ExportedSecret { vault, account: id, version } = *secret;
            Released { vault, kind: RecordKind::Secret, id, version }
        });
        let files = export.files.iter().map(|file| {
            let ExportedFile { vault, id, version } = *file;
            Released { vault, kind: RecordKind::File, id, version }
        });
        let released: Vec<Released> = secrets.chain(files).collect();
        self.note_release(rows, state, export.id, &released)
    }

    /// Each statement releases once, and what is there.
    fn note_release(
        &mut self,
        rows: &ReadTx,
        state: &TeamState,
        release: ReleaseId,
        released: &[Released],
    ) -> Result<Result<(), String>, StoreError> {
        if look(rows, &RELEASES, &(state.team(), release))?.is_none() {
            return Ok(Err("the release is missing, and could be made again".to_owned()));
        }
        if !self.releases.insert(release) {
            return Ok(Err("the same release was made before".to_owned()));
        }
        for Released { vault, kind, id, version } in released {
            let there = look(rows, &RECORDS, &(*vault, *kind, *id, version.0))?.is_some();
            if !there && look(rows, &PURGED, &(*vault, *kind, *id))?.is_none() {
                return Ok(Err(format!("{kind:?} {id} that it released is missing")));
            }
        }
        Ok(Ok(()))
    }
}
