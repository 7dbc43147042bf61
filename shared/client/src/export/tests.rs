//! The formats, each read back or compared with what was written by hand.

use super::{
    Archive, BadItems, Container, ExportOptions,
    backup::{self, BackupError},
    csv, json, kdbx, sample,
};
use crate::{
    crypto::{fixed::FixedRandomness, password::stretch_for_backup},
    import::time::day_text,
    model::{CustomField, CustomValue, Day, FileRef, HiddenField, SecretText},
};
use keepass::{Database, DatabaseKey};
use sealward_contract::{ids::Timestamp, release::ExportFormat};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn password() -> SecretText {
    "correct horse ﬁve".into()
}

fn write_backup(archive: &Archive) -> Vec<u8> {
    backup::write(archive, &password(), &mut FixedRandomness::new()).unwrap()
}

#[test]
fn a_backup_gives_back_everything() {
    let archive = sample::archive();
    let file = write_backup(&archive);
    assert!(backup::is_backup(&file) && !backup::is_backup(b"SEALWARE"));
    let read = backup::read(&file, &password()).unwrap();
    assert!(read == archive);
    // NFKC: the ligature and its letters are one password.
    assert!(backup::read(&file, &"correct horse five".into()).unwrap() == archive);
    for secret in ["pä", "密码", "root", "Operations"] {
        assert!(memchr::memmem::find(&file, secret.as_bytes()).is_none(), "{secret}");
    }
}

#[test]
fn what_is_no_backup_is_told_apart() {
    let file = write_backup(&sample::archive());
    let read = |file: &[u8]| backup::read(file, &password()).map(drop);
    assert_eq!(backup::read(&file, &"wrong".into()).map(drop), Err(BackupError::WrongPassword));
    assert_eq!(read(b""), Err(BackupError::Malformed));
    assert_eq!(read(&file[..40]), Err(BackupError::Malformed));
    assert_eq!(read(&file[..file.len() - 1]), Err(BackupError::Malformed));
    assert_eq!(read(&[&file[..], &[0]].concat()), Err(BackupError::Damaged), "the last part is not the last");
    let changed = |at: usize| {
        let mut file = file.clone();
        file[at] ^= 1;
        read(&file)
    };
    assert_eq!(changed(0), Err(BackupError::Malformed));
    assert_eq!(changed(8), Err(BackupError::Newer));
    // Salt, salt of the part, its commitment: as good as another password.
    for at in [9, 45, 77] {
        assert_eq!(changed(at), Err(BackupError::WrongPassword), "byte {at}");
    }
    for at in [109, file.len() - 1] {
        assert_eq!(changed(at), Err(BackupError::Damaged), "byte {at}");
    }
}

/// Two megabytes of a file: three parts.
fn large() -> Archive {
    let mut archive = sample::archive();
    let bytes = (0..2 * 1024 * 1024_u32).map(|at| (at / 7) as u8).collect();
    archive.files[0].bytes = zeroize::Zeroizing::new(bytes);
    archive
}

#[test]
fn parts_cannot_be_exchanged_or_left_out() {
    let archive = large();
    let file = write_backup(&archive);
    assert!(backup::read(&file, &password()).unwrap() == archive);
    let mut parts = Vec::new();
    let mut at = 41;
    while at < file.len() {
        let length = u32::from_be_bytes(file[at..at + 4].try_into().unwrap()) as usize;
        parts.push(&file[at..at + 68 + length]);
        at += 68 + length;
    }
    let [first, second, third] = parts[..] else { panic!("{} parts", parts.len()) };
    let with = |parts: &[&[u8]]| backup::read(&[&[&file[..41]], parts].concat().concat(), &password()).map(drop);
    assert_eq!(with(&[first, second, third]), Ok(()));
    assert_eq!(with(&[second, first, third]), Err(BackupError::WrongPassword), "the first part is not the first");
    for parts in
        [&[first, third, second][..], &[first, second], &[first], &[first, third], &[first, second, third, third]]
    {
        assert_eq!(with(parts), Err(BackupError::Damaged), "{} parts", parts.len());
    }
}

