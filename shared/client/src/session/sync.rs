//! Keeping up with the server: the chain first, then keys, directory and the vaults whose heads moved. Nothing is shown
//! that was not proved.

use super::{Session, memory::Memory};
use crate::{
    crypto::{
        hpke::{self, Envelope, Unwrapper},
        sealing::SealingKey,
    },
    error::{Damage, DamagedObject, Error, Fault, from_plain_call},
    transport::{ByteStream, Transport},
    vault::{KnownHead, Staged, VaultView, key_of, unwrap_keys},
};
use foldhash::HashMap;
use minicbor::{Decode, Decoder, Encode};
use sealward_contract::{
    audit::AuditHead,
    bytes::Bytes,
    chain::{Refused, SignedStatement, TeamState, statement_hash},
    codec::Malformed,
    crypto::context::of_directory_envelope,
    ids::{Epoch, VaultId},
    operations::{
        Empty, VaultPath,
        records::HeadMoved,
        sync::{KeyEnvelope, SyncFrame, SyncTeam, SyncVault, TeamSyncQuery, VaultHead, VaultSyncQuery},
    },
    record::{ChainPosition, Leaf, LeafKey, Record, RecordState, SignedHead, check_head},
};
use std::rc::Rc;

/// How a statement comes into the chain.
pub(super) type Apply = fn(&mut TeamState, &SignedStatement) -> Result<(), Refused>;

/// What a synchronisation brought.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SyncReport {
    /// Records that changed.
    pub changed: usize,
    /// Vaults and records of the directory that were refused, each for its own reason; the others are shown.
    pub damages: Vec<Damage>,
}

impl<T: Transport> Session<T> {
    /// Brings chain, directory and vaults up to date. `progress` is told how many records have arrived. Where new keys are
    /// due, and this member is a custodian, they are then made.
    ///
    /// # Errors
    /// [`Error`]; a vault that fails its checks is refused by itself and named in the report.
    pub async fn sync(&self, progress: impl Fn(usize)) -> Result<SyncReport, Error> {
        let report = self.keep_up(&progress).await?;
        self.renew_keys().await;
        Ok(report)
    }

    /// Brings everything up to date, and says nothing itself.
    pub(super) async fn keep_up(&self, progress: &impl Fn(usize)) -> Result<SyncReport, Error> {
        let _turn = self.keeping_up.lock().await;
        let mut heads = self.sync_team().await?;
        // Nothing is shown to whoever has still to replace keys. The chain is at least as new as what brought those, so it
        // needs nobody else's word.
        if self.made_by().is_some() {
            self.begun_here();
            return Ok(SyncReport::default());
        }
        if let Err(error) = self.learn_from_checkpoints().await {
            // Somebody may have seen more while this was on its way: only what the server does not have now either is behind.
            if !matches!(error, Error::Behind { .. } | Error::Damage(_)) {
                return Err(error);
            }
            heads = self.sync_team().await?;
            self.learn_from_checkpoints().await?;
        }
        let mut report = SyncReport::default();
        for VaultHead { vault, head } in &heads {
            // A vault that the chain does not give this member: planted, or of another time.
            if self.role(vault).is_none() {
                report.damages.push(Damage::of_vault(*vault, DamagedObject::Head, Fault::Substituted));
                continue;
            }
            if self.awaits_keys(vault)? {
                continue;
            }
            let known = self.vaults.borrow().get(vault).map(VaultView::head).unwrap_or(KnownHead::NONE);
            let newest = SignedHead::parse(head).ok().filter(|head| head.value().hash() == known.hash);
            if let Some(newest) = newest {
                // A right that was taken away since may have cut it off, however well it is known.
                match self.with_chain(|chain| check_head(chain, vault, &newest))? {
                    Ok(()) => drop(self.refused.borrow_mut().remove(vault)),
                    Err(refused) => {
                        let damage = Damage::of_vault(*vault, DamagedObject::Head, refused.into());
                        self.refused.borrow_mut().insert(*vault, damage);
                        report.damages.push(damage);
                    }
                }
                continue;
            }
            match self.sync_vault(*vault, &|arrived| progress(report.changed + arrived)).await {
                Ok(changed) => report.changed += changed,
                Err(Error::Damage(damage)) => {
                    self.refused.borrow_mut().insert(*vault, damage);
                    report.damages.push(damage);
                }
                Err(error) => return Err(error),
            }
        }
        report.damages.extend(self.find_withheld(&heads));
        report.damages.extend(self.directory.borrow().damages());
        Ok(report)
    }

