//! A sheet in the clear: UTF-8 with a byte order mark, one line for each account. `docs/export-formats.md` names the
//! columns.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-`, `@`, a tab or a line break for a formula. Such a cell gets an
//! apostrophe before it, and so does one that begins with an apostrophe, so that taking one away gives the text again.

use super::archive::{Archive, ArchivedAccount, ArchivedResource, Container};
use crate::import::time::day_text;
use crate::model::{CustomField, CustomValue, SecretPayload, SecretType};
use std::fmt::Write as _;
use zeroize::Zeroizing;

/// The columns, in their order.
pub const COLUMNS: [&str; 25] = [
    "Vault",
    "Group",
    "Resource",
    "Resource type",
    "URL",
    "DNS name",
    "Resource description",
    "Resource notes",
    "Department",
    "Location",
    "Owner",
    "Resource tags",
    "Resource fields",
    "Account",
    "User name",
    "Secret type",
    "Secret",
    "One-time code",
    "Privileged",
    "Active",
    "Expiry",
    "Notes",
    "Tags",
    "Fields",
    "Changed",
];

/// Writes the sheet.
#[must_use]
pub fn write(archive: &Archive) -> Zeroizing<Vec<u8>> {
    let mut sheet = Zeroizing::new(String::from("\u{feff}"));
    line(&mut sheet, &COLUMNS);
    let mut has_accounts = vec![false; archive.resources.len()];
    for account in &archive.accounts {
        if let Some(resource) = archive.resources.get(account.resource) {
            row(&mut sheet, archive, resource, Some(account));
        }
        if let Some(seen) = has_accounts.get_mut(account.resource) {
            *seen = true;
        }
    }
    // A resource without accounts has a line too, or it would be lost.
    for (resource, _) in archive.resources.iter().zip(has_accounts).filter(|(_, has)| !has) {
        row(&mut sheet, archive, resource, None);
    }
    Zeroizing::new(std::mem::take(&mut *sheet).into_bytes())
}

fn row(sheet: &mut String, archive: &Archive, resource: &ArchivedResource, account: Option<&ArchivedAccount>) {
    let details = &resource.details;
    let vault = archive.vault_of(resource.parent).and_then(|vault| archive.vaults.get(vault));
    let secret = account.and_then(|account| account.secret.as_ref());
    let seed = secret.and_then(|secret| secret.otp_seed.as_ref());
    let of_resource = [
        vault.map_or("", |vault| &vault.details.name).to_owned(),
        group(archive, resource.parent),
        details.name.clone(),
        details.resource_type.clone(),
        details.url.clone(),
        details.dns_name.clone(),
        details.description.clone(),
        details.notes.clone(),
        details.department.clone(),
        details.location.clone(),
        details.owner.clone(),
        details.tags.join("\n"),
        fields(&details.custom_fields, None),
    ];
    let of_account = account.map(|ArchivedAccount { details, .. }| {
        [
            details.name.clone(),
            details.user_name.clone(),
            type_name(details.secret_type).to_owned(),
            secret.map_or("", |secret| secret.value.expose()).to_owned(),
            seed.map_or("", |seed| seed.expose()).to_owned(),
            yes_or_no(details.privileged).to_owned(),
            yes_or_no(details.active).to_owned(),
            details.expiry.map(day_text).unwrap_or_default(),
            details.notes.clone(),
            details.tags.join("\n"),
            fields(&details.custom_fields, secret),
            super::json::time(details.changed),
        ]
        .map(Zeroizing::new)
    });
    let none = || std::array::from_fn(|_| Zeroizing::default());
    let of_account = of_account.unwrap_or_else(none);
    let mut cells: Vec<&str> = of_resource.iter().map(String::as_str).collect();
    cells.extend(of_account.iter().map(|cell| cell.as_str()));
    line(sheet, &cells);
}

/// The groups above something, with `/` between them.
fn group(archive: &Archive, container: Container) -> String {
    archive.path_of(container).join("/")
}

fn yes_or_no(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

/// The name of a type, the same one in every format.
pub(super) fn type_name(secret_type: SecretType) -> &'static str {
    match secret_type {
        SecretType::Password => "password",
        SecretType::SshKey => "ssh_key",
        SecretType::AccessKey => "access_key",
        SecretType::Token => "token",
        SecretType::ApiKey => "api_key",
        SecretType::Certificate => "certificate",
        SecretType::Note => "note",
    }
}

/// The type of a name.
pub(crate) fn type_of_name(name: &str) -> Option<SecretType> {
    SecretType::ALL.into_iter().find(|known| type_name(*known) == name)
}

/// One `label: value` on each line.
fn fields(fields: &[CustomField], secret: Option<&SecretPayload>) -> String {
    let mut text = String::new();
    for field in fields {
        let value = match &field.value {
            CustomValue::Text(text) => text.as_str(),
            CustomValue::Date(day) => &day_text(*day),
            CustomValue::Hidden => {
                secret.and_then(|secret| secret.hidden(&field.label)).map_or("", |value| value.expose())
            }
            CustomValue::File(file) => &file.name,
        };
        if !text.is_empty() {
            text.push('\n');
        }
        // Writing to a String cannot fail.
        let _ = write!(text, "{}: {value}", field.label);
    }
    text
}

/// Adds a line: every cell in quotes, none of them a formula.
pub(super) fn line(sheet: &mut String, cells: &[&str]) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            sheet.push(',');
        }
        sheet.push('"');
        if is_formula(cell) {
            sheet.push('\'');
        }
        for character in cell.chars() {
            if character == '"' {
                sheet.push('"');
            }
            sheet.push(character);
        }
        sheet.push('"');
    }
    sheet.push_str("\r\n");
}

/// Whether a spreadsheet might do something with a cell. The wide forms are those of East Asian keyboards.
fn is_formula(cell: &str) -> bool {
    const STARTS: [char; 12] =
        ['=', '+', '-', '@', '\t', '\r', '\n', '\'', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
    cell.starts_with(STARTS)
}
