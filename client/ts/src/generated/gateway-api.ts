// Generated from docs/gateway/openapi.json by `npm run generate`: do not edit.

import type { Address } from "@solana/kit";
export interface paths {
    "/actions.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which addresses are Actions. */
        get: operations["actions_json"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/actions/icon.svg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The image that wallets show beside an Action. */
        get: operations["icon"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/actions/orders/{address}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The Action of an order. */
        get: operations["order_action"];
        put?: never;
        /** The transaction that buys an order. */
        post: operations["take_order_action"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/actions/orders/{address}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The Action by which its seller closes an order. */
        get: operations["order_closing_action"];
        put?: never;
        /** The transaction by which its seller closes an order. */
        post: operations["take_order_closing_action"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/actions/orders/{address}/page": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The page of the app that shows an order. */
        post: operations["take_order_page_action"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/actions/purchases/{address}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The Action by which its buyer closes a settled purchase. */
        get: operations["purchase_closing_action"];
        put?: never;
        /** The transaction by which its buyer closes a settled purchase. */
        post: operations["take_purchase_closing_action"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/actions/purchases/{address}/refund": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The Action by which the price of a purchase goes back to the buyer. */
        get: operations["refund_action"];
        put?: never;
        /** The transaction by which the price of a purchase goes back to the buyer. */
        post: operations["take_refund_action"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/actions/records/{address}/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The Action by which its owner verifies a record. */
        get: operations["verification_action"];
        put?: never;
        /** The transaction by which its owner verifies a record. */
        post: operations["take_verification_action"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Deliveries, the latest first. */
        get: operations["deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follows the ledger's events.
         * @description The answer is a stream of server-sent events, which does not end. `event:` is the type and `id:` a cursor. To continue a
         *     stream, connect again with `Last-Event-ID`: no event is lost and none comes twice, on any gateway that shares the database.
         *     An event `gap` means that events may be missing, because the cursor is too old or of another index: read the lists that you
         *     follow once more. An event `end` gives the reason why the gateway ends the stream (`too_slow`, `shutting_down`).
         */
        get: operations["events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/history/{address}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The changes of an address, the latest first. Failed attempts and changes that a fork took back are included, each marked as
         *     such.
         */
        get: operations["history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Orders, by the time of their creation, by price or by the number of their records. */
        get: operations["orders"];
        put?: never;
        /** A seller offers records for sale. */
        post: operations["create_order"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/addresses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The addresses of orders, by the time of their creation, by price or by the number of their records. */
        get: operations["order_addresses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/several": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Several orders by their addresses. */
        get: operations["several_orders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{address}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** An order by its address. */
        get: operations["order"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{address}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The seller closes an order. */
        post: operations["close_order"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{address}/purchase": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A buyer pays the price into escrow. */
        post: operations["create_purchase"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/purchases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Purchases, by their deadline or by price. */
        get: operations["purchases"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/purchases/{address}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A purchase by its address. */
        get: operations["purchase"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/purchases/{address}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The buyer closes a settled purchase. Save its keys first: they are on the ledger only until then. */
        post: operations["close_purchase"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/purchases/{address}/deliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The seller delivers a batch of keys, or all of them, without which nothing is paid. */
        post: operations["deliver"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/purchases/{address}/refund": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The price goes back to the buyer, whatever wallet refunds. */
        post: operations["refund"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/records": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Records, by the time of their creation. */
        get: operations["records"];
        put?: never;
        /** A creator writes a record for its owner. */
        post: operations["create_record"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/records/addresses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The addresses of records, by the time of their creation. */
        get: operations["record_addresses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/records/several": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Several records by their addresses. */
        get: operations["several_records"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/records/{address}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A record by its address. */
        get: operations["record"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/records/{address}/delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The owner or the creator deletes a record. */
        post: operations["delete_record"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/records/{address}/shares": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The owner shares a record with another user. */
        post: operations["share_record"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/records/{address}/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The owner verifies a record. */
        post: operations["verify_record"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/refunds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Refunds, the latest first. */
        get: operations["refunds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/settlements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Settlements, by which sellers are paid and buyers get their keys, the latest first. */
        get: operations["settlements"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shares": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shares, by the time of their creation. */
        get: operations["shares"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shares/{address}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A share by its address. */
        get: operations["share"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shares/{address}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The owner of a shared record revokes a share. */
        post: operations["revoke_share"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/statistics/{topic}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Counts and sums of the accounts on the ledger now. */
        get: operations["statistics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/transactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends a signed transaction to all nodes, and follows it until it is confirmed or the request's time is over. If the same
         *     transaction is sent again, the ledger takes it once, and the answer is the same.
         */
        post: operations["send_transaction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/transactions/{signature}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The outcome of a transaction, as the nodes show it. */
        get: operations["transaction"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Users, by the address of their account. */
        get: operations["users"];
        put?: never;
        /** A wallet publishes its first encryption key. */
        post: operations["create_user"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{wallet}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A user by the wallet's address. */
        get: operations["user"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{wallet}/key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A user's encryption key. */
        get: operations["user_key"];
        put?: never;
        /** A wallet replaces its encryption key by the next one. */
        post: operations["rotate_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{wallet}/records": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The records of a user, by the time of their creation. */
        get: operations["user_records"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{wallet}/records/addresses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The addresses of a user's records, by the time of their creation. */
        get: operations["user_record_addresses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description An Action, as a client shows it. */
        Action: {
            /** @description The effect of the Action. */
            description: string;
            /** @description Whether the button can't be pressed. */
            disabled?: boolean | null;
            error?: components["schemas"]["ActionError"] | null;
            /** @description The absolute address of an image. */
            icon: string;
            /** @description The text of the button: a verb first, five words at the most. */
            label: string;
            links?: components["schemas"]["ActionLinks"] | null;
            /** @description The source of the Action. */
            title: string;
            /** @description Whether it can be taken, or is over. */
            type: components["schemas"]["ActionKind"];
        };
        /** @description A refusal, or why a button can't be pressed. */
        ActionError: {
            /** @description The error, its subject, and advice. */
            message: string;
        };
        /** @description The value of a parameter. */
        ActionInput: string | string[];
        /**
         * @description Whether an Action can be taken, or is over.
         * @enum {string}
         */
        ActionKind: "action" | "completed";
        /** @description The possible actions. */
        ActionLinks: {
            /** @description A button for each, in the place of the Action's own. */
            actions: components["schemas"]["LinkedAction"][];
        };
        /** @description The values that the user or the client enters. */
        ActionParameter: {
            /** @description The text of the field while it is empty. */
            label: string;
            /** @description The parameter's name. */
            name: string;
            /** @description A regular expression for it. */
            pattern: string;
            /** @description A description of the pattern. */
            patternDescription: string;
            /** @description Whether it has to be entered. */
            required: boolean;
            /** @description The field of the form. */
            type: components["schemas"]["ActionParameterKind"];
        };
        /**
         * @description The field of a form.
         * @enum {string}
         */
        ActionParameterKind: "text";
        /** @description The body of a request to take an Action. Fields that later versions of the specification add are ignored. */
        ActionPostRequest: {
            /** @description The wallet that signs. */
            account: components["schemas"]["AddressText"];
            /** @description The parameters that are not in the address. */
            data?: {
                [key: string]: components["schemas"]["ActionInput"];
            };
        };
        /** @description The answer to the POST of an Action. */
        ActionPostResponse: {
            /** @description The message to show once the transaction is confirmed. */
            links: components["schemas"]["NextLinks"];
            /** @description The effects and costs, as sentences. */
            message: string;
            /** @description The transaction in base64, with zeros for the signatures. The client sets a block hash of its own. */
            transaction: string;
            /** @enum {string} */
            type: "transaction";
        } | {
            /** @description The address of the next Action. */
            externalLink: string;
            /** @description Why. */
            message: string;
            /** @enum {string} */
            type: "external-link";
        };
        /** @description The Actions of some addresses. */
        ActionRule: {
            /** @description The Action's address. */
            apiPath: string;
            /** @description The addresses: `*` stands for one part of a path, `**` for any number of them. */
            pathPattern: string;
        };
        /** @description Which addresses of a web site are Actions. */
        ActionsJson: {
            /** @description Each rule, the first that fits counts. */
            rules: components["schemas"]["ActionRule"][];
        };
        /**
         * @description The address of an account or a wallet, in base58.
         * @example SysvarC1ock11111111111111111111111111111111
         */
        AddressText: Address;
        /** @description Bytes in base64. */
        Base64Bytes: string;
        /** @description A capsule: 64 bytes in base64. */
        CapsuleBytes: string;
        /** @description The proof of a record's capsule: the challenge (16 bytes) and the response (32), in base64. */
        CapsuleProofBytes: string;
        /** @description A change, or of a failed transaction the attempt at one. */
        Change: components["schemas"]["ChangeBody"] & {
            /** @description The finality of the transaction. */
            commitment: components["schemas"]["ChangeCommitment"];
            /** @description The slot of the transaction. */
            slot: components["schemas"]["U64Text"];
        };
        /** @description The kind of the change. */
        ChangeBody: {
            /** @description Wallets and accounts by their part in it. */
            accounts: {
                [key: string]: components["schemas"]["AddressText"];
            };
            /**
             * Format: int64
             * @description The time of the block, in seconds since the Unix epoch; `null` where the node does not know it any more.
             */
            block_at?: number | null;
            by?: components["schemas"]["AddressText"] | null;
            /** @description The further details. */
            details: components["schemas"]["ChangeDetails"];
            /** @description Why the transaction failed, so that it changed nothing; `null`: it did not fail. */
            error?: string | null;
            /** @description The event's name, such as `RecordCreated`. */
            event: string;
            /** @description The whole transaction's fee. */
            fee_lamports: components["schemas"]["U64Text"];
            /** @description The instruction, such as `create_record`. */
            instruction: string;
            /**
             * Format: int32
             * @description The change's place among those of the transaction, from 0.
             */
            position: number;
            /** @description The program's rule that it broke. */
            rule?: string | null;
            /** @description The transaction. */
            signature: components["schemas"]["SignatureText"];
            /** @description The signers of the transaction, the payer of its fee first. */
            signers: components["schemas"]["AddressText"][];
            /** @description `complete`, or the only source of the change: `instruction`, `event`. */
            source: string;
            through?: components["schemas"]["AddressText"] | null;
        };
        /**
         * @description The finality of a transaction.
         * @enum {string}
         */
        ChangeCommitment: "confirmed" | "finalized" | "vanished";
        /** @description The further details of a change; unknown ones are left out. */
        ChangeDetails: {
            /**
             * Format: int64
             * @description A time of creation, in seconds since the Unix epoch.
             */
            created_at?: number | null;
            /** @description The key to which a document is encrypted, in hex. */
            data_public_key?: string | null;
            /**
             * Format: int64
             * @description Deadline for the delivery.
             */
            deadline_at?: number | null;
            /**
             * Format: int32
             * @description The time that the seller has for the delivery.
             */
            delivery_window_seconds?: number | null;
            /** @description An encryption key, in hex. */
            encryption_key?: string | null;
            /**
             * Format: int64
             * @description When a share expires.
             */
            expires_at?: number | null;
            /** @description Root of a document's facts, in hex. */
            facts_root?: string | null;
            id?: components["schemas"]["U64Text"] | null;
            /**
             * Format: int32
             * @description Index of an encryption key.
             */
            key_index?: number | null;
            /** @description An order's label. */
            label?: string | null;
            paid_out_lamports?: components["schemas"]["U64Text"] | null;
            price_lamports?: components["schemas"]["U64Text"] | null;
            /** @description The records of an order. */
            records?: components["schemas"]["AddressText"][] | null;
            /**
             * Format: int64
             * @description Deadline for settling.
             */
            settle_by_at?: number | null;
            /** @description Whether a record was verified. */
            verified?: boolean | null;
        };
        /** @description A page of changes, the latest first. */
        ChangesPage: {
            complete_from_slot?: components["schemas"]["U64Text"] | null;
            /** @description The changes. */
            items: components["schemas"]["Change"][];
            /** @description The cursor of the next page; `null`: this is the last one. */
            next?: string | null;
        };
        /** @description The wallet that closes an order. */
        Closing: {
            fee?: components["schemas"]["Fee"] | null;
            /** @description The order's seller. */
            seller: components["schemas"]["AddressText"];
        };
        /**
         * @description The finality of a state of the ledger.
         * @enum {string}
         */
        Commitment: "confirmed" | "finalized";
        /** @description The wallet that deletes a record. */
        Deletion: {
            /** @description The record's owner or creator. */
            authority: components["schemas"]["AddressText"];
            fee?: components["schemas"]["Fee"] | null;
        };
        /** @description The proof of a delivery: the challenge (16 bytes) and both responses (32 each), in base64. */
        DeliveryProofBytes: string;
        /** @description The JSON of an event. All of them have these members; `gap` and `end` have others. */
        Event: {
            address?: components["schemas"]["AddressText"] | null;
            /** @description The change, as in a history. `null`: it is too long. */
            change?: unknown;
            /** @description The cursor behind this event, as in `id:`. */
            id: string;
            /** @description The transaction. */
            signature: components["schemas"]["SignatureText"];
            /** @description The transaction's slot. */
            slot: components["schemas"]["U64Text"];
            /** @description When it happened. */
            timestamp: string;
            /** @description The type of the event, such as `order.created`; `vanished`: a fork took a change back that was reported before. */
            type: string;
            /** @description The type of the event that vanished, such as `order.created`; left out of other events. */
            vanished?: string | null;
        };
        /**
         * @description The payer of the fee and the rent, and the priority fee. By default, the wallet that acts pays, and there is no priority
         *     fee.
         */
        Fee: {
            /** @default null */
            payer?: components["schemas"]["AddressText"] | null;
            /**
             * @description Whether the operator's wallet shall pay. It signs when the signed transaction is sent to this gateway.
             * @default false
             */
            sponsored?: boolean;
            /** @default null */
            unit_price?: components["schemas"]["U64Text"] | null;
        };
        /** @description A key or a hash: 32 bytes in hex. */
        HexKey: string;
        /** @description Something that can be done. */
        LinkedAction: {
            /** @description The address for the POST. `{name}` stands for a parameter. */
            href: string;
            /** @description The text of the button. */
            label: string;
            /** @description The values that the user or the client enters. */
            parameters?: components["schemas"]["ActionParameter"][];
            /** @description The kind of answer to the POST. */
            type: components["schemas"]["LinkedActionKind"];
        };
        /**
         * @description The kind of answer to a POST.
         * @enum {string}
         */
        LinkedActionKind: "transaction" | "external-link";
        /** @description A batch of re-encrypted keys, with its proof. */
        NewDelivery: {
            /** @description 64 bytes in base64 for each record of the batch. */
            capsules: components["schemas"]["CapsuleBytes"][];
            fee?: components["schemas"]["Fee"] | null;
            /**
             * Format: int32
             * @description The position in the order of the first record of the batch, from 0.
             */
            first: number;
            /** @description The wallet that pays the fee and signs. It need not be the seller's. */
            payer: components["schemas"]["AddressText"];
            /** @description The proof: 80 bytes in base64. */
            proof: components["schemas"]["DeliveryProofBytes"];
            /** @description The public key of the number that settles the sale, in hex. */
            settle_key: components["schemas"]["HexKey"];
        };
        /** @description A wallet's next key. */
        NewKey: {
            /** @description The wallet's signature over the line that names the key and its index. */
            attestation: components["schemas"]["SignatureText"];
            /** @description The key, in hex. */
            encryption_key: components["schemas"]["HexKey"];
            fee?: components["schemas"]["Fee"] | null;
            /**
             * Format: int32
             * @description The key's index: one more than that of the present key.
             */
            key_index: number;
        };
        /** @description Records for sale. */
        NewOrder: {
            /**
             * Format: int32
             * @description Seconds that the seller has to deliver.
             */
            delivery_window: number;
            fee?: components["schemas"]["Fee"] | null;
            /** @description The public description. */
            label: string;
            only_buyer?: components["schemas"]["AddressText"] | null;
            /** @description The price, in lamports. */
            price: components["schemas"]["U64Text"];
            /** @description The records' addresses, in any order. */
            records: components["schemas"]["AddressText"][];
            /** @description The owner of the records. */
            seller: components["schemas"]["AddressText"];
        };
        /** @description A purchase of an order. Save the buyer's key before you sign: without it, nothing can be opened. */
        NewPurchase: {
            /** @description The wallet that buys. */
            buyer: components["schemas"]["AddressText"];
            /** @description The key that the documents' keys are delivered to, made for this purchase, in hex. */
            buyer_key: components["schemas"]["HexKey"];
            fee?: components["schemas"]["Fee"] | null;
            /** @description The hash of the order's terms, in hex, so that nothing else is bought. */
            terms: components["schemas"]["HexKey"];
        };
        /** @description A record, whose document is encrypted and stored elsewhere. */
        NewRecord: {
            /** @description The key of the document, sealed to the owner's encryption key: 64 bytes in base64. */
            capsule: components["schemas"]["CapsuleBytes"];
            /** @description The wallet that writes and signs it. */
            creator: components["schemas"]["AddressText"];
            /** @description The public key that the document is encrypted to, in hex. */
            data_public_key: components["schemas"]["HexKey"];
            /** @description The root of the tree of facts, in hex. */
            facts_root: components["schemas"]["HexKey"];
            fee?: components["schemas"]["Fee"] | null;
            /** @description The sealed addresses of the encrypted document: up to 512 bytes in base64. */
            locator: components["schemas"]["Base64Bytes"];
            /** @description The wallet that the record is about. */
            owner: components["schemas"]["AddressText"];
            /** @description The proof that the capsule holds that key: 48 bytes in base64. */
            proof: components["schemas"]["CapsuleProofBytes"];
        };
        /** @description A share of a record. */
        NewShare: {
            /** @description The key of the document, sealed to the recipient's key: 64 bytes in base64. */
            capsule: components["schemas"]["CapsuleBytes"];
            /**
             * Format: int64
             * @description When the recipient is asked to stop using it, in seconds since the Unix epoch.
             */
            expires_at?: number | null;
            fee?: components["schemas"]["Fee"] | null;
            /**
             * Format: int32
             * @description The index of the recipient's key.
             */
            key_index: number;
            /** @description The record's owner. */
            owner: components["schemas"]["AddressText"];
            /** @description The wallet that it is shared with. */
            recipient: components["schemas"]["AddressText"];
        };
        /** @description A wallet and its first key. */
        NewUser: {
            /** @description The wallet's signature over the line that names the key and its index, 0. */
            attestation: components["schemas"]["SignatureText"];
            /** @description The key, in hex. */
            encryption_key: components["schemas"]["HexKey"];
            fee?: components["schemas"]["Fee"] | null;
            /** @description The wallet. */
            wallet: components["schemas"]["AddressText"];
        };
        /** @description The next Action. */
        NextActionLink: {
            /** @description The Action, which is over. */
            action: components["schemas"]["Action"];
            /** @enum {string} */
            type: "inline";
        };
        /** @description The step after an Action. */
        NextLinks: {
            /** @description The next Action. */
            next: components["schemas"]["NextActionLink"];
        };
        /** @description The state of an account on the ledger. */
        OnLedger: {
            /** @description The finality of this state. */
            commitment: components["schemas"]["Commitment"];
            /** @description The whole account in base64, to decode and to check: its address follows from its contents. */
            data: string;
            /** @description The account's balance. */
            lamports: components["schemas"]["U64Text"];
            signature?: components["schemas"]["SignatureText"] | null;
            /** @description The slot of the state that the account was read in. */
            slot: components["schemas"]["U64Text"];
        };
        /** @description An order. */
        Order: components["schemas"]["OnLedger"] & {
            /** @description The order's address, which follows from seller and id. */
            address: components["schemas"]["AddressText"];
            /**
             * Format: int64
             * @description When it was created, in seconds since the Unix epoch.
             */
            created_at: number;
            /**
             * Format: int32
             * @description The time that the seller has for the delivery.
             */
            delivery_window_seconds: number;
            /** @description The number of the order among those of its seller. */
            id: components["schemas"]["U64Text"];
            /** @description The seller's label. Anybody can write anything here. */
            label: string;
            only_buyer?: components["schemas"]["AddressText"] | null;
            /** @description Whether it takes purchases. */
            open: boolean;
            /**
             * Format: int32
             * @description Purchases that are neither settled nor refunded.
             */
            pending_purchases: number;
            /** @description The price. */
            price_lamports: components["schemas"]["U64Text"];
            /** @description The records' addresses. */
            record_addresses: components["schemas"]["AddressText"][];
            /** @description The seller's wallet. */
            seller: components["schemas"]["AddressText"];
            /**
             * Format: int32
             * @description Purchases that are settled.
             */
            settled_purchases: number;
            /** @description SHA-256 of the terms that a buyer agrees to, in hex. */
            terms: string;
        };
        /** @description A page of a list. */
        Page_AddressText: {
            /** @description The rows, in the list's order. */
            items: string[];
            /** @description The cursor of the next page; `null`: this is the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_Order: {
            /** @description The rows, in the list's order. */
            items: (components["schemas"]["OnLedger"] & {
                /** @description The order's address, which follows from seller and id. */
                address: components["schemas"]["AddressText"];
                /**
                 * Format: int64
                 * @description When it was created, in seconds since the Unix epoch.
                 */
                created_at: number;
                /**
                 * Format: int32
                 * @description The time that the seller has for the delivery.
                 */
                delivery_window_seconds: number;
                /** @description The number of the order among those of its seller. */
                id: components["schemas"]["U64Text"];
                /** @description The seller's label. Anybody can write anything here. */
                label: string;
                only_buyer?: components["schemas"]["AddressText"] | null;
                /** @description Whether it takes purchases. */
                open: boolean;
                /**
                 * Format: int32
                 * @description Purchases that are neither settled nor refunded.
                 */
                pending_purchases: number;
                /** @description The price. */
                price_lamports: components["schemas"]["U64Text"];
                /** @description The records' addresses. */
                record_addresses: components["schemas"]["AddressText"][];
                /** @description The seller's wallet. */
                seller: components["schemas"]["AddressText"];
                /**
                 * Format: int32
                 * @description Purchases that are settled.
                 */
                settled_purchases: number;
                /** @description SHA-256 of the terms that a buyer agrees to, in hex. */
                terms: string;
            })[];
            /** @description The cursor of the next page; `null`: this is the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_Purchase: {
            /** @description The rows, in the list's order. */
            items: (components["schemas"]["OnLedger"] & {
                /** @description The purchase's address, which follows from order and buyer. */
                address: components["schemas"]["AddressText"];
                /** @description The buyer's wallet. */
                buyer: components["schemas"]["AddressText"];
                /** @description The buyer's key for this purchase, in hex. */
                buyer_key: string;
                /**
                 * Format: int64
                 * @description Deadline for the delivery, in seconds since the Unix epoch.
                 */
                deadline_at: number;
                /**
                 * Format: int32
                 * @description The number of records that are delivered.
                 */
                delivered_count: number;
                /** @description The order. */
                order: components["schemas"]["AddressText"];
                /** @description The price. */
                price_lamports: components["schemas"]["U64Text"];
                /**
                 * Format: int32
                 * @description Number of records.
                 */
                record_count: number;
                /**
                 * Format: int64
                 * @description The time from which anybody can refund the purchase, unless it is settled by then.
                 */
                refundable_at: number;
                /** @description The seller's wallet. */
                seller: components["schemas"]["AddressText"];
                /**
                 * Format: int64
                 * @description Deadline for settling; `null`: not locked yet.
                 */
                settle_by_at?: number | null;
                /**
                 * @description The seller's settle key, in hex; once the purchase is settled, the secret that opens the records; `null`: nothing is
                 *     delivered yet.
                 */
                settle_key?: string | null;
                /** @description The state of the purchase. */
                state: components["schemas"]["PurchaseState"];
                /** @description SHA-256 of the terms that the buyer agreed to, in hex. */
                terms: string;
            })[];
            /** @description The cursor of the next page; `null`: this is the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_Record: {
            /** @description The rows, in the list's order. */
            items: (components["schemas"]["OnLedger"] & {
                /** @description The record's address. */
                address: components["schemas"]["AddressText"];
                /**
                 * Format: int64
                 * @description When it was created, in seconds since the Unix epoch.
                 */
                created_at: number;
                /** @description The wallet that created the record. */
                creator: components["schemas"]["AddressText"];
                /** @description The X25519 key to which document and locator are encrypted, in hex. */
                data_public_key: string;
                /** @description Root of the facts that the creator attests about the document, in hex. */
                facts_root: string;
                /**
                 * Format: int32
                 * @description Index of the owner's encryption key that the record is encrypted to.
                 */
                key_index: number;
                /** @description Number of orders that list the record. */
                listings: components["schemas"]["U64Text"];
                /** @description The owner's wallet. */
                owner: components["schemas"]["AddressText"];
                /** @description That key, in hex. */
                owner_key: string;
                /** @description The wallet that paid the rent and gets it back. */
                rent_payer: components["schemas"]["AddressText"];
                /** @description Whether the creator is the owner, so that nobody else vouches for the record. */
                self_issued: boolean;
                /** @description Whether the owner has verified the record. */
                verified: boolean;
            })[];
            /** @description The cursor of the next page; `null`: this is the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_Share: {
            /** @description The rows, in the list's order. */
            items: (components["schemas"]["OnLedger"] & {
                /** @description The share's address, which follows from record and recipient. */
                address: components["schemas"]["AddressText"];
                /**
                 * Format: int64
                 * @description When it was made, in seconds since the Unix epoch.
                 */
                created_at: number;
                /**
                 * Format: int64
                 * @description `null`: never. It asks the recipient to stop using the record; it can't enforce that.
                 */
                expires_at?: number | null;
                /**
                 * Format: int32
                 * @description Index of the recipient's encryption key that the share is encrypted to.
                 */
                key_index: number;
                /** @description The owner's wallet. */
                owner: components["schemas"]["AddressText"];
                /** @description The recipient's wallet. */
                recipient: components["schemas"]["AddressText"];
                /** @description That key, in hex. */
                recipient_key: string;
                /** @description The record. */
                record: components["schemas"]["AddressText"];
                /** @description The wallet that paid the rent and gets it back. */
                rent_payer: components["schemas"]["AddressText"];
            })[];
            /** @description The cursor of the next page; `null`: this is the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_User: {
            /** @description The rows, in the list's order. */
            items: (components["schemas"]["OnLedger"] & {
                /** @description The account's address, which follows from the wallet. */
                address: components["schemas"]["AddressText"];
                /** @description The wallet's signature over the line that names the key and its index. */
                attestation: components["schemas"]["SignatureText"];
                /** @description The key to which anybody may encrypt, in hex: a ristretto255 point. Check the attestation first. */
                encryption_key: string;
                /**
                 * Format: int32
                 * @description Index of the key: 0 for the first one, one more after each rotation.
                 */
                key_index: number;
                /** @description Id of the wallet's next order. */
                next_order_id: components["schemas"]["U64Text"];
                /** @description Number of records that the wallet owns. */
                record_count: components["schemas"]["U64Text"];
                /** @description The wallet. */
                wallet: components["schemas"]["AddressText"];
            })[];
            /** @description The cursor of the next page; `null`: this is the last one. */
            next?: string | null;
        };
        /** @description A refusal in JSON: problem details after RFC 9457. */
        Problem: {
            /**
             * @description The code, for programs. The program's rules have their names in the IDL.
             * @example not_found
             */
            code: string;
            /** @description The error, its subject, and advice. */
            detail: string;
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /** @description The meaning of the code, in a few words. */
            title: string;
            /** @description The kind as a URI: `urn:generion:problem:` and the code. */
            type: string;
        };
        /** @description A purchase. */
        Purchase: components["schemas"]["OnLedger"] & {
            /** @description The purchase's address, which follows from order and buyer. */
            address: components["schemas"]["AddressText"];
            /** @description The buyer's wallet. */
            buyer: components["schemas"]["AddressText"];
            /** @description The buyer's key for this purchase, in hex. */
            buyer_key: string;
            /**
             * Format: int64
             * @description Deadline for the delivery, in seconds since the Unix epoch.
             */
            deadline_at: number;
            /**
             * Format: int32
             * @description The number of records that are delivered.
             */
            delivered_count: number;
            /** @description The order. */
            order: components["schemas"]["AddressText"];
            /** @description The price. */
            price_lamports: components["schemas"]["U64Text"];
            /**
             * Format: int32
             * @description Number of records.
             */
            record_count: number;
            /**
             * Format: int64
             * @description The time from which anybody can refund the purchase, unless it is settled by then.
             */
            refundable_at: number;
            /** @description The seller's wallet. */
            seller: components["schemas"]["AddressText"];
            /**
             * Format: int64
             * @description Deadline for settling; `null`: not locked yet.
             */
            settle_by_at?: number | null;
            /**
             * @description The seller's settle key, in hex; once the purchase is settled, the secret that opens the records; `null`: nothing is
             *     delivered yet.
             */
            settle_key?: string | null;
            /** @description The state of the purchase. */
            state: components["schemas"]["PurchaseState"];
            /** @description SHA-256 of the terms that the buyer agreed to, in hex. */
            terms: string;
        };
        /** @description The wallet that closes a purchase. */
        PurchaseClosing: {
            /** @description The buyer. */
            buyer: components["schemas"]["AddressText"];
            fee?: components["schemas"]["Fee"] | null;
        };
        /**
         * @description The state of a purchase.
         * @enum {string}
         */
        PurchaseState: "pending" | "locked" | "settled";
        /** @description A record. Its address follows from all that its creator wrote, the sealed locator included. */
        Record: components["schemas"]["OnLedger"] & {
            /** @description The record's address. */
            address: components["schemas"]["AddressText"];
            /**
             * Format: int64
             * @description When it was created, in seconds since the Unix epoch.
             */
            created_at: number;
            /** @description The wallet that created the record. */
            creator: components["schemas"]["AddressText"];
            /** @description The X25519 key to which document and locator are encrypted, in hex. */
            data_public_key: string;
            /** @description Root of the facts that the creator attests about the document, in hex. */
            facts_root: string;
            /**
             * Format: int32
             * @description Index of the owner's encryption key that the record is encrypted to.
             */
            key_index: number;
            /** @description Number of orders that list the record. */
            listings: components["schemas"]["U64Text"];
            /** @description The owner's wallet. */
            owner: components["schemas"]["AddressText"];
            /** @description That key, in hex. */
            owner_key: string;
            /** @description The wallet that paid the rent and gets it back. */
            rent_payer: components["schemas"]["AddressText"];
            /** @description Whether the creator is the owner, so that nobody else vouches for the record. */
            self_issued: boolean;
            /** @description Whether the owner has verified the record. */
            verified: boolean;
        };
        /** @description The wallet that refunds a purchase. */
        RefundOf: {
            /**
             * @description The seller at any time while the purchase is pending. Anybody, the buyer included, from 300 seconds after the deadline
             *     while it is pending, and from 300 seconds after the later of its deadline and the end of the time to settle while it is
             *     locked.
             */
            authority: components["schemas"]["AddressText"];
            fee?: components["schemas"]["Fee"] | null;
        };
        /** @description A transaction, by the first of its signatures. */
        RelayedTransaction: {
            /** @description The rule of the program that it broke, by its name in the IDL. */
            code?: string | null;
            compute_units?: components["schemas"]["U64Text"] | null;
            /** @description Why it failed. */
            detail?: string | null;
            fee?: components["schemas"]["U64Text"] | null;
            /** @description The signature. */
            signature: components["schemas"]["SignatureText"];
            slot?: components["schemas"]["U64Text"] | null;
            /** @description The outcome. */
            status: components["schemas"]["TransactionStatus"];
        };
        /** @description The wallet that revokes a share. */
        Revocation: {
            fee?: components["schemas"]["Fee"] | null;
            /** @description The wallet that shared the record. */
            owner: components["schemas"]["AddressText"];
        };
        /** @description Accounts that were asked for by their addresses. */
        Several_Order: {
            /** @description Those that the gateway's nodes disagree on. */
            disputed: components["schemas"]["AddressText"][];
            /** @description Those that are there, in the order in which they were asked for. */
            items: (components["schemas"]["OnLedger"] & {
                /** @description The order's address, which follows from seller and id. */
                address: components["schemas"]["AddressText"];
                /**
                 * Format: int64
                 * @description When it was created, in seconds since the Unix epoch.
                 */
                created_at: number;
                /**
                 * Format: int32
                 * @description The time that the seller has for the delivery.
                 */
                delivery_window_seconds: number;
                /** @description The number of the order among those of its seller. */
                id: components["schemas"]["U64Text"];
                /** @description The seller's label. Anybody can write anything here. */
                label: string;
                only_buyer?: components["schemas"]["AddressText"] | null;
                /** @description Whether it takes purchases. */
                open: boolean;
                /**
                 * Format: int32
                 * @description Purchases that are neither settled nor refunded.
                 */
                pending_purchases: number;
                /** @description The price. */
                price_lamports: components["schemas"]["U64Text"];
                /** @description The records' addresses. */
                record_addresses: components["schemas"]["AddressText"][];
                /** @description The seller's wallet. */
                seller: components["schemas"]["AddressText"];
                /**
                 * Format: int32
                 * @description Purchases that are settled.
                 */
                settled_purchases: number;
                /** @description SHA-256 of the terms that a buyer agrees to, in hex. */
                terms: string;
            })[];
            /** @description Those that are not there. */
            missing: components["schemas"]["AddressText"][];
        };
        /** @description Accounts that were asked for by their addresses. */
        Several_Record: {
            /** @description Those that the gateway's nodes disagree on. */
            disputed: components["schemas"]["AddressText"][];
            /** @description Those that are there, in the order in which they were asked for. */
            items: (components["schemas"]["OnLedger"] & {
                /** @description The record's address. */
                address: components["schemas"]["AddressText"];
                /**
                 * Format: int64
                 * @description When it was created, in seconds since the Unix epoch.
                 */
                created_at: number;
                /** @description The wallet that created the record. */
                creator: components["schemas"]["AddressText"];
                /** @description The X25519 key to which document and locator are encrypted, in hex. */
                data_public_key: string;
                /** @description Root of the facts that the creator attests about the document, in hex. */
                facts_root: string;
                /**
                 * Format: int32
                 * @description Index of the owner's encryption key that the record is encrypted to.
                 */
                key_index: number;
                /** @description Number of orders that list the record. */
                listings: components["schemas"]["U64Text"];
                /** @description The owner's wallet. */
                owner: components["schemas"]["AddressText"];
                /** @description That key, in hex. */
                owner_key: string;
                /** @description The wallet that paid the rent and gets it back. */
                rent_payer: components["schemas"]["AddressText"];
                /** @description Whether the creator is the owner, so that nobody else vouches for the record. */
                self_issued: boolean;
                /** @description Whether the owner has verified the record. */
                verified: boolean;
            })[];
            /** @description Those that are not there. */
            missing: components["schemas"]["AddressText"][];
        };
        /** @description A record that its owner shares with somebody. */
        Share: components["schemas"]["OnLedger"] & {
            /** @description The share's address, which follows from record and recipient. */
            address: components["schemas"]["AddressText"];
            /**
             * Format: int64
             * @description When it was made, in seconds since the Unix epoch.
             */
            created_at: number;
            /**
             * Format: int64
             * @description `null`: never. It asks the recipient to stop using the record; it can't enforce that.
             */
            expires_at?: number | null;
            /**
             * Format: int32
             * @description Index of the recipient's encryption key that the share is encrypted to.
             */
            key_index: number;
            /** @description The owner's wallet. */
            owner: components["schemas"]["AddressText"];
            /** @description The recipient's wallet. */
            recipient: components["schemas"]["AddressText"];
            /** @description That key, in hex. */
            recipient_key: string;
            /** @description The record. */
            record: components["schemas"]["AddressText"];
            /** @description The wallet that paid the rent and gets it back. */
            rent_payer: components["schemas"]["AddressText"];
        };
        /**
         * @description A signature, in base58.
         * @example 1111111111111111111111111111111111111111111111111111111111111111
         */
        SignatureText: string;
        /** @description A signed transaction. */
        SignedTransaction: {
            /** @description The transaction as it is sent to nodes, in base64. The signature of the operator's wallet may be missing. */
            transaction: components["schemas"]["Base64Bytes"];
        };
        /** @description Counts and sums of the accounts that are on the ledger now and not disputed. */
        Statistics: {
            /** @description The latest months, or the most frequent keys. */
            items: components["schemas"]["StatisticsItem"][];
        };
        /** @description Counts and sums of accounts with the same key. */
        StatisticsItem: {
            /** @description The number of accounts. */
            count: components["schemas"]["U64Text"];
            /** @description The month as `2026-11`, the wallet, the label, or the number of digits of the price. */
            key: string;
            /** @description The number of records that are verified, of orders that take purchases, or of purchases that are settled. */
            marked: components["schemas"]["U64Text"];
            /** @description The sum of the prices, in decimal digits: it can be above 2^64. Of records 0. */
            price_lamports: string;
        };
        /** @description An account that a transaction names. */
        TransactionAccount: {
            /** @description The account's address. */
            address: components["schemas"]["AddressText"];
            /** @description The account's role in the transaction, such as `owner` or `program`. */
            roles: string[];
            /** @description Whether it has to sign. */
            signer: boolean;
            /** @description Whether the transaction may write to it. */
            writable: boolean;
        };
        /** @description The costs of a transaction, in lamports. */
        TransactionCost: {
            /** @description The fee for signatures and priority. */
            fee: components["schemas"]["U64Text"];
            /** @description The price that goes into escrow. */
            price: components["schemas"]["U64Text"];
            /** @description The part of the fee that is for priority. */
            priority_fee: components["schemas"]["U64Text"];
            /** @description The rent of the account that it creates. */
            rent: components["schemas"]["U64Text"];
            /** @description The amount that is returned to the wallet that paid it before. */
            returned: components["schemas"]["U64Text"];
        };
        /**
         * @description The outcome of a transaction.
         * @enum {string}
         */
        TransactionStatus: "pending" | "confirmed" | "failed" | "expired";
        /**
         * @description An unsigned number of 64 bits, in decimal digits.
         * @example 1000000000
         */
        U64Text: bigint;
        /** @description A transaction to check, sign and send to `POST /v1/transactions`. */
        UnsignedTransaction: {
            /** @description All accounts that it names. */
            accounts: components["schemas"]["TransactionAccount"][];
            /** @description The block hash. */
            blockhash: string;
            /**
             * Format: int32
             * @description The compute units that it may use.
             */
            compute_unit_limit: number;
            /** @description The costs of the transaction. */
            cost: components["schemas"]["TransactionCost"];
            creates?: components["schemas"]["AddressText"] | null;
            /** @description The effects of the transaction, as sentences. */
            effects: string[];
            /**
             * Format: int64
             * @description About when that will be, in seconds since the Unix epoch.
             */
            expires_at: number;
            /** @description The wallet that pays the fee. */
            fee_payer: components["schemas"]["AddressText"];
            /** @description The last block height at which the transaction can reach the ledger. */
            last_valid_block_height: components["schemas"]["U64Text"];
            /** @description The wallets that have to sign, in the order of their signatures. */
            signers: components["schemas"]["AddressText"][];
            /** @description Whether that is the operator's, which signs last. */
            sponsored: boolean;
            /** @description The transaction as it is sent to nodes, in base64, with zeros for the signatures. */
            transaction: components["schemas"]["Base64Bytes"];
        };
        /** @description A wallet's encryption key and counters. */
        User: components["schemas"]["OnLedger"] & {
            /** @description The account's address, which follows from the wallet. */
            address: components["schemas"]["AddressText"];
            /** @description The wallet's signature over the line that names the key and its index. */
            attestation: components["schemas"]["SignatureText"];
            /** @description The key to which anybody may encrypt, in hex: a ristretto255 point. Check the attestation first. */
            encryption_key: string;
            /**
             * Format: int32
             * @description Index of the key: 0 for the first one, one more after each rotation.
             */
            key_index: number;
            /** @description Id of the wallet's next order. */
            next_order_id: components["schemas"]["U64Text"];
            /** @description Number of records that the wallet owns. */
            record_count: components["schemas"]["U64Text"];
            /** @description The wallet. */
            wallet: components["schemas"]["AddressText"];
        };
        /** @description A wallet's encryption key with the wallet's signature over it. */
        UserKey: {
            /** @description The account's address, which follows from the wallet. */
            address: components["schemas"]["AddressText"];
            /** @description The wallet's signature over the line that names the key and its index. */
            attestation: components["schemas"]["SignatureText"];
            /** @description The finality of this state. */
            commitment: components["schemas"]["Commitment"];
            /** @description The key to which anybody may encrypt, in hex. Check the attestation first. */
            encryption_key: string;
            /**
             * Format: int32
             * @description Index of the key.
             */
            key_index: number;
            /** @description The slot of the state that the account was read in. */
            slot: components["schemas"]["U64Text"];
            /** @description The wallet. */
            wallet: components["schemas"]["AddressText"];
        };
        /** @description The wallet that verifies a record. */
        Verification: {
            fee?: components["schemas"]["Fee"] | null;
            /** @description The record's owner. */
            owner: components["schemas"]["AddressText"];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    actions_json: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rules. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionsJson"];
                };
            };
            /** @description The request can't be read, or lacks a parameter. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description What the Action is about is not there. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description A rule of the program would be broken, a wallet has too little, or the nodes disagree. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The body is not of a type that is read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The transaction can't be built like this. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The gateway is busy, or no node answers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
        };
    };
    icon: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The image. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/svg+xml": string;
                };
            };
            /** @description The request can't be read, or lacks a parameter. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description What the Action is about is not there. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description A rule of the program would be broken, a wallet has too little, or the nodes disagree. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The body is not of a type that is read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The transaction can't be built like this. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The gateway is busy, or no node answers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
        };
    };
    order_action: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The order's address. */
                address: components["schemas"]["AddressText"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The Action. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Action"];
                };
            };
            /** @description The request can't be read, or lacks a parameter. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description What the Action is about is not there. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description A rule of the program would be broken, a wallet has too little, or the nodes disagree. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The body is not of a type that is read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The transaction can't be built like this. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The gateway is busy, or no node answers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
        };
    };
    take_order_action: {
        parameters: {
            query?: {
                /** @description The buyer's key for this purchase, in hex, of which the receipt is saved. It can be in `data` of the body instead. */
                buyer_key?: string;
                /** @description SHA-256 of the terms that the buyer agrees to, in hex. It can be in `data` of the body instead. */
                terms?: string;
            };
            header?: never;
            path: {
                /** @description The order's address. */
                address: components["schemas"]["AddressText"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ActionPostRequest"];
            };
        };
        responses: {
            /** @description The transaction. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionPostResponse"];
                };
            };
            /** @description The request can't be read, or lacks a parameter. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description What the Action is about is not there. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description A rule of the program would be broken, a wallet has too little, or the nodes disagree. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The body is not of a type that is read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The transaction can't be built like this. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The gateway is busy, or no node answers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
        };
    };
    order_closing_action: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The order's address. */
                address: components["schemas"]["AddressText"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The Action. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Action"];
                };
            };
            /** @description The request can't be read, or lacks a parameter. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description What the Action is about is not there. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description A rule of the program would be broken, a wallet has too little, or the nodes disagree. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The body is not of a type that is read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The transaction can't be built like this. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The gateway is busy, or no node answers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
        };
    };
    take_order_closing_action: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The order's address. */
                address: components["schemas"]["AddressText"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ActionPostRequest"];
            };
        };
        responses: {
            /** @description The transaction. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionPostResponse"];
                };
            };
            /** @description The request can't be read, or lacks a parameter. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description What the Action is about is not there. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description A rule of the program would be broken, a wallet has too little, or the nodes disagree. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The body is not of a type that is read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The transaction can't be built like this. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The gateway is busy, or no node answers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
        };
    };
    take_order_page_action: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The order's address. */
                address: components["schemas"]["AddressText"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ActionPostRequest"];
            };
        };
        responses: {
            /** @description The page's address. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionPostResponse"];
                };
            };
            /** @description The request can't be read, or lacks a parameter. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description What the Action is about is not there. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description A rule of the program would be broken, a wallet has too little, or the nodes disagree. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The body is not of a type that is read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The transaction can't be built like this. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The gateway is busy, or no node answers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
        };
    };
    purchase_closing_action: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The purchase's address. */
                address: components["schemas"]["AddressText"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The Action. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Action"];
                };
            };
            /** @description The request can't be read, or lacks a parameter. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description What the Action is about is not there. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description A rule of the program would be broken, a wallet has too little, or the nodes disagree. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The body is not of a type that is read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The transaction can't be built like this. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The gateway is busy, or no node answers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
        };
    };
    take_purchase_closing_action: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The purchase's address. */
                address: components["schemas"]["AddressText"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ActionPostRequest"];
            };
        };
        responses: {
            /** @description The transaction. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionPostResponse"];
                };
            };
            /** @description The request can't be read, or lacks a parameter. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description What the Action is about is not there. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description A rule of the program would be broken, a wallet has too little, or the nodes disagree. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The body is not of a type that is read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The transaction can't be built like this. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The gateway is busy, or no node answers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
        };
    };
    refund_action: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The purchase's address. */
                address: components["schemas"]["AddressText"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The Action. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Action"];
                };
            };
            /** @description The request can't be read, or lacks a parameter. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description What the Action is about is not there. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description A rule of the program would be broken, a wallet has too little, or the nodes disagree. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The body is not of a type that is read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The transaction can't be built like this. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The gateway is busy, or no node answers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
        };
    };
    take_refund_action: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The purchase's address. */
                address: components["schemas"]["AddressText"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ActionPostRequest"];
            };
        };
        responses: {
            /** @description The transaction. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionPostResponse"];
                };
            };
            /** @description The request can't be read, or lacks a parameter. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description What the Action is about is not there. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description A rule of the program would be broken, a wallet has too little, or the nodes disagree. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The body is not of a type that is read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The transaction can't be built like this. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The gateway is busy, or no node answers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
        };
    };
    verification_action: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The record's address. */
                address: components["schemas"]["AddressText"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The Action. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Action"];
                };
            };
            /** @description The request can't be read, or lacks a parameter. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description What the Action is about is not there. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description A rule of the program would be broken, a wallet has too little, or the nodes disagree. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The body is not of a type that is read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The transaction can't be built like this. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The gateway is busy, or no node answers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
        };
    };
    take_verification_action: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The record's address. */
                address: components["schemas"]["AddressText"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ActionPostRequest"];
            };
        };
        responses: {
            /** @description The transaction. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionPostResponse"];
                };
            };
            /** @description The request can't be read, or lacks a parameter. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description What the Action is about is not there. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description A rule of the program would be broken, a wallet has too little, or the nodes disagree. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The body is not of a type that is read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The transaction can't be built like this. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
            /** @description The gateway is busy, or no node answers. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActionError"];
                };
            };
        };
    };
    deliveries: {
        parameters: {
            query?: {
                /** @description Those that concern this address alone: a seller, a buyer, an order or a purchase. */
                address?: components["schemas"]["AddressText"];
                /** @description Rows of the page: 50 unless it is said. */
                limit?: number;
                /** @description The place where the list continues: `next` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of changes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangesPage"];
                };
            };
            /** @description The answer is the one whose entity tag `If-None-Match` names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    events: {
        parameters: {
            query?: {
                /**
                 * @description Types of events, with commas between them, such as `order.created,purchase.locked`. Default: all. An event
                 *     `vanished` comes wherever the event came that it takes back.
                 */
                type?: string;
                /** @description Events that concern this address: as an account, as a record in a list, or as a signer. */
                address?: components["schemas"]["AddressText"];
                /** @description Events of records and shares with this owner. */
                owner?: components["schemas"]["AddressText"];
                /** @description Events of records with this creator. */
                creator?: components["schemas"]["AddressText"];
                /** @description Events of shares with this recipient. */
                recipient?: components["schemas"]["AddressText"];
                /** @description Events of orders and purchases with this seller. */
                seller?: components["schemas"]["AddressText"];
                /** @description Events of purchases with this buyer. */
                buyer?: components["schemas"]["AddressText"];
                /** @description Events of this record, and of orders and deliveries that list it. */
                record?: components["schemas"]["AddressText"];
                /** @description Events of this order, and of its purchases. */
                order?: components["schemas"]["AddressText"];
                /** @description Events of this purchase. */
                purchase?: components["schemas"]["AddressText"];
                /** @description New orders with exactly this label. */
                label?: string;
                /** @description The `id` of the last event that you have. The header `Last-Event-ID` goes before it. */
                cursor?: string;
            };
            header?: {
                /** @description The `id` of the last event that you have. */
                "last-event-id"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["Event"];
                };
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests, or clients at this address. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    history: {
        parameters: {
            query?: {
                /** @description Rows of the page: 50 unless it is said. */
                limit?: number;
                /** @description The place where the list continues: `next` of the page before. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description Any address: a wallet, or an account of the program. */
                address: components["schemas"]["AddressText"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of changes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangesPage"];
                };
            };
            /** @description The answer is the one whose entity tag `If-None-Match` names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    orders: {
        parameters: {
            query?: {
                /** @description Only orders of this seller. */
                seller?: components["schemas"]["AddressText"];
                /** @description With exactly this label. */
                label?: string;
                /** @description Taking purchases, or not. */
                open?: boolean;
                /** @description Only orders for this buyer alone. */
                only_buyer?: components["schemas"]["AddressText"];
                /** @description Only orders for one buyer alone (`true`), or for anybody (`false`). */
                has_only_buyer?: boolean;
                /** @description At this price or above, in lamports. */
                price_from?: components["schemas"]["U64Text"];
                /** @description At this price or below, in lamports. */
                price_up_to?: components["schemas"]["U64Text"];
                /** @description Only orders of this many records or more. */
                records_from?: number;
                /** @description With this record. */
                record?: components["schemas"]["AddressText"];
                /** @description Created then or later, in seconds since the Unix epoch. */
                created_from?: number;
                /** @description Created before then. */
                created_before?: number;
                /** @description The sort key. Default: `price` or `records` if the only bound is on that, and `time` otherwise. */
                sort?: "time" | "price" | "records";
                /** @description Which way. */
                order?: "ascending" | "descending";
                /** @description Rows of the page: 50 unless it is said. */
                limit?: number;
                /** @description The place where the list continues: `next` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of orders. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Order"];
                };
            };
            /** @description The answer is the one whose entity tag `If-None-Match` names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_order: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewOrder"];
            };
        };
        responses: {
            /** @description The unsigned transaction. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnsignedTransaction"];
                };
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The operator's wallet does not pay for it. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What it is about is not on the ledger. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A rule of the program would be broken, or a wallet lacks a key or lamports. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of a type that is read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The transaction is none that is built or relayed here, or not signed as it has to be. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    order_addresses: {
        parameters: {
            query?: {
                /** @description Only orders of this seller. */
                seller?: components["schemas"]["AddressText"];
                /** @description With exactly this label. */
                label?: string;
                /** @description Taking purchases, or not. */
                open?: boolean;
                /** @description Only orders for this buyer alone. */
                only_buyer?: components["schemas"]["AddressText"];
                /** @description Only orders for one buyer alone (`true`), or for anybody (`false`). */
                has_only_buyer?: boolean;
                /** @description At this price or above, in lamports. */
                price_from?: components["schemas"]["U64Text"];
                /** @description At this price or below, in lamports. */
                price_up_to?: components["schemas"]["U64Text"];
                /** @description Only orders of this many records or more. */
                records_from?: number;
                /** @description With this record. */
                record?: components["schemas"]["AddressText"];
                /** @description Created then or later, in seconds since the Unix epoch. */
                created_from?: number;
                /** @description Created before then. */
                created_before?: number;
                /** @description The sort key. Default: `price` or `records` if the only bound is on that, and `time` otherwise. */
                sort?: "time" | "price" | "records";
                /** @description Which way. */
                order?: "ascending" | "descending";
                /** @description Rows of the page: 50 unless it is said. */
                limit?: number;
                /** @description The place where the list continues: `next` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of addresses. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_AddressText"];
                };
            };
            /** @description The answer is the one whose entity tag `If-None-Match` names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    several_orders: {
        parameters: {
            query: {
                /** @description At most 100 addresses in base58, separated by commas. */
                addresses: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The orders that are there. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Several_Order"];
                };
            };
            /** @description The answer is the one whose entity tag `If-None-Match` names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    order: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The order's address. */
                address: components["schemas"]["AddressText"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The order. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Order"];
                };
            };
            /** @description The answer is the one whose entity tag `If-None-Match` names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No such order is there. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The nodes disagree on it. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    close_order: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The order's address. */
                address: components["schemas"]["AddressText"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Closing"];
            };
        };
        responses: {
            /** @description The unsigned transaction. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnsignedTransaction"];
                };
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The operator's wallet does not pay for it. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What it is about is not on the ledger. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A rule of the program would be broken, or a wallet lacks a key or lamports. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of a type that is read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The transaction is none that is built or relayed here, or not signed as it has to be. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_purchase: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The order's address. */
                address: components["schemas"]["AddressText"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPurchase"];
            };
        };
        responses: {
            /** @description The unsigned transaction. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnsignedTransaction"];
                };
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The operator's wallet does not pay for it. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What it is about is not on the ledger. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A rule of the program would be broken, or a wallet lacks a key or lamports. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of a type that is read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The transaction is none that is built or relayed here, or not signed as it has to be. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    purchases: {
        parameters: {
            query?: {
                /** @description Only purchases of the order at this address. */
                of_order?: components["schemas"]["AddressText"];
                /** @description Only purchases from this seller. */
                seller?: components["schemas"]["AddressText"];
                /** @description Only purchases by this buyer. */
                buyer?: components["schemas"]["AddressText"];
                /** @description In this state. */
                state?: "pending" | "locked" | "settled";
                /** @description At this price or above, in lamports. */
                price_from?: components["schemas"]["U64Text"];
                /** @description At this price or below, in lamports. */
                price_up_to?: components["schemas"]["U64Text"];
                /** @description To be delivered then or later, in seconds since the Unix epoch. */
                deadline_from?: number;
                /** @description To be delivered before then. */
                deadline_before?: number;
                /** @description The sort key. Default: `price` if the only bound is on that, and `deadline` otherwise. */
                sort?: "deadline" | "price";
                /** @description Which way. */
                order?: "ascending" | "descending";
                /** @description Rows of the page: 50 unless it is said. */
                limit?: number;
                /** @description The place where the list continues: `next` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of purchases. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Purchase"];
                };
            };
            /** @description The answer is the one whose entity tag `If-None-Match` names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    purchase: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The purchase's address. */
                address: components["schemas"]["AddressText"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The purchase. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Purchase"];
                };
            };
            /** @description The answer is the one whose entity tag `If-None-Match` names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No such purchase is there. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The nodes disagree on it. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    close_purchase: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The purchase's address. */
                address: components["schemas"]["AddressText"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PurchaseClosing"];
            };
        };
        responses: {
            /** @description The unsigned transaction. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnsignedTransaction"];
                };
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The operator's wallet does not pay for it. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What it is about is not on the ledger. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A rule of the program would be broken, or a wallet lacks a key or lamports. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of a type that is read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The transaction is none that is built or relayed here, or not signed as it has to be. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deliver: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The purchase's address. */
                address: components["schemas"]["AddressText"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewDelivery"];
            };
        };
        responses: {
            /** @description The unsigned transaction. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnsignedTransaction"];
                };
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The operator's wallet does not pay for it. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What it is about is not on the ledger. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A rule of the program would be broken, or a wallet lacks a key or lamports. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of a type that is read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The transaction is none that is built or relayed here, or not signed as it has to be. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    refund: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The purchase's address. */
                address: components["schemas"]["AddressText"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefundOf"];
            };
        };
        responses: {
            /** @description The unsigned transaction. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnsignedTransaction"];
                };
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The operator's wallet does not pay for it. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What it is about is not on the ledger. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A rule of the program would be broken, or a wallet lacks a key or lamports. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of a type that is read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The transaction is none that is built or relayed here, or not signed as it has to be. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    records: {
        parameters: {
            query?: {
                /** @description Only records of this owner. */
                owner?: components["schemas"]["AddressText"];
                /** @description Written by this wallet. */
                creator?: components["schemas"]["AddressText"];
                /** @description Verified by their owner, or not. */
                verified?: boolean;
                /** @description Written by their owner, or not. */
                self_issued?: boolean;
                /** @description Created then or later, in seconds since the Unix epoch. */
                created_from?: number;
                /** @description Created before then. */
                created_before?: number;
                /** @description The order by time of creation: `descending` (latest first) by default. */
                order?: "ascending" | "descending";
                /** @description Rows of the page: 50 unless it is said. */
                limit?: number;
                /** @description The place where the list continues: `next` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of records. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Record"];
                };
            };
            /** @description The answer is the one whose entity tag `If-None-Match` names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_record: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewRecord"];
            };
        };
        responses: {
            /** @description The unsigned transaction. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnsignedTransaction"];
                };
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The operator's wallet does not pay for it. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What it is about is not on the ledger. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A rule of the program would be broken, or a wallet lacks a key or lamports. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of a type that is read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The transaction is none that is built or relayed here, or not signed as it has to be. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    record_addresses: {
        parameters: {
            query?: {
                /** @description Only records of this owner. */
                owner?: components["schemas"]["AddressText"];
                /** @description Written by this wallet. */
                creator?: components["schemas"]["AddressText"];
                /** @description Verified by their owner, or not. */
                verified?: boolean;
                /** @description Written by their owner, or not. */
                self_issued?: boolean;
                /** @description Created then or later, in seconds since the Unix epoch. */
                created_from?: number;
                /** @description Created before then. */
                created_before?: number;
                /** @description The order by time of creation: `descending` (latest first) by default. */
                order?: "ascending" | "descending";
                /** @description Rows of the page: 50 unless it is said. */
                limit?: number;
                /** @description The place where the list continues: `next` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of addresses. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_AddressText"];
                };
            };
            /** @description The answer is the one whose entity tag `If-None-Match` names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    several_records: {
        parameters: {
            query: {
                /** @description At most 100 addresses in base58, separated by commas. */
                addresses: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The records that are there. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Several_Record"];
                };
            };
            /** @description The answer is the one whose entity tag `If-None-Match` names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    record: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The record's address. */
                address: components["schemas"]["AddressText"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The record. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Record"];
                };
            };
            /** @description The answer is the one whose entity tag `If-None-Match` names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No such record is there. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The nodes disagree on it. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_record: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The record's address. */
                address: components["schemas"]["AddressText"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Deletion"];
            };
        };
        responses: {
            /** @description The unsigned transaction. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnsignedTransaction"];
                };
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The operator's wallet does not pay for it. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What it is about is not on the ledger. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A rule of the program would be broken, or a wallet lacks a key or lamports. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of a type that is read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The transaction is none that is built or relayed here, or not signed as it has to be. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    share_record: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The record's address. */
                address: components["schemas"]["AddressText"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewShare"];
            };
        };
        responses: {
            /** @description The unsigned transaction. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnsignedTransaction"];
                };
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The operator's wallet does not pay for it. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What it is about is not on the ledger. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A rule of the program would be broken, or a wallet lacks a key or lamports. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of a type that is read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The transaction is none that is built or relayed here, or not signed as it has to be. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    verify_record: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The record's address. */
                address: components["schemas"]["AddressText"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Verification"];
            };
        };
        responses: {
            /** @description The unsigned transaction. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnsignedTransaction"];
                };
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The operator's wallet does not pay for it. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What it is about is not on the ledger. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A rule of the program would be broken, or a wallet lacks a key or lamports. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of a type that is read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The transaction is none that is built or relayed here, or not signed as it has to be. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    refunds: {
        parameters: {
            query?: {
                /** @description Those that concern this address alone: a seller, a buyer, an order or a purchase. */
                address?: components["schemas"]["AddressText"];
                /** @description Rows of the page: 50 unless it is said. */
                limit?: number;
                /** @description The place where the list continues: `next` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of changes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangesPage"];
                };
            };
            /** @description The answer is the one whose entity tag `If-None-Match` names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    settlements: {
        parameters: {
            query?: {
                /** @description Those that concern this address alone: a seller, a buyer, an order or a purchase. */
                address?: components["schemas"]["AddressText"];
                /** @description Rows of the page: 50 unless it is said. */
                limit?: number;
                /** @description The place where the list continues: `next` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of changes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangesPage"];
                };
            };
            /** @description The answer is the one whose entity tag `If-None-Match` names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    shares: {
        parameters: {
            query?: {
                /** @description Only shares of this record. */
                record?: components["schemas"]["AddressText"];
                /** @description Made by this owner. */
                owner?: components["schemas"]["AddressText"];
                /** @description Only shares for this recipient. */
                recipient?: components["schemas"]["AddressText"];
                /** @description Not expired at this time, in seconds since the Unix epoch. */
                unexpired_at?: number;
                /** @description The order by time of creation: `descending` (latest first) by default. */
                order?: "ascending" | "descending";
                /** @description Rows of the page: 50 unless it is said. */
                limit?: number;
                /** @description The place where the list continues: `next` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of shares. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Share"];
                };
            };
            /** @description The answer is the one whose entity tag `If-None-Match` names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    share: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The share's address. */
                address: components["schemas"]["AddressText"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The share. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Share"];
                };
            };
            /** @description The answer is the one whose entity tag `If-None-Match` names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No such share is there. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The nodes disagree on it. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revoke_share: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The share's address. */
                address: components["schemas"]["AddressText"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Revocation"];
            };
        };
        responses: {
            /** @description The unsigned transaction. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnsignedTransaction"];
                };
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The operator's wallet does not pay for it. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What it is about is not on the ledger. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A rule of the program would be broken, or a wallet lacks a key or lamports. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of a type that is read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The transaction is none that is built or relayed here, or not signed as it has to be. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    statistics: {
        parameters: {
            query?: {
                /** @description Rows: 50 unless it is said. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description What is counted, and by what. */
                topic: "records-by-month" | "records-by-creator" | "orders-by-month" | "orders-by-label" | "orders-by-price" | "purchases-by-price";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The counts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Statistics"];
                };
            };
            /** @description The answer is the one whose entity tag `If-None-Match` names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Nothing is counted by that name. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    send_transaction: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignedTransaction"];
            };
        };
        responses: {
            /** @description The outcome. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RelayedTransaction"];
                };
            };
            /** @description The transaction is on its way. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RelayedTransaction"];
                };
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The operator's wallet does not pay for it. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What it is about is not on the ledger. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A rule of the program would be broken, or a wallet lacks a key or lamports. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of a type that is read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The transaction is none that is built or relayed here, or not signed as it has to be. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    transaction: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The first signature of the transaction. */
                signature: components["schemas"]["SignatureText"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The outcome, or that it is on its way. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RelayedTransaction"];
                };
            };
            /** @description The answer is the one whose entity tag `If-None-Match` names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No node knows it. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    users: {
        parameters: {
            query?: {
                /** @description Which way. */
                order?: "ascending" | "descending";
                /** @description Rows of the page: 50 unless it is said. */
                limit?: number;
                /** @description The place where the list continues: `next` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of users. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_User"];
                };
            };
            /** @description The answer is the one whose entity tag `If-None-Match` names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_user: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewUser"];
            };
        };
        responses: {
            /** @description The unsigned transaction. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnsignedTransaction"];
                };
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The operator's wallet does not pay for it. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What it is about is not on the ledger. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A rule of the program would be broken, or a wallet lacks a key or lamports. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of a type that is read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The transaction is none that is built or relayed here, or not signed as it has to be. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The wallet's address. */
                wallet: components["schemas"]["AddressText"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The user. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description The answer is the one whose entity tag `If-None-Match` names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The wallet has published no key. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The nodes disagree on it. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    user_key: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The wallet's address. */
                wallet: components["schemas"]["AddressText"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserKey"];
                };
            };
            /** @description The answer is the one whose entity tag `If-None-Match` names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The wallet has published no key. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The nodes disagree on it. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rotate_key: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The wallet's address. */
                wallet: components["schemas"]["AddressText"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewKey"];
            };
        };
        responses: {
            /** @description The unsigned transaction. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnsignedTransaction"];
                };
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The operator's wallet does not pay for it. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description What it is about is not on the ledger. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A rule of the program would be broken, or a wallet lacks a key or lamports. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of a type that is read here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The transaction is none that is built or relayed here, or not signed as it has to be. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    user_records: {
        parameters: {
            query?: {
                /** @description Which way. */
                order?: "ascending" | "descending";
                /** @description Rows of the page: 50 unless it is said. */
                limit?: number;
                /** @description The place where the list continues: `next` of the page before. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The wallet's address. */
                wallet: components["schemas"]["AddressText"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of records. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Record"];
                };
            };
            /** @description The answer is the one whose entity tag `If-None-Match` names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    user_record_addresses: {
        parameters: {
            query?: {
                /** @description Which way. */
                order?: "ascending" | "descending";
                /** @description Rows of the page: 50 unless it is said. */
                limit?: number;
                /** @description The place where the list continues: `next` of the page before. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The wallet's address. */
                wallet: components["schemas"]["AddressText"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of addresses. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_AddressText"];
                };
            };
            /** @description The answer is the one whose entity tag `If-None-Match` names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something failed in the gateway. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The gateway is busy or not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
