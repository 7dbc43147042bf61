//! Resources: listed, made, changed, deleted, found by name.

use super::{
    answers::{Fault, success, success_with, success_with_rows},
    input::{Secret, Text},
    shapes::{DOMAIN, ResourceRow},
};
use crate::{
    engine::Open,
    failure::Failure,
    gateway::{
        exchange::Answer,
        shared::{
            change,
            find::{self, Resource},
            make::{self, AccountAsked},
            named::Named,
            place,
            turns::Turns,
        },
    },
};
use sealward_client::{
    model::{AccountDetails, BuiltIn, CustomField, CustomValue, PolicyRef, ResourceDetails, ResourceKind},
    operations::Item,
    vault::Details,
};
use sealward_contract::{
    ids::VaultId,
    record::{LeafKey, RecordKind},
};
use serde::{Deserialize, Serialize};

/// P1.
pub fn list(session: &Open, name: &str) -> Answer {
    let rows: Vec<ResourceRow> = find::resources(session)
        .into_iter()
        .map(|resource| ResourceRow {
            accounts: Text(find::accounts_on(session, &resource).len().to_string()),
            description: Text(resource.details.description),
            kind: Text(resource.details.resource_type),
            id: Text(resource.number.0.to_string()),
            name: Text(resource.details.name),
        })
        .collect();
    success_with_rows(name, "Resources fetched successfully", &rows)
}

/// A custom field as it comes in.
#[derive(Deserialize)]
pub struct FieldGiven {
    #[serde(rename = "CUSTOMLABEL")]
    pub label: Text,
    #[serde(rename = "CUSTOMVALUE", default)]
    pub value: Text,
}

/// Custom fields as they come in.
pub fn read_fields(given: Vec<FieldGiven>) -> Vec<CustomField> {
    let field = |FieldGiven { label, value }| CustomField { label: label.0, value: CustomValue::Text(value.0) };
    given.into_iter().map(field).collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub struct NewGiven {
    resourcename: Text,
    accountname: Text,
    resourcetype: Text,
    password: Secret,
    #[serde(flatten)]
    rest: RestGiven,
    ownername: Option<Text>,
    resourcegroupname: Option<Text>,
    #[serde(default)]
    accountcustomfield: Vec<FieldGiven>,
    accountpasswordpolicy: Option<Text>,
}

/// What need not be given.
#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub struct RestGiven {
    notes: Option<Text>,
    #[serde(alias = "DESCRIPTION")]
    resourcedescription: Option<Text>,
    resourceurl: Option<Text>,
    dnsname: Option<Text>,
    domainname: Option<Text>,
    department: Option<Text>,
    location: Option<Text>,
    resourcepasswordpolicy: Option<Text>,
    resourcecustomfield: Option<Vec<FieldGiven>>,
}

impl RestGiven {
    /// Writes what is given over what is there.
    fn apply(self, session: &Open, vault: VaultId, details: &mut ResourceDetails) -> Result<(), Fault> {
        let set = |field: &mut String, given: Option<Text>| {
            if let Some(Text(given)) = given {
                *field = given;
            }
        };
        set(&mut details.notes, self.notes);
        set(&mut details.description, self.resourcedescription);
        set(&mut details.url, self.resourceurl);
        set(&mut details.dns_name, self.dnsname);
        set(&mut details.department, self.department);
        set(&mut details.location, self.location);
        if let Some(given) = self.resourcecustomfield {
            put_fields(&mut details.custom_fields, read_fields(given));
        }
        if let Some(Text(domain)) = self.domainname.filter(|Text(domain)| !domain.is_empty()) {
            let field = CustomField { label: DOMAIN.to_owned(), value: CustomValue::Text(domain) };
            put_fields(&mut details.custom_fields, vec![field]);
        }
        if let Some(policy) = self.resourcepasswordpolicy {
            details.policy = read_policy(session, vault, &policy.0)?;
        }
        Ok(())
    }
}

/// Puts fields in the place of those with the same label, and after the others.
pub fn put_fields(fields: &mut Vec<CustomField>, given: Vec<CustomField>) {
    for field in given {
        match fields.iter_mut().find(|known| known.label == field.label) {
            Some(known) => *known = field,
            None => fields.push(field),
        }
    }
}

/// A password policy by its name: one of the vault's own, or one that is built in.
pub fn read_policy(session: &Open, vault: VaultId, name: &str) -> Result<Option<PolicyRef>, Fault> {
    if name.is_empty() {
        return Ok(None);
    }
    if let Some(built_in) = built_in(name) {
        return Ok(Some(PolicyRef::BuiltIn(built_in)));
    }
    let key = LeafKey { id: vault.object(), kind: RecordKind::Vault };
    let Details::Vault(details) = session.verified(vault, key)?.details else { return Err(unknown_policy(name)) };
    let own = details.policies.unwrap_or_default();
    let found = own.iter().find(|policy| policy.name == name).map(|policy| PolicyRef::Own(policy.id));
    found.map(Some).ok_or_else(|| unknown_policy(name))
}

/// A policy that is built in, by the name that the product gives it.
pub fn built_in(name: &str) -> Option<BuiltIn> {
    match name.to_ascii_lowercase().as_str() {
        "low" => Some(BuiltIn::Low),
        "medium" => Some(BuiltIn::Medium),
        "strong" => Some(BuiltIn::Strong),
        "offline password file" | "offline use" => Some(BuiltIn::OfflineUse),
        _ => None,
    }
}

