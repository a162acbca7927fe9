//! What becomes of this node's own records: told by the one that applies them, whatever the broker answered.

use std::{collections::HashMap, time::Duration};

use alphorn_model::{RecordId, Verdict};
use parking_lot::Mutex;
use tokio::{sync::watch, time::Instant};

/// For how long an undecided record is remembered. The broker knows the ids of records for less.
const REMEMBERED: Duration = Duration::from_secs(15 * 60);

struct Slot {
    verdict: watch::Sender<Option<Verdict>>,
    since: Instant,
}

/// This node's records that are on their way.
#[derive(Default)]
pub(super) struct Own(Mutex<HashMap<RecordId, Slot>>);

/// A wait for one record.
pub(super) struct Ticket {
    verdict: watch::Receiver<Option<Verdict>>,
    /// Whether the record was on its way before: an earlier attempt may have stored it.
    pub(super) again: bool,
}

impl Ticket {
    /// Waits until the record is applied.
    pub(super) async fn verdict(&mut self) -> Verdict {
        loop {
            if let Some(verdict) = *self.verdict.borrow_and_update() {
                return verdict;
            }
            if self.verdict.changed().await.is_err() {
                // Forgotten: only by whoever waited here.
                std::future::pending::<()>().await;
            }
        }
    }

    /// What became of the record, if it is known by now.
    pub(super) fn now(&self) -> Option<Verdict> {
        *self.verdict.borrow()
    }
}

impl Own {
    /// Begins to wait for a record. To be called before it is sent.
    pub(super) fn expect(&self, id: &RecordId) -> Ticket {
        let mut slots = self.0.lock();
        if let Some(slot) = slots.get(id) {
            return Ticket { verdict: slot.verdict.subscribe(), again: true };
        }
        let (sender, verdict) = watch::channel(None);
        slots.insert(id.clone(), Slot { verdict: sender, since: Instant::now() });
        Ticket { verdict, again: false }
    }

    /// A record was applied. Of one that came twice, the first counts.
    pub(super) fn applied(&self, id: &RecordId, verdict: Verdict) {
        if let Some(slot) = self.0.lock().get(id) {
            slot.verdict.send_if_modified(|known| {
                let news = known.is_none();
                if news {
                    *known = Some(verdict);
                }
                news
            });
        }
    }

    /// Nobody will ask for a record again.
    pub(super) fn forget(&self, id: &RecordId) {
        self.0.lock().remove(id);
    }

    /// Forgets records about which nobody asked for long.
    pub(super) fn sweep(&self) {
        self.0.lock().retain(|_, slot| slot.since.elapsed() < REMEMBERED);
    }
}
