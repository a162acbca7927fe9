//! What browsers are told, with and without a build of the client.

use axum::body::Body;
use http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use tokio::sync::watch;
use tower::ServiceExt as _;

use super::{CLIENT_PATHS, files, headers, router};

async fn ask(path: &str) -> axum::response::Response {
    router(None).oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap()
}

#[tokio::test]
async fn the_page_is_served_with_a_strict_policy() {
    for path in ["/", "/chats/!room:example.org/details", "/settings"] {
        let response = ask(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe-inline"), "{policy}");
        assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert!(body.starts_with(b"<!doctype html>"));
    }
}

#[tokio::test]
async fn what_is_not_the_clients_stays_unknown() {
    assert_eq!(ask("/nonsense").await.status(), StatusCode::NOT_FOUND);
    assert_eq!(ask("/assets/../Cargo.toml").await.status(), StatusCode::NOT_FOUND);
    assert_eq!(ask("/_matrix/client/versions").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn hashed_files_are_kept_and_others_asked_for_again() {
    for file in files::FILES {
        let path = if file.path == "/index.html" { "/" } else { file.path };
        let response = ask(path).await;
        let caching = response.headers()[header::CACHE_CONTROL].to_str().unwrap().to_owned();
        assert_eq!(caching.contains("immutable"), path.starts_with("/assets/"), "{path}: {caching}");
        let tag = response.headers()[header::ETAG].clone();
        let again = Request::get(path).header(header::IF_NONE_MATCH, tag).body(Body::empty()).unwrap();
        let again = router(None).oneshot(again).await.unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{path}");
    }
}

#[tokio::test]
async fn a_browser_gets_the_form_it_understands() {
    for file in files::FILES.iter().filter(|file| file.gzip.is_some()) {
        let path = if file.path == "/index.html" { "/" } else { file.path };
        let request =
            Request::get(path).header(header::ACCEPT_ENCODING, "br;q=0, gzip").body(Body::empty()).unwrap();
        let response = router(None).oneshot(request).await.unwrap();
        assert_eq!(response.headers()[header::CONTENT_ENCODING], "gzip", "{path}");
        assert!(!ask(path).await.headers().contains_key(header::CONTENT_ENCODING), "{path}");
    }
}

#[tokio::test]
async fn pages_may_go_to_the_other_nodes_and_nowhere_else() {
    let (_hold, nodes) =
        watch::channel(vec!["https://b.example.org:8448/".to_owned(), "https://x; script-src *".to_owned()]);
    let response = router(Some(nodes)).oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap();
    let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
    assert!(policy.contains("connect-src 'self' https://b.example.org:8448;"), "{policy}");
    assert!(!policy.contains('*'), "{policy}");
    assert_eq!(headers::policy(&[]).matches("connect-src 'self';").count(), 1);
}

#[test]
fn the_clients_addresses_are_those_of_its_routes() {
    let routes = include_str!("../../../web/src/model/route.ts");
    let line = routes.lines().find(|line| line.starts_with("export const CLIENT_PATHS")).unwrap();
    let listed: Vec<&str> = line.split('"').skip(1).step_by(2).collect();
    assert_eq!(listed, CLIENT_PATHS);
}
