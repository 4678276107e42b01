/**
 * The vectors of login-usersig 1.8 and 2.5. The keys were made for tests only. Plain data, without imports, so that
 * the bundles for Node and the browser can carry it.
 */

export const HMAC_KEY = '6f1d3c0b8a5e4972d0c4b7e1f2a39586c7d8e9fa0b1c2d3e4f5061728394a5b6'
export const SDK_APP_ID = 1400000001
export const ISSUED_AT = 1700000000
/** Within the lifetime of every vector. */
export const CLOCK = 1700000100

export interface V2Vector {
  readonly name: string
  readonly userId: string
  readonly expire: number
  readonly signature: string
  readonly ticket: string
  readonly userbufHex?: string
}

export const V2_VECTORS: readonly V2Vector[] = [
  {
    name: 'V1',
    userId: 'alice',
    expire: 15552000,
    signature: 'E0hPoIMBOaL4UAHLrFTEBQAh5SAAY0WeSJtmUWnaZ1Q=',
    ticket:
      'eJyrVgrxCdYrSy1SslIy0jNQ0gHzM1NS80oy0zLBwok5mcmpUInilOzEgoLMFCUrQxMDCDCEyJRk5qYqWRmaQ0UNIKKpFQWZRSBxU1NTI7hocWa6kpWSq0FGQL6nr5N-oo9JqKOHT5FbiKtToGOGabCjY6RBeGqwV0luaHheYpRhoK1SLQDm2TBE',
  },
  {
    name: 'V1-go, a stored block',
    userId: 'alice',
    expire: 15552000,
    signature: 'E0hPoIMBOaL4UAHLrFTEBQAh5SAAY0WeSJtmUWnaZ1Q=',
    ticket:
      'eAEBqgBV-3siVExTLnZlciI6IjIuMCIsIlRMUy5pZGVudGlmaWVyIjoiYWxpY2UiLCJUTFMuc2RrYXBwaWQiOjE0MDAwMDAwMDEsIlRMUy5leHBpcmUiOjE1NTUyMDAwLCJUTFMudGltZSI6MTcwMDAwMDAwMCwiVExTLnNpZyI6IkUwaFBvSU1CT2FMNFVBSExyRlRFQlFBaDVTQUFZMFdlU0p0bVVXbmFaMVE9In0KIuYwTg__',
  },
  {
    name: 'V1-py, white space',
    userId: 'alice',
    expire: 15552000,
    signature: 'E0hPoIMBOaL4UAHLrFTEBQAh5SAAY0WeSJtmUWnaZ1Q=',
    ticket:
      'eJyrVgrxCdYrSy1SslJQMtIzUNJRAItkpqTmlWSmZUIkEnMyk1NhUsUp2YkFBZkpSlYKhiYGEGAIlUutKMgsSgXJmJqaGhkYGEDFSzJzwaLmUPUw8eLMdJD5rgYZAfmevk7*iT4moY4ePkVuIa5OgY4ZpsGOjpEG4anBXiW5oeF5iVGGgbZKtQBZ3jGk',
  },
  {
    name: 'V1-py, another zlib',
    userId: 'alice',
    expire: 15552000,
    signature: 'E0hPoIMBOaL4UAHLrFTEBQAh5SAAY0WeSJtmUWnaZ1Q=',
    ticket:
      'eJyrVgrxCdYrSy1SslJQMtIzUNJRAItkpqTmlWSmZUIkEnMyk1NhUsUp2YkFBZkpQAlDEwMIMITKpVYUZBalgmRMTU2NgBJQ8ZLMXLCoOVQ9TLw4Mx1kvqtBRkC*p6*Tf6KPSaijh0*RW4irU6Bjhmmwo2OkQXhqsFdJbmh4XmKUYaCtUi0AWd4xpA__',
  },
  {
    name: 'V1-cpp, another field order',
    userId: 'alice',
    expire: 15552000,
    signature: 'E0hPoIMBOaL4UAHLrFTEBQAh5SAAY0WeSJtmUWnaZ1Q=',
    ticket:
      'eAGrVgrxCdYrSy1SslIy0jNQ0gHzi1OyEwsKMlOUrAxNDCDAECKTmZKaV5KZlgnWkJiTmZwK1VKSmZuqZGVoDlVuAFGeWlGQWQQSNzU1NTIwgIoWZ6YrWSm5GmQE5Hv6Ovkn*piEOnr4FLmFuDoFOmaYBjs6RhqEpwZ7leSGhuclRhkG2irVAgDBEjBE',
  },
  {
    name: 'V1-php, another field order',
    userId: 'alice',
    expire: 15552000,
    signature: 'E0hPoIMBOaL4UAHLrFTEBQAh5SAAY0WeSJtmUWnaZ1Q=',
    ticket:
      'eJyrVgrxCdYrSy1SslIy0jNQ0gHzM1NS80oy0zLBwok5mcmpUInilOzEgoLMFCUrQxMDCDCEyKRWFGQWpSpZGZqamhoZGBhAREsyc0Fi5lC1UNHizHQlKyVXg4yAfE9fJ-9EH5NQRw*fIrcQV6dAxwzTYEfHSIPw1GCvktzQ8LzEKMNAW6VaAPKJMEQ_',
  },
  {
    name: 'V1-str, the time as a string',
    userId: 'alice',
    expire: 15552000,
    signature: 'E0hPoIMBOaL4UAHLrFTEBQAh5SAAY0WeSJtmUWnaZ1Q=',
    ticket:
      'eJw1jVELgjAUhf-LfQ65E0cw6GGCUbEomSL1NvKWl9LGlAii-x6onbfzfQfOBwpjoxcFUBBHCIuxc03dwFcesXvwhWbR13fnPdegRIJTxGTo7TkQKCGljBFxogO3BArEch7-D3q*gYIMm*Nzu08PziSl3piwLrI01420Wp*wIrsb2rLq3FnkK-j*AD9EMIg_',
  },
  {
    name: 'V2, a UserID of the wide alphabet',
    userId: 'bob+1/x@ex_am-ple',
    expire: 86400,
    signature: '8+PTlZMYxxx92gkcvi1E+mwm+ABbXG7Q02VFSd0L7n8=',
    ticket:
      'eJw1ylELgjAUBeD-cl9XtomkDYIKqheDQonqJVy7yUVnQ8UG0X8P1M7b*c75QBonXoc1SPA9DpO*k8aqpSf1rF6KiZlbobtnZmpLHE*NLjJrSYMUAR8ihqUlgyBFOCofFJ2lGkFG8*BPDeUgIWLHtLwdrs65hZ8Xj47Elpm3YeuNuuzDE-fPu0TzOKyiJXx-F2sztg__',
  },
  {
    name: 'V2-php, escaped slashes',
    userId: 'bob+1/x@ex_am-ple',
    expire: 86400,
    signature: '8+PTlZMYxxx92gkcvi1E+mwm+ABbXG7Q02VFSd0L7n8=',
    ticket:
      'eJwtilELgjAURv-LfV3ZJtJsEFRQvRgUSlQEoe0mF50NFRtE-z1Qv7fvnPOFJIq9DmtQ4HscJv0njVVLL*px9s6YuM-cCt0jNVNb4lg1ukitJQ1KBHyYGAw6SzWCCucB5wNqySAoIcdwpA3loCBkx6S8Ha7OuYWfF8*OxJaZj2HrTXbZyxP3z7tY80hW4RJ*f2SwNBI_',
  },
  {
    name: 'V3, a numeric room',
    userId: 'alice',
    expire: 300,
    signature: 'nJFYkqih6THCF/u2tloYyfNZqBIDRy4+lwHL5zkzqh4=',
    ticket:
      'eJw1jckOgkAQBf*lrxoFxCWTcGgXXEI86AQz3lQG7Qwiq4DGfzdhqdurOrwvcOc4eMsEGBgDDfr1Jk*GGflU60tAN9mG1FOXKCIPmG5qDXpTMnpKYPq0tVpjZRlRIoGNOpGnMrnmPjBARFucykgYLr8pc46I4Wrt8hkViLgcYo1ldc90BwbhzhYqpseEbxb2MDey4CUqf3*O59vloTJ7QbFxxh-1iR*mBb8-qQBBhg__',
    userbufHex: '000005616c69636553724e01000027106553f22c000000ff00000000',
  },
  {
    name: 'V4, a string room',
    userId: 'alice',
    expire: 300,
    signature: 'psxXHnfyclZGAD6uRgl1N63KUuh8CVYlXNfmzUA7sBk=',
    ticket:
      'eJw1jksLgkAUhf-LXUc4GWoDLsYihUoozbKdj9EuPpg0y4r*e*TjW53znc35gLt1pg9eAYXZVIJJ1zHm5R0T7HSQY8SHoY6zQAiMgZK51EP65Y4FB0rUwUq95a3AigOVR9HUvAqbBCiwPVv7p1b4M8*NsrnB-pieq*Hzn26sx4qKxSN0iLHb6-r4AlOgIOr2bJXJK8ovJlspzSHNia3Im2Nz1Zaen5-tpHgfmVobmQ7fH*SMRXQ_',
    userbufHex: '010005616c69636553724e01000000006553f22c0000002a000000000007726f6f6d2d4131',
  },
]

