//! Every table: tag, key, row. Keys sort by their fields from left to right, numbers big-endian; tags are never used
//! twice. Nothing here is plaintext of what must be sealed: bytes fields are signed or sealed objects as received.
//!
//! | tag | table | key | row |
//! |---|---|---|---|
//! | 1 | teams | team | its number and the newest place of its chain |
//! | 2 | statements | team, sequence | signed statement |
//! | 3 | envelopes | team, recipient, sequence, vault | keys for one member; the directory's stand under vault zero |
//! | 4 | directory | team, kind, id | the team's name, members' profiles |
//! | 5 | logins | team, SHA-256 of the login name | who signs in with it |
//! | 6 | members | team, member | login key and sealed bundle |
//! | 7 | sessions | SHA-256 of the token | whose it is, and until when |
//! | 8 | member_sessions | team, member, session | SHA-256 of the token |
//! | 9 | heads | vault | newest head |
//! | 10 | rests | vault, sequence | hash of the rest of that head |
//! | 11 | entries | vault, kind, id | what the server must know of the newest version |
//! | 12 | records | vault, kind, id, version | the record |
//! | 13 | changes | vault, sequence, kind, id | which head brought the newest version in |
//! | 14 | number_counters | team | first number that was not handed out |
//! | 15 | number_blocks | team, first | a block of numbers and whose it is |
//! | 16 | numbered | team, number | the object that bears it |
//! | 17 | audit_heads | team | newest event |
//! | 18 | audit_events | team, sequence | event |
//! | 19 | releases | team, release | when it was made |
//! | 20 | answers | SHA-256 of caller, operation and Idempotency-Key | the answer |
//! | 21 | attempts | SHA-256 of what is counted | failed sign-ins |
//! | 22 | team_counter | – | teams on this server |
//! | 23 | files | vault, file | whose it is, how long, and which chunks are there |
//! | 24 | file_chunks | vault, file, index | sealed chunk |
//! | 25 | file_releases | vault, file, member | until when the member may fetch the chunks |
//! | 26 | purged | vault, kind, id | when all but the newest header was removed |
//! | 29 | schema_history | schema | the release that first wrote it into this file |
//! | 31 | uploads | team, member, vault, file | when an upload began that no record brought in yet |
//! | 40 | audit_anchors | team | the last event that is kept no longer |
//! | 41 | audit_logged | team | up to which event the log file was written |
//! | 42 | services | team, member | when and from where a service was used last |
//! | 43 | bound_sessions | SHA-256 of the token | the host name by which a service's session began, and the address it had |
//! | 50 | code_factors | team, member | seed of one-time codes, and the last step that was taken |
//! | 51 | recovery_codes | team, member | SHA-256 of each recovery code that is left |
//! | 52 | passkeys | team, member, passkey | its name, its public key, and the last count that it gave |
//! | 53 | confirmations | SHA-256 of the token | whether a session was confirmed with a second factor, or is yet to be |
//! | 54 | factors_taken | team, member | who took the member's factors away, until the member has taken note |
//! | 61 | kept_vaults | team, vault | a personal vault whose owner was removed: whose, since when, and what is left of it |
//! | 62 | wrapped | team, member, vault | after which statement a custodian wrapped all keys of the vault to the member last |
//! | 44 | directory_counters | team | how often the directory was written |
//! | 45 | directory_changes | team, count | which record of the directory was written then, as far as not again later |
//! | 46 | directory_places | team, kind, id | when it was written last, by that count |
//! | 66 | checkpoints | team, member | the newest signed checkpoint of a member |
//! | 56 | recovery_copies | team, member | second copy of the sealed bundle of somebody who is enrolled |
//! | 57 | recovery_shares | team, member, trustee | envelope with a share of that copy's key |
//! | 58 | recovery_requests | team, member, SHA-256 of the device's keys | a device that somebody wants to be recovered on |
//! | 75 | webhooks | team, webhook | a webhook: where to, of what, its secret, and how far it has been told |
//! | 76 | webhook_deliveries | team, webhook, count | one of the last calls of a webhook |
//! | 80 | requests | team, request | a request: what for, its signed statements, the sealed half of its lease key |
//! | 81 | requests_of_member | team, member, time, request | vault and account |
//! | 82 | requests_of_vault | team, vault, time, request | – |
//! | 83 | open_requests | team, vault, account, time, request | who asks, as long as something may follow |
//! | 84 | grants | team, request | envelope, and the server's part sealed under the key of an hour |
//! | 85 | leases | team, vault, account, request | who has the secret, and until when |
//! | 86 | freed | team, vault, account | when the last lease of it ended |
//! | 87 | changes_due | team, vault, account | the version that somebody had and that is to be changed |
//! | 88 | ahead | team, approval | what is or was approved ahead: for whom, its signed statements
//! | 89 | open_ahead | team, vault, account, approval | for whom, as long as it is not over
//! | 90 | ahead_grants | team, approval | envelope, and the server's part sealed under a key of its own
//! | 59 | given_shares | team, member, trustee | share that was given to a recovery |

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};
use sealward_contract::{
    audit::{ActKind, AheadEnd, RequestEnd},
    bytes::Bytes,
    chain::DeviceKeys,
    crypto::{Hash, VerifyingKey},
    ids::{
        AheadId, Epoch, MemberId, Number, ObjectId, PasskeyId, ReleaseId, RequestId, SessionId, TeamId, Timestamp,
        VaultId, Version, WebhookId,
    },
    operations::webhooks::{Delivery, WebhookUrl},
    record::{RecordKind, RecordState, Tier},
};

