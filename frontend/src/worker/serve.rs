//! The list of commands, each with the function that serves it.

use super::{engine::Engine, keys, kit, otp, own_vault, pdf, secret};
use crate::{bridge::*, keys::Task};

impl Serve for Engine {
    async fn read_status(&self, _: ReadStatus) -> Result<Status, Error> {
        self.status().await
    }

    async fn create_team(&self, ask: CreateTeam) -> Result<KitView, Error> {
        Self::create_team(self, ask).await
    }

    async fn confirm_kit(&self, ask: ConfirmKit) -> Result<(), Error> {
        Self::confirm_kit(self, ask).await
    }

    async fn check_kit(&self, ask: CheckKit) -> Result<KitReading, Error> {
        Ok(kit::check(&ask))
    }

    async fn sign_in(&self, ask: SignIn) -> Result<SessionView, Error> {
        Self::sign_in(self, ask).await
    }

    async fn unlock(&self, ask: Unlock) -> Result<SessionView, Error> {
        Self::unlock(self, &ask.password).await
    }

    async fn lock(&self, _: Lock) -> Result<(), Error> {
        self.lock_everywhere();
        Ok(())
    }

    async fn sign_out(&self, ask: SignOut) -> Result<(), Error> {
        Self::sign_out(self, ask.team, ask.forget).await
    }

    async fn list_sessions(&self, _: ListSessions) -> Result<Vec<SessionRow>, Error> {
        Self::list_sessions(self).await
    }

    async fn end_session(&self, ask: EndSession) -> Result<(), Error> {
        Ok(self.open()?.session.end_session(ask.session).await?)
    }

    async fn change_password(&self, ask: ChangePassword) -> Result<(), Error> {
        Self::change_password(self, &ask.current, &ask.new).await
    }

    async fn show_kit(&self, ask: ShowKit) -> Result<KitView, Error> {
        Self::show_kit(self, &ask.password)
    }

    async fn replace_kit(&self, ask: ReplaceKit) -> Result<KitView, Error> {
        Self::replace_kit(self, &ask.password).await
    }

    async fn accept_sight(&self, _: AcceptSight) -> Result<(), Error> {
        self.accept_sight()
    }

    async fn replace_keys(&self, ask: ReplaceKeys) -> Result<KitView, Error> {
        Self::replace_keys(self, ask).await
    }

    async fn set_idle_lock(&self, ask: SetIdleLock) -> Result<(), Error> {
        let open = self.open()?;
        let mut standing = open.standing.get();
        standing.idle_minutes = ask.minutes;
        self.settle(&open, standing).await;
        Ok(())
    }

    async fn keep_catalog(&self, ask: KeepCatalog) -> Result<(), Error> {
        self.set_keeping(ask.keep).await
    }

    async fn touch(&self, _: Touch) -> Result<(), Error> {
        Self::touch(self);
        Ok(())
    }

    async fn set_language(&self, ask: SetLanguage) -> Result<(), Error> {
        self.language.set(ask.language);
        own_vault::call_it(ask.personal);
        if let Ok(open) = self.open() {
            open.catalog.borrow_mut().set_language(ask.language);
            open.rename_own();
            super::message::tell(Notice::CatalogChanged);
        }
        Ok(())
    }

    async fn switch_team(&self, ask: SwitchTeam) -> Result<(), Error> {
        Self::switch_team(self, ask.team).await
    }

    async fn read_kept_days(&self, _: ReadKeptDays) -> Result<Option<u32>, Error> {
        Ok(self.kept_days().await)
    }

    async fn reconnect(&self, _: Reconnect) -> Result<(), Error> {
        if let Some(retry) = self.open()?.retry.take() {
            let _ = retry.send(());
        }
        Ok(())
    }

    async fn read_people(&self, _: ReadPeople) -> Result<People, Error> {
        Ok(self.open()?.read_people())
    }

    async fn read_safety(&self, ask: ReadSafety) -> Result<SafetyView, Error> {
        self.open()?.read_safety(ask.member)
    }

