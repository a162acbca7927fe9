//! Push: rules and pushers. Specification: Client-Server API, "Push Notifications".

mod notifications;
mod pushers;
mod rules;
mod ruleset;

use axum::routing::{get, post};

use crate::Paths;

pub(crate) fn add(paths: Paths) -> Paths {
    let rule = || get(rules::one).put(rules::put).delete(rules::delete);
    paths
        .v3("/pushrules/", get(rules::all))
        .v3("/pushrules/global/", get(rules::global))
        .v3("/pushrules/global/{kind}/", get(rules::of_kind).put(rules::without_id))
        .v3("/pushrules/global/{kind}/{rule}", rule())
        .v3("/pushrules/global/{kind}/{rule}/enabled", get(rules::enabled).put(rules::enable))
        .v3("/pushrules/global/{kind}/{rule}/actions", get(rules::actions).put(rules::set_actions))
        .v3("/pushers", get(pushers::get))
        .v3("/pushers/set", post(pushers::set))
        .v3("/notifications", get(notifications::get))
}
