//! Services: admitted, and their tokens shown once.

use super::{
    Answer, find,
    members::{grants, word},
};
use crate::{
    engine::Open,
    failure::Failure,
    fault::Fault,
    views::{Hidden, ServiceView},
};
use sealward_client::{error::Error, session::NewService as Admitted};
use sealward_contract::{
    chain::{ServiceScope, ServiceTerms, VaultGrant, VaultRole},
    host::Host,
    ids::Timestamp,
    text::LoginName,
};
use serde::{Deserialize, Serialize};

/// A service that is to be admitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewService {
    /// What people know it by.
    pub name: String,
    /// Vaults, and the roles in them.
    pub grants: Vec<(String, String)>,
    /// Hosts that it may sign in from; anywhere where there is none.
    pub hosts: Vec<String>,
    /// When its time is over, in milliseconds of the Unix epoch.
    pub expires: Option<u64>,
    /// Whether it may only ask for secrets.
    pub requests_only: bool,
    /// The vault that it uses where none is named.
    pub vault: Option<String>,
}

pub(super) async fn create(session: &Open, new: NewService) -> Result<Answer, Fault> {
    let login_name = LoginName::parse(&new.name).map_err(|_| Error::LoginName)?;
    let host = |host: &String| {
        Host::parse(host).map_err(|_| Failure::Usage(format!("{host}: an address, a network or a host name")))
    };
    let terms = ServiceTerms {
        expires: new.expires.map(Timestamp),
        hosts: new.hosts.iter().map(host).collect::<Result<_, _>>()?,
        scope: if new.requests_only { ServiceScope::Requests } else { ServiceScope::Roles },
        vault: new.vault.as_deref().map(|vault| find::named_vault(session, vault)).transpose()?,
    };
    let default_vault = terms.vault.map(|vault| vault.to_string());
    let grants = grants(session, &new.grants)?;
    if let (Some(named), Some(vault)) = (&new.vault, terms.vault)
        && !grants.iter().any(|grant| grant.vault == vault)
    {
        return Err(
            Failure::Usage(format!("default-vault: {named}: none of its vaults: name it with --vault too")).into()
        );
    }
    let is_more = |grant: &&VaultGrant| grant.role != VaultRole::Viewer;
    if new.requests_only
        && let Some(grant) = grants.iter().find(is_more)
    {
        return Err(Failure::Usage(format!(
            "requests-only: {}: such a service is a viewer, since it may only ask for secrets",
            word(&grant.role)
        ))
        .into());
    }
    let admitted = Admitted { login_name, terms, grants };
    let token = session.admit_service(&admitted).await?;
    Ok(Answer::Service(ServiceView {
        id: token.member().to_string(),
        name: new.name,
        default_vault,
        token: Hidden(token.expose()),
    }))
}