    async fn mark_compared(&self, ask: MarkCompared) -> Result<(), Error> {
        Self::mark_compared(self, ask).await
    }

    async fn read_key_news(&self, _: ReadKeyNews) -> Result<KeyNews, Error> {
        Ok(self.open()?.read_key_news())
    }

    async fn note_keys(&self, ask: NoteKeys) -> Result<(), Error> {
        Self::note_keys(self, ask).await
    }

    async fn read_recovery(&self, _: ReadRecovery) -> Result<RecoveryView, Error> {
        Ok(self.open()?.read_recovery())
    }

    async fn read_recovery_requests(&self, _: ReadRecoveryRequests) -> Result<Vec<RequestRow>, Error> {
        Self::read_recovery_requests(self).await
    }

    async fn set_recovery_group(&self, ask: SetRecoveryGroup) -> Result<(), Error> {
        Self::set_recovery_group(self, ask).await
    }

    async fn enrol(&self, ask: Enrol) -> Result<(), Error> {
        self.change_people(async |session| session.enrol(ask.group).await).await
    }

    async fn end_enrolment(&self, _: EndEnrolment) -> Result<(), Error> {
        self.change_people(async |session| session.end_enrolment().await).await
    }

    async fn start_recovery(&self, ask: StartRecovery) -> Result<(), Error> {
        self.change_people(async |session| session.start_recovery(ask.member, &ask.device).await).await
    }

    async fn cancel_recovery(&self, ask: CancelRecovery) -> Result<(), Error> {
        self.change_people(async |session| session.cancel_recovery(ask.member).await).await
    }

    async fn give_share(&self, ask: GiveShare) -> Result<(), Error> {
        self.change_people(async |session| session.give_share(ask.member, ask.since).await).await
    }

    async fn ask_recovery(&self, ask: AskRecovery) -> Result<RecoveringView, Error> {
        Self::ask_recovery(self, ask).await
    }

    async fn read_recovering(&self, _: ReadRecovering) -> Result<Option<RecoveringView>, Error> {
        Self::read_recovering(self).await
    }

    async fn stop_recovering(&self, _: StopRecovering) -> Result<(), Error> {
        self.recovering.take();
        Ok(())
    }

    async fn finish_recovery(&self, ask: FinishRecovery) -> Result<KitView, Error> {
        Self::finish_recovery(self, &ask.password).await
    }

    async fn read_accesses(&self, ask: ReadAccesses) -> Result<Vec<AccessView>, Error> {
        Self::read_accesses(self, ask).await
    }

    async fn ask_for_secret(&self, ask: AskForSecret) -> Result<(), Error> {
        Self::ask_for_secret(self, ask).await
    }

    async fn take_step(&self, ask: TakeStep) -> Result<(), Error> {
        Self::take_step(self, ask).await
    }

    async fn read_requests(&self, ask: ReadRequests) -> Result<RequestsFound, Error> {
        Self::read_requests(self, ask).await
    }

    async fn read_uses(&self, _: ReadUses) -> Result<Vec<UseRow>, Error> {
        Self::read_uses(self).await
    }

    async fn count_requests(&self, _: CountRequests) -> Result<RequestCounts, Error> {
        Self::count_requests(self).await
    }

    async fn read_emergencies(&self, _: ReadEmergencies) -> Result<Vec<EmergencyRow>, Error> {
        Ok(self.open()?.read_emergencies())
    }

    async fn note_emergencies(&self, ask: NoteEmergencies) -> Result<(), Error> {
        self.keep_personal(|shelf| shelf.note_emergencies(ask.requests)).await
    }

    async fn renew_password(&self, ask: RenewPassword) -> Result<SecretText, Error> {
        Self::renew_password(self, ask).await
    }

    async fn read_ahead(&self, _: ReadAhead) -> Result<AheadFound, Error> {
        Self::read_ahead(self).await
    }

    async fn read_ahead_people(&self, ask: ReadAheadPeople) -> Result<AheadPeople, Error> {
        self.open()?.read_ahead_people(&ask)
    }

