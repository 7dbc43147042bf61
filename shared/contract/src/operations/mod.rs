//! The list of operations. Server routes, client calls, OpenAPI and the authorization matrix are all made from it; no
//! path is written a second time.

pub mod ahead;
pub mod audit;
pub mod checkpoints;
pub mod directory;
pub mod export;
pub mod factors;
pub mod files;
pub mod groups;
pub mod invitations;
pub mod keys;
pub mod members;
pub mod passkeys;
pub mod records;
pub mod recovery;
pub mod requests;
pub mod services;
pub mod session;
pub mod sync;
pub mod team;
pub mod vault;
pub mod webhooks;
pub mod wire;

use crate::{
    ids::{ObjectId, SessionId, TeamId, VaultId},
    limits,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// HTTP method of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, or acts.
    Post,
    /// Replaces: the next version.
    Put,
    /// Ends.
    Delete,
}

impl Method {
    /// As HTTP writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// Who may call an operation; what the caller may do with it is [`crate::policy`]'s to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// Everyone.
    Anyone,
    /// A session of an active member of the team in the path.
    Member,
    /// The same, also where a second factor is still to be confirmed after signing in.
    Session,
}

/// One operation of the API: method, path, types and errors in one place.
pub trait Operation: 'static {
    /// Name in snake case; the OpenAPI operation id.
    const NAME: &'static str;
    /// Its first line of documentation.
    const SUMMARY: &'static str;
    /// HTTP method.
    const METHOD: Method;
    /// Path template.
    const PATH: &'static str;
    /// Who may call it.
    const ACCESS: Access;
    /// Whether an `Idempotency-Key` is honoured.
    const KEYED: bool;
    /// Largest body.
    const BODY_LIMIT: usize;
    /// Whether it may be called by whoever has still to replace keys that somebody else made.
    const UNSETTLED: bool;
    /// Whether the answer is a stream of [`Operation::Response`]s.
    const STREAMS: bool;
    /// What the path names.
    type Path: Serialize + DeserializeOwned + JsonSchema + Send + Sync + Clone;
    /// Query parameters.
    type Query: Serialize + DeserializeOwned + JsonSchema + Send + Sync + Default + Clone;
    /// Body of the request.
    type Request: Serialize + DeserializeOwned + JsonSchema + Send + Sync + Clone;
    /// Body of the answer.
    type Response: Serialize + DeserializeOwned + JsonSchema + Send + Sync;
    /// Its own errors.
    type Error: crate::problem::Problem + Send + Sync;
}

/// Nothing: for operations without query parameters or body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Empty {}

/// Path of what belongs to the server.
pub type ServerPath = Empty;

/// Path of what belongs to a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamPath {
    /// The team.
    pub team: TeamId,
}

/// Path of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionPath {
    /// The team.
    pub team: TeamId,
    /// The session.
    pub session: SessionId,
}

/// Path of what belongs to a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VaultPath {
    /// The team.
    pub team: TeamId,
    /// The vault.
    pub vault: VaultId,
}

/// Path of an object in a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectPath {
    /// The team.
    pub team: TeamId,
    /// The vault.
    pub vault: VaultId,
    /// The resource group, resource or account.
    pub id: ObjectId,
}

/// Which page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PageQuery {
    /// Where to go on: `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// How many at most; 1 to [`limits::PAGE`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

impl PageQuery {
    /// How many at most, within the limits; `None` when the caller asked for none or too many.
    #[must_use]
    pub fn limit(&self) -> Option<u32> {
        match self.limit {
            None => Some(limits::PAGE_DEFAULT),
            Some(limit @ 1..=limits::PAGE) => Some(limit),
            Some(_) => None,
        }
    }
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Cursor of the next page; `None` on the last.
    pub next: Option<String>,
}

