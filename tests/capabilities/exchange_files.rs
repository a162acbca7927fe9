//! People send each other files and pictures.

use std::time::Duration;

use alphorn_tests::{Client, Response, Server, User};
use http::Method;
use serde_json::json;

const DOWNLOAD: &str = "/_matrix/client/v1/media/download";
const THUMBNAIL: &str = "/_matrix/client/v1/media/thumbnail";

/// `server/id` of an `mxc:` address.
fn address(uri: &str) -> &str {
    uri.strip_prefix("mxc://").unwrap()
}

async fn fetch(user: &User, path: &str, headers: &[(&str, &str)]) -> Response {
    user.raw(Method::GET, path, headers, "".into()).await
}

/// A picture with a gradient, as PNG.
fn picture(width: u32, height: u32) -> Vec<u8> {
    let image = image::RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([u8::try_from(x % 256).unwrap(), u8::try_from(y % 256).unwrap(), 90])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn size(bytes: &[u8]) -> (u32, u32) {
    let image = image::load_from_memory(bytes).unwrap();
    (image.width(), image.height())
}

#[tokio::test]
async fn a_file_arrives_as_it_was_sent_also_after_a_kill() {
    let mut server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| u8::try_from(n % 251).unwrap()).collect();
    let upload = "/_matrix/media/v3/upload?filename=caf%C3%A9.bin";
    let sent = alice.raw(Method::POST, upload, &[("content-type", "video/mp4")], bytes.clone().into()).await;
    let uri = sent.expect_ok()["content_uri"].as_str().unwrap().to_owned();
    assert!(uri.starts_with("mxc://test.localhost/"), "{uri}");

    server.kill();
    server.start_again().await;

    let bob = bob.with_client(server.client().clone());
    let path = format!("{DOWNLOAD}/{}", address(&uri));
    let got = fetch(&bob, &path, &[]).await;
    assert_eq!((got.status.as_u16(), got.bytes.len()), (200, bytes.len()));
    assert!(got.bytes == bytes);
    assert_eq!(got.header("content-type"), Some("video/mp4"));
    assert_eq!(got.header("content-disposition"), Some("inline; filename*=utf-8''caf%C3%A9.bin"));
    assert_eq!(got.header("cross-origin-resource-policy"), Some("cross-origin"));
    assert!(got.header("content-security-policy").unwrap().starts_with("sandbox;"));
    let named = fetch(&bob, &format!("{path}/other.bin"), &[]).await;
    assert_eq!(named.header("content-disposition"), Some("inline; filename=other.bin"));
}

#[tokio::test]
async fn a_part_is_sent_where_a_part_is_asked_for_and_nothing_twice() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let uri = alice.upload("text/plain", "0123456789").await;
    let path = format!("{DOWNLOAD}/{}", address(&uri));
    let whole = fetch(&alice, &path, &[]).await;
    let etag = whole.header("etag").unwrap().to_owned();
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));

    for (range, expected, covered) in [
        ("bytes=2-4", "234", "bytes 2-4/10"),
        ("bytes=7-", "789", "bytes 7-9/10"),
        ("bytes=-1", "9", "bytes 9-9/10"),
    ] {
        let part = fetch(&alice, &path, &[("range", range)]).await;
        assert_eq!(part.status.as_u16(), 206, "{range}");
        assert_eq!(part.bytes, expected, "{range}");
        assert_eq!(part.header("content-range"), Some(covered));
        assert_eq!(part.header("content-length"), Some(expected.len().to_string().as_str()));
    }
    let outside = fetch(&alice, &path, &[("range", "bytes=10-")]).await;
    outside.expect_error(416, "M_INVALID_PARAM");
    assert_eq!(outside.header("content-range"), Some("bytes */10"));
    let part = fetch(&alice, &path, &[("range", "bytes=2-4"), ("if-range", &etag)]).await;
    assert_eq!(part.bytes, "234");
    let whole = fetch(&alice, &path, &[("range", "bytes=2-4"), ("if-range", "\"other\"")]).await;
    assert_eq!((whole.status.as_u16(), &whole.bytes[..]), (200, &b"0123456789"[..]));
    let held = fetch(&alice, &path, &[("if-none-match", &etag)]).await;
    assert_eq!((held.status.as_u16(), held.bytes.len()), (304, 0));
}

