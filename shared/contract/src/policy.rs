//! Who may do what: the only place where a right is decided. The server asks inside the transaction; browser and CLI
//! ask to decide what to offer; readers ask of every author.

use crate::{
    chain::{TeamRole, TeamState, VaultKind, VaultRole},
    ids::MemberId,
    record::{RecordKind, Tier},
};

/// Shared vaults are made by owners; everyone may make a personal one.
#[must_use]
pub fn may_make_vault(state: &TeamState, member: &MemberId, kind: VaultKind) -> bool {
    match (state.role(member), kind) {
        (Some(_), VaultKind::Personal) | (Some(TeamRole::Owner), VaultKind::Shared) => true,
        (Some(TeamRole::Member) | None, _) => false,
    }
}

/// Everyone with a role in the vault sees its catalog.
#[must_use]
pub fn may_read_catalog(role: VaultRole) -> bool {
    match role {
        VaultRole::Viewer | VaultRole::User | VaultRole::Editor | VaultRole::Custodian => true,
    }
}

/// Who may write a record of this kind into a vault.
#[must_use]
pub fn may_write_record(role: VaultRole, kind: RecordKind) -> bool {
    let by_editors = matches!(
        kind,
        RecordKind::ResourceGroup
            | RecordKind::Resource
            | RecordKind::Account
            | RecordKind::Secret
            | RecordKind::Facts
            | RecordKind::File
    );
    match role {
        VaultRole::Custodian => by_editors || kind == RecordKind::Vault,
        VaultRole::Editor => by_editors,
        VaultRole::User | VaultRole::Viewer => false,
    }
}

/// Who may be given a secret or a file of this tier without a request.
#[must_use]
pub fn may_release(role: VaultRole, tier: Tier) -> bool {
    match role {
        VaultRole::Custodian => matches!(tier, Tier::Open | Tier::Guarded),
        VaultRole::Editor | VaultRole::User => tier == Tier::Open,
        VaultRole::Viewer => false,
    }
}

/// Who may fetch the facts of secrets of this tier: who could open the secrets themselves.
#[must_use]
pub fn may_read_facts(role: VaultRole, tier: Tier) -> bool {
    may_release(role, tier)
}

/// Who may send the chunks of a file that a record will bring in.
#[must_use]
pub fn may_upload(role: VaultRole) -> bool {
    may_write_record(role, RecordKind::File)
}

/// Who may see who wrote the versions of secrets, and when: who could open secrets at all.
#[must_use]
pub fn may_list_versions(role: VaultRole) -> bool {
    may_release(role, Tier::Open)
}

/// Who may remove for good what was deleted.
#[must_use]
pub fn may_purge(role: VaultRole) -> bool {
    role == VaultRole::Custodian
}

/// Who may give a vault new keys.
#[must_use]
pub fn may_start_epoch(role: VaultRole) -> bool {
    role == VaultRole::Custodian
}

/// Who may set a policy in a vault.
#[must_use]
pub fn may_set_policy(role: VaultRole) -> bool {
    role == VaultRole::Custodian
}

/// Who may change the team's name.
#[must_use]
pub fn may_name_team(state: &TeamState, member: &MemberId, sequence: u64) -> bool {
    state.role_at(member, sequence) == Some(TeamRole::Owner)
}

/// Who may write a member's profile: the member, and owners.
#[must_use]
pub fn may_write_profile(state: &TeamState, author: &MemberId, of: &MemberId, sequence: u64) -> bool {
    match state.role_at(author, sequence) {
        Some(TeamRole::Owner) => true,
        Some(TeamRole::Member) => author == of,
        None => false,
    }
}

/// Who may read the audit: owners read all; others what they did themselves.
#[must_use]
pub fn may_read_audit(state: &TeamState, member: &MemberId) -> bool {
    state.role(member) == Some(TeamRole::Owner)
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn versions_are_for_those_who_open_secrets_and_purging_is_for_custodians() {
        let rows = [
            (VaultRole::Viewer, false, false),
            (VaultRole::User, true, false),
            (VaultRole::Editor, true, false),
            (VaultRole::Custodian, true, true),
        ];
        for (role, list, purge) in rows {
            assert_eq!((may_list_versions(role), may_purge(role)), (list, purge), "{role:?}");
        }
    }
}
