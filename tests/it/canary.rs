//! After a day of use nothing that the server stored, logged, was sent or sent holds anything that is sealed.

use crate::harness::{Founder, InProcess, Person, TestClock, TestServer, empty_folder, raw, text};
use sealward_client::{
    error::Error,
    files::FileChanges,
    import::Import,
    kit::EmergencyKit,
    model::{
        AccountDetails, CustomField, CustomValue, HiddenField, MemberGroupDetails, ProfileDetails, ProfileField,
        PublicPart, ResourceDetails, ResourceGroupDetails, SecretPayload, SecretType, SshPublic, VaultDetails,
    },
    operations::{Item, NewAccount, NewSecret, Place},
    session::{ExportSettings, NewVault, RequestDraft, Session, TextShown},
};
use sealward_contract::{
    chain::{
        Approvals, FactorDemand, LeaseTerms, Policy, PolicyScope, Requirement, SetPolicy, TeamPolicy, VaultKind,
        VaultRole,
    },
    ids::{ObjectId, VaultId, Version},
    record::{LeafKey, RecordKind},
    release::ExportFormat,
};
use sealward_server::maintenance::verify::verify;
use sealward_tests::canary::Search;
use std::{
    io,
    path::Path,
    sync::{Arc, Mutex},
};
use tracing_subscriber::fmt::MakeWriter;
use zeroize::Zeroizing;

/// All that the server logs, at every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Texts that nobody but the person may see, of every kind that there is.
struct Secrets(Vec<String>);

impl Secrets {
    /// A text that is sealed, and will be searched for.
    fn take(&mut self, text: &str) -> String {
        self.0.push(text.to_owned());
        text.to_owned()
    }
}

const LOGIN_NAME: &str = "canary-login-name";

