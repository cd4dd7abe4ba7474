//! The API's description, OpenAPI 3.1, made of the running routes: nothing is listed that is not served, and nothing
//! served is left out.

use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};

#[derive(OpenApi)]
#[openapi(
    info(title = "AsistTR", description = "Müşteri destek platformu / customer support platform"),
    modifiers(&Securities)
)]
pub struct Description;

struct Securities;

impl utoipa::Modify for Securities {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        let key = ApiKey::Header(ApiKeyValue::new("X-API-Key"));
        components.add_security_scheme("widgetKey", SecurityScheme::ApiKey(key));
    }
}
