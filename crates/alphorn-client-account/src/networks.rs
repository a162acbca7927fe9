//! `/_matrix/client/v3/thirdparty/...` and `GET /_matrix/client/v3/voip/turnServer`: services beside the
//! server. None is connected, and the answers say so. Specification: Client-Server API, "Third-party
//! Networks", "Voice over IP".

use alphorn_http::{Client, RawAnswer, Result, empty, model::Refusal};
use axum::routing::get;

use crate::Paths;

pub(crate) fn add(paths: Paths) -> Paths {
    paths
        .v3("/thirdparty/protocols", get(nothing))
        .v3("/thirdparty/protocol/{protocol}", get(unknown_protocol))
        .v3("/thirdparty/location", get(none))
        .v3("/thirdparty/location/{protocol}", get(unknown_protocol))
        .v3("/thirdparty/user", get(none))
        .v3("/thirdparty/user/{protocol}", get(unknown_protocol))
        .v3("/voip/turnServer", get(nothing))
}

/// No protocols; no relay for calls.
async fn nothing(_: Client) -> Result {
    empty()
}

/// No places or people of other networks.
async fn none(_: Client) -> Result {
    Ok(RawAnswer::new("[]".to_owned()))
}

async fn unknown_protocol(_: Client) -> Result {
    Err(Refusal::not_found("no such protocol is connected to the server").into())
}
