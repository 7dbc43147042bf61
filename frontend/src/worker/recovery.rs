//! Recovery: as members, trustees and administrators see it, and on the device of whoever is recovered.

use super::{
    catalog_store::Kept,
    clock::{millis, sleep},
    device_store::Standing,
    engine::{Engine, Open, api, surroundings},
    kit,
    members::PAUSES,
    pending::may_pass,
    secret,
    session::{Begun, agent, origin, remember, stretching},
    transport::Fetch,
};
use crate::bridge::*;
use sealward_client::{
    error as client,
    error::RecoveryFault,
    model::SecretText as ClientSecret,
    recovery::{Opened, Recovered, RecoveringDevice},
    session::{OwnRecovery, Session},
};
use sealward_contract::{chain::RecoveryGroup, policy, text::LoginName};
use std::{cell::RefCell, rc::Rc};

/// Somebody who is being recovered on this device.
pub struct Recovering {
    device: RecoveringDevice,
    /// Held over from an attempt of which nobody knows whether it arrived, with its password.
    begun: RefCell<Option<(Recovered, ClientSecret)>>,
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

impl Open {
    /// How recovery stands in the team.
    pub fn read_recovery(&self) -> RecoveryView {
        let own = self.session.member();
        let OwnRecovery { group, since, enrolled, usable, possible } = self.session.own_recovery();
        let chain = self.session.chain();
        let Some(chain) = chain.as_deref() else { return RecoveryView::default() };
        let enrolment = match enrolled {
            Some(since) => {
                EnrolmentView::On { since: millis(since), usable: u32::try_from(usable).unwrap_or(u32::MAX) }
            }
            None if possible => EnrolmentView::Off,
            None => EnrolmentView::Impossible,
        };
        let mut begun: Vec<RecoveryRow> = self
            .session
            .recoveries()
            .into_iter()
            .map(|listed| RecoveryRow {
                member: listed.member,
                since: listed.since,
                name: self.name_of(listed.member),
                by: self.name_of(listed.by),
                time: millis(listed.time),
                words: words(&listed.words),
                stands_in: listed.stands_in,
                may_give: listed.may_give,
                may_cancel: listed.may_cancel,
                own: listed.member == own,
            })
            .collect();
        begun.sort_by_key(|row| core::cmp::Reverse(row.time));
        let manages = policy::manages_people(chain, &own);
        RecoveryView {
            group: group.zip(since).map(|(group, since)| GroupView {
                since,
                needed: group.needed,
                trustees: group.trustees.into_iter().map(|trustee| (trustee, self.name_of(trustee))).collect(),
            }),
            may_set: policy::may_set_recovery(chain, &own),
            own: enrolment,
            begun,
            link: manages.then(|| format!("{}{RECOVER_PATH}/{}", origin(), self.team())),
        }
    }
}

impl Engine {
    /// Devices on which people want to be recovered.
    pub async fn read_recovery_requests(&self) -> Result<Vec<RequestRow>, Error> {
        let open = self.open()?;
        let listed = match open.session.recovery_requests().await {
            Err(client::Error::NotAllowed) => return Ok(Vec::new()),
            listed => listed?,
        };
        let row = |request: sealward_client::session::RequestedRecovery| RequestRow {
            member: request.member,
            name: open.name_of(request.member),
            words: words(&request.words),
            time: millis(request.time),
            address: request.address,
            device: Box::new(request.device),
        };
        Ok(listed.into_iter().map(row).collect())
    }

    /// Who the trustees are.
    pub async fn set_recovery_group(&self, ask: SetRecoveryGroup) -> Result<(), Error> {
        let group = ask.group.map(|(needed, mut trustees)| {
            trustees.sort_unstable();
            RecoveryGroup { needed, trustees }
        });
        self.change_people(async |session| session.set_recovery(group).await).await
    }

    /// Wants to be recovered on this device: makes its keys and tells administrators.
    pub async fn ask_recovery(&self, ask: AskRecovery) -> Result<RecoveringView, Error> {
        let login_name = LoginName::parse(&ask.login_name).map_err(|_| Error::InvalidForm(FormField::LoginName))?;
        // This browser remembers one Secret Key for each team: somebody else's must not be lost.
        let stored = self.store.find(ask.team).await;
        if stored.is_some_and(|stored| stored.login_name != login_name.as_str()) {
            return Err(Error::BrowserTaken);
        }
        let device = RecoveringDevice::make(&surroundings(), ask.team, login_name, origin());
        device.ask(&api()).await?;
        let view = RecoveringView { words: words(&device.words()), stage: RecoveringStage::Asked };
        self.recovering.replace(Some(Rc::new(Recovering { device, begun: RefCell::default() })));
        Ok(view)
    }

