//! Headers of content.

use super::*;

fn asked(name: HeaderName, value: &'static str) -> HeaderMap {
    HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
}

#[test]
fn what_a_client_holds_is_recognised() {
    for held in ["\"abc\"", "W/\"abc\"", "\"x\", \"abc\"", "*"] {
        assert!(is_held(&asked(header::IF_NONE_MATCH, held), "abc"), "{held}");
    }
    for other in ["abc", "\"abd\"", "", "W/abc"] {
        assert!(!is_held(&asked(header::IF_NONE_MATCH, other), "abc"), "{other}");
    }
    assert!(!is_held(&HeaderMap::new(), "abc"));
}

#[test]
fn no_content_can_run_in_a_browser() {
    let headers = headers("text/html", Some("a\"b\r\n.html"), "tag").unwrap();
    let disposition = headers.get(header::CONTENT_DISPOSITION).unwrap().to_str().unwrap();
    assert!(disposition.starts_with("attachment"), "{disposition}");
    assert!(headers.get(header::CONTENT_SECURITY_POLICY).unwrap().to_str().unwrap().contains("sandbox"));
    assert_eq!(headers.get(header::X_CONTENT_TYPE_OPTIONS).unwrap(), "nosniff");
    assert_eq!(headers.get(CORP).unwrap(), "cross-origin");
}
