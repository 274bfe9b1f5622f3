//! Finds paths and imports among tokens, so that those in macros are found too.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A path in code.
#[derive(Debug)]
pub struct Mentioned {
    pub path: Vec<String>,
    /// Whether it is in something that is compiled for tests alone.
    pub test: bool,
}

/// One name that a `use` brings.
#[derive(Debug)]
pub struct Leaf {
    pub path: Vec<String>,
    /// The name that it has from then on. `None` for `*`.
    pub name: Option<String>,
    /// Whether it is re-exported.
    pub public: bool,
    pub test: bool,
}

/// Collects the paths of some code, and the imports within functions.
pub fn walk(tokens: TokenStream, test: bool, paths: &mut Vec<Mentioned>, leaves: &mut Vec<Leaf>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Group(group) => walk(group.stream(), test, paths, leaves),
            TokenTree::Ident(ident) if ident == "use" => {
                let end = tokens[at..].iter().position(|token| is(token, ';'));
                let end = end.map_or(tokens.len(), |length| at + length);
                self::leaves(tokens[at..end].iter().cloned().collect(), false, test, leaves);
                at = end;
            }
            TokenTree::Ident(_) => {
                let (mut path, length) = path(&tokens[at..]);
                if colons(&tokens[at.saturating_sub(2)..]) {
                    path.insert(0, String::new());
                }
                if counts(&tokens, at, &path, length) {
                    paths.push(Mentioned { path, test });
                }
                at += length - 1;
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        at += 1;
    }
}

/// Returns the path that begins with the first token, and how many tokens it has.
fn path(tokens: &[TokenTree]) -> (Vec<String>, usize) {
    let mut path = Vec::new();
    let mut at = 0;
    while let Some(TokenTree::Ident(ident)) = tokens.get(at) {
        path.push(ident.to_string());
        at += 1;
        let more = matches!(tokens.get(at + 2), Some(TokenTree::Ident(_)));
        if !(more && colons(&tokens[at..])) {
            break;
        }
        at += 2;
    }
    (path, at)
}

/// Returns whether this can be a name of a module's: no field, method or lifetime, and no single
/// word, which is a local's.
fn counts(tokens: &[TokenTree], at: usize, path: &[String], length: usize) -> bool {
    let before = |back: usize, mark: char| at >= back && is(&tokens[at - back], mark);
    let field = before(1, '.') && !before(2, '.');
    // What follows a type in `<>` is an item of that type.
    let inside = before(2, ':') && before(3, '>') && !before(4, '-');
    if field || inside || before(1, '\'') {
        return false;
    }
    let [alone] = path else {
        return true;
    };
    let declared = at > 0 && matches!(&tokens[at - 1], TokenTree::Ident(word) if word == "fn");
    let called = match tokens.get(at + length) {
        Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Parenthesis,
        Some(token) => is(token, '!'),
        None => false,
    };
    let keyword = ["self", "crate", "super", "Self"].contains(&alone.as_str());
    !keyword && !declared && (called || alone.starts_with(char::is_uppercase))
}

/// Collects what a `use` brings.
pub fn leaves(import: TokenStream, public: bool, test: bool, leaves: &mut Vec<Leaf>) {
    let tokens = import.into_iter().skip_while(|token| !word(token, "use")).skip(1);
    let tokens: Vec<TokenTree> = tokens.filter(|token| !is(token, ';')).collect();
    let mut found = Vec::new();
    tree(&tokens, &[], &mut found);
    leaves.extend(found.into_iter().map(|(path, name)| Leaf {
        path,
        name,
        public,
        test,
    }));
}

fn tree(tokens: &[TokenTree], before: &[String], found: &mut Vec<(Vec<String>, Option<String>)>) {
    let mut path = before.to_vec();
    let mut alias = None;
    let mut star = false;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                for part in inner
                    .split(|token| is(token, ','))
                    .filter(|part| !part.is_empty())
                {
                    tree(part, &path, found);
                }
                return;
            }
            TokenTree::Ident(ident) if ident == "as" => {
                alias = tokens.get(at + 1).map(ToString::to_string);
                break;
            }
            TokenTree::Ident(ident) => path.push(ident.to_string()),
            TokenTree::Punct(mark) if mark.as_char() == '*' => star = true,
            TokenTree::Punct(_) if at == 0 && before.is_empty() => path.push(String::new()),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
        path.pop();
    }
    let name = if star {
        None
    } else {
        alias.or_else(|| path.last().cloned())
    };
    found.push((path, name));
}

fn colons(tokens: &[TokenTree]) -> bool {
    tokens.len() > 1 && is(&tokens[0], ':') && is(&tokens[1], ':')
}

fn is(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark)
}

fn word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}