/// A day of use, in which every field that there is gets a text of its own.
async fn use_everything(server: &TestServer, secrets: &mut Secrets) {
    let mut take = |text: &str| secrets.take(text);
    let password = take("canary password / \"Größe\" 密码");
    let person = Person::create_team(server, &take("Canary Team 金丝雀"), LOGIN_NAME, &password).await;
    take("canary-login-name the founder");
    let kit = EmergencyKit {
        team: person.device.team,
        secret_key: person.device.duplicate().unwrap().secret_key,
        origin: person.device.origin.clone(),
        login_name: LOGIN_NAME.to_owned(),
    };
    take(&kit.code());
    take(&kit.code().replace('-', ""));
    take(&kit.to_line());

    let session = person.sign_in(server).await;
    session.sync(|_| {}).await.unwrap();
    let vault = VaultDetails {
        name: take("canary vault"),
        description: take("canary vault description"),
        ..Default::default()
    };
    let vault = session.create_vault(&NewVault { details: vault, kind: VaultKind::Shared }).await.unwrap();
    let group = ResourceGroupDetails { name: take("canary group"), notes: take("canary group notes"), source_id: None };
    let (group, _) = session.create_resource_group(Place { vault, parent: vault.object() }, group).await.unwrap();
    let resource = ResourceDetails {
        name: take("canary resource"),
        resource_type: take("canary type"),
        url: take("https://canary.example/path?query=1&more=2"),
        dns_name: take("dns.canary.example"),
        description: take("canary description"),
        notes: take("canary notes\nin two lines"),
        department: take("canary department"),
        location: take("canary location"),
        tags: vec![take("canary-tag")],
        owner: take("canary owner 王伟"),
        custom_fields: vec![CustomField {
            label: take("canary label"),
            value: CustomValue::Text(take("canary custom text")),
        }],
        ..Default::default()
    };
    let (resource, _) = session.create_resource(Place { vault, parent: group }, resource, None).await.unwrap();
    let mut payload = SecretPayload::new(take("canary+secret/=\\?").as_str().into());
    payload
        .hidden
        .push(HiddenField { label: take("canary hidden label"), value: take("canary hidden").as_str().into() });
    payload.otp_seed = Some(take("CANARYSEEDJBSWY3DP").as_str().into());
    let details = AccountDetails {
        name: take("canary account"),
        user_name: take("canary.user@canary.example"),
        secret_type: SecretType::SshKey,
        notes: take("canary account notes"),
        custom_fields: vec![CustomField { label: "canary hidden label".into(), value: CustomValue::Hidden }],
        tags: vec![take("canary account tag")],
        public: Some(PublicPart::SshKey(SshPublic {
            line: take("ssh-ed25519 CANARYPUBLICAAAAC3NzaC1lZDI1NTE5 canary@workshop"),
            fingerprint: take("SHA256:canary/fingerprint+of+a+key"),
            kind: Some(take("canary kind of key")),
            locked: Some(true),
        })),
        ..Default::default()
    };
    let account = NewAccount { details: details.clone(), secret: Some(NewSecret { payload, score: None }) };
    let (account, _) = session.create_account(Place { vault, parent: resource }, account).await.unwrap();
    assert_eq!(session.release(vault, account).await.unwrap().value.expose(), "canary+secret/=\\?");
    let content = take("canary file content, long enough to be found").repeat(50_000);
    let (name, media) = (take("canary-file-name.txt"), take("text/x-canary"));
    let sent = session.upload_bytes(vault, &name, &media, content.as_bytes()).await.unwrap();
    let file = sent.file.clone();
    let with_file = AccountDetails { files: Some(vec![file.clone()]), ..details };
    let changes = FileChanges { added: vec![sent], removed: Vec::new() };
    session.update_account_with(vault, account, Version(1), with_file, None, &changes).await.unwrap();
    assert!(*session.download_bytes(vault, account, &file).await.unwrap() == content.as_bytes());
    let reason = take("canary reason of an export");
    let settings = ExportSettings { reason: Some(&reason), ..ExportSettings::all(ExportFormat::Backup) };
    let holder = LeafKey { id: account, kind: RecordKind::Account };
    let exported = session.export(&[(vault, holder)].into(), &settings, |_| {}).await.unwrap();
    assert_eq!(exported.secrets[&(vault, account)].value.expose(), "canary+secret/=\\?");
    assert!(*exported.files[0].bytes == content.as_bytes());
    let field = |label: String, value: String| Some(vec![ProfileField { label, value }]);
    let profile = ProfileDetails {
        full_name: take("Canary Full Name 金丝雀全名"),
        email: take("profile@mail.canary.example"),
        telephone: take("+86 10 5550 4711"),
        department: take("canary profile department"),
        description: Some(take("canary profile description")),
        location: Some(take("canary profile location")),
        phones: field(take("canary phone label"), take("+86 139 5550 4712")),
        fields: field(take("canary profile label"), take("canary profile value")),
        external_id: Some(take("canary-external-id")),
        external_id_type: Some(take("canary-external-type")),
        uuid: Some(take("canary-free-uuid")),
    };
    session.write_profile(session.member(), Some(Version(1)), &profile).await.unwrap();
    let named = MemberGroupDetails { name: take("canary member group"), description: take("canary group purpose") };
    let member_group = session.create_group(&named, &[session.member()]).await.unwrap();
    session.set_group_role(vault, member_group, Some(VaultRole::User)).await.unwrap();
    let named = MemberGroupDetails { name: take("canary renamed group"), ..named };
    session.update_group(member_group, Some(Version(1)), &named).await.unwrap();
    change_everything(&session, vault, [group, resource, account], &mut take).await;
    ask_for_everything(server, &session, Place { vault, parent: resource }, &mut take).await;
    let sheet = format!(
        "Resource Name,User Account,Password,Description,Resource URL,Notes,Department\n{},{},{},{},{},{},{}\n",
        take("canary row"),
        take("canary row user"),
        take("canary row password"),
        take("canary row description"),
        take("https://row.canary.example"),
        take("canary row notes"),
        take("canary row department"),
    );
    let mut import = Import::open(Zeroizing::new(sheet.into_bytes()), server.clock.now()).unwrap();
    while !import.next_chunk(500).unwrap().is_finished() {}
    assert_eq!(session.import(import.finish(), vault, &[], |_| true).await.unwrap().accounts, 1);

    // Signing in wrongly, another device, a new password, a new kit.
    let wrong = Person { device: person.device.duplicate().unwrap(), password: take("canary wrong password") };
    let refused = wrong.sign_in_over(server, server.connect(), None).await.map(drop);
    assert_eq!(refused, Err(Error::WrongPassword));
    let second = person.sign_in(server).await;
    second.sync(|_| {}).await.unwrap();
    second.fetch_facts(vault).await.unwrap();
    second.release(vault, account).await.unwrap();
    let new = take("canary new password");
    session.change_password(&text(&password), &text(&new)).await.unwrap();
    session.replace_kit(&text(&new)).await.unwrap();
    let kit = EmergencyKit { secret_key: session.device().duplicate().unwrap().secret_key, ..kit };
    take(&kit.code());
}

