//! Buttons and forms.

pub(in crate::gateway) mod buttons;
mod custom_id;
pub(in crate::gateway) mod forms;
mod press;
