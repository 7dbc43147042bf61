//! The emergency kit and the password: shown, typed back, replaced, changed.

use super::{
    engine::{Engine, Open},
    error::kit_fault,
    secret,
    session::stretching,
    windows::Word,
};
use crate::bridge::{CheckKit, ConfirmKit, Error, KitFault, KitReading, KitView, QrCode, SecretText};
use sealward_client::{
    kit::{Challenge, EmergencyKit, GROUPS, GroupState, KitError, QrPath, ReadKit, states},
    model::SecretText as ClientSecret,
    session::Device,
};
use sealward_contract::bytes::Bytes;
use std::rc::Rc;

/// Groups that the person types back.
const ASKED: usize = 2;

impl Engine {
    /// The kit once more, after the password.
    pub fn show_kit(&self, password: &SecretText) -> Result<KitView, Error> {
        let open = self.open()?;
        stretching();
        open.session.check_password(&ClientSecret::from(password.expose()))?;
        view(&open)
    }

    /// A new Secret Key; the old kit is worthless afterwards.
    pub async fn replace_kit(&self, password: &SecretText) -> Result<KitView, Error> {
        let open = self.open()?;
        stretching();
        open.session.replace_kit(&ClientSecret::from(password.expose())).await?;
        let key = Bytes(open.session.device().secret_key.expose().to_vec());
        self.store.change(open.team(), |remembered| remembered.secret_key = key).await;
        let mut standing = open.standing.get();
        standing.kit_confirmed = false;
        self.settle(&open, standing).await;
        let _ = open.settled.unbounded_send(());
        self.windows.say(&Word::Renewed(open.team()));
        view(&open)
    }

    /// A new password; every other session ends.
    pub async fn change_password(&self, current: &SecretText, new: &SecretText) -> Result<(), Error> {
        let open = self.open()?;
        let session = open.view();
        secret::check_strength(new, vec![session.team_name, session.full_name, session.login_name]).await?;
        stretching();
        let (current, new) = (ClientSecret::from(current.expose()), ClientSecret::from(new.expose()));
        open.session.change_password(&current, &new).await?;
        let _ = open.settled.unbounded_send(());
        self.windows.say(&Word::Renewed(open.team()));
        Ok(())
    }

    /// Compares what was typed back with the kit.
    pub async fn confirm_kit(&self, ask: ConfirmKit) -> Result<(), Error> {
        let open = self.open()?;
        let right = {
            let challenges = open.challenges.borrow();
            let kit = kit_of(&open).ok_or(Error::Locked)?;
            !challenges.is_empty()
                && challenges.len() == ask.typed.len()
                && challenges.iter().zip(&ask.typed).all(|(challenge, typed)| kit.answers(*challenge, typed.expose()))
        };
        if !right {
            return Err(Error::KitNotConfirmed);
        }
        open.challenges.take();
        let mut standing = open.standing.get();
        standing.kit_confirmed = true;
        self.settle(&open, standing).await;
        Ok(())
    }
}

/// Reads a kit while it is typed.
pub fn check(ask: &CheckKit) -> KitReading {
    match ReadKit::parse(ask.text.expose()) {
        Ok(kit) => KitReading { fault: None, login_name: kit.login_name },
        Err(error) => KitReading { fault: Some(first_fault(ask.text.expose(), error)), login_name: None },
    }
}

/// A group with a typo is named although later ones are still missing.
fn first_fault(text: &str, error: KitError) -> KitFault {
    let typo = (1..).zip(states(text)).find(|(_, state)| *state == GroupState::Wrong);
    match (error, typo) {
        (KitError::Incomplete { .. }, Some((number, _))) => KitFault::Group(number),
        (error, _) => kit_fault(error),
    }
}

/// The kit of the open session, with the groups to be typed back chosen anew.
pub fn view(open: &Rc<Open>) -> Result<KitView, Error> {
    let kit = kit_of(open).ok_or(Error::Locked)?;
    let mut asked: Vec<Challenge> = Vec::with_capacity(ASKED);
    open.session.surroundings().with_randomness(|randomness| {
        while asked.len() < ASKED.min(GROUPS) {
            let challenge = Challenge::make(randomness);
            if asked.iter().all(|other| other.number() != challenge.number()) {
                asked.push(challenge);
            }
        }
    });
    asked.sort_by_key(|challenge| challenge.number());
    let ask_for = asked.iter().map(|challenge| challenge.number().saturating_sub(1)).collect();
    open.challenges.replace(asked);
    show(&kit, open.view().team_name, ask_for)
}

/// The kit of somebody else, to be handed to them.
pub fn for_somebody(device: Device, team_name: String) -> Result<KitView, Error> {
    show(&kit_from(device), team_name, Vec::new())
}

fn show(kit: &EmergencyKit, team_name: String, ask_for: Vec<u8>) -> Result<KitView, Error> {
    let qr = kit.to_qr().map_err(|_| Error::Bridge)?;
    Ok(KitView {
        file_name: file_name(&team_name, &kit.login_name),
        team_name,
        login_name: kit.login_name.clone(),
        origin: kit.origin.clone(),
        groups: kit.code().split('-').map(|group| SecretText::new(group.to_owned())).collect(),
        file: SecretText::new(kit.to_text().to_string()),
        qr: draw(&qr),
        ask_for,
    })
}

/// A QR code as the page draws it.
pub fn draw(qr: &QrPath) -> QrCode {
    QrCode { side: u16::try_from(qr.size).unwrap_or(u16::MAX), path: SecretText::new(qr.path.to_string()) }
}

fn kit_of(open: &Open) -> Option<EmergencyKit> {
    Some(kit_from(open.session.device().duplicate()?))
}

fn kit_from(device: Device) -> EmergencyKit {
    EmergencyKit {
        team: device.team,
        secret_key: device.secret_key,
        origin: device.origin,
        login_name: device.login_name.to_string(),
    }
}

/// Letters and digits of any script stay; what a file system might not like becomes a dash.
fn file_name(team_name: &str, login_name: &str) -> String {
    let name: String = format!("sealward-{team_name}-{login_name}")
        .chars()
        .map(|c| if c.is_alphanumeric() || c == '.' { c } else { '-' })
        .take(80)
        .collect();
    format!("{name}.txt")
}
