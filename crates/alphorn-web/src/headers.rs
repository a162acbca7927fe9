//! What pages of the client may do: load only from here, run only files, be framed by nobody.

use http::{HeaderMap, HeaderName, HeaderValue, header};

const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCES: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");

/// Camera, microphone and place are asked for by the client itself; the rest is nobody's business.
const PERMITTED: &str = "camera=(self), microphone=(self), geolocation=(self), display-capture=(self), \
    publickey-credentials-get=(self), payment=(), usb=(), serial=(), bluetooth=(), midi=(), accelerometer=(), \
    gyroscope=(), magnetometer=(), browsing-topics=()";

/// Puts the protecting headers on an answer.
pub(crate) fn protect(headers: &mut HeaderMap, nodes: &[String]) {
    let mut put =
        |name: HeaderName, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::REFERRER_POLICY, "no-referrer");
    put(header::X_FRAME_OPTIONS, "DENY");
    put(OPENER, "same-origin");
    put(RESOURCES, "same-origin");
    put(PERMISSIONS, PERMITTED);
    if let Ok(policy) = HeaderValue::from_str(&policy(nodes)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// No inline script or style; WebAssembly for the encryption; requests to this node and its fellows only.
pub(crate) fn policy(nodes: &[String]) -> String {
    let mut connect = String::from("'self'");
    for node in nodes.iter().filter_map(|node| origin(node)) {
        connect.push(' ');
        connect.push_str(&node);
    }
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; font-src 'self'; \
         img-src 'self' blob:; media-src 'self' blob:; connect-src {connect}; worker-src 'self'; \
         manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
}

/// `https://host:port` of an address; nothing of one that could end the directive it stands in.
fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let plain =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | ':' | '[' | ']');
    let sound = matches!(scheme, "http" | "https") && !authority.is_empty() && authority.chars().all(plain);
    sound.then(|| format!("{scheme}://{authority}"))
}
