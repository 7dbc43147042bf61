//! The audit chain: whole from the first event to the newest, each event resting on the statement that it names; and
//! nothing was done without one.

use std::collections::{BTreeMap, BTreeSet};

use sealward_contract::{
    audit::{AuditEvent, AuditHead, AuditWalk, AuditedAct, Basis, Broken, BrokenEvent},
    chain::TeamState,
    ids::{MemberId, ObjectId, ReleaseId, TeamId, VaultId, Version},
    record::{RecordKind, SignedHead},
    release::{ExportedFile, ExportedSecret, ReleaseStatement},
};

use super::{each, look, personal, report::Report, teams::Known};
use crate::store::{
    ReadTx, StoreError,
    tables::{
        AHEAD, AUDIT_ANCHORS, AUDIT_EVENTS, AUDIT_HEADS, AUDIT_LOGGED, AuditHeadRow, HEADS, PURGED, RECORDS, RELEASES,
        REQUESTS, RESTS, STATEMENTS,
    },
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
    steps: AuditWalk,
    /// The last event that is kept no longer.
    anchor: Option<AuditHeadRow>,
    /// Statements of the chain that were written down.
    statements: BTreeSet<u64>,
    /// Heads that were written down.
    heads: BTreeMap<VaultId, BTreeSet<u64>>,
    releases: BTreeSet<ReleaseId>,
}

pub(super) fn check(rows: &ReadTx, known: &Known, report: &mut Report) -> Result<(), StoreError> {
    let mut walks: BTreeMap<TeamId, Walk> = BTreeMap::new();
    each(rows, &AUDIT_ANCHORS, &(), report, |_, team, row| {
        walks.insert(team, Walk::new(team, Some(row)));
        Ok(())
    })?;
    each(rows, &AUDIT_EVENTS, &(), report, |report, (team, sequence), bytes| {
        let walk = walks.entry(team).or_insert_with(|| Walk::new(team, None));
        if let Err(reason) = walk.step(rows, known, (team, sequence), &bytes)? {
            report.find("audit_events", &format_args!("team {team}, event {sequence}"), &reason);
        }
        Ok(())
    })?;
    each(rows, &AUDIT_HEADS, &(), report, |report, team, row| {
        let head = AuditHead { sequence: row.sequence, hash: row.hash };
        let at = format_args!("team {team}");
        match walks.get(&team).map(|walk| (walk.steps.end(head), walk.steps.time())) {
            Some((Ok(()), time)) if time == row.time => {}
            Some((Err(BrokenEvent { sequence, broken: Broken::Anchor }), _)) => {
                let reason = format!("nothing says why there is nothing before event {sequence}");
                report.find("audit_anchors", &at, &reason);
            }
            _ => report.find("audit_heads", &at, &"its events do not end there"),
        }
        Ok(())
    })?;
    each(rows, &AUDIT_LOGGED, &(), report, |report, team, logged| {
        if look(rows, &AUDIT_HEADS, &team)?.is_none_or(|head| head.sequence < logged) {
            report.find("audit_logged", &format_args!("team {team}"), &"there is no such event yet");
        }
        Ok(())
    })?;
    for state in known.teams() {
        let walk = walks.entry(state.team()).or_insert_with(|| Walk::new(state.team(), None));
        check_coverage(rows, state, walk, report)?;
    }
    each(rows, &RELEASES, &(), report, |report, (team, release), made| {
        // Events that were removed for their age are not asked for.
        let walk = walks.get(&team);
        let removed = walk.and_then(|walk| walk.anchor).is_some_and(|anchor| made <= anchor.time);
        if !removed && walk.is_none_or(|walk| !walk.releases.contains(&release)) {
            report.find("releases", &format_args!("team {team}, release {release}"), &"not written down");
        }
        Ok(())
    })
}

/// Nothing happened without an event: no statement, no head. Where old events were removed, the statements and heads are
/// asked for from the first one on that is still written down.
fn check_coverage(rows: &ReadTx, state: &TeamState, walk: &Walk, report: &mut Report) -> Result<(), StoreError> {
    let team = state.team();
    if look(rows, &AUDIT_HEADS, &team)?.is_none() {
        report.find("audit_heads", &format_args!("team {team}"), &"its newest event is missing");
    }
    let first_told = |told: Option<&BTreeSet<u64>>, whole: u64, newest: u64| match walk.anchor {
        None => whole,
        Some(_) => told.and_then(|told| told.first().copied()).unwrap_or(newest + 1),
    };
    let newest = state.position().sequence;
    let first = first_told(Some(&walk.statements), 0, newest);
    for sequence in (first..=newest).filter(|sequence| !walk.statements.contains(sequence)) {
        report.find("statements", &format_args!("team {team}, statement {sequence}"), &"not written down");
    }
    for (vault, _) in state.vaults() {
        let newest = look(rows, &HEADS, vault)?.map_or(0, |row| row.sequence);
        let written = walk.heads.get(vault);
        // The first head comes with the vault.
        let first = first_told(written, 2, newest);
        for sequence in (first..=newest).filter(|sequence| written.is_none_or(|written| !written.contains(sequence))) {
            report.find("heads", &format_args!("vault {vault}, head {sequence}"), &"not written down");
        }
    }
    Ok(())
}

