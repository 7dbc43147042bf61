//! A team on a running server, filled with what the measurements need.

use crate::capture::{Capture, Control};
use anyhow::{Context, Result, anyhow};
use sealward_client::{
    api::Api,
    crypto::randomness::OsRandom,
    model::{
        AccountDetails, CharacterClasses, Day, Facts, Payload, ResourceDetails, SecretPayload, SecretText, VaultDetails,
    },
    operations::Place,
    session::{Device, HandoverKey, NewTeam, NewVault, Session, create_team, sign_in},
    surroundings::Surroundings,
    vault::Draft,
};
use sealward_contract::{
    chain::VaultKind,
    ids::{Number, ObjectId, Timestamp, VaultId},
    record::{LeafKey, RecordKind, RecordState},
    text::LoginName,
};
use std::{net::SocketAddr, time::SystemTime};

pub const PASSWORD: &str = "correct horse battery staple";

pub type Client = Session<Capture>;

pub fn surroundings() -> Surroundings {
    let clock = || {
        #[expect(clippy::disallowed_methods, reason = "the clock that is passed in")]
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    };
    Surroundings::new(clock, OsRandom::new())
}

/// Makes a team and signs its founder in.
pub async fn found(address: SocketAddr) -> Result<(Client, Control)> {
    let new = NewTeam {
        name: "Bench".to_owned(),
        full_name: "Ada".to_owned(),
        login_name: LoginName::parse("ada")?,
        password: SecretText::from(PASSWORD),
        origin: format!("http://{address}"),
        setup_code: None,
    };
    let device: Device = create_team(&Api::new(Capture::new(address).0), &surroundings(), &new).await?;
    let (capture, control) = Capture::new(address);
    let password = SecretText::from(PASSWORD);
    let client = sign_in(Api::new(capture), surroundings(), device, &password, "bench", None).await?;
    client.sync(|_| {}).await?;
    Ok((client, control))
}

/// Another window of the same session: a client of its own on a connection of its own.
pub async fn join(client: &Client, address: SocketAddr) -> Result<Client> {
    let key = HandoverKey::make(client.surroundings());
    let envelope = client.hand_over(&key.request()).context("nothing was handed over")?;
    let joined = key.take_over(Api::new(Capture::new(address).0), surroundings(), &envelope)?;
    joined.sync(|_| {}).await?;
    Ok(joined)
}

/// Makes a vault with one resource and so many accounts, each with its secret.
pub async fn fill_vault(client: &Client, name: &str, accounts: u32) -> Result<(VaultId, Vec<ObjectId>)> {
    let details = VaultDetails { name: name.to_owned(), description: String::new(), ..Default::default() };
    let vault = client.create_vault(&NewVault { details, kind: VaultKind::Shared }).await?;
    let place = Place { vault, parent: vault.object() };
    let details = ResourceDetails { name: format!("{name} host"), ..ResourceDetails::default() };
    let (resource, _) = client.create_resource(place, details, None).await?;
    let numbers = client.take_numbers(accounts).await?;
    let (mut ids, mut drafts) = (Vec::new(), Vec::new());
    for (index, number) in numbers.into_iter().enumerate() {
        let id = ObjectId(client.surroundings().make_id());
        drafts.extend(draft_account(id, resource, number, index)?);
        ids.push(id);
    }
    let (_, written) = client.write_many(vault, drafts, |_| {}).await;
    written?;
    Ok((vault, ids))
}

/// Makes a vault with so many resources, each with one account and its secret.
pub async fn fill_pairs(client: &Client, name: &str, accounts: u32) -> Result<VaultId> {
    let details = VaultDetails { name: name.to_owned(), ..VaultDetails::default() };
    let vault = client.create_vault(&NewVault { details, kind: VaultKind::Shared }).await?;
    let mut numbers = client.take_numbers(accounts * 2).await?.into_iter();
    let mut drafts = Vec::new();
    for (index, (first, second)) in std::iter::from_fn(|| Some((numbers.next()?, numbers.next()?))).enumerate() {
        let resource = ObjectId(client.surroundings().make_id());
        let details = ResourceDetails {
            name: format!("host-{index}.corp.example"),
            url: format!("https://host-{index}.corp.example/"),
            department: format!("Department {}", index % 12),
            description: format!("Rack {}", index % 40),
            ..ResourceDetails::default()
        };
        drafts.push(Draft {
            key: LeafKey { id: resource, kind: RecordKind::Resource },
            parent: vault.object(),
            number: first,
            state: RecordState::Live,
            base: None,
            payload: details.to_bytes()?,
        });
        drafts.extend(draft_account(ObjectId(client.surroundings().make_id()), resource, second, index)?);
    }
    client.write_many(vault, drafts, |_| {}).await.1?;
    Ok(vault)
}

fn draft_account(id: ObjectId, resource: ObjectId, number: Number, index: usize) -> Result<[Draft; 3]> {
    let secret = SecretPayload::new(SecretText::from(format!("secret number {index}").as_str()));
    let facts = Facts { score: None, length: 20, classes: CharacterClasses::LOWER, changed: Day(20_000), reuse: None };
    let draft = |kind, parent, payload| Draft {
        key: LeafKey { id, kind },
        parent,
        number,
        state: RecordState::Live,
        base: None,
        payload,
    };
    Ok([
        draft(RecordKind::Account, resource, details(index).to_bytes()?),
        draft(RecordKind::Secret, id, secret.to_bytes()?),
        draft(RecordKind::Facts, id, facts.to_bytes()?),
    ])
}

/// Drafts of further accounts on a vault's first resource, one for each number.
pub fn more_accounts(client: &Client, vault: VaultId, numbers: Vec<Number>) -> Result<Vec<Draft>> {
    let resource = {
        let vaults = client.vaults();
        let view = vaults.get(&vault).context("no vault")?;
        let mut keys = view.entries().map(|(key, _)| *key);
        keys.find(|key| key.kind == RecordKind::Resource).context("no resource")?.id
    };
    let mut drafts = Vec::new();
    for (index, number) in numbers.into_iter().enumerate() {
        drafts.extend(draft_account(ObjectId(client.surroundings().make_id()), resource, number, index)?);
    }
    Ok(drafts)
}

/// Details of an account as people have them.
pub fn details(index: usize) -> AccountDetails {
    AccountDetails {
        name: format!("administrator {index}"),
        user_name: format!("admin{index}@example.org"),
        notes: "Asked for by the night shift; see the runbook.".to_owned(),
        ..AccountDetails::default()
    }
}

/// Writes an account's details once more.
pub async fn touch(client: &Client, vault: VaultId, account: ObjectId, index: usize) -> Result<()> {
    let key = LeafKey { id: account, kind: RecordKind::Account };
    let entry = client.verified(vault, key)?;
    let written = client.update_account(vault, account, entry.version, details(index), None).await;
    written.map(drop).map_err(|error| anyhow!(error))
}
