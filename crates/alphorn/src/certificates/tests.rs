//! The private authority is kept, its certificates are renewed, the operator's files are taken up.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use alphorn_model::{Clock, ServerName, SystemClock};

use super::Certificates;
use crate::config::Config;
use crate::data_folder::DataFolder;

struct Later(AtomicU64);

impl Clock for Later {
    fn now_ms(&self) -> u64 {
        SystemClock.now_ms() + self.0.load(Ordering::Relaxed)
    }
}

fn prepare(folder: &DataFolder, config: &Config, clock: &Arc<Later>) -> Arc<Certificates> {
    let name = ServerName::parse("chat.example:8448").unwrap();
    let clock: Arc<dyn Clock> = Arc::<Later>::clone(clock);
    Arc::new(Certificates::prepare(config, folder, &name, "box", clock).unwrap())
}

#[test]
fn the_authority_stays_and_its_certificate_is_renewed_in_time() {
    let home = tempfile::tempdir().unwrap();
    let folder = DataFolder::open_or_create(home.path()).unwrap();
    let clock = Arc::new(Later(AtomicU64::new(0)));
    let first = prepare(&folder, &Config::default(), &clock);
    let read = || std::fs::read_to_string(folder.path("tls/server.pem")).unwrap();
    let certificate = read();
    assert!(first.tls_config().is_ok());
    let second = prepare(&folder, &Config::default(), &clock);
    assert_eq!(first.authority_pem(), second.authority_pem());
    assert_eq!(read(), certificate, "a good certificate is kept");
    assert!(!second.refresh().unwrap());
    clock.0.store(350 * 24 * 60 * 60 * 1000, Ordering::Relaxed);
    assert!(second.refresh().unwrap());
    assert_ne!(read(), certificate);
    assert_eq!(std::fs::read_to_string(folder.path("tls/ca.pem")).unwrap(), first.authority_pem().unwrap());
}

#[test]
fn a_new_name_needs_a_new_certificate() {
    let home = tempfile::tempdir().unwrap();
    let folder = DataFolder::open_or_create(home.path()).unwrap();
    let clock = Arc::new(Later(AtomicU64::new(0)));
    prepare(&folder, &Config::default(), &clock);
    let certificate = std::fs::read_to_string(folder.path("tls/server.pem")).unwrap();
    let mut config = Config::default();
    config.tls.extra_names.push("other.example".to_owned());
    prepare(&folder, &config, &clock);
    assert_ne!(std::fs::read_to_string(folder.path("tls/server.pem")).unwrap(), certificate);
}

#[test]
fn files_of_the_operator_are_read_again_when_they_change() {
    let home = tempfile::tempdir().unwrap();
    let folder = DataFolder::open_or_create(home.path()).unwrap();
    let clock = Arc::new(Later(AtomicU64::new(0)));
    prepare(&folder, &Config::default(), &clock);
    let (cert, key) = (home.path().join("own.pem"), home.path().join("own.key"));
    std::fs::copy(folder.path("tls/server.pem"), &cert).unwrap();
    std::fs::copy(folder.path("tls/server.key"), &key).unwrap();
    let mut config = Config::default();
    (config.tls.cert_file, config.tls.key_file) = (Some(cert.clone()), Some(key));
    let own = prepare(&folder, &config, &clock);
    assert!(own.authority_pem().is_none());
    assert!(!own.refresh().unwrap());
    std::fs::write(&cert, "nonsense").unwrap();
    let file = std::fs::File::options().write(true).open(&cert).unwrap();
    file.set_modified(std::time::UNIX_EPOCH).unwrap();
    let refusal = own.refresh().unwrap_err().to_string();
    assert!(refusal.contains("own.pem holds no usable certificate"), "{refusal}");
}
