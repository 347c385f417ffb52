// Health links: copies of records for people without an account, made, listed and ended; and anybody's link, opened.

import {
    ClientError,
    endLink,
    listLinks,
    makeLink,
    type OwnLink,
    openLink,
    openOwnRecord,
    readLink,
    StoreError,
    unlockOwnRecord,
} from '@generion/client';
import type { Address } from '@solana/kit';
import { documentsOf, type LinkDocument } from '../render/link-documents.js';
import { oneLine } from '../render/plain-text.js';
import { LinkTrouble, troubleOf } from './link-trouble.js';
import type { Session } from './session.js';

/** A link to be made: of which record, until when in seconds since 1970, and what it says about itself. */
export type WantedLink = { record: Address; expiresAt: number; label: string };

/** Links that were found, and whether some may be missing. */
export type LinkList = { links: OwnLink[]; isComplete: boolean };

/** The fate of a deleted record's links. */
export type EndedLinks = {
    /** Links that are ended. */
    ended: number;
    /** Links that could not be ended: when each ends by itself, in seconds since 1970. */
    left: number[];
    /** Whether all lists of links were read. */
    isComplete: boolean;
};

/** The documents behind a link. */
export type OpenedLink = {
    label: string;
    /** Seconds since 1970; `undefined`: the link does not say. */
    expiresAt: number | undefined;
    /** Whether what is behind it may change. */
    isLongTerm: boolean;
    documents: LinkDocument[];
    /** Whether the link also gives access to a server. */
    hasAccess: boolean;
};

/** The content of a link itself, before a server is asked. */
export type LinkSummary = Pick<OpenedLink, 'label' | 'expiresAt'> & { needsPasscode: boolean };

/** The name by which this page asks servers of links. */
const RECIPIENT = 'Generion viewer';

/** Links of the unlocked account, and those of strangers, for which nothing needs to be unlocked. */
export class Links {
    constructor(private readonly session: Session) {}

    /** The kind of a record, for the label of its link. */
    async kindOf(record: Address): Promise<string> {
        const [context, { keys }] = [await this.session.context(), this.session.actor()];
        return oneLine((await unlockOwnRecord(context, keys, record)).locator.kind, 80);
    }

    /** Copies a record behind a link. `viewer` is the page that opens it. */
    async make({ expiresAt, label, record }: WantedLink, viewer: string): Promise<OwnLink> {
        const [store] = this.session.stores();
        if (store === undefined) throw new LinkTrouble('no_store');
        const [context, { keys }] = [await this.session.context(), this.session.actor()];
        const opened = await openOwnRecord(context, keys, record);
        return await atStore(makeLink(context, keys, opened, { store, expiresAt, label, viewer }));
    }

    /** The account's links, those of other devices too, or the ones of a record. */
    async list(viewer: string, record?: Address): Promise<LinkList> {
        const [context, { keys }] = [await this.session.context(), this.session.actor()];
        const { failed, links } = await listLinks(context, keys, this.session.stores(), viewer);
        return {
            links: links.filter((one) => record === undefined || one.record === record),
            isComplete: failed.length === 0,
        };
    }

    /** Ends a link: the copy behind it is erased. */
    async end(link: Pick<OwnLink, 'store' | 'expiresAt' | 'sha256' | 'keyIndex'>): Promise<void> {
        const [context, { keys }] = [await this.session.context(), this.session.actor()];
        await atStore(endLink(context, keys, link));
    }

    /** Ends all links of a record whose deletion was sent. That one of them stays is no error: it is told. */
    async endOf(record: Address): Promise<EndedLinks> {
        const [context, { keys }] = [await this.session.context(), this.session.actor()];
        const ended: EndedLinks = { ended: 0, left: [], isComplete: true };
        try {
            const { failed, links } = await listLinks(context, keys, this.session.stores());
            ended.isComplete = failed.length === 0;
            for (const link of links.filter((one) => one.record === record)) {
                const { expiresAt } = link;
                if (await endLink(context, keys, link).then(...IS_ENDED)) ended.ended += 1;
                else ended.left.push(expiresAt);
            }
        } catch (error) {
            // Whoever has no key of its own made no links.
            ended.isComplete &&= error instanceof ClientError && error.code === 'no_key';
        }
        return ended;
    }

    /** Reads what a link says about itself. */
    read(text: string): LinkSummary {
        try {
            const { expiresAt, label, needsPasscode } = readLink(text);
            return { label: oneLine(label ?? '', 80), expiresAt, needsPasscode };
        } catch (error) {
            throw troubleOf(error);
        }
    }

    /** Opens anybody's link. */
    async open(text: string, passcode?: string): Promise<OpenedLink> {
        try {
            const link = readLink(text);
            const isAllowed = this.session.isAllowed();
            const visit = { recipient: RECIPIENT, isAllowed, ...(passcode && { passcode }) };
            const files = await openLink(link, visit);
            const found = await Promise.all(files.map(documentsOf));
            return {
                label: oneLine(link.label ?? '', 80),
                expiresAt: link.expiresAt,
                isLongTerm: link.isLongTerm,
                documents: found.flatMap(({ documents }) => documents),
                hasAccess: found.some((one) => one.hasAccess),
            };
        } catch (error) {
            throw troubleOf(error);
        }
    }
}

/** Whether a link was ended, by what its store did. */
const IS_ENDED = [() => true, () => false] as const;

/** Runs work at the store of copies, and names the store's refusal as such. */
async function atStore<T>(work: Promise<T>): Promise<T> {
    try {
        return await work;
    } catch (error) {
        // A browser tells a server that can't be reached by a `TypeError`.
        // The screen has a sentence for a clock that is wrong.
        if (error instanceof StoreError && error.code === 'outside_time_window') throw error;
        if (error instanceof StoreError || error instanceof TypeError) throw new LinkTrouble('store_refused');
        throw troubleOf(error);
    }
}
