//! Accounts made, changed and deleted.

use super::{
    Means, accounts, errors,
    input::{OnInvalid, Wanted, public_part},
};
use crate::{
    engine::Open,
    gateway::{
        exchange::Answer,
        reading::Stop,
        shared::{
            change,
            find::{self, Account, Resource},
            named::Named,
            remote::{Remote, RemoteFault},
            rules::{self, Target},
        },
    },
};
use http::StatusCode;
use sealward_client::{
    model::{AccountDetails, CustomField, CustomValue, HiddenField, SecretPayload, SecretText, limits},
    operations::{Item, NewAccount, NewSecret, Place},
};
use sealward_contract::{policy, record::RecordKind};

/// The label under which a key's passphrase stands among the hidden fields.
pub const PASSPHRASE: &str = "passphrase";

/// Makes an account on an asset.
pub async fn create(session: &Open, means: Means<'_>, body: &[u8]) -> Result<Answer, Stop> {
    let wanted = Wanted::read(body)?;
    let Some(asset) = wanted.asset.as_deref() else {
        return Err(errors::wrong("asset", "This field is required.").into());
    };
    let resource = find_asset(session, asset)?;
    check_right(session, &resource)?;
    let username = wanted.username.clone().unwrap_or_default();
    let name = wanted.name.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| username.clone());
    if name.is_empty() {
        return Err(errors::wrong("name", "This field may not be blank.").into());
    }
    let secret_type = wanted.secret_type.unwrap_or_default();
    let (remote, turns) = means;
    let turn = turns.begin(session, resource.vault).await?;
    let there = find::accounts_on(session, &resource);
    let same =
        |account: &&Account| (&account.details.user_name, account.details.secret_type) == (&username, secret_type);
    if let Some(taken) = there.iter().find(same) {
        // Whatever changes it takes a turn of its own.
        drop(turn);
        return match wanted.on_invalid {
            OnInvalid::Skip => accounts::shown(session, taken, StatusCode::OK),
            OnInvalid::Update => update(session, means, taken, wanted).await,
            OnInvalid::Error => Err(not_unique("username, asset, secret_type").into()),
        };
    }
    if there.iter().any(|account| account.details.name == name) {
        return Err(not_unique("name, asset").into());
    }
    let now = session.surroundings().now();
    let mut details = AccountDetails {
        name,
        user_name: username,
        secret_type,
        created: now,
        changed: now,
        ..AccountDetails::default()
    };
    describe(&mut details, &wanted);
    let Wanted { secret, passphrase, push_now, .. } = wanted;
    // What is pushed is stored when somebody is signed in on the asset.
    let (secret, pushed) = if push_now { (None, secret) } else { (secret, None) };
    let secret = match (secret, passphrase) {
        (None, None) => None,
        (secret, passphrase) => {
            let mut payload = SecretPayload::new(secret.unwrap_or_default());
            details.public = public_part(secret_type, &payload.value);
            if let Some(passphrase) = passphrase {
                hide(&mut details, &mut payload, passphrase);
            }
            let target = Target { vault: resource.vault, resource: Some(resource.id), account: None };
            Some(rules::prepare(session, &target, &details, payload).await?)
        }
    };
    let place = Place { vault: resource.vault, parent: resource.id };
    let made = session.create_accounts(place, vec![NewAccount { details, secret }]).await?;
    let (id, _) = made.first().ok_or_else(errors::not_found)?;
    // Its name is taken now. On the asset it may take long.
    drop(turn);
    if let Some(pushed) = pushed {
        let account = find::account(session, Named::Id(*id))?;
        let done = push(session, remote, &account, pushed).await;
        if let Err((stop, Left::Nothing)) = done {
            // It was made for this alone. What may be in force on the asset stays.
            drop(change::delete(session, Item::within(account.vault, RecordKind::Account, account.id)).await);
            return Err(stop);
        }
        done.map_err(|(stop, _)| stop)?;
    }
    accounts::shown(session, &find::account(session, Named::Id(*id))?, StatusCode::CREATED)
}

/// How much of an account a body has to say.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What is not said stays.
    Partly,
    /// The asset is said.
    Whole,
}

/// Changes an account.
pub async fn change(session: &Open, means: Means<'_>, id: &str, body: &[u8], extent: Extent) -> Result<Answer, Stop> {
    let account = accounts::find(session, id)?;
    let wanted = Wanted::read(body)?;
    match wanted.asset.as_deref() {
        None if extent == Extent::Whole => return Err(errors::wrong("asset", "This field is required.").into()),
        None => {}
        Some(asset) => {
            let resource = find_asset(session, asset)?;
            if (resource.vault, resource.id) != (account.vault, account.resource) {
                return Err(errors::wrong("asset", "An account stays on its asset.").into());
            }
        }
    }
    update(session, means, &account, wanted).await
}

/// What a push that failed leaves in the vault.
#[derive(PartialEq, Eq)]
enum Left {
    /// What was there before.
    Nothing,
    /// A password that may be in force.
    Secret,
}

/// Changes a password on the asset and in the vault.
async fn push(session: &Open, remote: &Remote, account: &Account, secret: SecretText) -> Result<(), (Stop, Left)> {
    remote.change(session, account, secret, None).await.map_err(|fault| match fault {
        RemoteFault::Failure(failure) => (failure.into(), Left::Nothing),
        RemoteFault::Refused(words) => (errors::wrong("push_now", words).into(), Left::Nothing),
        RemoteFault::Unsure(words) => (errors::wrong("push_now", words).into(), Left::Secret),
    })
}

