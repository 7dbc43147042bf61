//! Second factors: set up, confirmed and removed; the team's policy; and a sign-in that waits until one is confirmed.

use super::{
    clock::{millis, within},
    engine::{Engine, Open},
    kit,
    leaving::LEAVING_PATIENCE,
    message::tell,
    session::stretching,
    transport::Fetch,
};
use crate::bridge::*;
use futures_channel::{mpsc, oneshot};
use futures_util::{StreamExt, future::LocalBoxFuture};
use sealward_client::{
    error as client,
    kit::QrPath,
    otp::Seed,
    session::{FactorProof, LoginProof, Session},
};
use sealward_contract::{chain::TeamPolicy, operations::factors::FactorText, policy};

/// What is asked of a session that waits to be confirmed, and who waits for what came of it.
pub enum FactorTry {
    /// What the browser is to be asked for a passkey.
    Begin(oneshot::Sender<Result<SecretText, Error>>),
    /// Whether this confirms it.
    Prove(FactorProof, oneshot::Sender<Result<(), Error>>),
}

fn proof_of(ask: &ConfirmFactor) -> FactorProof {
    let code = FactorText::new(ask.code.expose().to_owned());
    match ask.kind {
        FactorKind::Codes => FactorProof::Codes(code),
        FactorKind::RecoveryCodes => FactorProof::RecoveryCodes(code),
        FactorKind::Passkey => FactorProof::Passkey(code),
    }
}

async fn begin_with(session: &Session<Fetch>) -> Result<SecretText, Error> {
    let options = session.begin_confirmation().await?;
    Ok(SecretText::new(options.expose().to_owned()))
}

impl Engine {
    /// The person's second factors.
    pub async fn read_factors(&self) -> Result<FactorsView, Error> {
        let open = self.open()?;
        let listed = open.session.list_factors().await?;
        Ok(FactorsView {
            held: listed.held,
            codes_since: listed.codes_since.map(millis),
            passkeys: listed
                .passkeys
                .into_iter()
                .map(|row| PasskeyRow {
                    passkey: row.passkey,
                    name: row.name,
                    added: millis(row.added),
                    used: row.used.map(millis),
                })
                .collect(),
            recovery_made: listed.recovery_made.map(millis),
            taken_away: listed.taken_away.map(|taken| (open.name_of(taken.by), millis(taken.at))),
        })
    }

    /// Begins one-time codes.
    pub async fn begin_codes(&self, password: Option<&SecretText>) -> Result<CodesBegun, Error> {
        let open = self.open()?;
        let link = open.session.begin_codes(proof_of_login(&open, password)?).await?;
        let seed = link.expose().split(['?', '&']).find_map(|part| part.strip_prefix("secret="));
        let seed = SecretText::new(seed.unwrap_or_default().to_owned());
        // What no app could read is not shown.
        Seed::read(link.expose()).map_err(|_| Error::WrongVersion)?;
        let qr = kit::draw(&QrPath::draw(link.expose()).map_err(|_| Error::Bridge)?);
        Ok(CodesBegun { seed, qr })
    }

    /// Begins adding a passkey: what the browser is to be asked.
    pub async fn begin_passkey(&self, password: Option<&SecretText>) -> Result<SecretText, Error> {
        let open = self.open()?;
        let options = open.session.begin_passkey(proof_of_login(&open, password)?).await?;
        Ok(SecretText::new(options.expose().to_owned()))
    }

    /// Recovery codes, which are shown once.
    pub async fn make_recovery_codes(&self) -> Result<Vec<SecretText>, Error> {
        let made = self.open()?.session.make_recovery_codes().await?;
        Ok(made.iter().map(|code| SecretText::new(code.expose().to_owned())).collect())
    }

    /// Confirms the session that waits for it, or the open one.
    pub async fn confirm_factor(&self, ask: &ConfirmFactor) -> Result<(), Error> {
        let proof = proof_of(ask);
        let waiting = self.awaiting.borrow().clone();
        if let Some(waiting) = waiting {
            let (answer, answered) = oneshot::channel();
            waiting.unbounded_send(FactorTry::Prove(proof, answer)).map_err(|_| Error::Locked)?;
            return answered.await.unwrap_or(Err(Error::Locked));
        }
        self.open()?.session.confirm_session(proof).await?;
        self.owing.set(false);
        self.settle_doubted(true);
        // What was refused meanwhile is tried again.
        if let Some(retry) = self.open()?.retry.take() {
            let _ = retry.send(());
        }
        Ok(())
    }

