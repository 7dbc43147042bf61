//! Making items: one, or many from a list. Everything is checked before the first of them is written.

use super::{
    Answer, Running,
    fields::{OF_ACCOUNT, account_details, group_details, resource_details},
    find, item,
};
use crate::{
    engine::Open,
    failure::Failure,
    fault::{Fault, Place as Which},
    missing::Missing,
    strength,
    views::{ChangedView, Hidden, Kind, ReportView},
};
use sealward_client::{
    error::Error,
    files::FileChanges,
    generate::PasswordRecipe,
    model::{AccountDetails, HiddenField, Payload, SecretPayload, SecretText, VaultDetails},
    operations::{Item, NewAccount, NewSecret as WrittenSecret, PasswordUse, Place},
    otp::Seed,
    session::NewVault,
};
use sealward_contract::{
    chain::VaultKind,
    ids::VaultId,
    record::{LeafKey, RecordKind},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Something to be made. From JSON, every field but the path is optional.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewItem {
    /// Where, and under which name: `vault/resource/account` and what leads there. A resource that is not there is made.
    pub path: String,
    /// What it is; an account where nothing is said.
    #[serde(default)]
    pub kind: Option<Kind>,
    /// The resource group that a resource is put into, by its name.
    #[serde(default)]
    pub group: Option<String>,
    /// Plain fields by name: of the account, and of the resource where that is made.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    /// Tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Custom fields of plain text, by label.
    #[serde(default)]
    pub custom_fields: BTreeMap<String, String>,
    /// The secret.
    #[serde(default)]
    pub secret: NewSecret,
}

/// A secret that is to be sealed.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSecret {
    /// The text.
    #[serde(default)]
    pub text: Option<Hidden>,
    /// Make a random password of so many characters instead.
    #[serde(default)]
    pub generate: Option<u16>,
    /// Hidden custom fields by label.
    #[serde(default)]
    pub hidden: BTreeMap<String, Hidden>,
    /// The seed of one-time codes.
    #[serde(default)]
    pub otp_seed: Option<Hidden>,
}

impl NewSecret {
    /// Whether nothing is to be sealed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_none() && self.generate.is_none() && self.hidden.is_empty() && self.otp_seed.is_none()
    }

    /// The text that is to be sealed, where one is given or made.
    pub(super) fn text(&self, session: &Open) -> Result<Option<SecretText>, Failure> {
        match (&self.text, self.generate) {
            (Some(_), Some(_)) => Err(Failure::Usage("a secret is given, and one is to be made".to_owned())),
            (Some(text), None) => Ok(Some(SecretText::from(text.0.as_str()))),
            (None, None) => Ok(None),
            (None, Some(length)) => {
                let recipe = PasswordRecipe { length, ..PasswordRecipe::default() };
                let made = session.surroundings().with_randomness(|randomness| recipe.make(randomness));
                made.map(|made| Some(made.text)).map_err(|fault| Failure::Usage(format!("generate: {fault}")))
            }
        }
    }
}

/// Where something is put.
enum Spot {
    Vault(String),
    Group(VaultId, String),
    Resource(VaultId, Option<String>, String),
    /// On a resource that is there, or is made before.
    Account(VaultId, Option<LeafKey>, Option<String>, String, String),
}

pub(super) async fn create(session: &Open, items: Vec<NewItem>, running: Running) -> Result<Answer, Fault> {
    let mut report = ReportView { dry_run: running == Running::Dry, ..ReportView::default() };
    let mut paths = BTreeSet::new();
    let count = items.len();
    for (at, new) in items.iter().enumerate() {
        let is_twice = !paths.insert((&new.path, new.kind));
        let checked = if is_twice { Err(Fault::Twice(new.path.clone())) } else { check(session, new) };
        checked.map_err(|fault| of_row(fault, (at, count), new))?;
    }
    for (done, new) in items.into_iter().enumerate() {
        if running == Running::Dry {
            report.changed.push(ChangedView { id: String::new(), number: None, path: new.path, version: None });
            continue;
        }
        match create_one(session, &new).await {
            Ok(changed) => report.changed.push(changed),
            Err(failure) => {
                // What it is put into is all that it can lack by now.
                let fault = Missing::item(failure, new.group.as_deref().unwrap_or(&new.path));
                let fault = of_row(fault, (done, count), &new);
                return Err(if count == 1 { fault } else { Fault::Partly { done, of: count, why: Box::new(fault) } });
            }
        }
    }
    Ok(Answer::Report(report))
}

