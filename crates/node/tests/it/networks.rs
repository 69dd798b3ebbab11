//! Networks of their own for processes: one namespace each, and a switch between them. They need no
//! rights on the machine, only a kernel that lets a user have namespaces.

use std::net::Ipv4Addr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A process that holds a namespace open until it is dropped.
struct Holder(Child);

impl Holder {
    /// Starts a command that ends in `sleep`, and waits until its network is not ours any more.
    fn start(mut command: Command, beside: &[u32]) -> Option<Self> {
        let child = command
            .arg("sleep")
            .arg("120")
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let holder = Self(child.ok()?);
        let others: Vec<_> = beside.iter().map(|id| network(*id)).collect();
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(5) {
            let own = network(holder.0.id());
            if own.is_some() && !others.contains(&own) {
                return Some(holder);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        None
    }

    fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Which network a process is in.
fn network(process: u32) -> Option<std::path::PathBuf> {
    std::fs::read_link(format!("/proc/{process}/ns/net")).ok()
}

/// Several namespaces with a switch between them.
pub struct Networks {
    switch: Holder,
    places: Vec<Holder>,
}

impl Networks {
    /// So many places, or why this machine has none.
    pub fn new(count: usize) -> Result<Self, String> {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--net"]);
        let own = std::process::id();
        let switch = Holder::start(command, &[own])
            .ok_or("a user may not have a network namespace here (`unshare -rn`)")?;
        let mut networks = Self {
            switch,
            places: Vec::new(),
        };
        networks.in_switch(&["link", "add", "hub0", "type", "bridge"])?;
        networks.in_switch(&["link", "set", "hub0", "up"])?;
        for place in 0..count {
            networks.add(place)?;
        }
        Ok(networks)
    }

    fn add(&mut self, place: usize) -> Result<(), String> {
        let mut command = entered(self.switch.id());
        command.args(["unshare", "--net"]);
        let others = [std::process::id(), self.switch.id()];
        let holder = Holder::start(command, &others).ok_or("`unshare` or `nsenter` is missing")?;
        let (here, there) = (port(place), format!("e{place}"));
        let process = holder.id().to_string();
        let pair = [
            "link", "add", &here, "type", "veth", "peer", "name", &there, "netns", &process,
        ];
        self.in_switch(&pair)?;
        self.in_switch(&["link", "set", &here, "master", "hub0"])?;
        self.in_switch(&["link", "set", &here, "up"])?;
        let address = format!("{}/24", Self::address(place));
        for arguments in [
            &["addr", "add", &address, "dev", &there][..],
            &["link", "set", &there, "up"],
            &["link", "set", "lo", "up"],
        ] {
            ip(holder.id(), arguments)?;
        }
        self.places.push(holder);
        Ok(())
    }

    /// The address of a place.
    pub fn address(place: usize) -> Ipv4Addr {
        Ipv4Addr::new(10, 77, 0, u8::try_from(place + 1).unwrap())
    }

    /// Runs this command at a place.
    pub fn at(&self, place: usize, command: &Command) -> Command {
        let mut within = entered(self.places[place].id());
        within.arg("--net").arg("--").arg(command.get_program());
        within.args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => within.env(name, value),
                None => within.env_remove(name),
            };
        }
        within
    }

    /// Pulls the cable of a place, or puts it in again.
    pub fn cable(&self, place: usize, plugged: bool) {
        let state = if plugged { "up" } else { "down" };
        self.in_switch(&["link", "set", &port(place), state])
            .unwrap();
    }

    fn in_switch(&self, arguments: &[&str]) -> Result<(), String> {
        ip(self.switch.id(), arguments)
    }
}

/// The place's socket in the switch.
fn port(place: usize) -> String {
    format!("p{place}")
}

fn entered(process: u32) -> Command {
    let mut command = Command::new("nsenter");
    command.args(["--preserve-credentials", "--user", "--target"]);
    command.arg(process.to_string());
    command
}

fn ip(process: u32, arguments: &[&str]) -> Result<(), String> {
    let mut command = entered(process);
    command.args(["--net", "--", "ip"]).args(arguments);
    let done = command.output().map_err(|error| error.to_string())?;
    if done.status.success() {
        return Ok(());
    }
    let why = String::from_utf8_lossy(&done.stderr);
    Err(format!("`ip {}`: {}", arguments.join(" "), why.trim()))
}
