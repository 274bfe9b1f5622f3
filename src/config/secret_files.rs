//! Secrets that stand in files: a variable's name with `_FILE` behind it names one, and systemd puts
//! them into a folder by the names of variables.

use std::fs;
use std::path::Path;

use super::error::Error;
use super::names::secret_key;

/// What a variable that names a file ends with.
pub(super) const SUFFIX: &str = "_FILE";
/// The variable that names the folder of a systemd service's credentials.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// A secret, and what it came from.
pub(super) struct Secret {
    /// The variable that would have held it.
    pub(super) name: String,
    pub(super) value: String,
    /// The variable that names its file, or the file of a credential.
    pub(super) from: String,
}

/// Reads the secrets that stand in files, those of systemd first: others win over them.
///
/// # Errors
/// [`Error::SecretFile`] for a file that cannot be read; [`Error::Value`] for a secret that is given
/// twice.
pub(super) fn read(variables: &[(String, String)]) -> Result<Vec<Secret>, Error> {
    let mut secrets = Vec::new();
    let folder = variables.iter().find(|(name, _)| name == CREDENTIALS);
    if let Some((_, folder)) = folder {
        secrets.extend(credentials(Path::new(folder))?);
    }
    for (variable, path) in variables {
        let Some(name) = variable
            .strip_suffix(SUFFIX)
            .filter(|name| secret_key(name).is_some())
        else {
            continue;
        };
        if variables.iter().any(|(other, _)| other == name) {
            return Err(Error::Value {
                key: variable.clone().into(),
                value: path.clone(),
                fix: format!("{name} is set too, and only one of them can be meant: take one away"),
            });
        }
        secrets.push(Secret {
            name: name.to_owned(),
            value: contents(variable, Path::new(path))?,
            from: variable.clone(),
        });
    }
    Ok(secrets)
}

fn credentials(folder: &Path) -> Result<Vec<Secret>, Error> {
    let failed = |why: std::io::Error| Error::SecretFile {
        variable: CREDENTIALS.to_owned(),
        path: folder.display().to_string(),
        why: why.to_string(),
    };
    let mut secrets = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if secret_key(&name).is_some() {
            let (value, from) = (contents(CREDENTIALS, &path)?, path.display().to_string());
            secrets.push(Secret { name, value, from });
        }
    }
    Ok(secrets)
}

/// Reads a file without the white space at its end, which an editor leaves there.
fn contents(variable: &str, path: &Path) -> Result<String, Error> {
    let text = fs::read_to_string(path).map_err(|why| Error::SecretFile {
        variable: variable.to_owned(),
        path: path.display().to_string(),
        why: why.to_string(),
    })?;
    Ok(text.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use crate::config::Config;

    fn load(variables: &[(&str, &str)]) -> Result<Config, String> {
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::load(None, variables).map_err(|error| error.to_string())
    }

    #[test]
    fn a_secret_is_read_from_the_file_that_a_variable_or_systemd_names() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("DISCORD_TOKEN", "from systemd\n"),
            ("GREENLIGHT_ENGINES__RACK__KEY", "rack"),
            ("README", "not ours"),
            ("other", "from a file\n"),
        ] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let (credentials, other) = (folder.path().display().to_string(), folder.path().join("other"));
        let other = other.display().to_string();
        let rack = ("GREENLIGHT_ENGINES__RACK__KIND", "openai");
        let config = load(&[("CREDENTIALS_DIRECTORY", &credentials), rack]).unwrap();
        assert_eq!(config.discord.token.expose_secret(), "from systemd");
        let access = config.engines["rack"].access.clone().unwrap();
        assert_eq!(access.key.expose_secret(), "rack");

        let named = [
            ("CREDENTIALS_DIRECTORY", credentials.as_str()),
            ("DISCORD_TOKEN_FILE", &other),
            rack,
        ];
        let config = load(&named).unwrap();
        assert_eq!(config.discord.token.expose_secret(), "from a file");
        // A setting of its own whose name ends so is no secret's file.
        assert!(load(&[("GREENLIGHT_MODELS_FILE", "")]).is_ok());
    }

    #[test]
    fn a_secret_that_is_given_twice_or_cannot_be_read_refuses_the_start() {
        let twice = load(&[("OPENAI_API_KEY", "sk-1"), ("OPENAI_API_KEY_FILE", "/run/key")]);
        let told = "OPENAI_API_KEY_FILE = /run/key: OPENAI_API_KEY is set too";
        assert!(twice.as_ref().unwrap_err().contains(told), "{twice:?}");
        let away = load(&[("GREENLIGHT_DISCORD__TOKEN_FILE", "/nowhere/token")]);
        let told = "GREENLIGHT_DISCORD__TOKEN_FILE = /nowhere/token: ";
        assert!(away.as_ref().unwrap_err().starts_with(told), "{away:?}");
    }
}
