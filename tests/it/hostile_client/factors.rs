//! Confirmations of other sessions and other members, codes that were used, and statements about the policy by those who
//! have no right to it.

use super::{Scene, told};
use crate::harness::{App, Founder};
use sealward_contract::{
    chain::{Body, FactorDemand, ServiceDemand, TeamPolicy},
    ids::{ReleaseId, Version},
    operations::{
        ObjectPath, TeamPath,
        factors::{Confirm, ConfirmSession, FactorProof, ListFactors, SetTeamPolicy, TakeFactorsAway},
        members::{MemberChange, MemberPath},
        records::{ReleaseRequest, ReleaseSecret, WantedVersion},
    },
    release::ReleaseStatement,
    suite::SUITE,
};

fn always() -> TeamPolicy {
    TeamPolicy { factor: FactorDemand::Always, confirmation: 900, services: ServiceDemand::Exempt, zone: None }
}

impl Scene {
    /// Asks for the first account's secret with the scene's token.
    async fn release(&self) -> (u16, String) {
        let (team, vault, account) = (self.founder.team, self.made.vault, self.made.first);
        let statement = self.founder.identity.signing.sign(ReleaseStatement {
            suite: SUITE,
            id: ReleaseId(self.session.surroundings().make_id()),
            team,
            vault,
            account,
            version: Version::FIRST,
            member: self.founder.identity.member,
            position: self.forge().position(),
            time: self.server.clock.now(),
            reason: None,
        });
        let body = ReleaseRequest { statement: statement.to_wire(), wanted: WantedVersion::Newest };
        told(&self.call::<ReleaseSecret>(ObjectPath { team, vault, id: account }, Some(&body)).await)
    }

    async fn confirm(&self, proof: FactorProof) -> (u16, String) {
        told(&self.call::<ConfirmSession>(self.team_path(), Some(&Confirm { proof })).await)
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_confirmation_of_another_session_or_member_is_none() {
    let scene = Scene::set().await;
    scene.session.set_team_policy(always()).await.unwrap();
    // Another session of the same member sets a factor up, and is confirmed by that.
    let other = scene.founder.session(&scene.server, &scene.server.connect()).await;
    other.sync(|_| {}).await.unwrap();
    let app = App::set_up(&scene.server, &other).await;
    other.release(scene.made.vault, scene.made.first).await.unwrap();
    let needed = (403, "second_factor_needed".to_owned());
    assert_eq!(scene.release().await, needed);
    // Somebody else's code is nobody's here, however right it is there.
    let grace = scene.others.0.session(&scene.server, &scene.server.connect()).await;
    grace.sync(|_| {}).await.unwrap();
    let theirs = App::set_up(&scene.server, &grace).await;
    scene.server.clock.advance(30_000);
    let refused = (422, "factor_refused".to_owned());
    assert_eq!(scene.confirm(FactorProof::Codes(theirs.code(&scene.server))).await, refused);
    assert_eq!(scene.release().await, needed);
    // A code that the other session used is used.
    let code = app.code(&scene.server);
    other.confirm_session(FactorProof::Codes(code.clone())).await.unwrap();
    assert_eq!(scene.confirm(FactorProof::Codes(code)).await, refused);
    assert_eq!(scene.release().await, needed);
    scene.server.clock.advance(30_000);
    assert_eq!(scene.confirm(FactorProof::Codes(app.code(&scene.server))).await, (200, String::new()));
    assert_eq!(scene.release().await, (200, String::new()));
}

#[tokio::test(flavor = "current_thread")]
async fn a_code_is_not_told_to_those_who_ask_and_not_written_down() {
    let scene = Scene::set().await;
    let app = App::set_up(&scene.server, &scene.session).await;
    let listed = scene.call::<ListFactors>(scene.team_path(), None).await;
    let text = String::from_utf8(listed.body).unwrap();
    let code = app.code(&scene.server);
    assert!(text.contains("\"codes\":true") && !text.contains("seed") && !text.contains(code.expose()), "{text}");
    assert_eq!(format!("{code:?}"), "FactorText(…)");
}

#[tokio::test(flavor = "current_thread")]
async fn policies_out_of_place_are_refused() {
    let scene = Scene::set().await;
    let change = |body| MemberChange { statement: scene.forge().state(body).to_wire() };
    let long = Body::SetTeamPolicy(TeamPolicy { confirmation: 43_201, ..always() });
    let refused = |reason: &'static str| (422, reason);
    let path = scene.team_path();
    scene.refuses::<SetTeamPolicy>("too long", path, &change(long), refused("statement_refused: limit")).await;
    let other = Body::Resume(sealward_contract::chain::Resume { member: scene.founder.identity.member });
    let answered = scene.call::<SetTeamPolicy>(path, Some(&change(other))).await;
    assert_eq!(answered.status, 422);
    // In another team, and by another team's member.
    let elsewhere = TeamPath { team: scene.others.0.team };
    let answered = scene.call::<SetTeamPolicy>(elsewhere, Some(&change(Body::SetTeamPolicy(always())))).await;
    assert_eq!(told(&answered), (404, "not_found".to_owned()));
}

#[tokio::test(flavor = "current_thread")]
async fn factors_are_taken_away_by_nobody_without_the_right() {
    let scene = Scene::set().await;
    let bob = Founder::invited(&scene.server, &scene.session, "bob", &[]).await;
    let session = bob.session(&scene.server, &scene.server.connect()).await;
    session.sync(|_| {}).await.unwrap();
    App::set_up(&scene.server, &scene.session).await;
    let team = scene.founder.team;
    let taken = session.take_factors_away(scene.founder.identity.member).await;
    assert_eq!(taken, Err(sealward_client::error::Error::NotAllowed));
    // Nor one's own by this way: they are removed with a confirmation.
    let own = MemberPath { team, member: scene.founder.identity.member };
    let answered = scene.call::<TakeFactorsAway>(own, None).await;
    assert_eq!(told(&answered), (403, "forbidden".to_owned()));
    assert!(scene.session.list_factors().await.unwrap().held.codes);
}
