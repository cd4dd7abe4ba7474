//! A site's settings under their keys (B25-31). The same values stand in the site itself; here each has its own door.

use crate::auth::{Access, Agent, guarded};
use crate::error::{ApiError, Missing, language};
use crate::request::Body;
use crate::state::State;
use crate::text::{Language, Text, Words};
use crate::time::now;
use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State as Extract};
use axum::http::HeaderMap;
use garde::Validate;
use schema::people::rules::Permission;
use schema::sites::rules::{Setting, Wrong};
use schema::sites::tenants::{self, Site};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub fn routes(state: &State) -> OpenApiRouter<State> {
    let access = Access::AGENT.with(Permission::ManageSite);
    OpenApiRouter::new().routes(guarded(state, access, routes!(list))).routes(guarded(
        state,
        access,
        routes!(set),
    ))
}

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = SettingEdit)]
struct Edit {
    /// What the key takes: a text, a list of texts, or null.
    #[garde(skip)]
    value: Value,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Setting)]
struct View {
    key: &'static str,
    value: Value,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Settings)]
struct Settings {
    data: Vec<View>,
    total: usize,
}

fn view(setting: Setting, site: &Site) -> View {
    let value = match setting {
        Setting::SupportTeamName => json!(site.support_team_name),
        Setting::MailFrom => json!(site.mail_from),
        Setting::SupportAddresses => json!(site.support_addresses),
        Setting::DefaultLanguage => json!(site.default_language),
        Setting::Timezone => json!(site.timezone),
    };
    View { key: setting.key(), value }
}

/// The site's settings.
#[utoipa::path(get, path = "/api/admin/settings", tag = "sites", responses((status = 200, body = Settings)))]
async fn list(Extract(state): Extract<State>, caller: Agent) -> Result<Json<Settings>, ApiError> {
    let site = tenants::find(&state.db, caller.site()?).await?;
    let site = site.ok_or(ApiError::NotFound(Missing::Site))?;
    let data: Vec<View> = Setting::ALL.into_iter().map(|setting| view(setting, &site)).collect();
    Ok(Json(Settings { total: data.len(), data }))
}

/// Sets one.
#[utoipa::path(put, path = "/api/admin/settings/{key}", tag = "sites", request_body = Edit,
    params(("key" = String, Path, max_length = 50)),
    responses((status = 200, body = View), (status = 400), (status = 404), (status = 409)))]
async fn set(
    Extract(state): Extract<State>,
    caller: Agent,
    key: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    Body(edit): Body<Edit>,
) -> Result<Json<View>, ApiError> {
    let missing = ApiError::NotFound(Missing::Record);
    let setting = key.ok().and_then(|Path(key)| Setting::parse(&key)).ok_or(missing)?;
    let site = caller.site()?;
    let change = setting.change(&edit.value);
    let change = change.map_err(|wrong| ApiError::field("value", sentence(wrong, language(&headers))))?;
    let new = tenants::update(&state.db, site, &change, "SETTINGS_UPDATE", &caller.by(), now()).await?;
    state.sites.forget(site);
    Ok(Json(view(setting, &new)))
}

fn sentence(wrong: Wrong, language: Language) -> String {
    let text = match wrong {
        Wrong::Long(max) => {
            return match language {
                Language::Tr => format!("En fazla {max} uzunlukta olabilir."),
                Language::En => format!("Must be at most {max} long."),
            };
        }
        Wrong::Kind => Words::WRONG_TYPE,
        Wrong::Blank => Words::BLANK,
        Wrong::Address => Words::EMAIL,
        Wrong::Sender => crate::request::fields::SENDER,
        Wrong::Language => Text::new("tr ya da en olmalı.", "Must be tr or en."),
        Wrong::Zone => crate::request::fields::ZONE,
    };
    text.of(language).to_owned()
}
