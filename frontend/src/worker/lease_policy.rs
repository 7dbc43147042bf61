//! Policies of secrets: read from the chain, set by a statement; what is there already is sealed anew on request.

use super::{
    editing::rated,
    engine::{Engine, Open},
    requests::wanted,
};
use crate::bridge::*;
use sealward_client::{
    error as client, files::FileChanges, model::SecretPayload, operations, session::is_ticket_pattern, vault::Details,
};
use sealward_contract::{
    chain::{Approvals, LeaseTerms, MemberKind, Policy, PolicyScope, Requirement, SetPolicy},
    policy,
    record::{RecordKind, Tier},
};
use std::collections::BTreeSet;

impl Engine {
    /// Sets a place's policy.
    pub async fn set_lease_policy(&self, ask: SetLeasePolicy) -> Result<(), Error> {
        let policy = ask.policy.map(into_policy);
        let pattern = policy.as_ref().and_then(|it| it.terms.as_ref()?.ticket_pattern.as_deref());
        // No ticket would ever fit what is no pattern.
        if pattern.is_some_and(|pattern| !is_ticket_pattern(pattern)) {
            return Err(Error::TicketPattern);
        }
        let guards =
            policy.as_ref().is_some_and(|it| it.approvals.0 > 0 || it.terms.as_ref().is_some_and(|it| it.exclusive));
        let open = self.open()?;
        // Afterwards not even a custodian may be given them without a request.
        let mut released: Vec<(ObjectId, SecretPayload)> = Vec::new();
        if guards && ask.reseal {
            for account in open.open_secrets(ask.vault, ask.place).await? {
                released.push((account, open.session.release(ask.vault, account).await?));
            }
        }
        let set = SetPolicy { vault: ask.vault, scope: scope_of(ask.place), policy };
        self.change_people(async |session| session.set_policy(&set).await).await?;
        self.change(async |open| {
            for (account, payload) in released {
                if open.tier(ask.vault, account) == Some(Tier::Guarded) {
                    open.seal_anew(ask.vault, account, payload).await?;
                }
            }
            Ok(())
        })
        .await
    }
}

impl Open {
    /// Which policy holds in a place.
    pub fn read_lease_policy(&self, ask: &ReadLeasePolicy) -> Result<LeasePolicyView, Error> {
        let chain = self.session.chain().ok_or(Error::Gone)?;
        let vault = chain.vault(&ask.vault).ok_or(Error::Gone)?;
        let in_force = |scope: &PolicyScope| {
            let mut all = vault.policies();
            all.find(|(other, _)| *other == scope).map(|(_, policy)| from_policy(policy))
        };
        let mut own = in_force(&scope_of(ask.place));
        let mut around = match ask.place {
            PolicyPlace::Vault => None,
            PolicyPlace::Resource(_) => in_force(&PolicyScope::Vault),
            PolicyPlace::Account(resource, _) => {
                in_force(&PolicyScope::Resource(resource)).or_else(|| in_force(&PolicyScope::Vault))
            }
        };
        let custodians = vault.grants().filter(|(_, role)| policy::may_grant(*role));
        let people = custodians
            .filter(|(member, _)| chain.member(member).is_some_and(|known| known.kind() != MemberKind::Service));
        let mut custodians: Vec<_> = people.map(|(member, _)| (*member, self.name_of(*member))).collect();
        custodians.sort_by(|(_, one), (_, other)| one.cmp(other));
        let services = vault.grants().map(|(member, _)| *member).filter(|member| {
            chain.role(member).is_some()
                && chain.member(member).is_some_and(|known| known.kind() == MemberKind::Service)
        });
        let mut services: Vec<_> = services.map(|member| (member, self.name_of(member))).collect();
        services.sort_by(|(_, one), (_, other)| one.cmp(other));
        let people: BTreeSet<MemberId> = custodians.iter().map(|(member, _)| *member).collect();
        let approvers = people.iter().copied().chain(services.iter().map(|(member, _)| *member)).collect();
        let left_out = |policy: &mut Option<LeasePolicy>| {
            policy.as_mut().map(|policy| leave_out(policy, &people, &approvers)).unwrap_or_default()
        };
        let (of_own, of_around) = (left_out(&mut own), left_out(&mut around));
        let gone = if own.is_some() { of_own } else { of_around };
        let gone = gone.into_iter().map(|member| self.name_of(member)).collect();
        Ok(LeasePolicyView { own, around, custodians, gone, services })
    }

    /// Which key seals an account's secret from now on.
    fn tier(&self, vault: VaultId, account: ObjectId) -> Option<Tier> {
        let key = operations::Item::within(vault, RecordKind::Account, account).key;
        let resource = self.session.verified(vault, key).ok()?.parent;
        let chain = self.session.chain()?;
        let sequence = chain.position().sequence;
        Some(chain.vault(&vault)?.tier_at(&account, Some(&resource), sequence))
    }

