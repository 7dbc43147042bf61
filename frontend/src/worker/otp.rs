//! One-time codes: the seeds that are shown at the moment, and the code that each makes now.

use super::engine::{Engine, Open};
use crate::bridge::*;
use sealward_client::otp::{Seed, SeedFault};
use sealward_contract::{
    ids::Timestamp,
    record::{LeafKey, RecordKind},
};
use std::collections::BTreeMap;

/// Milliseconds that a seed stays here after it was released.
const HELD: u64 = 10 * 60 * 1_000;

/// Seeds that were released for their codes.
#[derive(Default)]
pub struct Seeds(BTreeMap<(VaultId, ObjectId), Held>);

struct Held {
    seed: Seed,
    /// Of the secret that it stood in.
    version: Version,
    since: Timestamp,
}

impl Engine {
    /// Has the secret released, unless its seed is here, and keeps the seed.
    pub async fn open_code(&self, vault: VaultId, account: ObjectId) -> Result<CodeReading, Error> {
        let open = self.open()?;
        if let Some(code) = open.held_code(vault, account) {
            return Ok(Ok(code));
        }
        Ok(match self.release_seed(&open, vault, account).await? {
            Ok((seed, version)) => {
                let now = open.session.surroundings().now();
                let code = view(&seed, now);
                open.seeds.borrow_mut().0.insert((vault, account), Held { seed, version, since: now });
                Ok(code)
            }
            Err(fault) => Err(fault),
        })
    }

    /// The code of this moment, from a seed that is here.
    pub fn read_code(&self, vault: VaultId, account: ObjectId) -> Result<CodeReading, Error> {
        self.open()?.held_code(vault, account).map(Ok).ok_or(Error::Gone)
    }

    /// The code of this moment; the seed stays only where it was before.
    pub async fn copy_code(&self, vault: VaultId, account: ObjectId) -> Result<CodeReading, Error> {
        let open = self.open()?;
        if let Some(code) = open.held_code(vault, account) {
            return Ok(Ok(code));
        }
        let seed = self.release_seed(&open, vault, account).await?;
        Ok(seed.map(|(seed, _)| view(&seed, open.session.surroundings().now())))
    }

    /// Forgets a seed.
    pub fn close_code(&self, vault: VaultId, account: ObjectId) -> Result<(), Error> {
        self.open()?.seeds.borrow_mut().0.remove(&(vault, account));
        Ok(())
    }

    async fn release_seed(
        &self,
        open: &std::rc::Rc<Open>,
        vault: VaultId,
        account: ObjectId,
    ) -> Result<Result<(Seed, Version), SeedFault>, Error> {
        let payload = open.release(vault, account).await;
        self.take_in(open);
        let payload = payload?;
        let seed = payload.otp_seed.as_ref().ok_or(Error::Gone)?;
        let version = open.secret_version(vault, account).ok_or(Error::Gone)?;
        Ok(Seed::read(seed.expose()).map(|seed| (seed, version)))
    }
}

impl Open {
    /// The code of a seed that is here, and still the account's.
    fn held_code(&self, vault: VaultId, account: ObjectId) -> Option<CodeView> {
        let now = self.session.surroundings().now();
        let version = self.secret_version(vault, account);
        let mut seeds = self.seeds.borrow_mut();
        let held = seeds.0.get(&(vault, account))?;
        if Some(held.version) != version || now.0.saturating_sub(held.since.0) > HELD {
            seeds.0.remove(&(vault, account));
            return None;
        }
        Some(view(&held.seed, now))
    }

    fn secret_version(&self, vault: VaultId, account: ObjectId) -> Option<Version> {
        let key = LeafKey { id: account, kind: RecordKind::Secret };
        self.session.vaults().get(&vault)?.tree().get(&key).map(|leaf| leaf.version)
    }
}

/// What a typed seed says of itself.
pub fn check(text: &SecretText) -> SeedReading {
    Seed::read(text.expose()).map(|seed| SeedView {
        issuer: seed.issuer().to_owned(),
        account: seed.account().to_owned(),
        algorithm: seed.algorithm(),
        digits: seed.digits(),
        period: seed.period(),
    })
}

fn view(seed: &Seed, now: Timestamp) -> CodeView {
    let code = seed.code_at(now);
    let show = |text: &sealward_client::model::SecretText| SecretText::new(text.expose().to_owned());
    CodeView {
        now: show(&code.now),
        next: show(&code.next),
        left: u32::try_from(code.until.0.saturating_sub(now.0)).unwrap_or(u32::MAX),
        period: seed.period(),
    }
}
