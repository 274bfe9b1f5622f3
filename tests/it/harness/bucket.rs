//! A part of a bucket of its own for every test, on a real server that speaks S3.

use greenlight::blobs::Blobs;
use greenlight::config::Config;
use greenlight::domain::image::place::Place;
use greenlight::random;
use url::Url;

use super::line::Line;

/// The variable that names the server: `http://KEY:SECRET@HOST:PORT/BUCKET`.
const SERVER: &str = "TEST_S3_URL";

/// A part of the bucket.
pub struct Bucket {
    server: Url,
    /// What is put through a line goes to its port.
    port: u16,
    prefix: String,
}

impl Bucket {
    /// Names a part of the bucket that is empty.
    pub fn new() -> Self {
        let server = std::env::var(SERVER);
        let server = server.unwrap_or_else(|_| {
            panic!("{SERVER} names no server: run scripts/test, or start one with scripts/bucket serve")
        });
        let server = Url::parse(&server).unwrap_or_else(|error| panic!("{SERVER}: {error}"));
        Self {
            port: server.port().expect("a port"),
            server,
            prefix: format!("{:016x}", random::bits::<u64>()),
        }
    }

    /// Puts a line before the server.
    pub async fn through_a_line(&mut self) -> Line {
        let host = self.server.host_str().expect("a host");
        let (line, port) = Line::to(format!("{host}:{}", self.port)).await;
        self.port = port;
        line
    }

    /// Returns the URL, as an operator writes it.
    pub fn url(&self) -> String {
        format!("s3:/{}/{}", self.server.path(), self.prefix)
    }

    /// Returns the settings of a bot that keeps its pictures here.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let mut settings = self.access();
        settings.push(("BLOBS__URL", self.url()));
        settings
    }

    /// Returns the settings by which the bucket is reached.
    pub fn access(&self) -> Vec<(&'static str, String)> {
        let host = self.server.host_str().expect("a host");
        let endpoint = format!("http://{host}:{}", self.port);
        vec![
            ("BLOBS__ENDPOINT", endpoint.clone()),
            ("BLOBS__PUBLIC_ENDPOINT", endpoint),
            ("BLOBS__ACCESS_KEY_ID", self.server.username().to_owned()),
            ("BLOBS__SECRET_ACCESS_KEY", self.secret()),
        ]
    }

    /// Returns the settings as variables.
    pub fn variables(&self) -> Vec<(String, String)> {
        let settings = self.settings().into_iter();
        settings
            .map(|(key, value)| (format!("GREENLIGHT_{key}"), value))
            .collect()
    }

    /// Returns the secret by which it is reached.
    pub fn secret(&self) -> String {
        self.server.password().unwrap_or_default().to_owned()
    }

    /// Returns where this is.
    pub fn place(&self) -> Place {
        let config = Config::load(None, self.variables());
        config.expect("the settings of a bucket").blobs.place
    }

    /// Opens it, as a bot does whose database knows of pictures or not.
    pub async fn open(&self, has_pictures: bool) -> Result<Blobs, greenlight::blobs::Error> {
        Blobs::open(&self.place(), has_pictures).await
    }
}
