//! Every limit that client and server share. Sizes in bytes, times in milliseconds, unless the name says otherwise.

/// Longest login name in characters.
pub const LOGIN_NAME_CHARS: usize = 64;
/// Largest body of a request that is not a batch.
pub const BODY: usize = 512 * 1024;
/// Largest body of a request that anyone may send to sign in: so that strangers cannot fill the memory.
pub const SMALL_BODY: usize = 4 * 1024;
/// Largest body of a batch write.
pub const BATCH_BODY: usize = 4 * 1024 * 1024;
/// Most records that one batch brings in.
pub const BATCH_RECORDS: usize = 1_000;
/// Most vaults that one batch writes to; two make a move.
pub const BATCH_VAULTS: usize = 2;
/// Largest sealed payload of a record.
pub const RECORD_PAYLOAD: usize = 272 * 1024;
/// Largest encoded header of a record.
pub const RECORD_HEADER: usize = 1_024;
/// Largest signed statement of the team chain.
pub const STATEMENT: usize = 64 * 1024;
/// Largest sealed identity bundle.
pub const BUNDLE: usize = 8 * 1024;
/// Largest sealed former key in a statement that brings a new one.
pub const FORMER_KEY: usize = 512;
/// Largest envelope.
pub const ENVELOPE: usize = 64 * 1024;
/// Most members that one statement brings envelopes for.
pub const ENVELOPES: usize = 1_000;
/// Largest sealed reason of a release.
pub const SEALED_REASON: usize = 4 * 1024;
/// Most secrets and files together that one export releases.
pub const EXPORT_ITEMS: usize = 50_000;
/// Largest file, before it is padded and sealed.
pub const FILE: u64 = 100 * 1024 * 1024;
/// Largest body of a request that brings one sealed chunk of a file: 1 MiB, its tag, and what JSON makes of them.
pub const CHUNK_BODY: usize = 1_536 * 1024;
/// Most files that a member has begun to upload and not attached, in one team.
pub const UPLOADS: usize = 64;
/// How long an upload that nothing was attached to is kept.
pub const UPLOAD_KEPT: u64 = 24 * 60 * 60 * 1_000;
/// How long after its release a file's chunks may be fetched, so that a broken download goes on.
pub const FILE_RELEASE: u64 = 60 * 60 * 1_000;
/// Most objects that one statement purges.
pub const PURGE_OBJECTS: usize = 500;
/// Most items on a page of a list.
pub const PAGE: u32 = 500;
/// Bytes after which a page of audit events ends: an export's statement names everything that it releases.
pub const PAGE_BYTES: usize = 4 * 1024 * 1024;
/// Most records that the event of one write names.
pub const AUDIT_OBJECTS: usize = 16;
/// Fewest days for which a server keeps audit events.
pub const AUDIT_DAYS: u32 = 180;
/// Items on a page when the caller does not say.
pub const PAGE_DEFAULT: u32 = 100;
/// Most records that one call of a vault's sync returns.
pub const SYNC_RECORDS: u32 = 50_000;
/// Statements on a page of a team's sync.
pub const SYNC_STATEMENTS: usize = 1_000;
/// Most changed records that a refusal of a stale head carries; past it the writer synchronises first.
pub const STALE_RECORDS: usize = 256;
/// How long a writer that was refused for a stale head keeps its turn.
pub const STALE_TURN: u64 = 250;
/// Most numbers reserved in one call.
pub const NUMBER_BLOCK: u32 = 20_000;
/// Longest path of resource groups above an object.
pub const DEPTH: usize = 64;
/// How far a statement's or record's time may be ahead of the server's clock.
pub const CLOCK_SKEW: u64 = 2 * 60 * 1_000;
/// How long a sign-in challenge is good for.
pub const CHALLENGE: u64 = 2 * 60 * 1_000;
/// Most checkpoints that are given at once.
pub const CHECKPOINTS: usize = 16;
/// Longest Idempotency-Key in characters.
pub const IDEMPOTENCY_KEY_CHARS: usize = 64;
/// How long the answer to an Idempotency-Key is kept.
pub const IDEMPOTENCY_KEPT: u64 = 24 * 60 * 60 * 1_000;
/// Most sessions that a member has at once.
pub const SESSIONS: usize = 32;
/// Most event streams that a member has open at once.
pub const STREAMS: usize = 16;
/// Longest description of a device in characters.
pub const DEVICE_CHARS: usize = 120;
/// Longest origin in characters.
pub const ORIGIN_CHARS: usize = 256;
/// Most teams that one server keeps.
pub const TEAMS: u32 = 10_000;
/// Most vaults of a team.
pub const VAULTS: usize = 10_000;
/// Most members that a team has ever had.
pub const MEMBERS: usize = 10_000;
/// Most vaults that one member or invitation has a role in: the statement that removes a member names the head of each.
pub const GRANTS: usize = 1_000;
/// Most groups that a team has ever had.
pub const MEMBER_GROUPS: usize = 2_000;
/// Most members of one group.
pub const GROUP_MEMBERS: usize = 1_000;
/// Most groups that have a role in one vault.
pub const GROUP_ROLES: usize = 200;
/// Most trustees of a recovery group.
pub const TRUSTEES: usize = 15;
/// How long a person's new keys stay at least before the person replaces them again: each time new keys are due in all their
/// vaults.
pub const KEYS_KEPT: u64 = 60 * 60 * 1_000;
/// How long a recovery is open at most.
pub const RECOVERY: u64 = 7 * 24 * 60 * 60 * 1_000;
/// How long a device's request to be recovered is kept.
pub const RECOVERY_REQUEST: u64 = 24 * 60 * 60 * 1_000;
/// Most such requests that are kept for one person: older ones make room.
pub const RECOVERY_REQUESTS: usize = 5;
/// For how many seconds a secret may be asked for.
pub const LEASE_SECONDS: std::ops::RangeInclusive<u32> = 60..=30 * 24 * 60 * 60;
/// Longest lease in seconds where the policy says nothing of it.
pub const LEASE_DEFAULT: u32 = 60 * 60;
/// For how many seconds a request waits for approvals where the policy says nothing of it.
pub const REQUEST_WAITS: u32 = 3 * 24 * 60 * 60;
/// For how many seconds a policy may let requests wait.
pub const REQUEST_WAITS_SECONDS: std::ops::RangeInclusive<u32> = 60..=30 * 24 * 60 * 60;
/// How far ahead the end of a request's window may be.
pub const REQUEST_AHEAD: u64 = 90 * 24 * 60 * 60 * 1_000;
/// Most statements of one request.
pub const REQUEST_STATEMENTS: u32 = 64;
/// Most requests of one member that are open at once.
pub const OPEN_REQUESTS: usize = 200;
/// Largest statement of a request.
pub const REQUEST_STATEMENT: usize = 24 * 1024;
/// Largest envelope of a grant.
pub const GRANT_ENVELOPE: usize = 4 * 1024;
/// How long an approval that is given ahead lasts at most.
pub const AHEAD_LASTS: u64 = 90 * 24 * 60 * 60 * 1_000;
/// Most statements of one such approval.
pub const AHEAD_STATEMENTS: u32 = 8;
/// Largest statement of one.
pub const AHEAD_STATEMENT: usize = 4 * 1024;
/// Most such approvals that a team has at once.
pub const AHEAD: usize = 1_000;
/// Longest name of a time zone in bytes.
pub const ZONE_NAME: usize = 64;

