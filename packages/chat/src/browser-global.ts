import TencentCloudChat from './chat.ts'

/** For pages that load the SDK with a script element: `window.TencentCloudChat`. */
Object.assign(globalThis, { TencentCloudChat })
