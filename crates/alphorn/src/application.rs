//! All of the HTTP API under one roof: the crates of floor 4 with the settings they need, and the web client beside it.

use std::sync::Arc;

use alphorn_client_sync::Connections;
use alphorn_engine::Engine;
use alphorn_http::{App, AppServices, Rate, RateLimits, Shutdown, Site};
use alphorn_media::MediaRepository;
use alphorn_model::Clock;
use axum::Router;
use tokio::sync::watch;

use crate::cluster::{self, Members, ThisMachine};
use crate::config::{self, Config, PeopleDirectory, RegistrationMode};
use crate::metrics::Metrics;

/// The router of the API.
pub(crate) fn router(
    config: &Config,
    engine: Engine,
    media: Arc<MediaRepository>,
    clock: Arc<dyn Clock>,
    stopping: watch::Receiver<bool>,
    members: Option<&Members>,
    metrics: Arc<Metrics>,
) -> Router {
    let connections = Connections::default();
    if let Some(members) = members {
        tokio::spawn(cluster::share_connections(members.link(), engine.clone(), connections.clone()));
    }
    let machine = Arc::new(ThisMachine::new(config, engine.clone(), members.cloned(), metrics));
    let site = Site { nodes: members.map(Members::urls), ..site(config) };
    let web = alphorn_web::router(members.map(Members::addresses));
    let app = App::new(engine, site, rates(config, clock), Shutdown::new(stopping), AppServices::default());
    tokio::spawn(alphorn_client_media::sweep_regularly(app.clone(), Arc::clone(&media)));
    let routes = match members {
        Some(members) => cluster::while_in(routes(media, machine, &connections), members.state()),
        None => routes(media, machine, &connections),
    };
    alphorn_http::finish(routes, app).merge(web)
}

/// The routes of all crates on floor 4: one line for each.
fn routes(media: Arc<MediaRepository>, machine: Arc<ThisMachine>, connections: &Connections) -> Router<App> {
    Router::new()
        .merge(alphorn_admin::routes(Arc::clone(&media), machine))
        .merge(alphorn_client_account::routes())
        .merge(alphorn_client_keys::routes())
        .merge(alphorn_client_media::routes(media))
        .merge(alphorn_client_rooms::routes())
        .merge(alphorn_client_sync::routes(connections))
}

fn site(config: &Config) -> Site {
    let limit = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
    let registration = &config.registration;
    Site {
        public_base_url: config.public_base_url.as_ref().map(|url| url.trim_end_matches('/').to_owned()),
        default_room_version: config.rooms.default_version.clone(),
        registration_open: registration.mode == RegistrationMode::Open,
        registration_tokens: registration.mode == RegistrationMode::Token,
        registration_shared_secret: registration
            .shared_secret
            .as_ref()
            .map(|secret| secret.reveal().to_owned()),
        allow_guests: registration.allow_guests,
        password_length_min: usize::try_from(config.passwords.min_length).unwrap_or(usize::MAX),
        body_bytes_max: limit(config.limits.max_body_bytes),
        upload_bytes_max: config.limits.max_upload_bytes,
        anyone_may_publish: config.rooms.anyone_may_publish,
        everybody_is_found: match config.people.directory {
            PeopleDirectory::Auto => None,
            PeopleDirectory::Everybody => Some(true),
            PeopleDirectory::Acquainted => Some(false),
        },
        public_directory_open: !config.rooms.public_directory_requires_auth,
        ..Site::default()
    }
}

fn rates(config: &Config, clock: Arc<dyn Clock>) -> RateLimits {
    let limits = &config.limits;
    let rate = |rate: config::Rate| Rate { per_second: rate.per_second, burst: f64::from(rate.burst) };
    let all = [
        ("login", rate(limits.login)),
        ("registration", rate(limits.registration)),
        ("message", rate(limits.message)),
        ("upload", rate(limits.upload)),
    ];
    RateLimits::new(clock, all.into_iter().filter(|_| limits.rate_limits))
}