    async fn propose_ahead(&self, ask: ProposeAhead) -> Result<(), Error> {
        Self::propose_ahead(self, ask).await
    }

    async fn step_ahead(&self, ask: StepAhead) -> Result<(), Error> {
        Self::step_ahead(self, ask).await
    }

    async fn check_out_ahead(&self, ask: CheckOutAhead) -> Result<(), Error> {
        Self::check_out_ahead(self, ask).await
    }

    async fn read_lease_policy(&self, ask: ReadLeasePolicy) -> Result<LeasePolicyView, Error> {
        self.open()?.read_lease_policy(&ask)
    }

    async fn set_lease_policy(&self, ask: SetLeasePolicy) -> Result<(), Error> {
        Self::set_lease_policy(self, ask).await
    }

    async fn invite(&self, ask: Invite) -> Result<InvitationMade, Error> {
        Self::invite(self, ask).await
    }

    async fn withdraw_invitation(&self, ask: WithdrawInvitation) -> Result<(), Error> {
        self.change_people(async |session| session.withdraw_invitation(ask.invite).await).await
    }

    async fn open_invitation(&self, ask: OpenInvitation) -> Result<InvitationOpened, Error> {
        Self::open_invitation(self, &ask.link).await
    }

    async fn join_team(&self, ask: JoinTeam) -> Result<KitView, Error> {
        Self::join_team(self, ask).await
    }

    async fn set_team_role(&self, ask: SetTeamRole) -> Result<(), Error> {
        self.change_people(async |session| session.set_team_role(ask.member, ask.role).await).await
    }

    async fn set_standing(&self, ask: SetStanding) -> Result<(), Error> {
        Self::set_standing(self, ask).await
    }

    async fn set_grant(&self, ask: SetGrant) -> Result<(), Error> {
        Self::set_grant(self, ask).await
    }

    async fn find_members(&self, ask: FindMembers) -> Result<MembersPage, Error> {
        Ok(self.open()?.find_members(&ask))
    }

    async fn read_member(&self, ask: ReadMember) -> Result<PersonView, Error> {
        self.open()?.read_member(ask.member)
    }

    async fn read_own(&self, _: ReadOwn) -> Result<PersonView, Error> {
        let open = self.open()?;
        open.read_member(open.session.member())
    }

    async fn write_profile(&self, ask: WriteProfile) -> Result<(), Error> {
        Self::write_profile(self, ask).await
    }

    async fn read_groups(&self, _: ReadGroups) -> Result<Groups, Error> {
        Ok(self.open()?.read_groups())
    }

    async fn save_group(&self, ask: SaveGroup) -> Result<(), Error> {
        Self::save_group(self, ask).await
    }

    async fn end_group(&self, ask: EndGroup) -> Result<(), Error> {
        self.change_people(async |session| session.end_group(ask.group).await).await
    }

    async fn read_vault_groups(&self, ask: ReadVaultGroups) -> Result<VaultGroups, Error> {
        Ok(self.open()?.read_vault_groups(ask.vault))
    }

    async fn set_group_role(&self, ask: SetGroupRole) -> Result<(), Error> {
        self.change_people(async |session| session.set_group_role(ask.vault, ask.group, ask.role).await).await
    }

    async fn grant_by_group(&self, ask: GrantByGroup) -> Result<(), Error> {
        Self::grant_by_group(self, ask).await
    }

    async fn end_group_grants(&self, ask: EndGroupGrants) -> Result<(), Error> {
        Self::end_group_grants(self, ask).await
    }

    async fn read_factors(&self, _: ReadFactors) -> Result<FactorsView, Error> {
        Self::read_factors(self).await
    }

    async fn begin_codes(&self, ask: BeginCodes) -> Result<CodesBegun, Error> {
        Self::begin_codes(self, ask.password.as_ref()).await
    }

    async fn confirm_codes(&self, ask: ConfirmCodes) -> Result<(), Error> {
        Ok(self.open()?.session.confirm_codes(&ask.code.expose().into()).await?)
    }

