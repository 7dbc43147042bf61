//! What trustees gave, opened and checked; and the new keys of whoever was recovered, put in force.

use super::device::{RecoveringDevice, damage};
use crate::{
    api::{Api, CallError},
    crypto::{
        hpke::{self, Envelope, Unwrapper},
        identity::Identity,
        sealing::{Sealed, SealingKey},
        shares,
    },
    error::{Damage, DamagedObject, Error, Fault, RecoveryFault, from_call},
    model::SecretText,
    session::{Device, FreshKeys, Owner, Session, unfold},
    surroundings::Surroundings,
    transport::Transport,
    vault::{VaultKeyring, VaultKeys, unwrap_keys, wrap_keys},
};
use sealward_contract::{
    bytes::Bytes,
    chain::{Body, NamedHead, Recovery, Refused, SignedStatement, Statement, TeamState, TouchedVault},
    crypto::{
        context::{Label, of_directory_envelope, of_given_share, of_recovery_copy},
        hash,
    },
    ids::{Epoch, Timestamp, VaultId},
    operations::{
        Empty, TeamPath,
        invitations::VaultEnvelope,
        recovery::{FinishRecovery, OpenedShare, RecoveredKeys, RecoveryOpened, RecoveryRest},
        vault::ChainError,
    },
    record::{SignedHead, check_head},
    suite::SUITE,
};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
};
use zeroize::Zeroizing;

/// How often a statement is made anew after the chain or a head moved on.
const TRIES: usize = 8;
/// Most ways of choosing shares that are tried: of fifteen, half.
const CHOICES: usize = 6_435;

/// What a device has been given of its recovery.
pub enum Opened {
    /// Not enough trustees have given their share yet.
    Waiting {
        /// How many have.
        given: usize,
        /// How many it takes.
        needed: usize,
    },
    /// The person's keys are open: they choose a new password.
    Ready(Box<Recovered>),
}

/// Somebody whose former keys this device holds, for as long as it takes to replace them.
pub struct Recovered {
    former: Identity,
    recovery: u64,
    bundle_version: u32,
    fresh: Option<FreshKeys>,
    /// What was sent last, and under which Idempotency-Key, where nobody knows whether it arrived.
    sent: RefCell<Option<(RecoveredKeys, String)>>,
    /// Whether the server has said that the new keys are in force.
    in_force: Cell<bool>,
}

/// Checks and opens what was given.
pub(super) fn open(
    device: &RecoveringDevice,
    surroundings: &Surroundings,
    given: RecoveryOpened,
) -> Result<Opened, Error> {
    let chain = device.chain.borrow();
    let chain = chain.as_ref().ok_or_else(|| damage(Fault::Malformed))?;
    let recovery = begun(device, chain, surroundings.now())?;
    let member = recovery.recover.member;
    let enrol = chain.member(&member).and_then(|member| member.enrolment()).map(|enrolment| &enrolment.enrol);
    let (enrol, group) = enrol.zip(chain.recovery_group()).ok_or(Error::Recovery(RecoveryFault::NotEnrolled))?;
    let (needed, given_count) = (group.needed, given.shares.len());
    let Some(rest) = given.rest.filter(|_| given_count >= usize::from(needed)) else {
        return Ok(Opened::Waiting { given: given_count, needed: needed.into() });
    };
    // The person signed the hash of this very copy, with the keys that it holds.
    if hash(&rest.copy) != enrol.copy {
        return Err(Error::Recovery(RecoveryFault::Unopened));
    }
    let unwrap = |share: &OpenedShare| {
        let info = of_given_share(&device.team, &member, recovery.since, &share.trustee);
        let sealed = Envelope::from_bytes(share.sealed.0.clone())?;
        hpke::unwrap(&device.sealing, &info, &[], &sealed).ok()
    };
    let shares: Vec<Zeroizing<Vec<u8>>> = given.shares.iter().filter_map(unwrap).collect();
    let context = of_recovery_copy(&device.team, &member, enrol.group);
    let sealed = Sealed::from_wire(&rest.copy).map_err(|_| Error::Recovery(RecoveryFault::Unopened))?;
    // Which of them are right, only the copy tells: one trustee's wrong share hinders no others.
    let mut choices = Choices::new(shares.len(), needed.into());
    let former = std::iter::from_fn(|| choices.next_choice()).take(CHOICES).find_map(|choice| {
        let chosen: Vec<&[u8]> = choice.iter().filter_map(|at| shares.get(*at)).map(|share| share.as_slice()).collect();
        Identity::open_copy(&shares::join(needed, &chosen)?, &context, &device.team, &sealed).ok()
    });
    let former = former.ok_or(Error::Recovery(RecoveryFault::Unopened))?;
    check_former(chain, &former, recovery)?;
    Ok(Opened::Ready(Box::new(Recovered {
        former,
        recovery: recovery.since,
        bundle_version: rest.bundle_version,
        fresh: None,
        sent: RefCell::default(),
        in_force: Cell::default(),
    })))
}

