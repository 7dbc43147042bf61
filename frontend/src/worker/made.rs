//! People who are made members with a password. Password and kit leave the worker once, to be handed over.

use super::{
    engine::{Engine, surroundings},
    kit,
    session::stretching,
};
use crate::bridge::*;
use sealward_client::{
    generate::PasswordRecipe,
    model::{ProfileDetails, SecretText as ClientSecret},
    session::{FirstLogin, NewPerson, PasswordSet, StandingIn},
};
use sealward_contract::{chain::VaultGrant, text::LoginName};

/// What a first password is made of: it is read from paper and typed.
const RECIPE: PasswordRecipe =
    PasswordRecipe { length: 20, classes: PasswordRecipe::LETTERS_AND_DIGITS, unambiguous: true };

impl Engine {
    /// Makes somebody a member, and gives what is handed to them.
    pub async fn admit_person(&self, ask: AdmitPerson) -> Result<PersonMade, Error> {
        let login_name = LoginName::parse(&ask.login_name).map_err(|_| Error::InvalidForm(FormField::LoginName))?;
        let grants = granted(ask.grants);
        let password = first_password()?;
        let new = NewPerson { login_name, password: ClientSecret::from(password.expose()), grants };
        stretching();
        let device = self.change_people(async |session| session.admit_person(&new).await).await?;
        self.hand_over(FirstLogin { kit: device, password })
    }

    /// Makes somebody a member who has no keys yet.
    pub async fn register_person(&self, ask: &RegisterPerson) -> Result<(), Error> {
        let login_name = LoginName::parse(&ask.login_name).map_err(|_| Error::InvalidForm(FormField::LoginName))?;
        // Until somebody writes a profile they are called what they sign in as.
        let profile = ProfileDetails { full_name: ask.login_name.clone(), ..ProfileDetails::default() };
        let registered = self.change_people(async |session| session.register_person(&login_name, &profile).await);
        registered.await.map(drop)
    }

    /// Sets somebody's password, or goes on with that where trustees have still to give their shares.
    pub async fn set_password(&self, ask: SetPassword) -> Result<PasswordAnswer, Error> {
        let password = first_password()?;
        let open = self.open()?;
        let held = open.standing_in.take().filter(|held| held.member() == ask.member);
        stretching();
        // Stopped or over: it can only be begun anew.
        let is_open = |held: &StandingIn| open.session.recoveries().iter().any(|begun| begun.member == held.member());
        if let Some(held) = held.filter(|held| is_open(held)) {
            let finished = self.change_people(async |session| session.finish_standing_in(&held, &password).await).await;
            return match finished {
                Ok(Some(login)) => self.hand_over(login).map(PasswordAnswer::Done),
                Ok(None) => {
                    let view = view_of(&held);
                    open.standing_in.replace(Some(held));
                    Ok(PasswordAnswer::Waiting(view))
                }
                Err(error) => {
                    open.standing_in.replace(Some(held));
                    Err(error)
                }
            };
        }
        let grants = granted(ask.grants);
        let set = self.change_people(async |session| session.set_password(ask.member, &password, &grants).await);
        match set.await? {
            PasswordSet::Done(login) => self.hand_over(login).map(PasswordAnswer::Done),
            PasswordSet::Waiting(begun) => {
                let view = view_of(&begun);
                open.standing_in.replace(Some(begun));
                Ok(PasswordAnswer::Waiting(view))
            }
        }
    }

    fn hand_over(&self, login: FirstLogin) -> Result<PersonMade, Error> {
        let team_name = self.open()?.view().team_name;
        let kit = kit::for_somebody(login.kit, team_name)?;
        Ok(PersonMade { password: SecretText::new(login.password.expose().to_owned()), kit })
    }
}

fn first_password() -> Result<ClientSecret, Error> {
    let made = surroundings().with_randomness(|randomness| RECIPE.make(randomness))?;
    Ok(ClientSecret::from(made.text.expose()))
}

fn granted(grants: Vec<(VaultId, VaultRole)>) -> Vec<VaultGrant> {
    grants.into_iter().map(|(vault, role)| VaultGrant { vault, role }).collect()
}

fn view_of(begun: &StandingIn) -> StandInView {
    let (given, needed) = begun.progress().unwrap_or_default();
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let words = begun.words().into_iter().map(str::to_owned).collect();
    StandInView { words, given: count(given), needed: count(needed) }
}
