//! Approvals that are given ahead, shown by the names that people know, and made for hours of the browser's time zone.

use super::{
    clock::{millis, now},
    engine::{Engine, Open},
    message::tell,
};
use crate::bridge::*;
use js_sys::{Array, Date, Intl, Object, Reflect};
use sealward_client::session::{AheadDraft, AheadShown};
use sealward_contract::{
    ids::Timestamp,
    limits,
    request::ahead::{Window, ZoneOffset},
};
use wasm_bindgen::JsValue;

const MINUTE: u64 = 60_000;
/// How far apart the zone's clocks are looked at: less than what lies between two changes of them.
const STEP: u64 = 6 * 60 * MINUTE;

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

    /// Approves ahead that a member has a secret, by the clocks of where the browser is.
    pub async fn propose_ahead(&self, ask: ProposeAhead) -> Result<(), Error> {
        let open = self.open()?;
        let until = Timestamp(u64::try_from(ask.until).unwrap_or(0));
        let window = Window {
            days: ask.days,
            from: ask.from,
            to: ask.to,
            until,
            zone: zone_name(),
            offsets: offsets_until(until),
        };
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
        Ok(AheadPeople { people, needed, zone: zone_name() })
    }

    pub(super) fn ahead_row(&self, shown: AheadShown) -> AheadRow {
        let now = now();
        let offset = shown.window.minutes_ahead(now);
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
                until: millis(shown.window.until),
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

/// What the time zone of the browser is called.
fn zone_name() -> String {
    let resolved = Intl::DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
    let name = Reflect::get(&resolved, &JsValue::from_str("timeZone")).ok().and_then(|name| name.as_string());
    let fits =
        |name: &String| (1..=limits::ZONE_NAME).contains(&name.len()) && name.bytes().all(|it| it.is_ascii_graphic());
    name.filter(fits).unwrap_or_else(|| "UTC".to_owned())
}

/// What the zone's clocks are ahead of UTC from now until then.
fn offsets_until(until: Timestamp) -> Vec<ZoneOffset> {
    let begin = now();
    let mut offsets = vec![ZoneOffset { since: begin, minutes: offset_at(begin.0) }];
    let mut at = begin.0;
    // No further than a window may last, whatever was asked for.
    let end = until.0.min(begin.plus_millis(limits::AHEAD_LASTS).0);
    while at < end {
        let next = (at + STEP).min(end);
        let (before, after) = (offset_at(at), offset_at(next));
        if before != after {
            let (mut low, mut high) = (at / MINUTE, next / MINUTE + 1);
            while low + 1 < high {
                let middle = u64::midpoint(low, high);
                if offset_at(middle * MINUTE) == before { low = middle } else { high = middle }
            }
            offsets.push(ZoneOffset { since: Timestamp(high * MINUTE), minutes: after });
        }
        at = next;
    }
    offsets
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "minutes of a day, and times that fit"
)]
fn offset_at(millis: u64) -> i16 {
    -Date::new(&JsValue::from_f64(millis as f64)).get_timezone_offset() as i16
}
