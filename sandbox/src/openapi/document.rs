//! Discord's own document of its API, read at run time: what a request may and an answer must contain.
//!
//! A process reads it once, from the path in `DISCORD_OPENAPI`. Its schemas are compiled as they
//! are needed.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jsonschema::{Draft, Registry, Validator};
use serde_json::{Map, Value, json};

use crate::openapi::explanation;
use crate::openapi::flaws::Flaw;
use crate::openapi::operations::{self, OperationRequest};
use crate::openapi::{DocumentError, PATH_VARIABLE, relaxations};

/// The URI under which references between schemas are resolved.
const SCHEMA_URI: &str = "discord:///book";

/// Discord's own document of its API, ready to check by.
#[derive(Debug)]
pub(crate) struct Document {
    /// The schemas of requests: relaxed.
    requests: SchemaSet,
    /// The schemas of answers: to the letter.
    answers: SchemaSet,
    parameters: HashMap<String, Vec<Parameter>>,
}

/// A parameter of an operation, in its path or its query.
#[derive(Debug)]
struct Parameter {
    name: String,
    in_path: bool,
    kind: ParameterType,
}

/// The type of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ParameterType {
    Text,
    Integer,
    Boolean,
    List,
}

/// Returns the document of this process; `None` if no path is set.
///
/// # Errors
/// If the path leads to no such document.
pub(crate) fn official() -> Result<Option<&'static Document>, DocumentError> {
    static OFFICIAL: OnceLock<Result<Option<Document>, DocumentError>> = OnceLock::new();
    let loaded = OFFICIAL.get_or_init(|| {
        let Some(path) = std::env::var_os(PATH_VARIABLE).filter(|path| !path.is_empty()) else {
            tracing::warn!("{PATH_VARIABLE} is not set: nothing is checked by Discord's own document");
            return Ok(None);
        };
        let path = PathBuf::from(path);
        let read = std::fs::read(&path).map_err(|error| error.to_string());
        let parsed = read.and_then(|text| serde_json::from_slice(&text).map_err(|error| error.to_string()));
        let document = parsed.and_then(Document::new);
        document.map(Some).map_err(|why| DocumentError { path, why })
    });
    loaded.as_ref().map(Option::as_ref).map_err(Clone::clone)
}

impl Document {
    fn new(mut text: Value) -> Result<Self, String> {
        let mut schemas = text["components"]["schemas"].take();
        if !schemas.is_object() {
            return Err("it has no components.schemas".to_owned());
        }
        // Discord answers with names of errors here (`BASE_TYPE_REQUIRED`); the document says
        // numbers.
        schemas["InnerErrors"]["properties"]["_errors"]["items"] = json!({
            "type": "object", "required": ["code", "message"],
            "properties": { "code": { "type": "string" }, "message": { "type": "string" } },
        });
        let mut parts = Parts::default();
        for operation in operations::all() {
            let path = &text["paths"][operation.template];
            let described = &path[operation.method.to_lowercase()];
            if described["operationId"] != operation.id {
                return Err(format!("it does not describe {}", operation.id));
            }
            parts.add(operation.id, path, described, &text["components"], &schemas);
        }
        let Parts {
            mut bodies,
            asked,
            answers,
            parameters,
        } = parts;
        let mut relaxed = schemas.clone();
        relaxations::relax(&mut relaxed);
        bodies.values_mut().for_each(relaxations::relax);
        let requests = json!({ "components": { "schemas": relaxed }, "bodies": bodies, "parameters": asked });
        let answers = json!({ "components": { "schemas": schemas }, "answers": answers });
        Ok(Self {
            requests: SchemaSet::new(requests)?,
            answers: SchemaSet::new(answers)?,
            parameters,
        })
    }

    /// Checks the parameters of a request's path and query. Returns their flaws.
    pub(crate) fn parameters(&self, asked: &OperationRequest, query: &[(String, String)]) -> Vec<Flaw> {
        let id = asked.operation.id;
        let mut flaws = Vec::new();
        for parameter in self.parameters.get(id).into_iter().flatten() {
            let name = &parameter.name;
            let given: Vec<&str> = if parameter.in_path {
                let named = asked.parameters.iter().filter(|(known, _)| known == name);
                named.map(|(_, value)| value.as_str()).collect()
            } else {
                let named = query.iter().filter(|(known, _)| known == name);
                named.map(|(_, value)| value.as_str()).collect()
            };
            if let Some(value) = parameter.kind.read(&given) {
                let found = self.requests.check(&["parameters", id, name], &value);
                flaws.extend(found.into_iter().map(|flaw| flaw.below(name)));
            }
        }
        flaws
    }

    /// Returns whether an operation has a body.
    fn has_body(&self, operation: &str) -> bool {
        self.requests.text["bodies"].get(operation).is_some()
    }

    /// Checks a request's body. Returns its flaws; none for an operation without a body.
    pub(crate) fn body(&self, operation: &str, body: &Value) -> Vec<Flaw> {
        if self.has_body(operation) {
            self.requests.check(&["bodies", operation], body)
        } else {
            vec![]
        }
    }

