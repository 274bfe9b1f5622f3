//! Serves a local Discord until Ctrl-C ends it.

use std::path::PathBuf;
use std::process::ExitCode;

use discord_sandbox::{Options, Sandbox, world};

const USAGE: &str = "\
Serves a local Discord for bots to be tried against.

Usage: discord-sandbox [PORT] [--data FOLDER]

  PORT           the loopback port; without one a free port is taken
  --data FOLDER  keeps everything there across runs

DISCORD_OPENAPI may name Discord's OpenAPI document. Then both sides are checked by it.";

#[tokio::main]
async fn main() -> ExitCode {
    let options = match parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(wrong) => {
            eprintln!("{wrong}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let sandbox = match Sandbox::start(options).await {
        Ok(sandbox) => sandbox,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let url = sandbox.url();
    println!("The local Discord is ready: {url}");
    println!(
        "REST for bots: {url}/api/v10, with any token; application {}",
        world::BOT
    );
    println!("The control API: {url}/sandbox/control/openapi.json");
    // Without signals it is ended from outside.
    let _ = tokio::signal::ctrl_c().await;
    sandbox.stop().await;
    ExitCode::SUCCESS
}

/// Reads the arguments.
fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options::default();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--data" => {
                let folder = arguments.next().ok_or("--data needs a folder")?;
                options.data = Some(PathBuf::from(folder));
            }
            "--help" | "-h" => return Err("discord-sandbox".to_owned()),
            port => {
                let known = port.parse();
                options.port = known.map_err(|_| format!("{port} is neither a port nor an option"))?;
            }
        }
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<(u16, Option<PathBuf>), String> {
        let options = parse(line.split_whitespace().map(str::to_owned))?;
        Ok((options.port, options.data))
    }

    #[test]
    fn a_port_and_a_folder_are_taken_and_nothing_else() {
        assert_eq!(read(""), Ok((0, None)));
        assert_eq!(read("4321 --data kept"), Ok((4321, Some(PathBuf::from("kept")))));
        for wrong in ["--data", "--port 4321", "99999", "4321 x"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
