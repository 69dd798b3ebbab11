//! A node in memory, for working on the pages: `cargo run -p egnatia-web --example
//! serve_in_memory -- 127.0.0.1:7070`. The log-ins are those of the tests.

#[path = "../tests/it/world.rs"]
#[expect(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "it is made for the tests, which use all of it"
)]
mod world;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1);
    let address = address.as_deref().unwrap_or("127.0.0.1:7070");
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("http://{}", listener.local_addr()?);
    for (login, role) in world::ACCOUNTS {
        println!("{login} ({role}): {}", world::PASSWORD);
    }
    axum::serve(listener, world::World::new().await.router).await
}
