//! Every label of suite 1, in one place. A label names a purpose; two purposes never share one. Their bytes are frozen
//! by the tests of this file: a change is a new suite.

use crate::{
    chain::{DeviceKeys, MemberKeys},
    codec,
    crypto::Hash,
    ids::{Epoch, InviteId, MemberId, ReleaseId, RequestId, TeamId, VaultId},
    record::{RecordContext, Tier},
    suite::SUITE,
    text::LoginName,
};

/// Purpose of a signature, hash or derivation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// Signature over a statement of the team chain.
    Statement,
    /// Signature over a record's header.
    Record,
    /// Signature over a vault's head.
    Head,
    /// Signature over a request for the release of a secret.
    Release,
    /// Signature over a request for the release of many secrets at once.
    Export,
    /// Signature over a request to remove for good what was deleted.
    Purge,
    /// Signature of the login key when signing in.
    SignIn,
    /// Signature of the old login key over the new one.
    ChangeLogin,
    /// Signature of an invitation's key over the statement of whoever joins by it.
    Join,
    /// Signature of the key in force over the statement that replaces it.
    ReplaceKeys,
    /// Signature of an invitation's key over a request for the chain.
    OpenInvitation,
    /// Hash of a statement.
    StatementHash,
    /// Hash of one of the 256 buckets under a head's root.
    Bucket,
    /// Hash of all buckets.
    Root,
    /// Hash of an audit event.
    AuditEvent,
    /// Signature over what a member has seen.
    Checkpoint,
    /// Salt of the password's stretching.
    PasswordSalt,
    /// Tag by which the server knows a Secret Key again without learning it.
    KitTag,
    /// Key that seals the identity bundle.
    LockKey,
    /// Seed of the login key.
    LoginKey,
    /// Commitment to a vault or directory key.
    KeyCommitment,
    /// Sealing of a record's payload.
    RecordPayload,
    /// Wrapping of a guarded secret's own key.
    GuardedKey,
    /// Sealing of an identity bundle.
    IdentityBundle,
    /// Sealing of one chunk of a file, under the file's own key.
    FileChunk,
    /// Envelope with vault keys.
    VaultEnvelope,
    /// Envelope with the directory key.
    DirectoryEnvelope,
    /// Keyed tag that shows which secrets are the same.
    ReuseTag,
    /// Keyed tag that recognises a row imported before.
    ImportTag,
    /// Sealing of what a device remembers of the newest verified places.
    DeviceMemory,
    /// Sealing of what a person keeps on a device for themselves.
    DevicePersonal,
    /// Sealing of a session for another window of the same browser.
    WindowHandover,
    /// Sealing of the catalog that a device keeps.
    CatalogCache,
    /// Key of an encrypted backup, derived from its password.
    BackupKey,
    /// Sealing of a part of an encrypted backup.
    BackupPart,
    /// Sealing of the reason that is given for an export.
    ExportReason,
    /// Sealing of the reason that is given for one secret or file.
    ReleaseReason,
    /// Seed of an invitation's signing key, derived from its link's secret.
    InvitationSigning,
    /// Seed of an invitation's sealing key, derived from its link's secret.
    InvitationSealing,
    /// Checksum of an invitation's link.
    InvitationLink,
    /// What a service's token gives in place of a stretched password.
    TokenRoot,
    /// What a service's token gives in place of a Secret Key.
    TokenKit,
    /// Sealing of the second copy of an identity bundle.
    RecoveryCopy,
    /// Envelope with a trustee's share of the key of that copy.
    RecoveryShare,
    /// Envelope with a share, for the device that a person is recovered on.
    GivenShare,
    /// Signature of that device over a request for what it is given.
    OpenRecovery,
    /// Signature of that device over the statement that replaces the person's keys.
    FinishRecovery,
    /// Signature of the login key that somebody knows the password now.
    ProveLogin,
    /// Hash that gives the words of that device.
    RecoveryWords,
    /// Hash of what a safety number is about.
    SafetyNumber,
    /// Hash that gives a group of a safety number's digits.
    SafetyDigits,
    /// Sealing of the directory's former key under the one that follows it.
    FormerDirectoryKey,
    /// Signature over a statement of a request.
    Request,
    /// Hash of such a statement.
    RequestHash,
    /// Sealing of what is said in one: reason, ticket, comments.
    RequestText,
    /// Sealing of the private half of a lease key.
    LeaseSecret,
    /// Envelope with a grant to a lease key.
    LeaseEnvelope,
    /// Sealing of a secret's own key under the server's part of a grant.
    LeasePart,
    /// Signature over a statement of an approval that is given ahead.
    Ahead,
    /// Hash of such a statement.
    AheadHash,
    /// Envelope with a grant that is given ahead, to a member's own key.
    AheadEnvelope,
    /// Sealing of a secret's own key under the server's part of such a grant.
    AheadPart,
}

