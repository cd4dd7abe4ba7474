//! Proofs of rank for handlers' signatures. The route's [`Access`](super::Access) has let the caller in; these make
//! sure that a handler is never behind a door too low for it.

use super::caller::Caller;
use crate::error::ApiError;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use schema::people::rules::Role;
use std::ops::Deref;
use std::sync::Arc;

/// The caller, if anybody is signed in.
pub struct Maybe(pub Option<Arc<Caller>>);

fn caller(parts: &Parts) -> Option<Arc<Caller>> {
    parts.extensions.get::<Option<Arc<Caller>>>().cloned().flatten()
}

impl<S: Send + Sync> FromRequestParts<S> for Maybe {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Ok(Self(caller(parts)))
    }
}

macro_rules! ranks {
    ($($(#[$doc:meta])* $name:ident: $rank:expr;)+) => {$(
        $(#[$doc])*
        pub struct $name(pub Arc<Caller>);

        impl Deref for $name {
            type Target = Caller;

            fn deref(&self) -> &Caller {
                &self.0
            }
        }

        impl<S: Send + Sync> FromRequestParts<S> for $name {
            type Rejection = ApiError;

            async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
                let caller = caller(parts).ok_or(ApiError::NoIdentity)?;
                if caller.role() < $rank {
                    return Err(ApiError::Forbidden);
                }
                Ok(Self(caller))
            }
        }
    )+};
}

ranks! {
    /// Whoever is signed in.
    SignedIn: Role::Customer;
    /// An agent or more.
    Agent: Role::Agent;
    /// An admin or more.
    Admin: Role::Admin;
    /// A super admin.
    SuperAdmin: Role::SuperAdmin;
}