    async fn remove_codes(&self, _: RemoveCodes) -> Result<(), Error> {
        Ok(self.open()?.session.remove_codes().await?)
    }

    async fn begin_passkey(&self, ask: BeginPasskey) -> Result<SecretText, Error> {
        Self::begin_passkey(self, ask.password.as_ref()).await
    }

    async fn add_passkey(&self, ask: AddPasskey) -> Result<(), Error> {
        let open = self.open()?;
        open.session.add_passkey(&ask.name, &ask.credential.expose().into()).await?;
        Ok(())
    }

    async fn rename_passkey(&self, ask: RenamePasskey) -> Result<(), Error> {
        Ok(self.open()?.session.rename_passkey(ask.passkey, &ask.name).await?)
    }

    async fn remove_passkey(&self, ask: RemovePasskey) -> Result<(), Error> {
        Ok(self.open()?.session.remove_passkey(ask.passkey).await?)
    }

    async fn begin_confirmation(&self, _: BeginConfirmation) -> Result<SecretText, Error> {
        Self::begin_confirmation(self).await
    }

    async fn make_recovery_codes(&self, _: MakeRecoveryCodes) -> Result<Vec<SecretText>, Error> {
        Self::make_recovery_codes(self).await
    }

    async fn confirm_factor(&self, ask: ConfirmFactor) -> Result<(), Error> {
        Self::confirm_factor(self, &ask).await
    }

    async fn give_up_factor(&self, _: GiveUpFactor) -> Result<(), Error> {
        Self::give_up_factor(self);
        Ok(())
    }

    async fn give_reason(&self, ask: GiveReason) -> Result<(), Error> {
        self.open()?.session.give_reason(ask.reason);
        Ok(())
    }

    async fn dismiss_factor_notice(&self, _: DismissFactorNotice) -> Result<(), Error> {
        Ok(self.open()?.session.dismiss_factor_notice().await?)
    }

    async fn take_factors_away(&self, ask: TakeFactorsAway) -> Result<(), Error> {
        Ok(self.open()?.session.take_factors_away(ask.member).await?)
    }

    async fn read_without_factor(&self, _: ReadWithoutFactor) -> Result<Vec<MemberId>, Error> {
        Self::read_without_factor(self).await
    }

    async fn read_webhooks(&self, _: ReadWebhooks) -> Result<WebhooksView, Error> {
        Self::read_webhooks(self).await
    }

    async fn create_webhook(&self, ask: CreateWebhook) -> Result<SecretText, Error> {
        Self::create_webhook(self, ask).await
    }

    async fn set_webhook(&self, ask: SetWebhook) -> Result<(), Error> {
        Self::set_webhook(self, ask).await
    }

    async fn delete_webhook(&self, ask: DeleteWebhook) -> Result<(), Error> {
        Self::delete_webhook(self, ask).await
    }

    async fn test_webhook(&self, ask: TestWebhook) -> Result<Delivery, Error> {
        Self::test_webhook(self, ask).await
    }

    async fn read_team_policy(&self, _: ReadTeamPolicy) -> Result<TeamPolicyView, Error> {
        Self::read_team_policy(self)
    }

    async fn set_team_policy(&self, ask: SetTeamPolicy) -> Result<(), Error> {
        Self::set_team_policy(self, &ask).await
    }

    async fn read_audit(&self, ask: ReadAudit) -> Result<AuditView, Error> {
        Self::read_audit(self, ask).await
    }

    async fn check_audit(&self, _: CheckAudit) -> Result<AuditVerdict, Error> {
        Self::check_audit(self).await
    }

    async fn export_audit(&self, ask: ExportAudit) -> Result<AuditFile, Error> {
        Self::export_audit(self, ask).await
    }

    async fn read_holders(&self, ask: ReadHolders) -> Result<Vec<HolderRow>, Error> {
        Self::read_holders(self, ask).await
    }

    async fn read_reports(&self, ask: ReadReports) -> Result<Reports, Error> {
        Self::read_reports(self, ask).await
    }

