import { type Content, isContent } from './content.ts'

/** Where each of the interface's names goes on the wire (sdk-1 section 9.1, rest-1 section 5.11). */
const ANDROID: Readonly<Record<string, string>> = {
  sound: 'Sound',
  XiaoMiChannelID: 'XiaoMiChannelID',
  OPPOChannelID: 'OPPOChannelID',
  FCMChannelID: 'GoogleChannelID',
  VIVOClassification: 'VIVOClassification',
  VIVOCategory: 'VIVOCategory',
  HuaWeiCategory: 'HuaWeiCategory',
  OPPOCategory: 'OPPOCategory',
  HuaWeiImage: 'HuaWeiImage',
  HonorImage: 'HonorImage',
  GoogleImage: 'GoogleImage',
}

/** `OfflinePushInfo` of the wire; undefined when the app gave nothing. Fields that are `undefined` count as absent. */
export function wirePushInfo(info: unknown): Content | undefined {
  if (!isContent(info)) return undefined
  const android = renamed(isContent(info.androidInfo) ? info.androidInfo : {}, ANDROID)
  if (android.OPPOChannelID === undefined && info.androidOPPOChannelID !== undefined) {
    android.OPPOChannelID = info.androidOPPOChannelID
  }
  const apns = isContent(info.apnsInfo) ? info.apnsInfo : {}
  const ignoreBadge = apns.ignoreIOSBadge ?? info.ignoreIOSBadge
  const wire = {
    ...renamed(info, { title: 'Title', description: 'Desc', extension: 'Ext' }),
    ...(info.disablePush === true && { PushFlag: 1 }),
    ...(Object.keys(android).length > 0 && { AndroidInfo: android }),
    ...((Object.keys(apns).length > 0 || ignoreBadge !== undefined) && {
      ApnsInfo: {
        ...renamed(apns, { sound: 'Sound', image: 'Image' }),
        BadgeMode: ignoreBadge === true ? 1 : 0,
      },
    }),
  }
  return Object.keys(wire).length > 0 ? wire : undefined
}

function renamed(source: Content, names: Readonly<Record<string, string>>): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const [from, to] of Object.entries(names)) if (source[from] !== undefined) out[to] = source[from]
  return out
}