export const SECP256K1_PRIVATE_PEM = `-----BEGIN PRIVATE KEY-----
MIGEAgEAMBAGByqGSM49AgEGBSuBBAAKBG0wawIBAQQgZLpgGgSyIyza/xp1I4St
X5L+jA7JmK5vw1ZR3n5qmGmhRANCAATCyoRxMz0OTnIGHZIBU4i9+cEG6KuY6lmv
OltOKXJI25Vgv2XiI7IfL8jSBWSCGBflCVgO9BX6FpEcvzUwTze6
-----END PRIVATE KEY-----
`
export const SECP256K1_PUBLIC_PEM = `-----BEGIN PUBLIC KEY-----
MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEwsqEcTM9Dk5yBh2SAVOIvfnBBuirmOpZ
rzpbTilySNuVYL9l4iOyHy/I0gVkghgX5QlYDvQV+haRHL81ME83ug==
-----END PUBLIC KEY-----
`
export const PRIME256V1_PRIVATE_PEM = `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEINBNtIMDQICGILj+XSu1iFTnGTFT17p1AzDAOef5FTDToAoGCCqGSM49
AwEHoUQDQgAEa4/5DMvATKttMhYK37QJREFn8ar1umXoxLNjOevODVIYD7GfguLM
MsPTtaaWpvLUHEWhwvNzl2zFKdm/Vxm1qQ==
-----END EC PRIVATE KEY-----
`
export const PRIME256V1_PUBLIC_PEM = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEa4/5DMvATKttMhYK37QJREFn8ar1
umXoxLNjOevODVIYD7GfguLMMsPTtaaWpvLUHEWhwvNzl2zFKdm/Vxm1qQ==
-----END PUBLIC KEY-----
`

export interface V1Vector {
  readonly name: string
  readonly userId: string
  readonly expire: number
  readonly publicKeyPem: string
  readonly signedText?: string
  readonly userbufHex?: string
  readonly ticket: string
}

export const V1_VECTORS: readonly V1Vector[] = [
  {
    name: 'E1 on secp256k1',
    userId: 'alice',
    expire: 15552000,
    publicKeyPem: SECP256K1_PUBLIC_PEM,
    signedText:
      'TLS.appid_at_3rd:0\nTLS.account_type:0\nTLS.identifier:alice\nTLS.sdk_appid:1400000001\nTLS.time:1700000000\nTLS.expire_after:15552000\n',
    ticket:
      'eJxNjtFOg0AQRf9lno3ZhSJxEx*wYgqBtFaQ*kSW3aWdqECXbQFN-70RsTqPc*49M1*QRM-XXIj6UJncDI0CBgSuxjVKVRksUWlgwN9RqAnwpkGZc5PbWv7Lt-ItHxEwoDPyM3SCqm9Qq5yXZtRRx3EsQn6rR6VbrCtgYBF6Qwml5A8a-Ph*i7qT8nIPt8Ag9tN5sKBRmMXLVR89lfY*TOzgs99lw7G9v007eyULJfgm23fLdeGh73XxoP3ikS78tZ650h0OLVq7quUPoTUEL3PvVWxTVybxpr6D0xkJLlhB',
  },
  {
    name: 'E2 on prime256v1',
    userId: 'alice',
    expire: 15552000,
    publicKeyPem: PRIME256V1_PUBLIC_PEM,
    signedText:
      'TLS.appid_at_3rd:0\nTLS.account_type:0\nTLS.identifier:alice\nTLS.sdk_appid:1400000001\nTLS.time:1700000000\nTLS.expire_after:15552000\n',
    ticket:
      'eJxNjl1PwjAUhv-LucW4tmwSmngxYSoJDAyYBW*aunXjQLs1WxEH8b8b5-w4l*d53*ecC2zm62uZptWxdMK1VgEHAlfdGjNVOsxR1cBBakxVD6S1mAnpxLDO-uWb7CA6BByoT76H9lC9W6yVkLnrdDQIAkbIT-VN1Q1WJXBghN5QQin5gw7N11t01Ct-72EBHBbR82T2NPVblrbRKonJ-VJvyzt1Yp5GWw323jEu6dKscNCysx9uilkRj00*Sk7n8S60D5OIJMP53rw2a02NDo1hRk5fvMfFbnsobuHjE9rjV4Q_',
  },
  {
    name: 'E3 with a userbuf',
    userId: 'alice',
    expire: 15552000,
    publicKeyPem: SECP256K1_PUBLIC_PEM,
    userbufHex: '68656c6c6f',
    ticket:
      'eJxNjl1PgzAUhv-LuZ2RtogICRcTkGzZR3AfxCvCaMEKFmzL5mb872YI0XP5Pu9583zBdrG5zfK86YRO9bll4AKCmz7mlAnNC84kuJDVPGcDyNqW0zTTqSnpv76iVdojcAHfod-DA2SfLZcszQrdz2HLsghC4*uRScUbAS4QhO8xwhj9Qc3fr1rYHibHvFNMHrriKhft1SF68EYRXoILyzD2ZwFzzI9AxoQ6L9XmNEdvhrF4nODXZr1KkqfVSci22U2Myo6mfGpuj5d5sn8m1tkJY2lHdEmqXY5KaZR1Ha7z2leC2LPALz0Pvn8AXoRd2g__',
  },
  {
    name: 'E4, pretty-printed, without appid_at_3rd',
    userId: '10001',
    expire: 2592000,
    publicKeyPem: SECP256K1_PUBLIC_PEM,
    signedText:
      'TLS.account_type:116\nTLS.identifier:10001\nTLS.sdk_appid:1400000001\nTLS.time:1700000000\nTLS.expire_after:2592000\n',
    ticket:
      'eJxVz12vwUAQgOH7-orN3pJzpvUtcUEVpyFaSnHTrHbLpNGu2kMR-11CIzW3z5vMzF0hhFBnPP9hvp-8x9KTV8EpaROqqnVa-jDPBKbcY6Hk6Yu1WksDgEKCAY8lhpgHKgCoBT4FkceEwOCtVXjPV4K7F06Mhf5nOIdSD92xE5nz32O451pjEpVu5tYa*vZg5CyznZheUntl2100utdow7ajBT*l56FrMsty9UTog1riJrIfxKuKWK7jVrN3m0GnsFLiIX*3kR8EVHkoT65rTRo_',
  },
]

export const E1_DER_HEX =
  '304502207d4b25630e3f12d07f7a894f7233c615b2bec07d530dcf75b79c6975aac0e45b022100c0ccab11b1751c446be3b77bcaeb22da19ec683276c8854201872053b753317a'
