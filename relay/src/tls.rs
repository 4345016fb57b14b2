//! TLS by rustls. The certificate is read again on SIGHUP, as its renewal wants it.

use std::io;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;

use crate::config::TlsConfig;

/// Why TLS cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The certificate or the key cannot be read.
    #[error("certificate or key: {0}")]
    Unreadable(#[from] tokio_rustls::rustls::pki_types::pem::Error),
    /// They do not fit.
    #[error("certificate and key: {0}")]
    Unfit(#[from] tokio_rustls::rustls::Error),
}

/// The present certificate.
#[derive(Debug)]
pub(crate) struct Tls {
    files: TlsConfig,
    present: RwLock<Arc<ServerConfig>>,
}

impl Tls {
    pub(crate) fn new(files: TlsConfig) -> Result<Self, TlsError> {
        let present = RwLock::new(read(&files)?);
        Ok(Self { files, present })
    }

    /// Reads the files again; keeps what there is when they cannot be used.
    pub(crate) fn renew(&self) -> Result<(), TlsError> {
        let next = read(&self.files)?;
        *self.present.write().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(())
    }

    pub(crate) async fn accept(&self, socket: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let present = Arc::clone(&self.present.read().unwrap_or_else(PoisonError::into_inner));
        TlsAcceptor::from(present).accept(socket).await
    }
}

fn read(files: &TlsConfig) -> Result<Arc<ServerConfig>, TlsError> {
    let certificates =
        CertificateDer::pem_file_iter(&files.certificate)?.collect::<Result<Vec<_>, _>>()?;
    let key = PrivateKeyDer::from_pem_file(&files.key)?;
    let provider = Arc::new(rustls_graviola::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(certificates, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
