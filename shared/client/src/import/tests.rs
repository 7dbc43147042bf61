//! Files as the two programs write them, and as people bend them.

#[cfg(not(target_arch = "wasm32"))]
mod fixtures;
#[cfg(not(target_arch = "wasm32"))]
mod hostile;

use super::*;
use crate::model::{CustomValue, Day, Field, Invalid, Problem, SecretType, limits};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const NOW: Timestamp = Timestamp(1_795_219_200_000);

fn open(file: &[u8]) -> Result<Import, ImportError> {
    Import::open(Zeroizing::new(file.to_vec()), NOW)
}

fn read(file: &[u8]) -> ImportPlan {
    let mut import = open(file).unwrap();
    while !import.next_chunk(2).unwrap().is_finished() {}
    import.finish()
}

fn refused(file: &[u8]) -> ImportError {
    open(file).err().unwrap()
}

/// Every account with its resource, user name and secret.
fn accounts(plan: &ImportPlan) -> Vec<(&str, &str, &str)> {
    let row = |account: &'_ PlannedAccount| account.resource;
    plan.accounts
        .iter()
        .map(|account| {
            let resource = &plan.resources[row(account)].details;
            (resource.name.as_str(), account.details.user_name.as_str(), account.secret.value.expose())
        })
        .collect()
}

fn reasons(plan: &ImportPlan) -> Vec<(usize, &str, Reason)> {
    plan.rejected.iter().map(|rejected| (rejected.row, rejected.name.as_str(), rejected.reason)).collect()
}

const SHEET: &str = "Resource Name,User Account,Password,Description,Resource URL,Notes,Department,Rack\r\n\
web-1,root,\"p,\"\"1\"\"\",Front,https://w1,\"two\nlines\",IT,7\r\n\
web-1,admin,p2,Front,https://w1,,IT,\r\n\
\r\n\
web-1,admin,p3,Other,https://w2,,HR,\r\n\
,root,p4,,,,,\r\n\
web-2,,,,,,,\r\n\
web-3,a,b,c,d,e,f,g,h\r\n\
web-4,sa";

#[test]
fn a_sheet_becomes_resources_with_accounts() {
    let plan = read(SHEET.as_bytes());
    assert_eq!(
        accounts(&plan),
        [("web-1", "root", "p,\"1\""), ("web-1", "admin", "p2"), ("web-1", "admin", "p3"), ("web-4", "sa", ""),]
    );
    assert_eq!(plan.resources.len(), 3, "another URL is another resource");
    let (resource, account) = (&plan.resources[0].details, &plan.accounts[0]);
    assert_eq!((resource.url.as_str(), resource.description.as_str()), ("https://w1", "Front"));
    assert_eq!((resource.department.as_str(), resource.created), ("IT", NOW));
    assert_eq!(account.details.notes, "two\nlines");
    assert_eq!(account.details.custom_fields[0].label, "Rack");
    assert_eq!(account.details.custom_fields[0].value, CustomValue::Text("7".into()));
    assert_eq!(plan.rows, 7, "an empty row is none");
    assert_eq!(
        reasons(&plan),
        [(5, "", Reason::NoName), (6, "web-2", Reason::NoAccount), (7, "web-3", Reason::TooManyValues),]
    );
}

