//! What server and readers check of a record and of a head, given a verified chain.

use crate::{
    chain::TeamState,
    crypto::{Hash, VerifyingKey},
    ids::{GroupId, MemberId, ObjectId, VaultId, Version},
    policy,
    record::{Head, Record, RecordKind, SignedHead, Tier},
    suite::SUITE,
};

/// Which record a reader asked for.
#[derive(Clone, Copy, Debug)]
pub struct Expected {
    /// The vault.
    pub vault: VaultId,
    /// The object.
    pub id: ObjectId,
    /// Which of its records.
    pub kind: RecordKind,
    /// The resource that the account of a secret, of facts or of a file stands on, or that has the file itself: its
    /// policy decides the tier. Ignored for others.
    pub resource: Option<ObjectId>,
    /// The version, where the reader knows it.
    pub version: Option<Version>,
    /// The header's hash, where the reader knows it from the tree.
    pub hash: Option<Hash>,
}

/// Why a record is not acted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordRefused {
    /// It is another record than the one asked for.
    #[error("another record than the one asked for")]
    Other,
    /// Its chain position is none of this chain's.
    #[error("a chain position that is not this chain's")]
    Position,
    /// Its author had no right to write it.
    #[error("an author without the right to write it")]
    Right,
    /// It was written while new keys were due.
    #[error("written while new keys were due")]
    Due,
    /// It is sealed under another epoch than the one in force at its chain position.
    #[error("sealed under another epoch")]
    Epoch,
    /// It is sealed under another key than its kind and the policy demand.
    #[error("sealed under another tier")]
    Tier,
    /// Its signature is not its author's.
    #[error("a signature that does not verify")]
    Signature,
}

/// Why a head is not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeadRefused {
    /// It is another vault's, another team's or another suite's.
    #[error("another vault's head")]
    Other,
    /// Its chain position is none of this chain's.
    #[error("a chain position that is not this chain's")]
    Position,
    /// Its author had no right to sign it.
    #[error("an author without the right to sign it")]
    Right,
    /// A later statement took a right away and does not know it.
    #[error("a head from before a right was taken away")]
    CutOff,
    /// Its signature is not its author's.
    #[error("a signature that does not verify")]
    Signature,
}

/// Checks all but the signature: that the record is the expected one, and that its author had the right to write it.
///
/// # Errors
/// [`RecordRefused`] with the first reason found.
pub fn check_right(state: &TeamState, expected: &Expected, record: &Record) -> Result<(), RecordRefused> {
    let context = record.context();
    if context.suite != SUITE
        || context.team != state.team()
        || context.vault != expected.vault
        || context.id != expected.id
        || context.kind != expected.kind
        || expected.version.is_some_and(|version| version != context.version)
        || expected.hash.is_some_and(|hash| hash != record.hash())
    {
        return Err(RecordRefused::Other);
    }
    if !state.has_position(&context.position) {
        return Err(RecordRefused::Position);
    }
    let at = context.position.sequence;
    if context.kind.is_directory() {
        let allowed = match context.kind {
            RecordKind::Team => {
                context.id == context.team.object() && policy::may_name_team(state, &context.author, at)
            }
            RecordKind::Group => {
                state.group(&GroupId(context.id.0)).is_some() && policy::may_write_group(state, &context.author, at)
            }
            _ => policy::may_write_profile(state, &context.author, &MemberId(context.id.0), at),
        };
        return match (allowed, context.vault == VaultId::DIRECTORY, context.tier == Tier::Directory) {
            (false, ..) | (_, false, _) => Err(RecordRefused::Right),
            (.., false) => Err(RecordRefused::Tier),
            _ if context.epoch != state.directory_epoch_at(at) => Err(RecordRefused::Epoch),
            _ => Ok(()),
        };
    }
    let Some(vault) = state.vault(&context.vault) else { return Err(RecordRefused::Right) };
    // Whoever has still to replace keys that somebody else made has a role in the vault, and none in the team.
    let acts = state.role_at(&context.author, at).is_some();
    if !acts || !vault.role_at(&context.author, at).is_some_and(|role| policy::may_write_record(role, context.kind)) {
        return Err(RecordRefused::Right);
    }
    if vault.is_due_at(at) {
        return Err(RecordRefused::Due);
    }
    if vault.epoch_at(at) != Some(context.epoch) {
        return Err(RecordRefused::Epoch);
    }
    let expected_tier = match context.kind {
        kind if kind.is_secret() => vault.tier_at(&context.under_policy_of(), expected.resource.as_ref(), at),
        _ => Tier::Catalog,
    };
    if context.tier == expected_tier { Ok(()) } else { Err(RecordRefused::Tier) }
}

