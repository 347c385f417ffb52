// Codes that say nothing but what they mean: those of well-known terminologies, told by their form, and by their check digit
// where they have one. HL7's own are told by their lists.

import { isInCodeSystem } from './definitions.js';
import { isUcum } from './units.js';

/** Whether a code is formed as those of a terminology are. */
type IsFormed = (code: string) => boolean;

const isDigits = (text: string, least: number, most: number): boolean =>
    text.length >= least && text.length <= most && /^[0-9]*$/.test(text);

/** Kinds of images that DICOM has letters for. */
const MODALITIES = new Set('AU BI CR CT DG DX ECG EPS ES GM IO IVUS LS MG MR NM OCT OP PT RF SC SM US XA'.split(' '));
const MEDIA_TYPES = new Set(
    (
        'application/dicom application/fhir+json application/fhir+xml application/gzip application/hl7-cda+xml ' +
        'application/hl7-v3+xml application/json application/octet-stream application/pdf application/rtf ' +
        'application/xml application/zip audio/mpeg image/gif image/jpeg image/png image/tiff text/html text/plain ' +
        'text/xml video/mp4'
    ).split(' '),
);
/** ISO 4217. */
const CURRENCIES = new Set(
    (
        'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN ' +
        'BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ ' +
        'GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD ' +
        'LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR ' +
        'PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SYP SZL THB TJS TMT TND TOP TRY TTD ' +
        'TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW'
    ).split(' '),
);

const isCountry = (text: string): boolean => /^[A-Z]{2}$/.test(text);

/** `en`, or `de-AT`. */
export const isLanguage = (text: string): boolean => /^[a-z]{2}(-[A-Z]{2})?$/.test(text);

/** A media type of documents, with UTF-8 as its only parameter. */
export function isMediaType(text: string): boolean {
    const charset = 'charset=utf-8';
    const type = text.endsWith(charset) ? text.slice(0, -charset.length) : text;
    return MEDIA_TYPES.has(text === type ? type : type.replace(/;\s*$/, ''));
}

export const isCurrency = (text: string): boolean => CURRENCIES.has(text);

/** Digits with a check digit after ISO/IEC 7812 behind a hyphen. Answers have two letters before, which count as well. */
function isLoinc(code: string): boolean {
    const [, answer, number, check] = code.match(/^(LA)?([0-9]{1,7})-([0-9])$/) ?? [];
    if (number === undefined) return false;
    const sum = [...number]
        .reverse()
        .map((digit, place) => Number(digit) * (place % 2 === 0 ? 2 : 1))
        .reduce((all, digit) => all + Math.floor(digit / 10) + (digit % 10), 0);
    // Whether a letter counts twice depends on how many digits follow.
    const letters = answer === undefined ? 0 : number.length % 2 === 0 ? 5 : 2;
    return Number(check) === (10 - (sum % 10) + letters) % 10;
}

const TIMES = [
    '0123456789',
    '1234067895',
    '2340178956',
    '3401289567',
    '4012395678',
    '5987604321',
    '6598710432',
    '7659821043',
    '8765932104',
    '9876543210',
];
const TURNED = '1576283094';

/** The id of a concept: its last digit is a check after Verhoeff, the two before say that it is a concept's. */
function isSnomed(code: string): boolean {
    if (!isDigits(code, 6, 18) || !/(00|10).$/.test(code)) return false;
    let check = 0;
    for (const [place, digit] of [...code].reverse().entries()) {
        let turned = Number(digit);
        for (let turn = 0; turn < place % 8; turn += 1) turned = Number(TURNED.charAt(turned));
        check = Number(TIMES[check]?.charAt(turned));
    }
    return check === 0;
}

/** As in `E11.9`. */
const isIcd10: IsFormed = (code) => /^[A-Z][0-9][0-9A-Z](\.(-|(?=[A-Z]*[0-9])[0-9A-Z]{1,4}))?$/.test(code);

/** As in `250.01`, `V30.0` or `E882`. */
const isIcd9: IsFormed = (code) => /^([0-9]{3}|E[0-9]{3}|V[0-9]{2})(\.[0-9]{1,2})?$/.test(code);

/** Three groups of digits with hyphens. */
const isNdc: IsFormed = (code) => /^[0-9]{4,5}-[0-9]{3,4}-[0-9]{1,2}$/.test(code);

/** As in `A10BA02`, or the group that it is in. */
const isAtc: IsFormed = (code) => /^[A-Z]([0-9]{2}([A-Z]([A-Z]([0-9]{2})?)?)?)?$/.test(code);

const isCpt: IsFormed = (code) => /^[0-9]{4}[0-9FTU]$/.test(code);

/** No code at all: these are of identifiers, which name whose numbers they are. */
const isNever: IsFormed = () => false;

/** Terminologies by their URLs. */
const TERMINOLOGIES: ReadonlyMap<string, IsFormed> = new Map([
    ['http://loinc.org', isLoinc],
    ['http://snomed.info/sct', isSnomed],
    ['http://www.nlm.nih.gov/research/umls/rxnorm', (code) => isDigits(code, 1, 7)],
    ['http://unitsofmeasure.org', isUcum],
    ['http://hl7.org/fhir/sid/icd-10', isIcd10],
    ['http://hl7.org/fhir/sid/icd-10-cm', isIcd10],
    ['http://hl7.org/fhir/sid/icd-10-de', isIcd10],
    ['http://hl7.org/fhir/sid/icd-10-nl', isIcd10],
    ['http://fhir.de/CodeSystem/bfarm/icd-10-gm', isIcd10],
    ['http://fhir.de/CodeSystem/dimdi/icd-10-gm', isIcd10],
    ['http://hl7.org/fhir/sid/icd-9-cm', isIcd9],
    ['http://hl7.org/fhir/sid/cvx', (code) => isDigits(code, 1, 3)],
    ['http://hl7.org/fhir/sid/ndc', isNdc],
    ['http://www.whocc.no/atc', isAtc],
    ['http://fhir.de/CodeSystem/bfarm/atc', isAtc],
    ['http://www.ama-assn.org/go/cpt', isCpt],
    // Race and ethnicity, of the CDC.
    ['urn:oid:2.16.840.1.113883.6.238', (code) => /^[0-9]{4}-[0-9]$/.test(code)],
    ['http://dicom.nema.org/resources/ontology/DCM', (code) => isDigits(code, 6, 6) || MODALITIES.has(code)],
    ['http://www.genenames.org', (code) => /^HGNC:[0-9]{1,5}$/.test(code)],
    ['http://www.genenames.org/geneId', (code) => /^HGNC:[0-9]{1,5}$/.test(code)],
    ['urn:iso:std:iso:3166', isCountry],
    ['urn:iso:std:iso:4217', isCurrency],
    ['urn:ietf:bcp:47', isLanguage],
    ['urn:ietf:bcp:13', isMediaType],
    ['http://hl7.org/fhir/sid/us-ssn', isNever],
    ['http://hl7.org/fhir/sid/us-npi', isNever],
    ['http://hl7.org/fhir/sid/us-medicare', isNever],
    ['http://hl7.org/fhir/sid/us-mbi', isNever],
    ['urn:ietf:rfc:3986', isNever],
]);

/** Whether a URL names a terminology whose codes are known here. */
export const isTerminology = (url: string): boolean => TERMINOLOGIES.has(url) || isInCodeSystem(url, '') !== undefined;

/** Whether a code is one of a well-known terminology. */
export function isCode(system: string, code: string): boolean {
    const isFormed = TERMINOLOGIES.get(system);
    return isFormed ? isFormed(code) : (isInCodeSystem(system, code) ?? false);
}
