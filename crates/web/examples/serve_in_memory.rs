//! A node in memory with two partners, for working on the pages: `cargo run -p egnatia-web --example
//! serve_in_memory -- 127.0.0.1:7070`. The log-ins are those of the tests. The second node, whose
//! alerts come and go every second, is served on the next port.

#[path = "../tests/it/world.rs"]
#[expect(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "it is made for the tests, which use all of it"
)]
mod world;

use std::net::SocketAddr;
use std::time::Duration;

use egnatia_testkit::TestNode;
use tokio::net::TcpListener;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1);
    let address = address.as_deref().unwrap_or("127.0.0.1:7070");
    let node = TestNode::new("mk-mvr", "MK").await;
    let partner = TestNode::new("al-asp", "AL").await;
    let far = TestNode::new("xk-kp", "XK").await;
    node.trust(&partner).await;
    partner.trust(&node).await;
    node.accept(&far).await;
    let first = world::World::of(node, false, None).await;
    let second = world::World::of(partner, false, None).await;
    let listener = TcpListener::bind(address).await?;
    let next = listener.local_addr()?;
    let next = SocketAddr::new(next.ip(), next.port().saturating_add(1));
    let other = TcpListener::bind(next).await?;
    println!("http://{} http://{next}", listener.local_addr()?);
    for (login, role) in world::ACCOUNTS {
        println!("{login} ({role}): {}", world::PASSWORD);
    }
    let routers = (first.router.clone(), second.router.clone());
    let exchange = async {
        loop {
            first.node.deliver_to(&second.node).await;
            second.node.deliver_to(&first.node).await;
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    tokio::select! {
        ended = axum::serve(listener, routers.0) => ended,
        ended = axum::serve(other, routers.1) => ended,
        () = exchange => Ok(()),
    }
}
