//! Relaxes the document's schemas of requests to what Discord accepts.

use serde_json::{Map, Value, json};

/// An integer as a string.
const NUMERIC: &str = "^-?[0-9]+$";

/// Relaxes a schema and all within, by the document's own conventions: an integer may be a numeric
/// string, and a snowflake may be an integer. Alternatives then no longer exclude each other.
pub(super) fn relax(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            map.values_mut().for_each(relax);
            relax_one(map);
        }
        Value::Array(list) => list.iter_mut().for_each(relax),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn relax_one(schema: &mut Map<String, Value>) {
    if schema.get("format").is_some_and(|format| format == "snowflake") {
        schema.insert("type".to_owned(), json!(["string", "integer"]));
    } else if types(schema).any(|kind| kind == "integer") {
        let mut all: Vec<Value> = types(schema).map(|kind| json!(kind)).collect();
        all.push(json!("string"));
        schema.insert("type".to_owned(), Value::Array(all));
        schema.insert("pattern".to_owned(), json!(NUMERIC));
    }
    if let Some(Value::Array(options)) = schema.get_mut("enum") {
        let written: Vec<Value> = options.iter().filter_map(in_writing).collect();
        options.extend(written);
    }
    if let Some(written) = schema.get("const").and_then(in_writing) {
        let plain = schema.remove("const");
        schema.insert("enum".to_owned(), json!([plain, written]));
    }
    if let Some(list @ Value::Array(_)) = schema.remove("oneOf") {
        schema.insert("anyOf".to_owned(), list);
    }
}

/// Returns the types that a schema names. For a map of properties with one called "type" there are
/// none.
fn types(schema: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let kinds = schema.get("type");
    let one = kinds.and_then(Value::as_str);
    let many = kinds.and_then(Value::as_array).into_iter().flatten();
    one.into_iter().chain(many.filter_map(Value::as_str))
}

fn in_writing(value: &Value) -> Option<Value> {
    value.is_number().then(|| json!(value.to_string()))
}

/// Merges a union of forms that require no field. Discord ignores unknown fields, so any body would
/// match one of them. A field of the merged form is valid if it is so in a form that has it.
pub(super) fn merge_partial_forms(body: &mut Value, schemas: &Value) {
    if body.get("x-discord-union").is_none() {
        return;
    }
    let branches = body["anyOf"].as_array().into_iter().flatten();
    let forms: Vec<&Value> = branches.map(|branch| followed(branch, schemas)).collect();
    if forms.iter().all(|form| form.get("required").is_some()) {
        return;
    }
    let mut fields: Map<String, Value> = Map::new();
    for (name, field) in forms
        .iter()
        .filter_map(|form| form["properties"].as_object())
        .flatten()
    {
        let known = fields
            .entry(name.clone())
            .or_insert_with(|| json!({ "anyOf": [] }));
        if let Some(known) = known["anyOf"].as_array_mut()
            && !known.contains(field)
        {
            known.push(field.clone());
        }
    }
    *body = json!({ "type": "object", "properties": fields });
}

/// Returns the schema that a reference leads to.
pub(super) fn followed<'a>(schema: &'a Value, schemas: &'a Value) -> &'a Value {
    let name = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next());
    match name {
        Some(name) => followed(&schemas[name], schemas),
        None => schema,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relaxed(mut schema: Value, instance: &Value) -> bool {
        relax(&mut schema);
        jsonschema::is_valid(&schema, instance)
    }

    #[test]
    fn an_integer_may_be_written_and_a_snowflake_may_be_a_number() {
        let count = json!({ "type": ["integer", "null"], "maximum": 3 });
        for (instance, fits) in [
            (json!(3), true),
            (json!(4), false),
            (json!("3"), true),
            (json!("three"), false),
            (json!(null), true),
        ] {
            assert_eq!(relaxed(count.clone(), &instance), fits, "{instance}");
        }
        let id = json!({ "type": "string", "pattern": "^(0|[1-9][0-9]*)$", "format": "snowflake" });
        assert!(relaxed(id.clone(), &json!(7)) && relaxed(id.clone(), &json!("7")));
        assert!(!relaxed(id, &json!("seven")));
    }

    #[test]
    fn a_written_kind_fits_only_its_own_alternative() {
        let kind = |of: u64| json!({ "properties": { "type": { "type": "integer", "enum": [of] } }, "required": ["type"] });
        let either = json!({ "oneOf": [kind(1), kind(2)] });
        assert!(relaxed(either.clone(), &json!({ "type": "2" })));
        assert!(!relaxed(either, &json!({ "type": "3" })));
    }

    #[test]
    fn a_union_of_partial_forms_still_knows_their_fields() {
        let schemas = json!({
            "A": { "type": "object", "properties": { "name": { "type": "string" } } },
            "B": { "type": "object", "properties": { "archived": { "type": "boolean" }, "name": { "type": "null" } } },
        });
        let to = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
        let mut body = json!({ "anyOf": [to("A"), to("B")], "x-discord-union": "oneOf" });
        merge_partial_forms(&mut body, &schemas);
        let fits = |instance: Value| jsonschema::is_valid(&body, &instance);
        assert!(
            fits(json!({ "archived": true, "name": "x", "unknown": 1 })) && fits(json!({ "name": null }))
        );
        assert!(!fits(json!({ "archived": "nonsense" })) && !fits(json!({ "name": 1 })));
    }
}
