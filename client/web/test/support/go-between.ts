// A node between the app and the real one: it can be away, be slow, and lie.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A question to a node, and what it answers. */
export type Question = { method: string; params: unknown[] };

/** A node that passes on what it is asked. */
export class GoBetween {
    /** Whether the node hangs up on everybody. */
    isAway = false;
    /** The methods that it was asked for, in order. */
    readonly asked: string[] = [];
    /** Runs before a question is passed on. */
    before: (question: Question) => Promise<void> | void = () => undefined;
    /** Runs when the real node has answered, before the answer is passed on. */
    behind: (question: Question) => Promise<void> | void = () => undefined;
    /** Changes an answer. */
    lie: (question: Question, result: unknown) => unknown = (_, result) => result;
    #url = '';

    private constructor(private readonly node: string) {}

    /** Starts one in front of a node. */
    static async before(node: string): Promise<GoBetween> {
        const between = new GoBetween(node);
        const server = createServer((request, response) => {
            // A browser that hangs up, as a closed tab does, ends nothing here.
            between.answer(request, response).catch(() => request.socket.destroy());
        });
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        server.unref();
        between.#url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        return between;
    }

    get url(): string {
        return this.#url;
    }

    private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const headers = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' };
        if (request.method === 'OPTIONS') {
            response.writeHead(204, headers).end();
            return;
        }
        let body = '';
        for await (const chunk of request) body += chunk;
        const question = JSON.parse(body) as Question;
        this.asked.push(question.method);
        await this.before(question);
        if (this.isAway) {
            request.socket.destroy();
            return;
        }
        const answer = await fetch(this.node, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body,
        });
        const said = (await answer.json()) as { result?: unknown };
        await this.behind(question);
        if (this.isAway) {
            request.socket.destroy();
            return;
        }
        const told = 'result' in said ? { ...said, result: this.lie(question, said.result) } : said;
        response.writeHead(200, { ...headers, 'content-type': 'application/json' }).end(JSON.stringify(told));
    }
}
