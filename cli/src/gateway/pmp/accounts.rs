//! Accounts: listed with how they are guarded, made, changed.

use super::{
    answers::{Fault, success, success_with},
    input::{Secret, Text},
    resources::{self, FieldGiven, name_of_built_in},
    shapes::{AccountRow, AccountShown, CHECKED_OUT, DOMAIN, HIDDEN, IN_USE, ResourceShown, WAITING, moment, word},
};
use crate::{
    engine::Open,
    gateway::{
        exchange::Answer,
        shared::{
            change,
            find::{self, Account, Resource},
            make::{self, AccountAsked},
            named::Named,
            time::written,
            turns::Turns,
        },
    },
};
use sealward_client::{
    model::{AccountDetails, Day, PolicyRef},
    session::{AccountUse, RequestShown},
    vault::Details,
};
use sealward_contract::{
    chain::Requirement,
    ids::{Timestamp, VaultId},
    operations::requests::WhichRequests,
    record::{LeafKey, RecordKind},
    request::Status,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How the passwords of accounts stand for the caller.
pub struct Stands {
    uses: Vec<AccountUse>,
    own: Vec<RequestShown>,
}

impl Stands {
    pub async fn fetch(session: &Open) -> Result<Self, Fault> {
        let uses = session.list_uses().await?;
        let own = match uses.is_empty() {
            true => Vec::new(),
            false => session.list_all_requests(WhichRequests::Own, true).await?.requests,
        };
        Ok(Self { uses, own })
    }

    pub fn status(&self, session: &Open, account: &Account) -> &'static str {
        let holder = self
            .uses
            .iter()
            .find(|used| (used.vault, used.account) == (account.vault, account.id) && used.holder.is_some())
            .and_then(|used| used.holder);
        let own = self.own.iter().filter(|request| (request.vault, request.account) == (account.vault, account.id));
        match own.map(|request| request.status).max() {
            Some(Status::CheckedOut) => CHECKED_OUT,
            _ if holder.is_some_and(|holder| holder.member != session.member()) => IN_USE,
            Some(Status::Requested | Status::Approved) => WAITING,
            _ => HIDDEN,
        }
    }
}

/// P2.
pub async fn list(session: &Open, name: &str, resource: Named) -> Result<Answer, Fault> {
    let resource = find::resource(session, resource)?;
    let stands = Stands::fetch(session).await?;
    let accounts = find::accounts_on(session, &resource);
    let rows = accounts.iter().map(|account| row(session, &resource, account, &stands));
    let accounts = rows.collect::<Result<Vec<AccountRow>, Fault>>()?;
    let fields = text_fields(&resource.details.custom_fields);
    let policy = policy_name(session, resource.vault, [resource.details.policy, None]);
    let Resource { number, details, .. } = resource;
    let listed = ResourceShown {
        id: Text(number.0.to_string()),
        name: Text(details.name),
        description: Text(details.description),
        kind: Text(details.resource_type),
        owner: Text(details.owner),
        url: Text(details.url),
        policy,
        dns_name: Text(details.dns_name),
        domain: fields.get(DOMAIN).cloned().unwrap_or_default(),
        department: Text(details.department),
        location: Text(details.location),
        opens_url: word(true),
        fields,
        accounts,
    };
    Ok(success_with(name, "Resource details with account list fetched successfully", listed))
}

fn row(session: &Open, resource: &Resource, account: &Account, stands: &Stands) -> Result<AccountRow, Fault> {
    let access = session.access(account.vault, account.id)?;
    let number = Text(account.number.0.to_string());
    let must = |requirement| word(requirement == Requirement::Required);
    let asked = word(access.ticket != Requirement::None);
    Ok(AccountRow {
        id: number.clone(),
        name: Text(account.details.name.clone()),
        password: number,
        status: stands.status(session, account).into(),
        policy: policy_name(session, account.vault, [account.details.policy, resource.details.policy]),
        favourite: word(false),
        reason: must(access.reason),
        request_reason: must(access.reason),
        ticket: asked.clone(),
        ticket_of_request: asked,
        ticket_must: must(access.ticket),
        log_ons: [],
        log_on: "NOT CONFIGURED".into(),
        remote_only: word(false),
    })
}

/// What nobody knows without the secret, or without the audit.
const UNKNOWN: &str = "N/A";

/// P3.
pub async fn get(session: &Open, name: &str, (resource, account): (Named, Named)) -> Result<Answer, Fault> {
    let (resource, account) = find::account_on(session, resource, account)?;
    let stands = Stands::fetch(session).await?;
    let today = Day::of(session.surroundings().now());
    let number = Text(account.number.0.to_string());
    let expired = account.details.expiry.is_some_and(|expiry| expiry < today);
    let shown = AccountShown {
        id: number.clone(),
        name: Text(account.details.name.clone()),
        description: Text(account.details.notes.clone()),
        password: number,
        status: stands.status(session, &account).into(),
        policy: policy_name(session, account.vault, [account.details.policy, resource.details.policy]),
        expiry: if expired { "Expired" } else { "Valid" }.into(),
        compliant: UNKNOWN.into(),
        compliant_reason: UNKNOWN.into(),
        modified: Text(moment(account.time)),
        accessed: UNKNOWN.into(),
        fields: text_fields(&account.details.custom_fields),
    };
    Ok(success_with(name, "Account details fetched successfully", shown))
}