use super::table::{Key, Table};

/// Teams on this server.
pub const TEAMS: Table<TeamId, TeamRow> = Table::new(1, "teams");
/// Signed statements.
pub const STATEMENTS: Table<(TeamId, u64), Bytes> = Table::new(2, "statements");
/// Keys for members.
pub const ENVELOPES: Table<(TeamId, MemberId, u64, VaultId), EnvelopeRow> = Table::new(3, "envelopes");
/// Directory records.
pub const DIRECTORY: Table<(TeamId, RecordKind, ObjectId), Bytes> = Table::new(4, "directory");
/// Who signs in with a name.
pub const LOGINS: Table<(TeamId, Hash), MemberId> = Table::new(5, "logins");
/// How members sign in.
pub const MEMBERS: Table<(TeamId, MemberId), MemberRow> = Table::new(6, "members");
/// Sessions by their token.
pub const SESSIONS: Table<Hash, SessionRow> = Table::new(7, "sessions");
/// Sessions by their member.
pub const MEMBER_SESSIONS: Table<(TeamId, MemberId, SessionId), Hash> = Table::new(8, "member_sessions");
/// Newest heads.
pub const HEADS: Table<VaultId, HeadRow> = Table::new(9, "heads");
/// Hashes of the rests of all heads.
pub const RESTS: Table<(VaultId, u64), Hash> = Table::new(10, "rests");
/// Newest versions.
pub const ENTRIES: Table<(VaultId, RecordKind, ObjectId), Entry> = Table::new(11, "entries");
/// Records.
pub const RECORDS: Table<(VaultId, RecordKind, ObjectId, u32), Bytes> = Table::new(12, "records");
/// What each head changed, as far as nothing later changed it again.
pub const CHANGES: Table<(VaultId, u64, RecordKind, ObjectId), ()> = Table::new(13, "changes");
/// First numbers that were not handed out.
pub const NUMBER_COUNTERS: Table<TeamId, u32> = Table::new(14, "number_counters");
/// Blocks of numbers.
pub const NUMBER_BLOCKS: Table<(TeamId, u32), NumberBlockRow> = Table::new(15, "number_blocks");
/// Objects by their number.
pub const NUMBERED: Table<(TeamId, u32), NumberedRow> = Table::new(16, "numbered");
/// Newest events.
pub const AUDIT_HEADS: Table<TeamId, AuditHeadRow> = Table::new(17, "audit_heads");
/// Events.
pub const AUDIT_EVENTS: Table<(TeamId, u64), Bytes> = Table::new(18, "audit_events");
/// The last events that are kept no longer.
pub const AUDIT_ANCHORS: Table<TeamId, AuditHeadRow> = Table::new(40, "audit_anchors");
/// Up to which event the log file was written.
pub const AUDIT_LOGGED: Table<TeamId, u64> = Table::new(41, "audit_logged");
/// Releases made.
pub const RELEASES: Table<(TeamId, ReleaseId), Timestamp> = Table::new(19, "releases");
/// Stored answers.
pub const ANSWERS: Table<Hash, AnswerRow> = Table::new(20, "answers");
/// Webhooks.
pub const WEBHOOKS: Table<(TeamId, WebhookId), WebhookRow> = Table::new(75, "webhooks");
/// The last calls of webhooks.
pub const WEBHOOK_DELIVERIES: Table<(TeamId, WebhookId, u64), Delivery> = Table::new(76, "webhook_deliveries");
/// Failed sign-ins.
pub const ATTEMPTS: Table<Hash, AttemptRow> = Table::new(21, "attempts");
/// How many teams there are.
pub const TEAM_COUNTER: Table<(), u32> = Table::new(22, "team_counter");
/// Records of which only the newest header is left.
pub const PURGED: Table<(VaultId, RecordKind, ObjectId), Timestamp> = Table::new(26, "purged");
/// Which schemas the file has had.
pub const SCHEMA_HISTORY: Table<u32, SchemaRow> = Table::new(29, "schema_history");