impl Label {
    /// The bytes that stand for the purpose.
    #[must_use]
    pub const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Statement => b"sealward/1/statement",
            Self::Record => b"sealward/1/record",
            Self::Head => b"sealward/1/head",
            Self::Release => b"sealward/1/release",
            Self::Export => b"sealward/1/export",
            Self::Purge => b"sealward/1/purge",
            Self::SignIn => b"sealward/1/sign-in",
            Self::ChangeLogin => b"sealward/1/change-login",
            Self::Join => b"sealward/1/join",
            Self::ReplaceKeys => b"sealward/1/replace-keys",
            Self::OpenInvitation => b"sealward/1/open-invitation",
            Self::StatementHash => b"sealward/1/statement-hash",
            Self::Bucket => b"sealward/1/bucket",
            Self::Root => b"sealward/1/root",
            Self::AuditEvent => b"sealward/1/audit-event",
            Self::Checkpoint => b"sealward/1/checkpoint",
            Self::PasswordSalt => b"sealward/1/password-salt",
            Self::KitTag => b"sealward/1/kit-tag",
            Self::LockKey => b"sealward/1/lock",
            Self::LoginKey => b"sealward/1/login",
            Self::KeyCommitment => b"sealward/1/commit",
            Self::RecordPayload => b"sealward/1/record-payload",
            Self::GuardedKey => b"sealward/1/guarded-key",
            Self::IdentityBundle => b"sealward/1/identity-bundle",
            Self::FileChunk => b"sealward/1/file-chunk",
            Self::VaultEnvelope => b"sealward/1/vault-envelope",
            Self::DirectoryEnvelope => b"sealward/1/directory-envelope",
            Self::ReuseTag => b"sealward/1/reuse-tag",
            Self::ImportTag => b"sealward/1/import-tag",
            Self::DeviceMemory => b"sealward/1/device-memory",
            Self::DevicePersonal => b"sealward/1/device-personal",
            Self::WindowHandover => b"sealward/1/window-handover",
            Self::CatalogCache => b"sealward/1/catalog-cache",
            Self::BackupKey => b"sealward/1/backup-key",
            Self::BackupPart => b"sealward/1/backup-part",
            Self::FormerDirectoryKey => b"sealward/1/former-directory-key",
            Self::ExportReason => b"sealward/1/export-reason",
            Self::ReleaseReason => b"sealward/1/release-reason",
            Self::InvitationSigning => b"sealward/1/invitation-signing",
            Self::InvitationSealing => b"sealward/1/invitation-sealing",
            Self::InvitationLink => b"sealward/1/invitation-link",
            Self::TokenRoot => b"sealward/1/token-root",
            Self::TokenKit => b"sealward/1/token-kit",
            Self::RecoveryCopy => b"sealward/1/recovery-copy",
            Self::RecoveryShare => b"sealward/1/recovery-share",
            Self::GivenShare => b"sealward/1/given-share",
            Self::OpenRecovery => b"sealward/1/open-recovery",
            Self::FinishRecovery => b"sealward/1/finish-recovery",
            Self::ProveLogin => b"sealward/1/prove-login",
            Self::RecoveryWords => b"sealward/1/recovery-words",
            Self::SafetyNumber => b"sealward/1/safety-number",
            Self::SafetyDigits => b"sealward/1/safety-digits",
            Self::Request => b"sealward/1/request",
            Self::RequestHash => b"sealward/1/request-hash",
            Self::RequestText => b"sealward/1/request-text",
            Self::LeaseSecret => b"sealward/1/lease-secret",
            Self::LeaseEnvelope => b"sealward/1/lease-envelope",
            Self::LeasePart => b"sealward/1/lease-part",
            Self::Ahead => b"sealward/1/ahead",
            Self::AheadHash => b"sealward/1/ahead-hash",
            Self::AheadEnvelope => b"sealward/1/ahead-envelope",
            Self::AheadPart => b"sealward/1/ahead-part",
        }
    }

    /// `label ‖ part ‖ part …`, each with its length (64 bits, big-endian) before it.
    #[must_use]
    pub fn join(self, parts: &[&[u8]]) -> Vec<u8> {
        let mut joined = Vec::new();
        for part in std::iter::once(&self.bytes()).chain(parts) {
            joined.extend_from_slice(&(part.len() as u64).to_be_bytes());
            joined.extend_from_slice(part);
        }
        joined
    }
}

