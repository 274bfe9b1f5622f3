//! The sizes that a server has its pictures cut to, besides the operator's.

use futures::FutureExt;

use crate::domain::ids::GuildId;
use crate::domain::image::crop::{Crop, MOST_OWN};
use crate::flow::access::Caller;
use crate::flow::error::Error;
use crate::flow::services::Services;
use crate::store::guilds::{self, crops};
use crate::wording;

/// A change of the sizes of a server, as it was typed.
#[derive(Clone, Debug, Default)]
pub struct CropEdit {
    /// The name of a size that is added, or gets another size.
    pub name: Option<String>,
    /// Its size.
    pub size: Option<String>,
    /// The name of a size that is removed.
    pub remove: Option<String>,
}

/// Returns the sizes to which pictures of a guild are cut: the operator's, then its own.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub(in crate::flow) async fn sizes(services: &Services, guild: GuildId) -> Result<Vec<Crop>, Error> {
    let own = own(services, guild).await?;
    Ok(services.rules.crops.iter().cloned().chain(own).collect())
}

async fn own(services: &Services, guild: GuildId) -> Result<Vec<Crop>, Error> {
    let read = services
        .store
        .read(move |tx| async move { Ok::<_, Error>(crops::all(tx, guild).await?) }.boxed());
    read.await
}

/// Changes the sizes of a server and answers `/settings crops`. Without any option it shows them.
///
/// # Errors
/// [`Error::Retry`] when the database is away: nothing was changed.
pub async fn change(services: &Services, caller: &Caller, edit: CropEdit) -> Result<String, Error> {
    let guild = caller.guild();
    let added = match (&edit.name, &edit.size) {
        (None, None) => None,
        (Some(name), Some(size)) => match Crop::parse(name, size) {
            Ok(crop) => Some(crop),
            Err(why) => return Ok(wording::bad_crop(&why)),
        },
        (Some(_), None) | (None, Some(_)) => return Ok(wording::CROP_NEEDS_BOTH.to_owned()),
    };
    let removed = edit.remove.map(|name| name.trim().to_owned());
    if added.is_none() && removed.is_none() {
        let own = own(services, guild).await?;
        return Ok(wording::crop_sizes(&services.rules.crops, &own));
    }
    let changed = services.change(move |tx| {
        async move {
            let row = guilds::lock(tx, guild).await?;
            if let Some(name) = &removed
                && !crops::remove(tx, &row, name).await?
            {
                return Ok::<_, Error>(Err(wording::no_crop_named(name)));
            }
            let mut own = crops::all(tx, guild).await?;
            if let Some(crop) = added {
                own.retain(|one| one.name != crop.name);
                if own.len() >= MOST_OWN {
                    return Ok(Err(wording::too_many_crops()));
                }
                crops::put(tx, &row, &crop).await?;
                own = crops::all(tx, guild).await?;
            }
            Ok(Ok(own))
        }
        .boxed()
    });
    Ok(match changed.await? {
        Ok(own) => wording::crop_sizes(&services.rules.crops, &own),
        Err(refusal) => refusal,
    })
}
