//! The member's second factors, confirming with one, and what the team asks for. The server enforces all of it: a second
//! factor opens nothing.

use super::Session;
use crate::{
    api::CallError,
    crypto::signing::SigningKey,
    error::{Error, from_call, from_plain_call},
    model::SecretText,
    transport::Transport,
};
use futures_util::future::LocalBoxFuture;
use sealward_contract::{
    bytes::Bytes,
    chain::{Body, MemberKind, TeamPolicy},
    ids::{MemberId, PasskeyId},
    operations::{
        Empty,
        factors::{
            BeginCodes, Confirm, ConfirmCodes, ConfirmSession, DismissFactorNotice, FactorError, FactorText,
            ListFactorHolders, ListFactors, MakeRecoveryCodes, NewCodes, RemoveCodes, SetTeamPolicy, TakeAwayError,
            TakeFactorsAway, TypedCode,
        },
        members::{MemberChange, MemberPath},
        passkeys::{
            AddPasskey, BeginConfirmation, BeginPasskey, NewPasskey, PasskeyName, PasskeyOrigin, PasskeyPath,
            PasskeyWanted, RemovePasskey, RenamePasskey,
        },
    },
    problem::Rejection,
    session::ProveLogin,
    suite::SUITE,
};
pub use sealward_contract::{
    factor::FactorsHeld,
    operations::{
        factors::{Confirmed, FactorProof, FactorsListed, FactorsTaken},
        passkeys::PasskeyListed,
    },
};
use std::rc::Rc;

/// A proof of the login key, for one session and a few minutes.
pub struct LoginProof(Bytes);

/// Asks for a second factor, and says whether this session was confirmed with one.
pub(super) type Confirming = Rc<dyn Fn(FactorsHeld) -> LocalBoxFuture<'static, bool>>;

impl<T: Transport> Session<T> {
    /// Who is asked when a release is refused for lack of a confirmation: what it belongs to then goes on where it was,
    /// however many secrets it needs. Where nobody is set, the refusal is the answer.
    pub fn ask_for_factors(&self, ask: impl Fn(FactorsHeld) -> LocalBoxFuture<'static, bool> + 'static) {
        self.confirming.replace(Some(Rc::new(ask)));
    }

    /// Tries something, and again once the session was confirmed with a second factor.
    pub(crate) async fn confirmed<R>(&self, attempt: impl AsyncFn() -> Result<R, Error>) -> Result<R, Error> {
        loop {
            let held = match attempt().await {
                Err(Error::SecondFactorNeeded(held)) => held,
                answer => return answer,
            };
            let ask = self.confirming.borrow().clone();
            match ask {
                None => return Err(Error::SecondFactorNeeded(held)),
                Some(ask) if ask(held).await => {}
                Some(_) => return Err(Error::NotConfirmed),
            }
        }
    }

