//! Secrets released, made and rated, and the facts that are known of them without opening one.

use super::engine::{Engine, Open};
use crate::{bridge::*, strength::load};
use foldhash::HashMap;
use sealward_client::{
    generate::{self, PasswordRecipe, PhraseRecipe, Separator},
    listing::Known,
    model::{CharacterClasses, Facts, ReuseTag, Score, SecretPayload, SecretType},
    operations::PasswordUse,
    session::Session,
    transport::Transport,
};
use sealward_contract::record::{LeafKey, RecordKind};
use std::collections::BTreeSet;

/// Below this a password does not sign in to anything.
const LEAST_SCORE: u8 = 3;
/// Powers of ten of guesses at which the score rises: the steps of zxcvbn.
const STEPS: [f64; 4] = [3.0, 6.0, 8.0, 10.0];

/// Facts by account, and how often each secret occurs.
#[derive(Default)]
pub struct FactsShelf {
    facts: HashMap<(VaultId, ObjectId), Facts>,
    reuse: HashMap<(VaultId, ReuseTag), u32>,
    stale: BTreeSet<VaultId>,
    fetching: bool,
    /// Facts that this window writes itself: once written they need no fetching.
    drafted: HashMap<(VaultId, ObjectId), Facts>,
}

impl FactsShelf {
    /// What is known of an account's secret.
    pub fn view(&self, vault: VaultId, account: ObjectId) -> Option<FactsView> {
        let facts = self.facts.get(&(vault, account))?;
        let same = facts.reuse.and_then(|tag| self.reuse.get(&(vault, tag))).copied().unwrap_or(1);
        Some(FactsView {
            strength: facts.score.map(Score::value),
            length: facts.length,
            changed: facts.changed,
            reused: same.saturating_sub(1),
        })
    }

    /// Facts that are as new as the catalog.
    pub fn known(&self, vault: &VaultId, account: &ObjectId) -> Option<Facts> {
        let current = !self.fetching && !self.stale.contains(vault);
        current.then(|| self.facts.get(&(*vault, *account)).cloned()).flatten()
    }

    /// Tells what is known of an account's secret.
    pub fn tell(&self, vault: VaultId, known: &mut Known) {
        let facts = self.facts.get(&(vault, known.account));
        let tag = facts.and_then(|facts| facts.reuse);
        known.strength = facts.and_then(|facts| facts.score).map(Score::value);
        known.changed = facts.map(|facts| facts.changed);
        known.reused = tag.and_then(|tag| self.reuse.get(&(vault, tag))).is_some_and(|count| *count > 1);
    }

    /// Its strength alone.
    pub fn strength(&self, vault: VaultId, account: ObjectId) -> Option<u8> {
        self.facts.get(&(vault, account))?.score.map(Score::value)
    }

    /// Where a secret with this tag is in use: by the account itself, by others of the vault.
    pub fn use_of(&self, vault: VaultId, account: Option<ObjectId>, tag: ReuseTag) -> PasswordUse {
        let present =
            account.and_then(|account| self.facts.get(&(vault, account))).is_some_and(|facts| facts.reuse == Some(tag));
        let all = self.reuse.get(&(vault, tag)).copied().unwrap_or_default();
        PasswordUse { present, elsewhere: all > u32::from(present) }
    }

    /// Puts facts in; says whether they are new.
    pub fn put(&mut self, vault: VaultId, account: ObjectId, facts: Facts) -> bool {
        if self.facts.get(&(vault, account)) == Some(&facts) {
            return false;
        }
        self.count(vault, facts.reuse, 1);
        if let Some(old) = self.facts.insert((vault, account), facts) {
            self.count(vault, old.reuse, -1);
        }
        true
    }

    /// Forgets what was drafted and not written.
    pub fn drop_drafted(&mut self) {
        self.drafted.clear();
    }

    /// Notes which vaults' facts must be fetched, and forgets those of deleted accounts.
    pub fn note<T: Transport>(&mut self, session: &Session<T>, changes: &[(VaultId, LeafKey)]) {
        self.drafted
            .extend(session.take_drafted_facts().into_iter().map(|(vault, account, facts)| ((vault, account), facts)));
        let vaults = session.vaults();
        for (vault, key) in changes {
            match key.kind {
                RecordKind::Facts => match self.drafted.remove(&(*vault, key.id)) {
                    Some(facts) => drop(self.put(*vault, key.id, facts)),
                    None => drop(self.stale.insert(*vault)),
                },
                RecordKind::Account => {
                    let live = vaults.get(vault).and_then(|view| view.entry(key)).is_some_and(|entry| entry.is_live());
                    if !live && let Some(old) = self.facts.remove(&(*vault, key.id)) {
                        self.count(*vault, old.reuse, -1);
                    }
                }
                _ => {}
            }
        }
    }

