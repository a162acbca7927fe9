//! The files themselves, and which form of one a browser gets.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use http::{HeaderMap, header};

/// One file of the client.
pub(crate) struct File {
    pub(crate) path: &'static str,
    pub(crate) plain: &'static [u8],
    pub(crate) brotli: Option<&'static [u8]>,
    pub(crate) gzip: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// The file at this path.
pub(crate) fn find(path: &str) -> Option<&'static File> {
    FILES.binary_search_by(|file| file.path.cmp(path)).ok().and_then(|index| FILES.get(index))
}

impl File {
    /// Changes with the content. Names of hashed files say as much already.
    pub(crate) fn tag(&self) -> String {
        if self.hashed() {
            return format!("\"{}\"", self.path.rsplit('/').next().unwrap_or_default());
        }
        let mut hasher = DefaultHasher::new();
        self.plain.hash(&mut hasher);
        format!("\"{:016x}\"", hasher.finish())
    }

    fn hashed(&self) -> bool {
        self.path.starts_with("/assets/")
    }

    pub(crate) fn caching(&self) -> &'static str {
        if self.hashed() { "public, max-age=31536000, immutable" } else { "no-cache" }
    }

    pub(crate) fn content_type(&self) -> &'static str {
        match self.path.rsplit('.').next() {
            Some("html") => "text/html; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("json") => "application/json",
            Some("webmanifest") => "application/manifest+json",
            Some("svg") => "image/svg+xml",
            Some("png") => "image/png",
            Some("wasm") => "application/wasm",
            Some("woff2") => "font/woff2",
            Some("txt") => "text/plain; charset=utf-8",
            _ => "application/octet-stream",
        }
    }

    /// The smallest form that the browser understands, and its name.
    pub(crate) fn best(&self, headers: &HeaderMap) -> (&'static [u8], Option<&'static str>) {
        let accepted =
            headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
        let accepts = |name: &str| {
            accepted.split(',').any(|one| {
                let mut parts = one.split(';');
                let named = parts.next().is_some_and(|found| found.trim().eq_ignore_ascii_case(name));
                named && !parts.any(|part| matches!(part.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
            })
        };
        match (self.brotli, self.gzip) {
            (Some(bytes), _) if accepts("br") => (bytes, Some("br")),
            (_, Some(bytes)) if accepts("gzip") => (bytes, Some("gzip")),
            _ => (self.plain, None),
        }
    }
}
