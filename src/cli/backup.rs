//! Runs `greenlight backup`: copies the database, as it is at one moment, and the pictures that it
//! refers to, while the bot works.

pub(super) mod files;
pub(super) mod manifest;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use secrecy::ExposeSecret;

use self::files::{DATABASE, MANIFEST, private_folder, sum, write_private};
use self::manifest::{Contents, File, Manifest, survey};
use super::start::{Settings, look, unusable};
use super::told::{INCOMPLETE, Told};
use crate::blobs::{Blobs, Picture};
use crate::clock::Clock;
use crate::config::Config;
use crate::store::Store;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    settings: Settings,
    /// The folder to write; it must not be there yet
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub(super) async fn run(args: Args) -> anyhow::Result<()> {
    let config = args.settings.load()?;
    let folder = args.folder;
    let shown = folder.display();
    if folder.try_exists()? {
        bail!("{shown} is there already, and is not overwritten: name a folder that is not there");
    }
    let half = half_of(&folder)?;
    private_folder(&half).with_context(|| {
        format!(
            "{} cannot be made; if another backup was cut, remove that folder",
            half.display()
        )
    })?;
    let taken = take(&config, &half).await;
    let taken = taken.and_then(|manifest| {
        fs::rename(&half, &folder).with_context(|| format!("{shown} cannot be written"))?;
        Ok(manifest)
    });
    let manifest = match taken {
        Ok(manifest) => manifest,
        Err(error) => {
            if let Err(left) = fs::remove_dir_all(&half) {
                tracing::warn!("{} could not be removed: {left}", half.display());
            }
            return Err(error);
        }
    };
    println!("{manifest}");
    println!("It is in {shown}.");
    if manifest.files.iter().all(|file| file.name != DATABASE) {
        println!("The database is not in it: back PostgreSQL up with pg_dump, before this.");
    }
    if manifest.missing.is_empty() {
        return Ok(());
    }
    let said = format!(
        "the backup lacks {} pictures that the database knows of and that are not stored, such as {}",
        manifest.missing.len(),
        manifest.missing[0]
    );
    let exit_code = INCOMPLETE;
    Err(Told { exit_code, said }.into())
}

/// Returns the name under which a backup is written until it is whole.
fn half_of(folder: &Path) -> anyhow::Result<PathBuf> {
    let name = folder.file_name().context("the path must end with a name")?;
    let mut half = name.to_owned();
    half.push(".partial");
    Ok(folder.with_file_name(half))
}

/// Writes a backup into a folder, its manifest last.
async fn take(config: &Config, folder: &Path) -> anyhow::Result<Manifest> {
    let url = config.database_url.expose_secret();
    let taken_ms = Clock::system().now_ms();
    let mut files = Vec::new();
    let store = if Store::file(url).is_some() {
        let copy = folder.join(DATABASE);
        Store::copy(url, &copy).await.with_context(|| unusable(url))?;
        let there = fs::File::open(&copy)?;
        files::only_owner(&there)?;
        files.push(File::of(DATABASE.to_owned(), &copy)?);
        let store = Store::look(&format!("sqlite:{}", copy.display())).await;
        store.context("the copy cannot be read")?
    } else {
        look(config).await?
    };
    let survey = survey(&store).await;
    let faults = store.faults().await;
    store.close().await;
    if let Some(fault) = faults?.first() {
        bail!("the database is damaged: {fault}");
    }
    let contents = survey.context("the copy cannot be read")?;
    let (pictures, missing) = copy_pictures(config, &contents, folder).await?;
    files.extend(pictures);
    let manifest = Manifest::new(url, taken_ms, &contents, files, missing);
    write_private(&folder.join(MANIFEST), &serde_json::to_vec_pretty(&manifest)?)?;
    files::sync(folder)?;
    Ok(manifest)
}

/// Copies the pictures and references that the database refers to. Returns the files, and the names
/// of those that are not stored.
async fn copy_pictures(
    config: &Config,
    contents: &Contents,
    folder: &Path,
) -> anyhow::Result<(Vec<File>, Vec<String>)> {
    let of = &config.blobs;
    let blobs = Blobs::look(&of.place).await.with_context(|| of.to_string())?;
    let (mut files, mut missing) = (Vec::new(), Vec::new());
    if contents.pictures.is_empty() {
        return Ok((files, missing));
    }
    let blobs = blobs.with_context(|| format!("{of}: there are no pictures in it"))?;
    for part in Picture::FOLDERS {
        private_folder(&folder.join(part))?;
    }
    for picture in &contents.pictures {
        let name = picture.to_string();
        let stored = blobs.read(*picture).await;
        let stored = stored.with_context(|| format!("{of}: {name} cannot be read"))?;
        let Some(bytes) = stored else {
            missing.push(name);
            continue;
        };
        let path = folder.join(&name);
        write_private(&path, &bytes)?;
        let file = File::of(name, &path)?;
        // What is on the disk now is what was read.
        if file.sha256 != sum(&bytes) {
            bail!("{} does not give back what was written", path.display());
        }
        files.push(file);
    }
    for part in Picture::FOLDERS {
        files::sync(&folder.join(part))?;
    }
    Ok((files, missing))
}
