//! An authenticator app: set up by a session, it shows the code of a moment.

use super::{InProcess, TestServer};
use sealward_client::{
    crypto::{SecretBytes, signing::SigningKey},
    error::Error,
    otp::Seed,
    session::{Confirmed, FactorProof, LoginProof, Session},
};
use sealward_contract::{
    ids::{MemberId, Timestamp},
    operations::factors::FactorText,
};
use std::{cell::RefCell, collections::HashMap};

thread_local! {
    /// The login keys of those whose sessions were begun by hand.
    static LOGIN_KEYS: RefCell<HashMap<MemberId, SigningKey>> = RefCell::default();
}

/// Notes what somebody signs in with, so that a session of theirs can prove it.
pub fn note_login(member: MemberId, login_key: &SigningKey) {
    let login_key = SigningKey::from_seed(&SecretBytes::from_slice(login_key.expose_seed()).unwrap());
    LOGIN_KEYS.with_borrow_mut(|keys| keys.insert(member, login_key));
}

/// That whoever uses a session could sign in now: what a first factor takes.
pub fn proof(session: &Session<InProcess>) -> Option<LoginProof> {
    LOGIN_KEYS.with_borrow(|keys| keys.get(&session.member()).map(|key| session.prove_login_by(key)))
}

/// How long a code is shown, in milliseconds.
pub const STEP: u64 = 30_000;

/// An app with the seed of one member's codes.
pub struct App(Seed);

impl App {
    /// Is set up with a session, which is confirmed by that.
    pub async fn set_up(server: &TestServer, session: &Session<InProcess>) -> Self {
        let app = Self::begin(session).await;
        session.confirm_codes(&app.0.code_at(server.clock.now()).now).await.unwrap();
        app
    }

    /// Takes a seed over that counts for nothing yet.
    pub async fn begin(session: &Session<InProcess>) -> Self {
        let link = session.begin_codes(proof(session)).await.unwrap();
        Self(Seed::read(link.expose()).ok().unwrap())
    }

    /// The code that it shows.
    pub fn code(&self, server: &TestServer) -> FactorText {
        self.code_at(server.clock.now())
    }

    /// The code that it shows at a time.
    pub fn code_at(&self, now: Timestamp) -> FactorText {
        FactorText::new(self.0.code_at(now).now.expose().to_owned())
    }

    /// Waits for the next code, and confirms a session with it.
    pub async fn confirm(&self, server: &TestServer, session: &Session<InProcess>) -> Result<Confirmed, Error> {
        server.clock.advance(STEP);
        session.confirm_session(FactorProof::Codes(self.code(server))).await
    }
}
