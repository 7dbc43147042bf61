//! The one list of commands. Each line is a request type, what it answers, and the method of [`Serve`] that the worker
//! implements; everything else follows from the list.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::*;

/// A request that the page may make of the worker.
pub trait Ask: Into<Command> {
    /// What the worker answers.
    type Answer: Serialize + DeserializeOwned;
}

macro_rules! commands {
    ($($(#[$doc:meta])* $verb:ident: $ask:ident -> $answer:ty;)*) => {
        /// Every request that the page can make.
        #[derive(Serialize, Deserialize)]
        #[expect(missing_docs, reason = "each variant is documented at its request type")]
        pub enum Command {
            $($ask($ask),)*
        }

        $(
            impl From<$ask> for Command {
                fn from(ask: $ask) -> Self {
                    Self::$ask(ask)
                }
            }

            impl Ask for $ask {
                type Answer = $answer;
            }
        )*

        /// The worker's side: one method for each command.
        pub trait Serve {
            $(
                $(#[$doc])*
                fn $verb(&self, ask: $ask) -> impl Future<Output = Result<$answer, Error>>;
            )*
        }

        /// Hands a command to its method and encodes the answer.
        pub async fn serve(worker: &impl Serve, command: Command) -> Result<Vec<u8>, Error> {
            match command {
                $(Command::$ask(ask) => encode(&worker.$verb(ask).await?),)*
            }
        }
    };
}

commands! {
    // Session
    /// What this browser knows, and whether a session is open.
    read_status: ReadStatus -> Status;
    /// Makes the team, the first vault and the kit; the session is open afterwards, the kit unconfirmed.
    create_team: CreateTeam -> KitView;
    /// Compares what was typed back with the kit.
    confirm_kit: ConfirmKit -> ();
    /// Reads a kit as it is typed, pasted or loaded, without a server.
    check_kit: CheckKit -> KitReading;
    /// Opens a session on a device that remembers the Secret Key, or with the kit.
    sign_in: SignIn -> SessionView;
    /// Opens what was locked.
    unlock: Unlock -> SessionView;
    /// Forgets all keys, in every window.
    lock: Lock -> ();
    /// Ends the session; on request this browser forgets the Secret Key too.
    sign_out: SignOut -> ();
    /// Locks what is open, in every window, and turns to another team.
    switch_team: SwitchTeam -> ();
    /// For how many days the vault of somebody who was removed is kept.
    read_kept_days: ReadKeptDays -> Option<u32>;
    /// The person's sessions on all devices.
    list_sessions: ListSessions -> Vec<SessionRow>;
    /// Ends one of them.
    end_session: EndSession -> ();
    /// New password; every other session ends.
    change_password: ChangePassword -> ();
    /// The kit once more, after the password.
    show_kit: ShowKit -> KitView;
    /// A new Secret Key; the old kit is worthless afterwards.
    replace_kit: ReplaceKit -> KitView;
    /// New keys, a new password and a new kit together; every other session ends.
    replace_keys: ReplaceKeys -> KitView;
    /// After how many idle minutes to lock.
    set_idle_lock: SetIdleLock -> ();
    /// What this browser stands on was compared.
    accept_sight: AcceptSight -> ();
    /// Whether the catalog is kept in this browser.
    keep_catalog: KeepCatalog -> ();
    /// The person did something: the idle time starts again.
    touch: Touch -> ();
    /// The language of sorting and of example names.
    set_language: SetLanguage -> ();
    /// Tries the server again at once instead of at the next attempt.
    reconnect: Reconnect -> ();

    // People
    /// Members, invitations, and what the person may do about them.
    read_people: ReadPeople -> People;
    /// A link by which somebody joins.
    invite: Invite -> InvitationMade;
    /// Nobody joins by an invitation any more.
    withdraw_invitation: WithdrawInvitation -> ();
    /// What an invitation leads to.
    open_invitation: OpenInvitation -> InvitationOpened;
    /// Joins a team; the session is open afterwards, the kit unconfirmed.
    join_team: JoinTeam -> KitView;
    /// Another role in the team.
    set_team_role: SetTeamRole -> ();
    /// Suspends, resumes or removes a member.
    set_standing: SetStanding -> ();
    /// Another role in a vault, or none.
    set_grant: SetGrant -> ();

    /// What two people compare.
    read_safety: ReadSafety -> SafetyView;
    /// Whether they have.
    mark_compared: MarkCompared -> ();
    /// Whose keys were replaced, and whose recovery waits.
    read_key_news: ReadKeyNews -> KeyNews;
    /// Takes note of the former.
    note_keys: NoteKeys -> ();

    // Recovery
    /// How recovery stands in the team.
    read_recovery: ReadRecovery -> RecoveryView;
    /// Devices on which people want to be recovered.
    read_recovery_requests: ReadRecoveryRequests -> Vec<RequestRow>;
    /// Who the trustees are, and how many of them it takes.
    set_recovery_group: SetRecoveryGroup -> ();
    /// Lets trustees recover the person.
    enrol: Enrol -> ();
    /// Lets nobody any more.
    end_enrolment: EndEnrolment -> ();
    /// Begins a recovery.
    start_recovery: StartRecovery -> ();
    /// Stops one.
    cancel_recovery: CancelRecovery -> ();
    /// Gives one's share to one.
    give_share: GiveShare -> ();
    /// Wants to be recovered on this device.
    ask_recovery: AskRecovery -> RecoveringView;
    /// How that stands.
    read_recovering: ReadRecovering -> Option<RecoveringView>;
    /// Forgets it.
    stop_recovering: StopRecovering -> ();
    /// Ends it: the session is open afterwards, the kit unconfirmed.
    finish_recovery: FinishRecovery -> KitView;

    // Asking for guarded secrets
    /// What it takes to come by secrets of which something is asked.
    read_accesses: ReadAccesses -> Vec<AccessView>;
    /// A request for a secret.
    ask_for_secret: AskForSecret -> ();
    /// A step of one.
    take_step: TakeStep -> ();
    /// Requests, the newest first.
    read_requests: ReadRequests -> RequestsFound;
    /// Who has what now.
    read_uses: ReadUses -> Vec<UseRow>;
    /// How many requests wait for the person.
    count_requests: CountRequests -> RequestCounts;
    /// Secrets that were taken without an approval.
    read_emergencies: ReadEmergencies -> Vec<EmergencyRow>;
    /// The person took note of them.
    note_emergencies: NoteEmergencies -> ();
    /// A new password by the rules in force.
    renew_password: RenewPassword -> SecretText;
    /// What is approved ahead.
    read_ahead: ReadAhead -> AheadFound;
    /// For whom a secret may be approved ahead.
    read_ahead_people: ReadAheadPeople -> AheadPeople;
    /// An approval that is given ahead.
    propose_ahead: ProposeAhead -> ();
    /// A further one, or the end of it.
    step_ahead: StepAhead -> ();
    /// A secret that was approved ahead, checked out.
    check_out_ahead: CheckOutAhead -> ();
    /// Which policy holds in a place.
    read_lease_policy: ReadLeasePolicy -> LeasePolicyView;
    /// Sets it.
    set_lease_policy: SetLeasePolicy -> ();

    // The directory
    /// A stretch of the members that a filter wants.
    find_members: FindMembers -> MembersPage;
    /// A member with all that is known of it.
    read_member: ReadMember -> PersonView;
    /// The person themselves, as the others see them.
    read_own: ReadOwn -> PersonView;
    /// Writes a profile.
    write_profile: WriteProfile -> ();
    /// The groups of the team.
    read_groups: ReadGroups -> Groups;
    /// Makes a group, or changes one.
    save_group: SaveGroup -> ();
    /// Ends a group for good.
    end_group: EndGroup -> ();
    /// What groups ask for in a vault.
    read_vault_groups: ReadVaultGroups -> VaultGroups;
    /// Says what a group asks for in a vault.
    set_group_role: SetGroupRole -> ();
    /// Gives members what their group asks for.
    grant_by_group: GrantByGroup -> ();
    /// Takes what only groups had brought.
    end_group_grants: EndGroupGrants -> ();
    // Second factors
    /// The person's second factors.
    read_factors: ReadFactors -> FactorsView;
    /// Begins one-time codes.
    begin_codes: BeginCodes -> CodesBegun;
    /// Confirms the first of them.
    confirm_codes: ConfirmCodes -> ();
    /// Removes them.
    remove_codes: RemoveCodes -> ();
    /// Begins adding a passkey: what the browser is to be asked, in JSON.
    begin_passkey: BeginPasskey -> SecretText;
    /// Adds what it made.
    add_passkey: AddPasskey -> ();
    /// Gives one another name.
    rename_passkey: RenamePasskey -> ();
    /// Removes one.
    remove_passkey: RemovePasskey -> ();
    /// Begins confirming with one.
    begin_confirmation: BeginConfirmation -> SecretText;
    /// New recovery codes, shown once.
    make_recovery_codes: MakeRecoveryCodes -> Vec<SecretText>;
    /// Confirms the session with a second factor.
    confirm_factor: ConfirmFactor -> ();
    /// Gives up a sign-in that waits for that.
    give_up_factor: GiveUpFactor -> ();
    /// Gives the reason that a policy asks for, for what is asked again now.
    give_reason: GiveReason -> ();
    /// Takes note of factors that were taken away.
    dismiss_factor_notice: DismissFactorNotice -> ();
    /// Takes a member's factors away.
    take_factors_away: TakeFactorsAway -> ();
    /// Who has no second factor.
    read_without_factor: ReadWithoutFactor -> Vec<MemberId>;
    /// The team's policy.
    read_team_policy: ReadTeamPolicy -> TeamPolicyView;
    /// Sets it.
    set_team_policy: SetTeamPolicy -> ();

    // Audit
    /// A page of events, each checked against the statement that it carries.
    read_audit: ReadAudit -> AuditView;
    /// Walks the whole chain; progress comes as notices.
    check_audit: CheckAudit -> AuditVerdict;
    /// All events that a filter wants, as a file.
    export_audit: ExportAudit -> AuditFile;
    /// Who could open the present secret of an account.
    read_holders: ReadHolders -> Vec<HolderRow>;
    /// The secrets that somebody could open who has no right to them any more.
    read_exposed: ReadExposed -> ExposedView;
    /// What a member could open on a day.
    read_reach: ReadReach -> ReachView;

    /// Makes somebody a member with a password, and gives what is handed to them.
    admit_person: AdmitPerson -> PersonMade;
    /// Makes somebody a member without keys.
    register_person: RegisterPerson -> ();
    /// Sets a member's password, or goes on with that.
    set_password: SetPassword -> PasswordAnswer;
    /// The reports.
    read_reports: ReadReports -> Reports;
    /// A report as a sheet.
    write_sheet: WriteSheet -> SheetWritten;

    // Services
    /// Admits a service, and gives its token.
    admit_service: AdmitService -> TokenMade;
    /// Other terms for a service.
    set_service: SetService -> ();
    /// Another token for a service.
    renew_service: RenewService -> TokenMade;
    /// When services were last used.
    read_service_uses: ReadServiceUses -> Vec<ServiceUse>;

    // Webhooks
    /// The team's webhooks.
    read_webhooks: ReadWebhooks -> WebhooksView;
    /// Makes one, and gives the secret that it signs with.
    create_webhook: CreateWebhook -> SecretText;
    /// Changes one.
    set_webhook: SetWebhook -> ();
    /// Deletes one.
    delete_webhook: DeleteWebhook -> ();
    /// Has one called with a test.
    test_webhook: TestWebhook -> Delivery;

    // Catalog
    /// All vaults and resource groups with counts.
    read_tree: ReadTree -> Tree;
    /// A window of the resources selected.
    read_rows: ReadRows -> Rows;
    /// What the list could be filtered by.
    read_facets: ReadFacets -> Facets;
    /// The next row whose name begins so.
    find_row: FindRow -> Option<u32>;
    /// The resources of a stretch of the list.
    read_items: ReadItems -> Items;
    /// A resource with its accounts.
    read_resource: ReadResource -> ResourceView;
    /// An account.
    read_account: ReadAccount -> AccountView;
    /// A new vault.
    create_vault: CreateVault -> Changed;
    /// Another name or description.
    update_vault: UpdateVault -> Changed;
    /// A new resource group.
    create_resource_group: CreateResourceGroup -> Changed;
    /// Another name or description.
    update_resource_group: UpdateResourceGroup -> Changed;
    /// A new resource.
    create_resource: CreateResource -> Changed;
    /// New fields for a resource.
    update_resource: UpdateResource -> Changed;
    /// A new account, with its secret.
    create_account: CreateAccount -> Changed;
    /// New fields or a new secret for an account.
    update_account: UpdateAccount -> Changed;
    /// A vault's password policies.
    read_policies: ReadPolicies -> VaultPolicies;
    /// Other password policies for a vault.
    update_policies: UpdatePolicies -> Changed;
    /// What a password must be like.
    read_password_rules: ReadPasswordRules -> RulesInForce;
    /// Moves items, also between vaults.
    move_items: MoveItems -> Done;
    /// Copies items with everything in them.
    copy_items: CopyItems -> Done;
    /// Deletes items; what is in them is out of reach until they are restored.
    delete_items: DeleteItems -> Done;
    /// Puts tags on many, and takes others off.
    change_tags: ChangeTags -> Done;
    /// Sets fields of many.
    edit_items: EditItems -> Done;
    /// Takes a change back.
    undo: Undo -> ();
    /// A few examples in an empty vault.
    add_examples: AddExamples -> Changed;
    /// Takes the examples away again.
    remove_examples: RemoveExamples -> Changed;

    // Trash
    /// What was deleted and can be restored.
    read_trash: ReadTrash -> TrashView;
    /// Restores what was deleted to its place.
    restore_items: RestoreItems -> Done;
    /// Removes for good what was deleted.
    purge_items: PurgeItems -> Done;
    /// Removes for good all that was deleted.
    empty_trash: EmptyTrash -> Done;
    /// For how long a vault keeps what was deleted.
    set_trash_days: SetTrashDays -> Changed;

    // Personal
    /// Views, favourites and what was opened last.
    read_personal: ReadPersonal -> Personal;
    /// Saves a view.
    save_view: SaveView -> ViewId;
    /// Forgets a view.
    delete_view: DeleteView -> ();
    /// Makes a favourite, or no more.
    set_favourite: SetFavourite -> ();
    /// Notes what was looked at.
    note_opened: NoteOpened -> ();
    /// Another look of lists.
    set_look: SetLook -> ();
    /// What is known of the health of all secrets.
    read_health: ReadHealth -> Health;

    // Secrets
    /// Has the server release one secret, and opens it.
    release_secret: ReleaseSecret -> ReleasedSecret;
    /// Who wrote a secret, and when.
    read_versions: ReadVersions -> Vec<VersionRow>;
    /// Has the server release an earlier version of a secret, and opens it.
    release_version: ReleaseVersion -> ReleasedSecret;
    /// Writes an earlier version of a secret as the newest.
    restore_version: RestoreVersion -> ();
    /// A new random password or phrase.
    generate: Generate -> Generated;
    /// An honest estimate; loads its word lists on first use.
    estimate_strength: EstimateStrength -> Strength;

    // One-time codes, keys and certificates
    /// Has a secret released for its one-time code, and keeps the seed for the codes after it.
    open_code: OpenCode -> CodeReading;
    /// The code of this moment, from a seed that is kept.
    read_code: ReadCode -> CodeReading;
    /// The code of this moment, once.
    copy_code: CopyCode -> CodeReading;
    /// Forgets a seed.
    close_code: CloseCode -> ();
    /// What a typed seed says of itself.
    check_seed: CheckSeed -> SeedReading;
    /// The text of a QR code; loads its program on first use.
    read_qr: ReadQr -> QrReading;
    /// Draws a PDF.
    draw_pdf: DrawPdf -> DrawnPdf;
    /// What a typed key or certificate is; loads its program on first use.
    read_key: ReadKey -> KeyReading;
    /// An SSH key without its passphrase.
    unlock_key: UnlockKey -> KeyText;
    /// A new SSH key.
    make_key: MakeKey -> KeyText;
    /// The text of a key file.
    read_key_file: ReadKeyFile -> KeyText;

    // Taking out
    /// How much an export would hold.
    measure_export: MeasureExport -> ExportMeasured;
    /// Has all secrets released by one decision, and written to a file.
    run_export: RunExport -> ExportReport;

    // Files
    /// Sends a file; progress comes as notices.
    upload_file: UploadFile -> FileRef;
    /// Fetches a file; its handle comes with the answer.
    download_file: DownloadFile -> ();
    /// Goes on with a transfer that waits for the connection.
    resume_transfer: ResumeTransfer -> ();
    /// Stops a transfer.
    cancel_transfer: CancelTransfer -> ();
    /// Gives up files that were sent and that nothing will name.
    drop_uploads: DropUploads -> ();
    /// Puts a file beside an account.
    attach_file: AttachFile -> Changed;
    /// Removes one.
    remove_file: RemoveFile -> Changed;
    /// Brings a file back that was taken away.
    restore_file: RestoreFile -> Changed;

    // Finding and bringing in
    /// Ranked hits over the whole catalog.
    search: Search -> Vec<Hit>;
    /// Reads a file and says what is in it.
    preview_import: PreviewImport -> ImportPreview;
    /// Brings in what was previewed; progress comes as notices.
    run_import: RunImport -> ImportReport;
    /// Drops what was previewed, or stops what runs after the present batch.
    cancel_import: CancelImport -> ();
}
