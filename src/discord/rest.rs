//! Sends one request and says what came of it. serenity makes paths and headers; the queue does the
//! waiting.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::CONTENT_LENGTH;
use reqwest::multipart::{Form, Part};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serenity::all::{CreateAttachment, LightMethod, Multipart, MultipartUpload, Request, Route};

use super::circuit_breaker::Refusal;
use super::{Discord, Error, Sort};

/// The longest time a request may take, waits of serenity's limiter included. The queue waits out a
/// longer one.
const LONGEST: Duration = Duration::from_mins(2);

impl Discord {
    pub(super) fn request<'a>(
        &self,
        route: Route<'a>,
        method: LightMethod,
        payload: Option<&Value>,
        files: Vec<CreateAttachment>,
    ) -> Request<'a> {
        let request = Request::new(route, method);
        if files.is_empty() {
            return request.body(payload.map(|payload| self.written(payload).into_bytes()));
        }
        request.multipart(Some(Multipart {
            upload: MultipartUpload::Attachments(files),
            fields: Vec::new(),
            payload_json: payload.map(|payload| self.written(payload)),
        }))
    }

    /// Writes the JSON of a request. The commands that the text of a message names can be clicked, as
    /// can those in the texts of a layout.
    fn written(&self, payload: &Value) -> String {
        let mut linked = payload.clone();
        self.link(&mut linked);
        linked.to_string()
    }

    fn link(&self, part: &mut Value) {
        if let Some(Value::String(content)) = part.get_mut("content") {
            *content = self.commands.linked(content);
        }
        for part in part
            .get_mut("components")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            self.link(part);
        }
    }

    pub(super) async fn json<T: DeserializeOwned>(&self, request: Request<'_>) -> Result<T, Error> {
        let response = self.send(request).await?;
        response.json().await.map_err(|_| Error::Busy(None))
    }

    /// Sends a request when the rate limiter allows it. Without serenity's limiter, a 429 is not
    /// waited out here: it becomes [`Error::Busy`] with the wait, and the queue obeys it.
    pub(super) async fn send(&self, request: Request<'_>) -> Result<reqwest::Response, Error> {
        self.rate_limiter.turn().await;
        self.send_now(request, Sort::Usual).await
    }

    /// Sends a request without asking the rate limiter.
    pub(super) async fn send_now(
        &self,
        request: Request<'_>,
        sort: Sort,
    ) -> Result<reqwest::Response, Error> {
        self.circuit_breaker.pass(sort)?;
        self.answered(self.perform(request)).await
    }

    /// Sends a message with files. Serenity gives the parts of all files one name, by which Discord
    /// would know the description of one alone. So several files are numbered here, and pass by
    /// serenity's limiter: what Discord refuses for that is sent again later.
    pub(super) async fn upload(
        &self,
        route: Route<'_>,
        method: LightMethod,
        payload: &Value,
        files: Vec<CreateAttachment>,
    ) -> Result<reqwest::Response, Error> {
        if files.len() < 2 {
            return self.send(self.request(route, method, Some(payload), files)).await;
        }
        self.rate_limiter.turn().await;
        self.numbered(Request::new(route, method), payload, files, Sort::Usual)
            .await
    }

    /// Sends an answer with files, numbered as [`Self::upload`] does, without asking the rate limiter.
    pub(super) async fn upload_now(
        &self,
        route: Route<'_>,
        method: LightMethod,
        payload: &Value,
        files: Vec<CreateAttachment>,
    ) -> Result<reqwest::Response, Error> {
        if files.len() < 2 {
            let request = self.request(route, method, Some(payload), files);
            return self.send_now(request, Sort::Answer).await;
        }
        self.numbered(Request::new(route, method), payload, files, Sort::Answer)
            .await
    }

    async fn numbered(
        &self,
        request: Request<'_>,
        payload: &Value,
        files: Vec<CreateAttachment>,
        sort: Sort,
    ) -> Result<reqwest::Response, Error> {
        self.circuit_breaker.pass(sort)?;
        let form = self.form(payload, files);
        self.answered(self.perform_form(request, form)).await
    }

    fn form(&self, payload: &Value, files: Vec<CreateAttachment>) -> Form {
        let form = Form::new().text("payload_json", self.written(payload));
        let numbered = files.into_iter().enumerate();
        numbered.fold(form, |form, (n, file)| {
            let part = Part::bytes(file.data).file_name(file.filename);
            form.part(format!("files[{n}]"), part)
        })
    }

    /// Waits for the answer to a request, and sorts it.
    async fn answered(
        &self,
        performed: impl Future<Output = Option<reqwest::Response>>,
    ) -> Result<reqwest::Response, Error> {
        let sent = tokio::time::timeout(LONGEST, performed).await;
        let response = sent.ok().flatten();
        let status = response.as_ref().map(|response| response.status().as_u16());
        self.metrics.discord_answered(status);
        let response = response.ok_or(Error::Busy(None))?;
        if response.status().is_success() {
            Ok(response)
        } else {
            Err(self.refused(response).await)
        }
    }

    async fn perform_form(&self, request: Request<'_>, form: Form) -> Option<reqwest::Response> {
        let request = request.build(&self.client, self.http.token(), self.base.as_deref());
        let mut request = request.ok()?.build().ok()?;
        // It was built without a body.
        request.headers_mut().remove(CONTENT_LENGTH);
        let request = reqwest::RequestBuilder::from_parts(self.client.clone(), request);
        request.multipart(form).send().await.ok()
    }

    /// Returns the answer, whatever it is, or nothing if there is none.
    async fn perform(&self, request: Request<'_>) -> Option<reqwest::Response> {
        if let Some(limiter) = &self.http.ratelimiter {
            return limiter.perform(request).await.ok();
        }
        let request = request.build(&self.client, self.http.token(), self.base.as_deref());
        request.ok()?.send().await.ok()
    }

    async fn refused(&self, response: reqwest::Response) -> Error {
        let (status, headers) = (response.status(), response.headers().clone());
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let body: Option<Value> = response.json().await.ok();
        let said = |field: &str| body.as_ref().map_or(&Value::Null, |body| &body[field]);
        let wait = said("retry_after").as_f64();
        let wait = wait
            .or_else(|| header("retry-after")?.parse().ok())
            .map(milliseconds);
        let refusal = match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS
                if body.is_none() =>
            {
                Some(Refusal::Banned)
            }
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Some(Refusal::Invalid),
            StatusCode::TOO_MANY_REQUESTS => Some(match header("x-ratelimit-scope") {
                Some("global") => Refusal::Global,
                Some("shared") => Refusal::Shared,
                _ if said("global") == true => Refusal::Global,
                _ => Refusal::Invalid,
            }),
            _ => None,
        };
        if let Some(refusal) = refusal {
            self.circuit_breaker.refused(refusal, wait);
        }
        let code = said("code").as_i64().unwrap_or_default();
        let message = said("message").as_str().unwrap_or_default().to_owned();
        Error::sort(status.as_u16(), code, message, wait)
    }
}

/// Converts seconds to milliseconds, rounded up, because Discord counts a request that comes too
/// early.
#[expect(clippy::cast_possible_truncation, reason = "clamped to a day")]
fn milliseconds(seconds: f64) -> i64 {
    (seconds.clamp(0.0, 86_400.0) * 1000.0).ceil() as i64
}

#[cfg(test)]
mod tests {
    use super::milliseconds;

    #[test]
    fn a_wait_is_never_shorter_than_what_discord_asks_for() {
        for (seconds, ms) in [
            (0.0, 0),
            (0.5, 500),
            (0.0001, 1),
            (1.2345, 1_235),
            (-3.0, 0),
            (1e9, 86_400_000),
        ] {
            assert_eq!(milliseconds(seconds), ms, "{seconds}");
        }
    }
}