/// Whether a text can be the name of a time zone.
#[must_use]
pub fn is_zone_name(name: &str) -> bool {
    (1..=ZONE_NAME).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Most offsets of a time zone that a window names.
pub const ZONE_OFFSETS: usize = 8;
/// How many minutes a time zone is ahead of UTC.
pub const ZONE_MINUTES: std::ops::RangeInclusive<i16> = -18 * 60..=18 * 60;
/// Longest pattern for tickets in characters.
pub const TICKET_PATTERN_CHARS: usize = 200;
/// Most members whom a policy names for one thing.
pub const POLICY_MEMBERS: usize = 64;
/// Most hosts that one service is bound to.
pub const HOSTS: usize = 64;
/// Longest host name in characters (RFC 1035).
pub const HOST_CHARS: usize = 253;
/// Longest time in seconds for which a confirmation by a second factor lasts.
pub const CONFIRMATION_SECONDS: u32 = 12 * 60 * 60;
/// How long a confirmation waits for the one thing that it is for, where it lasts for no longer than that.
pub const CONFIRMATION_ONCE: u64 = 60 * 1_000;
/// How long a confirmation that is good for one thing goes on after each release: one thing may be many secrets, one after the
/// other.
pub const CONFIRMATION_TAIL: u64 = 2 * 1_000;
/// How long ago a confirmation may be, at most, that factors and the team's policy are changed with.
pub const CONFIRMATION_FRESH: u64 = 15 * 60 * 1_000;
/// Most webhooks of a team.
pub const WEBHOOKS: usize = 10;
/// Longest address of a webhook in bytes.
pub const WEBHOOK_URL: usize = 1_024;
/// Calls of a webhook that are remembered.
pub const WEBHOOK_DELIVERIES: usize = 20;
/// How long calls of a webhook may fail before it is switched off.
pub const WEBHOOK_FAILING: u64 = 5 * 24 * 60 * 60 * 1_000;
/// Recovery codes that are made at once.
pub const RECOVERY_CODES: usize = 10;
/// Most passkeys of a member.
pub const PASSKEYS: usize = 20;
/// Longest name of a passkey in characters.
pub const PASSKEY_NAME_CHARS: usize = 64;
/// How long the browser may take to answer for a passkey.
pub const PASSKEY_CEREMONY: u64 = 5 * 60 * 1_000;
/// How long a seed of one-time codes waits for its first code.
pub const CODES_BEGUN: u64 = 60 * 60 * 1_000;
/// Most invitations that are open at once.
pub const INVITATIONS: usize = 500;
/// How long an invitation is good for at most.
pub const INVITATION: u64 = 30 * 24 * 60 * 60 * 1_000;