    /// Brings one vault up to date, and the chain with it.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn sync_one(&self, vault: VaultId) -> Result<usize, Error> {
        let _turn = self.keeping_up.lock().await;
        self.sync_team().await?;
        self.sync_vault(vault, &|_| {}).await
    }

    /// What this device should remember: give it to the next [`super::sign_in`]. Nothing while writes are held.
    #[must_use]
    pub fn memory(&self) -> Option<Vec<u8>> {
        self.memory_under(&self.identity.personal)
    }

    /// The same, sealed under another personal key.
    pub(super) fn memory_under(&self, personal: &SealingKey) -> Option<Vec<u8>> {
        // What nobody has compared yet would be taken for this device's own memory later.
        if self.is_held() {
            return None;
        }
        let remembered = self.remembered.borrow();
        let mut heads = remembered.heads();
        heads.extend(self.vaults.borrow().iter().map(|(vault, view)| (*vault, view.remembered())));
        // Nothing was heard yet of a session that began without the server: what was remembered before still holds.
        let chain = self.chain.borrow().as_ref().map(TeamState::position).or(remembered.chain);
        let audit = self.audit.get();
        let audit = ChainPosition { sequence: audit.sequence, hash: audit.hash };
        let audit = remembered.audit.filter(|before| before.sequence > audit.sequence).unwrap_or(audit);
        let memory = Memory::new(chain, Some(audit), &heads);
        self.surroundings.with_randomness(|randomness| memory.seal(personal, &self.team, randomness))
    }

    /// Of a vault in which this member lost its role nothing is shown any more.
    pub(super) fn drop_lost_vaults(&self) {
        // Whoever has still to replace keys wraps those of its vaults to the new ones.
        let is_made = self.made_by().is_some();
        let is_lost = |vault: &VaultId| !is_made && self.role(vault).is_none();
        let lost: Vec<VaultId> = self.vaults.borrow().keys().copied().filter(is_lost).collect();
        for vault in lost {
            let view = self.vaults.borrow_mut().remove(&vault);
            let gone = view.iter().flat_map(|view| view.entries()).map(|(key, _)| (vault, *key));
            self.changes.borrow_mut().extend(gone);
        }
        self.refused.borrow_mut().retain(|vault, _| !is_lost(vault));
    }

    pub(super) async fn sync_team(&self) -> Result<Vec<VaultHead>, Error> {
        loop {
            let from = self.chain.borrow().as_ref().map_or(0, |chain| chain.position().sequence + 1);
            let query = TeamSyncQuery { from, directory: self.directory.borrow().at };
            let changes = self
                .api
                .call::<SyncTeam>(Some(&self.token), &self.team_path(), &query, &Empty {}, None)
                .await
                .map_err(from_plain_call)?;
            self.replay(&changes.statements, TeamState::apply)?;
            if !changes.complete {
                if changes.statements.is_empty() {
                    return Err(chain_damage(Fault::Malformed).into());
                }
                self.open_envelopes(&changes.envelopes)?;
                continue;
            }
            self.check_own_place()?;
            self.open_envelopes(&changes.envelopes)?;
            self.drop_lost_vaults();
            self.fetch_missed_keys().await?;
            self.take_directory(&changes.directory)?;
            // What could not be opened for want of the key is asked for once more.
            let newest = self.with_chain(TeamState::directory_epoch)?;
            let mut directory = self.directory.borrow_mut();
            directory.at = directory.key_at(newest).is_some().then_some(changes.directory_at);
            drop(directory);
            self.take_audit_head(changes.audit)?;
            let known = self.with_chain(|chain| chain.position().sequence)?;
            *self.missed.borrow_mut() = (known, changes.missed.into_iter().collect());
            self.heard.set(self.surroundings.now());
            return Ok(changes.heads);
        }
    }

    /// Applies statements to a copy, so that a bad one leaves everything as it was. `apply` is [`TeamState::apply`], or for
    /// what this device kept under its own key [`TeamState::apply_kept`].
    pub(super) fn replay(&self, statements: &[Bytes], apply: Apply) -> Result<(), Error> {
        let mut chain = self.chain.borrow().clone();
        for statement in statements {
            let statement = SignedStatement::parse(statement).map_err(|_| chain_damage(Fault::Malformed))?;
            match &mut chain {
                None => {
                    if statement_hash(&statement) != self.identity.genesis {
                        return Err(chain_damage(Fault::Substituted).into());
                    }
                    chain = Some(TeamState::found(&statement).map_err(|_| chain_damage(Fault::Signature))?);
                }
                Some(chain) => apply(chain, &statement).map_err(|_| chain_damage(Fault::NoRight))?,
            }
        }
        *self.chain.borrow_mut() = chain;
        self.given.borrow_mut().statements.extend_from_slice(statements);
        Ok(())
    }

    /// The chain must name this member with the very keys of its bundle, and hold what this device saw before.
    pub(super) fn check_own_place(&self) -> Result<(), Error> {
        let remembered = self.remembered.borrow().chain;
        self.with_chain(|chain| {
            if remembered.is_some_and(|position| !chain.has_position(&position)) {
                return Err(chain_damage(Fault::RolledBack).into());
            }
            let own = chain.member(&self.identity.member).ok_or_else(|| chain_damage(Fault::Substituted))?;
            let same = own.keys.signing == self.identity.signing.public()
                && own.keys.sealing == self.identity.wrapping.public();
            match same {
                true => Ok(()),
                // Replaced, as the former keys have signed: on another device, or in another window.
                false if own.had_keys(&self.identity.signing.public(), &self.identity.wrapping.public()) => {
                    Err(Error::SessionEnded)
                }
                false => Err(Damage::of(DamagedObject::Identity, Fault::Substituted).into()),
            }
        })?
    }

    pub(super) fn open_envelopes(&self, envelopes: &[KeyEnvelope]) -> Result<(), Error> {
        if envelopes.is_empty() {
            return Ok(());
        }
        let unwrapper = Unwrapper::new(&self.identity.wrapping);
        for KeyEnvelope { vault, epoch, envelope } in envelopes {
            if envelope.recipient != self.identity.member {
                continue;
            }
            match vault {
                None => match self.open_directory_envelope(&envelope.sealed) {
                    // What whoever removed somebody has wrapped may be anything: names are then missing, and nothing else.
                    Err(_) if *epoch != Epoch::FIRST => continue,
                    opened => opened?,
                },
                Some(vault) => {
                    let recipient = (&self.identity.member, &unwrapper);
                    // An envelope that does not open, or holds other keys than the chain commits to, is as good as none:
                    // the vault's own checks say so where its keys are missed.
                    let Ok(keyring) = unwrap_keys(&envelope.sealed, &self.team, vault, *epoch, recipient) else {
                        continue;
                    };
                    self.take_keys(*vault, keyring);
                }
            }
            self.given.borrow_mut().take_envelope(*vault, *epoch, envelope.clone());
        }
        Ok(())
    }

    pub(super) fn take_keys(&self, vault: VaultId, keyring: crate::vault::VaultKeyring) {
        let chain = self.chain.borrow();
        let Some(state) = chain.as_ref().and_then(|chain| chain.vault(&vault)) else { return };
        let mut vaults = self.vaults.borrow_mut();
        let view = vaults.entry(vault).or_insert_with(|| VaultView::new(vault, self.remembered.borrow().head(&vault)));
        for (epoch, keys) in keyring {
            let committed = state.epochs().iter().find(|known| known.epoch == epoch);
            if committed.is_some_and(|known| keys.are_committed(&self.team, &vault, epoch, &known.keys)) {
                // Whoever wraps fewer keys than are held takes none away.
                let held = view.keys.get(&epoch).map(|held| (held.open.is_some(), held.guarded.is_some()));
                if held.is_none_or(|(open, guarded)| open <= keys.open.is_some() && guarded <= keys.guarded.is_some()) {
                    view.keys.insert(epoch, Rc::new(keys));
                }
            }
        }
    }

    fn open_directory_envelope(&self, sealed: &[u8]) -> Result<(), Error> {
        let damage = || Damage::of(DamagedObject::Directory, Fault::Unopenable);
        let info = of_directory_envelope(&self.team, &self.identity.member);
        let envelope = Envelope::from_bytes(sealed.to_vec()).ok_or_else(damage)?;
        let key = hpke::unwrap(&self.identity.wrapping, &info, &[], &envelope).map_err(|_| damage())?;
        self.take_directory_key(&key)
    }

    pub(super) fn take_directory(&self, given: &[Bytes]) -> Result<(), Error> {
        let taken = self.with_chain(|chain| self.directory.borrow_mut().take(chain, given))?;
        for (kind, id, record) in taken {
            self.given.borrow_mut().directory.insert((kind, id), record);
        }
        Ok(())
    }

    fn take_audit_head(&self, new: AuditHead) -> Result<(), Error> {
        let remembered = self.remembered.borrow().audit;
        let own = self.audit.get();
        let before = remembered.map_or(own, |audit| {
            if audit.sequence > own.sequence { AuditHead { sequence: audit.sequence, hash: audit.hash } } else { own }
        });
        let back = new.sequence < before.sequence || (new.sequence == before.sequence && new.hash != before.hash);
        if back {
            return Err(Damage::of(DamagedObject::Audit, Fault::RolledBack).into());
        }
        self.audit.set(new);
        Ok(())
    }

    /// Vaults in which the chain gives a role and of which the server gives no head.
    fn find_withheld(&self, heads: &[VaultHead]) -> Vec<Damage> {
        let chain = self.chain.borrow();
        let Some(chain) = chain.as_ref() else { return Vec::new() };
        let mut refused = self.refused.borrow_mut();
        let withheld = chain.vaults().filter(|(vault, state)| {
            state.role(&self.identity.member).is_some() && !heads.iter().any(|head| head.vault == **vault)
        });
        withheld
            .map(|(vault, _)| {
                let damage = Damage::of_vault(*vault, DamagedObject::Head, Fault::RolledBack);
                refused.insert(*vault, damage);
                damage
            })
            .collect()
    }

    async fn sync_vault(&self, vault: VaultId, progress: &impl Fn(usize)) -> Result<usize, Error> {
        self.has_role_in(&vault)?;
        if self.vaults.borrow().get(&vault).is_none_or(|view| view.keys.is_empty()) {
            return Err(Damage::of_vault(vault, DamagedObject::VaultKeys, Fault::Unopenable).into());
        }
        let (after, known) = {
            let vaults = self.vaults.borrow();
            let view = vaults.get(&vault).ok_or(Error::Gone)?;
            (view.head().sequence, view.remembered().sequence)
        };
        let malformed = || Error::from(Damage::of_vault(vault, DamagedObject::Head, Fault::Malformed));
        let mut query = VaultSyncQuery { after, known: (known != after).then_some(known), cursor: None, limit: None };
        let mut gathered = Gathered::default();
        loop {
            gathered.begin();
            let path = VaultPath { team: self.team, vault };
            let mut stream = self
                .api
                .open::<SyncVault>(Some(&self.token), &path, &query, &Empty {})
                .await
                .map_err(from_plain_call)?;
            let mut buffer: Vec<u8> = Vec::new();
            while let Some(bytes) = stream.next().await.map_err(|_| Error::Unreachable)? {
                buffer.extend_from_slice(&bytes);
                let mut read = 0;
                while let Some((frame, length)) = next_frame::<SyncFrame>(buffer.get(read..).unwrap_or_default()) {
                    gathered.take(frame.ok_or_else(malformed)?).map_err(|()| malformed())?;
                    read += length;
                }
                buffer.drain(..read);
                progress(gathered.records.len());
            }
            // An answer that broke off has no end, and is none.
            match gathered.end.take() {
                Some(None) if buffer.is_empty() => break,
                Some(Some(cursor)) if buffer.is_empty() => query.cursor = Some(cursor),
                _ => return Err(Error::Unreachable),
            }
        }
        let staged = gathered.into_staged().ok_or_else(malformed)?;
        // A write of this session went past what was asked for: that is no rollback, and is asked for again from there.
        let moved_on = self.vaults.borrow().get(&vault).is_some_and(|view| view.remembered().sequence != known);
        if moved_on {
            return Box::pin(self.sync_vault(vault, progress)).await;
        }
        self.take_staged(vault, staged)
    }

    /// Takes what a refused write brought of the winner.
    pub(super) fn take_moved(&self, moved: &HeadMoved) -> Result<(), Error> {
        let malformed = || Error::from(Damage::of_vault(moved.vault, DamagedObject::Head, Fault::Malformed));
        let head = SignedHead::parse(&moved.head).map_err(|_| malformed())?;
        let records = moved.records.iter().map(|record| parse_damaged(record)).collect::<Result<_, _>>();
        let staged = Staged {
            head,
            rests: moved.rests.clone(),
            records: records.map_err(|_| malformed())?,
            leaves: moved.leaves.clone(),
        };
        self.take_staged(moved.vault, staged).map(drop)
    }

    fn take_staged(&self, vault: VaultId, staged: Staged) -> Result<usize, Error> {
        let changed = self.with_chain(|chain| {
            let mut vaults = self.vaults.borrow_mut();
            let view = vaults.get_mut(&vault).ok_or(Error::Gone)?;
            view.take(chain, staged).map_err(Error::from)
        })??;
        self.refused.borrow_mut().remove(&vault);
        self.note_changes(vault, &changed);
        Ok(changed.len())
    }

    pub(super) fn note_changes(&self, vault: VaultId, changed: &[LeafKey]) {
        let vaults = self.vaults.borrow();
        let Some(view) = vaults.get(&vault) else { return };
        let mut numbers = self.numbers.borrow_mut();
        for key in changed.iter().filter(|key| key.kind.is_numbered()) {
            if let Some(entry) = view.entry(key) {
                let live = entry.record().context().state == RecordState::Live;
                numbers.note(entry.number(), vault, *key, live);
            }
        }
        self.changes.borrow_mut().extend(changed.iter().map(|key| (vault, *key)));
    }
}

