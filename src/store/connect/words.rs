//! Says in our own words why a database cannot be used, and what to do. What the driver says is for
//! the log: it names neither the setting nor the way on.

use std::error::Error as StdError;
use std::io::ErrorKind;

use sqlx::migrate::MigrateError;

use crate::store::Error;

/// What the driver's address may be.
const ADDRESS: &str = "the address cannot be read; it must be sqlite:PATH or \
     postgres://USER:PASSWORD@HOST:PORT/DATABASE, with special letters as %XX";
const NOBODY: &str = "nobody answers at that host and port; start PostgreSQL there, or correct the address";
const NO_HOST: &str = "the host cannot be found or reached; correct the address, or look at the network";
const NO_TLS: &str =
    "no encrypted connection can be made; correct sslmode in the address, or the server's certificate";
const NO_LOGIN: &str = "the server refuses the user or the password; correct them in the address";
const LOCKED: &str = "another program keeps the file locked; stop that program and try again";
const FULL: &str = "the disk is full; make room on it";
const FAILS: &str = "it fails; `log.filter = \"debug\"` shows what it says";

/// Returns what an error of the database means to whoever runs the bot, if it is one.
#[must_use]
pub fn in_words(error: &(dyn StdError + 'static)) -> Option<String> {
    match error.downcast_ref::<Error>()? {
        Error::Database(error) => Some(driver(error)),
        Error::Migrate(error) => Some(migration(error)),
        _ => None,
    }
}

fn driver(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Configuration(_) => ADDRESS.to_owned(),
        sqlx::Error::Io(error) => match error.kind() {
            ErrorKind::ConnectionRefused => NOBODY.to_owned(),
            ErrorKind::StorageFull => FULL.to_owned(),
            ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset => {
                "the connection was cut; what answers there may be no PostgreSQL".to_owned()
            }
            // So the certificate is refused in the middle of the handshake.
            ErrorKind::InvalidData => NO_TLS.to_owned(),
            _ => NO_HOST.to_owned(),
        },
        sqlx::Error::Tls(_) => NO_TLS.to_owned(),
        sqlx::Error::Protocol(_) => {
            "what answers there does not speak as PostgreSQL does; correct the host and the port".to_owned()
        }
        sqlx::Error::PoolTimedOut => "it did not answer in time; look at how busy it is".to_owned(),
        sqlx::Error::Database(said) => said
            .code()
            .map_or_else(|| FAILS.to_owned(), |code| by_code(&code)),
        _ => FAILS.to_owned(),
    }
}

/// Says what a code means: five letters of PostgreSQL's, or a number of SQLite's.
fn by_code(code: &str) -> String {
    let said = match code {
        "28P01" | "28000" => NO_LOGIN,
        "3D000" => "the server has no such database; create it, or name another in the address",
        "42501" => "the user may not do that there; let the user own the database",
        "53300" => "the server has no connection free; raise its max_connections, or stop other programs",
        "53100" => FULL,
        "57P03" => "the server is starting or ending; try again soon",
        "57014" => "a statement took longer than the server allows; raise its statement_timeout",
        "26000" | "42P05" => {
            "a pool that lends connections by the transaction is in between; add statement-cache-capacity=0 to the address"
        }
        "25006" => "the server only reads; name the one that writes",
        // SQLite's extended codes have the plain one in their lowest byte.
        _ => match code.parse::<u32>().ok().map(|code| code & 0xff) {
            Some(5 | 6) => LOCKED,
            Some(3 | 8) => "the file may not be written; let the bot write to it and to its folder",
            Some(10) => "the disk does not read or write it; look at the disk",
            Some(11) => "the file is damaged; put back a copy that was made before",
            Some(13) => FULL,
            Some(14) => {
                "the file cannot be opened; its folder must be there, and the bot must be allowed to write in it"
            }
            Some(26) => "the file is no SQLite database; name another, or move this one away",
            _ => return format!("it answers with the error {code}; {FAILS}"),
        },
    };
    said.to_owned()
}

fn migration(error: &MigrateError) -> String {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => driver(error),
        MigrateError::VersionMissing(version) => format!(
            "a newer Greenlight has brought it up to date ({version}); start that version, or put back a copy that was made before"
        ),
        MigrateError::VersionMismatch(version) => format!(
            "its migration {version} is not this program's; start the version that made it, or put back a copy that was made before"
        ),
        MigrateError::Dirty(version) => {
            format!("its migration {version} ended half-way; put back a copy that was made before")
        }
        _ => FAILS.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_that_an_operator_can_meet_has_words_with_a_way_on() {
        for code in [
            "28P01", "3D000", "42501", "53300", "57P03", "25006", "57014", "26000", "42P05", "5", "8", "10",
            "11", "13", "14", "26", "526", "XX000",
        ] {
            assert!(by_code(code).contains(';'), "{code}: {}", by_code(code));
        }
        assert_eq!(by_code("1032"), by_code("8"), "an extended code");
    }
}
