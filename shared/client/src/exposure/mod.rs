//! The exposure ledger: who has been able to open a secret, worked out from the verified chain and the secret's header
//! alone. It counts who held the keys, never who is said to have used them: a server that keeps silent about a release
//! changes nothing here.
//!
//! A secret is sealed under one key of one epoch. Whoever had a role that this key goes with, at any time since the epoch
//! began, holds it: grants bring the keys of all epochs, and a role that is lost brings new keys for what is written
//! afterwards, never for what is there. So whoever lost the role stays a holder of the present version until a new one is
//! written; until then the secret is *exposed*.

#[cfg(test)]
mod tests;

use sealward_contract::{
    chain::{InvitationState, Member, MemberKind, TeamState, VaultRole},
    ids::{Epoch, MemberId, ObjectId, Timestamp, VaultId, Version},
    policy,
    record::{RecordKind, Tier},
};

/// What the header of the present version of a secret says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretStanding {
    /// Its vault.
    pub vault: VaultId,
    /// Its account.
    pub account: ObjectId,
    /// Its version.
    pub version: Version,
    /// The epoch of the key that seals it.
    pub epoch: Epoch,
    /// Which key of that epoch.
    pub tier: Tier,
    /// Who wrote it, and so knows it.
    pub author: MemberId,
    /// When, by the author's clock.
    pub time: Timestamp,
}

/// Why somebody could open a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// By a role in the vault.
    Role(VaultRole),
    /// By the link of an invitation, which a role comes with.
    Invited(VaultRole, InvitationState),
    /// By having written it.
    Wrote,
    /// By having made the keys that this person first had, and has had to replace since.
    MadeKeys(MemberId),
    /// By having made the token of this service, which has a role: whoever made it can have kept it.
    MadeToken(MemberId),
    /// By keys that the member has replaced since: whoever had come by those had what its role gave.
    FormerKeys(VaultRole),
}

/// Somebody who could open the present version of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Who; of an invitation the member that its holder becomes.
    pub member: MemberId,
    /// Why.
    pub why: Why,
    /// Since when.
    pub since: Timestamp,
    /// When they lost the right to it; `None` while they have it. The keys they keep.
    pub lost: Option<Timestamp>,
}

/// A secret that somebody could open who has no right to it any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exposed {
    /// The secret.
    pub secret: SecretStanding,
    /// Because of whom.
    pub holder: Holder,
    /// Since when.
    pub since: Timestamp,
}

/// A secret that somebody could open on some day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    /// The secret.
    pub secret: SecretStanding,
    /// By which role.
    pub role: VaultRole,
    /// Whether the present version is another than that day's.
    pub changed: bool,
}

/// Everyone who has been able to open the present version of a secret: those who still may first, each once, and keys that
/// were replaced for themselves.
#[must_use]
pub fn holders(chain: &TeamState, secret: &SecretStanding) -> Vec<Holder> {
    let Some(vault) = chain.vault(&secret.vault) else { return Vec::new() };
    let Some(began) = vault.epochs().iter().find(|known| known.epoch == secret.epoch).map(|known| known.since) else {
        return Vec::new();
    };
    let at = |sequence| chain.time_of(sequence).max(secret.time);
    let (mut found, mut by_role) = (Vec::new(), Vec::new());
    for (member, history) in vault.role_histories() {
        if let Some(held) = find_held(history, secret.tier, began) {
            by_role.push((*member, held));
            found.push(Holder {
                member: *member,
                why: Why::Role(held.role),
                since: at(held.since),
                lost: held.until.map(|until| chain.time_of(until)),
            });
            found.extend(find_former(chain, member, held).map(|until| Holder {
                member: *member,
                why: Why::FormerKeys(held.role),
                since: at(held.since),
                lost: Some(chain.time_of(until)),
            }));
        }
    }
    for (member, held) in by_role {
        for (keeper, span) in keepers_in(chain, &member, held) {
            if found.iter().any(|holder| holder.member == keeper && !matches!(holder.why, Why::FormerKeys(_))) {
                continue;
            }
            // While they have a right to it of their own, nothing is exposed by it.
            let own = chain.vault_role(&secret.vault, &keeper).is_some_and(|role| policy::holds_key(role, secret.tier));
            let lost = (!own).then(|| span.until.map_or(at(span.since), |until| chain.time_of(until)));
            found.push(Holder { member: keeper, why: made(chain, member), since: at(span.since), lost });
        }
    }
    for invitation in chain.invitations() {
        let member = invitation.invite.invite.member();
        let grant = invitation.invite.grants.iter().find(|grant| grant.vault == secret.vault);
        let Some(grant) = grant.filter(|grant| policy::holds_key(grant.role, secret.tier)) else { continue };
        // Whoever joined by it is a member, and counted as one.
        let over = invitation.closed.is_some_and(|closed| closed <= began);
        if invitation.state != InvitationState::Used && !over {
            found.push(Holder {
                member,
                why: Why::Invited(grant.role, invitation.state),
                since: at(invitation.since.max(began)),
                lost: invitation.closed.map(|closed| chain.time_of(closed)),
            });
        }
    }
    if !found.iter().any(|holder| holder.member == secret.author && !matches!(holder.why, Why::FormerKeys(_))) {
        // An editor who wrote what only custodians open has a right to write it again.
        let writes = |role| policy::may_write_record(role, RecordKind::Secret);
        let lost = (!chain.vault_role(&secret.vault, &secret.author).is_some_and(writes)).then(|| {
            let history = vault.role_histories().find(|(member, _)| **member == secret.author);
            let newest = history.and_then(|(_, roles)| roles.last());
            newest.map_or(secret.time, |(since, _)| chain.time_of(*since))
        });
        found.push(Holder { member: secret.author, why: Why::Wrote, since: secret.time, lost });
    }
    found.sort_by_key(|holder| (holder.lost.is_some(), holder.since, holder.member));
    found
}

