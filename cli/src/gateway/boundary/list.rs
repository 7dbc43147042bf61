//! Lists: a page at a time, and later only what changed. The place where a list goes on is in its token; nothing is kept
//! between two calls.

use super::{account, errors, filter::Filter, ids};
use crate::{
    engine::Open,
    gateway::{
        exchange::Answer,
        members::{self, Person},
        reading::{Pairs, Stop},
    },
};
use base64ct::{Base64UrlUnpadded, Encoding};
use http::StatusCode;
use sealward_contract::{ids::Timestamp, limits};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Items of a page where nothing is said, and at most.
const PAGE: usize = 1_000;
/// Times of profiles are their authors', by clocks that may be off, as this gateway's may be.
const MARGIN: u64 = 2 * limits::CLOCK_SKEW;

/// Where a list goes on.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    /// Only what changed since then; everything, where there is none.
    since: Option<Mark>,
    /// Only members with smaller numbers: those with greater ones were on pages before.
    below: Option<u32>,
    /// When the first page was made.
    start: Option<Mark>,
}

/// How the members stood at a time.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mark {
    /// The newest statement.
    at: u64,
    /// The time, in milliseconds since 1970.
    time: u64,
    /// Numbers, and versions of their profiles, that could be as new as this.
    recent: Vec<(u32, u32)>,
}

impl Mark {
    fn of(people: &[Person], at: u64, now: Timestamp) -> Self {
        let profiles =
            people.iter().filter_map(|person| Some((person.listed.number.0, person.listed.profile.as_ref()?)));
        let recent = profiles.filter(|(_, profile)| profile.time.0.saturating_add(MARGIN) >= now.0);
        Self { at, time: now.0, recent: recent.map(|(number, profile)| (number, profile.version.0)).collect() }
    }

    /// Whether somebody is not as they were.
    fn is_before(&self, person: &Person) -> bool {
        person.changed > self.at
            || person.listed.profile.as_ref().is_some_and(|profile| {
                let known = (person.listed.number.0, profile.version.0);
                profile.time.0.saturating_add(MARGIN) >= self.time && !self.recent.contains(&known)
            })
    }
}

impl Place {
    fn read(token: &str) -> Option<Self> {
        serde_json::from_slice(&Base64UrlUnpadded::decode_vec(token).ok()?).ok()
    }

    fn write(&self) -> String {
        Base64UrlUnpadded::encode_string(&serde_json::to_vec(self).unwrap_or_default())
    }
}

/// Answers a list.
pub fn answer(session: &Open, query: &Pairs) -> Result<Answer, Stop> {
    let team = session.team();
    match query.filled("auth_method_id") {
        None => return Err(errors::invalid(&[("auth_method_id", "Invalid formatted identifier.")]).into()),
        Some(id) if id != ids::of_auth_method(&team) => return Err(errors::not_found().into()),
        Some(_) => {}
    }
    let filter = match query.filled("filter") {
        None => None,
        Some(text) => Some(Filter::read(text).ok_or_else(|| wrong("filter", "This field could not be parsed."))?),
    };
    let place = match query.filled("list_token") {
        None => Place::default(),
        Some(text) => Place::read(text).ok_or_else(|| errors::unfit("Invalid list token."))?,
    };
    let size = match query.filled("page_size").map(str::parse::<usize>) {
        None | Some(Ok(0)) => PAGE,
        Some(Ok(size)) => size.min(PAGE),
        Some(Err(_)) => return Err(wrong("page_size", "This must be a whole number.").into()),
    };
    let everyone = members::list(session);
    let position = session.chain().map(|chain| chain.position().sequence).unwrap_or_default();
    let start = place.start.unwrap_or_else(|| Mark::of(&everyone, position, session.surroundings().now()));
    let show = |person: &Person| account::shown(&team, person);
    let accounts: Vec<&Person> = everyone.iter().filter(|person| person.is_login()).collect();
    let total = accounts.iter().filter(|person| !person.is_removed()).count();
    let is_new = |person: &Person| place.since.as_ref().is_none_or(|since| since.is_before(person));
    let below = |person: &Person| place.below.is_none_or(|below| person.listed.number.0 < below);
    let wanted = accounts.iter().rev().filter(|person| !person.is_removed() && below(person) && is_new(person));
    let shown = wanted.map(|person| (person.listed.number.0, show(person)));
    let fitting = shown.filter(|(_, item)| filter.as_ref().is_none_or(|filter| filter.fits(item)));
    let mut items: Vec<(u32, Value)> = fitting.take(size + 1).collect();
    let is_complete = items.len() <= size;
    items.truncate(size);
    // Told with the first page: what goes meanwhile is told by the next list.
    let is_told = place.since.is_some() && place.below.is_none();
    let removed = accounts.iter().filter(|person| is_told && person.is_removed() && is_new(person));
    let removed: Vec<String> = removed.map(|person| ids::of_account(person.listed.number)).collect();
    let next = match items.last() {
        Some((last, _)) if !is_complete => Place { since: place.since.clone(), below: Some(*last), start: Some(start) },
        _ => Place { since: Some(start), below: None, start: None },
    };
    let items: Vec<Value> = items.into_iter().map(|(_, item)| item).collect();
    let body = json!({
        "items": items,
        "response_type": if is_complete { "complete" } else { "delta" },
        "list_token": next.write(),
        "sort_by": "created_time",
        "sort_dir": "desc",
        "removed_ids": removed,
        "est_item_count": total,
    });
    Ok(Answer::json(StatusCode::OK, &body))
}

fn wrong(field: &str, description: &str) -> Answer {
    errors::invalid(&[(field, description)])
}
