//! Accounts, assets and nodes as this dialect shows them. A secret stands in none of them.

use super::catalog::{Catalog, Node};
use crate::gateway::shared::{
    find::{Account, Resource},
    time::{read, written},
};
use sealward_client::model::{PublicPart, ResourceDetails, ResourceKind, SecretType};
use sealward_contract::ids::{Timestamp, Version};
use serde_json::{Value, json};

/// Something of several, with its label.
pub fn choice(value: &str, label: &str) -> Value {
    json!({ "value": value, "label": label })
}

/// What a kind of secret is called.
pub fn secret_type(kind: SecretType) -> (&'static str, &'static str) {
    match kind {
        SecretType::Password => ("password", "Password"),
        SecretType::SshKey => ("ssh_key", "SSH key"),
        SecretType::AccessKey => ("access_key", "Access key"),
        SecretType::Token => ("token", "Token"),
        SecretType::ApiKey => ("api_key", "API key"),
        SecretType::Certificate => ("certificate", "Certificate"),
        SecretType::Note => ("note", "Note"),
    }
}

/// The kind of secret that is called so.
pub fn read_secret_type(named: &str) -> Option<SecretType> {
    SecretType::ALL.into_iter().find(|kind| secret_type(*kind).0 == named)
}

/// Category and type of an asset, each with its label.
pub fn kinds(details: &ResourceDetails) -> ((&'static str, &'static str), (&'static str, &'static str)) {
    let host = ("host", "Host");
    match details.kind() {
        Some(ResourceKind::Linux) => (host, ("linux", "Linux")),
        Some(ResourceKind::Windows) => (host, ("windows", "Windows")),
        Some(ResourceKind::Server) => (host, ("other", "Other")),
        Some(ResourceKind::Database) => (("database", "Database"), database(&details.resource_type)),
        Some(ResourceKind::NetworkDevice) => (("device", "Device"), ("general", "General")),
        Some(ResourceKind::Website) => (("web", "Web"), ("website", "Website")),
        Some(ResourceKind::Cloud) => (("cloud", "Cloud service"), ("public", "Public cloud")),
        Some(ResourceKind::Application | ResourceKind::FileStore) | None => {
            (("custom", "Custom type"), ("other", "Other"))
        }
    }
}

fn database(named: &str) -> (&'static str, &'static str) {
    let named = named.to_lowercase();
    let known = [
        ("mysql", ("mysql", "MySQL")),
        ("mariadb", ("mariadb", "MariaDB")),
        ("postgres", ("postgresql", "PostgreSQL")),
        ("oracle", ("oracle", "Oracle")),
        ("mssql", ("sqlserver", "SQLServer")),
        ("sql server", ("sqlserver", "SQLServer")),
        ("sqlserver", ("sqlserver", "SQLServer")),
        ("clickhouse", ("clickhouse", "ClickHouse")),
        ("mongo", ("mongodb", "MongoDB")),
        ("redis", ("redis", "Redis")),
        ("db2", ("db2", "DB2")),
    ];
    known.iter().find(|(word, _)| named.contains(word)).map_or(("other", "Other"), |(_, found)| *found)
}

/// Where an asset is reached.
pub fn address(details: &ResourceDetails) -> &str {
    if details.dns_name.is_empty() { &details.url } else { &details.dns_name }
}

/// `2022/04/05 09:24:54 +0000`
pub fn time(time: Timestamp) -> String {
    written(time, TIME)
}

const TIME: &str = "%Y/%m/%d %H:%M:%S %z";

/// Reads what [`time`] wrote.
pub fn read_time(text: &str) -> Option<Timestamp> {
    read(text, TIME)
}

fn platform(details: &ResourceDetails) -> Value {
    let (id, name) = match details.kind() {
        None => (1, "Other"),
        Some(kind) => (kind as u32 + 2, kind.english()),
    };
    json!({ "id": id, "name": name })
}

fn asset_of(resource: &Resource) -> Value {
    let (category, kind) = kinds(&resource.details);
    json!({
        "id": resource.id.to_string(),
        "name": resource.details.name,
        "address": address(&resource.details),
        "type": choice(kind.0, kind.1),
        "category": choice(category.0, category.1),
        "platform": platform(&resource.details),
        "auto_config": {},
    })
}

/// What is shown of an account besides what it says itself.
pub struct About {
    /// The team's id.
    pub team: String,
    /// The team's name.
    pub team_name: String,
    /// Whether it has a secret.
    pub has_secret: bool,
    /// Who wrote its present version.
    pub author: String,
}

/// An account.
pub fn account(about: &About, account: &Account, resource: &Resource) -> Value {
    let details = &account.details;
    let (kind, label) = secret_type(details.secret_type);
    let is_first = account.version == Version::FIRST;
    json!({
        "id": account.id.to_string(),
        "name": details.name,
        "username": details.user_name,
        "secret_type": choice(kind, label),
        "has_secret": about.has_secret,
        "privileged": details.privileged,
        "is_active": details.active,
        "asset": asset_of(resource),
        "version": account.version.0,
        "comment": details.notes,
        "labels": details.tags,
        "su_from": null,
        "ds": null,
        "source": choice("local", "Local"),
        "source_id": details.source_id,
        "secret_reset": true,
        "connectivity": choice("-", "Unknown"),
        // Who made it is known while nobody has changed it.
        "created_by": if is_first { about.author.as_str() } else { "" },
        "date_created": time(details.created),
        "date_updated": time(account.time),
        "date_verified": null,
        "date_last_login": null,
        "login_by": null,
        "date_change_secret": null,
        "change_secret_status": null,
        "spec_info": spec_info(details.public.as_ref()),
        "org_id": about.team,
        "org_name": about.team_name,
    })
}

fn spec_info(public: Option<&PublicPart>) -> Value {
    match public {
        Some(PublicPart::SshKey(key)) => json!({ "ssh_key_fingerprint": key.fingerprint }),
        Some(PublicPart::Certificate(certificate)) => json!({ "fingerprint": certificate.fingerprint }),
        None => json!({}),
    }
}

/// An asset.
pub fn asset(catalog: &Catalog, resource: &Resource) -> Value {
    let nodes = catalog.node_of(resource);
    let shown = nodes.map(|node| json!({ "id": node.id.to_string(), "name": node.name }));
    let mut shape = asset_of(resource);
    let more = json!({
        "comment": resource.details.description,
        "domain": null,
        "zone": null,
        "nodes": shown.into_iter().collect::<Vec<_>>(),
        "nodes_display": nodes.map(|node| node.full_name.as_str()).into_iter().collect::<Vec<_>>(),
        "labels": resource.details.tags,
        "protocols": [],
        "is_active": true,
        "connectivity": choice("-", "Unknown"),
        "date_verified": null,
        "accounts_amount": catalog.accounts_on(resource),
        "date_created": time(resource.details.created),
        "date_updated": time(resource.time),
        "org_id": catalog.team.to_string(),
        "org_name": catalog.team_name,
    });
    if let (Some(shape), Value::Object(more)) = (shape.as_object_mut(), more) {
        shape.extend(more);
    }
    shape
}

/// A node: a vault, or a resource group in one.
pub fn node(catalog: &Catalog, node: &Node) -> Value {
    json!({
        "id": node.id.to_string(),
        "key": node.key,
        "value": node.name,
        "name": node.name,
        "full_value": node.full_name,
        "assets_amount": catalog.resources_under(&node.id),
        "org_id": catalog.team.to_string(),
        "org_name": catalog.team_name,
    })
}
