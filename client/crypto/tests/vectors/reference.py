#!/usr/bin/env python3
"""A second implementation of docs/PROTOCOL.md, sections 2, 3, 5, 6 and 12, from the specifications alone.

It shares no code with the crates: ristretto255 is written out after RFC 9496, HKDF after RFC 5869; Ed25519, X25519 and
the sealed box are libsodium's (PyNaCl 1.6). It made known-answers.json, and makes the same bytes again:

    pip install pynacl && python3 reference.py > known-answers.json
"""

import hashlib
import hmac
import json

from nacl.bindings import (
    crypto_aead_chacha20poly1305_ietf_encrypt,
    crypto_box,
    crypto_scalarmult_base,
)
from nacl.public import PrivateKey, SealedBox
from nacl.signing import SigningKey

# --- ristretto255 (RFC 9496)

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)
SQRT_AD_MINUS_ONE = 25063068953384623474111414158702152701244531502492656460079210482610430750235


def absolute(x):
    return P - x % P if x % P & 1 else x % P


def sqrt_ratio(u, v):
    r = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    check = v * r * r % P
    square = check == u % P
    flipped = check == -u % P
    if flipped or check == -u * SQRT_M1 % P:
        r = r * SQRT_M1 % P
    return square or flipped, absolute(r)


INV_SQRT_A_MINUS_D = sqrt_ratio(1, -1 - D)[1]


def encode(point):
    x, y, z, t = point
    u1, u2 = (z + y) * (z - y) % P, x * y % P
    _, inverse = sqrt_ratio(1, u1 * u2 * u2 % P)
    den1, den2 = inverse * u1 % P, inverse * u2 % P
    z_inverse = den1 * den2 * t % P
    if t * z_inverse % P & 1:
        x, y, den2 = y * SQRT_M1 % P, x * SQRT_M1 % P, den1 * INV_SQRT_A_MINUS_D % P
    if x * z_inverse % P & 1:
        y = -y
    return absolute(den2 * (z - y)).to_bytes(32, "little")


def add(left, right):
    (x1, y1, z1, t1), (x2, y2, z2, t2) = left, right
    a, b = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    c, d = 2 * D * t1 * t2 % P, 2 * z1 * z2 % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def negate(point):
    x, y, z, t = point
    return -x % P, y, z, -t % P


def multiply(scalar, point):
    result = 0, 1, 1, 0
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point, scalar = add(point, point), scalar >> 1
    return result


def map_to_group(t):
    r = SQRT_M1 * t * t % P
    u, v = (r + 1) * (1 - D * D) % P, (-1 - r * D) * (r + D) % P
    square, s = sqrt_ratio(u, v)
    c = -1
    if not square:
        s, c = -absolute(s * t) % P, r
    n = (c * (r - 1) * (D - 1) ** 2 - v) % P
    w0, w1, w2, w3 = 2 * s * v, n * SQRT_AD_MINUS_ONE, 1 - s * s, 1 + s * s
    return w0 * w3 % P, w2 * w1 % P, w1 * w3 % P, w0 * w2 % P


def from_uniform(uniform):
    halves = (int.from_bytes(half, "little") % 2**255 for half in (uniform[:32], uniform[32:]))
    return add(*(map_to_group(half % P) for half in halves))


BASE_Y = 4 * pow(5, -1, P) % P
BASE_X = sqrt_ratio(BASE_Y**2 - 1, D * BASE_Y**2 + 1)[1]
G = BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P

# --- what the protocol is made of


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def hkdf(digest, salt, ikm, info, length):
    key = hmac.new(salt, ikm, digest).digest()
    output, block, counter = b"", b"", 1
    while len(output) < length:
        block = hmac.new(key, block + info + bytes([counter]), digest).digest()
        output, counter = output + block, counter + 1
    return output[:length]