/// Files: uploads, and those that a record brought in.
pub const FILES: Table<(VaultId, ObjectId), FileRow> = Table::new(23, "files");
/// Sealed chunks of files.
pub const FILE_CHUNKS: Table<(VaultId, ObjectId, u32), Bytes> = Table::new(24, "file_chunks");
/// Who may fetch the chunks of which file, and until when.
pub const FILE_RELEASES: Table<(VaultId, ObjectId, MemberId), Timestamp> = Table::new(25, "file_releases");
/// Uploads that no record brought in yet.
pub const UPLOADS: Table<(TeamId, MemberId, VaultId, ObjectId), Timestamp> = Table::new(31, "uploads");

/// Last uses of services.
pub const SERVICES: Table<(TeamId, MemberId), ServiceRow> = Table::new(42, "services");
/// Sessions that began by a host name.
pub const BOUND_SESSIONS: Table<Hash, BoundSessionRow> = Table::new(43, "bound_sessions");
/// What members have seen.
pub const CHECKPOINTS: Table<(TeamId, MemberId), Bytes> = Table::new(66, "checkpoints");

/// Personal vaults whose owners were removed.
pub const KEPT_VAULTS: Table<(TeamId, VaultId), KeptVaultRow> = Table::new(61, "kept_vaults");
/// After which statement keys were wrapped anew last.
pub const WRAPPED: Table<(TeamId, MemberId, VaultId), u64> = Table::new(62, "wrapped");

/// A personal vault whose owner was removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct KeptVaultRow {
    /// Whose it was.
    #[n(0)]
    pub owner: MemberId,
    /// When the owner was removed.
    #[n(1)]
    pub since: Timestamp,
    /// What is left of it.
    #[n(2)]
    pub state: KeptState,
}