    /// How that stands.
    pub async fn read_recovering(&self) -> Result<Option<RecoveringView>, Error> {
        let Some(recovering) = self.recovering.borrow().clone() else { return Ok(None) };
        let device = &recovering.device;
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let stage = if recovering.begun.borrow().is_some() {
            RecoveringStage::Ready
        } else {
            match device.look(&api(), &surroundings()).await {
                Ok(Opened::Waiting { given, needed }) => {
                    RecoveringStage::Begun { given: count(given), needed: count(needed) }
                }
                Ok(Opened::Ready(_)) => RecoveringStage::Ready,
                Err(client::Error::Recovery(RecoveryFault::NotBegun) | client::Error::Unreachable) => {
                    RecoveringStage::Asked
                }
                Err(error) => return Err(error.into()),
            }
        };
        Ok(Some(RecoveringView { words: words(&device.words()), stage }))
    }

    /// A new password, new keys, a new kit: whatever the person had before is over.
    pub async fn finish_recovery(&self, password: &SecretText) -> Result<KitView, Error> {
        let recovering = self.recovering.borrow().clone().ok_or(Error::Gone)?;
        let device = &recovering.device;
        secret::check_strength(password, vec![device.login_name().to_string()]).await?;
        let other = |held: &(Recovered, ClientSecret)| held.1.expose() != password.expose();
        if recovering.begun.borrow().as_ref().is_some_and(other) {
            return Err(Error::OtherPassword);
        }
        let held = recovering.begun.take();
        let mut recovered = match held {
            Some((recovered, _)) => recovered,
            None => match device.look(&api(), &surroundings()).await? {
                Opened::Ready(recovered) => *recovered,
                Opened::Waiting { .. } => return Err(Error::Recovery(RecoveryFault::NotBegun)),
            },
        };
        stretching();
        recovered.choose(device, &surroundings(), &ClientSecret::from(password.expose()))?;
        // Kept before anything is sent: the answer may be lost, and without the Secret Key this person could never sign in.
        let kept = recovered.device().ok_or(Error::Gone)?.duplicate().ok_or(Error::Gone)?;
        let had = self.store.find(kept.team).await.is_some();
        let stored = match had {
            true => self.store.put_pending(kept.team, Some(kept.secret_key.expose())).await,
            false => self.store.put(&remember(&kept, "", Standing::new(true, false), None)).await,
        };
        let hold = |recovered| recovering.begun.replace(Some((recovered, ClientSecret::from(password.expose()))));
        if let Err(error) = put_in_force(&recovered, device).await {
            match (recovered.is_unknown(), had) {
                (true, _) => drop(hold(recovered)),
                (false, true) => drop(self.store.put_pending(kept.team, None).await),
                (false, false) => drop(self.store.forget(kept.team).await),
            }
            return Err(error.into());
        }
        let mut standing = Standing::new(true, false);
        standing.remembered = match had {
            true => self.store.put(&remember(&kept, "", standing, None)).await.is_ok(),
            false => stored.is_ok(),
        };
        let _ = self.catalogs.forget(kept.team, false).await;
        let session = match first_session(&recovered).await {
            Ok(session) => session,
            // They are in force: the next attempt goes on from here.
            Err(error) => {
                drop(hold(recovered));
                return Err(error);
            }
        };
        self.recovering.take();
        let open = self.enter(Begun { session, unlocking: None, kept: Kept::default() }, standing).await?;
        kit::view(&open)
    }
}

/// An answer that is lost is waited for: what was asked may be done.
async fn put_in_force(recovered: &Recovered, device: &RecoveringDevice) -> Result<(), client::Error> {
    for pause in PAUSES {
        match recovered.finish(device, &api(), &surroundings()).await {
            Err(error) if recovered.is_unknown() && may_pass(&error) => sleep(pause).await,
            done => return done,
        }
    }
    recovered.finish(device, &api(), &surroundings()).await
}

async fn first_session(recovered: &Recovered) -> Result<Session<Fetch>, Error> {
    for pause in PAUSES {
        match recovered.sign_in(api(), surroundings(), &agent()).await {
            Err(client::Error::Unreachable) => sleep(pause).await,
            session => return Ok(session?),
        }
    }
    Ok(recovered.sign_in(api(), surroundings(), &agent()).await?)
}
