//! Paths, queries and bodies of requests. What can't be read is refused as a [`Problem`].

use axum::{
    extract::{
        FromRequest, FromRequestParts, Json, Path, Query, Request,
        rejection::{BytesRejection, FailedToBufferBody, JsonRejection},
    },
    http::request::Parts,
};
use serde::de::DeserializeOwned;

use super::problem::{Problem, ProblemCode};

/// The parameters of a path.
pub struct ApiPath<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for ApiPath<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::from_request_parts(parts, state).await;
        path.map(|Path(path)| Self(path))
            .map_err(|error| Problem::new(ProblemCode::InvalidPath, error.body_text()))
    }
}

/// The parameters of a query.
pub struct ApiQuery<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for ApiQuery<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = Query::from_request_parts(parts, state).await;
        query
            .map(|Query(query)| Self(query))
            .map_err(|error| Problem::new(ProblemCode::InvalidQuery, error.body_text()))
    }
}

/// A body in JSON.
pub struct ApiJson<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for ApiJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let body = Json::from_request(request, state).await;
        body.map(|Json(body)| Self(body)).map_err(|error| {
            let code = match &error {
                JsonRejection::MissingJsonContentType(_) => ProblemCode::UnsupportedMediaType,
                JsonRejection::BytesRejection(BytesRejection::FailedToBufferBody(
                    FailedToBufferBody::LengthLimitError(_),
                )) => ProblemCode::BodyTooLarge,
                _ => ProblemCode::InvalidBody,
            };
            Problem::new(code, error.body_text())
        })
    }
}