/// Made without this code, from the words of `docs/backup-file.md` alone.
#[test]
fn the_bytes_of_a_backup_are_frozen() {
    let archive = sample::small();
    let items = archive.to_items().unwrap();
    assert_eq!(
        hex(&items),
        "820082645465616d1b000001a1fb67180082018250000000000000400080000000000000014a820182655661756c7460\
         8202835000000000000040008000000000000002820081004a8201826547726f75706082038350000000000000400080\
         0000000000000382018100582682018d66536572766572606060606060608060801b000001a1fb6718001b000001a1fb\
         671800820483500000000000004000800000000000000400582682018b64726f6f7464726f6f7400f4f5f66080801b00\
         0001a1fb6718001b000001a1fb6718008205814b82018266736563726574808206821b000001a1fb6718004a82018265\
         6f6c646572808207825000000000000040008000000000000005456279746573820980"
    );
    let file = write_backup(&archive);
    assert_eq!(
        hex(&file[..45]),
        "5345414c5741524401000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f00000130"
    );
    let key = stretch_for_backup(password().expose(), file[9..41].try_into().unwrap()).unwrap();
    assert_eq!(hex(key.expose()), "5221de53ffe0fb4a4806c8332111bbb585206bcab823d2bbafc88fdbd72310aa");
    assert_eq!(hex(&file[77..109]), "4a15dfddd2e3efd1c612cd42fb586eea05bff37ea3e0e80cc2702494f24c0cf1");
    assert_eq!(file.len(), 413);
    assert_eq!(
        hex(&sealward_contract::crypto::hash(&file).0),
        "c32f198a8a9c159538c332606ebbfd0b94bba273098f11da356361e517e85e28"
    );
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn items_that_make_no_archive_are_refused() {
    let items = sample::archive().to_items().unwrap();
    let read = |items: &[u8]| Archive::from_items(items).map(drop);
    assert_eq!(read(&items), Ok(()));
    let begin = b"\x82\x00\x82\x60\x00";
    let end = b"\x82\x09\x80";
    let with = |item: &[u8]| read(&[begin, item, end].concat());
    assert_eq!(with(b""), Ok(()));
    let malformed = Err(BadItems::Malformed);
    assert_eq!(read(b""), malformed);
    assert_eq!(read(begin), malformed, "no end");
    assert_eq!(read(end), malformed, "no beginning");
    assert_eq!(with(begin), malformed, "two beginnings");
    assert_eq!(with(end), malformed, "two ends");
    assert_eq!(with(b"\x82\x05\x81\x40"), malformed, "a secret of no account");
    assert_eq!(with(b"\x82\x08\x81\x40"), malformed, "more of no file");
    let group = [b"\x82\x02\x83\x50", &[0; 16][..], b"\x82\x00\x81\x00\x47\x82\x01\x83\x61\x61\x60\xf6"].concat();
    assert_eq!(with(&group), malformed, "a group in no vault");
    let account = [b"\x82\x04\x83\x50", &[0; 16][..], b"\x00\x40"].concat();
    assert_eq!(with(&account), malformed, "an account on no resource");
    assert_eq!(with(b"\x82\x0a\x80"), Err(BadItems::Newer), "a kind that is not known yet");
    let vault = [b"\x82\x01\x82\x50", &[0; 16][..], b"\x43\x82\x09\x80"].concat();
    assert_eq!(with(&vault), Err(BadItems::Newer), "a payload of a schema that is not known yet");
}

#[test]
fn a_sheet_keeps_cells_from_being_formulas() {
    let sheet = csv::write(&sample::archive());
    let text = std::str::from_utf8(&sheet).unwrap();
    let lines: Vec<&str> = text.strip_prefix('\u{feff}').unwrap().split("\r\n").collect();
    assert_eq!(lines.len(), 6, "a header, three accounts, a resource without, and the end of the last line");
    assert!(lines[0].starts_with("\"Vault\",\"Group\",\"Resource\","));
    assert_eq!(
        lines[1],
        "\"Operations\",\"Servers/EU/West\",\"Web server\",\"Linux\",\"https://web-01.example.com/?a=1&b=<2>\",\
         \"web-01.example.com\",\"Serves the site\",\"First line\nsecond line\",\"Operations\",\"Kyoto\",\"Grace\",\
         \"production\n生产\",\"Rack: 7b\",\"Administrator\",\"root\",\"password\",\"pä\"\"ss<w>ö&rd 密码 🔑\",\
         \"otpauth://totp/Example:root?secret=JBSWY3DPEHPK3PXP&issuer=Example\",\"yes\",\"yes\",\"2026-12-13\",\
         \"'=1+1 is no formula\",\"root\n密码\",\"Room: 4711\nSince: 2024-10-04\nPIN: 0042\",\"2026-11-20T23:59:59Z\""
    );
    assert!(lines[2].contains("\"ssh_key\",\"'-----BEGIN OPENSSH PRIVATE KEY-----\n"));
    assert!(lines[3].contains("\"'@me\",\"me@example.com\",\"password\",\"\",\"\""));
    assert!(lines[4].starts_with("\"Operations\",\"\",\"Empty shelf\","));
    assert_eq!(lines[5], "");
}

#[test]
fn every_start_of_a_formula_is_escaped_and_comes_back() {
    for start in ["=", "+", "-", "@", "\t", "\r", "\n", "'", "＝", "＋", "－", "＠"] {
        let mut archive = sample::archive();
        archive.accounts[0].secret.as_mut().unwrap().value = format!("{start}cmd|' /C calc'!A0").as_str().into();
        let sheet = csv::write(&archive);
        let expected = format!("\"'{start}cmd|' /C calc'!A0\"");
        assert!(std::str::from_utf8(&sheet).unwrap().contains(&expected), "{start:?}");
    }
}

#[test]
fn json_is_the_tree() {
    let file: serde_json::Value = serde_json::from_slice(&json::write(&sample::archive())).unwrap();
    assert_eq!((&file["format"], &file["version"]), (&"sealward-json".into(), &1.into()));
    assert_eq!((&file["team"], &file["written"]), (&"Team & Söhne".into(), &"2026-11-21T00:00:00Z".into()));
    let group = &file["vaults"][0]["groups"][0];
    assert_eq!((&group["name"], &group["notes"]), (&"Servers".into(), &"All of them".into()));
    let server = &group["groups"][0]["resources"][0];
    assert_eq!(
        (&server["name"], &server["policy"]),
        (&"Web server".into(), &serde_json::json!({"built_in": "strong"}))
    );
    let root = &server["accounts"][0];
    assert_eq!(
        root,
        &serde_json::json!({
            "id": "00000000-0000-4000-8000-000000000041",
            "name": "Administrator",
            "user_name": "root",
            "secret_type": "password",
            "secret": "pä\"ss<w>ö&rd 密码 🔑",
            "one_time_code": "otpauth://totp/Example:root?secret=JBSWY3DPEHPK3PXP&issuer=Example",
            "privileged": true,
            "active": true,
            "expiry": "2026-12-13",
            "notes": "=1+1 is no formula",
            "tags": ["root", "密码"],
            "fields": [
                { "label": "Room", "kind": "text", "value": "4711" },
                { "label": "Since", "kind": "date", "value": "2024-10-04" },
                { "label": "PIN", "kind": "hidden", "value": "0042" },
            ],
            "files": [
                { "name": "license.txt", "media_type": "text/plain", "length": 7 },
                { "name": "empty", "media_type": "text/plain", "length": 0 },
            ],
            "policy": null,
            "history": [
                { "until": "2026-11-20T23:59:55Z", "secret": "newer", "one_time_code": null, "hidden": [] },
                { "until": "2026-11-20T23:59:51Z", "secret": "older", "one_time_code": null, "hidden": [] },
            ],
            "created": "2026-11-19T00:00:00Z",
            "changed": "2026-11-20T23:59:59Z",
        })
    );
    assert_eq!(file["vaults"][1]["resources"][0]["accounts"][0]["secret"], serde_json::Value::Null);
    assert_eq!(file["vaults"][0]["resources"][0]["accounts"], serde_json::json!([]));
}

#[test]
fn days_and_times_follow_the_calendar() {
    let days =
        [(0, "1970-01-01"), (11_016, "2000-02-29"), (20_778, "2026-11-21"), (-1, "1969-12-31"), (19_782, "2024-02-29")];
    for (number, text) in days {
        assert_eq!(day_text(Day(number)), text);
        assert_eq!(Day::parse(text), Some(Day(number)));
    }
    assert_eq!(json::time(Timestamp(1_795_219_199_999)), "2026-11-20T23:59:59Z");
    assert_eq!(json::time(Timestamp(0)), "");
}

#[test]
fn an_archive_that_goes_round_in_circles_ends() {
    let mut archive = sample::archive();
    archive.groups[0].parent = Container::Group(1);
    assert_eq!(archive.vault_of(Container::Group(0)), None);
    assert!(archive.path_of(Container::Group(0)).len() <= 3);
}

/// Read by the crate that wrote it; KeePassXC and pykeepass read it in `tests/kdbx`.
#[test]
fn kdbx_has_the_tree_and_every_field() {
    let file = kdbx::write(&sample::archive(), &password()).unwrap();
    let key = |password: &str| DatabaseKey::new().with_password(password);
    assert!(Database::parse(&file, key("wrong")).is_err());
    let database = Database::parse(&file, key(password().expose())).unwrap();
    let root = database.root();
    assert_eq!(root.name, "Team & Söhne");
    let group = root.group_by_path(&["Operations", "Servers", "EU/West"]).unwrap();
    let entry = group.entry_by_name("Web server – Administrator").unwrap();
    let fields = [
        ("UserName", "root", false),
        ("Password", "pä\"ss<w>ö&rd 密码 🔑", true),
        ("URL", "https://web-01.example.com/?a=1&b=<2>", false),
        ("Notes", "=1+1 is no formula", false),
        ("otp", "otpauth://totp/Example:root?secret=JBSWY3DPEHPK3PXP&issuer=Example", true),
        ("Account", "Administrator", false),
        ("Resource type", "Linux", false),
        ("DNS name", "web-01.example.com", false),
        ("Resource description", "Serves the site", false),
        ("Resource notes", "First line\nsecond line", false),
        ("Department", "Operations", false),
        ("Location", "Kyoto", false),
        ("Owner", "Grace", false),
        ("Rack", "7b", false),
        ("Room", "4711", false),
        ("Since", "2024-10-04", false),
        ("PIN", "0042", true),
    ];
    for (name, value, protected) in fields {
        let field = entry.fields.get(name).unwrap();
        assert_eq!((field.get().as_str(), field.is_protected()), (value, protected), "{name}");
    }
    assert_eq!(entry.fields.len(), fields.len() + 1, "and the title");
    assert_eq!(entry.tags, ["root", "密码", "production", "生产"]);
    assert_eq!(entry.times.expires, Some(true));
    assert_eq!(entry.times.expiry.to_string(), "2026-12-13 00:00:00");
    assert_eq!(entry.times.creation.unwrap().to_string(), "2026-11-19 00:00:00");
    assert_eq!(entry.times.last_modification.unwrap().to_string(), "2026-11-20 23:59:59");
    let past: Vec<_> =
        entry.history.as_ref().unwrap().get_entries().iter().map(|past| past.get_password().unwrap()).collect();
    assert_eq!(past, ["older", "newer"], "the oldest first, as KeePass has it");
    let attached: Vec<_> =
        entry.attachments_named().map(|(name, file)| (name.to_owned(), file.data.get().clone())).collect();
    assert!(attached.contains(&("license.txt".to_owned(), b"license".to_vec())));
    assert_eq!(attached.len(), 2);
    let shop = root.group_by_path(&["私人"]).unwrap();
    assert_eq!(shop.entry_by_name("Shop").unwrap().get_username(), Some("me@example.com"));
    assert!(root.group_by_path(&["Operations"]).unwrap().entry_by_name("Empty shelf").is_some());
}

/// An archive whose first account had other hidden values and another one-time code before.
fn with_rich_past() -> Archive {
    let mut archive = sample::archive();
    let [newer, older] = archive.accounts[0].past.as_mut_slice() else { panic!() };
    newer.secret.hidden.push(HiddenField { label: "PIN".into(), value: "1111".into() });
    older.secret.otp_seed = Some("NB2W45DFOIZA".into());
    archive
}

#[test]
fn earlier_secrets_keep_what_belonged_to_them() {
    let archive = with_rich_past();
    let read = backup::read(&write_backup(&archive), &password()).unwrap();
    assert!(read == archive);

    let file: serde_json::Value = serde_json::from_slice(&json::write(&archive)).unwrap();
    let server = &file["vaults"][0]["groups"][0]["groups"][0]["resources"][0];
    let [newer, older] = server["accounts"][0]["history"].as_array().unwrap().as_slice() else { panic!() };
    assert_eq!(newer["hidden"], serde_json::json!([{ "label": "PIN", "value": "1111" }]));
    assert_eq!((&newer["one_time_code"], &older["one_time_code"]), (&().into(), &"NB2W45DFOIZA".into()));

    let file = kdbx::write(&archive, &password()).unwrap();
    let database = Database::parse(&file, DatabaseKey::new().with_password(password().expose())).unwrap();
    let root = database.root();
    let group = root.group_by_path(&["Operations", "Servers", "EU/West"]).unwrap();
    let entry = group.entry_by_name("Web server – Administrator").unwrap();
    let past = entry.history.as_ref().unwrap().get_entries();
    let [older, newer] = past.as_slice() else { panic!("{} earlier ones", past.len()) };
    let otp = "otpauth://totp/Web%20server%20%E2%80%93%20Administrator:root?secret=NB2W45DFOIZA\
               &issuer=Web%20server%20%E2%80%93%20Administrator";
    assert_eq!((older.get("otp"), newer.get("otp")), (Some(otp), None), "not the code of now");
    assert_eq!((older.get("PIN"), newer.get("PIN")), (Some(""), Some("1111")), "nor its hidden values");
    assert_eq!(entry.get("PIN"), Some("0042"));
}

#[test]
fn the_files_of_a_resource_are_attached_once() {
    let mut archive = sample::archive();
    let named = |number: u8, name: &str| {
        let file = FileRef { id: sample::id(number), name: name.into(), media_type: String::new(), length: 4 };
        CustomField { label: "Plan".into(), value: CustomValue::File(file) }
    };
    archive.resources[0].details.custom_fields.push(named(0x51, "rack.png"));
    archive.resources[1].details.custom_fields.push(named(0x52, "shelf.png"));
    for (number, bytes) in [(0x51, b"rack"), (0x52, b"shel")] {
        let bytes = zeroize::Zeroizing::new(bytes.to_vec());
        archive.files.push(super::ArchivedFile { id: sample::id(number), bytes });
    }
    let file = kdbx::write(&archive, &password()).unwrap();
    let database = Database::parse(&file, DatabaseKey::new().with_password(password().expose())).unwrap();
    let root = database.root();
    let attached = |group: &[&str], name: &str| {
        let group = root.group_by_path(group).unwrap();
        let entry = group.entry_by_name(name).unwrap();
        let mut names: Vec<_> =
            entry.attachments_named().map(|(name, file)| (name.to_owned(), file.data.get().clone())).collect();
        names.sort();
        names
    };
    let pair = |name: &str, bytes: &[u8]| (name.to_owned(), bytes.to_vec());
    let servers = ["Operations", "Servers", "EU/West"];
    let expected = [pair("empty", b""), pair("license.txt", b"license"), pair("rack.png", b"rack")];
    assert_eq!(attached(&servers, "Web server – Administrator"), expected);
    assert_eq!(attached(&servers, "Web server – deploy"), []);
    assert_eq!(attached(&["Operations"], "Empty shelf"), [pair("shelf.png", b"shel")]);
}

#[test]
fn a_format_is_asked_for_what_it_can_hold() {
    let all = ExportOptions { earlier: true, files: true };
    let rows = [
        (ExportFormat::Backup, all),
        (ExportFormat::Kdbx, all),
        (ExportFormat::Json, ExportOptions { earlier: true, files: false }),
        (ExportFormat::Csv, ExportOptions { earlier: false, files: false }),
    ];
    for (format, holds) in rows {
        assert_eq!((ExportOptions::of(format), all.within(format)), (holds, holds), "{format:?}");
        assert_eq!(ExportOptions::default().within(format), ExportOptions::default());
    }
}
