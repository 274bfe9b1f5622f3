//! The libraries, installed by their own package managers.

use std::path::{Path, PathBuf};

use tokio::process::Command;

/// What a bot is run with.
pub struct Program {
    pub name: &'static str,
    /// Where its library is.
    folder: PathBuf,
    runner: PathBuf,
    script: PathBuf,
}

impl Program {
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.runner);
        command.arg(&self.script).current_dir(&self.folder);
        // The host's own settings are none of a test's business.
        command.env_remove("NODE_OPTIONS").env_remove("PYTHONPATH");
        command
    }
}

/// Returns discord.js. `lists` is the folder of its lists of packages, `script` the bot.
pub async fn discord_js(lists: &Path, script: &Path) -> Program {
    let node = PathBuf::from("node");
    let lists = [lists.join("package.json"), lists.join("package-lock.json")];
    let folder = installed("discord.js", &node, &lists, async |folder| {
        let mut npm = Command::new("npm");
        npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
        run(npm.current_dir(folder)).await;
    })
    .await;
    // Node looks for a library beside the script.
    let copy = folder.join(script.file_name().expect("a file's name"));
    std::fs::copy(script, &copy).expect("the script can be copied");
    Program {
        name: "discord.js",
        folder,
        runner: node,
        script: copy,
    }
}

/// Returns discord.py. `lists` is the folder of its list of packages, `script` the bot.
pub async fn discord_py(lists: &Path, script: &Path) -> Program {
    let python = PathBuf::from("python3");
    let lists = [lists.join("requirements.txt")];
    let folder = installed("discord.py", &python, &lists, async |folder| {
        run(Command::new("python3")
            .args(["-m", "venv"])
            .arg(folder.join("venv")))
        .await;
        let mut pip = Command::new(folder.join("venv/bin/pip"));
        pip.args([
            "install",
            "--quiet",
            "--no-deps",
            "--requirement",
            "requirements.txt",
        ]);
        run(pip.current_dir(folder)).await;
    })
    .await;
    Program {
        name: "discord.py",
        runner: folder.join("venv/bin/python"),
        folder,
        script: script.to_owned(),
    }
}

/// A folder in which `install` has installed what the lists name, for this version of the runner.
async fn installed(
    name: &str,
    runner: &Path,
    lists: &[PathBuf],
    install: impl AsyncFnOnce(&Path),
) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let version = Command::new(runner).arg("--version").output().await;
    let version = version.unwrap_or_else(|error| panic!("{} cannot be run: {error}", runner.display()));
    let mut wanted = String::from_utf8_lossy(&version.stdout).into_owned();
    for list in lists {
        wanted += &std::fs::read_to_string(list).expect("a list of packages");
    }
    // Tests run in processes of their own, and one of them installs. A thread that waits here
    // would hold up the one that installs another library.
    let lock = folder.with_file_name(format!("{name}.lock"));
    let lock = std::fs::File::create(lock).expect("a lock can be made");
    let lock = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock)).await;
    let _lock = lock.expect("the wait goes on").expect("the lock can be taken");
    let stamp = folder.join("installed");
    if std::fs::read_to_string(&stamp).is_ok_and(|there| there == wanted) {
        return folder;
    }
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    for list in lists {
        let name = list.file_name().expect("a file's name");
        std::fs::copy(list, folder.join(name)).expect("a list can be copied");
    }
    install(&folder).await;
    std::fs::write(stamp, wanted).expect("the stamp can be written");
    folder
}

async fn run(command: &mut Command) {
    let ran = command.kill_on_drop(true).output().await;
    let ran = ran.unwrap_or_else(|error| panic!("{command:?} cannot be run: {error}"));
    assert!(
        ran.status.success(),
        "{command:?} failed:\n{}{}",
        String::from_utf8_lossy(&ran.stdout),
        String::from_utf8_lossy(&ran.stderr)
    );
}