/// The second version of each, a copy, a move and a deletion.
async fn change_everything(
    session: &Session<InProcess>,
    vault: VaultId,
    [group, resource, account]: [ObjectId; 3],
    take: &mut impl FnMut(&str) -> String,
) {
    let payload = SecretPayload::new(take("canary second secret").as_str().into());
    let details = AccountDetails { name: take("canary renamed account"), ..Default::default() };
    let secret = Some(NewSecret { payload, score: None });
    session.update_account(vault, account, Version(2), details, secret).await.unwrap();
    let archive = VaultDetails { name: take("canary archive"), description: String::new(), ..Default::default() };
    let archive = session.create_vault(&NewVault { details: archive, kind: VaultKind::Personal }).await.unwrap();
    let to = Place { vault: archive, parent: archive.object() };
    session.copy_items(&[Item::within(vault, RecordKind::Resource, resource)], to, |_, _, _| {}).await.whole().unwrap();
    let moved = [Item::within(vault, RecordKind::ResourceGroup, group)];
    let mut undo = session.move_items(&moved, to, |_, _, _| {}).await.whole().unwrap();
    session.undo(&mut undo, |_, _, _| {}).await.unwrap();
    let mut undo =
        session.delete_items(&[Item::within(vault, RecordKind::Account, account)], |_, _, _| {}).await.whole().unwrap();
    session.undo(&mut undo, |_, _, _| {}).await.unwrap();
}

/// A guarded secret, asked for three times: rejected, checked in by force, and taken back when it was approved; with
/// something said at every step.
async fn ask_for_everything(
    server: &TestServer,
    session: &Session<InProcess>,
    place: Place,
    take: &mut impl FnMut(&str) -> String,
) {
    session.set_team_policy(TeamPolicy { factor: FactorDemand::Never, ..TeamPolicy::DEFAULT }).await.unwrap();
    let mut others = Vec::new();
    for (name, role) in [("approver", VaultRole::Custodian), ("requester", VaultRole::User)] {
        let keys = Founder::invited(server, session, name, &[]).await;
        session.set_grant(place.vault, keys.identity.member, role).await.unwrap();
        let other = keys.session(server, &server.connect()).await;
        other.sync(|_| {}).await.unwrap();
        others.push(other);
    }
    let [approver, requester] = <[_; 2]>::try_from(others).ok().unwrap();
    let terms = LeaseTerms { ticket: Requirement::Required, change_after_use: true, ..LeaseTerms::default() };
    let policy = Some(Policy { approvals: Approvals(1), reason: Requirement::Required, terms: Some(terms) });
    let details = AccountDetails { name: take("canary guarded account"), ..Default::default() };
    let bare = NewAccount { details: details.clone(), secret: None };
    let (account, _) = session.create_account(place, bare).await.unwrap();
    let scope = PolicyScope::Account(account);
    session.set_policy(&SetPolicy { vault: place.vault, scope, policy }).await.unwrap();
    let payload = SecretPayload::new(take("canary guarded secret").as_str().into());
    let secret = Some(NewSecret { payload, score: None });
    session.update_account(place.vault, account, Version(1), details, secret).await.unwrap();
    for (number, comment) in ["rejection", "check-in by force", "revocation"].into_iter().enumerate() {
        let reason = take(&format!("canary reason of request {number} 理由"));
        let ticket = take(&format!("CANARY-TICKET-{number}-4711"));
        let draft = RequestDraft {
            vault: place.vault,
            account,
            from: None,
            seconds: None,
            reason: Some(reason.clone()),
            ticket: Some(ticket.clone()),
            extends: None,
            break_glass: false,
        };
        let request = requester.ask_for_secret(draft).await.unwrap();
        // What was said reaches whoever is to answer, so it was sent.
        let shown = approver.request(request).await.unwrap();
        assert_eq!((shown.reason, shown.ticket), (TextShown::Text(reason), TextShown::Text(ticket)));
        let said = take(&format!("canary comment of a {comment}"));
        if number == 0 {
            approver.reject_request(request, Some(said.clone())).await.unwrap();
        } else {
            let approved = take(&format!("canary comment of approval {number}"));
            approver.approve_request(request, Some(approved)).await.unwrap();
        }
        if number == 1 {
            requester.check_out(request).await.unwrap();
            let payload = requester.release_leased(request).await.unwrap();
            assert_eq!(payload.value.expose(), "canary guarded secret");
            approver.force_check_in(request, Some(said.clone())).await.unwrap();
        } else if number == 2 {
            approver.revoke_request(request, Some(said.clone())).await.unwrap();
        }
        let end = requester.request(request).await.unwrap().end.unwrap();
        assert_eq!(end.comment, TextShown::Text(said));
    }
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let read = |entry: io::Result<std::fs::DirEntry>| {
        let path = entry.unwrap().path();
        (path.display().to_string(), std::fs::read(&path).unwrap())
    };
    std::fs::read_dir(folder).unwrap().map(read).collect()
}

