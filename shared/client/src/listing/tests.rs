#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::model::Day;
use crate::search::{Collation, sort_key};
use sealward_contract::ids::{ObjectId, VaultId};

const TODAY: Day = Day(20_000);

fn place(number: u8) -> Place {
    (VaultId([1; 16]), ObjectId([number; 16]))
}

const KNOWN: Known = Known {
    account: ObjectId([0; 16]),
    strength: Some(4),
    reused: false,
    changed: Some(Day(19_990)),
    expiry: None,
    privileged: false,
    has_secret: true,
    has_file: false,
    has_code: false,
};

struct Row {
    number: u8,
    name: &'static str,
    resource_type: &'static str,
    tags: &'static [&'static str],
    changed: u64,
    known: &'static [Known],
}

/// Six resources as a small team has them.
const ROWS: [Row; 6] = [
    Row {
        number: 1,
        name: "web-2",
        resource_type: "Linux",
        tags: &["production"],
        changed: 50,
        known: &[Known { strength: Some(1), ..KNOWN }],
    },
    Row {
        number: 2,
        name: "web-10",
        resource_type: "Linux",
        tags: &["staging", "old"],
        changed: 40,
        known: &[Known { changed: Some(Day(19_634)), ..KNOWN }],
    },
    Row {
        number: 3,
        name: "Ledger",
        resource_type: "Database",
        tags: &["production"],
        changed: 60,
        // One account is weak, another one privileged: none is both.
        known: &[Known { strength: Some(0), ..KNOWN }, Known { privileged: true, ..KNOWN }],
    },
    Row {
        number: 4,
        name: "mail",
        resource_type: "Website",
        tags: &[],
        changed: 10,
        known: &[Known { privileged: true, reused: true, strength: Some(1), ..KNOWN }],
    },
    Row {
        number: 5,
        name: "printer",
        resource_type: "",
        tags: &[],
        changed: 20,
        known: &[Known { has_secret: false, strength: None, changed: None, expiry: Some(Day(19_999)), ..KNOWN }],
    },
    Row {
        number: 6,
        name: "数据库",
        resource_type: "Database",
        tags: &["财务"],
        changed: 30,
        known: &[Known { expiry: Some(Day(20_000)), has_file: true, has_code: true, strength: None, ..KNOWN }],
    },
];

fn entry(row: &Row) -> Entry {
    Entry {
        by_name: sort_key(row.name, Collation::English),
        changed: row.changed,
        strength: row.known.iter().filter_map(|known| known.strength).min(),
        accounts: u32::try_from(row.known.len()).unwrap(),
    }
}

fn complete(listing: &mut Listing<u8>) {
    while let Some(place) = listing.next_waiting() {
        let row = ROWS.iter().find(|row| self::place(row.number) == place).unwrap();
        let detail = Detail {
            text: format!(
                "{}\n{}\n{}\n",
                row.name.to_lowercase(),
                row.resource_type.to_lowercase(),
                row.tags.join("\n")
            ),
            resource_type: listing.word(row.resource_type),
            tags: row.tags.iter().map(|tag| listing.word(tag)).collect(),
            known: row.known.into(),
        };
        listing.set_detail(&place, detail);
    }
}

fn filled() -> Listing<u8> {
    let mut listing = Listing::default();
    for row in &ROWS {
        listing.put(place(row.number), entry(row));
    }
    complete(&mut listing);
    listing
}

fn query() -> Query<u8> {
    Query { selected: 0, filters: Filters::default(), sort: Sort::default(), words: Vec::new(), today: TODAY }
}

fn by(column: Column, down: bool) -> Query<u8> {
    Query { sort: Sort { column, down }, ..query() }
}

fn only(filters: Filters) -> Query<u8> {
    Query { filters, ..query() }
}

fn checks(checks: &[Check]) -> Query<u8> {
    only(Filters { checks: checks.to_vec(), ..Filters::default() })
}

