//! Signing in, the kit, and what the person can do with their sessions.

use serde::{Deserialize, Serialize};

use super::{KitFault, SecretText, SessionId, TeamId};

/// Asks what this browser knows.
#[derive(Serialize, Deserialize)]
pub struct ReadStatus;

/// What this browser knows, and where the person stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// Teams that someone signed in to from here, the newest first.
    pub teams: Vec<KnownTeam>,
    /// The session of this browser.
    pub session: SessionState,
    /// Whether the server takes another team; `None` when it cannot be reached.
    pub creation: Option<TeamCreation>,
}

/// A team that this browser remembers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownTeam {
    /// Its id.
    pub team: TeamId,
    /// Its name, when this browser was allowed to remember it.
    pub name: String,
    /// Who signed in.
    pub login_name: String,
    /// Whether the Secret Key is remembered; without it the kit is needed.
    pub remembers_kit: bool,
}

/// Who may create a team on this server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TeamCreation {
    /// Anyone.
    Open,
    /// Whoever has the set-up code.
    SetupCode,
    /// Nobody.
    Closed,
}

/// The session of this browser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum SessionState {
    /// None.
    SignedOut,
    /// The password opens it again.
    Locked(KnownTeam),
    /// Open.
    Open(SessionView),
}

/// An open session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionView {
    /// The team.
    pub team: TeamId,
    /// Its name.
    pub team_name: String,
    /// The person.
    pub full_name: String,
    /// The login name.
    pub login_name: String,
    /// The login name of whoever made the person's keys, where they have still to be replaced: nothing else can be done.
    pub made_by: Option<String>,
    /// Whether nobody else could let this person back in.
    pub sole_owner: bool,
    /// Whether the kit was typed back once.
    pub kit_confirmed: bool,
    /// Minutes until the session locks by itself; `None` is never.
    pub idle_lock: Option<u16>,
    /// Whether this browser remembers the Secret Key.
    pub remembered: bool,
    /// Whether it keeps the catalog.
    pub keeps_catalog: bool,
    /// Whose word it takes for what came before; `None` where it remembers that itself.
    pub sight: Option<SightView>,
    /// The newest places: statements of the team, and events of its audit.
    pub places: (u32, u32),
}

/// What a browser that remembers nothing of the team was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SightView {
    /// Whose checkpoint is the newest, and from when it is in milliseconds; `None` where the server shows nobody's.
    pub footing: Option<(String, i64)>,
    /// Whether nothing is written until somebody has compared.
    pub doubtful: bool,
}

/// What this browser stands on was compared with somebody else's.
#[derive(Serialize, Deserialize)]
pub struct AcceptSight;

/// Makes a team.
#[derive(Serialize, Deserialize)]
pub struct CreateTeam {
    /// The team's name.
    pub team_name: String,
    /// The founder's full name.
    pub full_name: String,
    /// The founder's login name.
    pub login_name: String,
    /// The founder's password.
    pub password: SecretText,
    /// Where the server asks for it.
    pub setup_code: Option<String>,
    /// The name of the first vault, in the person's language.
    pub vault_name: String,
}

/// The emergency kit, to be shown, printed and kept.
#[derive(Serialize, Deserialize)]
pub struct KitView {
    /// The team's name.
    pub team_name: String,
    /// Whose kit.
    pub login_name: String,
    /// The address of the server.
    pub origin: String,
    /// The groups of letters and digits, checksum included, in order.
    pub groups: Vec<SecretText>,
    /// The whole kit as the text of its file.
    pub file: SecretText,
    /// The name for its file.
    pub file_name: String,
    /// The same as a QR code.
    pub qr: QrCode,
    /// The groups to be typed back, counted from zero.
    pub ask_for: Vec<u8>,
}

/// A QR code as one path.
#[derive(Serialize, Deserialize)]
pub struct QrCode {
    /// Side of the square view box in modules, the quiet zone included.
    pub side: u16,
    /// Dark modules as the `d` of an SVG path.
    pub path: SecretText,
}