/// Checks a record and its signature; what a client does before it acts on one.
///
/// # Errors
/// [`RecordRefused`] with the first reason found.
pub fn check_record(state: &TeamState, expected: &Expected, record: &Record) -> Result<(), RecordRefused> {
    check_right(state, expected, record)?;
    let author = state.member(&record.context().author).ok_or(RecordRefused::Right)?;
    record.verify(author.signing_at(record.context().position.sequence)).map_err(|_| RecordRefused::Signature)
}

/// Checks an earlier version of a secret and its signature, as [`check_record`] does, but for its tier: the account may
/// have stood on another resource then, under another policy. That it is the version before is the caller's to check.
///
/// # Errors
/// [`RecordRefused`] with the first reason found.
pub fn check_earlier(state: &TeamState, expected: &Expected, record: &Record) -> Result<(), RecordRefused> {
    match check_right(state, expected, record) {
        Err(RecordRefused::Tier) if matches!(record.context().tier, Tier::Open | Tier::Guarded) => {}
        checked => checked?,
    }
    let author = state.member(&record.context().author).ok_or(RecordRefused::Right)?;
    record.verify(author.signing_at(record.context().position.sequence)).map_err(|_| RecordRefused::Signature)
}

/// Checks a head: whose it is, its author's right at its chain position, that no later statement cut it off, and its
/// signature. Whether it extends the head known before is the caller's to check.
///
/// # Errors
/// [`HeadRefused`] with the first reason found.
pub fn check_head(state: &TeamState, vault: &VaultId, head: &SignedHead) -> Result<(), HeadRefused> {
    let author = check_kept_head(state, vault, head)?;
    head.verify(author).map_err(|_| HeadRefused::Signature)
}

/// The same but for the signature: for a head that whoever asks has verified before, and kept where nobody else could
/// change it. Gives the key that has to have signed it.
///
/// # Errors
/// As [`check_head`].
pub fn check_kept_head<'s>(
    state: &'s TeamState,
    vault: &VaultId,
    head: &SignedHead,
) -> Result<&'s VerifyingKey, HeadRefused> {
    let Head { sequence, rest, .. } = head.value();
    if rest.suite != SUITE
        || rest.team != state.team()
        || rest.vault != *vault
        || rest.sequence != *sequence
        || *sequence == 0
    {
        return Err(HeadRefused::Other);
    }
    if !state.has_position(&rest.position) {
        return Err(HeadRefused::Position);
    }
    let known = state.vault(vault).ok_or(HeadRefused::Other)?;
    let acts = state.role_at(&rest.author, rest.position.sequence).is_some();
    if !acts || !known.role_at(&rest.author, rest.position.sequence).is_some_and(policy::may_sign_head) {
        return Err(HeadRefused::Right);
    }
    if let Some(cut) = known.cut() {
        let named = cut.head.is_some_and(|named| named.sequence == *sequence && named.hash == head.value().hash());
        // What comes after the cut stands behind the head that it names.
        let behind = cut.head.is_none_or(|named| *sequence > named.sequence);
        if !named && (rest.position.sequence < cut.sequence || !behind) {
            return Err(HeadRefused::CutOff);
        }
    }
    let author = state.member(&rest.author).ok_or(HeadRefused::Right)?;
    Ok(author.signing_at(rest.position.sequence))
}
