//! The address of a database, as people may see it.

use url::Url;

/// Returns the URL of a database without what is secret in it.
#[must_use]
pub fn shown(url: &str) -> String {
    match url.split_once(':') {
        Some(("sqlite", _)) => url.split('?').next().unwrap_or_default().to_owned(),
        Some((scheme @ ("postgres" | "postgresql"), _)) => {
            let place = Url::parse(url).ok().and_then(|url| {
                let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
                Some(format!("{}{port}{}", url.host_str()?, url.path()))
            });
            format!("{scheme}://{}", place.unwrap_or_else(|| "…".to_owned()))
        }
        _ => "…".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_shown_however_it_is_written() {
        for (url, expected) in [
            ("postgres://bot:secret@db:5432/green", "postgres://db:5432/green"),
            (
                "postgres://bot:secret@db/green?password=secret",
                "postgres://db/green",
            ),
            ("postgresql:///green?host=db&password=secret", "postgresql://…"),
            ("postgres://bot:sec/ret@db:x/secret", "postgres://…"),
            ("sqlite:data/green.db?mode=rwc", "sqlite:data/green.db"),
            ("mysql://bot:secret@db/green", "…"),
            ("secret", "…"),
        ] {
            assert_eq!(shown(url), expected, "{url}");
        }
    }
}