#[test]
fn encodings_separators_and_headers_are_recognised() {
    let chinese = "密码;资源名称;用户账户;备注;支付密码\n秘密;财务系统;张伟;\"多行\n备注\";八八\n";
    // The same text by another program's GB18030.
    let gb18030: &[u8] = b"\xc3\xdc\xc2\xeb;\xd7\xca\xd4\xb4\xc3\xfb\xb3\xc6;\xd3\xc3\xbb\xa7\xd5\xcb\xbb\xa7;\xb1\xb8\xd7\xa2;\xd6\xa7\xb8\xb6\xc3\xdc\xc2\xeb\n\xc3\xd8\xc3\xdc;\xb2\xc6\xce\xf1\xcf\xb5\xcd\xb3;\xd5\xc5\xce\xb0;\"\xb6\xe0\xd0\xd0\n\xb1\xb8\xd7\xa2\";\xb0\xcb\xb0\xcb\n";
    let utf16: Vec<u8> = "\u{feff}".encode_utf16().chain(chinese.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let bom = format!("\u{feff}{chinese}");
    let tabs = chinese.replace(';', "\t");
    let expected = read(chinese.as_bytes());
    for file in [gb18030, &utf16, bom.as_bytes(), tabs.as_bytes()] {
        let plan = read(file);
        assert_eq!(accounts(&plan), [("财务系统", "张伟", "秘密")]);
        assert_eq!(plan.accounts[0].details.notes, "多行\n备注");
        assert_eq!(plan.accounts[0].details.custom_fields[0].value, CustomValue::Hidden);
        assert_eq!(plan.accounts[0].secret.hidden("支付密码").unwrap().expose(), "八八");
        assert_eq!(plan.accounts[0].identity, expected.accounts[0].identity);
    }
    // The same rows under an English header, in another order, are the same accounts.
    let english = read("Notes,Resource Name,User Account,Password\n\"多行\n备注\",财务系统,张伟,另一个\n".as_bytes());
    assert_eq!(english.accounts[0].identity, expected.accounts[0].identity);
}

#[test]
fn a_row_is_known_again_by_all_but_its_secret() {
    let sheet = "Resource Name,User Account,Password,Notes\na,b,1,n\na,b,2,n\na,b,1,m\n";
    let (first, again) = (read(sheet.as_bytes()), read(sheet.replace(",1,", ",9,").as_bytes()));
    let identities = |plan: &ImportPlan| plan.accounts.iter().map(|a| a.identity.to_bytes()).collect::<Vec<_>>();
    assert_eq!(identities(&first), identities(&again));
    let mut all = identities(&first);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 3, "rows that differ only in the secret are two accounts");
    assert_eq!(first.resources.len(), 1);
    let list = |columns: &[&str]| Identity::Columns(columns.iter().map(|&c| c.to_owned()).collect()).to_bytes();
    assert_ne!(list(&["ab", "c"]), list(&["a", "bc"]));
    assert_ne!(list(&["a"]), Identity::SourceId("a".into()).to_bytes());
}

#[test]
fn what_differs_between_rows_of_a_resource_is_kept() {
    let plan = read(b"Resource Name,User Account,Password,Description,Department\na,b,1,x,IT\na,c,2,y,IT\n");
    assert_eq!(plan.resources.len(), 1);
    assert_eq!(plan.accounts[0].details.custom_fields, []);
    let fields = &plan.accounts[1].details.custom_fields;
    assert_eq!((fields.len(), fields[0].label.as_str()), (1, "Description"));
    assert_eq!(fields[0].value, CustomValue::Text("y".into()));
}

