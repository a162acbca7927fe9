//! The account itself: password, third-party identifiers, its end.
//! Specification: Client-Server API, "Account management", "Adding account administrative contact information".

mod deactivate;
mod password;
mod threepids;
mod validation;

use axum::routing::{get, post};

use crate::Paths;

pub(crate) fn add(paths: Paths) -> Paths {
    paths
        .v3("/account/password", post(password::post))
        .v3("/account/deactivate", post(deactivate::post))
        .v3("/account/3pid", get(threepids::get).post(threepids::post))
        .v3("/account/3pid/add", post(threepids::add))
        .v3("/account/3pid/bind", post(threepids::bind))
        .v3("/account/3pid/delete", post(threepids::delete))
        .v3("/account/3pid/unbind", post(threepids::unbind))
        .v3("/account/3pid/email/requestToken", post(validation::for_account))
        .v3("/account/3pid/msisdn/requestToken", post(validation::for_account))
        .v3("/account/password/email/requestToken", post(validation::for_password))
        .v3("/account/password/msisdn/requestToken", post(validation::for_password))
        .v3("/register/email/requestToken", post(validation::for_registration))
        .v3("/register/msisdn/requestToken", post(validation::for_registration))
}