def base58(data):
    alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = alphabet[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def scalar_bytes(scalar):
    return (scalar % L).to_bytes(32, "little")


def wallet_secret(wallet, line, salt):
    signature = wallet.sign(line.encode()).signature
    return int.from_bytes(hkdf(hashlib.sha512, salt, signature, b"", 64), "little") % L


def capsule(element, key, r):
    return multiply(r, G), add(element, multiply(r, key))


def capsule_bytes(value):
    return encode(value[0]) + encode(value[1])


def u64(number):
    return number.to_bytes(8, "little")


def locator_bytes(stores, sha256_, size, media_type, kind, profile, copy=bytes(32), signature=bytes(64)):
    def text(value):
        return len(value).to_bytes(4, "little") + value.encode()

    plain = b"\x02" + len(stores).to_bytes(4, "little") + b"".join(map(text, stores)) + sha256_ + u64(size)
    plain += text(media_type) + text(kind) + text(profile) + copy + signature
    return plain.ljust(256 if len(plain) <= 256 else 448, b"\0")


def envelopes(line, wallet, program):
    """What a wallet makes of a line before it signs it."""
    prefix, line = b"\xffsolana offchain", line.encode()
    length = len(line).to_bytes(2, "little")
    memo_program = bytes.fromhex("054a535a992921064d24e87160da387c7c35b5ddbc92bb81e41fa8404105448d")
    compact = bytes([len(line)]) if len(line) < 128 else bytes([len(line) % 128 + 128, len(line) // 128])
    return {
        "plain": line,
        "version_1": prefix + b"\1\1" + wallet + line,
        "version_1_with_length": prefix + b"\1\1" + wallet + length + line,
        "version_0": prefix + b"\0" + program + b"\0\1" + wallet + length + line,
        "version_0_without_domain": prefix + b"\0" + bytes(32) + b"\0\1" + wallet + length + line,
        "legacy": prefix + b"\0\0" + length + line,
        "memo": b"\1\0\1\2" + wallet + memo_program + bytes(32) + b"\1\1\0" + compact + line,
    }


def signatures(line):
    wallet = bytes(WALLET.verify_key)
    return {name: WALLET.sign(text).signature.hex() for name, text in envelopes(line, wallet, PROGRAM).items()}


def seal(plain, public, ephemeral):
    ephemeral_public = crypto_scalarmult_base(ephemeral)
    nonce = hashlib.blake2b(ephemeral_public + public, digest_size=24).digest()
    return ephemeral_public + crypto_box(plain, nonce, public, ephemeral)


# --- the answers; every input that is not in them is one byte repeated

WARNING = "WARNING: whoever has this signature can read all your health records. Sign only in the Generion app."
PROGRAM, ORDER, OWNER, CREATOR, PURCHASE, STUDY, GENESIS = (bytes([byte]) * 32 for byte in (2, 3, 4, 5, 6, 7, 9))
DEADLINE = 1_790_000_000
WHERE = f"genesis={base58(GENESIS)} program={base58(PROGRAM)}"
WALLET = SigningKey(b"\x01" * 32)


def keys():
    answers = {}
    for index in (0, 1):
        line = f"Generion encryption key v1. {WARNING} {WHERE} index={index}"
        answers[f"encryption_{index}"] = line, wallet_secret(WALLET, line, b"generion/encryption-key/v1")
    line = f"Generion purchase key v1. {WARNING} {WHERE} order={base58(ORDER)}"
    answers["purchase"] = line, wallet_secret(WALLET, line, b"generion/purchase-key/v1")
    study_warning = "WARNING: whoever has this signature can read all data that this study collects. Sign only in the Generion app."
    line = f"Generion study key v1. {study_warning} {WHERE} study={base58(STUDY)}"
    answers["study"] = line, wallet_secret(WALLET, line, b"generion/study-key/v1")
    return answers


def letter(x, b):
    """A letter of the user with the secret `x`, whose random generator gives the byte 11 again and again."""
    study_key, application = encode(multiply(b, G)), b"\x0c" * 32
    letters = {}
    for length in (256, 560, 688):
        plain = bytes([length % 251]) * length
        ikm, info = scalar_bytes(x) + b"\x0b" * 64, application + study_key + sha256(plain)
        r = int.from_bytes(hkdf(hashlib.sha512, b"", ikm, info, 64), "little") % L
        point, shared = encode(multiply(r, G)), encode(multiply(r * b % L, G))
        key = hkdf(hashlib.sha256, b"generion/letter/v1", shared, point + study_key + application, 32)
        letters[length] = (point + crypto_aead_chacha20poly1305_ietf_encrypt(plain, ORDER, bytes(12), key)).hex()
    return letters


def record(uniform):
    element = from_uniform(uniform)
    info = OWNER + CREATOR
    return element, hkdf(hashlib.sha256, b"generion/record-key/v1", encode(element), info, 32)


def capsule_proof(x, data_public_key, value, r):
    k = 1 << 200
    commitment = encode(multiply(k, G))
    owner_key = encode(multiply(x, G))
    statement = PROGRAM + b"\x07" * 32 + CREATOR + owner_key + data_public_key + capsule_bytes(value)
    challenge = sha256(b"generion/capsule/v1", statement, commitment)[:16]
    return challenge + scalar_bytes(k - int.from_bytes(challenge, "little") * r)


def terms_hash():
    label = "Glucose, a year".encode().ljust(64, b"\0")
    records = b"".join(bytes([16 + index]) * 32 for index in range(4))
    price, window = u64(2_000_000_000), (3600).to_bytes(4, "little")
    return sha256(b"generion/terms/v1", ORDER, OWNER, price, window, label, bytes(32), records)


def contents_hash(owner_key, data_public_key, capsule_, facts_root, locator):
    parts = OWNER, CREATOR, owner_key, data_public_key, capsule_, facts_root, locator
    return sha256(b"generion/record/v1", *parts)


def settle_secret(x, buyer_key, terms):
    info = GENESIS + PROGRAM + PURCHASE + DEADLINE.to_bytes(8, "little") + encode(buyer_key) + terms
    return int.from_bytes(hkdf(hashlib.sha512, b"generion/settle-key/v1", scalar_bytes(x), info, 64), "little") % L


def facts_tree(element, data_public_key, facts):
    """The root of a record's facts, and the disclosure of each."""

    def expand(info):
        return hkdf(hashlib.sha256, b"generion/fact-salt/v1", encode(element), data_public_key + info, 32)

    salts, leaves = [], []
    for place in range(32):
        salts.append(expand(bytes([place])))
        known = place < len(facts)
        fact_hash = sha256(facts[place].encode()) if known else expand(bytes([place]) + b"decoy")
        leaves.append(sha256(b"\0", salts[place], fact_hash))
    levels = [sorted(leaves)]
    while len(levels[-1]) > 1:
        pairs = zip(levels[-1][::2], levels[-1][1::2])
        levels.append([sha256(b"\1", min(pair), max(pair)) for pair in pairs])
    disclosures = []
    for place in range(len(facts)):
        index, disclosure = levels[0].index(leaves[place]), salts[place]
        for level in levels[:-1]:
            disclosure += level[index ^ 1]
            index //= 2
        disclosures.append(disclosure.hex())
    return levels[-1][0], disclosures


def delivery(x, b, elements):
    count = len(elements)
    buyer_key, terms = multiply(b, G), terms_hash()
    s = settle_secret(x, buyer_key, terms)
    settle_key = multiply(s, G)
    key = add(buyer_key, settle_key)
    scalars = [1000 + index for index in range(count)]
    records = [bytes([16 + index]) * 32 for index in range(count)]
    for_owner = [capsule(element, multiply(x, G), 2000 + index) for index, element in enumerate(elements)]
    for_buyer = [capsule(element, key, scalar) for element, scalar in zip(elements, scalars)]
    statement = b"generion/delivery/v1" + PROGRAM + PURCHASE + DEADLINE.to_bytes(8, "little") + terms
    statement += b"".join(map(encode, (multiply(x, G), buyer_key, settle_key))) + bytes([count])
    for address, owned, delivered in zip(records, for_owner, for_buyer):
        statement += address + capsule_bytes(owned) + capsule_bytes(delivered)
    seed = sha256(statement)
    weights = [1]
    for index in range(1, count):
        digest = sha256(seed, bytes([(index - 1) // 2]))
        half = digest[:16] if index % 2 else digest[16:]
        weights.append(int.from_bytes(half, "little") % 2**124)
    folded, folded_scalar = (0, 1, 1, 0), 0
    for weight, owned, scalar in zip(weights, for_owner, scalars):
        folded, folded_scalar = add(folded, multiply(weight, owned[0])), folded_scalar + weight * scalar
    k1, k2 = 1 << 201, 1 << 202
    commitments = multiply(k1, G), multiply(k2, G), add(multiply(k2, key), negate(multiply(k1, folded)))
    challenge = sha256(seed, *map(encode, commitments))[:16]
    e = int.from_bytes(challenge, "little")
    proof = challenge + scalar_bytes(k1 - e * x) + scalar_bytes(k2 - e * folded_scalar)
    # What the buyer does once `s` is on the ledger.
    for element, delivered in zip(elements, for_buyer):
        opened = add(delivered[1], negate(multiply((b + s) % L, delivered[0])))
        assert encode(opened) == encode(element)
    return {
        "terms": terms.hex(),
        "settle_secret": scalar_bytes(s).hex(),
        "settle_key": encode(settle_key).hex(),
        "delivery_key": encode(key).hex(),
        "record_capsules": [capsule_bytes(value).hex() for value in for_owner],
        "delivered_capsules": [capsule_bytes(value).hex() for value in for_buyer],
        "proof": proof.hex(),
    }


def main():
    secrets = keys()
    x, b = secrets["encryption_0"][1], secrets["purchase"][1]
    uniform = bytes(range(64))
    element, record_key = record(uniform)
    data_public_key = crypto_scalarmult_base(record_key)
    value = capsule(element, multiply(x, G), 1 << 199)
    stores = ["https://a.example", "https://b.example:8443/documents"]
    sha256_, kind, media_type = b"\xab" * 32, "fhir:Observation/4548-4", "application/fhir+json"
    facts = [f"kind={kind}", f"media-type={media_type}", f"ciphertext-sha256={sha256_.hex()}"]
    root, disclosures = facts_tree(element, data_public_key, facts)
    owner_key = encode(multiply(x, G))
    key_line = f"Generion encryption key attestation v1. Sign only in the Generion app. {WHERE} index=0 key={owner_key.hex()}"
    record_line = f"Generion record v1. {WHERE} owner={base58(OWNER)} key={data_public_key.hex()} "
    record_line += f"document={sha256_.hex()} facts={root.hex()}"
    signed = signatures(record_line)
    study_line = f"Generion study v1. Sign only in the Generion app. {WHERE} study={base58(STUDY)} description={sha256_.hex()}"
    locator = locator_bytes(
        stores, sha256_, 4711, media_type, kind, "document/1", b"\xcd" * 32, bytes.fromhex(signed["plain"])
    )
    sealed = seal(locator, data_public_key, b"\x08" * 32)
    assert SealedBox(PrivateKey(record_key)).decrypt(sealed) == locator
    elements = [from_uniform(bytes([index]) * 64) for index in range(4)]
    answers = {
        "keys": {
            name: {"line": line, "secret": scalar_bytes(secret).hex(), "public": encode(multiply(secret, G)).hex()}
            for name, (line, secret) in secrets.items()
        },
        "record": {"uniform": uniform.hex(), "key": record_key.hex(), "data_public_key": data_public_key.hex()},
        "capsule": capsule_bytes(value).hex(),
        "capsule_proof": capsule_proof(x, data_public_key, value, 1 << 199).hex(),
        "key_attestation": {"line": key_line, "signatures": signatures(key_line)},
        "record_attestation": {"line": record_line, "signatures": signed},
        "study_attestation": {"line": study_line, "signatures": signatures(study_line)},
        "letters": letter(x, secrets["study"][1]),
        "facts": {"facts": facts, "root": root.hex(), "disclosures": disclosures},
        "locator": {"stores": stores, "plain": locator.hex(), "sealed": sealed.hex()},
        "contents": contents_hash(owner_key, data_public_key, capsule_bytes(value), root, sealed).hex(),
        "delivery": delivery(x, b, elements),
    }
    print(json.dumps(answers, indent=2))


main()
