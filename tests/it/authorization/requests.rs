//! For every operation a request that is right in everything but, perhaps, what it is about.

use super::{Scene, Subject, people::Change, webhooks::webhook_terms};
use crate::harness::{Forge, Founder};
use sealward_client::{
    api::Api,
    crypto::randomness::OsRandom,
    model::AccountDetails,
    operations::{Item, NewAccount, Place},
};
use sealward_contract::{
    bytes::Bytes,
    chain::{
        Approvals, Body, Grant, NamedHead, NewEpoch, NewVault, Policy, PolicyScope, Requirement, SetPolicy, VaultKind,
        VaultRole,
    },
    crypto::{Hash, hash},
    file::ChunkIndex,
    ids::{Epoch, Number, ObjectId, ReleaseId, RequestId, VaultId, Version},
    operations::{
        Empty, Method, ObjectPath, Operation, PageQuery, SessionPath, TeamPath, VaultPath, ahead,
        audit::{EventsQuery, ListAuditEvents},
        checkpoints::{self, NewCheckpoint},
        directory,
        export::{ExportRequest, ExportSecrets},
        factors, files, groups,
        invitations::{CreateInvitation, JoinTeam, OpenInvitation, WithdrawInvitation},
        keys::ReplaceKeys,
        members::{self, MemberPath},
        passkeys::{self, PasskeyName},
        records::{self, Batch, PurgeRequest, RecordWrite, ReleaseRequest, SecretWrite, VaultWrite, WantedVersion},
        recovery, requests, services,
        session::{self, ChallengeFor, NewLogin},
        sync::{StreamEvents, SyncTeam, SyncVault, TeamSyncQuery, VaultSyncQuery},
        team::{CreateTeam, GetServer, NumberCount, ReserveNumbers},
        vault::{self, Envelope, EpochStart, PolicyChange},
        webhooks,
        wire::{Format, target},
    },
    purge::{PurgeStatement, PurgedObject},
    record::{ChainPosition, LeafKey, RecordContext, RecordKind},
    release::{ExportFormat, ExportStatement, ExportedFile, ExportedSecret, ReleaseStatement},
    request::{
        Approve, Ask, CheckOut, Comment, RequestBody, RequestStatement,
        ahead::{AheadApproval, AheadBody},
    },
    session::ChangeLogin,
    suite::SUITE,
};

/// A request that is ready but for its token.
pub struct Prepared {
    pub method: &'static str,
    pub target: String,
    pub body: Vec<u8>,
    /// Whether its answer has no end.
    pub endless: bool,
}

fn request<O: Operation>(path: O::Path, query: O::Query, body: Option<O::Request>) -> Prepared {
    assert_eq!(body.is_some(), matches!(O::METHOD, Method::Post | Method::Put), "{}", O::NAME);
    Prepared {
        method: O::METHOD.as_str(),
        target: target::<O>(&path, &query).unwrap(),
        body: body.map(|body| Format::Json.write(&body)).unwrap_or_default(),
        endless: false,
    }
}

