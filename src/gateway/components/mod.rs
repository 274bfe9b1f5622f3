//! Buttons and forms.

pub(in crate::gateway) mod buttons;
pub(in crate::gateway) mod forms;
mod press;
