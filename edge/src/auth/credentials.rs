//! For which site a page calls that has nobody signed in.
//!
//! A widget presents its site's key in `X-API-Key`; `X-Site-ID` may stand beside it and must then name the same site
//! (A1-42).

use crate::error::ApiError;
use crate::state::State;
use axum::http::HeaderMap;
use jobs::SiteId;
use schema::sites::Settings;
use std::sync::Arc;

const API_KEY: &str = "x-api-key";
const SITE_ID: &str = "x-site-id";
const KEY_CHARS_MAX: usize = 200;

/// Which callers a route lets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Anyone: by key, by site id, or for the deployment's default site.
    Public,
    /// Whoever presents a site's key.
    Widget,
}

/// What a request says of its caller.
#[derive(Clone, Debug)]
pub struct Credentials {
    key: Option<String>,
    site: Option<Named>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    Site(SiteId),
    /// Something that is no id, and so no site of ours.
    Nobody,
}

impl Credentials {
    /// # Errors
    /// The route wants a key and there is none.
    pub fn of(headers: &HeaderMap, door: Door) -> Result<Self, ApiError> {
        let key = text(headers, API_KEY);
        if key.is_none() && door == Door::Widget {
            return Err(ApiError::NoIdentity);
        }
        let site =
            text(headers, SITE_ID).map(|id| id.parse().map_or(Named::Nobody, |id| Named::Site(SiteId(id))));
        Ok(Self { key, site })
    }

    /// Whether a key was presented, good or bad.
    #[must_use]
    pub fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// Where nothing names a site, that of whoever is signed in.
    #[must_use]
    pub fn or(mut self, site: Option<SiteId>) -> Self {
        if self.key.is_none() && self.site.is_none() {
            self.site = site.map(Named::Site);
        }
        self
    }

    /// Those of somebody who is signed in and acts for this site.
    #[must_use]
    pub fn of_site(site: SiteId) -> Self {
        Self { key: None, site: Some(Named::Site(site)) }
    }

    /// The site they open.
    ///
    /// # Errors
    /// An unknown or revoked key, a key of another site than named, or no site at all.
    pub async fn site(&self, state: &State) -> Result<Arc<Settings>, ApiError> {
        match (&self.key, self.site) {
            (Some(key), _) => self.by_key(state, key).await,
            (None, Some(Named::Site(site))) => state.sites.by_id(site).await?.ok_or(ApiError::NoSite),
            (None, Some(Named::Nobody)) => Err(ApiError::NoSite),
            (None, None) => state.sites.default_site().await?.ok_or(ApiError::NoSite),
        }
    }

    async fn by_key(&self, state: &State, key: &str) -> Result<Arc<Settings>, ApiError> {
        let known = if key.len() > KEY_CHARS_MAX { None } else { state.sites.by_key(key).await? };
        self.named(known)
    }

    /// The site they open now, a key that was revoked or a site that was switched off a moment ago refused. For
    /// reads: an act has that checked where it writes.
    ///
    /// # Errors
    /// As [`Credentials::site`].
    pub async fn current_site(&self, state: &State) -> Result<Arc<Settings>, ApiError> {
        match (&self.key, self.site) {
            (Some(key), _) if key.len() > KEY_CHARS_MAX => Err(ApiError::BadKey),
            (Some(key), _) => self.named(state.sites.current_by_key(key).await?),
            (None, Some(Named::Site(site))) => state.sites.current(site).await?.ok_or(ApiError::NoSite),
            (None, Some(Named::Nobody)) => Err(ApiError::NoSite),
            (None, None) => state.sites.current_default().await?.ok_or(ApiError::NoSite),
        }
    }

    /// The site of a key, if it is the one that was named beside it.
    fn named(&self, known: Option<Arc<Settings>>) -> Result<Arc<Settings>, ApiError> {
        let site = known.ok_or(ApiError::BadKey)?;
        match self.site {
            Some(named) if named != Named::Site(site.id) => Err(ApiError::Forbidden),
            _ => Ok(site),
        }
    }
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).trim().to_owned()).filter(|text| !text.is_empty())
}
