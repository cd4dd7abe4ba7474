//! What a route demands of its caller, said once: it stands in front of the handler and in the documentation, and
//! the tests that try every route with every caller read it from there.

use super::caller::Caller;
use super::credentials::{Credentials, Door};
use crate::error::ApiError;
use crate::guard::Visit;
use crate::openapi::operations;
use crate::state::State;
use axum::extract::{Request, State as Extract};
use axum::http::HeaderMap;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use schema::people::rules::{Permission, Role};
use serde_json::json;
use std::sync::Arc;
use utoipa::openapi::ResponseBuilder;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::SecurityRequirement;
use utoipa_axum::router::UtoipaMethodRouter;

/// Whose objects a route touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tenants {
    /// None of any site's.
    None,
    /// The caller's own: his sessions, his profile, his tickets.
    Own,
    /// The site's of the call.
    Site,
    /// Every site's.
    All,
}

/// What a route demands.
#[derive(Clone, Copy, Debug)]
pub struct Access {
    /// The lowest rank let in; none for everybody.
    rank: Option<Role>,
    permission: Option<Permission>,
    tenants: Tenants,
    /// Open also to whoever must change the password first (A1-20).
    stale_password: bool,
    /// A widget's key opens it as well.
    widget: bool,
    /// Nobody looks at a token that is sent.
    ignores_token: bool,
}

impl Access {
    /// Everybody; a token that is sent must be good.
    pub const PUBLIC: Access = Access {
        rank: None,
        permission: None,
        tenants: Tenants::None,
        stale_password: true,
        widget: false,
        ignores_token: false,
    };
    /// Everybody, whatever token is sent along: a client that signs in anew may still send its old one.
    pub const OPEN: Access = Access { ignores_token: true, ..Access::PUBLIC };
    /// Whoever presents a widget's key, or a good token.
    pub const WIDGET: Access = Access { tenants: Tenants::Site, widget: true, ..Access::PUBLIC };
    /// Whoever presents a widget's key; a token opens nothing and is not looked at.
    pub const KEYED: Access = Access { ignores_token: true, ..Access::WIDGET };
    /// Whoever is signed in, for what is his.
    pub const SIGNED_IN: Access =
        Access { rank: Some(Role::Customer), tenants: Tenants::Own, stale_password: false, ..Access::PUBLIC };
    pub const AGENT: Access = Access { rank: Some(Role::Agent), tenants: Tenants::Site, ..Access::SIGNED_IN };
    pub const ADMIN: Access = Access { rank: Some(Role::Admin), ..Access::AGENT };
    pub const SUPER_ADMIN: Access =
        Access { rank: Some(Role::SuperAdmin), tenants: Tenants::All, ..Access::AGENT };

    /// Demands a permission of the caller's role besides. Customers have none and are judged by the handler.
    #[must_use]
    pub const fn with(self, permission: Permission) -> Self {
        Access { permission: Some(permission), ..self }
    }

    #[must_use]
    pub const fn touching(self, tenants: Tenants) -> Self {
        Access { tenants, ..self }
    }

    /// Also for whoever must change the password first.
    #[must_use]
    pub const fn with_stale_password(self) -> Self {
        Access { stale_password: true, ..self }
    }

    fn judge(self, caller: &Caller) -> Result<(), ApiError> {
        if caller.user.must_change_password && !self.stale_password {
            return Err(ApiError::PasswordStale);
        }
        let ranks = self.rank.is_none_or(|rank| caller.role() >= rank);
        let permitted = caller.role() == Role::Customer || self.permission.is_none_or(|one| caller.may(one));
        if ranks && permitted { Ok(()) } else { Err(ApiError::Forbidden) }
    }

    fn roles(self) -> Vec<&'static str> {
        match self.rank {
            None if self.widget && self.ignores_token => vec!["widget"],
            None if self.widget => ["widget"].into_iter().chain(Self::from(Role::Customer)).collect(),
            None => vec!["public"],
            Some(rank) => Self::from(rank).collect(),
        }
    }

    /// What the door itself may answer.
    fn describe_refusals(self, operation: &mut Operation) {
        if !self.ignores_token || self.widget {
            let nobody = || ResponseBuilder::new().description("Nobody, or nobody any more").build().into();
            operation.responses.responses.entry("401".to_owned()).or_insert_with(nobody);
        }
    }

    fn from(rank: Role) -> impl Iterator<Item = &'static str> {
        Role::ALL.into_iter().filter(move |role| *role >= rank).map(Role::as_str)
    }

    fn describe(self, operation: &mut Operation) {
        let tenants = match self.tenants {
            Tenants::None => "none",
            Tenants::Own => "own",
            Tenants::Site => "site",
            Tenants::All => "all",
        };
        let mut said =
            ExtensionsBuilder::new().add("x-roles", json!(self.roles())).add("x-tenant-scope", tenants);
        if let Some(permission) = self.permission {
            said = said.add("x-permission", permission.as_str());
        }
        match &mut operation.extensions {
            Some(extensions) => extensions.merge(said.build()),
            none => *none = Some(said.build()),
        }
        self.describe_refusals(operation);
        operation.security = match (self.rank, self.widget) {
            (Some(_), _) => Some(vec![requirement("bearer")]),
            (None, true) if self.ignores_token => Some(vec![requirement("widgetKey")]),
            (None, true) => Some(vec![requirement("widgetKey"), requirement("bearer")]),
            (None, false) => None,
        };
    }
}

fn requirement(name: &str) -> SecurityRequirement {
    SecurityRequirement::new::<_, [&str; 0], &str>(name, [])
}

/// Routes behind what they demand.
pub fn guarded(
    state: &State,
    access: Access,
    (schemas, mut paths, router): UtoipaMethodRouter<State>,
) -> UtoipaMethodRouter<State> {
    for item in paths.paths.values_mut() {
        operations(item).for_each(|(_, operation)| access.describe(operation));
    }
    (schemas, paths, router.layer(from_fn_with_state((state.clone(), access), admit)))
}

async fn admit(
    Extract((state, access)): Extract<(State, Access)>,
    mut request: Request,
    next: Next,
) -> Response {
    let visit = request.extensions().get::<Visit>().cloned();
    match enter(&state, access, visit, request.headers()).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(error) => error.into_response(),
    }
}

/// A key that comes along with a token must be good as well, and of the same site (A1-42).
async fn beside(caller: &Caller, headers: &HeaderMap, state: &State) -> Result<(), ApiError> {
    let credentials = Credentials::of(headers, Door::Public)?;
    if !credentials.has_key() {
        return Ok(());
    }
    let site = credentials.site(state).await?.id;
    if caller.one_site().is_none_or(|own| own == site) { Ok(()) } else { Err(ApiError::Forbidden) }
}

async fn enter(
    state: &State,
    access: Access,
    visit: Option<Visit>,
    headers: &HeaderMap,
) -> Result<Option<Arc<Caller>>, ApiError> {
    if access.ignores_token {
        return Ok(None);
    }
    let visit = visit.ok_or_else(|| ApiError::Fault(anyhow::anyhow!("the guard was passed by")))?;
    match (Caller::of(headers, &visit, state).await?, access.rank) {
        (Some(caller), _) => {
            access.judge(&caller)?;
            if access.widget {
                beside(&caller, headers, state).await?;
            }
            Ok(Some(Arc::new(caller)))
        }
        (None, None) => Ok(None),
        (None, Some(_)) => Err(ApiError::NoIdentity),
    }
}
