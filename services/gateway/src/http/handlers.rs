//! What answers requests: a file or folder for each topic.

use utoipa_axum::router::OpenApiRouter;

use super::state::AppState;

mod records;

/// All routes of the version, without its path.
pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().merge(records::router())
}
