//! Requests every route over real HTTP, from pages and by names that are not this machine's.

use std::collections::BTreeSet;

use reqwest::{Method, StatusCode};

use crate::core::Core;
use crate::http::server::router;
use crate::openapi::checks::Checks;
use crate::openapi::operations::{self, Coverage};
use crate::state::State;
use crate::world::World;
use crate::{Options, Sandbox};

const METHODS: [Method; 5] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
];

/// Returns the paths of all routes. They come from the router itself, so that no new one is
/// forgotten.
pub(crate) fn paths() -> BTreeSet<String> {
    let core = Core::new(State::new(World::default()), 0, None, Checks::new(None));
    let told = format!("{:?}", router(&core));
    let paths = told.split('"').filter(|text| text.starts_with('/'));
    paths.map(str::to_owned).collect()
}

/// Fills in the parameters of a path.
fn filled(path: &str) -> String {
    let part = |part: &str| match part.strip_prefix('{') {
        Some(rest) if rest.starts_with('*') => "non/sense".to_owned(),
        Some(_) => "1".to_owned(),
        None => part.to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Returns whether a path belongs to the page, its API or the control API.
fn is_local(path: &str) -> bool {
    let bots = path.starts_with("/api") || path.starts_with("/gateway");
    !bots && !is_file(path)
}

fn is_file(path: &str) -> bool {
    path.starts_with("/attachments/")
}

struct Asker {
    sandbox: Sandbox,
    http: reqwest::Client,
}

impl Asker {
    async fn start() -> Self {
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        let http = reqwest::Client::new();
        Self { sandbox, http }
    }

    /// `127.0.0.1:PORT`.
    fn host(&self) -> String {
        self.sandbox.url().replace("http://", "")
    }

    /// Returns whether a request with these headers is refused.
    async fn refused(&self, method: &Method, path: &str, headers: &[(&str, &str)]) -> bool {
        let url = format!("{}{}", self.sandbox.url(), filled(path));
        let mut request = self.http.request(method.clone(), url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        let status = response.status();
        let refused = response.text().await.unwrap() == "This is for this machine alone.\n";
        assert!(!refused || status == StatusCode::FORBIDDEN, "{method} {path}");
        refused
    }
}

#[test]
fn the_router_tells_all_its_paths() {
    let paths = paths();
    let served = operations::all()
        .iter()
        .filter(|operation| operation.coverage == Coverage::Served);
    // Parameters have other names there, and some take `@me` and `@original` as well.
    let shape = |path: &str| filled(&path.replace("@original", "1").replace("@me", "1"));
    let shapes: BTreeSet<String> = paths.iter().map(|path| shape(path)).collect();
    for operation in served {
        for prefix in ["/api", "/api/v10"] {
            let path = format!("{prefix}{}", operation.template);
            assert!(shapes.contains(&shape(&path)), "{path}");
        }
    }
    for path in [
        "/",
        "/page/{name}",
        "/gateway",
        "/sandbox/state",
        "/sandbox/events",
        "/sandbox/control/act",
        "/sandbox/control/gateway/reset_token",
        "/attachments/{channel}/{attachment}/{filename}",
    ] {
        assert!(paths.contains(path), "{path}");
    }
}

#[tokio::test]
async fn a_foreign_page_is_refused_everything_but_files() {
    let asker = Asker::start().await;
    let (host, own) = (asker.host(), asker.sandbox.url());
    // A page over TLS is foreign, and so are another port and a name that resolves to this machine.
    let rebound = ("evil.example:80", "http://evil.example:80");
    let foreign = [
        (host.as_str(), "http://evil.example"),
        (&host, "null"),
        (&host, &own.replace("http:", "https:")),
        (&host, "http://127.0.0.1:1"),
        rebound,
    ];
    for path in paths() {
        for method in &METHODS {
            for (host, origin) in foreign {
                let refused = asker
                    .refused(method, &path, &[("host", host), ("origin", origin)])
                    .await;
                assert_eq!(
                    refused,
                    !is_file(&path),
                    "{method} {path} from {origin} at {host}"
                );
            }
        }
    }
    // Nothing was done, nor logged.
    assert!(asker.sandbox.calls().is_empty());
    assert!(asker.sandbox.commands().is_empty());
    let log = asker.sandbox.gateway().log();
    assert!(log.is_empty(), "{log:?}");
}

#[tokio::test]
async fn a_foreign_name_is_refused_the_page_and_all_that_acts_for_people() {
    let asker = Asker::start().await;
    for path in paths() {
        for method in &METHODS {
            for host in ["evil.example", "127.0.0.1.evil.example:80", "10.0.0.1"] {
                let refused = asker.refused(method, &path, &[("host", host)]).await;
                // A bot may know this machine by any name: it has a token, and no page has.
                assert_eq!(refused, is_local(&path), "{method} {path} at {host}");
            }
        }
    }
}

#[tokio::test]
async fn the_page_itself_is_refused_nothing() {
    let asker = Asker::start().await;
    let own = asker.sandbox.url();
    for path in paths() {
        for method in &METHODS {
            let refused = asker.refused(method, &path, &[("origin", &own)]).await;
            assert!(!refused, "{method} {path}");
        }
    }
}