/// What was typed back.
#[derive(Serialize, Deserialize)]
pub struct ConfirmKit {
    /// The groups of [`KitView::ask_for`], in that order; case and spaces do not matter.
    pub typed: Vec<SecretText>,
}

/// Reads a kit while it is typed.
#[derive(Serialize, Deserialize)]
pub struct CheckKit {
    /// As typed, pasted, or read from its file.
    pub text: SecretText,
}

/// What was found in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KitReading {
    /// Whether it is complete and its checksums are right.
    pub fault: Option<KitFault>,
    /// The login name, when the whole file was given.
    pub login_name: Option<String>,
}

/// Opens a session.
#[derive(Serialize, Deserialize)]
pub struct SignIn {
    /// The known team; `None` takes it from the kit.
    pub team: Option<TeamId>,
    /// Who.
    pub login_name: String,
    /// The password.
    pub password: SecretText,
    /// The kit, where this browser does not remember the Secret Key.
    pub kit: Option<SecretText>,
    /// Whether this browser may remember the Secret Key.
    pub remember: bool,
}

/// Opens what was locked.
#[derive(Serialize, Deserialize)]
pub struct Unlock {
    /// The password.
    pub password: SecretText,
}

/// Locks every window.
#[derive(Serialize, Deserialize)]
pub struct Lock;

/// Ends the session of this browser, or forgets a team that is only remembered.
#[derive(Serialize, Deserialize)]
pub struct SignOut {
    /// Which team.
    pub team: TeamId,
    /// Whether the Secret Key is forgotten too.
    pub forget: bool,
}

/// Asks for the sessions.
#[derive(Serialize, Deserialize)]
pub struct ListSessions;

/// A session somewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    /// Its id.
    pub session: SessionId,
    /// Whether it is this one.
    pub current: bool,
    /// When it began, in milliseconds since 1970.
    pub began: i64,
    /// When it was last used.
    pub last_used: i64,
    /// The address that it was last used from, in the server's words.
    pub address: String,
    /// What kind of browser, in the server's words.
    pub agent: String,
}

/// Ends a session.
#[derive(Serialize, Deserialize)]
pub struct EndSession {
    /// Which.
    pub session: SessionId,
}

/// A new password.
#[derive(Serialize, Deserialize)]
pub struct ChangePassword {
    /// The present one.
    pub current: SecretText,
    /// The new one.
    pub new: SecretText,
}

/// Asks for the kit again.
#[derive(Serialize, Deserialize)]
pub struct ShowKit {
    /// The password.
    pub password: SecretText,
}

/// Makes a new Secret Key.
#[derive(Serialize, Deserialize)]
pub struct ReplaceKit {
    /// The password.
    pub password: SecretText,
}

/// Sets the idle time.
#[derive(Serialize, Deserialize)]
pub struct SetIdleLock {
    /// Minutes; `None` is never.
    pub minutes: Option<u16>,
}

/// Keeps the catalog in this browser, or removes it.
#[derive(Serialize, Deserialize)]
pub struct KeepCatalog {
    /// Whether it is kept.
    pub keep: bool,
}

/// Says that the person is there.
#[derive(Serialize, Deserialize)]
pub struct Touch;

/// Tells the worker the language.
#[derive(Serialize, Deserialize)]
pub struct SetLanguage {
    /// Which.
    pub language: Language,
    /// What the person's own vault is called in it.
    pub personal: String,
}

/// Locks the team that is open, and turns to another that this browser remembers, or to none.
#[derive(Serialize, Deserialize)]
pub struct SwitchTeam {
    /// To which.
    pub team: Option<TeamId>,
}

/// Asks for how many days the server keeps the personal vault of somebody who was removed; nothing where it cannot be
/// asked.
#[derive(Serialize, Deserialize)]
pub struct ReadKeptDays;

/// Tries the server at once.
#[derive(Serialize, Deserialize)]
pub struct Reconnect;

/// The languages of the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    /// English.
    English,
    /// Simplified Chinese.
    Chinese,
}