/// Declares an operation.
macro_rules! operation {
    (
        #[doc = $summary:literal]
        $(#[doc = $more:literal])*
        $operation:ident $name:literal: $method:ident $path:literal, $access:ident $(, $flag:ident)*;
        $place:ty $(, query $query:ty)? $(, body $request:ty)? => $response:ty, $error:ty
    ) => {
        #[doc = $summary]
        $(#[doc = $more])*
        #[derive(Clone, Copy, Debug)]
        pub struct $operation;

        impl $crate::operations::Operation for $operation {
            const NAME: &'static str = $name;
            const SUMMARY: &'static str = $summary.trim_ascii();
            const METHOD: $crate::operations::Method = $crate::operations::Method::$method;
            const PATH: &'static str = $path;
            const ACCESS: $crate::operations::Access = $crate::operations::Access::$access;
            const KEYED: bool = false $(|| $crate::operations::flag!(keyed $flag))*;
            const STREAMS: bool = false $(|| $crate::operations::flag!(streams $flag))*;
            const UNSETTLED: bool = matches!($crate::operations::Access::$access, $crate::operations::Access::Session)
                $(|| $crate::operations::flag!(unsettled $flag))*;
            const BODY_LIMIT: usize = if false $(|| $crate::operations::flag!(batch $flag))* {
                $crate::limits::BATCH_BODY
            } else if false $(|| $crate::operations::flag!(chunk $flag))* {
                $crate::limits::CHUNK_BODY
            } else if false $(|| $crate::operations::flag!(small $flag))* {
                $crate::limits::SMALL_BODY
            } else {
                $crate::limits::BODY
            };
            type Path = $place;
            type Query = $crate::operations::or_empty!($($query)?);
            type Request = $crate::operations::or_empty!($($request)?);
            type Response = $response;
            type Error = $error;
        }
    };
}

macro_rules! flag {
    (keyed keyed) => {
        true
    };
    (streams streams) => {
        true
    };
    (batch batch) => {
        true
    };
    (chunk chunk) => {
        true
    };
    (small small) => {
        true
    };
    (unsettled unsettled) => {
        true
    };
    ($asked:ident $given:ident) => {
        false
    };
}

macro_rules! or_empty {
    () => {
        $crate::operations::Empty
    };
    ($given:ty) => {
        $given
    };
}

use {flag, operation, or_empty};

/// Calls a macro with the list of all operations.
#[macro_export]
macro_rules! for_each_operation {
    ($with:ident) => {
        $with! {
            team::GetServer,
            team::CreateTeam,
            team::ReserveNumbers,
            session::CreateChallenge,
            session::CreateSession,
            session::ListSessions,
            session::EndSession,
            session::ChangeLogin,
            keys::ReplaceKeys,
            recovery::SetRecovery,
            recovery::Enrol,
            recovery::EndEnrolment,
            recovery::RequestRecovery,
            recovery::ListRecoveryRequests,
            recovery::StartRecovery,
            recovery::CancelRecovery,
            recovery::GetShare,
            recovery::GiveShare,
            recovery::OpenRecovery,
            recovery::FinishRecovery,
            vault::CreateVault,
            vault::ListVaults,
            vault::GetVault,
            vault::UpdateVault,
            vault::StartEpoch,
            vault::SetVaultPolicy,
            vault::SetGrant,
            vault::RevokeGrant,
            vault::ListEnvelopes,
            vault::RewrapKeys,
            invitations::CreateInvitation,
            invitations::WithdrawInvitation,
            invitations::OpenInvitation,
            invitations::JoinTeam,
            members::CreateMember,
            members::RegisterMember,
            members::SetPassword,
            members::SetTeamRole,
            members::SuspendMember,
            members::ResumeMember,
            members::RemoveMember,
            members::ListHeldHeads,
            directory::ListMembers,
            directory::GetMember,
            directory::PutProfile,
            groups::CreateGroup,
            groups::ListGroups,
            groups::UpdateGroup,
            groups::SetGroupMembers,
            groups::DeleteGroup,
            groups::SetGroupRole,
            groups::GrantByGroup,
            groups::EndGroupGrants,
            factors::ListFactors,
            factors::BeginCodes,
            factors::ConfirmCodes,
            factors::RemoveCodes,
            factors::MakeRecoveryCodes,
            factors::ConfirmSession,
            passkeys::BeginConfirmation,
            passkeys::BeginPasskey,
            passkeys::AddPasskey,
            passkeys::RenamePasskey,
            passkeys::RemovePasskey,
            factors::DismissFactorNotice,
            factors::TakeFactorsAway,
            factors::ListFactorHolders,
            factors::SetTeamPolicy,
            services::CreateService,
            services::SetService,
            services::RenewService,
            services::ListServiceUses,
            webhooks::ListWebhooks,
            webhooks::CreateWebhook,
            webhooks::SetWebhook,
            webhooks::DeleteWebhook,
            webhooks::TestWebhook,
            records::CreateResourceGroup,
            records::ListResourceGroups,
            records::GetResourceGroup,
            records::UpdateResourceGroup,
            records::CreateResource,
            records::ListResources,
            records::GetResource,
            records::UpdateResource,
            records::CreateAccount,
            records::ListAccounts,
            records::GetAccount,
            records::UpdateAccount,
            records::PutSecret,
            records::ReleaseSecret,
            export::ExportSecrets,
            requests::CreateRequest,
            requests::ListRequests,
            requests::GetRequest,
            requests::ApproveRequest,
            requests::RejectRequest,
            requests::CancelRequest,
            requests::RevokeRequest,
            requests::CheckOutSecret,
            requests::CheckInSecret,
            requests::ForceCheckIn,
            requests::ReleaseLeased,
            requests::GetRequestedSecret,
            requests::ListUses,
            ahead::CreateAhead,
            ahead::ApproveAhead,
            ahead::WithdrawAhead,
            ahead::ListAhead,
            ahead::GetSecretToGrant,
            records::ListSecretVersions,
            records::ListSecretHeaders,
            records::ListFacts,
            records::PurgeObjects,
            records::WriteBatch,
            files::BeginUpload,
            files::GetUpload,
            files::EndUpload,
            files::PutChunk,
            files::ReleaseFile,
            files::GetChunk,
            sync::SyncTeam,
            sync::SyncVault,
            sync::StreamEvents,
            audit::ListAuditEvents,
            checkpoints::PutCheckpoint,
            checkpoints::ListCheckpoints,
        }
    };
}

/// What is known of an operation without its types.
#[derive(Clone, Copy, Debug)]
pub struct Description {
    /// [`Operation::NAME`].
    pub name: &'static str,
    /// [`Operation::METHOD`].
    pub method: Method,
    /// [`Operation::PATH`].
    pub path: &'static str,
    /// [`Operation::ACCESS`].
    pub access: Access,
}

macro_rules! describe {
    ($($module:ident::$operation:ident),* $(,)?) => {
        /// Every operation of the API.
        pub const ALL: &[Description] = &[$(Description {
            name: <$module::$operation as Operation>::NAME,
            method: <$module::$operation as Operation>::METHOD,
            path: <$module::$operation as Operation>::PATH,
            access: <$module::$operation as Operation>::ACCESS,
        }),*];

        #[cfg(test)]
        fn schemas_of_errors() -> Vec<serde_json::Value> {
            vec![$(serde_json::to_value(schemars::schema_for!(<$module::$operation as Operation>::Error)).unwrap()),*]
        }
    };
}
for_each_operation!(describe);

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use crate::problem::{Rejection, look_up};
    use std::collections::BTreeSet;

    fn codes(schema: &serde_json::Value, found: &mut BTreeSet<String>) {
        match schema {
            serde_json::Value::Object(fields) => {
                let code = fields.get("properties").and_then(|properties| properties.get("code"));
                found.extend(code.and_then(|code| code.get("const")).and_then(|code| code.as_str()).map(str::to_owned));
                fields.values().for_each(|value| codes(value, found));
            }
            serde_json::Value::Array(items) => items.iter().for_each(|item| codes(item, found)),
            _ => {}
        }
    }

    #[test]
    fn every_error_has_a_row_in_the_table() {
        let mut found = BTreeSet::new();
        for schema in schemas_of_errors() {
            codes(&schema, &mut found);
        }
        codes(&serde_json::to_value(schemars::schema_for!(Rejection)).unwrap(), &mut found);
        assert!(found.len() > 20, "{found:?}");
        for code in &found {
            assert!(look_up(code).is_some(), "{code}");
        }
        for (code, ..) in crate::problem::TABLE {
            assert!(found.contains(*code), "{code} is no error of any operation");
        }
    }

    #[test]
    fn no_two_operations_share_name_or_route() {
        let names: BTreeSet<_> = ALL.iter().map(|operation| operation.name).collect();
        let routes: BTreeSet<_> = ALL.iter().map(|operation| (operation.method.as_str(), operation.path)).collect();
        assert_eq!((names.len(), routes.len()), (ALL.len(), ALL.len()));
    }
}