/// The recovery of this person, for this very device: for another one it is nobody's here.
fn begun<'c>(device: &RecoveringDevice, chain: &'c TeamState, now: Timestamp) -> Result<&'c Recovery, Error> {
    let named = chain.members().find(|member| member.keys.login_name == device.login_name);
    let recovery = named.and_then(|member| chain.recovery_of(&member.id(), now));
    let own = recovery.filter(|recovery| {
        // Whoever is recovered on their own device gets no keys that count as somebody else's.
        recovery.recover.device == device.keys() && recovery.recover.stand_in.is_some() == device.stands_in
    });
    own.ok_or(Error::Recovery(RecoveryFault::NotBegun))
}

/// The opened bundle names the whole genesis and the keys that the chain has: from here on the chain is worth as much as
/// after signing in.
fn check_former(chain: &TeamState, former: &Identity, recovery: &Recovery) -> Result<(), Error> {
    let known = chain.member(&former.member).filter(|known| known.id() == recovery.recover.member);
    let same = known.is_some_and(|known| {
        known.keys.signing == former.signing.public() && known.keys.sealing == former.wrapping.public()
    });
    if chain.genesis() != former.genesis {
        return Err(damage(Fault::Substituted));
    }
    if same { Ok(()) } else { Err(Damage::of(DamagedObject::Identity, Fault::Substituted).into()) }
}

impl Recovered {
    /// Makes new keys, a new Secret Key and what a new password gives. They are in force after [`Recovered::finish`].
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn choose(
        &mut self,
        device: &RecoveringDevice,
        surroundings: &Surroundings,
        password: &SecretText,
    ) -> Result<(), Error> {
        // What may have arrived stands.
        if self.sent.borrow().is_none() && !self.in_force.get() {
            let version = self.bundle_version.checked_add(1).ok_or(Error::Refused)?;
            let owner = Owner {
                team: device.team,
                member: self.former.member,
                genesis: self.former.genesis,
                login_name: device.login_name.clone(),
                origin: device.origin.clone(),
            };
            self.fresh = Some(FreshKeys::make(surroundings, owner, password, version)?);
        }
        Ok(())
    }

