//! The services of the team: admitted, given other terms and another token. A token leaves the worker once, to be shown.

use super::{
    clock::{millis, now},
    engine::{Engine, surroundings},
};
use crate::bridge::*;
use sealward_client::{service::ServiceToken, session::NewService};
use sealward_contract::{
    chain::{MemberState as State, ServiceTerms as Terms, TeamState, VaultGrant},
    ids::Timestamp,
    policy,
    text::LoginName,
};

/// Milliseconds of a day.
const DAY: u64 = 86_400_000;

impl Engine {
    /// Admits a service, and gives its token.
    pub async fn admit_service(&self, ask: AdmitService) -> Result<TokenMade, Error> {
        let login_name = LoginName::parse(&ask.login_name).map_err(|_| Error::InvalidForm(FormField::LoginName))?;
        let grants = ask.grants.into_iter().map(|(vault, role)| VaultGrant { vault, role }).collect();
        let new = NewService { login_name, terms: terms_of(ask.terms), grants };
        let token = self.change_people(async |session| session.admit_service(&new).await).await?;
        Ok(made(&token))
    }

    /// Other terms for a service.
    pub async fn set_service(&self, ask: SetService) -> Result<(), Error> {
        let terms = terms_of(ask.terms);
        self.change_people(async |session| session.set_service(ask.member, &terms).await).await
    }

    /// Another token for a service.
    pub async fn renew_service(&self, ask: RenewService) -> Result<TokenMade, Error> {
        let terms = terms_of(ask.terms);
        let token = self.change_people(async |session| session.renew_service(ask.member, &terms).await).await?;
        Ok(made(&token))
    }

    /// When services were last used.
    pub async fn read_service_uses(&self) -> Result<Vec<ServiceUse>, Error> {
        let uses = self.open()?.session.service_uses().await?;
        let of = |one: sealward_contract::operations::services::ServiceUse| ServiceUse {
            member: one.member,
            used: millis(one.used),
            address: one.address,
        };
        Ok(uses.into_iter().map(of).collect())
    }
}

fn made(token: &ServiceToken) -> TokenMade {
    TokenMade { token: SecretText::new(token.expose().to_string()) }
}

fn terms_of(terms: ServiceTerms) -> Terms {
    let expires = match terms.end {
        ServiceEnd::Never => None,
        ServiceEnd::Days(days) => Some(surroundings().now().plus_millis(u64::from(days) * DAY)),
        ServiceEnd::At(millis) => Some(Timestamp(u64::try_from(millis).unwrap_or_default())),
    };
    Terms { expires, hosts: terms.hosts, scope: terms.scope, vault: terms.vault }
}

/// What a member is besides, where it is a service.
pub fn row_of(
    chain: &TeamState,
    own: &MemberId,
    (member, keeper): (&MemberId, &MemberId),
    state: State,
    terms: &Terms,
) -> ServiceRow {
    let days = |expires: Timestamp| u32::try_from(expires.since(now()).div_ceil(DAY)).unwrap_or(u32::MAX);
    let editable = state != State::Removed && policy::may_set_service(chain, own, member);
    ServiceRow {
        expires: terms.expires.map(millis),
        days_left: terms.expires.map(days),
        hosts: terms.hosts.clone(),
        scope: terms.scope,
        vault: terms.vault,
        keeper: *keeper,
        editable,
        renewable: editable && state != State::Suspended && policy::may_renew_service(chain, own, member),
    }
}
