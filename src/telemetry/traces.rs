//! Sends the spans of this program as traces, by OpenTelemetry's protocol over HTTP. OpenTelemetry's own
//! variables say where to: without `OTEL_EXPORTER_OTLP_ENDPOINT`, or the same for traces, none are sent.

use std::env;
use std::sync::OnceLock;
use std::time::Duration;

use async_trait::async_trait;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use tokio::runtime::Handle;
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{Filtered, Targets};
use tracing_subscriber::registry::LookupSpan;

const NAME: &str = env!("CARGO_PKG_NAME");
/// The variables that name who takes traces.
const ENDPOINTS: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
];
const SERVICE: &str = "OTEL_SERVICE_NAME";
/// How long a request may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What sends traces, until the program ends.
static SENDER: OnceLock<SdkTracerProvider> = OnceLock::new();

pub(super) type Traces<S> = Filtered<OpenTelemetryLayer<S, SdkTracer>, Targets, S>;

/// Makes the layer that sends traces. `None`: nobody is named who takes them.
pub(super) fn layer<S>() -> Result<Option<Traces<S>>, ExporterBuildError>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    if !ENDPOINTS.into_iter().any(is_set) {
        return Ok(None);
    }
    let client = reqwest::Client::builder().timeout(PATIENCE).build();
    let client = client.map_err(|error| ExporterBuildError::InternalFailure(error.to_string()))?;
    let on_runtime = OnRuntime {
        client,
        runtime: Handle::current(),
    };
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(on_runtime)
        .build()?;
    let resource = Resource::builder();
    let resource = if is_set(SERVICE) {
        resource
    } else {
        resource.with_service_name(NAME)
    };
    let sender = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(resource.build())
        .build();
    let tracer = SENDER.get_or_init(|| sender).tracer(NAME);
    let layer = tracing_opentelemetry::layer()
        .with_tracer(tracer)
        .with_location(false)
        .with_threads(false);
    // What other crates say of their work could hold what a log must not.
    let ours = Targets::new().with_target(NAME, LevelFilter::INFO);
    Ok(Some(layer.with_filter(ours)))
}

fn is_set(variable: &str) -> bool {
    env::var_os(variable).is_some_and(|value| !value.is_empty())
}

/// Sends what was not sent yet.
pub(super) async fn finish() {
    let Some(sender) = SENDER.get() else { return };
    let sent = tokio::task::spawn_blocking(|| sender.shutdown()).await;
    match sent {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!("the last traces could not be sent: {error}"),
        Err(error) => tracing::warn!("the last traces could not be sent: {error}"),
    }
}

/// A client for the thread that sends traces, which has no runtime of its own.
#[derive(Debug)]
struct OnRuntime {
    client: reqwest::Client,
    runtime: Handle,
}

#[async_trait]
impl HttpClient for OnRuntime {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let request = reqwest::Request::try_from(request)?;
        let client = self.client.clone();
        let sent = self.runtime.spawn(async move {
            let answer = client.execute(request).await?.error_for_status()?;
            let (status, headers) = (answer.status(), answer.headers().clone());
            Ok::<_, reqwest::Error>((status, headers, answer.bytes().await?))
        });
        let (status, headers, body) = sent.await??;
        let mut response = Response::new(body);
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}
