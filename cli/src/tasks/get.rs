//! One item, its secret, or one value of it.

use super::{Answer, find, item};
use crate::{
    engine::Open,
    failure::Failure,
    fault::{Fault, Place},
    missing::Missing,
    views::{Hidden, HiddenView, SecretView},
};
use sealward_client::{model::SecretPayload, operations::Item, otp::Seed};
use sealward_contract::{ids::Version, record::RecordKind};
use serde::{Deserialize, Serialize};

/// Beginning of a reference: `sealward://vault/resource/account/field`.
pub const REFERENCE: &str = "sealward://";

/// Fields that a resource has and its accounts have not.
const OF_RESOURCE: [&str; 7] = ["resource_type", "url", "dns_name", "description", "department", "location", "owner"];

/// What is wanted of which item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// The item: its number, id or path.
    pub what: String,
    /// One value: a field's name, the label of a custom field, `secret` or `code`.
    pub field: Option<String>,
    /// An earlier version of the secret.
    pub version: Option<u32>,
    /// Only what is known without the secret.
    pub without_secret: bool,
}

pub(super) async fn get(session: &Open, wanted: Wanted) -> Result<Answer, Fault> {
    let found = find::item(session, &wanted.what).map_err(|failure| Missing::item(failure, &wanted.what))?;
    let shown = item::show(session, found)?;
    if let Some(field) = &wanted.field {
        return value(session, found, field, wanted.version).await.map(Answer::Value);
    }
    if found.key.kind != RecordKind::Account || wanted.without_secret {
        return Ok(Answer::Item(shown));
    }
    if wanted.version.is_none() && !session.has_secret(&found.vault, &found.key.id) {
        return Ok(Answer::Secret(SecretView {
            item: shown,
            secret: None,
            hidden: Vec::new(),
            code: None,
            superseded: false,
        }));
    }
    let (payload, superseded) = release(session, found, wanted.version).await?;
    let hidden = payload.hidden.iter();
    Ok(Answer::Secret(SecretView {
        item: shown,
        secret: (!payload.value.is_empty()).then(|| Hidden::of(payload.value.expose())),
        hidden: hidden
            .map(|field| HiddenView { label: field.label.clone(), value: Hidden::of(field.value.expose()) })
            .collect(),
        // A seed that is none hides nothing but its codes.
        code: code(session, &payload).ok().flatten(),
        superseded,
    }))
}

/// Values of references.
pub(super) async fn resolve(session: &Open, references: &[String]) -> Result<Answer, Fault> {
    let mut values = Vec::with_capacity(references.len());
    for reference in references {
        let unusable = || Failure::Usage(format!("{reference}: not like {REFERENCE}vault/resource/account/field"));
        let mut names = find::split(reference.strip_prefix(REFERENCE).ok_or_else(unusable)?);
        let field = names.pop().filter(|field| !field.is_empty()).ok_or_else(unusable)?;
        let filled = resolve_one(session, &names, &field).await;
        values.push(filled.map_err(|fault| fault.at(Place::Reference(reference.clone())))?);
    }
    Ok(Answer::Values(values))
}

async fn resolve_one(session: &Open, names: &[String], field: &str) -> Result<Hidden, Fault> {
    let account = find::named_account(session, &find::join(names.iter().map(String::as_str)))?;
    value(session, account, field, None).await
}

/// One value of an item: of what is known without the secret first, so that nothing is released that is not needed.
async fn value(session: &Open, found: Item, field: &str, version: Option<u32>) -> Result<Hidden, Fault> {
    let shown = item::show(session, found)?;
    let plain = match field {
        "name" => Some(shown.name.clone()),
        "id" => Some(shown.id.clone()),
        "number" => shown.number.map(|number| number.to_string()),
        "path" => Some(shown.path.clone()),
        "secret" | "password" | "code" => None,
        _ => {
            let own =
                shown.fields.get(field).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            own.or_else(|| shown.custom_fields.iter().find(|custom| custom.label == field)?.value.clone())
        }
    };
    if let Some(plain) = plain {
        return Ok(Hidden::of(&plain));
    }
    let is_hidden = shown.custom_fields.iter().any(|custom| custom.label == field && custom.kind == "hidden");
    let is_account = found.key.kind == RecordKind::Account;
    if is_account && OF_RESOURCE.contains(&field) {
        // Where an account is opened stands at its resource.
        let resource = session.vaults().get(&found.vault).and_then(|view| view.parent(&found.key));
        let resource = item::show(session, Item { vault: found.vault, key: resource.ok_or(Failure::NotFound)? })?;
        return Ok(Hidden::of(resource.fields.get(field).and_then(serde_json::Value::as_str).unwrap_or_default()));
    }
    if !is_account || !(is_hidden || matches!(field, "secret" | "password" | "code")) {
        // A field that there is, and that is empty, is no fault.
        let is_known = match found.key.kind {
            RecordKind::Account => matches!(field, "user_name" | "notes" | "expiry"),
            RecordKind::Resource => field == "notes" || OF_RESOURCE.contains(&field),
            RecordKind::ResourceGroup => field == "notes",
            _ => field == "description",
        };
        return if is_known {
            Ok(Hidden::default())
        } else {
            Err(Missing::Field { item: shown.path, field: field.to_owned() }.into())
        };
    }
    let (payload, _) = release(session, found, version).await?;
    match field {
        "secret" | "password" => Ok(Hidden::of(payload.value.expose())),
        "code" => code(session, &payload)?.ok_or_else(|| Missing::Code(shown.path).into()),
        label => {
            let value = payload.hidden(label).map(|value| Hidden::of(value.expose()));
            value.ok_or_else(|| Missing::Field { item: shown.path, field: label.to_owned() }.into())
        }
    }
}

/// The secret: released for whoever may have it, or by the request that it is checked out with; and whether there is a newer
/// version than that one.
async fn release(session: &Open, found: Item, version: Option<u32>) -> Result<(SecretPayload, bool), Fault> {
    let account = found.key.id;
    match version {
        Some(version) => {
            let released = session.release_version(found.vault, account, Version(version)).await.map_err(Failure::from);
            let path = || item::show(session, found).map(|shown| shown.path).unwrap_or_default();
            let missing = |failure| Missing::unless(failure, || Missing::Version { item: path(), version });
            Ok((released.map_err(missing)?, false))
        }
        None => Ok(session.release_as_may(found.vault, account).await?),
    }
}

fn code(session: &Open, payload: &SecretPayload) -> Result<Option<Hidden>, Failure> {
    let Some(seed) = &payload.otp_seed else { return Ok(None) };
    let now = session.surroundings().now();
    let seed = Seed::read(seed.expose()).map_err(|_| {
        Failure::Usage(
            "code: the seed that is stored makes no codes: `sealward edit --otp-file` writes another".to_owned(),
        )
    })?;
    Ok(Some(Hidden::of(seed.code_at(now).now.expose())))
}
