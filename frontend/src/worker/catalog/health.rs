//! The report on the health of all secrets. It reads what the catalog and the facts say and asks the server for nothing.

use super::{Catalog, row};
use crate::{
    bridge::{Check, Finding, Found, Health, Item, VaultHealth, VaultId},
    worker::{clock, engine::Open},
};
use sealward_client::{
    listing::{Known, Place, Tally},
    model::Day,
    vault::Details,
};
use sealward_contract::record::{LeafKey, RecordKind};
use std::collections::BTreeMap;

/// What is looked for, the worst first.
const LOOKED_FOR: [Check; 6] =
    [Check::Weak, Check::Reused, Check::Expired, Check::Old, Check::Expiring, Check::NoSecret];
/// How many of each kind are shown at once.
const SHOWN: usize = 5;

impl Catalog {
    /// The report.
    pub fn health(&mut self, open: &Open) -> Health {
        self.make_all_details(open);
        let today = clock::today();
        let mut by_vault: BTreeMap<VaultId, Tally> = BTreeMap::new();
        let mut worst: Vec<Vec<(Place, &Known)>> = vec![Vec::new(); LOOKED_FOR.len()];
        for (place, known) in self.listing.known() {
            let checks = known.checks(today);
            by_vault.entry(place.0).or_default().add(checks);
            for (check, found) in LOOKED_FOR.iter().zip(&mut worst) {
                if checks.has(*check) {
                    found.push((place, known));
                }
            }
        }
        let mut all = Tally::default();
        by_vault.values().for_each(|tally| all.add_all(tally));
        let findings = LOOKED_FOR.iter().zip(worst).filter(|(_, found)| !found.is_empty()).map(|(check, mut found)| {
            let count = u32::try_from(found.len()).unwrap_or(u32::MAX);
            found.sort_by_key(|(place, known)| (urgency(*check, known), !known.privileged, *place, known.account));
            let worst =
                found.into_iter().take(SHOWN).filter_map(|(place, known)| self.found(open, *check, place, known));
            Finding { check: *check, count, worst: worst.collect() }
        });
        let findings = findings.collect();
        let name = |vault: &VaultId| {
            let vaults = open.session.vaults();
            let entry = vaults.get(vault)?.entry(&LeafKey { id: vault.object(), kind: RecordKind::Vault })?;
            Some(match entry.details() {
                Ok(details) => details.name().to_owned(),
                Err(_) => format!("#{}", entry.number().0),
            })
        };
        let mut vaults: Vec<VaultHealth> = by_vault
            .into_iter()
            .filter_map(|(vault, tally)| Some(VaultHealth { vault, name: name(&vault)?, score: tally.score(), tally }))
            .collect();
        vaults.sort_by(|a, b| (a.score, &a.name).cmp(&(b.score, &b.name)));
        Health { complete: !open.facts.borrow().is_busy(), score: all.score(), all, vaults, findings }
    }

    fn found(&self, open: &Open, check: Check, place: Place, known: &Known) -> Option<Found> {
        let vaults = open.session.vaults();
        let view = vaults.get(&place.0)?;
        let resource = view.entry(&LeafKey { id: place.1, kind: RecordKind::Resource })?;
        let account = view.entry(&LeafKey { id: known.account, kind: RecordKind::Account })?;
        let Ok(Details::Account(account)) = account.details() else { return None };
        Some(Found {
            item: Item::Account(place.0, place.1, known.account),
            resource: self.resources.get(&place).map(|listed| listed.name.clone())?,
            resource_type: row::resource_details(resource)
                .map(|details| details.resource_type.clone())
                .unwrap_or_default(),
            account: account.name.clone(),
            privileged: known.privileged,
            strength: known.strength,
            day: if matches!(check, Check::Expired | Check::Expiring) { known.expiry } else { known.changed },
        })
    }
}

/// Small is urgent.
fn urgency(check: Check, known: &Known) -> i32 {
    let day = |day: Option<Day>| day.map_or(i32::MAX, |day| day.0);
    match check {
        Check::Weak | Check::Reused => known.strength.map_or(i32::MAX, i32::from),
        Check::Old => day(known.changed),
        Check::Expired | Check::Expiring => day(known.expiry),
        _ => 0,
    }
}
