//! How single values are written: paths, tags, several URLs in one cell, yes and no, names with ids behind them.

use super::ImportFormat;
use super::draft::line;
use crate::model::SecretType;

/// The names in a path of groups.
pub(super) fn path(format: ImportFormat, value: &str) -> Vec<String> {
    let names = value.split(['/', '\\']).map(line).filter(|name| !name.is_empty());
    match format {
        // The first one is the database itself.
        ImportFormat::KeePassXcCsv => names.skip(1).collect(),
        ImportFormat::Passbolt => names.skip_while(|name| name == "Root").collect(),
        // A vault and a category are names, not paths.
        ImportFormat::ProtonPassCsv | ImportFormat::Dashlane => vec![line(value)],
        // One of an item's collections; the first is as good as any.
        ImportFormat::BitwardenCsv => {
            let first = value.split(',').next().unwrap_or_default();
            first.split('/').map(line).filter(|name| !name.is_empty()).collect()
        }
        _ => names.collect(),
    }
}

/// Tags: by comma or semicolon, or as JSON writes a list.
pub(super) fn tags(value: &str) -> impl Iterator<Item = String> {
    let value = value.trim().trim_start_matches('[').trim_end_matches(']');
    value.split([',', ';', '，', '；']).map(|tag| line(named_id(tag.trim().trim_matches(['"', '\''])).0))
}

/// The URLs in a cell. Commas are parts of URLs, so that only those before another scheme separate.
pub(super) fn urls(format: ImportFormat, value: &str) -> Vec<&str> {
    let value = value.trim();
    if !matches!(format, ImportFormat::BitwardenCsv | ImportFormat::ProtonPassCsv) {
        return vec![value];
    }
    let mut urls = Vec::new();
    let mut from = 0;
    for (at, _) in value.match_indices(',') {
        let next = value.get(at + 1..).unwrap_or_default().trim_start();
        let scheme = next.split("://").next().unwrap_or_default();
        let is_url = next.contains("://") && scheme.chars().all(|c| c.is_ascii_alphanumeric());
        if is_url && let Some(url) = value.get(from..at) {
            urls.push(url.trim());
            from = at + 1;
        }
    }
    urls.push(value.get(from..).unwrap_or_default().trim());
    urls.retain(|url| !url.is_empty());
    urls
}

/// Whether a value says yes.
pub(super) fn is_yes(value: &str) -> bool {
    let value = choice(value).to_lowercase();
    matches!(value.as_str(), "1" | "yes" | "true" | "y" | "x" | "是" | "真")
}

/// `web-1(0f3c…)` is a name and an id.
pub(super) fn named_id(value: &str) -> (&str, Option<&str>) {
    let inner = value.trim().strip_suffix(')').and_then(|value| value.rsplit_once('('));
    let is_id = |id: &str| id.len() >= 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    match inner {
        Some((name, id)) if is_id(id) && !name.is_empty() => (name, Some(id)),
        _ => (value.trim(), None),
    }
}

/// `SSH key(ssh_key)` is the choice `ssh_key`.
pub(super) fn choice(value: &str) -> &str {
    let inner = value.trim().strip_suffix(')').and_then(|value| value.rsplit_once('('));
    inner.map_or(value.trim(), |(_, choice)| choice)
}

/// JumpServer's kinds of secrets.
pub(super) fn secret_type(value: &str) -> SecretType {
    match value.to_lowercase().as_str() {
        "ssh_key" | "ssh key" | "ssh 密钥" | "密钥" => SecretType::SshKey,
        "access_key" | "access key" => SecretType::AccessKey,
        "token" | "令牌" => SecretType::Token,
        "api_key" | "api key" => SecretType::ApiKey,
        _ => SecretType::Password,
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn urls_are_told_from_commas() {
        let of = |value| urls(ImportFormat::BitwardenCsv, value);
        assert_eq!(of("https://a.example/x,y,https://b.example"), ["https://a.example/x,y", "https://b.example"]);
        assert_eq!(of("androidapp://c,"), ["androidapp://c,"]);
        assert_eq!(urls(ImportFormat::Chrome, "https://a,https://b"), ["https://a,https://b"]);
    }

    #[test]
    fn names_and_choices_stand_before_and_in_brackets() {
        let id = "09e1e072-1498-42f7-a6b1-567c2db56f59";
        assert_eq!(named_id("web (old)(09e1e072-1498-42f7-a6b1-567c2db56f59)"), ("web (old)", Some(id)));
        assert_eq!(named_id("web (old)"), ("web (old)", None));
        assert_eq!((choice("SSH 密钥(ssh_key)"), choice("password")), ("ssh_key", "password"));
        assert!(is_yes("Yes") && is_yes("是") && is_yes("1") && !is_yes("No") && !is_yes("0"));
        assert_eq!(tags(r#"["a","b(09e1e072-1498-42f7-a6b1-567c2db56f59)"]"#).collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn paths_begin_where_the_program_begins_them() {
        assert_eq!(path(ImportFormat::KeePassXcCsv, "Passwords/Web/Shops"), ["Web", "Shops"]);
        assert_eq!(path(ImportFormat::LastPass, "Work\\Servers"), ["Work", "Servers"]);
        assert_eq!(path(ImportFormat::ProtonPassCsv, "A/B"), ["A/B"]);
        assert_eq!(path(ImportFormat::Passbolt, "Root/a"), ["a"]);
    }
}