    /// Accounts of a place whose present secrets are sealed under the open key: also those that are older than a policy
    /// that asks for another.
    async fn open_secrets(&self, vault: VaultId, place: PolicyPlace) -> Result<Vec<ObjectId>, client::Error> {
        let standings = self.session.secret_standings(vault).await?;
        let open = standings.iter().filter(|standing| standing.tier == Tier::Open);
        let open: BTreeSet<ObjectId> = open.map(|standing| standing.account).collect();
        let accounts: Vec<ObjectId> = {
            let vaults = self.session.vaults();
            let entries = vaults.get(&vault).into_iter().flat_map(|view| view.entries());
            let live = entries.filter(|(key, entry)| key.kind == RecordKind::Account && entry.is_live());
            let within = live.filter(|(key, entry)| match place {
                PolicyPlace::Vault => true,
                PolicyPlace::Resource(resource) => entry.record().context().parent == resource,
                PolicyPlace::Account(_, account) => key.id == account,
            });
            within.map(|(key, _)| key.id).collect()
        };
        Ok(accounts.into_iter().filter(|account| open.contains(account)).collect())
    }

    async fn seal_anew(&self, vault: VaultId, account: ObjectId, payload: SecretPayload) -> Result<(), client::Error> {
        let key = operations::Item::within(vault, RecordKind::Account, account).key;
        let before = self.session.verified(vault, key)?;
        let Details::Account(details) = before.details else { return Err(client::Error::Gone) };
        let secret = rated(payload, details.secret_type).await;
        let files = FileChanges::default();
        let written =
            self.session.update_account_with(vault, account, before.version, *details, Some(secret), &files).await;
        written.map(drop)
    }
}

/// Leaves those out who may not be named any more, such as whoever is suspended: a policy that names them is not taken. Who
/// they are.
fn leave_out(
    policy: &mut LeasePolicy,
    people: &BTreeSet<MemberId>,
    approvers: &BTreeSet<MemberId>,
) -> BTreeSet<MemberId> {
    let mut gone = BTreeSet::new();
    let mut keep = |members: &mut Vec<MemberId>, known: &BTreeSet<MemberId>| {
        gone.extend(members.iter().filter(|member| !known.contains(*member)).copied());
        members.retain(|member| known.contains(member));
    };
    keep(&mut policy.approvers, approvers);
    keep(&mut policy.break_glass, people);
    if let Some(exempt) = &mut policy.exempt {
        keep(exempt, people);
    }
    gone
}

const fn scope_of(place: PolicyPlace) -> PolicyScope {
    match place {
        PolicyPlace::Vault => PolicyScope::Vault,
        PolicyPlace::Resource(resource) => PolicyScope::Resource(resource),
        PolicyPlace::Account(_, account) => PolicyScope::Account(account),
    }
}

fn from_policy(policy: &Policy) -> LeasePolicy {
    let terms = policy.terms.clone().unwrap_or_default();
    LeasePolicy {
        approvals: policy.approvals.0,
        reason: wanted(policy.reason),
        exclusive: terms.exclusive,
        longest: terms.longest,
        ticket: wanted(terms.ticket),
        ticket_pattern: terms.ticket_pattern,
        factor: terms.factor,
        change_after_use: terms.change_after_use,
        waits: terms.waits,
        approvers: terms.approvers,
        exempt: terms.exempt,
        break_glass: terms.break_glass,
    }
}

fn into_policy(policy: LeasePolicy) -> Policy {
    let sorted = |mut members: Vec<MemberId>| {
        members.sort_unstable();
        members.dedup();
        members
    };
    let terms = LeaseTerms {
        exclusive: policy.exclusive,
        longest: policy.longest,
        ticket: requirement(policy.ticket),
        ticket_pattern: policy.ticket_pattern.filter(|pattern| !pattern.is_empty()),
        factor: policy.factor,
        change_after_use: policy.change_after_use,
        waits: policy.waits,
        approvers: sorted(policy.approvers),
        exempt: policy.exempt.map(sorted),
        break_glass: sorted(policy.break_glass),
    };
    Policy {
        approvals: Approvals(policy.approvals),
        reason: requirement(policy.reason),
        terms: (terms != LeaseTerms::default()).then_some(terms),
    }
}

const fn requirement(wanted: Wanted) -> Requirement {
    match wanted {
        Wanted::No => Requirement::None,
        Wanted::Maybe => Requirement::Optional,
        Wanted::Yes => Requirement::Required,
    }
}
