//! One request and what came of it. Paths and headers are serenity's; waiting is the queue's.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serenity::all::{CreateAttachment, HttpError, LightMethod, Multipart, MultipartUpload, Request, Route};

use super::{Discord, Error};

impl Discord {
    #[expect(clippy::unused_self, reason = "reads as one thing with `send`")]
    pub(super) fn request<'a>(
        &self,
        route: Route<'a>,
        method: LightMethod,
        payload: Option<&Value>,
        file: Option<CreateAttachment>,
    ) -> Request<'a> {
        let request = Request::new(route, method);
        match file {
            None => request.body(payload.map(|payload| payload.to_string().into_bytes())),
            Some(file) => request.multipart(Some(Multipart {
                upload: MultipartUpload::Attachments(vec![file]),
                fields: Vec::new(),
                payload_json: payload.map(ToString::to_string),
            })),
        }
    }

    pub(super) async fn json<T: DeserializeOwned>(&self, request: Request<'_>) -> Result<T, Error> {
        let response = self.send(request).await?;
        response.json().await.map_err(|_| Error::Busy(None))
    }

    /// Sends a request. A 429 is not waited out here: it becomes [`Error::Busy`] with the wait, and the queue obeys it.
    pub(super) async fn send(&self, request: Request<'_>) -> Result<reqwest::Response, Error> {
        self.pace.turn().await;
        self.send_now(request).await
    }

    /// The same without waiting its turn: answers to interactions do not count against the bot's 50 a second.
    pub(super) async fn send_now(&self, request: Request<'_>) -> Result<reqwest::Response, Error> {
        let Some(base) = &self.base else {
            return self
                .http
                .request(request)
                .await
                .map_err(|error| from_serenity(&error));
        };
        let request = request
            .build(&self.client, self.http.token(), Some(base))
            .map_err(|error| from_serenity(&error))?;
        let response = request.send().await.map_err(|_| Error::Busy(None))?;
        if response.status().is_success() {
            Ok(response)
        } else {
            Err(refusal(response).await)
        }
    }
}

async fn refusal(response: reqwest::Response) -> Error {
    let status = response.status().as_u16();
    let header = response
        .headers()
        .get("retry-after")
        .and_then(|value| value.to_str().ok()?.parse::<f64>().ok());
    let body: Value = response.json().await.unwrap_or_default();
    let wait = body["retry_after"].as_f64().or(header);
    let code = body["code"].as_i64().unwrap_or_default();
    let message = body["message"].as_str().unwrap_or_default().to_owned();
    Error::sort(status, code, message, wait.map(milliseconds))
}

fn from_serenity(error: &serenity::Error) -> Error {
    match error {
        serenity::Error::Http(HttpError::UnsuccessfulRequest(response)) => {
            let code = i64::try_from(response.error.code).unwrap_or_default();
            Error::sort(
                response.status_code.as_u16(),
                code,
                response.error.message.clone(),
                None,
            )
        }
        _ => Error::Busy(None),
    }
}

/// Rounded up, because Discord counts a request that comes a moment early.
#[expect(clippy::cast_possible_truncation, reason = "clamped to a day")]
fn milliseconds(seconds: f64) -> i64 {
    (seconds.clamp(0.0, 86_400.0) * 1000.0).ceil() as i64
}