#[test]
fn absurd_sheets_are_refused_with_a_reason() {
    assert_eq!(refused(b""), ImportError::Empty);
    assert_eq!(refused(b" \n "), ImportError::Empty);
    let sheet = Options { format: Some(ImportFormat::PasswordManagerPro), columns: None, key: None };
    let half = Import::open_as(Zeroizing::new(b"Resource Name,Password\na,b\n".to_vec()), &sheet, NOW).err();
    assert_eq!(half, Some(ImportError::MissingColumn { column: Column::UserAccount }));
    assert_eq!(refused(b"\x89PNG\r\n\x1a\n\xff\xff"), ImportError::UnknownEncoding);
    let wide = format!("Resource Name,User Account,Password{}", ",x".repeat(200));
    assert_eq!(refused(wide.as_bytes()), ImportError::TooManyColumns { limit: 100 });
    let long = format!("Resource Name,User Account,Password\n{},u,p\nr,u,{}\n", "n".repeat(300), "s".repeat(70_000));
    let plan = read(long.as_bytes());
    let invalid = |field, limit| Reason::Invalid(Invalid::new(field, Problem::TooLong { limit }));
    assert_eq!(
        plan.rejected.iter().map(|r| r.reason).collect::<Vec<_>>(),
        [invalid(Field::Name, limits::NAME), invalid(Field::Secret, limits::SECRET),]
    );
    assert!(plan.resources.is_empty() && plan.accounts.is_empty(), "nothing is left of a rejected row");
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn rows_have_an_end() {
    let mut many = String::from("Resource Name,User Account,Password\n");
    many.push_str(&"a,b,c\n".repeat(ROW_LIMIT + 1));
    let mut import = open(many.as_bytes()).unwrap();
    assert_eq!(import.next_chunk(usize::MAX), Err(ImportError::TooManyRows { limit: ROW_LIMIT }));
}

#[test]
fn progress_grows_to_the_end() {
    let mut sheet = String::from("Resource Name,User Account,Password\n");
    for row in 0..10_000 {
        sheet.push_str(&format!("host-{row},root,secret-{row}\n"));
    }
    let mut import = open(sheet.as_bytes()).unwrap();
    let mut last = import.next_chunk(1_000).unwrap();
    assert_eq!(last.rows, 1_000);
    while !last.is_finished() {
        let next = import.next_chunk(1_000).unwrap();
        assert!(next.thousandths >= last.thousandths && next.rows >= last.rows);
        last = next;
    }
    assert_eq!(import.format(), ImportFormat::PasswordManagerPro);
    assert_eq!(import.finish().accounts.len(), 10_000);
}

const EXPORT: &str = r#"{
  "encrypted": false,
  "folders": [{"id": "f1", "name": "Work/Servers"}, {"id": "f2", "name": "Work"}, {"id": "f3", "name": "空"}],
  "items": [
    {"id": "i1", "organizationId": null, "folderId": "f1", "type": 1, "reprompt": 0, "name": "GitLab", "notes": "n",
     "favorite": true, "creationDate": "2023-01-02T03:04:05.678Z", "revisionDate": "2023-02-02T03:04:05Z",
     "fields": [{"name": "PIN", "value": "1234", "type": 1}, {"name": "team", "value": "ops", "type": 0},
                {"name": "on", "value": "true", "type": 2}, {"name": "link", "value": null, "type": 3, "linkedId": 100},
                {"name": "team", "value": "dev", "type": 0}],
     "login": {"uris": [{"match": null, "uri": "https://git.example"}, {"uri": "https://two.example"}],
               "username": "li", "password": "p\u0041ss", "totp": "JBSWY3DP", "fido2Credentials": [{"credentialId": "x"}]},
     "passwordHistory": [{"lastUsedDate": "2022-01-01T00:00:00.000Z", "password": "old"}], "collectionIds": null},
    {"id": "i2", "folderId": null, "type": 2, "name": "Recovery", "notes": "codes", "secureNote": {"type": 0}},
    {"id": "i3", "folderId": "f2", "type": 3, "name": "Visa",
     "card": {"cardholderName": "Li", "brand": "Visa", "number": "4111", "expMonth": "2", "expYear": "2028", "code": "9"}},
    {"id": "i4", "type": 4, "name": "Me", "identity": {"firstName": "Li", "email": "li@x", "ssn": "000", "title": null}},
    {"id": "i5", "type": 5, "name": "Key", "sshKey": {"privateKey": "-----BEGIN", "publicKey": "ssh-ed25519 A",
     "keyFingerprint": "SHA256:x"}},
    {"id": "i6", "type": 1, "name": "Gone", "deletedDate": "2024-01-01T00:00:00Z", "login": {}},
    {"id": "i7", "type": 77, "name": "Future"},
    {"id": "i8", "name": "no type"},
    {"id": "i9", "type": 1, "name": "", "login": {"uris": null, "username": null, "password": null}},
    {"id": "i10", "type": 1, "name": "", "login": {"uris": [{"uri": "https://only.example/x"}], "password": "p"}}
  ]
}"#;

