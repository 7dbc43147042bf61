//! The files of `tests/fixtures`, made by hand after the layouts that the programs publish (the workbooks by openpyxl),
//! each compared field by field with what was written down beside it.

use super::super::*;
use super::NOW;
use crate::import::time::day_text;
use crate::model::{CustomValue, Day, SecretType};
use core::fmt::Write as _;
use std::collections::HashSet;
use std::io::{Cursor, Write as _};
use zip::{ZipWriter, write::SimpleFileOptions};

macro_rules! fixture {
    ($path:literal) => {
        include_bytes!(concat!("../../../../../tests/fixtures/", $path)).as_slice()
    };
}

/// Packs files as the programs do.
pub(super) fn pack(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn one_password() -> Vec<u8> {
    pack(&[
        ("export.attributes", fixture!("onepassword/export.attributes")),
        ("export.data", fixture!("onepassword/export.data")),
        ("files/", b""),
        ("files/doc1__contract.txt", fixture!("onepassword/files/doc1__contract.txt")),
        ("files/doc2__licence.pdf", fixture!("onepassword/files/doc2__licence.pdf")),
    ])
}

fn proton() -> Vec<u8> {
    pack(&[
        ("Proton Pass/data.json", fixture!("proton/data.json")),
        ("Proton Pass/files/plan.78e91fe938d5208c.txt", fixture!("proton/files/plan.78e91fe938d5208c.txt")),
    ])
}

fn dashlane() -> Vec<u8> {
    pack(&[
        ("credentials.csv", fixture!("dashlane/credentials.csv")),
        ("ids.csv", fixture!("dashlane/ids.csv")),
        ("payments.csv", fixture!("dashlane/payments.csv")),
        ("personalInfo.csv", fixture!("dashlane/personalInfo.csv")),
        ("securenotes.csv", fixture!("dashlane/securenotes.csv")),
        ("wifi.csv", fixture!("dashlane/wifi.csv")),
    ])
}

/// Every fixture: its format, its bytes, and what is expected of it.
pub(super) fn all() -> Vec<(ImportFormat, Vec<u8>, &'static [u8])> {
    let file = |bytes: &[u8]| bytes.to_vec();
    vec![
        (
            ImportFormat::BitwardenCsv,
            file(fixture!("bitwarden_csv/person.csv")),
            fixture!("bitwarden_csv/person.expected.txt"),
        ),
        (
            ImportFormat::BitwardenCsv,
            file(fixture!("bitwarden_csv/organisation.csv")),
            fixture!("bitwarden_csv/organisation.expected.txt"),
        ),
        (
            ImportFormat::LastPass,
            file(fixture!("lastpass/lastpass_export.csv")),
            fixture!("lastpass/lastpass_export.expected.txt"),
        ),
        (ImportFormat::Chrome, file(fixture!("chrome/passwords.csv")), fixture!("chrome/passwords.expected.txt")),
        (ImportFormat::Firefox, file(fixture!("firefox/passwords.csv")), fixture!("firefox/passwords.expected.txt")),
        (ImportFormat::Safari, file(fixture!("safari/Passwords.csv")), fixture!("safari/Passwords.expected.txt")),
        (
            ImportFormat::KeePassXcCsv,
            file(fixture!("keepassxc_csv/database.csv")),
            fixture!("keepassxc_csv/database.expected.txt"),
        ),
        (ImportFormat::Passbolt, file(fixture!("passbolt/kdbx.csv")), fixture!("passbolt/kdbx.expected.txt")),
        (ImportFormat::Passbolt, file(fixture!("passbolt/passbolt.csv")), fixture!("passbolt/passbolt.expected.txt")),
        (
            ImportFormat::OnePasswordCsv,
            file(fixture!("onepassword_csv/export.csv")),
            fixture!("onepassword_csv/export.expected.txt"),
        ),
        (ImportFormat::OnePassword, one_password(), fixture!("onepassword/export.expected.txt")),
        (
            ImportFormat::ProtonPassCsv,
            file(fixture!("proton_csv/proton.csv")),
            fixture!("proton_csv/proton.expected.txt"),
        ),
        (ImportFormat::ProtonPass, proton(), fixture!("proton/proton.expected.txt")),
        (ImportFormat::Dashlane, dashlane(), fixture!("dashlane/dashlane.expected.txt")),
        (
            ImportFormat::JumpServer,
            file(fixture!("jumpserver/account.csv")),
            fixture!("jumpserver/account.expected.txt"),
        ),
        (
            ImportFormat::JumpServer,
            file(fixture!("jumpserver/account.xlsx")),
            fixture!("jumpserver/account_xlsx.expected.txt"),
        ),
        (
            ImportFormat::PasswordManagerPro,
            file(fixture!("pmp/resources.xlsx")),
            fixture!("pmp/resources.expected.txt"),
        ),
    ]
}

fn read(file: Vec<u8>, options: &Options, now: Timestamp) -> ImportPlan {
    let mut import = Import::open_as(Zeroizing::new(file), options, now).unwrap();
    while !import.next_chunk(2).unwrap().is_finished() {}
    import.finish()
}

#[test]
fn every_fixture_is_recognised_and_read_as_written_down() {
    for (format, file, expected) in all() {
        let import = Import::open(Zeroizing::new(file.clone()), NOW).unwrap();
        assert_eq!(import.format(), format);
        compare(format, &read(file, &Options::default(), NOW), expected);
    }
}

/// Line by line, so that a failure says which.
fn compare(format: ImportFormat, plan: &ImportPlan, expected: &[u8]) {
    let (found, expected) = (describe(plan), core::str::from_utf8(expected).unwrap());
    for (found, expected) in found.lines().zip(expected.lines()) {
        assert_eq!(found, expected, "{format:?}");
    }
    assert_eq!(found, expected, "{format:?}");
}

#[test]
fn a_person_may_say_what_a_sheet_is() {
    let columns = vec![
        Column::ResourceName,
        Column::UserAccount,
        Column::Password,
        Column::Custom,
        Column::GroupPath,
        Column::Hidden,
    ];
    let file = fixture!("columns/fleet.csv");
    let mut unknown = Import::open(Zeroizing::new(file.to_vec()), NOW).unwrap();
    assert_eq!(unknown.format(), ImportFormat::Columns);
    let seen = unknown.columns();
    let headings: Vec<&str> = seen.iter().map(|column| column.heading.as_str()).collect();
    assert_eq!(headings, ["Gerät", "Konto", "Kennwort", "Wo", "Ordner", "PIN"]);
    assert_eq!(seen[0].samples, ["pump-1", "pump-2"]);
    assert_eq!((seen[5].meaning, seen[5].samples.len()), (Column::Hidden, 0), "what sounds secret is not shown");
    let plan = read(file.to_vec(), &Options { columns: Some(columns), ..Options::default() }, NOW);
    compare(ImportFormat::Columns, &plan, fixture!("columns/fleet.expected.txt"));

    // The same file as another program's, as far as it has that program's columns.
    let chrome = fixture!("chrome/passwords.csv").to_vec();
    let open = |format| {
        Import::open_as(Zeroizing::new(chrome.clone()), &Options { format: Some(format), ..Options::default() }, NOW)
    };
    assert_eq!(open(ImportFormat::Safari).unwrap().format(), ImportFormat::Safari);
    assert_eq!(open(ImportFormat::Columns).unwrap().format(), ImportFormat::Columns);
    assert_eq!(open(ImportFormat::Bitwarden).err(), Some(ImportError::OtherFormat));
    assert_eq!(open(ImportFormat::JumpServer).err(), None, "it has user names and passwords");
    let json = br#"{"items":[{"type":1,"name":"x"}]}"#.to_vec();
    let options = Options { format: Some(ImportFormat::Chrome), ..Options::default() };
    assert_eq!(Import::open_as(Zeroizing::new(json), &options, NOW).err(), Some(ImportError::OtherFormat));
}

#[test]
fn the_same_file_is_known_again() {
    for (format, file, _) in all() {
        let first = read(file.clone(), &Options::default(), NOW);
        let again = read(file, &Options::default(), Timestamp(NOW.0 + 86_400_000));
        let of = |plan: &ImportPlan| -> Vec<Identity> { plan.accounts.iter().map(|it| it.identity.clone()).collect() };
        assert_eq!(of(&first), of(&again), "{format:?}");
        let different: HashSet<Identity> = of(&first).into_iter().collect();
        assert_eq!(different.len(), first.accounts.len(), "{format:?}");
    }
}

#[test]
fn no_secret_stands_in_what_a_row_is_known_by() {
    for (format, file, _) in all() {
        let plan = read(file, &Options::default(), NOW);
        for account in &plan.accounts {
            let identity = String::from_utf8_lossy(&account.identity.to_bytes()).into_owned();
            let hidden = account.secret.hidden.iter().map(|field| &field.value);
            for secret in hidden.chain(&account.secret.otp_seed).chain([&account.secret.value]) {
                let short = secret.expose().len() < 3;
                assert!(short || !identity.contains(secret.expose()), "{format:?}: {identity}");
            }
        }
    }
}

#[test]
fn a_plan_survives_its_bytes() {
    for (format, file, expected) in all() {
        let plan = read(file, &Options::default(), NOW);
        let bytes = plan.to_bytes();
        assert_eq!(bytes.len(), bytes.capacity(), "a grown buffer leaves copies behind");
        let read = ImportPlan::from_bytes(&bytes).unwrap();
        compare(format, &read, expected);
        assert!(ImportPlan::from_bytes(&bytes[..bytes.len() - 1]).is_none());
    }
}

/// All that a plan says, as the expectations are written.
pub(super) fn describe(plan: &ImportPlan) -> String {
    let mut text = format!("rows {}\n", plan.rows);
    for at in 0..plan.groups.len() {
        writeln!(text, "group {}", path(plan, Some(at)).unwrap()).unwrap();
    }
    for (at, resource) in plan.resources.iter().enumerate() {
        let it = &resource.details;
        write!(text, "resource {}", it.name).unwrap();
        let parts = [("type", &it.resource_type), ("url", &it.url), ("dns", &it.dns_name), ("about", &it.description)];
        let more =
            [("notes", &it.notes), ("department", &it.department), ("location", &it.location), ("owner", &it.owner)];
        for (label, value) in parts.into_iter().chain(more).filter(|(_, value)| !value.is_empty()) {
            write!(text, " | {label} {value}").unwrap();
        }
        if let Some(path) = path(plan, resource.group) {
            write!(text, " | in {path}").unwrap();
        }
        assert!(it.custom_fields.is_empty() && it.tags.is_empty() && it.import_tag.is_none());
        known(&mut text, it.source_id.as_deref(), it.created, it.changed);
        for account in plan.accounts.iter().filter(|account| account.resource == at) {
            describe_account(&mut text, account);
        }
    }
    for it in &plan.rejected {
        writeln!(text, "rejected {} {}: {:?}", it.row, it.name, it.reason).unwrap();
    }
    for it in &plan.left_out {
        writeln!(text, "left out {} {}: {:?}", it.row, it.name, it.part).unwrap();
    }
    text
}

fn describe_account(text: &mut String, account: &PlannedAccount) {
    let it = &account.details;
    write!(text, "  account {}", it.name).unwrap();
    if !it.user_name.is_empty() {
        write!(text, " | user {}", it.user_name).unwrap();
    }
    if it.secret_type != SecretType::Password {
        write!(text, " | kind {:?}", it.secret_type).unwrap();
    }
    if !it.tags.is_empty() {
        write!(text, " | tags {}", it.tags.join(", ")).unwrap();
    }
    text.push_str(if it.privileged { " | privileged" } else { "" });
    text.push_str(if it.active { "" } else { " | not in use" });
    if let Some(day) = it.expiry {
        write!(text, " | until {}", day_text(day)).unwrap();
    }
    known(text, it.source_id.as_deref(), it.created, it.changed);
    let mut line = |label: &str, value: &str| {
        let value = value.replace('\n', "\\n");
        writeln!(text, "    {label} {value}").unwrap();
    };
    if !it.notes.is_empty() {
        line("notes", &it.notes);
    }
    if !account.secret.value.is_empty() {
        line("secret", account.secret.value.expose());
    }
    for field in &it.custom_fields {
        match &field.value {
            CustomValue::Text(value) => line("field", &format!("{} = {value}", field.label)),
            CustomValue::Date(day) => line("day", &format!("{} = {}", field.label, day_text(*day))),
            CustomValue::Hidden => {
                let value = account.secret.hidden(&field.label).unwrap().expose();
                line("hidden", &format!("{} = {value}", field.label));
            }
            _ => panic!("no import makes other fields"),
        }
    }
    let hidden = it.custom_fields.iter().filter(|field| field.value == CustomValue::Hidden).count();
    assert_eq!(hidden, account.secret.hidden.len());
    if let Some(seed) = &account.secret.otp_seed {
        line("otp", seed.expose());
    }
    for past in &account.history {
        line("earlier", &format!("{} until {}", past.value.expose(), moment(past.until.unwrap())));
    }
    for file in &account.attachments {
        line("file", &format!("{} = {}", file.name, core::str::from_utf8(&file.bytes).unwrap()));
    }
}

fn known(text: &mut String, id: Option<&str>, created: Timestamp, changed: Timestamp) {
    if let Some(id) = id {
        write!(text, " | id {id}").unwrap();
    }
    for (label, time) in [("created", created), ("changed", changed)] {
        if time != NOW {
            write!(text, " | {label} {}", moment(time)).unwrap();
        }
    }
    text.push('\n');
}

fn moment(time: Timestamp) -> String {
    let second = time.0 / 1000 % 86_400;
    format!("{} {:02}:{:02}:{:02}", day_text(Day::of(time)), second / 3600, second / 60 % 60, second % 60)
}

fn path(plan: &ImportPlan, group: Option<usize>) -> Option<String> {
    let group = &plan.groups[group?];
    Some(match path(plan, group.parent) {
        Some(parent) => format!("{parent} / {}", group.details.name),
        None => group.details.name.clone(),
    })
}