#[tokio::test]
async fn what_could_run_in_a_browser_is_only_ever_saved() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    for kind in ["text/html", "image/svg+xml", "application/javascript", "nonsense"] {
        let uri = alice.upload(kind, "<script>alert(1)</script>").await;
        let got = fetch(&alice, &format!("{DOWNLOAD}/{}", address(&uri)), &[]).await;
        assert_eq!(got.header("content-disposition"), Some("attachment"), "{kind}");
        assert_eq!(got.header("x-content-type-options"), Some("nosniff"));
    }
}

#[tokio::test]
async fn too_large_a_file_is_refused_and_leaves_nothing() {
    let server = Server::builder().config("[limits]\nmax_upload_bytes = 1000\n").start().await;
    let alice = server.register("alice").await;
    let config = alice.get("/_matrix/client/v1/media/config").await.expect_ok();
    assert_eq!(config["m.upload.size"], 1_000);
    alice.upload("text/plain", vec![b'x'; 1_000]).await;
    let upload = "/_matrix/media/v3/upload";
    let large = alice.raw(Method::POST, upload, &[], vec![b'x'; 1_001].into()).await;
    large.expect_error(413, "M_TOO_LARGE");
    let incoming = server.data_dir().join("media").join("incoming");
    assert_eq!(std::fs::read_dir(incoming).unwrap().count(), 0);
}

#[tokio::test]
async fn media_needs_a_token_and_an_address_that_exists() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let uri = alice.upload("image/png", picture(4, 4)).await;
    let here = address(&uri);
    for path in [format!("{DOWNLOAD}/{here}"), format!("{THUMBNAIL}/{here}?width=1&height=1")] {
        server.get(&path).await.expect_error(401, "M_MISSING_TOKEN");
    }
    // The freeze of unauthenticated media: what is newer is not there for those who do not say who they are.
    for path in ["download", "thumbnail"] {
        let path = format!("/_matrix/media/v3/{path}/{here}?width=1&height=1");
        server.get(&path).await.expect_error(404, "M_NOT_FOUND");
        alice.get(&path).await.expect_error(404, "M_NOT_FOUND");
    }
    for address in
        ["test.localhost/nothing", "elsewhere.test/abc", "test.localhost/%2e%2e%2f", "test.localhost/a%20b"]
    {
        alice.get(&format!("{DOWNLOAD}/{address}")).await.expect_error(404, "M_NOT_FOUND");
    }
    server.post("/_matrix/media/v3/upload", json!({})).await.expect_error(401, "M_MISSING_TOKEN");
    let preview = "/_matrix/client/v1/media/preview_url?url=http%3A%2F%2Fx";
    alice.get(preview).await.expect_error(404, "M_UNRECOGNIZED");
}

#[tokio::test]
async fn pictures_come_in_the_size_that_is_asked_for() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let uri = alice.upload("application/octet-stream", picture(1_000, 500)).await;
    let path = |query: &str| format!("{THUMBNAIL}/{}?{query}", address(&uri));
    for (query, expected, kind) in [
        ("width=32&height=32&method=crop", (32, 32), "image/jpeg"),
        ("width=320&height=240&method=scale", (480, 240), "image/jpeg"),
        ("width=5000&height=5000", (1_000, 500), "image/png"),
    ] {
        let got = fetch(&alice, &path(query), &[]).await;
        assert_eq!(got.status.as_u16(), 200, "{}", got.summary());
        assert_eq!(got.header("content-type"), Some(kind), "{query}");
        assert_eq!(size(&got.bytes), expected, "{query}");
        let etag = got.header("etag").unwrap().to_owned();
        let held = fetch(&alice, &path(query), &[("if-none-match", &etag)]).await;
        assert_eq!(held.status.as_u16(), 304, "{query}");
    }
    alice.get(&path("width=0&height=9")).await.expect_error(400, "M_INVALID_PARAM");
    alice.get(&path("width=-1&height=9")).await.expect_error(400, "M_INVALID_PARAM");
    alice.get(&path("height=9")).await.expect_error(400, "M_MISSING_PARAM");
    alice.get(&path("width=9&height=9&method=stretch")).await.expect_error(400, "M_INVALID_PARAM");
    let text = alice.upload("image/png", "no picture").await;
    let path = format!("{THUMBNAIL}/{}?width=9&height=9", address(&text));
    alice.get(&path).await.expect_error(400, "M_UNKNOWN");
}