/// The secrets that members could open who have no right to them any more. A link that nobody joined by is not counted:
/// its keys were never handed out.
#[must_use]
pub fn exposed(chain: &TeamState, secrets: &[SecretStanding]) -> Vec<Exposed> {
    let mut found = Vec::new();
    for secret in secrets {
        for holder in holders(chain, secret) {
            if let (Some(lost), Why::Role(_) | Why::Wrote | Why::MadeToken(_) | Why::MadeKeys(_) | Why::FormerKeys(_)) =
                (holder.lost, holder.why)
            {
                found.push(Exposed { secret: *secret, holder, since: lost.max(secret.time) });
            }
        }
    }
    found.sort_by_key(|exposed| std::cmp::Reverse(exposed.since));
    found
}

/// What a member could open between two times, of the secrets that there are now. What was written first after that time
/// was not there; what was changed since was there in an earlier version, perhaps.
#[must_use]
pub fn reach(
    chain: &TeamState,
    member: &MemberId,
    secrets: &[SecretStanding],
    (from, until): (Timestamp, Timestamp),
) -> Vec<Reached> {
    let Some(last) = chain.last_before(until) else { return Vec::new() };
    let first = chain.last_before(from).unwrap_or(0);
    let role_in = |secret: &SecretStanding| {
        let held = chain.vault(&secret.vault)?.role_histories().flat_map(|(id, history)| {
            spans(history).flat_map(move |span| match id == member {
                true => vec![span],
                // By a token that they made.
                false => keepers_in(chain, id, span)
                    .into_iter()
                    .filter(|(keeper, _)| keeper == member)
                    .map(|(_, span)| span)
                    .collect(),
            })
        });
        let then = held.filter(|span| span.since <= last && span.until.is_none_or(|until| until > first));
        then.map(|span| span.role).filter(|role| policy::holds_key(*role, secret.tier)).max()
    };
    let reached = secrets.iter().filter_map(|secret| {
        let changed = secret.time >= until;
        if changed && secret.version == Version::FIRST {
            return None;
        }
        Some(Reached { secret: *secret, role: role_in(secret)?, changed })
    });
    reached.collect()
}

/// A role, and the statements between which it was held.
#[derive(Clone, Copy)]
struct Span {
    role: VaultRole,
    since: u64,
    until: Option<u64>,
}

fn spans(history: &[(u64, Option<VaultRole>)]) -> impl Iterator<Item = Span> + '_ {
    let ends = history.iter().skip(1).map(|(since, _)| Some(*since)).chain([None]);
    history.iter().zip(ends).filter_map(|((since, role), until)| Some(Span { role: (*role)?, since: *since, until }))
}

/// What somebody made for whom keys of it count as theirs too.
fn made(chain: &TeamState, of: MemberId) -> Why {
    match chain.member(&of).map(Member::kind) {
        Some(MemberKind::Service) => Why::MadeToken(of),
        _ => Why::MadeKeys(of),
    }
}

/// Others whose clients made the keys that a member had while it held a role, each with when that was.
fn keepers_in(chain: &TeamState, member: &MemberId, held: Span) -> Vec<(MemberId, Span)> {
    let mut since = 0;
    let mut found = Vec::new();
    for (keeper, until) in chain.member(member).into_iter().flat_map(Member::keepers) {
        let begins = held.since.max(since);
        let ends = [held.until, until].into_iter().flatten().min();
        if keeper != *member && ends.is_none_or(|ends| ends > begins) {
            found.push((keeper, Span { since: begins, until: ends, ..held }));
        }
        since = until.unwrap_or(since);
    }
    found
}

/// The statement by which a person replaced the keys that they had while they held a role, the last where there are more.
/// A service's token is its keeper's to account for.
fn find_former(chain: &TeamState, member: &MemberId, held: Span) -> Option<u64> {
    let member = chain.member(member).filter(|member| member.kind() == MemberKind::Person)?;
    let replaced = member.keepers().filter_map(|(_, until)| until);
    replaced.filter(|until| *until > held.since && held.until.is_none_or(|ended| *until <= ended)).last()
}

/// From when to when somebody held a key, by their roles since its epoch began.
fn find_held(history: &[(u64, Option<VaultRole>)], tier: Tier, began: u64) -> Option<Span> {
    let mut held: Option<Span> = None;
    for span in spans(history).filter(|span| policy::holds_key(span.role, tier)) {
        if span.until.is_some_and(|until| until <= began || until <= span.since) {
            continue;
        }
        let since = held.map_or(span.since.max(began), |before| before.since);
        held = Some(Span { since, ..span });
    }
    held
}