    /// Whether the new keys were sent, and may be in force: then nothing but these may be tried.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.sent.borrow().is_some()
    }

    /// What the person's devices keep, and the kit is made from.
    #[must_use]
    pub fn device(&self) -> Option<&Device> {
        self.fresh.as_ref().map(|fresh| fresh.unlocking.device())
    }

    /// Puts the new keys in force: signed by them and by the former ones. Every session of the person ends.
    ///
    /// # Errors
    /// [`Error`]. Where [`Recovered::is_unknown`] says so afterwards, it is to be called again.
    pub async fn finish<T: Transport>(
        &self,
        device: &RecoveringDevice,
        api: &Api<T>,
        surroundings: &Surroundings,
    ) -> Result<(), Error> {
        let fresh = self.fresh.as_ref().ok_or(Error::Refused)?;
        if self.in_force.get() {
            return Ok(());
        }
        let unknown = self.sent.borrow().clone();
        if let Some((body, key)) = unknown {
            match self.send(device, api, body, key).await {
                Ok(()) => return Ok(()),
                // Refused by the chain: it is made anew.
                Err(CallError::Own(_)) => {}
                Err(error) => return Err(from_call(error, |_| Error::Refused)),
            }
        }
        for _ in 0..TRIES {
            let given = device.fetch(api, surroundings).await?;
            let rest = given.rest.ok_or(Error::Recovery(RecoveryFault::NotBegun))?;
            let body = self.body(device, surroundings, fresh, &rest)?;
            let key = uuid::Uuid::from_bytes(surroundings.make_id()).to_string();
            match self.send(device, api, body, key).await {
                Ok(()) => return Ok(()),
                Err(CallError::Own(ChainError::StaleChain { .. } | ChainError::HeadRefused)) => {}
                Err(error) => {
                    return Err(from_call(error, |own| match own {
                        ChainError::StatementRefused { reason: Refused::Time } => Error::Clock,
                        ChainError::StatementRefused { reason: Refused::Closed } => {
                            Error::Recovery(RecoveryFault::NotBegun)
                        }
                        _ => Error::Refused,
                    }));
                }
            }
        }
        Err(Error::Busy)
    }

    /// Opens the first session under the new keys.
    ///
    /// # Errors
    /// [`Error`]; where it fails on the way it can be called again.
    pub async fn sign_in<T: Transport>(
        &self,
        api: Api<T>,
        surroundings: Surroundings,
        device_name: &str,
    ) -> Result<Session<T>, Error> {
        let fresh = self.fresh.as_ref().ok_or(Error::Refused)?;
        let session = fresh.unlocking.sign_in(api, surroundings, device_name, None).await?;
        session.sync(|_| {}).await?;
        Ok(session)
    }

    async fn send<T: Transport>(
        &self,
        device: &RecoveringDevice,
        api: &Api<T>,
        body: RecoveredKeys,
        key: String,
    ) -> Result<(), CallError<ChainError>> {
        self.sent.replace(Some((body.clone(), key.clone())));
        let path = TeamPath { team: device.team };
        let send = async || api.call::<FinishRecovery>(None, &path, &Empty {}, &body, Some(key.clone())).await;
        let mut answer = send().await;
        // The answer may have been lost, and not the question: under the same key it is the same answer.
        if matches!(answer, Err(CallError::Unreachable(_))) {
            answer = send().await;
        }
        // Any other refusal may be of the second question, and nothing of the first one's answer.
        if matches!(answer, Ok(_) | Err(CallError::Own(_))) {
            self.sent.take();
        }
        self.in_force.set(answer.is_ok());
        answer.map(drop)
    }

    fn body(
        &self,
        device: &RecoveringDevice,
        surroundings: &Surroundings,
        fresh: &FreshKeys,
        rest: &RecoveryRest,
    ) -> Result<RecoveredKeys, Error> {
        let chain = device.chain.borrow();
        let chain = chain.as_ref().ok_or_else(|| damage(Fault::Malformed))?;
        // Somebody who knew the old password may have changed it meanwhile: then another version is next.
        if rest.bundle_version.checked_add(1) != Some(fresh.version) {
            return Err(Error::StaleVersion);
        }
        let vaults = self.touched(chain, rest)?;
        let newest = chain.position();
        let statement = fresh.identity.signing.sign(Statement {
            suite: SUITE,
            team: Some(device.team),
            sequence: newest.sequence + 1,
            previous: newest.hash,
            author: self.former.member,
            time: surroundings.now().max(chain.time()),
            body: Body::ReplaceKeys(fresh.replacement(vaults, Some(self.recovery))),
        });
        let cosignature = self.former.signing.sign_bytes(Label::ReplaceKeys, statement.bytes());
        let statement: SignedStatement = statement.with_cosignature(cosignature);
        chain.clone().apply(&statement).map_err(|refused| match refused {
            Refused::Closed => Error::Recovery(RecoveryFault::NotBegun),
            _ => Error::Refused,
        })?;
        Ok(RecoveredKeys {
            statement: statement.to_wire(),
            device: device.signing.sign_bytes(Label::FinishRecovery, statement.bytes()),
            kit_tag: fresh.kit_tag,
            bundle: fresh.bundle.clone(),
            bundle_version: fresh.version,
            directory: fresh.wrap_directory(surroundings, &self.directory(chain, rest)?)?,
            envelopes: self.wrap_vaults(chain, surroundings, fresh, rest)?,
        })
    }

    /// The newest heads of the person's vaults, each checked as far as the chain alone tells.
    fn touched(&self, chain: &TeamState, rest: &RecoveryRest) -> Result<Vec<TouchedVault>, Error> {
        let mut touched = Vec::with_capacity(rest.heads.len());
        for given in &rest.heads {
            let refused = |fault| Error::from(Damage::of_vault(given.vault, DamagedObject::Head, fault));
            let signed = SignedHead::parse(&given.head).map_err(|_| refused(Fault::Malformed))?;
            check_head(chain, &given.vault, &signed).map_err(|reason| refused(reason.into()))?;
            let head = NamedHead { sequence: signed.value().sequence, hash: signed.value().hash() };
            touched.push(TouchedVault { vault: given.vault, head });
        }
        Ok(touched)
    }

    fn directory(&self, chain: &TeamState, rest: &RecoveryRest) -> Result<SealingKey, Error> {
        let damage = || Error::from(Damage::of(DamagedObject::Directory, Fault::Unopenable));
        let info = of_directory_envelope(&chain.team(), &self.former.member);
        let sealed = rest.envelopes.iter().filter(|given| given.vault.is_none());
        let mut newest = sealed.filter_map(|given| {
            let envelope = Envelope::from_bytes(given.envelope.sealed.0.clone())?;
            let key = hpke::unwrap(&self.former.wrapping, &info, &[], &envelope).ok()?;
            unfold(chain, &key)?.remove(&chain.directory_epoch())
        });
        newest.next().ok_or_else(damage)
    }

    /// All keys that the former ones open and the chain commits to, for the new ones. Of a vault whose newest keys are not
    /// among them a custodian wraps them anew.
    fn wrap_vaults(
        &self,
        chain: &TeamState,
        surroundings: &Surroundings,
        fresh: &FreshKeys,
        rest: &RecoveryRest,
    ) -> Result<Vec<VaultEnvelope>, Error> {
        let (team, member) = (chain.team(), self.former.member);
        let mut held: BTreeMap<VaultId, VaultKeyring> = BTreeMap::new();
        let unwrapper = Unwrapper::new(&self.former.wrapping);
        for given in &rest.envelopes {
            let Some((vault, known)) = given.vault.and_then(|vault| Some((vault, chain.vault(&vault)?))) else {
                continue;
            };
            let recipient = (&member, &unwrapper);
            let Ok(keys) = unwrap_keys(&given.envelope.sealed, &team, &vault, given.epoch, recipient) else {
                continue;
            };
            for (epoch, keys) in keys {
                let state = known.epochs().iter().find(|state| state.epoch == epoch);
                if state.is_some_and(|state| keys.are_committed(&team, &vault, epoch, &state.keys)) {
                    take_more(held.entry(vault).or_default(), epoch, keys);
                }
            }
        }
        let mut envelopes = Vec::new();
        for (vault, keyring) in &held {
            let Some(known) = chain.vault(vault) else { continue };
            let newest = known.epoch().map(|epoch| epoch.epoch);
            let (Some(role), Some(newest)) = (known.role(&member), newest.filter(|epoch| keyring.contains_key(epoch)))
            else {
                continue;
            };
            let keys: Vec<(Epoch, &VaultKeys)> = keyring.iter().map(|(epoch, keys)| (*epoch, keys)).collect();
            let to = (&member, &fresh.identity.wrapping.public());
            let sealed = surroundings
                .with_randomness(|randomness| wrap_keys(&keys, &team, vault, newest, to, role, randomness))
                .map_err(|_| Error::Refused)?;
            envelopes.push(VaultEnvelope { vault: *vault, sealed: Bytes(sealed.into_bytes()) });
        }
        Ok(envelopes)
    }
}

