// The requests and answers of a gateway, as its OpenAPI document has them: `docs/gateway/openapi.json`, from which
// `generated/gateway-api.ts` is made. These are types alone: nothing that a gateway answers is believed because of them.

import type { components, paths } from '../generated/gateway-api.js';

/** A type of the document, by its name. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

/** Fields that an answer should have. Their values may be anything until they are checked. */
export type Unchecked<Fields> = { [Name in keyof Fields]?: unknown };

/** The query of a list, by its route. */
type Query<Route extends keyof paths> = paths[Route] extends { get: { parameters: { query?: infer Asked } } }
    ? NonNullable<Asked>
    : never;

/** The query of each list. */
export type ListQuery = {
    user: Query<'/v1/users'>;
    record: Query<'/v1/records'>;
    order: Query<'/v1/orders'>;
    purchase: Query<'/v1/purchases'>;
    share: Query<'/v1/shares'>;
};

/** Routes that answer with an unsigned transaction. */
type BuildRoute = {
    [Route in keyof paths]: paths[Route] extends {
        post: { responses: { 200: { content: { 'application/json': Schema<'UnsignedTransaction'> } } } };
    }
        ? Route
        : never;
}[keyof paths];

/** A route under `/v1`, with something in place of each parameter. */
type Filled<Route> = Route extends `/v1${infer Path}`
    ? Filled<Path>
    : Route extends `${infer Before}{${string}}${infer Behind}`
      ? `${Before}${string}${Filled<Behind>}`
      : Route;

/** The path of a route that answers with an unsigned transaction, under `/v1`. */
export type BuildPath = Filled<BuildRoute>;

/** The body that such a route requires. */
export type BuildBody<Path extends BuildPath> = {
    [Route in BuildRoute]: Path extends Filled<Route>
        ? paths[Route] extends { post: { requestBody: { content: { 'application/json': infer Body } } } }
            ? Body
            : never
        : never;
}[BuildRoute];

/** The same without the fee, which the operator of the gateway pays. */
export type SponsoredBody<Path extends BuildPath> =
    BuildBody<Path> extends infer Body ? (Body extends unknown ? Omit<Body, 'fee'> : never) : never;
