//! Where things go: the vault of what is addressed, else the one that the service has as its default.

use crate::{engine::Open, failure::Failure};
use sealward_client::vault::Details;
use sealward_contract::{
    ids::{ObjectId, VaultId},
    policy,
    record::{LeafKey, RecordKind},
    text::LoginName,
};

/// The vault that a service uses where none is addressed: the one of its terms, or the only one that it may write into.
///
/// # Errors
/// [`Failure::Usage`] where there is no such vault.
pub fn default_vault(session: &Open) -> Result<VaultId, Failure> {
    let none = || {
        Failure::Usage(
            "The token has no default vault: make its service with --default-vault and a vault that it may write into"
                .to_owned(),
        )
    };
    let chain = session.chain().ok_or_else(none)?;
    let own = session.member();
    let set = chain.member(&own).and_then(|member| member.service()?.vault);
    let may_write =
        |vault: &VaultId| session.role(vault).is_some_and(|role| policy::may_write_record(role, RecordKind::Resource));
    if let Some(set) = set.filter(may_write) {
        return Ok(set);
    }
    let vaults = session.vaults();
    let mut writable = vaults.keys().copied().filter(may_write);
    match (writable.next(), writable.next()) {
        (Some(only), None) => Ok(only),
        _ => Err(none()),
    }
}

/// The resource group with a name in a vault; of several the one with the lowest number.
#[must_use]
pub fn group(session: &Open, vault: VaultId, name: &str) -> Option<ObjectId> {
    let keys: Vec<LeafKey> = {
        let vaults = session.vaults();
        let view = vaults.get(&vault)?;
        let is_group = |key: &LeafKey| key.kind == RecordKind::ResourceGroup && view.is_reachable(key);
        view.entries().map(|(key, _)| *key).filter(is_group).collect()
    };
    let named = keys.into_iter().filter_map(|key| {
        let entry = session.verified(vault, key).ok()?;
        let fits = matches!(&entry.details, Details::ResourceGroup(details) if details.name == name);
        fits.then_some((entry.number, key.id))
    });
    named.min().map(|(_, id)| id)
}

/// Whether somebody with this login name sees a vault.
#[must_use]
pub fn sees(session: &Open, vault: &VaultId, login_name: &str) -> bool {
    let Ok(login_name) = LoginName::parse(login_name) else { return false };
    let Some(chain) = session.chain() else { return false };
    chain
        .members()
        .any(|member| member.keys.login_name == login_name && chain.vault_role(vault, &member.keys.member).is_some())
}