/// Context of [`Label::KitTag`], [`Label::LockKey`] and [`Label::LoginKey`].
#[must_use]
pub fn of_team_key(label: Label, team: &TeamId) -> Vec<u8> {
    label.join(&[&team.0])
}

/// Context of a key commitment in the chain.
#[must_use]
pub fn of_key_commitment(team: &TeamId, vault: &VaultId, epoch: Epoch, tier: Tier) -> Vec<u8> {
    Label::KeyCommitment.join(&[&team.0, &vault.0, &epoch.0.to_be_bytes(), &[tier as u8]])
}

/// Context of the commitment to the directory's first key. It stands in the genesis, so it cannot name the team; those that
/// follow are committed to like a vault's, under [`VaultId::DIRECTORY`].
#[must_use]
pub fn of_directory_commitment(founder: &MemberId) -> Vec<u8> {
    Label::KeyCommitment.join(&[&founder.0, &[Tier::Directory as u8]])
}

/// Context of a record's sealed payload: the header up to its salt.
#[must_use]
pub fn of_record(record: &RecordContext) -> Vec<u8> {
    Label::RecordPayload.join(&[&codec::encode(record)])
}

/// Context in which the own key of a guarded secret is wrapped.
#[must_use]
pub fn of_guarded_key(record: &RecordContext) -> Vec<u8> {
    Label::GuardedKey.join(&[&codec::encode(record)])
}

/// Context of a sealed identity bundle.
#[must_use]
pub fn of_identity_bundle(team: &TeamId, version: u32) -> Vec<u8> {
    Label::IdentityBundle.join(&[&[SUITE], &team.0, &version.to_be_bytes()])
}

/// Context of a file's chunk. The key is one file's alone, and the chunk's place stands in its nonce.
#[must_use]
pub fn of_file_chunk() -> Vec<u8> {
    Label::FileChunk.join(&[])
}

/// HPKE info of an envelope with a vault's keys.
#[must_use]
pub fn of_vault_envelope(team: &TeamId, vault: &VaultId, epoch: Epoch, recipient: &MemberId) -> Vec<u8> {
    Label::VaultEnvelope.join(&[&[SUITE], &team.0, &vault.0, &epoch.0.to_be_bytes(), &recipient.0])
}

/// HPKE info of an envelope with the directory key.
#[must_use]
pub fn of_directory_envelope(team: &TeamId, recipient: &MemberId) -> Vec<u8> {
    Label::DirectoryEnvelope.join(&[&[SUITE], &team.0, &recipient.0])
}

/// Context of a key of the directory, sealed under the one that follows it: `epoch` is the number of that one.
#[must_use]
pub fn of_former_directory_key(team: &TeamId, epoch: Epoch) -> Vec<u8> {
    Label::FormerDirectoryKey.join(&[&[SUITE], &team.0, &epoch.0.to_be_bytes()])
}

/// Context of [`Label::InvitationSigning`] and [`Label::InvitationSealing`].
#[must_use]
pub fn of_invitation_key(label: Label, team: &TeamId, invite: &InviteId) -> Vec<u8> {
    label.join(&[&[SUITE], &team.0, &invite.0])
}