#[test]
fn a_bitwarden_export_becomes_groups_resources_and_accounts() {
    let plan = read(EXPORT.as_bytes());
    let groups: Vec<_> = plan.groups.iter().map(|group| (group.details.name.as_str(), group.parent)).collect();
    assert_eq!(groups, [("Work", None), ("Servers", Some(0)), ("空", None)]);
    assert_eq!(
        accounts(&plan),
        [
            ("GitLab", "li", "pAss"),
            ("Recovery", "", "codes"),
            ("Visa", "Li", "4111"),
            ("Me", "li@x", ""),
            ("Key", "", "-----BEGIN"),
            ("only.example", "", "p"),
        ]
    );
    let (resource, account) = (&plan.resources[0], &plan.accounts[0]);
    assert_eq!((resource.group, resource.details.url.as_str()), (Some(1), "https://git.example"));
    assert_eq!(resource.details.source_id.as_deref(), Some("bitwarden:i1"));
    assert_eq!(account.identity, Identity::SourceId("bitwarden:i1".into()));
    assert_eq!(account.details.notes, "n");
    assert_eq!(account.details.tags, ["favourite"]);
    assert_eq!(
        (account.details.created, account.details.changed),
        (Timestamp(1_672_628_645_000), Timestamp(1_675_307_045_000),)
    );
    let labels: Vec<_> = account.details.custom_fields.iter().map(|field| field.label.as_str()).collect();
    assert_eq!(labels, ["URL", "PIN", "team", "on", "team (2)"]);
    assert_eq!(account.details.custom_fields[1].value, CustomValue::Hidden);
    assert_eq!(account.secret.hidden("PIN").unwrap().expose(), "1234");
    assert_eq!(account.secret.otp_seed.as_ref().unwrap().expose(), "JBSWY3DP");
    assert_eq!(
        (account.history[0].value.expose(), account.history[0].until),
        ("old", Some(Timestamp(1_640_995_200_000)))
    );
    assert_eq!((plan.left_out.len(), plan.left_out[0].row, plan.left_out[0].part), (1, 1, Part::Passkey));

    assert_eq!(plan.accounts[1].details.secret_type, SecretType::Note);
    assert_eq!(plan.accounts[1].details.notes, "", "a secure note is secret as a whole");
    assert_eq!(plan.accounts[2].details.expiry, Day::parse("2028-02-29"));
    assert_eq!(plan.accounts[2].secret.hidden("Code").unwrap().expose(), "9");
    assert_eq!(plan.accounts[3].secret.hidden("Social security number").unwrap().expose(), "000");
    assert_eq!(plan.accounts[4].details.secret_type, SecretType::SshKey);
    assert_eq!(
        reasons(&plan),
        [
            (6, "Gone", Reason::Deleted),
            (7, "Future", Reason::UnknownKind),
            (8, "", Reason::Malformed),
            (9, "", Reason::NoName),
        ]
    );
    assert_eq!(plan.rows, 10);
}

#[test]
fn an_organisation_has_collections() {
    let plan = read(
        br#"{"encrypted":false,"collections":[{"id":"c1","organizationId":"o","name":"Ops/Web","externalId":null},
            {"id":"c2","name":"Audit"}],
            "items":[{"id":"i","organizationId":"o","folderId":null,"type":1,"name":"x","notes":null,"favorite":false,
            "login":{"password":"p"},"collectionIds":["c1","c2"]}]}"#,
    );
    let group = plan.resources[0].group.unwrap();
    assert_eq!(plan.groups[group].details.name, "Web");
    assert_eq!(plan.groups[group].details.source_id.as_deref(), Some("group:/Ops/Web"));
    assert_eq!(plan.accounts[0].details.tags, ["Audit"]);
}

#[test]
fn other_json_is_refused_with_its_reason() {
    assert_eq!(
        refused(br#"{"encrypted":true,"passwordProtected":true,"salt":"x","data":"2.x"}"#),
        ImportError::Encrypted
    );
    assert_eq!(refused(br#"{"encrypted":true,"encKeyValidation_DO_NOT_EDIT":"x","items":[]}"#), ImportError::Encrypted);
    assert_eq!(refused(b"{\"items\":[\n{\"a\": }]}"), ImportError::BrokenJson { line: 2 });
    assert_eq!(refused(br#"{"items":[]"#), ImportError::BrokenJson { line: 1 });
    assert_eq!(refused(b"[1,2]"), ImportError::UnknownFormat);
    assert_eq!(refused(br#"{"hello":"world"}"#), ImportError::UnknownFormat);
    assert_eq!(refused(br#"{"folders":[],"items":[]}"#), ImportError::Empty);
    let deep = format!("{{\"items\":{}", "[".repeat(100_000));
    assert!(matches!(refused(deep.as_bytes()), ImportError::BrokenJson { .. } | ImportError::UnknownFormat));
}
