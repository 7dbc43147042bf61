//! The server itself, and making a team on it.

use super::{ServerPath, TeamPath, operation};
use crate::{
    bytes::Bytes,
    chain::Refused,
    crypto::{Hash, VerifyingKey},
    ids::{MemberId, Number, TeamId},
    problem::Never,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who may make a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TeamCreation {
    /// Nobody any more.
    Closed,
    /// Everyone.
    Open,
    /// Whoever knows the one-time set-up code.
    SetupCode,
}

/// What a server says of itself before anyone signs in. Nothing that keeps anything safe depends on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Server {
    /// Version of the program.
    pub version: String,
    /// Whether and how a team can be made now.
    pub creation: TeamCreation,
    /// Days for which the personal vault of somebody who was removed is kept before it is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_personal_days: Option<u32>,
}

operation! {
    /// Says what server this is and whether a team can be made.
    GetServer "get_server": Get "/v1/server", Anyone;
    ServerPath => Server, Never
}

/// Everything that a team begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTeam {
    /// The signed genesis statement.
    pub genesis: Bytes,
    /// The founder's login key.
    pub login_key: VerifyingKey,
    /// Tag of the founder's Secret Key.
    pub kit_tag: Hash,
    /// The founder's sealed identity bundle, version 1.
    pub bundle: Bytes,
    /// Envelope to the founder with the directory key.
    pub directory_envelope: Bytes,
    /// Directory record with the team's name.
    pub team_record: Bytes,
    /// Directory record with the founder's profile.
    pub profile_record: Bytes,
    /// The one-time set-up code, where the server asks for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setup_code: Option<String>,
}

/// The team was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TeamCreated {
    /// Its id.
    pub team: TeamId,
    /// Its number on this server.
    pub number: Number,
    /// Its founder.
    pub founder: MemberId,
}

/// Why a team was not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum CreateTeamError {
    /// The server takes no new teams.
    #[error("this server takes no new teams")]
    CreationClosed,
    /// The set-up code is missing or wrong.
    #[error("the set-up code is wrong")]
    SetupCodeRefused,
    /// The very same team was made before.
    #[error("the team was made before")]
    AlreadyExists,
    /// The server is full.
    #[error("the server is full")]
    TooManyTeams,
    /// The genesis is none.
    #[error("the genesis is refused: {reason}")]
    StatementRefused {
        /// Why.
        reason: Refused,
    },
    /// Name or profile are not the founder's sealed records.
    #[error("a directory record is refused")]
    RecordRefused,
    /// Bundle or envelope are empty or too large.
    #[error("bundle or envelope are refused")]
    EnvelopesRefused,
}

operation! {
    /// Makes a team. The founder signs in afterwards like anyone.
    CreateTeam "create_team": Post "/v1/teams", Anyone, keyed;
    ServerPath, body NewTeam => TeamCreated, CreateTeamError
}

/// How many numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberCount {
    /// 1 to [`crate::limits::NUMBER_BLOCK`].
    pub count: u32,
}

/// A block of numbers, all the caller's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NumberBlock {
    /// The first of them; the others follow.
    pub first: Number,
    /// How many.
    pub count: u32,
}

operation! {
    /// Hands out a block of numbers for new resource groups, resources and accounts.
    ReserveNumbers "reserve_numbers": Post "/v1/teams/{team}/number-blocks", Member, keyed;
    TeamPath, body NumberCount => NumberBlock, Never
}
