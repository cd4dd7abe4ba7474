//! Along which index a list goes.

use super::filter::{AgentIs, Filter};

/// An index that yields tickets newest first. Of those that serve a filter the narrowest is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Driver {
    User,
    Tag,
    Agent,
    Breached,
    Category,
    Department,
    Unassigned,
    Status,
    Site,
}

impl Driver {
    pub const ALL: [Driver; 9] = [
        Driver::User,
        Driver::Tag,
        Driver::Agent,
        Driver::Breached,
        Driver::Category,
        Driver::Department,
        Driver::Unassigned,
        Driver::Status,
        Driver::Site,
    ];

    pub fn of(filter: &Filter) -> Self {
        let serves = |driver: &Driver| match driver {
            Driver::User => filter.user_id.is_some(),
            Driver::Tag => filter.tag.is_some(),
            Driver::Agent => matches!(filter.agent, Some(AgentIs::Somebody(_))),
            Driver::Breached => filter.sla_breached == Some(true),
            Driver::Category => filter.category_id.is_some(),
            Driver::Department => filter.department_id.is_some(),
            Driver::Unassigned => filter.agent == Some(AgentIs::Nobody),
            Driver::Status => filter.statuses.is_some(),
            Driver::Site => true,
        };
        Driver::ALL.into_iter().find(serves).unwrap_or(Driver::Site)
    }

    /// Whether the index alone decides: the filter asks for nothing else.
    pub fn decides(self, filter: &Filter) -> bool {
        let mut rest = filter.clone();
        match self {
            Driver::User => rest.user_id = None,
            Driver::Tag => rest.tag = None,
            Driver::Agent | Driver::Unassigned => rest.agent = None,
            Driver::Breached => rest.sla_breached = None,
            Driver::Category => rest.category_id = None,
            Driver::Department => rest.department_id = None,
            Driver::Status => rest.statuses = None,
            Driver::Site => {}
        }
        rest == Filter {
            created_from: filter.created_from,
            created_to: filter.created_to,
            ..Filter::default()
        }
    }

    /// The parts of the index that are each in order, as `p`.
    pub const fn parts(self) -> &'static str {
        match self {
            Driver::Status => "unnest($1::uuid[]) as p(site_id) cross join unnest($2::text[]) as k(status)",
            Driver::Tag | Driver::Breached | Driver::Unassigned | Driver::Site => {
                "unnest($1::uuid[]) as p(site_id)"
            }
            _ => "(select 1) as p",
        }
    }

    /// The tables of one part, with `t` among them.
    pub const fn tables(self) -> &'static str {
        match self {
            Driver::Tag => "ticket_tags g join tickets t on t.id = g.ticket_id",
            _ => "tickets t",
        }
    }

    /// What makes a row one of the part.
    pub const fn condition(self) -> &'static str {
        match self {
            Driver::User => "t.user_id = $11 and t.site_id = any($1)",
            Driver::Tag => "g.site_id = p.site_id and g.tag = $10 and t.site_id = p.site_id",
            Driver::Agent => "t.agent_id = $6 and t.site_id = any($1)",
            Driver::Breached => "t.site_id = p.site_id and t.sla_breached",
            Driver::Category => "t.category_id = $5 and t.site_id = any($1)",
            Driver::Department => "t.department_id = $4 and t.site_id = any($1)",
            Driver::Unassigned => "t.site_id = p.site_id and t.agent_id is null",
            Driver::Status => "t.site_id = p.site_id and t.status = k.status",
            Driver::Site => "t.site_id = p.site_id",
        }
    }

    /// The columns by which the index is in order.
    pub const fn age(self) -> (&'static str, &'static str) {
        match self {
            Driver::Tag => ("g.created_at", "g.ticket_id"),
            _ => ("t.created_at", "t.id"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tickets::rules::{Priority, Status};
    use uuid::Uuid;

    #[test]
    fn the_narrowest_index_that_serves_is_taken() {
        let status = Filter { statuses: Some(vec![Status::Open.into()]), ..Filter::default() };
        let mine = Filter { agent: Some(AgentIs::Somebody(Uuid::nil())), ..status.clone() };
        let nobodys = Filter { agent: Some(AgentIs::Nobody), ..status.clone() };
        assert_eq!(Driver::of(&Filter::default()), Driver::Site);
        assert_eq!(Driver::of(&status), Driver::Status);
        assert_eq!(Driver::of(&mine), Driver::Agent);
        assert_eq!(Driver::of(&nobodys), Driver::Unassigned);
        assert_eq!(Driver::of(&Filter { tag: Some("iade".into()), ..mine.clone() }), Driver::Tag);
        assert!(Driver::Status.decides(&status) && !Driver::Agent.decides(&mine));
        let dated = Filter { created_from: Some(chrono::DateTime::UNIX_EPOCH), ..status.clone() };
        assert!(Driver::Status.decides(&dated));
        assert!(!Driver::Site.decides(&Filter { priority: Some(Priority::High), ..Filter::default() }));
    }
}
