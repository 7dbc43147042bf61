//! The unlocked session: a member's keys, the verified team and the vaults in the clear.
//!
//! Everything shared is behind cells that are never borrowed across a wait; what must not run twice at once (keeping up,
//! writing) takes an asynchronous lock.

mod audit;
mod batches;
mod cache;
mod change_login;
mod checkpoints;
mod create_team;
mod device;
mod directory;
mod directory_keys;
mod events;
mod export;
mod exposure;
mod factors;
mod fresh_keys;
mod grants;
mod groups;
mod handover;
mod invitations;
mod joined;
mod keys;
mod listing;
mod members;
mod memory;
mod numbers;
mod passwords;
mod personal;
mod personal_vault;
mod persons;
mod profiles;
mod purge;
mod reading;
mod recovery;
mod release;
mod release_reason;
mod renewing;
mod requests;
mod roster;
mod services;
mod sign_in;
mod statement;
mod sync;
mod unlocking;
mod vault;
mod versions;
mod webhooks;
mod write;

pub use audit::{AuditChecked, EventsListed, ListedEvent};
pub(crate) use batches::is_one_batch;
pub use cache::{CachePlan, ChunkName, KnownFacts, Restoring, Unkeepable};
pub use checkpoints::{Footing, Sight};
pub use create_team::{NewTeam, create_team};
pub use device::{Device, kit_tag};
pub use directory::{Directory, Listed};
pub(crate) use directory_keys::unfold;
pub use events::{Event, Events, Heard};
pub(crate) use export::HolderSize;
pub use export::{ExportSettings, ExportStep, Exported, Released};
pub use factors::{Confirmed, FactorProof, FactorsHeld, FactorsListed, FactorsTaken, LoginProof, PasskeyListed};
pub(crate) use fresh_keys::{FreshKeys, Owner};
pub use groups::{GroupAsk, GroupListed};
pub use handover::{HandoverKey, HandoverRequest};
pub use invitations::InvitationListed;
pub use keys::NewKeys;
pub use listing::SessionListed;
pub use members::MemberListed;
pub use passwords::{FirstLogin, PasswordSet, StandingIn, change_password};
pub use persons::NewPerson;
pub use reading::VerifiedEntry;
pub use recovery::{OwnRecovery, RecoveryListed, RequestedRecovery};
pub use release::FactsPage;
pub use requests::{
    Access, AccountUse, AheadActions, AheadDraft, AheadPage, AheadShown, ApprovalShown, EndShown, Ending,
    RequestActions, RequestDraft, RequestShown, RequestsPage, TextShown, UseHolder, is_ticket_pattern,
};
pub use roster::{MemberFilter, MemberOrder, MembersFound};
pub use services::NewService;
pub use sign_in::{sign_in, sign_in_service};
pub use sync::SyncReport;
pub use unlocking::Unlocking;
pub use vault::NewVault;
pub use versions::SecretVersion;
pub use write::VaultDrafts;

use crate::{
    api::{Api, CallError},
    crypto::identity::Identity,
    error::{Damage, Error},
    model::Facts,
    surroundings::Surroundings,
    transport::Transport,
    vault::VaultView,
};
use futures_util::lock::Mutex;
use numbers::Numbers;
use sealward_contract::{
    audit::AuditHead,
    bytes::Bytes,
    chain::{TeamState, VaultRole},
    crypto::Hash,
    ids::{MemberId, ObjectId, SessionId, TeamId, Timestamp, VaultId},
    operations::{Empty, Operation, TeamPath, session::SessionToken, sync::MissedKeys},
    record::LeafKey,
};
use std::{
    cell::{Cell, Ref, RefCell},
    collections::{BTreeMap, BTreeSet},
};

/// The sealed bundle that the server keeps for the member.
struct StoredBundle {
    sealed: Bytes,
    version: u32,
}

/// An open session.
pub struct Session<T> {
    api: Api<T>,
    surroundings: Surroundings,
    team: TeamId,
    device: RefCell<Device>,
    identity: Identity,
    id: SessionId,
    token: SessionToken,
    expires: Timestamp,
    bundle: RefCell<StoredBundle>,
    chain: RefCell<Option<TeamState>>,
    directory: RefCell<Directory>,
    vaults: RefCell<BTreeMap<VaultId, VaultView>>,
    refused: RefCell<BTreeMap<VaultId, Damage>>,
    numbers: RefCell<Numbers>,
    audit: Cell<AuditHead>,
    /// When the server was heard last.
    heard: Cell<Timestamp>,
    remembered: RefCell<memory::Memory>,
    given: RefCell<cache::Given>,
    changes: RefCell<Vec<(VaultId, LeafKey)>>,
    drafted_facts: RefCell<Vec<(VaultId, ObjectId, Facts)>>,
    /// Whom keys were wrapped to in this session, and since which statement they should have them.
    rewrapped: RefCell<BTreeSet<(VaultId, MemberId, Option<u64>)>>,
    /// Whom the server says that keys have to be wrapped to, and up to which statement it knew when it said so.
    missed: RefCell<(u64, BTreeSet<MissedKeys>)>,
    /// How the secrets of vaults stand, each under the head that it was proved by.
    standings: RefCell<exposure::Standings>,
    /// Which keys seal the present versions of guarded secrets.
    tiers: RefCell<requests::Tiers>,
    asked: RefCell<requests::FirstSaid>,
    reason: RefCell<Option<String>>,
    /// Whether it writes nothing where that is doubtful.
    cautious: Cell<bool>,
    /// Whether nothing is written until somebody has compared what this device stands on.
    held: Cell<bool>,
    /// What this device stands on.
    sight: Cell<Option<checkpoints::Sight>>,
    /// Asks the person for a second factor.
    confirming: RefCell<Option<factors::Confirming>>,
    keeping_up: Mutex<()>,
    writing: Mutex<()>,
}

