//! Machines with addresses of their own, between which packets can be lost: network namespaces on one bridge. Making
//! them needs root and the program `ip`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};

/// An address in the hardware's sense that nobody has: what is sent there is lost without a word.
const NOBODY: &str = "02:00:00:00:fe:fe";
/// The last byte of this machine's own address.
const HERE: u8 = 254;

/// A network of such machines. It goes away with this value.
#[derive(Debug)]
pub struct Network {
    /// The first three bytes of all addresses.
    prefix: [u8; 3],
    /// How the names of its parts begin: an interface's has room for 15 letters.
    name: String,
    machines: u8,
}

impl Network {
    /// A network of so many machines; nothing where this may not be done.
    #[must_use]
    pub fn make(machines: u8) -> Option<Self> {
        static NEXT: AtomicU8 = AtomicU8::new(0);
        let own =
            std::process::id().to_be_bytes()[2..].iter().fold(0, |all, byte| all * 256 + u32::from(*byte));
        let turn = NEXT.fetch_add(1, Ordering::Relaxed) % 100;
        let prefix = [10, 100 + turn, u8::try_from(own % 250).unwrap_or_default()];
        let network = Self { prefix, name: format!("ad{own}x{turn}"), machines };
        network.build().then_some(network)
    }

    fn build(&self) -> bool {
        let bridge = self.bridge();
        let mut made = ip(&["link", "add", &bridge, "type", "bridge"])
            && ip(&["addr", "add", &format!("{}/24", self.ip(HERE)), "dev", &bridge])
            && ip(&["link", "set", &bridge, "up"]);
        for machine in 0..self.machines {
            let (space, outside) = (self.space(machine), self.outside(machine));
            made = made
                && ip(&["netns", "add", &space])
                && ip(&["link", "add", &outside, "type", "veth", "peer", "name", "eth0", "netns", &space])
                && ip(&["link", "set", &outside, "master", &bridge, "up"])
                && ip(&["-n", &space, "addr", "add", &format!("{}/24", self.ip(machine + 1)), "dev", "eth0"])
                && ip(&["-n", &space, "link", "set", "eth0", "up"])
                && ip(&["-n", &space, "link", "set", "lo", "up"]);
        }
        made
    }

    fn bridge(&self) -> String {
        format!("{}b", self.name)
    }

    fn space(&self, machine: u8) -> String {
        format!("{}n{machine}", self.name)
    }

    fn outside(&self, machine: u8) -> String {
        format!("{}v{machine}", self.name)
    }

    fn ip(&self, last: u8) -> Ipv4Addr {
        let [first, second, third] = self.prefix;
        Ipv4Addr::new(first, second, third, last)
    }

    /// A port of a machine.
    #[must_use]
    pub fn address(&self, machine: usize, port: u16) -> SocketAddr {
        SocketAddr::new(IpAddr::V4(self.ip(number(machine) + 1)), port)
    }

    /// A program that runs on a machine.
    #[must_use]
    pub fn command(&self, machine: usize, program: &Path) -> Command {
        let mut command = Command::new("ip");
        // It becomes the program: its process id is the program's.
        command.args(["netns", "exec", &self.space(number(machine))]).arg(program);
        command
    }

    /// Loses what two machines send to each other. Everybody else still reaches both.
    pub fn cut(&self, one: usize, other: usize) {
        for (from, to) in [(one, other), (other, one)] {
            let (space, ip_to) = (self.space(number(from)), self.ip(number(to) + 1).to_string());
            ip(&[
                "-n",
                &space,
                "neigh",
                "replace",
                &ip_to,
                "lladdr",
                NOBODY,
                "dev",
                "eth0",
                "nud",
                "permanent",
            ]);
        }
    }

    /// Undoes all cuts.
    pub fn mend(&self) {
        for (from, to) in (0..self.machines).flat_map(|one| (0..self.machines).map(move |other| (one, other)))
        {
            if from != to {
                ip(&["-n", &self.space(from), "neigh", "del", &self.ip(to + 1).to_string(), "dev", "eth0"]);
            }
        }
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        for machine in 0..self.machines {
            ip(&["link", "del", &self.outside(machine)]);
            ip(&["netns", "del", &self.space(machine)]);
        }
        ip(&["link", "del", &self.bridge()]);
    }
}

fn number(machine: usize) -> u8 {
    u8::try_from(machine).unwrap_or(u8::MAX)
}

/// Whether it did what it was asked to.
fn ip(arguments: &[&str]) -> bool {
    let mut command = Command::new("ip");
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
