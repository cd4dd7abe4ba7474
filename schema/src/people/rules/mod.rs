//! Roles and permissions (CONTRACT-A 1.4). Pure.

mod permission;
mod role;

pub use permission::Permission;
pub use role::Role;