/// What is left of a vault that is kept for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum KeptState {
    /// Everything.
    #[n(0)]
    Kept,
    /// Some of it: the rest is being deleted.
    #[n(1)]
    Deleting,
    /// Nothing.
    #[n(2)]
    Deleted,
}
/// How often the directory was written.
pub const DIRECTORY_COUNTERS: Table<TeamId, u64> = Table::new(44, "directory_counters");
/// Records of the directory in the order in which they were written last.
pub const DIRECTORY_CHANGES: Table<(TeamId, u64), DirectoryChangeRow> = Table::new(45, "directory_changes");
/// When records of the directory were written last. Of what an earlier release wrote nothing is known.
pub const DIRECTORY_PLACES: Table<(TeamId, RecordKind, ObjectId), u64> = Table::new(46, "directory_places");
/// Second copies of sealed bundles.
pub const RECOVERY_COPIES: Table<(TeamId, MemberId), Bytes> = Table::new(56, "recovery_copies");
/// Trustees' envelopes.
pub const RECOVERY_SHARES: Table<(TeamId, MemberId, MemberId), Bytes> = Table::new(57, "recovery_shares");
/// Devices that people want to be recovered on.
pub const RECOVERY_REQUESTS: Table<(TeamId, MemberId, Hash), RecoveryRequestRow> = Table::new(58, "recovery_requests");
/// Shares that were given.
pub const GIVEN_SHARES: Table<(TeamId, MemberId, MemberId), GivenShareRow> = Table::new(59, "given_shares");

/// Requests for guarded secrets.
pub const REQUESTS: Table<(TeamId, RequestId), RequestRow> = Table::new(80, "requests");
/// Requests by whoever asked, in the order of time.
pub const REQUESTS_OF_MEMBER: Table<(TeamId, MemberId, u64, RequestId), (VaultId, ObjectId)> =
    Table::new(81, "requests_of_member");
/// Requests by their vault, in the order of time.
pub const REQUESTS_OF_VAULT: Table<(TeamId, VaultId, u64, RequestId), ()> = Table::new(82, "requests_of_vault");
/// Requests of which something may follow, in the order in which they were asked.
pub const OPEN_REQUESTS: Table<(TeamId, VaultId, ObjectId, u64, RequestId), MemberId> = Table::new(83, "open_requests");
/// Both halves of grants.
pub const GRANTS: Table<(TeamId, RequestId), GrantRow> = Table::new(84, "grants");
/// Who has which secrets.
pub const LEASES: Table<(TeamId, VaultId, ObjectId, RequestId), LeaseRow> = Table::new(85, "leases");
/// When secrets were given back last.
pub const FREED: Table<(TeamId, VaultId, ObjectId), Timestamp> = Table::new(86, "freed");
/// Secrets that are to be changed.
pub const CHANGES_DUE: Table<(TeamId, VaultId, ObjectId), Version> = Table::new(87, "changes_due");

/// What is approved ahead.
pub const AHEAD: Table<(TeamId, AheadId), AheadRow> = Table::new(88, "ahead");
/// What is approved ahead and is not over.
pub const OPEN_AHEAD: Table<(TeamId, VaultId, ObjectId, AheadId), MemberId> = Table::new(89, "open_ahead");
/// Both halves of grants that were given ahead.
pub const AHEAD_GRANTS: Table<(TeamId, AheadId), GrantRow> = Table::new(90, "ahead_grants");

/// One-time codes of members.
pub const CODE_FACTORS: Table<(TeamId, MemberId), CodeFactorRow> = Table::new(50, "code_factors");
/// Recovery codes of members.
pub const RECOVERY_CODES: Table<(TeamId, MemberId), RecoveryRow> = Table::new(51, "recovery_codes");
/// Passkeys of members.
pub const PASSKEYS: Table<(TeamId, MemberId, PasskeyId), PasskeyRow> = Table::new(52, "passkeys");
/// Sessions that were confirmed with a second factor, or are yet to be.
pub const CONFIRMATIONS: Table<Hash, ConfirmationRow> = Table::new(53, "confirmations");
/// Whose factors were taken away.
pub const FACTORS_TAKEN: Table<(TeamId, MemberId), FactorsTakenRow> = Table::new(54, "factors_taken");

/// A team and the newest place of its chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct TeamRow {
    /// Its number on this server.
    #[n(0)]
    pub number: Number,
    /// Number of the newest statement.
    #[n(1)]
    pub sequence: u64,
    /// Its hash.
    #[n(2)]
    pub hash: Hash,
}

