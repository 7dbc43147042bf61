//! Approvals that are given ahead, shown by the names that people know, and made for hours by the team's clocks.

use super::{
    clock::{millis, now},
    engine::{Engine, Open},
    message::tell,
    zone::{Zone, day_at},
};
use crate::bridge::*;
use sealward_client::session::{AheadDraft, AheadShown};
use sealward_contract::{ids::Timestamp, limits, request::ahead::Window};

impl Engine {
    /// What is approved ahead. Where nothing is guarded, nobody is asked.
    pub async fn read_ahead(&self) -> Result<AheadFound, Error> {
        let open = self.open()?;
        if !open.knows_policy() {
            return Ok(AheadFound::default());
        }
        let page = open.session.list_ahead().await?;
        page.damages.iter().for_each(|damage| open.tell_damage(damage));
        Ok(AheadFound {
            rows: page.items.into_iter().map(|shown| open.ahead_row(shown)).collect(),
            refused: u32::try_from(page.damages.len()).unwrap_or(u32::MAX),
        })
    }

    /// Approves ahead that a member has a secret, by the clocks of the team.
    pub async fn propose_ahead(&self, ask: ProposeAhead) -> Result<(), Error> {
        let open = self.open()?;
        let (begin, zone) = (now(), open.zone()?);
        let until = zone.end_of(ask.last_day).ok_or(Error::Bridge)?;
        // No further than a window may last, whatever was asked for.
        let offsets = zone.offsets(begin, until.min(begin.plus_millis(limits::AHEAD_LASTS))).ok_or(Error::Bridge)?;
        let window = Window { days: ask.days, from: ask.from, to: ask.to, until, zone: zone.name, offsets };
        let draft = AheadDraft { vault: ask.vault, account: ask.account, member: ask.member, window };
        let made = open.session.propose_ahead(draft).await;
        self.take_in(&open);
        tell(Notice::RequestsChanged);
        made.map(drop).map_err(Error::from)
    }

    /// Approves what somebody else approved ahead, or withdraws it.
    pub async fn step_ahead(&self, ask: StepAhead) -> Result<(), Error> {
        let open = self.open()?;
        let taken = if ask.withdraw {
            open.session.withdraw_ahead(ask.ahead).await
        } else {
            open.session.approve_ahead(ask.ahead).await
        };
        self.take_in(&open);
        tell(Notice::RequestsChanged);
        taken.map_err(Error::from)
    }

    /// Checks out a secret that was approved ahead.
    pub async fn check_out_ahead(&self, ask: CheckOutAhead) -> Result<(), Error> {
        let open = self.open()?;
        let text = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let (reason, ticket) = (text(ask.reason), text(ask.ticket));
        let taken = open.session.check_out_ahead(ask.ahead, ask.seconds, reason, ticket).await;
        self.take_in(&open);
        tell(Notice::RequestsChanged);
        taken.map(drop).map_err(|error| open.name_user(error))
    }
}

impl Open {
    /// For whom a secret may be approved ahead.
    pub fn read_ahead_people(&self, ask: &ReadAheadPeople) -> Result<AheadPeople, Error> {
        let people = self.session.ahead_people(ask.vault, ask.account)?;
        let needed = people.iter().map(|(_, needed)| *needed).max().unwrap_or_default();
        let mut people: Vec<_> = people.into_iter().map(|(member, _)| (member, self.name_of(member))).collect();
        people.sort_by(|(_, one), (_, other)| one.cmp(other));
        let zone = self.zone()?;
        Ok(AheadPeople { people, needed, today: zone.day(now()).ok_or(Error::Bridge)?, zone: zone.name })
    }

    /// The zone by whose clocks hours are meant: the team's, or else that of where the browser is.
    fn zone(&self) -> Result<Zone, Error> {
        match self.session.team_policy()?.zone {
            Some(name) => Zone::named(&name).ok_or(Error::UnknownZone(name)),
            None => Zone::own().ok_or(Error::Bridge),
        }
    }

    pub(super) fn ahead_row(&self, shown: AheadShown) -> AheadRow {
        let now = now();
        let offset = shown.window.minutes_ahead(now);
        let last = Timestamp(shown.window.until.0.saturating_sub(1));
        AheadRow {
            id: shown.id,
            secret: self.name_account(shown.vault, shown.account),
            vault: shown.vault,
            account: shown.account,
            member: self.name_of(shown.member),
            own: shown.member == self.session.member(),
            hours: Hours {
                days: shown.window.days,
                from: shown.window.from,
                to: shown.window.to,
                last_day: day_at(last, shown.window.minutes_ahead(last)),
                zone: shown.window.zone,
                offset,
            },
            status: shown.status,
            needed: shown.needed,
            given: shown.given.iter().map(|given| self.name_of(given.by)).collect(),
            closes: shown.closes.map(millis),
            opens: shown.opens.map(millis),
            may_approve: shown.may.approve,
            may_withdraw: shown.may.withdraw,
            may_check_out: shown.may.check_out,
        }
    }
}
