//! Files of pykeepass and KeePassXC, field by field; our own; and hostile ones.

use super::super::{FileKey, Import, ImportFormat, Options};
use super::*;
use crate::export::{kdbx, sample};
use crate::import::ImportPlan;
use crate::import::plan::Identity;
use crate::model::{CustomValue, Day, ResourceDetails, SecretType};
use sealward_contract::ids::Timestamp;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const PASSWORD: &str = "Fixture-Passw0rd ü 密码";
const NOW: Timestamp = Timestamp(1_795_219_200_000);
const KEY_FILE: &[u8] = include_bytes!("../../../../../tests/fixtures/kdbx/key.bin");

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../../../tests/fixtures/kdbx/", $name)).as_slice()
    };
}

fn key(password: &str) -> FileKey {
    FileKey { password: Some(password.to_owned()), key_file: None }
}

fn open(file: &[u8], key: Option<FileKey>) -> Result<ImportPlan, ImportError> {
    let options = Options { key, ..Options::default() };
    let mut import = Import::open_as(Zeroizing::new(file.to_vec()), &options, NOW)?;
    assert_eq!(import.format(), ImportFormat::Kdbx);
    while !import.next_chunk(10).unwrap().is_finished() {}
    Ok(import.finish())
}

/// What every fixture holds.
fn check(plan: &ImportPlan) {
    let groups: Vec<_> = plan.groups.iter().map(|group| (group.parent, group.details.name.as_str())).collect();
    assert!(groups.contains(&(None, "Servers")), "{groups:?}");
    assert!(groups.iter().any(|(parent, name)| parent.is_some() && *name == "EU/West 西"), "a slash is part of a name");
    let find = |name: &str| {
        let at = plan.resources.iter().position(|resource| resource.details.name == name).unwrap();
        (&plan.resources[at], plan.accounts.iter().find(|account| account.resource == at).unwrap())
    };
    let (resource, account) = find("Web server");
    assert_eq!(resource.details.url, "https://web.example/?a=1&b=2");
    assert_eq!(plan.groups[resource.group.unwrap()].details.name, "EU/West 西");
    assert_eq!((account.details.name.as_str(), account.details.user_name.as_str()), ("root", "root"));
    assert_eq!(account.secret.value.expose(), "pä\"ss<w>ö&rd 密码 🔑");
    assert_eq!(account.details.notes, "Line one\nline <two>");
    assert_eq!(account.details.tags, ["production", "生产"]);
    assert_eq!(account.details.expiry, Day::parse("2031-02-03"));
    let seed = account.secret.otp_seed.as_ref().unwrap().expose();
    assert_eq!(seed, "otpauth://totp/Web:root?secret=JBSWY3DPEHPK3PXP&issuer=Web");
    let fields: Vec<_> =
        account.details.custom_fields.iter().map(|field| (field.label.as_str(), &field.value)).collect();
    assert_eq!(fields, [("PIN", &CustomValue::Hidden), ("Rack", &CustomValue::Text("7b".into()))]);
    assert_eq!(account.secret.hidden("PIN").unwrap().expose(), "0042");
    let past: Vec<_> = account.history.iter().map(|past| (past.value.expose(), past.until.unwrap().0)).collect();
    // Until 2023-05-06 and 2022-05-06, 07:08:09.
    assert_eq!(past, [("second", 1_683_356_889_000), ("first", 1_651_820_889_000)]);
    // 2021-01-02 03:04:05 and 2023-05-06 07:08:09.
    assert_eq!((account.details.created.0, account.details.changed.0), (1_609_556_645_000, 1_683_356_889_000));
    let files: Vec<_> = account.attachments.iter().map(|file| (file.name.as_str(), file.bytes.as_slice())).collect();
    assert_eq!(files, [("license.txt", b"license".as_slice())]);
    let (plain, account) = find("Plain");
    assert_eq!((plain.group, account.details.user_name.as_str()), (None, "me"));
    assert_eq!(account.secret.value.expose(), "simple");
}

/// What lies in the bin stays there.
fn check_bin(plan: &ImportPlan) {
    let rejected: Vec<_> = plan.rejected.iter().map(|row| (row.name.as_str(), row.reason)).collect();
    assert_eq!(rejected, [("Deleted", Reason::Deleted)]);
}

