//! Buttons and forms.

pub(in crate::gateway) mod buttons;
