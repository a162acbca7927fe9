//! File names of uploads, and the `Content-Disposition` header that carries them (RFC 6266, RFC 8187).

use crate::content_type;

/// Longest file name in characters that is kept: what usual file systems take.
const LENGTH_MAX: usize = 255;

/// What is kept of a file name that an uploader or a URL gives; `None` if nothing is left.
///
/// Control characters could break headers and terminals, direction overrides make `exe.gpj` look like a picture, and
/// a path separator has no place in the name of one file: a careless client might follow it.
#[must_use]
pub fn accept(claimed: &str) -> Option<String> {
    let cleaned: String = claimed
        .chars()
        .filter(|character| !character.is_control() && !overrides_direction(*character))
        .map(|character| if matches!(character, '/' | '\\') { '_' } else { character })
        .take(LENGTH_MAX)
        .collect();
    let cleaned = cleaned.trim();
    if cleaned.is_empty() || cleaned.chars().all(|character| character == '.') {
        None
    } else {
        Some(cleaned.to_owned())
    }
}

fn overrides_direction(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The value of `Content-Disposition` for content of this type and name: `inline` only where that is harmless.
///
/// The result is visible ASCII and spaces whatever the name holds.
#[must_use]
pub fn content_disposition(content_type: &str, file_name: Option<&str>) -> String {
    let kind = if content_type::may_be_inline(content_type) { "inline" } else { "attachment" };
    match file_name.and_then(accept) {
        None => kind.to_owned(),
        Some(name) if content_type::is_token(&name) => format!("{kind}; filename={name}"),
        Some(name) if name.is_ascii() => format!("{kind}; filename=\"{}\"", quoted(&name)),
        Some(name) => format!("{kind}; filename*=utf-8''{}", percent_encoded(&name)),
    }
}

/// The inside of a `quoted-string` (RFC 9110 section 5.6.4).
fn quoted(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for character in name.chars() {
        if matches!(character, '"' | '\\') {
            text.push('\\');
        }
        text.push(character);
    }
    text
}

/// A `value-chars` (RFC 8187 section 3.2.1): every byte but `attr-char` is percent-encoded.
fn percent_encoded(name: &str) -> String {
    let mut text = String::with_capacity(name.len().saturating_mul(3));
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push('%');
            text.push_str(&crate::blob_key::hex(&[byte]).to_ascii_uppercase());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_written_in_the_plainest_form_that_holds_them() {
        let header = |name| content_disposition("text/plain", name);
        assert_eq!(header(None), "inline");
        assert_eq!(header(Some("ascii")), "inline; filename=ascii");
        assert_eq!(header(Some("name with spaces")), "inline; filename=\"name with spaces\"");
        assert_eq!(header(Some("name;with;semicolons")), "inline; filename=\"name;with;semicolons\"");
        assert_eq!(header(Some("a\"b")), "inline; filename=\"a\\\"b\"");
        assert_eq!(header(Some("\u{2615}")), "inline; filename*=utf-8''%E2%98%95");
    }

    #[test]
    fn harmful_types_are_attachments() {
        assert_eq!(content_disposition("text/html", Some("a.html")), "attachment; filename=a.html");
        assert_eq!(content_disposition("image/svg+xml", None), "attachment");
    }

    #[test]
    fn hostile_names_are_defused() {
        assert_eq!(accept("../../etc/passwd"), Some(".._.._etc_passwd".to_owned()));
        assert_eq!(accept("a\r\nSet-Cookie: b"), Some("aSet-Cookie: b".to_owned()));
        assert_eq!(accept("photo\u{202e}gpj.exe"), Some("photogpj.exe".to_owned()));
        for nothing in ["", "  ", "\0\0", "..", ".", "\u{202e}"] {
            assert_eq!(accept(nothing), None, "{nothing:?}");
        }
        assert_eq!(accept(&"é".repeat(1000)).map(|name| name.chars().count()), Some(LENGTH_MAX));
    }

    proptest! {
        #[test]
        fn the_header_is_always_one_line_of_ascii(kind in "[a-z/]{0,20}", name in any::<String>()) {
            let header = content_disposition(&kind, Some(&name));
            prop_assert!(header.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()), "{:?}", header);
        }

        #[test]
        fn a_plain_name_is_kept_as_it_is(name in "[a-zA-Z0-9éü☕_-]{1,60}") {
            prop_assert_eq!(accept(&name), Some(name));
        }
    }
}
