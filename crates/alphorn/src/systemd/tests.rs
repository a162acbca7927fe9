//! The service manager hears what it should.

use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use super::Systemd;
use crate::config::Environment;

#[test]
fn states_arrive_at_the_socket() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("notify");
    let receiver = UnixDatagram::bind(&path).unwrap();
    let path = path.to_str().unwrap();
    let environment = Environment::from([("NOTIFY_SOCKET", path), ("WATCHDOG_USEC", "3000000")]);
    let systemd = Systemd::connect(&environment);
    systemd.notify("READY=1");
    let mut bytes = [0; 32];
    let length = receiver.recv(&mut bytes).unwrap();
    assert_eq!(&bytes[..length], b"READY=1");
    assert_eq!(systemd.watchdog_interval(), Some(Duration::from_millis(1500)));
}

#[test]
fn without_a_service_manager_nothing_happens() {
    let systemd = Systemd::connect(&Environment::default());
    systemd.notify("READY=1");
    assert_eq!(systemd.watchdog_interval(), None);
    let other = Environment::from([("WATCHDOG_USEC", "1000"), ("WATCHDOG_PID", "1")]);
    assert_eq!(Systemd::connect(&other).watchdog_interval(), None);
}
