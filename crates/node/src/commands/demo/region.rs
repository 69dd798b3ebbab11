//! The region: seven nodes in one process, each with its own data, users and ports, that have
//! exchanged cards and agreed on what the shipped matrix says.

use std::net::{Ipv4Addr, SocketAddr, TcpListener as StdListener};
use std::path::{Path, PathBuf};

use anyhow::Context;
use egnatia_app::{App, Caller};

use super::sides::{SIDES, Side};
use crate::config::Config;
use crate::data::{Data, Index, make_folder};
use crate::serving::{Listeners, Running};

/// A node of the region, before it serves.
pub struct Prepared {
    /// Which one.
    pub side: &'static Side,
    /// Its data.
    pub data: Data,
    listeners: Listeners,
}

/// A node of the region that serves.
pub struct Member {
    /// Which one.
    pub side: &'static Side,
    /// The node.
    pub running: Running,
}

impl Member {
    /// Its use cases.
    pub fn app(&self) -> &App {
        self.running.app()
    }
}

/// The configuration of a side, as it stands in its folder.
pub fn configuration(side: &Side, http: u16, exchange: u16) -> String {
    format!(
        "# Written by `egnatia demo`. `egnatia config sample` lists all settings.\n\
         [node]\n\
         authority = \"{}\"\n\
         partner = \"{}\"\n\
         name = \"{}\"\n\
         accent = \"{}\"\n\
         time_zone = \"{}\"\n\n\
         [http]\n\
         listen = \"127.0.0.1:{http}\"\n\n\
         [exchange]\n\
         listen = \"127.0.0.1:{exchange}\"\n",
        side.authority, side.partner, side.name, side.accent, side.zone,
    )
}

/// Where a side keeps its data: the first one in the folder itself.
fn folder_of(data: &Path, side: &Side) -> PathBuf {
    if side.authority == SIDES[0].authority {
        data.to_owned()
    } else {
        data.join("region").join(side.authority)
    }
}

/// A port that nobody listens on at the moment.
fn free_port() -> anyhow::Result<u16> {
    let listener = StdListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    Ok(listener.local_addr()?.port())
}

/// Opens all seven nodes, and makes those that are not there yet. The first one listens on `listen`.
pub async fn prepare(data: &Path, listen: SocketAddr) -> anyhow::Result<Vec<Prepared>> {
    let mut prepared = Vec::with_capacity(SIDES.len());
    for (offset, side) in (0_u16..).zip(&SIDES) {
        let folder = folder_of(data, side);
        make_folder(&folder)?;
        let file = folder.join("egnatia.toml");
        let cannot = || format!("cannot write `{}`", file.display());
        if !file.is_file() {
            let port = |first: u16| match listen.port() {
                0 => free_port(),
                base => Ok(base.saturating_add(first).saturating_add(offset)),
            };
            let text = configuration(side, port(0)?, port(100)?);
            std::fs::write(&file, text).with_context(cannot)?;
        }
        let mut config = Config::load(None, &folder)?;
        config.log.filter = "warn".to_owned();
        let wanted = (offset == 0).then_some(listen);
        let listeners = Listeners::bind(&config, wanted)
            .await
            .with_context(|| format!("the node of {}", side.place))?;
        let data = Data::open(&folder, config, Index::Keep).await?;
        prepared.push(Prepared {
            side,
            data,
            listeners,
        });
    }
    Ok(prepared)
}

/// Lets each accept the others, and agree on what the shipped matrix says. In a demonstration the
/// program compares the fingerprints; elsewhere two people do.
pub async fn introduce(prepared: &[Prepared], caller: &Caller) -> anyhow::Result<()> {
    for node in prepared {
        for other in prepared {
            if node.side.authority != other.side.authority {
                accept(&node.data.app, &other.data.app, caller).await?;
            }
        }
        node.data.app.adopt_shipped_arrangements(caller).await?;
    }
    Ok(())
}

/// Introduces and starts all of them.
pub async fn start(prepared: Vec<Prepared>, caller: &Caller) -> anyhow::Result<Vec<Member>> {
    introduce(&prepared, caller).await?;
    let mut members = Vec::with_capacity(prepared.len());
    for node in prepared {
        members.push(Member {
            side: node.side,
            running: Running::start(node.data, node.listeners, true).await?,
        });
    }
    Ok(members)
}

async fn accept(node: &App, other: &App, caller: &Caller) -> anyhow::Result<()> {
    let card = other.own_card().context("a node has no card")?;
    let authority = &card.card().authority;
    let directory = node.directory();
    let known = directory.known(authority);
    if known.is_some_and(|known| known.card.fingerprint() == card.fingerprint()) {
        return Ok(());
    }
    let fingerprint = card.fingerprint().to_string();
    node.accept_partner(caller, card.to_json().as_bytes(), &fingerprint)
        .await?;
    Ok(())
}

/// Stops all of them.
pub async fn stop(members: Vec<Member>) -> anyhow::Result<()> {
    let mut stopping = tokio::task::JoinSet::new();
    for member in members {
        stopping.spawn(member.running.stop());
    }
    while let Some(stopped) = stopping.join_next().await {
        stopped.context("a node broke off")??;
    }
    Ok(())
}
