//! Collections: a page of items, with the addresses of those beside it.

use super::{
    filters::{self, compare, plain},
    place::Base,
};
use crate::gateway::{exchange::Answer, reading::Pairs};
use http::StatusCode;
use serde_json::{Map, Value, json};
use std::cmp::Ordering;

/// Items of a page where nothing is said.
const PAGE: usize = 100;
/// Items of a page, at most.
const LARGEST: usize = 1_000;
/// What a marker begins with: it is the place of the first item of its page.
const MARKER: &str = "m";

/// What a collection is of.
pub struct Kind {
    /// What an item is called.
    pub name: &'static str,
    /// The collection's own path.
    pub path: &'static str,
    /// Fields that items can be found and ordered by.
    pub fields: &'static [&'static str],
    /// Whether items can be made in it.
    pub creates: bool,
}

/// Answers with a page of a collection; `removed` items are there for those who ask for them alone.
pub fn answer(base: &Base, kind: &Kind, query: &Pairs, items: Vec<Value>) -> Answer {
    let conditions = filters::read(query, |field| kind.fields.contains(&field));
    let wants_removed = conditions.iter().any(|condition| condition.field() == "removed");
    let is_there = |item: &Value| wants_removed || item.get("removed").is_none_or(Value::is_null);
    let mut found: Vec<Value> = items.into_iter().filter(|item| is_there(item)).collect();
    found.retain(|item| conditions.iter().all(|condition| condition.fits(item)));
    let sort = query.filled("sort").filter(|sort| kind.fields.contains(sort));
    let descends = query.filled("order").is_some_and(|order| order.eq_ignore_ascii_case("desc"));
    if let Some(sort) = sort {
        found.sort_by(|one, other| order_of(one, other, sort));
    }
    if descends {
        found.reverse();
    }
    let total = found.len();
    let limit = query.filled("limit").and_then(|limit| limit.parse().ok()).filter(|limit| *limit > 0);
    let limit: usize = limit.unwrap_or(PAGE).min(LARGEST);
    let marker = query.filled("marker").and_then(|marker| marker.strip_prefix(MARKER)?.parse::<usize>().ok());
    let from = marker.unwrap_or_default().min(total);
    let at = |place: usize| {
        let marker = (place > 0).then(|| format!("{MARKER}{place}"));
        let query = query.with(&[("limit", Some(limit.to_string())), ("marker", marker)]);
        format!("{}?{query}", base.of(kind.path))
    };
    let after = from.saturating_add(limit);
    let pagination = json!({
        "first": (from > 0).then(|| at(0)),
        "previous": (from > 0).then(|| at(from.saturating_sub(limit))),
        "next": (after < total).then(|| at(after)),
        "limit": limit,
        "total": total,
        "partial": after < total || from > 0,
    });
    let data: Vec<Value> = found.into_iter().skip(from).take(limit).collect();
    let own = base.of(kind.path);
    let links = kind.fields.iter().map(|field| ((*field).to_owned(), sort_link(&own, query, field)));
    let sort_links: Map<String, Value> = links.collect();
    let create: Map<String, Value> =
        kind.creates.then(|| (kind.name.to_owned(), own.clone().into())).into_iter().collect();
    let mut told: Map<String, Value> = kind.fields.iter().map(|field| ((*field).to_owned(), Value::Null)).collect();
    for condition in &conditions {
        let (field, value) = condition.told();
        if let Value::Array(list) = told
            .entry(field)
            .and_modify(|all| {
                if all.is_null() {
                    *all = json!([]);
                }
            })
            .or_insert_with(|| json!([]))
        {
            list.push(value);
        }
    }
    let sorted = sort.map(|sort| {
        json!({ "name": sort, "order": if descends { "desc" } else { "asc" }, "reverse": sort_link(&own, query, sort) })
    });
    let body = json!({
        "type": "collection",
        "resourceType": kind.name,
        "links": { "self": own },
        "createTypes": create,
        "createDefaults": {},
        "actions": {},
        "data": data,
        "sortLinks": sort_links,
        "pagination": pagination,
        "sort": sorted,
        "filters": told,
    });
    Answer::json(StatusCode::OK, &body)
}

/// The address of the collection in the order of a field; the other way round where it is in that order already.
fn sort_link(own: &str, query: &Pairs, field: &str) -> Value {
    let descends = query.filled("order").is_some_and(|order| order.eq_ignore_ascii_case("desc"));
    let turned = query.filled("sort") == Some(field) && !descends;
    let order = if turned { "desc" } else { "asc" };
    let query = query.with(&[("sort", Some(field.to_owned())), ("order", Some(order.to_owned())), ("marker", None)]);
    format!("{own}?{query}").into()
}

/// Nothing comes after everything else.
fn order_of(one: &Value, other: &Value, field: &str) -> Ordering {
    let value = |item: &Value| item.get(field).and_then(plain);
    match (value(one), value(other)) {
        (Some(one), Some(other)) => compare(&one, &other),
        (one, other) => other.is_some().cmp(&one.is_some()),
    }
}
