//! Puts the words of [`wording::commands`](crate::wording::commands) onto the commands.

use std::borrow::Cow;

use poise::CommandParameterChoice;

use super::context::Command;
use crate::wording::commands::{COMMANDS, OptionText};

/// Gives every command, option and choice its words.
pub(super) fn put_on(mut commands: Vec<Command>) -> Vec<Command> {
    for command in &mut commands {
        put(command, &command.name.clone());
    }
    commands
}

/// Gives one command its words, and those below it theirs. `name` has the names of those above it.
fn put(command: &mut Command, name: &str) {
    if let Some(words) = COMMANDS.iter().find(|words| words.name == name) {
        if command.context_menu_action.is_some() {
            command.context_menu_name = Some(words.text.into());
        } else {
            command.description = Some(words.text.into());
        }
        for parameter in &mut command.parameters {
            if let Some(words) = words.options.iter().find(|words| words.name == parameter.name) {
                parameter.description = Some(words.text.into());
                name_choices(&mut parameter.choices, words);
            }
        }
    }
    for below in &mut command.subcommands {
        let name = format!("{name} {}", below.name);
        put(below, &name);
    }
}

/// Gives the choices of an option the names that people read.
fn name_choices(choices: &mut Cow<'static, [CommandParameterChoice]>, words: &OptionText) {
    if words.choices.is_empty() {
        return;
    }
    for choice in choices.to_mut() {
        if let Some((_, text)) = words.choices.iter().find(|(name, _)| *name == choice.name) {
            choice.name = (*text).into();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::commands;

    /// Every command, every option and every choice, each by the names above it and its own.
    fn names(command: &Command, name: &str, into: &mut Vec<String>) {
        into.push(name.to_owned());
        // Nobody sees the message as an option on which a menu is opened.
        let seen = command.context_menu_action.is_none();
        for option in command.parameters.iter().filter(|_| seen) {
            into.push(format!("{name}: {}", option.name));
            let choices = option.choices.iter();
            into.extend(choices.map(|choice| format!("{name}: {}: {}", option.name, choice.name)));
        }
        for below in &command.subcommands {
            names(below, &format!("{name} {}", below.name), into);
        }
    }

    #[test]
    fn whatever_can_be_read_has_its_words_once_and_no_words_are_left_over() {
        let mut wanted = Vec::new();
        for command in commands::without_words() {
            names(&command, &command.name, &mut wanted);
        }
        let mut found = Vec::new();
        for command in COMMANDS {
            found.push(command.name.to_owned());
            for option in command.options {
                found.push(format!("{}: {}", command.name, option.name));
                let choices = option.choices.iter();
                found.extend(
                    choices.map(|(choice, _)| format!("{}: {}: {choice}", command.name, option.name)),
                );
            }
        }
        wanted.sort_unstable();
        found.sort_unstable();
        assert_eq!(wanted, found);
        assert!(wanted.len() > 100, "only {} things have words", wanted.len());
    }

    #[test]
    fn no_command_brings_words_of_its_own() {
        for command in commands::without_words() {
            let mut all = vec![&command];
            while let Some(command) = all.pop() {
                for option in &command.parameters {
                    assert_eq!(option.description, None, "{}: {}", command.name, option.name);
                }
                all.extend(&command.subcommands);
            }
        }
    }
}
