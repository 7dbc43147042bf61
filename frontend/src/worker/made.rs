//! People who are made members with a password. Password and kit leave the worker once, to be handed over.

use super::{
    engine::{Engine, surroundings},
    kit,
    session::stretching,
};
use crate::bridge::*;
use sealward_client::{generate::PasswordRecipe, model::SecretText as ClientSecret, session::NewPerson};
use sealward_contract::{chain::VaultGrant, text::LoginName};

/// What a first password is made of: it is read from paper and typed.
const RECIPE: PasswordRecipe =
    PasswordRecipe { length: 20, classes: PasswordRecipe::LETTERS_AND_DIGITS, unambiguous: true };

impl Engine {
    /// Makes somebody a member, and gives what is handed to them.
    pub async fn admit_person(&self, ask: AdmitPerson) -> Result<PersonMade, Error> {
        let login_name = LoginName::parse(&ask.login_name).map_err(|_| Error::InvalidForm(FormField::LoginName))?;
        let grants = ask.grants.into_iter().map(|(vault, role)| VaultGrant { vault, role }).collect();
        let password = surroundings().with_randomness(|randomness| RECIPE.make(randomness))?.text;
        let new = NewPerson { login_name, password: ClientSecret::from(password.expose()), grants };
        stretching();
        let device = self.change_people(async |session| session.admit_person(&new).await).await?;
        let team_name = self.open()?.view().team_name;
        let kit = kit::for_somebody(device, team_name)?;
        Ok(PersonMade { password: SecretText::new(password.expose().to_owned()), kit })
    }
}
