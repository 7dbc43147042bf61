//! The same change to many items: tags put on and taken off, fields set.

use super::{
    Item,
    entry::{Next, draft_next},
    steps::{Doing, Report, Step},
};
use crate::{
    error::Error,
    model::{AccountDetails, Day, PolicyRef, ResourceDetails, SecretType},
    session::Session,
    transport::Transport,
    vault::Details,
};
use sealward_contract::record::RecordState;
use serde::{Deserialize, Serialize};

/// A field and what it is set to. An empty text clears it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldEdit {
    /// Who answers for a resource.
    Owner(String),
    /// The department that a resource belongs to.
    Department(String),
    /// Where a resource stands.
    Location(String),
    /// A resource's type, in the person's own words.
    ResourceType(String),
    /// What kind of secret an account has.
    SecretType(SecretType),
    /// The last day on which an account is valid.
    Expiry(Option<Day>),
    /// Whether an account has more rights than an ordinary one.
    Privileged(bool),
    /// Whether an account is in use.
    Active(bool),
    /// The password policy of a resource or an account; without one, that of what it stands in holds.
    Policy(Option<PolicyRef>),
}

impl<T: Transport> Session<T> {
    /// Puts tags on resources and accounts and takes others off. `progress` is told how many of how many are done.
    ///
    /// [`Error::Unfit`] is left where an item has no tags.
    pub async fn change_tags(
        &self,
        items: &[Item],
        add: &[String],
        remove: &[String],
        progress: impl Fn(Doing, usize, usize),
    ) -> Report {
        self.edit_each(items, &progress, |details| {
            let tags = match details {
                Details::Resource(resource) => &mut resource.tags,
                Details::Account(account) => &mut account.tags,
                Details::Vault(_) | Details::ResourceGroup(_) => return Err(Error::Unfit),
            };
            tags.retain(|tag| !remove.contains(tag));
            for tag in add {
                if !tags.contains(tag) {
                    tags.push(tag.clone());
                }
            }
            Ok(())
        })
        .await
    }

    /// Sets fields. `progress` is told how many of how many are done.
    ///
    /// [`Error::Unfit`] is left where an item has none of the fields.
    pub async fn edit_items(
        &self,
        items: &[Item],
        edits: &[FieldEdit],
        progress: impl Fn(Doing, usize, usize),
    ) -> Report {
        self.edit_each(items, &progress, |details| {
            let mut fits = false;
            for edit in edits {
                fits |= match details {
                    Details::Resource(resource) => edit_resource(resource, edit),
                    Details::Account(account) => edit_account(account, edit),
                    Details::Vault(_) | Details::ResourceGroup(_) => false,
                };
            }
            if fits { Ok(()) } else { Err(Error::Unfit) }
        })
        .await
    }

    async fn edit_each(
        &self,
        items: &[Item],
        progress: &impl Fn(Doing, usize, usize),
        edit: impl Fn(&mut Details) -> Result<(), Error>,
    ) -> Report {
        let now = self.surroundings().now();
        self.change_each(items, progress, |item| {
            let before = self.verified(item.vault, item.key)?;
            let mut details = before.details.clone();
            edit(&mut details)?;
            if details == before.details {
                return Ok(None);
            }
            match &mut details {
                Details::Resource(resource) => resource.changed = now,
                Details::Account(account) => account.changed = now,
                Details::Vault(_) | Details::ResourceGroup(_) => {}
            }
            let next = Next { details, parent: before.parent, state: RecordState::Live };
            Ok(Some(Step::of_one(item, draft_next(item, before, next)?)))
        })
        .await
    }
}

/// Whether a resource has the field; then it is set.
fn edit_resource(resource: &mut ResourceDetails, edit: &FieldEdit) -> bool {
    match edit {
        FieldEdit::Owner(owner) => resource.owner.clone_from(owner),
        FieldEdit::Department(department) => resource.department.clone_from(department),
        FieldEdit::Location(location) => resource.location.clone_from(location),
        FieldEdit::ResourceType(resource_type) => resource.resource_type.clone_from(resource_type),
        FieldEdit::Policy(policy) => resource.policy.clone_from(policy),
        FieldEdit::SecretType(_) | FieldEdit::Expiry(_) | FieldEdit::Privileged(_) | FieldEdit::Active(_) => {
            return false;
        }
    }
    true
}

/// Whether an account has the field; then it is set.
fn edit_account(account: &mut AccountDetails, edit: &FieldEdit) -> bool {
    match edit {
        FieldEdit::SecretType(secret_type) => account.secret_type = *secret_type,
        FieldEdit::Expiry(expiry) => account.expiry = *expiry,
        FieldEdit::Privileged(privileged) => account.privileged = *privileged,
        FieldEdit::Active(active) => account.active = *active,
        FieldEdit::Policy(policy) => account.policy.clone_from(policy),
        FieldEdit::Owner(_) | FieldEdit::Department(_) | FieldEdit::Location(_) | FieldEdit::ResourceType(_) => {
            return false;
        }
    }
    true
}
