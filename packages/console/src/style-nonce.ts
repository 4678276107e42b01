/** What the page's policy asks of style elements (the server puts another one into every answer). */
export const styleNonce = document.querySelector<HTMLMetaElement>('meta[name=style-nonce]')?.content ?? ''

// get-nonce reads this; the scroll lock of dialogs asks it for the nonce of its style element.
Object.assign(globalThis, { __webpack_nonce__: styleNonce })
