//! Bitwarden's plain JSON export, of a person (folders) or of an organisation (collections).
//! Items are found first and read one by one, so that one broken item spoils no other.

mod item;
mod mapping;

use super::draft::Draft;
use super::refusal::{ImportError, Reason};
use super::{FileText, Progress, json, thousandths};
use core::ops::Range;
use item::{Container, Item};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::HashMap;

/// An export that is being read.
pub(super) struct Export {
    text: FileText,
    /// Where each item stands in the text.
    items: Vec<Range<usize>>,
    next: usize,
    containers: Containers,
}

/// Paths of folders and collections by their ids.
type Containers = HashMap<String, String>;

#[derive(Deserialize)]
struct File<'a> {
    #[serde(default)]
    encrypted: Option<bool>,
    #[serde(default, rename = "passwordProtected")]
    password_protected: Option<bool>,
    #[serde(default)]
    folders: Option<Vec<Container>>,
    #[serde(default)]
    collections: Option<Vec<Container>>,
    #[serde(borrow, default)]
    items: Option<Vec<&'a RawValue>>,
}

impl Export {
    /// Finds folders, collections and items.
    pub(super) fn open(text: FileText, draft: &mut Draft) -> Result<Self, ImportError> {
        let file: File<'_> = json::read(&text)?;
        if file.encrypted == Some(true) || file.password_protected == Some(true) {
            return Err(ImportError::Encrypted);
        }
        let items = json::places(&text, &file.items.ok_or(ImportError::UnknownFormat)?)?;
        let containers: Containers = file
            .folders
            .into_iter()
            .chain(file.collections)
            .flatten()
            .filter_map(|container| Some((container.id?, container.name)))
            .collect();
        if items.is_empty() && containers.is_empty() {
            return Err(ImportError::Empty);
        }
        // Empty folders come along too, in the order of their names: the map has none of its own.
        let mut paths: Vec<&str> = containers.values().map(String::as_str).collect();
        paths.sort_unstable();
        for path in paths {
            draft.group(path);
        }
        Ok(Self { text, items, next: 0, containers })
    }

    /// Reads up to `rows` items.
    pub(super) fn read(&mut self, rows: usize, draft: &mut Draft) -> Progress {
        for range in self.items.iter().skip(self.next).take(rows) {
            self.next += 1;
            draft.plan.rows += 1;
            let item = self.text.expose().get(range.clone()).unwrap_or_default();
            match serde_json::from_str::<Item>(item) {
                Err(_) => draft.reject(self.next, "", Reason::Malformed),
                Ok(item) => {
                    let name = item.name.clone();
                    if let Err(reason) = mapping::take(item, self.next, &self.containers, draft) {
                        draft.reject(self.next, &name, reason);
                    }
                }
            }
        }
        Progress { rows: draft.plan.rows, thousandths: thousandths(self.next, self.items.len()) }
    }
}
