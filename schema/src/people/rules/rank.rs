//! Who may change whom (A1-38, B25-30).

use super::Role;

/// Why somebody may not be made, changed or deleted as was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLow;

/// Whether someone of role `actor` may make a user of role `target`, or touch one: nobody reaches above himself.
///
/// # Errors
/// He may not.
pub fn may_touch(actor: Role, target: Role) -> Result<(), TooLow> {
    if target <= actor { Ok(()) } else { Err(TooLow) }
}

/// What makes a user one of those who run a site, or all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub role: Role,
    pub is_active: bool,
    pub is_banned: bool,
}

impl Standing {
    /// Whether he administers, as things stand.
    #[must_use]
    pub fn administers(self) -> bool {
        self.role >= Role::Admin && self.is_active && !self.is_banned
    }

    /// Whether a change takes an admin's right away; then somebody else must have it.
    #[must_use]
    pub fn steps_down(self, after: Option<Standing>) -> bool {
        self.administers() && !after.is_some_and(|after| after.administers() && after.role == self.role)
    }

    /// Whether sessions that began before the change must end with it.
    #[must_use]
    pub fn ends_sessions(self, after: Standing) -> bool {
        (self.is_active && !after.is_active)
            || (!self.is_banned && after.is_banned)
            || self.role != after.role
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADMIN: Standing = Standing { role: Role::Admin, is_active: true, is_banned: false };

    #[test]
    fn nobody_makes_or_touches_anybody_above_himself() {
        for actor in Role::ALL {
            for target in Role::ALL {
                assert_eq!(may_touch(actor, target).is_ok(), target <= actor, "{actor:?} {target:?}");
            }
        }
        assert_eq!(may_touch(Role::Admin, Role::SuperAdmin), Err(TooLow));
    }

    #[test]
    fn an_admin_steps_down_by_role_ban_deactivation_or_deletion() {
        assert!(ADMIN.steps_down(None));
        assert!(ADMIN.steps_down(Some(Standing { role: Role::Agent, ..ADMIN })));
        assert!(ADMIN.steps_down(Some(Standing { is_active: false, ..ADMIN })));
        assert!(ADMIN.steps_down(Some(Standing { is_banned: true, ..ADMIN })));
        assert!(!ADMIN.steps_down(Some(ADMIN)));
        assert!(!Standing { role: Role::Agent, ..ADMIN }.steps_down(None));
        assert!(!Standing { is_active: false, ..ADMIN }.steps_down(None));
    }

    #[test]
    fn sessions_end_with_a_ban_a_deactivation_or_another_role_and_not_with_their_opposites() {
        let (off, banned) = (Standing { is_active: false, ..ADMIN }, Standing { is_banned: true, ..ADMIN });
        assert!(ADMIN.ends_sessions(off) && ADMIN.ends_sessions(banned));
        assert!(ADMIN.ends_sessions(Standing { role: Role::Agent, ..ADMIN }));
        assert!(!ADMIN.ends_sessions(ADMIN) && !off.ends_sessions(ADMIN) && !banned.ends_sessions(ADMIN));
    }
}