/// The name of a policy that is built in.
pub const fn name_of_built_in(policy: BuiltIn) -> &'static str {
    match policy {
        BuiltIn::Low => "Low",
        BuiltIn::Medium => "Medium",
        BuiltIn::Strong => "Strong",
        BuiltIn::OfflineUse => "Offline Password File",
    }
}

pub fn unknown_policy(name: &str) -> Fault {
    Fault::said(format!("There is no password policy {name}"))
}

/// P6.
pub async fn create(session: &Open, turns: &Turns<VaultId>, name: &str, given: NewGiven) -> Result<Answer, Fault> {
    let vault = place::default_vault(session)?;
    let given_type = given.resourcetype.0;
    let mut details = ResourceDetails { name: given.resourcename.0, resource_type: given_type, ..Default::default() };
    for (field, value) in [("RESOURCENAME", &details.name), ("RESOURCETYPE", &details.resource_type)] {
        if value.trim().is_empty() {
            return Err(Fault::said(format!("{field} is empty")));
        }
    }
    if let Some(Text(owner)) = given.ownername {
        if !place::sees(session, &vault, &owner) {
            return Err(Fault::said(format!("{owner} does not exist, or has no access to the vault of this API user")));
        }
        details.owner = owner;
    }
    given.rest.apply(session, vault, &mut details)?;
    let mut account = AccountDetails { name: given.accountname.0, ..AccountDetails::default() };
    account.user_name.clone_from(&account.name);
    account.custom_fields = read_fields(given.accountcustomfield);
    if let Some(policy) = given.accountpasswordpolicy {
        account.policy = read_policy(session, vault, &policy.0)?;
    }
    let message = format!("Resource {} has been added successfully", details.name);
    let group = given.resourcegroupname.map(|Text(name)| name).filter(|name| !name.is_empty());
    let account = AccountAsked { details: account, secret: Some(given.password.into_text()) };
    let made = make::create_resource(session, turns, vault, group.as_deref(), details, vec![account]).await?;
    let accounts = made.accounts.first().map(|(_, number)| number.0.to_string()).unwrap_or_default();
    Ok(success_with(name, &message, Ids { resource: made.number.0.to_string(), account: accounts }))
}

#[derive(Serialize)]
struct Ids {
    #[serde(rename = "RESOURCEID")]
    resource: String,
    #[serde(rename = "ACCOUNTID")]
    account: String,
}

/// P7.
pub fn find_account(session: &Open, name: &str, resource: &str, account: &str) -> Result<Answer, Fault> {
    let (resource, account) = find::account_by_names(session, resource, account)?;
    let ids = Ids { resource: resource.number.0.to_string(), account: account.number.0.to_string() };
    Ok(success_with(name, "Resource id and account id fetched successfully for the given resource name", ids))
}

#[derive(Serialize)]
struct Id {
    #[serde(rename = "RESOURCEID")]
    resource: String,
}

pub fn find_resource(session: &Open, name: &str, resource: &str) -> Result<Answer, Fault> {
    let resource = find::resource_by_name(session, resource)?;
    let id = Id { resource: resource.number.0.to_string() };
    Ok(success_with(name, "Resource id fetched successfully for the given resource name", id))
}

/// P8.
pub async fn delete(session: &Open, name: &str, resource: Named) -> Result<Answer, Fault> {
    let resource = find::resource(session, resource)?;
    change::delete(session, Item::within(resource.vault, RecordKind::Resource, resource.id)).await?;
    Ok(success(name, "Resources deleted successfully."))
}

#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub struct EditGiven {
    resourcename: Option<Text>,
    resourcetype: Option<Text>,
    ownername: Option<Text>,
    #[serde(flatten)]
    rest: RestGiven,
}

pub async fn edit(
    session: &Open,
    turns: &Turns<VaultId>,
    name: &str,
    named: Named,
    given: EditGiven,
) -> Result<Answer, Fault> {
    let _turn = turns.begin(session, find::resource(session, named)?.vault).await?;
    // Whoever had the turn before may have changed it.
    let resource = find::resource(session, named)?;
    let mut details = resource.details.clone();
    if let Some(Text(name)) = given.resourcename {
        let is_taken =
            |known: &Resource| known.vault == resource.vault && known.id != resource.id && known.details.name == name;
        if find::resources(session).iter().any(is_taken) {
            return Err(Failure::Usage(format!("Resource {name} already exists")).into());
        }
        details.name = name;
    }
    if let Some(Text(kind)) = given.resourcetype {
        details.resource_type = kind;
    }
    if let Some(Text(owner)) = given.ownername {
        if !place::sees(session, &resource.vault, &owner) {
            return Err(Fault::said(format!("{owner} does not exist, or has no access to the vault of the resource")));
        }
        details.owner = owner;
    }
    given.rest.apply(session, resource.vault, &mut details)?;
    let message = format!("Resource {} has been edited successfully", details.name);
    change::change_resource(session, &resource, details).await?;
    Ok(success(name, &message))
}

/// The types that are known, and those that are in use.
pub fn list_types(session: &Open, name: &str) -> Answer {
    let mut types: Vec<String> = ResourceKind::ALL.into_iter().map(|kind| kind.english().to_owned()).collect();
    let used = find::resources(session).into_iter().map(|resource| resource.details.resource_type);
    types.extend(used.filter(|kind| !kind.is_empty()));
    types.sort();
    types.dedup();
    success_with_rows(name, "Resource types fetched successfully", &types)
}