/// A fault of one of many, with the row that it is of.
fn of_row(fault: Fault, (at, count): (usize, usize), new: &NewItem) -> Fault {
    if count == 1 { fault } else { fault.at(Which::Row(at + 1, new.path.clone())) }
}

/// Whether it can be made, as far as that can be told now.
fn check(session: &Open, new: &NewItem) -> Result<(), Fault> {
    let vault = || find::split(&new.path).into_iter().next().unwrap_or_default();
    let spot = spot(session, new).map_err(|failure| Missing::unless(failure, || Missing::Item(vault())))?;
    check_seed(&new.secret)?;
    let is_bare = new.tags.is_empty() && new.custom_fields.is_empty();
    let fits = match &spot {
        Spot::Vault(_) => is_bare && new.secret.is_empty() && new.fields.keys().all(|field| field == "description"),
        Spot::Group(..) => is_bare && new.secret.is_empty(),
        Spot::Resource(..) => new.secret.is_empty(),
        Spot::Account(..) => true,
    };
    if !fits {
        return Err(Failure::Usage(format!(
            "{}: only accounts have secrets, and only they and resources tags and custom fields",
            new.path
        ))
        .into());
    }
    match &spot {
        Spot::Vault(name) => VaultDetails { name: name.clone(), ..VaultDetails::default() }.to_bytes().map(drop),
        Spot::Group(_, name) => group_details(new, name)?.to_bytes().map(drop),
        Spot::Resource(_, _, name) => resource_details(session, new, name)?.to_bytes().map(drop),
        Spot::Account(_, resource, _, resource_name, name) => {
            if resource.is_none() {
                resource_details(session, new, resource_name)?.to_bytes().map_err(Error::from)?;
            } else if let Some(field) = new.fields.keys().find(|field| !OF_ACCOUNT.contains(&field.as_str())) {
                let words = format!("{}: {field}: no field of an account, and its resource is there", new.path);
                return Err(Failure::Usage(words).into());
            }
            account_details(session, new, name)?.to_bytes().map(drop)
        }
    }
    .map_err(Error::from)?;
    // Two things of one name would be found by neither.
    match find::item(session, &new.path) {
        Ok(_) | Err(Failure::Ambiguous(_)) => Err(Fault::Exists(new.path.clone())),
        Err(_) => Ok(()),
    }
}

/// Whether a seed makes codes, before it is written: one that does not is of no use to anybody.
pub(super) fn check_seed(secret: &NewSecret) -> Result<(), Failure> {
    let Some(seed) = &secret.otp_seed else { return Ok(()) };
    Seed::read(&seed.0).map(drop).map_err(|_| {
        Failure::Usage(
            "otp_seed: no seed of one-time codes: it is base32 (A to Z, 2 to 7) or a link that begins with otpauth://"
                .to_owned(),
        )
    })
}

fn spot(session: &Open, new: &NewItem) -> Result<Spot, Failure> {
    let names = find::split(&new.path);
    let said = if new.path.is_empty() { "path" } else { new.path.as_str() };
    let unfit = |form: &str| Failure::Usage(format!("{said}: a path like {form} is needed"));
    match (new.kind.unwrap_or(Kind::Account), names.as_slice()) {
        (Kind::Vault, [name]) => Ok(Spot::Vault(name.clone())),
        (Kind::Vault, _) => Err(unfit("vault")),
        (Kind::ResourceGroup, [vault, name]) => Ok(Spot::Group(find::vault(session, vault)?, name.clone())),
        (Kind::ResourceGroup, _) => Err(unfit("vault/group")),
        (Kind::Resource, [vault, name]) => {
            Ok(Spot::Resource(find::vault(session, vault)?, new.group.clone(), name.clone()))
        }
        (Kind::Resource, _) => Err(unfit("vault/resource")),
        (Kind::Account, [vault_name, resource, name]) => {
            let vault = find::vault(session, vault_name)?;
            let there = match find::item(session, &find::join([vault_name.as_str(), resource])) {
                Ok(Item { key, .. }) if key.kind == RecordKind::Resource => Some(key),
                Ok(_) | Err(Failure::NotFound) => None,
                Err(failure) => return Err(failure),
            };
            Ok(Spot::Account(vault, there, new.group.clone(), resource.clone(), name.clone()))
        }
        (Kind::Account, _) => Err(unfit("vault/resource/account")),
    }
}

