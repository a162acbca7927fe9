//! Bringing notices to gateways: each pusher has a short queue and its own pace; a gateway that is
//! down holds up nobody else.

use std::{collections::HashMap, sync::Arc, time::Duration};

use alphorn_egress::Egress;
use alphorn_engine::Engine;
use alphorn_model::{Aggregate, Fact, fact::AccountFact};
use serde::Deserialize;
use tokio::sync::{Mutex, mpsc};

use crate::notice::Notice;

/// Notices that may wait for one pusher; the newest ones are dropped when its gateway is down for long.
const WAITING_MAX: usize = 50;

/// Pushers that can be busy at once.
const PUSHERS_MAX: usize = 10_000;

/// Pauses between tries, in seconds. After the last one the notice is given up.
const PAUSES_S: [u64; 6] = [1, 5, 20, 60, 300, 900];

type Queues = Arc<Mutex<HashMap<(String, String), mpsc::Sender<Notice>>>>;

/// The queues of all pushers.
pub(crate) struct Deliveries {
    engine: Engine,
    egress: Arc<Egress>,
    queues: Queues,
}

impl Deliveries {
    pub(crate) fn new(engine: Engine, egress: Arc<Egress>) -> Self {
        Self { engine, egress, queues: Queues::default() }
    }

    /// Puts a notice into its pusher's queue.
    pub(crate) async fn send(&self, notice: Notice) {
        let key = (notice.app_id.clone(), notice.pushkey.clone());
        let mut queues = self.queues.lock().await;
        let queue = match queues.get(&key).filter(|queue| !queue.is_closed()) {
            Some(queue) => queue.clone(),
            None if queues.len() >= PUSHERS_MAX => {
                queues.retain(|_, queue| !queue.is_closed());
                return;
            }
            None => {
                let (queue, waiting) = mpsc::channel(WAITING_MAX);
                queues.insert(key, queue.clone());
                tokio::spawn(serve(self.engine.clone(), Arc::clone(&self.egress), waiting));
                queue
            }
        };
        drop(queues);
        if queue.try_send(notice).is_err() {
            tracing::debug!("a push gateway does not keep up: a notice is dropped");
        }
    }
}

/// Serves one pusher until it has been quiet for a while.
async fn serve(engine: Engine, egress: Arc<Egress>, mut waiting: mpsc::Receiver<Notice>) {
    while let Ok(Some(notice)) = tokio::time::timeout(Duration::from_secs(300), waiting.recv()).await {
        deliver(&engine, &egress, &notice).await;
    }
}

async fn deliver(engine: &Engine, egress: &Egress, notice: &Notice) {
    for pause_s in PAUSES_S {
        match egress.post_json(&notice.url, notice.body.clone()).await {
            Ok((200..=299, body)) => return rejected(engine, notice, &body).await,
            // The gateway does not want this one: asking again would not help.
            Ok((400..=499, _)) => return,
            Ok((status, _)) => tracing::debug!(status, "a push gateway failed"),
            Err(error) => tracing::debug!(%error, "a push gateway is not reached"),
        }
        tokio::time::sleep(Duration::from_secs(pause_s)).await;
    }
}

/// The gateway names push keys that are no longer good: their pushers go.
async fn rejected(engine: &Engine, notice: &Notice, body: &[u8]) {
    #[derive(Deserialize)]
    struct Answer {
        #[serde(default)]
        rejected: Vec<String>,
    }
    let Ok(answer) = serde_json::from_slice::<Answer>(body) else { return };
    if !answer.rejected.contains(&notice.pushkey) {
        return;
    }
    let fact = AccountFact::PusherRemoved { app_id: notice.app_id.clone(), pushkey: notice.pushkey.clone() };
    if let Err(error) = engine.note(Aggregate::User(notice.user.clone()), vec![Fact::Account(fact)]).await {
        tracing::warn!(%error, "a rejected pusher could not be removed");
    }
}
