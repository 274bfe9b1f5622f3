//! Bodies: JSON, or multipart with `payload_json` and files.

use axum::body::Bytes;
use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::core::Core;
use crate::http::errors::refuse;
use crate::http::notes::Notes;
use crate::openapi::operations::OperationRequest;
use crate::state::messages::form::MessageForm;
use crate::state::messages::validate;
use crate::state::model::Upload;
use crate::state::model::errors::{ApiError, ApiResult, invalid};

/// How many files a request may have. The form of a message has a lower limit of its own.
const PARTS_MAX: usize = 64;
/// The largest JSON body, in bytes.
const JSON_MAX: usize = 8 * 1024 * 1024;

/// What Discord says of a body of another kind.
const KINDS: &str =
    "Expected \"Content-Type\" header to be one of {'application/json', 'multipart/form-data'}.";

/// A request's body.
#[derive(Debug, Default)]
pub(crate) struct Payload {
    pub(crate) json: Value,
    pub(crate) files: Vec<Upload>,
}

impl Payload {
    /// Parses the body as a form of the page or of the control API (400).
    pub(crate) fn read<T: DeserializeOwned>(self) -> ApiResult<T> {
        read(self.json)
    }

    /// Parses the body as such a form, and returns it with the files beside it.
    pub(crate) fn read_with_files<T: DeserializeOwned>(self) -> ApiResult<(T, Vec<Upload>)> {
        Ok((read(self.json)?, self.files))
    }

    /// Parses the body as a new message (50035).
    pub(crate) fn into_message(self) -> ApiResult<MessageForm> {
        self.require_object()?;
        MessageForm::parse(&self.json, self.files)
    }

    /// Parses the body as an edit of a message (50035).
    pub(crate) fn into_edit(self) -> ApiResult<MessageForm> {
        self.require_object()?;
        MessageForm::parse_edit(&self.json, self.files)
    }

    fn require_object(&self) -> ApiResult<()> {
        if self.json.is_object() {
            return Ok(());
        }
        let message = "Only dictionaries may be used in a ModelType";
        Err(invalid("", "MODEL_TYPE_CONVERT", message))
    }
}

/// Parses a value as a form of the page or of the control API (400).
pub(crate) fn read<T: DeserializeOwned>(json: Value) -> ApiResult<T> {
    serde_json::from_value(json).map_err(|error| ApiError::new(400, 0, error.to_string()))
}

impl FromRequest<Core> for Payload {
    type Rejection = ApiError;

    async fn from_request(request: Request, core: &Core) -> Result<Self, ApiError> {
        let asked = request.extensions().get::<OperationRequest>().cloned();
        let notes = Notes::of(&request);
        let mut payload = Self::receive(request, core).await?;
        validate::trim_embeds(&mut payload.json);
        if let Some(asked) = asked {
            let flaws = core.checks().body(&asked, &payload.json);
            notes.add(|noticed| {
                noticed.body = payload.json.clone();
                noticed.files = payload.files.iter().map(|file| file.filename.clone()).collect();
                noticed.flaws.extend(flaws.iter().cloned());
            });
            refuse(&flaws)?;
        }
        read_numbers(&mut payload.json);
        Ok(payload)
    }
}

/// Fields that are integers wherever they occur. Discord accepts them as strings too.
const INTEGERS: [&str; 12] = [
    "type",
    "style",
    "flags",
    "color",
    "accent_color",
    "spacing",
    "min_values",
    "max_values",
    "min_length",
    "max_length",
    "auto_archive_duration",
    "rate_limit_per_user",
];

