//! Vaults, resource groups, resources and accounts as the page shows and edits them.

use sealward_client::model::{CustomField, Day, PolicyRef, PublicPart, SecretType};
use serde::{Deserialize, Serialize};

use super::{Damage, FactsView, FileRef, Item, Number, ObjectId, Place, SecretText, UndoId, VaultId, Version, ViewId};

/// Asks for the tree.
#[derive(Serialize, Deserialize)]
pub struct ReadTree;

/// All vaults that the person can see.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tree {
    /// The person's own first, the others sorted by name.
    pub vaults: Vec<TreeVault>,
    /// Whether the person may make vaults.
    pub makes_vaults: bool,
    /// Vaults that an auditor will see once a custodian's client has given the keys.
    pub awaited: u32,
}

/// A vault in the tree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TreeVault {
    /// Its id.
    pub id: VaultId,
    /// Its name.
    pub name: String,
    /// Whether it is the person's own, which nobody else ever opens.
    pub personal: bool,
    /// What it is for.
    pub description: String,
    /// The version that an update is based on.
    pub version: Version,
    /// Resources in it, groups included.
    pub resources: u32,
    /// Whether it holds the examples.
    pub examples: bool,
    /// Whether the person may write.
    pub writable: bool,
    /// Whether the person is a custodian: who names the vault, sets its policies and gives roles in it.
    pub kept: bool,
    /// Why it cannot be shown, or not in full.
    pub damage: Option<Damage>,
    /// Its groups, each after its parent, siblings sorted by name.
    pub groups: Vec<TreeGroup>,
}

/// A resource group in the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeGroup {
    /// Its id.
    pub id: ObjectId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The version that an update is based on.
    pub version: Version,
    /// The group around it.
    pub parent: Option<ObjectId>,
    /// 0 stands directly in the vault.
    pub depth: u16,
    /// Resources in it, groups in it included.
    pub resources: u32,
}

/// What the list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Selection {
    /// Every vault.
    #[default]
    All,
    /// What the person marked with a star.
    Favourites,
    /// What the person opened last.
    Recent,
    /// A saved view.
    View(ViewId),
    /// One vault.
    Vault(VaultId),
    /// One resource group and the groups in it.
    ResourceGroup(VaultId, ObjectId),
}

/// Asks for a resource.
#[derive(Serialize, Deserialize)]
pub struct ReadResource {
    /// Its vault.
    pub vault: VaultId,
    /// Its id.
    pub resource: ObjectId,
}

/// A resource with its accounts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResourceView {
    /// Its vault.
    pub vault: VaultId,
    /// Its id.
    pub id: ObjectId,
    /// The small number for people and scripts.
    pub number: Number,
    /// The version that an update is based on.
    pub version: Version,
    /// The name of the vault, then of the groups around it.
    pub path: Vec<String>,
    /// Everything that can be edited.
    pub fields: ResourceFields,
    /// Files that were taken away and can be brought back, newest first.
    pub removed: Vec<FileRef>,
    /// Its accounts, sorted by name.
    pub accounts: Vec<AccountView>,
    /// Who wrote the present version.
    pub author: String,
    /// When, in milliseconds since 1970.
    pub changed: i64,
    /// Whether the person may write.
    pub writable: bool,
    /// Why it cannot be trusted.
    pub damage: Option<Damage>,
}

/// What can be edited of a resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceFields {
    /// Its name.
    pub name: String,
    /// Its type: free text; known ones have an icon.
    pub resource_type: String,
    /// A web address.
    pub url: String,
    /// A DNS name or IP address.
    pub dns_name: String,
    /// What it is.
    pub description: String,
    /// Notes.
    pub notes: String,
    /// The department.
    pub department: String,
    /// Where it stands.
    pub location: String,
    /// Who is responsible.
    pub owner: String,
    /// Tags.
    pub tags: Vec<String>,
    /// The password policy of its accounts that have none of their own.
    pub policy: Option<PolicyRef>,
    /// The group around it.
    pub group: Option<ObjectId>,
    /// Up to 20 further fields; never hidden ones.
    pub custom: Vec<CustomField>,
}

/// Asks for an account.
#[derive(Serialize, Deserialize)]
pub struct ReadAccount {
    /// Its vault.
    pub vault: VaultId,
    /// Its id.
    pub account: ObjectId,
}

/// An account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountView {
    /// Its vault.
    pub vault: VaultId,
    /// Its resource.
    pub resource: ObjectId,
    /// Its id.
    pub id: ObjectId,
    /// The small number for people and scripts.
    pub number: Number,
    /// The version that an update is based on.
    pub version: Version,
    /// Everything that can be edited and is no secret.
    pub fields: AccountFields,
    /// Files that were taken away and can be brought back, newest first.
    pub removed: Vec<FileRef>,
    /// Whether it has a secret.
    pub has_secret: bool,
    /// What is known of its secret.
    pub facts: Option<FactsView>,
    /// Whether it has one-time codes.
    pub has_otp: bool,
    /// What may be known of its key or certificate.
    pub public: Option<PublicPart>,
    /// Who wrote the present version.
    pub author: String,
    /// When, in milliseconds since 1970.
    pub changed: i64,
    /// Why it cannot be trusted.
    pub damage: Option<Damage>,
}

