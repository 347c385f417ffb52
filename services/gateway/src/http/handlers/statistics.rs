//! Counts and sums.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use solana_address::Address;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    http::{
        extract::ApiQuery,
        list::Paging,
        problem::{Problem, ProblemBody, ProblemCode},
        state::AppState,
    },
    json::U64Text,
    storage::{StatisticsRow, StatisticsTopic},
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(statistics))
}

/// The accounts to count, and the key to group them by.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum Topic {
    /// Records by the month of their creation, the latest first.
    RecordsByMonth,
    /// Records by the wallet that created them, the most frequent first.
    RecordsByCreator,
    /// Orders by the month of their creation, the latest first.
    OrdersByMonth,
    /// Orders by label, the most frequent first.
    OrdersByLabel,
    /// Orders by the number of decimal digits of their price in lamports, the most frequent first.
    OrdersByPrice,
    /// Purchases by the number of decimal digits of their price in lamports, the most frequent first.
    PurchasesByPrice,
}

impl From<Topic> for StatisticsTopic {
    fn from(topic: Topic) -> Self {
        match topic {
            Topic::RecordsByMonth => Self::RecordsByMonth,
            Topic::RecordsByCreator => Self::RecordsByCreator,
            Topic::OrdersByMonth => Self::OrdersByMonth,
            Topic::OrdersByLabel => Self::OrdersByLabel,
            Topic::OrdersByPrice => Self::OrdersByPrice,
            Topic::PurchasesByPrice => Self::PurchasesByPrice,
        }
    }
}

/// Counts and sums of the accounts that are on the ledger now and not disputed.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct Statistics {
    /// The latest months, or the most frequent keys.
    items: Vec<StatisticsItem>,
}

/// Counts and sums of accounts with the same key.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct StatisticsItem {
    /// The month as `2026-11`, the wallet, the label, or the number of digits of the price.
    key: String,
    /// The number of accounts.
    count: U64Text,
    /// The number of records that are verified, of orders that take purchases, or of purchases that are settled.
    marked: U64Text,
    /// The sum of the prices, in decimal digits: it can be above 2^64. Of records 0.
    price_lamports: String,
}

/// The number of rows.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct StatisticsQuery {
    /// Rows: 50 unless it is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Counts and sums of the accounts on the ledger now.
#[utoipa::path(
    get,
    path = "/statistics/{topic}",
    tag = "statistics",
    params(("topic" = inline(Topic), Path, description = "What is counted, and by what."), StatisticsQuery),
    responses(
        (status = 200, description = "The counts.", body = Statistics),
        (status = 404, description = "Nothing is counted by that name.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn statistics(
    State(state): State<AppState>,
    topic: Result<Path<Topic>, axum::extract::rejection::PathRejection>,
    ApiQuery(query): ApiQuery<StatisticsQuery>,
) -> Result<Json<Statistics>, Problem> {
    let Path(topic) = topic.map_err(|_| {
        Problem::new(
            ProblemCode::NotFound,
            "nothing is counted by that name: /v1/openapi.json lists the topics",
        )
    })?;
    let limit = Paging {
        limit: query.limit,
        ..Paging::default()
    }
    .limit()?;
    let rows = state.storage.statistics(topic.into(), limit).await?;
    let item = |row: StatisticsRow| StatisticsItem {
        key: match topic {
            Topic::RecordsByCreator => Address::try_from(row.key.as_slice())
                .map(|wallet| wallet.to_string())
                .unwrap_or_default(),
            _ => String::from_utf8_lossy(&row.key).into_owned(),
        },
        count: U64Text(row.count),
        marked: U64Text(row.marked),
        price_lamports: row.lamports.to_string(),
    };
    Ok(Json(Statistics {
        items: rows.into_iter().map(item).collect(),
    }))
}
