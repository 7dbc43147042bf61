//! Lists of items.

use super::{Answer, find, item};
use crate::{engine::Open, failure::Failure, views::Kind};
use sealward_client::operations::Item;
use sealward_contract::record::RecordKind;
use serde::{Deserialize, Serialize};

/// Which items.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// In what; everywhere where nothing is said.
    pub within: Option<String>,
    /// Of which kind; every kind where nothing is said.
    pub kind: Option<Kind>,
    /// Words that all stand in name, path, user name, address or tags.
    pub words: Vec<String>,
}

pub(super) fn list(session: &Open, listing: &Listing) -> Result<Answer, Failure> {
    let within = listing.within.as_deref().map(|what| find::item(session, what)).transpose()?;
    let words: Vec<String> = listing.words.iter().map(|word| word.to_lowercase()).collect();
    let mut shown = Vec::new();
    for (vault, view) in session.vaults().iter() {
        for (key, _) in view.entries().filter(|(key, _)| view.is_reachable(key)) {
            let is_within = |within: &Item| {
                within.vault == *vault
                    && (within.key.kind == RecordKind::Vault
                        || within.key == *key
                        || view.surroundings(key).is_some_and(|around| around.contains(&within.key)))
            };
            if item::kind_of(key.kind).is_none_or(|kind| listing.kind.is_some_and(|wanted| wanted != kind))
                || within.as_ref().is_some_and(|within| !is_within(within))
            {
                continue;
            }
            shown.extend(item::listed(view, Item { vault: *vault, key: *key }).filter(|item| has_words(item, &words)));
        }
    }
    shown.sort_by(|one, other| (&one.path, one.kind, one.number).cmp(&(&other.path, other.kind, other.number)));
    Ok(Answer::Items(shown))
}

fn has_words(item: &crate::views::ItemView, words: &[String]) -> bool {
    let fields = ["user_name", "url", "dns_name"].into_iter();
    let values = fields.filter_map(|name| item.fields.get(name).and_then(serde_json::Value::as_str));
    let texts: Vec<String> = [item.path.as_str()]
        .into_iter()
        .chain(values)
        .chain(item.tags.iter().map(String::as_str))
        .map(str::to_lowercase)
        .collect();
    words.iter().all(|word| texts.iter().any(|text| text.contains(word)))
}
