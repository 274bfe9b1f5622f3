//! Reads a crate from its files: which module is where, what each name in it stands for, and who
//! mentions whom.
//!
//! `syn` parses the files; the insides of macros are read token by token. There is no type
//! inference. A method that is called on a value mentions nothing, because the file that has it was
//! mentioned where the value's type was named.

mod circles;
mod paths;
mod scope;
mod tests;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use self::paths::{Leaf, Mentioned};
use self::scope::Scope;

/// The longest chain of re-exports that is followed.
const REEXPORTS: usize = 16;

/// The path of a module below its crate's root. The root's path is empty.
pub type Module = Vec<String>;

/// What a path stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// An item, in the module that defines it.
    Item(Module, String),
    Module(Module),
    /// Something of another crate, or of none, such as a local or the prelude.
    Outside(Vec<String>),
}

/// A source file.
pub struct File {
    /// Its path below the folder of the crate's sources, with slashes.
    pub path: String,
    pub module: Module,
    pub text: String,
    pub parsed: syn::File,
    /// Whether it is compiled for tests alone.
    pub test: bool,
}

/// A mention of something in a file that is not the file's own.
#[derive(Debug)]
pub struct Mention {
    /// The file that mentions it, by its place in [`Crate::files`].
    pub file: usize,
    pub target: Target,
    /// Whether only tests mention it.
    pub test: bool,
    pub how: How,
}

/// How something is mentioned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// By a private `use`.
    Import,
    /// By a `use` that re-exports it.
    Reexport,
    /// By a path in code.
    Path,
}

/// The sources of one crate.
pub struct Crate {
    pub files: Vec<File>,
    scopes: BTreeMap<Module, Scope>,
}

impl Crate {
    /// Reads all files below a folder. `main.rs` beside a `lib.rs` is another crate, and is left
    /// out.
    pub fn read(root: &Path) -> Self {
        let mut texts = Vec::new();
        for path in files_below(root) {
            let inside = path.strip_prefix(root).expect("below the root");
            let inside = inside.to_str().expect("a readable name").replace('\\', "/");
            let text = fs::read_to_string(&path).expect("a source file");
            texts.push((inside, text));
        }
        if texts.iter().any(|(path, _)| path == "lib.rs") {
            texts.retain(|(path, _)| path != "main.rs");
        }
        Self::of(&texts)
    }