    /// The member's second factors.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn list_factors(&self) -> Result<FactorsListed, Error> {
        self.call::<ListFactors>(&self.team_path(), &Empty {}).await.map_err(from_plain_call)
    }

    /// Shows that whoever uses this session knows the password: what a first second factor is begun with.
    ///
    /// # Errors
    /// [`Error::WrongPassword`]; [`Error::OutOfMemory`].
    pub fn prove_login(&self, password: &SecretText) -> Result<LoginProof, Error> {
        Ok(self.prove_login_by(&self.root_of(password)?.login_key(&self.team)))
    }

    /// The same, by the login key.
    #[must_use]
    pub fn prove_login_by(&self, login_key: &SigningKey) -> LoginProof {
        let statement = ProveLogin {
            suite: SUITE,
            team: self.team,
            member: self.identity.member,
            session: self.id,
            time: self.surroundings.now(),
        };
        LoginProof(login_key.sign(statement).to_wire())
    }

    /// Begins one-time codes: the text that an authenticator app takes over, as a link (`otpauth://…`). They count for
    /// nothing until [`Self::confirm_codes`].
    ///
    /// # Errors
    /// [`Error::SecondFactorNeeded`] where there is another factor; [`Error::PasswordNeeded`] where there is none, without a
    /// proof; [`Error::FactorExists`]; others.
    pub async fn begin_codes(&self, proof: Option<LoginProof>) -> Result<SecretText, Error> {
        let body = NewCodes { proof: proof.map(|LoginProof(proof)| proof) };
        let begun = self.call::<BeginCodes>(&self.team_path(), &body).await.map_err(from_factor_call)?;
        let (team, name) = (self.directory().team_name().to_owned(), self.device().login_name.to_string());
        let issuer = if team.is_empty() { "Sealward".to_owned() } else { team };
        Ok(otpauth_link(&issuer, &name, begun.seed.expose()))
    }

    /// Confirms the first code of new one-time codes; the session is confirmed with it.
    ///
    /// # Errors
    /// [`Error::FactorRefused`]; others.
    pub async fn confirm_codes(&self, code: &SecretText) -> Result<(), Error> {
        let body = TypedCode { code: FactorText::new(code.expose().to_owned()) };
        self.call::<ConfirmCodes>(&self.team_path(), &body).await.map(drop).map_err(from_factor_call)
    }

    /// Removes the one-time codes.
    ///
    /// # Errors
    /// [`Error::SecondFactorNeeded`]; others.
    pub async fn remove_codes(&self) -> Result<(), Error> {
        self.call::<RemoveCodes>(&self.team_path(), &Empty {}).await.map(drop).map_err(from_factor_call)
    }

    /// Makes recovery codes in place of those that there are.
    ///
    /// # Errors
    /// [`Error::SecondFactorNeeded`]; [`Error::FactorMissing`]; others.
    pub async fn make_recovery_codes(&self) -> Result<Vec<SecretText>, Error> {
        let made = self.call::<MakeRecoveryCodes>(&self.team_path(), &Empty {}).await.map_err(from_factor_call)?;
        Ok(made.codes.iter().map(|code| SecretText::from(code.expose())).collect())
    }

    /// Begins adding a passkey: what the browser is to be asked, in JSON.
    ///
    /// # Errors
    /// [`Error::SecondFactorNeeded`] where there is another factor; [`Error::PasswordNeeded`] where there is none, without a
    /// proof; [`Error::PasskeysUnavailable`] under an address that none can belong to; others.
    pub async fn begin_passkey(&self, proof: Option<LoginProof>) -> Result<SecretText, Error> {
        let PasskeyOrigin { origin } = self.passkey_origin();
        let body = PasskeyWanted { origin, proof: proof.map(|LoginProof(proof)| proof) };
        let begun = self.call::<BeginPasskey>(&self.team_path(), &body).await.map_err(from_factor_call)?;
        Ok(begun.options.expose().into())
    }

    /// Adds the passkey that the browser made; the session is confirmed with it.
    ///
    /// # Errors
    /// [`Error::FactorRefused`]; [`Error::FactorExists`]; others.
    pub async fn add_passkey(&self, name: &str, credential: &SecretText) -> Result<PasskeyListed, Error> {
        let credential = FactorText::new(credential.expose().to_owned());
        let body = NewPasskey { name: name.to_owned(), credential };
        self.call::<AddPasskey>(&self.team_path(), &body).await.map_err(from_factor_call)
    }

    /// Gives a passkey another name.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn rename_passkey(&self, passkey: PasskeyId, name: &str) -> Result<(), Error> {
        let path = PasskeyPath { team: self.team, passkey };
        let body = PasskeyName { name: name.to_owned() };
        self.call::<RenamePasskey>(&path, &body).await.map(drop).map_err(from_factor_call)
    }

    /// Removes a passkey.
    ///
    /// # Errors
    /// [`Error::SecondFactorNeeded`]; others.
    pub async fn remove_passkey(&self, passkey: PasskeyId) -> Result<(), Error> {
        let path = PasskeyPath { team: self.team, passkey };
        self.call::<RemovePasskey>(&path, &Empty {}).await.map(drop).map_err(from_factor_call)
    }

    /// Begins confirming with a passkey: what the browser is to be asked, in JSON.
    ///
    /// # Errors
    /// [`Error::PasskeysUnavailable`] where the member has none under this address; others.
    pub async fn begin_confirmation(&self) -> Result<SecretText, Error> {
        let body = self.passkey_origin();
        let begun = self.call::<BeginConfirmation>(&self.team_path(), &body).await.map_err(from_factor_call)?;
        Ok(begun.options.expose().into())
    }

    fn passkey_origin(&self) -> PasskeyOrigin {
        PasskeyOrigin { origin: self.device().origin.clone() }
    }

    /// Confirms this session with a second factor.
    ///
    /// # Errors
    /// [`Error::FactorRefused`]; [`Error::Rejected`] with a wait after too many wrong ones; others.
    pub async fn confirm_session(&self, proof: FactorProof) -> Result<Confirmed, Error> {
        self.call::<ConfirmSession>(&self.team_path(), &Confirm { proof }).await.map_err(from_factor_call)
    }

    /// Takes note that somebody took the member's factors away.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn dismiss_factor_notice(&self) -> Result<(), Error> {
        self.call::<DismissFactorNotice>(&self.team_path(), &Empty {}).await.map(drop).map_err(from_plain_call)
    }

    /// Takes all second factors of a member away, who has lost them.
    ///
    /// # Errors
    /// [`Error::NotAllowed`]; [`Error::SecondFactorNeeded`]; others.
    pub async fn take_factors_away(&self, member: MemberId) -> Result<(), Error> {
        let path = MemberPath { team: self.team, member };
        let taken = self.call::<TakeFactorsAway>(&path, &Empty {}).await;
        taken.map(drop).map_err(|error| from_call(error, |TakeAwayError::Forbidden| Error::NotAllowed))
    }

    /// The people who have no second factor, by the server's word, for those who manage people.
    ///
    /// # Errors
    /// [`Error::NotAllowed`]; others.
    pub async fn list_without_factor(&self) -> Result<Vec<MemberId>, Error> {
        let listed = self.call::<ListFactorHolders>(&self.team_path(), &Empty {}).await;
        let holders = listed.map_err(|error| match error {
            CallError::Rejected(Rejection::NotFound) => Error::NotAllowed,
            error => from_plain_call(error),
        })?;
        self.with_chain(|chain| {
            let people = chain.members().filter(|member| member.kind() == MemberKind::Person);
            let here = people.filter(|member| member.standing().is_some()).map(sealward_contract::chain::Member::id);
            here.filter(|member| !holders.members.contains(member)).collect()
        })
    }

    /// The team's policy, by the verified chain.
    ///
    /// # Errors
    /// [`Error::Gone`] before the first synchronisation.
    pub fn team_policy(&self) -> Result<TeamPolicy, Error> {
        self.with_chain(|chain| chain.team_policy().clone())
    }

    /// Sets the team's policy.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] for whoever is no owner; [`Error::SecondFactorNeeded`]; others.
    pub async fn set_team_policy(&self, policy: TeamPolicy) -> Result<(), Error> {
        self.say(
            async || Ok(Some(Body::SetTeamPolicy(policy.clone()))),
            async |statement, _| {
                let change = MemberChange { statement: statement.to_wire() };
                Ok(self.call_keyed::<SetTeamPolicy>(&self.team_path(), &change).await.map(drop))
            },
        )
        .await
    }
}