/// Keys for one member.
#[derive(Clone, Debug, Encode, Decode)]
pub struct EnvelopeRow {
    /// The epoch that they were made in.
    #[n(0)]
    pub epoch: Epoch,
    /// The HPKE message.
    #[n(1)]
    pub sealed: Bytes,
}

/// How a member signs in.
#[derive(Clone, Debug, Encode, Decode)]
pub struct MemberRow {
    /// Verifies its sign-ins.
    #[n(0)]
    pub login_key: VerifyingKey,
    /// Its sealed identity bundle.
    #[n(1)]
    pub bundle: Bytes,
    /// The bundle's version.
    #[n(2)]
    pub bundle_version: u32,
    /// Tag of its Secret Key.
    #[n(3)]
    pub kit_tag: Hash,
}

/// A session.
#[derive(Clone, Debug, Encode, Decode)]
pub struct SessionRow {
    /// Its id.
    #[n(0)]
    pub session: SessionId,
    /// The team.
    #[n(1)]
    pub team: TeamId,
    /// The member.
    #[n(2)]
    pub member: MemberId,
    /// What the device calls itself.
    #[n(3)]
    pub device: String,
    /// Address that it was last used from.
    #[n(4)]
    pub address: Option<String>,
    /// When it began.
    #[n(5)]
    pub created: Timestamp,
    /// When it ends at the latest.
    #[n(6)]
    pub expires: Timestamp,
    /// When it was last used, as far as it was written down.
    #[n(7)]
    pub used: Timestamp,
}

/// The last use of a service.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ServiceRow {
    /// When.
    #[n(0)]
    pub used: Timestamp,
    /// From which address.
    #[n(1)]
    pub address: String,
}

/// By which name a service's session began.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct BoundSessionRow {
    /// The host name.
    #[n(0)]
    pub name: String,
    /// The one address that the session goes on from.
    #[n(1)]
    pub address: String,
}

/// A record of the directory that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct DirectoryChangeRow {
    /// Its kind.
    #[n(0)]
    pub kind: RecordKind,
    /// Its id.
    #[n(1)]
    pub id: ObjectId,
}

/// One-time codes of a member. Without `Debug`: the seed is for nobody to read.
#[derive(Clone, Encode, Decode)]
pub struct CodeFactorRow {
    /// The seed. The server has to hold it: nothing else can check a code.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub seed: [u8; 20],
    /// When it was made.
    #[n(1)]
    pub begun: Timestamp,
    /// When a first code was right; before that it is no factor.
    #[n(2)]
    pub since: Option<Timestamp>,
    /// The last step that was taken.
    #[n(3)]
    pub step: u64,
}

/// Recovery codes of a member.
#[derive(Clone, Debug, Encode, Decode)]
pub struct RecoveryRow {
    /// When they were made.
    #[n(0)]
    pub made: Timestamp,
    /// SHA-256 of those that are left.
    #[n(1)]
    pub codes: Vec<Hash>,
}

/// A passkey of a member.
#[derive(Clone, Debug, Encode, Decode)]
pub struct PasskeyRow {
    /// What its member calls it.
    #[n(0)]
    pub name: String,
    /// The host that it belongs to.
    #[n(1)]
    pub host: String,
    /// When it was added.
    #[n(2)]
    pub added: Timestamp,
    /// When it was used last.
    #[n(3)]
    pub used: Option<Timestamp>,
    /// The last count that it gave; 0 for one that does not count.
    #[n(4)]
    pub counter: u32,
    /// Its id and public key with what goes with them, in JSON.
    #[n(5)]
    pub credential: Bytes,
}

/// Whether a session was confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ConfirmationRow {
    /// When it was last.
    #[n(0)]
    pub confirmed: Option<Timestamp>,
    /// Whether it has to be before anything else, since it began.
    #[n(1)]
    pub owed: bool,
    /// When something was released by it last.
    #[n(2)]
    pub used: Option<Timestamp>,
}