impl Walk {
    fn new(team: TeamId, anchor: Option<AuditHeadRow>) -> Self {
        let place = anchor.map_or(AuditHead::NONE, |row| AuditHead { sequence: row.sequence, hash: row.hash });
        Self {
            steps: AuditWalk::new(team, place),
            anchor,
            statements: BTreeSet::new(),
            heads: BTreeMap::new(),
            releases: BTreeSet::new(),
        }
    }

    fn step(
        &mut self,
        rows: &ReadTx,
        known: &Known,
        (team, sequence): (TeamId, u64),
        bytes: &[u8],
    ) -> Result<Result<(), String>, StoreError> {
        let state = known.team(&team);
        let (event, basis) = match self.steps.step(state, bytes) {
            Ok(taken) => taken,
            Err(BrokenEvent { sequence: at, broken }) if at == sequence => return Ok(Err(broken.to_string())),
            Err(broken) => return Ok(Err(broken.to_string())),
        };
        if event.sequence != sequence {
            return Ok(Err("it stands under another number".to_owned()));
        }
        let Some(state) = state else {
            return Ok(if known.is_team(&team) { Ok(()) } else { Err("of no team".to_owned()) });
        };
        self.check_basis(rows, state, &event, basis)
    }

    /// What an event rests on has to be what is stored.
    fn check_basis(
        &mut self,
        rows: &ReadTx,
        state: &TeamState,
        event: &AuditEvent,
        basis: Basis,
    ) -> Result<Result<(), String>, StoreError> {
        match basis {
            Basis::ServerWord | Basis::Purge { .. } | Basis::Directory { .. } => Ok(Ok(())),
            Basis::Statement { sequence, .. } => {
                self.statements.insert(sequence);
                let stored = look(rows, &STATEMENTS, &(state.team(), sequence))?;
                let same = stored == event.statement;
                Ok(if same { Ok(()) } else { Err("a statement that is not the chain's".to_owned()) })
            }
            Basis::Head { vault, sequence, .. } => {
                self.heads.entry(vault).or_default().insert(sequence);
                let rest = look(rows, &RESTS, &(vault, sequence))?;
                let head = event.statement.as_ref().and_then(|wire| SignedHead::parse(wire).ok());
                // With a personal vault that was kept for its time its history went too.
                let is_gone = personal::is_deleted(rows, state.team(), vault)?;
                let same = is_gone || head.is_some_and(|head| rest == Some(head.value().rest_hash()));
                Ok(if same { Ok(()) } else { Err("a head that is not the vault's".to_owned()) })
            }
            Basis::Request { request, place, .. } => {
                let stored = look(rows, &REQUESTS, &(state.team(), request))?;
                let same = stored.is_some_and(|row| {
                    row.statements.get(place.number as usize) == event.statement.as_ref()
                        && is_about(&event.what, (row.vault, row.account, row.requester))
                });
                Ok(if same { Ok(()) } else { Err("a step that is not its request's".to_owned()) })
            }
            Basis::Ahead { ahead, place, .. } => {
                let stored = look(rows, &AHEAD, &(state.team(), ahead))?;
                let same = stored.is_some_and(|row| {
                    row.statements.get(place.number as usize) == event.statement.as_ref()
                        && is_about(&event.what, (row.vault, row.account, row.member))
                });
                Ok(if same { Ok(()) } else { Err("a step that is not its approval's".to_owned()) })
            }
            Basis::Release(signed) => {
                let ReleaseStatement { id: release, vault, account: id, version, .. } = *signed.value();
                let file = matches!(event.what, AuditedAct::FileReleased { .. });
                let kind = if file { RecordKind::File } else { RecordKind::Secret };
                self.note_release(rows, state, release, &[Released { vault, kind, id, version }])
            }
            Basis::Export(signed) => {
                let export = signed.value();
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
        }
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
        self.releases.insert(release);
        for Released { vault, kind, id, version } in released {
            let there = look(rows, &RECORDS, &(*vault, *kind, *id, version.0))?.is_some();
            let is_gone = personal::is_deleted(rows, state.team(), *vault)?;
            if !there && !is_gone && look(rows, &PURGED, &(*vault, *kind, *id))?.is_none() {
                return Ok(Err(format!("{kind:?} {id} that it released is missing")));
            }
        }
        Ok(Ok(()))
    }
}

/// Whether a step is told of the vault, the account and the member that are stored with the first one: what it carries
/// itself names none of them.
fn is_about(what: &AuditedAct, stored: (VaultId, ObjectId, MemberId)) -> bool {
    match *what {
        AuditedAct::RequestStepped { vault, account, of, .. } | AuditedAct::AheadStepped { vault, account, of, .. } => {
            (vault, account, of) == stored
        }
        _ => false,
    }
}