/// Makes the request of an operation about something.
pub async fn prepare(scene: &Scene, operation: &str, about: Subject) -> Prepared {
    let (founder, session) = (&scene.own.founder, &scene.own.session);
    session.sync(|_| {}).await.unwrap();
    let team = founder.team;
    let of_team = TeamPath { team };
    let of_vault = VaultPath { team, vault: about.vault };
    let object = |id| ObjectPath { team, vault: about.vault, id };
    let chunk = |id| files::ChunkPath { team, vault: about.vault, id, index: ChunkIndex(0) };
    let (none, page) = (Empty {}, PageQuery::default());
    let making = Making { scene, about };
    match operation {
        "get_server" => request::<GetServer>(none, none, None),
        "create_team" => request::<CreateTeam>(none, none, Some(Founder::prepare(&scene.server, "someone.else").1)),
        "reserve_numbers" => request::<ReserveNumbers>(of_team, none, Some(NumberCount { count: 3 })),
        "create_challenge" => {
            let body = ChallengeFor { team, login_name: founder.login_name.clone() };
            request::<session::CreateChallenge>(none, none, Some(body))
        }
        "create_session" => {
            let api = Api::new(scene.server.connect());
            let body = ChallengeFor { team, login_name: founder.login_name.clone() };
            let challenge = api.call::<session::CreateChallenge>(None, &none, &none, &body, None).await.unwrap();
            request::<session::CreateSession>(none, none, Some(founder.answer(challenge.nonce)))
        }
        "list_sessions" => request::<session::ListSessions>(of_team, page, None),
        "end_session" => {
            // Not the one that asks.
            let mine = about.session == scene.own.created.session;
            let ended = if mine { founder.sign_in(&scene.server).await.session } else { about.session };
            request::<session::EndSession>(SessionPath { team, session: ended }, none, None)
        }
        "change_login" => request::<session::ChangeLogin>(of_team, none, Some(making.login())),
        "replace_keys" => request::<ReplaceKeys>(of_team, none, Some(making.new_keys().await)),
        "set_recovery" => request::<recovery::SetRecovery>(of_team, none, Some(making.trustees())),
        "enrol" => request::<recovery::Enrol>(of_team, none, Some(making.enrolment().await)),
        "end_enrolment" => request::<recovery::EndEnrolment>(of_team, none, Some(making.end_of_enrolment().await)),
        "request_recovery" => request::<recovery::RequestRecovery>(of_team, none, Some(making.request_to_recover())),
        "list_recovery_requests" => request::<recovery::ListRecoveryRequests>(of_team, none, None),
        "start_recovery" => {
            let (path, body) = making.start_of_recovery().await;
            request::<recovery::StartRecovery>(path, none, Some(body))
        }
        "cancel_recovery" => {
            let (path, body) = making.cancellation().await;
            request::<recovery::CancelRecovery>(path, none, Some(body))
        }
        "get_share" => request::<recovery::GetShare>(making.share().await.0, none, None),
        "give_share" => {
            let (path, body) = making.share().await;
            request::<recovery::GiveShare>(path, none, Some(body))
        }
        "open_recovery" => request::<recovery::OpenRecovery>(of_team, none, Some(making.recovery_opening().await)),
        "finish_recovery" => request::<recovery::FinishRecovery>(of_team, none, Some(making.recovered_keys().await)),
        "create_vault" => request::<vault::CreateVault>(of_team, none, Some(making.vault())),
        "list_vaults" => request::<vault::ListVaults>(of_team, page, None),
        "get_vault" => request::<vault::GetVault>(of_vault, none, None),
        "update_vault" => {
            let context = making.next(RecordKind::Vault, scene.own.furnished.vault.object());
            request::<vault::UpdateVault>(of_vault, none, Some(making.write(context)))
        }
        "start_epoch" => request::<vault::StartEpoch>(of_vault, none, Some(making.epoch())),
        "set_grant" => request::<vault::SetGrant>(of_vault, none, Some(making.grant().await)),
        "revoke_grant" => request::<vault::RevokeGrant>(of_vault, none, Some(making.revocation().await)),
        "list_envelopes" => request::<vault::ListEnvelopes>(of_vault, none, None),
        "rewrap_keys" => request::<vault::RewrapKeys>(of_team, none, Some(making.rewrapping())),
        "create_invitation" => request::<CreateInvitation>(of_team, none, Some(making.invitation())),
        "withdraw_invitation" => {
            let (path, body) = making.withdrawal().await;
            request::<WithdrawInvitation>(path, none, Some(body))
        }
        "open_invitation" => {
            let (path, body) = making.opening().await;
            request::<OpenInvitation>(path, none, Some(body))
        }
        "join_team" => request::<JoinTeam>(of_team, none, Some(making.newcomer().await)),
        "create_member" => request::<members::CreateMember>(of_team, none, Some(making.made_member())),
        "register_member" => request::<members::RegisterMember>(of_team, none, Some(making.registered_member())),
        "set_password" => {
            let (path, body) = making.password().await;
            request::<members::SetPassword>(path, none, Some(body))
        }
        "set_team_role" => {
            let (path, body) = making.of_member(Change::Role).await;
            request::<members::SetTeamRole>(path, none, Some(body))
        }
        "suspend_member" => {
            let (path, body) = making.of_member(Change::Suspension).await;
            request::<members::SuspendMember>(path, none, Some(body))
        }
        "resume_member" => {
            let (path, body) = making.of_member(Change::Resumption).await;
            request::<members::ResumeMember>(path, none, Some(body))
        }
        "remove_member" => {
            let (path, body) = making.of_member(Change::Removal).await;
            let body = members::Removal { statement: body.statement, directory: Vec::new() };
            request::<members::RemoveMember>(path, none, Some(body))
        }
        "list_held_heads" => {
            let member = making.somebody(&[]).await;
            request::<members::ListHeldHeads>(MemberPath { team, member }, none, None)
        }
        "list_members" => request::<directory::ListMembers>(of_team, directory::MembersQuery::default(), None),
        "get_member" => {
            let member = making.somebody(&[]).await;
            request::<directory::GetMember>(MemberPath { team, member }, none, None)
        }
        "put_profile" => {
            let (path, body) = making.profile().await;
            request::<directory::PutProfile>(path, none, Some(body))
        }
        "create_group" => request::<groups::CreateGroup>(of_team, none, Some(making.new_group())),
        "list_groups" => request::<groups::ListGroups>(of_team, page, None),
        "update_group" => {
            let (path, body) = making.group_name().await;
            request::<groups::UpdateGroup>(path, none, Some(body))
        }
        "set_group_members" => {
            let (path, body) = making.group_members(true).await;
            request::<groups::SetGroupMembers>(path, none, Some(body))
        }
        "delete_group" => {
            let (path, body) = making.group_members(false).await;
            request::<groups::DeleteGroup>(path, none, Some(body))
        }
        "set_group_role" => request::<groups::SetGroupRole>(of_vault, none, Some(making.group_role().await)),
        "grant_by_group" => request::<groups::GrantByGroup>(of_vault, none, Some(making.group_grant().await)),
        "end_group_grants" => request::<groups::EndGroupGrants>(of_vault, none, Some(making.group_end().await)),
        "list_factors" => request::<factors::ListFactors>(of_team, none, None),
        "begin_codes" => {
            making.no_factor().await;
            request::<factors::BeginCodes>(of_team, none, Some(making.new_codes()))
        }
        "confirm_codes" => request::<factors::ConfirmCodes>(of_team, none, Some(making.first_code().await)),
        "remove_codes" => {
            making.a_factor().await;
            request::<factors::RemoveCodes>(of_team, none, None)
        }
        "make_recovery_codes" => {
            making.a_factor().await;
            request::<factors::MakeRecoveryCodes>(of_team, none, Some(none))
        }
        "confirm_session" => request::<factors::ConfirmSession>(of_team, none, Some(making.confirmation().await)),
        "begin_confirmation" => {
            making.a_passkey().await;
            request::<passkeys::BeginConfirmation>(of_team, none, Some(making.passkey_origin()))
        }
        "begin_passkey" => {
            making.no_factor().await;
            request::<passkeys::BeginPasskey>(of_team, none, Some(making.passkey_wanted()))
        }
        "add_passkey" => request::<passkeys::AddPasskey>(of_team, none, Some(making.new_passkey().await)),
        "rename_passkey" => {
            let path = making.a_passkey().await;
            request::<passkeys::RenamePasskey>(path, none, Some(PasskeyName { name: "another".into() }))
        }
        "remove_passkey" => request::<passkeys::RemovePasskey>(making.a_passkey().await, none, None),
        "dismiss_factor_notice" => request::<factors::DismissFactorNotice>(of_team, none, None),
        "take_factors_away" => {
            let member = making.somebody(&[]).await;
            request::<factors::TakeFactorsAway>(MemberPath { team, member }, none, None)
        }
        "list_factor_holders" => request::<factors::ListFactorHolders>(of_team, none, None),
        "set_team_policy" => request::<factors::SetTeamPolicy>(of_team, none, Some(making.team_policy())),
        "create_service" => request::<services::CreateService>(of_team, none, Some(making.admission())),
        "set_service" => {
            let (path, body) = making.terms().await;
            request::<services::SetService>(path, none, Some(body))
        }
        "renew_service" => {
            let (path, body) = making.renewal().await;
            request::<services::RenewService>(path, none, Some(body))
        }
        "list_service_uses" => request::<services::ListServiceUses>(of_team, none, None),
        "list_webhooks" => request::<webhooks::ListWebhooks>(of_team, none, None),
        "create_webhook" => request::<webhooks::CreateWebhook>(of_team, none, Some(webhook_terms())),
        "set_webhook" => request::<webhooks::SetWebhook>(making.a_webhook().await, none, Some(webhook_terms())),
        "delete_webhook" => request::<webhooks::DeleteWebhook>(making.a_webhook().await, none, None),
        "test_webhook" => request::<webhooks::TestWebhook>(making.a_webhook().await, none, Some(none)),
        "put_checkpoint" => request::<checkpoints::PutCheckpoint>(of_team, none, Some(making.checkpoint())),
        "list_checkpoints" => request::<checkpoints::ListCheckpoints>(of_team, none, None),
        "set_vault_policy" => request::<vault::SetVaultPolicy>(of_vault, none, Some(making.policy())),
        "create_resource_group" => {
            let context = making.first(RecordKind::ResourceGroup, making.own_top()).await;
            request::<records::CreateResourceGroup>(of_vault, none, Some(making.write(context)))
        }
        "list_resource_groups" => request::<records::ListResourceGroups>(of_vault, page, None),
        "get_resource_group" => request::<records::GetResourceGroup>(object(about.group), none, None),
        "update_resource_group" => {
            let context = making.next(RecordKind::ResourceGroup, about.group);
            request::<records::UpdateResourceGroup>(object(about.group), none, Some(making.write(context)))
        }
        "create_resource" => {
            let context = making.first(RecordKind::Resource, making.own_top()).await;
            request::<records::CreateResource>(of_vault, none, Some(making.write(context)))
        }
        "list_resources" => request::<records::ListResources>(of_vault, page, None),
        "get_resource" => request::<records::GetResource>(object(about.resource), none, None),
        "update_resource" => {
            let context = making.next(RecordKind::Resource, about.resource);
            request::<records::UpdateResource>(object(about.resource), none, Some(making.write(context)))
        }
        "create_account" => {
            let context = making.first(RecordKind::Account, about.resource).await;
            request::<records::CreateAccount>(of_vault, none, Some(making.write(context)))
        }
        "list_accounts" => request::<records::ListAccounts>(of_vault, page, None),
        "get_account" => request::<records::GetAccount>(object(about.account), none, None),
        "update_account" => {
            let context = making.next(RecordKind::Account, about.account);
            request::<records::UpdateAccount>(object(about.account), none, Some(making.write(context)))
        }
        "put_secret" => request::<records::PutSecret>(object(about.account), none, Some(making.secret())),
        "release_secret" => request::<records::ReleaseSecret>(
            object(about.account),
            none,
            Some(making.release(LeafKey { id: about.account, kind: RecordKind::Secret })),
        ),
        "create_request" => {
            let new = requests::NewRequest { statement: making.asked(), lease_secret: Bytes(vec![1; 300]) };
            request::<requests::CreateRequest>(of_team, none, Some(new))
        }
        "list_requests" => request::<requests::ListRequests>(of_team, requests::RequestsQuery::default(), None),
        "get_request" => request::<requests::GetRequest>(making.unknown_request(), none, None),
        "approve_request" => {
            let approve = Approve { version: Version(1), record: Hash::ZERO, policy: None, comment: None, grant: None };
            let statement = making.step(RequestBody::Approve(approve));
            let body = requests::NewApproval { statement, grant: None };
            request::<requests::ApproveRequest>(making.unknown_request(), none, Some(body))
        }
        "reject_request" => {
            let step = making.step(RequestBody::Reject(Comment { text: None }));
            let body = requests::RequestStep { statement: step };
            request::<requests::RejectRequest>(making.unknown_request(), none, Some(body))
        }
        "cancel_request" => {
            let step = making.step(RequestBody::Cancel);
            let body = requests::RequestStep { statement: step };
            request::<requests::CancelRequest>(making.unknown_request(), none, Some(body))
        }
        "revoke_request" => {
            let step = making.step(RequestBody::Revoke(Comment { text: None }));
            let body = requests::RequestStep { statement: step };
            request::<requests::RevokeRequest>(making.unknown_request(), none, Some(body))
        }
        "check_out_secret" => {
            let step = making.step(RequestBody::CheckOut(CheckOut { version: Version(1), record: Hash::ZERO }));
            let body = requests::RequestStep { statement: step };
            request::<requests::CheckOutSecret>(making.unknown_request(), none, Some(body))
        }
        "check_in_secret" => {
            let step = making.step(RequestBody::CheckIn);
            let body = requests::RequestStep { statement: step };
            request::<requests::CheckInSecret>(making.unknown_request(), none, Some(body))
        }
        "force_check_in" => {
            let step = making.step(RequestBody::ForceCheckIn(Comment { text: None }));
            let body = requests::RequestStep { statement: step };
            request::<requests::ForceCheckIn>(making.unknown_request(), none, Some(body))
        }
        "release_leased" => request::<requests::ReleaseLeased>(
            making.unknown_request(),
            none,
            Some(making.release(LeafKey { id: about.account, kind: RecordKind::Secret })),
        ),
        "get_requested_secret" => request::<requests::GetRequestedSecret>(making.unknown_request(), none, None),
        "list_uses" => request::<requests::ListUses>(of_team, none, None),
        "create_ahead" => {
            let body = ahead::NewAheadApproval { statement: making.proposed(), grant: None };
            request::<ahead::CreateAhead>(of_team, none, Some(body))
        }
        "approve_ahead" => {
            let statement = making.ahead_step(AheadBody::Approve(AheadApproval { grant: None }));
            let body = ahead::NewAheadApproval { statement, grant: None };
            request::<ahead::ApproveAhead>(making.unknown_ahead(), none, Some(body))
        }
        "withdraw_ahead" => {
            let body = ahead::AheadWithdrawal { statement: making.ahead_step(AheadBody::Withdraw) };
            request::<ahead::WithdrawAhead>(making.unknown_ahead(), none, Some(body))
        }
        "list_ahead" => request::<ahead::ListAhead>(of_team, none, None),
        "get_secret_to_grant" => request::<ahead::GetSecretToGrant>(object(about.account), none, None),
        "export_secrets" => request::<ExportSecrets>(of_team, none, Some(making.export())),
        "list_secret_versions" => request::<records::ListSecretVersions>(object(about.account), page, None),
        "purge_objects" => request::<records::PurgeObjects>(of_vault, none, Some(making.purge().await)),
        "list_secret_headers" => request::<records::ListSecretHeaders>(of_vault, page, None),
        "list_facts" => request::<records::ListFacts>(of_vault, page, None),
        "write_batch" => {
            let RecordWrite { record, head } = making.write(making.next(RecordKind::Account, about.account));
            let writes = vec![VaultWrite { vault: about.vault, records: vec![record], head }];
            request::<records::WriteBatch>(of_team, none, Some(Batch { writes }))
        }
        "begin_upload" => {
            let new = files::NewUpload { id: making.forge().make_object(), sealed_length: 272 };
            request::<files::BeginUpload>(of_vault, none, Some(new))
        }
        "get_upload" => request::<files::GetUpload>(object(about.upload), none, None),
        "put_chunk" => {
            let sealed = Bytes(vec![1; 272]);
            request::<files::PutChunk>(chunk(about.upload), none, Some(files::Chunk { sealed }))
        }
        "end_upload" => request::<files::EndUpload>(object(about.upload), none, None),
        "release_file" => {
            let key = LeafKey { id: about.file, kind: RecordKind::File };
            request::<files::ReleaseFile>(object(about.file), none, Some(making.release(key)))
        }
        "get_chunk" => request::<files::GetChunk>(chunk(about.file), none, None),
        "sync_team" => request::<SyncTeam>(of_team, TeamSyncQuery::default(), None),
        "sync_vault" => request::<SyncVault>(of_vault, VaultSyncQuery::default(), None),
        "stream_events" => Prepared { endless: true, ..request::<StreamEvents>(of_team, none, None) },
        "list_audit_events" => request::<ListAuditEvents>(of_team, EventsQuery::default(), None),
        _ => panic!("{operation} has no request"),
    }
}

