//! Unsigned transactions for the actions of users, by topic. Each route has a body of its own beside the terms of the fee.

use utoipa_axum::router::OpenApiRouter;

use crate::http::state::AppState;

mod arguments;
mod orders;
mod purchases;
mod records;
mod shares;
mod unsigned;
mod users;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(users::router())
        .merge(records::router())
        .merge(shares::router())
        .merge(orders::router())
        .merge(purchases::router())
}