/// Who took a member's factors away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct FactorsTakenRow {
    /// Who.
    #[n(0)]
    pub by: MemberId,
    /// When.
    #[n(1)]
    pub at: Timestamp,
}

/// A device that somebody wants to be recovered on.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RecoveryRequestRow {
    /// The keys that it made for it.
    #[n(0)]
    pub device: DeviceKeys,
    /// When it asked.
    #[n(1)]
    pub time: Timestamp,
    /// From which address.
    #[n(2)]
    pub address: String,
}

/// A share that was given.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct GivenShareRow {
    /// The statement that began the recovery.
    #[n(0)]
    pub recovery: u64,
    /// The share, sealed to the device.
    #[n(1)]
    pub sealed: Bytes,
}

/// A request for a guarded secret.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RequestRow {
    /// The vault.
    #[n(0)]
    pub vault: VaultId,
    /// The account.
    #[n(1)]
    pub account: ObjectId,
    /// Who asks.
    #[n(2)]
    pub requester: MemberId,
    /// The signed statements, the one that asks first.
    #[n(3)]
    pub statements: Vec<Bytes>,
    /// The private half of its lease key, sealed for whoever asks.
    #[n(4)]
    pub lease_secret: Bytes,
    /// How the server ended it, where no statement did.
    #[n(5)]
    pub ended: Option<RequestEnd>,
}

/// What is approved ahead.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AheadRow {
    /// The vault.
    #[n(0)]
    pub vault: VaultId,
    /// The account.
    #[n(1)]
    pub account: ObjectId,
    /// For whom.
    #[n(2)]
    pub member: MemberId,
    /// Its signed statements, the one that proposes it first.
    #[n(3)]
    pub statements: Vec<Bytes>,
    /// How the server ended it, where no statement did.
    #[n(4)]
    pub ended: Option<AheadEnd>,
}

/// Both halves of a grant.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct GrantRow {
    /// The envelope to the lease key.
    #[n(0)]
    pub envelope: Bytes,
    /// The server's part, sealed.
    #[n(1)]
    pub part: Bytes,
    /// What the key is called that seals it: of an hour, or of its own.
    #[n(2)]
    pub hour: u64,
}

/// Who has a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct LeaseRow {
    /// Who.
    #[n(0)]
    pub member: MemberId,
    /// Since when.
    #[n(1)]
    pub since: Timestamp,
    /// Until when.
    #[n(2)]
    pub until: Timestamp,
    /// What the key of the hour is called in which it began: where it is gone, this is a backup's.
    #[n(3)]
    pub hour: u64,
    /// Whether the secret was given out.
    #[n(4)]
    pub opened: bool,
}

/// A vault's newest head.
#[derive(Clone, Debug, Encode, Decode)]
pub struct HeadRow {
    /// Its number.
    #[n(0)]
    pub sequence: u64,
    /// Its hash.
    #[n(1)]
    pub hash: Hash,
    /// The signed head.
    #[n(2)]
    pub head: Bytes,
}

/// What the server must know of a record's newest version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Entry {
    /// Its version.
    #[n(0)]
    pub version: Version,
    /// Hash of its header.
    #[n(1)]
    pub hash: Hash,
    /// What it stands in.
    #[n(2)]
    pub parent: ObjectId,
    /// Its number.
    #[n(3)]
    pub number: Number,
    /// Live or deleted.
    #[n(4)]
    pub state: RecordState,
    /// Which key seals it.
    #[n(5)]
    pub tier: Tier,
    /// Number of the head that brought it in.
    #[n(6)]
    pub sequence: u64,
}

/// A block of numbers.
#[derive(Clone, Copy, Debug, Encode, Decode)]
pub struct NumberBlockRow {
    /// How many.
    #[n(0)]
    pub count: u32,
    /// Whose.
    #[n(1)]
    pub member: MemberId,
}