/// It has strings before the history of their entry and behind it.
#[test]
fn a_file_of_pykeepass_is_read() {
    let plan = open(fixture!("pykeepass-argon2d-aes.kdbx"), Some(key(PASSWORD))).unwrap();
    check(&plan);
    check_bin(&plan);
}

#[test]
fn files_of_keepassxc_are_read() {
    // Merging left the bin a group like others.
    check(&open(fixture!("keepassxc-3.kdbx"), Some(key(PASSWORD))).unwrap());
    let plan = open(fixture!("keepassxc-4.kdbx"), Some(key(PASSWORD))).unwrap();
    check(&plan);
    check_bin(&plan);
    assert!(plan.resources.iter().any(|resource| resource.details.url == "https://added.example"));
    check(&open(fixture!("keepassxc-argon2id-chacha20.kdbx"), Some(key(PASSWORD))).unwrap());
}

#[test]
fn a_key_file_opens_beside_the_password() {
    let file = fixture!("keepassxc-keyfile-twofish.kdbx");
    let with = |bytes: &[u8]| FileKey { password: Some(PASSWORD.to_owned()), key_file: Some(bytes.to_vec()) };
    let both = with(KEY_FILE);
    check(&open(file, Some(both)).unwrap());
    let wrong = with(&[7; 32]);
    let file_alone = FileKey { password: None, key_file: Some(KEY_FILE.to_vec()) };
    for key in [key(PASSWORD), wrong, file_alone] {
        assert_eq!(open(file, Some(key)).err(), Some(ImportError::WrongPassword));
    }
}

#[test]
fn a_password_is_asked_for_and_a_wrong_one_named() {
    for file in [fixture!("pykeepass-argon2d-aes.kdbx"), fixture!("keepassxc-3.kdbx")] {
        assert_eq!(open(file, None).err(), Some(ImportError::PasswordNeeded));
        assert_eq!(open(file, Some(FileKey::default())).err(), Some(ImportError::PasswordNeeded));
        assert_eq!(open(file, Some(key("wrong"))).err(), Some(ImportError::WrongPassword));
    }
}

/// Where a parameter of the key derivation stands, and another value for it.
fn with_cost(file: &[u8], name: &[u8], value: u64, length: usize) -> Vec<u8> {
    let entry = [&[1, 0, 0, 0][..], name, &u32::try_from(length).unwrap().to_le_bytes()].concat();
    let at = memchr::memmem::find(file, &entry).unwrap() + entry.len();
    let mut file = file.to_vec();
    file[at..at + length].copy_from_slice(&value.to_le_bytes()[..length]);
    file
}

#[test]
fn a_file_does_not_choose_what_its_key_costs() {
    let four = fixture!("pykeepass-argon2d-aes.kdbx");
    let costly = [
        with_cost(four, b"M", (1 << 30) + 1, 8),
        with_cost(four, b"M", u64::MAX, 8),
        // One MiB, and more passes than a minute has.
        with_cost(four, b"I", 32 * 1024 + 1, 8),
        with_cost(four, b"I", u64::MAX, 8),
        with_cost(four, b"P", 65, 4),
    ];
    for (number, file) in costly.iter().enumerate() {
        assert_eq!(open(file, Some(key(PASSWORD))).err(), Some(ImportError::TooCostly), "file {number}");
    }
    // Rounds of version 3: field 6, eight bytes.
    let mut three = fixture!("keepassxc-3.kdbx").to_vec();
    let at = memchr::memmem::find(&three, &[6, 8, 0]).unwrap() + 3;
    three[at..at + 8].copy_from_slice(&100_000_001_u64.to_le_bytes());
    assert_eq!(open(&three, Some(key(PASSWORD))).err(), Some(ImportError::TooCostly));
}

