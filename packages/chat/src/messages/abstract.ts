import { TYPES } from '../constants/types.ts'
import type { MessagePayload } from './message.ts'

/** `messageForShow`: text as it is, else the token that kits translate (sdk-1 section 15). */
const TOKEN: Readonly<Record<string, string>> = {
  [TYPES.MSG_IMAGE]: '[图片]',
  [TYPES.MSG_AUDIO]: '[语音]',
  [TYPES.MSG_VIDEO]: '[视频]',
  [TYPES.MSG_FILE]: '[文件]',
  [TYPES.MSG_LOCATION]: '[位置]',
  [TYPES.MSG_FACE]: '[动画表情]',
  [TYPES.MSG_CUSTOM]: '[自定义消息]',
  [TYPES.MSG_GRP_TIP]: '[群提示消息]',
  [TYPES.MSG_GRP_SYS_NOTICE]: '[群系统通知]',
  [TYPES.MSG_MERGER]: '[聊天记录]',
}

export function messageForShow(type: TYPES, payload: MessagePayload): string {
  return type === TYPES.MSG_TEXT ? (payload.text ?? '') : (TOKEN[type] ?? '')
}