    async fn write_sheet(&self, ask: WriteSheet) -> Result<SheetWritten, Error> {
        Ok(SheetWritten { bytes: sealward_client::export::sheet::write(&ask.rows) })
    }

    async fn read_exposed(&self, _: ReadExposed) -> Result<ExposedView, Error> {
        Self::read_exposed(self).await
    }

    async fn read_reach(&self, ask: ReadReach) -> Result<ReachView, Error> {
        Self::read_reach(self, ask).await
    }

    async fn admit_person(&self, ask: AdmitPerson) -> Result<PersonMade, Error> {
        Self::admit_person(self, ask).await
    }

    async fn register_person(&self, ask: RegisterPerson) -> Result<(), Error> {
        Self::register_person(self, &ask).await
    }

    async fn set_password(&self, ask: SetPassword) -> Result<PasswordAnswer, Error> {
        Self::set_password(self, ask).await
    }

    async fn admit_service(&self, ask: AdmitService) -> Result<TokenMade, Error> {
        Self::admit_service(self, ask).await
    }

    async fn set_service(&self, ask: SetService) -> Result<(), Error> {
        Self::set_service(self, ask).await
    }

    async fn renew_service(&self, ask: RenewService) -> Result<TokenMade, Error> {
        Self::renew_service(self, ask).await
    }

    async fn read_service_uses(&self, _: ReadServiceUses) -> Result<Vec<ServiceUse>, Error> {
        Self::read_service_uses(self).await
    }

    async fn read_tree(&self, _: ReadTree) -> Result<Tree, Error> {
        let open = self.open()?;
        let tree = open.catalog.borrow_mut().tree(&open);
        Ok(tree)
    }

    async fn read_rows(&self, ask: ReadRows) -> Result<Rows, Error> {
        let open = self.open()?;
        let rows = open.catalog.borrow_mut().rows(&open, &ask);
        Ok(rows)
    }

    async fn read_facets(&self, ask: ReadFacets) -> Result<Facets, Error> {
        let open = self.open()?;
        let facets = open.catalog.borrow_mut().facets(&open, &ask.query);
        Ok(facets)
    }

    async fn find_row(&self, ask: FindRow) -> Result<Option<u32>, Error> {
        let open = self.open()?;
        let found = open.catalog.borrow_mut().find_row(&open, &ask);
        Ok(found)
    }

    async fn read_items(&self, ask: ReadItems) -> Result<Items, Error> {
        let open = self.open()?;
        let items = open.catalog.borrow_mut().items(&open, &ask);
        Ok(items)
    }

    async fn read_resource(&self, ask: ReadResource) -> Result<ResourceView, Error> {
        self.open()?.read_resource(ask.vault, ask.resource)
    }

    async fn read_account(&self, ask: ReadAccount) -> Result<AccountView, Error> {
        self.open()?.read_account(ask.vault, ask.account)
    }

    async fn create_vault(&self, ask: CreateVault) -> Result<Changed, Error> {
        Self::create_vault(self, ask).await
    }

    async fn update_vault(&self, ask: UpdateVault) -> Result<Changed, Error> {
        Self::update_vault(self, ask).await
    }

    async fn create_resource_group(&self, ask: CreateResourceGroup) -> Result<Changed, Error> {
        Self::create_resource_group(self, ask).await
    }

    async fn update_resource_group(&self, ask: UpdateResourceGroup) -> Result<Changed, Error> {
        Self::update_resource_group(self, ask).await
    }

    async fn create_resource(&self, ask: CreateResource) -> Result<Changed, Error> {
        Self::create_resource(self, ask).await
    }

    async fn update_resource(&self, ask: UpdateResource) -> Result<Changed, Error> {
        Self::update_resource(self, ask).await
    }

    async fn create_account(&self, ask: CreateAccount) -> Result<Changed, Error> {
        Self::create_account(self, ask).await
    }

    async fn update_account(&self, ask: UpdateAccount) -> Result<Changed, Error> {
        Self::update_account(self, ask).await
    }

