//! Push: rules and pushers. Specification: Client-Server API, "Push Notifications".

mod notifications;
mod pushers;
mod rules;
mod ruleset;

use axum::routing::{get, post};

use crate::Paths;

pub(crate) fn add(paths: Paths) -> Paths {
    let rule = || get(rules::one).put(rules::put).delete(rules::delete);
    let with_and_without_slash = |paths: Paths, path: &str, methods: axum::routing::MethodRouter<_>| {
        paths.v3(&format!("{path}/"), methods.clone()).v3(path, methods)
    };
    let paths = with_and_without_slash(paths, "/pushrules", get(rules::all));
    let paths = with_and_without_slash(paths, "/pushrules/global", get(rules::global));
    let paths = with_and_without_slash(paths, "/pushrules/global/{kind}", get(rules::of_kind));
    paths
        .v3("/pushrules/global/{kind}/{rule}", rule())
        .v3("/pushrules/global/{kind}/{rule}/enabled", get(rules::enabled).put(rules::enable))
        .v3("/pushrules/global/{kind}/{rule}/actions", get(rules::actions).put(rules::set_actions))
        .v3("/pushers", get(pushers::get))
        .v3("/pushers/set", post(pushers::set))
        .v3("/notifications", get(notifications::get))
}
