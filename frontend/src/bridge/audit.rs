//! The audit: what happened, by whom, and what it rests on.

pub use sealward_contract::audit::{ActKind, AuditedAct, Broken, BrokenEvent, RefusedRequest, Unfounded};
use serde::{Deserialize, Serialize};

use super::{Item, MemberId, NamedVault, ObjectId, VaultId};

/// Which events; what is not said fits all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditAsk {
    /// Done by or to this member.
    pub member: Option<MemberId>,
    /// Of this kind.
    pub kind: Option<ActKind>,
    /// In this vault.
    pub vault: Option<VaultId>,
    /// Of this object.
    pub object: Option<ObjectId>,
    /// Not before, in milliseconds since 1970.
    pub from: Option<u64>,
    /// Before, in milliseconds since 1970.
    pub until: Option<u64>,
}

/// Asks for a page of events, the newest first.
#[derive(Serialize, Deserialize)]
pub struct ReadAudit {
    /// Which.
    pub ask: AuditAsk,
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// How many at most.
    pub limit: u32,
}

/// A page of events.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditView {
    /// The events, the newest first.
    pub rows: Vec<AuditRow>,
    /// Where to go on; `None` on the last page.
    pub next: Option<String>,
    /// Whether the person may read everybody's events.
    pub all: bool,
    /// Whom the list can be filtered by.
    pub people: Vec<(MemberId, String)>,
    /// By which vaults.
    pub vaults: Vec<NamedVault>,
}

/// An event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditRow {
    /// Its number.
    pub sequence: u64,
    /// When, in milliseconds since 1970.
    pub time: i64,
    /// The login name of whoever did it; empty where nobody is known.
    pub who: String,
    /// From which address; empty where there was none.
    pub address: String,
    /// What.
    #[serde(with = "act")]
    pub what: AuditedAct,
    /// The vault's name; empty where there is none or the person does not see it.
    pub vault: String,
    /// The object's name; empty where there is none or the person does not see it.
    pub object: String,
    /// To whom it was done; empty where to nobody.
    pub of: String,
    /// What it is about, where it can be shown.
    pub item: Option<Item>,
    /// What it rests on.
    pub basis: BasisView,
    /// Its hash, in hexadecimal digits.
    pub hash: String,
}

/// What an event rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BasisView {
    /// The server says so.
    ServerWord,
    /// A signature that was checked: whose, and under what.
    Signed(String, SignedAs),
    /// It does not hold.
    Unfounded(Unfounded),
}

/// What was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignedAs {
    /// A statement of the team's chain, by its number.
    Statement(u64),
    /// A vault's head, by its number.
    Head(u64),
    /// A release.
    Release,
    /// An export.
    Export,
    /// A removal.
    Purge,
    /// A record of the directory.
    Directory,
    /// A step of a request for a secret.
    Request,
    /// Such a step, where it is not known what was asked: account and person are the server's word.
    StepAlone,
}

/// Acts in the contract's own encoding: their form for JSON names its kind, which the bridge cannot read back.
mod act {
    use sealward_contract::{audit::AuditedAct, codec};
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub fn serialize<S: Serializer>(act: &AuditedAct, to: S) -> Result<S::Ok, S::Error> {
        codec::encode(act).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<AuditedAct, D::Error> {
        codec::decode(&Vec::<u8>::deserialize(from)?).map_err(|_| D::Error::custom("no act"))
    }
}

/// Walks the whole chain.
#[derive(Serialize, Deserialize)]
pub struct CheckAudit;

/// What that came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditVerdict {
    /// How many events were checked.
    pub events: u64,
    /// How many of them are steps of requests whose account and person are the server's word.
    pub steps_alone: u64,
    /// The number of the last event that is kept no longer; 0 where none was removed.
    pub removed: u64,
    /// Whether the chain was checked as a whole, or only what the person did.
    pub whole: bool,
    /// The first fault.
    pub broken: Option<BrokenEvent>,
}

/// Writes events to a file.
#[derive(Serialize, Deserialize)]
pub struct ExportAudit {
    /// Which.
    pub ask: AuditAsk,
    /// In which form.
    pub form: AuditForm,
}

/// The form of a file of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuditForm {
    /// A sheet.
    Csv,
    /// For programs.
    Json,
}

/// A file of events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFile {
    /// What it is called.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// How many events.
    pub events: u32,
}
