//! Floors: which of our packages each package may list, and what it must never list.
//!
//! Dependencies point downwards only and packages of one floor do not know each other, so no cycle of services
//! can grow. ARCHITECTURE.md has the picture and `docs/decisions/0002-floors-as-crates.md` the reasons.

use super::Finding;
use super::manifests::{Kind, Manifest};

/// One row of the table. A package of ours that has no row is a finding: where does it stand?
struct Floor {
    package: &'static str,
    /// Which of our packages it may list.
    may_use: &'static [&'static [&'static str]],
    /// What would let the outside in at the wrong floor. Tests of a package may list it all the same.
    never: &'static [&'static [&'static str]],
}

const MODEL: &str = "alphorn-model";
/// What handlers see of the program: the engine is their only door to domain, log and store.
const BELOW_HANDLERS: &[&str] = &[MODEL, "alphorn-engine", "alphorn-http"];
const BELOW_ENGINE: &[&str] = &[MODEL, "alphorn-domain", "alphorn-log", "alphorn-store", "alphorn-media"];
const ALL: &[&str] = &[
    MODEL,
    "alphorn-domain",
    "alphorn-log",
    "alphorn-store",
    "alphorn-media",
    "alphorn-egress",
    "alphorn-engine",
    "alphorn-http",
    "alphorn-push",
    "alphorn-admin",
    "alphorn-client-account",
    "alphorn-client-rooms",
    "alphorn-client-sync",
    "alphorn-client-keys",
    "alphorn-client-media",
    "alphorn-web",
];

const RUNTIME: &[&str] = &["tokio", "tokio-rustls", "tokio-util", "async-std", "smol"];
const HTTP: &[&str] = &["axum", "http-body-util", "hyper", "hyper-util", "tower", "tower-http", "reqwest"];
const DATABASE: &[&str] = &["rusqlite", "libsqlite3-sys", "redb", "heed", "fjall", "sqlx"];
const BROKER: &[&str] = &["async-nats"];
const CHANCE: &[&str] = &["rand", "getrandom", "fastrand"];
const CLOCK: &[&str] = &["chrono", "time", "jiff"];
/// Its request types are compiled per endpoint; ours are small (`docs/decisions/0003-own-request-types-over-ruma-client-api.md`).
const CLIENT_API_TYPES: &[&str] = &["ruma", "ruma-client-api"];
/// One error type for everything is for programs, not for what they are made of.
const ANY_ERROR: &[&str] = &["anyhow", "eyre", "clap"];

const FLOORS: &[Floor] = &[
    Floor {
        package: MODEL,
        may_use: &[],
        never: &[RUNTIME, HTTP, DATABASE, BROKER, CLOCK, CLIENT_API_TYPES, ANY_ERROR],
    },
    Floor {
        package: "alphorn-domain",
        may_use: &[&[MODEL]],
        never: &[RUNTIME, HTTP, DATABASE, BROKER, CHANCE, CLOCK, CLIENT_API_TYPES, ANY_ERROR],
    },
    Floor { package: "alphorn-log", may_use: &[&[MODEL]], never: &[HTTP, CLIENT_API_TYPES, ANY_ERROR] },
    Floor {
        package: "alphorn-store",
        may_use: &[&[MODEL]],
        never: &[RUNTIME, HTTP, BROKER, CHANCE, CLIENT_API_TYPES, ANY_ERROR],
    },
    Floor {
        package: "alphorn-media",
        may_use: &[&[MODEL]],
        never: &[HTTP, DATABASE, BROKER, CLIENT_API_TYPES, ANY_ERROR],
    },
    Floor {
        package: "alphorn-egress",
        may_use: &[&[MODEL]],
        never: &[DATABASE, BROKER, CLIENT_API_TYPES, ANY_ERROR],
    },
    Floor {
        package: "alphorn-push",
        may_use: &[&[MODEL, "alphorn-egress", "alphorn-engine"]],
        never: &[DATABASE, BROKER, CLIENT_API_TYPES, ANY_ERROR],
    },
    Floor {
        package: "alphorn-engine",
        may_use: &[BELOW_ENGINE],
        never: &[HTTP, DATABASE, BROKER, CLIENT_API_TYPES, ANY_ERROR],
    },
    Floor {
        package: "alphorn-http",
        may_use: &[&[MODEL, "alphorn-engine"]],
        never: &[DATABASE, BROKER, CLIENT_API_TYPES, ANY_ERROR],
    },
    handlers("alphorn-client-account"),
    handlers("alphorn-client-rooms"),
    handlers("alphorn-client-sync"),
    handlers("alphorn-client-keys"),
    Floor {
        package: "alphorn-admin",
        may_use: &[BELOW_HANDLERS, &["alphorn-media"]],
        never: &[DATABASE, BROKER, CLIENT_API_TYPES, ANY_ERROR],
    },
    Floor {
        package: "alphorn-client-media",
        may_use: &[BELOW_HANDLERS, &["alphorn-media"]],
        never: &[DATABASE, BROKER, CLIENT_API_TYPES, ANY_ERROR],
    },
    Floor {
        package: "alphorn-web",
        may_use: &[],
        never: &[DATABASE, BROKER, CHANCE, CLOCK, CLIENT_API_TYPES, ANY_ERROR],
    },
    Floor { package: "alphorn", may_use: &[ALL], never: &[] },
    Floor { package: "alphorn-nats-server", may_use: &[], never: &[RUNTIME, HTTP, ANY_ERROR] },
    Floor { package: "alphorn-tests", may_use: &[ALL, &["alphorn-nats-server"]], never: &[] },
    Floor { package: "alphorn-bench", may_use: &[ALL, &["alphorn-tests"]], never: &[] },
    Floor { package: "alphorn-fuzz", may_use: &[ALL], never: &[] },
    Floor { package: "xtask", may_use: &[&["alphorn-nats-server"]], never: &[] },
];

/// A package of endpoints: HTTP in, commands and queries out.
const fn handlers(package: &'static str) -> Floor {
    Floor { package, may_use: &[BELOW_HANDLERS], never: &[DATABASE, BROKER, CLIENT_API_TYPES, ANY_ERROR] }
}

pub(super) fn check(manifests: &[Manifest]) -> Vec<Finding> {
    manifests.iter().filter(|manifest| manifest.is_member()).flat_map(check_package).collect()
}

fn check_package(manifest: &Manifest) -> Vec<Finding> {
    let Some(name) = &manifest.name else { return Vec::new() };
    let Some(floor) = FLOORS.iter().find(|floor| floor.package == name) else {
        let message = format!("`{name}` has no row in the table of floors (xtask/src/tidy/floors.rs)");
        return vec![Finding::in_file(&manifest.file, message)];
    };
    let broken = manifest.dependencies.iter().filter_map(|(kind, listed)| floor.objection(*kind, listed));
    broken.map(|message| Finding::in_file(&manifest.file, message)).collect()
}

impl Floor {
    fn objection(&self, kind: Kind, listed: &str) -> Option<String> {
        let package = self.package;
        if FLOORS.iter().any(|floor| floor.package == listed) {
            // Tests reach no higher than the package itself, or a change above would rebuild them.
            return (!self.may_use.iter().any(|group| group.contains(&listed)))
                .then(|| format!("`{package}` lists `{listed}`, which does not stand below it"));
        }
        let forbidden = kind != Kind::Dev && self.never.iter().any(|group| group.contains(&listed));
        forbidden.then(|| format!("`{package}` lists `{listed}`, which has no place on its floor"))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn findings(package: &str, rest: &str) -> Vec<String> {
        let text = format!("[package]\nname = '{package}'\n{rest}");
        let manifest = Manifest::parse(Path::new("Cargo.toml"), &text).unwrap();
        check(&[manifest]).into_iter().map(|finding| finding.to_string()).collect()
    }

    #[test]
    fn a_lower_floor_may_be_listed_and_a_higher_one_may_not() {
        assert_eq!(findings("alphorn-engine", "[dependencies]\nalphorn-log = '1'"), [""; 0]);
        assert_eq!(findings("alphorn-log", "[dependencies]\nalphorn-engine = '1'").len(), 1);
    }

    #[test]
    fn packages_of_one_floor_do_not_know_each_other() {
        assert_eq!(findings("alphorn-store", "[dependencies]\nalphorn-log = '1'").len(), 1);
        assert_eq!(findings("alphorn-client-rooms", "[dependencies]\nalphorn-client-sync = '1'").len(), 1);
        assert_eq!(
            findings("alphorn-client-rooms", "[dev-dependencies]\nalphorn-client-sync = '1'").len(),
            1
        );
    }

    #[test]
    fn handlers_reach_the_store_only_through_the_engine() {
        assert_eq!(findings("alphorn-client-keys", "[dependencies]\nalphorn-store = '1'").len(), 1);
        assert_eq!(findings("alphorn-client-keys", "[dependencies]\nalphorn-engine = '1'").len(), 0);
    }

    #[test]
    fn the_outside_stays_out_of_the_pure_floors_except_in_tests() {
        assert_eq!(findings("alphorn-domain", "[dependencies]\ntokio = '1'").len(), 1);
        assert_eq!(
            findings("alphorn-domain", "[dependencies]\nr = { package = 'rand', version = '1' }").len(),
            1
        );
        assert_eq!(findings("alphorn-domain", "[dev-dependencies]\nrand = '1'").len(), 0);
    }

    #[test]
    fn a_new_package_needs_a_place() {
        assert_eq!(findings("alphorn-odds-and-ends", "").len(), 1);
    }

    #[test]
    fn every_package_that_may_be_used_has_a_row() {
        for floor in FLOORS {
            for used in floor.may_use.iter().copied().flatten() {
                assert!(FLOORS.iter().any(|floor| floor.package == *used), "{used}");
            }
        }
    }
}
