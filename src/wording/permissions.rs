//! Names of permissions, as Discord's settings show them.

use crate::domain::permission::Permission;

/// Returns the name of a permission.
#[must_use]
pub const fn name(permission: Permission) -> &'static str {
    match permission {
        Permission::ViewChannel => "View Channel",
        Permission::SendMessages => "Send Messages",
        Permission::CreatePublicThreads => "Create Public Threads",
        Permission::SendMessagesInThreads => "Send Messages in Threads",
        Permission::AttachFiles => "Attach Files",
        Permission::AddReactions => "Add Reactions",
        Permission::ReadMessageHistory => "Read Message History",
        Permission::ManageThreads => "Manage Threads",
    }
}
