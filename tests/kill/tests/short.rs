//! Tests in a minute what a campaign tests in an hour: bots die while members work, and nobody
//! loses anything.

use std::path::Path;
use std::process::Command;

/// Runs the campaign's program. It needs the bot beside it, as a build of the workspace leaves it.
fn nothing_is_lost(arguments: &str) {
    let program = env!("CARGO_BIN_EXE_greenlight-kill");
    let bot = Path::new(program).with_file_name("greenlight");
    assert!(bot.is_file(), "build the bot too: cargo nextest run --workspace");
    let output = Command::new(program).args(arguments.split_whitespace()).output();
    let output = output.expect("the program can be run");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success(), "{said}");
    println!("{said}");
}

#[test]
fn a_bot_that_dies_again_and_again_on_sqlite_loses_nothing() {
    nothing_is_lost("--database sqlite --seed 1 --kills 30");
}

#[test]
fn two_bots_that_die_again_and_again_on_postgresql_lose_nothing() {
    nothing_is_lost("--database postgres --bots 2 --seed 1 --kills 30");
}

#[test]
fn a_bot_that_works_through_bad_days_leaves_nothing_over() {
    nothing_is_lost("soak --rounds 2 --round 12");
}