    async fn read_policies(&self, ask: ReadPolicies) -> Result<VaultPolicies, Error> {
        Self::read_policies(self, ask.vault)
    }

    async fn update_policies(&self, ask: UpdatePolicies) -> Result<Changed, Error> {
        Self::update_policies(self, ask).await
    }

    async fn read_password_rules(&self, ask: ReadPasswordRules) -> Result<RulesInForce, Error> {
        Self::read_password_rules(self, &ask)
    }

    async fn move_items(&self, ask: MoveItems) -> Result<Done, Error> {
        Self::move_items(self, ask).await
    }

    async fn copy_items(&self, ask: CopyItems) -> Result<Done, Error> {
        Self::copy_items(self, ask).await
    }

    async fn delete_items(&self, ask: DeleteItems) -> Result<Done, Error> {
        Self::delete_items(self, ask).await
    }

    async fn change_tags(&self, ask: ChangeTags) -> Result<Done, Error> {
        Self::change_tags(self, ask).await
    }

    async fn edit_items(&self, ask: EditItems) -> Result<Done, Error> {
        Self::edit_items(self, ask).await
    }

    async fn read_trash(&self, ask: ReadTrash) -> Result<TrashView, Error> {
        Ok(self.open()?.read_trash(&ask))
    }

    async fn restore_items(&self, ask: RestoreItems) -> Result<Done, Error> {
        Self::restore_items(self, ask).await
    }

    async fn purge_items(&self, ask: PurgeItems) -> Result<Done, Error> {
        Self::purge_items(self, ask).await
    }

    async fn empty_trash(&self, ask: EmptyTrash) -> Result<Done, Error> {
        Self::empty_trash(self, ask).await
    }

    async fn set_trash_days(&self, ask: SetTrashDays) -> Result<Changed, Error> {
        Self::set_trash_days(self, ask).await
    }

    async fn read_versions(&self, ask: ReadVersions) -> Result<Vec<VersionRow>, Error> {
        Self::read_versions(self, ask).await
    }

    async fn release_version(&self, ask: ReleaseVersion) -> Result<ReleasedSecret, Error> {
        Self::release_version(self, ask).await
    }

    async fn restore_version(&self, ask: RestoreVersion) -> Result<(), Error> {
        Self::restore_version(self, ask).await
    }

    async fn undo(&self, ask: Undo) -> Result<(), Error> {
        Self::undo(self, ask).await
    }

    async fn add_examples(&self, ask: AddExamples) -> Result<Changed, Error> {
        Self::add_examples(self, &ask).await
    }

    async fn remove_examples(&self, ask: RemoveExamples) -> Result<Changed, Error> {
        Self::remove_examples(self, &ask).await
    }

    async fn read_personal(&self, _: ReadPersonal) -> Result<Personal, Error> {
        Ok(self.open()?.personal.borrow().all().clone())
    }

    async fn save_view(&self, ask: SaveView) -> Result<ViewId, Error> {
        Self::save_view(self, ask.view).await
    }

    async fn delete_view(&self, ask: DeleteView) -> Result<(), Error> {
        self.keep_personal(|shelf| shelf.delete_view(ask.view)).await
    }

    async fn set_favourite(&self, ask: SetFavourite) -> Result<(), Error> {
        self.keep_personal(|shelf| shelf.set_favourite((ask.vault, ask.resource), ask.favourite)).await
    }

    async fn note_opened(&self, ask: NoteOpened) -> Result<(), Error> {
        self.keep_personal(|shelf| shelf.note_opened((ask.vault, ask.resource))).await
    }

    async fn set_look(&self, ask: SetLook) -> Result<(), Error> {
        self.keep_personal(|shelf| shelf.set_look(ask.look)).await
    }

    async fn read_health(&self, _: ReadHealth) -> Result<Health, Error> {
        let open = self.open()?;
        let health = open.catalog.borrow_mut().health(&open);
        Ok(health)
    }

    async fn release_secret(&self, ask: ReleaseSecret) -> Result<ReleasedSecret, Error> {
        self.release(&ask).await
    }

