// The gateway whose operator may pay for an account without SOL.

import { ClientError, type FlowContext, type SponsoredContext } from '@generion/client';

/** The host of the gateway that can be asked to pay, if the network has one. */
export const sponsorOf = ({ gateway }: FlowContext): string | undefined => gateway && new URL(gateway.url).host;

/** @throws {ClientError} `gateway`: the network has none. */
export function requireGateway(context: FlowContext): FlowContext & SponsoredContext {
    const { gateway } = context;
    if (!gateway) throw new ClientError('gateway', 'the network has no gateway');
    return { ...context, gateway };
}