/// Fields that are no secret and no file.
fn text_fields(fields: &[sealward_client::model::CustomField]) -> BTreeMap<String, Text> {
    use sealward_client::model::CustomValue;
    let shown = fields.iter().filter_map(|field| match &field.value {
        CustomValue::Text(text) => Some((field.label.clone(), Text(text.clone()))),
        CustomValue::File(file) => Some((field.label.clone(), Text(file.name.clone()))),
        CustomValue::Date(day) => {
            let time = u64::try_from(day.0).ok().map(|days| Timestamp(days * 86_400_000));
            Some((field.label.clone(), Text(time.map(|time| written(time, "%Y-%m-%d")).unwrap_or_default())))
        }
        CustomValue::Hidden => None,
    });
    shown.collect()
}

/// The name of the policy in force; empty where none is.
fn policy_name(session: &Open, vault: VaultId, choices: [Option<PolicyRef>; 2]) -> Text {
    let key = LeafKey { id: vault.object(), kind: RecordKind::Vault };
    let Ok(Details::Vault(details)) = session.verified(vault, key).map(|entry| entry.details) else {
        return Text::default();
    };
    let own = details.policies.unwrap_or_default();
    let [account, resource] = choices;
    let named = [account, resource, details.policy].into_iter().flatten().find_map(|choice| match choice {
        PolicyRef::BuiltIn(built_in) => Some(name_of_built_in(built_in).to_owned()),
        PolicyRef::Own(id) => own.iter().find(|policy| policy.id == id).map(|policy| policy.name.clone()),
    });
    Text(named.unwrap_or_default())
}

#[derive(Deserialize)]
pub struct ManyGiven {
    #[serde(rename = "ACCOUNTLIST")]
    accounts: Vec<OneGiven>,
}

#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
struct OneGiven {
    accountname: Text,
    #[serde(default)]
    password: Option<Secret>,
    #[serde(default)]
    notes: Text,
    #[serde(default)]
    accountcustomfield: Vec<FieldGiven>,
    accountpasswordpolicy: Option<Text>,
}

#[derive(Serialize)]
struct Added {
    #[serde(rename = "STATUS")]
    status: &'static str,
}

/// P18.
pub async fn create(
    session: &Open,
    turns: &Turns<VaultId>,
    name: &str,
    resource: Named,
    given: ManyGiven,
) -> Result<Answer, Fault> {
    let resource = find::resource(session, resource)?;
    if given.accounts.is_empty() {
        return Err(Fault::said("ACCOUNTLIST is empty"));
    }
    let mut asked = Vec::with_capacity(given.accounts.len());
    for one in given.accounts {
        let mut details = AccountDetails { name: one.accountname.0, notes: one.notes.0, ..AccountDetails::default() };
        details.user_name.clone_from(&details.name);
        details.custom_fields = resources::read_fields(one.accountcustomfield);
        if let Some(policy) = one.accountpasswordpolicy {
            details.policy = resources::read_policy(session, resource.vault, &policy.0)?;
        }
        asked.push(AccountAsked { details, secret: one.password.map(Secret::into_text) });
    }
    let added = "Account added successfully";
    let names = asked.iter().map(|account| (account.details.name.clone(), Added { status: added }));
    let details: BTreeMap<String, Added> = names.collect();
    make::create_accounts(session, turns, &resource, asked).await?;
    Ok(success_with(name, added, [details]))
}

#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub struct EditGiven {
    accountname: Option<Text>,
    notes: Option<Text>,
    accountcustomfield: Option<Vec<FieldGiven>>,
    accountpasswordpolicy: Option<Text>,
}

pub async fn edit(
    session: &Open,
    turns: &Turns<VaultId>,
    name: &str,
    named: (Named, Named),
    given: EditGiven,
) -> Result<Answer, Fault> {
    let (_, found) = find::account_on(session, named.0, named.1)?;
    let _turn = turns.begin(session, found.vault).await?;
    // Whoever had the turn before may have changed it.
    let (resource, account) = find::account_on(session, named.0, named.1)?;
    let mut details = account.details.clone();
    if let Some(Text(name)) = given.accountname {
        let mut others = find::accounts_on(session, &resource).into_iter().filter(|known| known.id != account.id);
        if others.any(|known| known.details.name == name) {
            return Err(Fault::said(format!("Account {name} already exists")));
        }
        if details.user_name == details.name {
            details.user_name.clone_from(&name);
        }
        details.name = name;
    }
    if let Some(Text(notes)) = given.notes {
        details.notes = notes;
    }
    if let Some(fields) = given.accountcustomfield {
        resources::put_fields(&mut details.custom_fields, resources::read_fields(fields));
    }
    if let Some(policy) = given.accountpasswordpolicy {
        details.policy = resources::read_policy(session, account.vault, &policy.0)?;
    }
    change::change_account(session, &account, details).await?;
    Ok(success(name, "Account edited successfully"))
}