impl<T: Transport> Session<T> {
    fn begin(
        api: Api<T>,
        surroundings: Surroundings,
        device: Device,
        identity: Identity,
        (id, token, expires): (SessionId, SessionToken, Timestamp),
        bundle: (Bytes, u32),
        remembered: memory::Memory,
    ) -> Self {
        Self {
            api,
            surroundings,
            team: device.team,
            device: RefCell::new(device),
            identity,
            id,
            token,
            expires,
            bundle: RefCell::new(StoredBundle { sealed: bundle.0, version: bundle.1 }),
            chain: RefCell::new(None),
            directory: RefCell::new(Directory::default()),
            vaults: RefCell::new(BTreeMap::new()),
            refused: RefCell::new(BTreeMap::new()),
            numbers: RefCell::new(Numbers::default()),
            audit: Cell::new(AuditHead { sequence: 0, hash: Hash::ZERO }),
            heard: Cell::new(Timestamp(0)),
            remembered: RefCell::new(remembered),
            given: RefCell::default(),
            changes: RefCell::new(Vec::new()),
            drafted_facts: RefCell::new(Vec::new()),
            rewrapped: RefCell::default(),
            missed: RefCell::default(),
            standings: RefCell::default(),
            tiers: RefCell::default(),
            asked: RefCell::default(),
            reason: RefCell::default(),
            cautious: Cell::new(false),
            held: Cell::new(false),
            sight: Cell::new(None),
            confirming: RefCell::default(),
            keeping_up: Mutex::new(()),
            writing: Mutex::new(()),
        }
    }

    /// The device's side of signing in: team, login name, Secret Key.
    #[must_use]
    pub fn device(&self) -> Ref<'_, Device> {
        self.device.borrow()
    }

    /// When the server was heard last: in this session, or before what was kept was written down.
    #[must_use]
    pub fn heard(&self) -> Timestamp {
        self.heard.get()
    }

    /// Who is signed in.
    #[must_use]
    pub fn member(&self) -> MemberId {
        self.identity.member
    }

    /// The session's id on the server.
    #[must_use]
    pub fn id(&self) -> SessionId {
        self.id
    }

    /// The clock and randomness that the session was given.
    #[must_use]
    pub fn surroundings(&self) -> &Surroundings {
        &self.surroundings
    }

    /// The team's directory: its name and its members' profiles.
    pub fn directory(&self) -> Ref<'_, Directory> {
        self.directory.borrow()
    }

    /// The verified chain; `None` before the first synchronisation.
    #[must_use]
    pub fn chain(&self) -> Option<Ref<'_, TeamState>> {
        Ref::filter_map(self.chain.borrow(), Option::as_ref).ok()
    }

    /// The member's role in a vault.
    #[must_use]
    pub fn role(&self, vault: &VaultId) -> Option<VaultRole> {
        self.chain.borrow().as_ref()?.vault_role(vault, &self.identity.member)
    }

    /// All vaults that were opened and verified.
    pub fn vaults(&self) -> Ref<'_, BTreeMap<VaultId, VaultView>> {
        self.vaults.borrow()
    }

    /// Vaults of which nothing is shown, and why.
    pub fn refused(&self) -> Ref<'_, BTreeMap<VaultId, Damage>> {
        self.refused.borrow()
    }

    /// What changed since this was asked last: for whoever keeps an index.
    #[must_use]
    pub fn take_changes(&self) -> Vec<(VaultId, LeafKey)> {
        self.changes.take()
    }

    /// Facts that this session drafted with secrets since this was asked last: whoever keeps facts need not fetch them
    /// once they are written.
    #[must_use]
    pub fn take_drafted_facts(&self) -> Vec<(VaultId, ObjectId, Facts)> {
        self.drafted_facts.take()
    }

    /// Notes facts that are about to be written.
    pub(crate) fn note_drafted_facts(&self, vault: VaultId, account: ObjectId, facts: &Facts) {
        self.drafted_facts.borrow_mut().push((vault, account, facts.clone()));
    }

    /// The team.
    #[must_use]
    pub fn team(&self) -> TeamId {
        self.team
    }

    /// Calls an operation as this member.
    pub(crate) async fn call<O: Operation<Query = Empty>>(
        &self,
        path: &O::Path,
        body: &O::Request,
    ) -> Result<O::Response, CallError<O::Error>> {
        self.api.call::<O>(Some(&self.token), path, &Empty {}, body, None).await
    }

    fn team_path(&self) -> TeamPath {
        TeamPath { team: self.team }
    }

    /// Runs something on the verified chain.
    fn with_chain<R>(&self, act: impl FnOnce(&TeamState) -> R) -> Result<R, Error> {
        self.chain.borrow().as_ref().map(act).ok_or(Error::Gone)
    }

    fn has_role_in(&self, vault: &VaultId) -> Result<(), Error> {
        self.role(vault).map(drop).ok_or(Error::NotAllowed)
    }
}
