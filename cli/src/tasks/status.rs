//! Where a session stands, and confirming it.

use super::Answer;
use crate::{
    engine::Open,
    failure::Failure,
    views::{Hidden, StatusView},
};
use sealward_client::session::FactorProof;
use sealward_contract::operations::factors::FactorText;

pub(super) fn status(session: &Open) -> Answer {
    let device = session.device();
    let listed = session.find_member(&session.member());
    let is_service = listed.as_ref().is_some_and(|member| member.service.is_some());
    let login_name = listed.map_or_else(|| device.login_name.to_string(), |member| member.login_name.to_string());
    Answer::Status(StatusView {
        state: if is_service { "service" } else { "open" }.to_owned(),
        server: Some(device.origin.clone()),
        team: Some(session.team().to_string()),
        team_name: Some(session.directory().team_name().to_owned()),
        login_name: Some(login_name),
        places: Some(session.places()),
        held: session.is_held(),
    })
}

pub(super) async fn confirm(session: &Open, code: &Hidden) -> Result<Answer, Failure> {
    let digits: String = code.0.chars().filter(|letter| !letter.is_whitespace()).collect();
    let proof = FactorProof::Codes(FactorText::new(digits));
    session.confirm_session(proof).await?;
    Ok(Answer::Done)
}
