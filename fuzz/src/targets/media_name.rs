//! File names, content types and ids of uploads: they end up in headers and paths.

use alphorn_media::{BlobKey, MediaId, content_type, file_name};

use super::Target;

pub(super) const TARGET: Target = Target {
    name: "media_name",
    about: "file names, content types and ids of uploads",
    run,
    tokens: &[
        "text/html",
        "image/png",
        "; charset=utf-8",
        ", ",
        "filename*=",
        "utf-8''",
        "..",
        "/",
        "\\",
        "\u{202e}",
        "\u{2028}",
    ],
};

fn run(input: &[u8]) -> String {
    let text = String::from_utf8_lossy(input);
    let (kind, name) = text.split_once('\n').unwrap_or(("", &text));
    let visible = |header: &str| header.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());

    let accepted_kind = content_type::accept(Some(kind));
    assert!(visible(&accepted_kind), "a content type breaks its header");
    let disposition = file_name::content_disposition(&accepted_kind, Some(name));
    assert!(visible(&disposition), "a file name breaks its header");
    assert!(
        content_type::may_be_inline(&accepted_kind) || disposition.starts_with("attachment"),
        "something that may run scripts is shown in place"
    );
    let accepted_name = file_name::accept(name);
    if let Some(accepted) = &accepted_name {
        assert!(!accepted.contains(['/', '\\', '\0']), "a file name is a path");
        assert_eq!(
            file_name::accept(accepted).as_ref(),
            Some(accepted),
            "what was accepted is accepted again"
        );
    }
    let id = MediaId::parse(name);
    if let Ok(id) = &id {
        assert_eq!(id.as_str(), name);
    }
    format!(
        "kind {}, name {}, id {}, key {}, {}",
        accepted_kind == kind,
        accepted_name.as_deref() == Some(name),
        id.is_ok(),
        BlobKey::parse(name).is_ok(),
        disposition.split('=').next().unwrap_or_default(),
    )
}
