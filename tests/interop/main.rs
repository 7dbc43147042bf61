//! Writes and reads KDBX files for `kdbx.py`, which compares them with what pykeepass and KeePassXC make of them:
//! `cargo xtask test --only interop`.
#![expect(clippy::print_stdout, reason = "what was read goes to whoever compares it")]

use anyhow::{Context, Result, bail};
use sealward_client::{
    export::{
        Archive, ArchivedAccount, ArchivedFile, ArchivedGroup, ArchivedResource, ArchivedVault, Container, PastSecret,
        kdbx,
    },
    import::{FileKey, Import, ImportPlan, Options},
    model::{
        AccountDetails, CustomField, CustomValue, Day, FileRef, HiddenField, ResourceDetails, ResourceGroupDetails,
        SecretPayload, VaultDetails,
    },
};
use sealward_contract::ids::{ObjectId, Timestamp};
use serde_json::{Value, json};
use zeroize::Zeroizing;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["write", file, password] => {
            let bytes = kdbx::write(&archive(), &(*password).into()).context("not written")?;
            Ok(std::fs::write(file, bytes)?)
        }
        ["read", file, password, key_file @ ..] => {
            let key_file = key_file.first().map(std::fs::read).transpose()?;
            let key = Some(FileKey { password: Some((*password).to_owned()), key_file });
            let options = Options { key, ..Options::default() };
            let file = Zeroizing::new(std::fs::read(file)?);
            let mut import = Import::open_as(file, &options, Timestamp(0))?;
            while !import.next_chunk(100)?.is_finished() {}
            println!("{}", written(&import.finish()));
            Ok(())
        }
        _ => bail!("write FILE PASSWORD | read FILE PASSWORD [KEY_FILE]"),
    }
}

/// The plan as JSON: one object for each account.
fn written(plan: &ImportPlan) -> Value {
    let path = |mut at: Option<usize>| {
        let mut names = Vec::new();
        while let Some(group) = at.and_then(|at| plan.groups.get(at)) {
            names.push(group.details.name.clone());
            at = group.parent;
        }
        names.reverse();
        names
    };
    let accounts = plan.accounts.iter().filter_map(|account| {
        let resource = plan.resources.get(account.resource)?;
        let fields = account.details.custom_fields.iter().map(|field| {
            let value = match &field.value {
                CustomValue::Text(text) => json!([text, false]),
                _ => json!([account.secret.hidden(&field.label).map(|value| value.expose()), true]),
            };
            (field.label.clone(), value)
        });
        let files = account.attachments.iter().map(|file| json!([file.name, String::from_utf8_lossy(&file.bytes)]));
        let past = account.history.iter().map(|past| json!([past.value.expose(), past.until.map(|until| until.0)]));
        Some(json!({
            "path": path(resource.group),
            "title": resource.details.name,
            "url": resource.details.url,
            "user_name": account.details.user_name,
            "password": account.secret.value.expose(),
            "otp": account.secret.otp_seed.as_ref().map(|seed| seed.expose()),
            "notes": account.details.notes,
            "tags": account.details.tags,
            "expiry": account.details.expiry.map(|day| day.0),
            "created": account.details.created.0,
            "changed": account.details.changed.0,
            "fields": fields.collect::<serde_json::Map<_, _>>(),
            "files": files.collect::<Vec<_>>(),
            "history": past.collect::<Vec<_>>(),
        }))
    });
    json!({ "accounts": accounts.collect::<Vec<_>>(), "rejected": plan.rejected.len() })
}

fn id(number: u8) -> ObjectId {
    let mut id = [0x11; 16];
    (id[6], id[8], id[15]) = (0x41, 0x81, number);
    ObjectId(id)
}

/// 2026-11-21 00:00:00, and a day before it.
const CHANGED: Timestamp = Timestamp(1_795_219_200_000);
const CREATED: Timestamp = Timestamp(1_795_132_800_000);

fn archive() -> Archive {
    let text = |label: &str, value: &str| CustomField { label: label.into(), value: CustomValue::Text(value.into()) };
    let license = FileRef { id: id(6), name: "license.txt".into(), media_type: "text/plain".into(), length: 7 };
    let mut secret = SecretPayload::new("pä\"ss<w>ö&rd 密码 🔑".into());
    secret.hidden.push(HiddenField { label: "PIN".into(), value: "0042".into() });
    secret.otp_seed = Some("otpauth://totp/Web:root?secret=JBSWY3DPEHPK3PXP&issuer=Web".into());
    Archive {
        team: "Team & Söhne".into(),
        written: CHANGED,
        vaults: vec![ArchivedVault {
            id: id(1),
            details: VaultDetails { name: "Operations".into(), ..VaultDetails::default() },
        }],
        groups: vec![ArchivedGroup {
            id: id(2),
            parent: Container::Vault(0),
            details: ResourceGroupDetails {
                name: "Servers 西".into(),
                notes: "All of them".into(),
                ..ResourceGroupDetails::default()
            },
        }],
        resources: vec![ArchivedResource {
            id: id(3),
            parent: Container::Group(0),
            details: ResourceDetails {
                name: "Web server".into(),
                url: "https://web.example/?a=1&b=2".into(),
                dns_name: "web.example".into(),
                ..ResourceDetails::default()
            },
        }],
        accounts: vec![ArchivedAccount {
            id: id(4),
            resource: 0,
            details: AccountDetails {
                name: "root".into(),
                user_name: "root".into(),
                notes: "Line one\nline <two>".into(),
                tags: vec!["production".into(), "生产".into()],
                expiry: Day::parse("2031-02-03"),
                custom_fields: vec![
                    text("Rack", "7b"),
                    CustomField { label: "PIN".into(), value: CustomValue::Hidden },
                ],
                files: Some(vec![license]),
                created: CREATED,
                changed: CHANGED,
                ..AccountDetails::default()
            },
            secret: Some(secret),
            past: vec![PastSecret { until: CHANGED, secret: SecretPayload::new("older".into()) }],
        }],
        files: vec![ArchivedFile { id: id(6), bytes: Zeroizing::new(b"license".to_vec()) }],
    }
}
