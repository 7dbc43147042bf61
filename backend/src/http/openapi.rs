//! The API's description (OpenAPI 3.1), made from the contract's list of operations and its types.

use std::sync::OnceLock;

use axum::{body::Body, response::Response};
use bytes::Bytes;
use http::{HeaderValue, header::CONTENT_TYPE};
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use sealward_contract::{
    for_each_operation,
    operations::{
        Access, Operation, ahead, audit, checkpoints, directory, export, factors, files, groups, invitations, keys,
        members, passkeys, records, recovery, requests, services, session, sync, team, vault, webhooks,
    },
    problem::{PROBLEM_JSON, Rejection},
};
use serde_json::{Map, Value, json};

/// Answers with the description.
pub(super) async fn describe() -> Response {
    static DOCUMENT: OnceLock<Bytes> = OnceLock::new();
    let document = DOCUMENT.get_or_init(|| document().to_string().into());
    let mut response = Response::new(Body::from(document.clone()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

macro_rules! paths {
    ($($module:ident::$operation:ident),* $(,)?) => {
        fn paths(schemas: &mut SchemaGenerator) -> Map<String, Value> {
            let mut paths = Map::new();
            $(add::<$module::$operation>(&mut paths, schemas);)*
            paths
        }
    };
}
for_each_operation!(paths);

/// The whole description.
pub(super) fn document() -> Value {
    let settings =
        SchemaSettings::draft2020_12().with(|settings| settings.definitions_path = "/components/schemas".into());
    let mut schemas = settings.into_generator();
    let paths = paths(&mut schemas);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Sealward",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "A team vault whose server cannot read it. Bytes are base64url without padding; what is \
                signed or sealed is opaque here, see docs/protocol.md. Bodies and answers are JSON, or CBOR \
                (application/cbor) with byte strings.",
            "license": { "name": "AGPL-3.0-only", "identifier": "AGPL-3.0-only" },
        },
        "paths": paths,
        "components": {
            "schemas": schemas.take_definitions(true),
            "securitySchemes": { "session": { "type": "http", "scheme": "bearer" } },
        },
    })
}

fn add<O: Operation>(paths: &mut Map<String, Value>, schemas: &mut SchemaGenerator) {
    let mut parameters = parameters::<O::Path>(schemas, "path");
    parameters.extend(parameters_of_query::<O>(schemas));
    let answer = schemas.subschema_for::<O::Response>();
    let own = schemas.subschema_for::<O::Error>();
    let rejection = schemas.subschema_for::<Rejection>();
    let content = if O::STREAMS && O::NAME == "stream_events" {
        json!({ "text/event-stream": { "schema": answer } })
    } else if O::STREAMS {
        json!({ "application/x-ndjson": { "schema": answer }, "application/cbor-seq": { "schema": answer } })
    } else {
        json!({ "application/json": { "schema": answer }, "application/cbor": { "schema": answer } })
    };
    let problem = json!({ PROBLEM_JSON: { "schema": { "anyOf": [own, rejection] } } });
    let mut operation = json!({
        "operationId": O::NAME,
        "summary": O::SUMMARY,
        "tags": [tag(O::PATH)],
        "parameters": parameters,
        "responses": {
            "200": { "description": "Done.", "content": content },
            "4XX": { "description": "Refused; `code` says why.", "content": problem },
            "5XX": { "description": "The server failed or is busy.", "content": problem },
        },
        "security": match O::ACCESS {
            Access::Anyone => json!([]),
            Access::Member | Access::Session => json!([{ "session": [] }]),
        },
    });
    if matches!(O::METHOD.as_str(), "POST" | "PUT")
        && let Some(operation) = operation.as_object_mut()
    {
        let body = schemas.subschema_for::<O::Request>();
        let content = json!({ "application/json": { "schema": body }, "application/cbor": { "schema": body } });
        operation.insert("requestBody".to_owned(), json!({ "required": true, "content": content }));
    }
    let path = paths.entry(O::PATH).or_insert_with(|| Value::Object(Map::new()));
    if let Some(path) = path.as_object_mut() {
        path.insert(O::METHOD.as_str().to_ascii_lowercase(), operation);
    }
}

fn parameters_of_query<O: Operation>(schemas: &mut SchemaGenerator) -> Vec<Value> {
    let mut parameters = parameters::<O::Query>(schemas, "query");
    if O::KEYED {
        parameters.push(json!({
            "name": "Idempotency-Key",
            "in": "header",
            "required": false,
            "description": "The same request with the same key is carried out once, and answered alike for a day.",
            "schema": { "type": "string", "maxLength": sealward_contract::limits::IDEMPOTENCY_KEY_CHARS },
        }));
    }
    parameters
}

/// The fields of a type as parameters.
fn parameters<T: JsonSchema>(schemas: &mut SchemaGenerator, place: &str) -> Vec<Value> {
    let schema = T::json_schema(schemas);
    let required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let fields = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    let parameter = |(name, mut schema): (String, Value)| {
        let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
        json!({
            "name": name,
            "in": place,
            "required": place == "path" || required.iter().any(|known| known == &name),
            "description": description.unwrap_or_default(),
            "schema": schema,
        })
    };
    fields.into_iter().map(parameter).collect()
}

/// The noun that an operation is about: the last one of its path.
fn tag(path: &str) -> &str {
    path.rsplit('/').find(|part| !part.is_empty() && !part.starts_with('{')).unwrap_or("server")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn describes_every_operation_with_schemas_that_are_there() {
        let document = document();
        let described: usize =
            document["paths"].as_object().unwrap().values().map(|p| p.as_object().unwrap().len()).sum();
        assert_eq!(described, sealward_contract::operations::ALL.len());
        let text = document.to_string();
        for reference in text.split("\"$ref\":\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(document.pointer(reference).is_some(), "{reference}");
        }
    }
}
