//! TLS by certificate and key.

use std::{path::Path, sync::Arc};

use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use tokio_rustls::TlsAcceptor;

use crate::Failure;

/// TLS 1.2 and 1.3 with HTTP/2 and HTTP/1.1, by a certificate chain and its private key.
pub(crate) fn acceptor(chain: &Path, key: &Path) -> Result<TlsAcceptor, Failure> {
    let named = |path: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let certificates = CertificateDer::pem_file_iter(chain)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| named(chain, &error))?;
    if certificates.is_empty() {
        return Err(named(chain, &"the file holds no certificate").into());
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| named(key, &error))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(certificates, private)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
