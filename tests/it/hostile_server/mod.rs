//! A server that lies: each lie is refused with the damage that names it, and stops nothing that is not concerned.

mod audit;
mod chain;
mod checkpoints;
mod directory;
mod exports;
mod files;
mod heads;
mod history;
mod identity;
mod keys;
mod leaving;
mod members;
mod records;
mod recovery;
mod requests;
mod secrets;
mod services;
mod vaults;
mod versions;
mod wire;

use crate::harness::{Answered, Asked, Forge, Founder, Furnished, InProcess, TestServer, furnished_team};
use sealward_client::{
    error::{Damage, DamagedObject, Error, Fault},
    session::{Session, SyncReport},
};
use sealward_contract::{
    ids::{MemberId, ObjectId, VaultId},
    operations::{records::VaultWrite, sync::SyncFrame},
    record::{Record, RecordKind},
};

/// An honest past: a team, a furnished vault, and a session that has seen it all.
struct Past {
    server: TestServer,
    founder: Founder,
    made: Furnished,
    wire: InProcess,
    session: Session<InProcess>,
}

impl Past {
    async fn make() -> Self {
        let (server, founder, made) = furnished_team().await;
        let wire = server.connect();
        let session = founder.session(&server, &wire).await;
        session.sync(|_| {}).await.unwrap();
        Self { server, founder, made, wire, session }
    }

    fn forge(&self) -> Forge<'_> {
        Forge { founder: &self.founder, session: &self.session, vault: self.made.vault }
    }

    /// A device that knows nothing, lied to from its first synchronisation on.
    async fn fresh(&self, lie: impl FnMut(&Asked<'_>, Answered) -> Answered + 'static) -> Fresh {
        self.fresh_with(None, lie).await
    }

    /// A device that remembers something.
    async fn fresh_with(
        &self,
        memory: Option<Vec<u8>>,
        lie: impl FnMut(&Asked<'_>, Answered) -> Answered + 'static,
    ) -> Fresh {
        let wire = self.server.connect();
        let session = self.founder.session_with(&self.server, &wire, memory).await;
        wire.lie(lie);
        let synced = session.sync(|_| {}).await;
        Fresh { wire, session, synced }
    }

    /// The session that has seen it all, lied to from now on.
    async fn lied_to(&self, lie: impl FnMut(&Asked<'_>, Answered) -> Answered + 'static) -> Result<SyncReport, Error> {
        self.wire.lie(lie);
        self.session.sync(|_| {}).await
    }

    fn member(&self) -> MemberId {
        self.founder.identity.member
    }
}

/// A device and what its first synchronisation brought.
struct Fresh {
    wire: InProcess,
    session: Session<InProcess>,
    synced: Result<SyncReport, Error>,
}

impl Fresh {
    /// The only damage that the synchronisation found.
    fn damage(&self) -> Damage {
        let report = self.synced.as_ref().unwrap();
        assert_eq!(report.damages.len(), 1, "{:?}", report.damages);
        report.damages[0]
    }

    /// Whether nothing of a vault is shown.
    fn shows_nothing_of(&self, vault: VaultId) -> bool {
        self.session.vaults().get(&vault).is_none_or(|view| view.entries().next().is_none())
    }
}

/// Damage of the chain, the audit, the directory or the identity: it has no vault, no id, no author.
fn damage(object: DamagedObject, fault: Fault) -> Damage {
    Damage { object, vault: None, id: None, number: None, author: None, fault }
}

/// Damage of a vault's head: its author is named.
fn damage_of_head(vault: VaultId, author: MemberId, fault: Fault) -> Damage {
    Damage { object: DamagedObject::Head, vault: Some(vault), id: None, number: None, author: Some(author), fault }
}

/// Damage of a secret or of facts.
fn damage_of_sealed(vault: VaultId, kind: RecordKind, id: ObjectId, fault: Fault) -> Damage {
    let object = DamagedObject::Record(kind);
    Damage { object, vault: Some(vault), id: Some(id), number: None, author: None, fault }
}

/// Gives a vault's frames another head, and records and leaves besides what is there.
fn plant(frames: &mut Vec<SyncFrame>, write: &VaultWrite) {
    let (mut records, mut leaves) = (Vec::new(), Vec::new());
    for wire in &write.records {
        let record = Record::parse(wire).unwrap();
        if record.context().kind.is_catalog() {
            records.push(wire.clone());
        } else {
            leaves.push(crate::harness::leaf_of(&record));
        }
    }
    let end = frames.pop().unwrap();
    for frame in frames.iter_mut() {
        if let SyncFrame::Head { head } = frame {
            *head = write.head.clone();
        }
    }
    frames.push(SyncFrame::Records { records });
    frames.push(SyncFrame::Leaves { leaves });
    frames.push(end);
}

/// Changes every record of a vault's frames that `change` wants changed.
fn change_records(frames: &mut [SyncFrame], mut change: impl FnMut(&Record) -> Option<Vec<u8>>) {
    for frame in frames {
        if let SyncFrame::Records { records } = frame {
            for wire in records {
                if let Some(changed) = change(&Record::parse(wire).unwrap()) {
                    wire.0 = changed;
                }
            }
        }
    }
}