#[test]
fn what_is_cut_off_or_bent_is_refused() {
    let four = fixture!("pykeepass-argon2d-aes.kdbx");
    for length in [4, 8, 11, 12, 13, 17, 40, 100, 200] {
        assert_eq!(open(&four[..length], Some(key(PASSWORD))).err(), Some(ImportError::Damaged), "{length} bytes");
    }
    let mut newer = four.to_vec();
    newer[10] = 5;
    assert_eq!(open(&newer, Some(key(PASSWORD))).err(), Some(ImportError::Newer));
    let mut first = four.to_vec();
    first[4] = 0x65;
    assert_eq!(open(&first, Some(key(PASSWORD))).err(), Some(ImportError::UnknownFormat), "KeePass 1");
    // Every byte of the header, changed: told, never a crash. The header's hash stands before the key is derived.
    for at in 12..200 {
        let mut bent = four.to_vec();
        bent[at] ^= 0x55;
        assert!(open(&bent, Some(key(PASSWORD))).is_err(), "byte {at}");
    }
    // The rest is held by its own keys.
    for at in [four.len() - 1, four.len() - 300] {
        let mut bent = four.to_vec();
        bent[at] ^= 1;
        assert_eq!(open(&bent, Some(key(PASSWORD))).err(), Some(ImportError::Damaged), "byte {at}");
    }
}

/// What an export wrote comes back as it was, but for what the table in `docs/export-formats.md` says.
#[test]
fn our_own_file_comes_back() {
    let archive = sample::archive();
    let file = kdbx::write(&archive, &PASSWORD.into()).unwrap();
    let plan = open(&file, Some(key(PASSWORD))).unwrap();
    assert_eq!((plan.rejected.len(), plan.left_out.len()), (0, 0));
    let names: Vec<&str> = plan.groups.iter().map(|group| group.details.name.as_str()).collect();
    assert_eq!(names, ["Operations", "Servers", "EU/West", "私人"]);
    let server = plan.resources.iter().position(|resource| resource.details.name == "Web server").unwrap();
    let before = &archive.resources[0].details;
    let after = &plan.resources[server].details;
    let texts = |details: &ResourceDetails| {
        [
            &details.resource_type,
            &details.url,
            &details.dns_name,
            &details.description,
            &details.notes,
            &details.department,
            &details.location,
            &details.owner,
        ]
        .map(String::clone)
    };
    assert_eq!((texts(after), &after.tags), (texts(before), &before.tags));
    let on_server: Vec<_> = plan.accounts.iter().filter(|account| account.resource == server).collect();
    assert_eq!(on_server.len(), 2, "both accounts are on one resource again");
    let root = on_server.iter().find(|account| account.details.user_name == "root").unwrap();
    let wanted = &archive.accounts[0];
    assert_eq!(root.details.name, "Administrator");
    assert_eq!(root.identity, Identity::SourceId("sealward:00000000-0000-4000-8000-000000000041".into()));
    assert!(root.secret.value == wanted.secret.as_ref().unwrap().value);
    assert!(root.secret.otp_seed == wanted.secret.as_ref().unwrap().otp_seed);
    assert_eq!(root.secret.hidden("PIN").unwrap().expose(), "0042");
    assert_eq!((root.details.privileged, root.details.active), (true, true));
    assert_eq!((root.details.expiry, &root.details.tags), (wanted.details.expiry, &wanted.details.tags));
    assert_eq!((root.details.created, root.details.changed), (wanted.details.created, wanted.details.changed));
    let past: Vec<_> = root.history.iter().map(|past| past.value.expose()).collect();
    assert_eq!(past, ["newer", "older"]);
    assert_eq!(root.history[1].until, Some(wanted.past[1].until));
    let mut files: Vec<_> = root.attachments.iter().map(|file| (file.name.as_str(), file.bytes.len())).collect();
    files.sort_unstable();
    assert_eq!(files, [("empty", 0), ("license.txt", 7)]);
    let deploy = on_server.iter().find(|account| account.details.user_name == "deploy").unwrap();
    assert_eq!((deploy.details.secret_type, deploy.details.active), (SecretType::SshKey, false));
    assert!(deploy.secret.value.expose().ends_with("-----END OPENSSH PRIVATE KEY-----\n"));
}

// Bombs take longer in unoptimised wasm than a test should.
#[cfg(not(target_arch = "wasm32"))]
mod hostile;
mod made;
mod order;
