//! Fetches files that people uploaded to Discord.

use futures::TryStreamExt;
use url::Url;

use super::{Discord, Error};

/// The hosts on which Discord keeps files.
const HOSTS: [&str; 2] = ["cdn.discordapp.com", "media.discordapp.net"];

impl Discord {
    /// Fetches the file at a URL of Discord's, without the bot's token. Asks no other host, because
    /// anybody can make up a URL.
    ///
    /// # Errors
    /// [`Error::TooLarge`] for a file of more than `max_bytes`; [`Error::Refused`] for a URL that
    /// is not Discord's, with status 0, and for a file that is not given; [`Error::Busy`] when
    /// asking later may work.
    pub async fn attachment(&self, url: &str, max_bytes: usize) -> Result<Vec<u8>, Error> {
        let refused = |status, message: &str| Error::Refused {
            status,
            code: 0,
            message: message.to_owned(),
        };
        let url = self.file_address(url);
        let url = url.ok_or_else(|| refused(0, "the address of a file is not Discord's"))?;
        let sent = self.client.get(url).send().await;
        let response = sent.map_err(|_| Error::Busy(None))?;
        match response.status().as_u16() {
            200 => {}
            status @ (429 | 500..=599) => {
                tracing::info!(status, "a file cannot be fetched from Discord now");
                return Err(Error::Busy(None));
            }
            status => return Err(refused(status, "the file is not given")),
        }
        let said = response
            .content_length()
            .and_then(|said| usize::try_from(said).ok());
        // A file that grows piece by piece is in memory twice while it moves.
        let mut file = Vec::with_capacity(said.unwrap_or_default().min(max_bytes));
        let mut stream = response.bytes_stream();
        while let Some(part) = stream.try_next().await.map_err(|_| Error::Busy(None))? {
            if file.len() + part.len() > max_bytes {
                return Err(Error::TooLarge);
            }
            file.extend_from_slice(&part);
        }
        Ok(file)
    }

    /// Parses a URL, and accepts only one of Discord's file hosts, or of the server that stands in
    /// for them.
    fn file_address(&self, url: &str) -> Option<Url> {
        let url: Url = url.parse().ok()?;
        let good = match &self.base {
            None => url.scheme() == "https" && url.port().is_none() && HOSTS.contains(&url.host_str()?),
            Some(base) => base.parse::<Url>().ok()?.origin() == url.origin(),
        };
        good.then_some(url)
    }
}
