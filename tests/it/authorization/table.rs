//! The authorization matrix.

/// What an operation answers in one state.
#[derive(Clone, Copy)]
pub enum Expected {
    /// This status, and a problem of this code; none with 200.
    Answer(u16, &'static str),
    /// The state cannot be: the operation names no vault, or no object.
    Nothing,
}

/// One operation in every state.
pub struct Row {
    pub operation: &'static str,
    /// Without a session.
    pub none: Expected,
    /// With a token that is none, or nobody's.
    pub garbage: Expected,
    /// With a session whose time is over.
    pub expired: Expected,
    /// With a session that was ended.
    pub ended: Expected,
    /// With a session of one's own team.
    pub own: Expected,
    /// With a session of another team.
    pub other_team: Expected,
    /// About a vault that is not there, or is another team's.
    pub unknown_vault: Expected,
    /// About an object that is not there, or is another team's.
    pub unknown_object: Expected,
}

const OK: Expected = Expected::Answer(200, "");
const NO: Expected = Expected::Answer(401, "unauthenticated");
const GONE: Expected = Expected::Answer(404, "not_found");
const STALE: Expected = Expected::Answer(409, "stale_version");
const REFUSED: Expected = Expected::Answer(422, "record_refused");
const UNFIT: Expected = Expected::Answer(422, "statement_refused");
const KEYS: Expected = Expected::Answer(422, "envelopes_refused");
const NONE: Expected = Expected::Answer(403, "invitation_refused");
/// Nobody has to ask for what is given to everyone with a role, nor approves it for themselves.
const FREE: Expected = Expected::Answer(422, "request_refused");
const XX: Expected = Expected::Nothing;

#[rustfmt::skip]
macro_rules! row {
    ($operation:literal $none:ident $garbage:ident $expired:ident $ended:ident $own:ident $other:ident $vault:ident $object:ident) => {
        Row {
            operation: $operation, none: $none, garbage: $garbage, expired: $expired, ended: $ended, own: $own,
            other_team: $other, unknown_vault: $vault, unknown_object: $object,
        }
    };
}

#[rustfmt::skip]
pub const TABLE: &[Row] = &[
    //                             none garb exp  end  own  other vault object
    row!("get_server"              OK   OK   OK   OK   OK   OK    XX    XX),
    row!("create_team"             OK   OK   OK   OK   OK   OK    XX    XX),
    row!("reserve_numbers"         NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("create_challenge"        OK   OK   OK   OK   OK   OK    XX    XX),
    row!("create_session"          OK   OK   OK   OK   OK   OK    XX    XX),
    row!("list_sessions"           NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("end_session"             NO   NO   NO   NO   OK   GONE  XX    GONE),
    row!("change_login"            NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("set_recovery"            NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("enrol"                   NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("end_enrolment"           NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("request_recovery"        OK   OK   OK   OK   OK   OK    XX    XX),
    row!("list_recovery_requests"  NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("start_recovery"          NO   NO   NO   NO   OK   GONE  XX    UNFIT),
    row!("cancel_recovery"         NO   NO   NO   NO   OK   GONE  XX    UNFIT),
    row!("get_share"               NO   NO   NO   NO   OK   GONE  XX    GONE),
    row!("give_share"              NO   NO   NO   NO   OK   GONE  XX    GONE),
    row!("open_recovery"           OK   OK   OK   OK   OK   OK    XX    XX),
    row!("finish_recovery"         OK   OK   OK   OK   OK   OK    XX    XX),
    row!("create_vault"            NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("list_vaults"             NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("get_vault"               NO   NO   NO   NO   OK   GONE  GONE  XX),
    row!("update_vault"            NO   NO   NO   NO   OK   GONE  GONE  XX),
    row!("start_epoch"             NO   NO   NO   NO   OK   GONE  GONE  XX),
    row!("set_vault_policy"        NO   NO   NO   NO   OK   GONE  GONE  XX),
    row!("set_grant"               NO   NO   NO   NO   OK   GONE  GONE  UNFIT),
    row!("revoke_grant"            NO   NO   NO   NO   OK   GONE  GONE  UNFIT),
    row!("list_envelopes"          NO   NO   NO   NO   OK   GONE  GONE  XX),
    row!("rewrap_keys"             NO   NO   NO   NO   OK   GONE  KEYS  KEYS),
    row!("create_invitation"       NO   NO   NO   NO   OK   GONE  UNFIT XX),
    row!("withdraw_invitation"     NO   NO   NO   NO   OK   GONE  XX    UNFIT),
    row!("open_invitation"         OK   OK   OK   OK   OK   OK    XX    NONE),
    row!("join_team"               OK   OK   OK   OK   OK   OK    XX    NONE),
    row!("create_member"           NO   NO   NO   NO   OK   GONE  UNFIT XX),
    row!("register_member"         NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("set_password"            NO   NO   NO   NO   OK   GONE  XX    UNFIT),
    row!("set_team_role"           NO   NO   NO   NO   OK   GONE  XX    UNFIT),
    row!("suspend_member"          NO   NO   NO   NO   OK   GONE  XX    UNFIT),
    row!("resume_member"           NO   NO   NO   NO   OK   GONE  XX    UNFIT),
    row!("remove_member"           NO   NO   NO   NO   OK   GONE  XX    UNFIT),
    row!("list_held_heads"         NO   NO   NO   NO   OK   GONE  XX    GONE),
    row!("list_members"            NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("get_member"              NO   NO   NO   NO   OK   GONE  XX    GONE),
    row!("put_profile"             NO   NO   NO   NO   OK   GONE  XX    GONE),
    row!("create_group"            NO   NO   NO   NO   OK   GONE  XX    UNFIT),
    row!("list_groups"             NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("update_group"            NO   NO   NO   NO   OK   GONE  XX    GONE),
    row!("set_group_members"       NO   NO   NO   NO   OK   GONE  XX    UNFIT),
    row!("delete_group"            NO   NO   NO   NO   OK   GONE  XX    UNFIT),
    row!("set_group_role"          NO   NO   NO   NO   OK   GONE  GONE  UNFIT),
    row!("grant_by_group"          NO   NO   NO   NO   OK   GONE  GONE  UNFIT),
    row!("end_group_grants"        NO   NO   NO   NO   OK   GONE  GONE  UNFIT),
    row!("list_factors"            NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("begin_codes"             NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("confirm_codes"           NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("remove_codes"            NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("make_recovery_codes"     NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("confirm_session"         NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("begin_confirmation"      NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("begin_passkey"           NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("add_passkey"             NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("rename_passkey"          NO   NO   NO   NO   OK   GONE  XX    GONE),
    row!("remove_passkey"          NO   NO   NO   NO   OK   GONE  XX    GONE),
    row!("dismiss_factor_notice"   NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("take_factors_away"       NO   NO   NO   NO   OK   GONE  XX    GONE),
    row!("list_factor_holders"     NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("set_team_policy"         NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("create_service"          NO   NO   NO   NO   OK   GONE  UNFIT XX),
    row!("set_service"             NO   NO   NO   NO   OK   GONE  XX    UNFIT),
    row!("renew_service"           NO   NO   NO   NO   OK   GONE  XX    UNFIT),
    row!("list_service_uses"       NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("list_webhooks"           NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("create_webhook"          NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("set_webhook"             NO   NO   NO   NO   OK   GONE  XX    GONE),
    row!("delete_webhook"          NO   NO   NO   NO   OK   GONE  XX    GONE),
    row!("test_webhook"            NO   NO   NO   NO   OK   GONE  XX    GONE),
    row!("put_checkpoint"          NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("list_checkpoints"        NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("create_resource_group"   NO   NO   NO   NO   OK   GONE  GONE  XX),
    row!("list_resource_groups"    NO   NO   NO   NO   OK   GONE  GONE  XX),
    row!("get_resource_group"      NO   NO   NO   NO   OK   GONE  GONE  GONE),
    row!("update_resource_group"   NO   NO   NO   NO   OK   GONE  GONE  STALE),
    row!("create_resource"         NO   NO   NO   NO   OK   GONE  GONE  XX),
    row!("list_resources"          NO   NO   NO   NO   OK   GONE  GONE  XX),
    row!("get_resource"            NO   NO   NO   NO   OK   GONE  GONE  GONE),
    row!("update_resource"         NO   NO   NO   NO   OK   GONE  GONE  STALE),
    row!("create_account"          NO   NO   NO   NO   OK   GONE  GONE  REFUSED),
    row!("list_accounts"           NO   NO   NO   NO   OK   GONE  GONE  XX),
    row!("get_account"             NO   NO   NO   NO   OK   GONE  GONE  GONE),
    row!("update_account"          NO   NO   NO   NO   OK   GONE  GONE  STALE),
    row!("put_secret"              NO   NO   NO   NO   OK   GONE  GONE  REFUSED),
    row!("release_secret"          NO   NO   NO   NO   OK   GONE  GONE  GONE),
    row!("create_request"          NO   NO   NO   NO   FREE GONE  GONE  GONE),
    row!("list_requests"           NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("get_request"             NO   NO   NO   NO   GONE GONE  XX    GONE),
    row!("approve_request"         NO   NO   NO   NO   GONE GONE  XX    GONE),
    row!("reject_request"          NO   NO   NO   NO   GONE GONE  XX    GONE),
    row!("cancel_request"          NO   NO   NO   NO   GONE GONE  XX    GONE),
    row!("revoke_request"          NO   NO   NO   NO   GONE GONE  XX    GONE),
    row!("check_out_secret"        NO   NO   NO   NO   GONE GONE  XX    GONE),
    row!("check_in_secret"         NO   NO   NO   NO   GONE GONE  XX    GONE),
    row!("force_check_in"          NO   NO   NO   NO   GONE GONE  XX    GONE),
    row!("release_leased"          NO   NO   NO   NO   GONE GONE  XX    GONE),
    row!("get_requested_secret"    NO   NO   NO   NO   GONE GONE  XX    GONE),
    row!("list_uses"               NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("create_ahead"            NO   NO   NO   NO   FREE GONE  GONE  GONE),
    row!("approve_ahead"           NO   NO   NO   NO   GONE GONE  XX    GONE),
    row!("withdraw_ahead"          NO   NO   NO   NO   GONE GONE  XX    GONE),
    row!("list_ahead"              NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("get_secret_to_grant"     NO   NO   NO   NO   OK   GONE  GONE  GONE),
    row!("export_secrets"          NO   NO   NO   NO   OK   GONE  GONE  GONE),
    row!("list_secret_versions"    NO   NO   NO   NO   OK   GONE  GONE  GONE),
    row!("list_secret_headers"     NO   NO   NO   NO   OK   GONE  GONE  XX),
    row!("purge_objects"           NO   NO   NO   NO   OK   GONE  GONE  GONE),
    row!("list_facts"              NO   NO   NO   NO   OK   GONE  GONE  XX),
    row!("write_batch"             NO   NO   NO   NO   OK   GONE  GONE  STALE),
    row!("begin_upload"            NO   NO   NO   NO   OK   GONE  GONE  XX),
    row!("get_upload"              NO   NO   NO   NO   OK   GONE  GONE  GONE),
    row!("put_chunk"               NO   NO   NO   NO   OK   GONE  GONE  GONE),
    row!("end_upload"              NO   NO   NO   NO   OK   GONE  GONE  GONE),
    row!("release_file"            NO   NO   NO   NO   OK   GONE  GONE  GONE),
    row!("get_chunk"               NO   NO   NO   NO   OK   GONE  GONE  GONE),
    row!("sync_team"               NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("sync_vault"              NO   NO   NO   NO   OK   GONE  GONE  XX),
    row!("stream_events"           NO   NO   NO   NO   OK   GONE  XX    XX),
    row!("list_audit_events"       NO   NO   NO   NO   OK   GONE  XX    XX),
    // The very last: what is signed with the former keys counts no more.
    row!("replace_keys"            NO   NO   NO   NO   OK   GONE  XX    XX),
];
