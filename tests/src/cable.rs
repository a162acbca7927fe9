//! A connection that can be cut without either end hearing of it, as a network does when a switch dies: what is sent
//! arrives late, or never.

use std::net::SocketAddr;
use std::sync::OnceLock;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::ports;

/// Bytes on their way at once.
const CHUNK: usize = 64 << 10;

/// Leads from an address of its own to another one. Dropping it ends all its connections.
#[derive(Debug)]
pub struct Cable {
    address: SocketAddr,
    whole: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Cable {
    /// Lays a cable to an address.
    ///
    /// # Errors
    /// When there is no free port.
    pub fn lay(to: SocketAddr) -> std::io::Result<Self> {
        let [address] = ports::free()?;
        let listener = std::net::TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let (whole, looks) = watch::channel(true);
        let task = async move {
            if let Ok(listener) = TcpListener::from_std(listener) {
                accept(listener, to, looks).await;
            }
        };
        Ok(Self { address, whole, task: ground()?.spawn(task) })
    }

    /// Where it begins.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on nothing arrives: connections stay open and silent, new ones are taken and stay silent as well.
    pub fn cut(&self) {
        self.whole.send_replace(false);
    }

    /// Everything arrives again, what was sent meanwhile among it.
    pub fn mend(&self) {
        self.whole.send_replace(true);
    }
}

/// Where all cables lie: a thread of its own, so that they carry whatever the test waits for.
fn ground() -> std::io::Result<&'static Runtime> {
    static GROUND: OnceLock<Runtime> = OnceLock::new();
    if let Some(ground) = GROUND.get() {
        return Ok(ground);
    }
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    Ok(GROUND.get_or_init(|| runtime))
}

impl Drop for Cable {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, to: SocketAddr, whole: watch::Receiver<bool>) {
    // Connections end with this task.
    let mut connections = tokio::task::JoinSet::new();
    loop {
        tokio::select! {
            Ok((near, _)) = listener.accept() => drop(connections.spawn(connect(near, to, whole.clone()))),
            Some(_) = connections.join_next() => {}
            else => return,
        }
    }
}

async fn connect(near: TcpStream, to: SocketAddr, mut whole: watch::Receiver<bool>) {
    if whole.wait_for(|whole| *whole).await.is_err() {
        return;
    }
    let Ok(far) = TcpStream::connect(to).await else { return };
    for stream in [&near, &far] {
        // It is slower without, and no other difference.
        let _ = stream.set_nodelay(true);
    }
    let ((from_near, to_near), (from_far, to_far)) = (near.into_split(), far.into_split());
    // One that has ended ends the other, too.
    tokio::select! {
        () = carry(from_near, to_far, whole.clone()) => {}
        () = carry(from_far, to_near, whole) => {}
    }
}

async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut whole: watch::Receiver<bool>) {
    let mut buffer = vec![0; CHUNK];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        if whole.wait_for(|whole| *whole).await.is_err() {
            return;
        }
        let Some(chunk) = buffer.get(..length) else { return };
        if to.write_all(chunk).await.is_err() {
            return;
        }
    }
    // The end is news like any other.
    let _gone = whole.wait_for(|whole| *whole).await;
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn what_is_sent_through_a_cut_cable_arrives_when_it_is_mended() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let cable = Cable::lay(listener.local_addr().unwrap()).unwrap();
        let mut near = TcpStream::connect(cable.address()).await.unwrap();
        let (mut far, _) = listener.accept().await.unwrap();
        let mut word = [0; 3];
        near.write_all(b"one").await.unwrap();
        far.read_exact(&mut word).await.unwrap();
        cable.cut();
        near.write_all(b"two").await.unwrap();
        let silent = tokio::time::timeout(Duration::from_millis(100), far.read_exact(&mut word)).await;
        assert!(silent.is_err());
        cable.mend();
        far.read_exact(&mut word).await.unwrap();
        assert_eq!(&word, b"two");
    }
}