    /// Makes a crate of files with these paths and texts.
    pub fn of<T: AsRef<str>>(texts: &[(T, T)]) -> Self {
        let mut files: Vec<File> = Vec::new();
        for (path, text) in texts {
            let (path, text) = (path.as_ref(), text.as_ref());
            let parsed = syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}"));
            files.push(File {
                path: path.to_owned(),
                module: module_of(path),
                text: text.to_owned(),
                parsed,
                test: false,
            });
        }
        let mut scopes = BTreeMap::new();
        for (at, file) in files.iter().enumerate() {
            scope::declare(&mut scopes, at, &file.module, &file.parsed.items, false);
        }
        let tests = scope::only_for_tests(&files);
        for file in &mut files {
            file.test = tests.iter().any(|test| file.module.starts_with(test));
        }
        for scope in scopes.values_mut() {
            scope.test |= files[scope.file].test;
        }
        Self { files, scopes }
    }

    /// Returns everything that files mention, except of themselves.
    pub fn mentions(&self) -> Vec<Mention> {
        let mut all = Vec::new();
        for (module, scope) in &self.scopes {
            for leaf in &scope.leaves {
                all.extend(self.imported(module, scope, leaf));
            }
            for mentioned in &scope.paths {
                all.extend(self.mentioned(module, scope, mentioned));
            }
        }
        all
    }

    fn imported(&self, module: &Module, scope: &Scope, leaf: &Leaf) -> Option<Mention> {
        let target = self.resolve(module, &leaf.path);
        let how = if leaf.public { How::Reexport } else { How::Import };
        let own = self.file_of(&target) == Some(scope.file);
        (!own).then_some(Mention {
            file: scope.file,
            target,
            test: scope.test || leaf.test,
            how,
        })
    }

    fn mentioned(&self, module: &Module, scope: &Scope, mentioned: &Mentioned) -> Option<Mention> {
        let target = self.resolve(module, &mentioned.path);
        let own = self.file_of(&target) == Some(scope.file);
        (!own).then_some(Mention {
            file: scope.file,
            target,
            test: scope.test || mentioned.test,
            how: How::Path,
        })
    }

    /// Returns the file that has an item or a module of this crate.
    pub fn file_of(&self, target: &Target) -> Option<usize> {
        match target {
            Target::Item(module, _) | Target::Module(module) => {
                self.scopes.get(module).map(|scope| scope.file)
            }
            Target::Outside(_) => None,
        }
    }

    /// Returns what a path stands for that is written in a module.
    pub fn resolve(&self, from: &[String], path: &[String]) -> Target {
        self.follow(from, path, REEXPORTS)
    }

    fn follow(&self, from: &[String], path: &[String], left: usize) -> Target {
        let outside = || Target::Outside(path.to_vec());
        if left == 0 || path.first().is_some_and(String::is_empty) {
            return outside();
        }
        let mut at: Module = from.to_vec();
        let mut rest = path;
        let mut relative = true;
        while let Some((first, after)) = rest.split_first() {
            match first.as_str() {
                "crate" => at.clear(),
                "self" => {}
                "super" => drop(at.pop()),
                _ => break,
            }
            (rest, relative) = (after, false);
        }
        while let Some((name, after)) = rest.split_first() {
            match self.name(&at, name, !after.is_empty(), left) {
                Some(Target::Module(module)) => (at, rest) = (module, after),
                Some(Target::Outside(outer)) => return Target::Outside([&outer[..], after].concat()),
                Some(item) => return item,
                None if relative => return outside(),
                None => return Target::Item(at, name.clone()),
            }
            relative = false;
        }
        Target::Module(at)
    }

    /// Returns what a name in a module stands for. If more follows the name, a module of that name
    /// goes before an item.
    fn name(&self, at: &Module, name: &str, more: bool, left: usize) -> Option<Target> {
        let child = [&at[..], &[name.to_owned()]].concat();
        let child = self.scopes.contains_key(&child).then_some(Target::Module(child));
        if more && child.is_some() {
            return child;
        }
        let Some(scope) = self.scopes.get(at) else {
            return child;
        };
        if scope.items.contains(name) {
            return Some(Target::Item(at.clone(), name.to_owned()));
        }
        let mut named = scope
            .leaves
            .iter()
            .filter(|leaf| leaf.name.as_deref() == Some(name));
        if let Some(leaf) = named.next() {
            return Some(self.follow(at, &leaf.path, left - 1));
        }
        child.or_else(|| {
            let globs = scope.leaves.iter().filter(|leaf| leaf.name.is_none());
            globs
                .into_iter()
                .find_map(|leaf| self.by_glob(at, &leaf.path, name, left - 1))
        })
    }

    fn by_glob(&self, at: &Module, path: &[String], name: &str, left: usize) -> Option<Target> {
        match self.follow(at, path, left) {
            Target::Module(module) if left > 0 => self.name(&module, name, false, left),
            _ => None,
        }
    }
}

/// Returns whether an item is compiled for tests alone.
pub fn is_for_tests(item: &syn::Item) -> bool {
    scope::is_for_tests(scope::attributes(item))
}

/// Lists all Rust files below a folder, sorted.
pub fn files_below(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Returns the module that a file is.
fn module_of(path: &str) -> Module {
    let mut module: Module = path
        .trim_end_matches(".rs")
        .split('/')
        .map(str::to_owned)
        .collect();
    if matches!(module.last().map(String::as_str), Some("lib" | "main" | "mod")) {
        module.pop();
    }
    module
}
