//! The OpenAPI 3.1 document, made from the types of the endpoints.

#[cfg(test)]
mod tests;

use http::Method;
use schemars::{Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use crate::api::About;

/// Makes the schema of a type.
type MakeSchema = fn(&mut SchemaGenerator) -> Schema;

/// What goes into an endpoint and comes out of it.
pub(crate) struct Operation {
    pub(crate) for_administrators: bool,
    pub(crate) query: Option<MakeSchema>,
    pub(crate) body: Option<MakeSchema>,
    pub(crate) answer: MakeSchema,
}

/// The document in the making.
pub(crate) struct Document {
    paths: Map<String, Value>,
    /// What clients send may leave out what has a default; what they get is whole.
    requests: SchemaGenerator,
    answers: SchemaGenerator,
}

impl Document {
    pub(crate) fn new() -> Self {
        let settings = || {
            SchemaSettings::draft2020_12().with(|made| made.definitions_path = "/components/schemas".into())
        };
        Self {
            paths: Map::new(),
            requests: settings().for_deserialize().into_generator(),
            answers: settings().for_serialize().into_generator(),
        }
    }

    pub(crate) fn add(&mut self, method: &Method, path: &str, about: About, operation: &Operation) {
        let (area, id) = about.id.split_once('.').unwrap_or(("", about.id));
        let mut parameters = path_parameters(path);
        if let Some(query) = operation.query {
            parameters.extend(query_parameters(&query(&mut self.requests)));
        }
        let answer = (operation.answer)(&mut self.answers);
        let mut described = json!({
            "operationId": id,
            "tags": [area],
            "summary": about.words,
            "responses": {
                "200": { "description": "Done.", "content": { "application/json": { "schema": answer } } },
                "default": { "$ref": "#/components/responses/Refused" },
            },
        });
        if let Some(fields) = described.as_object_mut() {
            if !parameters.is_empty() {
                fields.insert("parameters".to_owned(), parameters.into());
            }
            if let Some(body) = operation.body {
                let schema = body(&mut self.requests);
                let content = json!({ "content": { "application/json": { "schema": schema } } });
                fields.insert("requestBody".to_owned(), content);
            }
            if !operation.for_administrators {
                fields.insert("security".to_owned(), json!([]));
            }
        }
        let methods = self.paths.entry(path.to_owned()).or_insert_with(|| json!({}));
        if let Some(methods) = methods.as_object_mut() {
            methods.insert(method.as_str().to_ascii_lowercase(), described);
        }
    }

    pub(crate) fn finish(mut self) -> Value {
        let mut schemas = self.requests.take_definitions(true);
        schemas.extend(self.answers.take_definitions(true));
        schemas.insert("Refusal".to_owned(), refusal());
        json!({
            "openapi": "3.1.0",
            "info": {
                "title": "Alphorn, administration",
                "version": "1",
                "description": "For administrators of an Alphorn server. Lists are given in pages: `next` of an \
                    answer is `from` of the next call; where it is null, the list has ended. A page of a search may \
                    be empty and have a `next` all the same.",
            },
            "security": [{ "accessToken": [] }],
            "paths": self.paths,
            "components": {
                "schemas": schemas,
                "responses": {
                    "Refused": {
                        "description": "What was asked for was not done. `M_FORBIDDEN`: not by this account, or not \
                            now; `M_UNKNOWN_TOKEN`, `M_MISSING_TOKEN`: not signed in; `M_NOT_FOUND`: there is no \
                            such thing; the others are those of the Matrix specification.",
                        "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Refusal" } } },
                    },
                },
                "securitySchemes": { "accessToken": { "type": "http", "scheme": "bearer" } },
            },
        })
    }
}

fn refusal() -> Value {
    json!({
        "type": "object",
        "description": "Why something was not done.",
        "required": ["errcode", "error"],
        "properties": {
            "errcode": { "type": "string", "description": "A Matrix error code." },
            "error": { "type": "string", "description": "Words for a person." },
            "retry_after_ms": { "type": "integer", "description": "When to try again." },
        },
    })
}

fn path_parameters(path: &str) -> Vec<Value> {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    names
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect()
}

fn query_parameters(schema: &Schema) -> Vec<Value> {
    let required = |name: &str| {
        let list = schema.get("required").and_then(Value::as_array);
        list.is_some_and(|list| list.iter().any(|found| found == name))
    };
    let properties = schema.get("properties").and_then(Value::as_object);
    let parameter = |(name, property): (&String, &Value)| {
        let mut property = property.clone();
        let words = property.as_object_mut().and_then(|property| property.remove("description"));
        json!({
            "name": name, "in": "query", "required": required(name), "description": words, "schema": property,
        })
    };
    properties.into_iter().flatten().map(parameter).collect()
}
