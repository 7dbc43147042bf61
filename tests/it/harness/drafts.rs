//! Drafts of records as a client would make them, and a vault furnished with some.

use super::{Founder, InProcess, TestServer};
use sealward_client::{
    model::{
        AccountDetails, CharacterClasses, Day, Facts, Payload, ResourceDetails, ResourceGroupDetails, Score,
        SecretPayload, VaultDetails,
    },
    operations::Item,
    session::{NewVault, Session, VaultDrafts},
    vault::{Details, Draft},
};
use sealward_contract::{
    chain::VaultKind,
    ids::{Number, ObjectId, VaultId, Version},
    record::{LeafKey, RecordKind, RecordState},
};
use zeroize::Zeroizing;

fn draft(key: LeafKey, parent: ObjectId, number: Number, payload: Zeroizing<Vec<u8>>) -> Draft {
    Draft { key, parent, number, state: RecordState::Live, base: None, payload }
}

pub fn draft_group(id: ObjectId, parent: ObjectId, number: Number, name: &str) -> Draft {
    let details = ResourceGroupDetails { name: name.to_owned(), ..Default::default() };
    let key = LeafKey { id, kind: RecordKind::ResourceGroup };
    draft(key, parent, number, details.to_bytes().unwrap())
}

pub fn draft_resource(id: ObjectId, parent: ObjectId, number: Number, name: &str) -> Draft {
    let details = ResourceDetails { name: name.to_owned(), ..Default::default() };
    draft(LeafKey { id, kind: RecordKind::Resource }, parent, number, details.to_bytes().unwrap())
}

pub fn draft_account(id: ObjectId, parent: ObjectId, number: Number, name: &str) -> Draft {
    let details = AccountDetails { name: name.to_owned(), user_name: name.to_owned(), ..Default::default() };
    draft(LeafKey { id, kind: RecordKind::Account }, parent, number, details.to_bytes().unwrap())
}

/// A secret and its facts.
fn draft_secret(account: ObjectId, number: Number, secret: &str) -> [Draft; 2] {
    let facts = Facts {
        score: Score::new(2),
        length: u32::try_from(secret.len()).unwrap(),
        classes: CharacterClasses::of(secret),
        changed: Day(20_000),
        reuse: None,
    };
    let secret = SecretPayload::new(secret.into()).to_bytes().unwrap();
    [
        draft(LeafKey { id: account, kind: RecordKind::Secret }, account, number, secret),
        draft(LeafKey { id: account, kind: RecordKind::Facts }, account, number, facts.to_bytes().unwrap()),
    ]
}

/// The next version of what a session knows, with another name.
pub fn next_of(session: &Session<InProcess>, vault: VaultId, key: LeafKey, name: &str) -> Draft {
    let vaults = session.vaults();
    let entry = vaults[&vault].entry(&key).unwrap();
    let context = entry.record().context().clone();
    let mut details = entry.details().unwrap().clone();
    match &mut details {
        Details::Vault(details) => details.name = name.to_owned(),
        Details::ResourceGroup(details) => details.name = name.to_owned(),
        Details::Resource(details) => details.name = name.to_owned(),
        Details::Account(details) => details.name = name.to_owned(),
    }
    Draft {
        key,
        parent: context.parent,
        number: context.number,
        state: RecordState::Live,
        base: Some(context.version),
        payload: details.to_bytes().unwrap(),
    }
}

/// A vault with one resource group in it, a resource in that, and two accounts with secrets on that.
pub struct Furnished {
    pub vault: VaultId,
    pub group: ObjectId,
    pub resource: ObjectId,
    pub first: ObjectId,
    pub second: ObjectId,
}

impl Furnished {
    pub const GROUP: &str = "Production";
    pub const RESOURCE: &str = "web-1";
    pub const FIRST: (&str, &str) = ("root", "first secret");
    pub const SECOND: (&str, &str) = ("deploy", "second secret");

    /// Makes it. Its vault's own record, group, resource and accounts are all at version 1; its head is number 2.
    pub async fn make(session: &Session<InProcess>, name: &str) -> Self {
        session.sync(|_| {}).await.unwrap();
        let details = VaultDetails { name: name.to_owned(), description: String::new(), ..Default::default() };
        let vault = session.create_vault(&NewVault { details, kind: VaultKind::Shared }).await.unwrap();
        Self::fill(session, vault).await
    }

    /// Furnishes a vault that is empty.
    pub async fn fill(session: &Session<InProcess>, vault: VaultId) -> Self {
        let [group, resource, first, second] = [(); 4].map(|()| ObjectId(session.surroundings().make_id()));
        let numbers = session.take_numbers(4).await.unwrap();
        let mut drafts = vec![
            draft_group(group, vault.object(), numbers[0], Self::GROUP),
            draft_resource(resource, group, numbers[1], Self::RESOURCE),
        ];
        for (id, number, (name, secret)) in [(first, numbers[2], Self::FIRST), (second, numbers[3], Self::SECOND)] {
            drafts.push(draft_account(id, resource, number, name));
            drafts.extend(draft_secret(id, number, secret));
        }
        session.write(&[VaultDrafts { vault, drafts }]).await.unwrap();
        Self { vault, group, resource, first, second }
    }

    pub fn key(&self, id: ObjectId) -> LeafKey {
        let kind = match id {
            _ if id == self.vault.object() => RecordKind::Vault,
            _ if id == self.group => RecordKind::ResourceGroup,
            _ if id == self.resource => RecordKind::Resource,
            _ => RecordKind::Account,
        };
        LeafKey { id, kind }
    }

    pub fn item(&self, id: ObjectId) -> Item {
        Item { vault: self.vault, key: self.key(id) }
    }

    pub fn version(&self, session: &Session<InProcess>, id: ObjectId) -> Version {
        session.vaults()[&self.vault].entry(&self.key(id)).unwrap().record().context().version
    }
}

/// A server, a founder, and a furnished vault of theirs.
pub async fn furnished_team() -> (TestServer, Founder, Furnished) {
    let server = TestServer::in_memory();
    let founder = Founder::found(&server, "ada.lovelace").await;
    let session = founder.session(&server, &server.connect()).await;
    let furnished = Furnished::make(&session, "Operations").await;
    (server, founder, furnished)
}
