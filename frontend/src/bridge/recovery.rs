//! Recovery: the group of trustees, one's own enrolment, people who are being recovered, and a device on which somebody
//! is.

use sealward_contract::chain::DeviceKeys;
use serde::{Deserialize, Serialize};

use super::{MemberId, SecretText, TeamId};

/// Where the page for whoever has lost password or kit is; the team follows.
pub const RECOVER_PATH: &str = "/recover";

/// Asks how recovery stands in the team.
#[derive(Serialize, Deserialize)]
pub struct ReadRecovery;

/// How recovery stands in the team.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryView {
    /// The team's group.
    pub group: Option<GroupView>,
    /// Whether the person may set it.
    pub may_set: bool,
    /// How the person could be recovered.
    pub own: EnrolmentView,
    /// Recoveries that were begun, the newest first.
    pub begun: Vec<RecoveryRow>,
    /// Where the person may begin some: where people go who have lost their kit.
    pub link: Option<String>,
}

/// The recovery group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupView {
    /// The statement that set it.
    pub since: u64,
    /// How many are needed.
    pub needed: u8,
    /// The trustees and their login names.
    pub trustees: Vec<(MemberId, String)>,
}

/// How the person could be recovered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum EnrolmentView {
    /// There is no group, or not enough trustees besides the person.
    #[default]
    Impossible,
    /// Not at all: the person is not enrolled.
    Off,
    /// By the trustees.
    On {
        /// Since when, in milliseconds since 1970.
        since: i64,
        /// How many of them still could give their share.
        usable: u32,
    },
}

/// A recovery that was begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryRow {
    /// Whose.
    pub member: MemberId,
    /// The statement that began it.
    pub since: u64,
    /// Their login name.
    pub name: String,
    /// The login name of whoever began it.
    pub by: String,
    /// When, in milliseconds since 1970.
    pub time: i64,
    /// The words of the device.
    pub words: Vec<String>,
    /// Whether the client of whoever began it stands in for their device.
    pub stands_in: bool,
    /// Whether the person has a share to give.
    pub may_give: bool,
    /// Whether the person may stop it.
    pub may_cancel: bool,
    /// Whether it is their own.
    pub own: bool,
}

/// Asks for devices on which people want to be recovered.
#[derive(Serialize, Deserialize)]
pub struct ReadRecoveryRequests;

/// A device on which somebody wants to be recovered, by the server's word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestRow {
    /// Who.
    pub member: MemberId,
    /// Their login name.
    pub name: String,
    /// The words of the device.
    pub words: Vec<String>,
    /// When it asked, in milliseconds since 1970.
    pub time: i64,
    /// From which address.
    pub address: String,
    /// The device's keys.
    pub device: Box<DeviceKeys>,
}

/// Sets the recovery group, or none.
#[derive(Serialize, Deserialize)]
pub struct SetRecoveryGroup {
    /// How many are needed, of whom.
    pub group: Option<(u8, Vec<MemberId>)>,
}

/// Lets the trustees whom the person was shown recover them.
#[derive(Serialize, Deserialize)]
pub struct Enrol {
    /// The statement that set the group.
    pub group: u64,
}

/// Lets nobody any more.
#[derive(Serialize, Deserialize)]
pub struct EndEnrolment;

/// Begins a recovery for a device whose words were compared.
#[derive(Serialize, Deserialize)]
pub struct StartRecovery {
    /// Whose.
    pub member: MemberId,
    /// The device's keys.
    pub device: Box<DeviceKeys>,
}

/// Stops a recovery.
#[derive(Serialize, Deserialize)]
pub struct CancelRecovery {
    /// Whose.
    pub member: MemberId,
}

/// Gives one's share to a recovery, after its words were compared.
#[derive(Serialize, Deserialize)]
pub struct GiveShare {
    /// Whose recovery.
    pub member: MemberId,
    /// The statement that began the one whose words were compared.
    pub since: u64,
}

/// Wants to be recovered on this device.
#[derive(Serialize, Deserialize)]
pub struct AskRecovery {
    /// In which team.
    pub team: TeamId,
    /// Who.
    pub login_name: String,
}

/// Asks how the recovery on this device stands.
#[derive(Serialize, Deserialize)]
pub struct ReadRecovering;

/// How the recovery on this device stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveringView {
    /// The words of this device.
    pub words: Vec<String>,
    /// What there is by now.
    pub stage: RecoveringStage,
}

/// What a device was given by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RecoveringStage {
    /// Nobody has begun it.
    Asked,
    /// Trustees are giving their shares.
    Begun {
        /// How many have.
        given: u32,
        /// How many it takes.
        needed: u32,
    },
    /// The keys are open: the person chooses a new password.
    Ready,
}

/// Forgets what was asked on this device.
#[derive(Serialize, Deserialize)]
pub struct StopRecovering;

/// Chooses a new password, and replaces everything.
#[derive(Serialize, Deserialize)]
pub struct FinishRecovery {
    /// The password.
    pub password: SecretText,
}
