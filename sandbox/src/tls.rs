//! The same served over TLS, for a bot that speaks only to `https://discord.com`. Its client must
//! trust the certificate authority that is made here.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::{self, ServerConfig};

/// Where TLS is served, and which authority a client must trust.
#[derive(Clone, Debug)]
pub struct Tls {
    /// A loopback port.
    pub address: SocketAddr,
    /// The certificate of the authority that signed the server's, in DER. Its key is not kept.
    pub authority: Vec<u8>,
}

/// Why TLS cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// No port can be listened on.
    #[error("cannot listen on a loopback port")]
    Listen(#[from] io::Error),
    /// A name is valid in no certificate.
    #[error("no certificate can be made")]
    Certificate(#[from] rcgen::Error),
    /// The certificate cannot be used.
    #[error("the certificate cannot be used")]
    Setup(#[from] rustls::Error),
}

/// Makes an authority and a certificate. Returns a listener on a free port, its acceptor, and what
/// a client must know.
pub(crate) async fn prepare(names: Vec<String>) -> Result<(TcpListener, TlsAcceptor, Tls), TlsError> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
        .distinguished_name
        .push(DnType::CommonName, "the authority of a local Discord");
    let key = KeyPair::generate()?;
    let authority = params.self_signed(&key)?.der().to_vec();
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate()?;
    let certificate = CertificateParams::new(names)?.signed_by(&key, &issuer)?;
    let key =
        PrivateKeyDer::try_from(key.serialize_der()).map_err(|why| rustls::Error::General(why.to_owned()))?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let acceptor = TlsAcceptor::from(Arc::new(config));
    Ok((listener, acceptor, Tls { address, authority }))
}
