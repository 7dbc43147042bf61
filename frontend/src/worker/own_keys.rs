//! Keys of one's own, replaced together with password and kit; and what people compare to know each other's.

use super::{
    catalog_store::Kept,
    clock::{millis, sleep},
    engine::{Engine, Open, api, surroundings},
    kit,
    members::PAUSES,
    pending::may_pass,
    secret,
    session::{Begun, agent, stretching},
    transport::Fetch,
    windows::Word,
};
use crate::bridge::*;
use sealward_client::{
    error as client,
    kit::QrPath,
    session::{NewKeys, Session},
};
use sealward_contract::bytes::Bytes;
use std::rc::Rc;

/// While it is there nothing is synchronised in between.
struct Busy(Rc<Open>);

impl Busy {
    fn new(open: &Rc<Open>) -> Self {
        open.writing.set(open.writing.get() + 1);
        Self(Rc::clone(open))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.writing.set(self.0.writing.get().saturating_sub(1));
    }
}

impl Engine {
    /// New keys, a new password and a new kit; every other session ends, and this window goes on under the new ones.
    pub async fn replace_keys(&self, ask: ReplaceKeys) -> Result<KitView, Error> {
        let open = self.open()?;
        let session = open.view();
        secret::check_strength(&ask.new, vec![session.team_name, session.full_name, session.login_name]).await?;
        stretching();
        // Kept before anything is sent: the answer may be lost, and these be all that still opens.
        let new = self.hold_new_keys(&open, &ask.current, &ask.new).await?;
        let busy = Busy::new(&open);
        if let Err(error) = put_in_force(&open.session, &new).await {
            if !new.is_unknown() {
                self.drop_new_keys(open.team()).await;
            }
            return Err(error);
        }
        // Before anything else can fail: without the new Secret Key this person could never sign in again. What was sealed
        // under the former keys opens for nobody any more.
        let mut standing = open.standing.get();
        standing.kit_confirmed = false;
        let key = Bytes(new.device().secret_key.expose().to_vec());
        let team = open.team();
        self.store
            .change(team, |remembered| {
                (remembered.secret_key, remembered.memory, remembered.standing) = (key, None, standing);
            })
            .await;
        let _ = self.catalogs.forget(team, false).await;
        let shelf = open.personal.take();
        let session = first_session(&new, &open.session).await?;
        let open = self.enter(Begun { session, unlocking: None, kept: Kept::default() }, standing).await?;
        // Only now: the session before finds that its keys are replaced, and would end itself.
        drop(busy);
        open.personal.replace(shelf);
        open.catalog.borrow_mut().forget_personal();
        if open.standing.get().remembered {
            self.store_personal(&open).await;
        }
        self.windows.say(&Word::Renewed(team));
        kit::view(&open)
    }

    /// Notes that keys were compared, or that they were not.
    pub async fn mark_compared(&self, ask: MarkCompared) -> Result<(), Error> {
        let open = self.open()?;
        let number = open.session.safety_number(&ask.member).ok_or(Error::Gone)?;
        let digits = (ask.compared == Comparison::Compared).then(|| number.to_string());
        // Whoever has compared them knows of the new ones.
        let replaced = open.session.replaced_keys().into_iter().find(|(member, ..)| *member == ask.member);
        self.keep_personal(|shelf| {
            shelf.set_compared(ask.member, digits);
            if let Some((member, statement, _)) = replaced {
                shelf.note_keys(member, statement);
            }
        })
        .await?;
        self.tell_people(&open);
        Ok(())
    }

    /// Takes note of replaced keys.
    pub async fn note_keys(&self, ask: NoteKeys) -> Result<(), Error> {
        self.keep_personal(|shelf| shelf.note_keys(ask.member, ask.statement)).await?;
        self.tell_people(&*self.open()?);
        Ok(())
    }
}

/// An answer that is lost is waited for: what was asked may be done.
async fn put_in_force(session: &Session<Fetch>, new: &NewKeys) -> Result<(), Error> {
    for pause in PAUSES {
        match session.replace_keys(new).await {
            Err(error) if new.is_unknown() && may_pass(&error) => sleep(pause).await,
            done => return Ok(done?),
        }
    }
    Ok(session.replace_keys(new).await?)
}

async fn first_session(new: &NewKeys, before: &Session<Fetch>) -> Result<Session<Fetch>, Error> {
    for pause in PAUSES {
        match new.sign_in(api(), surroundings(), &agent(), before).await {
            Err(client::Error::Unreachable) => sleep(pause).await,
            session => return Ok(session?),
        }
    }
    Ok(new.sign_in(api(), surroundings(), &agent(), before).await?)
}

impl Open {
    /// What this person and another one compare.
    pub fn read_safety(&self, member: MemberId) -> Result<SafetyView, Error> {
        let number = self.session.safety_number(&member).ok_or(Error::Gone)?;
        let qr = kit::draw(&QrPath::draw(&number.to_string()).map_err(|_| Error::Bridge)?);
        Ok(SafetyView { groups: number.groups().collect(), qr, compared: self.comparison(member) })
    }

    /// Whether the keys of a member as they are were compared on this device.
    pub fn comparison(&self, member: MemberId) -> Comparison {
        let number = self.session.safety_number(&member).map(|number| number.to_string());
        let personal = self.personal.borrow();
        let noted = personal.all().compared.iter().find(|(other, _)| *other == member).map(|(_, digits)| digits);
        if noted.is_some() && noted == number.as_ref() { Comparison::Compared } else { Comparison::Open }
    }

    /// Whose keys were replaced without anybody here having taken note; whose recovery waits for this person's share; and
    /// whether somebody has begun the person's own.
    pub fn read_key_news(&self) -> KeyNews {
        let personal = self.personal.borrow();
        let is_noted = |member: MemberId, statement: u64| {
            personal.all().noted.iter().any(|(other, noted)| *other == member && *noted >= statement)
        };
        let replaced = self.session.replaced_keys().into_iter().filter(|(member, at, _)| !is_noted(*member, *at));
        let replaced = replaced.map(|(member, statement, time)| ReplacedKeys {
            member,
            name: self.name_of(member),
            statement,
            time: millis(time),
        });
        let begun = self.session.recoveries();
        let own = begun.iter().find(|recovery| recovery.member == self.session.member());
        KeyNews {
            replaced: replaced.collect(),
            waiting: begun.iter().filter(|one| one.may_give).map(|one| self.name_of(one.member)).collect(),
            own: own.map_or(OwnBegun::None, |recovery| OwnBegun::By(self.name_of(recovery.by))),
        }
    }
}
