//! Users (A1-E04…E06, B25-30): those who may manage users list, make, change and delete them; everybody sees himself
//! and changes what is his to change.

mod body;
mod change;
mod create;
mod list;
mod one;
pub mod view;

use crate::auth::{Access, Caller, Tenants, guarded};
use crate::error::{ApiError, Missing};
use crate::state::State;
use crate::text::Text;
use axum::http::StatusCode;
use jobs::SiteId;
use schema::people::rules::{Permission, Role};
use schema::people::users::{Actor, Refused};
use schema::sites::{Home, home};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

const TAKEN: Text = Text::new("Bu e-posta adresi kullanılıyor", "This e-mail address is in use");
const LAST_ADMIN: Text =
    Text::new("Son yöneticinin yetkisi kaldırılamaz", "The last admin's rights cannot be taken away");
const HAS_NO_SITE: Text = Text::new(
    "Süper yönetici bir sitenin kullanıcısı yapılamaz",
    "A super admin cannot be made a user of a site",
);
const BAD_STATE: Text = Text::new(
    "Bitiş zamanı gelecekte ve en fazla bir yıl sonra olmalı",
    "The end must lie in the future, at most a year from now",
);

/// The routes.
pub fn routes(state: &State) -> OpenApiRouter<State> {
    let managing = Access::AGENT.with(Permission::ManageUsers);
    let own = Access::SIGNED_IN.touching(Tenants::Site);
    OpenApiRouter::new()
        .routes(guarded(state, managing, routes!(list::list, create::create)))
        .routes(guarded(state, own, routes!(one::show, change::update)))
        .routes(guarded(state, managing, routes!(one::delete)))
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NotFound => ApiError::NotFound(Missing::User),
            Refused::NoDepartment => ApiError::NotFound(Missing::Department),
            Refused::EmailTaken => ApiError::Said(StatusCode::CONFLICT, TAKEN),
            Refused::TooLow => ApiError::Forbidden,
            Refused::LastAdmin => ApiError::Said(StatusCode::CONFLICT, LAST_ADMIN),
            Refused::HasNoSite => ApiError::Said(StatusCode::CONFLICT, HAS_NO_SITE),
            Refused::BadState => ApiError::Said(StatusCode::BAD_REQUEST, BAD_STATE),
            Refused::Database(error) => error.into(),
        }
    }
}

/// The caller, as acts know him.
pub fn actor(caller: &Caller) -> Actor {
    Actor { role: caller.role(), by: caller.by() }
}

/// Whether he may touch others than himself.
fn manages(caller: &Caller) -> bool {
    caller.role() >= Role::Agent && caller.may(Permission::ManageUsers)
}

/// The site of the user that is meant: the caller's, whoever is meant; a super admin may mean anybody. None for those
/// who are above all sites, and for nobody.
async fn site_of(caller: &Caller, state: &State, id: Uuid) -> Result<Option<SiteId>, ApiError> {
    match caller.one_site() {
        _ if id == caller.id().0 => Ok(caller.user.site),
        Some(site) => Ok(Some(site)),
        None => Ok(home(&state.db, Home::User, id).await?),
    }
}
