//! What every handler can reach.

use std::{collections::HashMap, sync::Arc};

use alphorn_engine::Engine;
use tokio::sync::watch;

use crate::{Client, interactive::Interactive, limit::RateLimits, settings::Settings, sightings::Sightings};

/// Settings of the site that handlers need, taken from the configuration once.
#[derive(Debug, Clone)]
pub struct Site {
    /// The address clients reach, with scheme and without trailing slash; absent: not known.
    pub public_base_url: Option<String>,
    /// The room version of new rooms.
    pub default_room_version: String,
    /// Anyone may register.
    pub registration_open: bool,
    /// Registration with a token is offered.
    pub registration_tokens: bool,
    /// The secret of Synapse's shared-secret registration; absent: off.
    pub registration_shared_secret: Option<String>,
    /// Guests may come.
    pub allow_guests: bool,
    /// Shortest password.
    pub password_length_min: usize,
    /// Largest JSON body in bytes.
    pub body_bytes_max: usize,
    /// Largest upload in bytes.
    pub upload_bytes_max: u64,
    /// Media made before media needed authentication may be read without.
    pub unauthenticated_media: bool,
    /// Everybody may list rooms in the public directory, not only administrators.
    pub anyone_may_publish: bool,
    /// The public directory is open to those who are not signed in, and to other servers.
    pub public_directory_open: bool,
    /// Everybody is found in the user directory, or only those whom one could meet; absent: everybody, unless
    /// strangers may make accounts.
    pub everybody_is_found: Option<bool>,
    /// Presence is served.
    pub presence: bool,
    /// In a cluster: the addresses of the nodes that serve clients now.
    pub nodes: Option<watch::Receiver<Vec<String>>>,
}

impl Default for Site {
    fn default() -> Self {
        Self {
            public_base_url: None,
            default_room_version: "12".to_owned(),
            registration_open: false,
            registration_tokens: true,
            registration_shared_secret: None,
            allow_guests: false,
            password_length_min: 8,
            body_bytes_max: 1 << 20,
            upload_bytes_max: 50 << 20,
            unauthenticated_media: false,
            anyone_may_publish: true,
            public_directory_open: false,
            everybody_is_found: None,
            presence: true,
            nodes: None,
        }
    }
}

/// Tells those who wait long that the server is stopping.
#[derive(Debug, Clone)]
pub struct Shutdown(watch::Receiver<bool>);

impl Shutdown {
    /// From the sender's other end; `true` means stopping.
    #[must_use]
    pub const fn new(receiver: watch::Receiver<bool>) -> Self {
        Self(receiver)
    }

    /// Waits until the server is stopping.
    pub async fn stopping(&self) {
        let mut receiver = self.0.clone();
        // A sender that is gone stops nothing.
        if receiver.wait_for(|stopping| *stopping).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// The application services that the administrator registered: by token.
#[derive(Debug, Clone, Default)]
pub struct AppServices {
    /// By `as_token`: the service's id, its sender's localpart, and who else it may act as.
    pub by_token: HashMap<String, crate::auth::Appservice>,
}

struct Inner {
    engine: Engine,
    site: Site,
    limits: RateLimits,
    shutdown: Shutdown,
    appservices: AppServices,
    interactive: Interactive,
    sightings: Sightings,
    settings: Settings,
}

/// The state of all handlers. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

impl App {
    /// Puts it together.
    #[must_use]
    pub fn new(
        engine: Engine,
        site: Site,
        limits: RateLimits,
        shutdown: Shutdown,
        appservices: AppServices,
    ) -> Self {
        Self(Arc::new(Inner {
            settings: Settings::follow(&engine),
            engine,
            site,
            limits,
            shutdown,
            appservices,
            interactive: Interactive::default(),
            sightings: Sightings::default(),
        }))
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.0.engine
    }

    /// The site's settings.
    #[must_use]
    pub fn site(&self) -> &Site {
        &self.0.site
    }

    /// The settings that administrators change at run time.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Rate limits.
    #[must_use]
    pub fn limits(&self) -> &RateLimits {
        &self.0.limits
    }

    /// Tells that the server is stopping.
    #[must_use]
    pub fn shutdown(&self) -> &Shutdown {
        &self.0.shutdown
    }

    /// The application services.
    #[must_use]
    pub fn appservices(&self) -> &AppServices {
        &self.0.appservices
    }

    /// Sessions of user-interactive authentication.
    #[must_use]
    pub(crate) fn interactive(&self) -> &Interactive {
        &self.0.interactive
    }

    /// Notes that a person does something, which others see in the presence.
    /// Specification: Client-Server API, "Last active ago".
    pub async fn note_activity(&self, client: &Client) {
        let engine = self.engine();
        let person = client.appservice.is_none() && self.site().presence;
        if person && engine.ephemera().act(client.user.as_str(), &client.device, engine.now_ms()) {
            engine.wake_rooms_of(client.user.to_string()).await;
        }
    }

    /// When and from where devices were last seen.
    #[must_use]
    pub fn sightings(&self) -> &Sightings {
        &self.0.sightings
    }
}
