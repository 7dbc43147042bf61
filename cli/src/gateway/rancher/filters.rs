//! Which items of a collection are wanted: a field, perhaps with a modifier, and a value; all conditions hold at once.

use crate::gateway::reading::Pairs;
use serde_json::Value;
use std::cmp::Ordering;

/// Names in a query that are no fields.
const OTHERS: [&str; 6] = ["limit", "marker", "sort", "order", "include", "action"];
/// Modifiers, the longer before those that they end with.
const MODIFIERS: [(&str, Test); 11] = [
    ("_notnull", Test::NotNull),
    ("_null", Test::Null),
    ("_prefix", Test::Prefix),
    ("_notlike", Test::NotLike),
    ("_like", Test::Like),
    ("_lte", Test::AtMost),
    ("_gte", Test::AtLeast),
    ("_eq", Test::Equal),
    ("_ne", Test::Unequal),
    ("_lt", Test::Less),
    ("_gt", Test::Greater),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Test {
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
    Prefix,
    Like,
    NotLike,
    Null,
    NotNull,
}

/// A condition.
pub struct Condition {
    field: String,
    test: Test,
    value: String,
}

/// The conditions of a query about the fields that there are. Others are passed over, as the product does.
pub fn read(query: &Pairs, is_field: impl Fn(&str) -> bool) -> Vec<Condition> {
    let named = query.iter().filter(|(name, _)| !OTHERS.contains(name));
    let read = named.filter_map(|(name, value)| {
        let (field, test) = split(name);
        is_field(field).then(|| Condition { field: field.to_owned(), test, value: value.to_owned() })
    });
    read.collect()
}

fn split(name: &str) -> (&str, Test) {
    let modified = MODIFIERS.iter().find_map(|(ending, test)| Some((name.strip_suffix(ending)?, *test)));
    modified.filter(|(field, _)| !field.is_empty()).unwrap_or((name, Test::Equal))
}

impl Condition {
    /// The field that it is about.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// The field with its modifier, and the value, as they are told in a collection.
    pub fn told(&self) -> (&str, Value) {
        let modifier = MODIFIERS
            .iter()
            .find(|(_, test)| *test == self.test)
            .map_or("eq", |(ending, _)| ending.trim_start_matches('_'));
        (&self.field, serde_json::json!({ "modifier": modifier, "value": self.value }))
    }

    /// Whether an item is so.
    pub fn fits(&self, item: &Value) -> bool {
        let value = plain(item.get(&self.field).unwrap_or(&Value::Null));
        let Some(value) = value else {
            return matches!(self.test, Test::Null | Test::Unequal | Test::NotLike);
        };
        let order = compare(&value, &self.value);
        match self.test {
            Test::Null => false,
            Test::NotNull => true,
            Test::Equal => order == Ordering::Equal,
            Test::Unequal => order != Ordering::Equal,
            Test::Less => order == Ordering::Less,
            Test::AtMost => order != Ordering::Greater,
            Test::Greater => order == Ordering::Greater,
            Test::AtLeast => order != Ordering::Less,
            Test::Prefix => value.starts_with(&self.value),
            Test::Like => is_like(&value, &self.value),
            Test::NotLike => !is_like(&value, &self.value),
        }
    }
}

/// The order of two values: of numbers where both are.
pub fn compare(one: &str, other: &str) -> Ordering {
    match (one.parse::<u64>(), other.parse::<u64>()) {
        (Ok(one), Ok(other)) => one.cmp(&other),
        _ => one.cmp(other),
    }
}

/// A value as a text; `None` for nothing, and for what is none.
pub fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Whether a text is like a pattern, in which `%` stands for anything and `_` for one character; small and capital letters
/// are the same.
fn is_like(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.to_lowercase().chars().collect();
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    // Places in the pattern that what was read so far can lead to.
    let close = |mut places: Vec<bool>| {
        for (at, character) in pattern.iter().enumerate() {
            if *character == '%'
                && places.get(at) == Some(&true)
                && let Some(next) = places.get_mut(at + 1)
            {
                *next = true;
            }
        }
        places
    };
    let mut places = vec![false; pattern.len() + 1];
    if let Some(first) = places.first_mut() {
        *first = true;
    }
    places = close(places);
    for read in text {
        let mut next = vec![false; pattern.len() + 1];
        for (at, character) in pattern.iter().enumerate().filter(|(at, _)| places.get(*at) == Some(&true)) {
            let to = match *character {
                '%' => at,
                '_' => at + 1,
                character if character == read => at + 1,
                _ => continue,
            };
            if let Some(place) = next.get_mut(to) {
                *place = true;
            }
        }
        places = close(next);
    }
    places.last() == Some(&true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fits(query: &str) -> bool {
        let item = json!({ "id": "10", "name": "Build Bot", "description": null, "createdTS": 5, "state": "active" });
        let fields = ["id", "name", "description", "createdTS", "state"];
        let conditions = read(&Pairs::read(query.as_bytes()), |field| fields.contains(&field));
        conditions.iter().all(|condition| condition.fits(&item))
    }

    #[test]
    fn conditions_hold_at_once() {
        for (query, wanted) in [
            ("", true),
            ("limit=1&marker=x&unknown=1", true),
            ("name=Build+Bot", true),
            ("name=Build+Bot&state=inactive", false),
            ("name_eq=x", false),
            ("name_ne=x", true),
            ("id_lt=9", false),
            ("id_gt=9&id_lte=10&id_gte=10", true),
            ("createdTS_lt=10", true),
            ("name_prefix=Build", true),
            ("name_prefix=Bot", false),
            ("name_like=%25bot", true),
            ("name_like=build_bot", true),
            ("name_like=b%25d%25t", true),
            ("name_like=bot", false),
            ("name_notlike=bot", true),
            ("description_null", true),
            ("description_notnull", false),
            ("name_null", false),
            ("name_notnull=", true),
        ] {
            assert_eq!(fits(query), wanted, "{query}");
        }
    }
}