/// Context of [`Label::TokenRoot`] and [`Label::TokenKit`].
#[must_use]
pub fn of_token_key(label: Label, team: &TeamId, member: &MemberId) -> Vec<u8> {
    label.join(&[&[SUITE], &team.0, &member.0])
}

/// Context of the second copy of an identity bundle, and of the shares of its key for trustees: `group` is the statement
/// that set the recovery group.
#[must_use]
pub fn of_recovery_copy(team: &TeamId, member: &MemberId, group: u64) -> Vec<u8> {
    Label::RecoveryCopy.join(&[&[SUITE], &team.0, &member.0, &group.to_be_bytes()])
}

/// HPKE info of an envelope with a trustee's share.
#[must_use]
pub fn of_recovery_share(team: &TeamId, member: &MemberId, group: u64, trustee: &MemberId) -> Vec<u8> {
    Label::RecoveryShare.join(&[&[SUITE], &team.0, &member.0, &group.to_be_bytes(), &trustee.0])
}

/// HPKE info of an envelope with a share for a device: `recovery` is the statement that began the recovery.
#[must_use]
pub fn of_given_share(team: &TeamId, member: &MemberId, recovery: u64, trustee: &MemberId) -> Vec<u8> {
    Label::GivenShare.join(&[&[SUITE], &team.0, &member.0, &recovery.to_be_bytes(), &trustee.0])
}

/// What the words of a device are made from, on which somebody wants to be recovered.
#[must_use]
pub fn of_recovery_words(team: &TeamId, login_name: &LoginName, device: &DeviceKeys) -> Vec<u8> {
    let name = login_name.as_str().as_bytes();
    Label::RecoveryWords.join(&[&[SUITE], &team.0, name, &device.signing.0, &device.sealing.0])
}

/// What a safety number is about: the team, and two members by ascending id.
#[must_use]
pub fn of_safety_number(genesis: &Hash, first: &MemberKeys, second: &MemberKeys) -> Vec<u8> {
    let [(a, b, c), (d, e, f)] = [first, second].map(|keys| (&keys.member.0, &keys.signing.0, &keys.sealing.0));
    Label::SafetyNumber.join(&[&[SUITE], &genesis.0, a, b, c, d, e, f])
}

/// What a group of a safety number's digits is made from; groups are counted from 0.
#[must_use]
pub fn of_safety_digits(seed: &Hash, group: u8) -> Vec<u8> {
    Label::SafetyDigits.join(&[&seed.0, &[group]])
}

/// Context of what is said in a request: `number` is that of the statement that says it.
#[must_use]
pub fn of_request_text(team: &TeamId, vault: &VaultId, request: &RequestId, number: u32) -> Vec<u8> {
    Label::RequestText.join(&[&[SUITE], &team.0, &vault.0, &request.0, &number.to_be_bytes()])
}

/// Context of the private half of a lease key, sealed for whoever asks.
#[must_use]
pub fn of_lease_secret(team: &TeamId, member: &MemberId, request: &RequestId) -> Vec<u8> {
    Label::LeaseSecret.join(&[&[SUITE], &team.0, &member.0, &request.0])
}

/// Context of a part of an encrypted backup: the backup's salt, the part's number, and whether it is the last.
#[must_use]
pub fn of_backup_part(salt: &[u8; 32], number: u64, is_last: bool) -> Vec<u8> {
    Label::BackupPart.join(&[&[SUITE], salt, &number.to_be_bytes(), &[u8::from(is_last)]])
}

/// Context of the reason that is given for an export: the statement that it stands in.
#[must_use]
pub fn of_export_reason(team: &TeamId, export: &ReleaseId) -> Vec<u8> {
    Label::ExportReason.join(&[&[SUITE], &team.0, &export.0])
}

/// Context of the reason that is given for one secret or file: the statement that it stands in.
#[must_use]
pub fn of_release_reason(team: &TeamId, vault: &VaultId, release: &ReleaseId) -> Vec<u8> {
    Label::ReleaseReason.join(&[&[SUITE], &team.0, &vault.0, &release.0])
}
