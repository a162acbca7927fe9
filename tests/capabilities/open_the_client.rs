//! Somebody opens the server's address in a browser.

use alphorn_tests::{Client, Response, Server};

async fn get(server: &Server, path: &str) -> Response {
    Client::new(server.address()).get(None, path).await.unwrap()
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers.get(name).unwrap().to_str().unwrap()
}

fn text(response: &Response) -> &str {
    std::str::from_utf8(&response.bytes).unwrap()
}

#[tokio::test]
async fn the_page_loads_nothing_from_elsewhere() {
    let server = Server::start().await;
    for path in ["/", "/chats/%21room%3Aexample.org", "/settings/devices"] {
        let response = get(&server, path).await;
        assert_eq!(response.status, 200, "{path}");
        let policy = header(&response, "content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("connect-src 'self'"), "{policy}");
        assert!(!policy.contains("unsafe-inline") && !policy.contains('*'), "{policy}");
        assert_eq!(header(&response, "x-content-type-options"), "nosniff");
        assert_eq!(header(&response, "referrer-policy"), "no-referrer");
        assert!(response.headers.get("access-control-allow-origin").is_none(), "the page is for nobody else");
        let page = text(&response);
        assert!(page.contains("Alphorn") && !page.contains("src=\"http"), "{page}");
    }
}

#[tokio::test]
async fn what_the_page_names_is_kept_by_browsers_for_ever() {
    let server = Server::start().await;
    let response = get(&server, "/").await;
    let page = text(&response);
    let named: Vec<&str> = page.split('"').filter(|part| part.starts_with("/assets/")).collect();
    // Where the program was built without the client, the page says so and names nothing.
    assert!(!named.is_empty() || page.contains("web/build.sh"));
    for path in named {
        let response = get(&server, path).await;
        assert_eq!(response.status, 200, "{path}");
        assert!(header(&response, "cache-control").contains("immutable"), "{path}");
    }
}

#[tokio::test]
async fn the_api_keeps_its_own_answers() {
    let server = Server::start().await;
    let response = get(&server, "/_matrix/client/v3/nonsense").await;
    assert_eq!(response.status, 404);
    assert!(text(&response).contains("M_UNRECOGNIZED"));
    assert_eq!(get(&server, "/nonsense").await.status, 404);
}