    async fn generate(&self, ask: Generate) -> Result<Generated, Error> {
        secret::make(ask.recipe)
    }

    async fn estimate_strength(&self, ask: EstimateStrength) -> Result<Strength, Error> {
        secret::estimate(ask.password.expose(), &ask.known).await
    }

    async fn open_code(&self, ask: OpenCode) -> Result<CodeReading, Error> {
        Self::open_code(self, ask.vault, ask.account).await
    }

    async fn read_code(&self, ask: ReadCode) -> Result<CodeReading, Error> {
        Self::read_code(self, ask.vault, ask.account)
    }

    async fn copy_code(&self, ask: CopyCode) -> Result<CodeReading, Error> {
        Self::copy_code(self, ask.vault, ask.account).await
    }

    async fn close_code(&self, ask: CloseCode) -> Result<(), Error> {
        Self::close_code(self, ask.vault, ask.account)
    }

    async fn check_seed(&self, ask: CheckSeed) -> Result<SeedReading, Error> {
        Ok(otp::check(&ask.text))
    }

    async fn draw_pdf(&self, ask: DrawPdf) -> Result<DrawnPdf, Error> {
        pdf::draw(ask).await
    }

    async fn read_qr(&self, ask: ReadQr) -> Result<QrReading, Error> {
        keys::read_qr(ask.image).await
    }

    async fn read_key(&self, ask: ReadKey) -> Result<KeyReading, Error> {
        keys::read(ask.secret_type, ask.text).await
    }

    async fn unlock_key(&self, ask: UnlockKey) -> Result<KeyText, Error> {
        keys::text(Task::UnlockSshKey(ask.text, ask.passphrase)).await
    }

    async fn make_key(&self, ask: MakeKey) -> Result<KeyText, Error> {
        keys::text(Task::MakeSshKey(ask.comment)).await
    }

    async fn read_key_file(&self, ask: ReadKeyFile) -> Result<KeyText, Error> {
        keys::text(Task::ReadFile(ask.file)).await
    }

    async fn measure_export(&self, ask: MeasureExport) -> Result<ExportMeasured, Error> {
        Self::measure_export(self, &ask)
    }

    async fn run_export(&self, ask: RunExport) -> Result<ExportReport, Error> {
        Self::run_export(self, ask).await
    }

    async fn upload_file(&self, ask: UploadFile) -> Result<FileRef, Error> {
        Self::upload_file(self, ask).await
    }

    async fn download_file(&self, ask: DownloadFile) -> Result<(), Error> {
        Self::download_file(self, ask).await
    }

    async fn resume_transfer(&self, ask: ResumeTransfer) -> Result<(), Error> {
        Self::resume_transfer(self, &ask)
    }

    async fn cancel_transfer(&self, ask: CancelTransfer) -> Result<(), Error> {
        Self::cancel_transfer(self, &ask)
    }

    async fn drop_uploads(&self, ask: DropUploads) -> Result<(), Error> {
        Self::drop_uploads(self, &ask)
    }

    async fn attach_file(&self, ask: AttachFile) -> Result<Changed, Error> {
        Self::attach_file(self, ask).await
    }

    async fn restore_file(&self, ask: RestoreFile) -> Result<Changed, Error> {
        Self::restore_file(self, ask).await
    }

    async fn remove_file(&self, ask: RemoveFile) -> Result<Changed, Error> {
        Self::remove_file(self, ask).await
    }

    async fn search(&self, ask: Search) -> Result<Vec<Hit>, Error> {
        Self::search(self, &ask).await
    }

    async fn preview_import(&self, ask: PreviewImport) -> Result<ImportPreview, Error> {
        Self::preview_import(self, ask).await
    }

    async fn run_import(&self, ask: RunImport) -> Result<ImportReport, Error> {
        Self::run_import(self, ask).await
    }

    async fn cancel_import(&self, ask: CancelImport) -> Result<(), Error> {
        Self::cancel_import(self, &ask)
    }
}