/// The object that bears a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct NumberedRow {
    /// Its vault.
    #[n(0)]
    pub vault: VaultId,
    /// Its kind.
    #[n(1)]
    pub kind: RecordKind,
    /// Its id.
    #[n(2)]
    pub id: ObjectId,
}

/// A team's newest event, or the last one that is kept no longer.
#[derive(Clone, Copy, Debug, Encode, Decode)]
pub struct AuditHeadRow {
    /// Its number.
    #[n(0)]
    pub sequence: u64,
    /// Its hash.
    #[n(1)]
    pub hash: Hash,
    /// Its time.
    #[n(2)]
    pub time: Timestamp,
}

/// A stored answer.
#[derive(Clone, Debug, Encode, Decode)]
pub struct AnswerRow {
    /// Hash of the request that it answers.
    #[n(0)]
    pub request: Hash,
    /// The answer in JSON.
    #[n(1)]
    pub answer: Bytes,
    /// Until when it is kept.
    #[n(2)]
    pub until: Timestamp,
}

/// Failed sign-ins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct AttemptRow {
    /// How many, less those that time has forgiven.
    #[n(0)]
    pub failures: u32,
    /// When the last was.
    #[n(1)]
    pub last: Timestamp,
}

/// A webhook.
#[derive(Clone, Encode, Decode)]
pub struct WebhookRow {
    /// Where to.
    #[n(0)]
    pub url: WebhookUrl,
    /// Of which kinds of events.
    #[n(1)]
    pub kinds: Vec<ActKind>,
    /// Whether anything is sent.
    #[n(2)]
    pub enabled: bool,
    /// What deliveries are signed with.
    #[n(3)]
    #[cbor(with = "minicbor::bytes")]
    pub secret: [u8; 32],
    /// Who made it.
    #[n(4)]
    pub by: MemberId,
    /// Up to which event of the audit it has been told.
    #[n(5)]
    pub through: u64,
    /// Since when every call has failed.
    #[n(6)]
    pub failing_since: Option<Timestamp>,
    /// How often it failed since then.
    #[n(7)]
    pub failures: u32,
    /// Before when it is not called again.
    #[n(8)]
    pub next: Timestamp,
    /// Whether the server switched it off.
    #[n(9)]
    pub given_up: bool,
    /// How often it was called.
    #[n(10)]
    pub calls: u64,
}

/// A file, as far as the server knows it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct FileRow {
    /// Who sends or sent it.
    #[n(0)]
    pub owner: MemberId,
    /// Bytes of all its sealed chunks together.
    #[n(1)]
    pub sealed_length: u64,
    /// Whether a record brought it in.
    #[n(2)]
    pub state: FileState,
    /// SHA-256 of the chunks that are there.
    #[n(3)]
    pub chunks: BTreeMap<u32, Hash>,
}

/// Whether a record brought a file in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum FileState {
    /// Not yet.
    #[n(0)]
    Uploading,
    /// It did.
    #[n(1)]
    Attached,
}

/// A schema that the file has had.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SchemaRow {
    /// Version of the release that first wrote it.
    #[n(0)]
    pub release: String,
}

macro_rules! bytes_key {
    ($($name:ident),*) => {$(
        impl Key for $name {
            fn write(&self, to: &mut Vec<u8>) { to.extend_from_slice(&self.0); }
            fn read(from: &mut &[u8]) -> Option<Self> { Key::read(from).map(Self) }
        }
    )*};
}
bytes_key!(AheadId, TeamId, MemberId, VaultId, ObjectId, SessionId, ReleaseId, RequestId, PasskeyId, WebhookId, Hash);

impl Key for RecordKind {
    fn write(&self, to: &mut Vec<u8>) {
        to.push(*self as u8);
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        let kind = u8::read(from)?;
        [
            Self::Vault,
            Self::ResourceGroup,
            Self::Resource,
            Self::Account,
            Self::Secret,
            Self::Facts,
            Self::Team,
            Self::Profile,
            Self::File,
            Self::Group,
        ]
        .into_iter()
        .find(|known| *known as u8 == kind)
    }
}
