//! Deleting, and bringing back.

use super::{Answer, Running, find, item, time};
use crate::{
    engine::Open,
    failure::Failure,
    fault::Fault,
    missing::Missing,
    views::{ChangedView, ItemView, ReportView},
};
use sealward_client::{
    error::Error,
    operations::{Item, Trashed},
};
use sealward_contract::ids::{Number, ObjectId, Version};
use serde_json::Map;

pub(super) async fn remove(
    session: &Open,
    what: &[String],
    version: Option<u32>,
    running: Running,
) -> Result<Answer, Fault> {
    let item = |what: &String| find::item(session, what).map_err(|failure| Missing::item(failure, what));
    let items = what.iter().map(item).collect::<Result<Vec<Item>, Fault>>()?;
    let mut changed = Vec::with_capacity(items.len());
    for item in &items {
        let view = item::changed(session, *item)?;
        if version.is_some() && version != view.version {
            return Err(Failure::Conflict { current: view.version.map(Version) }.into());
        }
        changed.push(ChangedView { version: None, ..view });
    }
    if running == Running::Dry {
        return Ok(Answer::Report(ReportView { changed, same: 0, dry_run: true }));
    }
    let report = session.delete_items(&items, |_, _, _| {}).await;
    told(items.len(), report.left.into_iter().next().map(|left| left.error), report.changed)?;
    Ok(Answer::Report(ReportView { changed, same: 0, dry_run: false }))
}

pub(super) async fn restore(session: &Open, what: &[String]) -> Result<Answer, Fault> {
    let trash = session.trash();
    let item = |what: &String| {
        trashed(&trash, what).map_err(|failure| Missing::unless(failure, || Missing::Deleted(what.clone())))
    };
    let items = what.iter().map(item).collect::<Result<Vec<Item>, Fault>>()?;
    let report = session.restore_items(&items, |_, _, _| {}).await;
    told(items.len(), report.left.into_iter().next().map(|left| left.error), report.changed)?;
    let changed = items.iter().map(|item| item::changed(session, *item)).collect::<Result<_, Failure>>()?;
    Ok(Answer::Report(ReportView { changed, same: 0, dry_run: false }))
}

fn told(count: usize, error: Option<Error>, done: usize) -> Result<(), Fault> {
    match error.map(Fault::from) {
        None => Ok(()),
        Some(fault) if count == 1 => Err(fault),
        Some(fault) => Err(Fault::Partly { done, of: count, why: Box::new(fault) }),
    }
}

pub(super) fn list(session: &Open) -> Answer {
    let shown = session.trash().into_iter().filter_map(|trashed| {
        let mut fields = Map::new();
        fields.insert("deleted".to_owned(), time::write(trashed.time).into());
        if let Some(due) = trashed.due {
            fields.insert("purged".to_owned(), time::write(due).into());
        }
        let kind = trashed.item.key.kind;
        Some(ItemView {
            kind: item::kind_of(kind)?,
            id: trashed.item.key.id.to_string(),
            number: kind.is_numbered().then_some(trashed.number.0),
            version: 0,
            vault: trashed.item.vault.to_string(),
            path: path(&trashed),
            name: trashed.details.name().to_owned(),
            groups: Vec::new(),
            fields,
            tags: Vec::new(),
            custom_fields: Vec::new(),
            files: Vec::new(),
        })
    });
    Answer::Items(shown.collect())
}

fn path(trashed: &Trashed) -> String {
    find::join(trashed.place.iter().map(String::as_str).chain([trashed.details.name()]))
}

/// A deleted item by its number, its id, or the path that it had.
fn trashed(trash: &[Trashed], what: &str) -> Result<Item, Failure> {
    let number = what.strip_prefix('#').unwrap_or(what).parse().ok().map(Number);
    let id = what.parse::<ObjectId>().ok();
    let is_meant = |trashed: &&Trashed| {
        let by_number = trashed.item.key.kind.is_numbered() && number == Some(trashed.number);
        by_number || id == Some(trashed.item.key.id) || path(trashed) == what
    };
    let found: Vec<&Trashed> = trash.iter().filter(is_meant).collect();
    match found.as_slice() {
        [] => Err(Failure::NotFound),
        [one] => Ok(one.item),
        several => Err(Failure::Ambiguous(several.len())),
    }
}