#[tokio::test(flavor = "current_thread")]
async fn the_server_has_never_seen_one_of_them() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone());
    subscriber.try_init().unwrap();
    let folder = empty_folder("canary");
    let server = TestServer::in_folder(&folder, TestClock::new());
    let mut secrets = Secrets(Vec::new());
    use_everything(&server, &mut secrets).await;
    // What someone sends in the clear by mistake is refused; neither the refusal nor the log repeats it.
    let slip = secrets.take("canary sent in the clear");
    let body = format!("{{\"count\":\"{slip}\",\"{slip}\":1}}");
    let target = format!("/v1/challenges?{}=1", slip.replace(' ', "+"));
    let refused = raw(&server.connect(), "POST", &target, &[("content-type", "application/json")], body).await;
    assert_eq!(refused.status, 400);
    let report = verify(&server.server.app().store.snapshot().unwrap()).unwrap();
    assert!(report.is_sound(), "{:#?}", report.lines());
    server.server.close().await.unwrap();

    let mut haystacks = files(&folder);
    assert!(haystacks.iter().any(|(name, bytes)| name.ends_with(".redb") && bytes.len() > 100_000));
    haystacks.push(("the log".to_owned(), log.0.lock().unwrap().clone()));
    haystacks.push(("the refusal".to_owned(), refused.body));
    let bodies = server.recorded.all().into_iter().enumerate();
    haystacks.extend(bodies.map(|(number, bytes)| (format!("body {number}"), bytes)));
    let search = Search::new(&secrets.0).unwrap();
    let mut found = Vec::new();
    for (name, bytes) in &haystacks {
        for finding in search.find(bytes) {
            // What was sent in the clear stands in that request, and nowhere else.
            if finding.needle != slip || !name.starts_with("body") {
                found.push(format!("{name}: {:?} as {:?} at {}", finding.needle, finding.spelling, finding.at));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");

    // The controls: what the server must know is found by the same search.
    let control = Search::new(&[LOGIN_NAME.to_owned()]).unwrap();
    let finds_in =
        |wanted: &str| haystacks.iter().any(|(name, bytes)| name.contains(wanted) && !control.find(bytes).is_empty());
    assert!(finds_in(".redb") && finds_in("body"));
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("answered"), "the log was read: {log}");
    assert!(secrets.0.len() > 50, "{}", secrets.0.len());
}

/// The command that searches what other tests leave behind.
#[test]
fn the_command_ends_as_it_finds() {
    let folder = empty_folder("canary-command");
    let (needles, files) = (folder.join("needles.json"), folder.join("files"));
    std::fs::create_dir_all(files.join("deeper")).unwrap();
    std::fs::write(files.join("log"), "signed in: canary-login-name").unwrap();
    std::fs::write(files.join("deeper/body"), "c2VjcmV0IGNhbmFyeQ").unwrap();
    let ends = |content: &str| {
        std::fs::write(&needles, content).unwrap();
        let command = std::process::Command::new(env!("CARGO_BIN_EXE_canary")).args([&files, &needles]).output();
        command.unwrap().status.code()
    };
    assert_eq!(ends(r#"{"secrets":["another canary"],"controls":["canary-login-name"]}"#), Some(0));
    assert_eq!(ends(r#"{"secrets":["secret canary"],"controls":["canary-login-name"]}"#), Some(1));
    assert_eq!(ends(r#"{"secrets":["another canary"],"controls":["nobody's name"]}"#), Some(1));
    assert_eq!(ends(r#"{"secrets":["another canary"],"controls":[]}"#), Some(1));
    assert_eq!(ends(r#"{"secrets":["short"],"controls":["canary-login-name"]}"#), Some(2));
    assert_eq!(ends("no needles"), Some(2));
}