/// What can be edited of an account, its secret apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountFields {
    /// Its name.
    pub name: String,
    /// The user name.
    pub user_name: String,
    /// What kind of secret.
    pub secret_type: SecretType,
    /// Whether it can do more than others.
    pub privileged: bool,
    /// Whether it is in use.
    pub active: bool,
    /// The last day on which it is valid.
    pub expiry: Option<Day>,
    /// Notes, for everyone who sees the catalog.
    pub notes: String,
    /// Tags.
    pub tags: Vec<String>,
    /// Its own password policy.
    pub policy: Option<PolicyRef>,
    /// Up to 20 further fields; of hidden ones only the label.
    pub custom: Vec<CustomField>,
    /// The file that is the secret.
    pub secret_file: Option<FileRef>,
    /// The files beside it.
    pub files: Vec<FileRef>,
}

/// A new vault.
#[derive(Serialize, Deserialize)]
pub struct CreateVault {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
}

/// A vault's new name or description.
#[derive(Serialize, Deserialize)]
pub struct UpdateVault {
    /// Which.
    pub vault: VaultId,
    /// What the change is based on.
    pub version: Version,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
}

/// A new resource group.
#[derive(Serialize, Deserialize)]
pub struct CreateResourceGroup {
    /// In a vault or another group.
    pub place: Place,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
}

/// A resource group's new name or description.
#[derive(Serialize, Deserialize)]
pub struct UpdateResourceGroup {
    /// Its vault.
    pub vault: VaultId,
    /// Which.
    pub group: ObjectId,
    /// What the change is based on.
    pub version: Version,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
}

/// A new resource, with its first account if one is given.
#[derive(Serialize, Deserialize)]
pub struct CreateResource {
    /// The vault; the group stands in the fields.
    pub vault: VaultId,
    /// Its fields.
    pub fields: ResourceFields,
    /// The first account.
    pub account: Option<NewAccount>,
}

/// The fields and the secret of a new account.
#[derive(Serialize, Deserialize)]
pub struct NewAccount {
    /// Its fields.
    pub fields: AccountFields,
    /// Its secret.
    pub secret: Option<SecretText>,
    /// The values of the hidden fields.
    pub hidden: Vec<HiddenEdit>,
    /// The seed of its one-time codes.
    pub seed: Option<SecretText>,
}

/// A resource's new fields. Another group in the fields moves it.
#[derive(Serialize, Deserialize)]
pub struct UpdateResource {
    /// Its vault.
    pub vault: VaultId,
    /// Which.
    pub resource: ObjectId,
    /// What the change is based on.
    pub version: Version,
    /// Its fields.
    pub fields: ResourceFields,
}

/// A new account.
#[derive(Serialize, Deserialize)]
pub struct CreateAccount {
    /// Its vault.
    pub vault: VaultId,
    /// Its resource.
    pub resource: ObjectId,
    /// What it is.
    pub account: NewAccount,
}

/// An account's new fields.
#[derive(Serialize, Deserialize)]
pub struct UpdateAccount {
    /// Its vault.
    pub vault: VaultId,
    /// Which.
    pub account: ObjectId,
    /// What the change is based on.
    pub version: Version,
    /// Its fields.
    pub fields: AccountFields,
    /// What becomes of its secret.
    pub secret: SecretChange,
    /// One for each hidden field.
    pub hidden: Vec<HiddenEdit>,
    /// What becomes of the seed of its one-time codes.
    pub seed: SeedChange,
}

/// What becomes of a hidden field.
#[derive(Serialize, Deserialize)]
pub struct HiddenEdit {
    /// Its label now.
    pub label: String,
    /// Its label before; `None` when it is new.
    pub was: Option<String>,
    /// Its new value; `None` keeps the one that it had.
    pub value: Option<SecretText>,
}

/// What becomes of a secret.
#[derive(Serialize, Deserialize)]
pub enum SecretChange {
    /// It stays, and is not asked for where that can be helped.
    Keep,
    /// It is replaced.
    Replace(SecretText),
}

/// What becomes of the seed of one-time codes.
#[derive(Serialize, Deserialize)]
pub enum SeedChange {
    /// It stays; where there is none, there is none.
    Keep,
    /// It is replaced, or there is one now.
    Replace(SecretText),
    /// There is none any more.
    Remove,
}

/// Moves items.
#[derive(Serialize, Deserialize)]
pub struct MoveItems {
    /// Which.
    pub items: Vec<Item>,
    /// Where to.
    pub to: Place,
}

/// Copies items.
#[derive(Serialize, Deserialize)]
pub struct CopyItems {
    /// Which.
    pub items: Vec<Item>,
    /// Where to.
    pub to: Place,
}

/// Deletes items.
#[derive(Serialize, Deserialize)]
pub struct DeleteItems {
    /// Which.
    pub items: Vec<Item>,
}

/// Takes a change back.
#[derive(Serialize, Deserialize)]
pub struct Undo {
    /// Which.
    pub undo: UndoId,
}

/// Fills a vault with examples.
#[derive(Serialize, Deserialize)]
pub struct AddExamples {
    /// Which vault.
    pub vault: VaultId,
}

/// Takes the examples away.
#[derive(Serialize, Deserialize)]
pub struct RemoveExamples {
    /// Which vault.
    pub vault: VaultId,
}

/// What a change made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// The item that was made or changed, when it is a single one.
    pub item: Option<Item>,
    /// How to take it back; `None` where that is not offered.
    pub undo: Option<UndoId>,
}
