//! Reads what a module declares and mentions.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, ImplItem, Item, Visibility};

use super::paths::{self, Leaf, Mentioned};
use super::{File, Module};

/// A module, in a file of its own or within one.
#[derive(Debug)]
pub struct Scope {
    pub file: usize,
    /// Whether it is compiled for tests alone.
    pub test: bool,
    /// The names of what it defines itself.
    pub items: BTreeSet<String>,
    pub leaves: Vec<Leaf>,
    pub paths: Vec<Mentioned>,
}

/// Records a module and the modules that are written within it.
pub fn declare(
    scopes: &mut BTreeMap<Module, Scope>,
    file: usize,
    module: &Module,
    items: &[Item],
    test: bool,
) {
    let mut scope = Scope {
        file,
        test,
        items: BTreeSet::new(),
        leaves: Vec::new(),
        paths: Vec::new(),
    };
    for item in items {
        let test = is_for_tests(attributes(item));
        match item {
            Item::Mod(inner) => {
                if let Some((_, items)) = &inner.content {
                    let path = [&module[..], &[inner.ident.to_string()]].concat();
                    declare(scopes, file, &path, items, scope.test || test);
                }
            }
            Item::Use(import) => {
                let public = !matches!(import.vis, Visibility::Inherited);
                paths::leaves(import.to_token_stream(), public, test, &mut scope.leaves);
            }
            Item::Impl(whole) => {
                let mut outer = whole.clone();
                for part in std::mem::take(&mut outer.items) {
                    let test = test || is_for_tests(attributes_inside(&part));
                    scope.note(part.to_token_stream(), test);
                }
                scope.note(outer.to_token_stream(), test);
            }
            _ => {
                scope.items.extend(name(item));
                scope.note(item.to_token_stream(), test);
            }
        }
    }
    scopes.insert(module.clone(), scope);
}

impl Scope {
    fn note(&mut self, tokens: TokenStream, test: bool) {
        paths::walk(tokens, test, &mut self.paths, &mut self.leaves);
    }
}

/// Lists the modules whose files are declared for tests alone.
pub fn only_for_tests(files: &[File]) -> Vec<Module> {
    let mut found = Vec::new();
    for file in files {
        for item in &file.parsed.items {
            if let Item::Mod(inner) = item
                && inner.content.is_none()
                && is_for_tests(&inner.attrs)
            {
                found.push([&file.module[..], &[inner.ident.to_string()]].concat());
            }
        }
    }
    found
}

/// Returns whether something with these attributes is compiled for tests alone.
pub fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let tokens = attribute.to_token_stream().to_string().replace(' ', "");
        attribute.path().is_ident("test") || tokens == "#[cfg(test)]" || tokens.starts_with("#[cfg(all(test,")
    })
}

fn name(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(ident.to_string())
}

/// Returns the attributes of an item.
pub fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn attributes_inside(part: &ImplItem) -> &[Attribute] {
    match part {
        ImplItem::Const(part) => &part.attrs,
        ImplItem::Fn(part) => &part.attrs,
        ImplItem::Type(part) => &part.attrs,
        _ => &[],
    }
}
