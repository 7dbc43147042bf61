//! The people of the team as the chain tells them: invited, joined, given roles, suspended, removed.

use super::{
    catalog_store::Kept,
    clock::{millis, sleep},
    device_store::Standing,
    engine::{Engine, Open, api, is_sole_owner, surroundings},
    kit,
    message::tell,
    own_vault, secret, services,
    session::{Begun, agent, origin, remember, stretching},
    transport::Fetch,
};
use crate::bridge::*;
use sealward_client::{
    error as client,
    invitation::{InvitationLink, Joining, Newcomer, OpenedInvitation, open_invitation},
    kit::QrPath,
    model::SecretText as ClientSecret,
    session::{MemberListed, Session},
};
use sealward_contract::{
    chain::{TeamState, VaultGrant, VaultKind},
    policy::{self, MemberAction},
    record::{LeafKey, RecordKind},
    text::LoginName,
};
use zeroize::Zeroizing;

/// Waits between attempts to reach the server after joining, in milliseconds.
pub const PAUSES: [i32; 6] = [500, 1_000, 2_000, 5_000, 10_000, 20_000];
/// Milliseconds of a day.
const DAY: u64 = 86_400_000;

impl Engine {
    /// A link by which somebody joins.
    pub async fn invite(&self, ask: Invite) -> Result<InvitationMade, Error> {
        let grants: Vec<VaultGrant> = ask.grants.into_iter().map(|(vault, role)| VaultGrant { vault, role }).collect();
        let link = self.change_people(async |session| session.invite(&grants, u64::from(ask.days) * DAY).await).await?;
        let link = Zeroizing::new([&origin(), JOIN_PATH, "#", &link.expose()].concat());
        let qr = kit::draw(&QrPath::draw(&link).map_err(|_| Error::Bridge)?);
        Ok(InvitationMade { link: SecretText::new(link.to_string()), qr })
    }

    /// Suspends, resumes or removes a member.
    pub async fn set_standing(&self, ask: SetStanding) -> Result<(), Error> {
        self.change_people(async |session| match ask.state {
            MemberState::Active | MemberState::Expired | MemberState::Made | MemberState::Keyless => {
                session.resume_member(ask.member).await
            }
            MemberState::Suspended => session.suspend_member(ask.member).await,
            MemberState::Removed => session.remove_member(ask.member).await,
        })
        .await
    }

    /// Another role in a vault, or none.
    pub async fn set_grant(&self, ask: SetGrant) -> Result<(), Error> {
        self.change_people(async |session| match ask.role {
            Some(role) => session.set_grant(ask.vault, ask.member, role).await,
            None => session.revoke_grant(ask.vault, ask.member).await,
        })
        .await
    }

    /// Changes something about people, and takes in what came along.
    pub async fn change_people<R>(
        &self,
        change: impl AsyncFnOnce(&Session<Fetch>) -> Result<R, client::Error>,
    ) -> Result<R, Error> {
        let open = self.open()?;
        let changed = change(&open.session).await;
        self.take_in(&open);
        self.tell_people(&open);
        Ok(changed?)
    }

    /// Tells the page that the team's history went on: what it shows of people, and what it offers, may be another.
    pub fn tell_people(&self, open: &Open) {
        open.catalog.borrow_mut().follow_rights(&open.session, &open.facts.borrow());
        tell(Notice::CatalogChanged);
        tell(Notice::Session(self.state()));
        let _ = open.settled.unbounded_send(());
    }

    /// What an invitation leads to.
    pub async fn open_invitation(&self, link: &SecretText) -> Result<InvitationOpened, Error> {
        let opened = open_link(link).await?;
        let invitation = opened.invitation().ok_or(Error::Gone)?;
        let inviter = opened.chain().member(&invitation.inviter);
        Ok(InvitationOpened {
            team: opened.team(),
            inviter: inviter.map(|member| member.keys.login_name.to_string()).unwrap_or_default(),
            vaults: u32::try_from(invitation.invite.grants.len()).unwrap_or(u32::MAX),
            expires: millis(invitation.invite.expires),
        })
    }

    /// Joins a team by an invitation, and gives the newcomer's kit.
    pub async fn join_team(&self, ask: JoinTeam) -> Result<KitView, Error> {
        if ask.password.is_empty() {
            return Err(Error::InvalidForm(FormField::Password));
        }
        let login_name = LoginName::parse(&ask.login_name).map_err(|_| Error::InvalidForm(FormField::LoginName))?;
        secret::check_strength(&ask.password, vec![ask.login_name]).await?;
        let mut opened = open_link(&ask.link).await?;
        // This browser remembers one Secret Key for each team: somebody else's must not be lost.
        if self.store.find(opened.team()).await.is_some() {
            return Err(Error::BrowserTaken);
        }
        stretching();
        let new = Joining { login_name, password: ClientSecret::from(ask.password.expose()) };
        let newcomer = opened.join(&api(), &surroundings(), &new).await?;
        // Before anything else can fail: without the Secret Key this person could never sign in.
        let mut standing = Standing::new(true, false);
        let remembered = remember(newcomer.device(), "", standing, None);
        standing.remembered = self.store.put(&remembered).await.is_ok();
        let session = first_session(&newcomer).await?;
        // The invitation itself says what the team was when it was made.
        session.begun_here();
        let open = self.enter(Begun { session, unlocking: None, kept: Kept::default() }, standing).await?;
        kit::view(&open)
    }
}