/// The link by which authenticator apps take a seed over: SHA-1, six digits, thirty seconds.
fn otpauth_link(issuer: &str, account: &str, seed: &str) -> SecretText {
    let escaped =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let (issuer, account) = (escaped(issuer), escaped(account));
    SecretText::new(format!(
        "otpauth://totp/{issuer}:{account}?secret={seed}&issuer={issuer}&algorithm=SHA1&digits=6&period=30"
    ))
}

fn from_factor_call(error: CallError<FactorError>) -> Error {
    from_call(error, |own| match own {
        FactorError::FactorRefused => Error::FactorRefused,
        FactorError::FactorExists => Error::FactorExists,
        FactorError::FactorMissing => Error::FactorMissing,
        FactorError::PasskeysUnavailable => Error::PasskeysUnavailable,
        FactorError::LoginProofNeeded => Error::PasswordNeeded,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_is_one_that_apps_read() {
        let link = otpauth_link("Northwind & Co", "ada.lovelace", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(
            link.expose(),
            "otpauth://totp/Northwind%20%26%20Co:ada%2Elovelace?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Northwind%20%26%20Co&algorithm=SHA1&digits=6&period=30"
        );
        let seed = crate::otp::Seed::read(link.expose()).ok().unwrap();
        assert_eq!((seed.issuer(), seed.account()), ("Northwind & Co", "ada.lovelace"));
    }
}
