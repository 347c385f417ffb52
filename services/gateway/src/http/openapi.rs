//! The document that describes the API: OpenAPI 3.1, made from the handlers.

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses, OpenApi,
    openapi::{
        Content, OpenApi as Document, Ref, RefOr, Response, ResponseBuilder, path::Operation,
    },
};

use super::problem::{PROBLEM_JSON, ProblemBody};

/// The parts of the document beside the routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Generion gateway",
        description = "Health records, orders and purchases of the Generion program on Solana, over HTTP. \
                       The gateway holds no key of a user: check what it answers."
    ),
    components(schemas(ProblemBody))
)]
struct Description;

/// The document before any route is in it.
pub(super) fn description() -> Document {
    Description::openapi()
}

/// Adds the refusals that every route may answer with, where a handler does not describe them itself.
pub(super) fn add_common_problems(document: &mut Document) {
    for item in document.paths.paths.values_mut() {
        let operations = [
            &mut item.get,
            &mut item.put,
            &mut item.post,
            &mut item.delete,
            &mut item.patch,
        ];
        for operation in operations.into_iter().flatten() {
            add_problems(operation);
        }
        if let Some(read) = item.get.as_mut().filter(|read| answers_json(read)) {
            let known =
                Response::new("The answer is the one whose entity tag `If-None-Match` names.");
            let responses = &mut read.responses.responses;
            responses.insert("304".to_owned(), RefOr::T(known));
        }
    }
}

/// Whether an operation that succeeds answers with JSON, which has an entity tag.
fn answers_json(operation: &Operation) -> bool {
    match operation.responses.responses.get("200") {
        Some(RefOr::T(answer)) => answer.content.contains_key("application/json"),
        _ => false,
    }
}

fn add_problems(operation: &mut Operation) {
    let mut common = vec![
        ("400", "The request can't be read."),
        ("429", "Too many requests."),
        ("500", "Something failed in the gateway."),
        ("503", "The gateway is busy or not ready."),
    ];
    if operation.request_body.is_some() {
        common.push(("413", "The body is too large."));
        common.push(("415", "The body is not of a type that is read here."));
    }
    for (status, description) in common {
        let responses = &mut operation.responses.responses;
        let is_new = !responses.contains_key(status);
        if is_new {
            responses.insert(status.to_owned(), RefOr::T(problem(description)));
        }
    }
}

/// The refusals of routes that build or relay transactions.
pub(super) struct WriteProblems;

impl IntoResponses for WriteProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let problems = [
            ("403", "The operator's wallet does not pay for it."),
            ("404", "What it is about is not on the ledger."),
            (
                "409",
                "A rule of the program would be broken, or a wallet lacks a key or lamports.",
            ),
            (
                "422",
                "The transaction is none that is built or relayed here, or not signed as it has to be.",
            ),
        ];
        let problems = problems.map(|(status, text)| (status.to_owned(), RefOr::T(problem(text))));
        problems.into()
    }
}

/// A refusal.
fn problem(description: &str) -> Response {
    let schema = Ref::from_schema_name("Problem");
    ResponseBuilder::new()
        .description(description)
        .content(PROBLEM_JSON, Content::new(Some(schema)))
        .build()
}
