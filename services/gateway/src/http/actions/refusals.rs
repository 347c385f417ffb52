//! Refusals in the specification's own form: `{"message": ...}`.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::Request,
    http::header,
    middleware::Next,
    response::{IntoResponse, Response},
};
use utoipa::{
    IntoResponses,
    openapi::{Content, Ref, RefOr, Response as Described, ResponseBuilder},
};

use super::specification::ActionError;
use crate::http::problem::Problem;

/// Gives all refusals the specification's form.
pub(super) async fn as_action_errors(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let Some(problem) = response.extensions().get::<Problem>() else {
        return response;
    };
    let body = ActionError {
        message: problem.detail.clone(),
    };
    let (parts, _) = response.into_parts();
    let mut answer = (parts.status, Json(body)).into_response();
    for name in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = parts.headers.get(&name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    *answer.extensions_mut() = parts.extensions;
    answer
}

/// The refusals of an Action, for the document.
pub(super) struct ActionRefusals;

impl IntoResponses for ActionRefusals {
    fn responses() -> BTreeMap<String, RefOr<Described>> {
        let refusals = [
            ("400", "The request can't be read, or lacks a parameter."),
            ("404", "What the Action is about is not there."),
            (
                "409",
                "A rule of the program would be broken, a wallet has too little, or the nodes disagree.",
            ),
            ("413", "The body is too large."),
            ("415", "The body is not of a type that is read here."),
            ("422", "The transaction can't be built like this."),
            ("429", "Too many requests."),
            ("500", "Something failed in the gateway."),
            ("503", "The gateway is busy, or no node answers."),
        ];
        let described = |(status, text): (&str, &str)| {
            let schema = Ref::from_schema_name("ActionError");
            let content = Content::new(Some(schema));
            let response = ResponseBuilder::new()
                .description(text)
                .content("application/json", content);
            (status.to_owned(), RefOr::T(response.build()))
        };
        refusals.map(described).into()
    }
}