/// How somebody's password can be set by this person.
fn password_way(state: MemberState, actions: &[MemberAction]) -> PasswordWay {
    match state {
        MemberState::Keyless if actions.contains(&MemberAction::SetPassword) => PasswordWay::First,
        MemberState::Made if actions.contains(&MemberAction::SetPassword) => PasswordWay::Again,
        MemberState::Active if actions.contains(&MemberAction::StartRecovery) => PasswordWay::StandIn,
        _ => PasswordWay::None,
    }
}

fn by_name<T>(rows: impl Iterator<Item = T>, name: impl Fn(&T) -> &String) -> Vec<T> {
    let mut rows: Vec<T> = rows.collect();
    rows.sort_by(|a, b| name(a).cmp(name(b)));
    rows
}

/// What was wrapped to the invitation is given once: a connection that breaks off now is waited for.
async fn first_session(newcomer: &Newcomer) -> Result<Session<Fetch>, Error> {
    for pause in PAUSES {
        match newcomer.sign_in(api(), surroundings(), &agent()).await {
            Err(client::Error::Unreachable) => sleep(pause).await,
            session => return Ok(session?),
        }
    }
    Ok(newcomer.sign_in(api(), surroundings(), &agent()).await?)
}

async fn open_link(link: &SecretText) -> Result<OpenedInvitation, Error> {
    let link = InvitationLink::read(link.expose()).map_err(Error::Invitation)?;
    Ok(open_invitation(&api(), &surroundings(), link, &origin()).await?)
}

impl Open {
    /// Everyone who is, was or may become a member.
    pub fn read_people(&self) -> People {
        let own = self.session.member();
        let chain = self.session.chain();
        let Some(chain) = chain.as_deref() else { return People::default() };
        let members = self.session.members().into_iter().map(|listed| self.member_row(chain, listed));
        let invitations = self.session.invitations().into_iter().map(|listed| InvitationRow {
            invite: listed.invite,
            inviter: self.name_of(listed.inviter),
            grants: self.name_grants(&listed.grants),
            expires: millis(listed.expires),
            state: listed.state,
        });
        let may_grant = |vault: &VaultId| chain.vault_role(vault, &own).is_some_and(policy::may_grant);
        let shared = chain.vaults().filter(|(_, state)| state.kind == VaultKind::Shared).map(|(vault, _)| *vault);
        People {
            members: members.collect(),
            invitations: invitations.collect(),
            may_invite: policy::manages_people(chain, &own),
            grantable: by_name(shared.filter(may_grant).map(|vault| self.name_vault(vault)), |vault| &vault.name),
        }
    }

    /// A member as lists show it.
    pub(super) fn member_row(&self, chain: &TeamState, listed: MemberListed) -> MemberRow {
        let own = self.session.member();
        // The last owner cannot become less.
        let standing = listed.role.filter(|_| !is_sole_owner(chain, &listed.member));
        let is_person = listed.service.is_none();
        let may_give = |role: &TeamRole| {
            (is_person || policy::may_hold_as_service(*role))
                && !matches!(listed.state, MemberState::Made | MemberState::Keyless)
                && standing
                    .is_some_and(|standing| standing != *role && policy::may_set_role(chain, &own, standing, *role))
        };
        let profile = listed.profile.map(|profile| profile.details);
        let department = profile.as_ref().map(|profile| profile.department.clone());
        MemberRow {
            member: listed.member,
            number: listed.number.0,
            login_name: listed.login_name.to_string(),
            full_name: profile.map(|profile| profile.full_name),
            department: department.unwrap_or_default(),
            damaged: listed.damage.is_some(),
            state: listed.state,
            made_by: (listed.state == MemberState::Made).then(|| self.name_of(listed.keeper)),
            role: listed.role,
            grants: self.name_grants(&listed.grants),
            service: listed
                .service
                .map(|terms| services::row_of(chain, &own, (&listed.member, &listed.keeper), listed.state, &terms)),
            compared: self.comparison(listed.member),
            own: listed.member == own,
            password: password_way(listed.state, &listed.actions),
            manageable: listed.member != own
                && standing.is_some_and(|standing| policy::may_manage(chain, &own, standing)),
            roles: TeamRole::ALL.into_iter().filter(may_give).collect(),
        }
    }

    fn name_grants(&self, grants: &[VaultGrant]) -> Vec<GrantRow> {
        let rows = grants.iter().map(|grant| GrantRow { vault: self.name_vault(grant.vault), role: grant.role });
        by_name(rows, |row| &row.vault.name)
    }

    /// A vault's name, where this person sees it.
    pub(super) fn name_vault(&self, id: VaultId) -> NamedVault {
        let vaults = self.session.vaults();
        let key = LeafKey { id: id.object(), kind: RecordKind::Vault };
        let details = vaults.get(&id).and_then(|view| view.entry(&key)?.details().ok());
        NamedVault { id, name: details.map(|details| own_vault::name_of(&key, details)).unwrap_or_default() }
    }
}