async fn update(
    session: &Open,
    (remote, turns): Means<'_>,
    account: &Account,
    mut wanted: Wanted,
) -> Result<Answer, Stop> {
    let resource = find::resource_of(session, account)?;
    check_right(session, &resource)?;
    // What cannot be is not begun on the asset either.
    edited(session, &resource, account, &wanted)?;
    if wanted.push_now
        && let Some(secret) = wanted.secret.take()
    {
        push(session, remote, account, secret).await.map_err(|(stop, _)| stop)?;
    }
    let _turn = turns.begin(session, account.vault).await?;
    // Until now somebody else may have changed it.
    let account = &find::account(session, Named::Id(account.id))?;
    let mut details = edited(session, &resource, account, &wanted)?;
    let secret = new_secret(session, account, &mut details, wanted).await?;
    if secret.is_some() || details != account.details {
        details.changed = session.surroundings().now();
        session.update_account(account.vault, account.id, account.version, details, secret).await?;
    }
    accounts::shown(session, &find::account(session, Named::Id(account.id))?, StatusCode::OK)
}

/// The details of an account with what is wanted in them.
fn edited(session: &Open, resource: &Resource, account: &Account, wanted: &Wanted) -> Result<AccountDetails, Stop> {
    let mut details = account.details.clone();
    // The user name stays, whatever is said: the product passes over it too.
    if let Some(name) = wanted.name.clone() {
        if name.is_empty() {
            return Err(errors::wrong("name", "This field may not be blank.").into());
        }
        details.name = name;
    }
    details.secret_type = wanted.secret_type.unwrap_or(details.secret_type);
    describe(&mut details, wanted);
    let others = find::accounts_on(session, resource);
    let mut others = others.iter().filter(|other| other.id != account.id);
    let same = |other: &Account| {
        (&other.details.user_name, other.details.secret_type) == (&details.user_name, details.secret_type)
    };
    if others.clone().any(same) {
        return Err(not_unique("username, asset, secret_type").into());
    }
    if others.any(|other| other.details.name == details.name) {
        return Err(not_unique("name, asset").into());
    }
    Ok(details)
}

/// The next version of an account's secret, where one was given. What else is sealed with the present one stays.
async fn new_secret(
    session: &Open,
    account: &Account,
    details: &mut AccountDetails,
    wanted: Wanted,
) -> Result<Option<NewSecret>, Stop> {
    let Wanted { secret, passphrase, .. } = wanted;
    if secret.is_none() && passphrase.is_none() {
        return Ok(None);
    }
    let before = &account.details;
    let stays = passphrase.is_some() && secret.is_none() || change::has_more(before);
    let mut payload = change::beside(session, account, stays, None).await?;
    if let Some(secret) = secret {
        details.public = public_part(details.secret_type, &secret);
        payload.value = secret;
        // A file that stood in the secret's place then stands beside it.
        if let Some(file) = details.secret_file.take() {
            let files = details.files.get_or_insert_default();
            if files.len() >= limits::FILES {
                return Err(errors::wrong(
                    "secret",
                    "A file is the secret, and there is no room for it beside another.",
                )
                .into());
            }
            files.push(file);
        }
    }
    if let Some(passphrase) = passphrase {
        hide(details, &mut payload, passphrase);
    }
    let target = Target { vault: account.vault, resource: Some(account.resource), account: Some(account) };
    Ok(Some(rules::prepare(session, &target, details, payload).await?))
}

/// Deletes an account.
pub async fn delete(session: &Open, id: &str) -> Result<Answer, Stop> {
    let account = accounts::find(session, id)?;
    change::delete(session, Item::within(account.vault, RecordKind::Account, account.id)).await?;
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}

fn describe(details: &mut AccountDetails, wanted: &Wanted) {
    details.privileged = wanted.privileged.unwrap_or(details.privileged);
    details.active = wanted.is_active.unwrap_or(details.active);
    if let Some(comment) = &wanted.comment {
        details.notes.clone_from(comment);
    }
    if let Some(labels) = &wanted.labels {
        details.tags.clone_from(labels);
    }
}

fn hide(details: &mut AccountDetails, payload: &mut SecretPayload, passphrase: SecretText) {
    if !details.custom_fields.iter().any(|field| field.label == PASSPHRASE) {
        details.custom_fields.push(CustomField { label: PASSPHRASE.to_owned(), value: CustomValue::Hidden });
    }
    payload.hidden.retain(|field| field.label != PASSPHRASE);
    payload.hidden.push(HiddenField { label: PASSPHRASE.to_owned(), value: passphrase });
}

fn find_asset(session: &Open, asset: &str) -> Result<Resource, Stop> {
    let found = Named::read(asset).and_then(|named| find::resource(session, named).ok());
    found.ok_or_else(|| errors::wrong("asset", format!("Invalid pk \"{asset}\" - object does not exist.")).into())
}

fn check_right(session: &Open, resource: &Resource) -> Result<(), Stop> {
    let may = session.role(&resource.vault).is_some_and(|role| policy::may_write_record(role, RecordKind::Account));
    if may { Ok(()) } else { Err(errors::forbidden().into()) }
}

fn not_unique(fields: &str) -> Answer {
    errors::wrong("non_field_errors", format!("The fields {fields} must make a unique set."))
}
