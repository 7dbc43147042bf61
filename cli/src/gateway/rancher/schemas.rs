//! What clients are told of the shapes of this dialect: they find paths, fields and actions by it.

use super::{
    collection::{self, Kind},
    place::Base,
};
use crate::gateway::{exchange::Answer, reading::Pairs};
use http::StatusCode;
use serde_json::{Map, Value, json};

/// The collection of accounts.
pub const ACCOUNTS: Kind = Kind {
    name: "account",
    path: "accounts",
    fields: &[
        "id",
        "name",
        "description",
        "state",
        "kind",
        "uuid",
        "externalId",
        "externalIdType",
        "created",
        "createdTS",
        "removed",
        "loginName",
    ],
    creates: true,
};

/// The collection of projects.
pub const PROJECTS: Kind =
    Kind { name: "project", path: "projects", fields: &["id", "name", "state", "uuid", "removed"], creates: false };

const SCHEMAS: Kind = Kind { name: "schema", path: "schemas", fields: &["id"], creates: false };

/// A field: its name, its type, and whether it can be given when something is made, and changed afterwards.
type Field = (&'static str, &'static str, bool, bool);

const ACCOUNT: &[Field] = &[
    ("accountId", "reference[account]", false, false),
    ("created", "date", false, false),
    ("createdTS", "int", false, false),
    ("data", "map[json]", false, false),
    ("description", "string", true, true),
    ("externalId", "string", true, true),
    ("externalIdType", "string", true, true),
    ("id", "int", false, false),
    ("identity", "identity", false, false),
    ("kind", "string", true, true),
    ("loginName", "string", true, false),
    ("name", "string", true, true),
    ("removeTime", "date", false, false),
    ("removed", "date", false, false),
    ("rev", "int", false, true),
    ("state", "enum", false, false),
    ("transitioning", "enum", false, false),
    ("transitioningMessage", "string", false, false),
    ("transitioningProgress", "int", false, false),
    ("uuid", "string", true, false),
];

const PROJECT: &[Field] = &[
    ("id", "string", false, false),
    ("name", "string", false, false),
    ("state", "enum", false, false),
    ("uuid", "string", false, false),
];

const ERROR: &[Field] = &[
    ("code", "string", false, false),
    ("detail", "string", false, false),
    ("message", "string", false, false),
    ("status", "int", false, false),
];

const FIELDS_OF_SCHEMA: &[Field] = &[
    ("collectionMethods", "array[string]", false, false),
    ("pluralName", "string", false, false),
    ("resourceActions", "map[json]", false, false),
    ("resourceFields", "map[json]", false, false),
    ("resourceMethods", "array[string]", false, false),
];

/// Answers with all of them.
pub fn list(base: &Base, query: &Pairs) -> Answer {
    collection::answer(base, &SCHEMAS, query, all(base))
}

/// Answers with one.
pub fn one(base: &Base, id: &str) -> Option<Answer> {
    let found = all(base).into_iter().find(|schema| schema.get("id").and_then(Value::as_str) == Some(id))?;
    Some(Answer::json(StatusCode::OK, &found))
}

fn all(base: &Base) -> Vec<Value> {
    vec![
        schema(
            base,
            &ACCOUNTS,
            ACCOUNT,
            (&["GET", "POST"], &["GET", "PUT", "DELETE"]),
            &["activate", "deactivate", "remove", "update"],
        ),
        schema(base, &PROJECTS, PROJECT, (&["GET"], &["GET"]), &[]),
        schema(base, &SCHEMAS, FIELDS_OF_SCHEMA, (&["GET"], &["GET"]), &[]),
        schema(base, &Kind { name: "error", path: "errors", fields: &[], creates: false }, ERROR, (&[], &[]), &[]),
    ]
}

fn schema(
    base: &Base,
    kind: &Kind,
    fields: &[Field],
    (collection, resource): (&[&str], &[&str]),
    actions: &[&str],
) -> Value {
    let shown = fields.iter().map(|(name, of, create, update)| {
        let is_needed = false;
        let shape = json!({
            "type": of, "create": create, "update": update, "required": is_needed, "nullable": true, "default": null,
        });
        ((*name).to_owned(), shape)
    });
    let fields: Map<String, Value> = shown.collect();
    let takes = actions.iter().map(|action| {
        let input = (*action == "update").then_some(kind.name);
        ((*action).to_owned(), json!({ "input": input, "output": kind.name }))
    });
    let actions: Map<String, Value> = takes.collect();
    let filters = kind.fields.iter().map(|field| {
        let modifiers = ["eq", "ne", "lt", "lte", "gt", "gte", "prefix", "like", "notlike", "null", "notnull"];
        ((*field).to_owned(), json!({ "modifiers": modifiers }))
    });
    let filters: Map<String, Value> = filters.collect();
    let mut links = Map::from_iter([("self".to_owned(), base.of(&format!("schemas/{}", kind.name)).into())]);
    if !collection.is_empty() {
        links.insert("collection".to_owned(), base.of(kind.path).into());
    }
    json!({
        "id": kind.name,
        "type": "schema",
        "links": links,
        "actions": {},
        "pluralName": kind.path,
        "collectionMethods": collection,
        "resourceMethods": resource,
        "resourceFields": fields,
        "resourceActions": actions,
        "collectionActions": {},
        "collectionFields": {},
        "collectionFilters": filters,
        "includeableLinks": [],
    })
}
