//! The bounded pool that decodes: few at a time, a short queue, and an end to waiting.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::ThumbnailError;

/// Tells a running job that nobody waits for it any more.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cancel(Arc<AtomicBool>);

impl Cancel {
    pub(crate) fn check(&self) -> Result<(), ThumbnailError> {
        if self.0.load(Ordering::Relaxed) { Err(ThumbnailError::TimedOut) } else { Ok(()) }
    }

    #[cfg(test)]
    pub(crate) fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Cancels when the waiting request is dropped, be it by the time bound or because the client has gone.
struct CancelOnDrop(Cancel);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Workers {
    queue: Arc<Semaphore>,
    running: Arc<Semaphore>,
    time_max: Duration,
}

impl Workers {
    pub(crate) fn new(workers: usize, queue_max: usize, time_max: Duration) -> Self {
        let workers = workers.clamp(1, Semaphore::MAX_PERMITS / 2);
        let queue_max = queue_max.min(Semaphore::MAX_PERMITS / 2);
        Self {
            queue: Arc::new(Semaphore::new(workers + queue_max)),
            running: Arc::new(Semaphore::new(workers)),
            time_max,
        }
    }

    /// Runs the task within the time bound. A place in the queue is taken at once or not at all, so that a flood of
    /// requests costs no memory.
    pub(crate) async fn run<T, F>(&self, task: impl FnOnce(Place) -> F) -> Result<T, ThumbnailError>
    where
        F: Future<Output = Result<T, ThumbnailError>>,
    {
        let permit = Arc::clone(&self.queue).try_acquire_owned().map_err(|_| ThumbnailError::Busy)?;
        let cancel = CancelOnDrop(Cancel::default());
        let place = Place { permit, running: Arc::clone(&self.running), cancel: cancel.0.clone() };
        tokio::time::timeout(self.time_max, task(place)).await.map_err(|_| ThumbnailError::TimedOut)?
    }
}

/// A place in the queue.
pub(crate) struct Place {
    permit: OwnedSemaphorePermit,
    running: Arc<Semaphore>,
    cancel: Cancel,
}

impl Place {
    /// Waits until a worker is free.
    pub(crate) async fn worker(self) -> Result<Worker, ThumbnailError> {
        let running = self.running.acquire_owned().await.map_err(|_| ThumbnailError::Busy)?;
        Ok(Worker { cancel: self.cancel, permits: (self.permit, running) })
    }
}

/// The right to decode one image.
pub(crate) struct Worker {
    cancel: Cancel,
    permits: (OwnedSemaphorePermit, OwnedSemaphorePermit),
}

impl Worker {
    /// Runs a job outside the asynchronous threads. The permits go with it: a job that outlives its request still
    /// counts until it has noticed that it is cancelled.
    pub(crate) async fn decode<T: Send + 'static>(
        self,
        job: impl FnOnce(&Cancel) -> Result<T, ThumbnailError> + Send + 'static,
    ) -> Result<T, ThumbnailError> {
        let Self { cancel, permits } = self;
        let joined = tokio::task::spawn_blocking(move || {
            let _permits = permits;
            cancel.check()?;
            job(&cancel)
        });
        match joined.await {
            Ok(result) => result,
            Err(error) => {
                // A decoder that panics has met bytes that it should have refused.
                tracing::error!(%error, "image decoder failed");
                Err(ThumbnailError::NotAnImage)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn workers(workers: usize, queue_max: usize, time_max: Duration) -> Workers {
        Workers::new(workers, queue_max, time_max)
    }

    #[tokio::test]
    async fn more_than_the_queue_holds_is_refused_at_once() {
        let workers = workers(1, 1, Duration::from_secs(30));
        let (release, wait) = mpsc::channel::<()>();
        let first =
            workers.run(async |place| place.worker().await?.decode(move |_| Ok(wait.recv().is_ok())).await);
        let second = workers.run(async |place| place.worker().await?.decode(|_| Ok(true)).await);
        let third = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let refused = workers.run(async |place| place.worker().await?.decode(|_| Ok(true)).await).await;
            release.send(()).unwrap();
            refused
        };
        let (first, second, third) = tokio::join!(first, second, third);
        assert!(matches!((first, second), (Ok(true), Ok(true))));
        assert!(matches!(third, Err(ThumbnailError::Busy)));
        assert!(workers.run(async |place| place.worker().await?.decode(|_| Ok(())).await).await.is_ok());
    }

    #[tokio::test]
    async fn a_job_that_takes_too_long_is_told_to_stop_and_counts_until_it_does() {
        let workers = workers(1, 0, Duration::from_millis(50));
        let (stopped, wait) = mpsc::channel();
        let result = workers
            .run(async |place| {
                let job = move |cancel: &Cancel| {
                    while cancel.check().is_ok() {
                        std::thread::sleep(Duration::from_millis(5));
                    }
                    stopped.send(()).unwrap();
                    Ok(())
                };
                place.worker().await?.decode(job).await
            })
            .await;
        assert!(matches!(result, Err(ThumbnailError::TimedOut)));
        tokio::task::spawn_blocking(move || wait.recv_timeout(Duration::from_secs(10)).unwrap())
            .await
            .unwrap();
        let mut again = Err(ThumbnailError::Busy);
        for _ in 0..100 {
            again = workers.run(async |place| place.worker().await?.decode(|_| Ok(())).await).await;
            if again.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(again.is_ok());
    }
}
