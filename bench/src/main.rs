//! Load generator for checks over HTTP: how many a node answers, and how fast.
//!
//! It signs in, opens keep-alive connections, and sends checks of invented names until the wanted
//! number is reached or the time is over. It talks to loopback addresses only: a check is a
//! consultation that somebody has to answer for, and load belongs on a demonstration node.

mod client;
mod load;
mod names;
mod report;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

use load::{Load, LoadError};
use names::{Names, NamesError};

/// Sends checks of invented names to a node on this machine and measures the answers.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Address of the node, loopback only.
    #[arg(long, default_value = "127.0.0.1:7070")]
    address: SocketAddr,
    /// Name of an account that may check.
    #[arg(long, env = "EGNATIA_BENCH_LOGIN")]
    login: String,
    /// Its password.
    #[arg(long, env = "EGNATIA_BENCH_PASSWORD", hide_env_values = true)]
    password: String,
    /// A list whose names are sought with errors in them: OFAC's `sdn.csv`, or a text with one
    /// name a line.
    #[arg(long, value_name = "FILE")]
    names: Option<PathBuf>,
    /// How many of a thousand checks seek a name of the list, with an error in it.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(0..=1000))]
    perturbed_per_mille: u32,
    /// How many checks are measured.
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    requests: u32,
    /// How many checks are sent before, and not measured.
    #[arg(long, default_value_t = 500)]
    warm_up: u32,
    /// After how many seconds the run ends even if checks are left.
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u32).range(1..=3600))]
    seconds_max: u32,
    /// How many connections send at the same time.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=1024))]
    connections: u32,
    /// Checks that arrive each second; without it each connection sends as soon as it has its
    /// answer.
    #[arg(long)]
    rate: Option<std::num::NonZeroU32>,
    /// The same seed asks for the same names.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Writes the result as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, thiserror::Error)]
enum BenchError {
    #[error("`{0}` is not a loopback address; load is for a demonstration node on this machine")]
    NotLoopback(SocketAddr),
    #[error("cannot start the runtime: {0}")]
    Runtime(#[source] std::io::Error),
    #[error(transparent)]
    Names(#[from] NamesError),
    #[error(transparent)]
    Load(#[from] LoadError),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(report) => {
            if arguments.json {
                println!("{}", report.to_json());
            } else {
                print!("{report}");
            }
            if report.errors == 0 {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<report::Report, BenchError> {
    if !arguments.address.ip().is_loopback() {
        return Err(BenchError::NotLoopback(arguments.address));
    }
    let names = match &arguments.names {
        Some(file) => Names::read(file, arguments.perturbed_per_mille)?,
        None => Names::invented(),
    };
    let load = Load {
        address: arguments.address,
        login: arguments.login.clone(),
        password: arguments.password.clone(),
        requests: arguments.requests,
        warm_up: arguments.warm_up,
        time_max: Duration::from_secs(arguments.seconds_max.into()),
        connections: arguments.connections,
        rate: arguments.rate,
        seed: arguments.seed,
        names,
    };
    // One thread: the generator should take as little as possible from the node beside it.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(BenchError::Runtime)?;
    Ok(runtime.block_on(load.run())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_to_load_another_machine() {
        for address in ["192.0.2.7:7070", "[2001:db8::1]:7070", "0.0.0.0:7070"] {
            let arguments = Arguments::parse_from([
                "egnatia-bench",
                "--login=officer",
                "--password=secret",
                "--address",
                address,
            ]);
            assert!(
                matches!(run(&arguments), Err(BenchError::NotLoopback(_))),
                "{address}"
            );
        }
    }
}
