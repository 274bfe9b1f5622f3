//! Runs `greenlight export`: writes a server's books to a file.

use std::fs::File;
use std::io::{BufWriter, Write, stdout};
use std::path::PathBuf;

use anyhow::{Context, bail};
use futures::FutureExt;

use super::start::{NAMED, Settings, look, no_such_guild};
use crate::domain::ids::GuildId;
use crate::domain::money::export::{Book, Format};
use crate::flow::money::export;
use crate::store::{Error, ledger};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    settings: Settings,
    /// The id of the server
    #[arg(long, value_name = "ID")]
    guild: u64,
    /// Which book: every entry of the ledger, or every image from draft to 4K
    #[arg(long, value_enum, default_value = "entries")]
    book: BookName,
    /// How it is written; no cell of the CSV can start a formula
    #[arg(long, value_enum, default_value = "csv")]
    format: FormatName,
    /// The file to write, instead of the output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum BookName {
    Entries,
    Lineage,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum FormatName {
    Csv,
    Json,
}

pub(super) async fn run(args: Args) -> anyhow::Result<()> {
    let book = match args.book {
        BookName::Entries => Book::Entries,
        BookName::Lineage => Book::Lineage,
    };
    let format = match args.format {
        FormatName::Csv => Format::Csv,
        FormatName::Json => Format::Json,
    };
    let store = look(&args.settings.load()?).await?;
    let guild = GuildId::new(args.guild);
    let known = store.read(move |tx| {
        async move {
            let known = ledger::is_there(tx, guild).await?;
            Ok::<_, Error>((known, ledger::guilds(tx, NAMED).await?))
        }
        .boxed()
    });
    let (known, others) = known.await.context("the books could not be read")?;
    if !known {
        bail!(no_such_guild(guild, &others));
    }
    let out: Box<dyn Write + Send> = match &args.out {
        None => Box::new(stdout()),
        Some(path) => {
            Box::new(File::create(path).with_context(|| format!("{} cannot be written", path.display()))?)
        }
    };
    let written = export::export(&store, guild, book, format, BufWriter::new(out)).await;
    store.close().await;
    let rows = written?;
    eprintln!("{rows} rows");
    Ok(())
}
