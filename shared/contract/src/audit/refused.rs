//! What somebody asked for who had no right to it.

use minicbor::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a request that was refused for lack of a right asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum RefusedRequest {
    /// To sign in, while suspended or removed.
    #[n(0)]
    SignIn,
    /// A secret or a file.
    #[n(1)]
    Release,
    /// An export.
    #[n(2)]
    Export,
    /// A change of records.
    #[n(3)]
    Write,
    /// To remove for good what was deleted.
    #[n(4)]
    Purge,
    /// A statement of the team's chain: people, vaults, policies.
    #[n(5)]
    Statement,
    /// To read something else.
    #[n(6)]
    Read,
}

impl RefusedRequest {
    /// What an operation asks for, by its name.
    #[must_use]
    pub fn of_operation(name: &str) -> Self {
        match name {
            "create_session" => Self::SignIn,
            "release_secret" | "release_file" | "release_leased" | "get_chunk" => Self::Release,
            "export_secrets" => Self::Export,
            "purge_objects" => Self::Purge,
            "create_vault"
            | "start_epoch"
            | "set_vault_policy"
            | "set_grant"
            | "revoke_grant"
            | "rewrap_keys"
            | "create_invitation"
            | "withdraw_invitation"
            | "set_team_role"
            | "suspend_member"
            | "resume_member"
            | "remove_member"
            | "create_service"
            | "set_service"
            | "renew_service"
            | "put_profile"
            | "create_group"
            | "update_group"
            | "set_group_members"
            | "delete_group"
            | "set_group_role"
            | "grant_by_group"
            | "end_group_grants"
            | "set_team_policy"
            | "replace_keys"
            | "set_recovery"
            | "enrol"
            | "end_enrolment"
            | "start_recovery"
            | "cancel_recovery"
            | "give_share"
            | "create_webhook"
            | "set_webhook"
            | "delete_webhook"
            | "test_webhook"
            | "create_request"
            | "approve_request"
            | "reject_request"
            | "cancel_request"
            | "revoke_request"
            | "check_out_secret"
            | "check_in_secret"
            | "force_check_in"
            | "create_ahead"
            | "approve_ahead"
            | "withdraw_ahead" => Self::Statement,
            name if ["get_", "list_", "sync_", "stream_"].iter().any(|reads| name.starts_with(reads)) => Self::Read,
            _ => Self::Write,
        }
    }
}
