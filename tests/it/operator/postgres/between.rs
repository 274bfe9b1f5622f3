//! What stands between a bot and its PostgreSQL: a pool, or a server that speaks TLS.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use url::Url;

/// Longer than a test waits for anything.
const PATIENCE: Duration = Duration::from_mins(1);
/// How many connections to the server a pool has: fewer than a bot wants.
pub const CONNECTIONS: u32 = 3;
/// Whom a program becomes that refuses to run as root.
const NOBODY: (&str, u32) = ("nobody", 65534);

/// A pool of `PgBouncer`, which lends connections by the transaction. It ends when this is dropped.
pub struct Pool {
    folder: TempDir,
    program: Child,
    server: Url,
}

impl Pool {
    /// Starts one before the server of a database.
    pub async fn before(database: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let server = Url::parse(database).expect("a URL");
        let (user, password) = (server.username(), server.password().expect("a password"));
        let is_root = fs::metadata("/proc/self").expect("a process").uid() == 0;
        let becomes = if is_root {
            format!("user = {}\n", NOBODY.0)
        } else {
            String::new()
        };
        let path = folder.path().display();
        let settings = format!(
            "[databases]\n* = host={host} port={port}\n[pgbouncer]\n{becomes}listen_addr =\nlisten_port = {port}\n\
             unix_socket_dir = {path}\nauth_type = plain\nauth_file = {path}/users\npool_mode = transaction\n\
             default_pool_size = {CONNECTIONS}\nignore_startup_parameters = extra_float_digits,options\n",
            host = server.host_str().expect("a host"),
            port = server.port().unwrap_or(5432),
        );
        fs::write(
            folder.path().join("users"),
            format!("\"{user}\" \"{password}\"\n"),
        )
        .expect("the users");
        fs::write(folder.path().join("settings"), settings).expect("the settings");
        if is_root {
            let all = fs::Permissions::from_mode(0o755);
            fs::set_permissions(folder.path(), all).expect("a folder that all read");
            std::os::unix::fs::chown(folder.path(), Some(NOBODY.1), None).expect("a folder of nobody's");
        }
        let program = Self::start(folder.path(), &server).await;
        Self {
            folder,
            program,
            server,
        }
    }

    /// Returns by which address a bot goes through it.
    pub fn url(&self) -> String {
        let mut url = self.server.clone();
        url.query_pairs_mut()
            .append_pair("host", &self.folder.path().display().to_string())
            .append_pair("statement-cache-capacity", "0");
        url.to_string()
    }

    /// Kills it, and starts it again.
    pub async fn restart(&mut self) {
        self.program.kill().await.expect("an end");
        self.program = Self::start(self.folder.path(), &self.server).await;
    }

    async fn start(folder: &Path, server: &Url) -> Child {
        let socket = folder.join(format!(".s.PGSQL.{}", server.port().unwrap_or(5432)));
        if let Err(error) = fs::remove_file(&socket) {
            assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
        }
        let log = fs::File::create(folder.join("log")).expect("a log");
        let program = Command::new("pgbouncer")
            .env("PATH", "/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
            .arg(folder.join("settings"))
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .expect("pgbouncer is installed");
        let answers = async {
            while tokio::net::UnixStream::connect(&socket).await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        let said = || fs::read_to_string(folder.join("log")).unwrap_or_default();
        let started = tokio::time::timeout(PATIENCE, answers).await;
        started.unwrap_or_else(|_| panic!("pgbouncer does not start: {}", said()));
        program
    }
}

/// A server of PostgreSQL that speaks TLS before one that does not. It ends when this is dropped.
pub struct Encrypted {
    folder: TempDir,
    database: Url,
    port: u16,
    serves: JoinHandle<()>,
}

impl Encrypted {
    /// Starts one before the server of a database. Its certificate is `localhost`'s.
    pub async fn before(database: &str) -> Self {
        let (acceptor, authority) = certified("localhost");
        let folder = tempfile::tempdir().expect("a folder");
        let text = STANDARD.encode(authority);
        let pem = format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n");
        fs::write(folder.path().join("authority.pem"), pem).expect("a certificate");
        let database = Url::parse(database).expect("a URL");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (host, behind) = (
            database.host_str().expect("a host").to_owned(),
            database.port().unwrap_or(5432),
        );
        let serves = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, acceptor.clone(), (host.clone(), behind)));
            }
        });
        Self {
            folder,
            database,
            port,
            serves,
        }
    }

    /// Returns the address of it by a name, for a bot that verifies its certificate, and knows the
    /// authority or does not.
    pub fn url(&self, name: &str, known: bool) -> String {
        let mut url = self.database.clone();
        url.set_host(Some(name)).expect("a host");
        url.set_port(Some(self.port)).expect("a port");
        url.query_pairs_mut().append_pair("sslmode", "verify-full");
        if known {
            let authority = self.folder.path().join("authority.pem");
            url.query_pairs_mut()
                .append_pair("sslrootcert", &authority.display().to_string());
        }
        url.to_string()
    }
}

impl Drop for Encrypted {
    fn drop(&mut self) {
        self.serves.abort();
    }
}

/// Makes a certificate of a name. Returns what serves by it, and the certificate of its authority.
fn certified(name: &str) -> (TlsAcceptor, Vec<u8>) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    let authority = params.self_signed(&key).expect("an authority").der().to_vec();
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new([name.to_owned()]).expect("a name");
    let certificate = params.signed_by(&key, &issuer).expect("a certificate");
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .expect("a certificate that can be used");
    (TlsAcceptor::from(Arc::new(config)), authority)
}

/// Carries one connection to the server behind, in the clear, if its client asks for TLS.
async fn carry(mut client: TcpStream, acceptor: TlsAcceptor, behind: (String, u16)) {
    // Its length and its code are all that is in the question.
    const ASKS_FOR_TLS: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];
    let mut question = [0; 8];
    if client.read_exact(&mut question).await.is_err() || question != ASKS_FOR_TLS {
        return;
    }
    if client.write_all(b"S").await.is_err() {
        return;
    }
    // A client that does not trust the certificate says so and leaves.
    let Ok(mut client) = acceptor.accept(client).await else {
        return;
    };
    let mut server = TcpStream::connect(behind).await.expect("the server behind");
    drop(copy_bidirectional(&mut client, &mut server).await);
}