async fn create_one(session: &Open, new: &NewItem) -> Result<ChangedView, Failure> {
    let made = match spot(session, new)? {
        Spot::Vault(name) => {
            let description = new.fields.get("description").cloned().unwrap_or_default();
            let details = VaultDetails { name, description, ..VaultDetails::default() };
            Item::vault(session.create_vault(&NewVault { details, kind: VaultKind::Shared }).await?)
        }
        Spot::Group(vault, name) => {
            let place = Place { vault, parent: vault.object() };
            let (id, _) = session.create_resource_group(place, group_details(new, &name)?).await?;
            Item::within(vault, RecordKind::ResourceGroup, id)
        }
        Spot::Resource(vault, group, name) => {
            let place = group_place(session, vault, group.as_deref())?;
            let (id, _) = session.create_resource(place, resource_details(session, new, &name)?, None).await?;
            Item::within(vault, RecordKind::Resource, id)
        }
        Spot::Account(vault, resource, group, resource_name, name) => {
            let details = account_details(session, new, &name)?;
            let payload = payload(session, &new.secret)?;
            let own = resource.map(|key| key.id);
            let secret = payload
                .map(|payload| judged(session, vault, own, &details, payload, PasswordUse::default()))
                .transpose()?;
            let account = NewAccount { details, secret };
            let resource = match resource {
                Some(key) => {
                    let place = Place { vault, parent: key.id };
                    let (id, _) = session.create_account(place, account).await?;
                    return item::changed(session, Item::within(vault, RecordKind::Account, id));
                }
                None => {
                    let place = group_place(session, vault, group.as_deref())?;
                    let none = FileChanges::default();
                    let details = resource_details(session, new, &resource_name)?;
                    session.create_resource_with(place, (details, &none), Some((account, &none))).await?.0
                }
            };
            let vaults = session.vaults();
            let view = vaults.get(&vault).ok_or(Failure::NotFound)?;
            let (key, _) = view.children(&resource).next().ok_or(Failure::NotFound)?;
            Item { vault, key: *key }
        }
    };
    item::changed(session, made)
}

fn group_place(session: &Open, vault: VaultId, group: Option<&str>) -> Result<Place, Failure> {
    let Some(name) = group else { return Ok(Place { vault, parent: vault.object() }) };
    let vaults = session.vaults();
    let view = vaults.get(&vault).ok_or(Failure::NotFound)?;
    let mut named = view.entries().filter(|(key, entry)| {
        key.kind == RecordKind::ResourceGroup
            && view.is_reachable(key)
            && entry.details().is_ok_and(|details| details.name() == name)
    });
    match (named.next(), named.next()) {
        (Some((key, _)), None) => Ok(Place { vault, parent: key.id }),
        (None, _) => Err(Failure::NotFound),
        (Some(_), Some(_)) => Err(Failure::Ambiguous(2)),
    }
}

fn payload(session: &Open, secret: &NewSecret) -> Result<Option<SecretPayload>, Failure> {
    if secret.is_empty() {
        return Ok(None);
    }
    let hidden = secret.hidden.iter();
    Ok(Some(SecretPayload {
        value: secret.text(session)?.unwrap_or_default(),
        hidden: hidden
            .map(|(label, value)| HiddenField { label: label.clone(), value: SecretText::from(value.0.as_str()) })
            .collect(),
        otp_seed: secret.otp_seed.as_ref().map(|seed| Seed::tidy(&seed.0)),
    }))
}

/// A secret that keeps to the policy in force, with what is known of its strength.
pub(super) fn judged(
    session: &Open,
    vault: VaultId,
    resource: Option<sealward_contract::ids::ObjectId>,
    details: &AccountDetails,
    payload: SecretPayload,
    used: PasswordUse,
) -> Result<WrittenSecret, Failure> {
    session.judge_password(vault, resource, details, &payload, used)?;
    let score = strength::score(details.secret_type, payload.value.expose());
    Ok(WrittenSecret { payload, score })
}
