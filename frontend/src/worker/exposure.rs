//! Who could open what, with the names of what the person sees. Headers of secrets are fetched; no secret is.

use std::{collections::BTreeMap, rc::Rc};

use super::{
    clock::millis,
    engine::{Engine, Open},
};
use crate::bridge::*;
use sealward_client::{
    error as client,
    exposure::{self, Exposed, Holder, SecretStanding, Why},
    vault::Details,
};
use sealward_contract::{
    ids::{InviteId, Timestamp},
    policy,
    record::{LeafKey, RecordKind},
};

impl Engine {
    /// Who could open the present secret of an account.
    pub async fn read_holders(&self, ask: ReadHolders) -> Result<Vec<HolderRow>, Error> {
        let open = self.open()?;
        let standing = open.session.secret_standing(ask.vault, ask.account).await;
        self.take_in(&open);
        let chain = open.session.chain().ok_or(Error::Gone)?;
        let found = exposure::holders(&chain, &standing?);
        drop(chain);
        Ok(found.into_iter().map(|holder| open.holder_row(&holder)).collect())
    }

    /// The exposed secrets of all vaults that the person opens secrets of.
    pub async fn read_exposed(&self) -> Result<ExposedView, Error> {
        let open = self.open()?;
        let all = open.standings().await?;
        let secrets: Vec<SecretStanding> = all.values().flat_map(|standings| standings.iter().copied()).collect();
        let found = exposure::exposed(&*open.session.chain().ok_or(Error::Gone)?, &secrets);
        let rows = found.into_iter().filter_map(|Exposed { secret, holder, since }| {
            Some(ExposedRow {
                secret: open.name_secret(&secret)?,
                who: open.name_of(holder.member),
                why: open.reason(holder.why),
                since: millis(since),
            })
        });
        Ok(ExposedView { rows: rows.collect(), secrets: u32::try_from(secrets.len()).unwrap_or(u32::MAX) })
    }

    /// What a member could open in a time.
    pub async fn read_reach(&self, ask: ReadReach) -> Result<ReachView, Error> {
        let open = self.open()?;
        let all = open.standings().await?;
        let secrets: Vec<SecretStanding> = all.values().flat_map(|standings| standings.iter().copied()).collect();
        let chain = open.session.chain().ok_or(Error::Gone)?;
        let (from, until) = (Timestamp(ask.from), Timestamp(ask.until));
        let reached = exposure::reach(&chain, &ask.member, &secrets, (from, until));
        let exposed: BTreeMap<_, _> = exposure::exposed(&chain, &secrets)
            .into_iter()
            .filter(|exposed| exposed.holder.member == ask.member)
            .map(|exposed| ((exposed.secret.vault, exposed.secret.account), millis(exposed.since)))
            .collect();
        let last = chain.last_before(until);
        let had_role = |vault: &sealward_contract::chain::VaultState| {
            last.is_some_and(|last| vault.role_at(&ask.member, last).is_some())
        };
        // What somebody has for themselves is theirs, and not told of.
        let is_shared = |vault: &sealward_contract::chain::VaultState| policy::may_share(vault.kind);
        let unseen = chain.vaults().filter(|(id, vault)| !all.contains_key(*id) && is_shared(vault) && had_role(vault));
        let unseen = unseen.count();
        drop(chain);
        let mut rows: Vec<ReachRow> = reached
            .into_iter()
            .filter_map(|reached| {
                let exposed = exposed.get(&(reached.secret.vault, reached.secret.account)).copied();
                let secret = open.name_secret(&reached.secret)?;
                Some(ReachRow { secret, role: reached.role, changed: reached.changed, exposed })
            })
            .collect();
        let name = |row: &ReachRow| {
            let SecretNamed { vault, resource, account, .. } = &row.secret;
            (vault.clone(), resource.clone(), account.clone())
        };
        rows.sort_by_cached_key(name);
        Ok(ReachView { rows, unseen: u32::try_from(unseen).unwrap_or(u32::MAX) })
    }
}

impl Open {
    /// How the secrets stand of all vaults that the person opens secrets of.
    async fn standings(&self) -> Result<BTreeMap<VaultId, Rc<Vec<SecretStanding>>>, Error> {
        let vaults: Vec<VaultId> = self.session.vaults().keys().copied().collect();
        let mut all = BTreeMap::new();
        for vault in vaults.into_iter().filter(|vault| self.session.role(vault).is_some_and(policy::may_list_versions))
        {
            match self.session.secret_standings(vault).await {
                Ok(standings) => drop(all.insert(vault, standings)),
                // Lost meanwhile.
                Err(client::Error::NotAllowed | client::Error::Gone) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(all)
    }

    fn holder_row(&self, holder: &Holder) -> HolderRow {
        let inviter = || {
            let chain = self.session.chain()?;
            Some(chain.invitation(&InviteId(holder.member.0))?.inviter)
        };
        let who = match holder.why {
            Why::Invited(..) => inviter().map(|inviter| self.name_of(inviter)).unwrap_or_default(),
            Why::Role(_) | Why::Wrote | Why::MadeToken(_) | Why::MadeKeys(_) | Why::FormerKeys(_) => {
                self.name_of(holder.member)
            }
        };
        HolderRow {
            who,
            own: holder.member == self.session.member(),
            why: self.reason(holder.why),
            since: millis(holder.since),
            lost: holder.lost.map(millis),
        }
    }

    fn reason(&self, why: Why) -> Reason {
        match why {
            Why::Role(role) => Reason::Role(role),
            Why::Invited(role, state) => Reason::Invited(role, state),
            Why::Wrote => Reason::Wrote,
            Why::FormerKeys(role) => Reason::FormerKeys(role),
            Why::MadeKeys(person) => Reason::MadeKeys(self.name_of(person)),
            Why::MadeToken(service) => Reason::MadeToken(self.name_of(service)),
        }
    }

    fn name_secret(&self, secret: &SecretStanding) -> Option<SecretNamed> {
        self.name_account(secret.vault, secret.account)
    }

    /// The names of an account; `None` where it is not there any more.
    pub(super) fn name_account(&self, vault: VaultId, id: ObjectId) -> Option<SecretNamed> {
        let vaults = self.session.vaults();
        let view = vaults.get(&vault)?;
        let account = view.entry(&LeafKey { id, kind: RecordKind::Account })?;
        let parent = account.record().context().parent;
        let resource = view.entry(&LeafKey { id: parent, kind: RecordKind::Resource })?;
        let number = |entry: &sealward_client::vault::Entry| format!("#{}", entry.number().0);
        let name = |entry: &sealward_client::vault::Entry| {
            entry.details().map_or_else(|_| number(entry), |details| details.name().to_owned())
        };
        let resource_type = match resource.details() {
            Ok(Details::Resource(details)) => details.resource_type.clone(),
            _ => String::new(),
        };
        Some(SecretNamed {
            item: Item::Account(vault, parent, id),
            account: name(account),
            resource: name(resource),
            resource_type,
            vault: self.name_vault(vault).name,
        })
    }
}
