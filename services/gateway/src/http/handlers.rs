//! The handlers of requests: a file or folder for each topic.

use utoipa_axum::router::OpenApiRouter;

use super::state::AppState;

mod events;
mod history;
mod orders;
mod purchases;
mod records;
mod shares;
mod statistics;
mod transactions;
mod users;
mod writes;

/// All routes of the version, without its path.
pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(users::router())
        .merge(records::router())
        .merge(orders::router())
        .merge(purchases::router())
        .merge(shares::router())
        .merge(writes::router())
        .merge(transactions::router())
        .merge(history::router())
        .merge(statistics::router())
        .merge(events::router())
}
