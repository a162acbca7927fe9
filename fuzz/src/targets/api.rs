//! The whole client-server API in this process: requests with any method, path, query and body, as anybody.
//!
//! Whatever comes, the answer is one that the specification knows: never a 5xx, and every refusal has an errcode.

mod request;
mod world;

use std::cell::RefCell;

use serde_json::Value;

use self::request::Wanted;
use self::world::{Answer, World};
use super::{Target, label};

pub(super) const TARGET: Target = Target {
    name: "api",
    about: "requests to the whole API, with any path, query and body",
    run,
    tokens: request::TOKENS,
};

/// More requests than that repeat what shorter inputs do.
const REQUESTS_MAX: usize = 8;

/// After so many inputs a new world is made, so that it stays small and findings can be seen again.
const INPUTS_PER_WORLD: usize = 1000;

thread_local! {
    static WORLD: RefCell<Option<(World, usize)>> = const { RefCell::new(None) };
}

fn run(input: &[u8]) -> String {
    let requests: Vec<Value> = match serde_json::from_slice(input) {
        Ok(requests) => requests,
        Err(error) => return label(&error),
    };
    WORLD.with_borrow_mut(|slot| {
        let fresh = slot.take().filter(|(_, inputs)| *inputs < INPUTS_PER_WORLD);
        let (world, inputs) = match fresh.map_or_else(|| World::new().map(|world| (world, 0)), Ok) {
            Ok(world) => world,
            // The machine's fault, not the target's: no temporary folder, no thread.
            Err(error) => return format!("no world: {error}"),
        };
        let mut labels: Vec<String> = Vec::new();
        for wanted in requests.iter().take(REQUESTS_MAX).filter_map(|value| Wanted::read(value, &world.names))
        {
            let answer = world.ask(&wanted);
            check(&wanted, &answer);
            labels.push(format!("{} {}", wanted.shape, summary(&answer)));
        }
        *slot = Some((world, inputs + 1));
        labels.join(", ")
    })
}

fn check(wanted: &Wanted, answer: &Answer) {
    let Answer::Given { status, body } = answer else { return };
    let text = || String::from_utf8_lossy(body).into_owned();
    assert!(*status < 500, "{wanted:?} was answered {status}: {}", text());
    if *status >= 400 {
        let parsed: Option<Value> = serde_json::from_slice(body).ok();
        let words =
            |name: &str| parsed.as_ref().and_then(|body| body.get(name)).is_some_and(Value::is_string);
        // Interactive authentication asks for more with a 401 that need not be an error.
        let asks = parsed.as_ref().is_some_and(|body| body.get("flows").is_some());
        assert!(words("errcode") && words("error") || asks, "{wanted:?} was answered {status}: {}", text());
    }
}

fn summary(answer: &Answer) -> String {
    match answer {
        Answer::Waits => "waits".to_owned(),
        Answer::Given { status, body } if *status >= 400 => {
            let parsed: Option<Value> = serde_json::from_slice(body).ok();
            let code = parsed.as_ref().and_then(|body| body.get("errcode")?.as_str()).unwrap_or_default();
            format!("{status} {code}")
        }
        Answer::Given { status, .. } => status.to_string(),
    }
}