    /// What the browser is to be asked for a passkey, by the session that waits or the open one.
    pub async fn begin_confirmation(&self) -> Result<SecretText, Error> {
        let waiting = self.awaiting.borrow().clone();
        if let Some(waiting) = waiting {
            let (answer, answered) = oneshot::channel();
            waiting.unbounded_send(FactorTry::Begin(answer)).map_err(|_| Error::Locked)?;
            return answered.await.unwrap_or(Err(Error::Locked));
        }
        begin_with(&self.open()?.session).await
    }

    /// A sign-in that waits for a confirmation is given up; what was opened before the server asked for it is locked.
    pub fn give_up_factor(&self) {
        self.settle_doubted(false);
        let was_owing = self.owing.replace(false);
        if self.awaiting.take().is_none() && was_owing {
            self.lock_everywhere();
        }
    }

    /// Asks the person to confirm the open session, for what cannot go on without that; whether they did.
    pub fn ask_for_factor(&self, held: FactorsHeld) -> LocalBoxFuture<'static, bool> {
        let (answer, answered) = oneshot::channel();
        self.doubted.borrow_mut().push(answer);
        tell(Notice::SecondFactor(held));
        Box::pin(async move { answered.await.unwrap_or(false) })
    }

    fn settle_doubted(&self, confirmed: bool) {
        for waiting in self.doubted.take() {
            let _ = waiting.send(confirmed);
        }
    }

    /// Waits until the person has confirmed a session that is not open yet.
    ///
    /// # Errors
    /// [`Error::NotConfirmed`] where they give it up; the session is then ended.
    pub async fn await_factor(&self, session: &Session<Fetch>, held: FactorsHeld) -> Result<(), Error> {
        let (tries, mut tried) = mpsc::unbounded::<FactorTry>();
        self.awaiting.replace(Some(tries));
        tell(Notice::SecondFactor(held));
        while let Some(asked) = tried.next().await {
            let (proof, answer) = match asked {
                FactorTry::Prove(proof, answer) => (proof, answer),
                FactorTry::Begin(answer) => {
                    let _ = answer.send(begin_with(session).await);
                    continue;
                }
            };
            let confirmed = session.confirm_session(proof).await;
            let over = matches!(confirmed, Ok(_) | Err(client::Error::SessionEnded));
            let result = confirmed.map(drop).map_err(Error::from);
            let _ = answer.send(result.clone());
            if over {
                self.awaiting.take();
                return result;
            }
        }
        let _ = within(LEAVING_PATIENCE, session.end_session(session.id())).await;
        Err(Error::NotConfirmed)
    }

    /// The people who have no second factor.
    pub async fn read_without_factor(&self) -> Result<Vec<sealward_contract::ids::MemberId>, Error> {
        Ok(self.open()?.session.list_without_factor().await?)
    }

    /// The team's policy.
    pub fn read_team_policy(&self) -> Result<TeamPolicyView, Error> {
        self.open()?.team_policy()
    }

    /// Sets the team's policy.
    pub async fn set_team_policy(&self, ask: &SetTeamPolicy) -> Result<(), Error> {
        let SetTeamPolicy { factor, confirmation, services, ref zone } = *ask;
        let new = TeamPolicy { factor, confirmation, services, zone: zone.clone() };
        self.change_people(async |session| session.set_team_policy(new).await).await
    }
}

impl Open {
    fn team_policy(&self) -> Result<TeamPolicyView, Error> {
        let TeamPolicy { factor, confirmation, services, zone } = self.session.team_policy()?;
        let chain = self.session.chain();
        let may_set = chain.is_some_and(|chain| policy::may_set_team_policy(&chain, &self.session.member()));
        Ok(TeamPolicyView { factor, confirmation, services, zone, may_set })
    }
}

/// That the person knows the password now, where they typed it.
fn proof_of_login(open: &Open, password: Option<&SecretText>) -> Result<Option<LoginProof>, Error> {
    let Some(password) = password else { return Ok(None) };
    stretching();
    Ok(Some(open.session.prove_login(&password.expose().into())?))
}
