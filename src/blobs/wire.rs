//! Speaks HTTP with a bucket's service, by the client that the bot uses for everything else.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use http_body_util::BodyExt;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody,
    HttpService,
};
use reqwest::redirect::Policy;

/// How long the service may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// How long the service may say nothing.
const SILENCE: Duration = Duration::from_secs(30);
/// How long a request may take from its begin to the last byte of its answer.
const WHOLE: Duration = Duration::from_mins(3);

/// Makes the client.
#[derive(Debug)]
pub(super) struct Connector;

#[derive(Debug)]
struct Client(reqwest::Client);

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .timeout(WHOLE)
            // A request is signed for one address alone.
            .redirect(Policy::none())
            .build();
        let failed = |error| object_store::Error::Generic {
            store: "S3",
            source: Box::new(error),
        };
        Ok(HttpClient::new(Client(client.map_err(failed)?)))
    }
}

#[async_trait::async_trait]
impl HttpService for Client {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (parts, body) = request.into_parts();
        let body = match body.as_bytes() {
            Some(bytes) => bytes.clone().into(),
            None => reqwest::Body::wrap(body),
        };
        let request = self.0.request(parts.method, parts.uri.to_string());
        let request = request.headers(parts.headers).body(body);
        let answer = request.send().await.map_err(failure)?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = reqwest::Body::from(answer).map_err(failure);
        let mut response = HttpResponse::new(HttpResponseBody::new(body));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}

/// Says what kind of failure it was, by which it is decided whether a request is sent again. What may
/// have been heard is sent again only if that changes nothing.
fn failure(error: reqwest::Error) -> HttpError {
    let kind = if error.is_timeout() {
        HttpErrorKind::Timeout
    } else if error.is_connect() {
        HttpErrorKind::Connect
    } else if error.is_request() || error.is_body() || cut(&error) {
        HttpErrorKind::Interrupted
    } else {
        HttpErrorKind::Unknown
    };
    // The address is said by who asked.
    HttpError::new(kind, error.without_url())
}

/// Returns whether the connection ended before its time.
fn cut(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return matches!(
                error.kind(),
                io::ErrorKind::ConnectionAborted
                    | io::ErrorKind::ConnectionReset
                    | io::ErrorKind::BrokenPipe
                    | io::ErrorKind::UnexpectedEof
            );
        }
        cause = error.source();
    }
    false
}