    /// Vaults whose facts must be fetched; whoever takes them fetches them.
    pub fn take_stale(&mut self) -> BTreeSet<VaultId> {
        self.fetching = !self.stale.is_empty();
        core::mem::take(&mut self.stale)
    }

    /// They are fetched.
    pub fn end_fetch(&mut self) {
        self.fetching = false;
    }

    /// Whether facts are, or are about to be, fetched.
    pub fn is_busy(&self) -> bool {
        self.fetching || !self.stale.is_empty()
    }

    /// Has a vault's facts fetched again.
    pub fn mark_stale(&mut self, vault: VaultId) {
        self.stale.insert(vault);
    }

    fn count(&mut self, vault: VaultId, tag: Option<ReuseTag>, by: i32) {
        if let Some(tag) = tag {
            let count = self.reuse.entry((vault, tag)).or_default();
            *count = count.saturating_add_signed(by);
        }
    }
}

impl Engine {
    /// Has the server release one secret, and opens it.
    pub async fn release(&self, ask: &ReleaseSecret) -> Result<ReleasedSecret, Error> {
        let open = self.open()?;
        if !open.session.has_secret(&ask.vault, &ask.account) {
            return Ok(ReleasedSecret { secret: None, hidden: Vec::new() });
        }
        let payload = open.release(ask.vault, ask.account).await;
        self.take_in(&open);
        let SecretPayload { value, hidden, .. } = &payload?;
        let show = |text: &sealward_client::model::SecretText| SecretText::new(text.expose().to_owned());
        Ok(ReleasedSecret {
            secret: (!value.is_empty()).then(|| show(value)),
            hidden: hidden.iter().map(|field| (field.label.clone(), show(&field.value))).collect(),
        })
    }
}

/// A new random password or phrase.
pub fn make(recipe: Recipe) -> Result<Generated, Error> {
    let randomness = &mut sealward_client::crypto::randomness::OsRandom::new();
    let made = match recipe {
        Recipe::Password { length, upper, digits, symbols, lookalikes } => {
            let classes = [
                (upper, CharacterClasses::UPPER),
                (digits, CharacterClasses::DIGIT),
                (symbols, CharacterClasses::SYMBOL),
            ];
            let chosen = classes.into_iter().filter(|(letters, _)| *letters == Letters::Used);
            let classes = chosen.fold(CharacterClasses::LOWER, |all, (_, class)| all.and(class));
            let unambiguous = lookalikes == Letters::Unused;
            PasswordRecipe { length: length.into(), classes, unambiguous }.make(randomness)?
        }
        Recipe::Phrase { words, separator, capitals, digit } => {
            let separator = match separator {
                ' ' => Separator::Space,
                '.' => Separator::Dot,
                '_' => Separator::Underscore,
                _ => Separator::Hyphen,
            };
            let letters = match capitals {
                Letters::Used => generate::Letters::Capitalised,
                Letters::Unused => generate::Letters::Small,
            };
            PhraseRecipe { words: words.into(), separator, letters, digit: digit == Letters::Used }.make(randomness)?
        }
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "no recipe makes 65,536 bits")]
    let bits = made.entropy_bits as u16;
    Ok(Generated { secret: SecretText::new(made.text.expose().to_owned()), bits })
}

/// An honest estimate.
pub async fn estimate(password: &str, known: &[String]) -> Result<Strength, Error> {
    // The word lists are a file of their own: without a server they may not be there yet.
    let guesses = load::estimate(password, known).await.map_err(|_| Error::Offline)?;
    let score = u8::try_from(STEPS.iter().filter(|step| guesses >= **step).count()).unwrap_or(u8::MAX);
    #[expect(clippy::cast_possible_truncation, reason = "shown in round words")]
    let guesses_log10 = guesses as f32;
    Ok(Strength { score, guesses_log10 })
}

/// Whether a password is strong enough to sign in with.
pub async fn check_strength(password: &SecretText, known: Vec<String>) -> Result<(), Error> {
    let strength = estimate(password.expose(), &known).await?;
    if strength.score < LEAST_SCORE { Err(Error::TooWeak) } else { Ok(()) }
}

/// The score that stands in a secret's facts; none for what nobody guesses.
pub async fn score(secret_type: SecretType, secret: &str) -> Option<Score> {
    if secret.is_empty() || !is_guessed(secret_type) {
        return None;
    }
    Score::new(estimate(secret, &[]).await.ok()?.score)
}

/// Whether strength has a meaning for this type.
pub const fn is_guessed(secret_type: SecretType) -> bool {
    matches!(secret_type, SecretType::Password)
}

impl Open {
    /// Whether the person may write into a vault.
    pub fn may_write(&self, vault: VaultId) -> bool {
        let role = self.session.role(&vault);
        role.is_some_and(|role| sealward_contract::policy::may_write_record(role, RecordKind::Resource))
    }
}