/// Bodies that are right, and about something.
pub struct Making<'a> {
    pub scene: &'a Scene,
    pub about: Subject,
}

impl Making<'_> {
    /// On one's own vault, whatever it is about.
    pub fn forge(&self) -> Forge<'_> {
        let own = &self.scene.own;
        Forge { founder: &own.founder, session: &own.session, vault: own.furnished.vault }
    }

    fn own_top(&self) -> ObjectId {
        self.scene.own.furnished.vault.object()
    }

    /// The next version of something; of what is not there, a second one.
    fn next(&self, kind: RecordKind, id: ObjectId) -> RecordContext {
        let forge = self.forge();
        let known = self.scene.own.session.vaults()[&forge.vault].entry(&LeafKey { id, kind }).is_some();
        if known {
            return forge.next(LeafKey { id, kind });
        }
        let made = &self.scene.own.furnished;
        let parent = if kind == RecordKind::Account { made.resource } else { made.group };
        let first = forge.context(LeafKey { id, kind }, parent, Number(1));
        RecordContext { version: Version(2), previous: Hash([1; 32]), ..first }
    }

    async fn first(&self, kind: RecordKind, parent: ObjectId) -> RecordContext {
        let forge = self.forge();
        let number = self.scene.own.session.take_numbers(1).await.unwrap()[0];
        forge.context(LeafKey { id: forge.make_object(), kind }, parent, number)
    }

    fn write(&self, context: RecordContext) -> RecordWrite {
        let vault = self.about.vault;
        let forge = self.forge();
        let record = forge.seal(RecordContext { vault, ..context });
        let rest = forge.rest(std::slice::from_ref(&record));
        let head = forge.sign(sealward_contract::record::HeadRest { vault, ..rest });
        RecordWrite { record: record.to_wire(), head }
    }

    fn secret(&self) -> SecretWrite {
        let (forge, vault) = (self.forge(), self.about.vault);
        let account = LeafKey { id: self.about.account, kind: RecordKind::Account };
        let known = self.scene.own.session.vaults()[&forge.vault].entry(&account).is_some();
        let contexts = match known {
            true => forge.next_secret(account.id),
            false => [RecordKind::Secret, RecordKind::Facts]
                .map(|kind| forge.context(LeafKey { id: account.id, kind }, account.id, Number(1))),
        };
        let records = contexts.map(|context| forge.seal(RecordContext { vault, ..context }));
        let rest = forge.rest(&records);
        let head = forge.sign(sealward_contract::record::HeadRest { vault, ..rest });
        let [secret, facts] = records;
        SecretWrite { secret: secret.to_wire(), facts: facts.to_wire(), head }
    }

    /// The version of a secret or a file.
    fn version(&self, key: LeafKey) -> Version {
        let vaults = self.scene.own.session.vaults();
        vaults[&self.forge().vault].tree().get(&key).map_or(Version(1), |leaf| leaf.version)
    }

    fn export(&self) -> ExportRequest {
        let own = &self.scene.own;
        let forge = self.forge();
        let key = LeafKey { id: self.about.account, kind: RecordKind::Secret };
        let secret =
            ExportedSecret { vault: self.about.vault, account: self.about.account, version: self.version(key) };
        let key = LeafKey { id: self.about.file, kind: RecordKind::File };
        let file = ExportedFile { vault: self.about.vault, id: key.id, version: self.version(key) };
        let statement = own.founder.identity.signing.sign(ExportStatement {
            suite: SUITE,
            id: ReleaseId(own.session.surroundings().make_id()),
            team: own.founder.team,
            member: own.founder.identity.member,
            position: forge.position(),
            time: forge.now(),
            secrets: vec![secret],
            format: ExportFormat::Json,
            reason: None,
            files: vec![file],
        });
        ExportRequest { statement: statement.to_wire() }
    }

    /// A request that is nobody's.
    fn unknown_request(&self) -> requests::RequestPath {
        requests::RequestPath { team: self.scene.own.founder.team, request: RequestId([7; 16]) }
    }

    /// A statement that asks for the account's secret.
    fn asked(&self) -> Bytes {
        let own = &self.scene.own;
        let now = self.forge().now();
        let ask = Ask {
            vault: self.about.vault,
            account: self.about.account,
            from: now,
            to: now.plus_millis(3_600_000),
            seconds: 3_600,
            reason: None,
            key: own.founder.identity.wrapping.public(),
            policy: None,
            extends: None,
            break_glass: false,
            ahead: None,
        };
        self.said(RequestId(own.session.surroundings().make_id()), 0, Hash::ZERO, RequestBody::Ask(ask))
    }

    /// A step of the request that is nobody's.
    fn step(&self, body: RequestBody) -> Bytes {
        self.said(RequestId([7; 16]), 1, hash(b"before"), body)
    }

    fn said(&self, request: RequestId, number: u32, previous: Hash, body: RequestBody) -> Bytes {
        let (own, forge) = (&self.scene.own, self.forge());
        let statement = own.founder.identity.signing.sign(RequestStatement {
            suite: SUITE,
            team: own.founder.team,
            request,
            number,
            previous,
            author: own.founder.identity.member,
            position: forge.position(),
            time: forge.now(),
            body,
        });
        statement.to_wire()
    }

    fn release(&self, key: LeafKey) -> ReleaseRequest {
        let own = &self.scene.own;
        let forge = self.forge();
        let version = self.version(key);
        let statement = own.founder.identity.signing.sign(ReleaseStatement {
            suite: SUITE,
            id: ReleaseId(own.session.surroundings().make_id()),
            team: own.founder.team,
            vault: self.about.vault,
            account: key.id,
            version,
            member: own.founder.identity.member,
            position: forge.position(),
            time: forge.now(),
            reason: None,
        });
        ReleaseRequest { statement: statement.to_wire(), wanted: WantedVersion::Newest }
    }

    /// Of an account of one's own that was just deleted, or of one that is not there.
    async fn purge(&self) -> PurgeRequest {
        let (own, forge) = (&self.scene.own, self.forge());
        let mut object = PurgedObject { kind: RecordKind::Account, id: self.about.account, version: Version(1) };
        if self.about.account == own.furnished.first {
            let place = Place { vault: forge.vault, parent: own.furnished.resource };
            let (id, _) = own
                .session
                .create_account(
                    place,
                    NewAccount { details: AccountDetails { name: "old".into(), ..Default::default() }, secret: None },
                )
                .await
                .unwrap();
            own.session
                .delete_items(&[Item::within(forge.vault, RecordKind::Account, id)], |_, _, _| {})
                .await
                .whole()
                .unwrap();
            object = PurgedObject { id, version: Version(2), ..object };
        }
        let statement = own.founder.identity.signing.sign(PurgeStatement {
            suite: SUITE,
            team: own.founder.team,
            vault: self.about.vault,
            member: own.founder.identity.member,
            position: forge.position(),
            time: forge.now(),
            objects: vec![object],
        });
        PurgeRequest { statement: statement.to_wire() }
    }

    /// The same login key again, under a bundle of the next version.
    fn login(&self) -> NewLogin {
        let own = &self.scene.own;
        let (founder, version) = (&own.founder, own.created.bundle_version + 1);
        let bundle = founder.identity.seal(&founder.lock_key, &founder.team, version, &mut OsRandom::new());
        let bundle = bundle.unwrap().to_wire();
        let change = founder.login_key.sign(ChangeLogin {
            suite: SUITE,
            team: founder.team,
            member: founder.identity.member,
            login_key: founder.login_key.public(),
            bundle: hash(&bundle),
            version,
        });
        NewLogin { change: change.to_wire(), kit_tag: founder.kit_tag, bundle }
    }

    fn vault(&self) -> vault::NewVault {
        let (own, forge) = (&self.scene.own, self.forge());
        let vault = VaultId(forge.make_object().0);
        let (keys, envelope) = own.founder.make_keys(vault, Epoch::FIRST);
        let grants = vec![Grant { member: own.founder.identity.member, role: VaultRole::Custodian }];
        let statement = forge.state(Body::NewVault(NewVault { vault, kind: VaultKind::Shared, keys, grants }));
        let vaults = own.session.chain().unwrap().vaults().count();
        let position = ChainPosition {
            sequence: statement.value().sequence,
            hash: sealward_contract::chain::statement_hash(&statement),
        };
        let number = Number(u32::try_from(vaults).unwrap() + 1);
        let RecordWrite { record, head } = own.founder.first_write(vault, number, position, forge.now());
        vault::NewVault { statement: statement.to_wire(), envelopes: vec![envelope], record, head }
    }

    /// The newest epoch of the own vault.
    pub fn newest_epoch(&self) -> Epoch {
        self.scene.own.session.chain().unwrap().vault(&self.forge().vault).unwrap().epoch().unwrap().epoch
    }

    /// The newest head of the own vault.
    pub fn head(&self) -> NamedHead {
        let head = self.scene.own.session.vaults()[&self.forge().vault].head();
        NamedHead { sequence: head.sequence, hash: head.hash }
    }

    fn epoch(&self) -> EpochStart {
        let (own, forge, vault) = (&self.scene.own, self.forge(), self.about.vault);
        let epoch = Epoch(self.newest_epoch().0 + 1);
        let (keys, envelope) = own.founder.make_keys(vault, epoch);
        let statement = forge.state(Body::NewEpoch(NewEpoch { vault, epoch, keys, head: self.head() }));
        // Whoever has a role in the vault gets its keys; what is in an envelope the server cannot tell.
        let chain = own.session.chain().unwrap();
        let recipients = chain.recipients(&forge.vault).map(|to| to.member);
        let envelopes = recipients.map(|recipient| Envelope { recipient, ..envelope.clone() }).collect();
        EpochStart { statement: statement.to_wire(), envelopes }
    }

    /// What the own session sees; of the own team whatever the request is about, as the path names another.
    fn checkpoint(&self) -> NewCheckpoint {
        NewCheckpoint { checkpoint: self.scene.own.session.sign_checkpoint().unwrap().to_wire() }
    }

    fn policy(&self) -> PolicyChange {
        let policy = Some(Policy { approvals: Approvals(0), reason: Requirement::Optional, terms: None });
        let set = SetPolicy { vault: self.about.vault, scope: PolicyScope::Vault, policy };
        PolicyChange { statement: Bytes(self.forge().state(Body::SetPolicy(set)).to_wire().0) }
    }
}
