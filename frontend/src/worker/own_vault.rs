//! The vault that the person has for themselves: made where there is none yet, without being asked, and called by a fixed
//! name in their language, whatever its record says.

use super::{
    clock::{sleep, within},
    engine::{Engine, Open, api},
};
use sealward_client::vault::Details;
use sealward_contract::{
    ids::VaultId,
    operations::{Empty, team::GetServer},
    record::{LeafKey, RecordKind},
};
use std::{cell::RefCell, rc::Weak};

/// How long after an attempt that failed the next one is made, in milliseconds.
const AGAIN: i32 = 20_000;
/// Longest wait for the server to say for how long it keeps what, in milliseconds.
const SERVER_PATIENCE: i32 = 4_000;

/// Which vault it is, and what it is called.
struct Own {
    vault: Option<VaultId>,
    name: String,
}

thread_local! {
    static OWN: RefCell<Own> = const { RefCell::new(Own { vault: None, name: String::new() }) };
}

/// Notes which vault is the person's own; none where no session is open.
pub fn note(vault: Option<VaultId>) {
    OWN.with_borrow_mut(|own| own.vault = vault);
}

/// Calls it by another name from now on.
pub fn call_it(name: String) {
    OWN.with_borrow_mut(|own| own.name = name);
}

/// Whether it is the person's own.
pub fn is_own(vault: &VaultId) -> bool {
    OWN.with_borrow(|own| own.vault.as_ref() == Some(vault))
}

/// What an entry is called where it is shown.
pub fn name_of(key: &LeafKey, details: &Details) -> String {
    let fixed = OWN.with_borrow(|own| {
        let is_it = key.kind == RecordKind::Vault && own.vault.is_some_and(|vault| vault.object() == key.id);
        (is_it && !own.name.is_empty()).then(|| own.name.clone())
    });
    fixed.unwrap_or_else(|| details.name().to_owned())
}

/// Makes it where there is none, as soon as the server can be reached.
pub async fn tend(engine: Engine, open: Weak<Open>) {
    loop {
        let Some(strong) = open.upgrade() else { return };
        let reached = strong.unlocking.borrow().is_none();
        if reached && strong.session.make_personal_vault().await.is_ok() {
            if engine.is_open(&strong) {
                note(strong.session.personal_vault());
            }
            engine.take_in(&strong);
            return;
        }
        drop(strong);
        sleep(AGAIN).await;
    }
}

impl Engine {
    /// For how many days the server keeps the personal vault of somebody who was removed.
    pub async fn kept_days(&self) -> Option<u32> {
        let api = api();
        let asked = api.call::<GetServer>(None, &Empty {}, &Empty {}, &Empty {}, None);
        within(SERVER_PATIENCE, asked).await?.ok()?.keep_personal_days
    }
}

impl Open {
    /// It is found by its other name too.
    pub fn rename_own(&self) {
        let Some(vault) = self.session.personal_vault() else { return };
        let key = LeafKey { id: vault.object(), kind: RecordKind::Vault };
        self.catalog.borrow_mut().forget_tree();
        self.index.borrow_mut().queue(&self.session, &[(vault, key)]);
        let _ = self.work.unbounded_send(());
    }
}