/// The numbers of the rows that a query gives, in its order.
fn found(listing: &mut Listing<u8>, query: &Query<u8>) -> Vec<u8> {
    let tags = |place: &Place| ROWS.iter().find(|row| self::place(row.number) == *place).map(|row| row.tags);
    let value = |place: &Place, column: Column| match (column, tags(place)) {
        (Column::Tags, Some([first, ..])) => SortValue::Text(sort_key(first, Collation::English)),
        _ => SortValue::Nothing,
    };
    let list = listing.list(query, |_| true, value);
    list.iter().map(|at| listing.place(*at).unwrap().1.0[0]).collect()
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn every_check_has_its_meaning_and_its_edge() {
    let of = |known: Known| Check::ALL.into_iter().filter(|check| known.checks(TODAY).has(*check)).collect::<Vec<_>>();
    assert_eq!(of(KNOWN), []);
    assert_eq!(of(Known { strength: Some(1), ..KNOWN }), [Check::Weak]);
    assert_eq!(of(Known { strength: Some(2), ..KNOWN }), []);
    assert_eq!(of(Known { strength: None, ..KNOWN }), []);
    assert_eq!(of(Known { reused: true, ..KNOWN }), [Check::Reused]);
    // A year is 365 days: the day after is old.
    assert_eq!(of(Known { changed: Some(Day(19_635)), ..KNOWN }), []);
    assert_eq!(of(Known { changed: Some(Day(19_634)), ..KNOWN }), [Check::Old]);
    // The last valid day is valid.
    assert_eq!(of(Known { expiry: Some(Day(19_999)), ..KNOWN }), [Check::Expired]);
    assert_eq!(of(Known { expiry: Some(Day(20_000)), ..KNOWN }), [Check::Expiring]);
    assert_eq!(of(Known { expiry: Some(Day(20_030)), ..KNOWN }), [Check::Expiring]);
    assert_eq!(of(Known { expiry: Some(Day(20_031)), ..KNOWN }), []);
    assert_eq!(of(Known { privileged: true, ..KNOWN }), [Check::Privileged]);
    assert_eq!(of(Known { has_secret: false, ..KNOWN }), [Check::NoSecret]);
    assert_eq!(of(Known { has_file: true, ..KNOWN }), [Check::HasFile]);
    assert_eq!(of(Known { has_code: true, ..KNOWN }), [Check::HasCode]);
}

#[test]
fn filters_let_through_what_they_name() {
    let mut listing = filled();
    let listing = &mut listing;
    assert_eq!(found(listing, &query()), [3, 4, 5, 1, 2, 6]);
    assert_eq!(found(listing, &checks(&[Check::Weak])), [3, 4, 1]);
    assert_eq!(found(listing, &checks(&[Check::Reused])), [4]);
    assert_eq!(found(listing, &checks(&[Check::Old])), [2]);
    assert_eq!(found(listing, &checks(&[Check::Expired])), [5]);
    assert_eq!(found(listing, &checks(&[Check::Expiring])), [6]);
    assert_eq!(found(listing, &checks(&[Check::NoSecret])), [5]);
    assert_eq!(found(listing, &checks(&[Check::Privileged])), [3, 4]);
    assert_eq!(found(listing, &checks(&[Check::HasFile])), [6]);
    assert_eq!(found(listing, &checks(&[Check::HasCode])), [6]);
    // Both on one account.
    assert_eq!(found(listing, &checks(&[Check::Weak, Check::Privileged])), [4]);

    let types = |types: &[&str]| only(Filters { types: words(types), ..Filters::default() });
    assert_eq!(found(listing, &types(&["Linux"])), [1, 2]);
    assert_eq!(found(listing, &types(&["Linux", "Website"])), [4, 1, 2]);
    assert!(found(listing, &types(&["Mainframe"])).is_empty());
    let tags = |tags: &[&str]| only(Filters { tags: words(tags), ..Filters::default() });
    assert_eq!(found(listing, &tags(&["production"])), [3, 1]);
    assert_eq!(found(listing, &tags(&["old", "财务"])), [2, 6]);
    let all = Filters { types: words(&["Database"]), tags: words(&["production"]), checks: vec![Check::Weak] };
    assert_eq!(found(listing, &only(all)), [3]);
}

#[test]
fn words_narrow_what_filters_left() {
    let mut listing = filled();
    let with = |filters: &Filters, typed: &[&str]| Query { filters: filters.clone(), words: words(typed), ..query() };
    let none = Filters::default();
    assert_eq!(found(&mut listing, &with(&none, &["web"])), [4, 1, 2]);
    assert_eq!(found(&mut listing, &with(&none, &["web-1"])), [2]);
    assert_eq!(found(&mut listing, &with(&none, &["web", "stag"])), [2]);
    // Back again: fewer letters give more.
    assert_eq!(found(&mut listing, &with(&none, &["w"])), [4, 1, 2]);
    assert_eq!(found(&mut listing, &with(&none, &["数据"])), [6]);
    let weak = Filters { checks: vec![Check::Weak], ..Filters::default() };
    assert_eq!(found(&mut listing, &with(&weak, &["web-"])), [1]);
    assert_eq!(found(&mut listing, &with(&none, &["web-"])), [1, 2]);
}

#[test]
fn every_order_has_two_directions_and_what_is_empty_stands_last() {
    let mut listing = filled();
    let listing = &mut listing;
    assert_eq!(found(listing, &by(Column::Name, false)), [3, 4, 5, 1, 2, 6]);
    assert_eq!(found(listing, &by(Column::Name, true)), [6, 2, 1, 5, 4, 3]);
    assert_eq!(found(listing, &by(Column::Changed, false)), [4, 5, 6, 2, 1, 3]);
    assert_eq!(found(listing, &by(Column::Changed, true)), [3, 1, 2, 6, 5, 4]);
    assert_eq!(found(listing, &by(Column::Strength, false)), [3, 4, 1, 2, 5, 6]);
    assert_eq!(found(listing, &by(Column::Strength, true)), [2, 4, 1, 3, 5, 6]);
    assert_eq!(found(listing, &by(Column::Accounts, true)), [3, 4, 5, 1, 2, 6]);
    assert_eq!(found(listing, &by(Column::Tags, false)), [3, 1, 2, 6, 4, 5]);
    assert_eq!(found(listing, &by(Column::Tags, true)), [6, 2, 3, 1, 4, 5]);
}

#[test]
fn orders_are_mended_when_entries_come_and_go() {
    let mut listing = filled();
    let newest = by(Column::Changed, true);
    assert_eq!(found(&mut listing, &newest), [3, 1, 2, 6, 5, 4]);
    listing.put(place(4), Entry { changed: 55, ..entry(&ROWS[3]) });
    listing.remove(&place(2));
    complete(&mut listing);
    assert_eq!(found(&mut listing, &newest), [3, 4, 1, 6, 5]);
    assert_eq!(found(&mut listing, &by(Column::Name, false)), [3, 4, 5, 1, 6]);
    listing.put(place(2), entry(&ROWS[1]));
    complete(&mut listing);
    assert_eq!(found(&mut listing, &newest), [3, 4, 1, 2, 6, 5]);
    listing.set_strength(&place(2), Some(0));
    assert_eq!(found(&mut listing, &by(Column::Strength, false)), [3, 2, 4, 1, 5, 6]);
    assert_eq!(listing.len(), 6);
}

#[test]
fn filters_offer_what_there_is() {
    let mut listing = filled();
    let list = listing.list(&query(), |_| true, |_, _| SortValue::Nothing);
    let facets = listing.facets(&list, TODAY);
    let pairs =
        |pairs: &[(&str, u32)]| pairs.iter().map(|(word, count)| ((*word).to_owned(), *count)).collect::<Vec<_>>();
    assert_eq!(facets.types, pairs(&[("Database", 2), ("Linux", 2), ("Website", 1)]));
    assert_eq!(facets.tags, pairs(&[("production", 2), ("old", 1), ("staging", 1), ("财务", 1)]));
    assert_eq!(facets.checks.iter().map(|(_, count)| *count).collect::<Vec<_>>(), [3, 1, 1, 1, 1, 1, 2, 1, 1]);
}

#[test]
fn letters_jump_to_a_name() {
    let mut listing = filled();
    let list = listing.list(&query(), |_| true, |_, _| SortValue::Nothing);
    assert_eq!(listing.find(&list, 0, "web"), Some(3));
    assert_eq!(listing.find(&list, 4, "web"), Some(4));
    assert_eq!(listing.find(&list, 5, "led"), Some(0));
    assert_eq!(listing.find(&list, 0, "nothing"), None);
}

#[test]
fn health_counts_every_fault_and_charges_the_worst() {
    let mut tally = Tally::default();
    assert_eq!(tally.score(), None);
    tally.add(KNOWN.checks(TODAY));
    assert_eq!(tally.score(), Some(100));
    // Weak and reused: 100 are lost, not 170.
    tally.add(Known { strength: Some(0), reused: true, ..KNOWN }.checks(TODAY));
    assert_eq!((tally.accounts, tally.secrets, tally.weak, tally.reused, tally.score()), (2, 2, 1, 1, Some(50)));
    tally.add(Known { has_secret: false, strength: None, changed: None, ..KNOWN }.checks(TODAY));
    assert_eq!((tally.accounts, tally.secrets, tally.no_secret, tally.score()), (3, 2, 1, Some(61)));
    let mut both = Tally::default();
    both.add_all(&tally);
    both.add_all(&tally);
    assert_eq!((both.accounts, both.of(Check::Weak), both.score()), (6, 2, Some(61)));
}