/// An envelope with fewer keys than are held takes none away.
fn take_more(keyring: &mut VaultKeyring, epoch: Epoch, keys: VaultKeys) {
    let held = keyring.get(&epoch).map(|held| (held.open.is_some(), held.guarded.is_some()));
    if held.is_none_or(|(open, guarded)| open <= keys.open.is_some() && guarded <= keys.guarded.is_some()) {
        keyring.insert(epoch, keys);
    }
}

/// All ways of choosing some of so many, in order.
struct Choices {
    of: usize,
    chosen: Option<Vec<usize>>,
}

impl Choices {
    fn new(of: usize, some: usize) -> Self {
        Self { of, chosen: (some <= of).then(|| (0..some).collect()) }
    }

    fn next_choice(&mut self) -> Option<Vec<usize>> {
        let choice = self.chosen.clone()?;
        // The last one that can still go up does; those after it follow close behind.
        let some = choice.len();
        let rising = choice.iter().enumerate().rev().find(|(at, place)| **place < self.of - some + at);
        self.chosen = rising.map(|(at, place)| {
            let (stays, next) = (choice.iter().take(at).copied(), *place + 1);
            stays.chain((0..some - at).map(|further| next + further)).collect()
        });
        Some(choice)
    }
}

#[cfg(test)]
mod tests {
    use super::Choices;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn every_choice_is_made_once() {
        let all = |of, some| {
            let mut choices = Choices::new(of, some);
            std::iter::from_fn(move || choices.next_choice()).collect::<Vec<_>>()
        };
        assert_eq!(all(4, 2), [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]);
        assert_eq!(all(3, 3), [[0, 1, 2]]);
        assert_eq!(all(2, 3), Vec::<Vec<usize>>::new());
        assert_eq!(all(15, 8).len(), 6_435);
    }
}
