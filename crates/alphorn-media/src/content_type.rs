//! Content types: which ones a browser may show in place, and what we make of the ones that uploaders claim.
//!
//! Specification: client-server API, "Serving inline content".

/// The type of bytes about which nothing is known.
pub const OCTET_STREAM: &str = "application/octet-stream";

/// Policy sent with all content: whatever a browser makes of the bytes, it runs no script and loads nothing.
pub const CONTENT_SECURITY_POLICY: &str = "sandbox; default-src 'none'; script-src 'none'; \
     plugin-types application/pdf; style-src 'unsafe-inline'; object-src 'self';";

/// Longest content type that is kept.
const LENGTH_MAX: usize = 255;

/// Types that do not run scripts when a browser shows them.
const INLINE: &[&str] = &[
    "text/css",
    "text/plain",
    "text/csv",
    "application/json",
    "application/ld+json",
    "image/jpeg",
    "image/gif",
    "image/png",
    "image/apng",
    "image/webp",
    "image/avif",
    "video/mp4",
    "video/webm",
    "video/ogg",
    "video/quicktime",
    "audio/mp4",
    "audio/webm",
    "audio/aac",
    "audio/mpeg",
    "audio/ogg",
    "audio/wave",
    "audio/wav",
    "audio/x-wav",
    "audio/x-pn-wav",
    "audio/flac",
    "audio/x-flac",
];

/// Whether content of this type may be served with the disposition `inline`. Parameters and case do not count.
#[must_use]
pub fn may_be_inline(content_type: &str) -> bool {
    let essence = essence(content_type);
    INLINE.iter().any(|allowed| essence.eq_ignore_ascii_case(allowed))
}

/// The uploader's content type if it is one and fits into a header, else `application/octet-stream`.
#[must_use]
pub fn accept(claimed: Option<&str>) -> String {
    match claimed.map(str::trim) {
        Some(claimed) if is_content_type(claimed) => claimed.to_owned(),
        _ => OCTET_STREAM.to_owned(),
    }
}

/// `type/subtype`, both tokens, with parameters of visible ASCII. A list (`text/plain, text/html`) is refused: the
/// two readers of such a header, we and the browser, might disagree about which one counts.
fn is_content_type(text: &str) -> bool {
    if text.len() > LENGTH_MAX || !text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
        return false;
    }
    let Some((kind, subtype)) = essence(text).split_once('/') else { return false };
    is_token(kind) && is_token(subtype) && !text.contains(',')
}

fn essence(content_type: &str) -> &str {
    content_type.split_once(';').map_or(content_type, |(essence, _)| essence).trim()
}

/// A `token` as RFC 9110 section 5.6.2 has it.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_harmless_types_are_shown_in_place() {
        for harmless in ["image/png", "IMAGE/PNG", "text/plain; charset=utf-8", "text/plain ;charset=utf-8"] {
            assert!(may_be_inline(harmless), "{harmless}");
        }
        for harmful in [
            "text/html",
            "image/svg+xml",
            "application/xhtml+xml",
            "application/pdf",
            "text/xml",
            "image/png, text/html",
            "text/html; image/png",
            "",
        ] {
            assert!(!may_be_inline(harmful), "{harmful}");
        }
    }

    #[test]
    fn nonsense_becomes_octet_stream() {
        for claimed in [
            "",
            "png",
            "image/",
            "/png",
            "image/png\r\nSet-Cookie: a=b",
            "image/p ng",
            "text/plain, text/html",
            "é/é",
        ] {
            assert_eq!(accept(Some(claimed)), OCTET_STREAM, "{claimed:?}");
        }
        assert_eq!(accept(None), OCTET_STREAM);
        assert_eq!(accept(Some(&format!("text/{}", "a".repeat(300)))), OCTET_STREAM);
        assert_eq!(accept(Some(" text/plain; charset=\"utf-8\" ")), "text/plain; charset=\"utf-8\"");
    }

    proptest! {
        #[test]
        fn an_accepted_type_is_a_header_value(claimed in ".{0,300}") {
            let accepted = accept(Some(&claimed));
            prop_assert!(accepted.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()));
            prop_assert!(accepted.len() <= LENGTH_MAX);
        }
    }
}
