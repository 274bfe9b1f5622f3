//! Holds the words of a command and of its options.

/// The words of one command, or of one subcommand.
#[derive(Clone, Copy, Debug)]
pub struct CommandText {
    /// The name of the command, after those of the commands above it: `settings limits`.
    pub name: &'static str,
    /// The description of the command, or its name in the menu of a message.
    pub text: &'static str,
    /// The options of the command.
    pub options: &'static [OptionText],
}

/// The words of one option.
#[derive(Clone, Copy, Debug)]
pub struct OptionText {
    /// The name of the option.
    pub name: &'static str,
    /// The description of the option.
    pub text: &'static str,
    /// The choices of the option: each one's name in the code, and what people read. Empty if
    /// anything can be typed.
    pub choices: &'static [(&'static str, &'static str)],
}

pub(super) const fn command(
    name: &'static str,
    text: &'static str,
    options: &'static [OptionText],
) -> CommandText {
    CommandText { name, text, options }
}

pub(super) const fn option(name: &'static str, text: &'static str) -> OptionText {
    choice(name, text, &[])
}

pub(super) const fn choice(
    name: &'static str,
    text: &'static str,
    choices: &'static [(&'static str, &'static str)],
) -> OptionText {
    OptionText { name, text, choices }
}
