//! The mails' texts (B10-57…59, B10-66): staff read them, admins write the site's own.

mod body;
mod view;

use crate::auth::{Access, Admin, Agent, guarded};
use crate::error::{ApiError, Missing, language};
use crate::request::{Body, List, Page, PageQuery};
use crate::state::State;
use crate::time::now;
use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State as Extract};
use axum::http::{HeaderMap, StatusCode};
use body::{Draft, Trial, sentence};
use jobs::SiteId;
use schema::mail::Template;
use schema::mail::site_templates::{self, NewTexts, SiteTemplate};
use schema::mail::templates::{Facts, OwnTemplate, Source, built_in, render_own};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use view::{Shown, View};

/// The routes.
pub fn routes(state: &State) -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(guarded(state, Access::AGENT, routes!(list)))
        .routes(guarded(state, Access::ADMIN, routes!(put, reset)))
        .routes(guarded(state, Access::AGENT, routes!(preview)))
}

type Key = Result<Path<String>, PathRejection>;

fn known(key: Key) -> Result<Template, ApiError> {
    let template = key.ok().and_then(|Path(key)| Template::parse(&key));
    template.ok_or(ApiError::NotFound(Missing::Record))
}

/// The texts a site begins with.
async fn begun_with(state: &State, site: SiteId, template: Template) -> Result<Source, ApiError> {
    let settings = state.sites.current(site).await?.ok_or(ApiError::NotFound(Missing::Site))?;
    Ok(built_in(template, &settings.support_team_name))
}

async fn own(state: &State, site: SiteId, template: Template) -> Result<Option<SiteTemplate>, ApiError> {
    let all = site_templates::list(&state.db, site).await?;
    Ok(all.into_iter().find(|one| one.key == template.key()))
}

/// Every mail with the site's own text, or the built-in one.
#[utoipa::path(get, path = "/api/email-templates", tag = "mail", params(PageQuery),
    responses((status = 200, body = List<View>)))]
async fn list(
    Extract(state): Extract<State>,
    caller: Agent,
    page: Page,
) -> Result<Json<List<View>>, ApiError> {
    let site = caller.site()?;
    let mut own = site_templates::list(&state.db, site).await?;
    let mut views = Vec::with_capacity(Template::ALL.len());
    for template in Template::ALL {
        let place = own.iter().position(|one| one.key == template.key());
        views.push(match place.map(|place| own.swap_remove(place)) {
            Some(own) => View::own(template, own),
            None => View::built_in(template, begun_with(&state, site, template).await?),
        });
    }
    let total = i64::try_from(views.len()).unwrap_or_default();
    let skipped = usize::try_from(page.offset()).unwrap_or(usize::MAX);
    let data = views.into_iter().skip(skipped).take(page.limit as usize).collect();
    Ok(Json(page.list(data, total)))
}

/// The site says it thus from now on.
#[utoipa::path(put, path = "/api/email-templates/{key}", tag = "mail", request_body = Draft,
    params(("key" = String, Path, max_length = 50)), responses((status = 200, body = View), (status = 404)))]
async fn put(
    Extract(state): Extract<State>,
    caller: Admin,
    key: Key,
    headers: HeaderMap,
    Body(draft): Body<Draft>,
) -> Result<Json<View>, ApiError> {
    let template = known(key)?;
    let Draft { subject, html, text } = &draft;
    draft.check(language(&headers))?;
    let texts = NewTexts { subject: subject.trim(), html, text };
    let site = caller.site()?;
    let new = site_templates::put(&state.db, site, template, texts, &caller.by(), now()).await?;
    Ok(Json(View::own(template, new)))
}

/// Back to the built-in text.
#[utoipa::path(delete, path = "/api/email-templates/{key}", tag = "mail",
    params(("key" = String, Path, max_length = 50)), responses((status = 204), (status = 404)))]
async fn reset(Extract(state): Extract<State>, caller: Admin, key: Key) -> Result<StatusCode, ApiError> {
    let template = known(key)?;
    site_templates::reset(&state.db, caller.site()?, template, &caller.by(), now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The mail as a customer would get it, filled with a made-up ticket; what is not given is taken from the texts in use.
#[utoipa::path(post, path = "/api/email-templates/{key}/preview", tag = "mail", request_body = Trial,
    params(("key" = String, Path, max_length = 50)), responses((status = 200, body = Shown), (status = 404)))]
async fn preview(
    Extract(state): Extract<State>,
    caller: Agent,
    key: Key,
    headers: HeaderMap,
    Body(trial): Body<Trial>,
) -> Result<Json<Shown>, ApiError> {
    let (template, site) = (known(key)?, caller.site()?);
    let language = language(&headers);
    trial.check(language)?;
    let begun_with = begun_with(&state, site, template).await?;
    let current = match own(&state, site, template).await? {
        Some(SiteTemplate { subject, html, text, .. }) => Source { subject, html, text },
        None => begun_with,
    };
    let own = OwnTemplate {
        subject: trial.subject.as_deref().unwrap_or(&current.subject),
        html: trial.html.as_deref().unwrap_or(&current.html),
        text: trial.text.as_deref().unwrap_or(&current.text),
    };
    let facts = Facts::sample("https://destek.example.com");
    let rendered = render_own(template, own, &facts);
    Ok(Json(rendered.map_err(|_| ApiError::field("html", sentence(None, language)))?.into()))
}
