import { p256 } from '@noble/curves/nist.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { decodeBase64 } from '../base64.ts'
import {
  DER_BIT_STRING,
  DER_CONTEXT_0,
  DER_OBJECT_ID,
  DER_OCTET_STRING,
  DER_SEQUENCE,
  type DerElement,
  derElements,
} from './der.ts'

/** The two curves that v1 keys use in the field (login-usersig 2.3). */
export type V1Curve = 'secp256k1' | 'prime256v1'

export interface V1Key {
  readonly curve: V1Curve
  /** The public point in SEC1 form, or the private scalar. */
  readonly bytes: Uint8Array
}

export const CURVES = { secp256k1, prime256v1: p256 } as const

/** The value bytes of the object identifiers 1.3.132.0.10 and 1.2.840.10045.3.1.7, in hex. */
const CURVE_OF_OBJECT_ID: Readonly<Record<string, V1Curve>> = {
  '2b8104000a': 'secp256k1',
  '2a8648ce3d030107': 'prime256v1',
}
/** 1.2.840.10045.2.1, id-ecPublicKey. */
const EC_ALGORITHM = '2a8648ce3d0201'
const MAX_PEM_CHARACTERS = 8192

function hex(bytes: Uint8Array | undefined): string {
  return Array.from(bytes ?? [], byte => byte.toString(16).padStart(2, '0')).join('')
}

/** The DER inside the first PEM block with this label. */
function pemBlock(pem: string, label: string): Uint8Array | undefined {
  if (pem.length > MAX_PEM_CHARACTERS) return undefined
  const begin = `-----BEGIN ${label}-----`
  const start = pem.indexOf(begin)
  const end = pem.indexOf(`-----END ${label}-----`, start)
  if (start < 0 || end < 0) return undefined
  return decodeBase64(pem.slice(start + begin.length, end).replaceAll(' ', ''))
}

function sequence(bytes: Uint8Array | undefined): readonly DerElement[] | undefined {
  const outer = bytes && derElements(bytes)
  if (outer?.length !== 1 || outer[0]!.tag !== DER_SEQUENCE) return undefined
  return derElements(outer[0]!.value)
}

function curveOf(objectId: DerElement | undefined): V1Curve | undefined {
  return objectId?.tag === DER_OBJECT_ID ? CURVE_OF_OBJECT_ID[hex(objectId.value)] : undefined
}

/** The curve in an AlgorithmIdentifier of an elliptic-curve key. */
function algorithmCurve(algorithm: DerElement | undefined): V1Curve | undefined {
  if (algorithm?.tag !== DER_SEQUENCE) return undefined
  const [name, parameters] = derElements(algorithm.value) ?? []
  return hex(name?.value) === EC_ALGORITHM ? curveOf(parameters) : undefined
}

/**
 * Reads a `PUBLIC KEY` PEM block (SubjectPublicKeyInfo). The curve is the one named in the key itself; parameter
 * blocks beside it are ignored. Throws a TypeError that says what to register instead.
 */
export function readV1PublicKey(pem: string): V1Key {
  const [algorithm, point] = sequence(pemBlock(pem, 'PUBLIC KEY')) ?? []
  const curve = algorithmCurve(algorithm)
  if (curve !== undefined && point?.tag === DER_BIT_STRING && point.value[0] === 0) {
    const bytes = point.value.slice(1)
    if (CURVES[curve].utils.isValidPublicKey(bytes)) return { curve, bytes }
  }
  throw new TypeError(
    'The public key is not a PEM block "PUBLIC KEY" with a point on secp256k1 or prime256v1. ' +
      'Export it with: openssl ec -in private.pem -pubout',
  )
}

/** The scalar of an ECPrivateKey (SEC1, RFC 5915), and the curve when it names one. */
function ecPrivateKey(
  der: Uint8Array | undefined,
): { curve: V1Curve | undefined; bytes: Uint8Array } | undefined {
  const [, scalar, ...rest] = sequence(der) ?? []
  if (scalar?.tag !== DER_OCTET_STRING) return undefined
  const parameters = rest.find(({ tag }) => tag === DER_CONTEXT_0)
  const [objectId] = (parameters && derElements(parameters.value)) ?? []
  return { curve: curveOf(objectId), bytes: scalar.value }
}

function readEither(pem: string): { curve: V1Curve | undefined; bytes: Uint8Array } | undefined {
  const [, algorithm, wrapped] = sequence(pemBlock(pem, 'PRIVATE KEY')) ?? []
  if (wrapped?.tag === DER_OCTET_STRING) {
    const inner = ecPrivateKey(wrapped.value)
    return inner && { curve: algorithmCurve(algorithm), bytes: inner.bytes }
  }
  const sec1 = ecPrivateKey(pemBlock(pem, 'EC PRIVATE KEY'))
  if (sec1 === undefined || sec1.curve !== undefined) return sec1
  const [objectId] = derElements(pemBlock(pem, 'EC PARAMETERS') ?? new Uint8Array()) ?? []
  return { curve: curveOf(objectId), bytes: sec1.bytes }
}

/**
 * Reads a private key: PKCS#8 (`PRIVATE KEY`) or SEC1 (`EC PRIVATE KEY`, with or without a parameter block, which
 * counts only when the key names no curve itself). Throws a TypeError without any part of the key.
 */
export function readV1PrivateKey(pem: string): V1Key {
  const { curve, bytes } = readEither(pem) ?? {}
  if (curve !== undefined && bytes !== undefined && bytes.length <= 32) {
    const scalar = new Uint8Array(32)
    scalar.set(bytes, 32 - bytes.length)
    if (CURVES[curve].utils.isValidSecretKey(scalar)) return { curve, bytes: scalar }
  }
  throw new TypeError(
    'The private key is not an unencrypted PEM block "PRIVATE KEY" or "EC PRIVATE KEY" on secp256k1 or prime256v1.',
  )
}