fn read_numbers(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let written = field.as_str().and_then(|text| text.parse::<i64>().ok());
                match written.filter(|_| INTEGERS.contains(&name.as_str())) {
                    Some(number) => *field = number.into(),
                    None => read_numbers(field),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(read_numbers),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

impl Payload {
    async fn receive(request: Request, core: &Core) -> ApiResult<Self> {
        let (file, whole) = core.read(|state| state.body_limits(request.uri().path()));
        let bytes = |limit: u64| usize::try_from(limit).unwrap_or(usize::MAX);
        let limits = (bytes(file), bytes(whole));
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        if kind.starts_with("multipart/form-data") {
            let multipart = Multipart::from_request(request, core)
                .await
                .map_err(|_| ApiError::bad_json())?;
            return read_multipart(multipart, limits).await;
        }
        // The control API takes JSON whatever it is called.
        let named = kind.starts_with("application/json") || !is_of_discord(&request);
        let body = axum::body::to_bytes(request.into_body(), JSON_MAX).await;
        let body = body.map_err(|_| ApiError::too_large())?;
        if !named && !body.is_empty() {
            return Err(invalid("", "CONTENT_TYPE_INVALID", KINDS));
        }
        Ok(Self {
            json: parse(&body)?,
            files: vec![],
        })
    }
}

/// Returns whether a request is one of Discord's own operations.
fn is_of_discord(request: &Request) -> bool {
    request.extensions().get::<OperationRequest>().is_some()
}

fn parse(body: &[u8]) -> ApiResult<Value> {
    if body.is_empty() {
        return Ok(json!({}));
    }
    serde_json::from_slice(body).map_err(|_| ApiError::bad_json())
}

async fn read_multipart(mut multipart: Multipart, (limit, whole): (usize, usize)) -> ApiResult<Payload> {
    let mut payload = Payload {
        json: json!({}),
        files: vec![],
    };
    let (mut too_large, mut total) = (false, 0);
    while let Some(mut field) = multipart.next_field().await.map_err(|_| ApiError::bad_json())? {
        let name = field.name().unwrap_or_default().to_owned();
        let Some(filename) = field.file_name().map(str::to_owned) else {
            let Some(bytes) = read_field(&mut field, JSON_MAX).await? else {
                return Err(ApiError::too_large());
            };
            total += bytes.len();
            read_text(&mut payload.json, &name, &bytes)?;
            continue;
        };
        let content_type = field.content_type().map(str::to_owned);
        // Reads the rest all the same, so that the client gets to the answer.
        match read_field(&mut field, limit).await? {
            Some(bytes) if payload.files.len() < PARTS_MAX && total + bytes.len() <= whole => {
                total += bytes.len();
                payload.files.push(Upload {
                    key: key(&name),
                    filename,
                    content_type,
                    bytes,
                });
            }
            _ => too_large = true,
        }
    }
    if too_large {
        Err(ApiError::too_large())
    } else {
        Ok(payload)
    }
}

fn read_text(json: &mut Value, name: &str, bytes: &[u8]) -> ApiResult<()> {
    if name == "payload_json" || name == "payload" {
        *json = parse(bytes)?;
    } else {
        json[name] = json!(String::from_utf8_lossy(bytes));
    }
    Ok(())
}

/// Returns the `n` of `files[n]`, or the name itself for command options.
fn key(name: &str) -> String {
    let index = name
        .strip_prefix("files[")
        .and_then(|rest| rest.strip_suffix(']'));
    index.unwrap_or(name).to_owned()
}

/// Reads the bytes of a part. Returns `None` if there are more than `limit`.
async fn read_field(field: &mut Field<'_>, limit: usize) -> ApiResult<Option<Bytes>> {
    let mut bytes = Vec::new();
    let mut fits = true;
    while let Some(chunk) = field.chunk().await.map_err(|_| ApiError::bad_json())? {
        fits &= bytes.len() + chunk.len() <= limit;
        if fits {
            bytes.extend_from_slice(&chunk);
        } else {
            bytes = Vec::new();
        }
    }
    Ok(fits.then(|| bytes.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_index_and_options_by_their_name() {
        assert_eq!(key("files[3]"), "3");
        assert_eq!(key("reference"), "reference");
    }
}
