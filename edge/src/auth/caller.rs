//! The signed-in caller of one request.

use super::token::Tokens;
use crate::error::{ApiError, Missing};
use crate::guard::Visit;
use crate::state::State;
use axum::http::{HeaderMap, header};
use jobs::{SiteId, UserId};
use schema::people::rules::{Permission, Role};
use schema::people::{self, find_caller};
use schema::pool::Scope;
use schema::sites::{Home, home};
use schema::tickets::status::By;
use uuid::Uuid;

const SITE_ID: &str = "x-site-id";

/// Who calls, for which site, from where.
#[derive(Clone, Debug)]
pub struct Caller {
    pub user: people::Caller,
    pub session: Uuid,
    /// The site of the call: the caller's own, or the one a super admin names; none for all.
    site: Option<SiteId>,
    by: By,
}

impl Caller {
    /// The caller of a bearer token, in the order of A2-08. None without a token.
    ///
    /// # Errors
    /// A bad token, a session that ended, a user who is gone, switched off or banned, or a site that is not his.
    pub async fn of(headers: &HeaderMap, visit: &Visit, state: &State) -> Result<Option<Self>, ApiError> {
        let Some(token) = bearer(headers) else { return Ok(None) };
        let claims = state.tokens.check(token?).ok_or(ApiError::BadToken)?;
        let user = find_caller(&state.db, claims.id, claims.sid).await.map_err(ApiError::of_database)?;
        let user = user.ok_or(ApiError::BadUser)?;
        // Whoever is switched off or banned was signed out by that, and is told why (A2-04, A1-18).
        if !user.is_active {
            return Err(ApiError::BadUser);
        }
        if user.is_banned {
            return Err(ApiError::Forbidden);
        }
        if !user.is_signed_in {
            return Err(ApiError::BadToken);
        }
        let site = site(headers, &user, state).await?;
        let agent = headers.get(header::USER_AGENT).map(|value| String::from_utf8_lossy(value.as_bytes()));
        let agent = agent.map(|text| text.chars().take(500).collect());
        let by = By { user_id: Some(user.id), origin: visit.origin(agent) };
        Ok(Some(Self { user, session: claims.sid, site, by }))
    }

    #[must_use]
    pub fn id(&self) -> UserId {
        self.user.id
    }

    #[must_use]
    pub fn role(&self) -> Role {
        self.user.role
    }

    /// Whether his role has a permission.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.role() == Role::SuperAdmin || self.user.granted.contains(&permission)
    }

    /// For the audit log.
    #[must_use]
    pub fn by(&self) -> By {
        self.by.clone()
    }

    /// The one site he acts for; none for a super admin who named none.
    #[must_use]
    pub fn one_site(&self) -> Option<SiteId> {
        self.site
    }

    /// What lists show him: his site's rows, or every site's for a super admin who named none (A1-36).
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.site.map_or(Scope::System, Scope::Site)
    }

    /// The site he acts for.
    ///
    /// # Errors
    /// A super admin who named none.
    pub fn site(&self) -> Result<SiteId, ApiError> {
        self.site.ok_or(ApiError::SiteNotNamed)
    }

    /// The site of a record he names: his own, whatever the record's; a super admin may name records of all sites.
    ///
    /// # Errors
    /// There is no such record.
    pub async fn home(&self, state: &State, kind: Home, id: Uuid) -> Result<SiteId, ApiError> {
        match self.site {
            Some(site) => Ok(site),
            None => home(&state.db, kind, id)
                .await
                .map_err(ApiError::of_database)?
                .ok_or(ApiError::NotFound(Missing::Record)),
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<Result<&str, ApiError>> {
    let value = headers.get(header::AUTHORIZATION)?;
    let text = value.to_str().unwrap_or_default().trim();
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    let bad = !scheme.eq_ignore_ascii_case("bearer") || token.trim().is_empty();
    Some(if bad { Err(ApiError::BadToken) } else { Ok(token.trim()) })
}

/// Only a super admin chooses; whoever has a site and names another is turned away.
async fn site(headers: &HeaderMap, user: &people::Caller, state: &State) -> Result<Option<SiteId>, ApiError> {
    let named = headers.get(SITE_ID).and_then(|value| value.to_str().ok()).map(str::trim);
    let Some(named) = named.filter(|text| !text.is_empty()) else { return Ok(user.site) };
    let named = named.parse().ok().map(SiteId);
    match (user.site, named) {
        (Some(own), Some(named)) if own == named => Ok(Some(own)),
        (Some(_), _) => Err(ApiError::Forbidden),
        (None, Some(named)) => {
            let known = state.sites.by_id(named).await?;
            known.map(|site| Some(site.id)).ok_or(ApiError::NotFound(Missing::Site))
        }
        (None, None) => Err(ApiError::NotFound(Missing::Site)),
    }
}

impl Tokens {
    /// Whether a request carries a bearer token at all.
    #[must_use]
    pub fn present(headers: &HeaderMap) -> bool {
        bearer(headers).is_some()
    }
}