    /// Checks an answer; `body` is `None` if it is empty. Returns its flaws.
    pub(crate) fn answer(&self, operation: &str, status: u16, body: Option<&Value>) -> Vec<Flaw> {
        let described = &self.answers.text["answers"][operation];
        let statuses = [status.to_string(), format!("{}XX", status / 100)];
        let Some(status) = statuses.iter().find(|status| described.get(*status).is_some()) else {
            let message = format!("An answer with status {status} is not described.");
            return vec![Flaw::of_the_whole("UNDESCRIBED_STATUS", message)];
        };
        match (body, described[status].is_null()) {
            (Some(body), false) => self.answers.check(&["answers", operation, status], body),
            (None, true) => vec![],
            (Some(_), true) => vec![Flaw::of_the_whole("UNDESCRIBED_BODY", "There should be no body.")],
            (None, false) => vec![Flaw::of_the_whole("MISSING_BODY", "There should be a body.")],
        }
    }

    /// Checks an object by a schema of the document, such as `MessageResponse`. Returns its flaws.
    pub(crate) fn thing(&self, schema: &str, thing: &Value) -> Vec<Flaw> {
        self.answers.check(&["components", "schemas", schema], thing)
    }
}

/// The document's schemas, sorted by their use.
#[derive(Default)]
struct Parts {
    bodies: Map<String, Value>,
    asked: Map<String, Value>,
    answers: Map<String, Value>,
    parameters: HashMap<String, Vec<Parameter>>,
}

impl Parts {
    fn add(&mut self, id: &str, path: &Value, described: &Value, components: &Value, schemas: &Value) {
        let content = &described["requestBody"]["content"];
        // A form with files is checked by its `payload_json`.
        let form = ["application/json", "multipart/form-data"]
            .into_iter()
            .find_map(|kind| content.get(kind));
        if let Some(form) = form {
            let mut body = form["schema"].clone();
            relaxations::merge_partial_forms(&mut body, schemas);
            self.bodies.insert(id.to_owned(), body);
        }
        let mut asked = Map::new();
        let mut parameters = Vec::new();
        let of_path = path["parameters"].as_array().into_iter().flatten();
        let of_operation = described["parameters"].as_array().into_iter().flatten();
        for parameter in of_path.chain(of_operation) {
            let name = parameter["name"].as_str().unwrap_or_default();
            asked.insert(name.to_owned(), parameter["schema"].clone());
            parameters.push(Parameter {
                name: name.to_owned(),
                in_path: parameter["in"] == "path",
                kind: ParameterType::of(&parameter["schema"], schemas),
            });
        }
        self.asked.insert(id.to_owned(), Value::Object(asked));
        self.parameters.insert(id.to_owned(), parameters);
        let answers = described["responses"].as_object().into_iter().flatten();
        let answers = answers.map(|(status, answer)| {
            let shared = answer["$ref"].as_str().and_then(|path| path.rsplit('/').next());
            let answer = shared.map_or(answer, |name| &components["responses"][name]);
            let schema = &answer["content"]["application/json"]["schema"];
            (status.clone(), schema.clone())
        });
        self.answers.insert(id.to_owned(), answers.collect());
    }
}

impl ParameterType {
    fn of(schema: &Value, schemas: &Value) -> Self {
        let schema = relaxations::followed(schema, schemas);
        let is = |kind: &str| {
            let types = &schema["type"];
            types == kind || types.as_array().is_some_and(|all| all.contains(&json!(kind)))
        };
        if is("integer") {
            Self::Integer
        } else if is("boolean") {
            Self::Boolean
        } else if is("array") || schema["oneOf"].is_array() {
            Self::List
        } else {
            Self::Text
        }
    }

    /// Parses a parameter's value; `None` if it is not given.
    fn read(self, given: &[&str]) -> Option<Value> {
        let first = *given.first()?;
        Some(match self {
            Self::Integer => first.parse::<i64>().map_or_else(|_| json!(first), Value::from),
            Self::Boolean => match first {
                "true" | "True" | "1" => json!(true),
                "false" | "False" | "0" => json!(false),
                other => json!(other),
            },
            Self::List => json!(given),
            Self::Text => json!(first),
        })
    }
}

/// Schemas that refer to each other, compiled as they are needed.
#[derive(Debug)]
struct SchemaSet {
    text: &'static Value,
    registry: Registry<'static>,
    compiled: Mutex<HashMap<String, Arc<Validator>>>,
}

impl SchemaSet {
    /// Builds the set. Its text lives as long as the process, because validators borrow it.
    fn new(text: Value) -> Result<Self, String> {
        let text: &'static Value = Box::leak(Box::new(text));
        let registry = Registry::new()
            .draft(Draft::Draft202012)
            .add(SCHEMA_URI, text)
            .and_then(jsonschema::RegistryBuilder::prepare)
            .map_err(|error| error.to_string())?;
        Ok(Self {
            text,
            registry,
            compiled: Mutex::default(),
        })
    }

    /// Checks an instance by the schema at a place of the set. Returns its flaws.
    fn check(&self, place: &[&str], instance: &Value) -> Vec<Flaw> {
        match self.validator(place) {
            Ok(validator) => {
                let errors: Vec<_> = validator.iter_errors(instance).collect();
                explanation::flaws(&errors, self.text)
            }
            Err(why) => vec![Flaw::of_the_whole("UNUSABLE_SCHEMA", why)],
        }
    }

    fn validator(&self, place: &[&str]) -> Result<Arc<Validator>, String> {
        let place = place.join("/");
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(validator) = compiled.get(&place) {
            return Ok(validator.clone());
        }
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_registry(&self.registry)
            .should_validate_formats(true)
            .build(&json!({ "$ref": format!("{SCHEMA_URI}#/{place}") }))
            .map_err(|error| error.to_string())?;
        let validator = Arc::new(validator);
        compiled.insert(place, validator.clone());
        Ok(validator)
    }
}