/// A record; where only its payload is damaged or missing, the record without it: its header still takes its place under
/// the head's root, it is shown as damaged, and nothing else is stopped.
fn parse_damaged(wire: &[u8]) -> Result<Record, Malformed> {
    Record::parse(wire).or_else(|_| Record::parse_header(wire))
}

pub(super) fn chain_damage(fault: Fault) -> Damage {
    Damage::of(DamagedObject::Chain, fault)
}

/// The parts of one or more answers.
#[derive(Default)]
struct Gathered {
    head: Option<SignedHead>,
    rests: Vec<sealward_contract::crypto::Hash>,
    /// The newest version of each: a record may come again when it changed between two answers.
    records: Vec<Record>,
    /// Where each stands among those.
    places: HashMap<LeafKey, usize>,
    /// Of two with one key the later one counts.
    leaves: Vec<Leaf>,
    end: Option<Option<String>>,
}

impl Gathered {
    /// Another answer: its head and rests replace the last one's.
    fn begin(&mut self) {
        self.head = None;
        self.rests.clear();
        self.end = None;
    }

    fn take(&mut self, frame: SyncFrame) -> Result<(), ()> {
        if self.end.is_some() {
            return Err(());
        }
        match frame {
            SyncFrame::Head { head } => self.head = Some(SignedHead::parse(&head).map_err(drop)?),
            SyncFrame::Rests { rests } => self.rests.extend(rests),
            SyncFrame::Records { records } => {
                for record in records {
                    let record = parse_damaged(&record).map_err(drop)?;
                    let key = key_of(&record);
                    if !key.kind.is_catalog() {
                        return Err(());
                    }
                    match self.places.get(&key).and_then(|place| self.records.get_mut(*place)) {
                        Some(older) => *older = record,
                        None => {
                            self.places.insert(key, self.records.len());
                            self.records.push(record);
                        }
                    }
                }
            }
            SyncFrame::Leaves { leaves } => {
                if leaves.iter().any(|leaf| leaf.key.kind.is_catalog()) {
                    return Err(());
                }
                self.leaves.extend(leaves);
            }
            SyncFrame::End { next } => self.end = Some(next),
        }
        Ok(())
    }

    fn into_staged(self) -> Option<Staged> {
        Some(Staged { head: self.head?, rests: self.rests, records: self.records, leaves: self.leaves })
    }
}

/// The next whole frame of a CBOR sequence and its length; a frame that is whole and wrong is `Some((None, _))`.
pub(super) fn next_frame<F: for<'b> Decode<'b, ()> + Encode<()>>(bytes: &[u8]) -> Option<(Option<F>, usize)> {
    if bytes.is_empty() {
        return None;
    }
    let mut decoder = Decoder::new(bytes);
    match decoder.skip() {
        Ok(()) => {
            let length = decoder.position();
            let frame = bytes.get(..length).and_then(|frame| sealward_contract::codec::decode(frame).ok());
            Some((frame, length))
        }
        Err(error) if error.is_end_of_input() => None,
        Err(_) => Some((None, bytes.len())),
    }
}
