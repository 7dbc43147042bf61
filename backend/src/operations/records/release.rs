//! Releases one version of one secret, the newest or an earlier one, to whoever asked for it with a signed statement. With
//! the export, which asks the same of everything on its lists, the only way on which a secret's ciphertext leaves the
//! server; a file's record goes the same way.

use std::{net::IpAddr, sync::Arc};

use sealward_contract::{
    audit::AuditedAct,
    bytes::Bytes,
    chain::{Requirement, VaultRole},
    ids::{ObjectId, Timestamp, VaultId, Version},
    limits,
    operations::{
        ObjectPath,
        records::{RecordListed, ReleaseError, ReleaseRequest, ReleaseSecret, WantedVersion},
    },
    policy,
    problem::Rejection,
    record::{Record, RecordKind, RecordState, Tier},
    release::ReleaseStatement,
};

use crate::{
    lease_keys::LeaseKeys,
    operations::{
        Call, Caller, Handler, Outcome, Refusal, Reply,
        factors::confirmation,
        releasing::{self, Asking, Terms, Unfit},
        requests,
    },
    server::App,
    store::{
        Rows, StoreError, WriteTx,
        tables::{ENTRIES, FILE_RELEASES, RECORDS},
    },
};

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The newest secret of an account.
    Secret,
    /// A version of it that need not be the newest.
    Version,
    /// A file of an account or a resource.
    File,
}

impl Asked {
    /// The kind of its record.
    pub(crate) fn kind(self) -> RecordKind {
        match self {
            Self::Secret | Self::Version => RecordKind::Secret,
            Self::File => RecordKind::File,
        }
    }
}

impl Handler for ReleaseSecret {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?.clone();
        let asked = match call.body.wanted {
            WantedVersion::Newest => Asked::Secret,
            WantedVersion::Named => Asked::Version,
        };
        release(app, caller, asked, call.path, &call.body, (call.address, call.now)).await.map(Reply::Value)
    }
}

/// Checks a statement and gives the record that it asks for.
///
/// # Errors
/// The first fault found; then nothing is written down.
pub(crate) async fn release(
    app: &Arc<App>,
    caller: Caller,
    asked: Asked,
    path: ObjectPath,
    body: &ReleaseRequest,
    from: (IpAddr, Timestamp),
) -> Result<RecordListed, Refusal<ReleaseError>> {
    let ObjectPath { vault, id, .. } = path;
    caller.role(&vault)?;
    releasing::release(app, caller, One { app: Arc::clone(app), asked, vault, id }, &body.statement, from).await
}

/// Asking for one secret or file.
#[derive(Clone)]
struct One {
    app: Arc<App>,
    asked: Asked,
    vault: VaultId,
    id: ObjectId,
}

impl Asking for One {
    type Statement = ReleaseStatement;
    type Refused = ReleaseError;
    type Given = RecordListed;

    fn terms(statement: &ReleaseStatement) -> Terms<'_> {
        statement.into()
    }

    fn check(&self, statement: &ReleaseStatement) -> Result<(), Refusal<ReleaseError>> {
        let fits = (statement.vault, statement.account) == (self.vault, self.id);
        if fits { Ok(()) } else { Err(Refusal::Own(ReleaseError::ReleaseRefused)) }
    }

    fn act(&self, statement: &ReleaseStatement) -> AuditedAct {
        let ReleaseStatement { vault, account: id, version, .. } = *statement;
        match self.asked {
            Asked::Secret | Asked::Version => AuditedAct::SecretReleased { vault, account: id, version },
            Asked::File => AuditedAct::FileReleased { vault, file: id, version },
        }
    }

    fn give(
        &self,
        tx: &mut WriteTx<'_, '_>,
        caller: &Caller,
        statement: &ReleaseStatement,
        now: Timestamp,
    ) -> Result<RecordListed, Refusal<ReleaseError>> {
        let Self { asked, vault, id, .. } = *self;
        let wanted = Wanted { asked, vault, id, version: statement.version, reason: statement.reason.as_ref() };
        give(tx, &self.app.lease_keys, caller, &wanted, now).map(|record| RecordListed { record })
    }
}

impl From<Unfit> for ReleaseError {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::Statement => Self::ReleaseRefused,
            Unfit::Clock => Self::ClockRefused,
        }
    }
}

/// Gives a record that a caller may be given now, and of a file the chunks for a while.
///
/// # Errors
/// As [`judge`].
pub(crate) fn give(
    tx: &mut WriteTx<'_, '_>,
    keys: &LeaseKeys,
    caller: &Caller,
    wanted: &Wanted<'_>,
    now: Timestamp,
) -> Result<Bytes, Refusal<ReleaseError>> {
    let record = judge(tx, keys, caller, wanted, now)?;
    if wanted.asked == Asked::File {
        let place = (wanted.vault, wanted.id, caller.member);
        FILE_RELEASES.put(tx, &place, &now.plus_millis(limits::FILE_RELEASE))?;
    }
    Ok(record)
}

/// A secret or a file that someone asks for.
pub(crate) struct Wanted<'a> {
    /// Which of them.
    pub(crate) asked: Asked,
    /// Its vault.
    pub(crate) vault: VaultId,
    /// The secret's account, or the file.
    pub(crate) id: ObjectId,
    /// Its version.
    pub(crate) version: Version,
    /// The sealed reason, where one is given.
    pub(crate) reason: Option<&'a Bytes>,
}

