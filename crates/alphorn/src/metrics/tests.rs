//! Routes fall into their classes, and figures add up.

use std::time::Duration;

use super::{CLASSES, Metrics, class_of, process};

#[test]
fn routes_have_their_class() {
    let cases = [
        (Some("/_matrix/client/v3/sync"), "sync"),
        (Some("/_matrix/client/unstable/org.matrix.simplified_msc3575/sync"), "sync"),
        (Some("/_matrix/client/v3/rooms/{room_id}/send/{event_type}/{txn_id}"), "send"),
        (Some("/_matrix/client/v3/rooms/{room_id}/messages"), "rooms"),
        (Some("/_matrix/client/v3/keys/upload"), "keys"),
        (Some("/_matrix/client/v1/media/download/{server}/{id}"), "media"),
        (Some("/_matrix/media/v3/upload"), "media"),
        (Some("/_matrix/client/v3/login"), "account"),
        (Some("/_synapse/admin/v1/register"), "admin"),
        (Some("/health"), "shell"),
        (Some("/_matrix/client/versions"), "other"),
        (None, "other"),
    ];
    for (route, class) in cases {
        assert_eq!(CLASSES[class_of(route)], class, "{route:?}");
    }
}

#[test]
fn requests_are_counted_and_timed() {
    let metrics = Metrics::new();
    let running = metrics.running(0);
    metrics.finished(0, 200, Duration::from_millis(3));
    metrics.finished(0, 429, Duration::from_secs(60));
    let connection = metrics.connection();
    let page = metrics.render();
    for line in [
        "alphorn_requests_total{class=\"sync\",status=\"200\"} 1",
        "alphorn_requests_total{class=\"sync\",status=\"429\"} 1",
        "alphorn_requests_running{class=\"sync\"} 1",
        "alphorn_request_seconds_bucket{class=\"sync\",le=\"0.002\"} 0",
        "alphorn_request_seconds_bucket{class=\"sync\",le=\"0.005\"} 1",
        "alphorn_request_seconds_bucket{class=\"sync\",le=\"+Inf\"} 2",
        "alphorn_request_seconds_sum{class=\"sync\"} 60.003000",
        "alphorn_connections 1",
    ] {
        assert!(page.lines().any(|found| found == line), "{line}\nis not in\n{page}");
    }
    assert!(page.contains("process_resident_memory_bytes "), "{page}");
    drop((running, connection));
    assert!(metrics.render().contains("alphorn_connections 0\n"));
}

#[test]
fn a_strange_process_name_does_not_confuse() {
    let text = "7 (a) b (c)) S 1 7 7 0 -1 4194304 1 0 0 0 15 5 0 0 20 0 9 0 1";
    assert_eq!(process::stat_of(text), Some((20, 9)));
}
