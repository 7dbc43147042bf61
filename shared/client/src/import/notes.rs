//! Texts that hold fields: `label: value` on lines of their own.

use super::draft::line;
use super::fields::Fields;
use super::header::sounds_secret;
use super::sheet::Understood;
use super::time::day;
use crate::model::{SecretText, SecretType};

/// Bitwarden's custom fields in one cell. The CSV does not say which of them were hidden: what sounds secret becomes so.
pub(super) fn push_lines(text: &str, fields: &mut Fields) {
    for text in text.lines().filter(|text| !text.trim().is_empty()) {
        let (label, value) = text.split_once(": ").unwrap_or(("", text));
        push(label, value, fields);
    }
}

fn push(label: &str, value: &str, fields: &mut Fields) {
    if sounds_secret(label) {
        fields.push_hidden(label, SecretText::from(value));
    } else {
        fields.push_text(label, value);
    }
}

/// LastPass keeps servers, cards, keys and all else in the notes: the first line is `NoteType:Server`, then a field on
/// each line, then `Notes:` and whatever follows.
pub(super) fn take_lastpass(text: &str, it: &mut Understood) {
    let (fields, notes) = match text.split_once("\nNotes:") {
        Some((fields, notes)) => (fields, notes),
        None => (text, ""),
    };
    notes.trim().clone_into(&mut it.notes);
    it.secret_type = SecretType::Note;
    let mut pending: Option<(&str, String)> = None;
    // A value goes on until the next line that begins with a label: keys have many lines.
    for text in fields.lines() {
        match text.split_once(':') {
            Some((label, value)) if is_label(label) => {
                if let Some((label, value)) = pending.replace((label, value.to_owned())) {
                    take_field(label, value, it);
                }
            }
            _ => {
                if let Some((_, value)) = &mut pending {
                    value.push('\n');
                    value.push_str(text);
                }
            }
        }
    }
    if let Some((label, value)) = pending {
        take_field(label, value, it);
    }
}

fn is_label(label: &str) -> bool {
    label.len() <= 40
        && label.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '/' | '(' | ')' | '.'))
        && label.chars().next().is_some_and(|first| first.is_uppercase() || !first.is_ascii())
}

fn take_field(label: &str, value: String, it: &mut Understood) {
    let text = SecretText::new(value);
    // An empty date is a comma.
    if text.expose().trim_matches([' ', ',', '\n']).is_empty() {
        return;
    }
    let value = text.expose().trim();
    match label {
        "NoteType" => it.resource.resource_type = line(value),
        "Language" => {}
        "Hostname" | "Server" if it.resource.dns_name.is_empty() => it.resource.dns_name = line(value),
        "URL" if it.resource.url.is_empty() => it.resource.url = line(value),
        "Username" | "Name on Card" | "Login Name" if it.user_name.is_empty() => it.user_name = line(value),
        "Password" if it.value.is_empty() => {
            it.secret_type = SecretType::Password;
            it.value = text;
        }
        "Private Key" if it.value.is_empty() => {
            it.secret_type = SecretType::SshKey;
            it.value = text;
        }
        "Number" | "Account Number" | "License Key" if it.value.is_empty() => it.value = text,
        "Number" | "Account Number" | "Security Code" | "Routing Number" | "License Key" | "SSN" | "PIN" => {
            it.fields.push_hidden(label, text);
        }
        "Date" | "Date of Birth" | "Expiration Date" | "Start Date" => match day(value) {
            Some(day) => it.fields.push_day(label, day),
            None => it.fields.push_text(label, value),
        },
        _ => push(label, value, &mut it.fields),
    }
}