/// The record of a secret or a file that a caller may be given now, by the rows.
fn judge(
    rows: &impl Rows,
    keys: &LeaseKeys,
    caller: &Caller,
    wanted: &Wanted<'_>,
    now: Timestamp,
) -> Result<Bytes, Refusal<ReleaseError>> {
    let own = |error| Err(Refusal::Own(error));
    let damaged = || StoreError::Damaged { table: "records" };
    let (vault, id) = (wanted.vault, wanted.id);
    let role = caller.role(&vault)?;
    let Some(entry) = ENTRIES.get(rows, &(vault, wanted.asked.kind(), id))? else {
        let account = ENTRIES.contains(rows, &(vault, RecordKind::Account, id))?;
        let forbidden = account && role == VaultRole::Viewer;
        return if forbidden { own(ReleaseError::Forbidden) } else { Err(Rejection::NotFound.into()) };
    };
    let holder = holder(rows, vault, entry.parent)?.ok_or(Rejection::NotFound)?;
    let sequence = caller.state.position().sequence;
    let known = caller.state.vault(&vault).ok_or(Rejection::NotFound)?;
    let in_force = known.policy_at(&entry.parent, Some(&holder.resource), sequence);
    let named = RECORDS.get(rows, &(vault, wanted.asked.kind(), id, wanted.version.0))?;
    let sealed = match &named {
        Some(wire) => Record::parse_header(wire).map_err(|_| damaged())?.context().tier,
        None => entry.tier,
    };
    // A secret sealed before its policy grew stricter is given by the stricter rule.
    let tier = sealed.max(known.tier_at(&entry.parent, Some(&holder.resource), sequence));
    let terms = in_force.and_then(|policy| policy.terms.as_ref());
    if policy::may_release(role, tier) && !policy::may_release_directly(role, tier, in_force, &caller.member) {
        // Whoever has it checked out opens it with the key that they have anyway.
        let place = (caller.team, vault, entry.parent);
        if !requests::holds(rows, keys, place, caller.member, now)? {
            let exclusive = terms.is_some_and(|terms| terms.exclusive);
            return own(if exclusive { ReleaseError::CheckOutRequired } else { ReleaseError::ApprovalRequired });
        }
    }
    if !policy::may_release(role, tier) {
        let open = policy::may_release(role, Tier::Open);
        return own(if open { ReleaseError::ApprovalRequired } else { ReleaseError::Forbidden });
    }
    if entry.state == RecordState::Deleted || is_deleted(rows, vault, &holder)? {
        return own(ReleaseError::Deleted);
    }
    let stale = wanted.asked != Asked::Version && entry.version != wanted.version;
    let Some(record) = named.filter(|_| !stale) else {
        return own(ReleaseError::StaleVersion { current: entry.version });
    };
    let required = in_force.is_some_and(|policy| policy.reason == Requirement::Required);
    if required && wanted.reason.is_none_or(|reason| reason.is_empty()) {
        return own(ReleaseError::ReasonRequired);
    }
    // Last, so that nobody confirms for what they would not be given anyway.
    confirmation::check_release(rows, caller, tier, terms.is_some_and(|terms| terms.factor), now)?;
    Ok(record)
}

/// The account or the resource that has a secret or a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Holder {
    kind: RecordKind,
    id: ObjectId,
    /// The account's resource, or the resource itself: where policies are looked for.
    pub(crate) resource: ObjectId,
}

/// Finds who has a secret or a file.
///
/// # Errors
/// The store failed.
pub(crate) fn holder(rows: &impl Rows, vault: VaultId, id: ObjectId) -> Result<Option<Holder>, StoreError> {
    if let Some(account) = ENTRIES.get(rows, &(vault, RecordKind::Account, id))? {
        return Ok(Some(Holder { kind: RecordKind::Account, id, resource: account.parent }));
    }
    let resource = ENTRIES.contains(rows, &(vault, RecordKind::Resource, id))?;
    Ok(resource.then_some(Holder { kind: RecordKind::Resource, id, resource: id }))
}

/// Whether an account or a resource, or anything that it stands in, is deleted.
///
/// # Errors
/// The store failed.
pub(crate) fn is_deleted(rows: &impl Rows, vault: VaultId, holder: &Holder) -> Result<bool, StoreError> {
    let entry = |kind, id| ENTRIES.get(rows, &(vault, kind, id));
    let (mut kind, mut at) = (holder.kind, holder.id);
    // One step for the account, one for the resource, then groups, then the vault.
    for _ in 0..limits::DEPTH + 3 {
        let (found, is_vault) =
            if at == vault.object() { (entry(RecordKind::Vault, at)?, true) } else { (entry(kind, at)?, false) };
        let Some(found) = found.filter(|found| found.state == RecordState::Live) else { return Ok(true) };
        if is_vault {
            return Ok(false);
        }
        kind = if kind == RecordKind::Account { RecordKind::Resource } else { RecordKind::ResourceGroup };
        at = found.parent;
    }
    Ok(true)
}
