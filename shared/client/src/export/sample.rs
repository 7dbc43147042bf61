//! For tests: an archive in which every field holds something of its own.

use super::{
    Archive, ArchivedAccount, ArchivedFile, ArchivedGroup, ArchivedResource, ArchivedVault, Container, PastSecret,
};
use crate::model::{
    AccountDetails, BuiltIn, CustomField, CustomValue, Day, FileRef, HiddenField, PolicyRef, ResourceDetails,
    ResourceGroupDetails, SecretPayload, SecretType, VaultDetails,
};
use sealward_contract::ids::{ObjectId, Timestamp};
use zeroize::Zeroizing;

pub fn id(number: u8) -> ObjectId {
    let mut id = [0; 16];
    // As a random UUID has it.
    (id[6], id[8], id[15]) = (0x40, 0x80, number);
    ObjectId(id)
}

pub const TIME: Timestamp = Timestamp(1_795_219_200_000);

fn file(number: u8, name: &str, length: u64) -> FileRef {
    FileRef { id: id(number), name: name.to_owned(), media_type: "text/plain".to_owned(), length }
}

/// One vault with a group in a group, a resource with two accounts in it, and one with none beside it; a second vault.
pub fn archive() -> Archive {
    let text = |label: &str, value: &str| CustomField { label: label.into(), value: CustomValue::Text(value.into()) };
    let server = ResourceDetails {
        name: "Web server".into(),
        resource_type: "Linux".into(),
        url: "https://web-01.example.com/?a=1&b=<2>".into(),
        dns_name: "web-01.example.com".into(),
        description: "Serves the site".into(),
        notes: "First line\nsecond line".into(),
        department: "Operations".into(),
        location: "Kyoto".into(),
        tags: vec!["production".into(), "生产".into()],
        owner: "Grace".into(),
        custom_fields: vec![text("Rack", "7b")],
        created: Timestamp(TIME.0 - 86_400_000),
        changed: TIME,
        policy: Some(PolicyRef::BuiltIn(BuiltIn::Strong)),
        ..Default::default()
    };
    let root = AccountDetails {
        name: "Administrator".into(),
        user_name: "root".into(),
        privileged: true,
        expiry: Some(Day(20_800)),
        notes: "=1+1 is no formula".into(),
        custom_fields: vec![
            text("Room", "4711"),
            CustomField { label: "Since".into(), value: CustomValue::Date(Day(20_000)) },
            CustomField { label: "PIN".into(), value: CustomValue::Hidden },
        ],
        tags: vec!["root".into(), "密码".into()],
        created: Timestamp(TIME.0 - 172_800_000),
        changed: Timestamp(TIME.0 - 1_000),
        files: Some(vec![file(0x31, "license.txt", 7), file(0x32, "empty", 0)]),
        ..Default::default()
    };
    let mut secret = SecretPayload::new("pä\"ss<w>ö&rd 密码 🔑".into());
    secret.hidden.push(HiddenField { label: "PIN".into(), value: "0042".into() });
    secret.otp_seed = Some("otpauth://totp/Example:root?secret=JBSWY3DPEHPK3PXP&issuer=Example".into());
    let deploy = AccountDetails {
        name: "deploy".into(),
        user_name: "deploy".into(),
        secret_type: SecretType::SshKey,
        active: false,
        created: TIME,
        changed: TIME,
        ..Default::default()
    };
    let key =
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU\n-----END OPENSSH PRIVATE KEY-----\n";
    let past = |value: &str, until| PastSecret { until: Timestamp(until), secret: SecretPayload::new(value.into()) };
    Archive {
        team: "Team & Söhne".into(),
        written: TIME,
        vaults: vec![
            ArchivedVault {
                id: id(1),
                details: VaultDetails {
                    name: "Operations".into(),
                    description: "What runs".into(),
                    policy: Some(PolicyRef::BuiltIn(BuiltIn::Medium)),
                    ..Default::default()
                },
            },
            ArchivedVault { id: id(2), details: VaultDetails { name: "私人".into(), ..Default::default() } },
        ],
        groups: vec![
            ArchivedGroup {
                id: id(0x11),
                parent: Container::Vault(0),
                details: ResourceGroupDetails { name: "Servers".into(), notes: "All of them".into(), source_id: None },
            },
            ArchivedGroup {
                id: id(0x12),
                parent: Container::Group(0),
                details: ResourceGroupDetails { name: "EU/West".into(), ..Default::default() },
            },
        ],
        resources: vec![
            ArchivedResource { id: id(0x21), parent: Container::Group(1), details: server },
            ArchivedResource {
                id: id(0x22),
                parent: Container::Vault(0),
                details: ResourceDetails { name: "Empty shelf".into(), ..Default::default() },
            },
            ArchivedResource {
                id: id(0x23),
                parent: Container::Vault(1),
                details: ResourceDetails {
                    name: "Shop".into(),
                    url: "https://shop.example".into(),
                    ..Default::default()
                },
            },
        ],
        accounts: vec![
            ArchivedAccount {
                id: id(0x41),
                resource: 0,
                details: root,
                secret: Some(secret),
                past: vec![past("newer", TIME.0 - 5_000), past("older", TIME.0 - 9_000)],
            },
            ArchivedAccount {
                id: id(0x42),
                resource: 0,
                details: deploy,
                secret: Some(SecretPayload::new(key.into())),
                past: vec![],
            },
            ArchivedAccount {
                id: id(0x43),
                resource: 2,
                details: AccountDetails {
                    name: "@me".into(),
                    user_name: "me@example.com".into(),
                    ..Default::default()
                },
                secret: None,
                past: vec![],
            },
        ],
        files: vec![
            ArchivedFile { id: id(0x31), bytes: Zeroizing::new(b"license".to_vec()) },
            ArchivedFile { id: id(0x32), bytes: Zeroizing::new(Vec::new()) },
        ],
    }
}

/// One of each.
pub fn small() -> Archive {
    Archive {
        team: "Team".into(),
        written: TIME,
        vaults: vec![ArchivedVault { id: id(1), details: VaultDetails { name: "Vault".into(), ..Default::default() } }],
        groups: vec![ArchivedGroup {
            id: id(2),
            parent: Container::Vault(0),
            details: ResourceGroupDetails { name: "Group".into(), ..Default::default() },
        }],
        resources: vec![ArchivedResource {
            id: id(3),
            parent: Container::Group(0),
            details: ResourceDetails { name: "Server".into(), created: TIME, changed: TIME, ..Default::default() },
        }],
        accounts: vec![ArchivedAccount {
            id: id(4),
            resource: 0,
            details: AccountDetails {
                name: "root".into(),
                user_name: "root".into(),
                created: TIME,
                changed: TIME,
                ..Default::default()
            },
            secret: Some(SecretPayload::new("secret".into())),
            past: vec![PastSecret { until: TIME, secret: SecretPayload::new("older".into()) }],
        }],
        files: vec![ArchivedFile { id: id(5), bytes: Zeroizing::new(b"bytes".to_vec()) }],
    }
}
