//! Someone with a password and a kit: everything that costs a real stretching of the password.

use super::{InProcess, ORIGIN, TestServer};
use sealward_client::{
    api::Api,
    error::Error,
    model::SecretText,
    session::{Device, NewTeam, Session, create_team, sign_in},
};
use sealward_contract::text::LoginName;

/// A person with a team.
pub struct Person {
    pub device: Device,
    pub password: String,
}

pub fn text(text: &str) -> SecretText {
    SecretText::from(text)
}

impl Person {
    /// Makes a team, as its founder.
    pub async fn create_team(server: &TestServer, team: &str, login_name: &str, password: &str) -> Self {
        let new = NewTeam {
            name: team.to_owned(),
            full_name: format!("{login_name} the founder"),
            login_name: LoginName::parse(login_name).unwrap(),
            password: text(password),
            origin: ORIGIN.to_owned(),
            setup_code: None,
        };
        let device = create_team(&Api::new(server.connect()), &server.surroundings(), &new).await.unwrap();
        Self { device, password: password.to_owned() }
    }

    /// Signs in on a device that remembers nothing but the kit.
    pub async fn sign_in(&self, server: &TestServer) -> Session<InProcess> {
        self.sign_in_over(server, server.connect(), None).await.unwrap()
    }

    pub async fn sign_in_over(
        &self,
        server: &TestServer,
        wire: InProcess,
        remembered: Option<&[u8]>,
    ) -> Result<Session<InProcess>, Error> {
        let device = self.device.duplicate().unwrap();
        sign_in(Api::new(wire), server.surroundings(), device, &text(&self.password), "a device", remembered).await
    }
}