/// Reserves an address: the `mxc:` address and the path to upload to.
async fn reserve(user: &User) -> (String, String) {
    let made = user.post("/_matrix/media/v1/create", json!({})).await.expect_ok();
    assert!(made["unused_expires_at"].is_u64(), "{made}");
    let uri = made["content_uri"].as_str().unwrap().to_owned();
    let path = format!("/_matrix/media/v3/upload/{}", address(&uri));
    (uri, path)
}

#[tokio::test]
async fn who_opens_a_file_before_it_is_there_gets_it_when_it_comes() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let (uri, upload) = reserve(&alice).await;
    let path = format!("{DOWNLOAD}/{}", address(&uri));
    alice.get(&format!("{path}?timeout_ms=50")).await.expect_error(504, "M_NOT_YET_UPLOADED");
    let waiting = {
        let (bob, path) =
            (bob.with_client(Client::separate(bob.client())), format!("{path}?timeout_ms=20000"));
        tokio::spawn(async move { fetch(&bob, &path, &[]).await })
    };
    tokio::time::sleep(Duration::from_millis(300)).await;

    let headers = [("content-type", "text/plain")];
    alice.raw(Method::PUT, &upload, &headers, "at last".into()).await.expect_ok();

    let got = tokio::time::timeout(Duration::from_secs(10), waiting).await.unwrap().unwrap();
    assert_eq!((got.status.as_u16(), &got.bytes[..]), (200, &b"at last"[..]));
}

#[tokio::test]
async fn a_reserved_address_is_its_makers_and_is_filled_once() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let (uri, upload) = reserve(&alice).await;
    bob.raw(Method::PUT, &upload, &[], "mine".into()).await.expect_error(403, "M_FORBIDDEN");

    let mut filling = tokio::task::JoinSet::new();
    for n in 0..8 {
        let (alice, upload) = (alice.clone(), upload.clone());
        filling.spawn(async move {
            let answer = alice.raw(Method::PUT, &upload, &[], format!("{n}").into()).await;
            match answer.status.as_u16() {
                200 => Some(format!("{n}")),
                _ => {
                    answer.expect_error(409, "M_CANNOT_OVERWRITE_MEDIA");
                    None
                }
            }
        });
    }
    let kept: Vec<String> = filling.join_all().await.into_iter().flatten().collect();

    assert_eq!(kept.len(), 1, "{kept:?}");
    let got = fetch(&bob, &format!("{DOWNLOAD}/{}", address(&uri)), &[]).await;
    assert_eq!(got.bytes, kept[0]);
    let nowhere = "/_matrix/media/v3/upload/test.localhost/neverReserved";
    alice.raw(Method::PUT, nowhere, &[], "x".into()).await.expect_error(404, "M_NOT_FOUND");
}

#[tokio::test]
async fn only_so_many_addresses_can_be_reserved() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let mut reserved = Vec::new();
    for _ in 0..50 {
        reserved.push(reserve(&alice).await);
    }
    let refused = alice.post("/_matrix/media/v1/create", json!({})).await;
    refused.expect_error(429, "M_LIMIT_EXCEEDED");
    assert!(refused.header("retry-after").is_some());
    alice.raw(Method::PUT, &reserved[0].1, &[], "x".into()).await.expect_ok();
    reserve(&alice).await;
}

#[tokio::test]
async fn uploads_are_limited_in_number() {
    let config = "[limits]\nrate_limits = true\nupload = { per_second = 0.01, burst = 3 }\n";
    let server = Server::builder().config(config).start().await;
    let alice = server.register("alice").await;
    for _ in 0..3 {
        alice.upload("text/plain", "x").await;
    }
    let refused = alice.raw(Method::POST, "/_matrix/media/v3/upload", &[], "x".into()).await;
    refused.expect_error(429, "M_LIMIT_EXCEEDED");
}
